"""The calculation run again up to one asked step, from one set of values: what a known mistake, or two, leave there.

Nearly every number so found is not the one written. Where numbers are irrational they are first enclosed in balls, which is cheap and
proves it; what a ball cannot exclude is worked out exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from exam_tool.expressions.arrays import Value, entries, map_entries
from exam_tool.expressions.evaluate import Compiled
from exam_tool.expressions.exact import Real, Scalar, enclose
from exam_tool.language import Text
from exam_tool.trace import Failure, Step, calculated

from .form import Hypothesis
from .typed import Answer

if TYPE_CHECKING:
    from .column import Column
    from .sheet import Sheet

Values = Mapping[str, Value]
Pairs = Iterable[tuple[Hypothesis, tuple[Hypothesis, ...]]]
NO_VALUE = Text("There is no value.", "没有值。")


def safely(step: Step, calculate: Compiled, values: Values) -> Value:
    """The value of a step from a student's values, whatever they are."""
    try:
        return calculated(step, calculate, values)
    except Exception:  # any value a student carries may break any formula; then it has no value, and marking goes on
        return Failure(NO_VALUE)


class Runs:
    """Runs up to one column from ``values``, in which the unanswered (``open``) steps follow what changes before them."""

    def __init__(self, sheet: Sheet, column: Column, values: Values, open_steps: frozenset[str]) -> None:
        self.sheet = sheet
        self.column = column
        self.values = values
        self.open_steps = open_steps
        self._rough: Values | None = None
        self._first: dict[str, Values] = {}
        self._second: dict[tuple[str, str], Value] = {}

    @property
    def rough(self) -> Values:
        """The values with balls for the irrational ones among them."""
        if self._rough is None:
            self._rough = roughly(self.values, self.sheet.rough, self.sheet.values)
        return self._rough

    def leaves(self, mistake: Hypothesis, answer: Answer) -> bool:
        """Whether a known mistake leaves this answer."""
        return self._is_it(answer, self.first(mistake)[self.column.name], (mistake,))

    def pairs_leaving(self, pairs: Pairs, answer: Answer) -> list[tuple[Hypothesis, Hypothesis]]:
        """The pairs of known mistakes, at different steps, that leave this answer."""
        found = []
        for one, others in pairs:
            for other in others:
                if self._is_it(answer, self.second(one, other), (one, other)):
                    found.append((one, other))
        return found

    def left(self, *mistakes: Hypothesis) -> Value:
        """What one known mistake leaves, or two of which the first leads to the second, exactly."""
        values = self.values
        for mistake in mistakes:
            values = self._run(values, mistake.at, mistake.calculate)
        return values[self.column.name]

    def first(self, mistake: Hypothesis) -> Values:
        """All values after one known mistake, roughly."""
        known = self._first.get(mistake.code)
        if known is None:
            known = self._first[mistake.code] = self._run(self.rough, mistake.at, mistake.calculate)
        return known

    def second(self, one: Hypothesis, other: Hypothesis) -> Value:
        """What two known mistakes leave, roughly."""
        key = (one.code, other.code)
        if key not in self._second:
            self._second[key] = self._run(self.first(one), other.at, other.calculate)[self.column.name]
        return self._second[key]

    def _is_it(self, answer: Answer, rough: Value, mistakes: tuple[Hypothesis, ...]) -> bool:
        if type(rough) is Failure:
            return self.rough is not self.values and self.sheet.is_it(self.column, self.left(*mistakes), answer)
        if self.column.excludes(rough, answer.value):
            return False
        exact = rough if self.rough is self.values else self.left(*mistakes)
        return self.sheet.is_it(self.column, exact, answer)

    def _run(self, start: Values, at: Step, calculate: Compiled) -> Values:
        run = dict(start)
        run[at.name] = safely(at, calculate, run)
        for step in self.sheet.form.after(self.column.name, at.name, self.open_steps):
            run[step.name] = safely(step, step.calculate, run)
        return run


def roughly(values: Values, known: Values, of: Values) -> Values:
    """The values with a ball for each irrational number; the same mapping when there is none. ``known`` has those of ``of``."""
    found = {}
    for name, value in values.items():
        if value is of.get(name):
            if name in known:
                found[name] = known[name]
        elif is_irrational(value):
            found[name] = map_entries(_ball, value)
    return {**values, **found} if found else values


def is_irrational(value: Value) -> bool:
    """Whether a value holds a number that is not a fraction."""
    return not isinstance(value, str | bool | Failure) and any(type(number) is Real for number in entries(value))


def _ball(number: Scalar) -> Scalar:
    return enclose(number) if type(number) is Real else number
