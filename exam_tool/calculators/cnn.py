"""Convolution and pooling: sizes, shapes and parameter counts. Source of the formulas: Dumoulin and Visin, arXiv:1603.07285."""

from __future__ import annotations

from .work import Work, calculator

WITH_BIAS = {
    "with": ("Biases are included.", "计入偏置。"),
    "without": ("There are no biases.", "不含偏置。"),
}


@calculator(
    "conv_output",
    ("Convolution: output size, shape and parameters", "卷积：输出尺寸、形状与参数量"),
    chapter="cnn",
    rows={"conv_output_size": {}, "conv_output_shape": {}, "conv_params": {}},
    example={"H": 32, "W": 32, "C_in": 3, "K": 3, "P": 1, "S": 2, "C_out": 16},
)
def conv_output(work: Work) -> None:
    """Output of a 2-D convolution on an H x W x C_in input: sizes in pixels, shape as H x W x C."""
    work.given("H", ("input height", "输入高度"), is_="integer, >= 1")
    work.given("W", ("input width", "输入宽度"), is_="integer, >= 1", default="H")
    work.given("C_in", ("input channels", "输入通道数"), is_="integer, >= 1", default="1")
    work.given("K", ("kernel size", "卷积核边长"), is_="integer, >= 1")
    work.given("P", ("padding on each side", "每侧填充"), is_="integer, >= 0", default="0")
    work.given("S", ("stride", "步幅"), is_="integer, >= 1", default="1")
    work.given("C_out", ("number of filters", "卷积核个数"), is_="integer, >= 1", default="1", aliases=["filters"])
    rounding = work.option(
        "rounding",
        ("sizes that do not come out even", "除不尽时的取整"),
        {"floor": ("Sizes are rounded down.", "尺寸向下取整。"), "ceil": ("Sizes are rounded up.", "尺寸向上取整。")},
        default="floor",
    )
    for axis, size, en, zh in (("h", "H", "height", "高度"), ("w", "W", "width", "宽度")):
        room, out = f"room_{axis}", f"{size}_out"
        work.step(
            room, f"{size} + 2*P - K", (f"room to move, {en}", f"{zh}方向可移动的距离"),
            ("padding is added on both sides", "填充加在两侧"), is_="integer, >= 0",
        )  # fmt: skip
        work.mistake("single_padding", f"{size} + P - K", "padding is counted on one side only; it is added on both sides: 2P.", "只算了一侧的填充；填充在两侧都有，应加 2P。")
        work.step(
            out, f"{rounding}({room} / S) + 1", (f"output {en}", f"输出{zh}"),
            ("positions = moves + 1", "位置数 = 移动次数 + 1"), is_="integer, >= 1",
        )  # fmt: skip
        work.mistake("no_plus_one", f"floor({room} / S)", "the first position of the kernel is not counted: positions = moves + 1.", "没有计入卷积核的起始位置：位置数 = 移动次数 + 1。")
