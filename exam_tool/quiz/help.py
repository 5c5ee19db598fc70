"""Help in four rungs for the step a person is at: point, reason, numbers put in, value. It says nothing the rung does not allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exam_tool.expressions.printing import symbol
from exam_tool.expressions.values import value_text
from exam_tool.language import Text
from exam_tool.marking import grade, sheet_of
from exam_tool.marking.hints import bottom_out, point, substitute, teach
from exam_tool.marking.verdicts import KnownMistake, Named
from exam_tool.question import number_style
from exam_tool.trace import Step
from exam_tool.variant import Variant

from .item import SOLVED, Entry, Item

WAIT = 5000  # milliseconds between two rungs without an attempt: clicking through to the last one teaches nothing
RUNGS = 4


@dataclass(frozen=True, slots=True)
class Help:
    """One piece of help. ``rung`` is how much was given away of the asked step itself: 4 only when its value was."""

    rung: int
    text: Text


def is_allowed(entry: Entry, helped: int, at: int) -> bool:
    """Whether the next rung may be given now."""
    return not helped or at - helped >= WAIT


def help_for(item: Item, entry: Entry) -> Help:
    """The next piece of help: each step on the way to the asked one has four rungs, the asked one last."""
    steps = way_to(item.variant, item.answers, entry.find)
    step = steps[min(entry.hints // RUNGS, len(steps) - 1)]
    rung = entry.hints % RUNGS + 1 if entry.hints < RUNGS * len(steps) else RUNGS
    is_asked = step.name == entry.find
    said = _said(item.variant, step, rung, is_asked)
    return Help(rung if is_asked else min(rung, SOLVED - 1), said)


def _said(variant: Variant, step: Step, rung: int, is_asked: bool) -> Text:
    match rung:
        case 1:
            return point(sheet_of(variant), step)
        case 2:
            return teach(step, variant.trace.values)
        case 3:
            return substitute(variant, step)
        case _ if is_asked:
            return bottom_out(variant, step)
        case _:
            value, style = variant.trace.values[step.name], number_style(variant)
            name = symbol(step.name).unicode
            return Text(f"{name} = {value_text(value, style, 'en')}", f"{name} = {value_text(value, style, 'zh')}")


def way_to(variant: Variant, answers: Mapping[str, str], find: str) -> tuple[Step, ...]:
    """The steps still to be done for an asked one: from the step the last answer's mistake lies at, else from the first not yet shown."""
    plan = variant.trace.plan
    marked = grade(variant, answers)
    step_grade = marked[find]
    if isinstance(step_grade.verdict, KnownMistake) and isinstance(step_grade.cause, Named) and step_grade.cause.at in plan.by_name:
        at = step_grade.cause.at
        return (plan.by_name[at],) if at == find else (plan.by_name[at], plan.by_name[find])
    right = {step.name for step in marked.steps if step.response and step.marks == step.maximum}
    done = {step.name for step in plan.upstream(right)}
    return tuple(step for step in plan.upstream((find,)) if step.name not in done or step.name == find)
