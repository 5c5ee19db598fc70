"""Adversarial perturbations of linear and logistic models, worked by hand. Training against them is elsewhere."""

from __future__ import annotations

from .work import Pair, Work, calculator

BOUND: Pair = ("bound of the perturbation", "扰动的上界")
INPUT: Pair = ("input", "输入")
WEIGHTS: Pair = ("weights", "权重")
BIAS: Pair = ("bias", "偏置")

CLIPS: dict[str, Pair] = {
    "none": ("", ""),
    "[0,1]": ("The result is clipped to [0, 1].", "结果裁剪到 [0, 1]。"),
    "[0,255]": ("The result is clipped to [0, 255].", "结果裁剪到 [0, 255]。"),
}
TOPS = {"[0,1]": 1, "[0,255]": 255}


@calculator("linear_adversarial_gain", ("Adversarial gain of a linear model", "线性模型的对抗增益"), chapter="adversarial", example={"w": [1, -2, 3], "x": [2, 1, 1], "eps": "0.1"})
def linear_adversarial_gain(work: Work) -> None:
    """Worst change ``eps*||w||_1`` of a linear score within a box of half-width eps. Source: Goodfellow et al., arXiv:1412.6572, section 3."""
    direction = work.option("direction", ("aim", "目标"), {
        "increase score": ("The perturbation is to raise the score.", "扰动要使得分升高。"),
        "decrease score": ("The perturbation is to lower the score.", "扰动要使得分降低。"),
    }, default="increase score", convention=False)  # fmt: skip
    work.given("w", WEIGHTS, shape="d")
    work.given("x", INPUT, shape="d")
    work.given("eps", BOUND, is_="> 0")
    d = work.length("w")
    sign = "" if direction == "increase score" else "-"
    work.step("score", "w @ x", ("clean score", "原得分"))
    way: Pair = ("against", "逆着") if sign else ("along", "顺着")
    work.step("r", f"{sign}eps * sign(w)", ("perturbation", "扰动"), (f"each entry moves by ε, {way[0]} the sign of its weight", f"每个分量{way[1]}对应权重的符号移动 ε"))
    work.mistake("proportional", f"{sign}eps * w", "the perturbation is taken proportional to the weights; with a bound on each entry only their signs count.", "扰动取成了与权重成正比；每个分量各有上限时只看权重的符号。")
    work.mistake("sign", f"{'' if sign else '-'}eps * sign(w)", f"the direction is reversed; to {'lower' if sign else 'raise'} the score each entry moves {way[0]} the sign of its weight.", f"方向反了；要使得分{'降低' if sign else '升高'}，每个分量应{way[1]}对应权重的符号移动。", kind="slip")
    work.step("gain", "w @ r", ("change of the score", "得分的变化"))
    work.mistake("l2", f"{sign}eps * norm(w)", "the Euclidean norm is used; with a bound on each entry it is the sum of the absolute weights.", "用了 L2 范数；每个分量各有上限时应取权重绝对值之和。")
    work.mistake("signed_mean", f"{sign}eps * sum(w)", "the weights are added with their signs; add their absolute values.", "权重带符号相加了；应取绝对值相加。")
    if d > 1:
        work.mistake("no_d", f"{sign}eps * mean(abs(w))", "the mean absolute weight is used; the absolute weights of all d entries are added up.", "用了权重绝对值的平均；应对 d 个分量求和。")
    work.step("m", "mean(abs(w))", ("mean absolute weight", "权重绝对值的平均"))
    work.step("score_adv", "score + gain", ("score after the perturbation", "扰动后的得分"))
    work.step("gain_doubled", "2 * gain", ("change with twice as many entries of the same mean size", "维数加倍而平均权重不变时的变化"), ("the gain grows with d", "增益与 d 成正比"))


def _clipped(work: Work, name: str, formula: str, clip: str, label: Pair) -> None:
    """The step that moves the input, and the one that clips it where pixels have a range."""
    if clip == "none":
        work.step(name, formula, label)
        return
    work.step(f"{name}_free", formula, ("input after the step", "移动后的输入"))
    work.step(name, f"min(max({name}_free, 0), {TOPS[clip]})", label, ("clipped to the range of pixel values", "裁剪到像素的取值范围"))
    work.mistake("no_clip", f"{name}_free", "the result is not clipped; pixels stay within their range.", "没有裁剪；像素值应限制在取值范围内。")


def _gradient(work: Work, at: str, name: str, model: str) -> None:
    """Output and gradient by the input of a logistic unit with cross-entropy, or of a linear one with squared error."""
    tail = name.removeprefix("dL_dx")
    if model == "logistic":
        work.step(f"p{tail}", f"sigmoid(w @ {at} + b)", ("prediction", "预测概率"), ("the sigmoid turns a score z into `1/(1 + exp(-z))`", "sigmoid 把得分 z 变为 `1/(1 + exp(-z))`"))
        work.step(name, f"(p{tail} - y) * w", ("gradient with respect to the input", "对输入的梯度"), ("cross-entropy and sigmoid leave `p - y`", "交叉熵与 sigmoid 合并后为 `p - y`"))
        work.mistake("weight_gradient", f"(p{tail} - y) * {at}", "the gradient is taken with respect to the weights; with respect to the input it is `(p - y)*w`.", "求的是对权重的梯度；对输入的梯度是 `(p - y)*w`。")
        work.mistake("sign", f"(y - p{tail}) * w", "the sign is reversed; the derivative with respect to the score is `p - y`.", "符号反了；损失对得分的导数是 `p - y`。", kind="slip")
        return
    work.step(f"p{tail}", f"w @ {at} + b", ("prediction", "预测值"))
    work.step(name, f"2 * (p{tail} - y) * w", ("gradient with respect to the input", "对输入的梯度"))
    work.mistake("weight_gradient", f"2 * (p{tail} - y) * {at}", "the gradient is taken with respect to the weights; with respect to the input, w is the factor.", "求的是对权重的梯度；对输入求梯度应乘 w。")


MODELS: dict[str, Pair] = {
    "logistic": ("The model is logistic with cross-entropy loss.", "模型为逻辑回归，损失为交叉熵。"),
    "linear": ("The model is linear with squared error (y - ŷ)².", "模型为线性，损失为平方误差 (y - ŷ)²。"),
}


@calculator("fgsm", ("Fast gradient sign method", "快速梯度符号法"), chapter="adversarial", example={"x": [1, 2], "w": [2, -1], "b": "ln(3)", "y": 1, "eps": "0.1"})
def fgsm(work: Work) -> None:
    """``x + eps*sign(dL/dx)`` for a logistic or linear model; the sign of 0 is 0. Source: Goodfellow et al., arXiv:1412.6572, section 4."""
    model = work.option("model", ("model and loss", "模型与损失"), MODELS, default="logistic", convention=False)
    clip = work.option("clip", ("range of pixels", "像素范围"), CLIPS, default="none", convention=False)
    work.given("x", INPUT, shape="d")
    work.given("w", WEIGHTS, shape="d")
    work.given("b", BIAS, default="0")
    work.given("y", ("label", "标签"), is_="integer, >= 0, <= 1" if model == "logistic" else "")
    work.given("eps", BOUND, is_="> 0", aliases=["epsilon"])
    _gradient(work, "x", "dL_dx", model)
    work.step("direction", "sign(dL_dx)", ("signs of the gradient", "梯度的符号"), ("1 where it is positive, −1 where it is negative", "正数取 1，负数取 −1"))
    work.mistake("no_sign", "dL_dx", "the gradient itself is used; take its signs.", "用了梯度本身；应取符号。")
    _clipped(work, "x_adv", "x + eps * direction", clip, ("adversarial input", "对抗样本"))
    work.mistake("minus", "x - eps * direction", "the step is subtracted, which lowers the loss; an attack raises it, so the step is added.", "做了减法，损失会减小；攻击要增大损失，应当相加。", at="x_adv" if clip == "none" else "x_adv_free")
    work.step("p_adv", "sigmoid(w @ x_adv + b)" if model == "logistic" else "w @ x_adv + b", ("new prediction", "新的预测"))


@calculator("iterative_fgsm", ("Iterated gradient signs", "迭代梯度符号法"), chapter="adversarial",
            example={"x_0": ["0.5", "0.2"], "alpha": "0.1", "eps": "0.15", "signs": [[1, -1], [1, 1]]})  # fmt: skip
def iterative_fgsm(work: Work) -> None:
    """Steps of size alpha along gradient signs, clipped to the box of half-width eps around the start.

    Signs are given for each step (rows), or follow from a logistic model ``w, b, y`` over ``T`` steps.
    Source: Kurakin, Goodfellow and Bengio, arXiv:1607.02533, section 2.2.
    """
    clip = work.option("pixel_clip", ("range of pixels", "像素范围"), {key: CLIPS[key] for key in ("none", "[0,1]")}, default="none", convention=False)
    work.given("x_0", ("input", "原输入"), shape="d")
    work.given("alpha", ("step size", "步长"), is_="> 0")
    work.given("eps", BOUND, is_="> 0", aliases=["epsilon"])
    listed = work.offered("signs")
    if listed:
        work.given("signs", ("gradient signs of each step", "每步的梯度符号"), shape="T d", is_="integer, >= -1, <= 1")
        count = work.length("signs")
    else:
        work.given("w", WEIGHTS, shape="d")
        work.given("b", BIAS, default="0")
        work.given("y", ("label", "标签"), is_="integer, >= 0, <= 1")
        work.given("T", ("number of steps", "步数"), is_="integer, >= 1, <= 20", default="2")
        count = work.count("T")
    low, high = ("max(x_0 - eps, 0)", "min(x_0 + eps, 1)") if clip != "none" else ("x_0 - eps", "x_0 + eps")
    work.step("low", low, ("lowest allowed values", "允许范围的下界"))
    work.step("high", high, ("highest allowed values", "允许范围的上界"))
    for t in range(1, count + 1):
        before = f"x_{t - 1}"
        if not listed:
            _gradient(work, before, f"dL_dx_{t}", "logistic")
        direction = f"signs[{t}]" if listed else f"sign(dL_dx_{t})"
        work.step(f"step_{t}", f"{before} + alpha * {direction}", (f"input after step {t}, before clipping", f"第 {t} 步后、裁剪前的输入"), ("a step along the signs that raises the loss", "沿梯度符号走一步，使损失增大"))
        work.mistake("minus", f"{before} - alpha * {direction}", "the step is subtracted; an attack goes up the gradient, so it is added.", "做了减法；攻击沿梯度上升，应当相加。")
        work.step(f"x_{t}", f"min(max(step_{t}, low), high)", (f"input after step {t}", f"第 {t} 步后的输入"), ("clipped to the range around the start", "裁剪到以原输入为中心的范围内"))
        work.mistake("no_clip", f"step_{t}", "the step is not clipped; clip after every step.", "没有裁剪；每一步之后都要裁剪。")
        if t > 1:
            work.mistake("clip_previous", f"min(max(step_{t}, {before} - eps), {before} + eps)", "the range is laid around the last point; it stays around the start.", "以上一步的点为中心做了裁剪；应始终以原输入为中心。")
    work.step("distance", f"max(abs(x_{count} - x_0))", ("largest change of an entry", "各分量的最大变化"), is_=">= 0")


@calculator("targeted_attack_step", ("Targeted attack step", "目标攻击的一步"), chapter="adversarial",
            example={"x": ["0.5", "0.2"], "probs": ["0.7", "0.2", "0.1"], "gradient": [[1, -2], [3, 1], [-2, "0.5"]], "eps": "0.1"})  # fmt: skip
def targeted_attack_step(work: Work) -> None:
    """One step down the loss of a target class, the least likely one or a given one.

    ``gradient`` is that of the loss with the target as label, or has one row a class. Source: Kurakin et al., arXiv:1607.02533, section 2.3.
    """
    chosen = work.option("target", ("target class", "目标类别"), {
        "least likely": ("The target is the least likely class.", "目标取概率最小的类别。"), "given": ("", ""),
    }, default="given" if work.offered("target_class") else "least likely", convention=False)  # fmt: skip
    plain = work.option("sign", ("kind of step", "步的形式"), {
        "sign step": ("The step uses the signs of the gradient.", "只用梯度的符号。"),
        "plain gradient step": ("The step follows the gradient itself.", "沿梯度本身移动。"),
    }, default="sign step") == "plain gradient step"  # fmt: skip
    work.given("x", INPUT, shape="d")
    work.given("probs", ("class probabilities", "类别概率"), shape="C", is_="distribution")
    work.given("gradient", ("gradients of the loss with respect to the input, one row for each class (or of the target alone)", "损失对输入的梯度（每行一个类别，或仅目标类别）"), shape=None)
    rows = len(work.shape("gradient")) == 2
    work.fits("gradient", "C d" if rows else "d")
    work.given("eps", ("step size", "步长"), is_="> 0")
    if chosen == "given":
        work.given("target_class", ("target class", "目标类别"), is_="integer, >= 1")
    else:
        work.step("target_class", "argmin(probs)", ("target class", "目标类别"))
        work.mistake("most_likely", "argmax(probs)", "the most likely class is taken; the target is the least likely.", "取了概率最大的类别；目标是概率最小的。")
    gradient = "gradient[target_class]" if rows else "gradient"
    work.step("direction", gradient if plain else f"sign({gradient})", ("direction of the step", "移动方向"))
    if not plain:
        work.mistake("no_sign", gradient, "the gradient itself is used; take its signs.", "用了梯度本身；应取符号。")
    work.step("x_adv", "x - eps * direction", ("new input", "新的输入"), ("the loss of the target is to fall", "使目标类别的损失下降"))
    work.mistake("plus", "x + eps * direction", "the step leads away from the target; go down its loss.", "远离了目标类别；应使其损失下降。", kind="slip")


@calculator("gradient_ascent_attack", ("Gradient step attack", "梯度步攻击"), chapter="adversarial", example={"x": [1, 2], "w": [2, -1], "b": "ln(3)", "y": 1, "eta": "0.4"})
def gradient_ascent_attack(work: Work) -> None:
    """A step up the loss of the true class, or down that of a wrong one, from a given gradient or a logistic model.

    Source: Szegedy et al., arXiv:1312.6199, section 4.
    """
    lower = work.option("goal", ("goal", "目标"), {
        "lower true class": ("The step raises the loss of the true class.", "移动使真实类别的损失增大。"),
        "raise wrong class": ("The step lowers the loss of a wrong class, which y names.", "移动使错误类别 y 的损失减小。"),
    }, default="lower true class", convention=False) == "lower true class"  # fmt: skip
    work.given("x", INPUT, shape="d")
    modelled = not work.optional("gradient", ("gradient of the loss with respect to the input", "损失对输入的梯度"), shape="d")
    name = "gradient"
    if modelled:
        work.given("w", WEIGHTS, shape="d")
        work.given("b", BIAS, default="0")
        work.given("y", ("label", "标签"), is_="integer, >= 0, <= 1")
        _gradient(work, "x", "dL_dx", "logistic")
        name = "dL_dx"
    work.given("eta", ("step size", "步长"), is_="> 0")
    plus, minus = ("+", "-") if lower else ("-", "+")
    wrong: Pair = (
        ("the step goes the wrong way; the loss of the true class is to rise.", "方向反了；真实类别的损失应当上升。") if lower
        else ("the step goes the wrong way; the loss of the wrong class is to fall.", "方向反了；错误类别的损失应当下降。")
    )  # fmt: skip
    work.step("x_adv", f"x {plus} eta * {name}", ("new input", "新的输入"))
    work.mistake("sign", f"x {minus} eta * {name}", *wrong)
    work.mistake("only_sign", f"x {plus} eta * sign({name})", "only the signs are used; this step follows the gradient itself.", "只用了符号；这一步沿梯度本身移动。")
    if modelled:
        work.step("loss_before", "-ln(y * p + (1 - y) * (1 - p))", ("loss before", "移动前的损失"), ("minus the logarithm of the probability of the true label", "真实标签的概率取对数，再取负"))
        work.step("p_adv", "sigmoid(w @ x_adv + b)", ("new prediction", "新的预测概率"))
        work.step("loss_after", "-ln(y * p_adv + (1 - y) * (1 - p_adv))", ("loss after", "移动后的损失"))


@calculator("minimal_l2_perturbation", ("Smallest perturbation to the boundary", "到边界的最小扰动"), chapter="adversarial", example={"x": [2, 1], "w": [3, 4], "b": -5})
def minimal_l2_perturbation(work: Work) -> None:
    """Shortest vector that takes ``x`` onto the boundary ``w.x + b = 0``. Source: Moosavi-Dezfooli et al., arXiv:1511.04599, section 2."""
    work.given("x", INPUT, shape="d")
    work.given("w", WEIGHTS, shape="d")
    work.given("b", BIAS, default="0")
    work.step("score", "w @ x + b", ("score", "得分"))
    work.step("w_squared", "sum(w^2)", ("squared length of w", "w 长度的平方"), is_="> 0")
    work.step("r", "-score * w / w_squared", ("perturbation", "扰动"), ("straight to the boundary, along w", "沿 w 方向垂直到达边界"))
    work.mistake("no_square", "-score * w / sqrt(w_squared)", "the length of w is not squared; the factor w brings in its length once more.", "w 的长度没有平方；因子 w 本身又带来一个长度。")
    work.mistake("sign", "score * w / w_squared", "the sign is reversed; the step must lead to the boundary, not away from it.", "符号反了；扰动应指向边界，而不是远离边界。", kind="slip")
    work.step("r_norm", "abs(score) / sqrt(w_squared)", ("length of the perturbation", "扰动的长度"))
    work.mistake("no_root", "abs(score) / w_squared", "the square root is missing; divide by the length of w.", "没有开平方；应除以 w 的长度。")
    work.step("score_after", "w @ (x + r) + b", ("check: score on the boundary", "检验：边界上的得分"))
