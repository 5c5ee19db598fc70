"""Formulas in presentation MathML, with every text escaped."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape

from exam_tool.language import Language

from ..tree import Node
from .cells import visible
from .setting import Setter
from .symbols import symbol

NAMESPACE = "http://www.w3.org/1998/Math/MathML"


class MathMl:
    """Elements as text; a row is always one element, so that scripts and fractions get the children they expect."""

    def stacks(self, simple: bool) -> bool:
        return True

    def number(self, text: str) -> str:
        mantissa, _, exponent = text.lower().partition("e")
        if not exponent:
            return f"<mn>{text}</mn>"
        power = exponent.lstrip("+").replace("-", "−")
        return f"<mrow><mn>{mantissa}</mn><mo>·</mo><msup><mn>10</mn><mn>{power}</mn></msup></mrow>"

    def symbol(self, name: str) -> str:
        return symbol(name).mathml

    def word(self, text: str) -> str:
        return f"<mi>{escape(visible(text))}</mi>"

    def operator(self, sign: str, spaced: bool) -> str:
        return f"<mo>{escape(sign)}</mo>" if sign else '<mspace width="0.2em"/>'

    def sign(self, sign: str) -> str:
        return f"<mo>{escape(sign)}</mo>"

    def row(self, *parts: str) -> str:
        return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"

    def fraction(self, top: str, bottom: str) -> str:
        return f"<mfrac>{top}{bottom}</mfrac>"

    def power(self, base: str, exponent: str, simple: bool) -> str:
        return f"<msup>{base}{exponent}</msup>"

    def transposed(self, base: str) -> str:
        return f"<msup>{base}<mo>⊤</mo></msup>"

    def subscript(self, base: str, indices: Sequence[str], simple: bool) -> str:
        inner = self.listed(indices)
        return f"<msub>{base}{inner}</msub>" if simple else self.row(base, self.fence("[", inner, "]"))

    def root(self, inner: str, simple: bool) -> str:
        return f"<msqrt>{inner}</msqrt>"

    def fence(self, left: str, inner: str, right: str) -> str:
        return f"<mrow>{_fence(left, 'prefix')}{inner}{_fence(right, 'postfix')}</mrow>"

    def listed(self, items: Sequence[str]) -> str:
        return items[0] if len(items) == 1 else f"<mrow>{'<mo>,</mo>'.join(items)}</mrow>"

    def column(self, items: Sequence[str]) -> str:
        return self.matrix([[item] for item in items])

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        body = "".join(f"<mtr>{''.join(f'<mtd>{entry}</mtd>' for entry in row)}</mtr>" for row in rows)
        return self.fence("[", f"<mtable>{body}</mtable>", "]")

    def under(self, sign: str, index: str) -> str:
        return f"<munder>{sign}{index}</munder>"

    def cases(self, rows: Sequence[tuple[str, str, str | None]]) -> str:
        left = '<mtd style="text-align:left">'  # browsers do not heed columnalign
        body = "".join(
            f"<mtr>{left}{value}</mtd>{left}{self.row(f'<mtext>{escape(word)}&#xa0;</mtext>', condition or '<mrow></mrow>')}</mtd></mtr>"
            for value, word, condition in rows
        )
        return f'<mrow>{_fence("{", "prefix")}<mtable columnalign="left left">{body}</mtable></mrow>'


def _fence(sign: str, form: str) -> str:
    return f'<mo form="{form}" fence="true" stretchy="true">{escape(sign)}</mo>'


@lru_cache(maxsize=2)
def _setter(language: Language) -> Setter[str]:
    return Setter(MathMl(), language)


def mathml(node: Node, display: bool = False, language: Language = "en") -> str:
    """The formula as a ``<math>`` element, in a paragraph or on a line of its own."""
    return math_element(math_inner(node, language=language), display)


def math_inner(node: Node, as_value: bool = False, language: Language = "en", after_sign: bool = False) -> str:
    """The formula as one element, to be put into a ``<math>``; ``as_value`` and ``after_sign`` put a condition, a minus in brackets."""
    return _setter(language).formula(node, as_value, after_sign)


def math_element(inner: str, display: bool = False) -> str:
    """The elements of a formula in the element that begins one."""
    return f'<math xmlns="{NAMESPACE}"{" display=" + chr(34) + "block" + chr(34) if display else ""}>{inner}</math>'
