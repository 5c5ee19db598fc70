"""One asked step as marking sees it, and values made ready for comparing with what is typed there. It runs no calculation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flint import fmpq

from exam_tool.answers.key import prepare
from exam_tool.answers.reading import Asked, Reading
from exam_tool.bank.problem import Ask
from exam_tool.expressions.arrays import Shape, Value, is_scalar
from exam_tool.expressions.exact import Real, add
from exam_tool.language import ExamToolError, Text
from exam_tool.trace import Failure, Step

from .agreement import Digits, goals
from .policy import Worth
from .typed import Answer

NUMERIC = frozenset(("integer", "rational", "decimal", "exact", "vector", "matrix", "shape"))


@dataclass(frozen=True)
class Column:
    """One asked step as marking sees it.

    ``asked`` says how an answer is read, ``compared`` as what it is compared: where a number is asked as a choice, ``letters`` has
    the value each option stands for. ``segment`` holds the steps nobody asks for between this one and the asked ones before it;
    ``inputs`` are the givens and asked steps these read, ``parents`` the asked steps among them.
    """

    ask: Ask
    step: Step
    label: Text
    worth: Worth
    key: Value
    asked: Asked
    compared: Asked
    digits: Digits
    goal: Any
    segment: tuple[Step, ...]
    inputs: tuple[str, ...]
    parents: tuple[str, ...]
    letters: Mapping[str, Value]

    @property
    def name(self) -> str:
        return self.step.name


def goal_of(value: Value, digits: Digits, asked: Asked, region: Value = None) -> Any:
    """As ``goals``; for answers that are no numbers a key of the judge."""
    if asked.kind in NUMERIC or isinstance(value, Failure):
        return goals(value, digits, region)
    try:
        return prepare(value, asked.kind, prove=False)
    except ExamToolError:
        return None


def is_whole(value: Value) -> bool:
    return type(value) is fmpq and value.q == 1


def read_number(answer: Answer, asked: Asked) -> Reading:
    return Reading(asked.kind, answer.raw, answer.value, answer.decimals, None, asked)


def oriented(answer: Answer, key: Value) -> Answer:
    """A flat list for a matrix of one row, and a row or column for a vector, in the form of the key."""
    value, decimals = answer.value, answer.decimals
    if (
        not isinstance(value, tuple)
        or isinstance(value, Shape)
        or not isinstance(key, tuple)
        or isinstance(key, Shape)
        or not value
        or not key
    ):
        return answer
    flat, key_flat = is_scalar(value[0]), is_scalar(key[0])
    if flat and not key_flat and len(key) == 1:
        return replace(answer, value=(value,), decimals=(decimals,))
    if not flat and key_flat and all(isinstance(row, tuple) for row in value):
        if len(value) == 1:
            return replace(answer, value=value[0], decimals=decimals[0])
        if all(len(row) == 1 for row in value):
            return replace(answer, value=tuple(row[0] for row in value), decimals=tuple(row[0] for row in decimals))
    return answer


def nudged(value: Value, whole: bool) -> Value | None:
    """A value with 1/1000 (1 where it is whole) added to every entry; None for words and sizes."""
    if isinstance(value, Shape | str | bool | Failure):
        return None
    if isinstance(value, tuple):
        parts = [nudged(item, whole) for item in value]
        return None if any(part is None for part in parts) else tuple(parts)
    return add(value, fmpq(1) if whole else fmpq(1, 1000)) if isinstance(value, fmpq | Real) else None
