"""When something is due again: the FSRS scheduler behind a few pure functions. It knows skills only as cards."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

import fsrs

from .rating import Rating

DAY = 86_400_000
RETENTION, RETENTION_LATE, LATE_DAYS = 0.90, 0.95, 7
LONGEST = 180  # days between two reviews when no exam is set
RATINGS = {"again": fsrs.Rating.Again, "hard": fsrs.Rating.Hard, "good": fsrs.Rating.Good, "easy": fsrs.Rating.Easy}


class Memory(NamedTuple):
    """How well one thing is remembered: days until recall falls to 90 % (``stability``), how hard it is, when it is due."""

    stability: float
    difficulty: float
    last: int
    due: int


def reviewed(memory: Memory | None, rating: Rating, at: int, exam: date | None = None) -> Memory:
    """The memory after one review. The nearer the exam, the more is asked of recall and the shorter the longest interval."""
    scheduler = _scheduler(*aims(at, exam))
    card, _ = scheduler.review_card(_card(memory), RATINGS[rating], _moment(at))
    assert card.stability is not None  # every reviewed card has both
    assert card.difficulty is not None
    return Memory(card.stability, card.difficulty, at, int(card.due.timestamp() * 1000))


def recall(memory: Memory, at: int) -> float:
    """The chance that it is remembered at a moment, from 0 to 1."""
    return float(_scheduler(RETENTION, LONGEST).get_card_retrievability(_card(memory), _moment(max(at, memory.last))))


def aims(at: int, exam: date | None) -> tuple[float, int]:
    """The retention aimed at and the longest interval in days, at a moment before an exam."""
    if exam is None:
        return RETENTION, LONGEST
    left = days_until(exam, at)
    if left < 0:
        return RETENTION, LONGEST
    return (RETENTION_LATE if left <= LATE_DAYS else RETENTION), max(1, min(LONGEST, left // 2))


def days_until(exam: date, at: int) -> int:
    return (exam - _moment(at).date()).days


@lru_cache(maxsize=512)
def _scheduler(retention: float, longest: int) -> fsrs.Scheduler:
    return fsrs.Scheduler(
        desired_retention=retention, learning_steps=(), relearning_steps=(), maximum_interval=longest, enable_fuzzing=False
    )


def _card(memory: Memory | None) -> fsrs.Card:
    if memory is None:
        return fsrs.Card(card_id=1)
    return fsrs.Card(
        card_id=1,
        state=fsrs.State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_moment(memory.due),
        last_review=_moment(memory.last),
    )


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def noon(day: date) -> int:
    """A moment of a day, in milliseconds: noon UTC."""
    return int((datetime(day.year, day.month, day.day, 12, tzinfo=UTC)).timestamp() * 1000)


__all__ = ["DAY", "Memory", "aims", "days_until", "noon", "recall", "reviewed"]
