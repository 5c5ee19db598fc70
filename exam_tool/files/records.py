"""Rows of a table in CSV, streamed: a quote that is never closed costs its own row and no other.

A line without quotes is split at once; only lines with quotes go through ``csv``, one record at a time, so that the
module's own limits and its habit of swallowing the rest of a file behind an open quote cannot do harm.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from exam_tool.language import Text

from .lines import MAX_LINE, BrokenLine, Line, LongLine

MAX_CELL = 8_192  # bytes
MAX_JOINED = 200  # lines of one record whose cells hold line breaks

csv.field_size_limit(max(csv.field_size_limit(), 4 * MAX_LINE))  # a longer cell is reported by us, not by an exception


class Record(NamedTuple):
    """The cells of a row, all text, and the line on which it begins."""

    line: int
    cells: list[str]


class Rejected(NamedTuple):
    """A row that cannot be read, with a code for programs and the reason."""

    line: int
    code: str
    message: Text


BROKEN = Text(
    "This line is not in the encoding named. Save the file as UTF-8, or name its encoding: --encoding gb18030.",
    "这一行不符合指定的编码。请另存为 UTF-8，或用 --encoding gb18030 指明编码。",
)
LONG = Text(f"This line is longer than {MAX_LINE} characters.", f"这一行超过 {MAX_LINE} 个字符。")
UNCLOSED = Text(
    'A quote is opened on this line and never closed: write "" for a quote inside a cell.',
    '这一行的引号没有闭合：单元格内的引号请写成 ""。',
)
MISPLACED = Text("A quote ends in the middle of a cell on this line.", "这一行有引号在单元格中间结束。")

OPEN = "open"


def records(
    lines: Iterable[Line | BrokenLine | LongLine], separator: str, begins: Callable[[list[str]], bool]
) -> Iterator[Record | Rejected]:
    """Every row that is not empty.

    Args:
        begins: whether these cells are surely the beginning of a row of this table; where it says so, a quote that is still
            open was never meant to reach so far.
    """
    source = iter(lines)
    waiting: deque[Line | BrokenLine | LongLine] = deque()
    while True:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        if not isinstance(line, Line):
            yield refused(line)
            continue
        number, text = line
        if '"' not in text:
            stripped = text.rstrip("\r\n")
            if stripped:
                yield Record(number, stripped.split(separator))
            continue
        cells = split(text, separator)
        if cells is OPEN:
            cells, read = _joined(text, source, waiting, separator, begins)
            if cells is OPEN:
                waiting.extendleft(reversed(read))
        if isinstance(cells, list):
            if any(cells):
                yield Record(number, cells)
        else:
            yield Rejected(number, "unclosed-quote", UNCLOSED) if cells is OPEN else Rejected(number, "misplaced-quote", MISPLACED)


def refused(line: BrokenLine | LongLine) -> Rejected:
    """Why a line that could not even be decoded is no row."""
    if isinstance(line, BrokenLine):
        return Rejected(line.number, "encoding", BROKEN)
    return Rejected(line.number, "long-row", LONG)


def split(text: str, separator: str) -> list[str] | str | None:
    """The cells of one record; ``OPEN`` when a quote is not closed in it, None when one is misplaced."""
    try:
        return next(csv.reader([text], delimiter=separator, strict=True), [])
    except csv.Error as error:
        return OPEN if "unexpected end of data" in str(error) else None


def _joined(
    text: str,
    source: Iterator[Line | BrokenLine | LongLine],
    waiting: deque[Line | BrokenLine | LongLine],
    separator: str,
    begins: Callable[[list[str]], bool],
) -> tuple[list[str] | str | None, list[Line | BrokenLine | LongLine]]:
    """The record that goes on over the next lines, or ``OPEN`` and the lines that were looked at in vain."""
    read: list[Line | BrokenLine | LongLine] = []
    whole = text
    while len(read) < MAX_JOINED and len(whole) < MAX_LINE:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            break
        read.append(line)
        if not isinstance(line, Line):
            break
        alone = split(line.text, separator)
        if isinstance(alone, list) and begins(alone):
            break
        whole += line.text
        cells = split(whole, separator)
        if cells is not OPEN:
            return (cells, read) if cells is not None else (OPEN, read)
    return OPEN, read


def separator_of(header: str) -> str:
    """The separator of a header line: a tab or semicolon only where there is no comma outside quotes."""
    outside = "".join(header.split('"')[::2])
    return next((sign for sign in (",", "\t", ";") if sign in outside), ",")
