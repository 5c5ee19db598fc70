"""The state of a practice session: what can be on the screen, what is known, and the rows of history it leaves. Nothing moves here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from exam_tool.history.review import Act, Review
from exam_tool.language import Text
from exam_tool.variant import code_of, mistakes_of

from .item import Item
from .marked import WORDY, NotRead, ask_of
from .pages import Hunt, Page


class Notice(NamedTuple):
    """A sentence under a step (the current one, unless ``about`` names another). ``place`` is what was typed and could not be read."""

    tone: Literal["good", "bad", "plain", "help"]
    text: Text
    place: NotRead | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """A step is being answered."""


class Sure(NamedTuple):
    """An answer was typed; before it is marked the person says how sure they are."""

    typed: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Every step of the question is settled."""


class Reading(NamedTuple):
    """A page of text lies over the question."""

    page: Page
    back: Asking | Finished


class Hunting(NamedTuple):
    """A worked solution with one wrong line is to be searched."""

    hunt: Hunt
    back: Asking | Finished


@dataclass(frozen=True, slots=True)
class Closed:
    """The session is over."""


Phase = Asking | Sure | Finished | Reading | Hunting | Closed


@dataclass(frozen=True, slots=True)
class Limits:
    """When a session ends by itself."""

    count: int | None = None
    minutes: int | None = None


class Session(NamedTuple):
    """A session in progress. ``since`` is when the current step came on the screen, ``helped`` when help was last given."""

    id: str
    started: int
    limits: Limits
    phase: Phase
    item: Item | None = None
    done: tuple[Item, ...] = ()
    notices: tuple[Notice, ...] = ()
    since: int = 0
    helped: int = 0
    wish: str = ""  # the problem of which another variant was asked for
    insisted: bool = False  # the solution was asked for before any attempt
    reviews: tuple[Review, ...] = ()
    asks_sureness: bool = True
    planned: bool = False  # nothing was named: the plan decides, and puts one solution to be searched in the middle
    hunted: bool = False
    opening: Text | None = None  # what is due and open as the session starts
    offset: int = 0  # questions of this session before it was resumed

    @property
    def number(self) -> int:
        """The number of the next question, counted over all parts of a session that was resumed."""
        return self.offset + len(self.done) + 1

    @property
    def letters(self) -> bool:
        """Whether a single letter is a command here, and not an answer."""
        match self.phase:
            case Asking() if self.item is not None:
                variant = self.item.variant
                return variant.kind(ask_of(variant, self.item.entry.find)) not in WORDY
            case Sure() | Hunting() | Reading():
                return False
            case _:
                return True


class Turn(NamedTuple):
    """What an event led to: the state, and the rows to keep before anything is shown."""

    session: Session
    kept: tuple[Review, ...] = ()


Choose = Callable[[Session, int], Item | None]


def shown_row(session: Session, at: int) -> Review:
    """The row that says which question came on the screen, what it practises and which mistakes it can tell apart."""
    item = item_of(session)
    problem = item.variant.problem
    name = problem.calculator.name
    tests = tuple(f"{name}.{code}" for code in (code_of(*pair) for pair in mistakes_of(item.variant)) if code not in problem.hides)
    filled = tuple(entry.find for entry in item.entries if entry.filled)
    return row_of(session, "shown", at, maximum=item.maximum, purpose=item.purpose, chapter=problem.chapter, digest=problem.digest,
                skills=problem.syllabus or (problem.id,), tests=tests, filled=filled)  # fmt: skip


def row_of(session: Session, act: Act, at: int, **fields: object) -> Review:
    item = item_of(session)
    return Review(session.id, item.number, at, act, item.variant.code, **fields)  # type: ignore[arg-type]  # fields of Review by name


def remembered(session: Session, kept: tuple[Review, ...]) -> Session:
    return session._replace(reviews=session.reviews + kept)


def item_of(session: Session) -> Item:
    assert session.item is not None  # every phase but the first and the last has a question
    return session.item
