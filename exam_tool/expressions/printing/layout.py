"""Formulas as two-dimensional text for the terminal: matrices in tall brackets, fractions stacked where that helps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from exam_tool.language import Language

from ..tree import Node
from .boxes import Box, brackets, cases_box, fraction, hcat, matrix_box, raised, text_box, vcat
from .lines import AsciiLine, UnicodeLine
from .setting import Setter


class Layout:
    """What fits on one line is written as the line notation does; tall parts are set around the baseline."""

    def __init__(self, stacked: bool, ascii: bool) -> None:
        self.stacked = stacked
        self.ascii = ascii
        self.line = AsciiLine() if ascii else UnicodeLine()

    def stacks(self, simple: bool) -> bool:
        return self.stacked and not simple

    def number(self, text: str) -> Box:
        return text_box(self.line.number(text))

    def symbol(self, name: str) -> Box:
        return text_box(self.line.symbol(name))

    def word(self, text: str) -> Box:
        return text_box(self.line.word(text))

    def operator(self, sign: str, spaced: bool) -> Box:
        return text_box(self.line.operator(sign, spaced))

    def sign(self, sign: str) -> Box:
        return text_box(self.line.sign(sign))

    def row(self, *parts: Box) -> Box:
        return hcat(*parts)

    def fraction(self, top: Box, bottom: Box) -> Box:
        return fraction(top, bottom, self.ascii)

    def power(self, base: Box, exponent: Box, simple: bool) -> Box:
        if not exponent.is_tall and not base.is_tall:
            return text_box(self.line.power(base.lines[0], exponent.lines[0], simple))
        if not exponent.is_tall:  # beside the top of a tall base, as a hand writes it
            above = self.line.power("", exponent.lines[0], simple).lstrip("^")
            return hcat(base, _at_top(text_box(above), base))
        return raised(base, exponent)

    def transposed(self, base: Box) -> Box:
        mark = self.line.transposed("")
        return hcat(base, _at_top(text_box(mark.lstrip("^")), base)) if base.is_tall else text_box(base.lines[0] + mark)

    def subscript(self, base: Box, indices: Sequence[Box], simple: bool) -> Box:
        if base.is_tall and not any(index.is_tall for index in indices):
            shown = self.line.subscript("", [index.lines[0] for index in indices], simple)
            return hcat(base, _at_bottom(text_box(shown.lstrip("_")), base) if simple else text_box(shown))
        if any(index.is_tall for index in indices):
            return hcat(base, self.fence("[", self.listed(indices), "]"))
        return text_box(self.line.subscript(base.lines[0], [index.lines[0] for index in indices], simple))

    def root(self, inner: Box, simple: bool) -> Box:
        if not inner.is_tall:
            return text_box(self.line.root(inner.lines[0], simple))
        return hcat(text_box("sqrt" if self.ascii else "√"), self.fence("(", inner, ")"))

    def fence(self, left: str, inner: Box, right: str) -> Box:
        if not inner.is_tall:
            return text_box(self.line.fence(left, inner.lines[0], right))
        return brackets(inner, left, right, self.ascii)

    def listed(self, items: Sequence[Box]) -> Box:
        return hcat(*[part for item in items for part in (text_box(", "), item)][1:]) if items else text_box("")

    def column(self, items: Sequence[Box]) -> Box:
        return self.matrix([[item] for item in items])

    def matrix(self, rows: Sequence[Sequence[Box]]) -> Box:
        return matrix_box(rows, self.ascii)

    def under(self, sign: Box, index: Box) -> Box:
        if index.is_tall:
            return hcat(sign, self.fence("(", index, ")"))
        return text_box(self.line.under(sign.lines[0], index.lines[0]))

    def cases(self, rows: Sequence[tuple[Box, str, Box | None]]) -> Box:
        """Under one another behind one brace."""
        shown = [(value, hcat(text_box(f"{word} "), condition) if condition else text_box(word)) for value, word, condition in rows]
        return cases_box(shown, self.ascii)


def _at_bottom(mark: Box, base: Box) -> Box:
    """A mark on the last line of a tall base."""
    rest = [text_box("")] * (base.height - 1)
    return vcat(*rest, mark, baseline=base.baseline)


def _at_top(mark: Box, base: Box) -> Box:
    """A mark on the first line of a tall base."""
    rest = [text_box("")] * (base.height - 1)
    return vcat(mark, *rest, baseline=base.baseline)


@lru_cache(maxsize=8)
def _setter(stacked: bool, ascii: bool, language: Language) -> Setter[Box]:
    return Setter(Layout(stacked, ascii), "en" if ascii else language)


def box(
    node: Node, *, stacked: bool = False, ascii: bool = False, as_value: bool = False, after_sign: bool = False, language: Language = "en"
) -> Box:
    """The formula as a block of text; fractions of more than two plain numbers or names are stacked on request."""
    return _setter(stacked, ascii, language).formula(node, as_value, after_sign)


def fitting_box(node: Node, width: int, *, ascii: bool = False, as_value: bool = False, language: Language = "en") -> Box:
    """The flat form where it fits into a width, else the narrower of the two."""
    flat = box(node, ascii=ascii, as_value=as_value, language=language)
    if flat.width <= width:
        return flat
    high = box(node, stacked=True, ascii=ascii, as_value=as_value, language=language)
    return high if high.width < flat.width else flat
