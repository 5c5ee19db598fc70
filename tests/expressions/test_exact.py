"""Exact numbers: rationals, surds and closed forms agree with enclosures, with mpmath and with sympy."""

import mpmath
import pytest
import sympy
from flint import arb, ctx, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exam_tool.expressions import exact
from exam_tool.expressions.arrays import entries, same
from exam_tool.expressions.evaluate import evaluate
from exam_tool.expressions.exact import Real, Undecided, Undefined, compare, enclose
from exam_tool.expressions.reader import read
from exam_tool.language import ExamToolError


@pytest.fixture(autouse=True)
def precise():
    """Balls made in these tests are as narrow as the ones they are compared with."""
    with ctx.workprec(320):
        yield


numbers = st.one_of(st.integers(-9, 9).map(str), st.tuples(st.integers(-9, 9), st.integers(1, 9)).map(lambda q: f"({q[0]}/{q[1]})"))
formulas = st.recursive(
    numbers,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda x: f"exp({x}/10)"),
        inner.map(lambda x: f"sqrt(abs({x}))"),
        inner.map(lambda x: f"ln(1 + ({x})^2)"),
        inner.map(lambda x: f"sigmoid({x})"),
        inner.map(lambda x: f"tanh({x}/7)"),
        inner.map(lambda x: f"({x})^2"),
    ),
    max_leaves=8,
)
SYMPY = {
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "ln": sympy.log,
    "abs": sympy.Abs,
}


def value_of(formula: str) -> exact.Scalar:
    try:
        return evaluate(read(formula))
    except ExamToolError:
        assume(False)
        raise


@settings(max_examples=300, deadline=None)
@given(formulas)
def test_enclosures_contain_the_number_of_mpmath(formula: str) -> None:
    """An enclosure at any precision contains what mpmath computes with 60 digits, widened by its last digits."""
    value = value_of(formula)
    names = {
        "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
        "exp": mpmath.exp,
        "sqrt": mpmath.sqrt,
        "ln": mpmath.log,
        "tanh": mpmath.tanh,
        "abs": abs,
    }
    with mpmath.workdps(60):
        other = run_tree(read(formula), names, lambda q: mpmath.mpf(int(q.p)) / int(q.q))
        ball = arb(mpmath.nstr(other, 50)) + arb(0, 1) * arb(10) ** -40 * (1 + abs(arb(mpmath.nstr(other, 20))))
    assert enclose(value, 320).overlaps(ball)
    assert enclose(value).overlaps(enclose(value, 320))


def run_tree(node, names, number):
    """A formula run by another library's functions on another library's numbers."""
    from exam_tool.expressions.tree import Binary, Call, Number, Unary

    match node:
        case Number(value):
            return number(value)
        case Unary("-", argument):
            return -run_tree(argument, names, number)
        case Binary(operator, left, right):
            a, b = run_tree(left, names, number), run_tree(right, names, number)
            return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b, "^": lambda: a**b}[operator]()
        case Call(name, arguments):
            return names[name](*(run_tree(argument, names, number) for argument in arguments))
    raise AssertionError(node)


@settings(max_examples=60, deadline=None)
@given(formulas)
def test_sympy_agrees(formula: str) -> None:
    """The same formula built from sympy's own functions has the same value to 30 digits."""
    value = value_of(formula)
    names = {**SYMPY, "exp": sympy.exp, "sqrt": sympy.sqrt, "tanh": sympy.tanh}
    other = sympy.N(run_tree(read(formula), names, lambda q: sympy.Rational(int(q.p), int(q.q))), 40)
    assume(other.is_real)
    assert abs(enclose(value, 320) - arb(str(other))) < arb("1e-25") * (1 + abs(arb(str(other))))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-5, 5), st.integers(1, 30)), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(-5, 5), st.integers(1, 30)), min_size=1, max_size=4),
)
def test_surds_are_canonical(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    """Sums and products of square roots are equal exactly when sympy says so."""
    a, b = (" + ".join(f"{c}*sqrt({n})" for c, n in terms) for terms in (first, second))
    theirs = [sum(c * sympy.sqrt(n) for c, n in terms) for terms in (first, second)]
    assert same(evaluate(read(f"({a}) - ({b})")), fmpq(0)) == (sympy.expand(theirs[0] - theirs[1]) == 0)
    product = evaluate(read(f"({a}) * ({b})"))
    expected = sympy.expand(theirs[0] * theirs[1])
    assert abs(enclose(product, 320) - arb(str(sympy.N(expected, 40)))) < arb("1e-30") * (1 + abs(enclose(product)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("exp(ln(3))", "3"),
        ("exp(ln(5) - ln(2))", "5/2"),
        ("sigmoid(ln(3))", "3/4"),
        ("tanh(ln(2))", "3/5"),
        ("softmax([ln(1), ln(2), ln(5)])", "[1/8, 1/4, 5/8]"),
        ("1/sqrt(6)", "sqrt(6)/6"),
        ("1/(1 + sqrt(2))", "sqrt(2) - 1"),
        ("sqrt(8)", "2*sqrt(2)"),
        ("exp(2)/(1 + exp(2))", "sigmoid(2)"),
        ("log2(8)", "3"),
        ("ln(4)/ln(2)", "2"),
        ("exp(1)*exp(2)", "exp(3)"),
        ("4^(1/2)", "2"),
        ("8^(-1/2)", "1/(2*sqrt(2))"),
        ("inv([[1, 2], [3, 4]])", "[[-2, 1], [3/2, -1/2]]"),
        ("inv([[sqrt(2), 0], [0, 2]])", "[[1/sqrt(2), 0], [0, 1/2]]"),
        ("det([[sqrt(2), 1], [1, sqrt(2)]])", "1"),
        ("max(sqrt(2), 3/2)", "3/2"),
        ("floor(exp(3))", "20"),
        ("ceil(-exp(1))", "-2"),
        ("(-7) mod 3", "2"),
        ("sign(sqrt(2) - 3/2)", "-1"),
    ],
)
def test_equal_values(one: str, other: str) -> None:
    """Values that are equal on paper are equal here, in whatever form they are written."""
    assert same(evaluate(read(one)), evaluate(read(other)))


@pytest.mark.parametrize(
    "formula", ["1/0", "ln(0)", "ln(-1)", "sqrt(-1)", "inv([[1, 2], [2, 4]])", "0^-1", "asin(2)", "1/(sqrt(2)*sqrt(2) - 2)", "171!"]
)
def test_what_has_no_value_says_so(formula: str) -> None:
    """Division by zero and its like are errors with a sentence, never infinities."""
    with pytest.raises(Undefined):
        evaluate(read(formula))


def test_equality_that_cannot_be_proved_is_undecided() -> None:
    """An enclosure that stays infinite proves nothing."""
    tower = Real("exp", (Real("exp", (Real("exp", (Real("exp", (fmpq(10),)),)),)),))
    with pytest.raises(Undecided):
        compare(tower, exact.add(tower, fmpq(1)))


def test_a_ball_never_decides_what_it_does_not_know() -> None:
    """Signs and comparisons of intervals that contain the boundary are refused or give an interval."""
    with pytest.raises(Undecided):
        exact.sign(arb(0, 1))
    outcome = evaluate(read("x > 0"), {"x": arb(0, 1)})
    assert isinstance(outcome, arb)
    assert outcome.contains(0)
    assert outcome.contains(1)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(-6, 6), min_size=9, max_size=9), st.lists(st.integers(-6, 6), min_size=3, max_size=3))
def test_solving_is_exact(matrix: list[int], right: list[int]) -> None:
    """The solution put back into the system gives the right side, exactly; singular systems are refused."""
    rows = [matrix[i : i + 3] for i in (0, 3, 6)]
    environment = {"A": tuple(tuple(map(fmpq, row)) for row in rows), "b": tuple(map(fmpq, right))}
    if sympy.Matrix(rows).det() == 0:
        with pytest.raises(Undefined):
            evaluate(read("solve(A, b)"), environment)
        return
    assert same(evaluate(read("A @ solve(A, b)"), environment), environment["b"])
    inverse = evaluate(read("inv(A)"), environment)
    theirs = sympy.Matrix(rows).inv()
    assert [str(x) for x in entries(inverse)] == [str(x) for x in theirs]
