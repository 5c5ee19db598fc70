"""Turns a tree into a function of its names, once, and calls it with exact values or balls. It prints and reads nothing."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping

from flint import arb, fmpq

from exam_tool.language import ExamToolError, Text

from . import exact
from .arrays import Shape, ShapeError, Value, elementwise, is_scalar, map_entries, matrix_product, same, shape_of
from .exact import ONE, ZERO, compare
from .functions import FUNCTIONS, truth, whole
from .tree import Array, Binary, Call, Compare, Index, Name, Node, Number, Unary

Environment = Mapping[str, Value]
Compiled = Callable[[Environment], Value]

CONSTANTS: dict[str, Value] = {"pi": exact.PI, "e": exact.exp(ONE)}


class UnknownName(ExamToolError):
    """A name or function that is not defined where it is used."""

    def __init__(self, message: Text, name: str) -> None:
        super().__init__(message)
        self.name = name


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a mistyped one most likely means."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)), None)


def unknown(kind: Text, name: str, known: Iterable[str]) -> UnknownName:
    """The error for a mistyped name, with the nearest known one."""
    guess = nearest(name, known)
    en = f'"{name}" is not a known {kind.en}.' + (f' Did you mean "{guess}"?' if guess else "")
    zh = f"“{name}”不是已知的{kind.zh}。" + (f"是否想写“{guess}”？" if guess else "")
    return UnknownName(Text(en, zh), name)


def evaluate(node: Node, environment: Environment | None = None) -> Value:
    """The value of a tree.

    Raises:
        UnknownName: for a name that is neither given nor a constant, or a function that does not exist.
        ShapeError: for arrays that do not fit.
        Undefined: where mathematics gives no value.
    """
    return compiled(node)(environment or {})


def _add(a: Value, b: Value) -> Value:
    return a + b if type(a) is fmpq and type(b) is fmpq else _array_add(a, b)


def _subtract(a: Value, b: Value) -> Value:
    return a - b if type(a) is fmpq and type(b) is fmpq else _array_subtract(a, b)


def _multiply(a: Value, b: Value) -> Value:
    return a * b if type(a) is fmpq and type(b) is fmpq else _array_multiply(a, b)


_array_add = elementwise(exact.add)
_array_subtract = elementwise(exact.subtract)
_array_multiply = elementwise(exact.multiply)


def _modulo(a: Value, b: Value) -> Value:
    return _array_modulo(a, b)


_array_modulo = elementwise(exact.modulo)


def _power(a: Value, b: Value) -> Value:
    if isinstance(a, tuple) and len(shape_of(a)) == 2 and type(b) is fmpq and b == -1:
        return FUNCTIONS["inv"].apply(a)
    return _array_power(a, b)


_array_power = elementwise(exact.power)

BINARY: dict[str, Callable[[Value, Value], Value]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": elementwise(exact.divide),
    "^": _power,
    "@": matrix_product,
    "mod": _modulo,
    "and": lambda a, b: ONE if truth(a) and truth(b) else ZERO,
    "or": lambda a, b: ONE if truth(a) or truth(b) else ZERO,
}


def _comparison(holds: Callable[[int], bool]) -> Callable[[Value, Value], Value]:
    def of(a: exact.Scalar, b: exact.Scalar) -> exact.Scalar:
        if isinstance(a, arb) or isinstance(b, arb):
            return _ball_comparison(holds, exact.enclose(a), exact.enclose(b))
        return ONE if holds(compare(a, b)) else ZERO

    return elementwise(of)


def _ball_comparison(holds: Callable[[int], bool], a: arb, b: arb) -> exact.Scalar:
    """1 or 0 when every pair of points agrees, else the interval [0, 1]."""
    outcomes = {holds(1) if a > b else holds(-1) if a < b else holds(0)} if not a.overlaps(b) else {True, False}
    return arb(0.5, 0.5) if len(outcomes) == 2 else ONE if outcomes.pop() else ZERO


COMPARE: dict[str, Callable[[Value, Value], Value]] = {
    "<": _comparison(lambda s: s < 0),
    "<=": _comparison(lambda s: s <= 0),
    ">": _comparison(lambda s: s > 0),
    ">=": _comparison(lambda s: s >= 0),
}
_entry_equal = _comparison(lambda s: s == 0)


def _equal(a: Value, b: Value) -> Value:
    """Entry by entry for numbers; as a whole for words and sizes."""
    if is_scalar(a) and is_scalar(b):
        return _entry_equal(a, b)
    return ONE if same(a, b) else ZERO


COMPARE["=="] = _equal
COMPARE["!="] = lambda a, b: exact.subtract(ONE, _equal(a, b))

UNARY: dict[str, Callable[[Value], Value]] = {
    "-": lambda a: -a if type(a) is fmpq else map_entries(exact.negate, a),
    "+": lambda a: a,
    "not": lambda a: ZERO if truth(a) else ONE,
    "!": FUNCTIONS["factorial"].apply,
    "%": lambda a: _array_multiply(a, fmpq(1, 100)),
}


def compiled(node: Node) -> Compiled:
    """The tree as nested closures over an environment; functions and their number of arguments are checked here."""
    match node:
        case Number(value):
            return lambda environment: value
        case Name(name):
            return _lookup(name)
        case Unary(operator, argument):
            return _apply1(UNARY[operator], compiled(argument))
        case Binary(operator, left, right):
            return _apply2(BINARY[operator], compiled(left), compiled(right))
        case Compare(operator, left, right):
            return _apply2(COMPARE[operator], compiled(left), compiled(right))
        case Call(name, arguments):
            return _call(name, [compiled(argument) for argument in arguments])
        case Index(base, indices):
            return _index(compiled(base), [compiled(index) for index in indices])
        case Array(items):
            parts = [compiled(item) for item in items]
            return lambda environment: tuple([part(environment) for part in parts])


def _lookup(name: str) -> Compiled:
    def look(environment: Environment) -> Value:
        try:
            return environment[name]
        except KeyError:
            if name in CONSTANTS:
                return CONSTANTS[name]
            raise unknown(Text("name", "名称"), name, [*environment, *CONSTANTS]) from None

    return look


def _apply1(function: Callable[[Value], Value], argument: Compiled) -> Compiled:
    return lambda environment: function(argument(environment))


def _apply2(function: Callable[[Value, Value], Value], left: Compiled, right: Compiled) -> Compiled:
    return lambda environment: function(left(environment), right(environment))


def _call(name: str, arguments: list[Compiled]) -> Compiled:
    function = FUNCTIONS.get(name)
    if function is None:
        raise unknown(Text("function", "函数"), name, FUNCTIONS)
    least, most, apply = function.least, function.most, function.apply
    if len(arguments) < least or (most is not None and len(arguments) > most):
        wanted = f"{least}" if least == most else f"{least} - {most}" if most else f"{least}+"
        raise ShapeError(
            Text(f"{name} takes {wanted} arguments, not {len(arguments)}.", f"{name} 需要 {wanted} 个参数，而不是 {len(arguments)} 个。")
        )
    if len(arguments) == 1:
        return _apply1(apply, arguments[0])
    if len(arguments) == 2:
        return _apply2(apply, arguments[0], arguments[1])
    return lambda environment: apply(*[argument(environment) for argument in arguments])


def _index(base: Compiled, indices: list[Compiled]) -> Compiled:
    def pick(environment: Environment) -> Value:
        value = base(environment)
        for index in indices:
            position = whole(index(environment), 1)
            if not isinstance(value, tuple) or position > len(value):
                raise ShapeError(Text(f"There is no entry {position}.", f"没有第 {position} 个分量。"))
            value = tuple.__getitem__(value, position - 1)
        return value

    return pick


__all__ = ["CONSTANTS", "Compiled", "Environment", "Shape", "UnknownName", "compiled", "evaluate", "nearest", "unknown"]
