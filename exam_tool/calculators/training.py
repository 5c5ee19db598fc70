"""What training does to simple models: kinks and merging of ReLU units, stability of descent, flatness, stopping, splits, symmetry."""

from __future__ import annotations

from flint import fmpq

from exam_tool.expressions.arrays import Value, as_vector
from exam_tool.expressions.exact import ZERO, compare, divide, negate, sign
from exam_tool.expressions.functions import register

from .activations import ACTIVATIONS, HIDDEN
from .work import Work, calculator


def sorted_by(items: Value, keys: Value) -> Value:
    """The items in the order of falling keys; equal keys keep their order."""
    pairs = list(zip(as_vector(items), as_vector(keys), strict=True))
    for i in range(1, len(pairs)):
        j = i
        while j and compare(pairs[j - 1][1], pairs[j][1]) < 0:
            pairs[j - 1], pairs[j] = pairs[j], pairs[j - 1]
            j -= 1
    return tuple(item for item, _ in pairs)


register("sortby", 2, 2, sorted_by)


@calculator(
    "fourier_components",
    ("Fourier components and the order of learning", "傅里叶成分与学习顺序"),
    chapter="training",
    example={"k": [5, 1, 2], "sines": [1, 2, 3]},
)
def fourier_components(work: Work) -> None:
    """f(x) = a_0 + sum of cosines and sines of the frequencies ``k``: periods, value, and low frequencies first.

    Source: Rahaman et al., arXiv:1806.08734 (spectral bias).
    """
    work.given("k", ("frequencies", "频率"), is_="integer, >= 1", shape="n")
    work.given("a_0", ("mean level", "均值"), default="0")
    work.given("sines", ("coefficients of the sines", "正弦系数"), shape="n", default="0*k + 1")
    work.given("cosines", ("coefficients of the cosines", "余弦系数"), shape="n", default="0*k")
    work.step("T", "2*pi/k", ("periods", "周期"), ("`sin(k*x)` repeats when `k*x` has grown by `2*pi`", "`k*x` 增加 `2*pi` 时 `sin(k*x)` 重复"))
    if work.optional("x", ("point", "自变量")):
        work.step("f", "a_0 + sum(cosines*cos(k*x)) + sum(sines*sin(k*x))", ("value", "函数值"))
    work.step("amplitudes", "sqrt(cosines^2 + sines^2)", ("amplitudes", "振幅"), is_=">= 0")
    work.step("order", "sort(k)", ("order of learning", "学习顺序"), ("low frequencies are learned first", "低频先被学到"))
    work.mistake("high_first", "reverse(sort(k))", "the order is reversed; low frequencies are learned first.", "顺序反了；低频先被学到。")
    work.mistake("by_amplitude", "sortby(k, amplitudes)", "the components are ordered by amplitude; the frequency decides.", "按振幅排序了；决定顺序的是频率。")


@calculator("relu_kink", ("Kink of a ReLU unit", "ReLU 单元的转折点"), chapter="training", example={"w": 2, "b": -4})
def relu_kink(work: Work) -> None:
    """Where w*x + b = 0, and on which side the unit is active (1: to the right). Source: Goodfellow et al. 2016, section 6.3.1."""
    work.given("w", ("weight", "权重"), is_="!= 0")
    work.given("b", ("bias", "偏置"))
    work.step("kink", "-b/w", ("kink", "转折点"), ("solve `w*x + b = 0`", "解 `w*x + b = 0`"))
    work.mistake("sign", "b/w", "the minus sign is lost; `w*x + b = 0` gives `w*x = -b`.", "丢了负号；由 `w*x + b = 0` 得 `w*x = -b`。", kind="slip")
    work.mistake("reciprocal", "-w/b", "the fraction is upside down; the weight is the divisor.", "分子分母颠倒了；权重应作除数。")
    work.mistake("b_only", "-b", "the weight is left out; `-b` is still to be divided by it.", "漏了权重；`-b` 还要除以权重。")
    work.step("side", "sign(w)", ("active side (`1` right, `-1` left)", "激活的一侧（`1` 右，`-1` 左）"), ("with a positive weight the unit is active on the right", "权重为正时右侧激活"))
    work.mistake("side_reversed", "-sign(w)", "the sides are exchanged; with a positive weight the unit is active on the right.", "左右弄反了；权重为正时右侧激活。", kind="slip")


@calculator(
    "relu_merge",
    ("Merging ReLU units", "合并 ReLU 单元"),
    chapter="training",
    example={"a": [3, 2, 1], "w": [2, 1, -1], "b": [-4, -2, 2]},
)
def relu_merge(work: Work) -> None:
    """Units a_i * relu(w_i x + b_i) with one kink and one direction are one unit of slope 1 with the sum of a_i |w_i|.

    The groups follow from ``w`` and ``b``. Source: positive homogeneity of ReLU; Maennel et al., arXiv:1803.08367.
    """
    work.given("a", ("output weights", "输出权重"), shape="n")
    work.given("w", ("input weights", "输入权重"), is_="!= 0", shape="n")
    work.given("b", ("biases", "偏置"), shape="n")
    groups = _groups(as_vector(work.structure("w")), as_vector(work.structure("b")))
    work.step("kinks", "-b/w", ("kinks", "转折点"), ("solve `w*x + b = 0` for each unit", "对每个单元解 `w*x + b = 0`"))
    work.mistake("sign", "b/w", "the minus sign is lost; `w*x + b = 0` gives `w*x = -b`.", "丢了负号；由 `w*x + b = 0` 得 `w*x = -b`。", kind="slip")
    work.step("sides", "sign(w)", ("directions", "方向"), ("with a positive weight the unit is active on the right", "权重为正时右侧激活"))
    for number, members in enumerate(groups, 1):
        label = (f"output weight of merged unit {number}", f"合并后第 {number} 个单元的输出权重")
        work.step(f"c_{number}", " + ".join(f"a[{i}]*abs(w[{i}])" for i in members), label, ("`relu(w*x + b)` is `abs(w)` times a unit of input weight 1 or `-1`", "`relu(w*x + b)` 等于 `abs(w)` 乘以输入权重为 1 或 `-1` 的单元"))
        work.mistake("sum_a", " + ".join(f"a[{i}]" for i in members), "only the output weights are added; each is first multiplied by the absolute value of its input weight.", "只把输出权重相加了；每个应先乘以输入权重的绝对值。")
    work.step("count", str(len(groups)), ("number of units left", "合并后的单元数"), ("only units with the same kink and the same active side merge", "只有转折点和激活方向都相同的单元才合并"))
    merged = len(_groups(as_vector(work.values["w"]), as_vector(work.values["b"]), apart=False))
    if merged != len(groups):
        work.mistake("ignore_direction", str(merged), "units with the same kink but opposite sides are merged; they stay apart.", "合并了转折点相同但方向相反的单元；它们不能合并。")
    if merged > 1:
        work.mistake("merge_all", "1", "units with different kinks are merged; they stay apart.", "合并了转折点不同的单元；它们不能合并。")
    work.step("params", "3*count", ("effective parameters", "有效参数个数"), ("weight, bias and coefficient of each unit", "每个单元有权重、偏置与系数"))


def _groups(w: Value, b: Value, *, apart: bool = True) -> list[list[int]]:
    """Positions (from 1) of the units that share a kink and, if directions are kept ``apart``, a direction; in order of the first."""
    found: list[tuple[Value, int, list[int]]] = []
    for i, (weight, bias) in enumerate(zip(w, b, strict=True), 1):
        kink, side = negate(divide(bias, weight)), sign(weight) if apart else 1
        group = next((members for other, way, members in found if way == side and compare(other, kink) == 0), None)
        if group is None:
            found.append((kink, side, [i]))
        else:
            group.append(i)
    return [members for _, _, members in found]


@calculator(
    "gd_stability",
    ("Stability of gradient descent", "梯度下降的稳定性"),
    chapter="training",
    example={"lam": 4, "eta": "0.3", "theta_0": 1, "t": 3},
)
def gd_stability(work: Work) -> None:
    """On L = lam/2 * theta^2 a step multiplies theta by 1 - eta*lam; stable for eta < 2/lam.

    ``behaviour`` is 0 for a monotone approach, 1 for damped oscillation, 2 for divergence. Source: LeCun et al., Efficient BackProp (1998), section 5.
    """
    work.given("lam", ("curvature", "曲率"), is_="> 0", aliases=["lambda"])
    work.given("eta", ("learning rate", "学习率"), is_="> 0")
    work.given("theta_0", ("start", "初值"), default="1")
    work.given("t", ("number of steps", "步数"), is_="integer, >= 1, <= 100", default="3")
    halves = {
        "half": ("The loss is `lam/2*theta^2`.", "损失为 `lam/2*theta^2`。"),
        "full": ("The loss is `lam*theta^2`.", "损失为 `lam*theta^2`。"),
    }
    spellings = {"1/2 lambda theta^2": "half", "lambda theta^2 (multiplier 1-2 eta lambda)": "full"}
    c = "lam" if work.option("half", ("loss", "损失"), halves, default="half", spellings=spellings) == "half" else "2*lam"
    work.step("g", f"{c}*theta_0", ("gradient at the start", "初始梯度"))
    work.step("multiplier", f"1 - eta*{c}", ("factor of one step", "每步的因子"), ("each step multiplies `theta` by it", "每一步都把 `theta` 乘以它"))
    work.mistake("plus", f"1 + eta*{c}", "the gradient is added; descent subtracts it.", "加上了梯度；梯度下降应减去梯度。", kind="slip")
    work.step("theta_1", "multiplier*theta_0", ("parameter after one step", "一步之后的参数"))
    work.step("theta_t", "multiplier^t*theta_0", ("parameter after t steps", "t 步之后的参数"), ("the same factor in every step", "每一步都乘以同一个因子"))
    work.mistake("linear", "t*multiplier*theta_0", "the factor is multiplied by the number of steps; it is raised to that power.", "把因子乘以了步数；应取因子的 `t` 次幂。")
    work.step("eta_max", f"2/{c}" if c == "lam" else "1/lam", ("limit of stable learning rates", "稳定学习率的上限"), ("the factor must stay above `-1`", "因子须大于 `-1`"), is_="> 0")
    work.mistake("one_over", f"1/{c}" if c == "lam" else "1/(2*lam)", "the rate at which oscillation begins is taken; divergence begins at twice that rate.", "取了开始振荡的学习率；达到它的两倍才开始发散。")
    work.mistake("half_lambda", "lam/2", "the fraction is upside down; the curvature is the divisor.", "分子分母颠倒了；曲率应作除数。", kind="slip")
    work.step("behaviour", "(multiplier < 0) + (abs(multiplier) >= 1)", ("behaviour (0 monotone, 1 oscillating but convergent, 2 divergent)", "收敛行为（0 单调收敛，1 振荡收敛，2 发散）"), ("with a factor below 0 it oscillates, below `-1` it diverges", "因子小于 0 时振荡，小于 `-1` 时发散"))


@calculator(
    "flatness_loss_increase",
    ("Loss near a minimum", "极小值附近的损失上升"),
    chapter="training",
    example={"lam": [1, 8], "delta": "0.5"},
)
def flatness(work: Work) -> None:
    """Rise lam/2*delta^2 for minima with curvatures ``lam``, or 1/2 delta^T H delta. Source: Goodfellow et al. 2016, section 4.3.1."""
    if work.offered("H"):
        work.given("H", ("Hessian", "Hessian 矩阵"), is_="symmetric", shape="n n")
        work.given("delta", ("perturbation", "扰动"), shape="n")
        work.step("Hd", "H @ delta", ("Hessian times perturbation", "Hessian 乘扰动"))
        work.step("rise", "1/2*delta @ Hd", ("rise of the loss", "损失的上升"), ("the second-order term", "二阶项"))
        work.mistake("no_half", "delta @ Hd", "the factor `1/2` is left out; the second-order term of a Taylor expansion has it.", "漏了系数 `1/2`；泰勒展开的二阶项带有它。")
        return
    work.given("lam", ("curvatures of the minima", "各极小值处的曲率"), is_="> 0", shape=None, aliases=["lambda"])
    work.given("delta", ("perturbation", "扰动"))
    work.step("rise", "1/2*lam*delta^2", ("rise of the loss", "损失的上升"), ("at a minimum the first-order term is 0", "极小值处一阶项为 0"))
    work.mistake("linear", "lam*delta", "the rise is taken to be linear; at a minimum it is quadratic.", "按一次项计算了；极小值附近的上升是二次的。")
    work.mistake("no_half", "lam*delta^2", "the factor `1/2` is left out; the second-order term of a Taylor expansion has it.", "漏了系数 `1/2`；泰勒展开的二阶项带有它。")
    work.step("eta_max", "2/lam", ("limits of stable learning rates", "稳定学习率的上限"), ("the factor `1 - eta*lam` of one step must stay above `-1`", "每步的因子 `1 - eta*lam` 须大于 `-1`"), is_="> 0")
    if work.shape("lam"):
        work.step("flatter", "argmin(lam)", ("number of the flatter minimum", "更平坦的极小值的编号"), ("the smaller the curvature, the flatter", "曲率越小越平坦"))
        work.mistake("sharper", "argmax(lam)", "the sharper minimum is chosen; the flatter one has the smaller curvature.", "选了更尖锐的极小值；更平坦的极小值曲率更小。", kind="slip")


@calculator(
    "early_stopping_epoch",
    ("Early stopping", "早停"),
    chapter="training",
    example={"val_errors": [9, 7, 5, 6, 4, 6, 7], "patience": 2, "train_errors": [9, 7, 5, 4, 3, 2, 1]},
)
def early_stopping(work: Work) -> None:
    """The epoch (from 1) with the least validation error before ``patience`` epochs in a row without improvement, and the epoch at which training stops.

    Source: Goodfellow et al. 2016, algorithm 7.1.
    """
    work.given("val_errors", ("validation errors", "各轮的验证误差"), shape="T", aliases=["E_val"])
    work.given("patience", ("patience", "耐心值"), is_="integer, >= 1", default="len(val_errors)")
    train = work.optional("train_errors", ("training errors", "各轮的训练误差"), shape="T", aliases=["E_train"])
    work.step("stop", "stopepoch(val_errors, patience)", ("epoch in which training stops", "停止训练的轮次"), ("the first epoch that completes the allowed number of epochs in a row without improvement", "未改进的轮数连续达到上限的第一轮"), is_="integer, >= 1")
    work.mistake("never", "len(val_errors)", "training goes on to the end; it stops as soon as the allowed epochs without improvement are used up.", "一直训练到了最后；连续未改进的轮数达到上限时就应停止。")
    work.step("best", "bestepoch(val_errors, stop)", ("best epoch", "最佳轮次"), ("the epoch with the least validation error so far; its parameters are kept", "至此验证误差最小的一轮，保留其参数"), is_="integer, >= 1")
    work.mistake("last", "stop", "the last epoch is taken; the parameters of the best one are kept.", "取了最后一轮；应保留最佳轮次的参数。")
    if train:
        work.mistake("train_min", "argmin(train_errors)", "the training error is looked at; the validation error decides.", "看的是训练误差；应以验证误差为准。")


def stop_epoch(errors: Value, patience: Value) -> Value:
    """The epoch at which so many epochs in a row have not improved on the best; the last one if that never happens."""
    best, waited = None, 0
    for epoch, error in enumerate(as_vector(errors), 1):
        if best is None or compare(error, best) < 0:
            best, waited = error, 0
        else:
            waited += 1
        if compare(fmpq(waited), patience) >= 0:
            return fmpq(epoch)
    return fmpq(len(errors))


def best_epoch(errors: Value, stop: Value) -> Value:
    """The first epoch with the least error up to one epoch."""
    best, place = None, ZERO
    for epoch, error in enumerate(as_vector(errors), 1):
        if compare(fmpq(epoch), stop) <= 0 and (best is None or compare(error, best) < 0):
            best, place = error, fmpq(epoch)
    return place


register("stopepoch", 2, 2, stop_epoch)
register("bestepoch", 2, 2, best_epoch)


@calculator(
    "data_split_sizes",
    ("Sizes of training, validation and test sets", "训练、验证与测试集的大小"),
    chapter="training",
    example={"n": 1000, "ratios": ["0.8", "0.1", "0.1"]},
)
def data_split(work: Work) -> None:
    """n times each share; the shares add up to 1. Source: Goodfellow et al. 2016, section 5.3."""
    work.given("n", ("samples", "样本数"), is_="integer, >= 1")
    work.given("ratios", ("shares of training, validation and test", "训练、验证、测试的比例"), is_="distribution", shape="3")
    parts = (("n_train", "training samples", "训练样本数"), ("n_val", "validation samples", "验证样本数"), ("n_test", "test samples", "测试样本数"))
    for place, (name, en, zh) in enumerate(parts, 1):
        work.step(name, f"ratios[{place}]*n", (en, zh), ("its share of all samples", "总样本数乘以所占比例"), is_="integer, >= 0")
    work.mistake("test_for_tuning", "(ratios[2] + ratios[3])*n", "validation and test samples are counted as one set; the test set is kept apart for the end.", "把验证集与测试集算在一起了；测试集要单独留到最后使用。")


@calculator(
    "symmetric_init_gradients",
    ("Equal weights stay equal", "相同初始化使神经元保持相同"),
    chapter="training",
    example={"x": 2, "y": 1, "w": "0.5", "a": 3, "eta": "0.1", "activation": "identity"},
)
def symmetric_init(work: Work) -> None:
    """Two hidden units with the shared weights ``w`` and ``a``: y_hat = a f(w x) + a f(w x); same gradients, one distinct unit left.

    Source: Goodfellow et al. 2016, section 8.4.
    """
    work.given("x", ("input", "输入"))
    work.given("y", ("target", "目标值"))
    work.given("w", ("shared input weight", "共同的输入权重"))
    work.given("a", ("shared output weight", "共同的输出权重"))
    work.given("eta", ("learning rate", "学习率"), is_="> 0")
    choice = work.option("activation", ("activation", "激活函数"), HIDDEN, default="sigmoid", convention=False, spellings={"linear": "identity"})
    work.step("z", "w*x", ("weighted input of both units", "两个单元的加权输入"))
    work.step("h", "z" if choice == "identity" else ACTIVATIONS[choice].value.format(z="z"), ("activation of both units", "两个单元的激活值"))
    work.step("y_hat", "2*a*h", ("output", "输出"), ("both units contribute the same", "两个单元的贡献相同"))
    work.mistake("one_unit", "a*h", "only one of the two units is counted; the output adds both.", "只算了一个单元；输出是两个单元之和。")
    work.step("delta", "y_hat - y", ("error signal of the output", "输出层的误差信号"), ("the derivative of half the squared error", "对平方误差的一半求导"))
    slope = "1" if choice == "identity" else ACTIVATIONS[choice].slope.format(z="z", a="h")
    work.step("slope", slope, ("slope of the activation", "激活函数的导数"))
    work.step("grad_a", "delta*h", ("gradient of each output weight", "每个输出权重的梯度"), ("error signal times activation", "误差信号乘以激活值"))
    work.step("grad_w", "delta*a*slope*x", ("gradient of each input weight", "每个输入权重的梯度"), ("back through the output weight and the activation; the same for both units", "依次经过输出权重与激活函数；两个单元相同"))
    work.mistake("missing_weight", "delta*slope*x", "the output weight is missing from the chain; the way back to the input weight passes through it.", "链式法则中漏了输出权重；求输入权重的梯度要经过它。")
    work.step("a_new", "a - eta*grad_a", ("new output weight of both units", "更新后的输出权重"), ("a step against the gradient", "沿梯度的反方向走一步"))
    work.step("w_new", "w - eta*grad_w", ("new input weight of both units", "更新后的输入权重"), ("a step against the gradient", "沿梯度的反方向走一步"))
    work.step("distinct", "1", ("number of different units", "互不相同的单元数"), ("equal units with equal gradients stay equal", "相同的单元梯度相同，更新后仍相同"))
    work.mistake("differs", "2", "the units are counted as different; equal gradients keep them equal.", "把两个单元算成了不同的；相同的梯度使它们保持相同。")

