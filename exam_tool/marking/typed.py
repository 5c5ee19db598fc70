"""What stands in one cell, as marking needs it: a value, the working before it, an assumption, or why it has none.

Reading and judging are those of ``exam_tool.answers``; nothing is read or rounded here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from flint import arb, fmpq

from exam_tool.answers.arithmetic import value_of
from exam_tool.answers.characters import normalised
from exam_tool.answers.decide import half_unit
from exam_tool.answers.envelope import sides, unwrapped
from exam_tool.answers.grammar import parse
from exam_tool.answers.lexer import tokens
from exam_tool.answers.reading import NUMBERS, Asked, Kind, Reading, Unreadable, plain_number, read_asked, rounds_to, symbol_spellings
from exam_tool.expressions.arrays import Value
from exam_tool.expressions.exact import enclose
from exam_tool.expressions.reader import ReadError
from exam_tool.expressions.tree import Name, Node, Number, Unary
from exam_tool.language import ExamToolError

SIGNS_OF_EQUALITY = re.compile(r"[=＝≈≒≃≅]|\\approx")
ASSUME = re.compile(
    r"\s*(?:assume|assuming|suppose|let|假设|假定|设|令)\s*(?P<name>[^\s=＝]{1,40})\s*[=＝]\s*(?P<value>[^;；,，]{1,200})(?:[;；,，](?P<rest>.*))?$",
    re.I | re.S,
)
NO_VALUE = frozenset(
    (
        "undefined",
        "does not fit",
        "doesn't fit",
        "not defined",
        "no value",
        "impossible",
        "未定义",
        "无定义",
        "没有定义",
        "无意义",
        "不存在",
        "不适合",
        "不能整除",
        "不匹配",
        "不可能",
    )
)
TRAILING_WORDS = re.compile(r"(?P<answer>.{1,200}?)[\s,;:，；：。(（]+(?P<words>[^\W\d][^\d=＝]*)$", re.S)


class Answer(NamedTuple):
    """A value as typed. ``decimals`` has its shape: the decimals written, None for an exact form.

    ``working`` is the tree before the last sign of equality, when that is not a mere label.
    """

    raw: str
    value: Value
    decimals: Any
    reading: Reading | None = None
    working: Node | None = None

    @property
    def text(self) -> str:
        """How it was read, in the language of formulas."""
        return self.raw.strip() if self.reading is None else self.reading.text

    @property
    def is_plain(self) -> bool:
        """Whether only digits were typed, or a list of them: numbers of a sane size."""
        return self.reading is None or self.reading.tree is None

    @property
    def is_loose(self) -> bool:
        """Whether a number was typed as a decimal, which stands for itself plus or minus half its last digit."""
        return _any_decimal(self.decimals)

    @property
    def ball(self) -> Value:
        return _balls(self.value, self.decimals)


class NoValue(NamedTuple):
    """The student says that there is no value."""

    raw: str


class Assumption(NamedTuple):
    """``assume x = 4``: go on with this value; ``rest`` is what the cell itself answers, if anything."""

    raw: str
    name: str
    value: Value
    rest: Cell | None


class Illegible(NamedTuple):
    """What could not be read; ``several`` when it could be read in more than one way."""

    raw: str
    reason: Unreadable
    several: bool


Cell = Answer | NoValue | Assumption | Illegible


def read_cell(raw: str, asked: Asked, names: Iterable[str] = ()) -> Cell | None:
    """One cell, or None when nothing stands in it. ``names`` are those a working or an assumption may use."""
    plain = plain_number(raw) if asked.kind in NUMBERS else None
    if plain is not None:
        return Answer(raw, plain[0], plain[1])
    if not raw.strip():
        return None
    if raw.strip().rstrip(".。").lower() in NO_VALUE:
        return NoValue(raw)
    assumed = ASSUME.match(raw)
    if assumed and (name := _known(assumed["name"], names)):
        return _assumption(raw, name, assumed, asked, names)
    if asked.kind in NUMBERS and SIGNS_OF_EQUALITY.search(raw):
        return _with_working(raw, asked, tuple(names))
    return _whole(raw, asked)


def _whole(raw: str, asked: Asked) -> Cell | None:
    reading = read_asked(raw, asked)
    if isinstance(reading, Unreadable):
        return None if reading.code == "blank" else Illegible(raw, reading, reading.code in ("two-values", "ambiguous"))
    return Answer(raw, reading.value, reading.decimals, reading)


def _known(name: str, names: Iterable[str]) -> str | None:
    return symbol_spellings(tuple(names)).get(name)


def _assumption(raw: str, name: str, found: re.Match[str], asked: Asked, names: Iterable[str]) -> Cell:
    kinds: tuple[Kind, ...] = (asked.kind, "exact", "matrix", "shape")
    readings = (read_asked(found["value"], Asked(kind)) for kind in kinds)
    reading = next((reading for reading in readings if isinstance(reading, Reading)), None)
    if reading is None:
        return Illegible(raw, Unreadable(raw, _whole_reason(found["value"]), 0, len(raw), "assumption"), False)
    rest = found["rest"]
    return Assumption(raw, name, reading.value, read_cell(rest, asked, names) if rest and rest.strip() else None)


def _whole_reason(text: str) -> Any:
    reading = read_asked(text, Asked("exact"))
    assert isinstance(reading, Unreadable)
    return reading.message


def _with_working(raw: str, asked: Asked, names: tuple[str, ...]) -> Cell | None:
    """``label = expression = value``: the value, and the expression when there is one besides it."""
    try:
        parts = sides(unwrapped(normalised(raw)))
        *before, last = [part for part in parts if part.text]
        stream = tokens(last, symbol_spellings(names))
        tree = parse(stream, symbol_spellings(names), units=asked.units)
    except (ReadError, ExamToolError, ValueError, RecursionError):
        return _whole(raw, asked)
    if type(tree) is Name and tree.name not in ("pi", "e"):
        return _whole(raw, asked)
    reading = read_asked(last.text, asked)
    if isinstance(reading, Unreadable):
        return _whole(raw, asked)
    working = _expression(before, names, asked)
    if isinstance(working, Number) or (isinstance(working, Unary) and isinstance(working.argument, Number)):
        return _whole(raw, asked)  # a number set equal to another is no working: these are two values
    return Answer(raw, reading.value, reading.decimals, reading, working)


def _expression(parts: list[Any], names: tuple[str, ...], asked: Asked) -> Node | None:
    """The first part that is a calculation and not the name of what is asked."""
    spellings = symbol_spellings(names)
    for part in parts:
        try:
            tree = parse(tokens(part, spellings), spellings, units=asked.units)
        except (ReadError, ExamToolError, RecursionError):
            continue
        if type(tree) is not Name:
            return tree
    return None


def working_value(answer: Answer, values: Mapping[str, Value]) -> Value | None:
    """The value of the typed working with the student's own values; None when it has none."""
    if answer.working is None:
        return None
    try:
        return value_of(answer.working, values)
    except (ExamToolError, KeyError, TypeError, AttributeError):
        return None


def shows_rounded(exact: Value, answer: Answer) -> bool:
    """Whether the typed value is the value of the working, or a rounding of it to at least one decimal."""
    if answer.decimals == 0 and isinstance(answer.value, fmpq) and answer.value.q == 1:
        return rounds_to(exact, answer.value, None)
    return rounds_to(exact, answer.value, answer.decimals)


def of_another_kind(cell: Illegible, asked: Asked) -> Answer | None:
    """What was typed, read as a number or a list although the other is asked."""
    lists: tuple[Kind, ...] = ("vector", "matrix")
    if asked.kind not in NUMBERS and asked.kind not in lists:
        return None
    for kind in (*lists,) if asked.kind in NUMBERS else ("exact", *(kind for kind in lists if kind != asked.kind)):
        inner = _whole(cell.raw, Asked(kind))
        if isinstance(inner, Answer):
            return inner
    return None


def leading_answer(cell: Illegible, asked: Asked) -> Answer | None:
    """The answer before trailing words without a second value, for the rule that these are ignored after a right answer."""
    found = TRAILING_WORDS.match(cell.raw)
    if asked.units or asked.kind not in NUMBERS or found is None:
        return None
    inner = _whole(found["answer"], asked)
    return inner if isinstance(inner, Answer) else None


def _any_decimal(decimals: Any) -> bool:
    if isinstance(decimals, tuple):
        return any(map(_any_decimal, decimals))
    return isinstance(decimals, int) and decimals > 0


def _balls(value: Value, decimals: Any) -> Value:
    if isinstance(value, tuple) and isinstance(decimals, tuple) and len(value) == len(decimals):
        return tuple(_balls(v, d) for v, d in zip(value, decimals, strict=True))
    if isinstance(decimals, int) and decimals > 0:
        return enclose(value) + arb(0, half_unit(decimals))
    return value
