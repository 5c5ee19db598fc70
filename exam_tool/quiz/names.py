"""What skills and mistakes are called in sentences: titles of calculators, labels of steps, the words of a mistake."""

from __future__ import annotations

from functools import lru_cache

from exam_tool.calculators.calling import example_plan
from exam_tool.calculators.work import find
from exam_tool.language import ExamToolError, Text


@lru_cache(maxsize=1024)
def skill_title(name: str) -> Text:
    """The title of the calculation a syllabus row stands for; the row itself when nothing is known of it."""
    try:
        return find(name)[0].title
    except (ExamToolError, KeyError):
        return Text(name, name)


@lru_cache(maxsize=4096)
def mistake_words(code: str) -> Text:
    """What happens in a mistake, as its author says it; its code when the calculation no longer knows it."""
    place, _, mistake_id = code.rpartition("/")
    calculator, _, step_name = place.rpartition(".")
    try:
        steps = example_plan(find(calculator)[0]).steps
    except (ExamToolError, KeyError):
        return Text(code, code)
    found = [(step.name == step_name, mistake.message) for step in steps for mistake in step.mistakes if mistake.id == mistake_id]
    return max(found, key=lambda entry: entry[0])[1] if found else Text(code, code)
