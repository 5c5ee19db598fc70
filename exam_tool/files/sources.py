"""Files to read, opened without following links, with a fingerprint of every byte that was read."""

from __future__ import annotations

import io
import os
import stat
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from exam_tool.language import ExamToolError, Text

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER = 1 << 18


class Fingerprinting(io.RawIOBase):
    """A byte stream that adds what passes through it to a digest."""

    def __init__(self, inner: BinaryIO, owned: bool) -> None:
        self.inner = inner
        self.owned = owned
        self.digest = sha256()
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        data = self.inner.read(len(view))
        view[: len(data)] = data
        self.digest.update(data)
        self.count += len(data)
        return len(data)

    def close(self) -> None:
        if self.owned:  # standard input is not ours to close
            self.inner.close()
        super().close()


@dataclass
class Source:
    """A file under the name that reports use for it; ``stream`` and ``ending`` stand in for a path at standard input.

    ``personal`` says that it lies in a folder of one file a student.
    """

    name: str
    path: Path | None = None
    stream: BinaryIO | None = None
    ending: str = ""
    personal: bool = False
    _passed: Fingerprinting | None = field(default=None, repr=False)

    @property
    def suffix(self) -> str:
        return self.ending or Path(self.name).suffix.lower()

    def open(self) -> io.BufferedReader:
        """The bytes of a regular file.

        Raises:
            ExamToolError: when there is none, or it cannot be opened.
        """
        inner = self.stream if self.stream is not None else open_regular(self.path or Path(self.name), self.name)
        self._passed = Fingerprinting(inner, owned=self.stream is None)
        return io.BufferedReader(self._passed, BUFFER)

    def read(self, most: int) -> bytes:
        """Everything, for formats that must be read as a whole.

        Raises:
            ExamToolError: also when there is more than ``most`` bytes.
        """
        with self.open() as stream:
            data = stream.read(most + 1)
        if len(data) > most:
            raise ExamToolError(Text(f"{self.name} is larger than {most} bytes.", f"{self.name} 超过 {most} 字节。"))
        return data

    @property
    def passed(self) -> int:
        """How many bytes have been read."""
        return self._passed.count if self._passed else 0

    @property
    def size(self) -> int:
        """How many bytes there are, as far as that can be known before reading; else 0."""
        try:
            return os.stat(self.path).st_size if self.path is not None and self.stream is None else 0
        except OSError:
            return 0

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the bytes read so far (all of them, after reading)."""
        return self._passed.digest.hexdigest() if self._passed else sha256().hexdigest()


def open_regular(path: Path, shown: str) -> BinaryIO:
    """A regular file, opened so that no link is followed and no device or pipe can make us wait."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if path.is_symlink():
            raise ExamToolError(Text(f"{shown} is a link; links are not followed.", f"{shown} 是链接，不会跟随链接。")) from None
        raise ExamToolError(Text(f"{shown} cannot be read: {error.strerror}.", f"无法读取 {shown}：{error.strerror}。")) from None
    except ValueError:  # a NUL in the name
        raise ExamToolError(Text("This is not the name of a file.", "这不是文件名。")) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ExamToolError(Text(f"{shown} is not a regular file.", f"{shown} 不是普通文件。"))
    return open(descriptor, "rb", buffering=0)
