"""What the tests of the quiz share: a small bank that does not change, a clock that ticks by itself, sessions on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from exam_tool.bank import Bank, Problem, load_bank
from exam_tool.faces.player import Player
from exam_tool.history.review import Review
from exam_tool.language import Language
from exam_tool.quiz.choose import Plan
from exam_tool.quiz.events import Event, Pressed, Typed
from exam_tool.quiz.item import new_item, value_of
from exam_tool.quiz.learner import Learner
from exam_tool.quiz.session import Limits, Session, Turn, advance, start
from exam_tool.trace import Failure
from exam_tool.variant import Variant, code_of, draw, mistakes_of

BANK = Path(__file__).parent / "bank"
START = 1_800_000_000_000
DAY = 86_400_000


@lru_cache(maxsize=1)
def bank() -> Bank:
    found = load_bank(BANK)
    assert not found.faults
    return found


class Clock:
    """Three seconds pass whenever somebody looks."""

    def __init__(self, at: int = START, tick: int = 3000) -> None:
        self.at, self.tick = at, tick

    def __call__(self) -> int:
        self.at += self.tick
        return self.at


class Play:
    """A session with everything that happened in it."""

    def __init__(
        self,
        ids: Sequence[str],
        *,
        seed: int = 4,
        count: int = 3,
        minutes: int | None = None,
        learner: Learner | None = None,
        named: bool = True,
        sureness: bool = False,
        at: int = START,
    ) -> None:
        self.choose = Plan.of([bank()[id] for id in ids], learner or Learner(), seed, named)
        self.clock = Clock(at)
        self.kept: list[Review] = []
        self.session: Session = self.take(
            start("s", self.clock(), Limits(count, minutes), self.choose, asks_sureness=sureness, planned=not named)
        )

    def take(self, turn: Turn) -> Session:
        self.kept += turn.kept
        self.session = turn.session
        return turn.session

    def do(self, event: Event) -> Session:
        return self.take(advance(self.session, event, self.choose))

    def type(self, text: str) -> Session:
        return self.do(Typed(text, self.clock()))

    def press(self, key: str) -> Session:
        return self.do(Pressed(key, self.clock()))  # type: ignore[arg-type]  # tests name the keys

    @property
    def variant(self) -> Variant:
        assert self.session.item is not None
        return self.session.item.variant

    @property
    def find(self) -> str:
        assert self.session.item is not None
        return self.session.item.entry.find

    def right(self) -> Session:
        return self.type(value_of(self.variant, self.find))

    def said(self) -> str:
        return " ".join(notice.text.en for notice in self.session.notices)


def player(
    ids: Sequence[str],
    language: Language,
    *,
    seed: int = 4,
    count: int = 3,
    minutes: int | None = None,
    sureness: bool = False,
    keep: Callable[[Sequence[Review]], None] = lambda rows: None,
) -> Player:
    """A session ready to be played by a face."""
    clock = Clock()
    choose = Plan.of([bank()[id] for id in ids], Learner(), seed, True)
    turn = start("s", clock(), Limits(count, minutes), choose, asks_sureness=sureness)
    made = Player(turn.session, choose, keep, clock, language)
    made.take(turn)
    return made


def mistaken(variant: Variant, code: str) -> dict[str, str]:
    """The answers of somebody who makes one known mistake (``step/id``) and is right after it."""
    from exam_tool.expressions.forms import exact_text

    for step, mistake in mistakes_of(variant):
        if code_of(step, mistake) == code:
            values = variant.trace.mistaken(step, mistake)
            assert not any(isinstance(values[ask.find], Failure) for ask in variant.asked)
            return {ask.find: exact_text(values[ask.find]) for ask in variant.asked}
    raise AssertionError(f"{variant.code} has no mistake {code}")


def question(problem: Problem, seed: int = 1):  # type: ignore[no-untyped-def]
    return new_item(1, draw(problem, seed), "named", problem.title)
