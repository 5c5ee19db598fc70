"""Parameter counts of convolutional building blocks and their comparisons: 1x1, separable, stacked, factorised, bottleneck, Inception."""

from __future__ import annotations

from .cnn_words import FORGOT_BIAS, NATURAL, WHOLE, ask_bias, ask_layer_bias
from .work import Pair, Work, calculator


@calculator(
    "depthwise_separable_conv",
    ("Depthwise separable convolution", "深度可分离卷积"),
    chapter="cnn",
    rows=("depthwise_separable_conv",),
    example={"K": 3, "C_in": 32, "C_out": 64},
)
def depthwise_separable_conv(work: Work) -> None:
    """Parameters of a K x K depthwise convolution followed by a 1 x 1 one, against a standard convolution (Howard et al. 2017, arXiv:1704.04861)."""
    give_kernel_and_channels(work)
    bias = ask_bias(work, "without")
    plus_in, plus_out = (" + C_in", " + C_out") if bias else ("", "")
    work.step("depthwise", f"K^2*C_in{plus_in}", ("depthwise parameters", "深度卷积参数量"), ("each input channel has one K × K kernel of its own", "每个输入通道只有一个 K × K 卷积核"), is_=WHOLE)
    work.mistake("depthwise_full", f"K^2*C_in*C_out{plus_out}", "the depthwise step is counted as a full convolution; it has one kernel for each input channel.", "把深度卷积当成了标准卷积；每个输入通道只有一个卷积核。")
    work.mistake("one_kernel", "K^2", "one kernel is counted for all channels; each input channel has its own.", "只数了一个卷积核；每个输入通道各有一个。")
    work.step("pointwise", f"C_in*C_out{plus_out}", ("pointwise 1 × 1 parameters", "逐点 1 × 1 卷积参数量"), ("a 1 × 1 kernel has one weight for each pair of channels", "1 × 1 卷积核对每对通道有一个权重"), is_=WHOLE)
    work.mistake("pointwise_k", f"K^2*C_in*C_out{plus_out}", "the pointwise step is given K × K kernels; its kernels are 1 × 1.", "逐点卷积用了 K × K 的核；它的核是 1 × 1。")
    work.step("separable", "depthwise + pointwise", ("parameters of both steps together", "两步合计的参数量"), is_=WHOLE)
    work.mistake("no_pointwise", "depthwise", "the 1 × 1 step is left out; it mixes the channels and has parameters too.", "漏了 1 × 1 卷积；它负责混合通道，也有参数。")
    work.mistake("product", "depthwise*pointwise", "the two counts are multiplied; one layer follows the other, so they are added.", "把两步的参数量相乘了；两层先后相接，应当相加。")
    work.step("standard", f"K^2*C_in*C_out{plus_out}", ("parameters of the standard convolution", "标准卷积参数量"), is_=WHOLE)
    work.mistake("standard_c_in", f"K^2*C_out{plus_out}", "the input channels are left out; each filter of the standard convolution spans all of them.", "漏了输入通道数；标准卷积的每个卷积核覆盖全部输入通道。")
    work.step("ratio", "separable / standard", ("separable : standard", "可分离卷积与标准卷积之比"), ("without biases this is `1/C_out + 1/K^2`", "不含偏置时等于 `1/C_out + 1/K^2`"), is_="> 0")
    work.mistake("upside_down", "standard / separable", "the ratio is taken the other way round; exchange top and bottom.", "比值颠倒了；应交换分子与分母。", kind="slip")


def give_kernel_and_channels(work: Work) -> None:
    work.given("K", ("kernel size", "卷积核边长"), is_=WHOLE)
    work.given("C_in", ("input channels", "输入通道数"), is_=WHOLE)
    work.given("C_out", ("output channels", "输出通道数"), is_=WHOLE)


@calculator(
    "stacked_small_kernels",
    ("Stacked small kernels and one large kernel", "堆叠小卷积核与单个大卷积核"),
    chapter="cnn",
    rows=("stacked_small_kernels",),
    example={"m": 3, "C": 2},
)
def stacked_small_kernels(work: Work) -> None:
    """Parameters of m stacked k x k convolutions (k = 3 unless given) and of the one kernel that sees as much (Simonyan and Zisserman 2014, arXiv:1409.1556).

    C channels go in and out of every layer; strides are 1.
    """
    work.given("m", ("number of stacked layers", "堆叠层数"), is_=WHOLE)
    work.given("C", ("channels, in and out", "输入与输出通道数"), is_=WHOLE, default="1")
    work.given("k", ("size of the small kernels", "小卷积核边长"), is_="integer, >= 2", default="3")
    bias = " + C" if ask_bias(work, "without") else ""
    work.step("K_single", "m*(k - 1) + 1", ("size of the equivalent kernel", "等效卷积核边长"), ("each layer widens the view by `k - 1`", "每层使感受野增大 `k - 1`"), is_=WHOLE)
    work.mistake("sum_of_kernels", "m*k", "the kernel sizes are added; each further layer widens the view by `k - 1` only.", "把卷积核边长直接相加；每多一层感受野只增大 `k - 1`。")
    work.step("layer", f"k^2*C^2{bias}", ("parameters of one small layer", "一个小卷积层的参数量"), is_=WHOLE)
    work.mistake("c_not_squared", f"k^2*C{bias}", "the number of channels is counted once; a layer has `C` channels in and `C` filters.", "通道数只乘了一次；输入有 `C` 个通道，卷积核也有 `C` 个。")
    work.step("stacked", "m*layer", ("parameters of the stack", "堆叠结构的参数量"), is_=WHOLE)
    work.mistake("one_layer", "layer", "one layer of the stack is counted; there are `m`.", "只数了一层；共有 `m` 层。")
    work.step("single", f"K_single^2*C^2{bias}", ("parameters of the large kernel", "大卷积核的参数量"), is_=WHOLE)
    work.mistake("single_not_squared", f"K_single*C^2{bias}", "only one side of the large kernel is counted; a kernel has height times width weights.", "大卷积核只算了一条边；卷积核有 高 × 宽 个权重。")
    work.step("saving", "single - stacked", ("parameters saved", "节省的参数量"))
    work.step("ratio", "stacked / single", ("stack : large kernel", "堆叠与大卷积核之比"), is_="> 0")
    work.mistake("upside_down", "single / stacked", "the ratio is taken the other way round; exchange top and bottom.", "比值颠倒了；应交换分子与分母。", kind="slip")


@calculator(
    "connection_counts_1d",
    ("Dense, local and shared weights in one dimension", "一维情形：全连接、局部连接与参数共享"),
    chapter="cnn",
    rows=("connection_counts_1d",),
    example={"n": 7, "k": 3},
)
def connection_counts_1d(work: Work) -> None:
    """Weights between n inputs and n outputs: all connected, each output seeing k inputs, and with one shared kernel (Goodfellow et al. 2016, ch. 9.2)."""
    work.given("n", ("number of inputs and of outputs", "输入个数（等于输出个数）"), is_=WHOLE)
    work.given("k", ("inputs seen by each output", "每个输出连接的输入个数"), is_=WHOLE)
    boundary = work.option(
        "boundary",
        ("outputs at the two ends", "两端的输出"),
        {
            "ignored": ("Outputs at the two ends are counted as if none of their connections were missing.", "两端的输出也按连接齐全计数，不扣除缺失的连接。"),
            "exact": ("At the two ends only the connections that exist are counted.", "两端只计实际存在的连接。"),
        },
        default="ignored",
    )
    work.step("dense", "n^2", ("weights, fully connected", "全连接的权重数"), ("every output sees every input", "每个输出连接全部输入"), is_=WHOLE)
    work.mistake("dense_nk", "n*k", "each output is given `k` connections; when fully connected it sees all `n` inputs.", "每个输出只算了 `k` 个连接；全连接时应连接全部 `n` 个输入。")
    work.mistake("dense_sum", "n + n", "inputs and outputs are added; there is a weight for each pair.", "把输入与输出的个数相加了；每一对之间都有一个权重。")
    if boundary == "ignored":
        work.step("local", "n*k", ("weights, local without sharing", "局部连接（不共享）的权重数"), ("each output sees `k` inputs", "每个输出只连接 `k` 个输入"), is_=WHOLE)
    else:
        work.step("cut", "(k^2 - 1) / 4", ("connections missing at both ends", "两端缺少的连接数"), ("`1` + … + `(k - 1)/2` at each end", "每端缺 `1` + … + `(k - 1)/2` 个"), is_=NATURAL)
        work.step("local", "n*k - cut", ("weights, local without sharing", "局部连接（不共享）的权重数"), ("each output sees `k` inputs, less those missing at the ends", "每个输出连接 `k` 个输入，再减去两端缺少的"), is_=WHOLE)
    work.mistake("local_dense", "n^2", "each output is connected to all inputs; here it sees `k` of them.", "把每个输出连到了全部输入；这里只连接 `k` 个。")
    work.step("shared", "k", ("weights, shared", "权重共享时的权重数"), ("all outputs use the same `k` weights", "所有输出共用同一组 `k` 个权重"), is_=WHOLE)
    work.mistake("shared_times_n", "n*k", "the shared weights are counted again for each output; all outputs use the same ones.", "把共享的权重按每个输出重复计数了；所有输出共用同一组。")


@calculator(
    "conv_vs_fc_params",
    ("Convolution against a fully connected layer", "卷积层与全连接层的参数量对比"),
    chapter="cnn",
    rows=("conv_vs_fc_params",),
    example={"H": 8, "W": 6, "C_in": 3, "n_h": 10, "K": 3, "C_out": 4},
)
def conv_vs_fc_params(work: Work) -> None:
    """Parameters of a dense layer of n_h units on an H x W x C_in image and of a K x K convolution with C_out filters (Goodfellow et al. 2016, ch. 9.2)."""
    work.given("H", ("image height", "图像高度"), is_=WHOLE)
    work.given("W", ("image width", "图像宽度"), is_=WHOLE, default="H")
    work.given("C_in", ("image channels", "图像通道数"), is_=WHOLE)
    work.given("n_h", ("hidden units", "隐藏单元数"), is_=WHOLE)
    work.given("K", ("kernel size", "卷积核边长"), is_=WHOLE)
    work.given("C_out", ("number of filters", "卷积核个数"), is_=WHOLE, aliases=["filters"])
    bias = ask_layer_bias(work, "without")
    work.step("d", "H*W*C_in", ("length after flattening", "展平后的长度"), ("every value of every channel becomes an input", "每个通道的每个值都成为一个输入"), is_=WHOLE)
    work.mistake("no_flatten", "H + W + C_in", "the sizes are added; flattening keeps every value, so they are multiplied.", "把各维相加了；展平保留每个值，应当相乘。")
    work.mistake("channels_missing", "H*W", "the channels are left out; all of them are flattened.", "漏了通道数；展平要包括全部通道。")
    work.step("fc", "d*n_h + n_h" if bias else "d*n_h", ("parameters of the dense layer", "全连接层参数量"), ("each unit has a weight for each input", "每个单元对每个输入有一个权重"), is_=WHOLE)
    work.mistake("fc_sum", "d + n_h", "inputs and units are added; there is a weight for each pair.", "把输入数与单元数相加了；每一对之间都有一个权重。")
    if bias:
        work.mistake("fc_forgot_bias", "d*n_h", "the biases of the dense layer are left out; each unit has one.", "全连接层漏了偏置；每个单元一个。", kind="slip")
    work.step("conv", "K^2*C_in*C_out + C_out" if bias else "K^2*C_in*C_out", ("parameters of the convolution", "卷积层参数量"), ("the size of the image does not enter", "与图像尺寸无关"), is_=WHOLE)
    work.mistake("conv_forgot_c_in", "K^2*C_out + C_out" if bias else "K^2*C_out", "the input channels are left out; each filter spans all of them.", "漏了输入通道数；每个卷积核覆盖全部输入通道。")
    work.mistake("conv_times_map", f"({'K^2*C_in*C_out + C_out' if bias else 'K^2*C_in*C_out'})*H*W", "the count is multiplied by the image size; all positions share the same weights.", "又乘了图像尺寸；各位置共享同一组权重。")
    if bias:
        work.mistake("conv_forgot_bias", "K^2*C_in*C_out", *FORGOT_BIAS, kind="slip")
    work.step("ratio", "fc / conv", ("fully connected : convolution", "全连接与卷积之比"), is_="> 0")
    work.mistake("upside_down", "conv / fc", "the ratio is taken the other way round; exchange top and bottom.", "比值颠倒了；应交换分子与分母。", kind="slip")


@calculator(
    "flatten_to_fc",
    ("Flattening and the first fully connected layer", "展平与第一个全连接层"),
    chapter="cnn",
    rows=("flatten_to_fc",),
    example={"H": 7, "W": 6, "C": 64, "n": 128, "H_0": 28, "W_0": 24, "C_0": 3},
)
def flatten_to_fc(work: Work) -> None:
    """Length of an H x W x C map laid out as a vector and the parameters of n dense units on it (Goodfellow et al. 2016, ch. 9).

    The size of the network's input H_0 x W_0 x C_0 does not matter; it may be given because people use it by mistake.
    """
    work.given("H", ("height of the feature map", "特征图高度"), is_=WHOLE)
    work.given("W", ("width of the feature map", "特征图宽度"), is_=WHOLE, default="H")
    work.given("C", ("channels of the feature map", "特征图通道数"), is_=WHOLE)
    work.given("n", ("units of the dense layer", "全连接层单元数"), is_=WHOLE)
    image = [work.optional(name, label, is_=WHOLE) for name, label in _IMAGE.items()]
    bias = ask_layer_bias(work, "with", convention=False)
    work.step("d", "H*W*C", ("length after flattening", "展平后的长度"), ("every value of every channel becomes an input", "每个通道的每个值都成为一个输入"), is_=WHOLE)
    work.mistake("forgot_c", "H*W", "the channels are left out; flattening gives `H*W*C` values.", "漏了通道数；展平后的长度是 `H*W*C`。")
    work.mistake("added", "H + W + C", "the sizes are added; flattening keeps every value, so they are multiplied.", "把各维相加了；展平保留每个值，应当相乘。")
    if all(image):
        work.mistake("input_size", "H_0*W_0*C_0", "the size of the input image is used; the dense layer sees the last feature map.", "用了输入图像的尺寸；全连接层接收的是最后的特征图。")
    work.step("weights", "d*n", ("weights", "权重数"), ("each unit has a weight for each input", "每个单元对每个输入有一个权重"), is_=WHOLE)
    work.mistake("weights_sum", "d + n", "inputs and units are added; there is a weight for each pair.", "把输入数与单元数相加了；每一对之间都有一个权重。")
    if bias:
        work.step("biases", "n", ("biases", "偏置数"), ("one bias for each unit", "每个单元一个偏置"), is_=NATURAL)
        work.mistake("bias_sending", "d", "the biases are counted on the sending side; there is one for each receiving unit.", "偏置按发送一侧计数；偏置个数应等于接收一侧的单元数。")
        work.step("params", "weights + biases", ("parameters of the dense layer", "全连接层参数量"), is_=WHOLE)
        work.mistake("forgot_bias", "weights", "the biases are left out; each unit has one.", "漏了偏置；每个单元各有一个。", kind="slip")
    else:
        work.step("params", "weights", ("parameters of the dense layer", "全连接层参数量"), is_=WHOLE)


_IMAGE: dict[str, Pair] = {
    "H_0": ("height of the input image", "输入图像高度"),
    "W_0": ("width of the input image", "输入图像宽度"),
    "C_0": ("channels of the input image", "输入图像通道数"),
}


@calculator(
    "bottleneck_params",
    ("Bottleneck: 1 × 1, 3 × 3, 1 × 1", "瓶颈结构：1 × 1、3 × 3、1 × 1"),
    chapter="cnn",
    rows=("bottleneck_params",),
    example={"C": 256, "m": 64},
)
def bottleneck_params(work: Work) -> None:
    """Parameters of a bottleneck from C channels through m and back, against plain 3 x 3 layers of C channels (He et al. 2015, arXiv:1512.03385)."""
    work.given("C", ("outer channels", "外层通道数"), is_=WHOLE)
    work.given("m", ("reduced channels", "压缩后的通道数"), is_=WHOLE)
    bias = ask_bias(work, "without")
    plain = work.option(
        "plain",
        ("what the bottleneck is compared with", "与瓶颈结构比较的对象"),
        {
            "one": ("The comparison is with one plain 3 × 3 convolution that keeps the number of outer channels.", "与一个普通 3 × 3 卷积比较，其输入、输出通道数都等于外层通道数。"),
            "two": ("The comparison is with two plain 3 × 3 convolutions that keep the number of outer channels.", "与两个普通 3 × 3 卷积比较，其输入、输出通道数都等于外层通道数。"),
        },
        default="one", convention=False,
    )
    plus_m, plus_c = (" + m", " + C") if bias else ("", "")
    work.step("reduce", f"C*m{plus_m}", ("parameters of the first 1 × 1 layer", "第一个 1 × 1 层的参数量"), ("it brings `C` channels down to `m`", "把 `C` 个通道压缩为 `m` 个"), is_=WHOLE)
    work.mistake("reduce_3x3", f"3^2*C*m{plus_m}", "the first layer is given 3 × 3 kernels; they are 1 × 1.", "第一层用了 3 × 3 的核；它的核是 1 × 1。")
    work.step("middle", f"3^2*m^2{plus_m}", ("parameters of the 3 × 3 layer", "3 × 3 层的参数量"), ("it works on `m` channels only", "只在 `m` 个通道上做卷积"), is_=WHOLE)
    work.mistake("full_3x3", f"3^2*C^2{plus_c}", "the 3 × 3 layer is counted with all `C` channels; it has `m` in and `m` out.", "3 × 3 层按 `C` 个通道计算了；它的输入、输出都是 `m` 个通道。")
    work.mistake("k_not_squared", f"3*m^2{plus_m}", "only one side of the kernel is counted; a 3 × 3 kernel has nine weights.", "只算了卷积核的一条边；3 × 3 卷积核有九个权重。")
    work.step("restore", f"m*C{plus_c}", ("parameters of the second 1 × 1 layer", "第二个 1 × 1 层的参数量"), ("it brings `m` channels back to `C`", "把 `m` 个通道恢复为 `C` 个"), is_=WHOLE)
    work.step("bottleneck", "reduce + middle + restore", ("parameters of the three layers together", "三层合计的参数量"), is_=WHOLE)
    work.mistake("no_restore", "reduce + middle", "the last 1 × 1 layer is left out; it restores the `C` channels.", "漏了最后一个 1 × 1 层；它把通道恢复为 `C` 个。")
    work.step("plain", f"3^2*C^2{plus_c}" if plain == "one" else f"2*(3^2*C^2{plus_c})" if bias else "2*3^2*C^2", ("parameters of the plain 3 × 3 convolution" + "s" * (plain == "two"), "普通 3 × 3 卷积的参数量"), is_=WHOLE)
    work.mistake("plain_c", "3^2*C", "the number of channels is counted once; the plain layer has `C` in and `C` out.", "普通卷积的通道数只乘了一次；输入、输出各有 `C` 个通道。")
    work.step("ratio", "bottleneck / plain", ("bottleneck : plain", "瓶颈结构与普通卷积之比"), is_="> 0")
    work.mistake("upside_down", "plain / bottleneck", "the ratio is taken the other way round; exchange top and bottom.", "比值颠倒了；应交换分子与分母。", kind="slip")


@calculator(
    "factorized_conv",
    ("Factorised convolution: n × n as 1 × n and n × 1", "卷积分解：n × n 拆成 1 × n 与 n × 1"),
    chapter="cnn",
    rows=("factorized_conv",),
    example={"n": 7, "C": 4},
)
def factorized_conv(work: Work) -> None:
    """Weights of an n x n convolution and of a 1 x n followed by an n x 1 one, all with C channels in and out, without biases (Szegedy et al. 2015, arXiv:1512.00567)."""
    work.given("n", ("kernel size", "卷积核边长"), is_=WHOLE)
    work.given("C", ("channels of every layer, in and out", "各层的输入与输出通道数"), is_=WHOLE, default="1")
    work.step("full", "n^2*C^2", ("weights of the n × n convolution", "n × n 卷积的权重数"), is_=WHOLE)
    work.mistake("full_linear", "2*n*C^2", "the sides of the kernel are added; it has `n` times `n` weights.", "把卷积核的两条边相加了；它有 `n` × `n` 个权重。")
    work.mistake("channels_once", "n^2*C", "the number of channels is counted once; there are `C` in and `C` out.", "通道数只乘了一次；输入、输出各有 `C` 个通道。")
    work.step("row", "n*C^2", ("weights of the 1 × n convolution", "1 × n 卷积的权重数"), is_=WHOLE)
    work.step("factorized", "row + n*C^2", ("weights of 1 × n and n × 1 together", "1 × n 与 n × 1 合计的权重数"), ("one layer follows the other, so their weights are added", "两层先后相接，权重数相加"), is_=WHOLE)
    work.mistake("n_only", "row", "only the 1 × n layer is counted; the n × 1 layer has as many weights again.", "只数了 1 × n 层；n × 1 层还有同样多的权重。")
    work.mistake("product", "row*n", "the weights of the two layers are multiplied; one layer follows the other, so they are added.", "把两层的权重数相乘了；两层先后相接，应当相加。")
    work.step("ratio", "factorized / full", ("factorised : full", "分解后与原卷积的权重数之比"), is_="> 0")
    work.mistake("upside_down", "full / factorized", "the ratio is taken the other way round; exchange top and bottom.", "比值颠倒了；应交换分子与分母。", kind="slip")


_BRANCHES: dict[str, Pair] = {
    "n_1": ("filters of the 1 × 1 branch", "1 × 1 支路的卷积核个数"),
    "r_3": ("1 × 1 reduction before the 3 × 3", "3 × 3 之前 1 × 1 降维的通道数"),
    "n_3": ("filters of the 3 × 3 branch", "3 × 3 支路的卷积核个数"),
    "r_5": ("1 × 1 reduction before the 5 × 5", "5 × 5 之前 1 × 1 降维的通道数"),
    "n_5": ("filters of the 5 × 5 branch", "5 × 5 支路的卷积核个数"),
    "n_pool": ("1 × 1 filters after the pooling", "池化之后 1 × 1 的卷积核个数"),
}


@calculator(
    "inception_concat",
    ("Inception module: channels and parameters", "Inception 模块：通道拼接与参数量"),
    chapter="cnn",
    rows=("inception_concat",),
    example={"C_in": 192, "n_1": 64, "r_3": 96, "n_3": 128, "r_5": 16, "n_5": 32, "n_pool": 32},
)
def inception_concat(work: Work) -> None:
    """Parameters and output channels of four parallel branches: 1x1; 1x1 then 3x3; 1x1 then 5x5; 3x3 pooling then 1x1 (Szegedy et al. 2014, arXiv:1409.4842).

    Every branch pads so that height and width stay; its maps are stacked along the channels.
    """
    work.given("C_in", ("input channels", "输入通道数"), is_=WHOLE)
    for name, label in _BRANCHES.items():
        work.given(name, label, is_=WHOLE)
    bias = ask_bias(work, "without")

    def layer(area: str, before: str, after: str) -> str:
        count = f"{area}{before}*{after}"
        return f"{count} + {after}" if bias else count

    work.step("params_1", layer("", "C_in", "n_1"), ("parameters of the 1 × 1 branch", "1 × 1 支路参数量"), is_=WHOLE)
    for k in (3, 5):
        work.step(f"reduce_{k}", layer("", "C_in", f"r_{k}"), (f"parameters of the reduction before the {k} × {k} layer", f"{k} × {k} 层之前的降维层参数量"), is_=WHOLE)
        work.step(f"conv_{k}", layer(f"{k}^2*", f"r_{k}", f"n_{k}"), (f"parameters of the {k} × {k} layer", f"{k} × {k} 层参数量"), ("its input is the reduced map", "其输入是降维后的特征图"), is_=WHOLE)
        work.mistake("input_not_reduced", layer(f"{k}^2*", "C_in", f"n_{k}"), "the layer is counted on the input channels of the module; it works on the reduced ones.", "按模块的输入通道计算了；该层作用在降维之后的通道上。")
        work.step(f"params_{k}", f"reduce_{k} + conv_{k}", (f"parameters of the {k} × {k} branch", f"{k} × {k} 支路参数量"), is_=WHOLE)
        work.mistake("no_reduction", layer(f"{k}^2*", "C_in", f"n_{k}"), "the 1 × 1 reduction is skipped; it comes first in this branch.", "跳过了 1 × 1 降维；它是该支路的第一层。")
        work.mistake("reduction_free", f"conv_{k}", "the 1 × 1 reduction is not counted; it has weights too.", "没有计入 1 × 1 降维层；它也有参数。")
    work.step("params_pool", layer("", "C_in", "n_pool"), ("parameters of the pooling branch", "池化支路参数量"), ("pooling has no parameters, but the 1 × 1 convolution after it has", "池化没有参数，其后的 1 × 1 卷积有参数"), is_=WHOLE)
    work.mistake("pool_params", layer("3^2*", "C_in", "n_pool"), "the pooling window is given weights; only the 1 × 1 convolution after it has some.", "给池化窗口算了权重；只有其后的 1 × 1 卷积有参数。")
    work.step("C_out", "n_1 + n_3 + n_5 + n_pool", ("output channels", "输出通道数"), ("the maps of the branches are stacked along the channels", "各支路的特征图沿通道拼接"), is_=WHOLE)
    work.mistake("added_maps", "max(n_1, n_3, n_5, n_pool)", "the maps are added; they are stacked along the channels.", "把各支路的特征图相加了；应沿通道拼接。")
    work.mistake("reductions_stacked", "n_1 + r_3 + n_3 + r_5 + n_5 + n_pool", "the reduced maps are stacked too; they stay inside their branches.", "把降维层的通道也拼接了；它们只在支路内部。")
    work.step("total", "params_1 + params_3 + params_5 + params_pool", ("all parameters", "参数总数"), is_=WHOLE)
    work.mistake("pool_left_out", "params_1 + params_3 + params_5", "the pooling branch is left out; its 1 × 1 convolution has parameters.", "漏了池化支路；其中的 1 × 1 卷积有参数。", kind="slip")
    work.step("plain", f"params_1 + {layer('3^2*', 'C_in', 'n_3')} + {layer('5^2*', 'C_in', 'n_5')} + params_pool", ("without the reductions", "不做 1 × 1 降维时的参数量"), is_=WHOLE)
    work.step("saving", "plain - total", ("parameters saved by the reductions", "1 × 1 降维节省的参数量"))


@calculator(
    "conv1x1_layer",
    ("1 × 1 convolution: shape, parameters, multiplications", "1 × 1 卷积：形状、参数量与乘法次数"),
    chapter="cnn",
    example={"H": 14, "W": 12, "C_in": 8, "C_out": 5},
)
def conv1x1_layer(work: Work) -> None:
    """Counts of a 1 x 1 convolution on an H x W x C_in map: only the channels change (Lin et al. 2013, arXiv:1312.4400)."""
    work.given("H", ("input height", "输入高度"), is_=WHOLE)
    work.given("W", ("input width", "输入宽度"), is_=WHOLE, default="H")
    work.given("C_in", ("input channels", "输入通道数"), is_=WHOLE)
    work.given("C_out", ("number of filters", "卷积核个数"), is_=WHOLE, aliases=["filters"])
    write_conv1x1_counts(work, "H", "W", "C_in", "C_out", ask_bias(work, "with"))


def write_conv1x1_counts(work: Work, height: str, width: str, before: str, after: str, bias: bool) -> None:
    """Shape, parameters and multiplications; the sizes are formulas."""
    work.step("shape", f"shape({height}, {width}, {after})", ("output shape: height × width × channels", "输出形状（高 × 宽 × 通道）"), ("a 1 × 1 kernel fits at every pixel, so only the channels change", "1 × 1 卷积核在每个像素都能放下，只改变通道数"))
    work.mistake("spatial_change", f"shape({height} - 1, {width} - 1, {after})", "height and width are made smaller; a 1 × 1 kernel loses no border.", "把高和宽变小了；1 × 1 卷积核不损失边缘。")
    work.mistake("channels_kept", f"shape({height}, {width}, {before})", "the channels are kept; there are as many as filters.", "沿用了输入通道数；输出通道数等于卷积核个数。")
    work.step("weights", f"{before}*{after}", ("weights", "权重数"), ("each filter has one weight for each input channel", "每个卷积核对每个输入通道有一个权重"), is_=WHOLE)
    work.mistake("no_c_in", after, "each filter is given a single weight; it has one for each input channel.", "每个卷积核只算了一个权重；对每个输入通道各有一个。")
    work.step("parameters", f"weights + {after}" if bias else "weights", ("parameters", "参数量"), is_=WHOLE)
    if bias:
        work.mistake("forgot_bias", "weights", *FORGOT_BIAS, kind="slip")
        work.mistake("bias_per_input_channel", f"weights + {before}", "the biases are counted for the input channels; they belong to the output channels.", "偏置按输入通道计数；偏置属于输出通道。")
    work.step("multiplications", f"{height}*{width}*weights", ("multiplications", "乘法次数"), ("all weights are used at every pixel", "每个像素都要用到全部权重"), is_=WHOLE)
    work.mistake("one_pixel", "weights", "the multiplications of one pixel are counted; they are done at every pixel.", "只算了一个像素的乘法；每个像素都要做一遍。")
