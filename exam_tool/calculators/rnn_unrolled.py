"""A gated cell unrolled over time, of one unit or of a vector of units: its givens, pre-activations, loss, error signals and sums over time.

What a gate does to the state is said by each cell, in ``rnn_gradients``.
"""

from __future__ import annotations

from .rnn_gates import NET
from .work import Pair, Work

GATES: dict[str, Pair] = {
    "f": ("forget gate", "遗忘门"),
    "i": ("input gate", "输入门"),
    "o": ("output gate", "输出门"),
    "c": ("candidate", "候选状态"),
    "z": ("update gate", "更新门"),
    "r": ("reset gate", "重置门"),
    "h": ("candidate", "候选状态"),
}
VALUES = {"c": "c_tilde", "h": "h_tilde"}  # the names of activations; those of gates are their letters
LOSSES: dict[str, Pair] = {
    "half_squared": ("The loss of a step is half the squared error.", "每步的损失为平方误差的一半。"),
    "squared": ("The loss of a step is the squared error.", "每步的损失为平方误差。"),
}
SUMMED: dict[str, Pair] = {
    "half_squared": ("The loss of a step is half the sum of the squared errors of its units.", "每步的损失为各单元平方误差之和的一半。"),
    "squared": ("The loss of a step is the sum of the squared errors of its units.", "每步的损失为各单元平方误差之和。"),
}
ERROR_AND_BACK: Pair = ("from the loss of this step, and back from the next step", "来自本步的损失，以及从下一步传回的部分")
BROUGHT_BACK: Pair = ("back from the next step, added over all paths", "从下一步传回，各条路径相加")
LAST: Pair = ("no later step follows, so only the loss of this step counts", "之后没有时间步，只有本步的损失")
SHARED: Pair = ("all steps share this weight, so their contributions are added", "各时间步共享该权重，各步的贡献相加")
FROM_ZERO: Pair = ("the step that starts from the state 0 contributes nothing", "从零状态出发的那一步没有贡献")
NOT_TRANSPOSED: Pair = ("the recurrent matrices are used as on the way forward; on the way back, multiply by their transposes.", "回传时直接用了循环权重矩阵；反向应乘其转置。")
OUTER_TURNED: Pair = ("rows and columns are exchanged; the error signal gives the rows, the state the columns.", "行列颠倒了；误差信号对应行，状态对应列。")
OWN_STATE: Pair = ("each step's own state is used; the weight multiplies the state before it, so take that one.", "用了各步自己的状态；该权重乘的是前一步的状态，应取前一步的。")
LAST_STEP_ONLY: Pair = ("only the last time step is counted; add the contributions of all steps.", "只算了最后一个时间步；应把所有时间步的贡献相加。")
SLOPE_GATE: Pair = ("the derivative with respect to the gate, times the slope of the sigmoid", "损失对门的导数，再乘 sigmoid 的导数")
SLOPE_CANDIDATE: Pair = ("the derivative with respect to the candidate, times the slope of tanh", "损失对候选状态的导数，再乘 tanh 的导数")


class Cell:
    """What both cells share. With a matrix of inputs (or of gate values) the state is a vector, and every weight a matrix.

    Where the values of the gates are given instead of their weights, only the way back is computed from the recurrent weights.
    """

    def __init__(self, work: Work, letters: str) -> None:
        self.work, self.letters = work, letters
        self.state: Pair = ("hidden state", "隐藏状态") if "c" in letters else ("state", "状态")
        first = self._name(letters[0])
        self.told = work.offered(first)
        leading = first if self.told else "x"
        self.wide = len(work.offered_shape(leading) or ()) == 2
        self.reads = not self.told or work.offered("x")
        # many units have biases where some are given, or where the values of their gates are
        self.biased = not self.wide or self.told or any(work.offered(f"b_{letter}") for letter in letters)
        self._declare_weights()
        self.started = work.offered("h_0")
        work.given("h_0", ("initial state", "初始状态"), shape=self.of("d_h"), default=self.zeros)
        work.given("y", ("target of the last step, or one for every step", "最后一步的目标值，或每步一个"), shape=None)
        self.steps = work.length(leading)
        self.every = len(work.shape("y")) > self.wide
        work.fits("y", f"{'T' if self.every else ''} {self.of('d_h')}")
        self.double = work.option("loss", ("loss", "损失函数"), SUMMED if self.wide else LOSSES, default="half_squared") == "squared"

    def of(self, size: str) -> str:
        """A size where the state is a vector; nothing where it is a number."""
        return size if self.wide else ""

    def _name(self, letter: str) -> str:
        return VALUES.get(letter, letter)

    def _declare_weights(self) -> None:
        """Inputs, values of the gates and weights, as far as this form has them."""
        work = self.work
        if self.reads:
            work.given("x", ("inputs; a matrix holds one time step in each row", "输入序列；矩阵的每一行是一个时间步"), shape=f"T {self.of('d_x')}")
        for letter in self.letters:
            if self.told:
                domain = "" if letter in VALUES else "probability"
                work.given(self._name(letter), _pair("{} at every step", "各步的{}", letter), shape=f"T {self.of('d_h')}", is_=domain)
            else:
                work.given(f"U_{letter}", _pair("input weight: {}", "{}的输入权重", letter), shape=self.of("d_h d_x"))
            work.given(f"W_{letter}", _pair("recurrent weight: {}", "{}的循环权重", letter), shape=self.of("d_h d_h"))
            if self.biased and not self.told:
                work.given(f"b_{letter}", _pair("bias: {}", "{}的偏置", letter), shape=self.of("d_h"), default=self.zeros)

    @property
    def zeros(self) -> str:
        """A state or bias that is left out."""
        return f"zeros({self.work.length('W_' + self.letters[0])})" if self.wide else "0"

    def times(self, *factors: str) -> str:
        """A product, entry by entry; a factor that is a sum stands in brackets of its own."""
        if not self.wide:
            return "*".join(factors)
        product, *others = factors
        for factor in others:
            product = f"hadamard({product}, {factor})"
        return product

    def through(self, matrix: str, vector: str) -> str:
        return f"{matrix} @ {vector}" if self.wide else f"{matrix}*{vector}"

    def back_through(self, matrix: str, vector: str) -> str:
        """What comes back through a matrix: its transpose times the gradient behind it."""
        return f"{matrix}.T @ {vector}" if self.wide else f"{matrix}*{vector}"

    def at(self, t: int) -> Pair:
        return f" at time {t}", f"时刻 {t} 的"

    def label(self, letter: str, t: int, en: str = "{}", zh: str = "时刻 {t} 的{}") -> Pair:
        """A label with the name of a gate and the time put in."""
        return en.format(GATES[letter][0]) + self.at(t)[0], zh.format(GATES[letter][1], t=t)

    def value(self, letter: str, t: int) -> str:
        """The value of a gate or candidate at time t: a step, or an entry of what is given."""
        return f"{self._name(letter)}[{t}]" if self.told else f"{self._name(letter)}_{t}"

    def net(self, letter: str, t: int, recurrent: str = "") -> str:
        """The pre-activation of a gate, as a step."""
        name, bias = f"a_{letter}_{t}", f" + b_{letter}" if self.biased else ""
        old = recurrent or self.through(f"W_{letter}", f"h_{t - 1}")
        new = self.through(f"U_{letter}", f"x[{t}]")
        self.work.step(name, f"{new} + {old}{bias}", self.label(letter, t, "pre-activation of the {}", "时刻 {t} 的{}净输入"), NET if self.biased else ("from the input and from the old state", "来自输入与旧状态"))
        if t > 1 or self.started:
            self.work.mistake("no_history", f"{new}{bias}", "the old state is left out; add the recurrent weights times it.", "漏了上一时刻的状态；应加上循环权重乘以它。")
        return name

    def gate(self, letter: str, t: int) -> None:
        if not self.told:
            self.work.step(f"{letter}_{t}", f"sigmoid({self.net(letter, t)})", self.label(letter, t))

    def candidate(self, letter: str, t: int, recurrent: str = "") -> None:
        if not self.told:
            self.work.step(self.value(letter, t), f"tanh({self.net(letter, t, recurrent)})", self.label(letter, t))

    def errors(self) -> None:
        """The loss, and its derivative with respect to the state of each step with a target, from the last step to the first."""
        work = self.work
        times = range(1 if self.every else self.steps, self.steps + 1)
        squares = [f"sum(({self._error(t)})^2)" if self.wide else f"({self._error(t)})^2" for t in times]
        total = " + ".join(squares)
        half = f"1/2*({total})" if len(squares) > 1 else f"1/2*{total}"
        work.step("L", total if self.double else half, ("loss", "损失"), ("the losses of all steps are added", "各时间步的损失相加") if len(squares) > 1 else None)
        for t in reversed(times):
            factor = "2*" if self.double else ""
            work.step(f"e_{t}", f"{factor}({self._error(t)})", (f"derivative of the loss with respect to output {t}", f"损失对时刻 {t} 输出的导数"))
            target = f"y[{t}]" if self.every else "y"
            work.mistake("error_sign", f"{factor}({target} - h_{t})", "target minus output is taken; take output minus target.", "用了目标值减输出；应为输出减目标值。", kind="slip")

    def _error(self, t: int) -> str:
        return f"h_{t} - y[{t}]" if self.every else f"h_{t} - y"

    def back_to_state(self, t: int, kept: list[str], paths: list[tuple[str, str]]) -> None:
        """The derivative of the loss with respect to the state at time t: its own error, what a gate keeps, and what comes back through weights of the next step."""
        direct = f"e_{t}" if self.every or t == self.steps else ""
        later = kept + [self.back_through(*path) for path in paths]
        formula = " + ".join(filter(None, (direct, *later)))
        why = (ERROR_AND_BACK if direct else BROUGHT_BACK) if later else LAST
        self.work.step(f"dL_dh_{t}", formula, (f"derivative of the loss with respect to {self.state[0]} {t}", f"损失对时刻 {t} {self.state[1]}的导数"), why)
        if direct and later:
            self.work.mistake("direct_only", direct, "only the loss of this step is counted; the state also acts on the later steps, so add what comes back from there.", "只算了本步的损失；该状态还影响之后的各步，应加上由那里传回的部分。")
        if len(later) > 1:
            self.work.mistake("one_path", " + ".join(filter(None, (direct, later[0]))), "only one path back is counted; the state enters every gate of the next step, so add all paths.", "只算了一条回传路径；该状态进入下一步的每个门，应把各条路径相加。")
        if self.wide and paths:
            straight = " + ".join(filter(None, (direct, *kept, *(self.through(*path) for path in paths))))
            self.work.mistake("not_transposed", straight, *NOT_TRANSPOSED)

    def delta(self, letter: str, t: int, *back: str) -> None:
        """The error signal of a gate: the derivative with respect to its value (a step of its own for a vector), times the slope of its activation."""
        value = self.value(letter, t)
        slope = [f"(1 - {value}^2)"] if letter in VALUES else [value, f"(1 - {value})"]
        reaching = self.times(*back)
        if self.wide:
            name = f"dL_d{self._name(letter)}_{t}"
            self.work.step(name, reaching, self.label(letter, t, "derivative of the loss with respect to the {}", "损失对时刻 {t} {}的导数"))
            reaching, back = name, (name,)
        why = SLOPE_CANDIDATE if letter in VALUES else SLOPE_GATE
        self.work.step(f"delta_{letter}_{t}", self.times(*back, *slope), self.label(letter, t, "error signal of the {}", "时刻 {t} {}的误差信号"), why)
        self.work.mistake("no_slope", reaching, "the slope of the activation is left out; multiply by it.", "漏了激活函数的导数；应乘上它。")

    def gradients(self, signals: dict[str, str], states: dict[str, Pair]) -> None:
        """For every gate the gradients of its weights, added over time.

        ``signals`` and ``states`` say what stands behind and before a recurrent weight if not the error signal and the old state;
        with a state comes what it is taken for by mistake.
        """
        times = range(1, self.steps + 1)
        for letter in self.letters:
            signal, (state, own) = signals.get(letter, f"delta_{letter}_{{t}}"), states.get(letter, ("h_{old}", "h_{t}"))
            self._recurrent_gradient(letter, [(signal.format(t=t), state.format(t=t, old=t - 1)) for t in times])
            own_state = " + ".join(self._outer(signal.format(t=t), own.format(t=t)) for t in times)
            self.work.mistake("own_state", own_state, *OWN_STATE)
            if self.reads:
                self._gradient(f"U_{letter}", [self._outer(f"delta_{letter}_{t}", f"x[{t}]") for t in times])
            if self.biased:
                self._gradient(f"b_{letter}", [f"delta_{letter}_{t}" for t in times])

    def _recurrent_gradient(self, letter: str, parts: list[Pair]) -> None:
        """``parts`` are signal and state at every time; from a state of 0 the first adds nothing."""
        late = parts if self.started or self.steps == 1 else parts[1:]
        self._gradient(f"W_{letter}", [self._outer(*part) for part in late], FROM_ZERO if len(late) == 1 < self.steps else SHARED)
        if self.wide:
            turned = " + ".join(self._outer(state, signal) for signal, state in late)
            self.work.mistake("outer_turned", turned, *OUTER_TURNED)

    def _outer(self, signal: str, state: str) -> str:
        return f"outer({signal}, {state})" if self.wide else f"{signal}*{state}"

    def _gradient(self, name: str, terms: list[str], why: Pair = SHARED) -> None:
        self.work.step(f"grad_{name}", " + ".join(terms), (f"gradient of {name}", f"{name} 的梯度"), why)
        if len(terms) > 1:
            self.work.mistake("last_step_only", terms[-1], *LAST_STEP_ONLY)


def _pair(en: str, zh: str, letter: str) -> Pair:
    """A label with the name of a gate put in."""
    return en.format(GATES[letter][0]), zh.format(GATES[letter][1])
