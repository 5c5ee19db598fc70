"""The characters people really type, brought to the ones the reader knows, each remembering where it was typed.

Letters and signs nobody mapped stay as they are: they may belong to a label or a unit, and the lexer names those that do not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from exam_tool.expressions.reader import MAX_LENGTH
from exam_tool.language import Text

from .refusal import Refusal

VULGAR = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5),
    "⅙": (1, 6), "⅚": (5, 6), "⅐": (1, 7), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8), "⅑": (1, 9), "⅒": (1, 10),
}  # fmt: skip
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾", "0123456789+-()", strict=True))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
CHINESE_NUMERALS = frozenset("〇零一二三四五六七八九十百千两壹贰叁肆伍陆柒捌玖拾")

# A table, never NFKC: normalising first turns 10⁻³ into 10-3.
TABLE = {
    **dict.fromkeys("−‐‑‒–—―－﹣➖", "-"),
    **dict.fromkeys("×⋅·∙•∗✕・⨯", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("≤≦⩽", "<="),
    **dict.fromkeys("≥≧⩾", ">="),
    **dict.fromkeys("𝜋𝛑𝝅", "π"),
    **dict.fromkeys("ⅇ", "ℯ"),
    **dict.fromkeys("≃≅≒∼～", "≈"),
    **dict.fromkeys("【〔", "["),
    **dict.fromkeys("】〕", "]"),
    **dict.fromkeys("〈⟨", "<"),
    **dict.fromkeys("〉⟩", ">"),
    **dict.fromkeys("‘’′", "'"),
    **dict.fromkeys("“”「」", '"'),
    **dict.fromkeys("\u2028\u2029", "\n"),
    "、": ",", "∶": ":", "⊤": "ᵀ",
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\ufe0f", ""),
}  # fmt: skip

PLAIN = re.compile(r"[\t\n\x20-\x7e]*")
REFUSED = frozenset(("Cc", "Cf", "Co", "Cn", "Cs"))


class Typed(NamedTuple):
    """Text after the table, and for each of its characters (and its end) the column in what was typed."""

    text: str
    columns: Sequence[int]

    def cut(self, start: int, stop: int | None = None) -> Typed:
        stop = len(self.text) if stop is None else stop
        return Typed(self.text[start:stop], self.columns[start : stop + 1])

    def strip(self) -> Typed:
        left = len(self.text) - len(self.text.lstrip())
        return self.cut(left, len(self.text.rstrip())) if self.text.strip() else self.cut(left, left)


def normalised(typed: str) -> Typed:
    """What was typed, character by character through the table.

    Raises:
        Refusal: for text that is too long, and for characters nobody can see.
    """
    if len(typed) > MAX_LENGTH:
        raise Refusal("too-long", Text(f"This answer is longer than {MAX_LENGTH} characters.", f"答案超过 {MAX_LENGTH} 个字符。"), 0)
    if typed.isascii() and PLAIN.fullmatch(typed):
        return Typed(typed, range(len(typed) + 1))
    found: list[str] = []
    columns: list[int] = []
    raised = False
    for column, character in enumerate(typed):
        if character in SUPERSCRIPTS:
            piece = SUPERSCRIPTS[character] if raised else "^(" + SUPERSCRIPTS[character]
            raised = True
        else:
            piece = (")" if raised else "") + mapped(character, column, typed)
            raised = False
        found.append(piece)
        columns.extend([column] * len(piece))
    if raised:
        found.append(")")
        columns.append(len(typed) - 1)
    return Typed("".join(found), [*columns, len(typed)])


def mapped(character: str, column: int, typed: str) -> str:
    """One character through the table."""
    if " " <= character <= "~" or character in "\t\n":
        return character
    known = TABLE.get(character)
    if known is not None:
        return known
    if character == "。":
        return full_stop(column, typed)
    code = ord(character)
    if 0xFF01 <= code <= 0xFF5E:
        return chr(code - 0xFEE0)
    if character == "\r" and typed[column + 1 : column + 2] == "\n":
        return ""
    category = unicodedata.category(character)
    if category in REFUSED:
        place = f"U+{code:04X}"
        raise Refusal(
            "invisible",
            Text(
                f"Character {column + 1} is invisible ({place}). Delete it and retype.",
                f"第 {column + 1} 个字符不可见（{place}）。请删去重新输入。",
            ),
            column,
        )
    return " " if category == "Zs" else character


def full_stop(column: int, typed: str) -> str:
    """A Chinese full stop is a point between digits, and nothing at the end."""
    before, after = typed[:column].rstrip()[-1:], typed[column + 1 : column + 2]
    if before and after and unicodedata.decimal(before, None) is not None and unicodedata.decimal(after, None) is not None:
        return "."
    return "" if not typed[column + 1 :].strip() else "。"
