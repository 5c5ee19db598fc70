"""Proves two formulas with free symbols equal as rational functions of their symbols, exponentials and roots. It never disproves.

A formula becomes a fraction of polynomials whose generators are the symbols and whatever is not rational: ``exp`` of each
monomial, roots with ``s^2 = u``, and every other function value as an opaque letter. If the numerator of the difference is
the zero polynomial the two are equal whatever those letters stand for. ``relu``, ``abs``, ``max`` and ``min`` split into
the two signs of what they depend on, and the identity must hold in every case.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from .tree import Binary, Call, Name, Node, Number, Unary, walk

GENERATORS = 24
MAX_TERMS = 1500
MAX_DEGREE = 200
MAX_SCALE = 60
MAX_SIGNS = 5
MAX_STEPS = 5_000  # some 20 ms

CONTEXT = fmpq_mpoly_ctx.get(tuple(f"g{i}" for i in range(GENERATORS)), Ordering.lex)
GENERATOR = CONTEXT.gens()
ONE, ZERO = CONTEXT.constant(1), CONTEXT.constant(0)

Polynomial = Any  # flint's fmpq_mpoly, which has no types of its own


class TooMuch(Exception):
    """The identity needs more generators, terms or degrees than are worth trying."""


class SignNeeded(Exception):
    """The sign of this quantity decides which formula holds."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Fraction(NamedTuple):
    """A quotient of polynomials in lowest terms, with leading coefficient 1 below."""

    top: Polynomial
    bottom: Polynomial


def proved_equal(a: Node, b: Node) -> bool:
    """Whether the two formulas were proved equal wherever both are defined; False proves nothing."""
    scale = _scale(a, b)
    try:
        return scale is not None and _in_every_case(a, b, scale, {}, Budget())
    except (TooMuch, ArithmeticError, OverflowError, ValueError, MemoryError):
        return False


class Budget:
    """Steps left for one proof, over all its cases: a bound on time that no clock decides."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.steps = steps

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise TooMuch


def _in_every_case(a: Node, b: Node, scale: int, signs: dict[str, int], budget: Budget) -> bool:
    field = _Field(scale, signs, budget)
    try:
        left, right = field.of(a), field.of(b)
        return field.is_zero(left.top * right.bottom - right.top * left.bottom)
    except SignNeeded as needed:
        if len(signs) >= MAX_SIGNS:
            raise TooMuch from None
        return all(_in_every_case(a, b, scale, {**signs, needed.key: sign}, budget) for sign in (1, -1))


def _scale(a: Node, b: Node) -> int | None:
    """A common multiple of all denominators, so that every exponential is a whole power of its generator."""
    result = 2
    for node in (a, b):
        for part in walk(node):
            if isinstance(part, Number):
                result = result * int(part.value.q) // _gcd(result, int(part.value.q))
            elif (
                isinstance(part, Binary)
                and part.operator == "/"
                and isinstance(part.right, Number)
                and part.right.value.q == 1
                and part.right.value
            ):
                result = result * int(part.right.value.p) // _gcd(result, int(part.right.value.p))
            if result > MAX_SCALE:
                return 1
    return result


def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


class _Field:
    """The fractions over the generators met so far, under fixed signs."""

    def __init__(self, scale: int, signs: dict[str, int], budget: Budget) -> None:
        self.scale = scale
        self.budget = budget
        self.signs = signs
        self.places: dict[str, int] = {}
        self.squares: list[tuple[int, Polynomial]] = []

    def letter(self, key: str) -> Polynomial:
        place = self.places.setdefault(key, len(self.places))
        if place >= GENERATORS:
            raise TooMuch
        return GENERATOR[place]

    def of(self, node: Node) -> Fraction:
        match node:
            case Number(value):
                return Fraction(CONTEXT.constant(value), ONE)
            case Name("e"):
                return self.exp(Fraction(ONE, ONE))
            case Name(name):
                return Fraction(self.letter(name), ONE)
            case Unary("-", argument):
                inner = self.of(argument)
                return Fraction(-inner.top, inner.bottom)
            case Unary("%", argument):
                inner = self.of(argument)
                return Fraction(inner.top * fmpq(1, 100), inner.bottom)
            case Binary("^", Name("e"), exponent):
                return self.exp(self.of(exponent))
            case Binary("^", base, exponent):
                return self.power(self.of(base), self.of(exponent))
            case Binary(operator, left, right):
                return self.combine(operator, self.of(left), self.of(right))
            case Call(name, arguments):
                return self.call(name, [self.of(part) for part in arguments])
        raise TooMuch

    def combine(self, operator: str, a: Fraction, b: Fraction) -> Fraction:
        self.budget.spend(10 + (len(a.top) + len(a.bottom)) * (len(b.top) + len(b.bottom)))
        match operator:
            case "+":
                return _lowest(_times(a.top, b.bottom) + _times(b.top, a.bottom), _times(a.bottom, b.bottom))
            case "-":
                return _lowest(_times(a.top, b.bottom) - _times(b.top, a.bottom), _times(a.bottom, b.bottom))
            case "*":
                return _lowest(_times(a.top, b.top), _times(a.bottom, b.bottom))
            case "/":
                return _lowest(_times(a.top, b.bottom), _times(a.bottom, b.top))
        raise TooMuch

    def power(self, base: Fraction, exponent: Fraction) -> Fraction:
        number = _constant(exponent)
        if number is None:
            return self.opaque("pow", [base, exponent])
        if number.q == 2:
            base, number = self.sqrt(base), number * 2
        if number.q != 1 or abs(number.p) > MAX_DEGREE:
            return self.opaque("pow", [base, exponent])
        count = abs(int(number.p))
        result = Fraction(ONE, ONE)
        for _ in range(count):
            result = Fraction(_times(result.top, base.top), _times(result.bottom, base.bottom))
        return result if number >= 0 else _lowest(result.bottom, result.top)

    def exp(self, argument: Fraction) -> Fraction:
        """``exp`` of a sum is the product of powers of one generator for each monomial."""
        if argument.bottom != ONE:
            return self.exponential(argument)
        top, bottom = ONE, ONE
        for exponents, coefficient in argument.top.to_dict().items():
            part = self.exponential(Fraction(CONTEXT.from_dict({exponents: coefficient}), ONE))
            top, bottom = _times(top, part.top), _times(bottom, part.bottom)
        return Fraction(top, bottom)

    def exponential(self, argument: Fraction) -> Fraction:
        if argument.top == ZERO:
            return Fraction(ONE, ONE)
        lead = argument.top.leading_coefficient()
        whole = fmpq(lead) * self.scale
        if whole.q != 1 or abs(whole.p) > MAX_DEGREE:
            return self.opaque("exp", [argument])
        letter = self.letter(f"exp:{_key(Fraction(argument.top / lead, argument.bottom))}")
        raised = letter ** abs(int(whole.p))
        return Fraction(raised, ONE) if whole > 0 else Fraction(ONE, raised)

    def sqrt(self, a: Fraction) -> Fraction:
        """A root over a positive number can be taken of the numerator alone."""
        bottom = _constant(Fraction(a.bottom, ONE))
        if bottom is None or bottom <= 0:
            return self.opaque("sqrt", [a])
        radicand = a.top * bottom
        known = f"sqrt:{radicand}"
        fresh = known not in self.places
        letter = self.letter(known)
        if fresh:
            self.squares.append((self.places[known], radicand))
        return Fraction(letter / bottom, ONE)

    def opaque(self, name: str, arguments: list[Fraction]) -> Fraction:
        return Fraction(self.letter(f"{name}:{','.join(map(_key, arguments))}"), ONE)

    def call(self, name: str, arguments: list[Fraction]) -> Fraction:
        one = Fraction(ONE, ONE)
        first = arguments[0]
        match name:
            case "exp":
                return self.exp(first)
            case "sigmoid":
                return self.combine("/", one, self.combine("+", one, self.exp(_negative(first))))
            case "tanh" | "sinh" | "cosh":
                up, down = self.exp(first), self.exp(_negative(first))
                odd, even = self.combine("-", up, down), self.combine("+", up, down)
                half = Fraction(CONTEXT.constant(fmpq(1, 2)), ONE)
                return self.combine("/", odd, even) if name == "tanh" else self.combine("*", odd if name == "sinh" else even, half)
            case "log2" | "log10":
                base = Fraction(CONTEXT.constant(int(name[3:])), ONE)
                return self.combine("/", self.opaque("ln", [first]), self.opaque("ln", [base]))
            case "sqrt":
                return self.sqrt(first)
            case "relu":
                return first if self.sign(first) > 0 else Fraction(ZERO, ONE)
            case "abs":
                return first if self.sign(first) > 0 else _negative(first)
            case "max" | "min":
                return self.extreme(name, arguments)
        return self.opaque(name, arguments)

    def extreme(self, name: str, arguments: list[Fraction]) -> Fraction:
        best = arguments[0]
        for other in arguments[1:]:
            larger = self.sign(self.combine("-", other, best)) > 0
            best = other if larger == (name == "max") else best
        return best

    def sign(self, a: Fraction) -> int:
        """1 for a quantity taken as not negative, -1 for one taken as not positive (at zero both formulas agree)."""
        if a.top == ZERO:
            return 1
        lead = fmpq(a.top.leading_coefficient())
        key = _key(Fraction(a.top / lead, a.bottom))
        if key not in self.signs:
            number = _constant(a)
            if number is not None:
                return 1 if number >= 0 else -1
            raise SignNeeded(key)
        return self.signs[key] * (1 if lead > 0 else -1)

    def is_zero(self, polynomial: Polynomial) -> bool:
        """Whether it vanishes once every even power of a root has been replaced."""
        for place, radicand in reversed(self.squares):
            polynomial = _without_squares(polynomial, place, radicand)
        return bool(polynomial == ZERO)


def _without_squares(polynomial: Polynomial, place: int, radicand: Polynomial) -> Polynomial:
    total = ZERO
    for exponents, coefficient in polynomial.to_dict().items():
        count = int(exponents[place])
        rest = tuple(count % 2 if i == place else int(e) for i, e in enumerate(exponents))
        term = CONTEXT.from_dict({rest: coefficient})
        for _ in range(count // 2):
            term = _times(term, radicand)
        total += term
    return total


def _times(a: Polynomial, b: Polynomial) -> Polynomial:
    if len(a) * len(b) > MAX_TERMS or max(a.degrees(), default=0) + max(b.degrees(), default=0) > MAX_DEGREE * 4:
        raise TooMuch
    return a * b


def _lowest(top: Polynomial, bottom: Polynomial) -> Fraction:
    if bottom == ZERO:
        raise TooMuch
    common = top.gcd(bottom)
    if common != ONE and top != ZERO:
        top, bottom = top / common, bottom / common
    lead = bottom.leading_coefficient()
    return Fraction(top / lead, bottom / lead) if top != ZERO else Fraction(ZERO, ONE)


def _negative(a: Fraction) -> Fraction:
    return Fraction(-a.top, a.bottom)


def _constant(a: Fraction) -> fmpq | None:
    if a.bottom != ONE or not (a.top == ZERO or a.top.is_constant()):
        return None
    return fmpq(0) if a.top == ZERO else fmpq(a.top.leading_coefficient())


def _key(a: Fraction) -> str:
    lowest = _lowest(a.top, a.bottom)
    return f"({lowest.top})/({lowest.bottom})"
