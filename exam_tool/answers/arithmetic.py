"""The exact value of a typed expression, with every operation bounded before it is done. It decides nothing about right and wrong."""

from __future__ import annotations

from collections.abc import Mapping

from flint import arb, fmpq

from exam_tool.expressions import exact
from exam_tool.expressions.evaluate import CONSTANTS
from exam_tool.expressions.exact import Real, Scalar, Undecided, Undefined
from exam_tool.expressions.functions import FUNCTIONS
from exam_tool.expressions.tree import Binary, Call, Name, Node, Number, Unary
from exam_tool.language import Text

from .refusal import Refusal

MAX_BITS = 20_000
MAX_WRITTEN = 2_000_000  # bits before or behind the point
MAX_POWER = fmpq(10**6)
MAX_EXP = fmpq(10**5)
HUNDREDTH = fmpq(1, 100)
NOTHING: Mapping[str, Scalar] = {}

TOO_BIG = Text("This answer contains a number too large to grade. Give the final value.", "答案中有一个数大得无法评判。请给出最终结果。")

OPERATIONS = {"+": exact.add, "-": exact.subtract, "*": exact.multiply, "/": exact.divide}


def value_of(node: Node, environment: Mapping[str, Scalar] = NOTHING, width: int = 1) -> Scalar:
    """The number a tree stands for.

    Raises:
        Refusal: ``undefined`` where mathematics gives no value, ``too-big`` where the work would have no bound.
    """
    try:
        value = _value(node, environment)
        if type(value) is Real and not _is_writable(value):
            raise Refusal("too-big", TOO_BIG, 0, width)
        return value
    except Undefined as error:
        raise Refusal("undefined", error.message, 0, width) from None
    except Undecided as error:
        raise Refusal("undefined", error.message, 0, width) from None
    except (ArithmeticError, RecursionError, ValueError, MemoryError):  # a second fence: flint refuses what does not fit its types
        raise Refusal("too-big", TOO_BIG, 0, width) from None


def _value(node: Node, environment: Mapping[str, Scalar]) -> Scalar:
    kind = type(node)
    if kind is Number:
        return node.value  # type: ignore[union-attr]  # narrowed by type(), which is what makes this fast
    if kind is Binary:
        return _chain(node, environment)
    match node:
        case Name(name):
            found = environment.get(name)
            return CONSTANTS[name] if found is None else found
        case Unary("-", argument):
            return exact.negate(_value(argument, environment))
        case Unary("%", argument):
            return exact.multiply(_value(argument, environment), HUNDREDTH)
        case Unary(_, argument):
            return exact.factorial(_value(argument, environment))
        case Call(function, arguments):
            return _bounded(FUNCTIONS[function].apply(*[_argument(function, _value(part, environment)) for part in arguments]))
    raise Refusal("kind", Text("One number is asked for here.", "这里只要一个数。"), 0)


def _chain(node: Node, environment: Mapping[str, Scalar]) -> Scalar:
    """Operations down the left side in a loop: a sum of 200 terms must not need 200 frames."""
    spine: list[Binary] = []
    while type(node) is Binary:
        spine.append(node)
        node = node.left
    total = _value(node, environment)
    while spine:
        part = spine.pop()
        right = _value(part.right, environment)
        total = _power(total, right) if part.operator == "^" else _bounded(OPERATIONS[part.operator](total, right))
    return total


def _bounded(value: Scalar) -> Scalar:
    if type(value) is fmpq and value.height_bits() > MAX_BITS:
        raise Refusal("too-big", TOO_BIG, 0)
    return value


def _is_writable(value: Real) -> bool:
    """Whether its rational bounds are of a size to work with: ``((10^400)^15)^15`` is enclosed at once, but cannot be written out."""
    ball = value.ball()
    if not ball.is_finite() or ball.contains(0):
        return True
    mantissa, exponent = ball.mid().man_exp()
    return abs(mantissa.bit_length() + int(exponent)) <= MAX_WRITTEN


def _argument(function: str, value: Scalar) -> Scalar:
    """Arguments of exp and its relatives are bounded, so that no tower of them can grow."""
    if function in ("exp", "sinh", "cosh", "tanh", "sigmoid"):
        _at_most(value, MAX_EXP)
    return value


def _power(base: Scalar, exponent: Scalar) -> Scalar:
    if type(base) is Real and base.operator == "exp":
        _at_most(exponent, MAX_EXP)
        _at_most(exact.multiply(base.arguments[0], exponent), MAX_EXP)
    else:
        _at_most(exponent, MAX_POWER)
    return _bounded(exact.power(base, exponent))


def _at_most(value: Scalar, bound: fmpq) -> None:
    small = abs(value) <= bound if type(value) is fmpq else bool(abs(exact.enclose(value)) <= arb(bound))
    if not small:
        raise Refusal("too-big", TOO_BIG, 0)
