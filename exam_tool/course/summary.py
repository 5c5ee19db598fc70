"""A class in four lines: how many, median, lowest and highest, and the mistakes that cost most. It prints nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from exam_tool.language import Text

from .marker import Marked, cause_text, causes


@dataclass(frozen=True, slots=True)
class Loss:
    """A known mistake, the students who made it, and the marks it cost them together."""

    code: str
    text: Text
    students: int
    marks: Fraction


@dataclass(frozen=True, slots=True)
class Summary:
    """What the screen says after grading. Statistics are of the graded papers only; None where there are none."""

    papers: int
    questions: int
    marks: Fraction
    graded: int
    missing: int
    review: int
    unmatched: int
    median: Fraction | None
    lowest: int | None
    highest: int | None
    losses: tuple[Loss, ...]


@dataclass
class Tally:
    """Counts a class student by student; what it keeps does not grow with the answers."""

    totals: list[int] = field(default_factory=list)
    students: dict[str, int] = field(default_factory=dict)
    marks: dict[str, Fraction] = field(default_factory=dict)
    texts: dict[str, Text] = field(default_factory=dict)

    def add(self, questions: Iterable[Marked], total: int) -> None:
        """One graded student. Marks lost for several possible causes are shared out among them."""
        self.totals.append(total)
        lost: dict[str, Fraction] = {}
        for one in questions:
            for step in one.grade.steps if one.grade and one.variant else ():
                codes = causes(step)
                for code in codes:
                    lost[code] = lost.get(code, Fraction(0)) + (step.maximum - step.marks) / len(codes)
                    if code not in self.texts and one.variant:
                        self.texts[code] = cause_text(one.variant.trace.plan, code)
        for code, marks in lost.items():
            self.students[code] = self.students.get(code, 0) + 1
            self.marks[code] = self.marks.get(code, Fraction(0)) + marks

    def losses(self) -> tuple[Loss, ...]:
        """The mistakes by the marks they cost, most first."""
        ordered = sorted(self.marks, key=lambda code: (-self.marks[code], -self.students[code], code))
        return tuple(Loss(code, self.texts[code], self.students[code], self.marks[code]) for code in ordered if self.marks[code])


def median(totals: Iterable[int]) -> Fraction | None:
    """The middle of the marks, or the mean of the two in the middle."""
    ordered = sorted(totals)
    if not ordered:
        return None
    middle = len(ordered) // 2
    return Fraction(ordered[middle]) if len(ordered) % 2 else Fraction(ordered[middle - 1] + ordered[middle], 2)


def number(value: Fraction | None) -> int | float | None:
    """A mark for JSON: marks are thirds or tenths at worst, and a program wants a number."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else round(float(value), 4)


def mark_text(value: Fraction) -> str:
    """A mark for people and spreadsheets: ``3``, ``2.5``, ``1/3`` as ``0.3333``."""
    if value.denominator == 1:
        return str(value.numerator)
    scaled = round(value * 10_000)
    return f"{scaled // 10_000}.{scaled % 10_000:04d}".rstrip("0")


def loss_rows(losses: Iterable[Loss]) -> list[Mapping[str, object]]:
    return [{"code": loss.code, "text": loss.text._asdict(), "students": loss.students, "marks": number(loss.marks)} for loss in losses]
