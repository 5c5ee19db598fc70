"""A formula with numbers in place of its names, as a person puts them in by hand. How the numbers are written is for ``forms``.

What only picks, moves or repeats known numbers (a column, a one-hot vector, a row repeated along a matrix) is shown done:
nobody writes ``column([[1, 2], [3, 4]], 2)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flint import fmpq

from exam_tool.language import ExamToolError

from .arrays import Value, shape_of
from .evaluate import evaluate
from .forms import DEFAULT_STYLE, NumberStyle, shown_tree, tree_of
from .products import ENTRYWISE
from .tree import Array, Binary, Call, Compare, Index, Name, Node, Number, Unary, names

# Functions whose result holds entries of their arguments, positions, 0 and 1, but nothing that has to be calculated.
ARRANGING = frozenset({
    "adjacency", "arcs", "arrivals", "at", "causal", "chosen", "column", "concat", "copy_back", "distances", "flatten", "fromgrid",
    "insert_zeros", "interleave", "moverows", "moves", "onehot", "onehots", "ones", "ongrid", "pad", "pad_after", "part", "place",
    "put", "reverse", "rot180", "seen", "shift", "spread", "stack", "top_mask", "topmask", "transient", "upper", "winner", "zeroat",
    "zeros",
})  # fmt: skip
LOOKED_UP = frozenset({"at", "ongrid", "part", "fromgrid", "moverows", "zeroat"})  # their second argument says only where
HIDDEN = Unary("-", Name("infinity"))
Styles = Mapping[str, NumberStyle]


def put_in(node: Node, values: Mapping[str, Value], style: NumberStyle = DEFAULT_STYLE, styles: Styles | None = None) -> Node:
    """The formula with numbers in place of the names that have a value; an entry ``x[2]`` of an array by itself.

    ``styles`` holds the style of names that are written otherwise than the rest.
    """
    return _Filler(values, style, styles or {}).put(node)


def puts_exactly(node: Node, values: Mapping[str, Value], style: NumberStyle = DEFAULT_STYLE, styles: Styles | None = None) -> bool:
    """Whether ``put_in`` rounds nothing."""
    styles = styles or {}
    return all(shown_tree(values[name], styles.get(name, style))[1] for name in names(node) if name in values)


class _Filler:
    """Puts numbers into formulas, all in one style."""

    def __init__(self, values: Mapping[str, Value], style: NumberStyle, styles: Styles) -> None:
        self.values, self.style, self.styles = values, style, styles

    def put(self, node: Node) -> Node:
        match node:
            case Name(name):
                return shown_tree(self.values[name], self.styles.get(name, self.style))[0] if name in self.values else node
            case Number():
                return node
            case Unary(operator, argument):
                return Unary(operator, self.put(argument))
            case Binary(operator, left, right):
                return Binary(operator, self.put(left), self.put(right))
            case Compare(operator, left, right):
                return Compare(operator, self.put(left), self.put(right))
            case Call(function, arguments):
                return self.call(node, function, arguments)
            case Array(items):
                return Array(tuple(map(self.put, items)))
            case Index(base, indices):
                return self.entry(node, base, indices)

    def call(self, node: Call, function: str, arguments: tuple[Node, ...]) -> Node:
        if function in ARRANGING and self.is_plain(node):
            done = self.done(node)
            if done is not None:
                return done
        match function, arguments:
            case "len", (Name(name),) if isinstance(self.values.get(name), tuple):
                return tree_of(fmpq(len(self.values[name])))  # nobody writes a matrix out to count its rows
            case "shape", (Name(name),) if isinstance(self.values.get(name), tuple):
                return Call("shape", tuple(tree_of(fmpq(size)) for size in shape_of(self.values[name])))
            case "where", (condition, yes, no):
                chosen = self.chosen(condition, yes, no)
                if chosen is not None:
                    return chosen
            case "put", (base, *places, new):
                return self.replaced(base, places, new)
            case "arrivals", _:
                return node  # a sum over all moves, which nobody writes out
            case name, (first, *rest) if name in LOOKED_UP:
                return Call(function, (self.put(first), *rest))
        if function == "outer" and len(arguments) == 2:
            return self.outer(*arguments)
        filled = tuple(map(self.put, arguments))
        match function, filled:
            case "masked_softmax", (Array(rows), Array(seen)):
                return Call("softmax", (_masked(rows, seen),))
        return Call(function, filled)

    def outer(self, left: Node, right: Node) -> Node:
        """A vector repeated along a matrix is written out; while it has to be calculated it stays as it is."""
        column, row = self.put(left), self.put(right)
        if _are_ones(right) and isinstance(row, Array):
            width = len(row.items)
            return _repeated(column, lambda entries: tuple(Array((entry,) * width) for entry in entries)) or Call("outer", (column, right))
        if _are_ones(left) and isinstance(column, Array):
            height = len(column.items)
            return _repeated(row, lambda entries: (Array(entries),) * height) or Call("outer", (left, row))
        return Call("outer", (column, row))

    def chosen(self, condition: Node, yes: Node, no: Node) -> Node | None:
        """Of cases entry by entry the one that holds for each, once the conditions are known numbers."""
        try:
            holds = evaluate(condition, self.values)
        except ExamToolError:
            return None
        if isinstance(condition, Name) and isinstance(holds, fmpq):
            return self.put(yes if holds != 0 else no)
        return _picked(holds, self.put(yes), self.put(no)) if isinstance(holds, tuple) else None

    def is_plain(self, node: Node) -> bool:
        """Whether nothing in it has to be calculated: names with values, numbers, and functions that only arrange."""
        match node:
            case Name(name):
                return name in self.values
            case Number():
                return True
            case Array(items):
                return all(map(self.is_plain, items))
            case Call("len" | "transpose", (Name(name),)):
                return name in self.values
            case Call(function, arguments):
                return function in ARRANGING and all(map(self.is_plain, arguments))
            case Binary("+" | "-", left, Number()):  # a position counted from another number
                return isinstance(left, Name | Number) and self.is_plain(left)
            case Binary("-", Number(), Name() as right):
                return self.is_plain(right)
            case Index(Name() as base, indices):
                return self.is_plain(base) and all(map(self.is_plain, indices))
        return False

    def done(self, node: Node) -> Node | None:
        """The arranged numbers; None where they cannot be arranged."""
        try:
            return shown_tree(evaluate(node, self.values), self.style)[0]
        except ExamToolError:
            return None

    def replaced(self, base: Node, places: list[Node], new: Node) -> Node:
        """The array with the calculation of its new entry where that entry stands."""
        array, at = self.put(base), [_position(place, self.values) for place in places]
        filled = _with_entry(array, at, self.put(new))
        return Call("put", (array, *map(self.put, places), self.put(new))) if filled is None else filled

    def entry(self, node: Index, base: Node, indices: tuple[Node, ...]) -> Node:
        entry = _entry(base, indices, self.values)
        if entry is None or not isinstance(base, Name):
            done = self.done(node) if self.is_plain(base) and all(map(self.is_plain, indices)) else None
            return Index(self.put(base), tuple(map(self.put, indices))) if done is None else done
        return shown_tree(entry, self.styles.get(base.name, self.style))[0]


def as_numbers(node: Node) -> Node | None:
    """A formula all of whose arrays hold a single number, in numbers: ``[[2]] @ [3] + [1]`` as ``2*3 + 1``. None for any other."""
    match node:
        case Number() | Name():
            return node
        case Array(items):
            return as_numbers(items[0]) if len(items) == 1 else None
        case Unary(operator, argument):
            inner = as_numbers(argument)
            return inner and Unary(operator, inner)
        case Binary(operator, left, right):
            a, b = as_numbers(left), as_numbers(right)
            return a and b and Binary("*" if operator == "@" else operator, a, b)
        case Call("transpose" | "sum" | "diag", (argument,)):
            return as_numbers(argument)
        case Call("hadamard" | "dot" | "outer", (left, right)):
            return as_numbers(Binary("*", left, right))
        case Call(function, (argument,)) if function in ENTRYWISE:
            inner = as_numbers(argument)
            return inner and Call(function, (inner,))
    return None


def _are_ones(node: Node) -> bool:
    return isinstance(node, Call) and node.function == "ones" and len(node.arguments) == 1


def _repeated(node: Node, rows: Callable[[tuple[Node, ...]], tuple[Node, ...]]) -> Node | None:
    """A vector as the rows of a matrix, under a root or in a sum too; None where it has to be calculated in another way."""
    match node:
        case Array(items) if not any(isinstance(item, Array) for item in items):
            return Array(rows(items))
        case Number():
            return node
        case Call("sqrt", (inner,)):
            under = _repeated(inner, rows)
            return under and Call("sqrt", (under,))
        case Binary("+" | "-" | "*" | "/" as operator, left, right):
            a, b = _repeated(left, rows), _repeated(right, rows)
            return Binary(operator, a, b) if a and b else None
    return None


def _picked(holds: Value, yes: Node, no: Node) -> Node | None:
    """Entry by entry the formula of the case that holds there."""
    if not isinstance(holds, tuple):
        return (yes if holds != 0 else no) if isinstance(holds, fmpq) else None
    entries = []
    for i, one in enumerate(holds):
        a, b = _entry_of(yes, i), _entry_of(no, i)
        picked = _picked(one, a, b) if a and b else None
        if picked is None:
            return None
        entries.append(picked)
    return Array(tuple(entries))


def _entry_of(node: Node, i: int) -> Node | None:
    """One entry of a formula that goes entry by entry; a number belongs to every entry."""
    match node:
        case Number() | Name():
            return node
        case Array(items):
            return items[i] if i < len(items) else None
        case Unary("-", argument):
            inner = _entry_of(argument, i)
            return Unary("-", inner) if inner else None
        case Binary("+" | "-" | "*" | "/" | "^" as operator, left, right):
            a, b = _entry_of(left, i), _entry_of(right, i)
            return Binary(operator, a, b) if a and b else None
        case Call("hadamard", (left, right)):
            a, b = _entry_of(left, i), _entry_of(right, i)
            return Binary("*", a, b) if a and b else None
        case Call(function, (argument,)) if function in ENTRYWISE:
            inner = _entry_of(argument, i)
            return Call(function, (inner,)) if inner else None
    return None


def _with_entry(array: Node, places: list[int], new: Node) -> Node | None:
    if not places:
        return new
    if not isinstance(array, Array) or not 1 <= places[0] <= len(array.items):
        return None
    inner = _with_entry(array.items[places[0] - 1], places[1:], new)
    return None if inner is None else Array((*array.items[: places[0] - 1], inner, *array.items[places[0] :]))


def _masked(rows: tuple[Node, ...], seen: tuple[Node, ...]) -> Node:
    """Scores with minus infinity where nobody may look."""
    masked = []
    for row, places in zip(rows, seen, strict=True):
        if not isinstance(row, Array) or not isinstance(places, Array):
            return Call("mask", (Array(rows), Array(seen)))
        zero = [isinstance(place, Number) and place.value == 0 for place in places.items]
        masked.append(Array(tuple(HIDDEN if hidden else score for score, hidden in zip(row.items, zero, strict=True))))
    return Array(tuple(masked))


def _entry(base: Node, indices: tuple[Node, ...], values: Mapping[str, Value]) -> Value:
    """The entry of a known array at known positions, or None."""
    found = values.get(base.name) if isinstance(base, Name) else None
    for index in indices:
        position = _position(index, values)
        if not isinstance(found, tuple) or not 1 <= position <= len(found):
            return None
        found = tuple.__getitem__(found, position - 1)
    return found


def _position(index: Node, values: Mapping[str, Value]) -> int:
    """A known whole index, or 0."""
    value = index.value if isinstance(index, Number) else values.get(index.name) if isinstance(index, Name) else None
    return int(value.p) if isinstance(value, fmpq) and value.q == 1 else 0
