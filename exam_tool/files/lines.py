"""Bytes into numbered lines of text, streamed: encodings are named and never guessed, and no line can fill the memory."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from exam_tool.language import ExamToolError, Text

BLOCK = 1 << 16  # characters
MAX_LINE = 65_536  # characters: a row of a table or an object of JSON lines
ENCODINGS = {
    "utf-8": "utf-8-sig", "utf8": "utf-8-sig", "utf-8-sig": "utf-8-sig", "ascii": "utf-8-sig",
    "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030",
}  # fmt: skip
BROKEN = re.compile("[\ud800-\udfff]")

Encoding = str
Line = tuple[int, str]  # its number counted from 1, and its text without the ending


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line that is not in the encoding named."""

    number: int


@dataclass(frozen=True, slots=True)
class LongLine:
    """A line longer than any row may be; it was skipped without being kept."""

    number: int


def encoding_named(name: str) -> Encoding:
    """The codec for a name.

    Raises:
        ExamToolError: for an encoding that is not offered.
    """
    codec = ENCODINGS.get(name.strip().lower().replace("_", "-"))
    if codec is None:
        raise ExamToolError(
            Text(f'"{name}" is not an encoding offered here. Use utf-8 or gb18030.', f"不支持编码“{name}”。请用 utf-8 或 gb18030。")
        )
    return codec


def is_utf16(head: bytes) -> bool:
    """Whether a file begins as spreadsheets begin their "Unicode text"."""
    return head[:2] in (b"\xff\xfe", b"\xfe\xff") or (len(head) >= 4 and head[1] == head[3] == 0 != head[0])


def read_lines(stream: BinaryIO, encoding: Encoding = "utf-8-sig") -> Iterator[Line | BrokenLine | LongLine]:
    """Every line of a stream, in order. Endings may be LF, CRLF or CR."""
    for number, lines, plain in read_blocks(stream, encoding):
        if plain:
            yield from enumerate(lines, number)
        else:
            yield from checked(number, lines)


def read_blocks(stream: BinaryIO, encoding: Encoding = "utf-8-sig") -> Iterator[tuple[int, list[str], bool]]:
    """Lines by the block: the number of the first, the lines, and whether nothing can be wrong with any of them (see ``checked``).

    Undecodable bytes pass the decoder as lone surrogates, which no right file can contain, so that one broken line costs
    no other line.
    """
    text = io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline=None)
    number, rest = 1, ""
    while piece := text.read(BLOCK):
        lines = (rest + piece).split("\n")
        rest = lines.pop()
        if len(rest) > MAX_LINE:  # kept just long enough to be known as too long
            rest = rest[: MAX_LINE + 1]
        if lines:
            yield number, lines, piece.isascii() and len(lines[0]) <= MAX_LINE and lines[0].isascii()
            number += len(lines)
    if rest:
        yield number, [rest], False


def checked(number: int, lines: Iterable[str]) -> Iterator[Line | BrokenLine | LongLine]:
    """The lines of a block one by one, looked at."""
    for at, line in enumerate(lines, number):
        if len(line) > MAX_LINE:
            yield LongLine(at)
        elif not line.isascii() and BROKEN.search(line):
            yield BrokenLine(at)
        else:
            yield at, line
