"""Exact real numbers and the arithmetic on them: rationals, sums of square roots, and closed forms of exp, ln and the like.

A scalar is one of three types, and every function here takes all of them:

* ``fmpq``: a rational number;
* ``Real``: an irrational one, kept as a sum of square roots (canonical, so equality is exact) or as a closed form that
  remembers how it was made and can be enclosed at any precision;
* ``arb``: a ball, for runs in which values are only known to lie in an interval.

Nothing here is a float: comparisons are decided by rigorous enclosures (Arb, through python-flint).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from flint import arb, ctx, fmpq, fmpz

from exam_tool.language import ExamToolError, Text

PRECISIONS = (128, 320, 1088)  # bits; the last is about 320 digits
MAX_PRECISION = 8704  # for huge numbers, whose enclosures are narrow only much later
NARROW = fmpq(1, 10**40)
MAX_POWER_BITS = 20_000
MAX_FACTORIAL = 170
MAX_RADICAND = 10**12  # larger radicands are not factorised, so that no root can take long

ZERO, ONE, TWO, HALF, MINUS_ONE = fmpq(0), fmpq(1), fmpq(2), fmpq(1, 2), fmpq(-1)


class Undefined(ExamToolError):
    """A calculation with no value: division by zero, a logarithm or root outside its domain, a singular matrix."""


class Undecided(ExamToolError):
    """Two numbers that agree to more than 300 digits of a wide enclosure, or an enclosure that stays infinite."""


class Real:
    """An irrational number (or one not known to be rational).

    ``operator`` is ``"surd"`` with ``terms`` mapping each squarefree radicand to its rational coefficient, or the name of
    a function or operation with its exact ``arguments``.
    """

    __slots__ = ("_balls", "arguments", "operator", "terms")

    def __init__(self, operator: str, arguments: tuple[Any, ...] = (), terms: dict[int, fmpq] | None = None) -> None:
        self.operator = operator
        self.arguments = arguments
        self.terms = terms
        self._balls: dict[int, arb] = {}

    def ball(self, precision: int = PRECISIONS[0]) -> arb:
        """An enclosure computed with this many bits; remembered, since parts are shared between values."""
        known = self._balls.get(precision)
        return self._filled(precision) if known is None else known

    def _filled(self, precision: int) -> arb:
        """The ball after those of its parts, in a loop: a sum of 200 terms must not need 800 frames."""
        stack = [self]
        with ctx.workprec(precision):
            while stack:
                top = stack[-1]
                parts, missing = [], []
                for part in top.arguments:
                    if type(part) is not Real:
                        parts.append(arb(part))
                    elif (known := part._balls.get(precision)) is None:
                        missing.append(part)
                    else:
                        parts.append(known)
                if missing:
                    stack += missing
                    continue
                if top.terms is None:
                    top._balls[precision] = BALL_OPERATIONS[top.operator](*parts)
                else:
                    top._balls[precision] = _surd_ball(top.terms)
                stack.pop()
        return self._balls[precision]

    def __repr__(self) -> str:
        inner = self.terms if self.terms is not None else ", ".join(map(repr, self.arguments))
        return f"Real({self.operator}: {inner})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Real | fmpq | int) and equal(self, fmpq(other) if isinstance(other, int) else other)

    __hash__ = None  # type: ignore[assignment]  # equality is decided by enclosures, so no hash can agree with it


Scalar = fmpq | Real | arb

BALL_OPERATIONS: dict[str, Callable[..., arb]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "sqrt": lambda a: a.sqrt(),
    "exp": lambda a: a.exp(),
    "ln": lambda a: a.log(),
    "sin": lambda a: a.sin(),
    "cos": lambda a: a.cos(),
    "tan": lambda a: a.tan(),
    "asin": lambda a: a.asin(),
    "acos": lambda a: a.acos(),
    "atan": lambda a: a.atan(),
    "sinh": lambda a: a.sinh(),
    "cosh": lambda a: a.cosh(),
    "tanh": lambda a: a.tanh(),
    "erf": lambda a: a.erf(),
    "pi": arb.pi,
}


def _surd_ball(terms: dict[int, fmpq]) -> arb:
    total = arb(0)
    for radicand, coefficient in terms.items():
        total += arb(radicand).sqrt() * coefficient
    return total


PI = Real("pi")


def enclose(value: Scalar, precision: int = PRECISIONS[0]) -> arb:
    """A ball that contains the number, computed with this many bits."""
    if isinstance(value, Real):
        return value.ball(precision)
    if isinstance(value, arb):
        return value
    with ctx.workprec(precision):
        return arb(value)


def surd(terms: dict[int, fmpq]) -> Scalar:
    """The sum of ``coefficient * sqrt(radicand)``; a rational when only the radicand 1 is left."""
    kept = {radicand: coefficient for radicand, coefficient in terms.items() if coefficient}
    if not kept:
        return ZERO
    if len(kept) == 1 and 1 in kept:
        return kept[1]
    return Real("surd", terms=kept)


def _terms(value: Scalar) -> dict[int, fmpq] | None:
    return {1: value} if isinstance(value, fmpq) else value.terms if isinstance(value, Real) else None


def _operate(operator: str, a: Scalar, b: Scalar) -> Scalar:
    """The operation on balls if one of them is a ball (a fraction need not become one), else a closed form."""
    if type(a) is arb or type(b) is arb:
        return BALL_OPERATIONS[operator](a.ball() if type(a) is Real else a, b.ball() if type(b) is Real else b)
    return Real(operator, (a, b))


def add(a: Scalar, b: Scalar) -> Scalar:
    if type(a) is fmpq and type(b) is fmpq:
        return a + b
    if type(a) is arb or type(b) is arb:
        return _operate("add", a, b)
    left, right = _terms(a), _terms(b)
    if left is not None and right is not None:
        total = dict(left)
        for radicand, coefficient in right.items():
            total[radicand] = total.get(radicand, ZERO) + coefficient
        return surd(total)
    if isinstance(a, fmpq) and not a:
        return b
    if isinstance(b, fmpq) and not b:
        return a
    for one, other in ((a, b), (b, a)):  # 9 + (ln 3 - 9) is ln 3: whole parts of a closed form are kept together
        if type(one) is fmpq and type(other) is Real and other.operator == "add":
            first, second = other.arguments
            if type(second) is fmpq:
                return add(first, second + one)
            if type(first) is fmpq:
                return add(first + one, second)
    return _operate("add", a, b)


def negate(a: Scalar) -> Scalar:
    if isinstance(a, fmpq | arb):
        return -a
    if a.terms is not None:
        return surd({radicand: -coefficient for radicand, coefficient in a.terms.items()})
    return multiply(MINUS_ONE, a)


def subtract(a: Scalar, b: Scalar) -> Scalar:
    if type(a) is fmpq and type(b) is fmpq:
        return a - b
    if type(a) is arb or type(b) is arb:
        return _operate("sub", a, b)
    if a is b and isinstance(a, Real):
        return ZERO
    if isinstance(b, Real) and b.terms is None:
        return negate(b) if isinstance(a, fmpq) and not a else _operate("sub", a, b)
    return add(a, negate(b))


def multiply(a: Scalar, b: Scalar) -> Scalar:
    if type(a) is fmpq:
        return a * b if type(b) is fmpq else _scaled(a, b)
    if type(b) is fmpq:
        return _scaled(b, a)
    if type(a) is not Real or type(b) is not Real:
        return _operate("mul", a, b)
    if a.terms is not None and b.terms is not None and len(a.terms) * len(b.terms) <= 64:
        return _surd_product(a.terms, b.terms)
    if a.operator == b.operator == "exp":
        return exp(add(a.arguments[0], b.arguments[0]))
    return Real("mul", (a, b))


def _scaled(factor: fmpq, value: Scalar) -> Scalar:
    """A rational times a number that is not; the rational comes first, where exp and sums look for it."""
    if not factor:
        return ZERO
    if factor == ONE:
        return value
    if type(value) is not Real:
        return _operate("mul", factor, value)
    if value.terms is not None:
        return surd({radicand: factor * coefficient for radicand, coefficient in value.terms.items()})
    if value.operator == "mul" and type(value.arguments[0]) is fmpq:
        return multiply(factor * value.arguments[0], value.arguments[1])
    return Real("mul", (factor, value))


def _surd_product(left: dict[int, fmpq], right: dict[int, fmpq]) -> Scalar:
    total: dict[int, fmpq] = {}
    for m, c in left.items():
        for n, d in right.items():
            common = int(fmpz(m).gcd(n))
            radicand = (m // common) * (n // common)
            total[radicand] = total.get(radicand, ZERO) + c * d * common
    return surd(total)


def divide(a: Scalar, b: Scalar) -> Scalar:
    """Raises Undefined when the divisor is zero."""
    if isinstance(b, fmpq):
        if not b:
            raise Undefined(Text("Division by zero.", "除以零。"))
        return a / b if isinstance(a, fmpq) else multiply(a, 1 / b)
    if isinstance(b, arb) or isinstance(a, arb):
        return _operate("div", a, b)
    if b.terms is not None:
        if len(b.terms) == 1:
            ((radicand, coefficient),) = b.terms.items()
            return multiply(a, Real("surd", terms={radicand: 1 / (coefficient * radicand)}))
        if len(b.terms) == 2:
            (m, c), (n, d) = b.terms.items()
            conjugate = Real("surd", terms={m: c, n: -d})
            return multiply(multiply(a, conjugate), 1 / (c * c * m - d * d * n))
    if sign(b) == 0:
        raise Undefined(Text("Division by zero.", "除以零。"))
    if isinstance(a, fmpq) and not a:
        return ZERO
    if isinstance(a, Real) and a.operator == b.operator == "exp":
        return exp(subtract(a.arguments[0], b.arguments[0]))
    return ONE if a is b else _operate("div", a, b)


def power(a: Scalar, b: Scalar) -> Scalar:
    """``a^b``; exact for whole exponents while the result stays small, and for the exponents 1/2 and -1/2."""
    if isinstance(a, arb) or isinstance(b, arb):
        return enclose(a) ** enclose(b)
    if isinstance(b, fmpq):
        if b.q == 1:
            return _whole_power(a, int(b.p))
        if b.q == 2 and abs(b.p) <= 64:
            root = sqrt(a)
            return _whole_power(root, int(b.p))
    if isinstance(a, fmpq) and a == ONE:
        return ONE
    if isinstance(a, Real) and a.operator == "exp":
        return exp(multiply(a.arguments[0], b))
    if sign(a) < 0:
        raise Undefined(Text("A negative number has no real power of this kind.", "负数没有这样的实数次幂。"))
    if sign(a) == 0:
        if sign(b) <= 0:
            raise Undefined(Text("Zero cannot have this exponent.", "零不能有这样的指数。"))
        return ZERO
    return Real("pow", (a, b))


def _whole_power(a: Scalar, n: int) -> Scalar:
    if n == 0:
        return ONE
    if n < 0:
        return divide(ONE, _whole_power(a, -n))
    if isinstance(a, fmpq):
        if n * a.height_bits() > MAX_POWER_BITS and a not in (ZERO, ONE, MINUS_ONE):
            return Real("pow", (a, fmpq(n)))
        return a**n
    if isinstance(a, arb):
        return a**n
    if a.operator == "exp":
        return exp(multiply(a.arguments[0], fmpq(n)))
    if n == 1:
        return a
    if n <= 8 and a.terms is not None and len(a.terms) <= 4:
        result: Scalar = a
        for _ in range(n - 1):
            result = multiply(result, a)
        return result
    return Real("pow", (a, fmpq(n)))


def sqrt(a: Scalar) -> Scalar:
    if isinstance(a, arb):
        return a.sqrt()
    if sign(a) < 0:
        raise Undefined(Text("Square root of a negative number.", "负数没有实平方根。"))
    if not isinstance(a, fmpq):
        return exp(divide(a.arguments[0], TWO)) if a.operator == "exp" else Real("sqrt", (a,))
    product = int(a.p * a.q)
    if product == 0:
        return ZERO
    if product > MAX_RADICAND:
        root = fmpz(product).isqrt()
        return fmpq(root, a.q) if root * root == product else Real("sqrt", (a,))
    outside, radicand = 1, 1
    for prime, count in fmpz(product).factor():
        outside *= int(prime) ** (count // 2)
        radicand *= int(prime) ** (count % 2)
    return surd({radicand: fmpq(outside, a.q)})


def exp(a: Scalar) -> Scalar:
    if isinstance(a, arb):
        return a.exp()
    if isinstance(a, fmpq):
        return Real("exp", (a,)) if a else ONE
    if a.operator == "ln":
        under: Scalar = a.arguments[0]
        return under
    if a.operator == "mul" and type(a.arguments[0]) is fmpq and type(a.arguments[1]) is Real:
        factor: fmpq = a.arguments[0]
        inner = a.arguments[1]
        if inner.operator == "ln" and factor.q <= 2:
            return power(inner.arguments[0], factor)
    if a.operator in ("add", "sub"):  # a difference of logarithms, as when softmax subtracts the largest logit
        left, right = map(exp, a.arguments)
        if isinstance(left, fmpq) and isinstance(right, fmpq):
            return left * right if a.operator == "add" else left / right
    return Real("exp", (a,))


def ln(a: Scalar) -> Scalar:
    """The natural logarithm; Undefined for zero and negative numbers."""
    if isinstance(a, arb):
        return a.log()
    if sign(a) <= 0:
        raise Undefined(Text("Logarithm of a number that is not positive.", "非正数没有对数。"))
    if isinstance(a, fmpq) and a == ONE:
        return ZERO
    if isinstance(a, Real) and a.operator == "exp":
        inner: Scalar = a.arguments[0]
        return inner
    return Real("ln", (a,))


def function(name: str) -> Callable[[Scalar], Scalar]:
    """One of the elementary functions that have no exact simplification but at zero."""
    at_zero = {"sin": ZERO, "tan": ZERO, "asin": ZERO, "atan": ZERO, "sinh": ZERO, "tanh": ZERO, "cos": ONE, "cosh": ONE, "erf": ZERO}

    def apply(a: Scalar) -> Scalar:
        if isinstance(a, arb):
            return BALL_OPERATIONS[name](a)
        if isinstance(a, fmpq) and not a and name in at_zero:
            return at_zero[name]
        result = Real(name, (a,))
        if not result.ball().is_finite():
            raise Undefined(Text(f"{name} is not defined here.", f"{name} 在此处没有定义。"))
        return result

    return apply


def sigmoid(a: Scalar) -> Scalar:
    """``1 / (1 + exp(-a))``; rational where ``a`` is a logarithm of a rational."""
    return divide(ONE, add(ONE, exp(negate(a))))


def tanh(a: Scalar) -> Scalar:
    """Rational where ``a`` is a multiple of a logarithm, ``(t - 1/t)/(t + 1/t)`` with ``t = exp(a)``."""
    if isinstance(a, Real):
        t = exp(a)
        if isinstance(t, fmpq):
            return (t - 1 / t) / (t + 1 / t)
    return function("tanh")(a)


def sign(a: Scalar) -> int:
    """-1, 0 or 1, proved.

    A closed form that still touches zero at about 320 digits, in an enclosure narrower than 1e-40, is zero.

    Raises:
        Undecided: for a ball around zero, or an enclosure that stays wide.
    """
    if isinstance(a, fmpq):
        return (a > 0) - (a < 0)
    if isinstance(a, arb):
        if a > 0:
            return 1
        if a < 0:
            return -1
        if a.is_zero():
            return 0
        raise Undecided(Text("The interval contains zero.", "区间包含零。"))
    precision = PRECISIONS[0]
    while True:
        ball = a.ball(precision)
        if ball > 0:
            return 1
        if ball < 0:
            return -1
        narrow = ball.is_finite() and ball.rad() < arb(NARROW)
        if a.terms is None and precision >= (PRECISIONS[-1] if narrow or not ball.is_finite() else MAX_PRECISION):
            break
        precision = next((p for p in PRECISIONS if p > precision), precision * 2)
    if narrow:
        return 0
    raise Undecided(Text("This number cannot be told from zero.", "无法判断这个数是否为零。"))


def compare(a: Scalar, b: Scalar) -> int:
    """The sign of ``a - b``."""
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return (a > b) - (a < b)
    if isinstance(a, Real) and isinstance(b, Real) and (a.terms is None or b.terms is None):
        left, right = a.ball(), b.ball()
        if left > right:
            return 1
        if left < right:
            return -1
    return sign(subtract(a, b))


def equal(a: Scalar, b: Scalar) -> bool:
    return compare(a, b) == 0


def floor(a: Scalar) -> Scalar:
    if isinstance(a, fmpq):
        return fmpq(a.floor())
    if isinstance(a, arb):
        return a.floor()
    precision = PRECISIONS[0]
    while (ball := a.ball(precision)).rad() > 1 and precision < MAX_PRECISION:
        precision *= 2
    if not ball.rad() <= 1:
        raise Undefined(Text("This number is too large to round.", "这个数太大，无法取整。"))
    with ctx.workprec(precision):
        guess = fmpq(ball.mid().floor().unique_fmpz() or 0)
    while sign(subtract(a, guess)) < 0:
        guess -= 1
    while sign(subtract(a, guess + 1)) >= 0:
        guess += 1
    return guess


def ceil(a: Scalar) -> Scalar:
    return negate(floor(negate(a)))


def absolute(a: Scalar) -> Scalar:
    if isinstance(a, arb):
        return abs(a)
    return negate(a) if sign(a) < 0 else a


def sign_value(a: Scalar) -> Scalar:
    return a.sgn() if isinstance(a, arb) else fmpq(sign(a))


def larger(a: Scalar, b: Scalar) -> Scalar:
    if isinstance(a, arb) or isinstance(b, arb):
        return enclose(a).max(enclose(b))
    return a if compare(a, b) >= 0 else b


def smaller(a: Scalar, b: Scalar) -> Scalar:
    return negate(larger(negate(a), negate(b)))


def modulo(a: Scalar, b: Scalar) -> Scalar:
    """``a - b*floor(a/b)``, with the sign of ``b``."""
    return subtract(a, multiply(b, floor(divide(a, b))))


def factorial(a: Scalar) -> Scalar:
    if not isinstance(a, fmpq) or a.q != 1 or not 0 <= a <= MAX_FACTORIAL:
        raise Undefined(
            Text(f"Factorials are taken of whole numbers from 0 to {MAX_FACTORIAL}.", f"阶乘只适用于 0 到 {MAX_FACTORIAL} 的整数。")
        )
    return fmpq(math.factorial(int(a.p)))
