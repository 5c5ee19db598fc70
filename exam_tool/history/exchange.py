"""The history as text that other programs read: a JSON object for each session and review, or a CSV row for each review.

Only the JSON lines hold everything, and can be read back (``reading``). It opens no database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from exam_tool.files.writing import csv_line

from .review import Review
from .store import SessionRow

SCHEMA = 2  # 1 had no sessions, and no ties between mistakes
NAMES = Review._fields


def json_lines(sessions: Iterable[SessionRow], reviews: Iterable[Review]) -> Iterator[str]:
    """One object a line; every field, exact marks as text. The process that played a session means nothing elsewhere."""
    for session in sessions:
        yield _line("session", id=session.id, kind=session.kind, started=session.started, request=session.request)
    for review in reviews:
        yield _line("review", **{name: _plain(getattr(review, name)) for name in NAMES})


def csv_lines(reviews: Iterable[Review]) -> Iterator[str]:
    """A heading and a row each; lists are joined by spaces, and no cell is taken for a formula."""
    yield csv_line(NAMES)
    for review in reviews:
        yield csv_line([_cell(getattr(review, name)) for name in NAMES])


def _line(record: str, **fields: Any) -> str:
    return json.dumps({"schema_version": SCHEMA, "record": record, **fields}, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Fraction) else list(value) if isinstance(value, tuple) else value


def _cell(value: Any) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)
