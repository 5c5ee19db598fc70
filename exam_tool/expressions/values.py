"""Values as a person is shown them on a screen: exact where that is short, else rounded and marked with ≈."""

from __future__ import annotations

from flint import arb

from exam_tool.language import Language, Text

from .arrays import Value
from .decimals import ball_text, rounded_text
from .forms import DEFAULT_STYLE, NumberStyle, shown_tree
from .printing import Box, box, hcat, text_box, unicode_text, visible

TRUTH = {True: Text("true", "对"), False: Text("false", "错")}


def value_text(value: Value, style: NumberStyle = DEFAULT_STYLE, language: Language = "en") -> str:
    """One line: ``16``, ``−8/3``, ``1/√6``, ``[[1, 2], [3, 4]]``, ``32 × 32 × 16``, ``≈ 0.3805``."""
    word = word_of(value, language)
    if word is not None:
        return word
    node, exact = shown_tree(value, style)
    return unicode_text(node) if exact else f"≈ {unicode_text(node)}"


def value_box(value: Value, style: NumberStyle = DEFAULT_STYLE, language: Language = "en", ascii: bool = False) -> Box:
    """The same with matrices drawn as matrices."""
    word = word_of(value, language)
    if word is not None:
        return text_box(word)
    node, exact = shown_tree(value, style)
    drawn = box(node, ascii=ascii)
    return drawn if exact else hcat(text_box("~ " if ascii else "≈ "), drawn)


def is_exact(value: Value, style: NumberStyle = DEFAULT_STYLE) -> bool:
    """Whether the value is shown without rounding."""
    return shown_tree(value, style)[1]


def word_of(value: Value, language: Language) -> str | None:
    """Text for what is no formula: a truth value, a word, an interval."""
    if isinstance(value, bool):
        return TRUTH[value](language)
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, arb):
        spread = value.rad()
        middle = ball_text(value).replace("-", "−")
        return middle if spread == 0 else f"{middle} ± {rounded_text(_upper(spread), 1)}"
    return None


def _upper(spread: arb) -> arb:
    """The radius, a shade larger, since it is printed with one digit."""
    return spread * arb("1.5")
