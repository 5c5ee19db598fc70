"""Marks the responses to a variant: reads the cells, walks the order of verdicts, weighs causes, adds up. The door of this package."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from exam_tool.language import Text

from .agreement import CORRECT
from .carrying import Carried, is_exactly
from .causes import Weighing
from .examiner import Examiner
from .misread import find_misreading, is_called_for
from .policy import Policy, Tally, find_policy, half_up
from .sentences import CORRECT as CORRECT_TEXT
from .sentences import sentence
from .sheet import Column, Sheet
from .typed import Answer, Cell
from .verdicts import (
    NEEDS_PERSON,
    ArithmeticSlip,
    Assumed,
    Blank,
    Cause,
    Correct,
    FollowsThrough,
    Fortuitous,
    Grade,
    Imprecise,
    KnownMistake,
    MethodOnInvalid,
    Misread,
    Mixed,
    Named,
    NoCause,
    NotFromWorking,
    Review,
    StepGrade,
    TwoMistakes,
    Verdict,
    Wrong,
)

if TYPE_CHECKING:
    from exam_tool.variant import Variant

NOTHING = Fraction(0)
RIGHT = Correct()
MAX_SHOWN = 2000
ERRORS = (KnownMistake, TwoMistakes, Wrong, ArithmeticSlip)
IN_ORDER = (Correct, FollowsThrough, Mixed, MethodOnInvalid, NotFromWorking, Imprecise)
SHOWING = (Correct, FollowsThrough, Mixed)  # what shows that the blank steps before it were done


def grade(variant: Variant, responses: Mapping[str, str], policy: str | Policy = "course") -> Grade:
    """Marks the responses to a variant, by name of the asked step; what is missing counts as blank.

    No response raises: what marking itself cannot manage goes to a person, with the verdict ``review``.

    Raises:
        ExamToolError: for an unknown policy.
    """
    rules = find_policy(policy)
    sheet = sheet_of(variant, rules.precision)
    texts = {name: _text(responses.get(name)) for name in sheet.columns}
    try:
        quick = _all_right(sheet, texts, rules)
        return quick if quick is not None else _marked(sheet, texts, rules)
    except Exception as error:  # a fault of ours must not cost a student a mark
        return _for_review(sheet, texts, rules, type(error).__name__)


def sheet_of(variant: Variant, figures: int = 3) -> Sheet:
    """The variant prepared for marking; kept with it, so that a class is marked against one preparation."""
    sheets: dict[int, Sheet] = variant.__dict__.setdefault("sheets", {})
    if figures not in sheets:
        sheets[figures] = Sheet(variant, figures)
    return sheets[figures]


def _text(response: object) -> str:
    return response if isinstance(response, str) else "" if response is None else str(response)


def _all_right(sheet: Sheet, texts: Mapping[str, str], rules: Policy) -> Grade | None:
    """The grade of a script whose every answer is the key, which needs no carrying; None for any other."""
    steps = []
    for column in sheet.columns.values():
        raw = texts[column.name]
        known = sheet.remembered.get((column.name, raw))
        if known is None:
            cell, against = sheet.read(column, raw)
            if against is not CORRECT or not isinstance(cell, Answer) or cell.working is not None:
                return None
            known = _step_grade(column, raw, cell, RIGHT, column.worth.whole, cell.value, CORRECT_TEXT, NoCause())
            if len(sheet.remembered) < 4096 and len(raw) <= 200:
                sheet.remembered[column.name, raw] = known
        steps.append(known)
    total = sheet.form.maximum
    return Grade(sheet.code, sheet.digest, tuple(steps), total, total, sheet.form.whole, rules.name)


def _marked(sheet: Sheet, texts: Mapping[str, str], rules: Policy) -> Grade:
    cells = {name: sheet.read(column, texts[name])[0] for name, column in sheet.columns.items()}
    carried = Carried(sheet, cells, sheet.variant.problem.keep)
    examiner = Examiner(carried)
    verdicts = examiner.walk(cells)
    causes = _weigh(examiner, verdicts)
    notes: list[Text] = []
    looked_again = rules.misread is not None and is_called_for(verdicts)
    if looked_again and (reading := _reread(sheet, examiner, verdicts)) is not None:
        causes.clear()
        notes.append(reading)
    _imply(carried, examiner, verdicts)
    tally = Tally(rules, sheet.form.follows_marked, sheet.form.parts)
    steps, misread_left = [], rules.misread or 0
    for name, verdict in verdicts.items():
        column, cell = sheet.columns[name], cells[name]
        method, accuracy = tally.award(verdict, column.worth)
        if isinstance(verdict, Misread) and misread_left and accuracy:
            misread_left, accuracy = misread_left - 1, NOTHING
        cause = causes.get(name, NoCause())
        answer = examiner.answers.get(name)
        remark = sheet.reason(column, answer) if answer is not None and not isinstance(verdict, Correct | KnownMistake) else None
        message = sentence(verdict, cause, sheet.form.messages, remark, column.is_number)
        steps.append(_step_grade(column, texts[name], cell, verdict, (method, accuracy), carried.values[name], message, cause))
    total = sum((step.marks for step in steps), NOTHING)
    return Grade(
        sheet.code,
        sheet.digest,
        tuple(steps),
        total,
        sheet.form.maximum,
        whole_marks(total, sheet.form.maximum, verdicts),
        rules.name,
        tuple(notes),
        tuple(name for name, verdict in verdicts.items() if isinstance(verdict, (*NEEDS_PERSON, NotFromWorking, Fortuitous))),
        _first_error(carried, verdicts, causes),
    )


def _weigh(examiner: Examiner, verdicts: dict[str, Verdict]) -> dict[str, Cause]:
    """Settles the wrong steps, now that all answers are known."""
    causes: dict[str, Cause] = {}
    in_order = {name for name, verdict in verdicts.items() if isinstance(verdict, IN_ORDER)}
    weighing = Weighing(examiner.carried, examiner.answers, in_order)
    for name, found in examiner.candidates.items():
        verdict, cause = weighing.settle(examiner.sheet.columns[name], found)
        if verdict is not None:
            verdicts[name] = verdict
        causes[name] = cause
    return causes


def _reread(sheet: Sheet, examiner: Examiner, verdicts: dict[str, Verdict]) -> Text | None:
    """Marks a script with one misread given as right for what was read; None when there is no such given."""
    first = next((name for name, verdict in verdicts.items() if name in examiner.answers and isinstance(verdict, ERRORS)), None)
    found = None if first is None else find_misreading(sheet, examiner.answers, first)
    if found is None:
        return None
    reading, values = found
    for name in examiner.answers:
        moved = not is_exactly(values[name], sheet.values[name])
        verdicts[name] = Misread(reading.given) if moved else RIGHT
    for name in sheet.columns:
        if not sheet.columns[name].step.domain.text or sheet.fits(sheet.columns[name].step, values[name]):
            examiner.carried.values[name] = values[name]
    examiner.carried.differs.clear()
    names = ", ".join(reading.given)
    return Text(
        f"Marked as a misread given ({names}): one mark is lost, the rest is marked for what was read.",
        f"按看错已知量（{names}）评分：扣一分，其余按所看的数评分。",
    )


def _imply(carried: Carried, examiner: Examiner, verdicts: dict[str, Verdict]) -> None:
    """A blank step is implied when a later answer, reached through blanks only, shows that it was done.

    It is not where another answer shows that it was done wrongly.
    """
    sheet = carried.sheet
    shown: set[str] = set()
    for name, verdict in verdicts.items():
        if name in examiner.answers and isinstance(verdict, (*SHOWING, Misread)):
            shown.update(step.name for step in carried.gap(sheet.columns[name]).steps)
    spoiled = {verdict.at for verdict in verdicts.values() if isinstance(verdict, KnownMistake) and verdict.hidden}
    for name, verdict in verdicts.items():
        if isinstance(verdict, Blank) and name in shown - spoiled:
            column = sheet.columns[name]
            origins = tuple(sorted(carried.origins_of((name,))))
            verdicts[name] = Blank(True, origins, bool(origins) and examiner.is_emptied(column))


def _first_error(carried: Carried, verdicts: Mapping[str, Verdict], causes: Mapping[str, Cause]) -> tuple[str, ...]:
    """Where the work first went wrong: the step a named cause points to, else the wrong step with the blank ones before it."""
    for name, verdict in verdicts.items():
        is_error = isinstance(verdict, ERRORS) and not (isinstance(verdict, KnownMistake) and verdict.kind == "convention")
        if not is_error:
            continue
        cause = causes.get(name, NoCause())
        if isinstance(cause, Named):
            return (cause.at,)
        if isinstance(verdict, ArithmeticSlip):
            return (name,)
        return (*(step.name for step in carried.gap(carried.sheet.columns[name]).steps), name)
    return ()


def _step_grade(
    column: Column,
    raw: str,
    cell: Cell | None,
    verdict: Verdict,
    marks: tuple[Fraction, Fraction],
    carried: object,
    message: Text,
    cause: Cause,
) -> StepGrade:
    answer = cell if isinstance(cell, Answer) else None
    return StepGrade(column.name, raw[:MAX_SHOWN], answer, verdict, marks[0], marks[1], column.worth.maximum, carried, message, cause)


def whole_marks(total: Fraction, maximum: Fraction, verdicts: Mapping[str, Verdict]) -> int:
    """Rounded half up; but a script with a wrong step is never rounded up to full marks."""
    whole = half_up(total)
    spoiled = any(isinstance(verdict, (*ERRORS, Fortuitous, NotFromWorking, Assumed, *NEEDS_PERSON)) for verdict in verdicts.values())
    if spoiled and total < maximum and whole >= half_up(maximum):
        return max(0, half_up(maximum) - 1)
    return whole


def _for_review(sheet: Sheet, texts: Mapping[str, str], rules: Policy, why: str) -> Grade:
    """Nothing is decided: every answered step goes to a person."""
    steps = []
    for name, column in sheet.columns.items():
        verdict: Verdict = Review(why) if texts[name].strip() else Blank()
        message = sentence(verdict, NoCause(), {})
        steps.append(_step_grade(column, texts[name], None, verdict, (NOTHING, NOTHING), sheet.values[name], message, NoCause()))
    flags = tuple(step.name for step in steps if isinstance(step.verdict, Review))
    return Grade(sheet.code, sheet.digest, tuple(steps), NOTHING, sheet.form.maximum, 0, rules.name, (), flags)
