"""The session as a state machine: a frozen state and an event give the next state and the rows of history to keep.

It knows neither clock nor screen nor file: events carry their time, what comes next is chosen by a function handed in. Marking
is loaded with the first answer: the first question is on the screen before it.
"""

from __future__ import annotations

from exam_tool.history.review import Review
from exam_tool.language import Text

from . import words
from .events import Event, Moved, Pressed, Typed
from .item import Item
from .pages import Hunt, Reason, Taught, Worked, found_slip, hunt_for, reason_page
from .state import (
    Asking,
    Choose,
    Closed,
    Finished,
    Hunting,
    Limits,
    Notice,
    Reading,
    Session,
    Sure,
    Turn,
    remembered,
    row_of,
    shown_row,
)  # fmt: skip

__all__ = [
    "Asking", "Choose", "Closed", "Finished", "Hunting", "Limits", "Notice", "Reading", "Session", "Sure", "Turn", "advance", "resume",
    "start",
]  # fmt: skip

HUNT_AFTER = 5  # questions before the solution to be searched


def start(
    id: str, at: int, limits: Limits, choose: Choose, *, asks_sureness: bool = True, planned: bool = False, opening: Text | None = None
) -> Turn:
    """A session with its first question."""
    fresh = Session(id, at, limits, Finished(), since=at, asks_sureness=asks_sureness, planned=planned, opening=opening)
    return _next(fresh, at, choose)


def resume(id: str, at: int, limits: Limits, item: Item, rows: tuple[Review, ...], *, asks_sureness: bool = True) -> Session:
    """A session that goes on with a question left unfinished, of which these rows are known."""
    notices = (Notice("plain", words.RESUMED),)
    before = item.number - 1
    return Session(id, at, limits, Asking(), item, notices=notices, since=at, asks_sureness=asks_sureness, offset=before, reviews=rows)


def advance(session: Session, event: Event, choose: Choose) -> Turn:
    """The next state. Whatever is typed at whatever moment has an answer; nothing raises."""
    if isinstance(event, Pressed) and event.key == "leave":
        return Turn(session._replace(phase=Closed(), notices=()))
    match session.phase:
        case Closed():
            return Turn(session)
        case Reading(_, back):
            return _page_read(session, event, back, choose)
        case Hunting():
            return _hunting(session, event)
        case Sure(typed):
            from .answering import sure

            return sure(session, event, typed)
        case Asking():
            from .answering import asking

            return asking(session, event)
        case Finished():
            return _finished(session, event, choose)


def _finished(session: Session, event: Event, choose: Choose) -> Turn:
    item = session.item
    match event:
        case Typed(text) if text.strip() and item is not None:
            return Turn(session._replace(notices=(Notice("plain", words.KEYS_AFTER),)))
        case Typed() | Pressed("next" | "skip") | Moved():
            return _next(session, event.at, choose)
        case Pressed("solution") if item is not None:
            return Turn(session._replace(phase=Reading(Worked(item.variant), Finished())))
        case Pressed("why") if item is not None:
            return Turn(session._replace(phase=Reading(_reason(item), Finished())))
        case Pressed("another") if item is not None:
            return _next(session._replace(wish=item.variant.problem.id), event.at, choose)
        case Pressed("slip") if item is not None:
            hunt = hunt_for(item.variant, item.mistakes)
            if hunt is None:
                return Turn(session._replace(notices=(Notice("plain", words.NO_SLIP),)))
            return Turn(session._replace(phase=Hunting(hunt, Finished()), notices=(), since=event.at))
        case _:
            return Turn(session._replace(notices=(Notice("plain", words.KEYS_AFTER),)))


def _reason(item: Item) -> Reason:
    """The reason of the step that went wrong first, or of the last one."""
    wrong = next((entry for entry in item.entries if entry.first is not None and not entry.first.right), item.entries[-1])
    return reason_page(item.variant, wrong.find, wrong.first.message if wrong.first is not None and not wrong.first.right else None)


def _page_read(session: Session, event: Event, back: Asking | Finished, choose: Choose) -> Turn:
    page = session.phase.page if isinstance(session.phase, Reading) else None
    if isinstance(page, Reason) and page.is_open and isinstance(event, Typed) and event.text.strip():
        chosen = page.pick(event.text)
        return Turn(session._replace(phase=Reading(chosen, back)))
    return Turn(session._replace(phase=back, since=event.at))


def _hunting(session: Session, event: Event) -> Turn:
    phase = session.phase
    assert isinstance(phase, Hunting)
    if phase.hunt.over or not isinstance(event, Typed) or not event.text.strip():
        return Turn(session._replace(phase=phase.back, since=event.at))
    hunt = found_slip(phase.hunt, event.text)
    kept: tuple[Review, ...] = ()
    if hunt.over:
        kept = (
            row_of(
                session,
                "slip",
                event.at,
                verdict="found" if hunt.found else "missed",
                mistakes=(hunt.task.code,),
                took=max(0, event.at - session.since),
            ),
        )
    return Turn(remembered(session._replace(phase=phase._replace(hunt=hunt)), kept), kept)


def _next(session: Session, at: int, choose: Choose) -> Turn:
    """The next question, unless the session has run its length."""
    if session.planned and not session.hunted and len(session.done) == HUNT_AFTER and not session.wish:
        session = session._replace(hunted=True)
        if (hunt := _own_hunt(session)) is not None:
            return Turn(session._replace(phase=Hunting(hunt, Finished()), notices=(), since=at))
    if is_over(session, at) and not session.wish:
        return Turn(session._replace(phase=Closed(), notices=()))
    item = choose(session, at)
    if item is None:
        return Turn(session._replace(phase=Closed(), notices=()))
    fresh = session._replace(phase=Asking(), item=item, notices=(), since=at, helped=0, wish="", insisted=False)
    kept: tuple[Review, ...] = (shown_row(fresh, at),)
    if item.scaffold is not None:
        fresh = fresh._replace(phase=Reading(item.scaffold, Asking()))
        if isinstance(item.scaffold, Taught):
            kept += (row_of(fresh, "taught", at, mistakes=(item.scaffold.code,)),)
    return Turn(remembered(fresh, kept), kept)


def _own_hunt(session: Session) -> Hunt | None:
    """A solution to be searched, made from the question of this session that went worst."""
    worst = sorted(session.done, key=lambda item: item.earned / item.maximum if item.maximum else 1)
    return next((hunt for item in worst if (hunt := hunt_for(item.variant, item.mistakes)) is not None), None)


def is_over(session: Session, at: int) -> bool:
    limits = session.limits
    if limits.count is not None and len(session.done) >= limits.count:
        return True
    return limits.minutes is not None and at - session.started >= limits.minutes * 60_000
