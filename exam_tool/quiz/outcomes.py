"""Rows of history put together again: what came of each question. Pure folding; it rates nothing and schedules nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from exam_tool.history.review import Review, Sureness

from .item import SOLVED

NOTHING = Fraction(0)


class Outcome(NamedTuple):
    """One question as it went.

    ``share`` is what the first answers earned of the marks; ``clean`` means all of them right without help. ``passed`` are the known
    mistakes this variant could have shown and did not; they are empty unless everything was answered right. ``tests`` are all it could
    have shown, ``tied`` the groups of those of which one was shown, nobody knows which.
    """

    session: str
    item: int
    at: int
    code: str
    chapter: str
    purpose: str
    skills: tuple[str, ...]
    share: Fraction
    earned: Fraction
    maximum: Fraction
    clean: bool
    rung: int
    solved: bool
    took: int
    mistakes: tuple[str, ...]
    passed: tuple[str, ...]
    taught: tuple[str, ...]
    sure: Sureness
    sure_right: bool
    complete: bool
    mock: bool = False
    tests: tuple[str, ...] = ()
    tied: tuple[tuple[str, ...], ...] = ()

    @property
    def problem(self) -> str:
        return self.code.partition("@")[0]


def outcomes(reviews: Iterable[Review]) -> Iterator[Outcome]:
    """What came of every question of which something can be said, in the order in which they ended."""
    items: dict[tuple[str, int], list[Review]] = {}
    for review in reviews:
        items.setdefault((review.session, review.item), []).append(review)
    found = (outcome_of(rows) for rows in items.values())
    yield from sorted(
        (outcome for outcome in found if outcome is not None), key=lambda outcome: (outcome.at, outcome.session, outcome.item)
    )


def outcome_of(rows: list[Review]) -> Outcome | None:
    """One question from its rows; None when nothing was tried, or what was tried was right and the rest is still open."""
    shown = next((row for row in rows if row.act == "shown"), None)
    if shown is None:
        return None
    first: dict[str, Review] = {}
    for row in rows:
        if row.act == "answer":
            first.setdefault(row.step, row)
    done = next((row for row in reversed(rows) if row.act == "done"), None)
    wrong = [row for row in first.values() if row.marks < row.maximum]
    if done is None and not wrong:
        return None
    maximum = done.maximum if done else shown.maximum
    earned = done.marks if done else sum((row.marks for row in first.values()), NOTHING)
    if not maximum:
        return None
    rung = max((row.rung for row in rows if row.act == "hint"), default=0)
    solved = rung >= SOLVED or any(row.act == "solution" for row in rows)
    mistakes = tuple(dict.fromkeys(code for row in first.values() for code in row.mistakes))
    all_right = done is not None and earned == maximum
    asked = next((row for row in first.values() if row.sure), None)
    return Outcome(
        session=shown.session,
        item=shown.item,
        at=rows[-1].at,
        code=shown.code,
        chapter=shown.chapter,
        purpose=shown.purpose,
        skills=shown.skills,
        share=earned / maximum,
        earned=earned,
        maximum=maximum,
        clean=all_right and not rung and not solved,
        rung=rung,
        solved=solved,
        took=sum(row.took for row in rows if row.act in ("answer", "pass", "wrote")),
        mistakes=mistakes,
        passed=tuple(code for code in shown.tests if code not in mistakes) if all_right and not solved else (),
        taught=tuple(code for row in rows if row.act == "taught" for code in row.mistakes),
        sure=asked.sure if asked else "",
        sure_right=asked is not None and asked.marks == asked.maximum,
        complete=done is not None,
        mock=shown.purpose == "mock",
        tests=shown.tests,
        tied=tuple(dict.fromkeys(row.tied for row in first.values() if row.tied and not set(row.tied) & set(mistakes))),
    )


def unfinished(reviews: Iterable[Review], session: str) -> list[Review]:
    """The rows of the last question of a session, if it was shown and never ended."""
    rows = [row for row in reviews if row.session == session]
    if not rows:
        return []
    last = max(row.item for row in rows)
    mine = [row for row in rows if row.item == last]
    return [] if any(row.act == "done" for row in mine) or not any(row.act == "shown" for row in mine) else mine
