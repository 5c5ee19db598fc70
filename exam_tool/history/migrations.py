"""The tables of the history file, version by version: each step is run once, in order, and never edited afterwards."""

from __future__ import annotations

import sqlite3

from exam_tool.language import ExamToolError, Text

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE session (
            id TEXT PRIMARY KEY, kind TEXT NOT NULL, started INTEGER NOT NULL, request TEXT NOT NULL, process INTEGER NOT NULL
        ) WITHOUT ROWID""",
        """CREATE TABLE review (
            number INTEGER PRIMARY KEY, session TEXT NOT NULL, item INTEGER NOT NULL, at INTEGER NOT NULL, act TEXT NOT NULL,
            code TEXT NOT NULL, step TEXT NOT NULL, response TEXT NOT NULL, verdict TEXT NOT NULL, marks TEXT NOT NULL,
            maximum TEXT NOT NULL, took INTEGER NOT NULL, rung INTEGER NOT NULL, sure TEXT NOT NULL, purpose TEXT NOT NULL,
            chapter TEXT NOT NULL, digest TEXT NOT NULL, skills TEXT NOT NULL, tests TEXT NOT NULL, mistakes TEXT NOT NULL,
            filled TEXT NOT NULL
        )""",
        "CREATE INDEX review_of_session ON review (session, item, number)",
        "CREATE TRIGGER review_is_final BEFORE UPDATE ON review BEGIN SELECT RAISE(ABORT, 'reviews are never changed'); END",
    ),
    ("ALTER TABLE review ADD COLUMN tied TEXT NOT NULL DEFAULT ''",),
)


class NewerHistory(ExamToolError):
    """A history file written by a later version of the program."""


def migrate(connection: sqlite3.Connection, file: str) -> None:
    """Brings the tables up to date; two programs doing so at once are no harm.

    Raises:
        NewerHistory: for a file of a later version, which is left as it is.
    """
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise NewerHistory(
            Text(
                f"{file} was written by a newer exam-tool (version {version}, known here: {len(MIGRATIONS)}). Update exam-tool.",
                f"{file} 由更新版本的 exam-tool 写成（版本 {version}，此处最高 {len(MIGRATIONS)}）。请更新 exam-tool。",
            )
        )
    while version < len(MIGRATIONS):
        connection.execute("BEGIN IMMEDIATE")
        try:
            version = _version(connection)  # another program may have done it while this one waited
            if version < len(MIGRATIONS):
                for statement in MIGRATIONS[version]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        version = _version(connection)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
