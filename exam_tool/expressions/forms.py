"""Values as people write them: exact forms as trees, rounded ones where those are long. It sets no formulas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flint import arb, fmpq, fmpz

from .arrays import Shape, Value, entries
from .decimals import ball_text, decimal_text, rounded_text, significant_text
from .exact import MINUS_ONE, ONE, Real, Scalar
from .printing.strict import text
from .reader import number
from .tree import Array, Binary, Call, Name, Node, Number, Unary

__all__ = [
    "DEFAULT_STYLE", "FRACTIONS", "NumberStyle", "decimal_text", "ends_at", "exact_text", "is_short", "rounded_at", "rounded_text",
    "rounded_tree", "shown_tree",
    "significant_text", "tree_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How values are written: terminating fractions as decimals of at most ``max_digits`` places, or always as fractions;
    an exact form of up to ``longest`` characters, beyond that ``figures`` significant figures. ``closed_forms`` says whether
    forms of exp, ln and the like count as exact forms worth showing; square roots always do."""

    decimals: bool = True
    max_digits: int = 6
    longest: int = 24
    figures: int = 4
    closed_forms: bool = True


DEFAULT_STYLE = NumberStyle()
FRACTIONS = NumberStyle(decimals=False)

LONGEST_FRACTION = 11  # characters; a longer fraction says less than its decimals
LARGEST_DENOMINATOR, LONGEST_DECIMAL = 2048, 30
MAX_PARTS = 16  # of a closed form: a deep one shares its parts, and written out would be astronomical


def tree_of(value: Value, style: NumberStyle = DEFAULT_STYLE) -> Node:
    """The exact value as a tree that evaluates to it (a ball: to its midpoint; a word: to the name it is)."""
    if isinstance(value, bool):
        return _whole(int(value))
    if isinstance(value, str):
        return Name(value)
    if isinstance(value, Shape):
        return Call("shape", tuple(tree_of(size, style) for size in value))
    if isinstance(value, tuple):
        style = _uniform(value, style)
        return Array(tuple(tree_of(item, style) for item in value))
    if isinstance(value, arb):
        return _literal(ball_text(value))
    if isinstance(value, fmpq):
        return _rational(value, style)
    return _surd(value.terms) if value.terms is not None else _closed_form(value, style)


def shown_tree(value: Value, style: NumberStyle = DEFAULT_STYLE) -> tuple[Node, bool]:
    """What a person is shown: the exact tree where it is short, else rounded numbers; and whether it is exact."""
    if isinstance(value, Shape | bool | str):
        return tree_of(value, style), True
    if isinstance(value, tuple):
        style = _uniform(value, style)
        items = [shown_tree(item, style) for item in value]
        return Array(tuple(item for item, _ in items)), all(exact for _, exact in items)
    if is_short(value, style):
        return tree_of(value, style), True
    return rounded_tree(value, style.figures), False


def rounded_tree(value: Scalar, figures: int) -> Node:
    """A number rounded to so many significant figures."""
    return _literal(rounded_text(value, figures))


def rounded_at(value: Value, places: int | None, figures: int | None) -> Node:
    """Numbers rounded to so many places or significant figures; one that ends before that is written as it is."""
    if isinstance(value, tuple):
        return Array(tuple(rounded_at(item, places, figures) for item in value))
    if ends_at(value, places, figures):
        return _rational(value, DEFAULT_STYLE)
    return _literal(decimal_text(value, places) if places is not None else significant_text(value, figures or DEFAULT_STYLE.figures))


def ends_at(value: Value, places: int | None, figures: int | None) -> bool:
    """Whether all of a value can be written exactly with so many places or significant figures."""
    if isinstance(value, tuple):
        return all(ends_at(item, places, figures) for item in value)
    own = _places(value, DEFAULT_STYLE.max_digits) if isinstance(value, fmpq) else None
    if own is None:
        return False
    return own <= places if places is not None else len(decimal_text(abs(value), own).replace(".", "").lstrip("0")) <= (figures or 0)


def _uniform(value: Value, style: NumberStyle) -> NumberStyle:
    """Fractions for the whole of an array that holds an entry no decimal can write: ``1/2`` beside ``1/3``, not ``0.5``."""
    if style.decimals and any((isinstance(x, fmpq) and _is_fraction(x, style)) or _is_surd(x) for x in entries(value)):
        return replace(style, decimals=False)
    return style


def _is_fraction(value: fmpq, style: NumberStyle) -> bool:
    """Whether a number among decimals is written as a fraction, being no decimal of the digits allowed; a long one is rounded."""
    return _places(value, style.max_digits) is None and not _is_long_decimal(value)


def _is_long_decimal(value: fmpq) -> bool:
    return value.q > LARGEST_DENOMINATOR and _places(value, LONGEST_DECIMAL) is not None


def _is_surd(value: Value) -> bool:
    return isinstance(value, Real) and value.terms is not None


def is_short(value: Scalar, style: NumberStyle = DEFAULT_STYLE) -> bool:
    """Whether a number is shown exactly."""
    if isinstance(value, arb):
        return False
    if isinstance(value, fmpq):
        if value.q == 1:
            return len(str(value.p)) <= style.longest
        if style.decimals and _places(value, style.max_digits) is not None:
            return True
        if style.decimals and _is_long_decimal(value):
            return False  # among decimals a long one is rounded, not turned into a fraction
        return len(str(value)) <= LONGEST_FRACTION
    if (value.terms is None and not style.closed_forms) or not is_written_within(value, MAX_PARTS):
        return False
    return len(text(tree_of(value, style))) <= style.longest


def is_written_within(value: Value, most: int) -> bool:
    """Whether a value written out has so many numbers and operations at most; found out without writing it."""
    return _parts(value, most) >= 0


def _parts(value: Value, budget: int) -> int:
    """What is left of a budget after writing a value out; negative as soon as it is spent."""
    if not isinstance(value, Real | tuple):
        return budget - 1
    if isinstance(value, Real) and value.terms is not None:
        return budget - 2 * len(value.terms)
    for part in value.arguments if isinstance(value, Real) else value:
        budget = _parts(part, budget)
        if budget < 0:
            break
    return budget - 1


def _whole(n: int) -> Node:
    return Number(fmpq(n), str(n)) if n >= 0 else Unary("-", Number(fmpq(-n), str(-n)))


def _literal(text: str) -> Node:
    """A decimal text, with or without sign, as a tree."""
    return Unary("-", number(text[1:])) if text[0] == "-" else number(text)


def _rational(value: fmpq, style: NumberStyle) -> Node:
    if value.q == 1:
        return _whole(int(value.p))
    places = _places(value, style.max_digits) if style.decimals else None
    if places is not None:
        magnitude = abs(value)
        literal = Number(magnitude, decimal_text(magnitude, places))
        return literal if value > 0 else Unary("-", literal)
    return Binary("/", _whole(int(value.p)), _whole(int(value.q)))


def _places(value: fmpq, most: int) -> int | None:
    """The decimals at which a fraction ends, if it does within ``most``."""
    power = fmpz(1)
    for places in range(most + 1):
        if power % value.q == 0:
            return places
        power *= 10
    return None


def _surd(terms: dict[int, fmpq]) -> Node:
    """A sum of square roots over one common denominator: ``1/sqrt(6)``, ``sqrt(6)/3``, ``(1 + sqrt(5))/2``."""
    if len(terms) == 1:
        ((radicand, coefficient),) = terms.items()
        if coefficient.q == radicand:
            return Binary("/", _whole(int(coefficient.p)), _root(radicand))
    bottom = fmpz(1)
    for coefficient in terms.values():
        bottom = bottom * coefficient.q // bottom.gcd(coefficient.q)
    whole = [(radicand, int((coefficient * bottom).p)) for radicand, coefficient in sorted(terms.items())]
    flip = len(whole) > 1 and all(n < 0 for _, n in whole)
    ordered = [(radicand, -n) for radicand, n in whole] if flip else sorted(whole, key=lambda term: term[1] < 0)
    total = _times(ordered[0][1], ordered[0][0])
    for radicand, n in ordered[1:]:
        total = _plus(total, _times(n, radicand))
    if flip:
        total = Unary("-", total)
    return total if bottom == 1 else Binary("/", total, _whole(int(bottom)))


def _root(radicand: int) -> Node:
    return Call("sqrt", (_whole(radicand),))


def _times(n: int, radicand: int) -> Node:
    if radicand == 1:
        return _whole(n)
    if abs(n) == 1:
        return _root(radicand) if n > 0 else Unary("-", _root(radicand))
    return Binary("*", _whole(n), _root(radicand))


def _plus(total: Node, term: Node) -> Node:
    """The sum, with a minus for a term that begins with one."""
    match term:
        case Unary("-", positive):
            return Binary("-", total, positive)
        case Binary("*" | "/" as operator, Unary("-", positive), right):
            return Binary("-", total, Binary(operator, positive, right))
    return Binary("+", total, term)


def _closed_form(value: Real, style: NumberStyle) -> Node:
    if value.operator in ("add", "sub"):
        return _sum(value, style)
    parts = [tree_of(part, style) for part in value.arguments]
    match value.operator, value.arguments:
        case "pi", _:
            return Name("pi")
        case "exp", (fmpq() as exponent,) if exponent == ONE:
            return Name("e")
        case "mul", (fmpq() as factor, _):
            return _scaled(factor, parts[1], parts[0])
        case "mul", (_, fmpq() as factor):
            return _scaled(factor, parts[0], parts[1])
        case "mul" | "div" | "pow" as operator, _:
            return Binary({"mul": "*", "div": "/", "pow": "^"}[operator], *parts)
    return Call(value.operator, tuple(parts))


def _sum(value: Real, style: NumberStyle) -> Node:
    """Like terms together, each with its own sign: ``1 + 2*e``, not ``1 + e + e``; ``2 + sin(1)``, not ``2 - (-sin(1))``."""
    factors: dict[Node, fmpq] = {}
    for factor, part in _addends(ONE, value):
        node = tree_of(ONE if isinstance(part, fmpq) else part, style)
        factors[node] = factors.get(node, fmpq(0)) + (factor * part if isinstance(part, fmpq) else factor)
    one = tree_of(ONE, style)
    terms = [
        tree_of(factor, style) if node == one else node if factor == ONE else _scaled(factor, node, tree_of(factor, style))
        for node, factor in factors.items()
        if factor
    ]
    total = terms[0] if terms else _whole(0)
    for term in terms[1:]:
        total = _plus(total, term)
    return total


def _addends(factor: fmpq, value: Scalar) -> Iterator[tuple[fmpq, Scalar]]:
    """The terms of a sum, and of the sums in it, each with its factor."""
    match value:
        case Real(operator="add" | "sub" as operator, arguments=(first, second)):
            yield from _addends(factor, first)
            yield from _addends(factor if operator == "add" else -factor, second)
        case Real(operator="mul", arguments=(fmpq() as own, inner)) if own == MINUS_ONE:
            yield from _addends(-factor, inner)
        case Real(operator="mul", arguments=(fmpq() as own, inner)):
            yield factor * own, inner
        case _:
            yield factor, value


def _scaled(factor: fmpq, node: Node, written: Node) -> Node:
    """``2*ln(3)``, ``-ln(3)``, ``ln(3)/2``, ``0.3*ln(3)``."""
    if factor == -1:
        return Unary("-", node)
    if abs(factor.p) == 1:
        return Binary("/", node if factor > 0 else Unary("-", node), _whole(int(factor.q)))
    return Binary("*", written, node)


def exact_text(value: Value, style: NumberStyle = DEFAULT_STYLE) -> str:
    """The exact value in the strict language, however long; reading and evaluating it gives the value back."""
    return text(tree_of(value, style))
