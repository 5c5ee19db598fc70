"""The end of a session in three lines: what was fixed, what is still open, when to come back. It counts; nothing is rated here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exam_tool.bank.shelf import Outline
from exam_tool.language import Text

from .forecast import Forecast, forecast, skills_of
from .learner import FIXED, Learner
from .outcomes import outcomes
from .schedule import DAY, days_until, noon
from .session import Session

MANY = 3  # named in one line


@dataclass(frozen=True, slots=True)
class Line:
    """One mistake or skill with what is to be said of it; ``code`` names a mistake, ``skill`` a syllabus row."""

    count: int
    code: str = ""
    skill: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a session came to."""

    questions: int
    earned: Fraction
    maximum: Fraction
    fixed: tuple[Line, ...]
    still_open: tuple[Line, ...]
    due_tomorrow: int
    next_due: int | None  # days from now until something is due, when nothing is tomorrow
    exam_in: int | None
    forecast: Forecast


def summary(session: Session, before: Learner, problems: Sequence[Outline], at: int) -> Summary:
    """The end of a session; ``before`` is what was known of the learner at its start."""
    happened = list(outcomes(session.reviews))
    after = before.after(happened)
    fixed = [
        Line(FIXED, code=code)
        for code in after.slips
        if not after.slips[code].is_open and code in before.slips and before.slips[code].is_open
    ]
    fixed += [Line(0, skill=name) for name in after.skills if after.mastered(name) and not before.mastered(name)]
    touched = {name for outcome in happened for name in outcome.skills}
    still = [Line(after.slips[code].passed, code=code) for code in after.open_slips if touched & set(after.slips[code].skills)]
    named = {name for line in still for name in after.slips[line.code].skills}
    weak = [outcome.skills[0] for outcome in happened if outcome.share < 1 and outcome.skills[0] not in named]
    still += [Line(0, skill=name) for name in dict.fromkeys(weak)]
    dues = sorted(skill.memory.due for skill in after.skills.values() if skill.memory is not None)
    tomorrow = at + DAY
    exam = after.exam
    left = days_until(exam, at) if exam is not None else None
    when = noon(exam) if exam is not None and left is not None and left >= 0 else at
    return Summary(
        questions=len(happened),
        earned=sum((outcome.earned for outcome in happened), Fraction(0)),
        maximum=sum((outcome.maximum for outcome in happened), Fraction(0)),
        fixed=tuple(fixed[:MANY]),
        still_open=tuple(still[:MANY]),
        due_tomorrow=sum(due <= tomorrow for due in dues),
        next_due=max(0, -(-(dues[0] - at) // DAY)) if dues else None,
        exam_in=left if left is not None and left >= 0 else None,
        forecast=forecast(skills_of(problems), after, when),
    )


NOTHING_FIXED = Text("nothing yet; it takes three variants in a row", "暂无；连续答对三道变体才算改正")
NOTHING_OPEN = Text("no mistake left open", "没有遗留的错误")
