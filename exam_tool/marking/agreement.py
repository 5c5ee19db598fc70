"""Is what was typed this value, at the precision the cell asks? A thin layer over the judge, for values worked out while marking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import arb, ctx, fmpq

from exam_tool.answers.decide import EXACT, Rounding, Target, Verdict, decide, target
from exam_tool.answers.judge import judge_reading
from exam_tool.answers.key import Key
from exam_tool.answers.reading import Reading
from exam_tool.expressions.arrays import Shape, Value, is_scalar
from exam_tool.expressions.exact import Real, Scalar, Undecided, absolute, enclose, multiply
from exam_tool.trace import Failure

from .typed import Answer

CORRECT, INCORRECT, IMPRECISE, UNDECIDED = Verdict.CORRECT, Verdict.INCORRECT, Verdict.IMPRECISE, Verdict.UNDECIDED
WIDEST = fmpq(5, 1000)  # typed decimals widen what follows by at most this part of the value
EXACT_KINDS = frozenset(("integer", "rational", "exact", "expression"))


class Digits:
    """How many digits a cell asks: as the question states, else exact values and, where they do not end, ``figures``."""

    __slots__ = ("exact", "figures", "stated", "whole")

    def __init__(self, places: int | None, sig: int | None, tolerance: fmpq | None, kind: str | None, whole: bool, figures: int) -> None:
        self.stated = Rounding(places, sig, tolerance) if (places, sig, tolerance) != (None, None, None) else None
        self.exact = self.stated is None and kind in EXACT_KINDS
        self.whole = whole
        self.figures = Rounding(figures=figures)

    def rounding(self, value: Scalar) -> Rounding:
        if self.stated is not None:
            return self.stated
        return EXACT if self.exact or (type(value) is fmpq and value.q == 1) else self.figures


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
    if isinstance(value, arb):
        return None
    also = () if digits.whole or not isinstance(region, arb) else capped(value, region)
    try:
        return target(value, digits.rounding(value), also)
    except Undecided:
        return None


def capped(value: Scalar, region: arb) -> tuple[tuple[Scalar, Scalar], ...]:
    """The ends of an enclosure, kept within half a per cent of the value."""
    if not region.is_finite():
        return ()
    with ctx.workprec(160):
        room = enclose(multiply(absolute(value), WIDEST))
        middle = enclose(value)
        low, high = region.lower().max((middle - room).lower()), region.upper().min((middle + room).upper())
        return ((low.fmpq(), high.fmpq()),) if low <= high else ()


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
