"""Formulas in LaTeX (amsmath), without the dollar signs around them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from exam_tool.language import Language

from ..tree import Node
from .cells import visible
from .setting import Setter
from .symbols import symbol
from .tex import latex_escape

OPERATORS = {
    "·": r" \cdot ", "⊙": r" \odot ", "⊗": r" \otimes ", "×": r" \times ", "−": " - ", "≠": r" \neq ", "≤": r" \le ", "≥": r" \ge ",
    "∧": r" \land ", "∨": r" \lor ", "mod": r" \bmod ", "": r"\,", "←": r" \leftarrow ", "∈": r" \in ", "∗": r" \ast ",
}  # fmt: skip
SIGNS = {"−": "-", "¬": r"\lnot ", "Σ": r"\sum ", "Π": r"\prod ", "%": r"\%", "∗": r"\ast ", "𝟙": r"\mathbf{1}"}
FENCES = {"⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil", "‖": r"\Vert", "|": r"\vert", "{": r"\{", "}": r"\}"}
FUNCTIONS = {"ln", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "det", "arg"}


class Latex:
    """``\\left\\lfloor \\frac{a}{S} \\right\\rfloor + 1``."""

    def stacks(self, simple: bool) -> bool:
        return True

    def number(self, text: str) -> str:
        mantissa, _, exponent = text.lower().partition("e")
        return rf"{mantissa} \cdot 10^{{{exponent.lstrip('+')}}}" if exponent else text

    def symbol(self, name: str) -> str:
        return symbol(name).latex

    def word(self, text: str) -> str:
        if not text.isascii():  # fonts of mathematics have no Chinese
            return rf"\text{{{latex_escape(visible(text))}}}"
        return f"\\{text}" if text in FUNCTIONS else rf"\operatorname{{{latex_escape(visible(text))}}}"

    def operator(self, sign: str, spaced: bool) -> str:
        return OPERATORS.get(sign, f" {sign} ")

    def sign(self, sign: str) -> str:
        return SIGNS.get(sign, sign)

    def row(self, *parts: str) -> str:
        return "".join(parts)

    def fraction(self, top: str, bottom: str) -> str:
        return rf"\frac{{{top}}}{{{bottom}}}"

    def power(self, base: str, exponent: str, simple: bool) -> str:
        return f"{_based(base)}^{{{exponent}}}"

    def transposed(self, base: str) -> str:
        return rf"{_based(base)}^{{\top}}"

    def subscript(self, base: str, indices: Sequence[str], simple: bool) -> str:
        return f"{base}_{{{','.join(indices)}}}" if simple else base + self.fence("[", self.listed(indices), "]")

    def root(self, inner: str, simple: bool) -> str:
        return rf"\sqrt{{{inner}}}"

    def fence(self, left: str, inner: str, right: str) -> str:
        opening, closing = FENCES.get(left, left), FENCES.get(right, right)
        space = " " if opening[-1].isalpha() else ""
        return rf"\left{opening}{space}{inner}\right{closing}" + (" " if closing[-1].isalpha() else "")

    def listed(self, items: Sequence[str]) -> str:
        return ", ".join(items)

    def column(self, items: Sequence[str]) -> str:
        return self.matrix([[item] for item in items])

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        gap = r" \\[2pt] " if any(r"\frac" in entry for row in rows for entry in row) else r" \\ "  # else their bars touch
        return r"\begin{bmatrix} " + gap.join(" & ".join(row) for row in rows) + r" \end{bmatrix}"

    def under(self, sign: str, index: str) -> str:
        return f"{sign.rstrip()}_{{{index}}}"

    def cases(self, rows: Sequence[tuple[str, str, str | None]]) -> str:
        shown = [rf"{value} & \text{{{word}{' ' if condition else ''}}}{condition or ''}" for value, word, condition in rows]
        return r"\begin{cases} " + r" \\ ".join(shown) + r" \end{cases}"


def _based(base: str) -> str:
    """A base that has an exponent or prime already is a group of its own: LaTeX refuses a second superscript."""
    return f"{{{base}}}" if "^" in base else base


@lru_cache(maxsize=2)
def _setter(language: Language) -> Setter[str]:
    return Setter(Latex(), language)


def latex(node: Node, as_value: bool = False, language: Language = "en", after_sign: bool = False) -> str:
    """The formula in LaTeX; ``as_value`` puts a condition between Iverson's brackets, ``after_sign`` a leading minus."""
    return _setter(language).formula(node, as_value, after_sign).replace("  ", " ").rstrip()
