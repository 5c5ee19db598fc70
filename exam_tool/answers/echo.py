"""Says how an answer was read: in the language of formulas, in LaTeX, and as a sentence for the screen. It reads nothing."""

from __future__ import annotations

from typing import Any

from flint import arb

from exam_tool.expressions.decimals import rounded_text
from exam_tool.expressions.exact import Real, enclose
from exam_tool.expressions.printing import cells, text, visible
from exam_tool.expressions.printing.latex import latex
from exam_tool.expressions.printing.tex import latex_escape
from exam_tool.expressions.tree import Array, Node
from exam_tool.language import ExamToolError, Text

from .characters import Typed
from .reading import LISTS, NUMBERS, PLAIN_NUMBER, Reading
from .sets import Piece
from .shapes import BATCH

LONGEST = 80
FIGURES = 5
MODERATE = 10**60


def reading_text(reading: Reading) -> str:
    return _shown(reading, _text)


def reading_latex(reading: Reading) -> str:
    return _shown(reading, _latex)


def _shown(reading: Reading, form: Any) -> str:
    try:
        return str(form(reading))
    except RecursionError:  # a very long sum: better its own text than none
        return visible(reading.typed)


def _text(reading: Reading) -> str:
    value = reading.value
    match reading.kind:
        case "shape":
            return ("x" if len(value) > 1 else "").join(_axis(axis) for axis in value)
        case "set":
            return "{" + ", ".join(map(text, reading.tree.items)) + "}" if isinstance(reading.tree, Array) else "{}"
        case "interval":
            return " ∪ ".join(_piece(piece, text, "oo") for piece in reading.decimals) or "{}"
        case "true_false":
            return "true" if value else "false"
        case "text":
            return str(visible(value))
        case "choice" | "order":
            return ", ".join(value)
        case "match":
            return ", ".join(f"{left}-{right}" for left, right in value)
        case "integer" | "rational" | "decimal" | "exact" | "expression" | "vector" | "matrix":
            node = reading.node
            return "" if node is None else text(node)


def _latex(reading: Reading) -> str:
    value = reading.value
    match reading.kind:
        case "shape":
            return r" \times ".join(_axis(axis) for axis in value)
        case "set":
            return r"\{" + ", ".join(map(latex, reading.tree.items)) + r"\}" if isinstance(reading.tree, Array) else r"\emptyset"
        case "interval":
            return r" \cup ".join(_piece(piece, latex, r"\infty") for piece in reading.decimals) or r"\emptyset"
        case "true_false" | "text" | "choice" | "order" | "match":
            return rf"\text{{{latex_escape(_text(reading))}}}"
        case "integer" | "rational" | "decimal" | "exact" | "expression" | "vector" | "matrix":
            node = reading.node
            return "" if node is None else latex(node)


def _axis(axis: Any) -> str:
    return "N" if axis == BATCH else str(axis)


def _piece(piece: Piece, form: Any, infinity: str) -> str:
    low = f"-{infinity}" if piece.low is None else form(piece.low)
    high = infinity if piece.high is None else form(piece.high)
    return f"{'[' if piece.has_low else '('}{low}, {high}{']' if piece.has_high else ')'}"


def read_back(reading: Reading) -> Text | None:
    """``Read as: 2*e^2 = 14.778...`` for everything that could surprise; None for a plain number, a letter, a word."""
    if reading.kind in ("choice", "text", "true_false") or (reading.kind in NUMBERS and PLAIN_NUMBER.fullmatch(reading.typed)):
        return None
    shown = reading_text(reading)
    tail = _approximately(reading)
    if len(shown) > LONGEST:
        shown = shown[: LONGEST - 1] + "…"
    return Text(f"Read as: {shown}{tail}", f"读作：{shown}{tail}")


def _approximately(reading: Reading) -> str:
    """The value in digits behind a form that does not show it."""
    value = reading.value
    if reading.kind not in NUMBERS or not _is_moderate(value):
        return ""
    try:
        digits = rounded_text(value, FIGURES)
        exact = type(value) is not Real and value == _as_number(digits)
    except (ExamToolError, ArithmeticError, ValueError):  # no digits is better than no echo
        return ""
    digits = _trimmed(digits) if exact else digits
    return "" if exact and digits == reading_text(reading) else f" = {digits}{'' if exact else '...'}"


def _is_moderate(value: Any) -> bool:
    """Whether its digits are worth showing: writing out a number of a million digits would take longer than judging it."""
    size = abs(enclose(value))
    return size.contains(0) or bool(size < arb(MODERATE) and size > arb(1) / MODERATE)


def _as_number(digits: str) -> Any:
    from exam_tool.expressions.reader import number

    return number(digits.lstrip("-")).value * (-1 if digits.startswith("-") else 1)


def _trimmed(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits and "e" not in digits else digits


def pointer(typed: str, column: int, width: int = 1) -> tuple[str, str]:
    """What was typed on one harmless line of at most 80 cells, and a line with carets under the place, measured in cells."""
    column = max(0, min(column, len(typed)))
    end = max(column + 1, min(column + width, len(typed)))
    start = max(0, column - LONGEST // 2) if len(typed) > LONGEST else 0
    line = visible(typed[start : start + LONGEST])
    before = cells(visible(typed[start:column]))
    marked = max(1, cells(visible(typed[column:end])))
    room = max(1, cells(line) - before)
    return line, " " * before + "^" * min(marked, room)


__all__ = ["LISTS", "Node", "Typed", "pointer", "read_back", "reading_latex", "reading_text"]
