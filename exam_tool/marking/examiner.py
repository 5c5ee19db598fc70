"""The order of verdicts: one answered step, looked at as a careful examiner does. The first row that applies decides.

The rows are numbered as in docs/marking.md. What is worth how much is the policy's business, why a number is wrong that of
``causes``.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from flint import fmpq

from exam_tool.expressions.arrays import Value
from exam_tool.expressions.exact import Scalar, ceil, floor
from exam_tool.expressions.tree import Call, walk

from .agreement import CORRECT, IMPRECISE, UNDECIDED, agrees
from .carrying import Carried, is_exactly
from .causes import Candidates, candidates_at
from .sheet import Column
from .typed import Answer, Assumption, Cell, Illegible, NoValue, leading_answer, of_another_kind, shows_rounded, working_value
from .verdicts import (
    Ambiguous,
    ArithmeticSlip,
    Assumed,
    Blank,
    Correct,
    FollowsThrough,
    Fortuitous,
    Imprecise,
    KnownMistake,
    MethodOnInvalid,
    Mixed,
    NotFromWorking,
    Undecided,
    Unreadable,
    Verdict,
    Wrong,
)

MAX_VERSIONS = 4  # differing earlier values among which a mixture is looked for


class Examiner:
    """Walks through one script in the order of the calculation. ``candidates`` collects the causes still to be weighed."""

    def __init__(self, carried: Carried) -> None:
        self.carried = carried
        self.sheet = carried.sheet
        self.candidates: dict[str, Candidates] = {}
        self.answers: dict[str, Answer] = {}

    def walk(self, cells: Mapping[str, Cell | None]) -> dict[str, Verdict]:
        """A verdict for every asked step; those with candidates are not final."""
        for name, cell in cells.items():
            if isinstance(cell, Answer):
                self.answers[name] = cell
        verdicts: dict[str, Verdict] = {}
        for step in self.sheet.steps:
            column = self.sheet.columns.get(step.name)
            if column is None:
                self.carried.pass_over(step)
            else:
                verdicts[step.name] = self.look(column, cells[step.name])
        return verdicts

    def look(self, column: Column, cell: Cell | None) -> Verdict:
        # Row 0: is there anything to mark?
        match cell:
            case None:
                self.carried.pass_over(column.step)
                return Blank()
            case Illegible():
                return self.illegible(column, cell)
            case NoValue():
                return self.no_value(column)
            case Assumption():
                return self.assumption(column, cell)
            case Answer():
                return self.answer(column, cell)

    def illegible(self, column: Column, cell: Illegible) -> Verdict:
        """Unreadable, unless it is a right answer with words behind it, or what a known mistake leaves, such as a list for a number."""
        inner = leading_answer(cell, column.asked)
        if inner is not None and agrees(column.goal, inner) is CORRECT:
            self.answers[column.name] = inner
            return self.answer(column, inner)
        other = None if cell.several else of_another_kind(cell, column.asked)
        if other is not None and (found := candidates_at(self.carried, column, other)).here:
            self.candidates[column.name] = found
            self.answers[column.name] = other
            return self.carry(column, other, Wrong())
        self.carried.pass_over(column.step)
        reason = cell.reason
        return Ambiguous(reason.message, reason.column) if cell.several else Unreadable(reason.message, reason.column)

    def no_value(self, column: Column) -> Verdict:
        """ "Undefined" is a right conclusion exactly where the carried values lead to no valid value."""
        follows = self.carried.follows(column)
        invalid = self.carried.from_invalid(column)
        self.carried.pass_over(column.step)
        if invalid is not None and not self.sheet.fits(column.step, invalid[0]):
            return MethodOnInvalid(invalid[1])
        if self.sheet.fits(column.step, follows):
            return Wrong()
        return FollowsThrough(tuple(sorted(self.carried.origins_of(column.step.needs))), impossible=True)

    def assumption(self, column: Column, cell: Assumption) -> Verdict:
        known = cell.name in self.sheet.plan.by_name and self.sheet.fits(self.sheet.plan.by_name[cell.name], cell.value)
        if known and cell.name != column.name:
            self.carried.assume(cell.name, cell.value)
        verdict = self.look(column, cell.rest)
        if known and cell.name == column.name:
            self.carried.assume(cell.name, cell.value)
        return Assumed() if isinstance(verdict, Blank) else verdict

    def answer(self, column: Column, answer: Answer) -> Verdict:
        # Row 1: does the typed working stand for the value?
        working_is_wrong = False
        if answer.working is not None:
            shown = working_value(answer, self.carried.values)
            if shown is not None and shows_rounded(shown, answer):
                answer = self.answers[column.name] = Answer(answer.raw, shown, None, answer.reading)
            elif shown is not None and not _rounds_down(column, shown, answer.value):
                stands_for = Answer(answer.raw, shown, None)
                verdict = self.judge(column, stands_for)
                if isinstance(verdict, Correct | FollowsThrough | Mixed):
                    return self.carry(column, answer, ArithmeticSlip())
                if column.name in self.candidates and self.candidates[column.name].here:
                    self.answers[column.name] = stands_for
                    return self.carry(column, answer, verdict)
                self.candidates.pop(column.name, None)
                working_is_wrong = True
        verdict = self.judge(column, answer)
        if working_is_wrong and isinstance(verdict, Correct):
            verdict = NotFromWorking()
        return self.carry(column, answer, verdict)

    def judge(self, column: Column, answer: Answer) -> Verdict:
        carried, sheet = self.carried, self.sheet
        against_key = agrees(column.goal, answer)
        touched = not carried.changed.isdisjoint(column.step.needs)
        differing = not carried.differs.isdisjoint(column.step.needs)
        follows = carried.follows(column)
        region = carried.region(column)
        goal = sheet.goal(column, follows, region) if touched or region is not None else column.goal
        # Row 2: is it the key, and does it follow from the student's own values?
        against_own = against_key if goal is column.goal else agrees(goal, answer)
        if against_key is CORRECT and (not differing or against_own is CORRECT):
            return Correct()
        # Row 3: is it right from the student's own values?
        if against_own is CORRECT:
            return self.followed(column, follows, differing)
        invalid = carried.from_invalid(column)
        if invalid is not None and sheet.is_it(column, invalid[0], answer):
            return MethodOnInvalid(invalid[1])
        # Row 4: does it use two versions of an earlier value?
        if against_key is not CORRECT and differing and (versions := self.versions(column, answer)):
            return Mixed(versions, tuple(sorted(carried.origins_of(versions))))
        # Row 5: is it the key all the same?
        if against_key is CORRECT:
            return self.unearned(column, answer)
        # Row 6: is it the number a known mistake leaves?
        candidates = candidates_at(carried, column, answer)
        if candidates.here:
            self.candidates[column.name] = candidates
            return Wrong()
        # Row 7: is it a right rounding with too few digits?
        if against_key is IMPRECISE:
            return Imprecise()
        if against_own is IMPRECISE:
            return Imprecise(tuple(sorted(carried.origins_of(column.step.needs))))
        # Row 8: then it is wrong, or nobody can say.
        self.candidates[column.name] = candidates
        return Undecided() if UNDECIDED in (against_key, against_own) else Wrong()

    def followed(self, column: Column, follows: Value, differing: bool) -> Verdict:
        """Right from what came before: follow-through, unless the only difference is honest rounding."""
        coarse = not self.carried.coarse.isdisjoint(column.step.needs)
        if not differing and not coarse and not (column.digits.whole and not is_exactly(follows, column.key)):
            return Correct()
        origins = tuple(sorted(self.carried.origins_of(column.step.needs)))
        impossible = not self.sheet.fits(column.step, follows)
        return FollowsThrough(origins, differing and self.is_emptied(column), impossible)

    def is_emptied(self, column: Column) -> bool:
        """Whether the slip has emptied the step: for some untouched input the key reacts to a nudge, and the student's value does not."""
        values = self.carried.values
        untouched = (name for name in column.inputs if name not in self.carried.differs and name not in self.carried.invalid)
        here = [name for name in untouched if self.sheet.reacts(column, name)]
        before = self.sheet.outcome(column, values) if here else None
        return any(not self.sheet.moves(column, values, before, name) for name in here)

    def versions(self, column: Column, answer: Answer) -> tuple[str, ...]:
        """The earlier values of which two versions were used, when that gives the answer."""
        differing = [name for name in column.parents if name in self.carried.differs]
        if not 2 <= len(differing) <= MAX_VERSIONS:
            return ()
        for size in range(len(differing) - 1, 0, -1):
            for kept in combinations(differing, size):
                keyed = {name: self.sheet.values[name] for name in differing if name not in kept}
                if self.sheet.is_it(column, self.sheet.outcome(column, {**self.carried.values, **keyed}), answer):
                    return tuple(kept)
        return ()

    def unearned(self, column: Column, answer: Answer) -> Verdict:
        """The key that does not follow: by a known mistake on the student's own values, or from nowhere."""
        found = candidates_at(self.carried, column, answer, own_only=True).here
        return Fortuitous(found[0].code) if found else NotFromWorking()

    def carry(self, column: Column, answer: Answer, verdict: Verdict) -> Verdict:
        """Carries the answer on, as its verdict says; a value the question shows is carried whatever the student wrote."""
        if column.worth.scheme == "ag":
            return verdict
        if not self.sheet.fits(column.step, answer.value):
            self.carried.refuse(column, answer.value)
            return verdict
        here = frozenset((column.name,))
        match verdict:
            case FollowsThrough(origins) | Mixed(_, origins):
                coarse = not origins
                self.carried.take(column, answer, differs=bool(origins), origins=frozenset(origins), coarse=coarse)
            case MethodOnInvalid(invalid):
                self.carried.take(column, answer, differs=True, origins=frozenset(invalid))
            case Imprecise(origins):
                self.carried.take(column, answer, differs=bool(origins), origins=frozenset(origins), coarse=True)
            case Correct() | NotFromWorking() | Fortuitous():
                self.carried.take(column, answer, differs=False, origins=frozenset())
            case Wrong() | ArithmeticSlip() | KnownMistake() | Undecided():
                self.carried.take(column, answer, differs=not is_exactly(answer.value, column.key), origins=here)
            case _:
                self.carried.pass_over(column.step)
        return verdict


def _rounds_down(column: Column, shown: Scalar, value: Value) -> bool:
    """Whether the value is the working rounded as the formulas of the step round: people leave these brackets out."""
    formulas = [column.step.formula, *(step.formula for step in column.segment)]
    used = {part.function for formula in formulas for part in walk(formula) if isinstance(part, Call)}
    if type(value) is not fmpq:
        return False
    return ("floor" in used and is_exactly(floor(shown), value)) or ("ceil" in used and is_exactly(ceil(shown), value))
