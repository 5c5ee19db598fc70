"""The seam to reading and marking: how an answer is read while it is typed, and what it is worth. It keeps no state."""

from __future__ import annotations

from collections.abc import Mapping

from exam_tool.answers import Reading, Unreadable, read_back
from exam_tool.answers.reading import read_asked
from exam_tool.language import Text
from exam_tool.marking import Grade, cause_codes, grade, sheet_of, verdict_code
from exam_tool.marking.causes import MISREAD, SLIP
from exam_tool.marking.verdicts import NEEDS_PERSON, Ambiguous, Blank, KnownMistake, OneOf, StepGrade
from exam_tool.marking.verdicts import Unreadable as Illegible
from exam_tool.variant import Variant, code_of, mistakes_of

from .marked import Marked, NotRead

UNFINISHED = frozenset(("incomplete", "cut-off"))


def read(variant: Variant, find: str, typed: str) -> Reading | Unreadable:
    """The answer as it would be read, without any comparison with the key."""
    return read_asked(typed, sheet_of(variant).columns[find].asked)


def live(variant: Variant, find: str, typed: str) -> Text:
    """The line under the editor: how the answer so far is read, or what is still missing."""
    if not typed.strip():
        return Text("", "")
    reading = read(variant, find, typed)
    if isinstance(reading, Unreadable):
        return reading.message
    shown = read_back(reading)
    if shown is None:
        plain = typed.strip()
        return Text(f"Read as: {plain}", f"读作：{plain}")
    return shown


def mark(variant: Variant, answers: Mapping[str, str], find: str) -> Marked | NotRead:
    """The answer to one step, marked beside the answers given before it."""
    step = grade(variant, answers)[find]
    if isinstance(step.verdict, Illegible | Ambiguous):
        return _not_read(variant, step)
    return _marked(variant, step)


def unread(variant: Variant, find: str, typed: str) -> NotRead | None:
    """Why an answer cannot be read; None when it can. Nothing is said of its worth."""
    marked = mark(variant, {find: typed}, find)
    return marked if isinstance(marked, NotRead) else None


def implied(variant: Variant, answers: Mapping[str, str]) -> tuple[str, ...]:
    """The blank steps that later right answers show to have been done, with full marks."""
    steps = grade(variant, answers).steps
    return tuple(step.name for step in steps if isinstance(step.verdict, Blank) and step.verdict.implied and step.marks == step.maximum)


def whole(variant: Variant, answers: Mapping[str, str]) -> Grade:
    return grade(variant, answers)


def _not_read(variant: Variant, step: StepGrade) -> NotRead:
    reading = read(variant, step.name, step.response)
    if isinstance(reading, Unreadable):
        return NotRead(step.response, reading.message, reading.column, reading.width, reading.code in UNFINISHED)
    assert isinstance(step.verdict, Illegible | Ambiguous)
    return NotRead(step.response, step.verdict.reason, step.verdict.column)


def _marked(variant: Variant, step: StepGrade) -> Marked:
    return Marked(
        step.name,
        step.response,
        verdict_code(step.verdict),
        step.marks,
        step.maximum,
        step.message,
        shown_mistakes(step),
        tied_mistakes(variant, step),
        isinstance(step.verdict, NEEDS_PERSON),
    )


def shown_mistakes(step: StepGrade) -> tuple[str, ...]:
    """The known mistake whose number this is; none when two of them leave the same one.

    A plain slip can hit the same number: that is why only a mistake shown twice is taught.
    """
    match step.verdict:
        case KnownMistake(code, kind, _, also) if not also and kind != "convention":
            others = set(cause_codes(step.cause)) - {code, SLIP, MISREAD}
            return (code,) if code in cause_codes(step.cause) and not others else ()
    return ()


def tied_mistakes(variant: Variant, step: StepGrade) -> tuple[str, ...]:
    """The known mistakes of which one left this number, where the numbers do not say which; none where one is certain."""
    match step.verdict, step.cause:
        case KnownMistake(code, _, _, also), OneOf(codes):
            known = {f"{variant.problem.calculator.name}.{code_of(*pair)}" for pair in mistakes_of(variant)}
            found = tuple(name for name in dict.fromkeys((*codes, code, *also)) if name in known)
            return found if len(found) > 1 else ()
    return ()
