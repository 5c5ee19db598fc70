"""A calculation as named steps, and running it: the heart of the product. It knows nothing of questions, marks or screens.

A calculator, run once for the structure at hand, yields a ``Plan``: givens, options and steps with their known mistakes.
A plan run on values yields a ``Trace``. Everything else is a plan run again with something replaced.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from flint import arb, fmpq

from exam_tool.domain import Domain, DomainError
from exam_tool.expressions.arrays import Value, entries, map_entries
from exam_tool.expressions.evaluate import Compiled, compiled
from exam_tool.expressions.exact import Real, Scalar, enclose
from exam_tool.expressions.tree import Node, names
from exam_tool.language import ExamToolError, Text

MistakeKind = Literal["slip", "method", "convention"]


class Given(NamedTuple):
    """An input of a calculation; ``default`` is a formula over the givens before it."""

    name: str
    label: Text
    domain: Domain
    default: Node | None = None
    aliases: tuple[str, ...] = ()


class Option(NamedTuple):
    """A convention on which courses differ: each choice with the sentence that states it in a question.

    ``convention`` is False for a choice that is the task itself, such as the activation: another one there is a wrong answer.
    """

    name: str
    label: Text
    choices: Mapping[str, Text]
    default: str
    convention: bool = True
    formula: bool = False  # its only choice is the formula the caller wrote


class Mistake(NamedTuple):
    """A wrong formula people use at one step, and the sentence that names it.

    ``kind`` decides its worth: a slip keeps the method mark, a method mistake does not, a convention is not an error.
    """

    id: str
    formula: Node
    message: Text
    kind: MistakeKind
    calculate: Compiled


class Step(NamedTuple):
    """One line of hand work: a name, what it is, the formula as the author wrote it, and why."""

    name: str
    label: Text
    formula: Node
    because: Text | None
    domain: Domain
    needs: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    calculate: Compiled


@dataclass(frozen=True, eq=False)
class Plan:
    """The steps of one calculator for one structure and one choice of options, in the order of hand work.

    ``shaped_by`` names the givens whose values, and not only their sizes, decide which steps there are.
    Variants of one structure share their plan, so that what depends on it alone is worked out once.
    """

    calculator: str
    options: Mapping[str, str]
    declared: tuple[Option, ...]
    givens: tuple[Given, ...]
    steps: tuple[Step, ...]
    shaped_by: frozenset[str] = frozenset()

    @cached_property
    def by_name(self) -> Mapping[str, Step]:
        return {step.name: step for step in self.steps}

    @cached_property
    def parents(self) -> Mapping[str, tuple[str, ...]]:
        """For every step the earlier steps its formula uses directly."""
        return {step.name: tuple(name for name in step.needs if name in self.by_name) for step in self.steps}

    @cached_property
    def downstream(self) -> Mapping[str, tuple[Step, ...]]:
        """For every step and given the steps that depend on it, in order (not the step itself)."""
        reach: dict[str, set[str]] = {}
        for step in self.steps:
            reach[step.name] = set(step.needs).union(*(reach.get(name, ()) for name in step.needs))
        sources = [given.name for given in self.givens] + [step.name for step in self.steps]
        return {name: tuple(step for step in self.steps if name in reach[step.name]) for name in sources}

    def upstream(self, wanted: Iterable[str]) -> tuple[Step, ...]:
        """The steps needed for the wanted ones, and these, in order."""
        needed = set(wanted)
        for step in reversed(self.steps):
            if step.name in needed:
                needed.update(step.needs)
        return tuple(step for step in self.steps if step.name in needed)


@dataclass(frozen=True, slots=True)
class Failure:
    """The value of a step that has none, and why; every step that uses it fails too."""

    message: Text


class Line(NamedTuple):
    """One step of a trace with its value."""

    step: Step
    value: Value


@dataclass(frozen=True)
class Trace:
    """A plan with the value of every given and step. ``trace["H_out"].value`` is exact."""

    plan: Plan
    values: Mapping[str, Value]

    def __getitem__(self, name: str) -> Line:
        return Line(self.plan.by_name[name], self.values[name])

    def __iter__(self) -> Iterator[Line]:
        return (Line(step, self.values[step.name]) for step in self.plan.steps)

    @property
    def givens(self) -> Mapping[str, Value]:
        return {given.name: self.values[given.name] for given in self.plan.givens}

    def replaced(self, changes: Mapping[str, Value | Node]) -> dict[str, Value]:
        """All values when some steps or givens take another value or formula; what depends on them follows.

        A step without a value becomes a ``Failure`` instead of stopping the run.
        """
        values = dict(self.values)
        affected = {step.name for name in changes for step in self.plan.downstream[name]}
        for name, change in changes.items():
            if name not in self.plan.by_name:
                values[name] = change
        for step in self.plan.steps:
            if step.name in changes:
                values[step.name] = _changed(changes[step.name], values)
            elif step.name in affected:
                values[step.name] = calculated(step, step.calculate, values)
        return values

    def mistaken(self, step: Step, mistake: Mistake, wanted: Container[str] | None = None) -> dict[str, Value]:
        """All values when one known mistake is made at one step and everything after it is right.

        ``wanted`` leaves out the later steps that are not in it: they are not in the result either.
        """
        values = dict(self.values)
        values[step.name] = calculated(step, mistake.calculate, values)
        for later in self.plan.downstream[step.name]:
            if wanted is None or later.name in wanted:
                values[later.name] = calculated(later, later.calculate, values)
            else:
                del values[later.name]
        return values

    def widened(self, places: int, steps: Iterable[str] | None = None) -> dict[str, Value]:
        """Enclosures of all values that honest work with this many decimals can reach.

        Each of the steps named (default: all) whose exact value does not end within ``places`` decimals may be off by
        half a unit of the last one; whatever follows is computed in interval arithmetic.
        """
        loose = None if steps is None else set(steps)
        values: dict[str, Value] = dict(self.givens)
        for step in self.plan.steps:
            ball = calculated(step, step.calculate, values)
            if not isinstance(ball, Failure) and (loose is None or step.name in loose):
                ball = _widen(ball, self.values[step.name], places)
            values[step.name] = ball
        return values


def calculated(step: Step, calculate: Compiled, values: Mapping[str, Value]) -> Value:
    """The value of a step from these values, or a Failure that says why there is none."""
    for name in step.needs:
        if isinstance(failed := values.get(name), Failure):
            return failed
    try:
        return calculate(values)
    except ExamToolError as error:
        return Failure(error.message)
    except (TypeError, AttributeError):  # a mistake's formula met a Failure, or a carried value of another kind
        return Failure(Text("The values do not fit this step.", "这些值不适合这一步。"))


def _changed(change: Value | Node, values: Mapping[str, Value]) -> Value:
    if not isinstance(change, Node):
        return change
    try:
        return compiled(change)(values)
    except ExamToolError as error:
        return Failure(error.message)


def _widen(ball: Value, exact: Value, places: int) -> Value:
    if isinstance(ball, tuple) and isinstance(exact, tuple):
        return tuple(_widen(b, x, places) for b, x in zip(ball, exact, strict=True))
    if isinstance(ball, str | bool) or terminates(exact, places):
        return ball
    return enclose(ball) + arb(0, fmpq(1, 2 * 10**places))


def terminates(value: Scalar, places: int) -> bool:
    """Whether a number can be written exactly with this many decimals."""
    return isinstance(value, fmpq) and (value * 10**places).q == 1


def run_plan(plan: Plan, givens: Mapping[str, Value]) -> Trace:
    """The plan on complete, checked givens.

    Raises:
        ExamToolError: from the step that has no value, or one that may not be, naming it.
    """
    values = dict(givens)
    for step in plan.steps:
        try:
            values[step.name] = step.calculate(values)
        except ExamToolError as error:
            raise ExamToolError(Text(f"{step.name}: {error.message.en}", f"{step.name}：{error.message.zh}")) from error
        if step.domain.text and not step.domain.holds(values[step.name]):
            must = step.domain.describe()
            raise DomainError(
                Text(
                    f"With these numbers {step.name} ({step.label.en}) does not come out as {must.en}.",
                    f"用这些数算出的 {step.name}（{step.label.zh}）不满足：{must.zh}。",
                )
            )
    return Trace(plan, values)


def make_step(name: str, label: Text, formula: Node, because: Text | None, domain: Domain, mistakes: tuple[Mistake, ...] = ()) -> Step:
    """A step whose needs are the names in its formula and in those of its mistakes' formulas."""
    return Step(name, label, formula, because, domain, tuple(sorted(names(formula))), mistakes, compiled(formula))


def make_mistake(id: str, formula: Node, message: Text, kind: MistakeKind) -> Mistake:
    return Mistake(id, formula, message, kind, compiled(formula))


def is_exact(value: Value) -> bool:
    """Whether a value holds numbers only, none of them a ball."""
    return all(isinstance(x, fmpq | Real) for x in entries(value))


def balls(value: Value) -> Value:
    """Every number of a value as an enclosure."""
    return map_entries(enclose, value)
