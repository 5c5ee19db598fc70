"""Is what was typed this value, at the precision the cell asks? A thin layer over the judge, for values worked out while marking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import arb, ctx, fmpq

from exam_tool.answers.decide import EXACT, Rounding, Target, Verdict, decide, half_unit, target
from exam_tool.answers.judge import judge_reading
from exam_tool.answers.key import Key
from exam_tool.answers.reading import Reading
from exam_tool.expressions.arrays import Shape, Value, is_scalar
from exam_tool.expressions.exact import Real, Scalar, Undecided, absolute, enclose, multiply
from exam_tool.trace import Failure

from .typed import Answer

CORRECT, INCORRECT, IMPRECISE, UNDECIDED = Verdict.CORRECT, Verdict.INCORRECT, Verdict.IMPRECISE, Verdict.UNDECIDED
MAX_BITS = 4_000
WIDEST = fmpq(5, 1000)  # typed decimals widen what follows by at most this part of the value
EXACT_KINDS = frozenset(("integer", "rational", "exact", "expression"))


class Digits:
    """How many digits a cell asks: as the question states, else exact values and, where they do not end, ``figures``."""

    __slots__ = ("exact", "figures", "room", "share", "stated", "whole")

    def __init__(self, places: int | None, sig: int | None, tolerance: fmpq | None, kind: str | None, whole: bool, figures: int) -> None:
        self.stated = Rounding(places, sig, tolerance) if (places, sig, tolerance) != (None, None, None) else None
        self.exact = self.stated is None and kind in EXACT_KINDS
        self.whole = whole
        self.figures = Rounding(figures=figures)
        # However it is rounded, a number is not taken for another further away than ``room`` plus ``share`` of its own size.
        significant = None if self.exact or places is not None or tolerance is not None else sig or figures
        self.share = fmpq(5, 10**significant) if significant is not None else fmpq(0)
        self.room = tolerance if tolerance is not None else half_unit(places) if places is not None else fmpq(0)

    def rounding(self, value: Scalar) -> Rounding:
        if self.stated is not None:
            return self.stated
        return EXACT if self.exact or (type(value) is fmpq and value.q == 1) else self.figures


class OwnDigits(Target):
    """A fraction for which the question states no digits: exact, or a right rounding at the digits the student chose to write.

    Judging these at three figures alone would take 0.9606 for 0.9604, two numbers that different methods lead to.
    """

    __slots__ = ()

    def judge(self, value: Scalar, decimals: int | None) -> Verdict:
        verdict = decide(self, value, decimals).verdict
        if verdict is not CORRECT or type(value) is not fmpq or value == self.value:
            return verdict
        if decimals is not None and abs(value - self.low) <= half_unit(decimals):
            return CORRECT
        return CORRECT if any(low <= value <= high for low, high in self.also) else INCORRECT


def goals(value: Value, digits: Digits, region: Value = None) -> Any:
    """A value made ready for comparing: a target for every number, words and sizes as they are; None where it has no value.

    ``region`` holds enclosures of what honest rounding before can have led to; at steps that are whole by nature it is not used.
    """
    if isinstance(value, Failure):
        return None
    if isinstance(value, Shape) or not (isinstance(value, tuple) or is_scalar(value)):
        return value
    if isinstance(value, tuple):
        parts = region if isinstance(region, tuple) and len(region) == len(value) else (None,) * len(value)
        return tuple(goals(item, digits, part) for item, part in zip(value, parts, strict=True))
    if not is_sane(value):
        return None
    also = () if digits.whole or not isinstance(region, arb) else capped(value, region)
    try:
        rounding = digits.rounding(value)
        return target(value, rounding, also, OwnDigits if rounding is digits.figures and type(value) is fmpq else None)
    except Undecided:
        return None


def is_sane(value: Scalar, bits: int = MAX_BITS) -> bool:
    """Whether a number is of a size that can be compared: what follows from a wild answer may have more digits than there are atoms.

    The ends of its enclosure are turned into fractions later, which the library does not survive for huge exponents.
    """
    if type(value) is fmpq:
        return int(value.height_bits()) <= bits
    ball = enclose(value)
    if not ball.is_finite():
        return False
    with ctx.workprec(160):
        return all(_has_small_exponent(end, bits) for end in (ball.lower(), ball.upper()))


def _has_small_exponent(end: arb, bits: int) -> bool:
    mantissa, exponent = end.mid().man_exp()
    return bool(mantissa == 0 or (abs(exponent) <= bits and mantissa.bit_length() <= MAX_BITS))


def capped(value: Scalar, region: arb) -> tuple[tuple[Scalar, Scalar], ...]:
    """The ends of an enclosure, kept within half a per cent of the value."""
    if not is_sane(region):
        return ()
    with ctx.workprec(160):
        room = enclose(multiply(absolute(value), WIDEST))
        middle = enclose(value)
        low, high = region.lower().max((middle - room).lower()), region.upper().min((middle + room).upper())
        return ((low.fmpq(), high.fmpq()),) if low <= high else ()


def excludes(digits: Digits, value: Value, written: Value) -> bool:
    """Whether two values are proven too far apart for the one written to be the other, however it is rounded.

    ``value`` may hold enclosures. It spares most comparisons; what it does not exclude is to be compared.
    """
    if type(value) is fmpq and type(written) is fmpq:
        return bool(abs(value - written) > digits.room + digits.share * abs(written))
    if isinstance(value, tuple):
        if not isinstance(written, tuple) or len(value) != len(written):
            return True
        if isinstance(value, Shape):
            return bool(value != written)
        return any(excludes(digits, item, other) for item, other in zip(value, written, strict=True))
    if isinstance(value, fmpq | Real | arb) and isinstance(written, fmpq | Real):
        one, other = enclose(value), enclose(written)
        return bool(abs(one - other) > abs(other) * digits.share + digits.room)
    return False


def agrees(goal: Any, answer: Answer) -> Verdict:
    """Whether the typed answer is the value the goal was made of."""
    try:
        return _agrees(goal, answer.value, answer.decimals, answer.reading)
    except Undecided:
        return UNDECIDED


def _agrees(goal: Any, value: Any, decimals: Any, reading: Reading | None = None) -> Verdict:
    if goal is None:
        return INCORRECT
    if isinstance(goal, Target):
        if not isinstance(value, fmpq | Real):
            return INCORRECT
        return decide(goal, value, decimals if isinstance(decimals, int) else None).verdict
    if isinstance(goal, OwnDigits):
        return goal.judge(value, decimals if isinstance(decimals, int) else None) if isinstance(value, fmpq | Real) else INCORRECT
    if isinstance(goal, Key):
        return judge_reading(goal, reading).verdict if reading is not None else INCORRECT
    if isinstance(goal, Shape):
        return CORRECT if isinstance(value, Shape) and value == goal else INCORRECT
    if isinstance(goal, tuple):
        return _agree_all(goal, value, decimals)
    return CORRECT if type(goal) is type(value) and goal == value else INCORRECT


def _agree_all(goal: tuple[Any, ...], value: Any, decimals: Any) -> Verdict:
    if not isinstance(value, tuple) or isinstance(value, Shape) or len(value) != len(goal):
        return INCORRECT
    digits = decimals if isinstance(decimals, tuple) and len(decimals) == len(value) else (None,) * len(value)
    return worst(_agrees(part, item, digit) for part, item, digit in zip(goal, value, digits, strict=True))


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    found = CORRECT
    for verdict in verdicts:
        if verdict is INCORRECT:
            return INCORRECT
        if verdict is not CORRECT:
            found = UNDECIDED if UNDECIDED in (verdict, found) else IMPRECISE
    return found
