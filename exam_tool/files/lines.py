"""Bytes into numbered lines of text, streamed: encodings are named and never guessed, and no line can fill the memory."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, NamedTuple

from exam_tool.language import ExamToolError, Text

MAX_LINE = 65_536  # characters: a row of a table or an object of JSON lines
ENCODINGS = {
    "utf-8": "utf-8-sig", "utf8": "utf-8-sig", "utf-8-sig": "utf-8-sig", "ascii": "utf-8-sig",
    "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030",
}  # fmt: skip
BROKEN = re.compile("[\ud800-\udfff]")

Encoding = str


class Line(NamedTuple):
    """A line with its ending, and its number counted from 1."""

    number: int
    text: str


class BrokenLine(NamedTuple):
    """A line that is not in the encoding named."""

    number: int


class LongLine(NamedTuple):
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
    """Every line of a stream, in order. Endings may be LF, CRLF or CR.

    Undecodable bytes pass the decoder as lone surrogates, which no right file can contain, so that one broken line costs
    no other line.
    """
    text = io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline="")
    number = 0
    try:
        for line in iter(partial(text.readline, MAX_LINE), ""):
            number += 1
            if line.isascii() and len(line) < MAX_LINE:
                yield Line(number, line)
            elif len(line) == MAX_LINE and line[-1] not in "\r\n":
                _skip(text)
                yield LongLine(number)
            elif BROKEN.search(line):
                yield BrokenLine(number)
            else:
                yield Line(number, line)
    finally:
        text.detach()


def _skip(text: io.TextIOWrapper) -> None:
    """Reads on to the end of a line that is too long, in pieces that are thrown away."""
    while piece := text.readline(MAX_LINE):
        if piece[-1] in "\r\n":
            return
