"""Hints for the first step the student has not got, one rung at a time, read off the trace: point, teach, substitute, bottom out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from exam_tool.explain import chain, filling_style, says_itself
from exam_tool.expressions.arrays import Value, entries
from exam_tool.expressions.filling import as_numbers, put_in, puts_exactly
from exam_tool.expressions.forms import NumberStyle, shown_tree
from exam_tool.expressions.printing import symbol, unicode_text
from exam_tool.expressions.products import told_apart
from exam_tool.expressions.tree import Array, Binary, Call, Compare, Name, Node, Number, Unary, walk
from exam_tool.language import Language, Text
from exam_tool.trace import Step

from .grading import grade, sheet_of
from .sheet import Sheet
from .verdicts import Blank, Grade, KnownMistake, Named

if TYPE_CHECKING:
    from exam_tool.variant import Variant

Rung = Literal["point", "teach", "substitute", "bottom_out"]
RUNGS: tuple[Rung, ...] = ("point", "teach", "substitute", "bottom_out")
DONE = ("correct", "implied", "follows_through", "misread")
GAP = "__"
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Hint:
    """One rung. After the last one an answer counts as assisted, and another variant should follow."""

    rung: Rung
    step: str
    text: str

    @property
    def assists(self) -> bool:
        return self.rung == "bottom_out"


def hints(variant: Variant, responses: Mapping[str, str], language: Language = "en", marked: Grade | None = None) -> tuple[Hint, ...]:
    """The four rungs for the first step that is not right yet; empty when every step is.

    Only the last rung shows a value, and only that of this step.
    """
    sheet = sheet_of(variant)
    step = next_step(sheet, marked if marked is not None else grade(variant, responses))
    if step is None:
        return ()
    said = (point(sheet, step), teach(step, variant.trace.values), substitute(variant, step), bottom_out(variant, step))
    return tuple(Hint(rung, step.name, text(language)) for rung, text in zip(RUNGS, said, strict=True))


def next_step(sheet: Sheet, marked: Grade) -> Step | None:
    """The step to work on: where a named cause lies, else the first one before, or at, the first asked step that is not right."""
    for grade_of in marked.steps:
        if marked.codes[grade_of.name] in DONE:
            continue
        if isinstance(grade_of.cause, Named) and isinstance(grade_of.verdict, KnownMistake) and grade_of.cause.at in sheet.plan.by_name:
            return sheet.plan.by_name[grade_of.cause.at]
        column = sheet.columns[grade_of.name]
        return column.segment[0] if column.segment and isinstance(grade_of.verdict, Blank) else column.step
    return None


def point(sheet: Sheet, step: Step) -> Text:
    """Where to look and what enters there, without saying what to do with it."""
    used = [symbol(name).unicode for name in sheet.form.names if name in step.needs]
    shown = symbol(step.name).unicode
    named = any(shown in label.split() for label in step.label)  # "value of p" needs no (p) behind it
    en, zh = step.label if named else (f"{step.label.en} ({shown})", f"{step.label.zh}（{shown}）")
    if not used:
        return Text(f"Look at this step: {en}.", f"看这一步：{zh}。")
    *most, last = used
    listed = f"{', '.join(most)} and {last}" if most else last
    return Text(f"Look at this step: {en}. It is worked out from {listed}. How?", f"看这一步：{zh}。它由 {'、'.join(used)} 算出，怎么算？")


def teach(step: Step, values: Mapping[str, Value]) -> Text:
    """The formula by its names, and why; of a constant only why, since its formula is its value.

    The values decide nothing but which product is meant: ``w · x`` of vectors, ``W x`` of a matrix.
    """
    name = symbol(step.name).unicode
    formula = told_apart(step.formula, values)
    if (_constant(step.formula) or says_itself(step.name, formula)) and step.because is not None:
        return Text(f"{name}: {step.because.en}.", f"{name}：{step.because.zh}。")
    en, zh = (f"{name} = {unicode_text(formula, True, language)}" for language in LANGUAGES)
    if step.because is None:
        return Text(f"{en}.", f"{zh}。")
    return Text(f"{en}: {step.because.en}.", f"{zh}：{step.because.zh}。")


def substitute(variant: Variant, step: Step) -> Text:
    """The formula with this variant's numbers, its last operation left open."""
    values = variant.trace.values
    style = NumberStyle(decimals=variant.problem.decimals, closed_forms=False)
    styles = {given.name: replace(style, closed_forms=True) for given in variant.trace.plan.givens}  # a given ``ln(2)`` as it was given
    formula, value = told_apart(step.formula, values), values[step.name]
    if not isinstance(value, str | bool):
        style = filling_style(formula, values, value, style, styles)
    shown = opened(filled_in(formula, values, value, style, styles), step.formula, value, style)
    exact = puts_exactly(_kept(formula) if _is_cut(shown) else formula, values, style, styles)
    if shown == step.formula:
        shown, exact = formula, True
    name, relation = symbol(step.name).unicode, "=" if exact else "≈"
    if _constant(step.formula):
        return Text(f"{name} = {GAP}", f"{name} = {GAP}")
    asks_where = isinstance(shown, Compare)
    en, zh = (unicode_text(shown, not asks_where, language) for language in LANGUAGES)
    if asks_where:
        return Text(f"{name} = {GAP}: 1 where {en}, else 0.", f"{name} = {GAP}：{zh} 成立处为 1，否则为 0。")
    return Text(*(f"{name} {relation} {line}" + ("" if GAP in line else f" = {GAP}") for line in (en, zh)))


def filled_in(formula: Node, values: Mapping[str, Value], value: Value, style: NumberStyle, styles: Mapping[str, NumberStyle]) -> Node:
    """The formula with numbers; of a layer with one unit, whose value holds one number, plain numbers."""
    filled = put_in(formula, values, style, styles)
    return (_one(value) and as_numbers(filled)) or filled


def _one(value: Value) -> bool:
    return isinstance(value, tuple) and len(list(entries(value))) == 1


def opened(filled: Node, formula: Node, value: Value, style: NumberStyle) -> Node:
    """A formula with numbers put in, cut open so that the value of the whole is not in it.

    A sum or product keeps its left part, a function keeps its numbers; a formula that is a mere name or a list of values
    keeps its names, since with numbers it would be the answer.
    """
    answer = shown_tree(value, style)[0]
    if _one(value) and filled == as_numbers(answer):
        return formula
    written = isinstance(formula, Binary)  # a mere name may stand for a fraction
    if written and isinstance(filled, Binary) and filled.operator in ("+", "-", "*", "/") and not _shows(filled.left, answer):
        return Binary(filled.operator, filled.left, Name(GAP))
    if written and isinstance(filled, Call) and filled.function == "hadamard" and not _shows(filled.arguments[0], answer):
        return Call("hadamard", (filled.arguments[0], Name(GAP)))
    if isinstance(filled, Call | Binary | Unary | Compare) and not isinstance(value, str | bool) and not _shows(filled, answer):
        return filled
    if isinstance(filled, Array) and filled != answer and any(isinstance(part, Binary | Call) for part in walk(filled)):
        return filled
    return formula


def _is_cut(shown: Node) -> bool:
    return Name(GAP) in (shown.right if isinstance(shown, Binary) else None, *(shown.arguments[1:] if isinstance(shown, Call) else ()))


def _kept(formula: Node) -> Node:
    """The left part of a sum or product."""
    match formula:
        case Binary(_, left, _) | Call("hadamard", (left, _)):
            return left
    return formula


def _constant(formula: Node) -> bool:
    """Whether a formula is numbers alone, which are the answer already."""
    return all(isinstance(part, Number | Array) or (isinstance(part, Unary) and part.operator == "-") for part in walk(formula))


def _shows(node: Node, answer: Node) -> bool:
    """Whether a value stands in a formula as a whole."""
    if node == answer:
        return True
    match node:
        case Number() | Name():
            return False
        case Unary(_, argument):
            return _shows(argument, answer)
        case Binary(_, left, right):
            return _shows(left, answer) or _shows(right, answer)
        case Call(_, arguments):
            return any(_shows(part, answer) for part in arguments)
        case Array(items):
            return any(_shows(part, answer) for part in items)
        case _:
            return False


def bottom_out(variant: Variant, step: Step) -> Text:
    """The line with its value, rounded as asked."""
    style = NumberStyle(decimals=variant.problem.decimals, closed_forms=False)
    first, *rest = chain(variant.trace, step, style, variant.digits.get(step.name))
    sides = rest or [first]
    en, zh = (
        symbol(step.name).unicode + "".join(f" {side.relation} {unicode_text(side.node, True, language)}" for side in sides)
        for language in LANGUAGES
    )
    return Text(en + ". Now try another one of this kind.", zh + "。接着换一道同类的题。")
