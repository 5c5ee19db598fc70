"""What a student wrote, said beside the right values of a worked solution: the own value, and what it follows from."""

from __future__ import annotations

from collections.abc import Mapping

from exam_tool.expressions.printing import clip, visible
from exam_tool.language import Text

from .verdicts import Correct, Grade

LONGEST = 60  # cells of an answer that are repeated
WROTE = Text("You wrote {typed} {sign}", "你写的是 {typed} {sign}")


def own_values(grade: Grade) -> Mapping[str, Text]:
    """A note for every step the student filled in: ``you wrote 0.50 ✓``, with the message where it lost marks or was carried."""
    notes = {}
    for step in grade.steps:
        typed = clip(visible(step.response.strip()).replace("`", "'"), LONGEST)
        if typed:
            sign = "✓" if step.marks == step.maximum else "✗"
            en, zh = (said.replace("{typed}", typed).replace("{sign}", sign) for said in WROTE)
            plain = isinstance(step.verdict, Correct)
            notes[step.name] = Text(en, zh) if plain else Text(f"{en} {step.message.en}", f"{zh} {step.message.zh}")
    return notes
