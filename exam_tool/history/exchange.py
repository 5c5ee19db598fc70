"""The history as text that other programs read: a JSON object or a CSV row for each review. It opens no database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from exam_tool.files.writing import csv_line

from .review import Review

NAMES = Review._fields


def json_lines(reviews: Iterable[Review]) -> Iterator[str]:
    """One object a line; every field, exact marks as text."""
    for review in reviews:
        yield json.dumps({"schema_version": 1, **{name: _plain(getattr(review, name)) for name in NAMES}}, ensure_ascii=False) + "\n"


def csv_lines(reviews: Iterable[Review]) -> Iterator[str]:
    """A heading and a row each; lists are joined by spaces, and no cell is taken for a formula."""
    yield csv_line(NAMES)
    for review in reviews:
        yield csv_line([_cell(getattr(review, name)) for name in NAMES])


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Fraction) else list(value) if isinstance(value, tuple) else value


def _cell(value: Any) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)
