"""Files for people, written whole or not at all, with cells no spreadsheet takes for a formula."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from exam_tool.expressions.printing.cells import visible
from exam_tool.language import ExamToolError, Text

NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
BLANKS = " \u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u202f\u205f\u2060\u3000\ufeff"
STARTS_FORMULA = frozenset("=+-@＝＋－＠\t\r\n")
LINE_BREAK = re.compile(r"\r\n|[\r\n\u2028\u2029\u0085\v\f]")
BOM = b"\xef\xbb\xbf"


def safe_cell(text: str) -> str:
    """A cell that shows the text and calculates nothing: numbers stay numbers, control characters become visible."""
    if text.isalnum() and text.isascii():
        return text
    first = text.lstrip(BLANKS)[:1]
    risky = first in STARTS_FORMULA if first else False
    shown = visible(LINE_BREAK.sub(" / ", text.strip("\r\n")))
    return f"'{shown}" if risky and not NUMBER.fullmatch(text) else shown


def csv_line(cells: Iterable[str]) -> str:
    """One row, each cell made safe and quoted where it must be, ending in a line feed."""
    return ",".join(_quoted(safe_cell(cell)) for cell in cells) + "\n"


def _quoted(cell: str) -> str:
    if cell.isalnum() and cell.isascii():
        return cell
    if any(sign in cell for sign in ',";\t') or cell[:1] in (" ", "'") or cell[-1:] == " ":
        return '"' + cell.replace('"', '""') + '"'
    return cell


def refuse_existing(path: Path, force: bool) -> None:
    """Raises unless nothing is there, or a regular file that may be replaced."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise ExamToolError(Text(f"{path} is not a regular file; it is left alone.", f"{path} 不是普通文件，未作改动。"))
    if path.exists() and not force:
        raise ExamToolError(
            Text(f"{path} exists. Nothing was written; use --force to replace it.", f"{path} 已存在，没有写入；要替换请加 --force。")
        )


def write_whole(path: Path, content: bytes, *, force: bool = False) -> None:
    """Writes through a temporary file in the same folder: what is at ``path`` is always complete.

    Raises:
        ExamToolError: when something is there already, or the folder cannot be written to.
    """
    with Staging(path.parent, force=force) as staging, staging.open(path.name) as file:
        file.write(content)


class Staging:
    """Several files that appear in a folder together, after all of them have been written; on an error none does."""

    def __init__(self, folder: Path, *, force: bool = False) -> None:
        self.folder = folder
        self.force = force
        self.names: dict[str, str] = {}
        self._number = 0

    def __enter__(self) -> Staging:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._temporary = Path(tempfile.mkdtemp(prefix=".exam-tool-", dir=self.folder))
        except OSError as error:
            raise ExamToolError(_cannot_write(self.folder, error)) from None
        return self

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """A new file, ``name`` relative to the folder (with ``/`` for one inside)."""
        self.claim(name)
        try:
            with open(self._temporary / self.names[name], "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ExamToolError(_cannot_write(self.folder / name, error)) from None

    def claim(self, name: str) -> None:
        """Refuses a name early: before the work for it is done."""
        if name in self.names:
            return
        refuse_existing(self.folder / name, self.force)
        self.names[name] = f"{self._number}.part"
        self._number += 1

    def take(self, name: str) -> Iterator[bytes]:
        """The bytes of a file written before, piece by piece; it was only for passing and does not appear in the folder."""
        part = self._temporary / self.names.pop(name)
        with open(part, "rb") as file:
            while piece := file.read(1 << 16):
                yield piece

    def write(self, name: str, text: str) -> None:
        with self.open(name) as file:
            file.write(text.encode("utf-8", "backslashreplace"))

    def __exit__(self, kind: object, *rest: object) -> None:
        try:
            if kind is None:
                self._publish()
        finally:
            for part in self._temporary.iterdir():
                part.unlink()
            self._temporary.rmdir()

    def _publish(self) -> None:
        try:
            for name, part in self.names.items():
                target = self.folder / name
                target.parent.mkdir(exist_ok=True)
                refuse_existing(target, self.force)
                if (self._temporary / part).exists():
                    os.replace(self._temporary / part, target)
            with suppress(OSError):  # some systems cannot open a folder; the files themselves are on the disk
                descriptor = os.open(self.folder, os.O_RDONLY)
                os.fsync(descriptor)
                os.close(descriptor)
        except OSError as error:
            raise ExamToolError(_cannot_write(self.folder, error)) from None


def _cannot_write(path: Path, error: OSError) -> Text:
    return Text(f"{path} cannot be written: {error.strerror}.", f"无法写入 {path}：{error.strerror}。")
