"""Which question comes next. Pure: what was practised, when, and a seed decide; the same input gives the same question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from exam_tool.bank import Problem
from exam_tool.bank.draws import Stream
from exam_tool.language import ExamToolError, Text
from exam_tool.variant import Variant, draw

from .item import Item, new_item
from .session import Session

Item_ = TypeVar("Item_")
SEEDS = 10**9
NAMED = Text("you asked for it", "你指定的题目")
ANOTHER = Text("another like the last one", "与上一题同类")


@dataclass(frozen=True)
class InTurn:
    """The problems a person named, in an order drawn by hash, no two neighbours of one chapter where that can be."""

    problems: tuple[Problem, ...]
    seed: int

    def __call__(self, session: Session, at: int) -> Item | None:
        times = len(session.done)
        if session.wish:
            problem = next((p for p in self.problems if p.id == session.wish), None)
            if problem is not None and (variant := self.drawn(problem, times)) is not None:
                return new_item(times + 1, variant, "another", ANOTHER)
        order = interleaved(self.problems, self.seed, times // max(1, len(self.problems)))
        for offset in range(len(order)):
            problem = order[(times + offset) % len(order)]
            if (variant := self.drawn(problem, times)) is not None:
                return new_item(times + 1, variant, "named", NAMED)
        return None

    def drawn(self, problem: Problem, times: int) -> Variant | None:
        return drawn(problem, variant_seed(self.seed, problem.id, times))


def variant_seed(seed: int, problem: str, times: int) -> int:
    """The seed of a practice variant; never one of a small number, which people use to look at a problem."""
    return 1000 + Stream(f"practice/{seed}/{problem}/{times}").below(SEEDS)


def drawn(problem: Problem, seed: int) -> Variant | None:
    """The variant, or None for a problem that cannot be drawn: a faulty one never stops a session."""
    try:
        return draw(problem, seed)
    except ExamToolError:
        return None


def interleaved(problems: Sequence[Problem], seed: int, turn: int) -> list[Problem]:
    """An order drawn by hash in which neighbours belong to different chapters as far as possible."""
    lots = sorted(problems, key=lambda problem: Stream(f"order/{seed}/{turn}/{problem.id}").word())
    return spread(lots, lambda problem: problem.chapter)


def spread(items: Sequence[Item_], group: Callable[[Item_], str]) -> list[Item_]:
    """The same items, each followed by one of another group whenever one is left: the earliest that fits."""
    left, ordered = list(items), []
    last = ""
    while left:
        counts = {name: sum(group(item) == name for item in left) for name in map(group, left)}
        crowded = max(counts.values()) * 2 > len(left) + 1  # a group that fills more than half must be taken whenever it can be
        fits = [item for item in left if group(item) != last] or left
        if crowded:
            fits = [item for item in fits if counts[group(item)] == max(counts.values())] or fits
        chosen = fits[0]
        left.remove(chosen)
        ordered.append(chosen)
        last = group(chosen)
    return ordered
