"""What calls of functions stand for on paper: one table from calls to formulas, read by every notation. It draws nothing.

A function whose name is no word of mathematics is written as a lecture writes it: ``causal(n)`` as ``j ≤ i``,
``masked_softmax(S, M)`` as the softmax of masked scores, ``sum(A, 2)`` as a sum over j of the entries ``A_ij``.
Here i numbers rows and j columns. Some results hold calls that no reader can return, such as ``∈`` or ``over Σ``;
they exist to be drawn by ``setting`` alone; their names hold a blank or a sign.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from ..reader import read
from ..tree import Array, Binary, Call, Compare, Index, Name, Node, Number, Unary, substitute

I, J = Name("i"), Name("j")  # noqa: E741  # as in mathematics
ALL = Name(":")
ZERO_NODE, ONE_NODE = read("0"), read("1")
ENTRYWISE = ("abs", "exp", "ln", "sqrt")
SPREADING = ("+", "-", "*", "/")

# What is drawn and cannot be typed.
ENTRY, PART, RANGE, CASES, SET, PAIR, BRACES, REPLACED, EQUAL, ROWS = (
    "entry of", "part of", "range of", "cases of", "set of", "pair of", "braces of", "replaced in", "equal to", "rows of",
)  # fmt: skip
MEMBER = "∈"
OVER = "over "

# Parameters are a, b, c in order; i and j are the indices of rows and columns.
FORMULAS: dict[tuple[str, int], str] = {
    ("soft", 2): "sign(a)*max(abs(a) - b, 0)",
    ("xln", 2): "a*ln(b)",
    ("inverse_root", 1): "1/sqrt(a)",
    ("alibi_slopes", 1): "2^(-8*i/a)",
    ("causal", 1): "j <= i",
    ("distances", 2): "abs(i - j)",
    ("topmask", 2): "rank(a) <= b",
    ("top_mask", 2): "rank(a) <= b",
    ("bestmask", 1): "a == max(a)",
    ("masked_softmax", 2): "softmax(mask(a, b))",
    ("onehot", 2): "onehot(a)",
    ("onehots", 2): "onehot(a)",
    ("moverows", 2): "diag(b) @ onehot(a)",
    ("fromgrid", 2): "flatten(a)",
    ("moves", 3): "neighbours(a)",
    ("moves", 4): "neighbours(a)",
    ("rotated", 3): "RoPE(a)",
    ("layernorm", 2): "LayerNorm(a)",
    ("copy_back", 5): "upsample(c)",
    ("shift", 2): "a[i - b]",
    ("at", 2): "a[b]",
    ("ongrid", 2): "a[b]",
    ("part", 2): "a[b]",
    ("insert_zeros", 2): "dilate(a)",
}
POOLS = {"max_pool": "MaxPool", "mean_pool": "AvgPool", "sum_pool": "SumPool", "min_pool": "MinPool"}


def written(node: Node) -> Node:
    """The node as it is drawn; its parts are looked up when they are drawn themselves."""
    match node:
        case Call(function, arguments):
            return _call(node, function, arguments)
        case Binary(operator, left, right) if operator in SPREADING:
            return Binary(operator, _spread(left), _spread(right))
    return node


def _call(node: Call, function: str, arguments: tuple[Node, ...]) -> Node:
    """The table first, then what depends on the arguments; a result is looked up again."""
    template = FORMULAS.get((function, len(arguments)))
    if template is not None:
        return written(substitute(_read(template), dict(zip("abcde", arguments, strict=False))))
    rule = RULES.get((function, len(arguments))) or ANY_NUMBER.get(function)
    found = rule(*arguments) if rule is not None else None
    return node if found is None or found == node else written(found)


@lru_cache(maxsize=64)
def _read(template: str) -> Node:
    return read(template)


def _spread(node: Node) -> Node:
    """A vector repeated along a matrix stands in a sum or product by itself, as papers write it: ``Z − μ``."""
    if isinstance(node, Call) and node.function == "outer" and len(node.arguments) == 2:
        first, second = node.arguments
        if _are_ones(first):
            return second
        if _are_ones(second):
            return first
    return node


def _are_ones(node: Node) -> bool:
    return isinstance(node, Call) and node.function == "ones" and len(node.arguments) == 1


# -- rules: from the arguments to a formula, or None where the call stays a call ------------------------------------------


def _along(word: str) -> Callable[..., Node | None]:
    """Over one axis: 1 adds down the columns (over i), 2 along the rows (over j)."""

    def rule(value: Node, axis: Node | None = None) -> Node | None:
        if not isinstance(axis, Number) or axis.text not in ("1", "2"):
            return None
        return Call(OVER + word, (I if axis.text == "1" else J, entry(value)))

    return rule


def entry(value: Node, row: Node = I, column: Node = J) -> Node:
    """The entry of a matrix in row i and column j."""
    match value:
        case Call("transpose", (inner,)):
            return entry(inner, column, row)
        case Call("hadamard", (left, right)):
            return Binary("*", entry(left, row, column), entry(right, row, column))
        case Call(function, (inner,)) if function in ENTRYWISE:
            return Call(function, (entry(inner, row, column),))
        case Binary("^", inner, Number() as exponent):
            return Binary("^", entry(inner, row, column), exponent)
    return Call(ENTRY, (value, row, column))


def _hadamard(left: Node, right: Node) -> Node:
    return Call("hadamard", (_spread(left), _spread(right)))


def _rowmax(value: Node) -> Node:
    return Call(OVER + "max", (J, entry(value)))


def _outer(a: Node, b: Node) -> Node | None:
    """With a vector of ones a product of column and row, ``𝟙 μᵀ``."""
    return Binary("@", a, Call("transpose", (b,))) if _are_ones(a) or _are_ones(b) else None


def _powers(base: Node, count: Node) -> Node | None:
    if not isinstance(count, Number):
        return Array((read("1"), base, Name("…"), Binary("^", base, Binary("-", count, read("1")))))
    if not count.text.isdecimal() or not 0 < int(count.text) <= 8:
        return None
    return Array(tuple(_power(base, n) for n in range(int(count.text))))


def _power(base: Node, exponent: int) -> Node:
    if exponent == 0:
        return read("1")
    return base if exponent == 1 else Binary("^", base, read(str(exponent)))


def _exponents(count: Node) -> Node | None:
    if isinstance(count, Number) and count.text.isdecimal() and int(count.text) <= 8:
        return Array(tuple(read(str(n)) for n in range(int(count.text))))
    return None


def _reverse(value: Node) -> Node | None:
    shown = written(value)
    return Array(shown.items[::-1]) if isinstance(shown, Array) else None


def _concat(*parts: Node) -> Node:
    return Array(parts)


def _column(value: Node, number: Node) -> Node:
    return Call(PART, (value, ALL, number))


def _zero_at(value: Node, places: Node) -> Node:
    return Call(REPLACED, (value, places, ZERO_NODE))


def _put(*arguments: Node) -> Node | None:
    return Call(REPLACED, arguments) if len(arguments) > 2 else None


def _chosen(actions: Node | None = None, *tables: Node) -> Node | None:
    """One case an action: the row of its table."""
    if actions is None or not tables:
        return None
    state = Name("s")
    rows = [(_row(table, state), Compare("==", Index(actions, (state,)), read(str(k)))) for k, table in enumerate(tables, 1)]
    return Call(CASES, tuple(part for row in rows for part in row))


def _row(table: Node, state: Node) -> Node:
    if isinstance(table, Call) and table.function == "column" and len(table.arguments) == 2:
        return Index(table.arguments[0], (state, table.arguments[1]))
    return Index(table, (state,))


def _where(condition: Node, yes: Node, no: Node) -> Node:
    """Cases; a choice within the last case continues the list."""
    rest = _where(*no.arguments) if isinstance(no, Call) and no.function == "where" and len(no.arguments) == 3 else None
    return Call(CASES, (yes, condition, *(rest.arguments if isinstance(rest, Call) else (no,))))


def _spread_out(values: Node, places: Node, _: Node) -> Node:
    each = ONE_NODE if isinstance(values, Call) and values.function == "ones" else values
    return Call(CASES, (each, Call(MEMBER, (I, places)), ZERO_NODE))


def _place(_: Node, __: Node, places: Node, values: Node) -> Node:
    plain = values.arguments[0] if isinstance(values, Call) and values.function == "flatten" else values
    return Call(CASES, (plain, Call(MEMBER, (Call(PAIR, (I, J)), places)), ZERO_NODE))


def _edges(pair: str) -> Callable[..., Node]:
    def rule(_: Node, edges: Node, weights: Node | None = None) -> Node:
        if isinstance(edges, Binary) and edges.operator == "+" and edges.right == ONE_NODE:
            edges = edges.left  # numbered from 0, and so are the rows and columns then
        joined = Call(MEMBER, (Call(pair, (I, J)), edges))
        return joined if weights is None else Call(CASES, (weights, joined, ZERO_NODE))

    return rule


def _seen(_: Node, keys: Node, real: Node, causal: Node) -> Node:
    """Keys are real up to a length, and under causality not ahead of the query."""
    real_key = Compare("<=", J, real)
    if real == keys and causal != ZERO_NODE:
        return Compare("<=", J, I)
    return real_key if causal == ZERO_NODE else Binary("and", real_key, Compare("<=", J, I))


def _positions(condition: Node) -> Node:
    if isinstance(condition, Compare) and isinstance(condition.left, Name):
        condition = Compare(condition.operator, Index(condition.left, (I,)), condition.right)
    return Call(SET, (I, condition))


def _arrivals(weights: Node, go: Node) -> Node:
    action = Name("a")
    reached = Compare("==", Index(go, (I, action)), J)
    return Call(OVER + "sum", (action, Binary("*", Index(weights, (I, action)), reached)))


def _best_epoch(errors: Node, stop: Node) -> Node:
    t = Name("t")
    return Call(OVER + "argmin", (Compare("<=", t, stop), Index(errors, (t,))))


def _stop_epoch(errors: Node, patience: Node) -> Node:
    t, s = Name("t"), Name("s")
    best = Call(OVER + "argmin", (Compare("<=", s, t), Index(errors, (s,))))
    return Call("min", (Call(SET, (t, Compare(">=", Binary("-", t, best), patience))),))


def _winner(value: Node, row: Node, column: Node, size: Node) -> Node:
    return Call("argmax", (Call(PART, (value, _window(row, size), _window(column, size))),))


def _window(start: Node, size: Node) -> Node:
    """``1:k``, ``3:k + 2``."""
    if not isinstance(start, Number) or not start.text.isdecimal():
        return Call(RANGE, (start, Binary("-", Binary("+", start, size), read("1"))))
    before = int(start.text) - 1
    if isinstance(size, Number) and size.text.isdecimal():
        return Call(RANGE, (start, read(str(before + int(size.text)))))
    return Call(RANGE, (start, Binary("+", size, read(str(before))) if before else size))


def _pool(word: str) -> Callable[..., Node]:
    def rule(value: Node, size: Node, stride: Node) -> Node:
        window = Call("shape", (size, size))
        return Call(word, (value, window) if size == stride else (value, window, stride))

    return rule


def _shape(*sizes: Node) -> Node | None:
    """A size of one axis is a number; ``shape(A)`` stays, since it may ask for the size of an array."""
    return sizes[0] if len(sizes) == 1 and isinstance(sizes[0], Number | Binary | Unary) else None


def _identity(size: Node) -> Node | None:
    """The size is left out where it is that of something else."""
    return Name("I") if isinstance(size, Call) else None


def _convolution(value: Node, kernel: Node, stride: Node) -> Node | None:
    return Call("conv2d", (value, kernel)) if stride == read("1") else None


def _agree(*parts: Node) -> Node:
    return Call(EQUAL, parts)


def _stack(*parts: Node) -> Node:
    return Call(ROWS, parts)


RULES: dict[tuple[str, int], Callable[..., Node | None]] = {
    **{(name, 2): _along(name) for name in ("sum", "mean", "variance")},
    **{(name, 3): _pool(word) for name, word in POOLS.items()},
    ("rowmax", 1): _rowmax,
    ("hadamard", 2): _hadamard,
    ("outer", 2): _outer,
    ("powers", 2): _powers,
    ("exponents", 1): _exponents,
    ("reverse", 1): _reverse,
    ("column", 2): _column,
    ("zeroat", 2): _zero_at,
    ("where", 3): _where,
    ("spread", 3): _spread_out,
    ("place", 4): _place,
    ("adjacency", 2): _edges(BRACES),
    ("adjacency", 3): _edges(BRACES),
    ("arcs", 2): _edges(PAIR),
    ("arcs", 3): _edges(PAIR),
    ("seen", 4): _seen,
    ("positions", 1): _positions,
    ("arrivals", 2): _arrivals,
    ("bestepoch", 2): _best_epoch,
    ("stopepoch", 2): _stop_epoch,
    ("winner", 4): _winner,
    ("conv2d", 3): _convolution,
    ("shape", 1): _shape,
    ("identity", 1): _identity,
}
ANY_NUMBER: dict[str, Callable[..., Node | None]] = {"concat": _concat, "stack": _stack, "agree": _agree, "put": _put, "chosen": _chosen}
