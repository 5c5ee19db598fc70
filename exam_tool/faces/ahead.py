"""The next question drawn while the person reads what came of the last one, so that it is there when Enter is pressed."""

from __future__ import annotations

from threading import Thread

from exam_tool.quiz.item import Item
from exam_tool.quiz.session import Choose, Session


class Ahead:
    """A choice that may have been made already. What is drawn ahead is used only for the very state it was drawn for."""

    def __init__(self, choose: Choose) -> None:
        self._choose = choose
        self._thread: Thread | None = None
        self._for: tuple[str, int] = ("", -1)
        self._item: Item | None = None

    def __call__(self, session: Session, at: int) -> Item | None:
        if session.wish or self._for != (session.id, len(session.done)) or self._thread is None:
            return self._choose(session, at)
        self._thread.join()
        item, self._thread, self._item = self._item, None, None
        return item if item is not None else self._choose(session, at)

    def prepare(self, session: Session, at: int) -> None:
        """Starts to draw what comes after this state, unless that is under way."""
        if self._for == (session.id, len(session.done)):
            return
        self._for = (session.id, len(session.done))
        self._thread = Thread(target=self._draw, args=(session, at), daemon=True)
        self._thread.start()

    def _draw(self, session: Session, at: int) -> None:
        try:
            self._item = self._choose(session, at)
        except Exception:  # then it is drawn again when it is wanted, and fails where it can be reported
            self._item = None
