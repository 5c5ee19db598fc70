"""Plain numbers and lists of them without the grammar: most answers are, and this is many times as fast."""

from __future__ import annotations

import re
from typing import Any

from flint import fmpq

from exam_tool.expressions.reader import MAX_LENGTH

# Quantifiers with fixed bounds: no length of input makes them slow.
PLAIN_NUMBER = re.compile(r"([+-]?[0-9]{1,40})(?:\.([0-9]{0,40})|/([0-9]{1,40}))?")


MAX_COMMAS = 250  # beyond, the limit on symbols is for the grammar to check


POWERS_OF_TEN = tuple(10**k for k in range(41))


def plain_number(text: str) -> tuple[fmpq, int | None] | None:
    """An integer, decimal or fraction of ASCII digits without the grammar; None for anything else."""
    text = text.strip(" \t\n")
    if text.isdecimal() and text.isascii() and len(text) <= 40:
        return fmpq(int(text)), 0
    match = PLAIN_NUMBER.fullmatch(text)
    if match is None:
        return None
    whole, fraction, bottom = match.groups()
    if fraction is not None:
        return fmpq(int(whole + fraction), POWERS_OF_TEN[len(fraction)]), len(fraction)
    if bottom is None:
        return fmpq(int(whole)), 0
    divisor = int(bottom)
    return (fmpq(int(whole), divisor), None) if divisor else None


def plain_list(text: str) -> tuple[Any, Any, bool] | None:
    """``[1, 2]`` or ``[[1, 2], [3, 4]]`` of plain numbers with commas, as values, decimals and whether it is flat; else None."""
    if len(text) > MAX_LENGTH or text.count(",") > MAX_COMMAS:
        return None
    text = text.strip(" \t\n")
    if not (text.startswith("[") and text.endswith("]")):
        return None
    if not text.startswith("[["):
        row = _plain_row(text[1:-1])
        return None if row is None else (*row, True)
    if not text.endswith("]]"):
        return None
    values: list[tuple[fmpq, ...]] = []
    decimals: list[tuple[int | None, ...]] = []
    for piece in text[2:-2].split("]"):
        if values:
            piece = piece.lstrip(" \t\n")
            if not piece.startswith(","):
                return None
            piece = piece[1:].lstrip(" \t\n")
            if not piece.startswith("["):
                return None
            piece = piece[1:]
        row = _plain_row(piece)
        if row is None:
            return None
        values.append(row[0])
        decimals.append(row[1])
    width = len(values[0])
    if any(len(row) != width for row in values) or len(values) > 64 or width > 64:
        return None
    return tuple(values), tuple(decimals), False


def _plain_row(text: str) -> tuple[tuple[fmpq, ...], tuple[int | None, ...]] | None:
    values: list[fmpq] = []
    decimals: list[int | None] = []
    for part in text.split(","):
        found = plain_number(part)
        if found is None:
            return None
        values.append(found[0])
        decimals.append(found[1])
    return tuple(values), tuple(decimals)
