"""States and parameter counts of recurrent networks stacked in layers."""

from __future__ import annotations

from .work import Pair, Work, calculator

WHOLE = "integer, >= 1"


def activation_option(work: Work) -> str:
    """The function applied to every state, as it is called in a formula (empty for the identity)."""
    chosen = work.option(
        "activation",
        ("activation of the state", "状态的激活函数"),
        {
            "tanh": ("States use tanh.", "状态使用 tanh。"),
            "relu": ("States use ReLU.", "状态使用 ReLU。"),
            "sigmoid": ("States use the sigmoid.", "状态使用 sigmoid。"),
            "identity": ("States have no activation function.", "状态不用激活函数。"),
        },
        default="tanh",
        convention=False,
    )
    return "" if chosen == "identity" else chosen


def activated(function: str, argument: str) -> str:
    return f"{function}({argument})" if function else argument


def bias_vectors_option(work: Work) -> bool:
    """Whether a recurrence has two bias vectors."""
    return (
        work.option(
            "hidden_bias",
            ("biases of a recurrence", "循环层的偏置"),
            {
                "one": ("Each set of recurrent weights comes with one bias vector.", "每组循环权重配一个偏置向量。"),
                "two": ("Each set of recurrent weights comes with two bias vectors (PyTorch).", "每组循环权重配两个偏置向量（PyTorch）。"),
            },
            default="one",
        )
        == "two"
    )


@calculator(
    "deep_rnn",
    ("Stacked recurrent network: states and parameters", "多层循环网络：状态与参数量"),
    chapter="rnn",
    example={
        "x": [[1, 2], [0, 1]],
        "U_1": [[1, 0], [1, 1]],
        "W_1": [[0, 1], [1, 0]],
        "b_1": [0, 1],
        "U_2": [[1, -1], [0, 1]],
        "W_2": [[1, 0], [1, 1]],
        "b_2": [1, 0],
        "activation": "relu",
    },
)
def deep_rnn(work: Work) -> None:
    """h_l_t = f(U_l h_(l-1)_t + W_l h_l_(t-1) + b_l) for layers l and times t, with h_0_t the input and zero initial states.

    Given ``x`` (one row for each time step) and matrices, the states; given ``layers`` (state widths) and ``d_x``, the
    parameters only. Goodfellow et al. 2016, sec. 10.5.
    """
    function = activation_option(work)
    two = bias_vectors_option(work)
    if work.optional("x", ("inputs, one row for each time step", "输入，每个时间步一行"), shape="T d_x"):
        layers = _stacked_matrices(work)
        _stacked_states(work, layers, work.length("x"), function)
        _stacked_output(work, layers, work.length("x"))
    else:
        work.given("layers", ("state widths, from the bottom to the top", "自下而上各层的状态维数"), is_=WHOLE, shape="L")
        layers = work.length("layers")
        for layer in range(1, layers + 1):
            work.given(f"d_{layer}", (f"state width of layer {layer}", f"第 {layer} 层的状态维数"), is_=WHOLE, default=f"layers[{layer}]")
        work.given("d_x", ("input width", "输入维数"), is_=WHOLE)
    _stacked_counts(work, layers, two)


def _stacked_matrices(work: Work) -> int:
    """Declares the matrices of every layer that is given, and returns how many layers there are."""
    work.given("d_x", ("input width", "输入维数"), is_=WHOLE, default="len(x[1])")
    work.given("U_1", _of_layer("input weights", "输入权重", 1), shape="d_1 d_x")
    _own_matrices(work, 1)
    layer = 1
    while work.optional(f"U_{layer + 1}", _of_layer("input weights", "输入权重", layer + 1), shape=f"d_{layer + 1} d_{layer}"):
        layer += 1
        _own_matrices(work, layer)
    return layer


def _own_matrices(work: Work, layer: int) -> None:
    own = f"d_{layer}"
    work.given(f"W_{layer}", _of_layer("recurrent weights", "循环权重", layer), shape=f"{own} {own}")
    work.given(f"b_{layer}", _of_layer("biases", "偏置", layer), shape=own, default=f"zeros(len(W_{layer}))")
    work.given(f"h_{layer}_0", _of_layer("initial state", "初始状态", layer), shape=own, default=f"zeros(len(W_{layer}))")
    work.given(own, _of_layer("state width", "状态维数", layer), is_=WHOLE, default=f"len(W_{layer})")


def _of_layer(en: str, zh: str, layer: int) -> Pair:
    return f"{en} of layer {layer}", f"第 {layer} 层的{zh}"


def _stacked_states(work: Work, layers: int, times: int, function: str) -> None:
    for time in range(1, times + 1):
        for layer in range(1, layers + 1):
            z, h, old = f"z_{layer}_{time}", f"h_{layer}_{time}", f"h_{layer}_{time - 1}"
            below = f"x[{time}]" if layer == 1 else f"h_{layer - 1}_{time}"
            work.step(
                z,
                f"U_{layer} @ {below} + W_{layer} @ {old} + b_{layer}",
                (f"pre-activation of layer {layer} at time {time}", f"第 {layer} 层在时刻 {time} 的净输入"),
                ("from the input at this time, and from the layer itself one step earlier", "取本时刻的输入，以及本层上一时刻的状态") if layer == 1 else (
                    "from the layer below at this time, and from the layer itself one step earlier", "取下层本时刻的状态，以及本层上一时刻的状态"),
            )
            if layer > 1:
                work.mistake(
                    "input_everywhere",
                    f"U_{layer} @ x[{time}] + W_{layer} @ {old} + b_{layer}",
                    "the input is fed to this layer too; a higher layer reads the state of the layer below.",
                    "把网络输入也送进了这一层；上层的输入应为其下面一层的状态。",
                )
                work.mistake(
                    "wrong_time",
                    f"U_{layer} @ h_{layer - 1}_{time - 1} + W_{layer} @ {old} + b_{layer}",
                    "the lower layer is read one step earlier; take its state of this time.",
                    "取了下层上一时刻的状态；应取本时刻的状态。",
                )
            if time > 1:
                work.mistake(
                    "no_history",
                    f"U_{layer} @ {below} + b_{layer}",
                    "the layer's own old state is left out; add the recurrent weights times it.",
                    "漏了该层上一时刻的状态；应加上循环权重乘它。",
                )
            if function:
                work.step(h, activated(function, z), (f"state of layer {layer} at time {time}", f"第 {layer} 层在时刻 {time} 的状态"))
                work.mistake("no_activation", z, "the activation function is left out; apply it to the pre-activation.", "漏了激活函数；应对净输入施加它。", kind="slip")
            else:
                work.step(h, z, (f"state of layer {layer} at time {time}", f"第 {layer} 层在时刻 {time} 的状态"))


def _stacked_output(work: Work, layers: int, times: int) -> None:
    if not work.optional("V", ("output weights", "输出权重"), shape=f"d_y d_{layers}"):
        return
    work.given("b_y", ("output biases", "输出偏置"), shape="d_y", default="zeros(len(V))")
    for time in range(1, times + 1):
        work.step(
            f"y_{time}",
            f"V @ h_{layers}_{time} + b_y",
            (f"output at time {time}", f"时刻 {time} 的输出"),
            ("the output is computed from the top layer", "输出由最上层得到"),
        )
        if layers > 1:
            work.mistake(
                "bottom_layer",
                f"V @ h_1_{time} + b_y",
                "the output is read from the bottom layer; read it from the top one.",
                "输出取自最下层；应取最上层。",
            )
        work.mistake("no_output_bias", f"V @ h_{layers}_{time}", "the bias of the output is left out; add it.", "漏了输出层的偏置；应加上它。", kind="slip")


def _stacked_counts(work: Work, layers: int, two: bool) -> None:
    for layer in range(1, layers + 1):
        below, own = ("d_x" if layer == 1 else f"d_{layer - 1}"), f"d_{layer}"
        biases = f"2 * {own}" if two else own
        work.step(
            f"params_{layer}",
            f"{own} * {below} + {own}^2 + {biases}",
            (f"parameters of layer {layer}", f"第 {layer} 层的参数量"),
            ("weights from below, recurrent weights, biases", "来自下层的权重、循环权重、偏置"),
            is_=WHOLE,
        )
        if layer > 1:
            work.mistake(
                "input_everywhere",
                f"{own} * d_x + {own}^2 + {biases}",
                "this layer too is given the input width; a higher layer reads the state below, so take that width.",
                "这一层也用了输入维数；上层的输入是其下面一层的状态，应取那一层的维数。",
            )
        work.mistake("forgot_w", f"{own} * {below} + {biases}", "the recurrent matrix is left out; it leads from the old state to the new one.", "漏了循环权重矩阵；它由旧状态通向新状态。")
        work.mistake("forgot_biases", f"{own} * {below} + {own}^2", "the biases are left out; they are parameters too.", "漏了偏置；偏置也是参数。", kind="slip")
    parts = [f"params_{layer}" for layer in range(1, layers + 1)]
    work.step("total", " + ".join(parts), ("parameters of all recurrent layers", "所有循环层的参数量"), is_=WHOLE)
