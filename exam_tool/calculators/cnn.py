"""Output sizes and shapes of convolution and pooling, and the parameters of one convolution layer.

Source of the size formulas: Dumoulin and Visin, A guide to convolution arithmetic for deep learning, arXiv:1603.07285.
"""

from __future__ import annotations

from dataclasses import dataclass

from .cnn_words import (
    FORGOT_BIAS,
    NATURAL,
    NO_PLUS_ONE,
    POOL_ROUNDING,
    SINGLE_PADDING,
    WHOLE,
    ask_bias,
    ask_layout,
    ask_rounding,
    shape_call,
)
from .work import Pair, Work, calculator


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction in which a kernel moves: its letter, the name of its size, and its names in both languages."""

    letter: str
    size: str
    en: str
    zh: str

    def __call__(self, name: str) -> str:
        """The name of a quantity of this axis."""
        return f"{name}_{self.letter}"

    def label(self, en: str, zh: str) -> Pair:
        return f"{en}, {self.en}", f"{zh}（{self.zh}）"


HEIGHT = Axis("h", "H", "height", "高度方向")
WIDTH = Axis("w", "W", "width", "宽度方向")
AXES = (HEIGHT, WIDTH)
OUTPUT: dict[str, Pair] = {"H": ("output height", "输出高度"), "W": ("output width", "输出宽度")}


def give_image(work: Work, channels: str | None = "C_in") -> None:
    """Declares height, width (the same unless given) and, where they matter, the channels of the input."""
    work.given("H", ("input height", "输入高度"), is_=WHOLE)
    work.given("W", ("input width", "输入宽度"), is_=WHOLE, default="H")
    if channels:
        work.given(channels, ("input channels", "输入通道数"), is_=WHOLE, default="1")


@dataclass(frozen=True, slots=True)
class Sliding:
    """How a window moves along one axis: formulas for its extent, the padding on each side ("0" for none) and the stride."""

    kernel: str
    padding: str
    stride: str
    rounding: str = "floor"
    is_pooling: bool = False

    @property
    def padded(self) -> bool:
        return self.padding != "0"

    def room(self, size: str, sides: str = "2*") -> str:
        return f"{size} + {sides}{self.padding} - {self.kernel}" if self.padded else f"{size} - {self.kernel}"


def write_sizes(work: Work, axis: Axis, window: Sliding) -> None:
    """The steps from input to output size: room to move, division by the stride and whole moves (if there is a stride), positions."""
    size, room, moves = axis.size, axis("room"), axis("moves")
    why = ("padding is added on both sides; the kernel takes up its own size", "填充加在两侧，卷积核自身占去一段")
    if not window.padded:
        why = ("the kernel takes up its own size", "卷积核自身占去一段")
    work.step(room, window.room(size), axis.label("room to move", "可移动的距离"), why, is_=NATURAL)
    if window.padded:
        work.mistake("single_padding", window.room(size, ""), *SINGLE_PADDING)
        work.mistake("no_padding", f"{size} - {window.kernel}", "the padding is left out; it enlarges the input on both sides.", "没有计入填充；填充使输入在两侧变大。")
    if window.stride == "1":
        moves = room
    else:
        _write_moves(work, axis, window)
    work.step(f"{size}_out", f"{moves} + 1", OUTPUT[size], ("positions = moves + 1", "位置数 = 移动次数 + 1"), is_=WHOLE)
    work.mistake("no_plus_one", moves, *NO_PLUS_ONE)
    if window.stride != "1" and not window.is_pooling and window.rounding == "floor":
        _write_shortcuts(work, axis, window)


def _write_moves(work: Work, axis: Axis, window: Sliding) -> None:
    """Division by the stride and whole moves.

    Rounded up, a last window that would start beyond the input and its first padding is dropped (PyTorch, ``ceil_mode``).
    """
    room, quotient, moves = axis("room"), axis("quotient"), axis("moves")
    work.step(
        quotient, f"{room} / {window.stride}", axis.label("room divided by the stride", "可移动距离除以步幅"),
        ("each move covers one stride", "每移动一次前进一个步幅"), is_=NATURAL if window.rounding == "exact" else ">= 0",
    )  # fmt: skip
    work.mistake("stride_ignored", room, "the stride is left out; the room to move is divided by it.", "没有除以步幅；可移动的距离要除以步幅。")
    label = axis.label("whole moves", "完整的移动次数")
    match window.rounding:
        case "exact":
            work.step(moves, quotient, label, ("the kernel fits exactly, so nothing is rounded", "恰好整除，无需取整"), is_=NATURAL)
        case "ceil":
            reach = f"({axis.size} + {window.padding} - 1)" if window.padded else f"({axis.size} - 1)"
            why = ("a partial last window counts if it starts inside the input", "最后不完整的窗口只要起点在输入之内也算")
            work.step(moves, f"min(ceil({quotient}), floor({reach} / {window.stride}))", label, why, is_=NATURAL)
        case _:
            work.step(moves, f"floor({quotient})", label, ("a last partial move is dropped", "最后不足一步的移动舍去"), is_=NATURAL)
            if not window.is_pooling:  # for pooling, rounding up is a convention
                work.mistake("ceil", f"ceil({quotient})", "the quotient is rounded up; a last partial step is dropped, so round down.", "向上取整了；最后不足一步要舍去，应向下取整。")


def _write_shortcuts(work: Work, axis: Axis, window: Sliding) -> None:
    """Wrong formulas for the whole size, in which the parts come in another order."""
    size, stride = axis.size, window.stride
    work.mistake(
        "plus_one_inside", f"floor(({axis('room')} + 1) / {stride})",
        "the 1 is added before dividing by the stride; it comes last, after rounding.",
        "在除以步幅之前就加了 1；加 1 应放在取整之后。", kind="slip",
    )  # fmt: skip
    work.mistake(
        "divide_first", window.room(f"floor({size} / {stride})") + " + 1",
        "only the input size is divided by the stride; the whole numerator is.",
        "只把输入尺寸除以步幅；应当用整个分子去除。",
    )  # fmt: skip
    work.mistake(
        "size_over_stride", f"floor({size} / {stride})",
        "the input size is simply divided by the stride; kernel and padding count too.",
        "直接用输入尺寸除以步幅；卷积核与填充也要计入。",
    )  # fmt: skip


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
        ("D - 1 pixels lie between neighbouring taps", "相邻两个权重之间隔开 D - 1 个像素"), is_=WHOLE,
    )  # fmt: skip
    work.mistake("dilation_times_kernel", "D*K", "the whole kernel is multiplied by the dilation; only its K - 1 gaps are.", "把整个卷积核乘以膨胀率；只有 K - 1 个间隔被拉开。")
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
    work.mistake("flat_filter", shape_call(layout, "K", "K", "1"), "a filter is taken as flat; it spans all input channels.", "把卷积核当成单层；它覆盖全部输入通道。")
    work.mistake("filter_depth_c_out", shape_call(layout, "K", "K", "C_out"), "a filter is given the depth of the output; its depth is that of the input.", "把卷积核深度取成输出通道数；其深度应等于输入通道数。")
    work.step("kernels", "C_out" if counting == "filters" else "C_in*C_out", ("number of kernels", "卷积核总数"))
    work.step("channels", "C_out", ("output channels", "输出通道数"), ("each filter makes one output channel", "每个卷积核产生一个输出通道"), is_=WHOLE)
    work.mistake("kept_c_in", "C_in", "the channels of the input are kept; each filter makes one output channel.", "沿用了输入通道数；输出通道数等于卷积核个数。")
    work.mistake("c_in_times_c_out", "C_in*C_out", "the channels are multiplied; a filter adds up over its input channels and makes one map.", "把通道数相乘了；每个卷积核对输入通道求和，只得到一张特征图。")
    work.step("shape", shape_call(layout, "H_out", "W_out", "channels"), ("output shape", "输出形状"))
    work.step("values", "H_out*W_out*channels", ("number of output values", "输出值的个数"), is_=WHOLE)
    work.mistake("one_map", "H_out*W_out", "one map is counted; there is one for each output channel.", "只数了一张特征图；每个输出通道各有一张。")


def write_conv_params(work: Work, area: str, bias: bool, *, sizes: bool = False) -> None:
    """Weights of one filter, all weights, biases and their sum; ``sizes`` says that ``H_out`` and ``W_out`` are steps."""
    side = area.removesuffix("^2") if area.endswith("^2") else "K[1]"
    work.step(
        "weights_per_filter", f"{area}*C_in", ("weights of one filter", "单个卷积核的权重数"),
        ("each filter spans all input channels", "每个卷积核覆盖全部输入通道"), is_=WHOLE,
    )  # fmt: skip
    work.mistake("forgot_c_in", area, "the input channels are left out; each filter spans all of them.", "漏了输入通道数；每个卷积核覆盖全部输入通道。")
    work.mistake("k_not_squared", f"{side}*C_in", "only one side of the kernel is counted; a kernel has height times width weights.", "只算了卷积核的一条边；每个切片有 高 × 宽 个权重。")
    work.step("weights", "weights_per_filter*C_out", ("all weights", "权重总数"), ("one filter for each output channel", "每个输出通道对应一个卷积核"), is_=WHOLE)
    work.mistake("one_filter", "weights_per_filter", "the weights of one filter are counted; there are as many filters as output channels.", "只数了一个卷积核；卷积核个数等于输出通道数。")
    if bias:
        work.step("biases", "C_out", ("biases", "偏置数"), ("one bias for each output channel", "每个输出通道一个偏置"), is_=NATURAL)
        work.mistake("bias_per_slice", "C_in*C_out", "a bias is counted for every two-dimensional slice; there is one for each output channel.", "给每个二维切片都算了偏置；每个输出通道只有一个偏置。")
        work.mistake("bias_per_input_channel", "C_in", "a bias is counted for every input channel; it belongs to the output channels.", "偏置按输入通道计数；偏置属于输出通道。")
        work.step("total", "weights + biases", ("all parameters", "参数总数"), is_=WHOLE)
        work.mistake("forgot_bias", "weights", *FORGOT_BIAS, kind="slip")
        work.mistake(
            "bracket", "weights_per_filter + C_out", "the weights of one filter are not multiplied by the number of filters: the 1 stays inside the bracket.",
            "单个卷积核的权重没有乘以卷积核个数：应先在括号里加 1，再乘 C_out。", kind="slip",
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
    example={"K": 5, "C_in": 3, "C_out": 6},
)
def conv_params(work: Work) -> None:
    """Weights and biases of a K x K convolution from C_in to C_out channels; K may be a pair (height, width) (Goodfellow et al. 2016, ch. 9)."""
    work.given("K", ("kernel size", "卷积核边长"), is_=WHOLE, shape=None)
    work.given("C_in", ("input channels", "输入通道数"), is_=WHOLE)
    work.given("C_out", ("number of filters", "卷积核个数"), is_=WHOLE, aliases=["filters"])
    area = "K^2" if work.shape("K") == () else "K[1]*K[2]"
    bias = ask_bias(work, "with")
    filter_shape = "shape(K, K, C_in)" if area == "K^2" else "shape(K[1], K[2], C_in)"
    work.step("filter_shape", filter_shape, ("shape of one filter: height × width × channels", "单个卷积核的形状（高 × 宽 × 通道）"))
    write_conv_params(work, area, bias)


@calculator(
    "conv_output_pairs",
    ("Convolution: output size with a kernel, padding and stride for each direction", "卷积：两个方向各有核长、填充与步幅时的输出尺寸"),
    chapter="cnn",
    example={"H": 31, "W": 40, "K": [3, 6], "P": [1, 2], "S": [2, 3]},
)
def conv_output_pairs(work: Work) -> None:
    """Output height and width when kernel, padding and stride are pairs; sizes in pixels.

    Kernel and padding are (rows, columns). The stride is too in PyTorch, while some courses write (horizontal, vertical).
    """
    give_image(work, channels=None)
    work.given("K", ("kernel size (height, width)", "卷积核尺寸（高，宽）"), is_=WHOLE, shape="2")
    work.given("P", ("padding (height, width)", "填充（高，宽）"), is_=NATURAL, shape="2", default="[0, 0]")
    work.given("S", ("stride", "步幅"), is_=WHOLE, shape="2", default="[1, 1]")
    rounding = ask_rounding(work)
    order = work.option(
        "stride_order",
        ("order of the two strides", "两个步幅的书写顺序"),
        {
            "vertical_horizontal": ("Strides are written (vertical, horizontal).", "步幅按（竖直，水平）书写。"),
            "horizontal_vertical": ("Strides are written (horizontal, vertical).", "步幅按（水平，竖直）书写。"),
        },
        default="vertical_horizontal",
    )
    padding = work.option(
        "padding",
        ("what the padding counts", "填充的含义"),
        {
            "each_side": ("Padding is added on each of the two sides.", "填充值是每一侧各加的数目。"),
            "total": ("Padding is the total of both sides.", "填充值是两侧合计的数目。"),
        },
        default="each_side",
    )
    for i, axis in enumerate(AXES, 1):
        j = i if order == "vertical_horizontal" else 3 - i
        _write_pair_sizes(work, axis, i, j, rounding, "2*" if padding == "each_side" else "")
    work.step("shape", "shape(H_out, W_out)", ("output size: height × width", "输出尺寸（高 × 宽）"))
    work.mistake("swapped", "shape(W_out, H_out)", "height and width are exchanged.", "高和宽写反了。", kind="slip")


def _write_pair_sizes(work: Work, axis: Axis, i: int, j: int, rounding: str, sides: str) -> None:
    room, moves, size = axis("room"), axis("moves"), axis.size
    work.step(room, f"{size} + {sides}P[{i}] - K[{i}]", axis.label("room to move", "可移动的距离"), is_=NATURAL)
    work.mistake("kernel_of_other_axis", f"{size} + {sides}P[{3 - i}] - K[{3 - i}]", "kernel and padding of the other direction are used.", "用了另一个方向的卷积核与填充。", kind="slip")
    work.step(moves, f"{room} / S[{j}]" if rounding == "exact" else f"floor({room} / S[{j}])", axis.label("whole moves", "完整的移动次数"), is_=NATURAL)
    work.step(f"{size}_out", f"{moves} + 1", OUTPUT[size], ("positions = moves + 1", "位置数 = 移动次数 + 1"), is_=WHOLE)
    work.mistake("no_plus_one", moves, *NO_PLUS_ONE)


@calculator(
    "same_padding",
    ("Padding that keeps the size", "保持尺寸的填充"),
    chapter="cnn",
    rows=("same_padding",),
    example={"H": 32, "K": 5},
)
def same_padding(work: Work) -> None:
    """The padding on each side that makes a stride-1 convolution with an odd kernel keep its size, and the check (arXiv:1603.07285, section 2.3)."""
    work.given("H", ("input height", "输入高度"), is_=WHOLE)
    work.given("K", ("odd kernel size", "卷积核边长（奇数）"), is_=WHOLE)
    work.given("S", ("stride", "步幅"), is_=WHOLE, default="1")
    work.step("lost", "K - 1", ("pixels lost without padding", "不填充时损失的像素数"), ("H - K + 1 is K - 1 less than H", "H - K + 1 比 H 少 K - 1"), is_=NATURAL)
    work.mistake("lost_k", "K", "the kernel is taken to cost its whole size; one position always fits, so K - 1 pixels are lost.", "认为损失了整个核长；起始位置总能放下，只损失 K - 1 个像素。")
    work.step("P", "lost / 2", ("padding on each side", "每侧填充"), ("the loss is made up on both sides alike", "两侧平分补上损失"), is_="integer, >= 0")
    work.mistake("k_half", "K / 2", "half the kernel size is taken; half of K - 1 is needed.", "取了核长的一半；应取 K - 1 的一半。")
    work.mistake("k_minus_one", "K - 1", "the padding of both sides together is given as that of one side.", "把两侧合计的填充当成了每侧的填充。")
    work.step("room_h", "H + 2*P - K", ("room to move", "可移动的距离"), is_=NATURAL)
    work.mistake("single_padding", "H + P - K", *SINGLE_PADDING)
    work.step("H_out", "floor(room_h / S) + 1", ("output height", "输出高度"), ("positions = moves + 1", "位置数 = 移动次数 + 1"), is_=WHOLE)
    work.mistake("no_plus_one", "floor(room_h / S)", *NO_PLUS_ONE)


@calculator(
    "pooling_output_size",
    ("Pooling: output shape", "池化：输出形状"),
    chapter="cnn",
    rows=("pooling_output_size",),
    example={"H": 33, "W": 29, "C": 16, "k": 3, "S": 2},
)
def pooling_output_size(work: Work) -> None:
    """Output of k x k pooling on an H x W x C map: sizes in pixels; the channels stay and nothing is learned (Goodfellow et al. 2016, ch. 9.3)."""
    give_image(work, channels=None)
    work.given("C", ("channels", "通道数"), is_=WHOLE, default="1")
    work.given("k", ("window size", "池化窗口边长"), is_=WHOLE, aliases=["K"])
    work.given("S", ("stride", "步幅"), is_=WHOLE, default="k")
    padding = "P" if work.optional("P", ("padding on each side", "每侧填充"), is_=NATURAL) else "0"
    rounding, layout = ask_rounding(work, POOL_ROUNDING), ask_layout(work)
    for axis in AXES:
        write_sizes(work, axis, Sliding("k", padding, "S", rounding, is_pooling=True))
    work.step("channels", "C", ("output channels", "输出通道数"), ("each channel is pooled by itself", "每个通道各自池化"), is_=WHOLE)
    work.mistake("channels_changed", "C / S", "the channels are made fewer too; pooling shrinks height and width only.", "把通道数也缩小了；池化只缩小高和宽。")
    work.step("shape", shape_call(layout, "H_out", "W_out", "channels"), ("output shape", "输出形状"))
    work.step("parameters", "0", ("parameters", "参数量"), ("a maximum or a mean has nothing to learn", "取最大值或平均值没有可学习的量"), is_=NATURAL)
    work.mistake("has_params", "k^2*C", "the window is given weights; pooling learns nothing.", "给池化窗口算了权重；池化没有可学习参数。")

