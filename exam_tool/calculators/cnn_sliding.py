"""The steps of a window that slides along one axis, shared by convolution and pooling: room, division, moves, positions.

Source of the size formulas: Dumoulin and Visin, A guide to convolution arithmetic for deep learning, arXiv:1603.07285.
"""

from __future__ import annotations

from dataclasses import dataclass

from .cnn_words import NATURAL, NO_PLUS_ONE, SINGLE_PADDING, WHOLE
from .work import Pair, Work


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
        return f"{en} ({self.en})", f"{zh}（{self.zh}）"


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
    en, zh = ("window", "窗口") if window.is_pooling else ("kernel", "卷积核")
    why = (f"padding is added on both sides; the {en} takes up its own size", f"填充加在两侧，{zh}自身占去一段")
    if not window.padded:
        why = (f"the {en} takes up its own size", f"{zh}自身占去一段")
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
    work.mistake("stride_ignored", room, "the stride is left out; the room to move is divided by it.", "没有计入步幅；可移动的距离要除以步幅。")
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
                work.mistake("ceil", f"ceil({quotient})", "the quotient is rounded up; a last partial move is dropped, so round down.", "向上取整了；最后不足一步要舍去，应向下取整。")


def _write_shortcuts(work: Work, axis: Axis, window: Sliding) -> None:
    """Wrong formulas for the whole size, in which the parts come in another order."""
    size, stride = axis.size, window.stride
    work.mistake(
        "plus_one_inside", f"floor(({axis('room')} + 1) / {stride})",
        "the 1 is added before dividing by the stride; it is added last, after rounding.",
        "在除以步幅之前就加了 1；加 1 应放在取整之后。",
    )  # fmt: skip
    work.mistake(
        "divide_first", window.room(f"floor({size} / {stride})") + " + 1",
        "only the input size is divided by the stride; the stride divides the whole room to move.",
        "只把输入尺寸除以了步幅；应把整个可移动的距离除以步幅。",
    )  # fmt: skip
    work.mistake(
        "size_over_stride", f"floor({size} / {stride})",
        "the input size is simply divided by the stride; kernel and padding count too.",
        "直接用输入尺寸除以步幅了；卷积核与填充也要计入。",
    )  # fmt: skip
