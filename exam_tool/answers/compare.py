"""Compares a reading with a key, by its kind. Reading and deciding single numbers are elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from exam_tool.language import Text

from .compare_lists import matrix, shape, vector
from .compare_sets import collection, interval
from .decide import CORRECT, INCORRECT, Outcome, Verdict
from .judgement import Judgement
from .key import Key
from .outcomes import concluded, outcome_of
from .reading import Kind, Reading
from .symbolic import compare_expressions


def judge_of(kind: Kind) -> Callable[[Reading, Key], Judgement]:
    """The comparison for a kind."""
    match kind:
        case "integer" | "rational" | "decimal" | "exact":
            return number
        case "expression":
            return expression
        case "shape":
            return shape
        case "vector":
            return vector
        case "matrix":
            return matrix
        case "set":
            return collection
        case "interval":
            return interval
        case "choice":
            return choice
        case "text":
            return word
        case "true_false":
            return plain
        case "order":
            return order
        case "match":
            return matching


def number(reading: Reading, key: Key) -> Judgement:
    outcome = outcome_of(key.goal, reading.value, reading.decimals)
    if outcome.verdict is Verdict.INCORRECT and reading.kind == "integer" and outcome.reason is None:
        value = reading.value
        if not hasattr(value, "q") or value.q != 1:
            outcome = outcome._replace(reason=Text("A whole number is expected.", "这里应是整数。"), code="not-whole")
    return concluded(outcome, reading)


def expression(reading: Reading, key: Key) -> Judgement:
    symbols = (reading.asked.symbols or {}).values() if reading.asked else ()
    return concluded(compare_expressions(key.goal, reading.value, symbols, prove=key.prove), reading)


def choice(reading: Reading, key: Key) -> Judgement:
    given, wanted = set(reading.value), set(key.value)
    if given == wanted:
        return concluded(CORRECT, reading)
    if reading.asked and reading.asked.multi and given < wanted:
        return concluded(Outcome(Verdict.INCORRECT, Text("Not every right choice is given.", "没有选全。"), "exact", "incomplete"), reading)
    return concluded(INCORRECT, reading)


def word(reading: Reading, key: Key) -> Judgement:
    return concluded(CORRECT if reading.value in key.value else INCORRECT, reading)


def plain(reading: Reading, key: Key) -> Judgement:
    return concluded(CORRECT if reading.value == key.value else INCORRECT, reading)


def order(reading: Reading, key: Key) -> Judgement:
    differing = tuple((i,) for i, (a, b) in enumerate(zip(reading.value, key.value, strict=True), 1) if a != b)
    return concluded(INCORRECT if differing else CORRECT, reading, differing)


def matching(reading: Reading, key: Key) -> Judgement:
    given = dict(reading.value)
    differing = tuple((i,) for i, (left, right) in enumerate(key.value, 1) if given.get(left) != right)
    missing = [left for left, _ in key.value if left not in given]
    reason = Text(f"No partner for {' '.join(missing)}.", f"{' '.join(missing)} 没有配对。") if missing else None
    return concluded(
        Outcome(Verdict.INCORRECT if differing else Verdict.CORRECT, reason, "exact", "incomplete" if missing else ""), reading, differing
    )
