"""Variants of convolution: one dimension, groups, transposed, SAME as in TensorFlow, and batch norm folded into a convolution."""

from __future__ import annotations

from .cnn_words import FORGOT_BIAS, NATURAL, NO_PLUS_ONE, SINGLE_PADDING, WHOLE, ask_bias
from .work import Work, calculator


@calculator(
    "conv1d_output",
    ("One-dimensional convolution: output length and parameters", "一维卷积：输出长度与参数量"),
    chapter="cnn",
    example={"N": 50, "C_in": 4, "K": 5, "P": 2, "S": 3, "D": 2, "C_out": 8},
)
def conv1d_output(work: Work) -> None:
    """Length and parameters of a 1-D convolution on a sequence of N vectors with C_in entries; dilation D (PyTorch docs, ``Conv1d``)."""
    work.given("N", ("length of the sequence", "序列长度"), is_=WHOLE)
    work.given("C_in", ("input channels", "输入通道数"), is_=WHOLE, default="1")
    work.given("K", ("kernel size", "卷积核长度"), is_=WHOLE)
    work.given("P", ("padding on each side", "每侧填充"), is_=NATURAL, default="0")
    work.given("S", ("stride", "步幅"), is_=WHOLE, default="1")
    work.given("D", ("dilation", "膨胀率"), is_=WHOLE, default="1")
    work.given("C_out", ("number of filters", "卷积核个数"), is_=WHOLE, default="1", aliases=["filters"])
    bias = ask_bias(work, "with")
    work.step("K_eff", "D*(K - 1) + 1", ("extent of the kernel", "卷积核的跨度"), ("D - 1 places lie between neighbouring taps", "相邻权重之间隔开 D - 1 个位置"), is_=WHOLE)
    work.mistake("dilation_times_kernel", "D*K", "the whole kernel is multiplied by the dilation; only its K - 1 gaps are.", "把整个卷积核乘以膨胀率；只有 K - 1 个间隔被拉开。")
    work.step("room", "N + 2*P - K_eff", ("room to move", "可移动的距离"), ("padding is added at both ends", "两端都要填充"), is_=NATURAL)
    work.mistake("single_padding", "N + P - K_eff", *SINGLE_PADDING)
    work.step("N_out", "floor(room / S) + 1", ("output length", "输出长度"), ("positions = moves + 1", "位置数 = 移动次数 + 1"), is_=WHOLE)
    work.mistake("no_plus_one", "floor(room / S)", *NO_PLUS_ONE)
    work.step("weights", "K*C_in*C_out", ("weights", "权重数"), ("each filter spans all input channels", "每个卷积核覆盖全部输入通道"), is_=WHOLE)
    work.mistake("k_squared", "K^2*C_in*C_out", "the kernel is squared; in one dimension it has K taps for each channel.", "把卷积核长度平方了；一维时每个通道只有 K 个权重。")
    work.mistake("forgot_c_in", "K*C_out", "the input channels are left out; each filter spans all of them.", "漏了输入通道数；每个卷积核覆盖全部输入通道。")
    work.step("total", "weights + C_out" if bias else "weights", ("parameters", "参数量"), is_=WHOLE)
    if bias:
        work.mistake("forgot_bias", "weights", *FORGOT_BIAS, kind="slip")


@calculator(
    "grouped_conv",
    ("Grouped convolution", "分组卷积"),
    chapter="cnn",
    example={"K": 3, "C_in": 12, "C_out": 20, "G": 4},
)
def grouped_conv(work: Work) -> None:
    """Parameters of a K x K convolution whose channels are split into G groups that do not mix (Krizhevsky et al. 2012; PyTorch docs, ``Conv2d``)."""
    work.given("K", ("kernel size", "卷积核边长"), is_=WHOLE)
    work.given("C_in", ("input channels", "输入通道数"), is_=WHOLE)
    work.given("C_out", ("number of filters", "卷积核个数"), is_=WHOLE, aliases=["filters"])
    work.given("G", ("number of groups", "组数"), is_=WHOLE, aliases=["groups"])
    bias = ask_bias(work, "with")
    plus = " + C_out" if bias else ""
    work.step("depth", "C_in / G", ("channels each filter sees", "每个卷积核看到的通道数"), ("a filter sees the channels of its own group", "卷积核只看到本组的通道"), is_=WHOLE)
    work.mistake("all_channels", "C_in", "each filter is given all channels; it sees those of its group.", "让每个卷积核看到了全部通道；它只看到本组的通道。")
    work.step("filters_per_group", "C_out / G", ("filters in each group", "每组的卷积核个数"), is_=WHOLE)
    work.step("weights", "K^2*depth*C_out", ("weights", "权重数"), ("G groups of C_out/G filters are C_out filters", "G 组、每组 C_out/G 个卷积核，共 C_out 个"), is_=WHOLE)
    work.mistake("one_group", "K^2*depth*filters_per_group", "one group is counted; there are G.", "只数了一组；共有 G 组。")
    work.mistake("times_groups", "K^2*C_in*C_out*G", "the weights are multiplied by the number of groups; groups make them fewer.", "把权重数乘以组数；分组会使权重变少。")
    work.step("total", f"weights{plus}", ("parameters", "参数量"), is_=WHOLE)
    if bias:
        work.mistake("forgot_bias", "weights", *FORGOT_BIAS, kind="slip")
    work.step("full", f"K^2*C_in*C_out{plus}", ("without groups", "不分组时的参数量"), is_=WHOLE)
    work.step("ratio", "total / full", ("grouped : not grouped", "分组与不分组之比"), is_="> 0")
    work.mistake("upside_down", "full / total", "the ratio is taken the other way round.", "比值取反了。", kind="slip")


@calculator(
    "transposed_conv_output",
    ("Transposed convolution: output size", "转置卷积：输出尺寸"),
    chapter="cnn",
    example={"H": 7, "K": 4, "P": 1, "S": 2, "O": 1},
)
def transposed_conv_output(work: Work) -> None:
    """Output height of a transposed convolution, (H - 1) S - 2P + D (K - 1) + O + 1, with output padding O (arXiv:1603.07285, ch. 4; PyTorch docs, ``ConvTranspose2d``)."""
    work.given("H", ("input height", "输入高度"), is_=WHOLE)
    work.given("K", ("kernel size", "卷积核边长"), is_=WHOLE)
    work.given("P", ("padding on each side", "每侧填充"), is_=NATURAL, default="0")
    work.given("S", ("stride", "步幅"), is_=WHOLE, default="1")
    extra = work.optional("O", ("output padding", "输出填充"), is_=NATURAL)
    dilated = work.optional("D", ("dilation", "膨胀率"), is_=WHOLE)
    extent = "D*(K - 1) + 1" if dilated else "K"
    work.step("reach", "(H - 1)*S", ("distance between first and last position", "首末两个位置之间的距离"), ("neighbouring inputs are S outputs apart, and there are H - 1 gaps", "相邻输入在输出上相距 S，共有 H - 1 个间隔"), is_=NATURAL)
    work.mistake("no_minus_one", "H*S", "the number of inputs is multiplied by the stride; there are only H - 1 gaps between them.", "用输入个数乘步幅；其间只有 H - 1 个间隔。")
    work.step("full", f"reach + {extent}", ("size before cropping", "裁剪前的尺寸"), ("the last kernel reaches its own size further", "最后一个卷积核再向外延伸一个核长"), is_=WHOLE)
    work.mistake("minus_kernel", f"reach - {'(' + extent + ')' if dilated else extent}", "the kernel is subtracted as in an ordinary convolution; here it is added.", "像普通卷积那样减去了卷积核；这里应加上。")
    if dilated:
        work.mistake("dilation_ignored", "reach + K", "the dilation is left out.", "没有计入膨胀率。")
    work.step("H_out", "full - 2*P + O" if extra else "full - 2*P", ("output height", "输出高度"), ("padding is cut off on both sides, output padding is added on one", "两侧裁去填充，一侧加上输出填充"), is_=WHOLE)
    work.mistake("padding_added", "full + 2*P + O" if extra else "full + 2*P", "the padding is added; a transposed convolution cuts it off.", "加上了填充；转置卷积应裁去填充。")
    work.mistake("single_padding", "full - P + O" if extra else "full - P", "padding is cut off on one side only; it is cut off on both: 2P.", "只裁去了一侧的填充；两侧都要裁，共 2P。")
    if extra:
        work.mistake("output_padding_ignored", "full - 2*P", "the output padding is left out.", "没有加上输出填充。")
        work.mistake("output_padding_twice", "full - 2*P + 2*O", "the output padding is added on both sides; it is added on one.", "两侧都加了输出填充；只加一侧。")


@calculator(
    "same_output",
    ("SAME padding with a stride", "带步幅的 SAME 填充"),
    chapter="cnn",
    example={"H": 15, "K": 4, "S": 3},
)
def same_output(work: Work) -> None:
    """Output height, padding above and below under SAME as in TensorFlow: ceil(H/S), the extra row below (TensorFlow docs, ``tf.nn``, notes on padding)."""
    work.given("H", ("input height", "输入高度"), is_=WHOLE)
    work.given("K", ("kernel size", "卷积核边长"), is_=WHOLE)
    work.given("S", ("stride", "步幅"), is_=WHOLE, default="1")
    side = work.option(
        "extra", ("where an odd row of padding goes", "多出的一行填在哪里"),
        {"end": ("An odd row of padding goes to the end.", "多出的一行填在末尾。"), "start": ("An odd row of padding goes to the start.", "多出的一行填在开头。")},
        default="end",
    )  # fmt: skip
    work.step("H_out", "ceil(H / S)", ("output height", "输出高度"), ("SAME keeps one output for every stride begun", "每开始一个步幅就有一个输出"), is_=WHOLE)
    work.mistake("floor", "floor(H / S)", "the size is rounded down; SAME rounds up.", "向下取整了；SAME 应向上取整。")
    work.mistake("valid", "floor((H - K) / S) + 1", "the formula without padding is used.", "用了不填充时的公式。")
    work.step("needed", "(H_out - 1)*S + K", ("input the kernel positions cover", "各位置覆盖的输入长度"), ("from the first to the last position, and the kernel itself", "从首位置到末位置，再加卷积核自身"), is_=WHOLE)
    work.mistake("no_minus_one", "H_out*S + K", "the number of positions is multiplied by the stride; there are H_out - 1 moves.", "用位置数乘步幅；移动次数是 H_out - 1。")
    work.step("pad_total", "max(needed - H, 0)", ("padding in all", "填充总数"), is_=NATURAL)
    first, second = ("floor", "ceil") if side == "end" else ("ceil", "floor")
    work.step("pad_top", f"{first}(pad_total / 2)", ("padding above", "上方填充"), is_=NATURAL)
    work.mistake("all_above", "pad_total", "all the padding is put above; it is halved.", "把填充全放在上方；应分成两半。")
    work.step("pad_bottom", f"{second}(pad_total / 2)", ("padding below", "下方填充"), is_=NATURAL)


@calculator(
    "batch_norm_folding",
    ("Batch norm folded into a convolution", "把批归一化并入卷积"),
    chapter="cnn",
    example={"w": [2, -1, 4], "b": 1, "mu": 3, "var": 4, "gamma": 2, "beta": -1},
)
def batch_norm_folding(work: Work) -> None:
    """Weights and bias of one filter after its batch norm is folded in: w gamma/sqrt(var + eps) and (b - mu) gamma/sqrt(var + eps) + beta (Jacob et al. 2017, arXiv:1712.05877)."""
    work.given("w", ("weights of the filter", "卷积核的权重"), shape=None)
    work.given("b", ("bias of the filter", "卷积核的偏置"), default="0")
    work.given("mu", ("running mean", "滑动均值"))
    work.given("var", ("running variance", "滑动方差"), is_=">= 0")
    work.given("gamma", ("scale", "缩放参数"))
    work.given("beta", ("shift", "平移参数"))
    work.given("eps", ("epsilon", "防零常数"), is_=">= 0", default="0")
    work.step("scale", "gamma / sqrt(var + eps)", ("factor of the filter", "该卷积核的系数"), ("batch norm divides by the standard deviation and multiplies by gamma", "批归一化除以标准差，再乘 gamma"))
    work.mistake("no_root", "gamma / (var + eps)", "the variance is used without its root.", "方差没有开方。")
    work.step("w_new", "scale*w", ("folded weights", "并入后的权重"))
    work.mistake("gamma_only", "gamma*w", "the standard deviation is left out.", "没有除以标准差。")
    work.step("b_new", "scale*(b - mu) + beta", ("folded bias", "并入后的偏置"), ("the old bias is centred and scaled like any output", "原偏置与输出一样先减均值再缩放"))
    work.mistake("bias_kept", "b - scale*mu + beta", "the old bias is not scaled.", "原偏置没有乘系数。")
    work.mistake("beta_only", "beta - scale*mu", "the old bias is left out.", "漏了原偏置。", kind="slip")
    work.mistake("plus_mean", "scale*(b + mu) + beta", "the mean is added; it is subtracted.", "加上了均值；应当减去。", kind="slip")
