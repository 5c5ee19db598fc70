"""Conventions and reminders that several calculators of convolutional networks share; it calculates nothing."""

from __future__ import annotations

from collections.abc import Mapping

from .work import Pair, Work

WHOLE, NATURAL = "integer, >= 1", "integer, >= 0"

ROUNDING: Mapping[str, Pair] = {
    "floor": ("Output sizes are rounded down.", "输出尺寸向下取整。"),
    "exact": ("Settings in which the stride does not divide the room to move are not allowed.", "可移动的距离不能被步幅整除的设置视为不合法。"),
}
POOL_ROUNDING: Mapping[str, Pair] = {
    "floor": ("Output sizes are rounded down.", "输出尺寸向下取整。"),
    "ceil": (
        "Output sizes are rounded up; every window starts inside the input.",
        "输出尺寸向上取整；每个窗口的起点须在输入之内。",
    ),
}
LAYOUT: Mapping[str, Pair] = {
    "HWC": ("Shapes are written height × width × channels.", "形状按 高 × 宽 × 通道 书写。"),
    "CHW": ("Shapes are written channels × height × width.", "形状按 通道 × 高 × 宽 书写。"),
}
BIAS: Mapping[str, Pair] = {
    "with": ("Every filter has a bias.", "每个卷积核带一个偏置。"),
    "without": ("There are no biases.", "不含偏置。"),
}

FORGOT_BIAS: Pair = ("the biases are left out; there is one for every output channel.", "漏了偏置；每个输出通道有一个偏置。")
NO_PLUS_ONE: Pair = (
    "the first position is not counted; there is one position more than moves.",
    "没有计入起始位置；位置数比移动次数多 1。",
)
SINGLE_PADDING: Pair = ("padding is counted on one side only; it is added on both sides, `2*P`.", "只算了一侧的填充；两侧都要填充，应加 `2*P`。")


def ask_rounding(work: Work, choices: Mapping[str, Pair] = ROUNDING) -> str:
    return work.option("rounding", ("sizes that do not come out even", "除不尽时如何处理"), choices, default="floor")


def ask_layout(work: Work) -> str:
    return work.option("layout", ("order of the axes", "各维的书写顺序"), LAYOUT, default="HWC")


def ask_bias(work: Work, default: str) -> bool:
    """Whether biases are counted. Where they usually are, leaving them out is a mistake and no convention."""
    return work.option("bias", ("biases", "偏置"), BIAS, default=default, convention=default == "without") == "with"


def ask_layer_bias(work: Work, default: str, *, convention: bool = True) -> bool:
    """Whether biases are counted in layers of any kind, dense ones included; in a single layer forgetting them is a mistake."""
    choices = {
        "with": ("Every layer has one bias per output channel or unit.", "每一层的每个输出通道（或单元）有一个偏置。"),
        "without": ("There are no biases.", "不含偏置。"),
    }
    return work.option("bias", ("biases", "偏置"), choices, default=default, convention=convention) == "with"


def shape_call(layout: str, height: str, width: str, channels: str) -> str:
    """The formula of a shape in the order of axes chosen."""
    return f"shape({channels}, {height}, {width})" if layout == "CHW" else f"shape({height}, {width}, {channels})"
