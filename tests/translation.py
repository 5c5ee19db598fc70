"""Our formulas in terms of another library, so that it can be an oracle without ever running or parsing text."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from flint import fmpq

from exam_tool.expressions.tree import Binary, Call, Name, Node, Number, Unary

OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": operator.pow,
}  # fmt: skip


def translated(node: Node, names: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]], number: Callable[[fmpq], Any]) -> Any:
    """The tree with the library's symbols or values for names, its functions for calls, and its numbers."""

    def of(part: Node) -> Any:
        match part:
            case Number(value):
                return number(value)
            case Name(name):
                return names[name]
            case Unary("-", argument):
                return -of(argument)
            case Binary(sign, left, right):
                return OPERATIONS[sign](of(left), of(right))
            case Call(function, arguments):
                return functions[function](*map(of, arguments))
        raise AssertionError(f"these tests do not write {part}")

    return of(node)
