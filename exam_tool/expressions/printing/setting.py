"""How a formula is set: which brackets, signs and shapes mathematics uses, for any notation that can draw them.

One walk over the tree serves every notation, so that all outputs show the same formula; a notation only knows how to
draw a fraction, a power, a matrix. The result is for reading by people: unlike strict text it need not read back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic

from exam_tool.language import Language

from ..tree import Array, Binary, Call, Compare, Index, Name, Node, Number, Unary
from .calls import BIG, draw_call, is_array
from .meaning import OVER, written
from .notation import AND, ATOM, COMPARE, FRACTION, MOD, NOT, OR, POSTFIX, POWER, PRODUCT, SUM, Notation, Part, T
from .symbols import is_bare, is_tall

RELATIONS = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}


class Setter(Generic[T]):
    """Sets trees in one notation; the few words in them are in one language."""

    def __init__(self, notation: Notation[T], language: Language = "en") -> None:
        self.notation = notation
        self.language = language

    def formula(self, node: Node, as_value: bool = False, after_sign: bool = False) -> T:
        """A whole formula, or a part of a broken one that stands behind a sign and must not begin with another.

        A comparison stands without Iverson's brackets unless its value is meant.
        """
        if after_sign:
            return self.operand(node, SUM, first=False)
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
        if part.level in (OR, AND, NOT, COMPARE):
            return Part(self.notation.fence("[", part.drawn, "]"), ATOM)
        return part

    def condition(self, node: Node, least: int) -> T:
        part = self.part(node)
        return self.notation.fence("(", part.drawn, ")") if part.level < least else part.drawn

    def part(self, node: Node, second: bool = False) -> Part[T]:
        node = written(node)
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
                sign = "⊙" if is_array(left) and is_array(right) else "·"
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
        simple = isinstance(base, Name) and is_bare(base.name)
        drawn = self.value(base).drawn if simple else self.operand(base, POSTFIX)
        return Part(self.notation.subscript(drawn, [self.value(index).drawn for index in indices], simple), POSTFIX)

    def array(self, node: Array) -> T:
        rows = [item.items for item in node.items if isinstance(item, Array)]
        if rows and len(rows) == len(node.items) and len({len(row) for row in rows}) == 1 and rows[0]:
            return self.notation.matrix([[self.cell(entry) for entry in row] for row in rows])
        return self.notation.fence("[", self.notation.listed([self.value(item).drawn for item in node.items]), "]")

    def cell(self, entry: Node) -> T:
        """An entry of a matrix; one that is a vector itself, such as the channels of a pixel, stands as a column."""
        if isinstance(entry, Array) and _is_vector(entry):
            return self.notation.column([self.value(item).drawn for item in entry.items])
        return self.value(entry).drawn

    def call(self, function: str, arguments: tuple[Node, ...]) -> Part[T]:
        return draw_call(self, function, arguments)

    def joined(self, sign: str, parts: Sequence[T]) -> T:
        rest = [piece for part in parts[1:] for piece in (self.notation.operator(sign, True), part)]
        return self.notation.row(parts[0], *rest)


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
    match written(node):
        case Call(function, (_,)):
            return function in BIG
        case Call(function, (_, _)) if function.startswith(OVER):
            return True
        case Binary("*" | "@", _, last) | Unary("-", last):
            return _ends_open(last)
    return False


def _is_vector(node: Node) -> bool:
    """Whether the node is a literal vector."""
    return isinstance(node, Array) and not any(isinstance(item, Array) for item in node.items)
