"""A table in CSV: its header, and rows that are read one by one with the line they stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import BinaryIO

from exam_tool.language import ExamToolError, Text

from .lines import is_utf16, read_blocks
from .records import Record, Rejected, Stretch, separator_of, stretches


class TableError(ExamToolError):
    """A file that has no readable header; ``line`` says where, ``code`` why."""

    def __init__(self, line: int, code: str, message: Text) -> None:
        super().__init__(message)
        self.line = line
        self.code = code


class Table:
    """Reads the header at once; ``rows`` can be asked for once."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        refuse_utf16(stream)
        blocks = read_blocks(stream, encoding)
        start = next(blocks, None)
        if start is None:
            raise TableError(1, "empty-file", Text("The file is empty.", "文件是空的。"))
        self.separator = separator_of(next((line for line in start[1] if line.strip()), ""))
        self._begins: Callable[[list[str]], bool] = lambda cells: False
        self._parts = stretches(chain([start], blocks), self.separator, lambda cells: self._begins(cells))
        self.line, cells = self._header()
        self.header = [cell.strip(" \t\u3000\u00a0") for cell in cells]

    def _header(self) -> Record:
        """The first row that is not empty; the rest of its stretch is put back."""
        for part in self._parts:
            if isinstance(part, Rejected):
                raise TableError(part.line, part.code, part.message)
            if not isinstance(part, Stretch):
                return part
            for at, line in enumerate(part.lines):
                if line:
                    self._parts = chain([Stretch(part.number + at + 1, part.lines[at + 1 :])], self._parts)
                    return part.number + at, line.split(self.separator)
        raise TableError(1, "no-header", Text("There is no header.", "没有表头。"))

    def rows(self, begins: Callable[[list[str]], bool] | None = None) -> Iterator[Record | Rejected]:
        """Every further row; ``begins`` tells the beginning of one (see ``records``), by default as many cells as the header has."""
        for part in self.stretches(begins):
            if isinstance(part, Stretch):
                for at, line in enumerate(part.lines, part.number):
                    if line:
                        yield at, line.split(self.separator)
            else:
                yield part

    def stretches(self, begins: Callable[[list[str]], bool] | None = None) -> Iterator[Stretch | Record | Rejected]:
        """The same, with rows that have no quote by the stretch, unsplit."""
        width = len(self.header)
        self._begins = begins or (lambda cells: len(cells) == width)
        return self._parts


def refuse_utf16(stream: BinaryIO) -> None:
    """Raises for the "Unicode text" of spreadsheets, which no line of which could be read."""
    peek = getattr(stream, "peek", None)
    if peek is not None and is_utf16(peek(4)[:4]):
        message = Text("The file is UTF-16. Save it as CSV UTF-8.", "文件是 UTF-16 编码，请另存为 CSV UTF-8。")
        raise TableError(1, "encoding", message)
