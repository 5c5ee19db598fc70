"""Vectors, matrices and tensors of exact numbers as nested tuples, and the operations of linear algebra on them.

A vector of n numbers is a tuple of n scalars, an m x n matrix a tuple of m such rows, a tensor is nested deeper.
``Shape`` is a tuple of whole numbers that stands for a size such as 32 x 32 x 16.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flint import arb, fmpq, fmpq_mat

from exam_tool.language import ExamToolError, Text

from .exact import ONE, ZERO, Real, Scalar, Undefined, add, compare, divide, multiply, negate, sign, subtract

Value = Any  # Scalar | Shape | tuple[Value, ...] | bool | str; a recursive alias would hide more than it says

MAX_ENTRIES = 4096


class ShapeError(ExamToolError):
    """Arrays whose sizes do not fit together."""


class Shape(tuple[fmpq, ...]):
    """The size of an array, for example 32 x 32 x 16; compared as a whole and printed with crosses."""

    __slots__ = ()


def is_scalar(value: Value) -> bool:
    return isinstance(value, fmpq | Real | arb)


def shape_of(value: Value) -> tuple[int, ...]:
    """``()`` for a scalar, ``(n,)`` for a vector, ``(m, n)`` for a matrix.

    Raises:
        ShapeError: for rows of different length.
    """
    if not isinstance(value, tuple):
        return ()
    if not value:
        return (0,)
    inner = shape_of(value[0])
    for item in value:
        if (isinstance(item, tuple) or inner) and shape_of(item) != inner:
            raise ShapeError(Text("The rows have different lengths.", "各行长度不同。"))
    return (len(value), *inner)


def entries(value: Value) -> Iterator[Scalar]:
    """Every number of an array, row by row; a scalar is its own only entry."""
    if isinstance(value, tuple):
        for item in value:
            yield from entries(item)
    else:
        yield value


def map_entries(function: Callable[[Scalar], Value], value: Value) -> Value:
    """The function applied to every number."""
    if isinstance(value, tuple):
        return tuple(map_entries(function, item) for item in value)
    return function(value)


def zip_entries(function: Callable[[Scalar, Scalar], Value], a: Value, b: Value) -> Value:
    """The function applied to matching numbers of two arrays of one shape; a scalar matches every entry.

    A vector is never stretched along a matrix: such an operation has no standard meaning on paper.
    """
    if isinstance(a, tuple):
        if not isinstance(b, tuple):
            return tuple(zip_entries(function, item, b) for item in a)
        if len(a) != len(b):
            raise misfit(a, b)
        return tuple(zip_entries(function, x, y) for x, y in zip(a, b, strict=True))
    if isinstance(b, tuple):
        return tuple(zip_entries(function, a, item) for item in b)
    return function(a, b)


def elementwise(function: Callable[[Scalar, Scalar], Value]) -> Callable[[Value, Value], Value]:
    """A binary operation on scalars, lifted to arrays, with the direct way first since it is the hot one."""

    def apply(a: Value, b: Value) -> Value:
        if type(a) is tuple or type(b) is tuple:
            if type(a) is type(b) and shape_of(a) != shape_of(b):
                raise misfit(a, b)
            return zip_entries(function, a, b)
        return function(a, b)

    return apply


def misfit(a: Value, b: Value) -> ShapeError:
    first, second = ("x".join(map(str, shape_of(x))) or "1" for x in (a, b))
    return ShapeError(Text(f"The sizes {first} and {second} do not fit.", f"尺寸 {first} 与 {second} 不相容。"))


def as_matrix(value: Value) -> tuple[tuple[Scalar, ...], ...]:
    if len(shape_of(value)) != 2:
        raise ShapeError(Text("A matrix is needed here.", "这里需要矩阵。"))
    matrix: tuple[tuple[Scalar, ...], ...] = value
    return matrix


def as_vector(value: Value) -> tuple[Scalar, ...]:
    if len(shape_of(value)) != 1:
        raise ShapeError(Text("A vector is needed here.", "这里需要向量。"))
    vector: tuple[Scalar, ...] = value
    return vector


def dot(a: Value, b: Value) -> Scalar:
    """The sum of products of two vectors of one length."""
    if len(a) != len(b):
        raise misfit(a, b)
    total: Scalar = ZERO
    for x, y in zip(a, b, strict=True):
        total = add(total, multiply(x, y))
    return total


def matrix_product(a: Value, b: Value) -> Value:
    """``a @ b`` of matrices and vectors: a vector on the left is a row, on the right a column; two give a number."""
    left, right = len(shape_of(a)), len(shape_of(b))
    if (left, right) == (1, 1):
        return dot(a, b)
    if not (1 <= left <= 2 and 1 <= right <= 2):
        raise ShapeError(Text("The product @ is for vectors and matrices.", "运算 @ 只用于向量和矩阵。"))
    if shape_of(a)[-1] != len(b):
        raise misfit(a, b)
    if right == 1:
        return tuple(dot(row, b) for row in a)
    columns = tuple(zip(*b, strict=True))
    if left == 1:
        return tuple(dot(a, column) for column in columns)
    return tuple(tuple(dot(row, column) for column in columns) for row in a)


def transpose(value: Value) -> Value:
    """Rows become columns; a vector stays as it is."""
    return value if len(shape_of(value)) == 1 else tuple(zip(*as_matrix(value), strict=True))


def identity(n: int) -> Value:
    return tuple(tuple(ONE if i == j else ZERO for j in range(n)) for i in range(n))


def diagonal(value: Value) -> Value:
    """The diagonal matrix of a vector, or the diagonal of a square matrix."""
    if len(shape_of(value)) == 1:
        return tuple(tuple(x if i == j else ZERO for j in range(len(value))) for i, x in enumerate(value))
    return tuple(row[i] for i, row in enumerate(square(value)))


def square(value: Value) -> tuple[tuple[Scalar, ...], ...]:
    matrix = as_matrix(value)
    if len(matrix) != len(matrix[0]):
        raise ShapeError(Text("A square matrix is needed here.", "这里需要方阵。"))
    return matrix


SINGULAR = Text("The matrix has no inverse (its determinant is 0).", "矩阵不可逆（行列式为 0）。")


def solve(matrix: Value, right: Value) -> Value:
    """``x`` with ``matrix @ x = right``, exactly; ``right`` is a vector or a matrix.

    Raises:
        Undefined: when the matrix is singular.
    """
    a = square(matrix)
    vector = len(shape_of(right)) == 1
    b = tuple((x,) for x in right) if vector else as_matrix(right)
    if len(a) != len(b):
        raise misfit(a, b)
    left, beside = _rational(a), _rational(b)
    rows: tuple[tuple[Scalar, ...], ...]
    if left is not None and beside is not None:
        try:
            found = left.solve(beside)
        except ZeroDivisionError:
            raise Undefined(SINGULAR) from None
        rows = tuple(tuple(fmpq(found[i, j]) for j in range(len(b[0]))) for i in range(len(a)))
    else:
        rows = _eliminate(a, b)
    return tuple(row[0] for row in rows) if vector else rows


def _rational(matrix: Value) -> fmpq_mat | None:
    """The matrix for the fast exact solver, if all its entries are rational."""
    return fmpq_mat([list(row) for row in matrix]) if all(type(x) is fmpq for row in matrix for x in row) else None


def _eliminate(a: Value, b: Value) -> tuple[tuple[Scalar, ...], ...]:
    """Gauss-Jordan elimination for entries that are not all rational."""
    size = len(a)
    rows = [[*left, *right] for left, right in zip(a, b, strict=True)]
    for column in range(size):
        pivot = next((i for i in range(column, size) if sign(rows[i][column]) != 0), None)
        if pivot is None:
            raise Undefined(SINGULAR)
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column][column]
        rows[column] = [divide(x, head) for x in rows[column]]
        for i in range(size):
            if i != column and not (type(rows[i][column]) is fmpq and not rows[i][column]):
                factor = rows[i][column]
                rows[i] = [subtract(x, multiply(factor, y)) for x, y in zip(rows[i], rows[column], strict=True)]
    return tuple(tuple(row[size:]) for row in rows)


def inverse(matrix: Value) -> Value:
    return solve(matrix, identity(len(square(matrix))))


def determinant(matrix: Value) -> Scalar:
    a = square(matrix)
    rational = _rational(a)
    if rational is not None:
        return rational.det()
    if len(a) == 1:
        return a[0][0]
    total: Scalar = ZERO
    for j, head in enumerate(a[0]):
        minor = tuple(row[:j] + row[j + 1 :] for row in a[1:])
        term = multiply(head, determinant(minor))
        total = add(total, negate(term) if j % 2 else term)
    return total


def same(a: Value, b: Value) -> bool:
    """Equal values of one shape, decided exactly entry by entry."""
    if isinstance(a, tuple) or isinstance(b, tuple):
        if not (isinstance(a, tuple) and isinstance(b, tuple)):
            return False
        return len(a) == len(b) and all(map(same, a, b))
    if is_scalar(a) and is_scalar(b):
        return compare(a, b) == 0
    return type(a) is type(b) and bool(a == b)
