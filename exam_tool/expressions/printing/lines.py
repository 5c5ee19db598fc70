"""Formulas on one line: Unicode for terminals, and ASCII where a terminal has no more. Not for reading back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from exam_tool.language import Language

from ..tree import Node
from .cells import visible
from .setting import Setter
from .symbols import SUBSCRIPTS as SMALL
from .symbols import symbol

SUPERSCRIPTS = str.maketrans("0123456789+−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ")
RAISABLE = set("0123456789+−n")


class UnicodeLine:
    """``⌊a / S⌋ + 1``, ``2·P``, ``√6``, ``x²``, ``Âᵀ``."""

    def stacks(self, simple: bool) -> bool:
        return False

    def number(self, text: str) -> str:
        mantissa, _, exponent = text.lower().partition("e")
        return f"{mantissa}·10{exponent.lstrip('+').replace('-', '−').translate(SUPERSCRIPTS)}" if exponent else text

    def symbol(self, name: str) -> str:
        return symbol(name).unicode

    def word(self, text: str) -> str:
        return visible(text)

    def operator(self, sign: str, spaced: bool) -> str:
        return f" {sign} " if spaced else sign or " "

    def sign(self, sign: str) -> str:
        return sign

    def row(self, *parts: str) -> str:
        return "".join(parts)

    def fraction(self, top: str, bottom: str) -> str:
        return f"({top}) / ({bottom})"

    def power(self, base: str, exponent: str, simple: bool) -> str:
        if RAISABLE.issuperset(exponent):
            return base + exponent.translate(SUPERSCRIPTS)
        return f"{base}^{exponent}" if simple else f"{base}^({exponent})"

    def transposed(self, base: str) -> str:
        return base + "ᵀ"

    def subscript(self, base: str, indices: Sequence[str], simple: bool) -> str:
        if simple and all(map(_is_small, indices)):
            return base + ",".join(map(_small, indices))
        return f"{base}_{indices[0]}" if simple and len(indices) == 1 and indices[0].isalpha() else f"{base}[{', '.join(indices)}]"

    def root(self, inner: str, simple: bool) -> str:
        return f"√{inner}" if simple else f"√({inner})"

    def fence(self, left: str, inner: str, right: str) -> str:
        return f"{left}{inner}{right}"

    def listed(self, items: Sequence[str]) -> str:
        return ", ".join(items)

    def column(self, items: Sequence[str]) -> str:
        return f"[{', '.join(items)}]"

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        return self.column([self.column(row) for row in rows])

    def under(self, sign: str, index: str) -> str:
        if _is_small(index):
            return sign + _small(index)
        return f"{sign}_{index}" if index.isalnum() else f"{sign}_({index})"

    def cases(self, rows: Sequence[tuple[str, str, str | None]]) -> str:
        shown = [f"{value} {word} {condition}" if condition is not None else f"{value} {word}" for value, word, condition in rows]
        return self.fence("{", "; ".join(shown), "}")


def _is_small(index: str) -> bool:
    """Whether Unicode has a small form of every character."""
    return bool(index) and all(character in SMALL for character in index)


def _small(index: str) -> str:
    return "".join(SMALL[character] for character in index)


ASCII_SIGNS = {
    "−": "-", "·": "*", "⊙": "(.)", "⊗": "(x)", "×": "x", "≠": "!=", "≤": "<=", "≥": ">=", "∧": "and", "∨": "or",
    "¬": "not ", "Σ": "sum", "Π": "prod", "←": "<-", "∈": "in", "∗": "(*)", "𝟙": "ones",
}  # fmt: skip
ASCII_FENCES = {"⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "‖": "||"}


class AsciiLine(UnicodeLine):
    """The same in ASCII: names as they are typed, ``sqrt(6)``, ``x^2``, ``A^T``."""

    def number(self, text: str) -> str:
        return text

    def symbol(self, name: str) -> str:
        return visible(name).encode("ascii", "replace").decode()

    def word(self, text: str) -> str:
        return self.symbol(text)

    def operator(self, sign: str, spaced: bool) -> str:
        return super().operator(ASCII_SIGNS.get(sign, sign), spaced)

    def sign(self, sign: str) -> str:
        return ASCII_SIGNS.get(sign, sign)

    def power(self, base: str, exponent: str, simple: bool) -> str:
        return f"{base}^{exponent}" if simple or exponent.isdecimal() else f"{base}^({exponent})"

    def transposed(self, base: str) -> str:
        return f"{base}^T"

    def subscript(self, base: str, indices: Sequence[str], simple: bool) -> str:
        return f"{base}_{indices[0]}" if simple and len(indices) == 1 and indices[0].isalnum() else f"{base}[{', '.join(indices)}]"

    def under(self, sign: str, index: str) -> str:
        return f"{sign}_{index}" if index.isalnum() else f"{sign}_({index})"

    def root(self, inner: str, simple: bool) -> str:
        return f"sqrt({inner})"

    def fence(self, left: str, inner: str, right: str) -> str:
        return f"{ASCII_FENCES.get(left, left)}{inner}{ASCII_FENCES.get(right, right)}"


@lru_cache(maxsize=4)
def _setter(ascii: bool, language: Language) -> Setter[str]:
    return Setter(AsciiLine() if ascii else UnicodeLine(), "en" if ascii else language)


def unicode_text(node: Node, as_value: bool = False, language: Language = "en") -> str:
    """The formula on one line as mathematics writes it; ``as_value`` puts a condition between Iverson's brackets."""
    return _setter(False, language).formula(node, as_value)


def ascii_text(node: Node, as_value: bool = False) -> str:
    """The formula on one line in ASCII characters."""
    return _setter(True, "en").formula(node, as_value)
