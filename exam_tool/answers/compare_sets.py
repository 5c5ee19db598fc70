"""Compares sets of numbers and unions of intervals with their keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from exam_tool.expressions.exact import Scalar, Undecided, Undefined, compare
from exam_tool.language import Text

from .decide import CORRECT, INCORRECT, Outcome, Target, Verdict, target
from .judgement import Entry, Judgement
from .key import Key
from .outcomes import SEVERITY, UNDECIDED, concluded, entrywise, outcome_of, wrong_size
from .reading import Reading, decimals_of


def collection(reading: Reading, key: Key) -> Judgement:
    """Sets: without repeats, in ascending order on both sides, then one by one."""
    try:
        given = _ascending(list(zip(reading.value, reading.decimals, strict=True)), lambda pair: pair[0])
        wanted = _ascending(list(key.goal), lambda goal: goal.value)
    except (Undecided, Undefined):
        return concluded(UNDECIDED, reading)
    if len(given) != len(wanted):
        return wrong_size(
            reading,
            Text(f"{len(given)} elements were given; the number of elements is not right.", f"给出了 {len(given)} 个元素，个数不对。"),
        )
    values, decimals = [value for value, _ in given], [digits for _, digits in given]
    return entrywise(tuple(wanted), values, decimals, reading, [(i,) for i in range(1, len(wanted) + 1)])


def _ascending(items: list[Any], value_of: Callable[[Any], Scalar]) -> list[Any]:
    ordered = sorted(items, key=cmp_to_key(lambda a, b: compare(value_of(a), value_of(b))))
    kept = ordered[:1]
    for item in ordered[1:]:
        if compare(value_of(kept[-1]), value_of(item)) != 0:
            kept.append(item)
    return kept


def interval(reading: Reading, key: Key) -> Judgement:
    try:
        given, wanted = merged(reading.value), merged(key.value)
    except (Undecided, Undefined):
        return concluded(UNDECIDED, reading)
    if len(given) != len(wanted):
        return wrong_size(
            reading,
            Text(f"{len(given)} intervals were given; the number of intervals is not right.", f"给出了 {len(given)} 个区间，个数不对。"),
        )
    goals = merged_goals(wanted, key)
    decimals = _end_decimals(reading)
    worst = CORRECT
    differing: list[Entry] = []
    for i, ((low, has_low, high, has_high), (low_goal, want_low, high_goal, want_high)) in enumerate(zip(given, goals, strict=True), 1):
        for value, goal, belongs, wanted_belongs in ((low, low_goal, has_low, want_low), (high, high_goal, has_high, want_high)):
            outcome = _end(value, goal, belongs, wanted_belongs, decimals.get(id(value)))
            if outcome.verdict is not Verdict.CORRECT:
                differing.append((i,))
            if SEVERITY[outcome.verdict] > SEVERITY[worst.verdict]:
                worst = outcome
    return concluded(worst, reading, tuple(dict.fromkeys(differing)))


def _end(value: Scalar | None, goal: Target | None, belongs: bool, wanted: bool, decimals: int | None) -> Outcome:
    if value is None or goal is None:
        return CORRECT if value is None and goal is None else INCORRECT
    outcome = outcome_of(goal, value, decimals)
    if outcome.verdict is Verdict.CORRECT and belongs != wanted:
        return Outcome(
            Verdict.INCORRECT,
            Text("An end is open where it should be closed, or closed where it should be open.", "有一个端点的开闭不对。"),
            "exact",
            "open-closed",
        )
    return outcome


def _end_decimals(reading: Reading) -> dict[int, int | None]:
    found: dict[int, int | None] = {}
    for (low, _, high, _), piece in zip(reading.value, reading.decimals, strict=True):
        for value, node in ((low, piece.low), (high, piece.high)):
            if node is not None:
                found[id(value)] = decimals_of(node)
    return found


def merged_goals(pieces: Any, key: Key) -> list[tuple[Target | None, bool, Target | None, bool]]:
    def goal(value: Scalar | None) -> Target | None:
        return None if value is None else target(value, key.rounding)

    return [(goal(low), has_low, goal(high), has_high) for low, has_low, high, has_high in pieces]


def merged(pieces: Any) -> list[Any]:
    """A union of intervals from left to right, with those that touch made one; empty ones are dropped."""
    kept = [piece for piece in pieces if not _is_empty(piece)]
    kept.sort(key=cmp_to_key(_by_low))
    result: list[Any] = []
    for piece in kept:
        if result and _touches(result[-1], piece):
            result[-1] = _joined(result[-1], piece)
        else:
            result.append(piece)
    return result


def _is_empty(piece: Any) -> bool:
    low, has_low, high, has_high = piece
    if low is None or high is None:
        return False
    order = compare(low, high)
    return order > 0 or (order == 0 and not (has_low and has_high))


def _by_low(a: Any, b: Any) -> int:
    if a[0] is None or b[0] is None:
        return (b[0] is None) - (a[0] is None)
    return compare(a[0], b[0]) or int(b[1]) - int(a[1])


def _touches(a: Any, b: Any) -> bool:
    if a[2] is None or b[0] is None:
        return True
    order = compare(a[2], b[0])
    return order > 0 or (order == 0 and (a[3] or b[1]))


def _joined(a: Any, b: Any) -> Any:
    if a[2] is None or b[2] is None:
        return (a[0], a[1], None, False)
    order = compare(a[2], b[2])
    high, has_high = (a[2], a[3] or (order == 0 and b[3])) if order >= 0 else (b[2], b[3])
    return (a[0], a[1], high, has_high)
