"""A number asked as a choice: the key among values that known mistakes leave, so that neither rank nor length tells it.

It draws and words the options of one asked step; what a chosen letter is worth is decided by ``marking``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from flint import fmpq

from exam_tool.bank.draws import Stream
from exam_tool.bank.facts import CHOOSE
from exam_tool.bank.problem import Ask
from exam_tool.closeness import close
from exam_tool.domain import Domain
from exam_tool.expressions.arrays import Shape, Value, is_scalar, same, shape_of
from exam_tool.expressions.decimals import decimal_text, magnitude, significant_text
from exam_tool.expressions.exact import Scalar, add, compare, sign
from exam_tool.expressions.forms import NumberStyle, is_short, tree_of
from exam_tool.expressions.printing.strict import text
from exam_tool.expressions.tree import Array
from exam_tool.language import ExamToolError, Text
from exam_tool.trace import Failure, Trace

LONGER = 3  # characters a wrong option may be longer or shorter than the key
NEAR = 9  # how many steps of its second digit a plausible value may lie away
TOO_FEW = "too few distinct distractors"


@dataclass(frozen=True, slots=True)
class Offered:
    """One option: its letter, its value, and the value in the language of formulas as it is shown."""

    label: str
    value: Value
    shown: str


Offers = tuple[Offered, ...]


def offer(trace: Trace, ask: Ask, stream: Stream, decimals: bool) -> Offers | None:
    """The options of one asked step on this draw, shuffled; None when there are too few that differ.

    At most half of the wrong ones (rounded down) are nearby values that no known mistake explains: they are taken only where the
    mistakes alone would leave the key at a rank that tells it.
    """
    key, wanted = trace.values[ask.find], ask.choices or 0
    wrong = sorted(stream.shuffled(_of_mistakes(trace, ask, decimals)), key=lambda value: _length_apart(value, key, ask, decimals))
    chosen = _ranked(trace, ask, wrong, stream, decimals) if is_scalar(key) else wrong[: wanted - 1]
    return None if chosen is None or len(chosen) < wanted - 1 else lettered(stream.shuffled([key, *chosen]), ask, decimals)


def lettered(values: Sequence[Value], ask: Ask, decimals: bool) -> Offers | None:
    """Values in this order as options; None when two of them look alike."""
    shown = written(values, ask, decimals)
    if len(set(shown)) < len(shown) or any("e" in text for text in shown):
        return None
    return tuple(Offered(*parts) for parts in zip(ascii_uppercase, values, shown, strict=False))


def written(values: Sequence[Value], ask: Ask, decimals: bool) -> list[str]:
    """Values in one style, so that the way of writing tells nothing: all exact, or all rounded alike."""
    style = NumberStyle(decimals=decimals)
    if ask.places is None and ask.sig is None:
        if all(isinstance(value, Shape) for value in values):
            return [text(tree_of(value, style)) for value in values]
        if all(_is_exact(value, style) for value in values):
            joint = tree_of(tuple(values), style)
            assert isinstance(joint, Array)
            return [text(item) for item in joint.items]
    return [_rounded(value, ask) for value in values]


def _is_exact(value: Value, style: NumberStyle) -> bool:
    return all(map(_is_exact, value, [style] * len(value))) if isinstance(value, tuple) else is_short(value, style)


def _rounded(value: Value, ask: Ask) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_rounded(item, ask) for item in value) + "]"
    return decimal_text(value, ask.places) if ask.places is not None else significant_text(value, ask.sig or 3)


def _of_mistakes(trace: Trace, ask: Ask, decimals: bool) -> list[Value]:
    """What known mistakes before or at the step leave there: possible values, none that could be taken for the key or another.

    A value so near another one that a rounding makes them one would be named after the wrong mistake.
    """
    step = trace.plan.by_name[ask.find]
    key = trace.values[ask.find]
    found: list[Value] = []
    for earlier in trace.plan.upstream([ask.find]):
        for mistake in earlier.mistakes:
            value = trace.mistaken(earlier, mistake)[ask.find]
            if _may_stand(value, key, step.domain, ask, decimals) and not any(_is(value, other) for other in found):
                found.append(value)
    return [value for i, value in enumerate(found) if not any(close(ask, value, other) for other in found[:i] + found[i + 1 :])]


def _is(value: Value, other: Value) -> bool:
    """Whether two values are the same, as far as that can be decided."""
    try:
        return same(value, other)
    except ExamToolError:
        return False


def _may_stand(value: Value, key: Value, possible: Domain, ask: Ask, decimals: bool) -> bool:
    """Whether a wrong value could be taken for the key: of its kind, possible, not alike, and written about as long."""
    if isinstance(value, Failure | str | bool) or isinstance(value, Shape) != isinstance(key, Shape):
        return False
    try:
        alike = len(value) == len(key) if isinstance(key, Shape) else shape_of(value) == shape_of(key)
        if not alike or not possible.holds(value) or close(ask, value, key):
            return False
        one, other = written([value, key], ask, decimals)
    except ExamToolError:
        return False
    return abs(len(one) - len(other)) <= LONGER


def _length_apart(value: Value, key: Value, ask: Ask, decimals: bool) -> int:
    """How much longer or shorter than the key a value is written: like lengths are taken first."""
    one, other = written([value, key], ask, decimals)
    return abs(len(one) - len(other))


def _ranked(trace: Trace, ask: Ask, wrong: Sequence[Scalar], stream: Stream, decimals: bool) -> list[Value] | None:
    """Wrong values chosen so that the key takes a drawn rank among them."""
    key, wanted = trace.values[ask.find], (ask.choices or 0) - 1
    below = [value for value in wrong if compare(value, key) < 0]
    above = [value for value in wrong if compare(value, key) > 0]
    spare = wanted // 2
    ranks = [r for r in range(wanted + 1) if max(0, r - len(below)) + max(0, wanted - r - len(above)) <= spare]
    while ranks:
        rank = ranks.pop(stream.below(len(ranks)))
        chosen = [*below[:rank], *above[: wanted - rank]]
        for side, short in ((-1, rank - len(below)), (1, wanted - rank - len(above))):
            nearby = _nearby(trace, ask, side, [*wrong, key], stream, decimals)
            chosen += [value for value, _ in zip(nearby, range(short), strict=False)]
        if len(chosen) == wanted:
            return chosen
    return None


def _nearby(trace: Trace, ask: Ask, side: int, taken: Sequence[Scalar], stream: Stream, decimals: bool) -> Iterator[Scalar]:
    """Plausible values on one side of the key, in a drawn order, unlike all that are taken."""
    key = trace.values[ask.find]
    possible = trace.plan.by_name[ask.find].domain
    known = list(taken)
    for steps in stream.shuffled(range(1, NEAR + 1)):
        value = add(key, side * int(steps) * _unit(key))
        taken_already = any(close(ask, value, other) for other in known)
        if sign(value) == sign(key) and not taken_already and _may_stand(value, key, possible, ask, decimals):
            known.append(value)
            yield value


def _unit(key: Scalar) -> fmpq:
    """One of the second significant digit, one where the key is whole and small, one part where it is a fraction."""
    if isinstance(key, fmpq) and key.q != 1 and key.q <= 60:
        return fmpq(1, key.q)
    if isinstance(key, fmpq) and key.q == 1:
        return fmpq(max(1, 10 ** (magnitude(key) - 1))) if key else fmpq(1)
    return fmpq(10) ** (magnitude(key) - 1)


def words_of(statement: Text, asked: Sequence[Ask], offers: Mapping[str, Offers], letters: Sequence[str]) -> Text:
    """The statement with the options of every choice after it."""
    parts = [statement]
    for ask, letter in zip(asked, letters, strict=True):
        if ask.find in offers:
            parts.append(CHOOSE if len(asked) == 1 else Text(f"For ({letter}) choose one.", f"（{letter}）单选。"))
            parts += [Text(line, line) for line in (f"- {one.label}. `{one.shown}`" for one in offers[ask.find])]
    return Text(*("\n\n".join(part(language).strip() for part in parts) for language in ("en", "zh")))


def letter_of(offers: Offers, value: Value) -> str | None:
    """The letter that stands for a value; None when it is not offered."""
    if isinstance(value, Failure):
        return None
    return next((one.label for one in offers if _is(one.value, value)), None)
