"""Ids of students as text: which are allowed, when two are the same, and the file name that stands for one."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from unicodedata import category, normalize

from exam_tool.expressions.printing.cells import visible
from exam_tool.language import ExamToolError, Text

MAX_ID = 64
ALSO_ALLOWED = frozenset(" ._-'·()（）")


class IdError(ExamToolError):
    """An id that could not be printed, stored or compared safely."""


def checked_id(text: str) -> str:
    """The id without surrounding spaces, leading zeros kept.

    Raises:
        IdError: naming the first character that is not allowed, or the length.
    """
    found = text.strip(" \t\u00a0\u3000")
    if found.isascii() and found.isalnum() and len(found) <= MAX_ID:
        return found
    if not found:
        raise IdError(Text("The id is empty.", "编号为空。"))
    if len(found) > MAX_ID:
        raise IdError(Text(f"The id is longer than {MAX_ID} characters.", f"编号超过 {MAX_ID} 个字符。"))
    if found[0] == "." or found[-1] == ".":
        raise IdError(Text("An id cannot begin or end with a point.", "编号不能以点开头或结尾。"))
    for character in normalize("NFC", found):
        if category(character)[0] not in "LN" and character not in ALSO_ALLOWED:
            shown = visible(character)
            raise IdError(Text(f'An id cannot contain "{shown}".', f"编号中不能有“{shown}”。"))
    return found


@lru_cache(maxsize=65_536)
def identity(text: str) -> str:
    """What two spellings of one id have in common: full-width and case forms are the same, leading zeros are not dropped."""
    return normalize("NFKC", normalize("NFKC", text.strip()).casefold())


def file_stem(text: str) -> str:
    """``<ascii-slug>-<8 hex of sha256(id)>``: no reserved name, case or normal form can make two of them clash."""
    ascii_only = normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:40].strip("-")
    return f"{slug or 'id'}-{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
