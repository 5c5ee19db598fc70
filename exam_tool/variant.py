"""A problem and a seed make a variant: the draw, what it must satisfy, and why a draw is refused. It marks nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flint import fmpq

from exam_tool.bank.draws import Stream
from exam_tool.bank.facts import LABEL, ask_fact
from exam_tool.bank.problem import Ask, Problem
from exam_tool.calculators.work import CalculatorError
from exam_tool.closeness import close
from exam_tool.distractors import TOO_FEW, Offers, letter_of, offer, words_of
from exam_tool.domain import domain
from exam_tool.expressions.arrays import Shape, Value, entries
from exam_tool.expressions.functions import truth
from exam_tool.expressions.tree import Name
from exam_tool.language import ExamToolError, Text
from exam_tool.statement import letter
from exam_tool.trace import Failure, Given, Mistake, Plan, Step, Trace, make_step, run_plan

if TYPE_CHECKING:
    from exam_tool.bank import Bank
    from exam_tool.bank.shelf import Shelf
    from exam_tool.explain import Digits

MAX_TRIES = 2000
CODE = re.compile(r"(?P<id>[^@:\s]+)(?:@(?P<version>[0-9]{1,6}))?(?::(?P<seed>[0-9]{1,12}))?")


class NoVariant(ExamToolError):
    """No draw satisfies the conditions of a problem; ``reasons`` counts why draws were refused."""

    def __init__(self, message: Text, reasons: Mapping[str, int]) -> None:
        super().__init__(message)
        self.reasons = dict(reasons)


@dataclass(frozen=True)
class Variant:
    """One question with its numbers. ``trace`` holds the exact value of every step.

    ``offered`` has the labels to choose from in a fact, ``offers`` the options of every step whose number is asked as a choice.
    """

    problem: Problem
    seed: int
    attempt: int
    trace: Trace
    words: Text | None = None
    offered: tuple[str, ...] = ()
    offers: Mapping[str, Offers] = field(default_factory=dict)

    @property
    def text(self) -> Text:
        """The statement: the problem's, or that of a fact as it is asked this time."""
        return self.problem.text if self.words is None else self.words

    @property
    def code(self) -> str:
        """``id@version:seed``, accepted wherever a problem is named."""
        return f"{self.problem.code}:{self.seed}"

    @property
    def options(self) -> Mapping[str, str]:
        return self.trace.plan.options

    @property
    def givens(self) -> Mapping[str, Value]:
        return self.trace.givens

    @property
    def asked(self) -> tuple[Ask, ...]:
        return self.problem.ask

    def kind(self, ask: Ask) -> str:
        """The kind of answer that is asked for: as the problem says, or as the value has it."""
        return ask.kind or value_kind(self.trace.values[ask.find])

    def label(self, ask: Ask) -> Text:
        return ask.label or self.trace.plan.by_name[ask.find].label

    def letter(self, ask: Ask, value: Value) -> str | None:
        """The letter under which a value is offered; None where it is not, or where the number itself is to be written."""
        return letter_of(self.offers[ask.find], value) if ask.find in self.offers else None

    @property
    def remarks(self) -> Mapping[str, Text]:
        """What a worked solution adds to the steps asked as a choice: the letter of their value."""
        keys = {ask.find: self.letter(ask, self.trace.values[ask.find]) for ask in self.asked if ask.find in self.offers}
        return {find: Text(f"The answer is {key}.", f"选 {key}。") for find, key in keys.items()}

    @property
    def digits(self) -> Mapping[str, Digits]:
        """The decimals asked of each step, where the question asks for some."""
        stated = [ask for ask in self.asked if (ask.places, ask.sig) != (None, None) and ask.find not in self.offers]
        from exam_tool.explain import Digits

        return {ask.find: Digits(ask.places, ask.sig) for ask in stated}

    @cached_property
    def conventions(self) -> tuple[Text, ...]:
        """The sentence of every convention on which what is asked depends."""
        plan = self.trace.plan
        wanted = [(step.name, step.formula) for step in plan.upstream(ask.find for ask in self.asked)]
        said = []
        for option in plan.declared:
            chosen = plan.options[option.name]
            others: Iterable[bool] = (self._other(option.name, choice, wanted) for choice in option.choices if choice != chosen)
            if option.formula:  # the author writes out a fixed one, but cannot write one that is drawn
                others = [len(self.problem.options.get(option.name, ())) > 1]
            if option.choices[chosen].en and any(others):
                said.append(option.choices[chosen])
        return tuple(said)

    def told(self) -> dict[str, Value]:
        """The givens without those that only took their default: another convention may have others in their place."""
        drawn = set(self.problem.draws)
        defaulted = {
            given.name for given in self.trace.plan.givens if given.default is not None and drawn.isdisjoint({given.name, *given.aliases})
        }
        return {name: value for name, value in self.givens.items() if name not in defaulted}

    def _other(self, option: str, choice: str, wanted: list[Any]) -> bool:
        """Whether another choice changes the asked calculation."""
        try:
            plan, _ = self.problem.calculator.plan(self.told(), {**self.options, option: choice})
        except CalculatorError:  # it needs other givens: a task of another kind, not another convention
            return False
        except ExamToolError:
            return True
        known = {ask.find for ask in self.asked} & set(plan.by_name)
        return [(step.name, step.formula) for step in plan.upstream(known)] != wanted

    def grade(self, responses: Mapping[str, str], **how: Any) -> Any:
        """Marks these responses, by name of the asked step (see ``exam_tool.marking``)."""
        from exam_tool.marking import grade

        return grade(self, responses, **how)


def value_kind(value: Value) -> str:
    """The kind of answer a value is, where the problem does not say."""
    if isinstance(value, Shape):
        return "shape"
    if isinstance(value, tuple):
        return "matrix" if value and isinstance(value[0], tuple) else "vector"
    if isinstance(value, fmpq):
        return "integer" if value.q == 1 else "rational"
    if isinstance(value, bool):
        return "true_false"
    return "text" if isinstance(value, str) else "decimal"


def draw(problem: Problem, seed: int) -> Variant:
    """The variant of this seed: the first acceptable draw.

    Raises:
        NoVariant: when none of many draws is acceptable.
        ExamToolError: when the problem itself is at fault (an unknown name, say).
    """
    if problem.fact is not None:
        return draw_fact(problem, seed)
    reasons: dict[str, int] = {}
    for attempt in range(MAX_TRIES):
        variant, reason = attempt_draw(problem, seed, attempt)
        if variant is not None:
            return variant
        reasons[reason] = reasons.get(reason, 0) + 1
    most = sorted(reasons, key=lambda reason: -reasons[reason])[:3]
    told = "; ".join(f"{reason} ({reasons[reason]})" for reason in most)
    raise NoVariant(
        Text(f"{problem.id}: none of {MAX_TRIES} draws is acceptable: {told}.", f"{problem.id}：{MAX_TRIES} 次抽取都不可用：{told}。"),
        reasons,
    )


def draw_fact(problem: Problem, seed: int) -> Variant:
    """A fact as this seed asks it: a plan of one step whose value is the key, and whose reason is what is right."""
    asked = ask_fact(problem.fact, Stream(f"{problem.code}:{seed}/fact"))
    key = Given("key", LABEL, domain(""))
    step = make_step("answer", LABEL, Name("key"), asked.because, domain(""))
    trace = run_plan(Plan("facts", {}, (), (key,), (step,)), {"key": asked.key})
    return Variant(problem, seed, 0, trace, asked.words, asked.options)


def attempt_draw(problem: Problem, seed: int, attempt: int) -> tuple[Variant | None, str]:
    """One draw, or why it is refused."""
    stem = f"{problem.code}:{seed}/{attempt}/"
    options = dict(problem.preset)
    for name, choices in problem.options.items():
        options[name] = choices[Stream(stem + "option." + name).below(len(choices))] if len(choices) > 1 else choices[0]
    values: dict[str, Value] = {}
    try:
        for name, spec in problem.draws.items():
            values[name] = spec.draw(Stream(stem + name), values)
        plan, complete = problem.calculator.plan(values, options)
        trace = run_plan(plan, complete)
    except ExamToolError as error:
        return None, error.message.en
    variant = Variant(problem, seed, attempt, trace)
    for condition in problem.where:
        if not truth(condition.holds(trace.values)):
            return None, condition.text
    if reason := indistinct(variant):
        return None, reason
    return with_choices(variant, stem)


def with_choices(variant: Variant, stem: str) -> tuple[Variant | None, str]:
    """The variant with options for every number asked as a choice, or why this draw has none.

    A key that stands among the givens is refused: it could be found by reading alone.
    """
    decimals, offers = variant.problem.decimals, {}
    for ask in variant.asked:
        if ask.choices is None:
            continue
        key = variant.trace.values[ask.find]
        if any(close(ask, key, number) for value in variant.givens.values() for number in entries(value)):
            return None, f"{ask.find} is one of the given numbers"
        found = offer(variant.trace, ask, Stream(f"{stem}choices.{ask.find}"), decimals)
        if found is None:
            return None, TOO_FEW
        offers[ask.find] = found
    return (offering(variant, offers), "") if offers else (variant, "")


def offering(variant: Variant, offers: Mapping[str, Offers]) -> Variant:
    """The variant with these options, said after its statement."""
    words = words_of(variant.problem.text, variant.asked, offers, [letter(i) for i in range(len(variant.asked))])
    return replace(variant, words=words, offers=offers)


def mistakes_of(variant: Variant) -> list[tuple[Step, Mistake]]:
    """Every known mistake at a step on which something asked depends; not one whose number a choice does not offer."""
    steps = variant.trace.plan.upstream(ask.find for ask in variant.asked)
    listed = [(step, mistake) for step in steps for mistake in step.mistakes]
    return [pair for pair in listed if _is_offered(variant, *pair)] if variant.offers else listed


def _is_offered(variant: Variant, step: Step, mistake: Mistake) -> bool:
    values = variant.trace.mistaken(step, mistake)
    if any(variant.letter(ask, values[ask.find]) is None for ask in variant.asked if ask.find in variant.offers):
        return False
    return differs(variant.asked, [variant.trace.values[ask.find] for ask in variant.asked], [values[ask.find] for ask in variant.asked])


def code_of(step: Step, mistake: Mistake) -> str:
    """``step/id``, the code of a mistake within its calculator."""
    return f"{step.name}/{mistake.id}"


def indistinct(variant: Variant) -> str:
    """Why this draw hides a mistake or lets two of them agree; empty when it does neither.

    Where everything is asked as a choice the options decide: what hides is not offered, and what agrees is one option.
    """
    problem = variant.problem
    asked = variant.asked
    if all(ask.choices for ask in asked):
        return ""
    right = [variant.trace.values[ask.find] for ask in asked]
    wanted = {step.name for step in variant.trace.plan.upstream(ask.find for ask in asked)}
    seen: list[tuple[str, list[Value]]] = []
    for step, mistake in mistakes_of(variant):
        code = code_of(step, mistake)
        values = variant.trace.mistaken(step, mistake, wanted)
        wrong = [values[ask.find] for ask in asked]
        if any(isinstance(value, Failure) for value in wrong):
            continue  # it leaves no number to be mistaken for another
        if not differs(asked, right, wrong):
            if code not in problem.hides:
                return f"hides {code}"
            continue
        for other, numbers in seen:
            if not declared_tie(problem, code, other) and not differs(asked, wrong, numbers):
                return f"ties {other} = {code}"
        seen.append((code, wrong))
    return ""


def declared_tie(problem: Problem, one: str, other: str) -> bool:
    return any(one in group and other in group for group in problem.ties)


def differs(asked: tuple[Ask, ...], a: list[Value], b: list[Value]) -> bool:
    """Whether two sets of answers can be told apart at the precision asked."""
    return any(x is not y and not close(ask, x, y) for ask, x, y in zip(asked, a, b, strict=True))


def parse_code(text: str) -> tuple[str, int | None, int | None]:
    """``id``, ``id@version``, ``id:seed`` or ``id@version:seed`` taken apart.

    Raises:
        ExamToolError: for anything else.
    """
    match = CODE.fullmatch(text.strip())
    if match is None:
        raise ExamToolError(
            Text(f'"{text}" is not a problem. Write id or id@version:seed.', f"“{text}”不是题目。请写 id 或 id@version:seed。")
        )
    version, seed = match["version"], match["seed"]
    return match["id"], int(version) if version else None, int(seed) if seed else None


def find_variant(bank: Bank | Shelf, text: str, seed: int = 1) -> Variant:
    """The variant a code names; ``seed`` is used when the code has none.

    Raises:
        ExamToolError: for an unknown problem, or a version the bank no longer has.
    """
    identifier, version, written = parse_code(text)
    problem = bank[identifier]
    if version is not None and version != problem.version:
        raise ExamToolError(
            Text(
                f"{identifier} is at version {problem.version} here; {text} was drawn from version {version}.",
                f"此处 {identifier} 的版本是 {problem.version}；{text} 来自版本 {version}。",
            )
        )
    return draw(problem, written if written is not None else seed)
