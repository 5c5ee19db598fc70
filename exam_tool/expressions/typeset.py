"""Values as documents show them, in LaTeX and MathML: exact where that is short, else rounded and marked with ≈."""

from __future__ import annotations

from html import escape

from exam_tool.language import Language

from .arrays import Value
from .forms import DEFAULT_STYLE, NumberStyle, shown_tree
from .printing.latex import latex
from .printing.mathml import mathml
from .printing.tex import latex_escape
from .values import word_of


def value_latex(value: Value, style: NumberStyle = DEFAULT_STYLE, language: Language = "en") -> str:
    """The value in LaTeX mathematics."""
    word = word_of(value, language)
    if word is not None:
        return rf"\text{{{latex_escape(word)}}}"
    node, exact = shown_tree(value, style)
    return latex(node) if exact else rf"\approx {latex(node)}"


def value_html(value: Value, style: NumberStyle = DEFAULT_STYLE, language: Language = "en") -> str:
    """The value as MathML, or as escaped text for a word."""
    word = word_of(value, language)
    if word is not None:
        return escape(word)
    node, exact = shown_tree(value, style)
    return mathml(node) if exact else f"≈ {mathml(node)}"
