"""Learning-rate schedules, and update rules that follow one: plain descent, momentum, Nesterov's rewritten form, Adam. Gradients are given."""

from __future__ import annotations

from dataclasses import dataclass

from exam_tool.language import Text

from .optimizers import CORRECTIONS, VELOCITIES
from .work import CalculatorError, Pair, Work, calculator

SCHEDULES: dict[str, Pair] = {
    "constant": ("The learning rate is the same at every step.", "各步的学习率相同。"),
    "step": ("The learning rate is multiplied by `gamma` after every `s` steps.", "每 `s` 步把学习率乘以 `gamma`。"),
    "exponential": ("The learning rate is multiplied by `gamma` at every step.", "每一步都把学习率乘以 `gamma`。"),
    "linear": ("The learning rate falls linearly from `eta` to `eta_end`, which it reaches at step `T`.", "学习率从 `eta` 线性下降，在第 `T` 步降到 `eta_end`。"),
    "cosine": ("The learning rate falls from `eta` to `eta_end` along half a period of the cosine, which ends at step `T`.", "学习率按半个周期的余弦从 `eta` 降到 `eta_end`，在第 `T` 步结束。"),
    "inverse_sqrt": ("The learning rate falls with the inverse square root of the step.", "学习率与步数的平方根成反比。"),
}
FALLS: dict[str, Pair] = {
    "step": ("the rounded exponent counts how often the rate has fallen", "取整后的指数就是已衰减的次数"),
    "exponential": ("one factor for every step", "每一步乘一次"),
    "linear": ("multiplied by the share of the steps still left", "乘以剩余步数的比例"),
    "cosine": ("the cosine falls from 1 to −1 on the way", "余弦在此期间从 1 降到 −1"),
}
COUNTING: dict[str, Pair] = {
    "from_0": ("Steps are counted from 0: the first update uses the rate of step 0.", "步数从 0 开始：第一次更新使用第 0 步的学习率。"),
    "from_1": ("Steps are counted from 1: the first update uses the rate of step 1.", "步数从 1 开始：第一次更新使用第 1 步的学习率。"),
}


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as its formulas see it; ``warmup`` is the number of steps the rate grows in a line, 0 without any."""

    kind: str
    warmup: int

    def rate(self, k: int) -> str:
        """The formula of the rate at step k: growing during the warm-up, falling afterwards, both counted from where they begin."""
        if k < self.warmup:
            return f"eta*{k}/w"
        return self.falling(f"({k} - w)" if self.warmup else str(k), "(T - w)" if self.warmup else "T", k)

    def falling(self, at: str, end: str, k: int) -> str:
        forms = {
            "constant": "eta",
            "step": f"eta*gamma^floor({at}/s)",
            "exponential": f"eta*gamma^{at}",
            "linear": f"eta_end + (eta - eta_end)*(1 - {at}/{end})",
            "cosine": f"eta_end + (eta - eta_end)/2*(1 + cos(pi*{at}/{end}))",
            "inverse_sqrt": f"eta*sqrt(w/{k})" if self.warmup else f"eta/sqrt({k})",
        }
        return forms[self.kind]

    def mistakes(self, work: Work, k: int) -> None:
        """The known mistakes of the rate at step k."""
        if self.warmup and k < self.warmup:
            work.mistake("no_warmup", "eta", "the full rate is used; during the warm-up it grows in proportion to the step.", "用了完整的学习率；预热阶段学习率与步数成正比。")
            return
        at, end = (f"({k} - w)", "(T - w)") if self.warmup else (str(k), "T")
        if self.warmup and self.kind not in ("constant", "inverse_sqrt"):
            work.mistake("warmup_counted", self.falling(str(k), "T", k), "the decay is counted from step 0; it begins when the warm-up ends.", "衰减从第 0 步算起了；应从预热结束时算起。")
        match self.kind:
            case "step":
                work.mistake("no_floor", f"eta*gamma^({at}/s)", "the exponent is not rounded down; the rate falls only after `s` full steps.", "指数没有向下取整；满 `s` 步才下降一次。")
                work.mistake("once", "eta*gamma", "the factor is applied once; it is applied again after every `s` steps.", "只乘了一次系数；每满 `s` 步都要再乘一次。")
            case "exponential" if k - self.warmup > 1:
                work.mistake("once", "eta*gamma", "the factor is applied once; it is applied at every step.", "只乘了一次系数；每一步都要乘一次。")
            case "linear":
                work.mistake("grown", f"eta_end + (eta - eta_end)*{at}/{end}", "the share of the steps already done is used; the share still left counts.", "用了已走过的比例；应使用剩余的比例。")
            case "cosine":
                work.mistake("no_half", f"eta_end + (eta - eta_end)*(1 + cos(pi*{at}/{end}))", "the factor one half is left out; 1 plus the cosine goes up to 2.", "漏了二分之一；1 加余弦最大为 2。")
                work.mistake("no_pi", f"eta_end + (eta - eta_end)/2*(1 + cos({at}/{end}))", "`pi` is left out; it turns the share of the steps into an angle of half a period.", "漏了 `pi`；它把走过的比例换成半个周期内的角度。")
            case "inverse_sqrt":
                work.mistake("no_root", f"eta*w/{k}" if self.warmup else f"eta/{k}", "the square root is left out; the rate falls with the root of the step.", "漏了开平方；学习率与步数的平方根成反比。")


def _ask_schedule(work: Work, default: str) -> Schedule:
    work.given("eta", ("learning rate", "学习率"), is_="> 0")
    kind = work.option("schedule", ("schedule", "学习率策略"), SCHEDULES, default=default, convention=False)
    if kind in ("step", "exponential"):
        work.given("gamma", ("factor", "衰减系数"), is_="> 0")
    if kind == "step":
        work.given("s", ("steps between two changes", "两次衰减之间的步数"), is_="integer, >= 1")
    if kind in ("linear", "cosine"):
        work.given("T", ("last step", "总步数"), is_="integer, >= 1")
        work.given("eta_end", ("last learning rate", "最终学习率"), is_=">= 0", default="0")
    warmup = 0
    if work.optional("w", ("steps of the warm-up, in which the rate grows linearly from 0", "预热步数（学习率从 0 线性增大）"), is_="integer, >= 1", aliases=["warmup"]):
        warmup = work.count("w")
    return Schedule(kind, warmup)


@calculator(
    "learning_rate_schedule",
    ("Learning rate on a schedule", "按策略变化的学习率"),
    chapter="optimization",
    example={"eta": "0.1", "schedule": "step", "gamma": "1/2", "s": 10, "k": [5, 25]},
)
def learning_rate_schedule(work: Work) -> None:
    """The learning rate at the steps ``k``, with or without a linear warm-up of ``w`` steps.

    Sources: Loshchilov and Hutter, arXiv:1608.03983 (cosine); Vaswani et al., arXiv:1706.03762, section 5.3 (warm-up and inverse square
    root, there with eta = 1/sqrt(d_m*w)); PyTorch documentation of torch.optim.lr_scheduler.
    """
    schedule = _ask_schedule(work, "cosine")
    work.given("k", ("steps", "步数"), is_="integer, >= 0", shape="n")
    for k in dict.fromkeys(int(step.p) for step in work.structure("k")):
        _write_rate(work, schedule, k, k, (f"learning rate of step {k}", f"第 {k} 步的学习率"))


def _write_rate(work: Work, schedule: Schedule, name: int, k: int, label: Pair) -> None:
    if k == 0 and schedule.kind == "inverse_sqrt" and not schedule.warmup:
        raise CalculatorError(Text("With an inverse square root the first step is step 1.", "按平方根反比衰减时，第一步应为第 1 步。"))
    if schedule.warmup and schedule.kind in ("linear", "cosine"):
        _require_room(work, schedule)
    because = ("the rate grows in proportion to the step during the warm-up", "预热阶段学习率与步数成正比") if k < schedule.warmup else FALLS.get(schedule.kind)
    work.step(f"eta_{name}", schedule.rate(k), label, because, is_=">= 0")
    schedule.mistakes(work, k)


def _require_room(work: Work, schedule: Schedule) -> None:
    if work.count("T") <= schedule.warmup:
        raise CalculatorError(Text("The warm-up must end before step T.", "预热必须在第 T 步之前结束。"))


RULES: dict[str, Pair] = {
    "sgd": ("The update is plain gradient descent.", "采用普通梯度下降。"),
    "momentum": ("The update uses momentum.", "采用动量法。"),
    "nesterov": (
        "Nesterov's momentum is used in its rewritten form: `m_k = beta*m_prev + g_k`, with `m_prev` that of the step before, and the learning rate times `g_k + beta*m_k` is subtracted.",
        "采用改写形式的 Nesterov 动量：`m_k = beta*m_prev + g_k`，`m_prev` 为前一步的动量；参数减去学习率乘以 `g_k + beta*m_k`。",
    ),
    "adam": ("The update is Adam.", "采用 Adam。"),
}


@calculator(
    "scheduled_optimizer",
    ("An optimiser with a learning-rate schedule", "带学习率策略的优化器"),
    chapter="optimization",
    example={"x_0": 1, "g": [2, 1, -1], "eta": "0.1", "schedule": "linear", "T": 4, "rule": "momentum", "beta": "0.9"},
)
def scheduled_optimizer(work: Work) -> None:
    """Several updates with given gradients, each with the learning rate of its step: eta_k is the rate of the k-th update.

    With momentum the three forms of ``velocity`` differ as soon as the rate changes: in v = beta*v - eta_k*g the old steps keep the rate
    they were made with. Sources: PyTorch documentation of torch.optim and torch.optim.lr_scheduler; Sutskever et al. 2013 (momentum).
    """
    schedule = _ask_schedule(work, "linear")
    work.given("x_0", ("start", "初值"), shape=None, default="0")
    work.given("g", ("gradients, one a step", "各步的梯度"), shape=None, aliases=["gradients"])
    work.fits("g", "n d" if work.shape("x_0") else "n")
    work.fits("x_0", "d" if work.shape("x_0") else "")
    rule = work.option("rule", ("update rule", "更新规则"), RULES, default="sgd", convention=False)
    counting = "from_1" if schedule.kind == "inverse_sqrt" and not schedule.warmup else "from_0"
    offset = int(work.option("counting", ("counting of the steps", "步数的起点"), COUNTING, default=counting) == "from_1") if schedule.kind != "constant" else 1
    write = _ask_rule(work, rule)
    if not offset and not schedule.warmup:
        write.first = "eta_1"
    for k in range(1, work.length("g") + 1):
        rate = "eta"
        if schedule.kind != "constant" or schedule.warmup:
            rate = f"eta_{k}"
            _write_rate(work, schedule, k, k - 1 + offset, (f"learning rate of update {k}", f"第 {k} 次更新的学习率"))
        write(k, rate)


UPHILL: Pair = ("the step is added, which leads uphill; it is subtracted.", "加上了更新量，沿上升方向走了；应当减去。")
DOWNHILL: Pair = ("the velocity is subtracted; it points downhill already and is added.", "减去了速度；速度已指向下降方向，应当加上。")


class Rule:
    """Writes the steps of one update after another."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.first = ""  # the rate that is the initial one, so that nothing is lost by using that

    def __call__(self, k: int, rate: str) -> None:
        self.point(k, rate, f"{rate}*g[{k}]")

    def point(self, k: int, rate: str, step: str, sign: str = "-") -> None:
        self.work.step(f"x_{k}", f"x_{k - 1} {sign} {step}", (f"point after update {k}", f"第 {k} 次更新后的点"))
        self.work.mistake("ascent", f"x_{k - 1} {'+' if sign == '-' else '-'} {step}", *(UPHILL if sign == "-" else DOWNHILL), kind="slip")
        if rate not in ("eta", self.first) and rate in step:
            self.work.mistake("fixed_rate", f"x_{k - 1} {sign} {step.replace(rate, 'eta')}", "the first rate is used at every step; each step has its own.", "每一步都用了初始学习率；每一步应使用各自的学习率。")


class Momentum(Rule):
    """The three forms of momentum."""

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        work.given("beta", ("momentum factor", "动量系数"), is_=">= 0, < 1")
        self.form = work.option("velocity", ("form of the momentum", "动量的写法"), FORMS, default="m")
        self.letter = "v" if self.form == "v" else "m"
        work.given(f"{self.letter}_0", ("initial momentum", "初始动量"), shape=None, default="0*x_0")

    def __call__(self, k: int, rate: str) -> None:
        work, name, old = self.work, f"{self.letter}_{k}", f"{self.letter}_{k - 1}"
        en, zh = ("velocity", "速度") if self.form == "v" else ("momentum", "动量")
        part = {"m": f"+ g[{k}]", "v": f"- {rate}*g[{k}]", "ema": f"+ (1 - beta)*g[{k}]"}[self.form]
        work.step(name, f"beta*{old} {part}", (f"{en} of update {k}", f"第 {k} 次更新的{zh}"), (f"the old {en}, scaled by `beta`, and the new gradient", f"旧{zh}乘以 `beta`，再计入新的梯度"))
        if k > 1:
            work.mistake("no_memory", part.removeprefix("+ ").replace("- ", "-"), f"the old {en} is left out; it stays, scaled by `beta`.", f"漏了旧{zh}；旧{zh}应乘以 `beta` 后保留。")
        if self.form == "v":
            self.point(k, rate, name, "+")
        else:
            self.point(k, rate, f"{rate}*{name}")


FORMS: dict[str, Pair] = {**VELOCITIES, "v": ("The velocity is `v_k = beta*v_prev - eta_k*g_k`, with `v_prev` that of the step before, and `v_k` is added.", "速度为 `v_k = beta*v_prev - eta_k*g_k`，`v_prev` 为前一步的速度；参数加上 `v_k`。")}


class Nesterov(Rule):
    """The form in which the gradient is taken at the current point: the momentum is looked at once more."""

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        work.given("beta", ("momentum factor", "动量系数"), is_=">= 0, < 1")
        work.given("m_0", ("initial momentum", "初始动量"), shape=None, default="0*x_0")

    def __call__(self, k: int, rate: str) -> None:
        work = self.work
        work.step(f"m_{k}", f"beta*m_{k - 1} + g[{k}]", (f"momentum of update {k}", f"第 {k} 次更新的动量"), ("the old momentum, scaled by `beta`, and the new gradient", "旧动量乘以 `beta`，再计入新的梯度"))
        if k > 1:
            work.mistake("no_memory", f"g[{k}]", "the old momentum is left out; it stays, scaled by `beta`.", "漏了旧动量；旧动量应乘以 `beta` 后保留。")
        work.step(f"d_{k}", f"g[{k}] + beta*m_{k}", (f"direction of update {k}", f"第 {k} 次更新的方向"), ("the gradient and what the momentum will carry into the next step", "梯度加上动量将带入下一步的部分"))
        work.mistake("plain", f"m_{k}", "the momentum itself is used, as without Nesterov; the direction is the gradient plus `beta` times the momentum.", "直接用了动量，那是普通动量法；方向应为梯度加上 `beta` 倍的动量。")
        self.point(k, rate, f"{rate}*d_{k}")


class Adam(Rule):
    """Adam with the rate of each step."""

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        work.given("beta1", ("decay rate of the first moment", "一阶矩的衰减率"), is_=">= 0, < 1", default="0.9", aliases=["beta_1"])
        work.given("beta2", ("decay rate of the second moment", "二阶矩的衰减率"), is_=">= 0, < 1", default="0.999", aliases=["beta_2"])
        self.root = "sqrt({v})"
        if work.optional("eps", ("small constant", "小常数"), is_=">= 0"):
            places: dict[str, Pair] = {
                "outside": ("The constant `eps` is added to the root.", "常数 `eps` 加在根号之外。"),
                "inside": ("The constant `eps` is added under the root.", "常数 `eps` 加在根号之内。"),
            }
            inside = work.option("eps_place", ("place of the small constant", "小常数的位置"), places, default="outside") == "inside"
            self.root = "sqrt({v} + eps)" if inside else "(sqrt({v}) + eps)"
        self.corrected = work.option("bias_correction", ("bias correction", "偏差修正"), CORRECTIONS, default="with") == "with"
        work.given("m_0", ("initial first moment", "初始一阶矩"), shape=None, default="0*x_0")
        work.given("v_0", ("initial second moment", "初始二阶矩"), shape=None, default="0*x_0")

    def __call__(self, k: int, rate: str) -> None:
        tops = [self._moment(k, letter, beta, power) for letter, beta, power in (("m", "beta1", ""), ("v", "beta2", "^2"))]
        self.point(k, rate, f"{rate}*{tops[0]}/{self.root.format(v=tops[1])}")
        self.work.mistake("no_root", f"x_{k - 1} - {rate}*{tops[0]}/{tops[1]}", "the square root of the second moment is not taken; the step is divided by the root.", "二阶矩没有开平方；应除以它的平方根。")

    def _moment(self, k: int, letter: str, beta: str, power: str) -> str:
        work, name, old = self.work, f"{letter}_{k}", f"{letter}_{k - 1}"
        en, zh = ("first moment", "一阶矩") if letter == "m" else ("second moment", "二阶矩")
        work.step(name, f"{beta}*{old} + (1 - {beta})*g[{k}]{power}", (f"{en} of update {k}", f"第 {k} 次更新的{zh}"), ("a moving average", "移动平均"))
        work.mistake("swapped", f"(1 - {beta})*{old} + {beta}*g[{k}]{power}", f"the two weights are exchanged; the old moment is multiplied by `{beta}`, the new term by `1 - {beta}`.", f"两个权重用反了；旧的矩乘 `{beta}`，新的一项乘 `1 - {beta}`。")
        if not self.corrected:
            return name
        hat = f"{letter}_hat_{k}"
        work.step(hat, f"{name}/(1 - {beta}^{k})", (f"corrected {en} of update {k}", f"第 {k} 次更新修正后的{zh}"), ("the start at 0 makes the moment too small", "初值为 0 使矩偏小，需要修正"))
        if k > 1:
            work.mistake("power", f"{name}/(1 - {beta})", f"the correction takes `{beta}` itself; at update {k} it takes `{beta}^{k}`.", f"修正时直接用了 `{beta}`；第 {k} 次更新应使用 `{beta}^{k}`。")
        return hat


def _ask_rule(work: Work, rule: str) -> Rule:
    return {"sgd": Rule, "momentum": Momentum, "nesterov": Nesterov, "adam": Adam}[rule](work)
