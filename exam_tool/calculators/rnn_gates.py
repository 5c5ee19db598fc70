"""The forward pass of LSTM and GRU cells over any number of time steps, from weights or from gate values."""

from __future__ import annotations

from .rnn_cells import NO_BIAS, NO_HISTORY, at_time, declare_inputs
from .work import Pair, Work, calculator

GATES = {
    "f": ("forget gate", "遗忘门"),
    "i": ("input gate", "输入门"),
    "o": ("output gate", "输出门"),
    "z": ("update gate", "更新门"),
    "r": ("reset gate", "重置门"),
}

KEEPS_AND_ADDS: Pair = ("the forget gate keeps part of the old, the input gate adds part of the candidate", "遗忘门保留一部分旧状态，输入门加入一部分候选状态")
LETS_OUT: Pair = ("the output gate lets part of the cell state out", "输出门决定细胞状态输出多少")
NET: Pair = ("from the input, from the old state, and the bias", "来自输入的、来自旧状态的，以及偏置")


def _gate_weights(work: Work, letter: str, label: Pair) -> None:
    work.given(f"U_{letter}", (f"input weights: {label[0]}", f"{label[1]}的输入权重"), shape="d_h d_x")
    work.given(f"W_{letter}", (f"recurrent weights: {label[0]}", f"{label[1]}的循环权重"), shape="d_h d_h")
    work.given(f"b_{letter}", (f"biases: {label[0]}", f"{label[1]}的偏置"), shape="d_h", default=f"zeros(len(W_{letter}))")


def _gate(work: Work, letter: str, suffix: str, x: str, before: str, history: bool) -> None:
    """Net input and value of a gate."""
    (en, zh), (time, time_zh) = GATES[letter], at_time(suffix)
    net = f"net_{letter}_{suffix}"
    work.step(net, f"U_{letter} @ {x} + W_{letter} @ {before} + b_{letter}", (f"pre-activation of the {en}{time}", f"{time_zh}{zh}净输入"), NET)
    if history:
        work.mistake("no_history", f"U_{letter} @ {x} + b_{letter}", *NO_HISTORY)
    work.mistake("no_bias", f"U_{letter} @ {x} + W_{letter} @ {before}", *NO_BIAS, kind="slip")
    work.step(
        f"{letter}_{suffix}",
        f"sigmoid({net})",
        (f"{en}{time}", f"{time_zh}{zh}"),
        ("the sigmoid puts a gate between 0 and 1", "sigmoid 使门的值介于 0 与 1 之间"),
        is_="probability",
    )
    work.mistake("tanh_gate", f"tanh({net})", "tanh is used for a gate; use the sigmoid.", "门用了 tanh；应使用 sigmoid。")


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
    started = work.optional("h_prev", ("old hidden state", "上一时刻的隐藏状态"), shape="d_h", aliases=["h_0"])
    if not started:
        work.given("h_prev", ("old hidden state", "上一时刻的隐藏状态"), shape="d_h", default="zeros(len(W_f))")
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
    work.step(net, f"U_c @ {x} + W_c @ {before} + b_c", (f"pre-activation of the candidate{en}", f"{zh}候选状态净输入"), NET)
    if history:
        work.mistake("no_history", f"U_c @ {x} + b_c", *NO_HISTORY)
    work.step(f"c_tilde_{suffix}", f"tanh({net})", (f"candidate{en}", f"{zh}候选状态"), ("tanh, since content may have either sign", "内容可正可负，所以用 tanh"))
    work.mistake(
        "sigmoid_candidate",
        f"sigmoid({net})",
        "the sigmoid is used for the candidate; use tanh.",
        "候选状态用了 sigmoid；应使用 tanh。",
    )


def _lstm_states(work: Work, suffix: str, before: str) -> None:
    en, zh = at_time(suffix)
    f, i, o, candidate, c = (f"{name}_{suffix}" for name in ("f", "i", "o", "c_tilde", "c"))
    work.step(
        c,
        f"hadamard({f}, {before}) + hadamard({i}, {candidate})",
        (f"cell state{en}", f"{zh}细胞状态"),
        KEEPS_AND_ADDS,
    )
    work.mistake(
        "gates_swapped",
        f"hadamard({i}, {before}) + hadamard({f}, {candidate})",
        "forget and input gate are exchanged; the forget gate weighs the old cell state, the input gate the candidate.",
        "遗忘门与输入门用反了；遗忘门乘旧细胞状态，输入门乘候选状态。",
    )
    work.mistake(
        "complement",
        f"hadamard({f}, {before}) + hadamard(1 - {f}, {candidate})",
        "the candidate is weighted by 1 − f, as in a GRU; weight it by the input gate.",
        "候选状态用 1 − f 加权，那是 GRU 的做法；应以输入门加权。",
    )
    work.step(
        f"h_{suffix}",
        f"hadamard({o}, tanh({c}))",
        (f"hidden state{en}", f"{zh}隐藏状态"),
        LETS_OUT,
    )
    work.mistake("no_tanh", f"hadamard({o}, {c})", "tanh of the cell state is left out; apply it before the output gate.", "漏了对细胞状态取 tanh；应先取 tanh，再乘输出门。")
    work.mistake(
        "input_gate_output", f"hadamard({i}, tanh({c}))", "the input gate is used here; the output gate decides what is shown.", "这里用了输入门；露出多少应由输出门决定。"
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
        ("what the update gate weighs", "更新门作为谁的权重"),
        {
            "keeps_old": (
                "The update gate weighs the old state: `h_t = hadamard(z_t, h_prev) + hadamard(1 - z_t, h_tilde_t)`.",
                "更新门是旧状态的权重：`h_t = hadamard(z_t, h_prev) + hadamard(1 - z_t, h_tilde_t)`。",
            ),
            "takes_new": (
                "The update gate weighs the candidate: `h_t = hadamard(1 - z_t, h_prev) + hadamard(z_t, h_tilde_t)`.",
                "更新门是候选状态的权重：`h_t = hadamard(1 - z_t, h_prev) + hadamard(z_t, h_tilde_t)`。",
            ),
        },
        default="keeps_old",
    )
    reset = work.option(
        "reset",
        ("place of the reset gate", "重置门的位置"),
        {
            "before": ("The reset gate acts on the old state, before the recurrent weights do.", "重置门先作用于旧状态，再乘循环权重矩阵。"),
            "after": ("The reset gate acts on the product of the recurrent weights and the old state.", "旧状态先乘循环权重矩阵，重置门再作用于所得结果。"),
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
        work.step(old, f"hadamard(r_{suffix}, {before})", (f"old state after the reset{en}", f"{zh.removesuffix('的')}重置后的旧状态"), ("the reset gate scales the old state", "重置门按比例缩小旧状态"))
        recurrent = f"W_h @ {old}"
    else:
        work.step(old, f"hadamard(r_{suffix}, W_h @ {before})", (f"recurrent product after the reset{en}", f"{zh.removesuffix('的')}重置后的循环乘积"), ("the reset gate scales the product", "重置门按比例缩小该乘积"))
        recurrent = old
    work.step(net, f"U_h @ {x} + {recurrent} + b_h", (f"pre-activation of the candidate{en}", f"{zh}候选状态净输入"), NET)
    if history:
        work.mistake("no_reset", f"U_h @ {x} + W_h @ {before} + b_h", "the reset gate is left out; multiply by it before the candidate is computed.", "漏了重置门；计算候选状态前应乘上它。")
    work.step(f"h_tilde_{suffix}", f"tanh({net})", (f"candidate{en}", f"{zh}候选状态"), ("tanh, since content may have either sign", "内容可正可负，所以用 tanh"))
    work.mistake(
        "sigmoid_candidate",
        f"sigmoid({net})",
        "the sigmoid is used for the candidate; use tanh.",
        "候选状态用了 sigmoid；应使用 tanh。",
    )


def _gru_state(work: Work, suffix: str, before: str, keeps_old: bool) -> None:
    en, zh = at_time(suffix)
    z, candidate = f"z_{suffix}", f"h_tilde_{suffix}"
    old, new = (z, f"1 - {z}") if keeps_old else (f"1 - {z}", z)
    work.step(
        f"h_{suffix}",
        f"hadamard({old}, {before}) + hadamard({new}, {candidate})",
        (f"state{en}", f"{zh}状态"),
        ("old state and candidate are mixed, with weights that add up to 1", "旧状态与候选状态混合，两个权重之和为 1"),
    )
    work.mistake(
        "both_z",
        f"hadamard({z}, {before}) + hadamard({z}, {candidate})",
        "both terms are weighted by z; one of them takes 1 − z.",
        "两项都乘了 z；其中一项应乘 1 − z。",
    )
    work.mistake("candidate_only", candidate, "the old state is left out of the mixture; add its share.", "只取了候选状态；应与旧状态混合。")
