"""Gradients through time in LSTM and GRU cells: states forward, error signals back, gradients added over the steps.

What both cells share is in ``rnn_unrolled``, the simple recurrent cell in ``bptt``, the states alone in ``rnn_gates``.
"""

from __future__ import annotations

from .rnn_gates import KEEPS_AND_ADDS, LETS_OUT
from .rnn_unrolled import NOT_TRANSPOSED, Cell
from .work import Pair, Work, calculator

UPDATES: dict[str, Pair] = {
    "keeps_old": ("The update gate weighs the old state: `h_t = z_t*h_prev + (1 - z_t)*h_tilde_t`.", "更新门是旧状态的权重：`h_t = z_t*h_prev + (1 - z_t)*h_tilde_t`。"),
    "takes_new": ("The update gate weighs the candidate: `h_t = (1 - z_t)*h_prev + z_t*h_tilde_t`.", "更新门是候选状态的权重：`h_t = (1 - z_t)*h_prev + z_t*h_tilde_t`。"),
}
ENTRYWISE: dict[str, Pair] = {
    "keeps_old": (
        "The update gate weighs the old state: `h_t = hadamard(z_t, h_prev) + hadamard(1 - z_t, h_tilde_t)`.",
        "更新门是旧状态的权重：`h_t = hadamard(z_t, h_prev) + hadamard(1 - z_t, h_tilde_t)`。",
    ),
    "takes_new": (
        "The update gate weighs the candidate: `h_t = hadamard(1 - z_t, h_prev) + hadamard(z_t, h_tilde_t)`.",
        "更新门是候选状态的权重：`h_t = hadamard(1 - z_t, h_prev) + hadamard(z_t, h_tilde_t)`。",
    ),
}
RESETS: dict[str, Pair] = {
    "before": ("The reset gate acts on the old state, before the recurrent weights do.", "重置门先作用于旧状态，再乘循环权重矩阵。"),
    "after": ("The reset gate acts on the product of the recurrent weights and the old state.", "旧状态先乘循环权重矩阵，重置门再作用于所得结果。"),
}


@calculator(
    "lstm_gradients",
    ("Gradients through time in an LSTM", "LSTM 的随时间反向传播"),
    chapter="rnn",
    example={
        "x": [1, -1], "y": 1, "U_f": 1, "W_f": 2, "U_i": "1/2", "W_i": 1, "U_o": -1, "W_o": 1, "U_c": 1, "W_c": -1, "b_f": 1,
    },
)  # fmt: skip
def lstm_gradients(work: Work) -> None:
    """c_t = f*c_(t-1) + i*c~, h_t = o*tanh(c_t), products entry by entry; the output is the state. Gradients of all weights, for any number of steps.

    With numbers as weights the cell has one unit; with matrices, and inputs ``x`` of T rows, it has a vector of them. In place of ``x`` and
    the weights of inputs the values of the gates may be given (``f``, ``i``, ``o``, ``c_tilde``). A target ``y`` of T entries (or T rows)
    belongs to every step, one without to the last. Source: Greff et al., arXiv:1503.04069, section 2 (without peepholes).
    """
    cell = Cell(work, "fioc")
    held = work.offered("c_0")
    work.given("c_0", ("initial cell state", "初始细胞状态"), shape=cell.of("d_h"), default=cell.zeros)
    for t in range(1, cell.steps + 1):
        for letter in "fio":
            cell.gate(letter, t)
        cell.candidate("c", t)
        _lstm_forward(work, cell, t, remembers=t > 1 or held)
    cell.errors()
    for t in range(cell.steps, 0, -1):
        _lstm_back(work, cell, t)
    cell.gradients({}, {})


def _lstm_forward(work: Work, cell: Cell, t: int, *, remembers: bool) -> None:
    (en, zh), (f, i, o, new) = cell.at(t), (cell.value(letter, t) for letter in "fioc")
    work.step(f"c_{t}", f"{cell.times(f, f'c_{t - 1}')} + {cell.times(i, new)}", (f"cell state{en}", f"{zh}细胞状态"), KEEPS_AND_ADDS)
    if remembers:
        work.mistake("gates_swapped", f"{cell.times(i, f'c_{t - 1}')} + {cell.times(f, new)}", "forget and input gate are exchanged; the forget gate weighs the old cell state, the input gate the candidate.", "遗忘门与输入门用反了；遗忘门乘旧细胞状态，输入门乘候选状态。")
    work.step(f"h_{t}", cell.times(o, f"tanh(c_{t})"), (f"hidden state{en}", f"{zh}隐藏状态"), LETS_OUT)
    work.mistake("no_tanh", cell.times(o, f"c_{t}"), "tanh of the cell state is left out; apply it before the output gate.", "漏了对细胞状态取 tanh；应先取 tanh，再乘输出门。")


def _lstm_back(work: Work, cell: Cell, t: int) -> None:
    last = t == cell.steps
    cell.back_to_state(t, [], [] if last else [(f"W_{letter}", f"delta_{letter}_{t + 1}") for letter in "fioc"])
    i, o, new = (cell.value(letter, t) for letter in "ioc")
    own = cell.times(f"dL_dh_{t}", o, f"(1 - tanh(c_{t})^2)")
    along = "" if last else " + " + cell.times(f"dL_dc_{t + 1}", cell.value("f", t + 1))
    label = (f"derivative of the loss with respect to cell state {t}", f"损失对时刻 {t} 细胞状态的导数")
    through = ("through the hidden state, with the output gate and the slope of tanh as factors", "经过隐藏状态，因子为输出门和 tanh 的导数")
    both = ("through the hidden state, and along the cell itself, where the forget gate is the factor", "经过隐藏状态，以及沿细胞状态本身（因子为遗忘门）")
    work.step(f"dL_dc_{t}", own + along, label, through if last else both)
    if not last:
        work.mistake("state_only", own, "the path along the cell is left out; the cell state enters the next one, so add what comes back from there.", "漏了沿细胞状态的路径；细胞状态直接进入下一步，应加上由那里传回的部分。")
        work.mistake("no_forget", f"{own} + dL_dc_{t + 1}", "the forget gate is missing on the way back along the cell; multiply by it.", "沿细胞状态回传时漏了遗忘门；应乘上它。")
    work.mistake("no_tanh_slope", cell.times(f"dL_dh_{t}", o) + along, "the slope of tanh is left out; multiply by it.", "漏了 tanh 的导数；应乘上它。")
    cell.delta("o", t, f"dL_dh_{t}", f"tanh(c_{t})")
    cell.delta("f", t, f"dL_dc_{t}", f"c_{t - 1}")
    cell.delta("i", t, f"dL_dc_{t}", new)
    cell.delta("c", t, f"dL_dc_{t}", i)


@calculator(
    "gru_gradients",
    ("Gradients through time in a GRU", "GRU 的随时间反向传播"),
    chapter="rnn",
    example={"x": [1, -1], "y": 1, "U_z": 1, "W_z": 2, "U_r": "1/2", "W_r": 1, "U_h": 1, "W_h": -1, "b_z": 1},
)
def gru_gradients(work: Work) -> None:
    """h_t mixes the old state and the candidate, entry by entry; the output is the state. Gradients of all weights, for any number of steps.

    Forms as in ``lstm_gradients``; values of gates are ``z``, ``r`` and ``h_tilde``. With one unit it makes no difference whether the reset
    gate acts before or after the recurrent product. Source: Cho et al., arXiv:1406.1078; PyTorch and Keras reset after the product.
    """
    cell = Gru(work)
    for t in range(1, cell.steps + 1):
        cell.forward(t)
    cell.errors()
    for t in range(cell.steps, 0, -1):
        cell.back(t)
    signals, states = cell.around_candidate()
    cell.gradients({"h": signals}, {"h": states})


class Gru(Cell):
    """The steps of a GRU in time; ``first`` says whether the reset gate acts before the recurrent product."""

    def __init__(self, work: Work) -> None:
        super().__init__(work, "zrh")
        choices = ENTRYWISE if self.wide else UPDATES
        self.keeps = work.option("update_gate", ("what the update gate weighs", "更新门加权的对象"), choices, default="keeps_old") == "keeps_old"
        self.first = not self.wide or work.option("reset", ("place of the reset gate", "重置门的位置"), RESETS, default="before") == "before"

    def forward(self, t: int) -> None:
        work, (en, zh), old = self.work, self.at(t), f"h_{t - 1}"
        self.gate("z", t)
        self.gate("r", t)
        z, r, new = (self.value(letter, t) for letter in "zrh")
        recurrent = f"W_h*{r}*{old}"
        if self.wide and self.first:
            work.step(f"s_{t}", self.times(r, old), (f"old state after the reset{en}", f"时刻 {t} 重置后的旧状态"), ("the reset gate scales the old state", "重置门按比例缩小旧状态"))
            recurrent = f"W_h @ s_{t}"
        elif self.wide:
            work.step(f"m_{t}", f"W_h @ {old}", (f"recurrent product{en}", f"{zh}循环乘积"), ("recurrent weights times old state", "循环权重乘旧状态"))
            recurrent = self.times(r, f"m_{t}")
        self.candidate("h", t, recurrent)
        kept, taken = (z, f"(1 - {z})") if self.keeps else (f"(1 - {z})", z)
        mixed = f"{self.times(kept, old)} + {self.times(taken, new)}"
        work.step(f"h_{t}", mixed, (f"state{en}", f"{zh}状态"), ("old state and candidate are mixed, with weights that add up to 1", "旧状态与候选状态混合，两个权重之和为 1"))
        if t > 1 or self.started:
            work.mistake("candidate_only", self.times(taken, new), "the old state is left out of the mixture; add its share.", "混合时漏了旧状态；应加上它的一份。")

    def back(self, t: int) -> None:
        work, old = self.work, f"h_{t - 1}"
        self.back_to_state(t, *self._from_later(t + 1))
        z, new = self.value("z", t), self.value("h", t)
        taken, mixed = (f"(1 - {z})", f"({old} - {new})") if self.keeps else (z, f"({new} - {old})")
        self.delta("z", t, f"dL_dh_{t}", mixed)
        if self.keeps or t > 1 or self.started:  # from a state of 0 the new term is the only one
            side = [f"dL_dh_{t}", old if self.keeps else new]
            wrong, at = (side, f"dL_dz_{t}") if self.wide else ([*side, z, f"(1 - {z})"], f"delta_z_{t}")
            work.mistake("one_side", self.times(*wrong), "only one of the two terms is differentiated; the update gate stands in both, so take their difference.", "只对两项之一求了导；更新门在两项中都出现，应取两者之差。", at=at)
        self.delta("h", t, f"dL_dh_{t}", taken)
        self._back_to_reset(t)

    def _from_later(self, t: int) -> tuple[list[str], list[Pair]]:
        """What step t sends to the state before it: what its gates let through, and what comes back through its weights."""
        if t > self.steps:
            return [], []
        z, r = self.value("z", t), self.value("r", t)
        kept = [self.times(f"dL_dh_{t}", z if self.keeps else f"(1 - {z})")]
        paths = [(f"W_{letter}", f"delta_{letter}_{t}") for letter in "zr"]
        if not self.wide:
            return kept, [*paths, ("W_h", f"{r}*delta_h_{t}")]
        return ([*kept, self.times(f"dL_ds_{t}", r)], paths) if self.first else (kept, [*paths, ("W_h", f"dL_dm_{t}")])

    def _back_to_reset(self, t: int) -> None:
        work, (en, _), old = self.work, self.at(t), f"h_{t - 1}"
        if not self.wide:
            self.delta("r", t, f"delta_h_{t}", "W_h", old)
        elif self.first:
            label = (f"derivative of the loss with respect to the old state after the reset{en}", f"损失对时刻 {t} 重置后旧状态的导数")
            work.step(f"dL_ds_{t}", f"W_h.T @ delta_h_{t}", label, ("back through the recurrent weights, by their transpose", "经循环权重矩阵回传，乘其转置"))
            work.mistake("not_transposed", f"W_h @ delta_h_{t}", *NOT_TRANSPOSED)
            self.delta("r", t, f"dL_ds_{t}", old)
        else:
            label = (f"derivative of the loss with respect to the recurrent product{en}", f"损失对时刻 {t} 循环乘积的导数")
            work.step(f"dL_dm_{t}", self.times(f"delta_h_{t}", self.value("r", t)), label, ("the reset gate is the factor", "因子为重置门"))
            work.mistake("no_reset", f"delta_h_{t}", "the reset gate is left out on the way back; multiply by it.", "回传时漏了重置门；应乘上它。")
            self.delta("r", t, f"delta_h_{t}", f"m_{t}")

    def around_candidate(self) -> tuple[str, Pair]:
        """Signal and state on the two sides of the recurrent weight of the candidate, at time t; and the state it is taken for by mistake."""
        r = self.value("r", 0).replace("0", "{t}")
        if not self.wide:
            return "delta_h_{t}", (f"{r}*h_{{old}}", f"{r}*h_{{t}}")
        return ("delta_h_{t}", ("s_{t}", f"hadamard({r}, h_{{t}})")) if self.first else ("dL_dm_{t}", ("h_{old}", "h_{t}"))
