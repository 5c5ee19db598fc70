"""The expected answer of a question, read once and made ready for judging many responses fast."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from exam_tool.expressions.arrays import Shape, Value, entries, is_scalar, shape_of
from exam_tool.expressions.evaluate import evaluate
from exam_tool.expressions.exact import Real, Scalar
from exam_tool.expressions.reader import read
from exam_tool.expressions.tree import Name, Node, names
from exam_tool.language import ExamToolError, Text

from .choices import DEFAULT_OPTIONS, PAIR_BREAK, PAIR_SIGN, Options, folded, labels_of, plain
from .decide import DEFAULT_FIGURES, EXACT, Rounding, Target, target
from .grammar import CONSTANTS
from .judgement import Judgement
from .reading import NUMBERS, Asked, NotAsked, Reading, asked_for, read_fully

MAX_PLACES = 60
Number = int | float | str | Fraction | Decimal | Any  # or an exact value: fmpq, Real, arb


@dataclass(frozen=True, eq=False, slots=True)
class Key:
    """What is expected and how strictly. ``goal`` is what responses are compared with: targets of numbers, else the value itself."""

    asked: Asked
    value: Value
    rounding: Rounding
    goal: Any
    layout_free: bool
    prove: bool
    judge: Callable[[Reading, Key], Judgement]


def prepare(
    key: Any,
    kind: str,
    *,
    places: int | None = None,
    sig: int | None = None,
    tolerance: Number | None = None,
    units: Sequence[str] = (),
    unit: str | None = None,
    multi: bool = False,
    also: Sequence[tuple[Number, Number]] = (),
    symbols: Sequence[str] = (),
    options: Options | None = None,
    layout: str | None = None,
    strict: bool = False,
    prove: bool = True,
) -> Key:
    """A key from its text, or from an exact value, with what the question asks.

    ``unit="%"`` asks for a percentage: a response may leave the sign out, and ``places`` count in the percentage. The key is then
    a proportion (``7/8``), or a percentage where its text ends in % or is a number above 1. ``layout="any"`` accepts a shape with
    its axes in another order. ``strict`` wants every asked digit typed, final zeros too. ``prove`` False keeps expressions out of
    the child process.

    Raises:
        NotAsked: for a key that does not read as its own kind, and for settings that make no sense.
    """
    from .compare import judge_of

    _check_digits(places, sig)
    try:
        value, asked = _value_of_key(key, kind, units, unit, symbols, options, multi)
        if unit == "%":
            value = _percentage(value, key)
        rounding = replace(_rounding(kind, places, sig, tolerance), strict=strict)
        ranges = [(number_of(low), number_of(high)) for low, high in also]
    except NotAsked:
        raise
    except ExamToolError as error:
        shown = str(key)[:60]
        raise NotAsked(
            Text(
                f'The key "{shown}" does not read as {kind}: {error.message.en}', f"标准答案“{shown}”不能按 {kind} 读取：{error.message.zh}"
            )
        ) from None
    return Key(asked, value, rounding, _goal(value, kind, rounding, ranges), layout == "any", prove, judge_of(asked.kind))


def _check_digits(places: int | None, sig: int | None) -> None:
    if places is not None and not (type(places) is int and 0 <= places <= MAX_PLACES):
        raise NotAsked(Text(f"places is a whole number from 0 to {MAX_PLACES}.", f"places 必须是 0 到 {MAX_PLACES} 的整数。"))
    if sig is not None and not (type(sig) is int and 1 <= sig <= MAX_PLACES):
        raise NotAsked(Text(f"sig is a whole number from 1 to {MAX_PLACES}.", f"sig 必须是 1 到 {MAX_PLACES} 的整数。"))
    if places is not None and sig is not None:
        raise NotAsked(Text("Give places or sig, not both.", "places 与 sig 只能给一个。"))


def _rounding(kind: str, places: int | None, sig: int | None, tolerance: Number | None) -> Rounding:
    if tolerance is not None:
        width = number_of(tolerance)
        if type(width) is not fmpq or width < 0:
            raise NotAsked(Text("A tolerance is a rational number that is not negative.", "容差必须是非负有理数。"))
        return Rounding(tolerance=width)
    if places is None and sig is None:
        return Rounding(figures=DEFAULT_FIGURES) if kind == "decimal" else EXACT
    return Rounding(places=places, figures=sig)


def number_of(given: Number) -> Scalar:
    """An exact number from what an author may hand over; a float counts as the decimal it prints as."""
    match given:
        case fmpq() | Real() | arb():
            return given
        case bool():
            raise NotAsked(Text("A number is needed.", "这里需要一个数。"))
        case int():
            return fmpq(given)
        case Fraction():
            return fmpq(given.numerator, given.denominator)
        case float() | Decimal():
            given = str(given)
    try:
        value: Scalar = read_fully(str(given), Asked("exact")).value
    except ExamToolError:
        value = evaluate(read(str(given)))
    return value


def _value_of_key(
    key: Any, kind: str, units: Sequence[str], unit: str | None, symbols: Sequence[str], options: Options | None, multi: bool
) -> tuple[Value, Asked]:
    lefts: tuple[str, ...] = ()
    match kind:
        case "expression":
            return _expression_key(key, units, unit, symbols)
        case "order":
            options = options if options is not None else _order_labels(key)
        case "match":
            pairs = _pairs(key)
            lefts = tuple(dict.fromkeys(left for left, _ in pairs))
            options = options if options is not None else tuple(sorted({right for _, right in pairs}))
            asked = asked_for(kind, options=options, lefts=lefts)
            unknown = [right for _, right in pairs if right not in labels_of(options)]
            if unknown or len(lefts) != len(pairs):
                raise NotAsked(
                    Text(
                        "A matching key gives each left label one of the offered right labels.",
                        "配对题的标准答案必须给每个左项一个可选的右项。",
                    )
                )
            return tuple(pairs), asked
        case "text":
            asked = asked_for(kind)
            names_accepted = key.split("|") if isinstance(key, str) else list(key)
            return tuple(folded(plain(name)) for name in names_accepted), asked
        case "true_false" if isinstance(key, bool):
            return key, asked_for(kind)
        case "choice":
            options = options if options is not None else DEFAULT_OPTIONS
            multi = multi or (not isinstance(key, str) and len(key) > 1)
            key = key if isinstance(key, str) else ",".join(key)
            options = _lettered(options, key)
    asked = asked_for(kind, units=units, unit=unit, symbols=(), options=options, multi=multi)
    return (_read_key(key, asked) if isinstance(key, str) else _given(key, kind)), asked


def _lettered(options: Options, key: str) -> Options:
    """Options given as texts get the letters A, B, C ... when the key is not one of the texts."""
    if isinstance(options, Mapping | str) or folded(key) in map(folded, options) or all(len(str(option)) == 1 for option in options):
        return options
    return {chr(ord("A") + i): str(option) for i, option in enumerate(options)}


def _given(key: Any, kind: str) -> Value:
    """A value handed over as it is; plain Python numbers are made exact."""
    if isinstance(key, Shape | fmpq | Real | bool):
        return key
    if isinstance(key, tuple | list):
        inner = tuple(_given(item, kind) for item in key)
        return Shape(inner) if kind == "shape" else inner
    return number_of(key)


def _read_key(key: str, asked: Asked) -> Value:
    """The typed language first; what only the strict one has (products of matrices, softmax ...) second."""
    try:
        reading = read_fully(key, asked)
    except ExamToolError as typed_error:
        if asked.kind not in NUMBERS and asked.kind not in ("vector", "matrix"):
            raise
        try:
            value = evaluate(read(key))
            axes = len(shape_of(value))
        except ExamToolError:
            raise typed_error from None
        if axes != {"vector": 1, "matrix": 2}.get(asked.kind, 0) or not is_scalar(next(entries(value), value)):
            raise typed_error from None
        return value
    value = reading.value
    if asked.kind == "vector" and value and isinstance(value[0], tuple):
        return value[0] if len(value) == 1 else tuple(row[0] for row in value)
    if asked.kind == "matrix" and reading.flat:
        return (value,)
    return value


def _expression_key(key: Any, units: Sequence[str], unit: str | None, symbols: Sequence[str]) -> tuple[Node, Asked]:
    """The tree of the key; without declared symbols every name of the key but pi and e is one."""
    node: Node
    if isinstance(key, str):
        try:
            node = read(key)
            declared = tuple(symbols) or tuple(sorted(names(node) - CONSTANTS))
        except ExamToolError:
            node = Name("")
            declared = tuple(symbols)
        asked = asked_for("expression", units=units, unit=unit, symbols=declared)
        try:
            node = read_fully(key, asked).value
        except ExamToolError:
            if node == Name(""):
                raise
        return node, asked
    node = key
    declared = tuple(symbols) or tuple(sorted(names(node) - CONSTANTS))
    return node, asked_for("expression", units=units, unit=unit, symbols=declared)


def _order_labels(key: Any) -> tuple[str, ...]:
    """The labels in use, sorted, when a question lists none."""
    if not isinstance(key, str):
        return tuple(sorted(map(str, key)))
    parts = [part.strip() for part in key.replace("，", ",").split(",")]
    return tuple(sorted(parts if len(parts) > 1 else key.split()))


def _pairs(key: Any) -> list[tuple[str, str]]:
    if isinstance(key, Mapping):
        return [(str(left), str(right)) for left, right in key.items()]
    if not isinstance(key, str):
        return [(str(left), str(right)) for left, right in key]
    found = []
    for part in PAIR_BREAK.split(plain(key)):
        sides = PAIR_SIGN.split(part, maxsplit=1)
        if len(sides) != 2:
            raise NotAsked(Text(f'"{part}": a matching key is written 1-B, 2-A.', f"“{part}”：配对题的标准答案请写成 1-B, 2-A。"))
        found.append((sides[0], sides[1]))
    return found


def _percentage(value: Value, key: Any) -> Value:
    """The key as a number of percent. The reader has dropped a % sign already, so that such a key is a percentage as it stands."""
    if type(value) is not fmpq and type(value) is not Real:
        return value
    if isinstance(key, str) and (key.strip().rstrip("$").endswith(("%", "％")) or (type(value) is fmpq and abs(value) > 1)):
        return value
    from exam_tool.expressions.exact import multiply

    return multiply(fmpq(100), value)


def _goal(value: Value, kind: str, rounding: Rounding, also: Sequence[tuple[Scalar, Scalar]]) -> Any:
    if kind in NUMBERS:
        return target(value, rounding, also)
    if kind in ("vector", "matrix", "set"):
        return _targets(value, rounding, also)
    if kind == "interval":
        return tuple(
            (None if low is None else target(low, rounding), a, None if high is None else target(high, rounding), b)
            for low, a, high, b in value
        )
    return value


def _targets(value: Value, rounding: Rounding, also: Sequence[tuple[Scalar, Scalar]]) -> Any:
    if isinstance(value, tuple):
        return tuple(_targets(item, rounding, also) for item in value)
    return target(value, rounding, also)


__all__ = ["Key", "Target", "number_of", "prepare"]
