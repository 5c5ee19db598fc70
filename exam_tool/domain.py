"""What a given or a step may be: whole, positive, a probability, a stochastic matrix. It judges values, never answers."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flint import arb, fmpq

from exam_tool.expressions.arrays import Shape, Value, as_matrix, entries, same, shape_of
from exam_tool.expressions.evaluate import evaluate
from exam_tool.expressions.exact import ONE, ZERO, compare
from exam_tool.expressions.functions import total
from exam_tool.expressions.reader import read
from exam_tool.language import ExamToolError, Text


class DomainError(ExamToolError):
    """A value outside its declared domain, or of another size than the formula needs."""


COMPARISONS: dict[str, tuple[Callable[[Any, Any], bool], Text]] = {
    ">=": (operator.ge, Text("at least", "不小于")),
    "<=": (operator.le, Text("at most", "不大于")),
    ">": (operator.gt, Text("greater than", "大于")),
    "<": (operator.lt, Text("less than", "小于")),
    "!=": (operator.ne, Text("not", "不等于")),
}
BOUND = re.compile(r"(>=|<=|!=|>|<)\s*(\S+)$")


def _rows_are_distributions(value: Value) -> bool:
    """Of a matrix, or of each matrix of a tensor (one for each action, say)."""
    if len(shape_of(value)) == 3:
        return all(map(_rows_are_distributions, value))
    return all(map(_is_distribution, as_matrix(value)))


def _is_distribution(value: Value) -> bool:
    items = list(entries(value))
    return all(compare(x, ZERO) >= 0 for x in items) and compare(total(items), ONE) == 0


def _is_square(value: Value) -> bool:
    shape = shape_of(value)
    return len(shape) == 2 and shape[0] == shape[1]


def _is_symmetric(value: Value) -> bool:
    return _is_square(value) and same(value, tuple(zip(*value, strict=True)))


def _is_one_hot(value: Value) -> bool:
    """Of a vector; of a matrix, each row."""
    if len(shape_of(value)) == 2:
        return all(map(_is_one_hot, value))
    items = list(entries(value))
    return all(x in (ZERO, ONE) for x in items) and items.count(ONE) == 1


def _is_whole(value: Value) -> bool:
    if type(value) is fmpq:
        return bool(value.q == 1)
    return all(isinstance(x, fmpq) and x.q == 1 for x in entries(value))


WORDS: dict[str, tuple[Callable[[Value], bool], Text]] = {
    "integer": (_is_whole, Text("a whole number", "整数")),
    "probability": (
        lambda value: all(compare(x, ZERO) >= 0 and compare(x, ONE) <= 0 for x in entries(value)),
        Text("between 0 and 1", "介于 0 和 1 之间"),
    ),
    "distribution": (_is_distribution, Text("numbers from 0 that add up to 1", "非负且总和为 1 的数")),
    "stochastic": (_rows_are_distributions, Text("a matrix whose rows add up to 1", "每行之和为 1 的矩阵")),
    "square": (_is_square, Text("a square matrix", "方阵")),
    "symmetric": (_is_symmetric, Text("a symmetric matrix", "对称矩阵")),
    "one-hot": (_is_one_hot, Text("one 1 and otherwise 0", "只有一个 1，其余为 0 的向量")),
}


@dataclass(frozen=True, slots=True)
class Domain:
    """Conditions on every entry of a value, and the letters or numbers its size must match (None: any size)."""

    text: str
    words: tuple[str, ...]
    bounds: tuple[tuple[str, fmpq], ...]
    sizes: tuple[str, ...] | None

    def describe(self) -> Text:
        """The domain as a phrase for people; empty when anything goes."""
        parts = [WORDS[word][1] for word in self.words]
        bounds = [(COMPARISONS[op][1], str(bound)) for op, bound in self.bounds]
        en = ", ".join([part.en for part in parts] + [f"{phrase.en} {bound}" for phrase, bound in bounds])
        zh = "，".join([part.zh for part in parts] + [f"{phrase.zh} {bound}" for phrase, bound in bounds])
        return Text(en, zh)

    def holds(self, value: Value) -> bool:
        """Whether a value satisfies the conditions (its size is not looked at)."""
        if type(value) is fmpq:  # most givens and steps, without the way over entries
            return all(WORDS[word][0](value) for word in self.words) and all(COMPARISONS[op][0](value, bound) for op, bound in self.bounds)
        if isinstance(value, str | bool):
            return not self.words and not self.bounds
        if not isinstance(value, tuple) and isinstance(value, arb):
            return True
        if not all(WORDS[word][0](value) for word in self.words):
            return False
        return all(COMPARISONS[op][0](compare(x, bound), 0) for op, bound in self.bounds for x in entries(value))


@lru_cache(maxsize=1024)
def domain(text: str, shape: str | None = None) -> Domain:
    """A domain from its short form: words and bounds between commas, as in ``"integer, >= 1"``.

    ``shape`` lists sizes between spaces, each a number or a letter shared by the givens of one calculation:
    ``"n n"`` is a square matrix, ``"n"`` a vector of the same length, ``""`` a scalar, None leaves the size open.
    """
    words: list[str] = []
    bounds: list[tuple[str, fmpq]] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        if part in WORDS:
            words.append(part)
        elif match := BOUND.match(part):
            bounds.append((match[1], evaluate(read(match[2]))))
        else:
            raise ValueError(f"a domain cannot say {part!r}")
    return Domain(text, tuple(words), tuple(bounds), None if shape is None else tuple(shape.split()))


def require(name: str, value: Value, wanted: Domain, sizes: dict[str, int]) -> None:
    """Checks one given; letters met for the first time are entered into ``sizes``.

    Raises:
        DomainError: which says what the given must be and what was found.
    """
    if wanted.sizes is not None:
        _require_size(name, value, wanted.sizes, sizes)
    if not wanted.holds(value):
        must = wanted.describe()
        raise DomainError(Text(f"{name} must be {must.en}.", f"{name} 必须满足：{must.zh}。"))


def _require_size(name: str, value: Value, wanted: tuple[str, ...], sizes: dict[str, int]) -> None:
    found = shape_of(value) if not isinstance(value, Shape) else (len(value),)
    if isinstance(value, str) or len(found) != len(wanted):
        kinds = (Text("a number", "一个数"), Text("a vector", "向量"), Text("a matrix", "矩阵"), Text("a tensor", "张量"))
        kind = kinds[min(len(wanted), 3)]
        raise DomainError(Text(f"{name} must be {kind.en}.", f"{name} 必须是{kind.zh}。"))
    for letter, size in zip(wanted, found, strict=True):
        expected = int(letter) if letter.isdigit() else sizes.setdefault(letter, size)
        if expected != size:
            raise DomainError(
                Text(
                    f"{name} has size {_times(found)}, but {letter} is {expected}.",
                    f"{name} 的尺寸是 {_times(found)}，但 {letter} 应为 {expected}。",
                )
                if not letter.isdigit()
                else Text(
                    f"{name} has size {_times(found)}; {expected} entries are needed.",
                    f"{name} 的尺寸是 {_times(found)}，需要 {expected} 个分量。",
                )
            )


def _times(size: tuple[int, ...]) -> str:
    return "x".join(map(str, size)) or "1"
