"""A formula over numbers, vectors and matrices taken apart into single operations, each with the size of its result. It differentiates nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flint import fmpq

from exam_tool.expressions.arrays import shape_of
from exam_tool.expressions.evaluate import CONSTANTS, evaluate
from exam_tool.expressions.printing import text
from exam_tool.expressions.reader import read
from exam_tool.expressions.tree import Binary, Call, Index, Name, Node, Number, Unary, names, walk
from exam_tool.language import Text

from .work import CalculatorError

Size = tuple[int, ...]

EACH_ENTRY = ("exp", "ln", "log", "sqrt", "relu", "sigmoid", "tanh", "abs", "sin", "cos")
OF_TWO = ("+", "-", "*", "/", "^", "hadamard", "max", "min")  # entry by entry; a number goes with every entry
OF_ALL = ("sum", "mean", "norm", "max", "min")  # one number from an array
PRODUCTS = ("@", "dot", "outer")
KNOWN = "+ - * / ^ @ x[i], hadamard, dot, outer, transpose, sum, mean, max, min, norm, softmax, " + ", ".join(EACH_ENTRY)


@dataclass(frozen=True, slots=True)
class Operand:
    """What an operation is applied to: a node or input by name, or a constant as it is written."""

    text: str
    size: Size
    constant: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One node of the graph. ``formula`` is its forward line; ``places`` are the indices of an entry, or the axis of a sum."""

    name: str
    kind: str
    inputs: tuple[Operand, ...]
    size: Size
    formula: str
    places: tuple[int, ...] = ()


@dataclass
class TensorGraph:
    """Operations in the order in which they are computed; the last one gives the result."""

    leaves: tuple[str, ...]
    operations: list[Operation] = field(default_factory=list)

    @property
    def result(self) -> Operation:
        return self.operations[-1]

    def uses(self, name: str) -> list[tuple[Operation, int]]:
        """Every place where a node enters a later operation."""
        return [(op, i) for op in self.operations for i, operand in enumerate(op.inputs) if not operand.constant and operand.text == name]


def statements(source: str) -> list[tuple[str, Node]]:
    """``z = W @ x; sum(z)`` as names (empty where there is none) and formulas."""
    found = []
    for part in filter(None, map(str.strip, source.replace("\n", ";").split(";"))):
        left, equals, right = part.partition("=")
        named = equals and not right.startswith("=") and left.strip().isidentifier()
        found.append((left.strip(), read(right.strip())) if named else ("", read(part)))
    if not found:
        raise CalculatorError(Text("There is no formula.", "没有公式。"))
    return found


def inputs_of(parts: list[tuple[str, Node]]) -> tuple[str, ...]:
    """The names the formulas use without defining them, in the order in which they are met."""
    found: dict[str, None] = {}
    defined: set[str] = set()
    for name, tree in parts:
        for leaf in _in_order(tree):
            if leaf not in defined and leaf not in CONSTANTS:
                found[leaf] = None
        if name:
            if name in defined or name in found or name in CONSTANTS:
                raise CalculatorError(Text(f"{name} has a meaning already.", f"{name} 已有定义。"))
            defined.add(name)
    if not found:
        raise CalculatorError(Text("The formula has no input.", "公式中没有输入。"))
    return tuple(found)


def _in_order(node: Node) -> list[str]:
    """The names of a formula from left to right."""
    return [part.name for part in walk(node) if isinstance(part, Name)]


class Builder:
    """Takes formulas apart; a part that is written twice is computed once."""

    def __init__(self, parts: list[tuple[str, Node]], sizes: Mapping[str, Size]) -> None:
        self.graph = TensorGraph(tuple(sizes))
        self.sizes = dict(sizes)
        self.known: dict[Node, Operand] = {}
        self.reserved = {*sizes, *(name for name, _ in parts)}
        for number, (name, tree) in enumerate(parts, 1):
            last = number == len(parts)
            if isinstance(tree, Name) or not names(tree) - set(CONSTANTS):
                raise CalculatorError(Text(f"{text(tree)} applies no operation.", f"{text(tree)} 中没有运算。"))
            found = self._operation(tree, name or (self._result_name() if last else ""))
            if name:
                self.known[Name(name)] = found
        if self.graph.result.size:
            much = "x".join(map(str, self.graph.result.size))
            raise CalculatorError(
                Text(
                    f"The result must be one number, not an array of {much}: take its sum, mean or norm.",
                    f"结果必须是一个数，而不是 {much} 的数组：请对它取 sum、mean 或 norm。",
                )
            )

    def _result_name(self) -> str:
        return next(name for name in ("f", "L", "J", "F", "result", *(f"f_{i}" for i in range(1, 99))) if name not in self.reserved)

    def _fresh(self) -> str:
        number = 1
        while f"q_{number}" in self.reserved:
            number += 1
        return f"q_{number}"

    def _operand(self, node: Node) -> Operand:
        if isinstance(node, Unary) and node.operator == "+":
            return self._operand(node.argument)
        if not names(node) - set(CONSTANTS):
            return Operand(_bracketed(node), shape_of(evaluate(node)), constant=True)
        if node in self.known:
            return self.known[node]
        if isinstance(node, Name):
            return Operand(node.name, self.sizes[node.name])
        return self._operation(node)

    def _operation(self, node: Node, name: str = "") -> Operand:
        kind, parts, places = _taken_apart(node)
        inputs = tuple(map(self._operand, parts))
        size = size_of(kind, inputs, places)
        name = name or self._fresh()
        self.reserved.add(name)
        self.sizes[name] = size
        self.graph.operations.append(Operation(name, kind, inputs, size, _forward(kind, [part.text for part in inputs], places), places))
        self.known[node] = Operand(name, size)
        return self.known[node]


def _bracketed(node: Node) -> str:
    shown = text(node)
    return shown if isinstance(node, Number | Name | Call) or shown.startswith("[") else f"({shown})"


def _taken_apart(node: Node) -> tuple[str, tuple[Node, ...], tuple[int, ...]]:
    """The kind of an operation, what it is applied to, and its indices or axis."""
    match node:
        case Binary(("+" | "-" | "*" | "/" | "^" | "@") as operator, left, right):
            return operator, (left, right), ()
        case Unary("-", inner):
            return "negative", (inner,), ()
        case Call(("max" | "min") as function, (first, *rest)) if rest:
            return function, (first, rest[0] if len(rest) == 1 else Call(function, tuple(rest))), ()
        case Call(("sum" | "mean") as function, (inner, Number(value, _))) if value in (1, 2):
            return function, (inner,), (int(value.p),)
        case Call("norm", (inner, Number(value, _))) if value in (1, 2):
            return "norm", (inner,), (int(value.p),)
        case Call(function, (inner,)) if function in (*EACH_ENTRY, *OF_ALL, "softmax", "transpose"):
            return function, (inner,), ()
        case Call(("hadamard" | "dot" | "outer") as function, (left, right)):
            return function, (left, right), ()
        case Index(base, indices) if all(isinstance(index, Number) and index.value.q == 1 for index in indices):
            return "index", (base,), tuple(int(index.value.p) for index in indices if isinstance(index, Number))
        case _:
            raise CalculatorError(Text(f"{text(node)} cannot be taken apart. Known: {KNOWN}.", f"无法拆解 {text(node)}。可用：{KNOWN}。"))


def _forward(kind: str, parts: list[str], places: tuple[int, ...]) -> str:
    match kind:
        case "+" | "-" | "@":
            return f"{parts[0]} {kind} {parts[1]}"
        case "*" | "/" | "^":
            return f"{parts[0]}{kind}{parts[1]}"
        case "negative":
            return f"-{parts[0]}"
        case "index":
            return f"{parts[0]}[{', '.join(map(str, places))}]"
        case _:
            return f"{kind}({', '.join([*parts, *map(str, places)])})"


def size_of(kind: str, inputs: tuple[Operand, ...], places: tuple[int, ...] = ()) -> Size:
    """The size of what an operation gives.

    Raises:
        CalculatorError: for sizes that do not fit, with both of them.
    """
    sizes = tuple(operand.size for operand in inputs)
    if any(len(size) > 2 for size in sizes):
        raise _misfit(kind, inputs)
    match kind, sizes:
        case _, (a, b) if kind in OF_TWO and (a == b or not a or not b):
            return a or b
        case ("@" | "dot"), ((n,), (m,)) if n == m:
            return ()
        case "@", ((m, n), (k,)) if n == k:
            return (m,)
        case "@", ((n,), (k, m)) if n == k:
            return (m,)
        case "@", ((m, n), (k, p)) if n == k:
            return (m, p)
        case "outer", ((m,), (n,)):
            return (m, n)
        case "transpose", ((m, n),):
            return (n, m)
        case "softmax", (a,) if a:
            return a
        case ("sum" | "mean"), ((m, n),) if places:
            return (n,) if places == (1,) else (m,)
        case "index", (a,) if len(places) <= len(a) and all(1 <= place <= length for place, length in zip(places, a, strict=False)):
            return a[len(places) :]
        case _, (a,) if kind in OF_ALL and (kind == "norm" or not places):
            return ()
        case _, (a,) if kind in EACH_ENTRY or kind == "negative":
            return a
        case _:
            raise _misfit(kind, inputs)


def _misfit(kind: str, inputs: tuple[Operand, ...]) -> CalculatorError:
    told = ", ".join(f"{operand.text}: {'x'.join(map(str, operand.size)) or '1'}" for operand in inputs)
    return CalculatorError(Text(f"The sizes do not fit the operation {kind} ({told}).", f"尺寸与运算 {kind} 不相容（{told}）。"))


def exponent_of(operand: Operand) -> fmpq | None:
    """The rational a constant exponent is; None for any other."""
    if not operand.constant or operand.size:
        return None
    value = evaluate(read(operand.text))
    return value if isinstance(value, fmpq) else None
