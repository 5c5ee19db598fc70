""" "Find the slip": a worked solution with one wrong step, made from a known mistake, for the student to find. It marks the finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exam_tool.bank.draws import Stream
from exam_tool.expressions.arrays import Value
from exam_tool.expressions.tree import Node
from exam_tool.language import ExamToolError, Text
from exam_tool.trace import Failure
from exam_tool.variant import mistakes_of

from .carrying import is_exactly

if TYPE_CHECKING:
    from exam_tool.variant import Variant


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One line of the solution: the formula as it was used, and the value it gave."""

    name: str
    label: Text
    formula: Node
    value: Value


@dataclass(frozen=True)
class SlipTask:
    """A solution of which exactly one line, ``wrong``, is not right; the lines after it follow from it.

    ``values`` holds the value of every given and step as the solution has it; ``code`` and ``message`` name the mistake.
    """

    variant: str
    lines: tuple[SlipLine, ...]
    values: dict[str, Value]
    wrong: str
    code: str
    message: Text

    def is_found(self, name: str) -> bool:
        return name.strip() == self.wrong


def find_the_slip(variant: Variant, seed: int) -> SlipTask:
    """A solution of this variant with one wrong step; the same for the same seed.

    Raises:
        ExamToolError: for a problem none of whose known mistakes changes a value here.
    """
    steps = variant.trace.plan.upstream(ask.find for ask in variant.asked)
    stream = Stream(f"slip/{variant.code}/{seed}")
    for step, mistake in stream.shuffled(mistakes_of(variant)):
        values = variant.trace.mistaken(step, mistake)
        spoiled = any(isinstance(values[line.name], Failure) for line in steps)
        if spoiled or mistake.kind == "convention" or is_exactly(values[step.name], variant.trace.values[step.name]):
            continue
        lines = tuple(
            SlipLine(line.name, line.label, mistake.formula if line is step else line.formula, values[line.name]) for line in steps
        )
        code = f"{variant.trace.plan.calculator}.{step.name}/{mistake.id}"
        return SlipTask(variant.code, lines, values, step.name, code, mistake.message)
    raise ExamToolError(Text("No known mistake changes this question.", "没有已知错误会改变这道题的结果。"))
