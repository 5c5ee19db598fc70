"""Receptive fields, operation counts and the smaller calculations about convolutional networks."""

from __future__ import annotations

from . import cnn_maps  # noqa: F401  # the operations that the formulas below call
from .cnn_words import NATURAL, NO_PLUS_ONE, WHOLE
from .work import Pair, Work, calculator


@calculator(
    "receptive_field",
    ("Receptive field of stacked layers", "堆叠层的感受野"),
    chapter="cnn",
    rows=("receptive_field",),
    example={"k": [3, 2, 5], "s": [1, 2, 1]},
)
def receptive_field(work: Work) -> None:
    """How many input pixels along one side an output sees, layer by layer: r_l = r_{l-1} + (k_l - 1) * j_l with the jump j_l (Araujo et al. 2019, Distill).

    k and s are the kernels and strides of the layers, D their dilations.
    """
    work.given("k", ("kernel sizes", "各层卷积核边长"), is_=WHOLE, shape="L")
    work.given("s", ("strides", "各层步幅"), is_=WHOLE, shape="L", default="ones(len(k))", aliases=["S"])
    dilated = work.optional("D", ("dilations", "各层膨胀率"), is_=WHOLE, shape="L")
    layers = range(1, work.length("k") + 1)
    for layer in layers:
        spread = f"*D[{layer}]" if dilated else ""
        jump = "1" if layer == 1 else f"j_{layer - 1}*s[{layer - 1}]"
        before = "1" if layer == 1 else f"r_{layer - 1}"
        work.step(f"j_{layer}", jump, (f"jump before layer {layer}", f"第 {layer} 层之前的跨度"), ("neighbouring inputs of this layer lie this many pixels apart", "该层相邻输入在原图上相距的像素数"), is_=WHOLE)
        if layer > 1:
            work.mistake("own_stride", f"j_{layer - 1}*s[{layer}]", "the stride of this layer is used; only the strides before it count.", "用了本层的步幅；只应计入之前各层的步幅。")
        work.step(f"r_{layer}", f"{before} + (k[{layer}] - 1){spread}*j_{layer}", (f"receptive field of layer {layer}", f"第 {layer} 层的感受野"), ("each layer adds `k - 1` jumps", "每层增加 `k - 1` 个跨度"), is_=WHOLE)
        work.mistake("k_not_minus_one", f"{before} + k[{layer}]{spread}*j_{layer}", "the whole kernel size is added; its first weight is counted already, so it is `k - 1`.", "加上了整个核长；首个权重已计入，应为 `k - 1`。")
        if dilated:
            work.mistake("dilation_ignored", f"{before} + (k[{layer}] - 1)*j_{layer}", "the dilation is left out; it spreads the kernel over more pixels.", "没有计入膨胀率；膨胀使卷积核覆盖更多像素。")
    work.step("rf", f"r_{layers[-1]}", ("receptive field of the stack", "整个堆叠的感受野"), is_=WHOLE)
    work.mistake("sum_k", "sum(k)", "the kernel sizes are added; each layer adds `k - 1` jumps.", "把各层核长相加了；每层应增加 `k - 1` 个跨度。")
    work.mistake("product_k", "prod(k)", "the kernel sizes are multiplied; each layer adds `k - 1` jumps.", "把各层核长相乘了；每层应增加 `k - 1` 个跨度。")
    work.mistake("ignored_stride", "1 + sum(k) - len(k)", "the strides before a layer are left out; they widen its jumps.", "没有计入之前各层的步幅；步幅会拉大跨度。")


BIAS_ADDITIONS: dict[str, Pair] = {
    "without": ("Additions of biases are not counted.", "不计偏置的加法。"),
    "with": ("Adding the bias counts as one more operation for each output value.", "每个输出值加偏置另计一次运算。"),
}
USED_ONCE: dict[bool, Pair] = {
    False: ("every weight of the filter is used once", "卷积核的每个权重各用一次"),
    True: ("every weight of the filter is used once, then the bias is added", "卷积核的每个权重各用一次，再加一次偏置"),
}


@calculator(
    "conv_multiplications",
    ("Multiplications of a convolution", "卷积的乘法次数"),
    chapter="cnn",
    rows=("conv_multiplications",),
    example={"H": 14, "W": 12, "C_in": 8, "K": 3, "P": 1, "S": 2, "C_out": 6, "r": 2},
)
def conv_multiplications(work: Work) -> None:
    """Multiplications of a K x K convolution, bias additions not counted unless asked; with r also those when a 1 x 1 layer first reduces to r channels (arXiv:1409.4842)."""
    work.given("H", ("input height", "输入高度"), is_=WHOLE)
    work.given("W", ("input width", "输入宽度"), is_=WHOLE, default="H")
    work.given("C_in", ("input channels", "输入通道数"), is_=WHOLE)
    work.given("K", ("kernel size", "卷积核边长"), is_=WHOLE)
    padding = " + 2*P" if work.optional("P", ("padding on each side", "每侧填充"), is_=NATURAL) else ""
    strided = work.optional("S", ("stride", "步幅"), is_=WHOLE)
    work.given("C_out", ("number of filters", "卷积核个数"), is_=WHOLE, aliases=["filters"])
    count = work.option(
        "count", ("what is counted", "计数对象"),
        {
            "multiplications": ("Only multiplications are counted.", "只计乘法。"),
            "MACs": ("A multiplication with its addition counts as one operation.", "一次乘法连同其加法计为一次运算。"),
            "operations": ("Multiplications and additions are counted separately, two for each weight used.", "乘法与加法分别计数，每用一次权重计两次。"),
        },
        default="multiplications",
    )  # fmt: skip
    twice = "2*" if count == "operations" else ""
    biased = count != "multiplications" and work.option("bias_additions", ("additions of biases", "偏置的加法"), BIAS_ADDITIONS, default="without") == "with"
    for size, label in (("H", ("output height", "输出高度")), ("W", ("output width", "输出宽度"))):
        room = f"{size}{padding} - K"
        work.step(f"{size}_out", f"floor(({room}) / S) + 1" if strided else f"{room} + 1", label, ("positions = moves + 1", "位置数 = 移动次数 + 1"), is_=WHOLE)
        work.mistake("no_plus_one", f"floor(({room}) / S)" if strided else room, *NO_PLUS_ONE)
    work.step("per_output", f"{twice}K^2*C_in + 1" if biased else f"{twice}K^2*C_in", ("operations for one output value", "每个输出值所需的运算次数"), USED_ONCE[biased], is_=WHOLE)
    work.mistake("forgot_c_in", f"{twice}K^2", "the input channels are left out; a filter spans all of them.", "漏了输入通道数；卷积核覆盖全部输入通道。")
    work.step("outputs", "H_out*W_out*C_out", ("output values", "输出值的个数"), is_=WHOLE)
    work.mistake("one_map", "H_out*W_out", "one map is counted; there is one for each filter.", "只数了一张特征图；每个卷积核各有一张。")
    work.mistake("input_map", "H*W*C_out", "the size of the input is used; there is one value for each position of the kernel.", "用了输入的尺寸；输出值的个数等于卷积核的位置数。")
    work.step("total", "outputs*per_output", ("operations in all", "运算总次数"), is_=WHOLE)
    work.mistake("params_only", f"{twice}K^2*C_in*C_out", "the weights are counted once; they are used at every position.", "只数了一遍权重；每个位置都要用一遍。")
    if work.optional("r", ("channels after a 1 × 1 reduction", "1 × 1 降维后的通道数"), is_=WHOLE):
        _write_reduction(work, twice)


def _write_reduction(work: Work, twice: str) -> None:
    """The same layer behind a 1 x 1 convolution to r channels."""
    work.step("reduce", f"{twice}H*W*C_in*r", ("operations of the 1 × 1 reduction", "1 × 1 降维的运算次数"), ("it works on the whole input map", "它作用在整张输入特征图上"), is_=WHOLE)
    work.step("after", f"outputs*{twice}K^2*r", ("operations of the K × K layer on r channels", "r 个通道上 K × K 卷积的运算次数"), ("its input has `r` channels now", "此时它的输入只有 `r` 个通道"), is_=WHOLE)
    work.mistake("not_reduced", "total", "the channels of the input are used; the layer sees the `r` reduced ones.", "用了输入通道数；该层看到的是降维后的 `r` 个通道。")
    work.step("reduced_total", "reduce + after", ("operations of both layers", "两层合计的运算次数"), is_=WHOLE)
    work.mistake("reduction_free", "after", "the 1 × 1 layer is not counted; it needs operations too.", "没有计入 1 × 1 降维层；它也需要运算。")
    work.step("ratio", "reduced_total / total", ("with : without the reduction", "降维与不降维之比"), is_="> 0")


@calculator(
    "auxiliary_loss",
    ("Loss with auxiliary classifiers", "带辅助分类器的损失"),
    chapter="cnn",
    rows=("auxiliary_loss",),
    example={"L_real": "1.2", "L_aux1": "1.5", "L_aux2": 2},
)
def auxiliary_loss(work: Work) -> None:
    """Training loss of GoogLeNet: the main loss plus weighted losses of two auxiliary classifiers, dropped at inference (Szegedy et al. 2014, arXiv:1409.4842)."""
    work.given("L_real", ("loss of the main classifier", "主分类器的损失"), is_=">= 0")
    work.given("L_aux1", ("loss of the first auxiliary classifier", "第一个辅助分类器的损失"), is_=">= 0")
    work.given("L_aux2", ("loss of the second auxiliary classifier", "第二个辅助分类器的损失"), is_=">= 0")
    work.given("w", ("weight of an auxiliary loss", "辅助损失的权重"), is_=">= 0", default="0.3", aliases=["weight"])
    phase = work.option(
        "phase", ("phase", "阶段"),
        {"training": ("The network is being trained.", "网络处于训练阶段。"), "inference": ("The network is used for inference.", "网络处于推理阶段。")},
        default="training", convention=False,
    )  # fmt: skip
    if phase == "inference":
        work.step("total", "L_real", ("total loss", "总损失"), ("the auxiliary classifiers are dropped", "推理时去掉辅助分类器"))
        work.mistake("kept_auxiliaries", "L_real + w*L_aux1 + w*L_aux2", "the auxiliary losses are kept; they are used in training only.", "仍然计入辅助损失；它们只在训练时使用。")
        return
    for i in (1, 2):
        work.step(f"weighted_{i}", f"w*L_aux{i}", (f"weighted auxiliary loss {i}", f"加权后的辅助损失 {i}"))
        work.mistake("unweighted", f"L_aux{i}", "the auxiliary loss is used with weight 1; it is multiplied by its weight.", "辅助损失没有乘权重；应乘以其权重。")
    work.step("total", "L_real + weighted_1 + weighted_2", ("total loss", "总损失"), ("the auxiliary losses are added to the main one", "辅助损失加到主损失上"))
    work.mistake("unit_weight", "L_real + L_aux1 + L_aux2", "the auxiliary losses are used with weight 1; they are multiplied by their weight.", "辅助损失没有乘权重；应乘以其权重。")
    work.mistake("convex", "(1 - 2*w)*L_real + weighted_1 + weighted_2", "the weights are made to add up to 1; the main loss keeps weight 1.", "把各权重凑成了总和为 1；主损失的权重应保持为 1。")


@calculator(
    "correlation_decay",
    ("Exponential and power-law decay", "指数衰减与幂律衰减"),
    chapter="cnn",
    rows=("correlation_decay",),
    example={"k": 2, "x": 3, "t": 4},
)
def correlation_decay(work: Work) -> None:
    """exp(-k x) against x^(-k) at distance x, and the integral of exp(-alpha t) over alpha from 0 to infinity, which turns one into the other."""
    work.given("k", ("rate", "衰减率"), is_="> 0")
    work.given("x", ("distance", "距离"), is_="> 0")
    work.step("exponential", "exp(-k*x)", ("exponential decay", "指数衰减"), is_="> 0")
    work.mistake("sign_lost", "exp(k*x)", "the minus sign is lost; the correlation decays.", "丢了负号；相关性是衰减的。", kind="slip")
    work.step("power", "x^(-k)", ("power-law decay", "幂律衰减"), is_="> 0")
    work.mistake("sign_lost", "x^k", "the minus sign is lost; the correlation decays.", "丢了负号；相关性是衰减的。", kind="slip")
    work.step("difference", "power - exponential", ("power law minus exponential", "幂律减去指数"), ("where it is positive the power law is larger", "为正时幂律更大"))
    work.mistake("swap", "exponential - power", "the two are exchanged; the exponential is subtracted from the power law.", "两者颠倒了；应由幂律减去指数。")
    if work.optional("t", ("distance t in the integral", "积分中的 t"), is_="> 0"):
        work.step("integral", "1/t", ("integral over all rates", "对所有衰减率的积分"), ("the antiderivative is `-exp(-alpha*t)/t`; it is `-1/t` at 0 and vanishes at infinity", "原函数为 `-exp(-alpha*t)/t`，在 0 处取 `-1/t`，在无穷远处为 0"), is_="> 0")
        work.mistake("integral_t", "t", "the factor is turned over; the antiderivative divides by `t`.", "系数取成了倒数；原函数要除以 `t`。")


@calculator(
    "translation_equivariance",
    ("Shifting and convolving", "平移与卷积的次序"),
    chapter="cnn",
    rows=("translation_equivariance",),
    example={"x": [0, 2, -1, 3, 0, 0], "k": [1, 2, -1], "s": 1},
)
def translation_equivariance(work: Work) -> None:
    """A 1-D signal shifted then convolved, and convolved then shifted; zeros beyond the ends, compared in the interior (Goodfellow et al. 2016, ch. 9.2).

    The kernel is centred and not flipped; the signal keeps its length.
    """
    work.given("x", ("signal", "信号"), shape="n")
    work.given("k", ("kernel", "卷积核"), shape="m")
    work.given("s", ("shift to the right", "向右平移的格数"), is_=WHOLE)
    work.step("y", "conv1d(x, k)", ("convolution of the signal", "信号的卷积"), ("each value and its neighbours are weighted by the kernel and added; zeros stand beyond both ends", "每个值与相邻的值按卷积核加权求和；两端之外补零"))
    work.mistake("flipped", "conv1d(x, reverse(k))", "the kernel is flipped; it is laid on the signal as it is.", "翻转了卷积核；不应翻转，直接与信号对应相乘即可。")
    work.step("x_s", "shift(x, s)", ("shifted signal", "平移后的信号"), ("every value moves `s` places to the right", "每个值右移 `s` 格"))
    work.mistake("left", "reverse(shift(reverse(x), s))", "the signal is moved to the left; it moves to the right.", "平移方向反了；应向右平移。", kind="slip")
    work.step("y_s", "conv1d(x_s, k)", ("convolution of the shifted signal", "平移后再卷积"), ("the same kernel on the shifted signal", "用同一个卷积核，信号换成平移后的"))
    work.mistake("invariance", "y", "the result is taken as unchanged; it moves along with the signal (equivariance, not invariance).", "认为结果不变；结果随信号一起平移（等变而非不变）。")
    work.step("s_y", "shift(y, s)", ("shifted result", "卷积后再平移"), ("the first result moves `s` places to the right", "第一次的结果右移 `s` 格"))
    work.step("gap", "y_s - s_y", ("difference of the two", "两者之差"), ("away from the ends it is 0: the order does not matter", "除两端外各处为 0：次序无关"))
