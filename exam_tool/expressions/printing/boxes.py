"""Two-dimensional text: blocks of lines with a baseline, side by side, stacked, in brackets. It knows no formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from .cells import cells, pad

# top, middle, bottom, and the form for one line; the ASCII forms repeat one character
FENCES = {
    "[": "⎡⎢⎣[", "]": "⎤⎥⎦]", "(": "⎛⎜⎝(", ")": "⎞⎟⎠)", "⌊": "⎢⎢⎣⌊", "⌋": "⎥⎥⎦⌋", "⌈": "⎡⎢⎢⌈", "⌉": "⎤⎥⎥⌉",
    "|": "││││", "‖": "║║║‖", "{": "⎧⎨⎩{", "}": "⎫⎬⎭}",
}  # fmt: skip
ASCII_FENCES = {"⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "‖": "||"}


@dataclass(frozen=True, slots=True)
class Box:
    """Lines of equal width in cells; ``baseline`` is the index of the line that text beside it continues."""

    lines: tuple[str, ...]
    baseline: int
    width: int

    @property
    def height(self) -> int:
        return len(self.lines)

    @property
    def is_tall(self) -> bool:
        return len(self.lines) > 1


def text_box(text: str) -> Box:
    """One line of text."""
    return Box((text,), 0, cells(text))


def block(lines: Sequence[str], baseline: int = 0, align: str = "<") -> Box:
    """Lines of any width, filled to the widest."""
    width = max(map(cells, lines), default=0)
    return Box(tuple(pad(line, width, align) for line in lines) or ("",), baseline, width)


def hcat(*boxes: Box) -> Box:
    """Boxes side by side on one baseline."""
    if len(boxes) == 1:
        return boxes[0]
    above = max((box.baseline for box in boxes), default=0)
    below = max((box.height - box.baseline for box in boxes), default=1)
    lines = []
    for row in range(-above, below):
        parts = []
        for box in boxes:
            at = row + box.baseline
            parts.append(box.lines[at] if 0 <= at < box.height else " " * box.width)
        lines.append("".join(parts))
    return Box(tuple(lines), above, sum(box.width for box in boxes))


def vcat(*boxes: Box, baseline: int = 0, align: str = "<") -> Box:
    """Boxes under one another; ``baseline`` counts lines of the whole."""
    return block([line for box in boxes for line in box.lines], baseline, align)


def fraction(top: Box, bottom: Box, ascii: bool = False) -> Box:
    """One box above another with a bar between them, which is the baseline."""
    width = max(top.width, bottom.width) + 2
    lines = [pad(line, width, "^") for line in top.lines]
    lines.append(("-" if ascii else "─") * width)
    lines += [pad(line, width, "^") for line in bottom.lines]
    return Box(tuple(lines), top.height, width)


def brackets(inner: Box, left: str = "[", right: str = "]", ascii: bool = False) -> Box:
    """The box between a pair of brackets as tall as itself."""
    return hcat(_fence(left, inner, ascii), inner, _fence(right, inner, ascii))


def _fence(side: str, inner: Box, ascii: bool) -> Box:
    if ascii:
        mark = ASCII_FENCES.get(side, side)
        if len(mark) > 1 and inner.is_tall and mark != "||":  # a word such as floor( stands once, on the baseline
            return Box(tuple(mark if i == inner.baseline else " " * len(mark) for i in range(inner.height)), inner.baseline, len(mark))
        return Box((mark,) * inner.height, inner.baseline, len(mark))
    shapes = FENCES[side]
    if inner.height == 1:
        return text_box(shapes[3])
    return Box((shapes[0], *shapes[1] * (inner.height - 2), shapes[2]), inner.baseline, 1)


def raised(base: Box, exponent: Box) -> Box:
    """An exponent up and to the right of its base."""
    blank = Box((" " * base.width,) * exponent.height, 0, base.width)
    return Box(
        tuple(a + b for a, b in zip(blank.lines, exponent.lines, strict=True))
        + tuple(line + " " * exponent.width for line in base.lines),
        exponent.height + base.baseline,
        base.width + exponent.width,
    )


def matrix_box(rows: Sequence[Sequence[str | Box]], ascii: bool = False) -> Box:
    """A matrix in tall square brackets, its columns aligned: numbers at the decimal point, other entries to the left."""
    cells_of = [[text_box(entry) if isinstance(entry, str) else entry for entry in row] for row in rows]
    columns = [_aligned([box for box in column if box is not None]) for column in zip_longest(*cells_of)]
    lines: list[str] = []
    for i in range(len(cells_of)):
        row = [part for column in columns for part in (text_box("  "), column[i])][1:]
        lines += hcat(*row).lines if row else ("",)
    inner = block([f" {line} " for line in lines], (len(lines) - 1) // 2)
    return brackets(inner, ascii=ascii)


def cases_box(rows: Sequence[Sequence[Box]], ascii: bool = False) -> Box:
    """Values and their conditions in two columns behind one brace as tall as all of them."""
    columns = [_aligned(list(column)) for column in zip(*rows, strict=True)]
    lines = [line for row in zip(*columns, strict=True) for line in hcat(row[0], text_box("  "), *row[1:]).lines]
    inner = block([f" {line}" for line in lines], (len(lines) - 1) // 2)
    return hcat(_fence("{", inner, ascii), inner)


def _aligned(column: list[Box]) -> list[Box]:
    """The entries of one column, filled to one width."""
    if decimal := all(not box.is_tall and _is_decimal(box.lines[0]) for box in column):
        tails = [len(box.lines[0].partition(".")[2]) + ("." in box.lines[0]) for box in column]
        column = [text_box(box.lines[0] + " " * (max(tails) - tail)) for box, tail in zip(column, tails, strict=True)]
    width = max(box.width for box in column)
    return [_filled(box, width, ">" if decimal else "^" if box.is_tall else "<") for box in column]


def _filled(box: Box, width: int, align: str) -> Box:
    return Box(tuple(pad(line, width, align) for line in box.lines), box.baseline, width)


def _is_decimal(text: str) -> bool:
    return text.lstrip("-−").replace(".", "", 1).isdecimal()
