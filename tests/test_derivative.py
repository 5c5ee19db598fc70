"""Derivatives of formulas against sympy, and the form in which they are written."""

from __future__ import annotations

import random

import pytest
import sympy

from exam_tool.expressions.derivative import DerivativeError, derivative
from exam_tool.expressions.evaluate import evaluate
from exam_tool.expressions.exact import enclose
from exam_tool.expressions.printing import text
from exam_tool.expressions.reader import read

from .translation import translated

FUNCTIONS = {"exp": sympy.exp, "sin": sympy.sin, "cos": sympy.cos, "tanh": sympy.tanh, "ln": sympy.log, "sqrt": sympy.sqrt}
WRITTEN = [
    ("x^2 + 3*x", "2*x + 3"),
    ("3*x^2", "6*x"),
    ("x^2*y", "2*x*y"),
    ("(x - 2)^2", "2*(x - 2)"),
    ("x^3 - 3*x", "3*x^2 - 3"),
    ("1/x", "-1/x^2"),
    ("x^2/2", "x"),
    ("-x^2", "-2*x"),
    ("exp(2*x)", "2*exp(2*x)"),
    ("5", "0"),
    ("y - x", "-1"),
    ("y^2 + 4", "0"),
]


@pytest.mark.parametrize(("formula", "expected"), WRITTEN)
def test_derivatives_are_written_as_by_hand(formula: str, expected: str) -> None:
    """Numbers in front, no factors of 1, no terms of 0."""
    assert text(derivative(read(formula), "x")) == expected


def random_formula(source: random.Random, depth: int) -> str:
    if depth == 0:
        return source.choice(["x", "y", "2", "3", "x"])
    a, b = random_formula(source, depth - 1), random_formula(source, depth - 1)
    return source.choice([
        f"({a} + {b})", f"({a} - {b})", f"({a})*({b})", f"({a})/(({b})^2 + 1)", f"({a})^2", f"({a})^3", f"-({a})", f"({a})/4",
        f"exp(({a})/5)", f"sin({a})", f"cos({a})", f"tanh({a})", f"ln(({a})^2 + 2)", f"sqrt(({a})^2 + 1)", f"(({a})^2 + 2)^({b})",
    ])  # fmt: skip


@pytest.mark.parametrize("seed", range(200))
def test_derivatives_agree_with_sympy(seed: int) -> None:
    """Random formulas of three levels, at a point."""
    formula = random_formula(random.Random(seed), 2)
    x, y = sympy.symbols("x y")
    made = translated(read(formula), {"x": x, "y": y}, FUNCTIONS, lambda value: sympy.Rational(int(value.p), int(value.q)))
    for name, symbol in (("x", x), ("y", y)):
        expected = complex(sympy.diff(made, symbol).subs({x: sympy.Rational(3, 10), y: sympy.Rational(-1, 2)}).evalf(20))
        found = evaluate(derivative(read(formula), name), {"x": evaluate(read("3/10")), "y": evaluate(read("-1/2"))})
        assert float(enclose(found).mid()) == pytest.approx(expected.real, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("formula", ["x > 1", "[x, 1]", "max(x, 1)", "floor(x)", "x mod 2"])
def test_what_has_no_derivative_here_is_refused(formula: str) -> None:
    """Arrays, comparisons and steps end in a sentence."""
    with pytest.raises(DerivativeError):
        derivative(read(formula), "x")
