"""The tables of answers with their verdicts, read from their files. No test is here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "table"


class Row(NamedTuple):
    """One response, what it is an answer to, and what must be said about it."""

    place: str
    kind: str
    key: str
    settings: dict[str, Any]
    response: str
    verdict: str
    code: str


def rows(*names: str) -> Iterator[Row]:
    """Every row of the tables, or of those named."""
    for path in sorted(FOLDER.glob("*.txt")):
        if not names or path.stem in names:
            yield from _rows(path)


def _rows(path: Path) -> Iterator[Row]:
    kind, key, settings = "", "", {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            continue
        if line.startswith("@ "):
            kind, key, settings = _block(line[2:])
            continue
        response, _, expected = line.rpartition("\t")
        verdict, _, code = expected.partition(" ")
        yield Row(f"{path.name}:{number}", kind, key, settings, response.replace("⏎", "\n"), verdict, code)


def _block(line: str) -> tuple[str, str, dict[str, Any]]:
    kind, _, rest = line.partition(" | ")
    key, _, settings = rest.partition(" | ") if kind != "text" else (rest, "", "")
    return kind, key, dict(_setting(item) for item in settings.split())


def _setting(item: str) -> tuple[str, Any]:
    name, _, value = item.partition("=")
    match name:
        case "places" | "sig":
            return name, int(value)
        case "multi":
            return name, True
        case "units" | "symbols":
            return name, tuple(value.split(","))
        case "also":
            return name, (tuple(value.split(":")),)
    return name, value
