"""The forward pass of RNN, LSTM and GRU cells over any number of time steps, from weights or from gate values."""

from __future__ import annotations

from .work import Pair, Work, calculator

NO_HISTORY: Pair = ("the old state is left out.", "漏了上一时刻的状态。")
NO_BIAS: Pair = ("the bias is left out.", "漏了偏置。")
STATE_FUNCTIONS = {
    "tanh": ("The state uses tanh.", "状态使用 tanh。"),
    "relu": ("The state uses ReLU.", "状态使用 ReLU。"),
    "sigmoid": ("The state uses the sigmoid.", "状态使用 sigmoid。"),
    "identity": ("The state has no activation function.", "状态不用激活函数。"),
}


def declare_inputs(work: Work) -> list[tuple[str, str]]:
    """Declares ``x`` and returns, for every time step, the suffix of its names and the formula of its input.

    A vector is one step called t; a matrix holds one step in each row, numbered from 1.
    """
    work.given("x", ("input; a matrix holds one time step in each row", "输入；矩阵的每一行是一个时间步"), shape=None, aliases=["x_t"])
    if len(work.shape("x")) == 2:
        return [(str(time), f"x[{time}]") for time in range(1, work.length("x") + 1)]
    return [("t", "x")]


def at_time(suffix: str) -> Pair:
    return ("", "") if suffix == "t" else (f" at time {suffix}", f"（时刻 {suffix}）")


def _function(choice: str, argument: str) -> str:
    return argument if choice in ("identity", "linear") else f"{choice}({argument})"


@calculator(
    "rnn_step",
    ("Forward pass of a simple recurrent network", "简单循环网络的前向计算"),
    chapter="rnn",
    example={
        "x": [[1, 0], [0, 1]],
        "U": [[1, 2], [0, 1]],
        "W": [[1, 1], [-1, 0]],
        "b": [0, 1],
        "V": [[1, -1], [2, 0]],
        "b_y": [1, 0],
    },
)
def rnn_step(work: Work) -> None:
    """S_t = f(U x_t + W S_(t-1) + b) and o_t = g(V S_t + b_y), from S_0 = 0 unless it is given (Goodfellow et al. 2016, sec. 10.2)."""
    hidden = work.option("hidden_activation", ("activation of the state", "状态的激活函数"), STATE_FUNCTIONS, default="tanh")
    output = work.option(
        "output",
        ("function of the output", "输出函数"),
        {
            "softmax": ("The output is a softmax.", "输出使用 softmax。"),
            "linear": ("The output is linear.", "输出为线性。"),
            "sigmoid": ("The output uses the sigmoid.", "输出使用 sigmoid。"),
        },
        default="softmax",
    )
    bias = work.option(
        "output_bias",
        ("bias of the output", "输出偏置"),
        {"with": ("The output has a bias.", "输出有偏置。"), "without": ("The output has no bias.", "输出没有偏置。")},
        default="with",
    )
    steps = declare_inputs(work)
    work.given("U", ("input weights", "输入权重"), shape="d_h d_x")
    work.given("W", ("recurrent weights", "循环权重"), shape="d_h d_h")
    work.given("b", ("biases of the state", "状态的偏置"), shape="d_h", default="zeros(len(W))")
    started = work.optional("S_0", ("initial state", "初始状态"), shape="d_h", aliases=["S_prev", "h_prev"])
    reads_out = work.optional("V", ("output weights", "输出权重"), shape="d_y d_h")
    if reads_out and bias == "with":
        work.given("b_y", ("output biases", "输出偏置"), shape="d_y", default="zeros(len(V))")
    else:
        work.optional("b_y", ("output biases", "输出偏置"), shape="d_y")
    if not started:
        work.given("S_0", ("initial state", "初始状态"), shape="d_h", default="zeros(len(W))")
    before = "S_0"
    for suffix, x in steps:
        _rnn_state(work, suffix, x, before, started or before != "S_0", hidden)
        if reads_out:
            _rnn_output(work, suffix, x, bias == "with", output)
        before = f"S_{suffix}"


def _rnn_state(work: Work, suffix: str, x: str, before: str, history: bool, hidden: str) -> None:
    en, zh = at_time(suffix)
    work.step(f"Ux_{suffix}", f"U @ {x}", (f"input part{en}", f"输入部分{zh}"))
    work.step(
        f"WS_{suffix}", f"W @ {before}", (f"recurrent part{en}", f"循环部分{zh}"), ("it brings in the old state", "带入上一时刻的状态")
    )
    if history:
        work.mistake("transposed", f"W.T @ {before}", "the recurrent matrix is transposed.", "循环权重矩阵被转置了。")
    work.step(f"z_{suffix}", f"Ux_{suffix} + WS_{suffix} + b", (f"pre-activation{en}", f"净输入{zh}"))
    if history:
        work.mistake("no_history", f"Ux_{suffix} + b", *NO_HISTORY)
    work.mistake("u_w_swapped", f"W @ {x} + U @ {before} + b", "the two matrices are exchanged.", "两个矩阵用反了。")
    work.mistake("no_bias", f"Ux_{suffix} + WS_{suffix}", *NO_BIAS, kind="slip")
    work.step(f"S_{suffix}", _function(hidden, f"z_{suffix}"), (f"state{en}", f"状态{zh}"))
    if hidden != "identity":
        work.mistake("no_activation", f"z_{suffix}", "the activation function is left out.", "漏了激活函数。", kind="slip")


def _rnn_output(work: Work, suffix: str, x: str, bias: bool, output: str) -> None:
    en, zh = at_time(suffix)
    logits = "logits" if suffix == "t" else f"logits_{suffix}"
    work.step(logits, f"V @ S_{suffix}" + " + b_y" * bias, (f"logits{en}", f"logits{zh}"), ("the output reads the state", "输出由状态得到"))
    work.mistake(
        "output_from_x",
        f"V @ {x}" + " + b_y" * bias,
        "the output is computed from the input; it reads the state.",
        "用输入计算了输出；输出由状态得到。",
    )
    if bias:
        work.mistake("no_output_bias", f"V @ S_{suffix}", *NO_BIAS, kind="slip")
    work.step(f"o_{suffix}", _function(output, logits), (f"output{en}", f"输出{zh}"))
    if output == "softmax":
        work.mistake("not_normalised", f"exp({logits})", "the exponentials are not divided by their sum.", "指数没有除以它们的和。")


GATES = {
    "f": ("forget gate", "遗忘门"),
    "i": ("input gate", "输入门"),
    "o": ("output gate", "输出门"),
    "z": ("update gate", "更新门"),
    "r": ("reset gate", "重置门"),
}


def _gate_weights(work: Work, letter: str, label: Pair) -> None:
    work.given(f"U_{letter}", (f"input weights: {label[0]}", f"{label[1]}的输入权重"), shape="d_h d_x")
    work.given(f"W_{letter}", (f"recurrent weights: {label[0]}", f"{label[1]}的循环权重"), shape="d_h d_h")
    work.given(f"b_{letter}", (f"biases: {label[0]}", f"{label[1]}的偏置"), shape="d_h", default=f"zeros(len(W_{letter}))")


def _gate(work: Work, letter: str, suffix: str, x: str, before: str, history: bool) -> None:
    """Net input and value of a gate."""
    (en, zh), (time, time_zh) = GATES[letter], at_time(suffix)
    net = f"net_{letter}_{suffix}"
    work.step(net, f"U_{letter} @ {x} + W_{letter} @ {before} + b_{letter}", (f"net input of the {en}{time}", f"{zh}的净输入{time_zh}"))
    if history:
        work.mistake("no_history", f"U_{letter} @ {x} + b_{letter}", *NO_HISTORY)
    work.mistake("no_bias", f"U_{letter} @ {x} + W_{letter} @ {before}", *NO_BIAS, kind="slip")
    work.step(
        f"{letter}_{suffix}",
        f"sigmoid({net})",
        (f"{en}{time}", f"{zh}{time_zh}"),
        ("a gate lies between 0 and 1", "门的值在 0 与 1 之间"),
        is_="probability",
    )
    work.mistake("tanh_gate", f"tanh({net})", "tanh is used for a gate; gates use the sigmoid.", "门用了 tanh；门应使用 sigmoid。")


@calculator(
    "lstm_step",
    ("LSTM cell", "LSTM 单元计算"),
    chapter="rnn",
    example={"f_t": ["1/2"], "i_t": ["1/4"], "o_t": ["0.8"], "c_tilde_t": [2], "c_prev": [1]},
)
def lstm_step(work: Work) -> None:
    """c_t = f c_(t-1) + i c~ and h_t = o tanh(c_t), entry by entry; the gates are given or follow from weights.

    Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
    """
    weights = work.optional("U_f", ("input weights: forget gate", "遗忘门的输入权重"), shape="d_h d_x")
    if not weights:
        for letter in "fio":
            work.given(f"{letter}_t", GATES[letter], is_="probability", shape=None, aliases=[letter])
        work.given("c_tilde_t", ("candidate", "候选状态"), shape=None, aliases=["c_tilde", "g_t"])
        work.given("c_prev", ("old cell state", "上一时刻的细胞状态"), shape=None)
        _lstm_states(work, "t", "c_prev")
        return
    for letter in "fio":
        if letter != "f":
            _gate_weights(work, letter, GATES[letter])
    work.given("W_f", ("recurrent weights: forget gate", "遗忘门的循环权重"), shape="d_h d_h")
    work.given("b_f", ("biases: forget gate", "遗忘门的偏置"), shape="d_h", default="zeros(len(W_f))")
    _gate_weights(work, "c", ("candidate", "候选状态"))
    started = work.optional("h_prev", ("old state", "上一时刻的隐藏状态"), shape="d_h", aliases=["h_0"])
    if not started:
        work.given("h_prev", ("old state", "上一时刻的隐藏状态"), shape="d_h", default="zeros(len(W_f))")
    work.given("c_prev", ("old cell state", "上一时刻的细胞状态"), shape="d_h", default="zeros(len(W_f))", aliases=["c_0"])
    h, c, history = "h_prev", "c_prev", started
    for suffix, x in declare_inputs(work):
        for letter in "fio":
            _gate(work, letter, suffix, x, h, history)
        _candidate(work, suffix, x, h, history)
        _lstm_states(work, suffix, c)
        h, c, history = f"h_{suffix}", f"c_{suffix}", True


def _candidate(work: Work, suffix: str, x: str, before: str, history: bool) -> None:
    en, zh = at_time(suffix)
    net = f"net_c_{suffix}"
    work.step(net, f"U_c @ {x} + W_c @ {before} + b_c", (f"net input of the candidate{en}", f"候选状态的净输入{zh}"))
    if history:
        work.mistake("no_history", f"U_c @ {x} + b_c", *NO_HISTORY)
    work.step(f"c_tilde_{suffix}", f"tanh({net})", (f"candidate{en}", f"候选状态{zh}"))
    work.mistake(
        "sigmoid_candidate",
        f"sigmoid({net})",
        "the sigmoid is used for the candidate; it uses tanh.",
        "候选状态用了 sigmoid；应使用 tanh。",
    )


def _lstm_states(work: Work, suffix: str, before: str) -> None:
    en, zh = at_time(suffix)
    f, i, o, candidate, c = (f"{name}_{suffix}" for name in ("f", "i", "o", "c_tilde", "c"))
    work.step(
        c,
        f"hadamard({f}, {before}) + hadamard({i}, {candidate})",
        (f"cell state{en}", f"细胞状态{zh}"),
        ("forget part of the old, add part of the new", "旧状态遗忘一部分，再加入一部分新内容"),
    )
    work.mistake(
        "gates_swapped",
        f"hadamard({i}, {before}) + hadamard({f}, {candidate})",
        "forget and input gate are exchanged.",
        "遗忘门与输入门用反了。",
    )
    work.mistake(
        "complement",
        f"hadamard({f}, {before}) + hadamard(1 - {f}, {candidate})",
        "the candidate is weighted by `1 - f`, as in a GRU; an LSTM has an input gate of its own.",
        "候选状态用 `1 - f` 加权，那是 GRU 的做法；LSTM 有独立的输入门。",
    )
    work.step(
        f"h_{suffix}",
        f"hadamard({o}, tanh({c}))",
        (f"state{en}", f"隐藏状态{zh}"),
        ("the output gate shows part of the cell", "输出门放出细胞状态的一部分"),
    )
    work.mistake("no_tanh", f"hadamard({o}, {c})", "tanh of the cell state is left out.", "漏了对细胞状态取 tanh。")
    work.mistake(
        "input_gate_output", f"hadamard({i}, tanh({c}))", "the input gate is used in place of the output gate.", "把输出门写成了输入门。"
    )


@calculator(
    "gru_step",
    ("GRU cell", "GRU 单元计算"),
    chapter="rnn",
    example={"z_t": ["1/4"], "h_tilde_t": [2], "h_prev": [1]},
)
def gru_step(work: Work) -> None:
    """h_t mixes the old state and the candidate with weights z and 1 - z; gates and candidate are given or follow from weights.

    Cho et al., arXiv:1406.1078 (reset before the recurrent product); PyTorch and Keras reset after it.
    """
    keeps = work.option(
        "update_gate",
        ("what the update gate weighs", "更新门加权的对象"),
        {
            "keeps_old": (
                "The update gate weighs the old state: `h_t = z_t*h_prev + (1 - z_t)*h_tilde_t`.",
                "更新门加权旧状态：`h_t = z_t*h_prev + (1 - z_t)*h_tilde_t`。",
            ),
            "takes_new": (
                "The update gate weighs the candidate: `h_t = (1 - z_t)*h_prev + z_t*h_tilde_t`.",
                "更新门加权候选状态：`h_t = (1 - z_t)*h_prev + z_t*h_tilde_t`。",
            ),
        },
        default="keeps_old",
    )
    reset = work.option(
        "reset",
        ("place of the reset gate", "重置门的位置"),
        {
            "before": ("The reset gate acts on the old state before the recurrent product.", "重置门在循环乘积之前作用于旧状态。"),
            "after": ("The reset gate acts on the recurrent product.", "重置门作用于循环乘积的结果。"),
        },
        default="before",
    )
    if not work.optional("U_z", ("input weights: update gate", "更新门的输入权重"), shape="d_h d_x"):
        work.given("z_t", GATES["z"], is_="probability", shape=None, aliases=["z"])
        work.given("h_tilde_t", ("candidate", "候选状态"), shape=None, aliases=["h_tilde"])
        work.given("h_prev", ("old state", "上一时刻的状态"), shape=None)
        _gru_state(work, "t", "h_prev", keeps == "keeps_old")
        return
    work.given("W_z", ("recurrent weights: update gate", "更新门的循环权重"), shape="d_h d_h")
    work.given("b_z", ("biases: update gate", "更新门的偏置"), shape="d_h", default="zeros(len(W_z))")
    _gate_weights(work, "r", GATES["r"])
    _gate_weights(work, "h", ("candidate", "候选状态"))
    started = work.optional("h_prev", ("old state", "上一时刻的状态"), shape="d_h", aliases=["h_0"])
    if not started:
        work.given("h_prev", ("old state", "上一时刻的状态"), shape="d_h", default="zeros(len(W_z))")
    before, history = "h_prev", started
    for suffix, x in declare_inputs(work):
        for letter in "zr":
            _gate(work, letter, suffix, x, before, history)
        _gru_candidate(work, suffix, x, before, history, reset == "before")
        _gru_state(work, suffix, before, keeps == "keeps_old")
        before, history = f"h_{suffix}", True


def _gru_candidate(work: Work, suffix: str, x: str, before: str, history: bool, reset_first: bool) -> None:
    en, zh = at_time(suffix)
    old, net = f"old_{suffix}", f"net_h_{suffix}"
    if reset_first:
        work.step(old, f"hadamard(r_{suffix}, {before})", (f"old state after the reset{en}", f"重置后的旧状态{zh}"))
        recurrent = f"W_h @ {old}"
    else:
        work.step(old, f"hadamard(r_{suffix}, W_h @ {before})", (f"recurrent product after the reset{en}", f"重置后的循环乘积{zh}"))
        recurrent = old
    work.step(net, f"U_h @ {x} + {recurrent} + b_h", (f"net input of the candidate{en}", f"候选状态的净输入{zh}"))
    if history:
        work.mistake("no_reset", f"U_h @ {x} + W_h @ {before} + b_h", "the reset gate is ignored.", "漏了重置门。")
    work.step(f"h_tilde_{suffix}", f"tanh({net})", (f"candidate{en}", f"候选状态{zh}"))
    work.mistake(
        "sigmoid_candidate",
        f"sigmoid({net})",
        "the sigmoid is used for the candidate; it uses tanh.",
        "候选状态用了 sigmoid；应使用 tanh。",
    )


def _gru_state(work: Work, suffix: str, before: str, keeps_old: bool) -> None:
    en, zh = at_time(suffix)
    z, candidate = f"z_{suffix}", f"h_tilde_{suffix}"
    old, new = (z, f"1 - {z}") if keeps_old else (f"1 - {z}", z)
    work.step(
        f"h_{suffix}",
        f"hadamard({old}, {before}) + hadamard({new}, {candidate})",
        (f"state{en}", f"状态{zh}"),
        ("the two weights add up to 1", "两个权重之和为 1"),
    )
    work.mistake(
        "both_z",
        f"hadamard({z}, {before}) + hadamard({z}, {candidate})",
        "both are weighted by z; one of them has `1 - z`.",
        "两项都乘了 z；其中一项应乘 `1 - z`。",
    )
    work.mistake("candidate_only", candidate, "the old state is left out of the mixture.", "混合时漏了旧状态。")
