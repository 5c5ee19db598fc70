"""The text of a question: words, values of givens and formulas, in paragraphs. It reads them; printing them is for renderers.

``{H}`` is the value of the given H, a formula between backticks is shown as mathematics, a blank line ends a paragraph. A
paragraph that begins with ``- `` is an entry of a list: the next entry follows without a blank line, and the dash is not shown.
``{{``, ``}}`` and two backticks stand for the characters themselves. Everything else is plain text, never markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from string import ascii_lowercase
from typing import NamedTuple

from exam_tool.expressions.printing import visible
from exam_tool.expressions.printing.cells import cell_width
from exam_tool.expressions.reader import ReadError, read, tokens
from exam_tool.expressions.tree import Node, names
from exam_tool.language import ExamToolError, Text


class Literal(NamedTuple):
    """Words as they are."""

    text: str


class ValueOf(NamedTuple):
    """The value of a given."""

    name: str


class Math(NamedTuple):
    """A formula, or several joined by ``=``."""

    sides: tuple[Node, ...]


Piece = Literal | ValueOf | Math


class Paragraph(tuple[Piece, ...]):
    """The pieces of a paragraph in order; ``entry`` says that it is an entry of a list."""

    entry = False


class Entry(Paragraph):
    """A paragraph that is an entry of a list."""

    entry = True


MARK = re.compile(r"\{\{|\}\}|``|\{([^{}`]*)\}|`([^`]*)`|[{}`]")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
ENTRY = re.compile(r"\s*-[ \t]+")
BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
CHINESE_MARKS = tuple("，。、；：？！（）“”《》")
LINE_END = re.compile(r"[ \t]*\n[ \t]*")


class StatementError(ExamToolError):
    """Markup that cannot be read, with its place in the whole text (from 0) and its width."""

    def __init__(self, message: Text, column: int, width: int = 1) -> None:
        super().__init__(message)
        self.column = column
        self.width = width


@lru_cache(maxsize=1024)
def parse_statement(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a statement.

    Raises:
        StatementError: for an unclosed bracket or backtick, a name that is none, or a formula that cannot be read.
    """
    paragraphs, start = [], 0
    for gap in [*BLANK_LINE.finditer(text), None]:
        end = gap.start() if gap else len(text)
        dash = ENTRY.match(text, start, end)
        pieces = _pieces(text[dash.end() if dash else start : end], dash.end() if dash else start)
        if pieces:
            paragraphs.append(Entry(pieces) if dash else Paragraph(pieces))
        start = gap.end() if gap else end
    return tuple(paragraphs)


@lru_cache(maxsize=4096)
def parse_sentence(text: str) -> Paragraph:
    """A label, reason or message: formulas between backticks, everything else words, since it tells no values.

    What stands between backticks and is no formula is shown as it was written: a reason is worth reading without it.
    """
    found: list[Piece] = []
    for i, part in enumerate(text.split("`")):
        if i % 2 == 0:
            found += [Literal(visible(LINE_END.sub(" ", part)))] if part else []
            continue
        try:
            found.append(Math(_sides(part, 0)))
        except StatementError:
            found.append(Literal(visible(part)))
    return Paragraph(found)


def set_apart(paragraphs: Sequence[Paragraph], drawn: Sequence[str], gap: str, break_: str) -> str:
    """Paragraphs drawn by a format, joined: a gap between them, but only a line break between entries of a list."""
    joined = "".join(
        text + (break_ if paragraph.entry and following.entry else gap)
        for text, paragraph, following in zip(drawn, paragraphs, paragraphs[1:], strict=False)
    )
    return joined + "".join(drawn[-1:])


def names_used(paragraphs: tuple[Paragraph, ...]) -> frozenset[str]:
    """The givens whose values the statement tells."""
    return frozenset(piece.name for paragraph in paragraphs for piece in paragraph if isinstance(piece, ValueOf))


def symbols_used(paragraphs: tuple[Paragraph, ...]) -> frozenset[str]:
    """The names that occur in its formulas."""
    sides = [side for paragraph in paragraphs for piece in paragraph if isinstance(piece, Math) for side in piece.sides]
    return frozenset[str]().union(*map(names, sides))


def _pieces(text: str, offset: int) -> tuple[Piece, ...]:
    found: list[Piece] = []
    words, position = "", 0
    for mark in MARK.finditer(text):
        words += text[position : mark.start()]
        position = mark.end()
        if mark[0] in ("{{", "}}", "``"):
            words += mark[0][0]
            continue
        found += _literal(words, bool(found), True)
        words = ""
        found.append(_piece(mark, offset))
    found += _literal(words + text[position:], bool(found), False)
    return tuple(found)


def _piece(mark: re.Match[str], offset: int) -> Piece:
    column = offset + mark.start()
    if mark[1] is not None:
        name = mark[1].strip()
        if not NAME.fullmatch(name):
            found = visible(mark[0])
            en = f'"{found}" does not hold the name of a given. For the brackets themselves write "{{{{" and "}}}}".'
            raise StatementError(Text(en, f"“{found}”中不是已知量的名称。要写花括号本身，请写“{{{{”和“}}}}”。"), column, len(mark[0]))
        return ValueOf(name)
    if mark[2] is not None:
        return Math(_sides(mark[2], column + 1))
    twice = mark[0] * 2
    en = f'"{mark[0]}" has no partner. For the character itself write "{twice}".'
    raise StatementError(Text(en, f"“{mark[0]}”没有配对。要写这个字符本身，请写“{twice}”。"), column)


def _sides(source: str, column: int) -> tuple[Node, ...]:
    """The formulas between the single equal signs that stand outside all brackets."""
    sides = []
    for start, end in _spans(source, column):
        try:
            sides.append(read(source[start:end]))
        except ReadError as error:
            raise StatementError(error.message, column + start + error.column, error.width) from error
    return tuple(sides)


def _spans(source: str, column: int) -> list[tuple[int, int]]:
    try:
        lexemes = tokens(source)
    except ReadError as error:
        raise StatementError(error.message, column + error.column, error.width) from error
    starts, depth = [0], 0
    for token in lexemes:
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if token.text == "=" and depth == 0:
            starts.append(token.column + 1)
    return list(zip(starts, [start - 1 for start in starts[1:]] + [len(source)], strict=True))


def _literal(words: str, after: bool, before: bool) -> list[Piece]:
    """Words with their line ends closed up: a space, or nothing between Chinese characters and after Chinese punctuation."""
    joined = LINE_END.sub(lambda gap: _joint(words, gap), words)
    if not after:
        joined = joined.lstrip()
    if not before:
        joined = joined.rstrip()
    return [Literal(visible(joined))] if joined else []


def _joint(words: str, gap: re.Match[str]) -> str:
    before, after = words[max(0, gap.start() - 1) : gap.start()], words[gap.end() : gap.end() + 1]
    if before in CHINESE_MARKS or after in CHINESE_MARKS:  # they bring their own room
        return ""
    return "" if before and after and cell_width(before) == cell_width(after) == 2 else " "


def letter(position: int) -> str:
    """The letter of the part at a position from 0: a, b, …, z, aa, ab, …"""
    shown = ""
    position += 1
    while position:
        position, digit = divmod(position - 1, 26)
        shown = ascii_lowercase[digit] + shown
    return shown
