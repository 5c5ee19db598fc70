"""What is made ready while the person reads: marking after the first question is shown, the next question after each one done."""

from __future__ import annotations

from threading import Thread

from exam_tool.quiz.item import Item
from exam_tool.quiz.session import Choose, Session


def load_marking() -> None:
    """Loads what the first answer needs; an answer typed meanwhile waits for it."""
    Thread(target=_import_marking, daemon=True).start()


def _import_marking() -> None:
    from exam_tool.quiz import answering  # noqa: F401  # loaded for those who import it next


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
