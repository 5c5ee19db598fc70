"""What marking needs of a variant, worked out when it is needed and used for a whole class: cells, keys, what mistakes leave."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from flint import fmpq

from exam_tool.answers.arithmetic import TOO_BIG
from exam_tool.answers.asked import asked_for
from exam_tool.answers.decide import Target, decide
from exam_tool.answers.decide import Verdict as Judged
from exam_tool.answers.judge import judge_reading
from exam_tool.answers.judgement import Judgement
from exam_tool.answers.key import Key, prepare
from exam_tool.answers.reading import Unreadable
from exam_tool.expressions.arrays import Shape, Value, entries, is_scalar, same, shape_of
from exam_tool.expressions.exact import Real, Undecided
from exam_tool.language import ExamToolError, Text
from exam_tool.trace import Failure, Step
from exam_tool.variant import Variant, value_kind

from .agreement import CORRECT, IMPRECISE, agrees, is_sane
from .column import NUMERIC, Column, goal_of, has_form, is_whole, nudged, oriented, read_number
from .form import Place, form_of
from .rivals import Convention, conventions_of
from .runs import Runs, Values, roughly, safely
from .typed import Answer, Cell, Illegible, read_cell

MAX_CARRIED = 2000  # bits of the exponent or of the fraction of a number that is carried on
MAX_REMEMBERED = 4096  # answers of one cell; a class writes the same ones again and again
UNREADABLE = Judged.UNREADABLE


class Sheet:
    """A variant prepared for marking at one default precision."""

    def __init__(self, variant: Variant, figures: int = 3) -> None:
        self.variant = variant
        self.figures = figures
        self.plan = variant.trace.plan
        self.values = variant.trace.values
        self.form = form_of(self.plan, variant.asked, figures)
        self.steps = self.form.steps
        self.code = variant.code
        self.digest = variant.problem.digest
        self.columns = {name: self._column(place) for name, place in self.form.places.items()}
        self.seen: dict[str, dict[str, tuple[Cell | None, Any]]] = {name: {} for name in self.columns}
        self.remembered: dict[Any, Any] = {}
        self._runs: dict[tuple[str, frozenset[str]], Runs] = {}
        self._remarking: dict[str, Key | None] = {}
        self._reacts: dict[tuple[str, str], bool] = {}

    def _column(self, place: Place) -> Column:
        key = self.values[place.step.name]
        if (offers := self.variant.offers.get(place.step.name)) is not None:
            kind = value_kind(key)
            asked = asked_for("choice", options={one.label: one.shown for one in offers})
            return Column(place, key, asked, place.asked(kind), {one.label: one.value for one in offers})
        kind = self.variant.kind(place.ask)
        if kind in NUMERIC:
            return Column(place, key, place.asked(kind), place.asked(kind), {})
        ready = prepare(key, kind, options=self.variant.offered or None, prove=False)
        return Column(place, key, ready.asked, ready.asked, {}, ready)

    # -- reading and comparing ------------------------------------------------------------------------------------

    def read(self, column: Column, raw: str) -> tuple[Cell | None, Any]:
        """The cell as read, and how it compares with the key (None unless it is an answer)."""
        known = self.seen[column.name]
        found = known.get(raw)
        if found is None:
            found = self._read(column, raw)
            if len(known) < MAX_REMEMBERED and len(raw) <= 200:
                known[raw] = found
        return found

    def _read(self, column: Column, raw: str) -> tuple[Cell | None, Any]:
        cell = read_cell(raw, column.asked, self.form.names)
        if not isinstance(cell, Answer):
            return cell, None
        if column.letters:
            cell = cell._replace(value=column.letters[cell.value[0]], decimals=None)
        elif column.is_key(cell.value):
            return cell, CORRECT
        elif (refused := self.refusal(column, cell)) is not None:
            return Illegible(raw, refused, False), None
        else:
            cell = oriented(cell, column.key)
        return cell, agrees(column.goal, cell)

    def reason(self, column: Column, answer: Answer) -> Text | None:
        """What the judge remarks on a wrong or imprecise answer beyond "wrong": cut off, transposed, too few digits."""
        if isinstance(column.goal, Target) and column.compared.kind != "integer":
            return decide(column.goal, answer.value, answer.decimals).reason if isinstance(answer.value, fmpq) else None
        judgement = None if column.letters else self._judgement(column, answer)
        return judgement.reason if judgement is not None and judgement.code and judgement.verdict is not UNREADABLE else None

    def refusal(self, column: Column, answer: Answer) -> Unreadable | None:
        """Why an answer that can be read is no answer to this question: one number for a list, a number beyond all measure."""
        if not answer.is_plain and not all(
            is_sane(number, MAX_CARRIED) for number in entries(answer.value) if isinstance(number, fmpq | Real)
        ):
            return Unreadable(answer.raw, TOO_BIG, 0, max(1, len(answer.raw)), "too-big")
        if column.asked.kind not in ("vector", "matrix") or has_form(answer.value, column.key):
            return None
        judgement = self._judgement(column, answer)
        if judgement is None or judgement.verdict is not UNREADABLE:
            return None
        return Unreadable(answer.raw, judgement.reason, judgement.column or 0, judgement.width, judgement.code)

    def _judgement(self, column: Column, answer: Answer) -> Judgement | None:
        if column.name not in self._remarking:
            self._remarking[column.name] = column.goal if isinstance(column.goal, Key) else self._number_key(column)
        ready = self._remarking[column.name]
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
    def rough(self) -> Values:
        """A ball for every value that holds irrational numbers."""
        return {name: ball for name, ball in roughly(self.values, {}, {}).items() if ball is not self.values[name]}

    def runs(self, column: Column, open_steps: frozenset[str]) -> Runs:
        """The runs from the key up to a column, remembered."""
        key = (column.name, open_steps & self.form.ancestors[column.name])
        if key not in self._runs:
            self._runs[key] = Runs(self, column, self.values, open_steps)
        return self._runs[key]

    def outcome(self, column: Column, values: Mapping[str, Value]) -> Value:
        """The asked step from these values of its inputs; the steps nobody asks for are worked out again."""
        if column.segment:
            run = dict(values)
            for step in column.segment:
                run[step.name] = safely(step, step.calculate, run)
            values = run
        return safely(column.step, column.step.calculate, values)

    def reacts(self, column: Column, name: str) -> bool:
        """Whether the key changes when this input is nudged."""
        known = self._reacts.get((column.name, name))
        if known is None:
            known = self._reacts[column.name, name] = self.moves(column, self.values, column.key, name)
        return known

    def moves(self, column: Column, values: Mapping[str, Value], before: Value, name: str) -> bool:
        """Whether nudging one input changes the value of the step from what it is before."""
        moved = nudged(values[name], self._is_whole(name))
        if moved is None:
            return False
        after = self.outcome(column, {**values, name: moved})
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
        """What other courses would do, where it changes something asked."""
        return conventions_of(self)

    @property
    def known(self) -> int:
        """How many causes of a wrong number are known."""
        return sum(map(len, self.form.hypotheses.values())) + len(self.conventions)

    def elsewhere(self, column: Column, convention: Convention, values: Values, answered: frozenset[str], untouched: bool) -> Value:
        """The asked step by another convention, from the student's own answers before it.

        Remembered while nothing before the step differs from the key (``untouched``).
        """
        before = answered & self.form.ancestors[column.name]
        key = (column.name, convention.code, before)
        if untouched and key in self.remembered:
            return self.remembered[key]
        run = convention.from_givens()
        for step in convention.plan.upstream([column.name]):
            if step.name in before and step.name != column.name:
                run[step.name] = values[step.name]
            else:
                run[step.name] = _valid(step, safely(step, step.calculate, run))
        if untouched:
            self.remembered[key] = run[column.name]
        return run[column.name]


def _valid(step: Step, value: Value) -> Value:
    """A value, or why it may not be at a step: a convention under which the numbers do not fit is nobody's."""
    if isinstance(value, Failure) or not step.domain.text:
        return value
    try:
        fits = step.domain.holds(value)
    except Undecided:  # after an absurd answer a gate may lie nearer to 0 or 1 than can be told
        fits = False
    return value if fits else Failure(step.domain.describe())


__all__ = ["Column", "Convention", "Sheet"]
