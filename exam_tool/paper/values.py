"""Exact values in JSON: numbers as text in the expression language, arrays as lists, what is no number marked as such."""

from __future__ import annotations

from typing import TypeAlias

from exam_tool.expressions.arrays import Shape, Value
from exam_tool.expressions.evaluate import evaluate
from exam_tool.expressions.forms import exact_text
from exam_tool.expressions.reader import read
from exam_tool.language import ExamToolError, Text

Stored: TypeAlias = str | bool | list["Stored"] | dict[str, "Stored"]

MAX_DEPTH = 20


def stored(value: Value) -> Stored:
    """The value as JSON; ``restored`` gives it back exactly."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"word": value}
    if isinstance(value, Shape):
        return {"shape": [stored(size) for size in value]}
    if isinstance(value, tuple):
        return [stored(item) for item in value]
    return exact_text(value)


def restored(found: object, depth: int = 0) -> Value:
    """The value a JSON document holds.

    Raises:
        ExamToolError: for anything that ``stored`` does not write.
    """
    if depth < MAX_DEPTH:
        match found:
            case bool():
                return found
            case str():
                return evaluate(read(found))
            case list():
                return tuple(restored(item, depth + 1) for item in found)
            case {"word": str() as word, **rest} if not rest:
                return word
            case {"shape": list() as sizes, **rest} if not rest:
                return Shape(restored(size, depth + 1) for size in sizes)
    raise ExamToolError(Text("The key holds a value that cannot be read.", "答案文件中有无法读取的值。"))
