"""JSON within limits: no key twice, no NaN, nothing nested deeply, and every number the text that was written."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NoReturn

from exam_tool.expressions.printing.cells import clip, visible
from exam_tool.language import ExamToolError, Text

MAX_DEPTH = 20
STRINGS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)', re.DOTALL)
BRACKETS = re.compile(r"[\[\]{}]")


class JsonError(ExamToolError):
    """Text that is not JSON as it is accepted here; ``line`` counts from 1 within the text."""

    def __init__(self, message: Text, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


def strict_json(text: str) -> object:
    """The document, its numbers as text.

    Raises:
        JsonError: for anything else than JSON within the limits.
    """
    depth = 0
    for bracket in BRACKETS.finditer(STRINGS.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            raise JsonError(Text(f"This is nested deeper than {MAX_DEPTH} levels.", f"嵌套超过 {MAX_DEPTH} 层。"))
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_constant, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        told = f"{error.msg.lower()} (column {error.colno})"
        raise JsonError(Text(f"This is not JSON: {told}.", f"这不是合法的 JSON：第 {error.colno} 列附近有误。"), error.lineno) from None


def _no_constant(name: str) -> NoReturn:
    raise JsonError(Text(f"{name} is not a number.", f"{name} 不是数。"))


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        shown = clip(visible(twice), 60)
        raise JsonError(Text(f'"{shown}" is written twice.', f"“{shown}”写了两次。"))
    return found
