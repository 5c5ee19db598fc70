"""What an answer and a command do to the step being answered: marking, help, solution, going on. Pure functions of the state."""

from __future__ import annotations

from exam_tool.history.review import Review, Sureness

from . import words
from .events import Event, Key, Moved, Pressed, Typed
from .examine import implied, mark
from .help import WAIT, Help, help_for, is_allowed
from .item import SOLVED, Entry, Item
from .marked import Marked, NotRead
from .pages import Worked, reason_page
from .state import Asking, Closed, Finished, Notice, Reading, Session, Sure, Turn, item_of, remembered, row_of

REASON_RUNG = 2  # what reading the rule of a step counts as


def asking(session: Session, event: Event) -> Turn:
    """What an event does while a step is being answered."""
    item = item_of(session)
    match event:
        case Moved(position):
            return Turn(session._replace(item=item.moved(position), notices=(), since=event.at))
        case Pressed(key):
            return _pressed(session, key, event.at)
        case Typed(text) if not text.strip():
            return Turn(session._replace(notices=(Notice("plain", words.NOTHING_TYPED),)))
        case Typed(text):
            return _answered(session, text, event.at)


def _answered(session: Session, typed: str, at: int) -> Turn:
    item = item_of(session)
    if item.entry.settled and not item.entry.passed:
        return Turn(session._replace(item=item.onward(), notices=(Notice("plain", words.SETTLED),)))
    marked = mark(item.variant, {**item.answers, item.entry.find: typed}, item.entry.find)
    if isinstance(marked, NotRead):
        return Turn(session._replace(notices=(Notice("plain", marked.message, marked),)))
    if session.asks_sureness and asks_how_sure(item):
        return Turn(session._replace(phase=Sure(typed), notices=()))
    return _marked(session, marked, "", at)


def asks_how_sure(item: Item) -> bool:
    """About one question in three, at its last open step, before the first attempt."""
    still_open = [entry for entry in item.entries if not entry.settled]
    return item.number % 3 == 2 and len(still_open) == 1 and item.entry.tries == 0 and not item.entry.assisted


def sure(session: Session, event: Event, typed: str) -> Turn:
    item = item_of(session)
    sure: Sureness = ""
    if isinstance(event, Typed):
        level = event.text.strip()[:1].lower()
        if level and level not in words.SURE:
            return Turn(session._replace(notices=(Notice("plain", words.SURE_KEYS),)))
        sure = words.SURE[level] if level else ""
    marked = mark(item.variant, {**item.answers, item.entry.find: typed}, item.entry.find)
    assert isinstance(marked, Marked)  # it was read before the question how sure
    return _marked(session._replace(phase=Asking()), marked, sure, event.at)


def _marked(session: Session, marked: Marked, sure: Sureness, at: int) -> Turn:
    item = item_of(session)
    old = item.entry
    first = old.first or marked
    entry = old._replace(
        first=first, last=marked, tries=old.tries + 1, passed=False, rung_before=old.rung if old.first is None else old.rung_before
    )
    is_fact = item.variant.problem.fact is not None
    if is_fact and not marked.right and not marked.for_person:
        entry = entry._replace(shown=True)  # a second guess at true or false would be no answer
    item = _with_implied(item.with_entry(entry))
    kept = row_of(session, "answer", at, step=entry.find, response=marked.typed, verdict=marked.verdict, marks=marked.marks,
                maximum=marked.maximum, sure=sure, mistakes=marked.mistakes, tied=marked.tied, rung=old.rung,
                  took=max(0, at - session.since))  # fmt: skip
    notices = _verdict_notices(entry, marked)
    if is_fact and (because := item.variant.trace.plan.by_name[entry.find].because) is not None:
        notices = (Notice("plain", because),)
    session = session._replace(item=item, notices=notices, since=at)
    if entry.settled:
        return _onward(session, at, (kept,))
    return Turn(remembered(session, (kept,)), (kept,))


def _with_implied(item: Item) -> Item:
    """Blank steps that this answer shows to have been done are settled."""
    for find in implied(item.variant, item.answers):
        entry = next(entry for entry in item.entries if entry.find == find)
        if not entry.settled and entry.tries == 0:
            item = item.with_entry(entry._replace(implied=True))
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
    item = item_of(session)
    if not item.finished:
        return Turn(remembered(session._replace(item=item.onward(), since=at), kept), kept)
    kept += (row_of(session, "done", at, marks=item.earned, maximum=item.maximum),)
    return Turn(remembered(session._replace(phase=Finished(), done=(*session.done, item), since=at), kept), kept)


def _pressed(session: Session, key: Key, at: int) -> Turn:
    item = item_of(session)
    match key:
        case "hint":
            return _hint(session, at)
        case "solution":
            return _solution(session, at)
        case "skip" | "next":
            entry = item.entry._replace(passed=True)
            kept = row_of(session, "pass", at, step=entry.find, took=max(0, at - session.since))
            return _onward(session._replace(item=item.with_entry(entry), notices=()), at, (kept,))
        case "back":
            return Turn(session._replace(item=item.moved(item.current - 1), notices=(), since=at))
        case "why" if item.entry.tries and not item.entry.settled:
            entry = item.entry._replace(rung=max(item.entry.rung, REASON_RUNG))
            kept = row_of(session, "hint", at, step=entry.find, rung=entry.rung)
            page = reason_page(item.variant, entry.find, entry.last.message if entry.last else None)
            phase = Reading(page, Asking())
            return Turn(remembered(session._replace(item=item.with_entry(entry), phase=phase, notices=()), (kept,)), (kept,))
        case "why" | "another" | "slip":
            return Turn(session._replace(notices=(Notice("plain", words.AFTER_THE_QUESTION),)))
        case "help":
            return Turn(session._replace(notices=(Notice("plain", words.KEYS),)))
        case "leave":
            return Turn(session._replace(phase=Closed()))


def _hint(session: Session, at: int) -> Turn:
    item = item_of(session)
    entry = item.entry
    if entry.settled and not entry.passed:
        return Turn(session._replace(notices=(Notice("plain", words.SETTLED),)))
    if item.variant.problem.fact is not None:
        return Turn(session._replace(notices=(Notice("plain", words.NO_HINT),)))
    if not is_allowed(entry, session.helped, at):
        return Turn(session._replace(notices=(*session.notices[:2], Notice("plain", words.WAIT.format(seconds=WAIT // 1000)))))
    given: Help = help_for(item, entry)
    entry = entry._replace(rung=max(entry.rung, given.rung), hints=entry.hints + 1)
    kept = row_of(session, "hint", at, step=entry.find, rung=entry.rung)
    notices = [Notice("help", given.text)]
    if given.rung >= SOLVED:
        notices.append(Notice("plain", words.COUNTS_AS_OPEN))
    session = session._replace(item=item.with_entry(entry), notices=tuple(notices), helped=at)
    return Turn(remembered(session, (kept,)), (kept,))


def _solution(session: Session, at: int) -> Turn:
    item = item_of(session)
    if not any(entry.tries for entry in item.entries) and not session.insisted:
        return Turn(session._replace(insisted=True, notices=(Notice("plain", words.TRY_FIRST),)))
    kept = row_of(session, "solution", at, step=item.entry.find)
    for entry in item.entries:
        if not entry.settled or entry.passed:
            item = item.with_entry(entry._replace(shown=True))
    turn = _onward(session._replace(item=item, notices=()), at, (kept,))
    back = turn.session.phase
    assert isinstance(back, Finished | Asking)
    return turn._replace(session=turn.session._replace(phase=Reading(Worked(item.variant), back)))
