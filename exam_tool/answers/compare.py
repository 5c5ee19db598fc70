"""Compares a reading with a key, kind by kind. Reading and deciding single numbers are elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cmp_to_key
from typing import Any

from exam_tool.expressions.arrays import Shape
from exam_tool.expressions.exact import Scalar, Undecided, Undefined, compare
from exam_tool.language import Text

from .decide import TOO_CLOSE, Outcome, Target, Verdict, decide
from .judgement import CORRECT_TEXT, INCORRECT_TEXT, Entry, Judgement, refused
from .key import Key
from .reading import Kind, Reading
from .symbolic import compare_expressions

UNDECIDED = Outcome(Verdict.UNDECIDED, TOO_CLOSE, "none", "undecided")
SEVERITY = {Verdict.CORRECT: 0, Verdict.IMPRECISE: 1, Verdict.UNDECIDED: 2, Verdict.INCORRECT: 3, Verdict.UNREADABLE: 4}


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


def outcome_of(goal: Target, value: Scalar, decimals: int | None) -> Outcome:
    """One number against one target; what no enclosure settles is undecided."""
    try:
        return decide(goal, value, decimals)
    except (Undecided, Undefined):
        return UNDECIDED


def concluded(outcome: Outcome, reading: Reading, entries: tuple[Entry, ...] = ()) -> Judgement:
    verdict, reason, method, code = outcome
    if reason is None:
        reason = CORRECT_TEXT if verdict is Verdict.CORRECT else INCORRECT_TEXT
    return Judgement(verdict, reading, reason, None, 1, entries, method, code)


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


def entrywise(goals: tuple[Target, ...], values: Any, decimals: Any, reading: Reading, places: Sequence[Entry]) -> Judgement:
    """The worst verdict of the entries decides, and every entry that differs is named."""
    worst = Outcome(Verdict.CORRECT, None, "exact")
    differing: list[Entry] = []
    for goal, value, digits, place in zip(goals, values, decimals, places, strict=True):
        outcome = outcome_of(goal, value, digits)
        if outcome.verdict is not Verdict.CORRECT:
            differing.append(place)
        if SEVERITY[outcome.verdict] > SEVERITY[worst.verdict] or (worst.method == "exact" and outcome.verdict is worst.verdict):
            worst = outcome
    if differing:
        shown = ", ".join("(" + ", ".join(map(str, place)) + ")" for place in differing[:6]) + (" ..." if len(differing) > 6 else "")
        tail_en, tail_zh = (f" {worst.reason.en}", worst.reason.zh) if worst.reason else ("", "")
        several = len(differing) > 1
        worst = worst._replace(
            reason=Text(
                f"{'Entries' if several else 'Entry'} {shown} {'differ' if several else 'differs'}.{tail_en}",
                f"第 {shown} 个分量不符。{tail_zh}",
            )
        )
    return concluded(worst, reading, tuple(differing))


def vector(reading: Reading, key: Key) -> Judgement:
    values, decimals = reading.value, reading.decimals
    if not reading.flat:  # one row or one column of a matrix is a vector, too
        if len(values) == 1:
            values, decimals = values[0], decimals[0]
        elif len(values[0]) == 1:
            values, decimals = tuple(row[0] for row in values), tuple(row[0] for row in decimals)
        else:
            message = Text(
                f"A list of {len(key.value)} numbers is asked, this is a matrix.", f"这里要 {len(key.value)} 个数的一列，而这是矩阵。"
            )
            return refused(reading, message, "kind")
    wanted = len(key.goal)
    if len(values) != wanted:
        if len(values) == 1:
            message = Text("A list such as [1, 2] is asked, this is one number.", "这里要的是一列数，例如 [1, 2]，而这是一个数。")
            return refused(reading, message, "kind")
        return wrong_size(
            reading, Text(f"{wanted} entries are asked, these are {len(values)}.", f"应有 {wanted} 个数，这里有 {len(values)} 个。")
        )
    return entrywise(key.goal, values, decimals, reading, [(i,) for i in range(1, wanted + 1)])


def wrong_size(reading: Reading, reason: Text) -> Judgement:
    return Judgement(Verdict.INCORRECT, reading, reason, None, 1, (), "exact", "size")


def matrix(reading: Reading, key: Key) -> Judgement:
    rows, decimals = (reading.value,) if reading.flat else reading.value, (reading.decimals,) if reading.flat else reading.decimals
    height, width = len(key.goal), len(key.goal[0])
    if (len(rows), len(rows[0])) != (height, width):
        if reading.flat and len(rows[0]) == 1:
            return refused(
                reading,
                Text(
                    "A matrix such as [[1, 2], [3, 4]] is asked, this is one number.",
                    "这里要的是矩阵，例如 [[1, 2], [3, 4]]，而这是一个数。",
                ),
                "kind",
            )
        if reading.flat and width == 1 and len(rows[0]) == height:
            return refused(
                reading, Text("A column is asked: write [[1], [2]] or [1; 2].", "这里要的是列：请写成 [[1], [2]] 或 [1; 2]。"), "column"
            )
        asked, given = f"{height}x{width}", f"{len(rows)}x{len(rows[0])}"
        if given == f"{width}x{height}" and _is_transpose(key, rows):
            return Judgement(Verdict.INCORRECT, reading, TRANSPOSED, None, 1, (), "exact", "transposed")
        return wrong_size(reading, Text(f"A {asked} matrix is asked, this one is {given}.", f"应为 {asked} 矩阵，而这个是 {given}。"))
    goals = tuple(goal for row in key.goal for goal in row)
    values = [value for row in rows for value in row]
    digits = [digit for row in decimals for digit in row]
    places = [(i, j) for i in range(1, height + 1) for j in range(1, width + 1)]
    judgement = entrywise(goals, values, digits, reading, places)
    if judgement.verdict is Verdict.INCORRECT and height == width and _is_transpose(key, rows):
        return Judgement(Verdict.INCORRECT, reading, TRANSPOSED, None, 1, judgement.entries, judgement.method, "transposed")
    return judgement


TRANSPOSED = Text("This is the transpose: rows and columns are exchanged.", "这是转置矩阵：行与列互换了。")


def _is_transpose(key: Key, rows: Any) -> bool:
    turned = tuple(zip(*rows, strict=True))
    return all(
        outcome_of(goal, value, None).verdict is Verdict.CORRECT
        for goals, row in zip(key.goal, turned, strict=True)
        for goal, value in zip(goals, row, strict=True)
    )


def shape(reading: Reading, key: Key) -> Judgement:
    given, wanted = reading.value, key.value
    if given == wanted or (key.layout_free and sorted(given) == sorted(wanted)):
        return concluded(Outcome(Verdict.CORRECT, None, "exact"), reading)
    if len(given) != len(wanted):
        return wrong_size(
            reading, Text(f"{len(wanted)} axes are asked, these are {len(given)}.", f"应有 {len(wanted)} 个轴，这里有 {len(given)} 个。")
        )
    differing = tuple((i,) for i, (a, b) in enumerate(zip(given, wanted, strict=True), 1) if a != b)
    if sorted(given) == sorted(wanted):
        reason = Text("The right numbers in another order: another layout of the axes.", "数值都对，但顺序不同：各轴的排列不同。")
        return Judgement(Verdict.INCORRECT, reading, reason, None, 1, differing, "exact", "layout")
    return concluded(Outcome(Verdict.INCORRECT, None, "exact"), reading, differing)


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
    worst = Outcome(Verdict.CORRECT, None, "exact")
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
        return Outcome(Verdict.CORRECT if value is None and goal is None else Verdict.INCORRECT, None, "exact")
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
    from .reading import decimals_of

    found: dict[int, int | None] = {}
    for (low, _, high, _), piece in zip(reading.value, reading.decimals, strict=True):
        for value, node in ((low, piece.low), (high, piece.high)):
            if node is not None:
                found[id(value)] = decimals_of(node)
    return found


def merged_goals(pieces: Any, key: Key) -> list[tuple[Target | None, bool, Target | None, bool]]:
    from .decide import target

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


def choice(reading: Reading, key: Key) -> Judgement:
    given, wanted = set(reading.value), set(key.value)
    if given == wanted:
        return concluded(Outcome(Verdict.CORRECT, None, "exact"), reading)
    if reading.asked and reading.asked.multi and given < wanted:
        return concluded(Outcome(Verdict.INCORRECT, Text("Not every right choice is given.", "没有选全。"), "exact", "incomplete"), reading)
    return concluded(Outcome(Verdict.INCORRECT, None, "exact"), reading)


def word(reading: Reading, key: Key) -> Judgement:
    return concluded(Outcome(Verdict.CORRECT if reading.value in key.value else Verdict.INCORRECT, None, "exact"), reading)


def plain(reading: Reading, key: Key) -> Judgement:
    return concluded(Outcome(Verdict.CORRECT if reading.value == key.value else Verdict.INCORRECT, None, "exact"), reading)


def order(reading: Reading, key: Key) -> Judgement:
    differing = tuple((i,) for i, (a, b) in enumerate(zip(reading.value, key.value, strict=True), 1) if a != b)
    return concluded(Outcome(Verdict.INCORRECT if differing else Verdict.CORRECT, None, "exact"), reading, differing)


def matching(reading: Reading, key: Key) -> Judgement:
    given = dict(reading.value)
    differing = tuple((i,) for i, (left, right) in enumerate(key.value, 1) if given.get(left) != right)
    missing = [left for left, _ in key.value if left not in given]
    reason = Text(f"No partner for {' '.join(missing)}.", f"{' '.join(missing)} 没有配对。") if missing else None
    return concluded(
        Outcome(Verdict.INCORRECT if differing else Verdict.CORRECT, reason, "exact", "incomplete" if missing else ""), reading, differing
    )


__all__ = ["Shape", "judge_of", "outcome_of"]
