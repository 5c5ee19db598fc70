"""Which way to grade: as a class, answer by answer, or as a stream, where single numbers without feedback are all that is asked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from exam_tool.bank import Bank
from exam_tool.files import Source, Table, TableError, encoding_named
from exam_tool.language import ExamToolError
from exam_tool.paper import Paper

from .bulk import grade_stream
from .grading import Outcome, grade_class
from .reading import READERS
from .stream import can_stream
from .tables import TITLES, read_table, titled


def grade_answers(
    paper: Paper, sources: Iterable[Source], folder: Path, bank: Bank, *, encoding: str = "utf-8", with_feedback: bool = True, **how: Any
) -> Outcome:
    """``grade_class``, or ``grade_stream`` where it gives the same marks in less memory; arguments as there."""
    listed = list(sources)
    codec = encoding_named(encoding)
    if not with_feedback and can_stream(paper) and listed and all(_is_long(source, codec) for source in listed):
        return grade_stream(paper, listed, folder, bank, encoding=encoding, **how)
    return grade_class(paper, listed, folder, bank, encoding=encoding, with_feedback=with_feedback, **how)


def _is_long(source: Source, encoding: str) -> bool:
    """Whether a file is a table with a row an answer that names its students; what is piped in cannot be looked at twice."""
    if source.stream is not None or source.personal or READERS.get(source.suffix) is not read_table:
        return False
    try:
        with source.open() as stream:
            header = Table(stream, encoding).header
    except (ExamToolError, TableError):
        return False
    return all(titled(header, name) is not None for name in TITLES if name in ("question", "answer"))
