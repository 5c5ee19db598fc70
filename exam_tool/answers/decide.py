"""Is this number right for this question? The rounding rule, as the help prints it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from flint import fmpq

from exam_tool.expressions.exact import Scalar
from exam_tool.language import Text

from .enclosure import TOO_CLOSE, bounds, floor_log10, sign_of

DEFAULT_FIGURES = 3


class Verdict(StrEnum):
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


@dataclass(frozen=True, slots=True)
class Rounding:
    """What a question asks of the digits: decimal places, significant figures, a tolerance, or (all None) the exact value."""

    places: int | None = None
    figures: int | None = None
    tolerance: fmpq | None = None
    strict: bool = False  # the exam teaches significant figures: every asked digit must be typed, final zeros too

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


def target(
    value: Scalar, rounding: Rounding = EXACT, also: Sequence[tuple[Scalar, Scalar]] = (), make: type[Target] | None = None
) -> Target:
    """A key value made ready, as a target of the kind ``make``."""
    low, high = bounds(value)
    exponent = None if rounding.figures is None or (low <= 0 <= high) else floor_log10(value)
    ranges = tuple((bounds(first)[0], bounds(last)[1]) for first, last in also)
    return (make or Target)(value, low, high, exponent, rounding, ranges)


def half_unit(places: int) -> fmpq:
    """Half a unit of the given decimal place, which may be negative."""
    return fmpq(1, 2 * 10**places) if places >= 0 else fmpq(10**-places, 2)


def decide(goal: Target, value: Scalar, decimals: int | None) -> Outcome:
    """One number against a key: the rounding rule of the help text, in its order.

    Raises:
        Undecided: when no enclosure settles it.
    """
    rounding = goal.rounding
    if type(value) is fmpq and value == goal.low and goal.low == goal.high and not rounding.strict:
        return CORRECT
    if rounding.is_exact:
        return _exactly(goal, value, decimals)
    # Is it within half a unit of the asked place, or within the tolerance?
    places = 0 if rounding.tolerance is not None else asked_places(goal, value)
    half = half_unit(places) if rounding.tolerance is None else rounding.tolerance
    order, method = _distance(goal, value, half)
    if order <= 0 and rounding.strict and decimals is not None and decimals < places:
        return Outcome(Verdict.IMPRECISE, too_few(decimals, places, rounding.figures), method, "too-few-digits")
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
        return Text(f"Right so far, but {figures} significant figures are asked for.", f"到此正确，但题目要求 {figures} 位有效数字。")
    if given < 0:
        return Text(f"Right so far, but {asked} decimals are asked for.", f"到此正确，但题目要求 {asked} 位小数。")
    return Text(f"Right so far: {given} decimals are given, {asked} are asked for.", f"到此正确：只给了 {given} 位小数，要求 {asked} 位。")


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
                f"Right to {decimals} decimals, but the exact value is asked for (a form such as 2/3 or sqrt(6)/6)."
                if decimals > 0
                else "Rightly rounded, but the exact value is asked for.",
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


__all__ = [
    "CORRECT", "EXACT", "INCORRECT", "TOO_CLOSE", "Outcome", "Rounding", "Target", "Verdict", "bounds", "decide", "floor_log10",
    "half_unit", "sign_of", "target",
]  # fmt: skip
