"""The decision on numbers: laws of the rounding rule, and enclosures against two outside oracles."""

import random
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

import mpmath
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_tool.answers import NotAsked, Verdict, judge, judge_with, prepare
from exam_tool.answers.arithmetic import value_of
from exam_tool.answers.decide import Rounding, bounds, decide, floor_log10, half_unit, sign_of, target
from exam_tool.answers.refusal import Refusal
from exam_tool.expressions.exact import Real, Undecided
from exam_tool.expressions.printing import text
from exam_tool.expressions.reader import read
from exam_tool.expressions.tree import Binary, Call, Name, Node, Number, Unary

RATIONALS = st.fractions(min_value=-1000, max_value=1000, max_denominator=2000).map(lambda f: fmpq(f.numerator, f.denominator))
PLACES = st.integers(min_value=0, max_value=6)


def rounded(value: fmpq, places: int) -> fmpq:
    return fmpq((value * 10**places + fmpq(1, 2)).floor(), 10**places)


@given(RATIONALS, PLACES)
def test_every_right_rounding_is_correct(truth, places):
    """Whatever the tie convention: rounded half up, half down, and the exact value."""
    goal = target(truth, Rounding(places=places))
    for shown in (rounded(truth, places), -rounded(-truth, places), truth, rounded(truth, places + 3)):
        assert decide(goal, shown, places).verdict is Verdict.CORRECT


@given(RATIONALS, RATIONALS, RATIONALS, PLACES)
def test_a_nearer_answer_never_loses_to_a_farther_one(truth, a, b, places):
    """Closeness is monotone, which "round, then compare" is not."""
    nearer, farther = sorted((a, b), key=lambda x: abs(x - truth))
    goal = target(truth, Rounding(places=places))
    if decide(goal, farther, None).verdict is Verdict.CORRECT:
        assert decide(goal, nearer, None).verdict is Verdict.CORRECT


@given(RATIONALS, PLACES, PLACES)
def test_a_right_rounding_to_fewer_places_is_never_plain_wrong_unless_it_says_nothing(truth, asked, given_places):
    """It is imprecise, but for zero and for a bare digit of a key below 1."""
    shown = rounded(truth, given_places)
    verdict = decide(target(truth, Rounding(places=asked)), shown, given_places).verdict
    if given_places >= asked or shown == truth:
        assert verdict is Verdict.CORRECT
    elif shown and (given_places >= 1 or abs(truth) >= 1):
        assert verdict in (Verdict.CORRECT, Verdict.IMPRECISE)


@given(RATIONALS, RATIONALS, st.integers(min_value=1, max_value=8))
def test_significant_figures_accept_the_rounding_and_the_value(truth, other, figures):
    """And nothing that differs from it by more than a unit of the last figure of the larger."""
    goal = target(truth, Rounding(figures=figures))
    assert decide(goal, truth, None).verdict is Verdict.CORRECT
    if truth and other and decide(goal, other, None).verdict is Verdict.CORRECT:
        assert abs(truth - other) <= half_unit(figures - 1 - min(floor_log10(truth), floor_log10(other)))


@given(st.fractions(min_value="1/1000000", max_value=10**9).map(lambda f: fmpq(f.numerator, f.denominator)))
def test_the_decimal_exponent_is_exact(value):
    """10^k <= value < 10^(k+1)."""
    k = floor_log10(value)
    assert fmpq(10) ** k <= value < fmpq(10) ** (k + 1)


@pytest.mark.parametrize("key", ["1/(1+exp(1))", "sqrt(2)", "pi", "ln(3)/7", "1/3"])
def test_the_band_around_an_irrational_key_is_closed_and_tight(key):
    """Just inside passes, just outside does not, at every number of places."""
    for places in range(0, 30, 3):
        prepared = prepare(key, "decimal", places=places)
        low, high = prepared.goal.low, prepared.goal.high
        half = half_unit(places)
        tiny = fmpq(1, 10**35)
        assert decide(prepared.goal, high + half - tiny, None).verdict is Verdict.CORRECT
        assert decide(prepared.goal, low - half + tiny, None).verdict is Verdict.CORRECT
        assert decide(prepared.goal, high + half + tiny, None).verdict is Verdict.INCORRECT
        assert decide(prepared.goal, low - half - tiny, None).verdict is Verdict.INCORRECT


# -- enclosures against outside oracles --------------------------------------------------------------------------------


def random_tree(rng: random.Random, depth: int) -> Node:
    """An expression of the operations both oracles have."""
    if depth == 0 or rng.random() < 0.15:
        whole = rng.randint(1, 9)
        return Number(fmpq(whole), str(whole))
    pick = rng.random()
    if pick < 0.55:
        operator = rng.choice("+-*/")
        return Binary(operator, random_tree(rng, depth - 1), random_tree(rng, depth - 1))
    if pick < 0.65:
        return Unary("-", random_tree(rng, depth - 1))
    return Call(rng.choice(("sqrt", "exp", "ln", "log10")), (random_tree(rng, depth - 1),))


class Interval:
    """Two decimals around a number: the standard library rounds exp, ln, log10 and sqrt correctly, so one step outward is rigorous."""

    down, up = (Context(prec=60, rounding=rounding, Emax=10**4, Emin=-(10**3)) for rounding in (ROUND_FLOOR, ROUND_CEILING))

    def __init__(self, low: Decimal, high: Decimal) -> None:
        self.low, self.high = low, high

    @classmethod
    def of(cls, node: Node) -> "Interval":
        match node:
            case Number(value):
                return cls(Decimal(int(value.p)), Decimal(int(value.p)))
            case Unary(_, argument):
                inner = cls.of(argument)
                return cls(inner.high.copy_negate(), inner.low.copy_negate())
            case Binary(operator, left, right):
                return cls.of(left).combined(operator, cls.of(right))
            case Call(name, (argument,)):
                return cls.of(argument).applied(name)
        raise AssertionError(node)

    def combined(self, operator: str, other: "Interval") -> "Interval":
        down, up = self.down, self.up
        match operator:
            case "+":
                return Interval(down.add(self.low, other.low), up.add(self.high, other.high))
            case "-":
                return Interval(down.subtract(self.low, other.high), up.subtract(self.high, other.low))
        if operator == "/" and other.low <= 0 <= other.high:
            raise ZeroDivisionError
        name = "multiply" if operator == "*" else "divide"
        pairs = [(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(getattr(down, name)(a, b) for a, b in pairs), max(getattr(up, name)(a, b) for a, b in pairs))

    def applied(self, name: str) -> "Interval":
        down, up = self.down, self.up
        if name in ("ln", "log10") and self.low <= 0:
            raise ZeroDivisionError
        if name == "sqrt" and self.low < 0:
            raise ZeroDivisionError
        if name == "exp" and max(abs(self.low), abs(self.high)) > 300:
            raise ZeroDivisionError
        return Interval(down.next_minus(getattr(down, name)(self.low)), up.next_plus(getattr(up, name)(self.high)))


def fraction(value: Decimal) -> fmpq:
    top, bottom = value.as_integer_ratio()
    return fmpq(top, bottom)


@pytest.mark.parametrize("seed", range(6))
def test_enclosures_agree_with_the_standard_library_widened(seed):
    """Random closed forms: our enclosure and that of decimal overlap, always."""
    rng = random.Random(seed)
    compared = 0
    while compared < 250:
        tree = random_tree(rng, 4)
        try:
            theirs = Interval.of(tree)
        except (ZeroDivisionError, ArithmeticError):
            continue
        value = value_of(tree)
        low, high = bounds(value)
        assert low <= fraction(theirs.high), text(tree)
        assert fraction(theirs.low) <= high, text(tree)
        compared += 1


def in_mpmath(node: Node) -> mpmath.mpf:
    match node:
        case Number(value):
            return mpmath.mpf(int(value.p)) / int(value.q)
        case Name("pi"):
            return mpmath.pi()
        case Unary(_, argument):
            return -in_mpmath(argument)
        case Binary(operator, left, right):
            a, b = in_mpmath(left), in_mpmath(right)
            return {"+": mpmath.fadd, "-": mpmath.fsub, "*": mpmath.fmul, "/": mpmath.fdiv}[operator](a, b)
        case Call(name, (argument,)):
            return {"sqrt": mpmath.sqrt, "exp": mpmath.exp, "ln": mpmath.ln, "log10": mpmath.log10}[name](in_mpmath(argument))
    raise AssertionError(node)


@pytest.mark.parametrize("seed", range(4))
def test_verdicts_agree_with_mpmath_at_high_precision(seed):
    """A decimal made from 200 digits of mpmath is right at its places, and one unit beside it is not."""
    rng = random.Random(100 + seed)
    compared = 0
    with mpmath.workdps(200):
        while compared < 120:
            tree = random_tree(rng, 4)
            try:
                value = value_of(tree)
                theirs = in_mpmath(tree)
            except (Refusal, ZeroDivisionError, ValueError):
                continue
            if not isinstance(theirs, mpmath.mpf) or not mpmath.isfinite(theirs) or abs(theirs) > 1e15:
                continue
            places = rng.randint(1, 12)
            nearest = int(mpmath.nint(theirs * 10**places))
            goal = target(value, Rounding(places=places))
            assert decide(goal, fmpq(nearest, 10**places), places).verdict is Verdict.CORRECT, text(tree)
            assert decide(goal, fmpq(nearest + 2, 10**places), places).verdict is not Verdict.CORRECT, text(tree)
            compared += 1


@pytest.mark.parametrize("seed", range(3))
def test_a_rewritten_form_is_equal_and_a_perturbed_one_is_not(seed):
    """t and (t*3 - t)/2 are equal by proof or to 320 digits; t + 10^-60 is different."""
    rng = random.Random(200 + seed)
    compared = 0
    while compared < 80:
        tree = random_tree(rng, 3)
        try:
            value = value_of(tree)
            same = value_of(read(f"(3*({text(tree)}) - ({text(tree)}))/2"))
            other = value_of(read(f"({text(tree)}) + 10^-60"))
        except Refusal:
            continue
        assert sign_of(value, same)[0] == 0
        assert sign_of(value, other)[0] == 1
        compared += 1


@pytest.mark.parametrize("typed", ["1+exp(-1000)", "1+2^-5000", "1+exp(-1000)*pi", "1+pi^-2000", "1-exp(-40000)", "(1+10^-399)*exp(0)"])
def test_a_difference_beyond_320_digits_is_still_a_difference(typed):
    """Large and tiny parts raise the precision, so nothing is called equal because it is close."""
    assert judge(typed, key="1", kind="exact").verdict.value == "incorrect"


def test_an_enclosure_that_stays_wide_proves_nothing():
    """A ball that contains everything is equal to nothing."""
    wide = Real("sin", (Real("exp", (fmpq(90000),)),))
    with pytest.raises(Undecided):
        sign_of(wide, fmpq(0))


@pytest.mark.parametrize(
    ("key", "kind", "extra"),
    [
        ("1/0", "decimal", {}),
        ("softmx(1)", "decimal", {}),
        ("", "integer", {}),
        ("[[1,2],[3]]", "matrix", {}),
        ("E", "choice", {}),
        ("1", "number", {}),
        ("1", "decimal", {"places": -1}),
        ("1", "decimal", {"places": 2, "sig": 3}),
        ("1", "decimal", {"tolerance": "-1"}),
        ("1", "decimal", {"sig": 0}),
        ("maybe", "true_false", {}),
        ("1-A,1-B", "match", {}),
    ],
)
def test_a_key_that_does_not_read_is_the_authors_error(key, kind, extra):
    """It is raised, in both languages, and never held against the student."""
    with pytest.raises(NotAsked) as raised:
        judge("1", key=key, kind=kind, **extra)
    assert raised.value.message.en
    assert raised.value.message.zh


@settings(max_examples=60)
@given(RATIONALS, RATIONALS)
def test_exact_kinds_compare_exactly(a, b):
    """Two fractions are equal or not; nothing in between."""
    judgement = judge(f"{b.p}/{b.q}", key=f"{a.p}/{a.q}", kind="rational")
    assert judgement.verdict.value == ("correct" if a == b else "incorrect")


def test_values_may_be_handed_over_instead_of_text():
    """An author's program has exact values already; a float counts as the decimal it prints as."""
    assert judge("2/3", key=fmpq(2, 3), kind="rational").verdict is Verdict.CORRECT
    assert judge("0.5", key=0.5, kind="decimal").verdict is Verdict.CORRECT
    assert judge("0.11", key=0.1, kind="decimal", tolerance=0.01).verdict is Verdict.CORRECT
    assert judge("[1, 2]", key=(fmpq(1), fmpq(2)), kind="vector").verdict is Verdict.CORRECT
    assert judge("T", key=True, kind="true_false").verdict is Verdict.CORRECT
    assert judge("-0.38", key="-0.380502", kind="decimal", places=4, also=[(-0.381, "-0.3799")]).verdict is Verdict.CORRECT


def test_strict_digits_want_the_final_zeros():
    """Only where an exam teaches significant figures."""
    key = prepare("3.1", "decimal", places=2, strict=True)
    assert [judge_with(key, typed).verdict.value for typed in ("3.10", "3.1", "3.100", "3.11", "31/10")] == [
        "correct", "imprecise", "correct", "incorrect", "correct",
    ]  # fmt: skip


def test_a_shape_in_any_layout_counts_where_the_question_says_so():
    """Otherwise another order of the axes is wrong."""
    free, fixed = prepare("32x32x16", "shape", layout="any"), prepare("32x32x16", "shape")
    assert judge_with(free, "16x32x32").verdict is Verdict.CORRECT
    assert judge_with(fixed, "16x32x32").code == "layout"


def test_options_may_be_texts():
    """They get letters, and the text itself is accepted as well as its letter."""
    for typed in ("B", "b", "sigmoid", "Sigmoid"):
        assert judge(typed, key="B", kind="choice", options=["softmax", "sigmoid", "tanh"]).verdict is Verdict.CORRECT
    assert judge("A", key="B", kind="choice", options={"A": "softmax", "B": "sigmoid"}).verdict is Verdict.INCORRECT
    assert judge("softmax", key="softmax", kind="choice", options=["softmax", "sigmoid"]).verdict is Verdict.CORRECT
