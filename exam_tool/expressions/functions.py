"""The functions a formula may call, each on exact values and on balls alike. How they are printed is not decided here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

from flint import arb, fmpq

from exam_tool.language import Text

from . import exact
from .arrays import (
    MAX_ENTRIES,
    Shape,
    ShapeError,
    Value,
    as_matrix,
    as_vector,
    determinant,
    diagonal,
    dot,
    elementwise,
    entries,
    identity,
    inverse,
    is_scalar,
    map_entries,
    matrix_product,
    shape_of,
    solve,
    transpose,
)
from .exact import HALF, ONE, TWO, ZERO, Scalar, Undefined, add, compare, divide, exp, multiply, subtract


@dataclass(frozen=True, slots=True)
class Function:
    """A named function with the number of arguments it takes (``most`` is None when any number will do)."""

    name: str
    least: int
    most: int | None
    apply: Callable[..., Value]


def whole(value: Value, least: int = 0) -> int:
    """A Python integer from an exact whole number; Undefined for anything else."""
    if not isinstance(value, fmpq) or value.q != 1 or value < least:
        raise Undefined(Text(f"A whole number of at least {least} is needed here.", f"这里需要不小于 {least} 的整数。"))
    return int(value.p)


def _one(function: Callable[[Scalar], Scalar]) -> Callable[[Value], Value]:
    def apply(value: Value) -> Value:
        return map_entries(function, value) if isinstance(value, tuple) else function(value)

    return apply


def total(values: Sequence[Scalar]) -> Scalar:
    start: Scalar = ZERO
    return reduce(add, values, start)


def _sum(value: Value, axis: Value = None) -> Value:
    """All entries added; with axis 1 down each column, with axis 2 along each row."""
    return _along(value, axis, total)


def _mean(value: Value, axis: Value = None) -> Value:
    return _along(value, axis, lambda items: divide(total(items), fmpq(len(items))))


def _along(value: Value, axis: Value, function: Callable[[Sequence[Scalar]], Scalar]) -> Value:
    if axis is None:
        return function(list(entries(value)))
    rows = as_matrix(value) if whole(axis, 1) == 2 else tuple(zip(*as_matrix(value), strict=True))
    return tuple(function(row) for row in rows)


def _extreme(pick: Callable[[Scalar, Scalar], Scalar]) -> Callable[..., Value]:
    """The largest or smallest entry of one argument, or entry by entry of several."""
    pairwise = elementwise(pick)

    def apply(*arguments: Value) -> Value:
        return reduce(pick, entries(arguments[0])) if len(arguments) == 1 else reduce(pairwise, arguments)

    return apply


def _relu(a: Scalar) -> Scalar:
    return exact.larger(a, ZERO)


def _softmax(value: Value) -> Value:
    """Of a vector; of a matrix row by row."""
    if len(shape_of(value)) == 2:
        return tuple(_softmax(row) for row in value)
    powers = [exp(z) for z in as_vector(value)]
    bottom = total(powers)
    return tuple(divide(p, bottom) for p in powers)


def _argmax(value: Value) -> Value:
    """The position, from 1, of the largest entry of a vector (the first of several); of a matrix, of each row."""
    if len(shape_of(value)) == 2:
        return tuple(_argmax(row) for row in value)
    items = as_vector(value)
    best = 0
    for i in range(1, len(items)):
        if compare(items[i], items[best]) > 0:
            best = i
    return fmpq(best + 1)


def _argmin(value: Value) -> Value:
    return _argmax(map_entries(exact.negate, value))


def _onehot(position: Value, size: Value) -> Value:
    chosen, n = whole(position, 1), whole(size, 1)
    if chosen > n:
        raise ShapeError(Text(f"Position {chosen} is beyond the length {n}.", f"位置 {chosen} 超出长度 {n}。"))
    return tuple(ONE if i == chosen - 1 else ZERO for i in range(n))


def _outer(a: Value, b: Value) -> Value:
    """The matrix of all products ``a[i]*b[j]``."""
    return tuple(tuple(multiply(x, y) for y in as_vector(b)) for x in as_vector(a))


def _norm(value: Value, order: Value = None) -> Scalar:
    """The Euclidean (Frobenius) norm; with a second argument 1 the sum of absolute values."""
    if order is not None and order == ONE:
        return total([exact.absolute(x) for x in entries(value)])
    return exact.sqrt(total([multiply(x, x) for x in entries(value)]))


def _product(value: Value) -> Scalar:
    start: Scalar = ONE
    return reduce(multiply, entries(value), start)


def _concat(*arguments: Value) -> Value:
    """Vectors end to end; matrices side by side."""
    if all(len(shape_of(a)) == 2 for a in arguments):
        if len({len(a) for a in arguments}) > 1:
            raise ShapeError(Text("Matrices side by side need equally many rows.", "并排的矩阵行数必须相同。"))
        return tuple(tuple(x for a in arguments for x in a[i]) for i in range(len(arguments[0])))
    return tuple(x for a in arguments for x in (a if isinstance(a, tuple) else (a,)))


def _stack(*arguments: Value) -> Value:
    """Arrays of one shape as the rows of a new one."""
    shape_of(arguments)
    return arguments


def _column(value: Value, index: Value) -> Value:
    """One column of a matrix, as a vector."""
    matrix = as_matrix(value)
    j = whole(index, 1)
    if j > len(matrix[0]):
        raise ShapeError(Text(f"There is no column {j}.", f"没有第 {j} 列。"))
    return tuple(row[j - 1] for row in matrix)


def _flatten(value: Value) -> Value:
    return tuple(entries(value))


def _shape(*arguments: Value) -> Value:
    """``shape(32, 32, 16)`` is a size; ``shape(A)`` is the size of an array."""
    if len(arguments) == 1 and isinstance(arguments[0], tuple):
        return Shape(map(fmpq, shape_of(arguments[0])))
    return Shape(arguments)


def _length(value: Value) -> Value:
    if not isinstance(value, tuple):
        raise ShapeError(Text("Only a vector or matrix has a length.", "只有向量或矩阵才有长度。"))
    return fmpq(len(value))


def _filled(number: Scalar) -> Callable[..., Value]:
    """``zeros(n)`` or ``zeros(m, n)``, likewise ``ones``."""

    def apply(*sizes: Value) -> Value:
        counts = [whole(size, 1) for size in sizes]
        if reduce(lambda a, b: a * b, counts, 1) > MAX_ENTRIES:
            raise ShapeError(Text("This array is too large.", "这个数组太大。"))
        result: Value = number
        for count in reversed(counts):
            result = (result,) * count
        return result

    return apply


def _identity(size: Value) -> Value:
    n = whole(size, 1)
    if n * n > MAX_ENTRIES:
        raise ShapeError(Text("This matrix is too large.", "这个矩阵太大。"))
    return identity(n)


def _choose(condition: Value, yes: Value, no: Value) -> Value:
    """``where(c, a, b)``: ``a`` where the condition holds, else ``b``, entry by entry if ``c`` is an array."""
    if isinstance(condition, tuple):
        return tuple(
            _choose(c, yes[i] if isinstance(yes, tuple) else yes, no[i] if isinstance(no, tuple) else no) for i, c in enumerate(condition)
        )
    return yes if exact.sign(condition) else no


def _log_base(base: fmpq) -> Callable[[Scalar], Scalar]:
    bottom = exact.ln(base)

    def apply(a: Scalar) -> Scalar:
        if type(a) is fmpq and a > 0:
            exponent = _exact_logarithm(a, int(base.p))
            if exponent is not None:
                return fmpq(exponent)
        return divide(exact.ln(a), bottom)

    return apply


def _exact_logarithm(a: fmpq, base: int) -> int | None:
    """k with ``base^k == a``, if there is one."""
    if a.p != 1 and a.q != 1:
        return None
    rest, k = int(a.p if a.q == 1 else a.q), 0
    while rest % base == 0:
        rest //= base
        k += 1
    return (k if a.q == 1 else -k) if rest == 1 else None


def _reversed(value: Value) -> Value:
    """The entries (or rows) in the opposite order."""
    return tuple(reversed(value))


def _powers(base: Value, count: Value) -> Value:
    """``powers(gamma, n)`` is the vector ``[1, gamma, ..., gamma^(n-1)]``."""
    result: list[Scalar] = [ONE]
    for _ in range(whole(count, 1) - 1):
        result.append(multiply(result[-1], base))
    return tuple(result)


def _matrix_power(matrix: Value, exponent: Value) -> Value:
    result = identity(len(matrix))
    for _ in range(whole(exponent)):
        result = matrix_product(result, matrix)
    return result


def _gelu(a: Scalar) -> Scalar:
    """``a/2 * (1 + erf(a / sqrt(2)))``."""
    return multiply(multiply(a, HALF), add(ONE, exact.function("erf")(divide(a, exact.sqrt(TWO)))))


def _sort(value: Value) -> Value:
    """In ascending order."""
    items = list(as_vector(value))
    for i in range(1, len(items)):
        j = i
        while j and compare(items[j - 1], items[j]) > 0:
            items[j - 1], items[j] = items[j], items[j - 1]
            j -= 1
    return tuple(items)


def _variance(value: Value, axis: Value = None) -> Value:
    """The mean of squared deviations (divided by n)."""

    def of(items: Sequence[Scalar]) -> Scalar:
        centre = divide(total(items), fmpq(len(items)))
        return divide(total([exact.power(subtract(x, centre), TWO) for x in items]), fmpq(len(items)))

    return _along(value, axis, of)


def _column_vector(value: Value) -> Value:
    """A vector as a matrix of one column."""
    return tuple((x,) for x in as_vector(value))


FUNCTIONS: dict[str, Function] = {}


def register(name: str, least: int, most: int | None, apply: Callable[..., Value]) -> None:
    """Adds a function to the language; a second one of the same name is a programming error."""
    if name in FUNCTIONS:
        raise ValueError(f"the function {name} exists already")
    FUNCTIONS[name] = Function(name, least, most, apply)


for _name, _scalar_function in {
    "floor": exact.floor,
    "ceil": exact.ceil,
    "abs": exact.absolute,
    "sign": exact.sign_value,
    "exp": exact.exp,
    "ln": exact.ln,
    "log": exact.ln,
    "log2": _log_base(fmpq(2)),
    "log10": _log_base(fmpq(10)),
    "sqrt": exact.sqrt,
    "relu": _relu,
    "sigmoid": exact.sigmoid,
    "tanh": exact.tanh,
    "gelu": _gelu,
    "factorial": exact.factorial,
    **{name: exact.function(name) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "erf")},
}.items():
    register(_name, 1, 1, _one(_scalar_function))

for _name, _least, _most, _function in (
    ("min", 1, None, _extreme(exact.smaller)),
    ("max", 1, None, _extreme(exact.larger)),
    ("sum", 1, 2, _sum),
    ("mean", 1, 2, _mean),
    ("variance", 1, 2, _variance),
    ("prod", 1, 1, _product),
    ("softmax", 1, 1, _softmax),
    ("argmax", 1, 1, _argmax),
    ("argmin", 1, 1, _argmin),
    ("onehot", 2, 2, _onehot),
    ("transpose", 1, 1, transpose),
    ("inv", 1, 1, inverse),
    ("solve", 2, 2, solve),
    ("det", 1, 1, determinant),
    ("diag", 1, 1, diagonal),
    ("identity", 1, 1, _identity),
    ("hadamard", 2, 2, elementwise(multiply)),
    ("dot", 2, 2, dot),
    ("outer", 2, 2, _outer),
    ("norm", 1, 2, _norm),
    ("concat", 1, None, _concat),
    ("stack", 1, None, _stack),
    ("column", 2, 2, _column),
    ("col", 1, 1, _column_vector),
    ("flatten", 1, 1, _flatten),
    ("shape", 1, None, _shape),
    ("len", 1, 1, _length),
    ("zeros", 1, None, _filled(ZERO)),
    ("ones", 1, None, _filled(ONE)),
    ("where", 3, 3, _choose),
    ("reverse", 1, 1, _reversed),
    ("powers", 2, 2, _powers),
    ("matpow", 2, 2, _matrix_power),
    ("sort", 1, 1, _sort),
):
    register(_name, _least, _most, _function)


def truth(value: Value) -> bool:
    """Whether a condition holds: a number other than 0, or an array of such numbers only."""
    if isinstance(value, tuple):
        return all(map(truth, value))
    if isinstance(value, bool):
        return value
    if not is_scalar(value) or (isinstance(value, arb) and not value.is_exact()):
        raise Undefined(Text("This condition is neither true nor false.", "这个条件既不真也不假。"))
    return exact.sign(value) != 0
