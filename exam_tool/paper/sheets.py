"""A student's sheet as Markdown and as JSON: title, questions, blank places. No answers pass through here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from exam_tool.bank import Bank
from exam_tool.documents import MARKDOWN, escape_markdown, statement_markdown
from exam_tool.expressions.printing import symbol
from exam_tool.language import ExamToolError, Language, Text
from exam_tool.marking.policy import find_policy
from exam_tool.question import Part, Question, question

from .build import rebuilt
from .model import Paper, Sheet
from .storage import PAPER_FORMAT, compact, number_text, paper_head, sheet_head

JSON_END = "]}\n"
BLANK = "\\_" * 24
TALL_KINDS = ("matrix", "vector", "expression")
WORD_KINDS = ("choice", "text", "true_false", "order", "match")


def questions(bank: Bank, paper: Paper, sheet: Sheet) -> Iterator[Question]:
    """What the sheet asks, in its language."""
    for slot, item in zip(paper.slots, sheet.items, strict=True):
        problem = bank[slot.problem]
        if problem.digest != slot.digest:
            raise ExamToolError(Text(f"{slot.problem} has changed since the paper was drawn.", f"题目 {slot.problem} 在出卷后已被修改。"))
        yield question(rebuilt(problem, slot, item), sheet.language)


def marks_text(marks: Fraction, language: Language) -> str:
    """``2 marks``, ``1 mark``, ``1/2 mark``, ``2 分``."""
    if language == "zh":
        return f"{marks} 分"
    return f"{marks} mark" if marks <= 1 else f"{marks} marks"


def markdown_sheet(paper: Paper, sheet: Sheet, asked: Sequence[Question]) -> str:
    """The sheet to print and fill in."""
    language = sheet.language
    lines = [f"# {escape_markdown(paper.title(language))}", "", _who(sheet), "", _summary(paper, len(asked), language), ""]
    for number, one in enumerate(asked, 1):
        lines += [*_question(number, one, language), ""]
    return "\n".join(lines).rstrip() + "\n"


def _who(sheet: Sheet) -> str:
    if sheet.student is None:
        return Text("Name: ____________________  Number: ____________________", "姓名：____________________  学号：____________________")(
            sheet.language
        ).replace("_", "\\_")
    told = [escape_markdown(part) for part in (sheet.student.id, sheet.student.name, sheet.student.section) if part]
    return " · ".join(told)


def _summary(paper: Paper, count: int, language: Language) -> str:
    follows = find_policy(paper.policy).ft != "none"
    if language == "zh":
        return f"共 {count} 题，{paper.marks} 分。每一步单独计分" + ("；前面的步骤有误，后面照此算对仍可得分。" if follows else "。")
    asked = f"{count} questions" if count != 1 else "1 question"
    carried = "; right work that follows from an earlier slip can still earn marks" if follows else ""
    return f"{asked}, {marks_text(paper.marks, language)}. Each step is marked on its own{carried}."


def _question(number: int, one: Question, language: Language) -> Iterator[str]:
    title = f"{number}. {escape_markdown(one.title)} ({marks_text(one.marks, language)})"
    yield f"## {title}" if language == "en" else f"## {number}. {escape_markdown(one.title)}（{marks_text(one.marks, language)}）"
    yield ""
    yield statement_markdown(one.paragraphs, one.values, language=language, style=one.style)
    for part in one.parts:
        yield ""
        yield _blank(part, language)
    yield ""
    yield f"<sub>{escape_markdown(one.code)}</sub>"


def part_head(part: Part, language: Language) -> str:
    """What is asked, with its symbol where it is a quantity."""
    label = MARKDOWN.sentence(part.label, language)
    if part.kind in WORD_KINDS:
        return label
    return f"{label}, ${symbol(part.find).latex}$" if language == "en" else f"{label} ${symbol(part.find).latex}$"


def _blank(part: Part, language: Language) -> str:
    marks = f" ({marks_text(part.marks, language)})" if language == "en" else f"（{marks_text(part.marks, language)}）"
    places = "\n\n".join([BLANK] * (3 if part.kind in TALL_KINDS else 1))
    return f"**{part.letter})** {part_head(part, language)}{marks}\n\n{places}"


def json_head(paper: Paper) -> str:
    """The beginning of the paper for programs; then a sheet a line, with commas between, then ``JSON_END``."""
    return compact({"format": PAPER_FORMAT, **paper_head(paper)})[:-1] + ', "sheets": [\n'


def json_sheet(sheet: Sheet, asked: Sequence[Question]) -> str:
    """What is asked of one student, and nothing that tells an answer."""
    told = [_json_question(number, one, sheet.language) for number, one in enumerate(asked, 1)]
    return compact({**sheet_head(sheet), "questions": told})


def _json_question(number: int, one: Question, language: Language) -> dict[str, Any]:
    parts = [
        {"part": p.letter, "step": p.find, "label": p.label._asdict(), "kind": p.kind, "marks": number_text(p.marks)}
        | ({"choices": dict(p.choices)} if p.choices else {})
        for p in one.parts
    ]
    text = statement_markdown(one.paragraphs, one.values, language=language, style=one.style)
    return {"number": number, "code": one.code, "title": one.title, "marks": number_text(one.marks), "text": text, "parts": parts}
