"""Convolution layers: output size and shape, and the number of parameters. Pooling and other sizes are in ``cnn_sizes``."""

from __future__ import annotations

from .cnn_sliding import AXES, Sliding, give_image, write_sizes
from .cnn_words import FORGOT_BIAS, NATURAL, WHOLE, ask_bias, ask_layout, ask_rounding, shape_call
from .work import Work, calculator


@calculator(
    "conv_output",
    ("Convolution: output size, shape and parameters", "卷积：输出尺寸、形状与参数量"),
    chapter="cnn",
    rows=("conv_output_size", "conv_output_shape"),
    example={"H": 33, "W": 30, "C_in": 3, "K": 4, "P": 1, "S": 2, "C_out": 16},
)
def conv_output(work: Work) -> None:
    """Output of a 2-D convolution on an H x W x C_in input: sizes in pixels; with C_out also the shape and the number of parameters.

    Dilation D spreads the kernel over D*(K - 1) + 1 pixels (Dumoulin and Visin, arXiv:1603.07285, section 5.1).
    """
    give_image(work)
    padding, stride = give_square_kernel(work)
    rounding = ask_rounding(work)
    window = Sliding(write_effective_kernel(work), padding, stride, rounding)
    for axis in AXES:
        write_sizes(work, axis, window)
    if work.offered("C_out") or work.offered("filters"):
        write_output_shape(work, ask_layout(work))
        write_conv_params(work, "K^2", ask_bias(work, "with"), sizes=True)


def give_square_kernel(work: Work) -> tuple[str, str]:
    """Declares kernel, padding, stride, dilation and filters, and returns the formulas of padding and stride."""
    work.given("K", ("kernel size", "卷积核边长"), is_=WHOLE)
    padding = "P" if work.optional("P", ("padding on each side", "每侧填充"), is_=NATURAL) else "0"
    stride = "S" if work.optional("S", ("stride", "步幅"), is_=WHOLE) else "1"
    work.given("D", ("dilation", "膨胀率"), is_=WHOLE, default="1")
    work.given("C_out", ("number of filters", "卷积核个数"), is_=WHOLE, default="1", aliases=["filters"])
    return padding, stride


def write_effective_kernel(work: Work) -> str:
    """The extent of the kernel: its own size, or a step of its own when it is dilated."""
    if work.structure("D") == 1:
        return "K"
    work.step(
        "K_eff", "D*(K - 1) + 1", ("extent of the dilated kernel", "膨胀后的卷积核边长"),
        ("`D - 1` pixels lie between neighbouring weights", "相邻两个权重之间隔开 `D - 1` 个像素"), is_=WHOLE,
    )  # fmt: skip
    work.mistake("dilation_times_kernel", "D*K", "the whole kernel is multiplied by the dilation; only its `K - 1` gaps are.", "把整个卷积核乘以了膨胀率；只有 `K - 1` 个间隔被拉开。")
    work.mistake("dilation_ignored", "K", "the dilation is left out; it spreads the kernel over more pixels.", "没有计入膨胀率；膨胀使卷积核覆盖更多像素。")
    return "K_eff"


def write_output_shape(work: Work, layout: str) -> None:
    """One filter, the number of kernels, the channels, the output shape and the number of output values."""
    counting = work.option(
        "kernel_count",
        ("what is called a kernel", "“卷积核”指什么"),
        {
            "filters": ("A kernel spans all input channels, so there is one for each output channel.", "一个卷积核覆盖全部输入通道，每个输出通道对应一个。"),
            "slices": ("A kernel is a two-dimensional slice, one for each pair of input and output channel.", "一个卷积核指一个二维切片，每对输入、输出通道各有一个。"),
        },
        default="filters",
    )
    work.step(
        "filter_shape", shape_call(layout, "K", "K", "C_in"), ("shape of one filter", "单个卷积核的形状"),
        ("each filter spans all input channels", "每个卷积核覆盖全部输入通道"),
    )  # fmt: skip
    work.mistake("flat_filter", shape_call(layout, "K", "K", "1"), "the filter is taken as flat; it spans all input channels.", "把卷积核当成了单通道的；它覆盖全部输入通道。")
    work.mistake("filter_depth_c_out", shape_call(layout, "K", "K", "C_out"), "the filter is given the depth of the output; its depth is that of the input.", "把卷积核深度取成了输出通道数；其深度应等于输入通道数。")
    work.step("kernels", "C_out" if counting == "filters" else "C_in*C_out", ("number of kernels", "卷积核总数"))
    work.step("channels", "C_out", ("output channels", "输出通道数"), ("each filter makes one output channel", "每个卷积核产生一个输出通道"), is_=WHOLE)
    work.mistake("kept_c_in", "C_in", "the channels of the input are kept; each filter makes one output channel.", "沿用了输入通道数；输出通道数等于卷积核个数。")
    work.mistake("c_in_times_c_out", "C_in*C_out", "the channels are multiplied; a filter adds up over its input channels and makes one map.", "把通道数相乘了；每个卷积核对输入通道求和，只得到一张特征图。")
    work.step("shape", shape_call(layout, "H_out", "W_out", "channels"), ("output shape", "输出形状"))
    work.step("values", "H_out*W_out*channels", ("number of output values", "输出值的个数"), is_=WHOLE)
    work.mistake("one_map", "H_out*W_out", "one map is counted; there is one for each output channel.", "只数了一张特征图；每个输出通道各有一张。")


def write_conv_params(work: Work, area: str, bias: bool, *, sizes: bool = False) -> None:
    """Weights of one filter, all weights, biases and their sum; ``sizes`` says that ``H_out`` and ``W_out`` are known."""
    side = area.removesuffix("^2") if area.endswith("^2") else "K[1]"
    work.step(
        "weights_per_filter", f"{area}*C_in", ("weights of one filter", "单个卷积核的权重数"),
        ("each filter spans all input channels", "每个卷积核覆盖全部输入通道"), is_=WHOLE,
    )  # fmt: skip
    work.mistake("forgot_c_in", area, "the input channels are left out; each filter spans all of them.", "漏了输入通道数；每个卷积核覆盖全部输入通道。")
    work.mistake("k_not_squared", f"{side}*C_in", "only one side of the kernel is counted; each slice has height times width weights.", "只算了卷积核的一条边；每个切片有 高 × 宽 个权重。")
    work.step("weights", "weights_per_filter*C_out", ("all weights", "权重总数"), ("one filter for each output channel", "每个输出通道对应一个卷积核"), is_=WHOLE)
    work.mistake("one_filter", "weights_per_filter", "the weights of one filter are counted; there are as many filters as output channels.", "只数了一个卷积核；卷积核个数等于输出通道数。")
    if bias:
        work.step("biases", "C_out", ("biases", "偏置数"), ("one bias for each output channel", "每个输出通道一个偏置"), is_=NATURAL)
        work.mistake("bias_per_slice", "C_in*C_out", "a bias is counted for every two-dimensional slice; there is one for each output channel.", "给每个二维切片都算了偏置；每个输出通道只有一个偏置。")
        work.mistake("bias_per_input_channel", "C_in", "a bias is counted for every input channel; it belongs to the output channels.", "偏置按输入通道计数；偏置属于输出通道。")
        work.step("total", "weights + biases", ("all parameters", "参数总数"), is_=WHOLE)
        work.mistake("forgot_bias", "weights", *FORGOT_BIAS, kind="slip")
        work.mistake(
            "bracket", "weights_per_filter + C_out", "the weights of one filter are not multiplied by the number of filters; add the 1 to them first, then multiply.",
            "单个卷积核的权重没有乘以卷积核个数；应先加 1，再乘 `C_out`。", kind="slip",
        )  # fmt: skip
    else:
        work.step("biases", "0", ("biases", "偏置数"), is_=NATURAL)
        work.step("total", "weights", ("all parameters", "参数总数"), is_=WHOLE)
        work.mistake("added_bias", "weights + C_out", "biases are added although the layer has none.", "该层没有偏置，却加上了偏置。", kind="slip")
    if sizes:
        work.mistake(
            "times_output_map", f"{'(weights + biases)' if bias else 'weights'}*H_out*W_out",
            "the count is multiplied by the size of the map; all positions share the same weights.",
            "又乘了特征图的大小；各位置共享同一组权重，参数量与尺寸无关。",
        )  # fmt: skip


@calculator(
    "conv_params",
    ("Parameters of a convolution layer", "卷积层的参数量"),
    chapter="cnn",
    rows=("conv_params",),
    example={"K": 5, "C_in": 3, "C_out": 6, "H_out": 28, "W_out": 24},
)
def conv_params(work: Work) -> None:
    """Weights and biases of a K x K convolution from C_in to C_out channels; K may be a pair (height, width) (Goodfellow et al. 2016, ch. 9).

    The size of the output does not matter; it may be given because people multiply by it by mistake.
    """
    work.given("K", ("kernel size", "卷积核边长"), is_=WHOLE, shape=None)
    work.given("C_in", ("input channels", "输入通道数"), is_=WHOLE)
    work.given("C_out", ("number of filters", "卷积核个数"), is_=WHOLE, aliases=["filters"])
    outputs = (("H_out", ("output height", "输出高度")), ("W_out", ("output width", "输出宽度")))
    sized = [work.optional(name, label, is_=WHOLE) for name, label in outputs]
    area = "K^2" if work.shape("K") == () else "K[1]*K[2]"
    bias = ask_bias(work, "with")
    filter_shape = "shape(K, K, C_in)" if area == "K^2" else "shape(K[1], K[2], C_in)"
    work.step("filter_shape", filter_shape, ("shape of one filter: height × width × channels", "单个卷积核的形状（高 × 宽 × 通道）"))
    write_conv_params(work, area, bias, sizes=all(sized))
