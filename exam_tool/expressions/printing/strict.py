"""A tree as strict text: what ``reader.read`` turns into the same tree again. Nothing here is for looks alone.

Brackets stand where the grammar needs them, and around a signed right operand (``a - (-b)``), where hand writing
needs them. That second kind and the spaces go when a text would outgrow the limits of the reader.
"""

from __future__ import annotations

from ..reader import NOT_POWER, POSTFIX_POWER, POWERS, SIGN_POWER, ReadError, read
from ..tree import Array, Binary, Call, Compare, Index, Name, Node, Number, Unary

ATOM = 20
SURELY_READABLE = 120  # characters: the nesting limit of the reader cannot be reached by fewer

ARITHMETIC = {"+", "-", "*", "/", "@", "mod"}
SPACED = {operator: f" {operator} " for operator in ("+", "-", "@", "mod", "and", "or", "==", "!=", "<", "<=", ">", ">=")}


def text(node: Node) -> str:
    """The formula in the strict language; ``read(text(node)) == node`` for every tree that ``read`` can return."""
    result = _print(node, 0, True)
    if len(result) > SURELY_READABLE:
        try:
            read(result)
        except ReadError:
            return _print(node, 0, False)
    return result


def _print(node: Node, power: int, roomy: bool) -> str:
    """The node as an operand that must bind at least as tightly as ``power``."""
    kind = type(node)
    if kind is Number:
        return node.text  # type: ignore[union-attr]  # narrowed by type(), which is what makes this fast
    if kind is Name:
        return node.name  # type: ignore[union-attr]
    shown, own = _compound(node, roomy)
    return f"({shown})" if own < power else shown


def _compound(node: Node, roomy: bool) -> tuple[str, int]:
    """The text of a node with its binding power, before the brackets its place may ask for."""
    match node:
        case Binary(operator, left, right) | Compare(operator, left, right):
            own, below = POWERS[operator]
            if operator == "^":  # its left power is above every operand but postfix ones; its own is that of a sign
                return f"{_print(left, own + 1, roomy)}^{_print(right, below, roomy)}", own
            second = _print(right, below, roomy)
            if roomy and operator in ARITHMETIC and second[0] in "-+":
                second = f"({second})"
            sign = SPACED[operator] if operator in SPACED and (roomy or operator not in "+-@") else operator
            return f"{_print(left, own, roomy)}{sign}{second}", own
        case Unary("not", argument):
            return f"not {_print(argument, NOT_POWER, roomy)}", NOT_POWER
        case Unary("!" | "%" as operator, argument):
            return f"{_print(argument, POSTFIX_POWER, roomy)}{operator}", POSTFIX_POWER
        case Unary(operator, argument):
            return f"{operator}{_print(argument, SIGN_POWER, roomy)}", SIGN_POWER
        case Call("transpose", (argument,)) if not isinstance(argument, Number):  # "2.T" would be the number 2. and a T
            return f"{_print(argument, POSTFIX_POWER, roomy)}.T", POSTFIX_POWER
        case Call(function, arguments):
            return f"{function}({_list(arguments, roomy)})", ATOM
        case Index(base, indices):
            return f"{_print(base, POSTFIX_POWER, roomy)}[{_list(indices, roomy)}]", POSTFIX_POWER
        case Array(items):
            return f"[{_list(items, roomy)}]", ATOM
        case Number(_, shown) | Name(shown):
            return shown, ATOM


def _list(items: tuple[Node, ...], roomy: bool) -> str:
    return (", " if roomy else ",").join(_print(item, 0, roomy) for item in items)
