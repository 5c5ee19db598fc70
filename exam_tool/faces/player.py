"""What every face drives: a session with its clock and its history. Rows are kept before the screen that follows from them is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exam_tool.history.review import Review
from exam_tool.language import Language
from exam_tool.quiz.events import Event, Moved, Typed, event_of
from exam_tool.quiz.session import Asking, Choose, Closed, Session, Turn, advance

Keep = Callable[[Sequence[Review]], None]


class Player:
    """One session being played. ``now`` gives milliseconds since 1970; ``keep`` writes rows of history, or forgets them."""

    def __init__(self, session: Session, choose: Choose, keep: Keep, now: Callable[[], int], language: Language) -> None:
        self.session = session
        self.choose = choose
        self.keep = keep
        self.now = now
        self.language = language

    @property
    def over(self) -> bool:
        return isinstance(self.session.phase, Closed)

    def take(self, turn: Turn) -> None:
        """Keeps what an event led to."""
        if turn.kept:
            self.keep(turn.kept)
        self.session = turn.session

    def do(self, event: Event) -> None:
        self.take(advance(self.session, event, self.choose))

    def line(self, text: str) -> None:
        """One typed line, whatever it means here."""
        session = self.session
        item = session.item
        asking = isinstance(session.phase, Asking)
        parts = len(item.entries) if item and asking else 0
        for event in event_of(text, self.now(), letters=session.letters, parts=parts):
            self.do(event)

    def move(self, by: int) -> None:
        """To the step before or after the current one."""
        item = self.session.item
        if item is not None and isinstance(self.session.phase, Asking):
            self.do(Moved((item.current + by) % len(item.entries), self.now()))

    def type(self, text: str) -> None:
        self.do(Typed(text, self.now()))
