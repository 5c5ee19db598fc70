"""Rows of a table in CSV, streamed: a quote that is never closed costs its own row and no other.

A line without quotes is split at once; only lines with quotes go through ``csv``, one record at a time, so that the
module's own limits and its habit of swallowing the rest of a file behind an open quote cannot do harm.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from exam_tool.language import Text

from .lines import MAX_LINE, BrokenLine, Line, LongLine, checked

Block = tuple[int, list[str], bool]

MAX_CELL = 8_192  # bytes
MAX_JOINED = 200  # lines of one record whose cells hold line breaks

csv.field_size_limit(max(csv.field_size_limit(), 4 * MAX_LINE))  # a longer cell is reported by us, not by an exception


Record = tuple[int, list[str]]  # the line on which a row begins, and its cells, all text


@dataclass(frozen=True, slots=True)
class Rejected:
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


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines without a quote, from a number on: each is a row of its own, or empty."""

    number: int
    lines: list[str]


def stretches(blocks: Iterable[Block], separator: str, begins: Callable[[list[str]], bool]) -> Iterator[Stretch | Record | Rejected]:
    """Rows that need care one by one, all others by the stretch.

    Args:
        blocks: lines by the block, as ``read_blocks`` gives them.
        begins: whether these cells are surely the beginning of a row of this table; where it says so, a quote that is still
            open was never meant to reach so far.
    """
    lines = _Lines(iter(blocks))
    for number, block, plain in lines.blocks:
        if plain and not any('"' in line for line in block):
            yield Stretch(number, block)
        else:
            lines.current = checked(number, block)
            yield from _careful(lines, separator, begins)


class _Lines:
    """Lines of the current block one by one; a record that is still open at its end pulls the next block in."""

    def __init__(self, blocks: Iterator[Block]) -> None:
        self.blocks = blocks
        self.current: Iterator[Line | BrokenLine | LongLine] = iter(())

    def next_in_block(self) -> Line | BrokenLine | LongLine | None:
        return next(self.current, None)

    def pull(self) -> Line | BrokenLine | LongLine | None:
        line = next(self.current, None)
        if line is None and (block := next(self.blocks, None)) is not None:
            self.current = checked(block[0], block[1])
            line = next(self.current, None)
        return line

    def put_back(self, read: Iterable[Line | BrokenLine | LongLine]) -> None:
        self.current = chain(read, self.current)


def _careful(lines: _Lines, separator: str, begins: Callable[[list[str]], bool]) -> Iterator[Record | Rejected]:
    while (line := lines.next_in_block()) is not None:
        if not isinstance(line, tuple):
            yield refused(line)
            continue
        number, text = line
        if '"' not in text:
            if text:
                yield number, text.split(separator)
            continue
        cells = split(text, separator)
        if cells is OPEN:
            cells = _joined(text, lines, separator, begins)
        if not isinstance(cells, list):
            yield Rejected(number, "unclosed-quote", UNCLOSED) if cells is OPEN else Rejected(number, "misplaced-quote", MISPLACED)
        elif any(cells):
            yield number, cells


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


def _joined(text: str, lines: _Lines, separator: str, begins: Callable[[list[str]], bool]) -> list[str] | str | None:
    """The record that goes on over the next lines; ``OPEN``, and the lines looked at put back, where there is none."""
    read: list[Line | BrokenLine | LongLine] = []
    whole = text
    while len(read) < MAX_JOINED and len(whole) < MAX_LINE and (line := lines.pull()) is not None:
        read.append(line)
        if not isinstance(line, tuple):
            break
        alone = split(line[1], separator)
        if isinstance(alone, list) and begins(alone):
            break
        whole = f"{whole}\n{line[1]}"
        cells = split(whole, separator)
        if isinstance(cells, list):
            return cells
        if cells is not OPEN:
            break
    lines.put_back(read)
    return OPEN


def separator_of(header: str) -> str:
    """The separator of a header line: a tab or semicolon only where there is no comma outside quotes."""
    outside = "".join(header.split('"')[::2])
    return next((sign for sign in (",", "\t", ";") if sign in outside), ",")
