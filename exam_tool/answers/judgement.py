"""The verdict on one answer and what goes with it. It decides nothing."""

from __future__ import annotations

from dataclasses import dataclass

from exam_tool.language import Text

from .decide import Verdict
from .reading import Reading, Unreadable

Entry = tuple[int, ...]  # (i,) in a vector, (i, j) in a matrix, counted from 1

CORRECT_TEXT = Text("Correct.", "正确。")
INCORRECT_TEXT = Text("This is not the expected answer.", "与标准答案不符。")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said about one answer.

    ``column`` counts characters of what was typed, from 0, and is None unless a place can be named. ``entries`` are those that
    differ, in lists. ``method`` says how it was decided: ``exact``, ``enclosure-38`` (digits), ``range``, ``witness``,
    ``identity``, ``sympy``, ``points``. ``code`` names the case for programs (``blank``, ``ambiguous``, ``cut-off`` ...).
    """

    verdict: Verdict
    reading: Reading | None
    reason: Text
    column: int | None = None
    width: int = 1
    entries: tuple[Entry, ...] = ()
    method: str = "exact"
    code: str = ""


def unread(why: Unreadable) -> Judgement:
    return Judgement(Verdict.UNREADABLE, None, why.message, why.column, why.width, (), "none", why.code)


def refused(reading: Reading, message: Text, code: str) -> Judgement:
    """Readable in itself, but not as an answer to this question: nothing is lost and it may be typed again."""
    return Judgement(Verdict.UNREADABLE, reading, message, 0, max(1, len(reading.typed)), (), "none", code)
