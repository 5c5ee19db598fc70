"""States, outputs and parameter counts of recurrent networks that run in both directions."""

from __future__ import annotations

from collections.abc import Iterable

from .rnn_stacked import WHOLE, activated, activation_option, bias_vectors_option
from .work import Work, calculator


@calculator(
    "bidirectional_rnn",
    ("Bidirectional recurrent network: states, outputs, parameters", "双向循环网络：状态、输出与参数量"),
    chapter="rnn",
    example={
        "x": [[1], [2], [-1]],
        "U_f": [[1], [2]],
        "W_f": [[0, 1], [1, 0]],
        "b_f": [0, 1],
        "U_b": [[2], [1]],
        "W_b": [[1, 1], [0, 1]],
        "b_b": [1, 0],
        "V_f": [[1, 2]],
        "V_b": [[2, 1]],
        "b_y": [3],
        "activation": "identity",
    },
)
def bidirectional_rnn(work: Work) -> None:
    """Forward states h_f_t from the left, backward states h_b_t from the right, and outputs that read both.

    Given ``x`` (one row for each time step) and two sets of matrices, states and outputs; given ``d_x``, ``d_h`` and
    ``d_y``, the parameters only. Schuster and Paliwal 1997.
    """
    function = activation_option(work)
    two = bias_vectors_option(work)
    merge = work.option(
        "merge",
        ("how the directions are joined", "两个方向的合并方式"),
        {
            "sum": ("Each direction has an output matrix of its own; the two products are added.", "两个方向各有一个输出矩阵，两个乘积相加。"),
            "concatenate": (
                "The states of both directions are concatenated, forward first, before one output matrix.",
                "先把两个方向的状态拼接（前向在前），再乘一个输出矩阵。",
            ),
        },
        default="sum",
    )
    if work.optional("x", ("inputs, one row for each time step", "输入，每个时间步一行"), shape="T d_x"):
        _two_way_matrices(work)
        times = work.length("x")
        _direction(work, "f", range(1, times + 1), function)
        _direction(work, "b", range(times, 0, -1), function)
        with_output = _two_way_outputs(work, times, merge)
    else:
        work.given("d_x", ("input width", "输入维数"), is_=WHOLE)
        work.given("d_h", ("state width of each direction", "每个方向的状态维数"), is_=WHOLE)
        with_output = work.optional("d_y", ("output width", "输出维数"), is_=WHOLE)
    _two_way_counts(work, two, with_output)


def _two_way_matrices(work: Work) -> None:
    for way, en, zh in (("f", "forward", "前向"), ("b", "backward", "后向")):
        work.given(f"U_{way}", (f"{en} input weights", f"{zh}输入权重"), shape="d_h d_x")
        work.given(f"W_{way}", (f"{en} recurrent weights", f"{zh}循环权重"), shape="d_h d_h")
        work.given(f"b_{way}", (f"{en} biases", f"{zh}偏置"), shape="d_h", default=f"zeros(len(W_{way}))")
        work.given(f"h_{way}_start", (f"{en} initial state", f"{zh}初始状态"), shape="d_h", default=f"zeros(len(W_{way}))")
    work.given("d_x", ("input width", "输入维数"), is_=WHOLE, default="len(x[1])")
    work.given("d_h", ("state width of each direction", "每个方向的状态维数"), is_=WHOLE, default="len(W_f)")


def _direction(work: Work, way: str, times: Iterable[int], function: str) -> None:
    """The states of one direction, in the order in which they are computed."""
    before = f"h_{way}_start"
    en, zh = ("forward", "前向") if way == "f" else ("backward", "后向")
    for time in times:
        z, h = f"z_{way}_{time}", f"h_{way}_{time}"
        work.step(
            z,
            f"U_{way} @ x[{time}] + W_{way} @ {before} + b_{way}",
            (f"{en} pre-activation at time {time}", f"时刻 {time} 的{zh}净输入"),
            ("it uses the state before it in time", "用到前一时刻的状态")
            if way == "f"
            else ("it uses the state after it in time, so start at the end", "用到后一时刻的状态，所以从末尾算起"),
        )
        if before != f"h_{way}_start":
            work.mistake("no_history", f"U_{way} @ x[{time}] + b_{way}", "the neighbouring state is left out; add the recurrent weights times it.", "漏了相邻时刻的状态；应加上循环权重乘它。")
        if way == "b":
            if time > 1:  # run from the left, the first state is the one without history
                work.mistake(
                    "backward_forwards",
                    _run_forwards(time, function),
                    "the backward direction is run from the first input; start at the last.",
                    "后向从第一个输入算起了；应从最后一个算起。",
                )
            work.mistake(
                "shared_weights",
                f"U_f @ x[{time}] + W_f @ {before} + b_f",
                "the forward weights are used backwards; take those of the backward direction.",
                "后向用了前向的权重；应用后向自己的权重。",
            )
        work.step(h, activated(function, z), (f"{en} state at time {time}", f"时刻 {time} 的{zh}状态"))
        if function:
            work.mistake("no_activation", z, "the activation function is left out; apply it to the pre-activation.", "漏了激活函数；应对净输入施加它。", kind="slip")
        before = h


def _run_forwards(time: int, function: str) -> str:
    """The pre-activation that the backward weights give when they are run from the left."""
    formula = "U_b @ x[1] + W_b @ h_b_start + b_b"
    for later in range(2, time + 1):
        formula = f"U_b @ x[{later}] + W_b @ {activated(function, f'({formula})')} + b_b"
    return formula


def _two_way_outputs(work: Work, times: int, merge: str) -> bool:
    """The outputs, if there are output matrices; whether there are."""
    if not work.optional("V_f", ("output weights of the forward states", "前向状态的输出权重"), shape="d_y d_h"):
        return False
    work.given("V_b", ("output weights of the backward states", "后向状态的输出权重"), shape="d_y d_h")
    work.given("b_y", ("output biases", "输出偏置"), shape="d_y", default="zeros(len(V_f))")
    work.given("d_y", ("output width", "输出维数"), is_=WHOLE, default="len(V_f)")
    for time in range(1, times + 1):
        joined = f"h_{time}"
        if merge == "concatenate":
            work.step(joined, f"concat(h_f_{time}, h_b_{time})", (f"both states at time {time}", f"时刻 {time} 的拼接状态"))
            work.mistake(
                "reversed_order",
                f"concat(h_b_{time}, h_f_{time})",
                "the backward state is put first; the forward one comes first.",
                "把后向状态放在了前面；前向状态应在前。",
                kind="slip",
            )
        separate = f"V_f @ h_f_{time} + V_b @ h_b_{time}"
        work.step(
            f"y_{time}",
            f"{separate} + b_y" if merge == "sum" else f"concat(V_f, V_b) @ {joined} + b_y",
            (f"output at time {time}", f"时刻 {time} 的输出"),
            ("it reads the states of both directions at this time", "由同一时刻两个方向的状态得到"),
        )
        work.mistake(
            "double_by",
            f"{separate} + 2*b_y",
            "the output bias is added once for each direction; add it only once.",
            "每个方向都加了输出偏置；只应加一次。",
        )
        work.mistake("one_direction", f"V_f @ h_f_{time} + b_y", "only the forward state is used; add the part of the backward state.", "只用了前向状态；还应加上后向状态的部分。")
    return True


def _two_way_counts(work: Work, two: bool, with_output: bool) -> None:
    biases = "2 * d_h" if two else "d_h"
    work.step(
        "direction",
        f"d_h * d_x + d_h^2 + {biases}",
        ("parameters of one direction", "一个方向的参数量"),
        ("input weights, recurrent weights, biases", "输入权重、循环权重、偏置"),
        is_=WHOLE,
    )
    work.mistake("forgot_w", f"d_h * d_x + {biases}", "the recurrent matrix is left out; it leads from the old state to the new one.", "漏了循环权重矩阵；它由旧状态通向新状态。")
    work.mistake("forgot_biases", "d_h * d_x + d_h^2", "the biases are left out; they are parameters too.", "漏了偏置；偏置也是参数。", kind="slip")
    work.step(
        "recurrent",
        "2 * direction",
        ("parameters of both directions", "两个方向的参数量"),
        ("each direction has its own weights", "两个方向各有一组权重"),
        is_=WHOLE,
    )
    work.mistake(
        "shared_weights", "direction", "one set of weights is counted; each direction has its own, so double it.", "只计了一组权重；两个方向各有一组，应加倍。"
    )
    if not with_output:
        work.step("total", "recurrent", ("parameters in total", "参数总数"), is_=WHOLE)
        return
    work.step(
        "output_layer",
        "2 * d_y * d_h + d_y",
        ("parameters of the output layer", "输出层的参数量"),
        ("it reads the states of both directions and has one bias vector", "由两个方向的状态得到，只有一个偏置向量"),
        is_=WHOLE,
    )
    work.mistake(
        "double_by",
        "2 * d_y * d_h + 2 * d_y",
        "the output bias is counted once for each direction; count it once.",
        "每个方向都计了输出偏置；只应计一次。",
    )
    work.mistake("one_direction", "d_y * d_h + d_y", "the output is given the state of one direction; it reads both, so double the weights.", "输出只用了一个方向的状态；它用到两个方向，权重应加倍。")
    work.step("total", "recurrent + output_layer", ("parameters in total", "参数总数"), is_=WHOLE)
