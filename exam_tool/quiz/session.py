"""The session as a state machine: a frozen state and an event give the next state and the rows of history to keep.

It knows neither clock nor screen nor file: events carry their time, what comes next is chosen by a function handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from exam_tool.history.review import Act, Review, Sureness
from exam_tool.language import Text
from exam_tool.variant import code_of, mistakes_of

from . import words
from .events import Event, Key, Moved, Pressed, Typed
from .examine import WORDY, Marked, NotRead, ask_of, implied, mark
from .help import WAIT, Help, help_for, is_allowed
from .item import SOLVED, Entry, Item
from .pages import Hunt, Page, Reason, Taught, Worked, found_slip, hunt_for, reason_page

REASON_RUNG = 2  # what reading the rule of a step counts as
HUNT_AFTER = 5  # questions before the solution to be searched


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence under a step (the current one, unless ``about`` names another). ``place`` is what was typed and could not be read."""

    tone: Literal["good", "bad", "plain", "help"]
    text: Text
    place: NotRead | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """A step is being answered."""


@dataclass(frozen=True, slots=True)
class Sure:
    """An answer was typed; before it is marked the person says how sure they are."""

    typed: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Every step of the question is settled."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A page of text lies over the question."""

    page: Page
    back: Asking | Finished


@dataclass(frozen=True, slots=True)
class Hunting:
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


@dataclass(frozen=True, slots=True)
class Session:
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


@dataclass(frozen=True, slots=True)
class Turn:
    """What an event led to: the state, and the rows to keep before anything is shown."""

    session: Session
    kept: tuple[Review, ...] = ()


Choose = Callable[[Session, int], Item | None]


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
        return Turn(replace(session, phase=Closed(), notices=()))
    match session.phase:
        case Closed():
            return Turn(session)
        case Reading(_, back):
            return _page_read(session, event, back, choose)
        case Hunting():
            return _hunting(session, event)
        case Sure(typed):
            return _sure(session, event, typed)
        case Asking():
            return _asking(session, event, choose)
        case Finished():
            return _finished(session, event, choose)


# -- answering -------------------------------------------------------------------------------------------------------


def _asking(session: Session, event: Event, choose: Choose) -> Turn:
    item = _item(session)
    match event:
        case Moved(position):
            return Turn(replace(session, item=item.moved(position), notices=(), since=event.at))
        case Pressed(key):
            return _pressed(session, key, event.at, choose)
        case Typed(text) if not text.strip():
            return Turn(replace(session, notices=(Notice("plain", words.NOTHING_TYPED),)))
        case Typed(text):
            return _answered(session, text, event.at)


def _answered(session: Session, typed: str, at: int) -> Turn:
    item = _item(session)
    if item.entry.settled and not item.entry.passed:
        return Turn(replace(session, item=item.onward(), notices=(Notice("plain", words.SETTLED),)))
    marked = mark(item.variant, {**item.answers, item.entry.find: typed}, item.entry.find)
    if isinstance(marked, NotRead):
        return Turn(replace(session, notices=(Notice("plain", marked.message, marked),)))
    if session.asks_sureness and asks_how_sure(item):
        return Turn(replace(session, phase=Sure(typed), notices=()))
    return _marked(session, marked, "", at)


def asks_how_sure(item: Item) -> bool:
    """About one question in three, at its last open step, before the first attempt."""
    still_open = [entry for entry in item.entries if not entry.settled]
    return item.number % 3 == 2 and len(still_open) == 1 and item.entry.tries == 0 and not item.entry.assisted


def _sure(session: Session, event: Event, typed: str) -> Turn:
    item = _item(session)
    sure: Sureness = ""
    if isinstance(event, Typed):
        level = event.text.strip()[:1].lower()
        if level and level not in words.SURE:
            return Turn(replace(session, notices=(Notice("plain", words.SURE_KEYS),)))
        sure = words.SURE[level] if level else ""
    marked = mark(item.variant, {**item.answers, item.entry.find: typed}, item.entry.find)
    assert isinstance(marked, Marked)  # it was read before the question how sure
    return _marked(replace(session, phase=Asking()), marked, sure, event.at)


def _marked(session: Session, marked: Marked, sure: Sureness, at: int) -> Turn:
    item = _item(session)
    old = item.entry
    first = old.first or marked
    entry = replace(
        old, first=first, last=marked, tries=old.tries + 1, passed=False, rung_before=old.rung if old.first is None else old.rung_before
    )
    is_fact = item.variant.problem.fact is not None
    if is_fact and not marked.right and not marked.for_person:
        entry = replace(entry, shown=True)  # a second guess at true or false would be no answer
    item = _with_implied(item.with_entry(entry))
    kept = _row(session, "answer", at, step=entry.find, response=marked.typed, verdict=marked.verdict, marks=marked.marks,
                maximum=marked.maximum, sure=sure, mistakes=marked.mistakes, rung=old.rung, took=max(0, at - session.since))  # fmt: skip
    notices = _verdict_notices(entry, marked)
    if is_fact and (because := item.variant.trace.plan.by_name[entry.find].because) is not None:
        notices = (Notice("plain", because),)
    session = replace(session, item=item, notices=notices, since=at)
    if entry.settled:
        return _onward(session, at, (kept,))
    return Turn(_remember(session, (kept,)), (kept,))


def _with_implied(item: Item) -> Item:
    """Blank steps that this answer shows to have been done are settled."""
    for find in implied(item.variant, item.answers):
        entry = next(entry for entry in item.entries if entry.find == find)
        if not entry.settled and entry.tries == 0:
            item = item.with_entry(replace(entry, implied=True))
    return item


def _verdict_notices(entry: Entry, marked: Marked) -> tuple[Notice, ...]:
    if marked.right:
        return (Notice("good", marked.message, about=entry.find),)
    if marked.for_person:
        return (Notice("plain", marked.message, about=entry.find),)
    tail = words.TRY_AGAIN if entry.tries < 3 else words.MANY_TRIES
    return (
        Notice("bad", marked.message),
        Notice("plain", tail),
    )


def _onward(session: Session, at: int, kept: tuple[Review, ...] = ()) -> Turn:
    """The next open step, or the end of the question."""
    item = _item(session)
    if not item.finished:
        return Turn(_remember(replace(session, item=item.onward(), since=at), kept), kept)
    kept += (_row(session, "done", at, marks=item.earned, maximum=item.maximum),)
    return Turn(_remember(replace(session, phase=Finished(), done=(*session.done, item), since=at), kept), kept)


# -- commands ----------------------------------------------------------------------------------------------------------


def _pressed(session: Session, key: Key, at: int, choose: Choose) -> Turn:
    item = _item(session)
    match key:
        case "hint":
            return _hint(session, at)
        case "solution":
            return _solution(session, at)
        case "skip" | "next":
            entry = replace(item.entry, passed=True)
            kept = _row(session, "pass", at, step=entry.find, took=max(0, at - session.since))
            return _onward(replace(session, item=item.with_entry(entry), notices=()), at, (kept,))
        case "back":
            return Turn(replace(session, item=item.moved(item.current - 1), notices=(), since=at))
        case "why" if item.entry.tries and not item.entry.settled:
            entry = replace(item.entry, rung=max(item.entry.rung, REASON_RUNG))
            kept = _row(session, "hint", at, step=entry.find, rung=entry.rung)
            page = reason_page(item.variant, entry.find, entry.last.message if entry.last else None)
            phase = Reading(page, Asking())
            return Turn(_remember(replace(session, item=item.with_entry(entry), phase=phase, notices=()), (kept,)), (kept,))
        case "why" | "another" | "slip":
            return Turn(replace(session, notices=(Notice("plain", words.AFTER_THE_QUESTION),)))
        case "help":
            return Turn(replace(session, notices=(Notice("plain", words.KEYS),)))
        case "leave":
            return Turn(replace(session, phase=Closed()))


def _hint(session: Session, at: int) -> Turn:
    item = _item(session)
    entry = item.entry
    if entry.settled and not entry.passed:
        return Turn(replace(session, notices=(Notice("plain", words.SETTLED),)))
    if item.variant.problem.fact is not None:
        return Turn(replace(session, notices=(Notice("plain", words.NO_HINT),)))
    if not is_allowed(entry, session.helped, at):
        return Turn(replace(session, notices=(*session.notices[:2], Notice("plain", words.WAIT.format(seconds=WAIT // 1000)))))
    given: Help = help_for(item, entry)
    entry = replace(entry, rung=max(entry.rung, given.rung), hints=entry.hints + 1)
    kept = _row(session, "hint", at, step=entry.find, rung=entry.rung)
    notices = [Notice("help", given.text)]
    if given.rung >= SOLVED:
        notices.append(Notice("plain", words.COUNTS_AS_OPEN))
    session = replace(session, item=item.with_entry(entry), notices=tuple(notices), helped=at)
    return Turn(_remember(session, (kept,)), (kept,))


def _solution(session: Session, at: int) -> Turn:
    item = _item(session)
    if not any(entry.tries for entry in item.entries) and not session.insisted:
        return Turn(replace(session, insisted=True, notices=(Notice("plain", words.TRY_FIRST),)))
    kept = _row(session, "solution", at, step=item.entry.find)
    for entry in item.entries:
        if not entry.settled or entry.passed:
            item = item.with_entry(replace(entry, shown=True))
    turn = _onward(replace(session, item=item, notices=()), at, (kept,))
    back = turn.session.phase
    assert isinstance(back, Finished | Asking)
    return replace(turn, session=replace(turn.session, phase=Reading(Worked(item.variant), back)))


# -- after a question --------------------------------------------------------------------------------------------------


def _finished(session: Session, event: Event, choose: Choose) -> Turn:
    item = session.item
    match event:
        case Typed(text) if text.strip() and item is not None:
            return Turn(replace(session, notices=(Notice("plain", words.KEYS_AFTER),)))
        case Typed() | Pressed("next" | "skip") | Moved():
            return _next(session, event.at, choose)
        case Pressed("solution") if item is not None:
            return Turn(replace(session, phase=Reading(Worked(item.variant), Finished())))
        case Pressed("why") if item is not None:
            return Turn(replace(session, phase=Reading(_reason(item), Finished())))
        case Pressed("another") if item is not None:
            return _next(replace(session, wish=item.variant.problem.id), event.at, choose)
        case Pressed("slip") if item is not None:
            hunt = hunt_for(item.variant, item.mistakes)
            if hunt is None:
                return Turn(replace(session, notices=(Notice("plain", words.NO_SLIP),)))
            return Turn(replace(session, phase=Hunting(hunt, Finished()), notices=(), since=event.at))
        case _:
            return Turn(replace(session, notices=(Notice("plain", words.KEYS_AFTER),)))


def _reason(item: Item) -> Reason:
    """The reason of the step that went wrong first, or of the last one."""
    wrong = next((entry for entry in item.entries if entry.first is not None and not entry.first.right), item.entries[-1])
    return reason_page(item.variant, wrong.find, wrong.first.message if wrong.first is not None and not wrong.first.right else None)


def _page_read(session: Session, event: Event, back: Asking | Finished, choose: Choose) -> Turn:
    page = session.phase.page if isinstance(session.phase, Reading) else None
    if isinstance(page, Reason) and page.is_open and isinstance(event, Typed) and event.text.strip():
        chosen = page.pick(event.text)
        return Turn(replace(session, phase=Reading(chosen, back)))
    return Turn(replace(session, phase=back, since=event.at))


def _hunting(session: Session, event: Event) -> Turn:
    phase = session.phase
    assert isinstance(phase, Hunting)
    if phase.hunt.over or not isinstance(event, Typed) or not event.text.strip():
        return Turn(replace(session, phase=phase.back, since=event.at))
    hunt = found_slip(phase.hunt, event.text)
    kept: tuple[Review, ...] = ()
    if hunt.over:
        kept = (
            _row(
                session,
                "slip",
                event.at,
                verdict="found" if hunt.found else "missed",
                mistakes=(hunt.task.code,),
                took=max(0, event.at - session.since),
            ),
        )
    return Turn(_remember(replace(session, phase=replace(phase, hunt=hunt)), kept), kept)


def _next(session: Session, at: int, choose: Choose) -> Turn:
    """The next question, unless the session has run its length."""
    if session.planned and not session.hunted and len(session.done) == HUNT_AFTER and not session.wish:
        session = replace(session, hunted=True)
        if (hunt := _own_hunt(session)) is not None:
            return Turn(replace(session, phase=Hunting(hunt, Finished()), notices=(), since=at))
    if is_over(session, at) and not session.wish:
        return Turn(replace(session, phase=Closed(), notices=()))
    item = choose(session, at)
    if item is None:
        return Turn(replace(session, phase=Closed(), notices=()))
    fresh = replace(session, phase=Asking(), item=item, notices=(), since=at, helped=0, wish="", insisted=False)
    kept: tuple[Review, ...] = (shown_row(fresh, at),)
    if item.scaffold is not None:
        fresh = replace(fresh, phase=Reading(item.scaffold, Asking()))
        if isinstance(item.scaffold, Taught):
            kept += (_row(fresh, "taught", at, mistakes=(item.scaffold.code,)),)
    return Turn(_remember(fresh, kept), kept)


def _own_hunt(session: Session) -> Hunt | None:
    """A solution to be searched, made from the question of this session that went worst."""
    worst = sorted(session.done, key=lambda item: item.earned / item.maximum if item.maximum else 1)
    return next((hunt for item in worst if (hunt := hunt_for(item.variant, item.mistakes)) is not None), None)


def is_over(session: Session, at: int) -> bool:
    limits = session.limits
    if limits.count is not None and len(session.done) >= limits.count:
        return True
    return limits.minutes is not None and at - session.started >= limits.minutes * 60_000


# -- rows of history ---------------------------------------------------------------------------------------------------


def shown_row(session: Session, at: int) -> Review:
    """The row that says which question came on the screen, what it practises and which mistakes it can tell apart."""
    item = _item(session)
    problem = item.variant.problem
    name = problem.calculator.name
    tests = tuple(f"{name}.{code}" for code in (code_of(*pair) for pair in mistakes_of(item.variant)) if code not in problem.hides)
    filled = tuple(entry.find for entry in item.entries if entry.filled)
    return _row(session, "shown", at, maximum=item.maximum, purpose=item.purpose, chapter=problem.chapter, digest=problem.digest,
                skills=problem.syllabus or (problem.id,), tests=tests, filled=filled)  # fmt: skip


def _row(session: Session, act: Act, at: int, **fields: object) -> Review:
    item = _item(session)
    return Review(session.id, item.number, at, act, item.variant.code, **fields)  # type: ignore[arg-type]  # fields of Review by name


def _remember(session: Session, kept: tuple[Review, ...]) -> Session:
    return replace(session, reviews=session.reviews + kept)


def _item(session: Session) -> Item:
    assert session.item is not None  # every phase but the first and the last has a question
    return session.item
