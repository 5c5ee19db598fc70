"""What a student gets back: for each question the own answers, verdicts and marks, and the worked solution where marks were lost.

In the student's language, in Markdown, with nobody else's data in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from exam_tool.documents import MARKDOWN, code_span, escape_markdown, solution_markdown, statement_markdown
from exam_tool.language import Language, Text
from exam_tool.marking import StepGrade
from exam_tool.marking.notes import own_values
from exam_tool.paper import Paper, Student
from exam_tool.paper.sheets import part_head
from exam_tool.question import question, worked
from exam_tool.variant import Variant

from .marker import Marked, needs_person
from .summary import mark_text

SIGN = {True: "✓", False: "✗"}


def feedback(paper: Paper, student: Student, language: Language, marked: Sequence[Marked], total: int, run: str) -> str:
    """The whole page of one student."""

    def say(text: Text) -> str:
        return text(language)

    who = " · ".join(escape_markdown(part) for part in (student.id, student.name) if part)
    waiting = any(one.grade is None or any(map(needs_person, one.grade.steps)) for one in marked)
    lines = [f"# {escape_markdown(paper.title(language))}", "", who, ""]
    lines.append(f"**{say(Text('Marks', '得分'))}: {total} / {mark_text(paper.marks)}**")
    if waiting:
        lines += [
            "",
            say(Text("Some answers are still to be looked at by a person; the marks may rise.", "部分答案尚待人工评阅，得分可能提高。")),
        ]
    for one in marked:
        lines += ["", *_question(one, language)]
    lines += ["", "---", "", say(_closing(run))]
    return "\n".join(lines) + "\n"


def _closing(run: str) -> Text:
    return Text(
        f"To ask about a mark, name the question, the step and this run: `{run}`.",
        f"对得分有疑问时，请注明题号、步骤和本次评分编号：`{run}`。",
    )


def _question(one: Marked, language: Language) -> Iterator[str]:
    slot = one.slot
    earned = "–" if one.whole is None else str(one.whole)
    yield f"## {slot.number}. {escape_markdown(slot.title(language))}: {earned} / {mark_text(slot.marks)}"
    if one.variant is None or one.grade is None:
        why = one.problem or Text("", "")
        yield ""
        yield Text("This question has not been marked yet; a person will look at it.", "本题尚未评分，将由人工评阅。")(language)
        yield ""
        yield escape_markdown(why(language))
        return
    asked = question(one.variant, language)
    yield ""
    yield statement_markdown(asked.paragraphs, asked.values, language=language, style=asked.style)
    yield ""
    steps = one.steps()
    for part in asked.parts:
        step = steps.get(part.find)
        if step is not None:
            yield from _step(part.letter, part_head(part, language), step, language)
    for note in one.grade.notes:
        yield f"- {MARKDOWN.sentence(note, language)}"
    if one.grade.total < one.grade.maximum:
        yield ""
        yield from _solution(one, one.variant, language)


def _step(letter: str, head: str, step: StepGrade, language: Language) -> Iterator[str]:
    typed = code_span(step.response) or Text("no answer", "未作答")(language)
    sign = SIGN[step.marks == step.maximum] if not needs_person(step) else "?"
    colon = ": " if language == "en" else "："
    yield f"- **{letter})** {head}{colon}{typed} {sign} {mark_text(step.marks)} / {mark_text(step.maximum)}"
    if step.message(language):
        yield f"  {MARKDOWN.sentence(step.message, language)}"


def _solution(one: Marked, variant: Variant, language: Language) -> Iterator[str]:
    yield f"### {Text('Worked solution', '解答')(language)}"
    yield ""
    notes = own_values(one.grade) if one.grade else {}
    yield solution_markdown(worked(variant, notes), language=language).rstrip()


def total_of(marked: Sequence[Marked]) -> int:
    """The marks that are entered: each question rounded on its own."""
    return sum(one.whole or 0 for one in marked)


def exact_total(marked: Sequence[Marked]) -> Fraction:
    return sum((one.grade.total for one in marked if one.grade), Fraction(0))
