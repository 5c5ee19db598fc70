"""The derivative of a formula as a formula, tidied as one writes it by hand. It evaluates nothing and proves nothing."""

from __future__ import annotations

from collections.abc import Callable

from flint import fmpq

from exam_tool.language import ExamToolError, Text

from .tree import Binary, Call, Compare, Name, Node, Number, Unary, names


class DerivativeError(ExamToolError):
    """A formula with an operation that cannot be differentiated here."""


def derivative(node: Node, name: str) -> Node:
    """The partial derivative of a scalar formula by one of its names.

    Raises:
        DerivativeError: for arrays, comparisons and functions other than the elementary ones.
    """
    if name not in names(node):
        return whole(0)
    match node:
        case Name():
            return whole(1)
        case Unary("+", inner):
            return derivative(inner, name)
        case Unary("-", inner):
            return negative(derivative(inner, name))
        case Binary("+", left, right):
            return plus(derivative(left, name), derivative(right, name))
        case Binary("-", left, right):
            return minus(derivative(left, name), derivative(right, name))
        case Binary("*", left, right):
            return plus(times(derivative(left, name), right), times(left, derivative(right, name)))
        case Binary("/", top, bottom):
            return _quotient(top, bottom, name)
        case Binary("^", base, exponent):
            return _power(base, exponent, name)
        case Call(function, (inner,)) if function in OUTER:
            return times(OUTER[function](inner), derivative(inner, name))
        case _:
            raise DerivativeError(Text("This formula has a part that cannot be differentiated here.", "此公式中有无法求导的部分。"))


def whole(number: int) -> Node:
    return constant(fmpq(number))


def constant(value: fmpq) -> Node:
    """A rational as one writes it."""
    size = abs(value)
    top = Number(fmpq(size.p), str(size.p))
    node: Node = top if size.q == 1 else Binary("/", top, Number(fmpq(size.q), str(size.q)))
    return Unary("-", node) if value < 0 else node


def value_of(node: Node) -> fmpq | None:
    """The rational a formula without names plainly is, or None."""
    match node:
        case Number(value, _):
            return value
        case Unary("-", inner):
            positive = value_of(inner)
            return None if positive is None else -positive
        case Binary("/", Number(top, _), Number(bottom, _)) if bottom:
            return top / bottom
        case _:
            return None


def negative(node: Node) -> Node:
    value = value_of(node)
    if value is not None:
        return constant(-value)
    return times(whole(-1), node)


def plus(left: Node, right: Node) -> Node:
    a, b = value_of(left), value_of(right)
    if a is not None and b is not None:
        return constant(a + b)
    if a == 0:
        return right
    if b == 0:
        return left
    if b is not None and b < 0:
        return Binary("-", left, constant(-b))
    scale, parts = _scale(right)
    if scale < 0:
        return Binary("-", left, times(constant(-scale), _product(parts)))
    return Binary("+", left, right)


def minus(left: Node, right: Node) -> Node:
    a, b = value_of(left), value_of(right)
    if a is not None and b is not None:
        return constant(a - b)
    if b == 0:
        return left
    if a == 0:
        return negative(right)
    if isinstance(right, Unary) and right.operator == "-":
        return Binary("+", left, right.argument)
    return Binary("-", left, right)


def times(left: Node, right: Node) -> Node:
    """The product with its number in front: ``x*(2*y)`` is written ``2*x*y``."""
    (a, first), (b, second) = _scale(left), _scale(right)
    parts = [*first, *second]
    scale = a * b
    if not scale or not parts:
        return constant(scale)
    product = _product([*([constant(abs(scale))] if abs(scale) != 1 else []), *parts])
    if scale > 0:
        return product
    return Unary("-", product) if abs(scale) == 1 else _with_first(product, constant(scale))


def _product(factors: list[Node]) -> Node:
    product = factors[0]
    for factor in factors[1:]:
        product = Binary("*", product, factor)
    return product


def _scale(node: Node) -> tuple[fmpq, list[Node]]:
    """A product as its number and its other factors, in order."""
    value = value_of(node)
    if value is not None:
        return value, []
    match node:
        case Unary("-", inner):
            scale, parts = _scale(inner)
            return -scale, parts
        case Binary("*", left, right):
            (a, first), (b, second) = _scale(left), _scale(right)
            return a * b, [*first, *second]
        case _:
            return fmpq(1), [node]


def _with_first(product: Node, first: Node) -> Node:
    """A product of several factors with another one in the place of the first."""
    if isinstance(product, Binary) and product.operator == "*":
        return Binary("*", _with_first(product.left, first), product.right)
    return first


def over(top: Node, bottom: Node) -> Node:
    a, b = value_of(top), value_of(bottom)
    if a == 0:
        return whole(0)
    if b == 1:
        return top
    if a is not None and b:
        return constant(a / b)
    return Binary("/", top, bottom)


def raised(base: Node, exponent: Node) -> Node:
    value = value_of(exponent)
    if value == 0:
        return whole(1)
    return base if value == 1 else Binary("^", base, exponent)


def _quotient(top: Node, bottom: Node, name: str) -> Node:
    if name not in names(bottom):
        scale = value_of(bottom)
        slope = derivative(top, name)
        return times(constant(1 / scale), slope) if scale else over(slope, bottom)
    upper = minus(times(derivative(top, name), bottom), times(top, derivative(bottom, name)))
    return over(upper, raised(bottom, whole(2)))


def _power(base: Node, exponent: Node, name: str) -> Node:
    if name not in names(exponent):
        return times(times(exponent, raised(base, minus(exponent, whole(1)))), derivative(base, name))
    growth = plus(
        times(derivative(exponent, name), Call("ln", (base,))),
        over(times(exponent, derivative(base, name)), base),
    )
    return times(Binary("^", base, exponent), growth)


def _call(function: str, inner: Node) -> Node:
    return Call(function, (inner,))


OUTER: dict[str, Callable[[Node], Node]] = {
    "exp": lambda u: _call("exp", u),
    "ln": lambda u: over(whole(1), u),
    "log": lambda u: over(whole(1), u),
    "sqrt": lambda u: over(whole(1), times(whole(2), _call("sqrt", u))),
    "sin": lambda u: _call("cos", u),
    "cos": lambda u: negative(_call("sin", u)),
    "tanh": lambda u: minus(whole(1), raised(_call("tanh", u), whole(2))),
    "sigmoid": lambda u: times(_call("sigmoid", u), minus(whole(1), _call("sigmoid", u))),
    "relu": lambda u: Compare(">", u, whole(0)),
    "abs": lambda u: _call("sign", u),
}
