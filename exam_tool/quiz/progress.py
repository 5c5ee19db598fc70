"""How far a learner has come: per chapter, per week, per mistake; calibration; what mark to expect. Numbers only, no pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exam_tool.bank.shelf import Outline
from exam_tool.history.review import Sureness

from .forecast import Forecast, forecast, skills_of
from .learner import Learner
from .outcomes import Outcome
from .schedule import DAY, days_until, noon

WEEKS = 8  # of the heat map
LAST = 5  # results shown of a chapter
SLIPS = 5
LEVELS: tuple[Sureness, ...] = ("guess", "fairly", "sure")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter. Recall is the mean over its skills ever practised; None where none was."""

    name: str
    skills: int
    practised: int
    mastered: int
    due: int
    recall_today: float | None
    recall_exam: float | None
    last: tuple[float, ...]
    spent: int  # milliseconds
    questions: int
    weeks: tuple[tuple[int, float | None], ...]  # questions and mean share of each week, the oldest first


@dataclass(frozen=True, slots=True)
class OpenSlip:
    """A mistake that still comes: how often it was shown, the variants passed since, the marks it cost."""

    code: str
    shown: int
    passed: int
    lost: Fraction


@dataclass(frozen=True, slots=True)
class Certainty:
    """Answers given with one degree of sureness, and how many of them were right."""

    level: Sureness
    answers: int
    right: int


@dataclass(frozen=True)
class Progress:
    """Everything the progress page shows."""

    at: int
    chapters: tuple[Chapter, ...]
    slips: tuple[OpenSlip, ...]
    fixed: int
    certainty: tuple[Certainty, ...]
    forecast: Forecast
    exam_in: int | None
    due: int
    spent: int
    questions: int
    assisted: int
    days: tuple[tuple[int, float | None], ...]  # questions and mean share of each of the last 28 days


def progress(problems: Sequence[Outline], happened: Sequence[Outcome], learner: Learner, at: int) -> Progress:
    """The progress of a learner over the problems of a bank, at a moment."""
    exam = learner.exam
    left = days_until(exam, at) if exam is not None else None
    when = noon(exam) if exam is not None and left is not None and left >= 0 else None
    names = list(dict.fromkeys(problem.chapter for problem in problems))
    chapters = tuple(_chapter(name, problems, happened, learner, at, when) for name in names)
    open_slips = [OpenSlip(code, slip.shown, slip.passed, slip.lost) for code, slip in learner.slips.items() if slip.is_open]
    return Progress(
        at=at,
        chapters=chapters,
        slips=tuple(sorted(open_slips, key=lambda slip: (-slip.lost, -slip.shown, slip.code))[:SLIPS]),
        fixed=sum(not slip.is_open for slip in learner.slips.values()),
        certainty=certainty(happened),
        forecast=forecast(skills_of(problems), learner, when if when is not None else at),
        exam_in=left if left is not None and left >= 0 else None,
        due=sum(learner.is_due(skill, at) for skill in skills_of(problems)),
        spent=sum(outcome.took for outcome in happened),
        questions=len(happened),
        assisted=sum(outcome.rung > 0 or outcome.solved for outcome in happened),
        days=_spans(happened, at + learner.shift, DAY, 28, learner.shift),
    )


def _chapter(name: str, problems: Sequence[Outline], happened: Sequence[Outcome], learner: Learner, at: int, exam: int | None) -> Chapter:
    skills = list(skills_of(problem for problem in problems if problem.chapter == name))
    known = [skill for skill in skills if skill in learner.skills]
    mine = [outcome for outcome in happened if outcome.chapter == name]
    return Chapter(
        name=name,
        skills=len(skills),
        practised=len(known),
        mastered=sum(learner.mastered(skill) for skill in skills),
        due=sum(learner.is_due(skill, at) for skill in skills),
        recall_today=_mean([learner.recall(skill, at) for skill in known]),
        recall_exam=_mean([learner.recall(skill, exam) for skill in known]) if exam is not None else None,
        last=tuple(float(outcome.share) for outcome in mine[-LAST:]),
        spent=sum(outcome.took for outcome in mine),
        questions=len(mine),
        weeks=_spans(mine, at + learner.shift, 7 * DAY, WEEKS, learner.shift),
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _spans(happened: Sequence[Outcome], now: int, length: int, count: int, shift: int) -> tuple[tuple[int, float | None], ...]:
    """Questions and mean share in each of the last spans of time, counted in whole local days, the oldest first."""
    today = now // DAY
    days = length // DAY
    shares: list[list[float]] = [[] for _ in range(count)]
    for outcome in happened:
        back = (today - (outcome.at + shift) // DAY) // days
        if 0 <= back < count:
            shares[count - 1 - back].append(float(outcome.share))
    return tuple((len(span), _mean(span)) for span in shares)


def certainty(happened: Sequence[Outcome]) -> tuple[Certainty, ...]:
    """How sure the person was against how often they were right."""
    found: Mapping[Sureness, list[bool]] = {level: [] for level in LEVELS}
    for outcome in happened:
        if outcome.sure:
            found[outcome.sure].append(outcome.sure_right)
    return tuple(Certainty(level, len(right), sum(right)) for level, right in found.items())
