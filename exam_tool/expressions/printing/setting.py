"""How a formula is set: which brackets, signs and shapes mathematics uses, for any notation that can draw them.

One walk over the tree serves every notation, so that all outputs show the same formula; a notation only knows how to
draw a fraction, a power, a matrix. The result is for reading by people: unlike strict text it need not read back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from ..tree import Array, Binary, Call, Compare, Index, Name, Node, Number, Unary
from .symbols import is_tall

T = TypeVar("T")

OR, AND, NOT, COMPARE, MOD, SUM, PRODUCT, FRACTION, POWER, POSTFIX, ATOM = 1, 3, 5, 7, 8, 9, 11, 12, 16, 18, 20

RELATIONS = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
FENCES = {"floor": "⌊⌋", "ceil": "⌈⌉", "abs": "||"}
INFIX = {"hadamard": "⊙", "outer": "⊗", "dot": "·"}
BIG = {"sum": "Σ", "prod": "Π"}
WORDS = {"relu": "ReLU", "gelu": "GELU", "variance": "Var"}
BASES = {"log2": "2", "log10": "10"}


class Notation(Protocol[T]):
    """What a way of writing mathematics must be able to draw; brackets come from the setter."""

    def stacks(self, simple: bool) -> bool:
        """Whether a fraction is drawn as one box above another (``simple``: of two plain numbers or names)."""

    def number(self, text: str) -> T: ...
    def symbol(self, name: str) -> T: ...
    def word(self, text: str) -> T: ...
    def operator(self, sign: str, spaced: bool) -> T: ...
    def sign(self, sign: str) -> T: ...
    def row(self, *parts: T) -> T: ...
    def fraction(self, top: T, bottom: T) -> T: ...
    def power(self, base: T, exponent: T, simple: bool) -> T: ...
    def transposed(self, base: T) -> T: ...
    def subscript(self, base: T, indices: Sequence[T], simple: bool) -> T: ...
    def root(self, inner: T, simple: bool) -> T: ...
    def fence(self, left: str, inner: T, right: str) -> T: ...
    def listed(self, items: Sequence[T]) -> T: ...
    def column(self, items: Sequence[T]) -> T: ...
    def matrix(self, rows: Sequence[Sequence[T]]) -> T: ...


class Part(NamedTuple, Generic[T]):
    """A drawn formula, how tightly it binds, and whether it begins with a sign."""

    drawn: T
    level: int
    signed: bool = False


class Setter(Generic[T]):
    """Sets trees in one notation."""

    def __init__(self, notation: Notation[T]) -> None:
        self.notation = notation

    def formula(self, node: Node, as_value: bool = False) -> T:
        """A whole formula; a comparison stands without Iverson's brackets unless its value is meant."""
        return (self.value(node) if as_value else self.part(node)).drawn

    def operand(self, node: Node, least: int, first: bool = True) -> T:
        """A part that must bind at least so tightly; in second place it must not begin with a sign."""
        return self.bracketed(self.value(node, not first), least, first)

    def bracketed(self, part: Part[T], least: int, first: bool = True) -> T:
        return self.notation.fence("(", part.drawn, ")") if part.level < least or (part.signed and not first) else part.drawn

    def value(self, node: Node, second: bool = False) -> Part[T]:
        """A part used as a number: conditions are put between Iverson's brackets.

        A product in ``second`` place gets brackets around its first factor alone, ``x + (−3)·y`` rather than ``x + (−3·y)``.
        """
        part = self.part(node, second)
        if isinstance(node, Compare) or part.level in (OR, AND, NOT):
            return Part(self.notation.fence("[", part.drawn, "]"), ATOM)
        return part

    def condition(self, node: Node, least: int) -> T:
        part = self.part(node)
        return self.notation.fence("(", part.drawn, ")") if part.level < least else part.drawn

    def part(self, node: Node, second: bool = False) -> Part[T]:
        match node:
            case Number(_, text):
                return Part(self.notation.number(text), PRODUCT if "e" in text.lower() else ATOM)
            case Name(name):
                return Part(self.notation.symbol(name), FRACTION if is_tall(name) else ATOM)
            case Unary(operator, argument):
                return self.unary(operator, argument)
            case Compare(operator, left, right):
                return self.infix(RELATIONS[operator], left, right, COMPARE, SUM - 1, SUM - 1, signs=True)
            case Binary(operator, left, right):
                return self.binary(operator, left, right, second)
            case Call(function, arguments):
                return self.call(function, arguments)
            case Index(base, indices):
                return self.index(base, indices)
            case Array():
                return Part(self.array(node), ATOM)

    def unary(self, operator: str, argument: Node) -> Part[T]:
        draw = self.notation
        if operator == "not":
            return Part(draw.row(draw.sign("¬"), self.condition(argument, COMPARE + 1)), NOT)
        if operator in ("!", "%"):
            return Part(draw.row(self.operand(argument, POSTFIX), draw.sign(operator)), POSTFIX)
        sign = "−" if operator == "-" else operator
        return Part(draw.row(draw.sign(sign), self.operand(argument, PRODUCT, first=False)), PRODUCT, True)

    def binary(self, operator: str, left: Node, right: Node, second: bool) -> Part[T]:
        match operator:
            case "+":
                return self.infix("+", left, right, SUM, SUM, SUM)
            case "-":
                return self.infix("−", left, right, SUM, SUM, PRODUCT)
            case "*":
                sign = "⊙" if _is_array(left) and _is_array(right) else "·"
                after = PRODUCT if _ends_open(right) else FRACTION
                return self.infix(sign, left, right, PRODUCT, self.before(left), after, spaced=sign == "⊙", second=second)
            case "@":
                return self.matrix_product(left, right, second)
            case "/":
                return self.quotient(left, right)
            case "^":
                return self.power(left, right)
            case "mod":
                return self.infix("mod", left, right, MOD, FRACTION, FRACTION)
        level, sign = (AND, "∧") if operator == "and" else (OR, "∨")
        draw = self.notation
        return Part(draw.row(self.condition(left, level), draw.operator(sign, True), self.condition(right, level + 1)), level)

    def infix(
        self, sign: str, left: Node, right: Node, level: int, least: int, least_right: int,
        *, spaced: bool = True, signs: bool = False, second: bool = False,
    ) -> Part[T]:  # fmt: skip
        """Two operands that must bind at least so tightly, with a sign between them; in ``second`` place no sign may begin it."""
        head = self.value(left, second)
        opened = head.level < least or second
        a = self.bracketed(head, least, not second)
        b = self.operand(right, least_right, first=signs)
        return Part(self.notation.row(a, self.notation.operator(sign, spaced), b), level, head.signed and not opened)

    def before(self, left: Node) -> int:
        """How tightly a left factor must bind: ``1/2·P`` on one line and ``Σ a·b`` are read in two ways, so they get brackets."""
        slashed = isinstance(left, Binary) and left.operator == "/" and not self.notation.stacks(_is_simple(left))
        return FRACTION if slashed or _ends_open(left) else PRODUCT

    def matrix_product(self, left: Node, right: Node, second: bool) -> Part[T]:
        """Side by side; a vector right of a matrix stands as a column."""
        draw = self.notation
        numbers = isinstance(left, Number) or isinstance(right, Number)
        vectors = _is_vector(left)
        sign = draw.operator("·" if numbers or vectors else "", False)
        head = self.value(left, second)
        signed = head.signed and not second and head.level >= self.before(left)
        a = self.bracketed(head, self.before(left), not second)
        if isinstance(right, Array) and _is_vector(right) and not vectors:
            return Part(draw.row(a, sign, draw.column([self.value(item).drawn for item in right.items])), PRODUCT, signed)
        return Part(draw.row(a, sign, self.operand(right, FRACTION, first=False)), PRODUCT, signed)

    def quotient(self, left: Node, right: Node) -> Part[T]:
        draw = self.notation
        simple = _is_leaf(left) and _is_leaf(right)
        if not draw.stacks(simple):
            plain = all(isinstance(part, Number) or _is_root(part) for part in (_unsigned(left), right))
            return self.infix("/", left, right, PRODUCT, self.before(left), FRACTION + 1, spaced=not plain)
        signed = isinstance(left, Unary) and left.operator == "-"
        drawn = draw.fraction(self.operand(_unsigned(left), 0), self.operand(right, 0))
        return Part(draw.row(draw.sign("−"), drawn), PRODUCT, True) if signed else Part(drawn, FRACTION)

    def power(self, base: Node, exponent: Node) -> Part[T]:
        return Part(self.notation.power(self.operand(base, POSTFIX), *self.exponent(exponent)), POWER)

    def exponent(self, node: Node) -> tuple[T, bool]:
        part = self.value(node)
        return part.drawn, part.level == ATOM

    def index(self, base: Node, indices: tuple[Node, ...]) -> Part[T]:
        simple = isinstance(base, Name) and base.name.isalpha()  # no subscript yet
        drawn = self.value(base).drawn if simple else self.operand(base, POSTFIX)
        return Part(self.notation.subscript(drawn, [self.value(index).drawn for index in indices], simple), POSTFIX)

    def array(self, node: Array) -> T:
        rows = [item.items for item in node.items if isinstance(item, Array)]
        if rows and len(rows) == len(node.items) and len({len(row) for row in rows}) == 1 and rows[0]:
            return self.notation.matrix([[self.value(entry).drawn for entry in row] for row in rows])
        return self.notation.fence("[", self.notation.listed([self.value(item).drawn for item in node.items]), "]")

    def call(self, function: str, arguments: tuple[Node, ...]) -> Part[T]:
        special = SPECIAL.get((function, len(arguments)))
        if special is not None:
            return special(self, function, arguments)
        draw = self.notation
        if function == "shape" and len(arguments) > 1:
            sizes = [self.operand(size, FRACTION, first=False) for size in arguments]
            return Part(self.joined("×", sizes), PRODUCT)
        name = draw.symbol("sigma") if function == "sigmoid" else draw.word(WORDS.get(function, function))
        if function in BASES:
            name = draw.subscript(draw.word("log"), [draw.number(BASES[function])], True)
        inner = [self.part(a).drawn if function == "where" and i == 0 else self.value(a).drawn for i, a in enumerate(arguments)]
        return Part(draw.row(name, draw.fence("(", draw.listed(inner), ")")), ATOM)

    def joined(self, sign: str, parts: Sequence[T]) -> T:
        rest = [piece for part in parts[1:] for piece in (self.notation.operator(sign, True), part)]
        return self.notation.row(parts[0], *rest)

    # -- functions that are written with a sign of their own ----------------------------------------------------------

    def fenced(self, function: str, arguments: tuple[Node, ...]) -> Part[T]:
        pair = FENCES[function]
        return Part(self.notation.fence(pair[0], self.value(arguments[0]).drawn, pair[1]), ATOM)

    def between(self, function: str, arguments: tuple[Node, ...]) -> Part[T]:
        return self.infix(INFIX[function], arguments[0], arguments[1], PRODUCT, FRACTION, FRACTION)

    def big(self, function: str, arguments: tuple[Node, ...]) -> Part[T]:
        draw = self.notation
        return Part(draw.row(draw.sign(BIG[function]), draw.operator("", False), self.operand(arguments[0], PRODUCT, first=False)), PRODUCT)

    def root(self, _: str, arguments: tuple[Node, ...]) -> Part[T]:
        part = self.value(arguments[0])
        return Part(self.notation.root(part.drawn, part.level == ATOM), POWER)

    def exponential(self, _: str, arguments: tuple[Node, ...]) -> Part[T]:
        if _is_array(arguments[0]):  # a power of e would be the matrix exponential
            return Part(self.notation.row(self.notation.word("exp"), self.notation.fence("(", self.value(arguments[0]).drawn, ")")), ATOM)
        return Part(self.notation.power(self.notation.symbol("e"), *self.exponent(arguments[0])), POWER)

    def transpose(self, _: str, arguments: tuple[Node, ...]) -> Part[T]:
        return Part(self.notation.transposed(self.operand(arguments[0], POSTFIX)), POWER)

    def inverse(self, _: str, arguments: tuple[Node, ...]) -> Part[T]:
        minus_one = self.notation.row(self.notation.sign("−"), self.notation.number("1"))
        return Part(self.notation.power(self.operand(arguments[0], POSTFIX), minus_one, False), POWER)

    def matrix_power(self, _: str, arguments: tuple[Node, ...]) -> Part[T]:
        return self.power(arguments[0], arguments[1])

    def factorial(self, _: str, arguments: tuple[Node, ...]) -> Part[T]:
        return self.unary("!", arguments[0])

    def identity(self, _: str, arguments: tuple[Node, ...]) -> Part[T]:
        return Part(self.notation.subscript(self.notation.symbol("I"), [self.value(arguments[0]).drawn], True), ATOM)

    def norm(self, _: str, arguments: tuple[Node, ...]) -> Part[T]:
        drawn = self.notation.fence("‖", self.value(arguments[0]).drawn, "‖")
        below = [self.value(order).drawn for order in arguments[1:]]
        return Part(self.notation.subscript(drawn, below, True) if below else drawn, ATOM)


SPECIAL: dict[tuple[str, int], Callable[[Setter[T], str, tuple[Node, ...]], Part[T]]] = {
    **{(name, 1): Setter.fenced for name in FENCES},
    **{(name, 2): Setter.between for name in INFIX},
    **{(name, 1): Setter.big for name in BIG},
    ("sqrt", 1): Setter.root,
    ("exp", 1): Setter.exponential,
    ("transpose", 1): Setter.transpose,
    ("inv", 1): Setter.inverse,
    ("matpow", 2): Setter.matrix_power,
    ("factorial", 1): Setter.factorial,
    ("identity", 1): Setter.identity,
    ("norm", 1): Setter.norm,
    ("norm", 2): Setter.norm,
}


def _unsigned(node: Node) -> Node:
    return node.argument if isinstance(node, Unary) and node.operator == "-" else node


def _is_root(node: Node) -> bool:
    return isinstance(node, Call) and node.function == "sqrt" and len(node.arguments) == 1 and isinstance(node.arguments[0], Number)


def _is_leaf(node: Node) -> bool:
    return isinstance(_unsigned(node), Number | Name) or _is_root(node)


def _is_simple(quotient: Binary) -> bool:
    return _is_leaf(quotient.left) and _is_leaf(quotient.right)


def _ends_open(node: Node) -> bool:
    """Whether the node ends in a sum or product sign's own operand, to which a further factor would seem to belong."""
    match node:
        case Call(function, (_,)):
            return function in BIG
        case Binary("*" | "@", _, last) | Unary("-", last):
            return _ends_open(last)
    return False


def _is_array(node: Node) -> bool:
    """Whether the node is an array for certain: a literal one, or a sum or product with one."""
    match node:
        case Array():
            return True
        case Binary("+" | "-" | "*", left, right):
            return _is_array(left) or _is_array(right)
        case Unary("-", argument) | Call("transpose", (argument,)):
            return _is_array(argument)
    return False


def _is_vector(node: Node) -> bool:
    """Whether the node is a literal vector."""
    return isinstance(node, Array) and not any(isinstance(item, Array) for item in node.items)
