"""What marking needs of a variant, worked out once and used for a whole class: cells, keys, and the values known mistakes leave."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import fmpq

from exam_tool.answers.arithmetic import TOO_BIG
from exam_tool.answers.decide import Verdict as Judged
from exam_tool.answers.judge import judge_reading
from exam_tool.answers.judgement import Judgement
from exam_tool.answers.key import Key, prepare
from exam_tool.answers.reading import Unreadable, asked_for
from exam_tool.bank.problem import Ask
from exam_tool.expressions.arrays import Shape, Value, entries, is_scalar, same, shape_of
from exam_tool.expressions.evaluate import Compiled
from exam_tool.expressions.exact import Real
from exam_tool.language import ExamToolError, Text
from exam_tool.trace import Failure, Plan, Step, calculated
from exam_tool.variant import Variant, value_kind

from .agreement import CORRECT, IMPRECISE, Digits, agrees, is_sane
from .column import NUMERIC, Column, goal_of, is_whole, nudged, oriented, read_number
from .policy import worth
from .rivals import Convention, Hypothesis, conventions_of, hypotheses_of, pairs
from .typed import Answer, Cell, Illegible, read_cell

MAX_CARRIED = 2000  # bits of the exponent or of the fraction of a number that is carried on
MAX_REMEMBERED = 4096  # answers of one cell; a class writes the same ones again and again
UNREADABLE = Judged.UNREADABLE
NO_VALUE = Text("There is no value.", "没有值。")


def safely(step: Step, calculate: Compiled, values: Mapping[str, Value]) -> Value:
    """The value of a step from a student's values, whatever they are."""
    try:
        return calculated(step, calculate, values)
    except Exception:  # any value a student carries may break any formula; then it has no value, and marking goes on
        return Failure(NO_VALUE)


class Sheet:
    """A variant prepared for marking at one default precision."""

    def __init__(self, variant: Variant, figures: int = 3) -> None:
        self.variant = variant
        self.figures = figures
        self.trace = variant.trace
        self.plan: Plan = variant.trace.plan
        self.values = variant.trace.values
        asked = {ask.find for ask in variant.asked}
        self.steps = self.plan.upstream(asked)
        self.columns: dict[str, Column] = {}
        by_find = {ask.find: ask for ask in reversed(variant.asked)}
        self.asked_names = frozenset(asked)
        for step in self.steps:
            if step.name in asked:
                self.columns[step.name] = self._column(by_find[step.name], step)
        self.code = variant.code
        self.digest = variant.problem.digest
        self.maximum = sum((column.worth.method + column.worth.accuracy for column in self.columns.values()), Fraction(0))
        self.names = tuple(given.name for given in self.plan.givens) + tuple(step.name for step in self.steps)
        self.seen: dict[str, dict[str, tuple[Cell | None, Any]]] = {name: {} for name in self.columns}
        self._left: dict[Any, Any] = {}
        self._reasons: dict[str, Key | None] = {}
        self._reacts: dict[tuple[str, str], bool] = {}
        self.remembered: dict[Any, Any] = {}

    def _column(self, ask: Ask, step: Step) -> Column:
        segment, inputs = self._segment(step)
        key = self.values[step.name]
        offered = {one.label: one for one in self.variant.offers.get(step.name, ())}
        kind = value_kind(key) if offered else self.variant.kind(ask)
        whole = "integer" in step.domain.words or ask.kind == "integer"
        digits = Digits(ask.places, ask.sig, ask.tolerance, ask.kind, whole, self.figures)
        ready = None if kind in NUMERIC else prepare(key, kind, options=self.variant.offered or None, prove=False)
        asked = asked_for(kind, units=ask.units, unit=ask.unit) if ready is None else ready.asked
        return Column(
            ask=ask,
            step=step,
            label=self.variant.label(ask),
            worth=worth(ask.marks, ask.scheme, ask.part),
            key=key,
            asked=asked_for("choice", options={label: one.shown for label, one in offered.items()}) if offered else asked,
            compared=asked,
            digits=digits,
            goal=goal_of(key, digits, asked) if ready is None else ready,
            segment=segment,
            inputs=inputs,
            parents=tuple(name for name in inputs if name in self.asked_names),
            letters={label: one.value for label, one in offered.items()},
        )

    def _segment(self, step: Step) -> tuple[tuple[Step, ...], tuple[str, ...]]:
        inside: set[str] = set()
        inputs: set[str] = set()
        stack = list(step.needs)
        while stack:
            name = stack.pop()
            if name in self.asked_names or name not in self.plan.by_name:
                inputs.add(name)
            elif name not in inside:
                inside.add(name)
                stack.extend(self.plan.by_name[name].needs)
        ordered = tuple(part for part in self.steps if part.name in inside)
        return ordered, tuple(sorted(name for name in inputs if name in self.values))

    # -- reading and comparing ------------------------------------------------------------------------------------

    def read(self, column: Column, raw: str) -> tuple[Cell | None, Any]:
        """The cell as read, and how it compares with the key (None unless it is an answer)."""
        known = self.seen[column.name]
        found = known.get(raw)
        if found is None:
            cell = read_cell(raw, column.asked, self.names)
            if isinstance(cell, Answer) and column.letters:
                cell = replace(cell, value=column.letters[cell.value[0]], decimals=None)
            elif isinstance(cell, Answer):
                refused = self.refusal(column, cell)
                cell = Illegible(raw, refused, False) if refused else oriented(cell, column.key)
            found = (cell, agrees(column.goal, cell) if isinstance(cell, Answer) else None)
            if len(known) < MAX_REMEMBERED and len(raw) <= 200:
                known[raw] = found
        return found

    def reason(self, column: Column, answer: Answer) -> Text | None:
        """What the judge remarks on a wrong or imprecise answer beyond "wrong": cut off, transposed, too few digits."""
        judgement = None if column.letters else self._judgement(column, answer)
        return judgement.reason if judgement is not None and judgement.code and judgement.verdict is not UNREADABLE else None

    def refusal(self, column: Column, answer: Answer) -> Unreadable | None:
        """Why an answer that can be read is no answer to this question: one number for a list, a number beyond all measure."""
        if not all(is_sane(number, MAX_CARRIED) for number in entries(answer.value) if isinstance(number, fmpq | Real)):
            return Unreadable(answer.raw, TOO_BIG, 0, max(1, len(answer.raw)), "too-big")
        judgement = self._judgement(column, answer) if column.asked.kind in ("vector", "matrix") else None
        if judgement is None or judgement.verdict is not UNREADABLE:
            return None
        return Unreadable(answer.raw, judgement.reason, judgement.column or 0, judgement.width, judgement.code)

    def _judgement(self, column: Column, answer: Answer) -> Judgement | None:
        if column.name not in self._reasons:
            self._reasons[column.name] = column.goal if isinstance(column.goal, Key) else self._number_key(column)
        ready = self._reasons[column.name]
        if ready is None:
            return None
        return judge_reading(ready, answer.reading or read_number(answer, column.compared))

    def _number_key(self, column: Column) -> Key | None:
        """The key as the judge has it, for its remarks."""
        ask, stated = column.ask, column.digits.stated is not None
        sig = ask.sig if stated or column.digits.exact or is_whole(column.key) else self.figures
        kind = column.compared.kind
        try:
            return prepare(column.key, kind, places=ask.places, sig=sig, tolerance=ask.tolerance, units=ask.units, prove=False)
        except ExamToolError:
            return None

    def goal(self, column: Column, value: Value, region: Value = None) -> Any:
        return goal_of(value, column.digits, column.compared, region)

    def is_it(self, column: Column, value: Value, answer: Answer) -> bool:
        """Whether the answer is this value, at the precision asked."""
        if isinstance(value, Failure):
            return False
        if type(value) is fmpq and type(answer.value) is fmpq and value == answer.value:
            return True
        return agrees(goal_of(value, column.digits, column.compared), answer) is CORRECT

    def rounds(self, column: Column, value: Value, answer: Answer) -> bool:
        return agrees(goal_of(value, column.digits, column.compared), answer) is IMPRECISE

    def fits(self, step: Step, value: Value) -> bool:
        """Whether a value may be at this step: one of its domain, of the right size, and no larger than can be worked with."""
        if isinstance(value, Failure):
            return False
        key = self.values[step.name]
        try:
            if is_scalar(key) != is_scalar(value) or isinstance(key, Shape) != isinstance(value, Shape):
                return False
            if isinstance(key, tuple) and (len(key) != len(value) if isinstance(key, Shape) else shape_of(key) != shape_of(value)):
                return False
            if not all(is_sane(number, MAX_CARRIED) for number in entries(value) if is_scalar(number)):
                return False
            return not step.domain.text or step.domain.holds(value)
        except Exception:  # a domain asks things a strange value has no answer to
            return False

    # -- running again -------------------------------------------------------------------------------------------

    @cached_property
    def ancestors(self) -> Mapping[str, frozenset[str]]:
        """For every step the names of all steps before it on which it depends."""
        found: dict[str, frozenset[str]] = {}
        for step in self.steps:
            direct = self.plan.parents[step.name]
            found[step.name] = frozenset(direct).union(*(found[name] for name in direct))
        return found

    @cached_property
    def route(self) -> Mapping[str, tuple[Step, ...]]:
        """For every asked step the steps before it and itself, in order."""
        return {name: tuple(step for step in self.steps if step.name == name or step.name in self.ancestors[name]) for name in self.columns}

    def outcome(self, column: Column, values: Mapping[str, Value]) -> Value:
        """The asked step from these values of its inputs; the steps nobody asks for are worked out again."""
        if column.segment:
            run = dict(values)
            for step in column.segment:
                run[step.name] = safely(step, step.calculate, run)
            values = run
        return safely(column.step, column.step.calculate, values)

    def rerun(self, column: Column, values: Mapping[str, Value], changes: Mapping[str, Compiled], open_steps: Collection[str]) -> Value:
        """The asked step when some steps are done by other formulas and every open (unanswered) step after them follows."""
        run = dict(values)
        moved: set[str] = set()
        for step in self.route[column.name]:
            change = changes.get(step.name)
            if change is not None:
                run[step.name] = safely(step, change, run)
                moved.add(step.name)
            elif (step.name in open_steps or step is column.step) and not moved.isdisjoint(step.needs):
                run[step.name] = safely(step, step.calculate, run)
                moved.add(step.name)
        return run[column.name]

    def gap(self, column: Column, open_steps: Collection[str]) -> tuple[Step, ...]:
        """The unanswered steps that lead to an asked one through unanswered steps only, in order."""
        found: set[str] = set()
        stack = list(self.plan.parents[column.name])
        while stack:
            name = stack.pop()
            if name in open_steps and name not in found:
                found.add(name)
                stack.extend(self.plan.parents[name])
        return tuple(step for step in self.route[column.name] if step.name in found)

    def reacts(self, column: Column, name: str) -> bool:
        """Whether the key changes when this input is nudged."""
        known = self._reacts.get((column.name, name))
        if known is None:
            known = self._reacts[column.name, name] = self.moves(column, self.values, name)
        return known

    def moves(self, column: Column, values: Mapping[str, Value], name: str) -> bool:
        """Whether nudging one input changes the value of the step."""
        moved = nudged(values[name], self._is_whole(name))
        if moved is None:
            return False
        before, after = self.outcome(column, values), self.outcome(column, {**values, name: moved})
        if isinstance(before, Failure) or isinstance(after, Failure):
            return isinstance(before, Failure) != isinstance(after, Failure) or not isinstance(before, Failure)
        try:
            return not same(before, after)
        except ExamToolError:
            return True

    def _is_whole(self, name: str) -> bool:
        step = self.plan.by_name.get(name)
        domain = step.domain if step is not None else next(given.domain for given in self.plan.givens if given.name == name)
        return "integer" in domain.words

    # -- known mistakes ------------------------------------------------------------------------------------------

    @cached_property
    def conventions(self) -> tuple[Convention, ...]:
        """What other courses would get."""
        return conventions_of(self)

    @cached_property
    def hypotheses(self) -> Mapping[str, tuple[Hypothesis, ...]]:
        """The known mistakes of every step on which something asked depends."""
        return hypotheses_of(self.plan, self.steps)

    @cached_property
    def messages(self) -> Mapping[str, Text]:
        """The sentence of every code."""
        found = {hypothesis.code: hypothesis.message for group in self.hypotheses.values() for hypothesis in group}
        return {**found, **{convention.code: convention.says for convention in self.conventions}}

    def left_by(
        self, column: Column, mistakes: tuple[Hypothesis, ...], values: Mapping[str, Value], open_steps: frozenset[str], untouched: bool
    ) -> Any:
        """What known mistakes (one, or two at different steps) leave at an asked step, ready for comparing.

        Remembered while nothing before the step differs from the key (``untouched``).
        """
        changes = {mistake.at.name: mistake.calculate for mistake in mistakes}
        if not untouched:
            return self.goal(column, self.rerun(column, values, changes, open_steps))
        key = (column.name, mistakes[0].code, mistakes[-1].code, open_steps & self.ancestors[column.name])
        if key not in self._left:
            self._left[key] = self.goal(column, self.rerun(column, self.values, changes, open_steps))
        return self._left[key]

    def elsewhere(
        self, column: Column, convention: Convention, values: Mapping[str, Value], answered: frozenset[str], untouched: bool
    ) -> Any:
        """The asked step by another convention, from the student's own answers before it, ready for comparing."""
        before = answered & self.ancestors[column.name]
        key = (column.name, convention.code, before)
        if untouched and key in self._left:
            return self._left[key]
        plan, run = convention.trace.plan, dict(convention.trace.values)
        for step in plan.upstream([column.name]):
            run[step.name] = values[step.name] if step.name in before and step.name != column.name else safely(step, step.calculate, run)
        goal = self.goal(column, run[column.name])
        if untouched:
            self._left[key] = goal
        return goal


__all__ = ["Column", "Convention", "Hypothesis", "Sheet", "pairs", "safely"]
