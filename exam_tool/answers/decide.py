"""Is this number that number, within this rounding? Decided exactly or by rigorous enclosures, never by floats or by hope."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from flint import arb, ctx, fmpq

from exam_tool.expressions.exact import NARROW, PRECISIONS, ZERO, Real, Scalar, Undecided, absolute, compare, enclose, subtract
from exam_tool.language import Text

FEW, MANY = PRECISIONS[0], PRECISIONS[-1]
DIGITS = {FEW: 38, MANY: 320}
MAX_PRECISION = 1 << 17
ORDINARY = 400  # bits before or behind the point that the 320 digits surely cover
DEFAULT_FIGURES = 3


class Verdict(Enum):
    """What is said about one answer; the value is the word of the public interface."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    IMPRECISE = "imprecise"
    UNREADABLE = "unreadable"
    UNDECIDED = "undecided"


class Outcome(NamedTuple):
    """A verdict on one number, a remark for the person, and how it was decided."""

    verdict: Verdict
    reason: Text | None
    method: str
    code: str = ""


CORRECT = Outcome(Verdict.CORRECT, None, "exact")
INCORRECT = Outcome(Verdict.INCORRECT, None, "exact")
TOO_CLOSE = Text(
    "This number cannot be told apart from the key; a person must look at it.", "无法判定这个数与标准答案是否相同，需要人工查看。"
)


@dataclass(frozen=True, slots=True)
class Rounding:
    """What a question asks of the digits: decimal places, significant figures, a tolerance, or (all None) the exact value."""

    places: int | None = None
    figures: int | None = None
    tolerance: fmpq | None = None

    @property
    def is_exact(self) -> bool:
        return self.places is None and self.figures is None and self.tolerance is None


EXACT = Rounding()


@dataclass(frozen=True, slots=True)
class Target:
    """The true value with what is needed to judge against it: rational bounds, its decimal exponent, and the ranges also accepted."""

    value: Scalar
    low: fmpq
    high: fmpq
    exponent: int | None
    rounding: Rounding
    also: tuple[tuple[fmpq, fmpq], ...]


def target(value: Scalar, rounding: Rounding = EXACT, also: Sequence[tuple[Scalar, Scalar]] = ()) -> Target:
    """A key value made ready."""
    low, high = bounds(value)
    exponent = None if rounding.figures is None or (low <= 0 <= high) else floor_log10(value)
    ranges = tuple((bounds(first)[0], bounds(last)[1]) for first, last in also)
    return Target(value, low, high, exponent, rounding, ranges)


def bounds(value: Scalar) -> tuple[fmpq, fmpq]:
    """Rational numbers around it, equal for a rational."""
    if type(value) is fmpq:
        return value, value
    ball = enclose(value)
    if not ball.is_finite():
        raise Undecided(TOO_CLOSE)
    with ctx.workprec(160):
        return ball.lower().fmpq(), ball.upper().fmpq()


def sign_of(a: Scalar, b: Scalar, extra: fmpq = ZERO) -> tuple[int, str]:
    """The sign of ``|a - b| - extra``, and how it was decided.

    Raises:
        Undecided: for enclosures that stay wide or infinite: they prove nothing.
    """
    surds = _is_surd(a) and _is_surd(b)
    difference: Scalar | None = subtract(a, b) if surds else None
    if isinstance(difference, fmpq):
        distance = abs(difference)
        return (distance > extra) - (distance < extra), "exact"
    if extra == 0 and identical(a, b):
        return 0, "exact"
    order = 0
    for precision in _precisions(a, b, endless=surds and extra == 0):
        with ctx.workprec(precision):
            gap = abs(enclose(a, precision) - enclose(b, precision) if difference is None else enclose(difference, precision)) - extra
        order = (gap > 0) - (gap < 0)
        if order:
            return order, method_name(precision)
    if not (gap.is_finite() and gap.rad() < arb(NARROW)):
        raise Undecided(TOO_CLOSE)
    return 0, method_name(precision)


def method_name(precision: int) -> str:
    """The number of decimal digits that settled it."""
    return f"enclosure-{DIGITS.get(precision, precision * 3 // 10)}"


def _precisions(a: Scalar, b: Scalar, endless: bool) -> Iterator[int]:
    """Bits to try: few, then about 320 digits (numbers that touch at few nearly always are equal), then what large parts need.

    ``endless`` is for a sum of roots in lowest terms, which is not zero, so that some precision shows it.

    Raises:
        Undecided: when more would be needed than is reasonable.
    """
    yield FEW
    yield MANY
    needed = MANY * 2 if endless else MANY + 2 * max(magnitude(a), magnitude(b))
    if not endless and needed < MANY + 2 * ORDINARY:
        return
    while needed <= MAX_PRECISION:
        yield needed
        if not endless:
            return
        needed *= 2
    raise Undecided(TOO_CLOSE)


def identical(a: Scalar, b: Scalar) -> bool:
    """Whether two numbers were made in the same way: cheap, and a proof where it holds."""
    if a is b:
        return True
    if type(a) is fmpq or type(b) is fmpq:
        return type(a) is type(b) and bool(a == b)
    if type(a) is not Real or type(b) is not Real or a.operator != b.operator:
        return False
    if a.terms is not None or b.terms is not None:
        return a.terms == b.terms
    return len(a.arguments) == len(b.arguments) and all(map(identical, a.arguments, b.arguments))


def _is_surd(value: Scalar) -> bool:
    return type(value) is fmpq or (type(value) is Real and value.terms is not None)


def magnitude(value: Scalar) -> int:
    """The most bits that any part of a closed form needs before or behind the point: ``1 + exp(-1000)`` differs from 1 at the 1443rd."""
    largest = 0
    seen: set[int] = set()
    stack = [value]
    while stack:
        part = stack.pop()
        if type(part) is fmpq:
            largest = max(largest, part.height_bits())
            continue
        if type(part) is not Real or id(part) in seen:
            continue
        seen.add(id(part))
        ball = part.ball()
        if ball.is_finite() and not ball.contains(0):
            mantissa, exponent = ball.abs_lower().man_exp()
            largest = max(largest, abs(mantissa.bit_length() + int(exponent)))
        stack.extend(part.arguments)
    return largest


def floor_log10(value: Scalar) -> int:
    """The exponent of the first significant digit of a number that is not 0."""
    low, high = bounds(value)
    if low < 0:
        low, high = -high, -low
    first = _floor_log10(low)
    if low == high or _floor_log10(high) == first:
        return first
    return first + (compare(absolute(value), fmpq(10) ** (first + 1)) >= 0)


def _floor_log10(value: fmpq) -> int:
    top, bottom = int(value.p), int(value.q)
    guess = (top.bit_length() - bottom.bit_length()) * 30103 // 100000
    while top * 10 ** max(0, -guess) < bottom * 10 ** max(0, guess):
        guess -= 1
    while top * 10 ** max(0, -guess - 1) >= bottom * 10 ** max(0, guess + 1):
        guess += 1
    return guess


def half_unit(places: int) -> fmpq:
    """Half a unit of the given decimal place, which may be negative."""
    return fmpq(1, 2 * 10**places) if places >= 0 else fmpq(10**-places, 2)


def decide(goal: Target, value: Scalar, decimals: int | None) -> Outcome:
    """One number against a key: the rounding rule of the help text, in its order.

    Raises:
        Undecided: when no enclosure settles it.
    """
    if type(value) is fmpq and value == goal.low and goal.low == goal.high:
        return CORRECT
    rounding = goal.rounding
    if rounding.is_exact:
        return _exactly(goal, value, decimals)
    # Is it within half a unit of the asked place, or within the tolerance?
    places = 0 if rounding.tolerance is not None else asked_places(goal, value)
    half = half_unit(places) if rounding.tolerance is None else rounding.tolerance
    order, method = _distance(goal, value, half)
    if order <= 0:
        return CORRECT if method == "exact" else Outcome(Verdict.CORRECT, None, method)
    if goal.also and any(
        low - half <= value_low and value_high <= high + half for value_low, value_high in [bounds(value)] for low, high in goal.also
    ):
        return Outcome(Verdict.CORRECT, None, "range")
    if rounding.tolerance is not None:
        return Outcome(Verdict.INCORRECT, None, method)
    # Is it a right rounding with too few digits?
    if decimals is not None and decimals < places and _rounds(goal, value, decimals):
        return Outcome(Verdict.IMPRECISE, too_few(decimals, places, rounding.figures), method, "too-few-digits")
    # Is it the true value cut off instead of rounded?
    if decimals is not None and decimals >= places and type(value) is fmpq and _cut_off(goal, value, places):
        return Outcome(Verdict.INCORRECT, Text("This looks cut off, not rounded.", "看来是直接截断，而不是四舍五入。"), method, "cut-off")
    return Outcome(Verdict.INCORRECT, None, method)


def too_few(given: int, asked: int, figures: int | None) -> Text:
    if figures is not None:
        return Text(f"Right so far, but {figures} significant figures are asked.", f"目前正确，但题目要求 {figures} 位有效数字。")
    return Text(f"Right so far: {given} decimals given, {asked} asked.", f"目前正确：只给了 {given} 位小数，要求 {asked} 位。")


def asked_places(goal: Target, value: Scalar) -> int:
    """The decimal place asked; significant figures count from the smaller of the two leading digits, so 10.0 is right for 9.996."""
    if goal.rounding.places is not None:
        return goal.rounding.places
    figures = goal.rounding.figures or DEFAULT_FIGURES
    low, high = bounds(value)
    exponents = [] if low <= 0 <= high else [floor_log10(value)]
    if goal.exponent is not None:
        exponents.append(goal.exponent)
    return figures - 1 - min(exponents, default=0)


def _exactly(goal: Target, value: Scalar, decimals: int | None) -> Outcome:
    if goal.also and any(low <= value_low and value_high <= high for value_low, value_high in [bounds(value)] for low, high in goal.also):
        return Outcome(Verdict.CORRECT, None, "range")
    order, method = sign_of(value, goal.value)
    if order == 0:
        return Outcome(Verdict.CORRECT, None, method)
    if decimals and _rounds(goal, value, decimals):  # a bare integer is no decimal, and no rounding of anything
        return Outcome(
            Verdict.IMPRECISE,
            Text(
                f"Right to {decimals} decimals; the exact value is asked (a form such as 2/3 or sqrt(6)/6)."
                if decimals > 0
                else "Rightly rounded; the exact value is asked.",
                f"前 {decimals} 位小数正确；题目要求精确值（如 2/3 或 sqrt(6)/6 的形式）。"
                if decimals > 0
                else "舍入正确；题目要求精确值。",
            ),
            method,
            "exact-form",
        )
    return Outcome(Verdict.INCORRECT, None, method)


def _distance(goal: Target, value: Scalar, half: fmpq) -> tuple[int, str]:
    """The sign of ``|value - key| - half``, first with the rational bounds of the key, which settle nearly every answer."""
    if type(value) is fmpq:
        if goal.low == goal.high:
            distance = abs(value - goal.low)
            return (distance > half) - (distance < half), "exact"
        if goal.high - half <= value <= goal.low + half:
            return -1, "enclosure-38"
        if value > goal.high + half or value < goal.low - half:
            return 1, "enclosure-38"
    return sign_of(value, goal.value, half)


def _rounds(goal: Target, value: Scalar, decimals: int) -> bool:
    """Whether the number is the key rounded to the decimals it was typed with; a zero, and a bare digit for a small key, are not."""
    if type(value) is fmpq and not value:
        return False
    if decimals < 1 and goal.low > -1 and goal.high < 1:
        return False
    return _distance(goal, value, half_unit(decimals))[0] <= 0


def _cut_off(goal: Target, value: fmpq, places: int) -> bool:
    low, high = abs(goal.low), abs(goal.high)
    unit = fmpq(1, 10**places) if places >= 0 else fmpq(10**-places)
    return (
        bool((value > 0) == (goal.low > 0))
        and abs(value) <= min(low, high)
        and max(low, high) < abs(value) + unit
        and bool((value / unit).q == 1)
    )
