"""The judge: one response against one key. The quiz, ``grade`` and other programs use this and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from .choices import Options
from .decide import Verdict, target
from .judgement import Judgement, unread
from .key import Key, Number, prepare
from .outcomes import outcome_of
from .reading import TOO_DEEP, Reading, Unreadable, read_asked

REMEMBERED, SHORT = 8192, 80


def judge(
    response: str,
    *,
    key: Any,
    kind: str,
    places: int | None = None,
    sig: int | None = None,
    tolerance: Number | None = None,
    units: Sequence[str] = (),
    unit: str | None = None,
    multi: bool = False,
    also: Sequence[tuple[Number, Number]] = (),
    symbols: Sequence[str] = (),
    options: Options | None = None,
) -> Judgement:
    """The judgement on one response. Whatever a person typed, this returns; only a key or setting of the author can be at fault.

    Args:
        response: what the person typed.
        key: the expected answer as text in the same language (``"1/(1+exp(1))"``, ``"[[1,2],[3,4]]"``, ``"32x32x16"``, ``"{-2,2}"``,
            ``"[0,1)"``, ``"A,C"``; for ``text`` the accepted names separated by ``|``), or an exact value.
        kind: integer, rational, decimal, exact, expression, shape, vector, matrix, set, interval, choice, text, true_false, order, match.
        places: decimals asked; ``sig``: significant figures asked; ``tolerance``: the largest distance accepted instead of both.
        units: words that may follow the number; ``unit``: the one asked, where ``"%"`` asks for a percentage.
        multi: several choices may be right.
        also: further accepted ranges ``(low, high)``.
        symbols: the free symbols of an expression (those of the key, if not given).
        options: the labels of a choice, or labels with their texts; A to D if not given.

    Raises:
        NotAsked: for a key that does not read as its own kind.
    """
    try:
        prepared = _prepared(
            key, kind, places, sig, tolerance, _frozen(units), unit, multi, _frozen(also), _frozen(symbols), _frozen(options)
        )  # fmt: skip
    except TypeError:  # a key that cannot be hashed, such as an irrational value
        prepared = prepare(
            key, kind, places=places, sig=sig, tolerance=tolerance, units=units, unit=unit, multi=multi, also=also, symbols=symbols,
            options=options,
        )  # fmt: skip
    return judge_with(prepared, response)


def _frozen(value: Any) -> Any:
    if type(value) is tuple or value is None:
        return value
    if isinstance(value, Mapping):
        return ("mapping", *value.items())
    return tuple(tuple(item) if isinstance(item, list) else item for item in value)


@lru_cache(maxsize=1024, typed=True)
def _prepared(
    key: Any, kind: str, places: Any, sig: Any, tolerance: Any, units: Any, unit: Any, multi: Any, also: Any, symbols: Any, options: Any
) -> Key:
    if options and options[0] == "mapping" and len(options) > 1 and isinstance(options[1], tuple):
        options = dict(options[1:])
    digits = {"places": places, "sig": sig, "tolerance": tolerance, "also": also}
    return prepare(key, kind, units=units, unit=unit, multi=multi, symbols=symbols, options=options, **digits)


def judge_with(key: Key, response: str) -> Judgement:
    """One response against a key made ready; a short response met before is not judged again."""
    if type(response) is not str:
        response = "" if response is None else str(response)
    return _remembered(key, response) if len(response) <= SHORT else _judged(key, response)


def _judged(key: Key, response: str) -> Judgement:
    reading = read_asked(response, key.asked)
    if type(reading) is Unreadable:
        return unread(reading)
    try:
        return key.judge(reading, key)  # type: ignore[arg-type]  # the other half of the union
    except RecursionError:  # a second fence, for callers that stand deep in the stack already
        return unread(Unreadable(response, TOO_DEEP, 0, max(1, len(response)), "too-deep"))


_remembered = lru_cache(maxsize=REMEMBERED)(_judged)


def judge_reading(key: Key, reading: Reading) -> Judgement:
    """A response that was read already, against a key: marking compares one reading with many values."""
    return key.judge(reading, key)


def same_value(reading: Reading, key: Key) -> bool:
    """Whether a reading is accepted in full as this key."""
    return key.judge(reading, key).verdict is Verdict.CORRECT


__all__ = ["judge", "judge_reading", "judge_with", "outcome_of", "prepare", "same_value", "target"]
