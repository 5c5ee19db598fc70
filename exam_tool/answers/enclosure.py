"""Is one exact number another, and where do they lie? By rigorous enclosures at rising precision, never by floats or by hope."""

from __future__ import annotations

from collections.abc import Iterator

from flint import arb, ctx, fmpq

from exam_tool.expressions.exact import NARROW, PRECISIONS, ZERO, Real, Scalar, Undecided, absolute, compare, enclose, subtract
from exam_tool.language import Text

FEW, MANY = PRECISIONS[0], PRECISIONS[-1]


DIGITS = {FEW: 38, MANY: 320}


MAX_PRECISION = 1 << 17


ORDINARY = 400  # bits before or behind the point that the 320 digits surely cover


TOO_CLOSE = Text(
    "This number cannot be told apart from the key; a person must look at it.", "无法判定这个数与标准答案是否相同，将由人工评阅。"
)


def bounds(value: Scalar) -> tuple[fmpq, fmpq]:
    """Rational numbers around it, equal for a rational."""
    if type(value) is fmpq:
        return value, value
    ball = enclose(value)
    if not ball.is_finite():
        raise Undecided(TOO_CLOSE)
    with ctx.workprec(160):
        return ball.lower().fmpq(), ball.upper().fmpq()


def sign_of(a: Scalar, b: Scalar, extra: fmpq = ZERO) -> tuple[int, str]:
    """The sign of ``|a - b| - extra``, and how it was decided.

    Raises:
        Undecided: for enclosures that stay wide or infinite: they prove nothing.
    """
    surds = _is_surd(a) and _is_surd(b)
    difference: Scalar | None = subtract(a, b) if surds else None
    if isinstance(difference, fmpq):
        distance = abs(difference)
        return (distance > extra) - (distance < extra), "exact"
    if extra == 0 and identical(a, b):
        return 0, "exact"
    order = 0
    for precision in _precisions(a, b, endless=surds and extra == 0):
        with ctx.workprec(precision):
            gap = abs(enclose(a, precision) - enclose(b, precision) if difference is None else enclose(difference, precision)) - extra
        order = (gap > 0) - (gap < 0)
        if order:
            return order, method_name(precision)
    if not (gap.is_finite() and gap.rad() < arb(NARROW)):
        raise Undecided(TOO_CLOSE)
    return 0, method_name(precision)


def method_name(precision: int) -> str:
    """The number of decimal digits that settled it."""
    return f"enclosure-{DIGITS.get(precision, precision * 3 // 10)}"


def _precisions(a: Scalar, b: Scalar, endless: bool) -> Iterator[int]:
    """Bits to try: few, then about 320 digits (numbers that touch at few nearly always are equal), then what large parts need.

    ``endless`` is for a sum of roots in lowest terms, which is not zero, so that some precision shows it.

    Raises:
        Undecided: when more would be needed than is reasonable.
    """
    yield FEW
    yield MANY
    needed = MANY * 2 if endless else MANY + 2 * max(magnitude(a), magnitude(b))
    if not endless and needed < MANY + 2 * ORDINARY:
        return
    while needed <= MAX_PRECISION:
        yield needed
        if not endless:
            return
        needed *= 2
    raise Undecided(TOO_CLOSE)


def identical(a: Scalar, b: Scalar) -> bool:
    """Whether two numbers were made in the same way: cheap, and a proof where it holds."""
    if a is b:
        return True
    if type(a) is fmpq or type(b) is fmpq:
        return type(a) is type(b) and bool(a == b)
    if type(a) is not Real or type(b) is not Real or a.operator != b.operator:
        return False
    if a.terms is not None or b.terms is not None:
        return a.terms == b.terms
    return len(a.arguments) == len(b.arguments) and all(map(identical, a.arguments, b.arguments))


def _is_surd(value: Scalar) -> bool:
    return type(value) is fmpq or (type(value) is Real and value.terms is not None)


def magnitude(value: Scalar) -> int:
    """The most bits that any part of a closed form needs before or behind the point: ``1 + exp(-1000)`` differs from 1 at the 1443rd."""
    largest = 0
    seen: set[int] = set()
    stack = [value]
    while stack:
        part = stack.pop()
        if type(part) is fmpq:
            largest = max(largest, part.height_bits())
            continue
        if type(part) is not Real or id(part) in seen:
            continue
        seen.add(id(part))
        ball = part.ball()
        if ball.is_finite() and not ball.contains(0):
            mantissa, exponent = ball.abs_lower().man_exp()
            largest = max(largest, abs(mantissa.bit_length() + int(exponent)))
        stack.extend(part.arguments)
    return largest


def floor_log10(value: Scalar) -> int:
    """The exponent of the first significant digit of a number that is not 0."""
    low, high = bounds(value)
    if low < 0:
        low, high = -high, -low
    first = _floor_log10(low)
    if low == high or _floor_log10(high) == first:
        return first
    return first + (compare(absolute(value), fmpq(10) ** (first + 1)) >= 0)


def _floor_log10(value: fmpq) -> int:
    top, bottom = int(value.p), int(value.q)
    guess = (top.bit_length() - bottom.bit_length()) * 30103 // 100000
    while top * 10 ** max(0, -guess) < bottom * 10 ** max(0, guess):
        guess -= 1
    while top * 10 ** max(0, -guess - 1) >= bottom * 10 ** max(0, guess + 1):
        guess += 1
    return guess
