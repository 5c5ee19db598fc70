"""Update rules with a memory: momentum, moving averages, AdaGrad, RMSProp, Adam, AdamW, delta-bar-delta; gradients are given as numbers."""

from __future__ import annotations

from .work import Pair, Work, calculator

GRADIENTS: Pair = ("gradients, one a step", "各步的梯度")
LISTED = 6  # up to so many weights of a moving average are written out


def _ask_run(work: Work) -> int:
    """Start, gradients (a number or a row a step) and learning rate; the number of steps."""
    work.given("x_0", ("start", "初值"), shape=None, default="0")
    work.given("g", GRADIENTS, shape=None, aliases=["gradients"])
    size = work.shape("x_0")
    work.fits("g", "n d" if size else "n")
    work.fits("x_0", "d" if size else "")
    work.given("eta", ("learning rate", "学习率"), is_="> 0")
    return work.length("g")


def _ask_eps(work: Work) -> str:
    """How the small constant enters a root: a template over ``{v}``; without ``eps`` there is none."""
    if not work.optional("eps", ("small constant", "小常数"), is_=">= 0"):
        return "sqrt({v})"
    choices = {
        "outside": ("The constant `eps` is added to the root.", "常数 `eps` 加在根号之外。"),
        "inside": ("The constant `eps` is added under the root.", "常数 `eps` 加在根号之内。"),
    }
    spellings = {"outside root": "outside", "inside root": "inside"}
    place = work.option("eps_place", ("place of the small constant", "小常数的位置"), choices, default="outside", spellings=spellings)
    return "sqrt({v} + eps)" if place == "inside" else "(sqrt({v}) + eps)"


VELOCITIES: dict[str, Pair] = {
    "m": ("The momentum is `m_k = beta*m_prev + g_k`, with `m_prev` that of the step before, and `eta*m_k` is subtracted.", "动量为 `m_k = beta*m_prev + g_k`，`m_prev` 为前一步的动量；参数减去 `eta*m_k`。"),
    "v": ("The velocity is `v_k = beta*v_prev - eta*g_k`, with `v_prev` that of the step before, and `v_k` is added.", "速度为 `v_k = beta*v_prev - eta*g_k`，`v_prev` 为前一步的速度；参数加上 `v_k`。"),
    "ema": ("The momentum is the moving average `m_k = beta*m_prev + (1 - beta)*g_k`, with `m_prev` that of the step before, and `eta*m_k` is subtracted.", "动量为移动平均 `m_k = beta*m_prev + (1 - beta)*g_k`，`m_prev` 为前一步的动量；参数减去 `eta*m_k`。"),
}
MOMENTUM_ADDED: Pair = ("the momentum is added; it points uphill, as gradients do, and is subtracted.", "加上了动量；动量与梯度一样指向上升方向，应当减去。")
VELOCITY_SPELLINGS = {"m=beta m+g, x-=eta m": "m", "v=beta v-eta g, x+=v": "v", "EMA: m=beta m+(1-beta)g": "ema"}


@calculator(
    "momentum",
    ("Momentum", "动量法"),
    chapter="optimization",
    example={"x_0": 1, "g": [2, 1], "beta": "0.9", "eta": "0.1"},
)
def momentum(work: Work) -> None:
    """m_k = beta*m_(k-1) + g_k, x_k = x_(k-1) - eta*m_k, in three conventions. Source: Polyak 1964; Goodfellow et al. 2016, section 8.3.2."""
    work.given("beta", ("momentum factor", "动量系数"), is_=">= 0, < 1")
    steps = _ask_run(work)
    form = work.option("velocity", ("form of the momentum", "动量的写法"), VELOCITIES, default="m", spellings=VELOCITY_SPELLINGS)
    letter = "v" if form == "v" else "m"
    en, zh = ("velocity", "速度") if form == "v" else ("momentum", "动量")
    moving = work.offered(f"{letter}_0")
    work.given(f"{letter}_0", (f"initial {en}", f"初始{zh}"), shape=None, default="0*x_0")
    for k in range(1, steps + 1):
        old = f"{letter}_{k - 1}"
        part = {"m": f"+ g[{k}]", "v": f"- eta*g[{k}]", "ema": f"+ (1 - beta)*g[{k}]"}[form]
        work.step(f"{letter}_{k}", f"beta*{old} {part}", (f"{en} of step {k}", f"第 {k} 步的{zh}"), (f"the old {en}, scaled by `beta`, and the new gradient", f"旧{zh}乘以 `beta`，再计入新的梯度"))
        if moving or k > 1:
            work.mistake("no_memory", part.removeprefix("+ ").replace("- ", "-"), f"the old {en} is left out; it stays, scaled by `beta`.", f"漏了旧{zh}；旧{zh}应乘以 `beta` 后保留。")
        if form == "m":
            work.mistake("double_minus", f"beta*{old} - g[{k}]", "the gradient enters with a minus although the step is subtracted too; one minus is enough, two go up the gradient.", "梯度带了负号，而更新时又减去了动量；只应减一次，否则会沿梯度上升。", kind="slip")
            work.mistake("eta_twice", f"beta*{old} + eta*g[{k}]", "the learning rate is put into the momentum as well; only the step is multiplied by it.", "动量里也乘了学习率；学习率只在更新时乘一次。")
        previous = f"x_{k - 1}"
        work.step(f"x_{k}", f"{previous} + v_{k}" if form == "v" else f"{previous} - eta*m_{k}", (f"point after step {k}", f"第 {k} 步之后的点"))
        wrong = f"{previous} - v_{k}" if form == "v" else f"{previous} + eta*m_{k}"
        said = ("the velocity is subtracted; it points downhill already and is added.", "减去了速度；速度已指向下降方向，应当加上。") if form == "v" else MOMENTUM_ADDED
        work.mistake("ascent", wrong, *said, kind="slip")


@calculator(
    "exponential_moving_average",
    ("Exponential moving average", "指数移动平均"),
    chapter="optimization",
    example={"g": [2, 4, 1], "beta": "1/2"},
)
def moving_average(work: Work) -> None:
    """m_k = beta*m_(k-1) + (1 - beta)*g_k from 0, the weights it gives, and the corrected value. Source: Kingma and Ba, arXiv:1412.6980, section 3."""
    work.given("g", ("values", "数值序列"), shape="n")
    work.given("beta", ("smoothing factor", "平滑系数"), is_=">= 0, < 1")
    moving = work.offered("m_0")
    work.given("m_0", ("start", "初值"), default="0")
    forms = {
        "average": ("The average is `m_k = beta*m_prev + (1 - beta)*g_k`, with `m_prev` the one before.", "移动平均为 `m_k = beta*m_prev + (1 - beta)*g_k`，`m_prev` 为前一个平均值。"),
        "sum": ("The running sum is `m_k = beta*m_prev + g_k`, with `m_prev` the one before.", "累积为 `m_k = beta*m_prev + g_k`，`m_prev` 为前一个值。"),
    }
    spellings = {"average (1-beta)": "average", "sum (no factor)": "sum"}
    average = work.option("form", ("form of the average", "平均的写法"), forms, default="average", spellings=spellings) == "average"
    corrections = {"no": ("", ""), "yes": ("The start at 0 is corrected by `1 - beta^k`.", "用 `1 - beta^k` 修正从 0 开始的偏差。")}
    corrected = work.option("bias_correction", ("bias correction", "偏差修正"), corrections, default="no") == "yes"
    n = work.length("g")
    for k in range(1, n + 1):
        old = f"m_{k - 1}"
        work.step(f"m_{k}", f"beta*{old} + (1 - beta)*g[{k}]" if average else f"beta*{old} + g[{k}]", (f"average after value {k}", f"第 {k} 个数之后的平均"))
        if average:
            work.mistake("swapped", f"(1 - beta)*{old} + beta*g[{k}]", "the two weights are exchanged; the old average is multiplied by `beta`, the new value by `1 - beta`.", "两个权重用反了；旧的平均值乘 `beta`，新的数值乘 `1 - beta`。")
        if moving or k > 1:
            work.mistake("no_memory", f"(1 - beta)*g[{k}]" if average else f"g[{k}]", "the old average is left out; it stays, multiplied by `beta`.", "漏了旧的平均值；它应乘以 `beta` 后保留。")
        if corrected:
            work.step(f"m_hat_{k}", f"m_{k}/(1 - beta^{k})", (f"corrected average after value {k}", f"第 {k} 个数之后修正的平均"), ("the start at 0 draws the average towards 0", "从 0 开始使平均值偏向 0"))
            if k > 1:
                work.mistake("power", f"m_{k}/(1 - beta)", f"the correction takes `beta` itself; after value {k} it takes `beta^{k}`.", f"修正时直接用了 `beta`；第 {k} 个数之后应使用 `beta^{k}`。")
    factor = "(1 - beta)*" if average else ""
    powers = f"[{', '.join([f'beta^{k}' for k in range(n - 1, 1, -1)] + ['beta', '1'][-n:])}]" if n <= LISTED else f"reverse(powers(beta, {n}))"
    work.step("weights", f"{factor}{powers}", ("weight of each value", "各数值的权重"), ("with every later value an older one gets one more factor `beta`", "之后每来一个数，先前的数就多乘一个 `beta`"))
    work.step("weight_sum", "1/(1 - beta)", ("sum of all powers of `beta`", "`beta` 各次幂之和"), ("geometric series", "等比级数"))
    work.mistake("weight_sum", "beta/(1 - beta)", "the series starts at `beta`; its first term is 1.", "级数从 `beta` 开始加了；首项应为 1。")


@calculator(
    "adagrad",
    ("AdaGrad", "AdaGrad"),
    chapter="optimization",
    example={"x_0": 1, "g": [3, 4], "eta": "0.1"},
)
def adagrad(work: Work) -> None:
    """v_k adds squared gradients, and the rate is divided by its root. Source: Duchi et al. 2011; Goodfellow et al. 2016, algorithm 8.4."""
    steps = _ask_run(work)
    root = _ask_eps(work)
    start = _ask_start(work)
    for k in range(1, steps + 1):
        old = f"v_{k - 1}" if k > 1 else start
        plus = f"{old} + " if old else ""
        work.step(f"v_{k}", f"{plus}g[{k}]^2", (f"sum of squares of step {k}", f"第 {k} 步的梯度平方和"), ("squared gradients are added", "累加梯度的平方"))
        work.mistake("no_square", f"{plus}g[{k}]", "the gradient is not squared; the sum takes its square.", "梯度没有平方；应累加其平方。")
        work.mistake("ema", (f"0.9*{old} + " if old else "") + f"0.1*g[{k}]^2", "the squares are averaged with the usual 0.9, as in RMSProp; AdaGrad adds them up.", "像 RMSProp 那样用常见的 0.9 求了移动平均；AdaGrad 直接累加。")
        _adaptive_step(work, k, root, f"g[{k}]", f"v_{k}")


def _ask_start(work: Work) -> str:
    """What the sum of squares starts from: a given, or by convention nothing or 0.1 (TensorFlow's initial_accumulator_value)."""
    if work.optional("v_0", ("initial sum", "初始累积"), shape=None):
        return "v_0"
    choices: dict[str, Pair] = {
        "zero": ("The sum of squares starts at 0.", "平方和从 0 开始累积。"),
        "tenth": ("The sum of squares starts at 0.1.", "平方和从 0.1 开始累积。"),
    }
    return "0.1" if work.option("start", ("start of the sum", "累积的初值"), choices, default="zero") == "tenth" else ""


def _adaptive_step(work: Work, k: int, root: str, top: str, v: str) -> None:
    """The effective rate and the new point."""
    work.step(f"rate_{k}", f"eta/{root.format(v=v)}", (f"effective learning rate of step {k}", f"第 {k} 步的有效学习率"), ("the rate shrinks where gradients were large", "过去梯度越大，学习率越小"))
    work.mistake("no_root", f"eta/{v}", "the square root is not taken; the learning rate is divided by the root.", "漏了开平方；学习率应除以平方根。")
    work.step(f"x_{k}", f"x_{k - 1} - rate_{k}*{top}", (f"point after step {k}", f"第 {k} 步之后的点"))
    work.mistake("ascent", f"x_{k - 1} + rate_{k}*{top}", "the step goes up the gradient; descent subtracts it.", "沿梯度方向走了一步；应减去梯度。", kind="slip")


@calculator(
    "rmsprop",
    ("RMSProp", "RMSProp"),
    chapter="optimization",
    example={"x_0": 1, "g": [2, 1], "beta": "3/4", "eta": "0.1"},
)
def rmsprop(work: Work) -> None:
    """v_k averages squared gradients with the memory beta. Source: Hinton, lecture 6e (2012); Goodfellow et al. 2016, algorithm 8.5."""
    work.given("beta", ("decay rate of the average", "平均的衰减率"), is_=">= 0, < 1")
    steps = _ask_run(work)
    root = _ask_eps(work)
    work.given("v_0", ("initial average", "初始平均"), shape=None, default="0*x_0")
    for k in range(1, steps + 1):
        work.step(f"v_{k}", f"beta*v_{k - 1} + (1 - beta)*g[{k}]^2", (f"average square of step {k}", f"第 {k} 步的平方平均"), ("a moving average of squared gradients", "梯度平方的移动平均"))
        work.mistake("sum", f"v_{k - 1} + g[{k}]^2", "the squares are added up, as in AdaGrad; RMSProp averages them.", "像 AdaGrad 那样累加了平方；RMSProp 取移动平均。")
        work.mistake("swapped", f"(1 - beta)*v_{k - 1} + beta*g[{k}]^2", "the two weights are exchanged; the old average is multiplied by `beta`, the new square by `1 - beta`.", "两个权重用反了；旧的平均值乘 `beta`，新的平方乘 `1 - beta`。")
        work.mistake("no_square", f"beta*v_{k - 1} + (1 - beta)*g[{k}]", "the gradient is not squared; the average takes its square.", "梯度没有平方；参与平均的是其平方。")
        _adaptive_step(work, k, root, f"g[{k}]", f"v_{k}")


CORRECTIONS: dict[str, Pair] = {
    "with": ("Both moments are corrected for their start at 0.", "两个矩都做偏差修正。"),
    "without": ("The moments are used without bias correction.", "两个矩不做偏差修正。"),
}


@calculator(
    "adam",
    ("Adam", "Adam"),
    chapter="optimization",
    example={"x_0": 1, "g": [2, 1], "beta1": "0.9", "beta2": "0.99", "eta": "0.1"},
)
def adam(work: Work) -> None:
    """First and second moments, their correction by 1 - beta^k counted from k = 1, and the step. Source: Kingma and Ba, arXiv:1412.6980."""
    work.given("beta1", ("decay rate of the first moment", "一阶矩的衰减率"), is_=">= 0, < 1", default="0.9", aliases=["beta_1"])
    work.given("beta2", ("decay rate of the second moment", "二阶矩的衰减率"), is_=">= 0, < 1", default="0.999", aliases=["beta_2"])
    steps = _ask_run(work)
    root = _ask_eps(work)
    spellings = {"without (first 001 form)": "without"}
    corrected = work.option("bias_correction", ("bias correction", "偏差修正"), CORRECTIONS, default="with", spellings=spellings) == "with"
    work.given("m_0", ("initial first moment", "初始一阶矩"), shape=None, default="0*x_0")
    work.given("v_0", ("initial second moment", "初始二阶矩"), shape=None, default="0*x_0")
    for k in range(1, steps + 1):
        _moment(work, "m", k, f"g[{k}]", "beta1", "beta2", corrected)
        _moment(work, "v", k, f"g[{k}]^2", "beta2", "beta1", corrected)
        top, bottom = (f"m_hat_{k}", f"v_hat_{k}") if corrected else (f"m_{k}", f"v_{k}")
        if corrected:
            _correct(work, "m", k, "beta1")
            _correct(work, "v", k, "beta2")
        work.step(f"x_{k}", f"x_{k - 1} - eta*{top}/{root.format(v=bottom)}", (f"point after step {k}", f"第 {k} 步之后的点"), ("the first moment over the square root of the second", "一阶矩除以二阶矩的平方根"))
        work.mistake("no_root", f"x_{k - 1} - eta*{top}/{bottom}", "the square root of the second moment is not taken; the step is divided by the root.", "二阶矩没有开平方；应除以它的平方根。")
        work.mistake("ascent", f"x_{k - 1} + eta*{top}/{root.format(v=bottom)}", "the step goes up the gradient; descent subtracts it.", "沿梯度方向走了一步；应减去梯度。", kind="slip")


def _moment(work: Work, letter: str, k: int, new: str, beta: str, other: str, corrected: bool) -> None:
    label = (f"first moment of step {k}", f"第 {k} 步的一阶矩") if letter == "m" else (f"second moment of step {k}", f"第 {k} 步的二阶矩")
    old = f"{letter}_{k - 1}"
    work.step(f"{letter}_{k}", f"{beta}*{old} + (1 - {beta})*{new}", label, ("a moving average", "移动平均"))
    work.mistake("betas_swapped", f"{other}*{old} + (1 - {other})*{new}", "`beta1` and `beta2` are exchanged; `beta1` belongs to the first moment.", "`beta1` 与 `beta2` 用反了；`beta1` 属于一阶矩。", kind="slip")
    work.mistake("swapped", f"(1 - {beta})*{old} + {beta}*{new}", f"the two weights are exchanged; the old moment is multiplied by `{beta}`, the new term by `1 - {beta}`.", f"两个权重用反了；旧的矩乘 `{beta}`，新的一项乘 `1 - {beta}`。")
    if corrected and k > 1:
        work.mistake("corrected_stored", f"{beta}*{letter}_hat_{k - 1} + (1 - {beta})*{new}", "the corrected moment is carried on; the next step starts from the uncorrected one.", "递推时用了修正后的矩；应使用未修正的矩。")


def _correct(work: Work, letter: str, k: int, beta: str) -> None:
    label = (f"corrected first moment of step {k}", f"第 {k} 步修正后的一阶矩") if letter == "m" else (f"corrected second moment of step {k}", f"第 {k} 步修正后的二阶矩")
    name = f"{letter}_{k}"
    work.step(f"{letter}_hat_{k}", f"{name}/(1 - {beta}^{k})", label, ("the start at 0 makes the moment too small", "初值为 0 使矩偏小，需要修正"))
    if k != 1:
        counted = (", as if steps were counted from 0", "（相当于步数从 0 数起）") if k == 2 else ("", "")
        work.mistake("power", f"{name}/(1 - {beta})", f"the correction takes `{beta}` itself{counted[0]}; at step {k} it takes `{beta}^{k}`.", f"修正时直接用了 `{beta}`{counted[1]}；第 {k} 步应使用 `{beta}^{k}`。")
    if k > 2:  # at the first step this divides by 0, and at the second it is the mistake above
        work.mistake("from_zero", f"{name}/(1 - {beta}^{k - 1})", "steps are counted from 0; the first step has `k = 1`.", "步数从 0 数起了；第一步应取 `k = 1`。", kind="slip")
    if k not in (2, 3):
        work.mistake("square", f"{name}/(1 - {beta}^2)", f"the correction takes the square of `{beta}`; the power is the number of the step, here {k}.", f"修正时用了 `{beta}` 的平方；幂次应等于步数，这里为 {k}。")


@calculator(
    "adamw",
    ("AdamW", "AdamW"),
    chapter="optimization",
    example={"x": 2, "g": 3, "eta": "0.1", "lam": "0.5"},
)
def adamw(work: Work) -> None:
    """Decay apart from the adaptive step: (1 - eta*lam)*x - eta*m_hat/root(v_hat).

    Give ``m_hat`` and ``v_hat``, or the gradient ``g`` of the first step, whose corrected moments are g and g^2. Source: Loshchilov and Hutter, arXiv:1711.05101.
    """
    work.given("x", ("parameter", "参数"), shape=None, aliases=["x_k", "w"])
    first = work.offered("g")
    if first:
        work.given("g", ("gradient", "梯度"), shape=None)
    else:
        work.given("m_hat", ("corrected first moment", "修正后的一阶矩"), shape=None)
        work.given("v_hat", ("corrected second moment", "修正后的二阶矩"), shape=None, is_="> 0")
    work.given("eta", ("learning rate", "学习率"), is_="> 0")
    work.given("lam", ("weight decay", "权重衰减系数"), is_=">= 0", aliases=["lambda"])
    root = _ask_eps(work)
    decoupled = not first or _ask_decay(work)
    if first:
        _first_moments(work, decoupled)
    if decoupled:
        work.step("shrunk", "(1 - eta*lam)*x", ("decayed parameter", "衰减后的参数"), ("the decay is kept apart from the adaptive step", "衰减与自适应的更新分开进行"))
        work.mistake("no_eta", "(1 - lam)*x", "the learning rate is missing in the decay; the factor is `1 - eta*lam`.", "衰减中漏了学习率；应乘以 `1 - eta*lam`。")
    top = root.format(v="v_hat")
    work.step("adaptive", f"eta*m_hat/{top}", ("adaptive step", "自适应更新量"))
    work.mistake("no_root", "eta*m_hat/v_hat", "the square root of the second moment is not taken; the step is divided by the root.", "二阶矩没有开平方；应除以它的平方根。")
    work.step("x_new", "shrunk - adaptive" if decoupled else "x - adaptive", ("new parameter", "更新后的参数"))


def _ask_decay(work: Work) -> bool:
    choices = {
        "decoupled": ("The decay acts on the parameter directly: it is multiplied by `1 - eta*lam` (AdamW).", "衰减直接作用于参数：参数先乘以 `1 - eta*lam`（AdamW）。"),
        "coupled": ("The penalty enters through the gradient: `lam*x` is added to it (Adam with L2).", "惩罚项计入梯度：梯度加上 `lam*x`（带 L2 的 Adam）。"),
    }
    spellings = {"decoupled (AdamW)": "decoupled", "coupled: g+lambda x (Adam with L2)": "coupled"}
    return work.option("decay", ("weight decay", "权重衰减"), choices, default="decoupled", spellings=spellings) == "decoupled"


def _first_moments(work: Work, decoupled: bool) -> None:
    gradient = "g" if decoupled else "g + lam*x"
    gives = ("in the first step the correction gives back the gradient", "第一步修正后正好等于梯度") if decoupled else (
        "in the first step the correction gives back the gradient, here with that of the penalty", "第一步修正后正好等于梯度，这里已加上惩罚项的梯度"
    )
    work.step("m_hat", gradient, ("corrected first moment", "修正后的一阶矩"), gives)
    work.step("v_hat", "m_hat^2", ("corrected second moment", "修正后的二阶矩"), ("the square of what enters the first moment", "进入一阶矩的量的平方"))


@calculator(
    "delta_bar_delta",
    ("Delta-bar-delta", "Delta-bar-delta"),
    chapter="optimization",
    example={"g": [2, 1, -1, -3], "eta": "0.1", "u": "1.2", "d": "1/2"},
)
def delta_bar_delta(work: Work) -> None:
    """The rate of one parameter grows while the gradient keeps its sign and shrinks when it flips. Source: Jacobs 1988; Goodfellow et al. 2016, section 8.5."""
    work.given("g", GRADIENTS, shape="n")
    work.given("eta", ("initial learning rate", "初始学习率"), is_="> 0")
    choices = {
        "multiplicative": ("To increase the rate, multiply it by `u`.", "学习率增大时乘以 `u`。"),
        "additive": ("To increase the rate, add `u` to it.", "学习率增大时加上 `u`。"),
    }
    additive = work.option("increase", ("growth of the rate", "学习率的增大方式"), choices, default="multiplicative", spellings={"additive (original)": "additive"}) == "additive"
    work.given("u", ("increase", "增大量"), is_="> 0")
    work.given("d", ("decrease", "减小系数"), is_="> 0, < 1")
    for k in range(2, work.length("g") + 1):
        old = "eta" if k == 2 else f"eta_{k - 1}"
        work.step(f"s_{k}", f"sign(g[{k}]*g[{k - 1}])", (f"sign of the product of gradients {k - 1} and {k}", f"第 {k - 1} 步与第 {k} 步梯度乘积的符号"))
        up = f"{old} + u" if additive else f"{old}*u"
        work.step(f"eta_{k}", f"where(s_{k} > 0, {up}, where(s_{k} < 0, {old}*d, {old}))", (f"learning rate of step {k}", f"第 {k} 步的学习率"), ("it grows while the sign stays and shrinks when it changes", "同号则增大，变号则减小"))
        work.mistake("reversed", f"where(s_{k} > 0, {old}*d, where(s_{k} < 0, {up}, {old}))", "the rule is reversed; a change of sign shrinks the learning rate.", "规则用反了；变号时应减小学习率，同号时应增大。")
