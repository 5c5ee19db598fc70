"""Operations on feature maps that the expression language gains: padding, rotation, convolution, pooling and the way back.

Maps are matrices of exact numbers or of balls. Convolution here does not flip the kernel, as in deep-learning courses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from itertools import product

from flint import fmpq

from exam_tool.expressions import exact
from exam_tool.expressions.arrays import ShapeError, Value, as_matrix, as_vector, dot
from exam_tool.expressions.exact import ZERO, Scalar
from exam_tool.expressions.functions import register, total, whole
from exam_tool.language import Text

Matrix = tuple[tuple[Scalar, ...], ...]


def padded(value: Value, rows: Value, columns: Value = None) -> Matrix:
    """``pad(X, P)`` with P zeros on every side; ``pad(X, P, Q)`` with P above and below, Q left and right."""
    top = whole(rows)
    side = top if columns is None else whole(columns)
    matrix = as_matrix(value)
    width = len(matrix[0]) + 2 * side
    empty = ((ZERO,) * width,) * top
    return (*empty, *((ZERO,) * side + row + (ZERO,) * side for row in matrix), *empty)


def padded_after(value: Value, count: Value) -> Matrix:
    """Zeros below and to the right only: what padding on one side gives."""
    n, matrix = whole(count), as_matrix(value)
    width = len(matrix[0]) + n
    return (*(row + (ZERO,) * n for row in matrix), *(((ZERO,) * width,) * n))


def spread(value: Value, count: Value) -> Matrix:
    """Zeros between neighbouring entries instead of around them."""
    n, matrix = whole(count), as_matrix(value)
    rows = [_spaced(row, n, ZERO) for row in matrix]
    return tuple(_spaced(rows, n, (ZERO,) * len(rows[0])))


def _spaced(items: Sequence[Value], count: int, filler: Value) -> tuple[Value, ...]:
    return tuple(x for i, item in enumerate(items) for x in ((filler,) * (count if i else 0) + (item,)))


def rotated(value: Value) -> Matrix:
    """Turned by 180 degrees."""
    return tuple(tuple(reversed(row)) for row in reversed(as_matrix(value)))


def windows(value: Value, height: int, width: int, stride: int) -> Iterator[Iterator[list[Scalar]]]:
    """Row by row the entries under a window at each of its positions."""
    matrix = as_matrix(value)
    rows = range(0, len(matrix) - height + 1, stride)
    columns = range(0, len(matrix[0]) - width + 1, stride)
    if not rows or not columns:
        raise ShapeError(Text("The window is larger than the map.", "窗口比特征图还大。"))
    for i in rows:
        yield ([matrix[i + u][j + v] for u in range(height) for v in range(width)] for j in columns)


def convolved(value: Value, kernel: Value, stride: Value = None) -> Matrix:
    """``conv2d(X, K)`` or ``conv2d(X, K, S)``: the sum of products under the kernel at each position, without padding."""
    weights = as_matrix(kernel)
    flat = [w for row in weights for w in row]
    step = 1 if stride is None else whole(stride, 1)
    return tuple(tuple(dot(part, flat) for part in row) for row in windows(value, len(weights), len(weights[0]), step))


def _under(matrix: Value, kernel: Value, stride: Value, measure: Callable[[list[Scalar], Matrix], Scalar]) -> Matrix:
    weights = as_matrix(kernel)
    return tuple(tuple(measure(part, weights) for part in row) for row in windows(matrix, len(weights), len(weights[0]), whole(stride, 1)))


def largest_product(value: Value, kernel: Value, stride: Value) -> Matrix:
    """The largest product under the kernel: pooling in place of a sum."""
    return _under(value, kernel, stride, lambda part, weights: _largest([exact.multiply(x, w) for x, w in zip(part, (w for row in weights for w in row), strict=True)]))


def _largest(items: Sequence[Scalar]) -> Scalar:
    return reduce(exact.larger, items)


def _smallest(items: Sequence[Scalar]) -> Scalar:
    return reduce(exact.smaller, items)


def _mean(items: Sequence[Scalar]) -> Scalar:
    return exact.divide(total(items), fmpq(len(items)))


def pooled(measure: Callable[[list[Scalar]], Scalar]) -> Callable[..., Matrix]:
    """``name(X, k, S)``: one number for each k x k window."""

    def apply(value: Value, size: Value, stride: Value) -> Matrix:
        k = whole(size, 1)
        return tuple(tuple(measure(part) for part in row) for row in windows(value, k, k, whole(stride, 1)))

    return apply


def winner(value: Value, row: Value, column: Value, size: Value) -> Value:
    """``winner(X, i, j, k)``: row and column of the largest entry (the first of several) of the k x k window that starts at (i, j)."""
    matrix, top, left, k = as_matrix(value), whole(row, 1), whole(column, 1), whole(size, 1)
    best = (top, left)
    for i, j in product(range(top, top + k), range(left, left + k)):
        if exact.compare(matrix[i - 1][j - 1], matrix[best[0] - 1][best[1] - 1]) > 0:
            best = (i, j)
    return (fmpq(best[0]), fmpq(best[1]))


def placed(rows: Value, columns: Value, positions: Value, values: Value) -> Matrix:
    """``place(m, n, positions, values)``: an m x n matrix of zeros to which each value is added at its position."""
    m, n = whole(rows, 1), whole(columns, 1)
    grid: list[list[Scalar]] = [[ZERO] * n for _ in range(m)]
    for position, number in zip(positions, as_vector(values), strict=True):
        i, j = (whole(part, 1) for part in position)
        if i > m or j > n:
            raise ShapeError(Text(f"({i}, {j}) lies outside the map.", f"({i}, {j}) 在特征图之外。"))
        grid[i - 1][j - 1] = exact.add(grid[i - 1][j - 1], number)
    return tuple(map(tuple, grid))


def copied_back(rows: Value, columns: Value, gradient: Value, size: Value, stride: Value) -> Matrix:
    """``copy_back(m, n, G, k, S)``: each entry of G added to all entries of the window it came from."""
    k, s = whole(size, 1), whole(stride, 1)
    grid: list[list[Scalar]] = [[ZERO] * whole(columns, 1) for _ in range(whole(rows, 1))]
    for i, row in enumerate(as_matrix(gradient)):
        for j, number in enumerate(row):
            for u, v in product(range(k), range(k)):
                grid[i * s + u][j * s + v] = exact.add(grid[i * s + u][j * s + v], number)
    return tuple(map(tuple, grid))


def channel(value: Value, index: Value) -> Matrix:
    """``channel(X, c)``: one channel, as a matrix, of a map written height x width x channels."""
    c = whole(index, 1)
    if c > len(value[0][0]):
        raise ShapeError(Text(f"There is no channel {c}.", f"没有第 {c} 个通道。"))
    return tuple(tuple(pixel[c - 1] for pixel in row) for row in value)


def convolved_1d(signal: Value, kernel: Value) -> Value:
    """``conv1d(x, k)``: as long as x, with zeros beyond both ends; the kernel is centred (to the left if it is even) and not flipped."""
    x, w = as_vector(signal), as_vector(kernel)
    left = (len(w) - 1) // 2
    wide = (ZERO,) * left + x + (ZERO,) * (len(w) - 1 - left)
    return tuple(dot(wide[i : i + len(w)], w) for i in range(len(x)))


def shifted(signal: Value, count: Value) -> Value:
    """``shift(x, s)``: every entry s places later, zeros first; what leaves the end is lost."""
    x, s = as_vector(signal), whole(count)
    return ((ZERO,) * s + x)[: len(x)]


for _name, _least, _most, _function in (
    ("pad", 2, 3, padded),
    ("pad_after", 2, 2, padded_after),
    ("insert_zeros", 2, 2, spread),
    ("rot180", 1, 1, rotated),
    ("conv2d", 2, 3, convolved),
    ("max_product", 3, 3, largest_product),
    ("max_pool", 3, 3, pooled(_largest)),
    ("min_pool", 3, 3, pooled(_smallest)),
    ("mean_pool", 3, 3, pooled(_mean)),
    ("sum_pool", 3, 3, pooled(total)),
    ("winner", 4, 4, winner),
    ("place", 4, 4, placed),
    ("copy_back", 5, 5, copied_back),
    ("channel", 2, 2, channel),
    ("conv1d", 2, 2, convolved_1d),
    ("shift", 2, 2, shifted),
):
    register(_name, _least, _most, _function)
