"""What every face drives: a session with its clock and its history. Rows are kept before the screen that follows from them is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from exam_tool.history.review import Review
from exam_tool.language import Language, Text
from exam_tool.quiz.events import Event, Moved, command, event_of
from exam_tool.quiz.marked import ask_of
from exam_tool.quiz.session import Asking, Choose, Closed, Finished, Session, Sure, Turn, advance
from exam_tool.render.practice import view
from exam_tool.render.screen import View

from .ahead import Ahead

Keep = Callable[[Sequence[Review]], None]
SAID = {
    "solution": Text("Enter shows the solution", "回车：看解答"),
    "skip": Text("Enter leaves this step and goes on", "回车：跳过这一步"),
    "hint": Text("Enter gives a hint", "回车：看提示"),
    "leave": Text("Enter saves and leaves", "回车：保存并离开"),
    "why": Text("Enter: why is it wrong?", "回车：为什么不对？"),
    "another": Text("after this question: another like it", "做完本题后：再来一道同类题"),
    "slip": Text("after this question: find the slip", "做完本题后：找错"),
    "help": Text("Enter lists the keys", "回车：列出按键"),
    "next": Text("Enter goes on", "回车：继续"),
    "back": Text("Enter goes back", "回车：返回"),
}


class Playable(Protocol):
    """What the full screen needs to know of a session, whichever it is."""

    language: Language

    @property
    def over(self) -> bool: ...
    @property
    def ticks(self) -> bool:
        """Whether the screen shows a clock."""

    @property
    def kind(self) -> str:
        """The kind of answer being typed; empty where none is."""

    @property
    def at_once(self) -> str:
        """The letters that need no Enter here, while nothing is typed."""

    def view(self, width: int) -> View: ...
    def live(self, text: str) -> Text:
        """How the text so far is read, or what Enter would do."""

    def line(self, text: str) -> bool:
        """Takes a line; True when it could not be read and stays in the editor to be mended."""

    def move(self, by: int) -> None:
        """To another asked step."""


class Player:
    """A practice session being played. ``now`` gives milliseconds since 1970; ``keep`` writes rows of history, or forgets them."""

    def __init__(self, session: Session, choose: Choose, keep: Keep, now: Callable[[], int], language: Language) -> None:
        self.session = session
        self.choose = Ahead(choose)
        self.keep = keep
        self.now = now
        self.language = language

    @property
    def over(self) -> bool:
        return isinstance(self.session.phase, Closed)

    @property
    def ticks(self) -> bool:
        return self.session.limits.minutes is not None

    @property
    def kind(self) -> str:
        item = self.session.item
        if item is None or not isinstance(self.session.phase, Asking):
            return ""
        return item.variant.kind(ask_of(item.variant, item.entry.find))

    @property
    def at_once(self) -> str:
        match self.session.phase:
            case Finished():
                return "swafnq"
            case Sure():
                return "123"
            case _:
                return ""

    def view(self, width: int) -> View:
        return view(self.session, self.language, width, self.now())

    def live(self, text: str) -> Text:
        item = self.session.item
        if item is None or not isinstance(self.session.phase, Asking) or not text.strip():
            return Text("", "")
        if any(notice.place is not None and notice.place.typed == text for notice in self.session.notices):
            return Text("", "")  # it stands under the step already
        key = command(text, self.session.letters)
        if key is not None:
            return SAID[key]
        from exam_tool.quiz.examine import live

        return live(item.variant, item.entry.find, text)

    def take(self, turn: Turn) -> None:
        """Keeps what an event led to, and then shows it."""
        if turn.kept:
            self.keep(turn.kept)
        self.session = turn.session
        if isinstance(self.session.phase, Finished):
            self.choose.prepare(self.session, self.now())

    def do(self, event: Event) -> None:
        self.take(advance(self.session, event, self.choose))

    def line(self, text: str) -> bool:
        session = self.session
        asking = isinstance(session.phase, Asking)
        parts = len(session.item.entries) if session.item and asking else 0
        for event in event_of(text, self.now(), letters=session.letters, parts=parts):
            self.do(event)
        return asking and any(notice.place is not None for notice in self.session.notices)

    def move(self, by: int) -> None:
        item = self.session.item
        if item is not None and isinstance(self.session.phase, Asking):
            self.do(Moved((item.current + by) % len(item.entries), self.now()))
