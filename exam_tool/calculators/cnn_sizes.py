"""Output sizes beyond the square convolution: a pair for each direction, SAME padding, pooling, transposed convolution."""

from __future__ import annotations

from .cnn_sliding import AXES, OUTPUT, Axis, Sliding, give_image, write_sizes
from .cnn_words import NATURAL, NO_PLUS_ONE, POOL_ROUNDING, SINGLE_PADDING, WHOLE, ask_layout, ask_rounding, shape_call
from .work import Work, calculator


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
    work.mistake("swapped", "shape(W_out, H_out)", "height and width are exchanged; the height comes first.", "高和宽写反了；应先写高。", kind="slip")


def _write_pair_sizes(work: Work, axis: Axis, i: int, j: int, rounding: str, sides: str) -> None:
    room, moves, size = axis("room"), axis("moves"), axis.size
    work.step(room, f"{size} + {sides}P[{i}] - K[{i}]", axis.label("room to move", "可移动的距离"), is_=NATURAL)
    work.mistake("kernel_of_other_axis", f"{size} + {sides}P[{3 - i}] - K[{3 - i}]", "kernel and padding of the other direction are used; each direction has its own.", "用了另一个方向的卷积核与填充；每个方向各用自己的。", kind="slip")
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
    strided = work.optional("S", ("stride", "步幅"), is_=WHOLE)
    work.step("lost", "K - 1", ("pixels lost without padding", "不填充时损失的像素数"), ("without padding the output height is `H - K + 1`", "不填充时输出高度为 `H - K + 1`"), is_=NATURAL)
    work.mistake("lost_k", "K", "the kernel is taken to cost its whole size; one position always fits, so `K - 1` pixels are lost.", "认为损失了整个核长；起始位置总能放下，只损失 `K - 1` 个像素。")
    work.step("P", "lost / 2", ("padding on each side", "每侧填充"), ("half of the loss is made up on each side", "损失由两侧各补一半"), is_="integer, >= 0")
    work.mistake("k_half", "K / 2", "half the kernel size is taken; half of `K - 1` is needed.", "取了核长的一半；应取 `K - 1` 的一半。")
    work.mistake("k_minus_one", "K - 1", "the padding of both sides together is given; each side gets half of it.", "给出了两侧合计的填充；每侧各占一半。")
    work.step("room_h", "H + 2*P - K", ("room to move", "可移动的距离"), is_=NATURAL)
    work.mistake("single_padding", "H + P - K", *SINGLE_PADDING)
    moves = "floor(room_h / S)" if strided else "room_h"
    work.step("H_out", f"{moves} + 1", ("output height", "输出高度"), ("positions = moves + 1", "位置数 = 移动次数 + 1"), is_=WHOLE)
    work.mistake("no_plus_one", moves, *NO_PLUS_ONE)


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
    work.mistake("channels_changed", "C / S", "the number of channels is reduced too; pooling shrinks height and width only.", "把通道数也缩小了；池化只缩小高和宽。")
    work.step("shape", shape_call(layout, "H_out", "W_out", "channels"), ("output shape", "输出形状"))
    work.step("parameters", "0", ("parameters", "参数量"), ("a maximum or a mean has nothing to learn", "取最大值或平均值没有可学习的量"), is_=NATURAL)
    work.mistake("has_params", "k^2*C", "the window is given weights; pooling learns nothing.", "给池化窗口算了权重；池化没有可学习参数。")


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
    work.step("reach", "(H - 1)*S", ("distance between first and last position", "首末两个位置之间的距离"), ("neighbouring inputs lie `S` outputs apart, and there are `H - 1` gaps", "相邻输入在输出上相距 `S`，共有 `H - 1` 个间隔"), is_=NATURAL)
    work.mistake("no_minus_one", "H*S", "the number of inputs is multiplied by the stride; there are only `H - 1` gaps between them.", "用输入个数乘步幅；其间只有 `H - 1` 个间隔。")
    work.step("full", f"reach + {extent}", ("size before cropping", "裁剪前的尺寸"), ("the last kernel reaches its own size further", "最后一个卷积核再向外延伸一个核长"), is_=WHOLE)
    work.mistake("minus_kernel", f"reach - {'(' + extent + ')' if dilated else extent}", "the kernel is subtracted as in an ordinary convolution; here it is added.", "像普通卷积那样减去了卷积核；这里应加上。")
    if dilated:
        work.mistake("dilation_ignored", "reach + K", "the dilation is left out; it spreads the kernel over more pixels.", "没有计入膨胀率；膨胀使卷积核覆盖更多像素。")
    why = ("padding is cut off on both sides, output padding is added on one", "两侧裁去填充，一侧加上输出填充") if extra else ("padding is cut off on both sides", "两侧都裁去填充")
    work.step("H_out", "full - 2*P + O" if extra else "full - 2*P", ("output height", "输出高度"), why, is_=WHOLE)
    work.mistake("padding_added", "full + 2*P + O" if extra else "full + 2*P", "the padding is added; a transposed convolution cuts it off.", "加上了填充；转置卷积应裁去填充。")
    work.mistake("single_padding", "full - P + O" if extra else "full - P", "padding is cut off on one side only; it is cut off on both, `2*P`.", "只裁去了一侧的填充；两侧都要裁，共 `2*P`。")
    if extra:
        work.mistake("output_padding_ignored", "full - 2*P", "the output padding is left out; it is added on one side.", "没有加上输出填充；应在一侧加上。")
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
        {"end": ("If the number of padding rows is odd, the extra row goes below the map.", "填充总行数为奇数时，多出的一行填在下方。"), "start": ("If the number of padding rows is odd, the extra row goes above the map.", "填充总行数为奇数时，多出的一行填在上方。")},
        default="end",
    )  # fmt: skip
    work.step("H_out", "ceil(H / S)", ("output height", "输出高度"), ("SAME gives one output for every stride begun", "每开始一个步幅就有一个输出"), is_=WHOLE)
    work.mistake("floor", "floor(H / S)", "the size is rounded down; SAME padding rounds up.", "向下取整了；SAME 填充应向上取整。")
    work.mistake("valid", "floor((H - K) / S) + 1", "the formula without padding is used; SAME padding gives the input height divided by the stride, rounded up.", "用了不填充时的公式；SAME 填充的输出为输入高度除以步幅后向上取整。")
    work.step("needed", "(H_out - 1)*S + K", ("input the kernel positions cover", "各位置覆盖的输入长度"), ("from the first to the last position, and the kernel itself", "从首位置到末位置，再加卷积核自身"), is_=WHOLE)
    work.mistake("no_minus_one", "H_out*S + K", "the number of positions is multiplied by the stride; there are `H_out - 1` moves.", "用位置数乘了步幅；移动次数是 `H_out - 1`。")
    work.step("pad_total", "max(needed - H, 0)", ("padding in all", "填充总数"), ("what the positions cover beyond the input, never less than 0", "各位置覆盖的长度超出输入的部分，不小于 0"), is_=NATURAL)
    first, second = ("floor", "ceil") if side == "end" else ("ceil", "floor")
    why = ("half of the padding; an extra row goes below", "填充的一半；多出的一行填在下方") if side == "end" else ("half of the padding and the extra row", "填充的一半，再加多出的一行")
    work.step("pad_top", f"{first}(pad_total / 2)", ("padding above", "上方填充"), why, is_=NATURAL)
    work.mistake("all_above", "pad_total", "all the padding is put above; it is shared between above and below.", "把填充全放在了上方；应分到上下两侧。")
    work.step("pad_bottom", f"{second}(pad_total / 2)", ("padding below", "下方填充"), is_=NATURAL)
