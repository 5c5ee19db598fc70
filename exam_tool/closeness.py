"""Whether two values would be marked alike at the precision an answer is asked in. It marks nothing."""

from __future__ import annotations

from flint import arb, fmpq

from exam_tool.bank.problem import Ask
from exam_tool.expressions.arrays import Value, same
from exam_tool.expressions.exact import Real, Scalar, absolute, compare, enclose, subtract


def close(ask: Ask, a: Value, b: Value) -> bool:
    """Whether two values would be marked alike: equal, or within the precision asked."""
    if a is b:
        return True
    if isinstance(a, tuple) or isinstance(b, tuple):
        return (
            isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b) and all(close(ask, x, y) for x, y in zip(a, b, strict=True))
        )
    if not isinstance(a, fmpq | Real) or not isinstance(b, fmpq | Real):
        return same(a, b)
    if isinstance(a, fmpq) and isinstance(b, fmpq) and ask.places is None and ask.sig is None:
        # written exactly, or as a decimal that is right to the digits asked; a whole number exactly
        return bool(a == b) or (a.q != 1 and 2 * abs(a - b) <= unit(ask, a))
    return _within(a, b, unit(ask, a))


def _within(a: fmpq | Real, b: fmpq | Real, most: fmpq) -> bool:
    """Whether two numbers are at most so far apart: by the enclosures they remember, exactly where these leave it open."""
    gap = abs((a.ball() if isinstance(a, Real) else arb(a)) - (b.ball() if isinstance(b, Real) else arb(b)))
    if gap < most:
        return True
    return not gap > most and compare(absolute(subtract(a, b)), most) <= 0


def unit(ask: Ask, value: Scalar) -> fmpq:
    """One unit of the last digit asked, at the size of this value: closer values cannot be told apart."""
    if ask.tolerance is not None:
        return 2 * ask.tolerance
    if ask.places is not None:
        return fmpq(1, 10**ask.places)
    figures = ask.sig or 3
    size = fmpq(1)
    magnitude = abs(enclose(value))
    while magnitude < size:
        size /= 10
        if size < fmpq(1, 10**30):
            return size
    while magnitude >= 10 * size:
        size *= 10
    return size / fmpq(10) ** (figures - 1)
