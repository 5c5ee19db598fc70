"""Values as people write them: exact forms read back as the value, decimals are rounded correctly."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction

import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_tool.expressions.arrays import Value, same
from exam_tool.expressions.evaluate import evaluate
from exam_tool.expressions.exact import Undecided, add, compare, exp, ln, multiply, sqrt
from exam_tool.expressions.filling import put_in, puts_exactly
from exam_tool.expressions.forms import FRACTIONS, NumberStyle, decimal_text, exact_text, is_short, significant_text
from exam_tool.expressions.printing import text, unicode_text
from exam_tool.expressions.reader import read
from exam_tool.expressions.typeset import value_html, value_latex
from exam_tool.expressions.values import value_text

RATIONALS = st.builds(fmpq, st.integers(-(10**6), 10**6), st.integers(1, 10**4))
ROOTS = st.builds(lambda n, q: multiply(q, sqrt(fmpq(n))), st.integers(0, 50), RATIONALS)
SCALARS = st.one_of(
    RATIONALS,
    ROOTS,
    st.builds(add, ROOTS, ROOTS),
    st.builds(lambda q: exp(q / 10**4), RATIONALS),
    st.builds(lambda q, r: add(r, multiply(q, ln(fmpq(3)))), RATIONALS, RATIONALS),
)
VALUES = st.one_of(SCALARS, st.lists(SCALARS, min_size=1, max_size=3).map(tuple))


@settings(max_examples=200)
@given(VALUES, st.booleans())
def test_exact_text_reads_back(value: Value, decimals: bool) -> None:
    """The exact text of a value, in decimals or in fractions, evaluates to the value."""
    assert same(evaluate(read(exact_text(value, NumberStyle(decimals=decimals)))), value)


FORMS = [
    ("-8/3", "-8/3", "−8/3"),
    ("0.1", "0.1", "0.1"),
    ("1/1024", "1/1024", "1/1024"),
    ("1/sqrt(6)", "1/sqrt(6)", "1/√6"),
    ("sqrt(6)/3", "sqrt(6)/3", "√6/3"),
    ("5*sqrt(6)/6", "5/sqrt(6)", "5/√6"),
    ("(1+sqrt(5))/2", "(1 + sqrt(5))/2", "(1 + √5) / 2"),
    ("-sqrt(2)/2 - 1/3", "-(2 + 3*sqrt(2))/6", "−(2 + 3·√2) / 6"),
    ("sqrt(5) - 3", "sqrt(5) - 3", "√5 − 3"),
    ("ln(2)/2", "ln(2)/2", "ln(2) / 2"),
    ("2*ln(3) - 1", "2*ln(3) - 1", "2·ln(3) − 1"),
    ("sigmoid(-2)", "1/(1 + exp(2))", "1 / (1 + e²)"),
    ("shape(32,32,16)", "shape(32, 32, 16)", "32 × 32 × 16"),
    ("[[1/2, 1/sqrt(6)], [0, 1]]", "[[1/2, 1/sqrt(6)], [0, 1]]", "[[1/2, 1/√6], [0, 1]]"),
    ("[0.5, 0.25]", "[0.5, 0.25]", "[0.5, 0.25]"),
    ("pi/2", "pi/2", "π / 2"),
]


@pytest.mark.parametrize(("source", "strict", "shown"), FORMS)
def test_forms(source: str, strict: str, shown: str) -> None:
    """Exact forms are short and sorted, fractions uniform within an array."""
    value = evaluate(read(source))
    assert (exact_text(value), value_text(value)) == (strict, shown)


ROUNDED = [
    ("0.125", 2, "0.13"),
    ("-0.125", 2, "-0.13"),
    ("-0.001", 2, "0.00"),
    ("2/3", 4, "0.6667"),
    ("12345", -2, "12300"),
    ("12350", -2, "12400"),
    ("49", -2, "0"),
    ("sqrt(2)", 10, "1.4142135624"),
    ("0.5", 0, "1"),
    ("exp(100)", 3, "26881171418161354484126255515800135873611118.774"),
    ("exp(1)/exp(1) * 0.25 + 0*ln(2)", 1, "0.3"),
    ("-sqrt(3)", 3, "-1.732"),
]


@pytest.mark.parametrize(("source", "places", "expected"), ROUNDED)
def test_decimals(source: str, places: int, expected: str) -> None:
    """Rounding is half away from zero, without a negative zero, at any size."""
    assert decimal_text(evaluate(read(source)), places) == expected


@given(RATIONALS, st.integers(0, 8))
def test_decimals_agree_with_the_standard_library(value: fmpq, places: int) -> None:
    """Rational rounding agrees with decimal's ROUND_HALF_UP on the exact fraction."""
    getcontext().prec = 60
    exact = Fraction(int(value.p), int(value.q))
    scaled = abs(exact) * 10**places
    units = int(scaled) + (scaled - int(scaled) >= Fraction(1, 2))
    assert Decimal(decimal_text(value, places)) == Decimal(units).scaleb(-places).copy_sign(Decimal(1 if value >= 0 else -1))
    if value.q in (1, 2, 4, 5, 8, 10):
        written = Decimal(int(value.p)) / Decimal(int(value.q))
        assert Decimal(decimal_text(value, places)) == written.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


FIGURES = [
    ("9.996", 3, "10.0"),
    ("0.00099996", 4, "0.001000"),
    ("123456", 3, "123000"),
    ("-0.38050213", 4, "-0.3805"),
    ("0", 3, "0"),
    ("0.000000123456", 3, "1.23e-7"),
    ("10^20/3", 4, "3.333e19"),
    ("99999.7", 5, "100000"),
    ("exp(-1000)", 3, "5.08e-435"),
    ("7", 1, "7"),
    ("0.0999999", 3, "0.100"),
]


@pytest.mark.parametrize(("source", "figures", "expected"), FIGURES)
def test_significant_figures(source: str, figures: int, expected: str) -> None:
    """Significant figures survive a carry into a new digit; very small and large numbers use an exponent."""
    assert significant_text(evaluate(read(source)), figures) == expected


def test_a_tie_is_decided_exactly() -> None:
    """A closed form that equals a tie is rounded away from zero, though no enclosure separates it."""
    nearly = evaluate(read("(sqrt(2) + sqrt(3))^2 - 2*sqrt(6) - 4.875"))
    assert decimal_text(nearly, 2) == "0.13"
    assert decimal_text(evaluate(read("ln(exp(0.3) * exp(0.7)) / 8 + 0*tanh(1)")), 2) == "0.13"


def test_a_ball_gives_no_digit_it_does_not_settle() -> None:
    """A ball wide enough to round in two ways is refused, one that is narrow is rounded."""
    with pytest.raises(Undecided):
        decimal_text(arb(0.125, 0.01), 2)
    assert decimal_text(arb(0.12, 0.001), 2) == "0.12"
    assert value_text(arb("0.38", "0.001")).startswith("0.380000 ± 0.00")


def test_long_values_are_rounded() -> None:
    """A long exact form is shown with its significant digits and the sign for it, in every notation."""
    value = evaluate(read("tanh(0.3) * sigmoid(0.7) - exp(0.1) / 3 + ln(2)"))
    assert not is_short(value)
    assert value_text(value) == "≈ 0.5194"
    assert value_latex(value) == r"\approx 0.5194"
    assert value_html(value).startswith("≈ <math")
    assert value_text((value, fmpq(1, 2))) == "≈ [0.5194, 0.5]"
    assert value_text((fmpq(6561, 390625), fmpq(1, 2))) == "≈ [0.01680, 0.5]"


def test_a_shared_closed_form_is_not_written_out() -> None:
    """A deep form that shares its parts would be astronomically long in full; it is recognised as long at once."""
    value = evaluate(read("sigmoid(0.3)"))
    for _ in range(60):
        value = multiply(add(value, exp(value)), value)
        if not is_short(value):
            break
    assert not is_short(value)


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("2*cos(1) - -1*sin(1)", "2*cos(1) + sin(1)"),
        ("exp(1)/(1 + exp(1) + exp(1))", "e/(1 + 2*e)"),
        ("1 - (ln(2) - 3)", "4 - ln(2)"),
        ("3 - ln(2) - ln(2)", "3 - 2*ln(2)"),
        ("e - (e - ln(3)/2)", "ln(3)/2"),
        ("e - (e + e*e - exp(2))", "0"),
    ],
)
def test_like_terms_of_a_sum_are_written_together(source: str, written: str) -> None:
    """A sum has each term once and with its own sign, however it came about; what is written has the value."""
    value = evaluate(read(source))
    assert exact_text(value) == written
    assert compare(evaluate(read(written)), value) == 0


def test_words_and_truth_values() -> None:
    """Words are shown harmlessly, truth values in the reader's language."""
    assert value_text(True, language="zh") == "对"
    assert value_text("a\u202eb") == "a<U+202E>b"
    assert value_html("<b>") == "&lt;b&gt;"


def test_numbers_are_put_in() -> None:
    """Names are replaced by their values, an entry of an array by itself, with the brackets the place needs."""
    values = {"w": fmpq(-1, 2), "x": (fmpq(1), fmpq(-3)), "i": fmpq(2), "A": ((fmpq(1), fmpq(2)),), "s": evaluate(read("sigmoid(0.3)"))}
    assert unicode_text(put_in(read("2*w - w^2 + x[i]*x[1]"), values)) == "2·(−0.5) − (−0.5)² + (−3)·1"
    assert text(put_in(read("w*y"), values, FRACTIONS)) == "-1/2*y"
    assert unicode_text(put_in(read("w*y"), values, FRACTIONS)) == "(−1/2)·y"
    assert unicode_text(put_in(read("A[1, 2] + len(x)"), values)) == "2 + 2"
    assert puts_exactly(read("w + i"), values)
    assert not puts_exactly(read("s + i"), values, NumberStyle(closed_forms=False))
