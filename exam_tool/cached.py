"""Files of the cache: what can be made again at any time, written whole or not at all, and read only by the program that wrote it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any


def program(form: int, *files: str) -> str:
    """What must agree: the form of the data, and the code that makes it, as it was installed."""
    return " ".join([str(form), *(str(Path(file).stat().st_mtime_ns) for file in files)])


def recalled(file: Path, program: str) -> Any:
    """The data kept in a file; None where there is none, or none of this program."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return kept["data"] if kept["program"] == program else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(file: Path, program: str, data: Iterable[object]) -> None:
    """Writes the data; where that is not possible, they are made again next time."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{file.stem}-", dir=file.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as target:
            json.dump({"program": program, "data": data}, target, ensure_ascii=False)
        os.replace(name, file)
