"""Statements as lines of a terminal of any width, in Unicode or ASCII, and as plain text. Without colour."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from exam_tool.expressions.arrays import Value
from exam_tool.expressions.forms import DEFAULT_STYLE, NumberStyle
from exam_tool.expressions.printing import Box, box, flow, hcat, text_box, unicode_text
from exam_tool.expressions.printing.flow import STICKY
from exam_tool.expressions.tree import Node
from exam_tool.expressions.values import value_box, value_text
from exam_tool.language import Language
from exam_tool.statement import Literal, Math, Paragraph, Piece, ValueOf, parse_sentence, set_apart

SHORT = 20  # cells: a formula no longer than this is never torn apart
LONE_SIGN = re.compile(r" ([=≈~<>≤≥≠×]) |(?<=Σ) ")  # kept on the line of what it joins
ASCII_RELATIONS = {"≈": "~"}


def statement_lines(
    paragraphs: Sequence[Paragraph],
    values: Mapping[str, Value],
    *,
    width: int = 80,
    language: Language = "en",
    style: NumberStyle = DEFAULT_STYLE,
    ascii: bool = False,
) -> list[str]:
    """The paragraphs with the values put in, wrapped, a blank line between them."""
    lines: list[str] = []
    before = False
    for paragraph in paragraphs:
        if lines and not (before and paragraph.entry):
            lines.append("")
        before = paragraph.entry
        lines += flow([_inline(piece, values, language, style, ascii) for piece in paragraph], width)
    return lines


def statement_text(
    paragraphs: Sequence[Paragraph], values: Mapping[str, Value], *, language: Language = "en", style: NumberStyle = DEFAULT_STYLE
) -> str:
    """The same as plain text, one line a paragraph, matrices as ``[[1, 2], [3, 4]]``."""
    def plain(piece: Piece) -> str:
        match piece:
            case Literal(text):
                return text
            case ValueOf(name):
                return value_text(values[name], style, language)
            case Math(sides):
                return " = ".join(unicode_text(side, language=language) for side in sides)

    return set_apart(paragraphs, ["".join(map(plain, paragraph)) for paragraph in paragraphs], "\n\n", "\n")


def sentence(text: str, ascii: bool = False, language: Language = "en") -> str:
    """A label or reason on one line, its formulas in Unicode."""
    pieces = sentence_pieces(text, ascii, language)
    drawn = [piece if isinstance(piece, str) else " ".join(line.strip() for line in piece.lines) for piece in pieces]
    return "".join(drawn).replace(STICKY, " ")


def sentence_pieces(text: str, ascii: bool = False, language: Language = "en") -> list[str | Box]:
    """A label or reason for ``flow``."""
    return [_inline(piece, {}, language, DEFAULT_STYLE, ascii) for piece in parse_sentence(text)]


def _inline(piece: Piece, values: Mapping[str, Value], language: Language, style: NumberStyle, ascii: bool) -> str | Box:
    match piece:
        case Literal(text):
            return _kept_together(text)
        case ValueOf(name) if name not in values:
            return f"{{{name}}}"
        case ValueOf(name):
            return _loose(value_box(values[name], style, language, ascii))
        case Math(sides):
            return _loose(_joined(sides, language, ascii))


def _loose(drawn: Box) -> str | Box:
    """A block of one line as a string: a short one stays together, a long one can be wrapped at its spaces."""
    if drawn.is_tall:
        return drawn
    return drawn.lines[0].replace(" ", STICKY) if drawn.width <= SHORT else _kept_together(drawn.lines[0])


def _kept_together(text: str) -> str:
    """Signs stay with what they join, and a sum sign with what it adds up, wherever the line is wrapped."""
    return LONE_SIGN.sub(lambda found: found[0].replace(" ", STICKY), text)


def _joined(sides: Sequence[Node], language: Language, ascii: bool) -> Box:
    parts = [box(sides[0], ascii=ascii, language=language)]
    for side in sides[1:]:
        parts += [text_box(" = "), box(side, ascii=ascii, language=language)]
    return hcat(*parts)
