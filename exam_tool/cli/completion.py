"""Names for the shell to complete: chapters and problems, from a list kept in the cache so that a key press costs little."""

from __future__ import annotations

import json
from collections.abc import Iterable


def complete_problems(incomplete: str) -> list[str]:
    """Chapters and ids that begin with what was typed, else ids that contain it."""
    chapters, ids = names()
    starting = [name for name in (*chapters, *ids) if name.startswith(incomplete)]
    return starting or [name for name in ids if incomplete in name]


def complete_chapters(incomplete: str) -> list[str]:
    return [name for name in names()[0] if name.startswith(incomplete)]


def complete_settings(incomplete: str) -> list[str]:
    from exam_tool.config import SETTINGS

    return [name for name in SETTINGS if name.startswith(incomplete)]


def names() -> tuple[list[str], list[str]]:
    """Chapters and ids: from the newest list in the cache, else from the bank, which then leaves a list behind."""
    from exam_tool.folders import cache_folder

    try:
        kept = sorted(cache_folder().glob("shelf-*.json"), key=lambda file: -file.stat().st_mtime_ns)
        if kept:
            files = json.loads(kept[0].read_text(encoding="utf-8"))["data"]
            return _split((row[1], row[0]) for _, _, rows in files for row in rows)
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        pass
    from exam_tool.bank.shelf import open_shelf

    return _split((outline.chapter, outline.id) for outline in open_shelf())


def _split(pairs: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    found = list(pairs)
    return list(dict.fromkeys(chapter for chapter, _ in found)), [id for _, id in found]
