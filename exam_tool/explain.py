"""A worked solution from a trace: the steps that lead to what is asked, each with its reason, formula, numbers and value.

It decides what is said, in what order; how it looks in a terminal or a document is for ``render``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from flint import fmpq

from exam_tool.expressions.arrays import Value, entries
from exam_tool.expressions.exact import Real
from exam_tool.expressions.filling import as_numbers, put_in, puts_exactly
from exam_tool.expressions.forms import NumberStyle, ends_at, is_short, rounded_at, rounded_tree, shown_tree, tree_of
from exam_tool.expressions.printing import symbol, unicode_text
from exam_tool.expressions.printing.cells import cell_width
from exam_tool.expressions.products import told_apart
from exam_tool.expressions.tree import Array, Binary, Call, Name, Node, names, walk
from exam_tool.expressions.values import TRUTH
from exam_tool.language import Text
from exam_tool.statement import letter
from exam_tool.trace import Step, Trace

FACTS = "facts"  # the name of the calculator that stands for facts
SOLUTION_STYLE = NumberStyle(figures=6, closed_forms=False)


class Digits(NamedTuple):
    """The decimals a question asks for: places, or significant figures."""

    places: int | None
    figures: int | None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a chain of equalities, and the sign before it: ``=``, or ``≈`` from the first rounding on."""

    relation: str
    node: Node


@dataclass(frozen=True, slots=True)
class SolutionLine:
    """One step: ``name = formula = numbers put in = value``, with the letter of the question when it is asked."""

    name: str
    letter: str
    label: Text
    because: Text | None
    sides: tuple[Side, ...]
    word: Text | None  # the value of a step that is no number
    note: Text | None

    @property
    def subject(self) -> Node:
        return Name(self.name)

    @property
    def told(self) -> Text | None:
        """The answer that is known rather than calculated: its label says what it is, and it has no symbol worth showing."""
        return self.word if not self.sides else None


@dataclass(frozen=True, slots=True)
class GivenLine:
    """A given with its value."""

    name: str
    label: Text
    value: Value


@dataclass(frozen=True, slots=True)
class Solution:
    """Everything a worked solution says."""

    givens: tuple[GivenLine, ...]
    conventions: tuple[Text, ...]
    lines: tuple[SolutionLine, ...]
    style: NumberStyle  # of the givens


def explain(
    trace: Trace,
    asked: Sequence[str] = (),
    *,
    style: NumberStyle = SOLUTION_STYLE,
    notes: Mapping[str, Text] | None = None,
    digits: Mapping[str, Digits] | None = None,
) -> Solution:
    """The solution for the steps asked (default: all), with only the steps and givens they need.

    ``digits`` has what is asked of steps whose value is to be rounded: they end in the number to be written.
    ``notes`` adds a sentence under a step, such as what a student wrote there and what followed from it.
    """
    wanted = tuple(asked) or tuple(step.name for step in trace.plan.steps)
    steps = trace.plan.upstream(wanted)
    letters = {name: letter(i) for i, name in enumerate(asked)}
    used = {name for step in steps for name in names(step.formula)} if trace.plan.calculator != FACTS else set()
    return Solution(
        tuple(GivenLine(given.name, given.label, trace.values[given.name]) for given in trace.plan.givens if given.name in used),
        tuple(conventions(trace)),
        tuple(
            _line(trace, step, letters.get(step.name, ""), style, (notes or {}).get(step.name), (digits or {}).get(step.name))
            for step in steps
        ),
        replace(style, closed_forms=True),
    )


def conventions(trace: Trace) -> Iterable[Text]:
    """The sentences that state the options this trace was run with; an option that says nothing is left out."""
    for option in trace.plan.declared:
        sentence = option.choices[trace.plan.options[option.name]]
        if sentence.en:
            yield sentence


def _line(trace: Trace, step: Step, letter: str, style: NumberStyle, note: Text | None, digits: Digits | None) -> SolutionLine:
    value = trace.values[step.name]
    if trace.plan.calculator == FACTS:  # it is known, not calculated: the reason says what is right
        return SolutionLine(step.name, letter, step.label, step.because, (), said(value, step.because), note)
    word = said(value) if isinstance(value, str | bool) else None
    sides = chain(trace, step, style, digits)
    if len(sides) > 1 and says_itself(step.name, sides[0].node):
        sides = sides[1:]
    return SolutionLine(step.name, letter, step.label, step.because, sides, word, note)


def says_itself(name: str, formula: Node) -> bool:
    """Whether a formula looks like the symbol of its step: ``inv(M)`` of ``M_inv``, both ``M⁻¹``."""
    return unicode_text(formula) == symbol(name).unicode


def said(value: str | bool, sentence: Text | None = None) -> Text:
    """A value that is no number, in both languages: of several accepted names the first one of each; figures stay figures.

    Where a sentence says the answer, a Chinese name counts only if it stands there: an abbreviation, a number or a person's
    name is the answer in Chinese as well.
    """
    if str(value) in ("true", "false", "True", "False"):
        return TRUTH[str(value).lower() == "true"]
    names = str(value).split("|")
    if names[0].isdigit():
        return Text(names[0], names[0])
    chinese = [name for name in names if any(cell_width(character) == 2 for character in name)]
    if sentence is not None:
        chinese = [name for name in chinese if name in sentence.zh]
    return Text(next((name for name in names if name not in chinese), names[0]), (chinese or names)[0])


def chain(trace: Trace, step: Step, style: NumberStyle = SOLUTION_STYLE, digits: Digits | None = None) -> tuple[Side, ...]:
    """Formula, numbers put in, exact value, rounded value; a side that only repeats the one before is left out."""
    values, value = trace.values, trace.values[step.name]
    if isinstance(value, str | bool):
        value = None
    exactly = replace(style, closed_forms=True)  # a given ``ln(2)`` is put in as it was given
    styles = {given.name: exactly for given in trace.plan.givens}
    formula = told_apart(step.formula, values)
    sides = [Side("=", formula)]
    if value is not None:
        style = filling_style(formula, values, value, style, styles)
    exact_so_far = puts_exactly(formula, values, style, styles)
    known = {name: values[name] for name in names(formula) if name in values and not isinstance(values[name], str | bool)}
    sides.append(Side("=" if exact_so_far else "≈", put_in(formula, known, style, styles)))
    if value is not None:
        sides += _rounded_as_asked(value, _value_sides(value, exact_so_far, style), digits)
    if isinstance(value, tuple) and sum(1 for _ in entries(value)) == 1:
        sides = _as_numbers(sides)
    return tuple(side for i, side in enumerate(sides) if i == 0 or side.node != sides[i - 1].node)


def filling_style(
    formula: Node, values: Mapping[str, Value], value: Value, style: NumberStyle, styles: Mapping[str, NumberStyle]
) -> NumberStyle:
    """The style in which to put numbers in: ``σ(−2·ln(2)) = 1/5``, since the rounded number would not give this value.

    A whole number may be picked, whatever was rounded on the way to it; one that ``exp`` gives is calculated.
    """
    exactly = replace(style, closed_forms=True)
    powers = any(isinstance(part, Call) and part.function == "exp" for part in walk(formula))
    settled = not _is_irrational(value) and (powers or not _is_whole(value))
    rounds = not puts_exactly(formula, values, style, styles)
    return exactly if rounds and settled and puts_exactly(formula, values, exactly) else style


def _as_numbers(sides: list[Side]) -> list[Side]:
    """A calculation with layers of one unit, in numbers: ``0.5·2 + 1`` rather than ``[0.5] [2] + [1]``."""
    first, *rest = sides
    numbers = [as_numbers(side.node) for side in rest]
    plain = as_numbers(first.node) if isinstance(first.node, Array) else first.node
    if plain is None or any(node is None for node in numbers):
        return sides
    return [Side("=", plain), *(Side(side.relation, node) for side, node in zip(rest, numbers, strict=True) if node is not None)]


def _value_sides(value: Value, exact_so_far: bool, style: NumberStyle) -> list[Side]:
    """The exact value where it is short, and beside irrational numbers their decimals."""
    shown, exact = shown_tree(value, style)
    if not _is_irrational(value):
        return [Side("=" if exact and (exact_so_far or _is_whole(value)) else "≈", shown)]
    found = []
    if exact_so_far and (exact if isinstance(value, tuple) else is_short(value, replace(style, closed_forms=True))):
        written = tree_of(value, style)
        found += [Side("=", written)] if _logarithms(written) < 2 else []  # ``(ln(3/4) / ln(2)) / 2 − 3/2`` says no more than its decimals
    return [*found, Side("≈", _in_decimals(value, style))]


def _logarithms(node: Node) -> int:
    return sum(isinstance(part, Call) and part.function == "ln" for part in walk(node))


def _rounded_as_asked(value: Value, sides: list[Side], digits: Digits | None) -> list[Side]:
    """The sides of a value, the last of them the number to be written where a question asks for decimals."""
    if digits is None or ends_at(value, *digits):
        return sides
    kept = [side for side in sides if side.relation == "="]
    return [*kept, Side("≈", rounded_at(value, *digits))]


def _in_decimals(value: Value, style: NumberStyle) -> Node:
    """Rounded numbers; those among them that end soon are not rounded: ``1``, not ``1.00000``."""
    if isinstance(value, tuple):
        return Array(tuple(_in_decimals(item, style) for item in value))
    if isinstance(value, fmpq):
        plain = shown_tree(value, replace(style, decimals=True))[0]
        return rounded_tree(value, style.figures) if isinstance(plain, Binary) else plain
    return shown_tree(value, replace(style, closed_forms=False, longest=0))[0]


def _is_irrational(value: Value) -> bool:
    return any(isinstance(entry, Real) for entry in entries(value))


def _is_whole(value: Value) -> bool:
    """Whether a value counts or picks something: that is exact, however its substitution was rounded."""
    return all(isinstance(entry, fmpq) and entry.q == 1 for entry in entries(value))
