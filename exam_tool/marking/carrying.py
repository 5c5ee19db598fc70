"""The values with which each step is marked: the student's own where they can be carried, else what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flint import arb, fmpq

from exam_tool.expressions.arrays import Value, same
from exam_tool.expressions.exact import Real, enclose
from exam_tool.language import ExamToolError
from exam_tool.trace import Failure, Step, terminates

from .form import Gap
from .runs import Runs, safely
from .sheet import Column, Sheet
from .typed import Answer, Cell


class Carried:
    """One script on its way through the calculation.

    ``values`` are exact, one for every given and step; ``balls`` the same with typed decimals (and, where the question says
    "keep k decimals", unwritten steps) widened by half their last digit, None while nothing is widened.
    """

    def __init__(self, sheet: Sheet, cells: Mapping[str, Cell | None], keep: int | None) -> None:
        self.sheet = sheet
        self.keep = keep
        self.values: dict[str, Value] = dict(sheet.values)
        self.balls: dict[str, Value] | None = None
        self.answered = frozenset(name for name, cell in cells.items() if cell is not None)
        blank = {name for name, cell in cells.items() if cell is None}
        self.open_steps = frozenset(step.name for step in sheet.steps if step.name not in sheet.columns or step.name in blank)
        self.changed: set[str] = set()  # not exactly the key
        self.widened: set[str] = set()
        self.differs: set[str] = set()  # another value than the key, beyond rounding
        self.coarse: set[str] = set()  # a right rounding with too few digits, or after one
        self.origins: dict[str, frozenset[str]] = {}
        self.invalid: dict[str, Value] = {}  # typed, but impossible: not carried

    def untouched(self, column: Column) -> bool:
        """Whether everything before a step is exactly the key."""
        return self.changed.isdisjoint(self.sheet.form.ancestors[column.name])

    def runs(self, column: Column) -> Runs:
        """Runs of the calculation up to a step from the carried values."""
        if self.untouched(column):
            return self.sheet.runs(column, self.open_steps)
        return Runs(self.sheet, column, self.values, self.open_steps)

    def gap(self, column: Column) -> Gap:
        """What may have gone wrong unseen before a step."""
        return self.sheet.form.gap(column.name, self.open_steps)

    def origins_of(self, names: Iterable[str]) -> frozenset[str]:
        """The steps at which the errors in these values came in."""
        return frozenset[str]().union(*(self.origins.get(name, frozenset()) for name in names if name in self.differs))

    def follows(self, column: Column) -> Value:
        """What the step comes to from the carried values."""
        if self.changed.isdisjoint(column.step.needs):
            return column.key
        return safely(column.step, column.step.calculate, self.values)

    def region(self, column: Column) -> Value:
        """Enclosures of what it may come to when typed decimals stand for themselves plus or minus half their last digit."""
        if self.balls is None or self.widened.isdisjoint(column.step.needs):
            return None
        return safely(column.step, column.step.calculate, self.balls)

    def pass_over(self, step: Step) -> None:
        """A step nobody answered is worked out from the carried values, if that gives a value it may have.

        A step whose value the question shows keeps that.
        """
        column = self.sheet.columns.get(step.name)
        if column is not None and column.worth.scheme == "ag":
            return
        if not self.changed.isdisjoint(step.needs):
            value = safely(step, step.calculate, self.values)
            if self.sheet.fits(step, value):
                self._set(step, value, self.origins_of(step.needs), not self.coarse.isdisjoint(step.needs))
        self._widen(step)

    def _widen(self, step: Step) -> None:
        """The enclosure of an unwritten step."""
        loose = self.balls is not None and not self.widened.isdisjoint(step.needs)
        if not loose and self.keep is None:
            return
        ball = safely(step, step.calculate, self.balls if self.balls is not None else self.values) if loose else self.values[step.name]
        if isinstance(ball, Failure):
            return
        if self.keep is not None:
            ball = _rounded_at(ball, self.values[step.name], self.keep)
        if loose or ball is not self.values[step.name]:
            self._loosen(step.name, ball)

    def _loosen(self, name: str, ball: Value) -> None:
        if self.balls is None:
            self.balls = dict(self.values)
        self.balls[name] = ball
        self.widened.add(name)

    def take(self, column: Column, answer: Answer, *, differs: bool, origins: frozenset[str], coarse: bool = False) -> None:
        """Carries what the student wrote."""
        if differs:
            self._set(column.step, answer.value, origins, coarse)
        elif not is_exactly(answer.value, column.key):
            self.values[column.name] = answer.value
            self.changed.add(column.name)
            if coarse:
                self.coarse.add(column.name)
        if self.balls is not None:
            self.balls[column.name] = self.values[column.name]
        if answer.is_loose and not coarse and column.name in self.changed:
            self._loosen(column.name, answer.ball)

    def assume(self, name: str, value: Value) -> None:
        """Another value from here on; unwritten steps after it follow."""
        self._set(self.sheet.plan.by_name[name], value, frozenset((name,)), False)
        for step in self.sheet.steps:
            if step.name in self.open_steps and name in self.sheet.form.ancestors[step.name]:
                self.pass_over(step)

    def _set(self, step: Step, value: Value, origins: frozenset[str], coarse: bool) -> None:
        name = step.name
        if is_exactly(value, self.sheet.values[name]):
            self.values[name] = self.sheet.values[name]
            self.changed.discard(name)
            self.differs.discard(name)
        else:
            self.values[name] = value
            self.changed.add(name)
            if origins:
                self.differs.add(name)
                self.origins[name] = origins
            if coarse:
                self.coarse.add(name)
        if self.balls is not None:
            self.balls[name] = self.values[name]

    def refuse(self, column: Column, value: Value) -> None:
        """An impossible value is remembered, and the step passed over."""
        self.invalid[column.name] = value
        self.pass_over(column.step)

    def from_invalid(self, column: Column) -> tuple[Value, tuple[str, ...]] | None:
        """What the step comes to from the student's impossible values, and which these are; None when it uses none."""
        if not self.invalid:
            return None
        used = tuple(name for name in self.invalid if name in self.sheet.form.ancestors[column.name])
        if not used:
            return None
        run = {**self.values, **self.invalid}
        moved = set(used)
        for step in self.sheet.form.route[column.name]:
            if step.name not in moved and (step.name in self.open_steps or step is column.step) and not moved.isdisjoint(step.needs):
                run[step.name] = safely(step, step.calculate, run)
                moved.add(step.name)
        return (run[column.name], used) if column.name in moved else None


def is_exactly(a: Value, b: Value) -> bool:
    """Whether two values are the same number, without rounding."""
    if type(a) is fmpq and type(b) is fmpq:
        return bool(a == b)
    if type(a) is fmpq and type(b) is Real:
        return False  # a closed form that happened to be rational would have become one
    try:
        return same(a, b)
    except (ExamToolError, TypeError):
        return False


def _rounded_at(ball: Value, exact: Value, places: int) -> Value:
    """An enclosure widened by half a unit of the last place kept, entry by entry, where the value does not end there."""
    if isinstance(ball, tuple) and isinstance(exact, tuple):
        return tuple(_rounded_at(b, x, places) for b, x in zip(ball, exact, strict=False))
    if isinstance(ball, str | bool | Failure) or terminates(exact, places):
        return ball
    return enclose(ball) + arb(0, fmpq(1, 2 * 10**places))
