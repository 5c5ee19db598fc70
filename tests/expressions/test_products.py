"""Products of arrays are told apart from products of numbers by the values of what is multiplied."""

from __future__ import annotations

import pytest
from flint import fmpq

from exam_tool.expressions.printing import unicode_text
from exam_tool.expressions.products import told_apart
from exam_tool.expressions.reader import read

VECTOR = (fmpq(1), fmpq(2))
VALUES = {"x": VECTOR, "y": VECTOR, "W": (VECTOR, VECTOR), "s": fmpq(3)}


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("x*y", "x ⊙ y"),
        ("s*x", "s·x"),
        ("x*s", "x·s"),
        ("x[1]*y[2]", "x₁·y₂"),
        ("(1 - x)*ln(y)", "(1 − x) ⊙ ln(y)"),
        ("sum(x*y)", "Σ x ⊙ y"),
        ("sum(x)*y", "(Σ x)·y"),
        ("x @ y", "x · y"),
        ("W @ x", "W x"),
        ("W.T @ x * y", "(Wᵀ x) ⊙ y"),
        ("x/s*y", "(x / s) ⊙ y"),
        ("W^2", "W ⊙ W"),
        ("x^2", "x²"),
        ("sum(W^2)", "Σ W ⊙ W"),
        ("sum(W^2, 1)", "Σᵢ Wᵢⱼ²"),
    ],
)
def test_products_are_told_apart(formula: str, shown: str) -> None:
    """Two arrays multiply entry by entry, two vectors have a dot product, and with a number nothing changes."""
    assert unicode_text(told_apart(read(formula), VALUES)) == shown


def test_what_is_not_known_stays_as_it_is() -> None:
    """A name without a value may be a number, so its product keeps its sign."""
    assert told_apart(read("x*q"), VALUES) == read("x*q")
