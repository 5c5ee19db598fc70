"""Random formulas over numbers, vectors and matrices, and their value by any library of arrays; used by two test modules."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from exam_tool.expressions.tree import Array, Binary, Call, Index, Name, Node, Number, Unary

Size = tuple[int, ...]


class Formulas:
    """Makes formulas of a given size; every name it uses gets a size of its own in ``inputs``."""

    def __init__(self, source: random.Random) -> None:
        self.source = source
        self.inputs: dict[str, Size] = {}

    def leaf(self, size: Size) -> str:
        known = [name for name, own in self.inputs.items() if own == size]
        if known and self.source.random() < 0.5:
            return self.source.choice(known)
        letters = {0: "abc", 1: "xyzu", 2: "WVUS"}[len(size)]
        name = f"{self.source.choice(letters)}_{len(self.inputs) + 1}"
        self.inputs[name] = size
        return name

    def make(self, size: Size, depth: int) -> str:
        if depth == 0:
            return self.leaf(size)
        pick = self.source.choice
        n = pick([2, 3])
        one, two = (lambda: self.make(size, depth - 1)), (lambda: self.make(size, 0))
        ways: list[Callable[[], str]] = [
            lambda: f"({one()} {pick('+-')} {two()})",
            lambda: f"{one()}*{two()}",
            lambda: f"hadamard({one()}, {two()})",
            lambda: f"({one()})^{pick([2, 3])}",
            lambda: f"-{one()}",
            lambda: f"{pick(['tanh', 'sigmoid', 'relu', 'abs', 'sin', 'cos'])}({one()})",
            lambda: f"{pick(['max', 'min'])}({one()}, {two()} + 0.037)",
            lambda: f"{two()}/({one()}^2 + 1)",
            lambda: f"{pick(['ln', 'sqrt'])}({one()}^2 + 1)",
            lambda: f"{self.make((), depth - 1)}*{two()}",
            lambda: f"({two()} {pick('+-')} {self.make((), depth - 1)})",
            lambda: f"2^(0.1*{one()})",
        ]
        if not size:
            m = pick([2, 3])
            ways = [
                *ways[:6],
                lambda: f"{pick(['sum', 'mean', 'max', 'min'])}({self.make(pick([(n,), (m, n)]), depth - 1)})",
                lambda: f"norm({self.make(pick([(n,), (m, n)]), depth - 1)} + 3)",
                lambda: f"norm({self.make((n,), depth - 1)}, 1)",
                lambda: f"dot({self.make((n,), depth - 1)}, {self.make((n,), 0)})",
                lambda: f"{self.make((n,), 0)} @ {self.make((n,), depth - 1)}",
                lambda: f"({self.make((n,), depth - 1)})[{pick(range(1, n + 1))}]",
                lambda: f"({self.make((m, n), depth - 1)})[{pick(range(1, m + 1))}, {pick(range(1, n + 1))}]",
            ]  # fmt: skip
        elif len(size) == 1:
            ways += [
                lambda: f"{self.make((*size, n), 0)} @ {self.make((n,), depth - 1)}",
                lambda: f"{self.make((n,), depth - 1)} @ {self.make((n, *size), 0)}",
                lambda: f"softmax({one()})",
                lambda: f"{pick(['sum', 'mean'])}({self.make((n, *size), depth - 1)}, 1)",
                lambda: f"{pick(['sum', 'mean'])}({self.make((*size, n), depth - 1)}, 2)",
                lambda: f"({self.make((n, *size), depth - 1)})[{pick(range(1, n + 1))}]",
            ]
        else:
            rows, columns = size
            ways += [
                lambda: f"{self.make((rows, n), depth - 1)} @ {self.make((n, columns), 0)}",
                lambda: f"{self.make((rows, n), 0)} @ {self.make((n, columns), depth - 1)}",
                lambda: f"outer({self.make((rows,), depth - 1)}, {self.make((columns,), 0)})",
                lambda: f"transpose({self.make((columns, rows), depth - 1)})",
                lambda: f"softmax({one()})",
            ]
        return f"({pick(ways)()})"


def value(node: Node, env: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    """A formula by the functions of a library, which differentiates it in its own way."""

    def of(part: Node) -> Any:
        return value(part, env, functions)

    match node:
        case Number():
            return float(node.text)
        case Name(name):
            return env[name]
        case Unary("-", inner):
            return -of(inner)
        case Binary(operator, left, right):
            return functions[operator](of(left), of(right))
        case Call(function, arguments):
            return functions[function](*map(of, arguments))
        case Index(base, indices):
            return of(base)[tuple(int(of(index)) - 1 for index in indices)]
        case Array(items):
            return [of(item) for item in items]
        case _:
            raise ValueError(node)
