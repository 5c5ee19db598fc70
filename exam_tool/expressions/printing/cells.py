"""How many terminal cells a text takes, and outside text made harmless. It draws nothing."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category, east_asian_width

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, bidi marks, zero-width, private, unassigned, line separators


@lru_cache(maxsize=8192)
def cell_width(character: str) -> int:
    """0 for a combining mark, 2 for a wide (Chinese, Japanese, Korean, emoji) character, else 1."""
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def cells(text: str) -> int:
    """The width of a line in terminal cells."""
    return len(text) if text.isascii() else sum(map(cell_width, text))


def pad(text: str, width: int, align: str = "<") -> str:
    """The text filled with spaces to a width in cells; ``align`` is ``<``, ``>`` or ``^``. Longer text stays whole."""
    room = max(0, width - cells(text))
    match align:
        case ">":
            return " " * room + text
        case "^":
            return " " * (room // 2) + text + " " * (room - room // 2)
    return text + " " * room


def clip(text: str, width: int) -> str:
    """The text cut to a width in cells, ended by ``…`` where something was cut."""
    if cells(text) <= width:
        return text
    kept, used = [], 0
    for character in text:
        used += cell_width(character)
        if used > width - 1:
            break
        kept.append(character)
    return "".join(kept) + "…" * (width > 0)


def visible(text: str, keep: str = "") -> str:
    """The text with every control or invisible character written as ``<U+202E>``, but those to ``keep``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in keep or category(c) not in HIDDEN else f"<U+{ord(c):04X}>" for c in text)
