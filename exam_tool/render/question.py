"""A question on the screen: where it comes from, the statement, and the parts with their marks."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text as Styled

from exam_tool.expressions.printing import cells, pad, symbol, wrap
from exam_tool.language import Language, Text
from exam_tool.question import Part, Question
from exam_tool.render.terminal_statement import sentence, statement_lines


def heading(question: Question, language: Language, width: int, right: str = "") -> list[Styled]:
    """Chapter and title, something at the right edge, and a rule."""
    left = f" {question.chapter} · {question.title}"
    gap = width - cells(left) - cells(right) - 1
    if gap >= 1:
        return [Styled.assemble((left, "bold"), " " * gap, (right, "dim")), Styled("─" * width, style="dim")]
    lines = [Styled(line, style="bold") for line in wrap(left, width)]
    return [*lines, *([Styled(pad(right, width - 1, ">"), style="dim")] if right else []), Styled("─" * width, style="dim")]


def question_lines(question: Question, language: Language, width: int) -> list[Styled]:
    """Statement and parts, without the heading."""
    margin = 1 if width >= 40 else 0
    body = statement_lines(question.paragraphs, question.values, width=width - 2 * margin, language=language, style=question.style)
    lines = [Styled(" " * margin + line) for line in body]
    return [*lines, Styled(""), *part_lines(question.parts, language, width)]


def part_lines(parts: Sequence[Part], language: Language, width: int) -> list[Styled]:
    """Letter, label, symbol and marks of each part; the symbol column is left out where the screen is narrow."""
    labels = [sentence(part.label(language)) for part in parts]
    widest = max(map(cells, labels))
    symbols = ["" if part.is_word else symbol(part.find).unicode for part in parts]
    room = max(map(cells, symbols))
    lines = []
    for part, label, name in zip(parts, labels, symbols, strict=True):
        marks = marks_text(part, language)
        if width >= widest + room + cells(marks) + 14:
            lines.append(
                Styled.assemble((f"   {part.letter}  ", "bold"), pad(label, widest), "   ", pad(name, room), "   ", (f"[{marks}]", "dim"))
            )
        else:
            lines.append(Styled.assemble((f" {part.letter}  ", "bold"), f"{label}  ", (f"[{marks}]", "dim")))
    return lines


def marks_text(part: Part, language: Language) -> str:
    plural = "" if part.marks == 1 else "s"
    return Text(f"{part.marks} mark{plural}", f"{part.marks} 分")(language)
