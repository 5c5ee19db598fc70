"""Pages that lie over a question: worked solutions, reasons to choose from, a mistake explained, a solution with one wrong line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from exam_tool.bank.draws import Stream
from exam_tool.expressions.arrays import Value
from exam_tool.language import ExamToolError, Text
from exam_tool.trace import Failure, Mistake, Step
from exam_tool.variant import Variant, code_of, mistakes_of

if TYPE_CHECKING:
    from exam_tool.marking.slips import SlipTask

OWN_TRIES = 30  # seeds tried to hide one of the person's own mistakes in a solution


class Worked(NamedTuple):
    """The worked solution of a variant; ``example`` when it is shown before a question of the same kind."""

    variant: Variant
    example: bool = False


class Reason(NamedTuple):
    """Why a step is as it is: its rule among three, and what the person did instead, if that is known."""

    variant: Variant
    step: Step
    said: Text | None
    choices: tuple[Text, ...]
    right: int
    chosen: int | None = None

    @property
    def is_open(self) -> bool:
        return bool(self.choices) and self.chosen is None

    def pick(self, typed: str) -> Reason:
        """The page after a choice by number or letter; unchanged for anything else."""
        sign = typed.strip().lower()[:1]
        position = "123".find(sign) if sign in "123" else "abc".find(sign)
        return self._replace(chosen=position) if sign and 0 <= position < len(self.choices) else self


class Taught(NamedTuple):
    """A mistake that came more than once, beside the right step: both formulas with the same numbers."""

    variant: Variant
    code: str
    step: Step
    mistake: Mistake
    wrong: Value
    times: int


Page = Worked | Reason | Taught


class Hunt(NamedTuple):
    """A worked solution into which one known mistake was put; everything after it follows."""

    variant: Variant
    task: SlipTask
    tries: int = 0
    found: bool = False

    @property
    def wrong(self) -> int:
        """The position of the wrong line, counted from 0."""
        return next(i for i, line in enumerate(self.task.lines) if self.task.is_found(line.name))

    @property
    def over(self) -> bool:
        return self.found or self.tries >= 2


def reason_page(variant: Variant, find: str, said: Text | None) -> Reason:
    """The reason of a step: the right rule to be chosen out of three, where the calculation has as many."""
    plan = variant.trace.plan
    step = plan.by_name[find]
    others = dict.fromkeys(other.because for other in plan.steps if other.because and other.because != step.because)
    if step.because is None or len(others) < 2:
        return Reason(variant, step, said, (), 0)
    choices = sorted(others, key=lambda reason: Stream(f"{variant.code}/reasons/{reason.en}").word())[:2]
    right = Stream(f"{variant.code}/reasons/{find}").below(3)
    choices.insert(right, step.because)
    return Reason(variant, step, said, tuple(choices), right)


def taught_page(variant: Variant, code: str, times: int) -> Taught | None:
    """A mistake explained on this variant; None where it cannot be made there."""
    name = variant.problem.calculator.name
    for step, mistake in mistakes_of(variant):
        if f"{name}.{code_of(step, mistake)}" == code:
            wrong = variant.trace.mistaken(step, mistake)[step.name]
            return None if isinstance(wrong, Failure) else Taught(variant, code, step, mistake, wrong, times)
    return None


def hunt_for(variant: Variant, own: tuple[str, ...] = ()) -> Hunt | None:
    """A solution with one mistake in it: one the person made before if that is possible; None when the problem knows none."""
    from exam_tool.marking.slips import find_the_slip

    try:
        first = find_the_slip(variant, 0)
        tasks = (find_the_slip(variant, seed) for seed in range(1, OWN_TRIES)) if own else ()
        return Hunt(variant, next((task for task in tasks if task.code in own), first))
    except ExamToolError:
        return None


def found_slip(hunt: Hunt, typed: str) -> Hunt:
    """The hunt after one guess: the number of a line, counted from 1; anything else is no guess."""
    guess = typed.strip().rstrip(".)）")
    if not (guess.isascii() and guess.isdigit() and 1 <= int(guess[:4]) <= len(hunt.task.lines)):
        return hunt
    return hunt._replace(tries=hunt.tries + 1, found=int(guess) == hunt.wrong + 1)
