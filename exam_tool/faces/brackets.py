"""Whether what was typed goes on in the next line: an open bracket, or a row that ends with a semicolon."""

from __future__ import annotations

LONGEST = 4000


def is_open(text: str) -> bool:
    """Whether a list is still open. ``[0, 1)`` is an interval and closes with the other bracket."""
    if len(text) > LONGEST:
        return False
    opened = sum(map(text.count, "[{")) > sum(map(text.count, "]}"))
    return (opened and not text.rstrip().endswith(")")) or text.rstrip(" \t").endswith((";", "；"))
