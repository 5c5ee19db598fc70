"""What is known of a learner: every skill and every shown mistake with its memory, results and mastery, folded from outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from .outcomes import Outcome
from .rating import Rating, rating_of
from .schedule import DAY, Memory, recall, reviewed

ALPHA = 0.3  # weight of the newest result in the running average
MASTERED = 0.9
STREAK, STREAK_DAYS = 3, 2  # clean first attempts, and the days they must be spread over
FIXED = 3  # variants passed in a row after which a mistake counts as gone
TAUGHT_AFTER = 2  # times a mistake is shown before it is taught
STUCK = 10  # tries without mastery after which drilling stops
HELPED = 0.5  # what a result with help is worth in the running average
KEPT_TIMES = 9
IMPLICIT_DUE = 0.93  # a skill seen inside a bigger question is reviewed only once its recall has fallen below this


def calculator_of(code: str) -> str:
    """The calculator of a mistake ``calculator.step/id``; one made of a problem's own steps has points in its name."""
    return code.partition("/")[0].rpartition(".")[0]


class Skill(NamedTuple):
    """One syllabus row in a person's head."""

    memory: Memory | None = None
    average: float = 0.0
    tries: int = 0
    clean: tuple[int, ...] = ()  # days of the last clean first attempts in a row
    results: tuple[float, ...] = ()  # of the last questions, the newest last
    last: int = 0
    was_mastered: bool = False

    @property
    def is_mastered(self) -> bool:
        """By its own results; a mistake still open on it is for ``Learner`` to see."""
        return self.average >= MASTERED and len(self.clean) >= STREAK and len(set(self.clean)) >= STREAK_DAYS

    @property
    def is_stuck(self) -> bool:
        """Ten tries without mastery, and not on the way there: more of the same would not help."""
        return self.tries >= STUCK and not self.was_mastered and not self.is_mastered and sum(r >= 1 for r in self.results) <= 2


class Slip(NamedTuple):
    """One known mistake a person has shown. ``passed`` counts the variants since then that could have shown it and did not."""

    memory: Memory | None = None
    shown: int = 0
    passed: int = 0
    last: int = 0
    problem: str = ""
    skills: tuple[str, ...] = ()
    taught: int = 0
    lost: Fraction = Fraction(0)

    @property
    def is_open(self) -> bool:
        return self.shown > 0 and self.passed < FIXED

    @property
    def wants_teaching(self) -> bool:
        """Shown twice or more since it was last explained."""
        return self.is_open and self.shown >= TAUGHT_AFTER and self.taught < self.shown - 1


class Doubt(NamedTuple):
    """An answer that fits several known mistakes, until a later question that could show one of them has been answered."""

    codes: tuple[str, ...]
    problem: str

    @property
    def calculator(self) -> str:
        return calculator_of(self.codes[0])


class Practised(NamedTuple):
    """One problem: how often it came, when last, how long it took."""

    times: int = 0
    last: int = 0
    took: tuple[int, ...] = ()


@dataclass(frozen=True)
class Learner:
    """Everything the plan and the progress page need. ``shift`` is the local time's offset from UTC in milliseconds."""

    skills: Mapping[str, Skill] = field(default_factory=dict)
    slips: Mapping[str, Slip] = field(default_factory=dict)
    problems: Mapping[str, Practised] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    doubts: tuple[Doubt, ...] = ()  # the newest last
    exam: date | None = None
    shift: int = 0

    def mastered(self, skill: str) -> bool:
        state = self.skills.get(skill)
        return state is not None and state.is_mastered and not any(slip.is_open and skill in slip.skills for slip in self.slips.values())

    def recall(self, skill: str, at: int) -> float:
        """The chance that a skill is there at a moment; 0 for one never practised."""
        state = self.skills.get(skill)
        return recall(state.memory, at) if state is not None and state.memory is not None else 0.0

    def is_due(self, skill: str, at: int) -> bool:
        state = self.skills.get(skill)
        return state is not None and state.memory is not None and state.memory.due <= at

    def due(self, at: int) -> list[str]:
        """The skills that are due, the least remembered first."""
        found = [name for name in self.skills if self.is_due(name, at)]
        return sorted(found, key=lambda name: (self.recall(name, at), name))

    @cached_property
    def open_slips(self) -> list[str]:
        """The mistakes that still come, the most frequent first."""
        return sorted((code for code, slip in self.slips.items() if slip.is_open), key=lambda code: (-self.slips[code].shown, code))

    def doubt_on(self, calculator: str) -> Doubt | None:
        """The newest doubt about mistakes of a calculation."""
        return next((doubt for doubt in reversed(self.doubts) if doubt.calculator == calculator), None)

    def after(self, outcomes: Iterable[Outcome]) -> Learner:
        """The learner after more outcomes, which must be in the order in which they happened."""
        doubts = self.doubts
        skills, slips, problems, used = dict(self.skills), dict(self.slips), dict(self.problems), set(self.used)
        for outcome in outcomes:
            practised = problems.get(outcome.problem, Practised())
            rating = rating_of(outcome, practised.took)
            day = (outcome.at + self.shift) // DAY
            for position, name in enumerate(outcome.skills):
                skills[name] = _practised(skills.get(name, Skill()), outcome, rating, day, position > 0, self.exam)
            _weigh_slips(slips, outcome, _shown(doubts, outcome), self.exam)
            took = (*practised.took, outcome.took)[-KEPT_TIMES:] if outcome.clean and outcome.took else practised.took
            problems[outcome.problem] = Practised(practised.times + 1, outcome.at, took)
            used.add(outcome.code)
            doubts = _doubts_after(doubts, outcome)
        return replace(self, skills=skills, slips=slips, problems=problems, used=frozenset(used), doubts=doubts)


def _practised(skill: Skill, outcome: Outcome, rating: Rating, day: int, implicit: bool, exam: date | None) -> Skill:
    """One skill after one question. Seen inside a question on something else, it counts only when it was nearly due, or went wrong."""
    if implicit and rating != "again" and skill.memory is not None and recall(skill.memory, outcome.at) > IMPLICIT_DUE:
        return skill
    worth = float(outcome.share) * (HELPED if outcome.rung or outcome.solved else 1.0)
    average = (1 - ALPHA) * skill.average + ALPHA * worth
    clean = (*skill.clean, day)[-5:] if outcome.clean else ()
    changed = skill._replace(
        memory=reviewed(skill.memory, rating, outcome.at, exam),
        average=average,
        tries=skill.tries + 1,
        clean=clean,
        results=(*skill.results, worth)[-5:],
        last=outcome.at,
    )
    if changed.is_mastered:
        return changed._replace(was_mastered=True)
    return changed._replace(was_mastered=False, tries=0) if skill.was_mastered and rating == "again" else changed


def _doubts_after(doubts: tuple[Doubt, ...], outcome: Outcome) -> tuple[Doubt, ...]:
    """Whatever came of a question that could show one of the mistakes settles a doubt, or raises it anew."""
    still = (doubt for doubt in doubts if not set(doubt.codes) & set(outcome.tests))
    return (*still, *(Doubt(codes, outcome.problem) for codes in outcome.tied))


def _shown(doubts: tuple[Doubt, ...], outcome: Outcome) -> tuple[str, ...]:
    """The mistakes an outcome shows. Of those that stay tied although they were tested, the first stands for all."""
    again = (codes[0] for codes in outcome.tied if any(doubt.codes == codes for doubt in doubts))
    return tuple(dict.fromkeys((*outcome.mistakes, *again)))


def _weigh_slips(slips: dict[str, Slip], outcome: Outcome, shown: tuple[str, ...], exam: date | None) -> None:
    """Mistakes shown come back into the list, mistakes passed move towards its end; changes the dictionary it is given."""
    for code in shown:
        slip = slips.get(code, Slip())
        lost = (outcome.maximum - outcome.earned) / len(shown)
        slips[code] = slip._replace(
            memory=reviewed(slip.memory, "again", outcome.at, exam),
            shown=slip.shown + 1,
            passed=0,
            last=outcome.at,
            problem=outcome.problem,
            skills=outcome.skills,
            lost=slip.lost + lost,
        )
    for code in outcome.passed:
        if code in slips:
            slip = slips[code]
            rating: Rating = "good" if outcome.clean else "hard"
            slips[code] = slip._replace(memory=reviewed(slip.memory, rating, outcome.at, exam), passed=slip.passed + 1, last=outcome.at)
    for code in outcome.taught:
        if code in slips:
            slips[code] = slips[code]._replace(taught=slips[code].shown)
