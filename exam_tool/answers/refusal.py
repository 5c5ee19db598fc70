"""Why an answer cannot be read: the error inside the reader, carrying a code, a sentence and the place in what was typed."""

from __future__ import annotations

from exam_tool.expressions.reader import ReadError
from exam_tool.language import Text


class Refusal(ReadError):
    """An answer with no single meaning, or none: ``code`` names the case for programs, ``column`` counts from 0."""

    def __init__(self, code: str, message: Text, column: int, width: int = 1) -> None:
        super().__init__(message, column, width)
        self.code = code


def ambiguous(shown: str, first: str, second: str, column: int, width: int = 1) -> Refusal:
    """Two readings, both of them shown."""
    return Refusal(
        "ambiguous",
        Text(
            f'"{shown}" can mean {first} or {second}. Add brackets or a sign.',
            f"“{shown}”可以是 {first}，也可以是 {second}。请加括号或运算符。",
        ),
        column,
        width,
    )
