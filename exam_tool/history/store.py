"""The history file: opening it, adding rows, reading them back, copying and deleting it. What rows mean is for the quiz."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from exam_tool.language import ExamToolError, Text

from .migrations import migrate
from .review import ACTS, SURENESS, Review

BUSY = 10.0  # seconds a writer waits for another one
COLUMNS = Review._fields
LISTS = ("skills", "tests", "mistakes", "filled", "tied")
INSERT = f"INSERT INTO review ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
BEGIN = "INSERT INTO session (id, kind, started, request, process) VALUES (?, ?, ?, ?, ?)"
SELECT = f"SELECT {', '.join(COLUMNS)} FROM review"


class HistoryError(ExamToolError):
    """A history file that cannot be opened, read or written to."""


class SessionRow(NamedTuple):
    """One session: what was asked for, and the process that played it."""

    id: str
    kind: str
    started: int
    request: dict[str, Any]
    process: int


class History:
    """One open history file. Every ``add`` is on the disk when it returns."""

    def __init__(self, file: Path) -> None:
        """Opens the file, or makes a new one.

        Raises:
            HistoryError: when that is not possible, with the reason.
        """
        self.file = file
        with self._named():
            file.parent.mkdir(parents=True, exist_ok=True)
            self.connection = sqlite3.connect(file, timeout=BUSY, isolation_level=None)
        try:
            with self._named():
                self._prepare()
                migrate(self.connection, str(file))
        except ExamToolError:
            self.connection.close()
            raise

    def _prepare(self) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {int(BUSY * 1000)}")
        with suppress(sqlite3.OperationalError):  # on a network drive, or while another program is opening: the mode there stays
            self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = FULL")

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Errors of the database as sentences that name the file."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise HistoryError(
                Text(
                    f"The history {self.file} cannot be used: {error}. EXAM_TOOL_HOME chooses another folder.",
                    f"无法使用历史记录 {self.file}：{error}。可用 EXAM_TOOL_HOME 另选文件夹。",
                )
            ) from error

    def begin(self, session: SessionRow) -> None:
        """Notes a new session."""
        with self._named():
            self.connection.execute(BEGIN, _session(session))

    def add(self, reviews: Iterable[Review]) -> None:
        """Adds rows, all of them or none."""
        rows = [_row(review) for review in reviews]
        with self._whole():
            self.connection.executemany(INSERT, rows)

    def merge(self, sessions: Iterable[SessionRow], reviews: Iterable[Review]) -> int:
        """Adds what is not there yet of another history, all of it or nothing; how many rows that were.

        A row is there when one agrees in every field. A session that is known stays as it is here.
        """
        with self._whole():
            there = Counter(self.connection.execute(SELECT))
            rows = []
            for row in map(_row, reviews):
                there[row] -= 1
                if there[row] < 0:
                    rows.append(row)
            self.connection.executemany(BEGIN.replace("INSERT", "INSERT OR IGNORE"), map(_session, sessions))
            self.connection.executemany(INSERT, rows)
        return len(rows)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """A change that happens as a whole or not at all, while other programs wait."""
        with self._named():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise

    def reviews(self, session: str = "") -> Iterator[Review]:
        """The rows in the order in which they were added: all, or those of one session."""
        condition, values = (" WHERE session = ?", (session,)) if session else ("", ())
        with self._named():
            for row in self.connection.execute(f"{SELECT}{condition} ORDER BY number", values):
                yield _review(row)

    def sessions(self, kind: str = "") -> list[SessionRow]:
        """The sessions, the oldest first."""
        with self._named():
            rows = self.connection.execute("SELECT id, kind, started, request, process FROM session ORDER BY started, id").fetchall()
        return [SessionRow(id, k, started, json.loads(request), process) for id, k, started, request, process in rows if kind in ("", k)]

    def mark(self) -> tuple[int, int, str]:
        """How many rows there are, the number of the last one, and its session: no other history has the same."""
        with self._named():
            count, last = self.connection.execute("SELECT count(*), coalesce(max(number), 0) FROM review").fetchone()
            found = self.connection.execute("SELECT session FROM review WHERE number = ?", (last,)).fetchone()
        return int(count), int(last), str(found[0]) if found else ""

    def count(self) -> int:
        with self._named():
            return int(self.connection.execute("SELECT count(*) FROM review").fetchone()[0])

    def take_over(self, session: str, process: int, last: int) -> bool:
        """Whether this process may go on with a session another one left; of two that ask, one is told yes."""
        with self._named():
            change = self.connection.execute("UPDATE session SET process = ? WHERE id = ? AND process = ?", (process, session, last))
            return change.rowcount == 1

    def save_copy(self, file: Path) -> None:
        """A complete copy, made while others may write."""
        with self._named():
            target = sqlite3.connect(file)
            try:
                self.connection.backup(target)
            finally:
                target.close()

    def clear(self) -> None:
        """Deletes every row and the space they took."""
        with self._whole():
            self.connection.execute("DELETE FROM review")
            self.connection.execute("DELETE FROM session")
        with self._named():
            self.connection.execute("VACUUM")

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> History:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _session(session: SessionRow) -> tuple[Any, ...]:
    return session.id, session.kind, session.started, json.dumps(session.request, ensure_ascii=False), session.process


def _row(review: Review) -> tuple[Any, ...]:
    def stored(name: str) -> Any:
        value = getattr(review, name)
        return "\n".join(value) if name in LISTS else str(value) if isinstance(value, Fraction) else value

    return tuple(map(stored, COLUMNS))


def _review(row: tuple[Any, ...]) -> Review:
    (session, item, at, act, code, step, response, verdict, marks, maximum, took, rung, sure, purpose, chapter, digest, *lists) = row
    return Review(
        session, item, at, act if act in ACTS else "pass", code, step, response, verdict, _fraction(marks), _fraction(maximum), took, rung,
        sure if sure in SURENESS else "", purpose, chapter, digest, *(tuple(words.split("\n")) if words else () for words in lists),
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _fraction(text: str) -> Fraction:
    whole, _, part = text.partition("/")
    return Fraction(int(whole), int(part) if part else 1)
