"""Where a formula too long for a line may be broken: before the signs of its outermost sums or matrix products. It draws nothing."""

from __future__ import annotations

from ..tree import Array, Binary, Call, Index, Name, Node, Number
from .calls import BIG, INFIX, SHAPES
from .meaning import OVER, written


def operands(node: Node) -> list[tuple[str, Node]]:
    """The operands with the sign before each (none before the first), where none needs brackets; else the whole alone."""
    match written(node):
        case Binary("+" | "-" | "@" as sign, left, right) if _stands_alone(sign, left, True) and _stands_alone(sign, right, False):
            return [*operands(left), (sign, right)]
    return [("", node)]


def _stands_alone(operator: str, operand: Node, first: bool) -> bool:
    """Whether an operand of a broken formula needs no brackets."""
    match written(operand):
        case Binary(inner):
            product = operator == "@"
            same = inner == "@" if product else inner in "+-"
            return (first and same) or (not product and inner in "*@^")
        case Call(function, _):
            return function not in (*INFIX, *BIG, *SHAPES, "shape") and not function.startswith(OVER)
        case Array(items):
            return operator != "@" or any(isinstance(item, Array) for item in items)  # a vector may have to stand as a column
        case Name() | Number() | Index():
            return True
    return False
