"""Compares vectors, matrices and shapes with their keys."""

from __future__ import annotations

from typing import Any

from exam_tool.language import Text

from .decide import CORRECT, INCORRECT, Verdict
from .judgement import Judgement, refused
from .key import Key
from .outcomes import concluded, entrywise, outcome_of, wrong_size
from .reading import Reading


def vector(reading: Reading, key: Key) -> Judgement:
    values, decimals = reading.value, reading.decimals
    if not reading.flat:  # one row or one column of a matrix is a vector, too
        if len(values) == 1:
            values, decimals = values[0], decimals[0]
        elif len(values[0]) == 1:
            values, decimals = tuple(row[0] for row in values), tuple(row[0] for row in decimals)
        else:
            message = Text(
                f"A list of {len(key.value)} numbers is asked for; this is a matrix.",
                f"这里要的是 {len(key.value)} 个数的一列，而这是矩阵。",
            )
            return refused(reading, message, "kind")
    wanted = len(key.goal)
    if len(values) != wanted:
        if len(values) == 1:
            message = Text("A list such as [1, 2] is asked for; this is one number.", "这里要的是一列数，例如 [1, 2]，而这是一个数。")
            return refused(reading, message, "kind")
        return wrong_size(
            reading, Text(f"{wanted} entries are asked for; there are {len(values)}.", f"应有 {wanted} 个数，这里有 {len(values)} 个。")
        )
    return entrywise(key.goal, values, decimals, reading, [(i,) for i in range(1, wanted + 1)])


def matrix(reading: Reading, key: Key) -> Judgement:
    rows, decimals = (reading.value,) if reading.flat else reading.value, (reading.decimals,) if reading.flat else reading.decimals
    height, width = len(key.goal), len(key.goal[0])
    if (len(rows), len(rows[0])) != (height, width):
        if reading.flat and len(rows[0]) == 1:
            return refused(
                reading,
                Text(
                    "A matrix such as [[1, 2], [3, 4]] is asked for; this is one number.",
                    "这里要的是矩阵，例如 [[1, 2], [3, 4]]，而这是一个数。",
                ),
                "kind",
            )
        if reading.flat and width == 1 and len(rows[0]) == height:
            return refused(
                reading, Text("A column is asked for: write [[1], [2]] or [1; 2].", "这里要的是列：请写成 [[1], [2]] 或 [1; 2]。"), "column"
            )
        asked, given = f"{height}x{width}", f"{len(rows)}x{len(rows[0])}"
        if given == f"{width}x{height}" and _is_transpose(key, rows):
            return Judgement(Verdict.INCORRECT, reading, TRANSPOSED, None, 1, (), "exact", "transposed")
        message = Text(f"A matrix of size {asked} is asked for; this one is {given}.", f"应为 {asked} 矩阵，而这个是 {given}。")
        return wrong_size(reading, message)
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
        return concluded(CORRECT, reading)
    if len(given) != len(wanted):
        message = Text(f"{len(wanted)} axes are asked for; there are {len(given)}.", f"应有 {len(wanted)} 个轴，这里有 {len(given)} 个。")
        return wrong_size(reading, message)
    differing = tuple((i,) for i, (a, b) in enumerate(zip(given, wanted, strict=True), 1) if a != b)
    if sorted(given) == sorted(wanted):
        reason = Text("The right numbers in another order: another layout of the axes.", "数值都对，但顺序不同：各轴的排列不同。")
        return Judgement(Verdict.INCORRECT, reading, reason, None, 1, differing, "exact", "layout")
    return concluded(INCORRECT, reading, differing)
