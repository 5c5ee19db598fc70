"""What mark to expect on a paper like the real one, as a range, or that it is too early to say. Rough on purpose, and never flattering."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from exam_tool.bank.shelf import Outline

from .learner import Learner, Skill

QUESTIONS = 12  # of a usual paper
UNKNOWN, UNKNOWN_SPREAD = 0.3, 0.3  # what is expected of a skill never practised
GUESS = 0.2  # what is left of a skill that is not recalled
EIGHTY = 1.28  # standard deviations on either side that hold 80 % of a normal distribution
MODEL = 0.03  # what the model itself may be off by
ENOUGH = 0.1  # share of the marks whose skills must have been practised before a number is given


@dataclass(frozen=True, slots=True)
class Forecast:
    """An 80 % range of the share of marks; ``known`` of ``total`` skills were ever practised."""

    low: float
    high: float
    known: int
    total: int
    share: float  # of the marks, those of skills practised

    @property
    def is_early(self) -> bool:
        return self.known < 3 or self.share < ENOUGH

    def marks(self, full: int) -> tuple[int, int]:
        """The range in marks of a paper."""
        return int(self.low * full), min(full, int(self.high * full + 0.999))


def skills_of(problems: Iterable[Outline]) -> dict[str, float]:
    """The skills a bank practises, each with the marks of the problems it is the main one of."""
    found: dict[str, float] = {}
    for problem in problems:
        for position, name in enumerate(problem.skills):
            found[name] = found.get(name, 0.0) + (float(problem.marks) if position == 0 else 0.0)
    return found


def forecast(skills: Mapping[str, float], learner: Learner, at: int) -> Forecast:
    """The range for a paper drawn from these skills at a moment, each as often as its marks weigh."""
    total = sum(skills.values())
    if not total:
        return Forecast(0.0, 0.0, 0, 0, 0.0)
    expected = [(weight / total, *expect(learner, name, at)) for name, weight in skills.items()]
    mean = sum(weight * p for weight, p, _ in expected)
    one = sum(weight * (spread**2 + (p - mean) ** 2 + p * (1 - p) / 4) for weight, p, spread in expected)
    wide = EIGHTY * sqrt(one / QUESTIONS + MODEL**2)
    known = [name for name in skills if name in learner.skills]
    share = sum(skills[name] for name in known) / total
    return Forecast(max(0.0, mean - wide), min(1.0, mean + wide), len(known), len(skills), share)


def expect(learner: Learner, name: str, at: int) -> tuple[float, float]:
    """The share of marks expected of one skill, and how unsure that is."""
    skill = learner.skills.get(name, Skill())
    if skill.memory is None:
        return UNKNOWN, UNKNOWN_SPREAD
    count = len(skill.results)
    quality = (sum(skill.results) + UNKNOWN) / (count + 1)
    there = learner.recall(name, at)
    p = quality * (there + (1 - there) * GUESS)
    return p, sqrt(max(0.01, p * (1 - p)) / (count + 1))
