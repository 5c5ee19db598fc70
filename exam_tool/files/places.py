"""Where in a file something is wrong, and what: the one form in which every reader here reports. It decides no exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from exam_tool.language import Text

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A file as it was named by the caller, and a line counted from 1 (0: the file as a whole)."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class FileFault:
    """One thing wrong in a file. ``code`` names it for programs; a warning does not change the exit code."""

    place: Place
    code: str
    message: Text
    severity: Severity = "error"
