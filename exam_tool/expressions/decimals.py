"""Numbers as correctly rounded decimal text. Every digit is decided exactly or by enclosures; nothing here is a float."""

from __future__ import annotations

from flint import arb, ctx, fmpq, fmpz

from exam_tool.language import Text

from .exact import HALF, PRECISIONS, Scalar, Undecided, absolute, add, enclose, floor, multiply, sign


def decimal_text(value: Scalar, places: int) -> str:
    """The number rounded to ``places`` decimals (negative: to tens, hundreds ...), ties away from zero.

    Raises:
        Undecided: for a ball that does not settle the last digit.
    """
    negative = sign(value) < 0 if not isinstance(value, arb) else value.mid() < 0
    units = _round(absolute(value), places)
    if places <= 0:
        digits = str(units) + "0" * -places if units else "0"
    else:
        whole = str(units).rjust(places + 1, "0")
        digits = f"{whole[:-places]}.{whole[-places:]}"
    return f"-{digits}" if negative and units else digits


def _round(value: Scalar, places: int) -> int:
    """The whole number nearest to ``value * 10^places``, for a value that is not negative."""
    factor = fmpq(10) ** places
    if isinstance(value, fmpq):
        return int((value * factor + HALF).floor())
    for precision in PRECISIONS:
        with ctx.workprec(precision):
            found = (enclose(value, precision) * factor + HALF).floor().unique_fmpz()
        if found is not None:
            return int(found)
    if isinstance(value, arb):
        raise Undecided(Text("The interval is too wide for this many digits.", "区间太宽，无法确定这么多位数字。"))
    return int(str(floor(add(multiply(value, factor), HALF))))  # a tie, or a very large number: decided exactly


def magnitude(value: Scalar) -> int:
    """The exponent of the first significant digit: 0 for 2.5, -2 for 0.03. The value is not zero."""
    size = absolute(value)
    ball = enclose(size)
    guess = int((ball.mid().log() / arb(10).log()).floor().mid().unique_fmpz() or 0)
    while sign(add(size, -(fmpq(10) ** (guess + 1)))) >= 0:
        guess += 1
    while sign(add(size, -(fmpq(10) ** guess))) < 0:
        guess -= 1
    return guess


def significant_text(value: Scalar, figures: int) -> str:
    """The number rounded to so many significant figures, ties away from zero; very small and large ones as ``1.2e-7``."""
    if not isinstance(value, arb) and sign(value) == 0:
        return "0"
    exponent = magnitude(value)
    places = figures - 1 - exponent
    digits = decimal_text(value, places)
    if sum(c.isdecimal() for c in digits.lstrip("-0.")) > max(figures, exponent + 1):  # 9.996 became 10.00
        exponent += 1
        places -= 1
        digits = decimal_text(value, places)
    if -6 < exponent < 16:
        return digits
    mantissa = digits.lstrip("-0.").replace(".", "")[:figures].ljust(figures, "0")
    point = f"{mantissa[0]}.{mantissa[1:]}" if figures > 1 else mantissa
    return f"{'-' if digits[0] == '-' else ''}{point}e{exponent}"


def rounded_text(value: Scalar, figures: int) -> str:
    """Significant figures, but never fewer than the whole part has; of a ball, of its midpoint."""
    if isinstance(value, arb):
        return ball_text(value, figures)
    if sign(value) == 0:
        return "0"
    whole = magnitude(value) + 1
    return significant_text(value, max(figures, whole) if whole < 16 else figures)


def ball_text(value: arb, figures: int = 6) -> str:
    """The midpoint of a ball at the figures asked."""
    middle = value.mid()
    if not middle.is_finite():
        return "0"
    exact = fmpq(*_as_fraction(middle))
    return rounded_text(exact, figures) if exact else "0"


def _as_fraction(exact: arb) -> tuple[fmpz, fmpz]:
    mantissa, exponent = exact.man_exp()
    return (mantissa << int(exponent), fmpz(1)) if exponent >= 0 else (mantissa, fmpz(1) << -int(exponent))
