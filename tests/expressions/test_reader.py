"""The strict core of the reader: what is one formula, what is none, and where a complaint points."""

import pytest

from exam_tool.expressions.evaluate import evaluate
from exam_tool.expressions.printing import text
from exam_tool.expressions.reader import ReadError, read
from exam_tool.expressions.tree import names, substitute

SAME = [
    ("-2^2", "-(2^2)"),
    ("2^3^2", "2^(3^2)"),
    ("2**3", "2^3"),
    ("a - b - c", "(a - b) - c"),
    ("a / b * c", "(a / b) * c"),
    ("a @ b.T", "a @ transpose(b)"),
    ("a mod b == 0 and not c > 1", "((a mod b) == 0) and (not (c > 1))"),
    ("-a * b", "(-a) * b"),
    ("2^-1", "2^(-1)"),
    ("x[1, 2]", "(x)[1,2]"),
]
DIFFERENT = [("a - (b - c)", "a - b - c"), ("(-2)^2", "-2^2"), ("a / (b * c)", "a / b * c")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_grouping_follows_precedence(one: str, other: str) -> None:
    """Operators bind as on paper; brackets that change nothing leave no trace."""
    assert read(one) == read(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_brackets_that_matter_are_kept(one: str, other: str) -> None:
    """Brackets that change the grouping change the tree, and are printed again."""
    assert read(one) != read(other)
    assert read(text(read(one))) == read(one)


@pytest.mark.parametrize(
    ("formula", "column"),
    [
        ("", 0),
        ("1 +", 3),
        ("1 2", 2),
        ("(1", 2),
        ("a b", 2),
        ("3x", 1),
        ("1 + $", 4),
        ("[1, ]", 4),
        ("f(1,", 4),
        ("x[]", 3),
        ("1e999", 0),
        ("9" * 300, 0),
    ],
)
def test_a_complaint_points_at_the_character(formula: str, column: int) -> None:
    """What is not a formula is refused at the first place that cannot be read."""
    with pytest.raises(ReadError) as refused:
        read(formula)
    assert refused.value.column == column
    assert refused.value.message.en
    assert refused.value.message.zh


def test_nesting_and_length_are_bounded() -> None:
    """Depth and length are refused before any work is done."""
    for hostile in ("(" * 500 + "1" + ")" * 500, "-" * 1999 + "1", "1+" * 1500 + "1", "[" * 300 + "]" * 300):
        with pytest.raises(ReadError):
            read(hostile)


def test_numbers_are_exact_and_keep_their_digits() -> None:
    """0.10 is one tenth and still looks like 0.10."""
    assert evaluate(read("0.1 + 0.2 == 0.3")) == 1
    assert text(read("0.10")) == "0.10"
    assert evaluate(read("2e-2")) == evaluate(read("1/50"))


def test_names_and_substitution() -> None:
    """Names are found and replaced wherever they stand."""
    tree = read("H + 2*P - f(K, [S, x[i]])")
    assert names(tree) == {"H", "P", "K", "S", "x", "i"}
    assert substitute(tree, {"P": read("a + b")}) == read("H + 2*(a + b) - f(K, [S, x[i]])")
