"""What competes with the right formula: known mistakes at their steps, and other courses' conventions. It weighs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exam_tool.expressions.evaluate import Compiled
from exam_tool.language import ExamToolError, Text
from exam_tool.trace import MistakeKind, Plan, Step, Trace, run_plan

if TYPE_CHECKING:
    from .sheet import Sheet

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
class Convention:
    """Another choice of one option: the whole calculation as that course would do it."""

    code: str
    says: Text
    stated: bool
    trace: Trace
    touched: frozenset[str]  # asked steps before which, or at which, a formula differs


def pairs(first: Iterable[Hypothesis], ancestors: Mapping[str, frozenset[str]]) -> list[tuple[Hypothesis, Hypothesis]]:
    """Pairs of mistakes at different steps of which one leads to the other, at most ``MAX_PAIRS``."""
    listed = list(first)
    found = []
    for one in listed:
        for other in listed:
            if one.at.name in ancestors[other.at.name]:
                found.append((one, other))
                if len(found) == MAX_PAIRS:
                    return found
    return found


def hypotheses_of(plan: Plan, steps: Iterable[Step]) -> Mapping[str, tuple[Hypothesis, ...]]:
    """The known mistakes of every step, under their global codes."""
    return {
        step.name: tuple(
            Hypothesis(f"{plan.calculator}.{step.name}/{mistake.id}", mistake.kind, step, mistake.calculate, mistake.message)
            for mistake in step.mistakes
        )
        for step in steps
    }


def conventions_of(sheet: Sheet) -> tuple[Convention, ...]:
    """What other courses would get: one for each other choice of an option that changes something asked.

    Nothing is said of a choice when another option says it; the choices that would be exceptions to it are no conventions.
    """
    found = []
    plan = sheet.plan
    for option in plan.declared:
        chosen = plan.options[option.name]
        stated = option.choices[chosen]
        for choice, says in option.choices.items():
            if not option.convention or choice == chosen or (says.en and not stated.en):
                continue
            if (other := _elsewhere(sheet, option.name, choice)) is not None:
                found.append(Convention(f"{plan.calculator}.{option.name}={choice}", says, bool(stated.en), *other))
    return tuple(found)


def _elsewhere(sheet: Sheet, option: str, choice: str) -> tuple[Trace, frozenset[str]] | None:
    """The calculation with another choice, and the asked steps at or before which a formula differs; None when there are none."""
    variant = sheet.variant
    try:
        plan, complete = variant.problem.calculator.plan(variant.told(), {**variant.options, option: choice})
        touched = frozenset(_touched(sheet, plan))
        return (run_plan(plan, complete), touched) if touched else None
    except ExamToolError:
        return None


def _touched(sheet: Sheet, other: Plan) -> Iterator[str]:
    """The asked steps on the way to which the other plan has another formula, or another step."""
    here = {step.name: step.formula for step in sheet.steps}
    there = {step.name: step.formula for step in other.steps}
    differing = {name for name, formula in here.items() if there.get(name) != formula}
    differing.update(name for name in there if name not in sheet.plan.by_name)
    if not differing:
        return
    for name in sheet.columns:
        if name in there and not differing.isdisjoint({step.name for step in other.upstream([name])} | sheet.ancestors[name]):
            yield name
