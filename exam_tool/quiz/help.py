"""Help in four rungs for the step a person is at: point, reason, numbers put in, value. It says nothing the rung does not allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exam_tool.explain import SOLUTION_STYLE, SolutionLine, explain
from exam_tool.expressions.printing import unicode_text
from exam_tool.expressions.values import value_text
from exam_tool.language import Text
from exam_tool.variant import Variant

from .item import SOLVED, Entry

WAIT = 5000  # milliseconds between two rungs without an attempt: clicking through to the last one teaches nothing


@dataclass(frozen=True, slots=True)
class Help:
    """One rung."""

    rung: int
    text: Text


def is_allowed(entry: Entry, helped: int, at: int) -> bool:
    """Whether the next rung may be given now."""
    return not helped or entry.rung == 0 or at - helped >= WAIT


def help_for(variant: Variant, answers: Mapping[str, str], find: str, rung: int) -> Help:
    """The rung for this step, given what was answered so far."""
    rung = min(rung, SOLVED)
    line = explain(variant.trace, (find,), style=SOLUTION_STYLE).lines[-1]
    return Help(rung, _said(variant, line, rung))


def _said(variant: Variant, line: SolutionLine, rung: int) -> Text:
    formula = unicode_text(line.sides[0].node)
    numbers = unicode_text(line.sides[1].node) if len(line.sides) > 2 else formula
    because = line.because or line.label
    value = variant.trace.values[line.name]
    match rung:
        case 1:
            return Text(
                f"Which numbers of the question does this step need: {line.label.en}?",
                f"想一想：{line.label.zh}这一步要用到题目中的哪些数？",
            )
        case 2:
            return Text(f"{formula}: {because.en}", f"{formula}：{because.zh}")
        case 3:
            return Text(f"{numbers} = __", f"{numbers} = __")
        case _:
            return Text(f"{numbers} = {value_text(value)}", f"{numbers} = {value_text(value, language='zh')}")
