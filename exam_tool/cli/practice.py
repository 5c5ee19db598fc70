"""Starting a session from the command line: settings, history, what is left over from last time, which face, how it ends."""

from __future__ import annotations

import os
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from exam_tool.language import ExamToolError, Language, Text

if TYPE_CHECKING:
    from exam_tool.bank.shelf import Outline, Shelf
    from exam_tool.config import Settings
    from exam_tool.faces.player import Player
    from exam_tool.history import History, Review, SessionRow
    from exam_tool.quiz.item import Item
    from exam_tool.quiz.learner import Learner

RESUMED_WITHIN = 14 * 86_400_000  # older than that, a question left unfinished is asked anew
QUIET = 600_000  # where it cannot be asked whether a process lives, one silent for so long counts as gone


@dataclass(frozen=True)
class Wanted:
    """What the command line asked for; None where it said nothing."""

    named: bool = False
    count: int | None = None
    minutes: int | None = None
    seed: int | None = None
    plain: bool = False


class Left(NamedTuple):
    """A question left in the middle, with the rows that are known of it."""

    session: str
    item: Item
    rows: tuple[Review, ...]


def now() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def local_shift() -> int:
    """How far local time is ahead of UTC, in milliseconds."""
    return (time.localtime().tm_gmtoff or 0) * 1000


def open_history(language: Language) -> History | None:
    """The person's history; None, with a warning, where it cannot be used: practice goes on all the same."""
    from exam_tool.folders import history_file
    from exam_tool.history import History

    try:
        return History(history_file())
    except ExamToolError as error:
        warn(error.message, language)
        return None


def warn(message: Text, language: Language) -> None:
    from exam_tool.expressions.printing.cells import visible

    sys.stderr.write(Text("warning: ", "警告：")(language) + visible(message(language)) + "\n")


def learner_of(rows: Sequence[Review], settings: Settings) -> Learner:
    """What the history says about the person."""
    from exam_tool.quiz.learner import Learner
    from exam_tool.quiz.outcomes import outcomes

    return Learner(exam=settings["exam_date"], shift=local_shift()).after(outcomes(rows))


def play_quiz(shelf: Shelf, problems: Sequence[Outline], wanted: Wanted, settings: Settings, language: Language) -> int:
    """One session on these problems; the exit code."""
    if not problems:
        raise ExamToolError(Text("No problem fits. See: exam-tool list", "没有符合条件的题目。可查看：exam-tool list"))
    history = open_history(language)
    try:
        return _play_quiz(shelf, problems, wanted, settings, language, history)
    finally:
        if history is not None:
            history.close()


def _play_quiz(
    shelf: Shelf, problems: Sequence[Outline], wanted: Wanted, settings: Settings, language: Language, history: History | None
) -> int:
    from exam_tool.faces.player import Player
    from exam_tool.quiz.choose import Plan
    from exam_tool.quiz.remembered import remembered
    from exam_tool.quiz.session import Limits, resume, start

    kept = remembered(history.mark(), settings["exam_date"], local_shift()) if history is not None else None
    rows = list(history.reviews()) if history is not None and kept is None else []
    minutes = wanted.minutes or (settings["minutes"] if not wanted.count else None)
    limits = Limits(wanted.count or (None if wanted.minutes else settings["count"]), minutes)
    seed = wanted.seed if wanted.seed is not None else now() % 10**9
    asks_sureness = bool(settings["confidence"])
    left = None
    if history is not None and kept is None and wanted.seed is None:
        left = left_over(history, rows, shelf, {problem.id for problem in problems})
    known = rows if left is None else [row for row in rows if (row.session, row.item) != (left.session, left.item.number)]
    learner = kept if kept is not None else learner_of(known, settings)
    plan = Plan(tuple(problems), shelf.__getitem__, learner, seed, wanted.named)
    if left is not None:
        session = resume(left.session, now(), limits, left.item, left.rows, asks_sureness=asks_sureness)
        player = Player(session, plan, keeper(history), now, language)
    else:
        identifier = uuid.uuid4().hex
        begin(history, identifier, "quiz", {"problems": len(problems), "seed": seed, "named": wanted.named})
        said = None if wanted.named else opening(learner, now())
        first = start(identifier, now(), limits, plan, asks_sureness=asks_sureness, planned=not wanted.named, opening=said)
        player = Player(first.session, plan, keeper(history), now, language)
        player.take(first)
    interrupted = play(player, wanted.plain or bool(settings["plain"]))
    close(player, learner, tuple(shelf), settings, history is not None)
    if history is not None:
        keep_learner(history, settings)
    return 130 if interrupted else 0


def opening(learner: Learner, at: int) -> Text:
    """What is due and open, in a sentence."""
    due, slips = len(learner.due(at)), len(learner.open_slips)
    if not learner.skills:
        return Text("Nothing practised yet: we begin with the basics.", "还没有练习记录，先从基础题开始。")
    if not due and not slips:
        return Text("Nothing is due.", "目前没有到期的内容。")
    en, zh = [f"{due} due"] if due else [], [f"{due} 项到期"] if due else []
    if slips:
        en.append(f"{slips} mistake{'' if slips == 1 else 's'} open")
        zh.append(f"{slips} 个错误未改正")
    return Text(", ".join(en) + ".", "，".join(zh) + "。")


def begin(history: History | None, identifier: str, kind: str, request: dict[str, object]) -> None:
    from exam_tool.history import SessionRow

    if history is not None:
        history.begin(SessionRow(identifier, kind, now(), request, os.getpid()))


def keeper(history: History | None) -> Callable[[Sequence[Review]], None]:
    """Writes rows to the history as they come; without one they are forgotten."""
    return history.add if history is not None else lambda rows: None


def keep_learner(history: History, settings: Settings) -> None:
    """Keeps what the whole history says for the next start, unless a question in it may still be gone on with."""
    from exam_tool.quiz.remembered import remember

    mark, rows = history.mark(), list(history.reviews())
    if len(rows) == mark[0] and not any(open_question(rows, session.id) for session in latest(history)):
        remember(mark, learner_of(rows, settings))


def latest(history: History) -> Sequence[SessionRow]:
    """The sessions of which one may be gone on with, the newest first."""
    return history.sessions("quiz")[:-21:-1]


def open_question(rows: Sequence[Review], session: str) -> list[Review]:
    """The rows of the question in which a session was left, if something was done in it and it is not too long ago."""
    from exam_tool.quiz.outcomes import unfinished

    found = unfinished(rows, session)
    recent = found and now() - found[-1].at <= RESUMED_WITHIN
    return found if recent and any(row.act in ("answer", "hint") for row in found) else []


def left_over(history: History, rows: Sequence[Review], shelf: Shelf, allowed: set[str]) -> Left | None:
    """The latest question left in the middle that may be asked now, its session taken over by this process."""
    for session in latest(history):
        open_rows = open_question(rows, session.id)
        if not open_rows or open_rows[0].problem not in allowed or is_alive(session.process, open_rows[-1].at):
            continue
        from exam_tool.quiz.resume import restored

        item = restored(shelf, open_rows)
        if item is not None and history.take_over(session.id, os.getpid(), session.process):
            return Left(session.id, item, tuple(open_rows))
    return None


def is_alive(process: int, last: int) -> bool:
    """Whether the process that played a session may still be playing it."""
    if process == os.getpid():
        return True
    if process <= 0:  # played on another machine, and imported
        return False
    if os.name != "posix":
        return now() - last < QUIET
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def play(player: Player, plain: bool) -> bool:
    """Plays in the face that fits: a full screen on a terminal, lines everywhere else. True when the person pressed Ctrl-C."""
    if not plain and full_screen_possible():
        from exam_tool.faces.full import play as play_full

        return play_full(player)
    from exam_tool.faces.plain import play as play_plain
    from exam_tool.render.console import console

    with suppress(ImportError):
        import readline  # noqa: F401  # the arrow keys in input()
    try:
        play_plain(player, console(), read_line)
    except KeyboardInterrupt:
        sys.stdout.write("\n")
        player.line(":leave")
        return True
    return False


def full_screen_possible() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


def read_line(prompt: str) -> str | None:
    """A line after a prompt; None at the end of the input. What comes from a pipe is shown as if it had been typed."""
    if sys.stdin.isatty():
        try:
            return input(prompt)
        except EOFError:
            sys.stdout.write("\n")
            return None
    from exam_tool.expressions.printing.cells import visible

    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = sys.stdin.readline()
    sys.stdout.write(visible(line.rstrip("\r\n")) + "\n")
    return line.rstrip("\r\n") if line else None


def close(player: Player, learner: Learner, problems: Sequence[Outline], settings: Settings, saved: bool) -> None:
    """Says how it went and what comes next; ``problems`` are those of the whole bank, over which a mark is expected."""
    from exam_tool.quiz.summary import summary
    from exam_tool.render.closing import closing_lines
    from exam_tool.render.console import console

    out = console()
    found = summary(player.session, learner, problems, now())
    out.print()
    for line in closing_lines(found, player.language, out.width, settings["exam_marks"], saved):
        out.print(line)
