"""A number that is the only answer to its question, marked fast: the same marks as ``marking`` gives, in a few microseconds.

A plain number far from everything a known mistake, another convention or a pair of mistakes leaves is simply wrong; it needs
no diagnosis. Whatever is not that plain goes to ``marking``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq

from exam_tool.answers.decide import Target
from exam_tool.answers.reading import NUMBERS, plain_number
from exam_tool.language import Text
from exam_tool.marking import Policy, grade, sheet_of
from exam_tool.marking.agreement import CORRECT, INCORRECT, agrees
from exam_tool.marking.form import Hypothesis
from exam_tool.marking.sheet import Column, Sheet
from exam_tool.marking.typed import Answer
from exam_tool.marking.verdicts import verdict_code
from exam_tool.variant import Variant

from .marker import causes, needs_person
from .spreadsheets import damage

MAX_DIGITS = 40
NEAR = fmpq(1, 100)  # of a value: far wider than any rounding that is accepted


@dataclass(eq=False, slots=True)
class Outcome:
    """What one typed text is worth in one question. ``whole`` is None where it could not be marked.

    ``review`` says why a person must look at it, ``spoilt`` what a spreadsheet did to it; ``number`` is given by who counts them.
    """

    mark: Fraction
    maximum: Fraction
    whole: int | None
    verdict: str
    cause: tuple[str, ...] = ()
    review: Text | None = None
    spoilt: Text | None = None
    number: int = 0
    ordinary: bool = True

    def __post_init__(self) -> None:
        self.ordinary = self.review is None and self.spoilt is None

    @property
    def said(self) -> tuple[Fraction, Fraction, int | None, str, tuple[str, ...]]:
        """What two outcomes have in common that need not be told apart."""
        return self.mark, self.maximum, self.whole, self.verdict, self.cause


class Single:
    """A variant that asks for one step, ready for many answers."""

    def __init__(self, variant: Variant, policy: Policy) -> None:
        self.variant = variant
        self.policy = policy
        self.name = variant.asked[0].find
        sheet = sheet_of(variant, policy.precision)
        self.column = sheet.columns[self.name]
        self.goal: Any = self.column.goal
        self.plain = self.column.asked.kind in NUMBERS and isinstance(self.goal, Target)
        self.around = _span(self.goal, roomy=True) if self.plain else (fmpq(1), fmpq(0))
        left = list(_left_behind(sheet, self.column)) if self.plain else []
        self.ends = [end for span in _spans(left) for end in span]
        exact = self.plain and all(goal.rounding.is_exact and not goal.also for goal in (self.goal, *left))
        self.whole = _whole(self.goal) if exact else None
        self.names = frozenset(map(_whole, left))
        self.right: Outcome | None = None
        self.wrong: Outcome | None = None

    def outcome(self, text: str) -> Outcome:
        """What this text is worth."""
        if self.whole is not None and text.isdecimal() and text.isascii() and len(text) <= MAX_DIGITS:
            return self._counted(int(text), text)
        found = plain_number(text) if self.plain else None
        if found is None or not text.isascii():
            return self.marked(text)
        value, decimals = found
        if self.around[0] <= value <= self.around[1]:
            against = agrees(self.goal, Answer(text, value, decimals))
            if against is CORRECT:
                self.right = self.right or self.marked(text)
                return self.right
            if against is not INCORRECT:
                return self.marked(text)
        if self.has_name(value):
            return self.marked(text)
        self.wrong = self.wrong or self.marked(text)
        return self.wrong

    def _counted(self, number: int, text: str) -> Outcome:
        """The same where a whole number is asked exactly and one is written: it is the key, has a name, or is wrong."""
        if number == self.whole:
            self.right = self.right or self.marked(text)
            return self.right
        if number in self.names:
            return self.marked(text)
        self.wrong = self.wrong or self.marked(text)
        return self.wrong

    def marked(self, text: str) -> Outcome:
        """The full marking of one text."""
        given = grade(self.variant, {self.name: text}, self.policy)
        step = given.steps[0]
        found = damage(text)
        spoilt = found.reason if found else None
        review = step.message if needs_person(step) else spoilt if step.marks < step.maximum else None
        return Outcome(step.marks, step.maximum, given.whole, verdict_code(step.verdict), causes(step), review, spoilt)

    def has_name(self, value: fmpq) -> bool:
        """Whether a number lies where something that a known mistake leaves may be meant."""
        at = bisect_left(self.ends, value)
        return bool(at % 2) or (at < len(self.ends) and self.ends[at] == value)


def _left_behind(sheet: Sheet, column: Column) -> Iterator[Target]:
    """Every number that has a name: what known mistakes, other conventions and pairs of mistakes leave."""
    answered = frozenset((column.name,))
    before = frozenset(step.name for step in sheet.steps) - answered
    gap, runs = sheet.form.gap(column.name, before), sheet.runs(column, before)
    groups: list[tuple[Hypothesis, ...]] = [(mistake,) for mistake in gap.mistakes]
    groups += [(one, other) for one, others in gap.pairs for other in others]
    values = [runs.left(*group) for group in groups]
    values += [sheet.elsewhere(column, convention, sheet.values, answered, True) for convention in sheet.conventions]
    for value in values:
        goal = sheet.goal(column, value)
        if isinstance(goal, Target):
            yield goal


def _whole(goal: Target) -> int | None:
    """The whole number a goal is, if it is one."""
    return int(goal.low.p) if goal.low == goal.high and goal.low.q == 1 else None


def _spans(goals: Iterable[Target]) -> list[tuple[fmpq, fmpq]]:
    """The neighbourhoods of these numbers, joined where they overlap."""
    joined: list[tuple[fmpq, fmpq]] = []
    for low, high in sorted(map(_span, goals)):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _span(goal: Target, roomy: bool = False) -> tuple[fmpq, fmpq]:
    """Far wider than any rounding that could be accepted. An exact number has no neighbourhood, unless even a rounding with too
    few digits is to be caught (``roomy``)."""
    low, high, asked = goal.low, goal.high, goal.rounding
    if asked.is_exact and not goal.also and not roomy:
        return low, high
    size = max(abs(low), abs(high))
    room = 1 + NEAR * size
    if asked.figures is not None:
        room += size * fmpq(1, 10 ** (asked.figures - 1))
    if asked.tolerance is not None:
        room += 2 * asked.tolerance
    return low - room, high + room
