"""A given that was read as another number: looked for last, when ordinary marking leaves too much unexplained."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations, islice

from flint import fmpq

from exam_tool.expressions.arrays import Shape, Value, entries, is_scalar, same, shape_of
from exam_tool.expressions.decimals import decimal_text
from exam_tool.trace import Failure, Given, Step, terminates

from .runs import safely
from .sheet import Column, Sheet
from .typed import Answer
from .verdicts import KnownMistake, TwoMistakes, Verdict, Wrong

LEAST_READINGS, MAX_WORK = 60, 3000  # ways of misreading at least looked at; those times the numbers to work out
MAX_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """One way of misreading: the givens concerned and the values they were read as."""

    given: tuple[str, ...]
    values: Mapping[str, Value]


def is_called_for(verdicts: Mapping[str, Verdict]) -> bool:
    """At least two steps wrong or mistaken, one of them explained by no known mistake."""
    faulty = [verdict for verdict in verdicts.values() if isinstance(verdict, Wrong | TwoMistakes) or _is_error(verdict)]
    return len(faulty) >= 2 and any(isinstance(verdict, Wrong | TwoMistakes) for verdict in faulty)


def _is_error(verdict: Verdict) -> bool:
    return isinstance(verdict, KnownMistake) and verdict.kind != "convention"


def explaining(sheet: Sheet, answers: Mapping[str, Answer], column: Column) -> fmpq:
    """The share of all misreadings that explain every answer at once; ``column`` is the first that is wrong."""
    found = sum(1 for _ in _explaining(sheet, answers, column))
    return fmpq(found, max(1, len(readings(sheet))))


def find_misreading(sheet: Sheet, answers: Mapping[str, Answer], first: str) -> tuple[Reading, dict[str, Value]] | None:
    """The misreading that makes every answer right, with the values it leads to; ``first`` is a step that is wrong."""
    return next(_explaining(sheet, answers, sheet.columns[first]), None)


def _explaining(sheet: Sheet, answers: Mapping[str, Answer], column: Column) -> Iterator[tuple[Reading, dict[str, Value]]]:
    wrong = [name for name, answer in answers.items() if sheet.columns[name].excludes(sheet.values[name], answer.value)]
    column = sheet.columns[min([*wrong, column.name], key=lambda name: len(sheet.form.route[name]))]  # where looking is cheapest
    written = answers[column.name].value
    for reading in _touching(sheet, {*wrong, column.name}):
        value = _outcome(sheet, reading, column)
        if type(value) is not Failure and column.excludes(value, written):
            continue
        values = _run(sheet, reading, sheet.values, sheet.steps)
        if all(sheet.is_it(sheet.columns[name], values[name], answer) for name, answer in answers.items()):
            yield reading, values


def _touching(sheet: Sheet, wrong: Collection[str]) -> Iterator[Reading]:
    """The misreadings that can explain: those of a given on which every one of these steps depends."""
    for reading in readings(sheet):
        if all(sheet.form.from_givens(name, reading.given) for name in wrong):
            yield reading


def _outcome(sheet: Sheet, reading: Reading, column: Column) -> Value:
    """What a misreading leads to at one step, roughly; remembered for a class."""
    known: dict[int, Value] = sheet.remembered.setdefault(("misread", column.name), {})
    if id(reading) not in known:  # the readings are kept with the sheet
        steps = sheet.form.from_givens(column.name, reading.given)
        known[id(reading)] = _run(sheet, reading, {**sheet.values, **sheet.rough}, steps)[column.name]
    return known[id(reading)]


def _run(sheet: Sheet, reading: Reading, start: Mapping[str, Value], steps: Iterable[Step]) -> dict[str, Value]:
    """The values when a given was read as another number: of these steps, those that depend on it."""
    values = {**start, **reading.values}
    moved = set(reading.given)
    for step in steps:
        if not moved.isdisjoint(step.needs):
            values[step.name] = safely(step, step.calculate, values)
            moved.add(step.name)
    return values


def readings(sheet: Sheet) -> list[Reading]:
    """Every given with one digit changed, two neighbouring digits transposed or its sign dropped, and every two givens exchanged.

    Numbers first, then exchanges, then the entries of arrays; of a long calculation on arrays only the first of them, since
    each has to be worked out anew.
    """
    if "readings" in sheet.remembered:
        known: list[Reading] = sheet.remembered["readings"]
        return known
    work = sum(1 for step in sheet.steps for _ in entries(sheet.values[step.name]))
    found = list(islice(_every_reading(sheet), max(LEAST_READINGS, MAX_WORK // max(1, work))))
    sheet.remembered["readings"] = found
    return found


def has_more_readings(sheet: Sheet, than: fmpq) -> bool:
    """Whether there are more ways of misreading than this, without listing them all."""
    return next(islice(_every_reading(sheet), int(than.p // than.q), None), None) is not None


def _every_reading(sheet: Sheet) -> Iterator[Reading]:
    givens = [given for given in sheet.plan.givens if given.name not in sheet.variant.problem.hidden]
    scalars = [given for given in givens if is_scalar(sheet.values[given.name])]
    arrays = [given for given in givens if isinstance(sheet.values[given.name], tuple)]
    return chain(_one_misread(sheet, scalars), _exchanged(sheet, givens), _one_misread(sheet, arrays))


def _one_misread(sheet: Sheet, givens: list[Given]) -> Iterator[Reading]:
    for given in givens:
        for other in _misread_values(sheet.values[given.name]):
            if _allowed(given, other):
                yield Reading((given.name,), {given.name: other})


def _exchanged(sheet: Sheet, givens: list[Given]) -> Iterator[Reading]:
    for one, other in combinations(givens, 2):
        a, b = sheet.values[one.name], sheet.values[other.name]
        if _alike(a, b) and _allowed(one, b) and _allowed(other, a):
            yield Reading((one.name, other.name), {one.name: b, other.name: a})


def _allowed(given: Given, value: Value) -> bool:
    try:
        return bool(given.domain.holds(value))
    except Exception:  # a domain may have no answer for a strange value
        return False


def _alike(a: Value, b: Value) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return type(a) is type(b) and not isinstance(a, Shape) and shape_of(a) == shape_of(b) and not same(a, b)
    return is_scalar(a) and is_scalar(b) and not same(a, b)


def _misread_values(value: Value) -> Iterator[Value]:
    """The value misread in one place; of an array, one entry at a time."""
    if isinstance(value, tuple):
        for i, item in enumerate(value):
            for other in _misread_values(item):
                yield type(value)((*value[:i], other, *value[i + 1 :]))
    elif type(value) is fmpq:
        yield from _misread_numbers(value)


def _misread_numbers(value: fmpq) -> Iterator[fmpq]:
    if value < 0:
        yield -value
    sign = -1 if value < 0 else 1
    size = abs(value)
    if value.q == 1 or terminates(value, MAX_DIGITS):
        places = next(p for p in range(MAX_DIGITS + 1) if terminates(value, p))
        for digits in _misread_digits(decimal_text(size, places).replace(".", "")):
            yield sign * fmpq(int(digits), 10**places)
    else:
        top, bottom = str(size.p), str(size.q)
        for digits in _misread_digits(top):
            yield sign * fmpq(int(digits), size.q)
        for digits in _misread_digits(bottom):
            if int(digits):
                yield sign * fmpq(size.p, int(digits))


def _misread_digits(text: str) -> Iterator[str]:
    if len(text) > MAX_DIGITS:
        return
    for i, digit in enumerate(text):
        for other in "0123456789":
            if other != digit and not (i == 0 and other == "0" and len(text) > 1):
                yield text[:i] + other + text[i + 1 :]
        if i and text[i - 1] != digit:
            yield text[: i - 1] + digit + text[i - 1] + text[i + 1 :]
