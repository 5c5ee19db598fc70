"""How the givens of a variant are drawn: a counter-based generator by name, and the kinds of draw a problem may ask for.

Each number comes from a hash of problem, version, seed, attempt and the name of the draw, so that adding a given never
shifts another and a variant is the same on every machine and in every version of Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple

from flint import fmpq

from exam_tool.expressions.arrays import Value, same
from exam_tool.expressions.evaluate import Compiled
from exam_tool.expressions.exact import ONE, ZERO
from exam_tool.expressions.functions import whole
from exam_tool.language import ExamToolError, Text


class Stream:
    """Unbiased whole numbers from BLAKE2b over a name and a counter."""

    __slots__ = ("buffer", "counter", "name")

    def __init__(self, name: str) -> None:
        self.name = name.encode()
        self.counter = 0
        self.buffer = b""

    def word(self) -> int:
        """32 bits."""
        if not self.buffer:
            self.buffer = blake2b(self.name, digest_size=64, salt=self.counter.to_bytes(8, "big")).digest()
            self.counter += 1
        word, self.buffer = self.buffer[:4], self.buffer[4:]
        return int.from_bytes(word, "big")

    def below(self, n: int) -> int:
        """A whole number from 0 to n - 1; words past the last full round are thrown away, so none is favoured."""
        limit = (1 << 32) - (1 << 32) % n
        while True:
            word = self.word()
            if word < limit:
                return word % n

    def shuffled(self, items: Iterable[Value]) -> list[Value]:
        found = list(items)
        for i in range(len(found) - 1, 0, -1):
            j = self.below(i + 1)
            found[i], found[j] = found[j], found[i]
        return found


class Pick(NamedTuple):
    """One of several values."""

    items: tuple[Value, ...]

    def draw(self, stream: Stream, values: Mapping[str, Value]) -> Value:
        return self.items[stream.below(len(self.items))]


class Range(NamedTuple):
    """A number from ``low`` to ``high`` inclusive, in steps; the ends may depend on earlier draws."""

    low: Compiled
    high: Compiled
    step: Compiled

    def draw(self, stream: Stream, values: Mapping[str, Value]) -> Value:
        low, high, step = self.low(values), self.high(values), self.step(values)
        if not all(isinstance(x, fmpq) for x in (low, high, step)) or step <= 0 or high < low:
            raise ExamToolError(Text("This range is empty.", "这个范围是空的。"))
        return low + step * stream.below(int(((high - low) / step).floor()) + 1)


class Formula(NamedTuple):
    """A fixed value, or one computed from earlier draws."""

    calculate: Compiled

    def draw(self, stream: Stream, values: Mapping[str, Value]) -> Value:
        return self.calculate(values)


class Array(NamedTuple):
    """A vector or matrix whose entries are drawn alike."""

    sizes: tuple[Compiled, ...]
    inner: Pick | Range
    distinct: bool = False
    nonzero: bool = False

    def draw(self, stream: Stream, values: Mapping[str, Value]) -> Value:
        return self._level(stream, values, [whole(size(values), 1) for size in self.sizes], [])

    def _level(self, stream: Stream, values: Mapping[str, Value], sizes: list[int], seen: list[Value]) -> Value:
        if sizes:
            return tuple(self._level(stream, values, sizes[1:], seen) for _ in range(sizes[0]))
        for _ in range(200):
            value = self.inner.draw(stream, values)
            if not (self.nonzero and value == ZERO) and not (self.distinct and any(same(value, old) for old in seen)):
                seen.append(value)
                return value
        raise ExamToolError(Text("There are not enough different values to draw from.", "可供抽取的不同值不够。"))


class Distribution(NamedTuple):
    """Multiples of 1/denominator from 0 that add up to 1: one row, or ``rows`` of them as a stochastic matrix."""

    size: Compiled
    denominator: int
    positive: bool
    matrix: bool

    def draw(self, stream: Stream, values: Mapping[str, Value]) -> Value:
        n = whole(self.size(values), 1)
        return tuple(self._row(stream, n) for _ in range(n)) if self.matrix else self._row(stream, n)

    def _row(self, stream: Stream, n: int) -> Value:
        spare = self.denominator - n if self.positive else self.denominator
        if spare < 0:
            raise ExamToolError(Text("The denominator is smaller than the number of positive parts.", "分母小于正的份数。"))
        cuts = sorted(stream.below(spare + 1) for _ in range(n - 1))
        parts = [b - a for a, b in zip([0, *cuts], [*cuts, spare], strict=True)]
        return tuple(fmpq(part + self.positive, self.denominator) for part in parts)


class Graph(NamedTuple):
    """The adjacency matrix of a random connected simple graph."""

    nodes: Compiled
    least: int
    most: int
    irregular: bool

    def draw(self, stream: Stream, values: Mapping[str, Value]) -> Value:
        n = whole(self.nodes(values), 2)
        for _ in range(200):
            matrix = self._connected(stream, n)
            if not self.irregular or len({int(sum(row).p) for row in matrix}) > 1:
                return matrix
        raise ExamToolError(Text("No irregular graph has this many nodes and edges.", "这样的节点数和边数没有非正则图。"))

    def _connected(self, stream: Stream, n: int) -> Value:
        """A random tree, then further edges until their number is reached."""
        order = stream.shuffled(range(n))
        edges = {frozenset((order[i], order[stream.below(i)])) for i in range(1, n)}
        possible = n * (n - 1) // 2
        least, most = max(self.least, n - 1), min(self.most, possible)
        if most < least:
            raise ExamToolError(Text("A connected graph needs at least n - 1 edges.", "连通图至少需要 n - 1 条边。"))
        wanted = least + stream.below(most - least + 1)
        others = [frozenset((i, j)) for i in range(n) for j in range(i) if frozenset((i, j)) not in edges]
        edges.update(stream.shuffled(others)[: wanted - len(edges)])
        return tuple(tuple(ONE if frozenset((i, j)) in edges and i != j else ZERO for j in range(n)) for i in range(n))


Draw = Pick | Range | Formula | Array | Distribution | Graph
