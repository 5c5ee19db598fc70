"""What marking needs of a calculation whatever its numbers: the asked steps, what leads to each, and the mistakes known there.

It is worked out once for a plan and the steps asked of it; variants of one structure share it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from exam_tool.answers.asked import Asked, asked_for
from exam_tool.bank.problem import Ask
from exam_tool.expressions.evaluate import Compiled
from exam_tool.language import Text
from exam_tool.trace import MistakeKind, Option, Plan, Step

from .agreement import Digits
from .policy import Worth, half_up, worth

MAX_PAIRS = 200


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One known mistake at one step."""

    code: str
    kind: MistakeKind
    at: Step
    calculate: Compiled
    message: Text


@dataclass(frozen=True, slots=True)
class Choice:
    """Another choice of an option than the one made: what another course would do."""

    option: Option
    choice: str
    code: str
    says: Text
    stated: bool  # whether the question says which choice it makes


@dataclass(frozen=True)
class Place:
    """One asked step, apart from its value.

    ``segment`` holds the steps nobody asks for between this one and the asked ones before it; ``inputs`` are the givens and asked
    steps these read, ``parents`` the asked steps among them.
    """

    ask: Ask
    step: Step
    worth: Worth
    digits: Digits
    segment: tuple[Step, ...]
    inputs: tuple[str, ...]
    parents: tuple[str, ...]
    kinds: dict[str, Asked]

    def asked(self, kind: str) -> Asked:
        """How an answer of this kind is read here."""
        known = self.kinds.get(kind)
        if known is None:
            known = self.kinds[kind] = asked_for(kind, units=self.ask.units, unit=self.ask.unit)
        return known


@dataclass(frozen=True, slots=True)
class Gap:
    """What may have gone wrong unseen before a step: the unanswered steps that lead to it through unanswered steps only, in order,
    and the mistakes known there and at the step itself."""

    steps: tuple[Step, ...]
    mistakes: tuple[Hypothesis, ...]
    pairs: tuple[tuple[Hypothesis, tuple[Hypothesis, ...]], ...]  # with each mistake those at a step it leads to


class Form:
    """The asked steps of a plan, for marking at one default precision."""

    def __init__(self, plan: Plan, asks: tuple[Ask, ...], figures: int) -> None:
        self.plan = plan
        self.asks = asks
        by_find = {ask.find: ask for ask in reversed(asks)}
        self.asked = frozenset(by_find)
        self.steps = plan.upstream(by_find)
        known = {given.name for given in plan.givens} | set(plan.by_name)
        self.places = {step.name: self._place(by_find[step.name], step, known, figures) for step in self.steps if step.name in self.asked}
        self.maximum = sum((place.worth.maximum for place in self.places.values()), Fraction(0))
        self.whole = half_up(self.maximum)
        self.names = tuple(given.name for given in plan.givens) + tuple(step.name for step in self.steps)
        self.follows_marked = any(place.worth.scheme == "ft" for place in self.places.values())
        self.parts = {name: place.worth.part for name, place in self.places.items()}
        self.elsewhere: dict[str, Plan | None] = {}  # by the code of a choice: the calculation with it
        self._gaps: dict[tuple[str, frozenset[str]], Gap] = {}
        self._after: dict[tuple[str, str, frozenset[str]], tuple[Step, ...]] = {}
        self._from_givens: dict[tuple[str, tuple[str, ...]], tuple[Step, ...]] = {}
        self._touched: dict[Plan, frozenset[str]] = {}

    def _place(self, ask: Ask, step: Step, known: set[str], figures: int) -> Place:
        segment, inputs = self._segment(step)
        whole = "integer" in step.domain.words or ask.kind == "integer"
        return Place(
            ask=ask,
            step=step,
            worth=worth(ask.marks, ask.scheme, ask.part),
            digits=Digits(ask.places, ask.sig, ask.tolerance, ask.kind, whole, figures),
            segment=segment,
            inputs=tuple(sorted(inputs & known)),
            parents=tuple(sorted(inputs & self.asked)),
            kinds={},
        )

    def _segment(self, step: Step) -> tuple[tuple[Step, ...], set[str]]:
        inside: set[str] = set()
        inputs: set[str] = set()
        stack = list(step.needs)
        while stack:
            name = stack.pop()
            if name in self.asked or name not in self.plan.by_name:
                inputs.add(name)
            elif name not in inside:
                inside.add(name)
                stack.extend(self.plan.by_name[name].needs)
        return tuple(part for part in self.steps if part.name in inside), inputs

    @cached_property
    def ancestors(self) -> Mapping[str, frozenset[str]]:
        """For every step the names of all steps before it on which it depends."""
        found: dict[str, frozenset[str]] = {}
        for step in self.steps:
            direct = self.plan.parents[step.name]
            found[step.name] = frozenset(direct).union(*(found[name] for name in direct))
        return found

    @cached_property
    def route(self) -> Mapping[str, tuple[Step, ...]]:
        """For every asked step the steps before it and itself, in order."""
        return {name: tuple(step for step in self.steps if step.name == name or step.name in self.ancestors[name]) for name in self.places}

    @cached_property
    def hypotheses(self) -> Mapping[str, tuple[Hypothesis, ...]]:
        """The known mistakes of every step on which something asked depends, under their global codes."""
        return {
            step.name: tuple(
                Hypothesis(f"{self.plan.calculator}.{step.name}/{mistake.id}", mistake.kind, step, mistake.calculate, mistake.message)
                for mistake in step.mistakes
            )
            for step in self.steps
        }

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """Each other choice of an option that is a convention.

        Nothing is said of a choice when another option says it; the choices that would be exceptions to it are no conventions.
        """
        return tuple(self._other_choices())

    def _other_choices(self) -> Iterator[Choice]:
        for option in self.plan.declared:
            chosen = self.plan.options[option.name]
            stated = option.choices[chosen]
            for choice, says in option.choices.items():
                if option.convention and choice != chosen and (stated.en or not says.en):
                    yield Choice(option, choice, f"{self.plan.calculator}.{option.name}={choice}", says, bool(stated.en))

    @cached_property
    def messages(self) -> Mapping[str, Text]:
        """The sentence of every code."""
        found = {hypothesis.code: hypothesis.message for group in self.hypotheses.values() for hypothesis in group}
        return {**found, **{choice.code: choice.says for choice in self.choices}}

    def gap(self, name: str, open_steps: frozenset[str]) -> Gap:
        """What lies before an asked step when these steps are unanswered."""
        key = (name, open_steps & self.ancestors[name])
        if key not in self._gaps:
            self._gaps[key] = self._gap(name, open_steps)
        return self._gaps[key]

    def _gap(self, name: str, open_steps: frozenset[str]) -> Gap:
        found: set[str] = set()
        stack = list(self.plan.parents[name])
        while stack:
            other = stack.pop()
            if other in open_steps and other not in found:
                found.add(other)
                stack.extend(self.plan.parents[other])
        steps = tuple(step for step in self.route[name] if step.name in found)
        mistakes = tuple(mistake for step in (*steps, self.plan.by_name[name]) for mistake in self.hypotheses[step.name])
        return Gap(steps, mistakes, tuple(self._pairs(mistakes)))

    def _pairs(self, mistakes: tuple[Hypothesis, ...]) -> Iterator[tuple[Hypothesis, tuple[Hypothesis, ...]]]:
        """Pairs of mistakes at different steps of which one leads to the other, at most ``MAX_PAIRS``."""
        left = MAX_PAIRS
        for one in mistakes:
            others = tuple(other for other in mistakes if one.at.name in self.ancestors[other.at.name])[:left]
            if others:
                left -= len(others)
                yield one, others

    def after(self, name: str, changed: str, open_steps: frozenset[str]) -> tuple[Step, ...]:
        """The steps to work out again, up to an asked one, when an earlier step changes: the unanswered ones and the asked one itself."""
        key = (name, changed, open_steps & self.ancestors[name])
        if key not in self._after:
            moved = {changed}
            for step in self.route[name]:
                if step.name != changed and (step.name in open_steps or step.name == name) and not moved.isdisjoint(step.needs):
                    moved.add(step.name)
            self._after[key] = tuple(step for step in self.route[name] if step.name in moved and step.name != changed)
        return self._after[key]

    def from_givens(self, name: str, givens: tuple[str, ...]) -> tuple[Step, ...]:
        """The steps up to an asked one that depend on these givens; empty when it does not."""
        key = (name, givens)
        if key not in self._from_givens:
            moved = set(givens)
            for step in self.route[name]:
                if not moved.isdisjoint(step.needs):
                    moved.add(step.name)
            self._from_givens[key] = tuple(step for step in self.route[name] if step.name in moved) if name in moved else ()
        return self._from_givens[key]

    def touched(self, other: Plan) -> frozenset[str]:
        """The asked steps at or before which another plan has another formula, or another step."""
        if other not in self._touched:
            self._touched[other] = frozenset(self._differing(other))
        return self._touched[other]

    def _differing(self, other: Plan) -> Iterator[str]:
        here = {step.name: step.formula for step in self.steps}
        there = {step.name: step.formula for step in other.steps}
        differing = {name for name, formula in here.items() if there.get(name) != formula}
        differing.update(name for name in there if name not in self.plan.by_name)
        if not differing:
            return
        for name in self.places:
            if name in there and not differing.isdisjoint({step.name for step in other.upstream([name])} | self.ancestors[name]):
                yield name


def form_of(plan: Plan, asks: tuple[Ask, ...], figures: int) -> Form:
    """The form, kept with its plan."""
    known: dict[tuple[int, int], Form] = plan.__dict__.setdefault("forms", {})
    key = (id(asks), figures)  # the form keeps the tuple, so that no other one gets its id
    if key not in known:
        known[key] = Form(plan, asks, figures)
    return known[key]
