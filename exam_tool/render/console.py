"""The console: colour only where it is wanted, text from outside never as markup, widths in cells."""

from __future__ import annotations

import os
import sys
from typing import IO

from rich.console import Console


def console(stream: IO[str] | None = None, width: int | None = None) -> Console:
    """A console on a stream (standard output by default) that interprets nothing in what it prints."""
    target = stream or sys.stdout
    wanted = width if width is not None else _width_wanted(target)
    return Console(file=target, markup=False, emoji=False, highlight=False, soft_wrap=True, width=wanted)


def _width_wanted(target: IO[str]) -> int | None:
    """``COLUMNS`` if set; a pipe counts as 80 columns wide, so that its output does not depend on any window."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and 20 <= int(columns) <= 400:
        return int(columns)
    return None if target.isatty() else 80
