"""How many decimals were typed, and whether one number is the rounding of another."""

from __future__ import annotations

from exam_tool.expressions.exact import Scalar, Undecided
from exam_tool.expressions.tree import Binary, Node, Number, Unary, walk

from .decide import Rounding, Verdict, decide, target


def rounds_to(value: Scalar, shown: Scalar, decimals: int | None) -> bool:
    """Whether a shown number is the value itself, or its rounding to the decimals shown."""
    rounding = Rounding(places=decimals) if decimals is not None else Rounding()
    try:
        return decide(target(value, rounding), shown, decimals).verdict is Verdict.CORRECT
    except Undecided:
        return False


def decimals_of(node: Node) -> int | None:
    """The decimals of a typed number: 1.20e-3 has 5, 26.9% has 3, a bare integer 0; None for an expression without a decimal in it."""
    own = _literal_decimals(node)
    if own is not None:
        return own
    found = [_literal_decimals(part) or 0 for part in walk(node) if type(part) is Number and not part.text.isdigit()]
    return max(found) if found else None


def _literal_decimals(node: Node) -> int | None:
    match node:
        case Number(_, text):
            mantissa, _, exponent = text.lower().partition("e")
            return len(mantissa.partition(".")[2]) - int(exponent or "0")
        case Unary("-", argument):
            return _literal_decimals(argument)
        case Unary("%", argument):
            inner = _literal_decimals(argument)
            return None if inner is None else inner + 2
        case Binary("*", Number() | Unary("-", Number()) as left, Binary("^", Number(_, "10"), Number() | Unary("-", Number()) as power)):
            exponent_value = power.value if isinstance(power, Number) else -power.argument.value  # type: ignore[union-attr]
            inner = _literal_decimals(left)
            return None if inner is None or exponent_value.q != 1 or abs(exponent_value) > 400 else inner - int(exponent_value.p)
    return None
