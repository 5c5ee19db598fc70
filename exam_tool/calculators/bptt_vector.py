"""Backpropagation through time in a recurrent network with a vector of units. One unit is in ``bptt``, gated cells in ``rnn_gradients``."""

from __future__ import annotations

from .activations import ACTIVATIONS
from .bptt import STATES
from .rnn_unrolled import ERROR_AND_BACK, FROM_ZERO, LAST, LAST_STEP_ONLY, NOT_TRANSPOSED, OUTER_TURNED, OWN_STATE, SHARED
from .work import Pair, Work, calculator

BACK: Pair = ("back from the next state through W", "从下一状态经 W 传回")
SLOPES = {"identity": "", "relu": "{z} > 0", "tanh": "1 - {a}^2", "sigmoid": "hadamard({a}, 1 - {a})"}
LOSSES: dict[str, Pair] = {
    "half_squared": ("The loss of a step is half the sum of the squared errors.", "每步的损失为平方误差之和的一半。"),
    "squared": ("The loss of a step is the sum of the squared errors.", "每步的损失为平方误差之和。"),
    "cross_entropy": ("The output of a step is a softmax, and its loss the cross-entropy.", "每步的输出经过 softmax，损失为交叉熵。"),
}


@calculator(
    "rnn_gradients",
    ("Gradients through time in a recurrent network with several units", "多个单元的循环网络的随时间反向传播"),
    chapter="rnn",
    example={
        "x": [[1, 0], [2, -1]], "U": [[1, 2], [0, 1]], "W": [[1, -1], [2, 0]], "b": [1, 0], "V": [[1, 2], [-1, 1]], "y": [[1, 0], [0, 2]], "f": "tanh",
        "S_0": [1, 2],
    },
)  # fmt: skip
def rnn_gradients(work: Work) -> None:
    """S_t = f(U x_t + W S_(t-1) + b) and y_hat_t = V S_t (the state itself without ``V``), for the T rows of ``x``; gradients of all of them.

    A target ``y`` of T rows belongs to every step, a vector to the last. ``b`` and ``S_0`` may be left out.
    Source: Goodfellow et al. 2016, section 10.2.2.
    """
    Unrolled(work).write()


class Unrolled:
    """The network unrolled over the rows of ``x``, and the names its parts have."""

    def __init__(self, work: Work) -> None:
        self.work = work
        work.given("x", ("inputs, a row for each step", "输入序列，每行一个时间步"), shape="T d_x")
        work.given("U", ("input weights", "输入权重"), shape="d_h d_x")
        work.given("W", ("recurrent weights", "循环权重"), shape="d_h d_h")
        self.bias = work.optional("b", ("biases of the state", "状态的偏置"), shape="d_h")
        self.out = work.optional("V", ("output weights", "输出权重"), shape="d_y d_h")
        self.started = work.offered("S_0")
        work.given("S_0", ("initial state", "初始状态"), shape="d_h", default=f"zeros({work.length('W')})")
        work.given("y", ("target of the last step, or a row for every step", "最后一步的目标值，或每步一行"), shape=None)
        self.steps = work.length("x")
        self.every = len(work.shape("y")) == 2
        work.fits("y", f"{'T ' * self.every}{'d_y' if self.out else 'd_h'}")
        self.f = work.option("f", ("activation of the state", "状态的激活函数"), STATES, default="identity", convention=False)
        choices = LOSSES if self.out else {name: LOSSES[name] for name in ("half_squared", "squared")}
        self.loss = work.option("loss", ("loss", "损失函数"), choices, default="half_squared")

    def write(self) -> None:
        for t in range(1, self.steps + 1):
            self._forward(t)
        self._loss()
        for t in range(self.steps, 0, -1):
            self._back(t)
        self._gradients()

    def judged(self) -> range:
        """The time steps with a target."""
        return range(1 if self.every else self.steps, self.steps + 1)

    def _forward(self, t: int) -> None:
        work, plain = self.work, self.f == "identity"
        bias, z = " + b" * self.bias, f"S_{t}" if self.f == "identity" else f"z_{t}"
        label = (f"state {t}", f"第 {t} 步的状态") if plain else (f"pre-activation of step {t}", f"第 {t} 步的净输入")
        work.step(z, f"U @ x[{t}] + W @ S_{t - 1}{bias}", label, ("from the input and from the state before", "来自输入与前一状态"))
        if t > 1 or self.started:
            work.mistake("no_memory", f"U @ x[{t}]{bias}", "the previous state is left out; add the recurrent weights times it.", "漏了上一步的状态；应加上循环权重乘以它。")
            work.mistake("transposed", f"U @ x[{t}] + W.T @ S_{t - 1}{bias}", "the recurrent matrix is transposed on the way forward; transpose it only on the way back.", "前向计算时把循环权重矩阵转置了；只有反向传播时才转置。")
        if not plain:
            work.step(f"S_{t}", f"{self.f}({z})", (f"state {t}", f"第 {t} 步的状态"), ACTIVATIONS[self.f].says)
        if self.out and t in self.judged():
            label = (f"output of step {t}", f"第 {t} 步的输出")
            work.step(f"y_hat_{t}", f"softmax(V @ S_{t})" if self.loss == "cross_entropy" else f"V @ S_{t}", label)

    def _error(self, t: int, *, turned: bool = False) -> str:
        output, target = f"y_hat_{t}" if self.out else f"S_{t}", f"y[{t}]" if self.every else "y"
        return f"{target} - {output}" if turned else f"{output} - {target}"

    def _loss(self) -> None:
        work, times = self.work, self.judged()
        if self.loss == "cross_entropy":
            parts = [f"dot({f'y[{t}]' if self.every else 'y'}, ln(y_hat_{t}))" for t in times]
            formula = f"-({' + '.join(parts)})" if len(parts) > 1 else f"-{parts[0]}"
        else:
            formula = " + ".join(f"sum(({self._error(t)})^2)" for t in times)
            if self.loss == "half_squared":
                formula = f"1/2*({formula})" if len(times) > 1 else f"1/2*{formula}"
        work.step("L", formula, ("loss", "损失"), ("the losses of all steps are added", "各时间步的损失相加") if len(times) > 1 else None)
        factor = "2*" if self.loss == "squared" else ""
        for t in reversed(times):
            error, turned = self._error(t), self._error(t, turned=True)
            label = (f"derivative of the loss with respect to output {t}", f"损失对第 {t} 步输出的导数")
            if self.loss == "cross_entropy":
                label = (f"derivative of the loss with respect to the logits of step {t}", f"损失对第 {t} 步 logits 的导数")
            work.step(f"e_{t}", f"{factor}({error})" if factor else error, label)
            work.mistake("error_sign", f"{factor}({turned})" if factor else turned, "target minus output is taken; take output minus target.", "用了目标值减输出；应为输出减目标值。", kind="slip")

    def _back(self, t: int) -> None:
        """The derivative of the loss with respect to the state of step t, and the error signal in front of its activation."""
        work, back = self.work, f"dL_dS_{t}"
        direct = (f"V.T @ e_{t}" if self.out else f"e_{t}") if t in self.judged() else ""
        later = f"W.T @ {self._delta(t + 1)}" if t < self.steps else ""
        because = (ERROR_AND_BACK if direct else BACK) if later else LAST
        work.step(back, " + ".join(filter(None, (direct, later))), (f"derivative of the loss with respect to state {t}", f"损失对第 {t} 步状态的导数"), because)
        if later:
            straight = f"W @ {self._delta(t + 1)}"
            work.mistake("not_transposed", f"{direct} + {straight}" if direct else straight, *NOT_TRANSPOSED)
        if direct and later:
            work.mistake("direct_only", direct, "only the loss of this step is counted; the state also acts on the later steps, so add what comes back from there.", "只算了本步的损失；该状态还影响之后的各步，应加上由那里传回的部分。")
        if self.f == "identity":
            return
        activation, names = ACTIVATIONS[self.f], {"z": f"z_{t}", "a": f"S_{t}"}
        work.step(f"f_prime_{t}", SLOPES[self.f].format(**names), (f"slope of the activation at step {t}", f"第 {t} 步激活函数的导数"), activation.slope_says)
        for mistake in activation.mistakes:
            work.mistake(mistake.id, mistake.formula.format(**names), mistake.says.en, mistake.says.zh, kind=mistake.kind)
        work.step(f"delta_{t}", f"hadamard({back}, f_prime_{t})", (f"error signal of step {t}", f"第 {t} 步的误差信号"), ("times the slope of the activation", "再乘激活函数的导数"))
        work.mistake("forgot_local", back, "the slope of the activation is left out; multiply by it.", "漏了激活函数的导数；应乘上它。")

    def _delta(self, t: int) -> str:
        return f"dL_dS_{t}" if self.f == "identity" else f"delta_{t}"

    def _gradients(self) -> None:
        times, late = range(1, self.steps + 1), range(1 if self.started or self.steps == 1 else 2, self.steps + 1)
        self._gradient("W", [f"outer({self._delta(t)}, S_{t - 1})" for t in late], FROM_ZERO if len(late) == 1 < self.steps else SHARED)
        turned, own = (" + ".join(terms) for terms in zip(*((f"outer(S_{t - 1}, {self._delta(t)})", f"outer({self._delta(t)}, S_{t})") for t in late), strict=True))
        self.work.mistake("outer_turned", turned, *OUTER_TURNED)
        self.work.mistake("own_state", own, *OWN_STATE)
        self._gradient("U", [f"outer({self._delta(t)}, x[{t}])" for t in times])
        if self.bias:
            self._gradient("b", [self._delta(t) for t in times])
        if self.out:
            self._gradient("V", [f"outer(e_{t}, S_{t})" for t in self.judged()])

    def _gradient(self, name: str, terms: list[str], why: Pair = SHARED) -> None:
        self.work.step(f"grad_{name}", " + ".join(terms), (f"gradient of {name}", f"{name} 的梯度"), why if name != "V" or self.every else None)
        if len(terms) > 1:
            self.work.mistake("last_step_only", terms[-1], *LAST_STEP_ONLY)
