"""Plain slips of reckoning: the forms they take, how often each, and the odds that one turns a number into another.

No knowledge is missing where a digit is misread, a unit lost, a sign dropped or a place moved. What the numbers prove of a known
mistake is weighed against these odds, and ``recovery`` makes its slips after them.
"""

from __future__ import annotations

from flint import fmpq

from exam_tool.answers.digits import rounds_to
from exam_tool.bank.draws import Stream
from exam_tool.expressions.arrays import Shape, Value
from exam_tool.expressions.decimals import decimal_text, significant_text
from exam_tool.expressions.exact import Real
from exam_tool.language import ExamToolError
from exam_tool.trace import terminates

from .agreement import is_sane

SIGN, POINT, DIGIT, UNIT = fmpq(1, 8), fmpq(1, 8), fmpq(3, 8), fmpq(3, 8)  # a sign, a place, a digit, some units
OFF = (1, 2, 10)  # the units by which people are out, up or down
MANY = 1000  # plausible answers where they are decimals or fractions
MAX_PLACES = 6


def slip_odds(right: Value, written: Value, decimals: object = None) -> fmpq:
    """How often a slip turns the one value into the other; 1/M for M plausible answers where it takes no usual form.

    ``decimals`` counts the decimals written, entry by entry for arrays.
    """
    if isinstance(right, tuple) and isinstance(written, tuple):
        places = decimals if isinstance(decimals, tuple) and len(decimals) == len(written) else (None,) * len(written)
        odds = fmpq(1, max(1, len(right)))
        for one, other, digits in zip(right, written, places, strict=False):
            if not _is(one, other, digits):
                odds *= slip_odds(one, other, digits)
        return max(odds, fmpq(1, MANY**3))
    if isinstance(right, bool | str) or isinstance(written, bool | str):
        return fmpq(1, 4)
    if not isinstance(right, fmpq | Real) or type(written) is not fmpq:
        return fmpq(1, MANY)
    pair = _in_units(right, written, decimals if isinstance(decimals, int) else None)
    return max(_spread(right, written), fmpq(0) if pair is None else _form_odds(*pair))


def _is(right: Value, written: Value, decimals: object) -> bool:
    """Whether an entry is right, or rightly rounded."""
    if not isinstance(right, fmpq | Real) or not isinstance(written, fmpq | Real):
        return type(right) is type(written) and bool(right == written)
    return rounds_to(right, written, decimals if isinstance(decimals, int) else None)


def _spread(right: Value, written: fmpq) -> fmpq:
    """One among all the numbers that might stand there: few where they are small and whole."""
    near = type(right) is fmpq and right.q == 1 and written.q == 1 and (abs(written - right) <= abs(right) or abs(written - right) <= 2)
    return fmpq(1, 2 * abs(int(right.p)) + 1) if near else fmpq(1, MANY)


def _in_units(right: fmpq | Real, written: fmpq, decimals: int | None) -> tuple[int, int] | None:
    """Both numbers as whole multiples of the last place written, or as numerators over one denominator; None where neither will do."""
    if not (is_sane(right) and is_sane(written)):
        return None
    places = _places(right, written, decimals)
    if places is not None:
        try:
            return int(decimal_text(right, places).replace(".", "")), int(decimal_text(written, places).replace(".", ""))
        except ExamToolError:
            return None
    if type(right) is fmpq and right.q == written.q:
        return int(right.p), int(written.p)
    return None


def _places(right: fmpq | Real, written: fmpq, decimals: int | None) -> int | None:
    """The decimals at which both are looked at: of a fraction that ends, at least its own."""
    own = [next((places for places in range(MAX_PLACES + 1) if terminates(number, places)), None) for number in (right, written)]
    if type(right) is fmpq:
        return None if None in own else max(places for places in own if places is not None)
    return decimals if decimals is not None else own[1]


def _form_odds(right: int, written: int) -> fmpq:
    """The odds of the forms that turn the one number of units into the other."""
    odds = fmpq(0)
    if written == -right:
        odds += SIGN
    if written == 10 * right or right == 10 * written:
        odds += POINT / 2
    if abs(written - right) in OFF:
        odds += UNIT / (2 * len(OFF))
    one, other = str(abs(right)), str(abs(written))
    if (right < 0) == (written < 0) and len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1:
        odds += DIGIT / (9 * len(one))
    return odds


def slip(value: Value, stream: Stream) -> Value | None:
    """A value as a slip leaves it, drawn by the same odds; None where it has no numbers."""
    if isinstance(value, tuple):
        index = stream.below(len(value)) if value else 0
        other = slip(value[index], stream) if value else None
        if other is None or (isinstance(value, Shape) and other <= 0):
            return None
        return type(value)((*value[:index], other, *value[index + 1 :]))
    if isinstance(value, Real):
        text = significant_text(value, 3)  # as it is written
        return None if "e" in text else _slipped(*_parts(text), stream)
    if not isinstance(value, fmpq):
        return None
    places = next((places for places in range(MAX_PLACES + 1) if terminates(value, places)), None)
    if places is None:
        return _slipped(int(value.p), int(value.q), stream)
    return _slipped(int((value * 10**places).p), 10**places, stream)


def _parts(text: str) -> tuple[int, int]:
    whole, _, rest = text.partition(".")
    return int(whole + rest), 10 ** len(rest)


def _slipped(units: int, scale: int, stream: Stream) -> fmpq:
    match stream.below(8):
        case 0 | 1 | 2:
            return fmpq(units + OFF[stream.below(len(OFF))] * (1, -1)[stream.below(2)], scale)
        case 3 | 4 | 5:
            digits = str(abs(units))
            at = stream.below(len(digits))
            changed = digits[:at] + str((int(digits[at]) + 1 + stream.below(9)) % 10) + digits[at + 1 :]
            return fmpq(int(changed) * (-1 if units < 0 else 1), scale)
        case 6:
            return fmpq(-units, scale)
        case _:
            return fmpq(units * 10, scale) if stream.below(2) else fmpq(units, scale * 10)
