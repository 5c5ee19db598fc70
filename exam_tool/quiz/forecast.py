"""What mark to expect on a paper like the real one, as a range, or that it is too early to say. Rough on purpose, and never flattering."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from .learner import Learner, Skill
from .shelf import Outline

QUESTIONS = 12  # of a usual paper
UNKNOWN, UNKNOWN_SPREAD = 0.3, 0.3  # what is expected of a skill never practised
GUESS = 0.2  # what is left of a skill that is not recalled
EIGHTY = 1.28  # standard deviations on either side that hold 80 % of a normal distribution
MODEL = 0.03  # what the model itself may be off by
ENOUGH = 0.15  # share of the skills that must have been practised before a number is given


@dataclass(frozen=True, slots=True)
class Forecast:
    """An 80 % range of the share of marks; ``known`` of ``total`` skills were ever practised."""

    low: float
    high: float
    known: int
    total: int

    @property
    def is_early(self) -> bool:
        return self.known < max(3, ENOUGH * self.total)

    def marks(self, full: int) -> tuple[int, int]:
        """The range in marks of a paper."""
        return int(self.low * full), min(full, int(self.high * full + 0.999))


def skills_of(problems: Iterable[Outline]) -> list[str]:
    """The skills a bank practises, each once."""
    return list(dict.fromkeys(name for problem in problems for name in problem.skills))


def forecast(skills: Sequence[str], learner: Learner, at: int) -> Forecast:
    """The range for a paper drawn from these skills at a moment."""
    expected = [expect(learner, name, at) for name in skills]
    known = sum(name in learner.skills for name in skills)
    if not expected:
        return Forecast(0.0, 0.0, 0, 0)
    mean = sum(p for p, _ in expected) / len(expected)
    one = sum(spread**2 + (p - mean) ** 2 + p * (1 - p) / 4 for p, spread in expected) / len(expected)
    wide = EIGHTY * sqrt(one / QUESTIONS + MODEL**2)
    return Forecast(max(0.0, mean - wide), min(1.0, mean + wide), known, len(skills))


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
