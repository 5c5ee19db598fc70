"""Pages that lie over a question: worked solutions, reasons to choose from, solutions with one wrong line. They mark nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from exam_tool.bank.draws import Stream
from exam_tool.expressions.arrays import Value
from exam_tool.language import Text
from exam_tool.trace import Failure, Mistake, Step, Trace
from exam_tool.variant import Variant, code_of, mistakes_of

from .item import Item


@dataclass(frozen=True, slots=True)
class Worked:
    """The worked solution of a variant; ``example`` when it is shown before a question of the same kind."""

    variant: Variant
    example: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step is as it is: its rule among three, and what the person did instead, if that is known."""

    variant: Variant
    step: Step
    said: Text | None
    choices: tuple[Text, ...]
    right: int
    chosen: int | None = None

    def pick(self, typed: str) -> Reason:
        """The page after a choice by number or letter; unchanged for anything else."""
        sign = typed.strip().lower()[:1]
        position = "123".find(sign) if sign in "123" else "abc".find(sign)
        return replace(self, chosen=position) if 0 <= position < len(self.choices) else self


Page = Worked | Reason


@dataclass(frozen=True, slots=True)
class Hunt:
    """A worked solution into which one known mistake was put; everything after it follows."""

    variant: Variant
    trace: Trace
    steps: tuple[Step, ...]
    wrong: int
    mistake: Mistake
    code: str
    tries: int = 0
    found: bool = False

    @property
    def over(self) -> bool:
        return self.found or self.tries >= 2


def worked_page(variant: Variant) -> Worked:
    return Worked(variant)


def reason_page(item: Item) -> Reason:
    """The reason of the step that went wrong, or of the last one: one rule to be chosen out of up to three."""
    variant = item.variant
    wrong = [entry for entry in item.entries if entry.first and not entry.first.right]
    find = wrong[0].find if wrong else item.entries[-1].find
    plan = variant.trace.plan
    step = plan.by_name[find]
    said = wrong[0].first.message if wrong and wrong[0].first else None
    others = [other.because for other in plan.steps if other.because and other.because != step.because]
    distinct = list(dict.fromkeys(others))
    stream = Stream(f"{variant.code}/reasons/{find}")
    distinct.sort(key=lambda reason: Stream(f"{variant.code}/reasons/{reason.en}").word())
    if step.because is None or len(distinct) < 2:
        return Reason(variant, step, said, (), 0)
    right = stream.below(3)
    choices = distinct[:2]
    choices.insert(right, step.because)
    return Reason(variant, step, said, tuple(choices), right)


def hunt_for(item: Item) -> Hunt | None:
    """A solution of this variant with one mistake in it: one the person made before, else one drawn; None when there is none."""
    variant = item.variant
    asked = tuple(ask.find for ask in variant.asked)
    steps = variant.trace.plan.upstream(asked)
    name = variant.problem.calculator.name
    fitting: list[tuple[Step, Mistake, dict[str, Value]]] = []
    for step, mistake in mistakes_of(variant):
        values = variant.trace.mistaken(step, mistake)
        changed = any(
            values[each.name] is not variant.trace.values[each.name] and values[each.name] != variant.trace.values[each.name]
            for each in steps
        )
        if changed and not any(isinstance(value, Failure) for value in values.values()):
            fitting.append((step, mistake, values))
    if not fitting:
        return None
    own = [entry for entry in fitting if f"{name}.{code_of(entry[0], entry[1])}" in item.mistakes]
    pool = own or fitting
    step, mistake, values = pool[Stream(f"{variant.code}/hunt").below(len(pool))]
    return Hunt(variant, Trace(variant.trace.plan, values), steps, steps.index(step), mistake, f"{name}.{code_of(step, mistake)}")


def found_slip(hunt: Hunt, typed: str) -> Hunt:
    """The hunt after one guess: the number of a line, counted from 1."""
    guess = typed.strip().rstrip(".）)")
    if not guess.isdigit():
        return hunt
    return replace(hunt, tries=hunt.tries + 1, found=int(guess) == hunt.wrong + 1)
