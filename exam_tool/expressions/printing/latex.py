"""Formulas in LaTeX (amsmath), without the dollar signs around them."""

from __future__ import annotations

from collections.abc import Sequence

from ..tree import Node
from .cells import visible
from .setting import Setter
from .symbols import latex_escape, symbol

OPERATORS = {
    "·": r" \cdot ", "⊙": r" \odot ", "⊗": r" \otimes ", "×": r" \times ", "−": " - ", "≠": r" \neq ", "≤": r" \le ", "≥": r" \ge ",
    "∧": r" \land ", "∨": r" \lor ", "mod": r" \bmod ", "": r"\,",
}  # fmt: skip
SIGNS = {"−": "-", "¬": r"\lnot ", "Σ": r"\sum ", "Π": r"\prod ", "%": r"\%"}
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
        return r"\begin{bmatrix} " + r" \\ ".join(" & ".join(row) for row in rows) + r" \end{bmatrix}"


def _based(base: str) -> str:
    """A base that has an exponent or prime already is a group of its own: LaTeX refuses a second superscript."""
    return f"{{{base}}}" if "^" in base else base


_LATEX: Setter[str] = Setter(Latex())


def latex(node: Node, as_value: bool = False) -> str:
    """The formula in LaTeX; ``as_value`` puts a condition between Iverson's brackets."""
    return _LATEX.formula(node, as_value).replace("  ", " ").rstrip()
