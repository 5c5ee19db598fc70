"""Backpropagation through time in a recurrent network with one unit: states, deltas, gradients summed over time."""

from __future__ import annotations

from .activations import ACTIVATIONS
from .work import Pair, Work, calculator

STATES: dict[str, Pair] = {
    "identity": ("The state has no activation function.", "状态不用激活函数。"),
    "tanh": ("The state goes through tanh.", "状态经过 tanh。"),
    "sigmoid": ("The state goes through the sigmoid.", "状态经过 sigmoid。"),
    "relu": ("The state goes through ReLU.", "状态经过 ReLU。"),
}
LOSSES: dict[str, Pair] = {
    "half_squared": ("The loss of a step is half the squared error.", "每步的损失为平方误差的一半。"),
    "squared": ("The loss of a step is the squared error.", "每步的损失为平方误差。"),
}
LAST_LOSS: dict[str, Pair] = {
    "half_squared": ("The loss is half the squared error of the last step.", "损失为最后一步平方误差的一半。"),
    "squared": ("The loss is the squared error of the last step.", "损失为最后一步的平方误差。"),
}
WINDOWS: dict[str, Pair] = {
    "full": ("The gradient goes back to the first step.", "梯度一直回传到第一个时间步。"),
    "last": ("Only the last `k` steps are differentiated; the state before them counts as a constant.", "只对最后 `k` 个时间步求导，此前的状态视为常数。"),
}


@calculator(
    "bptt_gradient",
    ("Backpropagation through time", "随时间反向传播"),
    chapter="rnn",
    example={"w": "1/2", "u": 1, "v": 2, "x": [1, 2, -1], "y": [1, 0, 3], "f": "identity"},
)
def bptt(work: Work) -> None:
    """S_t = f(w*S_(t-1) + u*x_t), y_hat_t = v*S_t; all scalars. A vector ``y`` has a target for every step, a number one for the last.

    Without ``x`` only the product of the recurrent factors over ``T`` steps is asked. ``b`` (bias), ``v`` and ``eta`` may be left out.
    Source: Goodfellow et al. 2016, section 10.2.2; Pascanu et al., arXiv:1211.5063.
    """
    work.given("w", ("recurrent weight", "循环权重"))
    if not work.offered("x"):
        work.given("T", ("number of time steps", "时间步数"), is_="integer, >= 1, <= 50")
        work.option("f", ("activation of the state", "状态的激活函数"), {"identity": STATES["identity"]}, default="identity", convention=False)
        _product(work, work.count("T"), [])
        return
    Unrolled(work).write()


class Unrolled:
    """The network unrolled over the steps of ``x``, and the names its parts have."""

    def __init__(self, work: Work) -> None:
        self.work = work
        work.given("u", ("input weight", "输入权重"), default="1")
        work.given("x", ("inputs", "输入序列"), shape="T")
        self.started = work.offered("S_0")
        work.given("S_0", ("initial state", "初始状态"), default="0")
        self.bias = work.optional("b", ("bias", "偏置"))
        self.out = work.optional("v", ("output weight", "输出权重"))
        self.steps = work.length("x")
        self.target = work.offered("y")
        if self.target:
            work.given("y", ("targets", "目标值"), shape=None)
        self.every = self.target and bool(work.shape("y"))
        if self.target:
            work.fits("y", "T" if self.every else "")
        self.learns = self.target and work.optional("eta", ("learning rate", "学习率"), is_="> 0")
        self.f = work.option("f", ("activation of the state", "状态的激活函数"), STATES, default="identity", convention=False)
        self.first = self._first() if self.target else 1
        self.factor = 1
        losses, spellings = LOSSES if self.every else LAST_LOSS, {"1/2 squared error": "half_squared"}
        if self.target and work.option("loss", ("loss", "损失函数"), losses, default="half_squared", spellings=spellings) == "squared":
            self.factor = 2

    def _first(self) -> int:
        """The first time step that is differentiated."""
        window = self.work.option("truncate", ("truncation", "截断"), WINDOWS, default="full", spellings={"last k steps": "last"})
        if window == "full":
            return 1
        self.work.given("k", ("steps of the window", "截断窗口的步数"), is_="integer, >= 1", default="1")
        return max(1, self.steps - self.work.count("k") + 1)

    def times(self) -> range:
        """The time steps with a target."""
        return range(1 if self.every else self.steps, self.steps + 1)

    def write(self) -> None:
        self._forward()
        if self.target:
            self._loss()
            for t in range(self.steps, self.first - 1, -1):
                self._back(t)
            self._gradients()
        _product(self.work, self.steps, [self._slope(t) for t in range(1, self.steps + 1)] if self.f != "identity" else [])

    def _forward(self) -> None:
        work, plain = self.work, self.f == "identity"
        for t in range(1, self.steps + 1):
            z = f"S_{t}" if plain else f"z_{t}"
            formula = f"w*S_{t - 1} + u*x[{t}]" + " + b" * self.bias
            work.step(z, formula, (f"state {t}", f"第 {t} 步的状态") if plain else (f"pre-activation of step {t}", f"第 {t} 步的净输入"),
                      ("from the state before and from the input", "来自前一状态与输入"))  # fmt: skip
            if t > 1 or self.started:
                work.mistake("no_memory", f"u*x[{t}]" + " + b" * self.bias, "the previous state is left out; add w times it.", "漏了上一步的状态；应加上 w 乘它。")
            if not plain:
                work.step(f"S_{t}", ACTIVATIONS[self.f].value.format(z=z), (f"state {t}", f"第 {t} 步的状态"), ACTIVATIONS[self.f].says)
        if self.out:
            for t in self.times() if self.target else range(1, self.steps + 1):
                work.step(f"y_hat_{t}", f"v*S_{t}", (f"output of step {t}", f"第 {t} 步的输出"), ("output weight times state", "输出权重乘状态"))

    def _output(self, t: int) -> str:
        return f"y_hat_{t}" if self.out else f"S_{t}"

    def _error(self, t: int) -> str:
        return f"{self._output(t)} - y[{t}]" if self.every else f"{self._output(t)} - y"

    def _loss(self) -> None:
        squares = [f"({self._error(t)})^2" for t in self.times()]
        total = " + ".join(squares)
        half = f"1/2*({total})" if len(squares) > 1 else f"1/2*{total}"
        self.work.step("L", half if self.factor == 1 else total, ("loss", "损失"), ("the losses of all steps are added", "各时间步的损失相加") if len(squares) > 1 else None)
        for t in reversed(self.times()):
            if t < self.first:
                continue
            error = self._error(t)
            scaled = error if self.factor == 1 else f"2*({error})"
            of_output = (f"derivative of the loss with respect to output {t}", f"损失对第 {t} 步输出的导数")
            self.work.step(f"e_{t}", scaled, of_output if self.out else (f"derivative of the loss of step {t}", f"第 {t} 步损失的导数"), ("the derivative of half the squared error", "平方误差一半的导数") if self.factor == 1 else ("the derivative of the squared error", "平方误差的导数"))
            wrong = f"y[{t}] - {self._output(t)}" if self.every else f"y - {self._output(t)}"
            self.work.mistake("error_sign", wrong if self.factor == 1 else f"2*({wrong})", "target minus output is taken; take output minus target.", "用了目标值减输出；应为输出减目标值。", kind="slip")

    def _slope(self, t: int) -> str:
        """The step with the slope at time t, written when it is first needed."""
        name = f"f_prime_{t}"
        if all(step.name != name for step in self.work.steps):
            activation = ACTIVATIONS[self.f]
            names = {"z": f"z_{t}", "a": f"S_{t}"}
            self.work.step(name, activation.slope.format(**names), (f"slope of the activation at step {t}", f"第 {t} 步激活函数的导数"), activation.slope_says)
            for mistake in activation.mistakes:
                self.work.mistake(mistake.id, mistake.formula.format(**names), mistake.says.en, mistake.says.zh, kind=mistake.kind)
        return name

    def _back(self, t: int) -> None:
        work = self.work
        direct = (f"v*e_{t}" if self.out else f"e_{t}") if t in self.times() else ""
        later = f"w*{self._delta(t + 1)}" if t < self.steps else ""
        back = f"dL_dS_{t}"
        because = (
            ("from the loss of this step, and back from the next state through w", "来自本步的损失，以及从下一状态经 w 传回的部分")
            if direct and later
            else ("back from the next state through w", "从下一状态经 w 传回")
            if later
            else ("no later step follows, so only the loss of this step counts", "之后没有时间步，只有本步的损失")
        )
        work.step(back, " + ".join(filter(None, (direct, later))), (f"derivative of the loss with respect to state {t}", f"损失对第 {t} 步状态的导数"), because)
        if direct and later:
            work.mistake("direct_only", direct, "only the loss of this step is counted; the state also acts on the later steps, so add what comes back from there.", "只算了本步的损失；该状态还影响之后的各步，应加上由那里传回的部分。")
        if later:
            work.mistake("missing_weight", f"{direct} + {self._delta(t + 1)}" if direct else self._delta(t + 1), "the recurrent weight is left out on the way back; multiply by w.", "回传时漏乘了循环权重；应乘 w。")
        if self.f != "identity":
            slope = self._slope(t)
            work.step(f"delta_{t}", f"{back}*{slope}", (f"error signal of step {t}", f"第 {t} 步的误差信号"), ("times the slope of the activation", "再乘激活函数的导数"))
            if self.f != "relu":  # a live ReLU unit has the slope 1, and a dead one passes nothing either way
                work.mistake("forgot_local", back, "the slope of the activation is left out; multiply by it.", "漏了激活函数的导数；应乘上它。")

    def _delta(self, t: int) -> str:
        return f"dL_dS_{t}" if self.f == "identity" else f"delta_{t}"

    def _gradients(self) -> None:
        times = range(self.first, self.steps + 1)
        self._gradient("w", [f"{self._delta(t)}*S_{t - 1}" for t in times])
        if len(times) > 1:
            self.work.mistake("own_state", " + ".join(f"{self._delta(t)}*S_{t}" for t in times), "each step's own state is used; w multiplies the state before it, so take that one.", "用了各步自己的状态；w 乘的是前一步的状态，应取前一步的。")
        self._gradient("u", [f"{self._delta(t)}*x[{t}]" for t in times])
        if self.bias:
            self._gradient("b", [self._delta(t) for t in times])
        if self.out:
            self._gradient("v", [f"e_{t}*S_{t}" for t in self.times() if t >= self.first])
        if self.learns:
            for name in ["w", "u", *["b"] * self.bias, *["v"] * self.out]:
                self.work.step(f"{name}_new", f"{name} - eta*grad_{name}", (f"new {name}", f"更新后的 {name}"))
                self.work.mistake("ascent", f"{name} + eta*grad_{name}", "the step goes up the gradient; subtract it to descend.", "沿梯度方向走了一步；梯度下降应减去梯度。", kind="slip")

    def _gradient(self, name: str, terms: list[str]) -> None:
        label = (f"gradient of {name}", f"{name} 的梯度")
        self.work.step(f"grad_{name}", " + ".join(terms), label, ("all steps share this weight, so their contributions are added", "各时间步共享该权重，各步的贡献相加"))
        if len(terms) > 1:
            self.work.mistake("last_step_only", terms[-1], "only the last time step is counted; add the contributions of all steps.", "只算了最后一个时间步；应把所有时间步的贡献相加。")


def _product(work: Work, steps: int, slopes: list[str]) -> None:
    """The derivative of the last state with respect to the first, and whether it dies out."""
    factors = "".join(f"*{slope}" for slope in slopes)
    work.step("dS_T_dS_0", f"w^{steps}{factors}", ("derivative of the last state with respect to the first", "末状态对初始状态的导数"), ("every step contributes one factor", "每个时间步贡献一个因子"))
    if steps > 1:
        short = "".join(f"*{slope}" for slope in slopes[1:])
        work.mistake("power_off", f"w^{steps - 1}{short}", "there is one factor too few; take one for every step.", "少了一个因子；每个时间步都应有一个。")
        added = " + ".join(f"w*{slope}" for slope in slopes) if slopes else f"{steps}*w"
        work.mistake("sum_factors", added, "the factors are added; by the chain rule, multiply them.", "把各因子相加了；按链式法则应相乘。")
    work.step("vanishes", "abs(w) < 1", ("whether the gradient vanishes (1 yes, 0 no)", "梯度是否消失（1 是，0 否）"), ("each further step multiplies by w, which shrinks the product only if |w| < 1", "每多一步就再乘一个 w，只有 |w| < 1 时乘积才不断缩小"))
