"""A variant as the question a person reads: statement, conventions, precision, and what is asked under its letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from exam_tool.bank.problem import Ask
from exam_tool.expressions.arrays import Value, entries
from exam_tool.expressions.exact import Real
from exam_tool.expressions.forms import NumberStyle
from exam_tool.language import Language, Text
from exam_tool.statement import Paragraph, letter, parse_sentence, parse_statement
from exam_tool.variant import Variant

if TYPE_CHECKING:
    from exam_tool.explain import Solution

WORD_KINDS = ("choice", "text", "true_false", "order", "match")
EXACT_KINDS = ("exact", "rational", "integer", "expression", "shape")


class Part(NamedTuple):
    """One asked step: its letter, what it is, its symbol, its marks, the kind of answer, how precise it must be."""

    letter: str
    find: str
    label: Text
    marks: Fraction
    kind: str
    precision: Text | None
    choices: tuple[tuple[str, str], ...] = ()  # letters and what they stand for, in the language of formulas

    @property
    def is_word(self) -> bool:
        """Whether it asks for a fact: then its step has no symbol worth showing."""
        return self.find == "answer" and self.kind in WORD_KINDS


class Question(NamedTuple):
    """Everything a question shows, in one language, independent of where it is shown."""

    code: str
    chapter: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    values: Mapping[str, Value]
    style: NumberStyle
    parts: tuple[Part, ...]
    marks: Fraction


def question(variant: Variant, language: Language) -> Question:
    """The question of a variant; conventions and precision are sentences of a last paragraph."""
    problem = variant.problem
    parts = tuple(_part(variant, ask, position) for position, ask in enumerate(variant.asked))
    paragraphs = list(parse_statement(variant.text(language)))
    said = [words(language) for words in variant.conventions]
    if problem.keep is not None:
        said.append(Text(f"Keep {problem.keep} decimals while you work.", f"计算过程中保留 {problem.keep} 位小数。")(language))
    said += list(dict.fromkeys(part.precision(language) for part in parts if part.precision))
    if said:
        joint = "" if language == "zh" else " "
        options = sum(1 + len(offers) for offers in variant.offers.values())  # they come last, each list after its heading
        paragraphs.insert(len(paragraphs) - options, parse_sentence(joint.join(said)))
    return Question(
        variant.code,
        problem.chapter,
        problem.title(language),
        tuple(paragraphs),
        variant.trace.values,
        number_style(variant),
        parts,
        problem.marks,
    )


def number_style(variant: Variant) -> NumberStyle:
    """Decimals where the problem writes decimals, fractions elsewhere."""
    return NumberStyle(decimals=variant.problem.decimals)


def worked(variant: Variant, notes: Mapping[str, Text] | None = None) -> Solution:
    """The worked solution of a variant, rounded as its question asks; ``notes`` adds sentences under steps."""
    from exam_tool.explain import explain

    asked = [ask.find for ask in variant.asked]
    said = {**variant.remarks, **(notes or {})}
    return explain(variant.trace, asked, style=solution_style(variant.problem.decimals), notes=said, digits=variant.digits)


def solution_style(decimals: bool) -> NumberStyle:
    """The style of a worked solution: decimals or fractions as in the question, long closed forms as decimals."""
    from exam_tool.explain import SOLUTION_STYLE

    return replace(SOLUTION_STYLE, decimals=decimals)


def _part(variant: Variant, ask: Ask, position: int) -> Part:
    choices = tuple((one.label, one.shown) for one in variant.offers.get(ask.find, ()))
    return Part(letter(position), ask.find, variant.label(ask), ask.marks, variant.kind(ask), precision(variant, ask), choices)


def precision(variant: Variant, ask: Ask) -> Text | None:
    """How precise an answer must be, where that is not plain: only values that are not rational are ever rounded."""
    value = variant.trace.values[ask.find]
    if ask.find in variant.offers:
        return None
    if ask.places is not None:
        return Text(f"Give decimals to {ask.places} places.", f"结果保留 {ask.places} 位小数。")
    if ask.sig is not None:
        return Text(f"Give decimals to {ask.sig} significant figures.", f"结果保留 {ask.sig} 位有效数字。")
    if ask.kind in EXACT_KINDS or isinstance(value, str | bool):
        return None
    if any(isinstance(number, Real) for number in entries(value)):
        return Text("Exact values, or decimals to 3 significant figures.", "可写精确值，或保留 3 位有效数字的小数。")
    return None
