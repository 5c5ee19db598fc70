"""One asked step with its value as marking sees it, and values made ready for comparing with what is typed. It runs no calculation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq

from exam_tool.answers.key import prepare
from exam_tool.answers.reading import Asked, Reading
from exam_tool.expressions.arrays import Shape, Value, is_scalar
from exam_tool.expressions.exact import Real, add
from exam_tool.language import ExamToolError
from exam_tool.trace import Failure

from .agreement import Digits, excludes, goals
from .form import Place
from .typed import Answer

NUMERIC = frozenset(("integer", "rational", "decimal", "exact", "vector", "matrix", "shape"))
NOT_MADE = object()


class Column:
    """One asked step of one variant.

    ``asked`` says how an answer is read, ``compared`` as what it is compared: where a number is asked as a choice, ``letters`` has
    the value each option stands for. The rest is that of its ``Place``.
    """

    __slots__ = (
        "_goal", "ask", "asked", "compared", "digits", "inputs", "is_number", "key", "letters", "name", "parents", "segment", "step",
        "worth",
    )  # fmt: skip

    def __init__(self, place: Place, key: Value, asked: Asked, compared: Asked, letters: Mapping[str, Value], goal: Any = NOT_MADE) -> None:
        self.ask = place.ask
        self.step = place.step
        self.name = place.step.name
        self.worth = place.worth
        self.digits = place.digits
        self.segment = place.segment
        self.inputs = place.inputs
        self.parents = place.parents
        self.key = key
        self.asked = asked
        self.compared = compared
        self.is_number = compared.kind in NUMERIC
        self.letters = letters
        self._goal = goal

    @property
    def goal(self) -> Any:
        """The key ready for comparing; made when an answer is not plainly the key."""
        if self._goal is NOT_MADE:
            self._goal = goal_of(self.key, self.digits, self.compared)
        return self._goal

    def is_key(self, value: Value) -> bool:
        """Whether a value is the key, fraction for fraction: it is right at any precision, and no target is needed to see it."""
        return self.is_number and is_fraction(value) and is_fraction(self.key) and bool(value == self.key)

    def excludes(self, value: Value, written: Value) -> bool:
        """Whether it is proven that what is written is not this value, at whatever precision the cell asks: a cheap first look."""
        return isinstance(value, Failure) or (self.is_number and excludes(self.digits, value, written))


def goal_of(value: Value, digits: Digits, asked: Asked, region: Value = None) -> Any:
    """As ``goals``; for answers that are no numbers a key of the judge."""
    if asked.kind in NUMERIC or isinstance(value, Failure):
        return goals(value, digits, region)
    try:
        return prepare(value, asked.kind, prove=False)
    except ExamToolError:
        return None


def is_fraction(value: Value) -> bool:
    """Whether a value is a fraction or an array of fractions, which are equal where they look it."""
    return type(value) is fmpq or (type(value) is tuple and all(map(is_fraction, value)))


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
        return answer._replace(value=(value,), decimals=(decimals,))
    if not flat and key_flat and all(isinstance(row, tuple) for row in value):
        if len(value) == 1:
            return answer._replace(value=value[0], decimals=decimals[0])
        if all(len(row) == 1 for row in value):
            return answer._replace(value=tuple(row[0] for row in value), decimals=tuple(row[0] for row in decimals))
    return answer


def has_form(value: Value, key: Value) -> bool:
    """Whether two arrays of numbers have the same rows and columns."""
    if isinstance(key, tuple):
        return type(value) is type(key) and len(value) == len(key) and all(map(has_form, value, key))
    return is_scalar(value)


def nudged(value: Value, whole: bool) -> Value | None:
    """A value with 1/1000 (1 where it is whole) added to every entry; None for words and sizes."""
    if isinstance(value, Shape | str | bool | Failure):
        return None
    if isinstance(value, tuple):
        parts = [nudged(item, whole) for item in value]
        return None if any(part is None for part in parts) else tuple(parts)
    return add(value, fmpq(1) if whole else fmpq(1, 1000)) if isinstance(value, fmpq | Real) else None
