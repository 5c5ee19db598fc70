"""How well a question went, in the four words of the scheduler: computed from marks, help, time and sureness, never asked."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from .outcomes import Outcome

Rating = Literal["again", "hard", "good", "easy"]
ENOUGH = Fraction(3, 4)  # of the marks at the first attempt: below it the skill was not there
FEW = 3  # times of one's own that make a median worth comparing with


def rating_of(outcome: Outcome, times: Sequence[int] = ()) -> Rating:
    """The rating of one outcome; ``times`` are this person's earlier times on the same problem, in milliseconds.

    Again: wrong, or solved with the value shown. Hard: nearly right, right after a hint, or slow. Good: right at the first attempt.
    Easy: right, quick, and said to be sure.
    """
    if outcome.solved or outcome.share < ENOUGH:
        return "again"
    if not outcome.clean:
        return "hard"
    if len(times) >= FEW:
        twice = twice_usual(times)
        if outcome.took > twice:
            return "hard"
        if outcome.took * 4 < twice and outcome.sure == "sure":
            return "easy"
    return "good"


def twice_usual(times: Sequence[int]) -> int:
    """Twice the median, which is a whole number too."""
    ordered = sorted(times)
    return ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]
