"""Gradients through time in LSTM and GRU cells with one unit: states forward, error signals back, gradients added over the steps.

The simple recurrent cell is in ``bptt``, the states of cells of any size in ``rnn_gates``.
"""

from __future__ import annotations

from .work import Pair, Work, calculator

GATES: dict[str, Pair] = {
    "f": ("forget gate", "遗忘门"),
    "i": ("input gate", "输入门"),
    "o": ("output gate", "输出门"),
    "c": ("candidate", "候选状态"),
    "z": ("update gate", "更新门"),
    "r": ("reset gate", "重置门"),
    "h": ("candidate", "候选状态"),
}
LOSSES: dict[str, Pair] = {
    "half_squared": ("The loss of a step is half the squared error.", "每步的损失为平方误差的一半。"),
    "squared": ("The loss of a step is the squared error.", "每步的损失为平方误差。"),
}
UPDATES: dict[str, Pair] = {
    "keeps_old": ("The update gate weighs the old state: `h_t = z_t*h_prev + (1 - z_t)*h_tilde_t`.", "更新门加权旧状态：`h_t = z_t*h_prev + (1 - z_t)*h_tilde_t`。"),
    "takes_new": ("The update gate weighs the candidate: `h_t = (1 - z_t)*h_prev + z_t*h_tilde_t`.", "更新门加权候选状态：`h_t = (1 - z_t)*h_prev + z_t*h_tilde_t`。"),
}


class Cell:
    """What both cells share: weights, inputs and targets, the loss, and sums over time."""

    def __init__(self, work: Work, letters: str) -> None:
        self.work, self.letters = work, letters
        work.given("x", ("inputs", "输入序列"), shape="T")
        for letter in letters:
            en, zh = GATES[letter]
            work.given(f"U_{letter}", (f"input weight: {en}", f"{zh}的输入权重"))
            work.given(f"W_{letter}", (f"recurrent weight: {en}", f"{zh}的循环权重"))
            work.given(f"b_{letter}", (f"bias: {en}", f"{zh}的偏置"), default="0")
        self.started = work.offered("h_0")
        work.given("h_0", ("initial state", "初始状态"), default="0")
        work.given("y", ("target of the last step, or one for every step", "最后一步的目标值，或每步一个"), shape=None)
        self.steps = work.length("x")
        self.every = bool(work.shape("y"))
        work.fits("y", "T" if self.every else "")
        self.double = work.option("loss", ("loss", "损失函数"), LOSSES, default="half_squared") == "squared"

    def at(self, t: int) -> Pair:
        return f" at time {t}", f"（时刻 {t}）"

    def label(self, letter: str, t: int, en: str = "{}", zh: str = "{}") -> Pair:
        name, at = GATES[letter], self.at(t)
        return en.format(name[0]) + at[0], zh.format(name[1]) + at[1]

    def net(self, letter: str, t: int, recurrent: str = "") -> str:
        """The weighted input of a gate, as a step."""
        name = f"a_{letter}_{t}"
        old = recurrent or f"W_{letter}*h_{t - 1}"
        self.work.step(name, f"U_{letter}*x[{t}] + {old} + b_{letter}", self.label(letter, t, "weighted input of the {}", "{}的加权输入"))
        if t > 1 or self.started:
            self.work.mistake("no_history", f"U_{letter}*x[{t}] + b_{letter}", "the old state is left out.", "漏了上一时刻的状态。")
        return name

    def gate(self, letter: str, t: int) -> None:
        self.work.step(f"{letter}_{t}", f"sigmoid({self.net(letter, t)})", self.label(letter, t))

    def errors(self) -> None:
        """The loss, and its derivative by the state of each step with a target, from the last step to the first."""
        work = self.work
        times = range(1 if self.every else self.steps, self.steps + 1)
        squares = [f"({self.error(t)})^2" for t in times]
        total = " + ".join(squares)
        half = f"1/2*({total})" if len(squares) > 1 else f"1/2*{total}"
        work.step("L", total if self.double else half, ("loss", "损失"), ("added over the time steps", "对各时间步求和") if len(squares) > 1 else None)
        for t in reversed(times):
            factor = "2*" if self.double else ""
            work.step(f"e_{t}", f"{factor}({self.error(t)})", (f"loss differentiated by the output at time {t}", f"损失对时刻 {t} 输出的导数"))
            target = f"y[{t}]" if self.every else "y"
            work.mistake("error_sign", f"{factor}({target} - h_{t})", "target minus output is taken; the derivative is output minus target.", "用了目标减输出；导数应为输出减目标。", kind="slip")

    def error(self, t: int) -> str:
        return f"h_{t} - y[{t}]" if self.every else f"h_{t} - y"

    def back_to_state(self, t: int, later: list[str]) -> None:
        """The loss differentiated by the state at time t: its own error, and what comes back from the next step."""
        direct = f"e_{t}" if self.every or t == self.steps else ""
        formula = " + ".join(filter(None, (direct, *later)))
        why = ("the error of this step, and what every path brings back from the next", "本步的误差，加上各条路径从下一步传回的部分") if later else None
        self.work.step(f"dL_dh_{t}", formula, (f"loss differentiated by the state at time {t}", f"损失对时刻 {t} 状态的导数"), why)
        if direct and later:
            self.work.mistake("direct_only", direct, "only the error of this step is counted; the state also acts on the next step.", "只算了本步的误差；该状态还影响下一步。")
        if len(later) > 1:
            self.work.mistake("one_path", " + ".join(filter(None, (direct, later[0]))), "one path back is counted; the state enters every gate of the next step.", "只算了一条回传路径；该状态进入下一步的每个门。")

    def delta(self, letter: str, t: int, back: str, slope: str) -> None:
        """The error signal of a gate: what reaches its value, times the slope of its activation."""
        self.work.step(f"delta_{letter}_{t}", f"{back}*{slope}", self.label(letter, t, "error signal of the {}", "{}的误差信号"), ("what reaches the gate, times the slope of its activation", "传到该处的梯度乘以激活函数的导数"))
        self.work.mistake("no_slope", back, "the slope of the activation is left out.", "漏了激活函数的导数。")

    def gradients(self, states: dict[str, str]) -> None:
        """For every gate the gradients of its three weights; ``states`` says what a recurrent weight multiplies, if not the old state."""
        times = range(1, self.steps + 1)
        late = times[1:] if self.steps > 1 and not self.started else times  # from a state of 0 the first step adds nothing
        for letter in self.letters:
            old, delta = states.get(letter, "h_{old}"), f"delta_{letter}_"
            self._gradient(f"W_{letter}", [f"{delta}{t}*{old.format(t=t, old=t - 1)}" for t in late])
            own = " + ".join(f"{delta}{t}*{old.format(t=t, old=t)}" for t in times)
            self.work.mistake("own_state", own, "each step's own state is used; the weight multiplies the state before it.", "用了各步自己的状态；该权重乘的是前一步的状态。")
            self._gradient(f"U_{letter}", [f"{delta}{t}*x[{t}]" for t in times])
            self._gradient(f"b_{letter}", [f"{delta}{t}" for t in times])

    def _gradient(self, name: str, terms: list[str]) -> None:
        self.work.step(f"grad_{name}", " + ".join(terms), (f"gradient of {name}", f"{name} 的梯度"), ("the weight is shared: add over the steps", "权重共享，对各时间步求和"))
        if len(terms) > 1:
            self.work.mistake("last_step_only", terms[-1], "only the last time step is counted; a shared weight collects the gradients of all steps.", "只算了最后一个时间步；共享权重的梯度要对所有时间步求和。")


@calculator(
    "lstm_gradients",
    ("Gradients through time in an LSTM", "LSTM 的随时间反向传播"),
    chapter="rnn",
    example={
        "x": [1, -1], "y": 1, "U_f": 1, "W_f": 2, "U_i": "1/2", "W_i": 1, "U_o": -1, "W_o": 1, "U_c": 1, "W_c": -1, "b_f": 1,
    },
)  # fmt: skip
def lstm_gradients(work: Work) -> None:
    """c_t = f*c_(t-1) + i*c~, h_t = o*tanh(c_t), all numbers; the output is the state. Gradients of all twelve weights, for any number of steps.

    A vector ``y`` has a target for every step, a number one for the last. Source: Greff et al., arXiv:1503.04069, section 2 (without peepholes).
    """
    cell = Cell(work, "fioc")
    held = work.offered("c_0")
    work.given("c_0", ("initial cell state", "初始细胞状态"), default="0")
    for t in range(1, cell.steps + 1):
        for letter in "fio":
            cell.gate(letter, t)
        work.step(f"c_tilde_{t}", f"tanh({cell.net('c', t)})", cell.label("c", t))
        (en, zh) = cell.at(t)
        work.step(f"c_{t}", f"f_{t}*c_{t - 1} + i_{t}*c_tilde_{t}", (f"cell state{en}", f"细胞状态{zh}"))
        if t > 1 or held:
            work.mistake("gates_swapped", f"i_{t}*c_{t - 1} + f_{t}*c_tilde_{t}", "forget and input gate are exchanged.", "遗忘门与输入门用反了。")
        work.step(f"h_{t}", f"o_{t}*tanh(c_{t})", (f"state{en}", f"隐藏状态{zh}"))
        work.mistake("no_tanh", f"o_{t}*c_{t}", "tanh of the cell state is left out.", "漏了对细胞状态取 tanh。")
    cell.errors()
    for t in range(cell.steps, 0, -1):
        _lstm_back(work, cell, t)
    cell.gradients({})


def _lstm_back(work: Work, cell: Cell, t: int) -> None:
    last = t == cell.steps
    cell.back_to_state(t, [] if last else [f"W_{letter}*delta_{letter}_{t + 1}" for letter in "fioc"])
    own = f"dL_dh_{t}*o_{t}*(1 - tanh(c_{t})^2)"
    label = (f"loss differentiated by the cell state at time {t}", f"损失对时刻 {t} 细胞状态的导数")
    why = ("through the state, and along the cell itself, where the forget gate is the factor", "经过隐藏状态，以及沿细胞状态本身（因子为遗忘门）")
    work.step(f"dL_dc_{t}", own if last else f"{own} + dL_dc_{t + 1}*f_{t + 1}", label, None if last else why)
    if not last:
        work.mistake("state_only", own, "the path along the cell is left out; the old cell state enters the next one.", "漏了沿细胞状态的路径；旧的细胞状态直接进入下一步。")
        work.mistake("no_forget", f"{own} + dL_dc_{t + 1}", "the forget gate is missing on the way back along the cell.", "沿细胞状态回传时漏乘了遗忘门。")
    work.mistake("no_tanh_slope", own.split("*(")[0] + ("" if last else f" + dL_dc_{t + 1}*f_{t + 1}"), "the slope of tanh is left out.", "漏了 tanh 的导数。")
    cell.delta("o", t, f"dL_dh_{t}*tanh(c_{t})", f"o_{t}*(1 - o_{t})")
    cell.delta("f", t, f"dL_dc_{t}*c_{t - 1}", f"f_{t}*(1 - f_{t})")
    cell.delta("i", t, f"dL_dc_{t}*c_tilde_{t}", f"i_{t}*(1 - i_{t})")
    cell.delta("c", t, f"dL_dc_{t}*i_{t}", f"(1 - c_tilde_{t}^2)")


@calculator(
    "gru_gradients",
    ("Gradients through time in a GRU", "GRU 的随时间反向传播"),
    chapter="rnn",
    example={"x": [1, -1], "y": 1, "U_z": 1, "W_z": 2, "U_r": "1/2", "W_r": 1, "U_h": 1, "W_h": -1, "b_z": 1},
)
def gru_gradients(work: Work) -> None:
    """h_t mixes the old state and the candidate tanh(U_h*x + W_h*r*h_(t-1) + b_h), all numbers; the output is the state. Any number of steps.

    With one unit it makes no difference whether the reset gate acts before or after the recurrent product. Source: Cho et al., arXiv:1406.1078.
    """
    cell = Cell(work, "zrh")
    keeps = work.option("update_gate", ("what the update gate weighs", "更新门加权的对象"), UPDATES, default="keeps_old") == "keeps_old"
    for t in range(1, cell.steps + 1):
        cell.gate("z", t)
        cell.gate("r", t)
        work.step(f"h_tilde_{t}", f"tanh({cell.net('h', t, f'W_h*r_{t}*h_{t - 1}')})", cell.label("h", t))
        old, new = (f"z_{t}", f"(1 - z_{t})") if keeps else (f"(1 - z_{t})", f"z_{t}")
        (en, zh) = cell.at(t)
        work.step(f"h_{t}", f"{old}*h_{t - 1} + {new}*h_tilde_{t}", (f"state{en}", f"状态{zh}"), ("the two weights add up to 1", "两个权重之和为 1"))
        if t > 1 or cell.started:
            work.mistake("candidate_only", f"{new}*h_tilde_{t}", "the old state is left out of the mixture.", "混合时漏了旧状态。")
    cell.errors()
    for t in range(cell.steps, 0, -1):
        _gru_back(work, cell, t, keeps)
    cell.gradients({"h": "r_{t}*h_{old}"})


def _gru_back(work: Work, cell: Cell, t: int, keeps: bool) -> None:
    later = []
    if t < cell.steps:
        kept = f"z_{t + 1}" if keeps else f"(1 - z_{t + 1})"
        paths = [f"W_z*delta_z_{t + 1}", f"W_r*delta_r_{t + 1}", f"W_h*r_{t + 1}*delta_h_{t + 1}"]
        later = [f"dL_dh_{t + 1}*{kept}", *paths]
    cell.back_to_state(t, later)
    new, mixed = (f"(1 - z_{t})", f"(h_{t - 1} - h_tilde_{t})") if keeps else (f"z_{t}", f"(h_tilde_{t} - h_{t - 1})")
    cell.delta("z", t, f"dL_dh_{t}*{mixed}", f"z_{t}*(1 - z_{t})")
    work.mistake("one_side", f"dL_dh_{t}*{f'h_{t - 1}' if keeps else f'h_tilde_{t}'}*z_{t}*(1 - z_{t})", "one of the two terms is differentiated; the update gate stands in both.", "只对两项之一求了导；更新门在两项中都出现。")
    cell.delta("h", t, f"dL_dh_{t}*{new}", f"(1 - h_tilde_{t}^2)")
    cell.delta("r", t, f"delta_h_{t}*W_h*h_{t - 1}", f"r_{t}*(1 - r_{t})")
