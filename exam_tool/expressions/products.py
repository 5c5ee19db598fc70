"""Which product a formula means once its values are known: entry by entry, a dot product, or one of numbers. It evaluates nothing."""

from __future__ import annotations

from collections.abc import Mapping

from .arrays import Shape, Value
from .tree import Array, Binary, Call, Compare, Index, Name, Node, Number, Unary

ENTRYWISE = frozenset({"abs", "cos", "exp", "ln", "log10", "log2", "max", "relu", "sigmoid", "sign", "sin", "sqrt", "tanh", "where"})
SAME = frozenset({"reverse", "softmax", "sort", "transpose"})


def told_apart(node: Node, values: Mapping[str, Value]) -> Node:
    """The formula with ``a*b`` of two arrays as ``hadamard(a, b)``, and ``a @ b`` of two vectors as ``dot(a, b)``.

    The square of a matrix is ``hadamard(A, A)``, as ``A^2`` would be read as ``A @ A``; where it is added along one axis
    its entries have indices of their own.
    Where the axes of an operand are not plain from the formula and its values, the product stays as it is.
    """

    def told(part: Node) -> Node:
        return told_apart(part, values)

    match node:
        case Name() | Number():
            return node
        case Unary(operator, argument):
            return Unary(operator, told(argument))
        case Compare(operator, left, right):
            return Compare(operator, told(left), told(right))
        case Binary("*", left, right) if _axes(left, values) and _axes(right, values):
            return Call("hadamard", (told(left), told(right)))
        case Binary("@", left, right) if _axes(left, values) == _axes(right, values) == 1:
            return Call("dot", (told(left), told(right)))
        case Binary("^", Name() as base, Number(text="2")) if _axes(base, values) == 2:
            return Call("hadamard", (base, base))
        case Binary(operator, left, right):
            return Binary(operator, told(left), told(right))
        case Call("sum" | "mean" | "variance" as function, (Binary("^", Name() as base, power), axis)):
            return Call(function, (Binary("^", base, power), told(axis)))
        case Call("shape", (Name(name) as size,)) if name in values and not isinstance(values[name], tuple):
            return size  # the size of a vector is a number; that of an array would be asked for
        case Call(function, arguments):
            return Call(function, tuple(map(told, arguments)))
        case Array(items):
            return Array(tuple(map(told, items)))
        case Index(base, indices):
            return Index(told(base), tuple(map(told, indices)))


def _axes(node: Node, values: Mapping[str, Value]) -> int:
    """The number of axes of a part: 0 for a number, and where it is not plain."""
    match node:
        case Name(name):
            return _depth(values.get(name))
        case Unary(_, argument):
            return _axes(argument, values)
        case Compare(_, left, right) | Binary("+" | "-" | "*" | "/" | "^", left, right):
            return max(_axes(left, values), _axes(right, values))
        case Binary("@", left, right):
            return max(_axes(left, values) + _axes(right, values) - 2, 0)
        case Call("outer", _):
            return 2
        case Call("column", _):
            return 1
        case Call(function, arguments) if function in ENTRYWISE and (len(arguments) > 1 or function != "max"):
            return max(_axes(part, values) for part in arguments)
        case Call(function, (argument, *_)) if function in SAME:
            return _axes(argument, values)
        case Array(items):
            return 1 + max((_axes(item, values) for item in items), default=0)
        case Index(base, indices):
            return max(_axes(base, values) - len(indices), 0)
    return 0


def _depth(value: Value | None) -> int:
    if not isinstance(value, tuple) or isinstance(value, Shape):
        return 0
    return 1 + (_depth(value[0]) if value else 0)
