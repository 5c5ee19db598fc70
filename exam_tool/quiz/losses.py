"""Where the marks of a mock exam went: lost marks by cause, the most expensive first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exam_tool.language import Text
from exam_tool.marking import Grade, cause_codes
from exam_tool.marking.causes import MISREAD, SLIP
from exam_tool.marking.verdicts import ArithmeticSlip, Blank, Imprecise, StepGrade

from .names import mistake_words

BLANK = Text("left blank", "没有作答")
PRECISION = Text("too few digits", "位数不够")
ARITHMETIC = Text("a slip in the arithmetic", "计算失误")
UNEXPLAINED = Text("no known mistake explains it", "不属于已知的典型错误")


@dataclass(frozen=True, slots=True)
class Loss:
    """One cause: what it is, the marks it cost, and the questions it cost them in, counted from 1."""

    cause: Text
    marks: Fraction
    questions: tuple[int, ...]


def losses(grades: Sequence[Grade]) -> list[Loss]:
    """All causes, sorted by what they cost."""
    found: dict[Text, tuple[Fraction, list[int]]] = {}
    for number, marked in enumerate(grades, 1):
        for step in marked.steps:
            lost = step.maximum - step.marks
            if lost > 0:
                marks, questions = found.get(cause_of(step), (Fraction(0), []))
                found[cause_of(step)] = (marks + lost, questions if number in questions else [*questions, number])
    made = [Loss(cause, marks, tuple(questions)) for cause, (marks, questions) in found.items()]
    return sorted(made, key=lambda loss: (-loss.marks, loss.questions))


def cause_of(step: StepGrade) -> Text:
    match step.verdict:
        case Blank():
            return BLANK
        case Imprecise():
            return PRECISION
        case ArithmeticSlip():
            return ARITHMETIC
        case _:
            return _named(cause_codes(step.cause))


def _named(codes: tuple[str, ...]) -> Text:
    """One cause by its words; one that could as well be a plain slip is only likely; of several none is picked."""
    if codes == (SLIP,):
        return ARITHMETIC
    known = [code for code in codes if code not in (SLIP, MISREAD)]
    if len(known) != 1:
        return UNEXPLAINED
    said = mistake_words(known[0])
    return said if len(codes) == 1 else Text(f"perhaps: {said.en}", f"可能是：{said.zh}")
