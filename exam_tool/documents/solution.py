"""A question with its worked solution as one document: Markdown, an HTML page, or LaTeX."""

from __future__ import annotations

from collections.abc import Sequence

from exam_tool.explain import Solution
from exam_tool.figures import Figure
from exam_tool.language import Language, Text
from exam_tool.question import Question

from .drawing import mermaid, svg, tikz
from .html import HTML, escape_html, html_page, solution_html, statement_html
from .latex import LATEX, escape_latex, latex_document, solution_latex, statement_latex
from .markdown import MARKDOWN, escape_markdown, solution_markdown, statement_markdown

SOLUTION = Text("Solution", "解答")
FORMATS = ("markdown", "html", "latex")


def solution_document(question: Question, solution: Solution, form: str, language: Language, pictures: Sequence[Figure] = ()) -> str:
    """The whole document; ``form`` is one of ``FORMATS``, ``pictures`` stand before the solution."""
    if form == "html":
        return _html(question, solution, language, pictures)
    if form == "markdown":
        return _markdown(question, solution, language, pictures)
    return _latex(question, solution, language, pictures)


def _marks(question: Question, position: int, language: Language) -> str:
    marks = question.parts[position].marks
    return Text(f"{marks} mark{'' if marks == 1 else 's'}", f"{marks} 分")(language)


def _markdown(question: Question, solution: Solution, language: Language, pictures: Sequence[Figure]) -> str:
    body = statement_markdown(question.paragraphs, question.values, language=language, style=question.style)
    parts = [
        f"- **{part.letter}**  {MARKDOWN.sentence(part.label, language)} [{_marks(question, i, language)}]"
        for i, part in enumerate(question.parts)
    ]
    title = f"# {escape_markdown(question.title)}\n\n`{question.code}`"
    worked = solution_markdown(solution, language=language)
    drawn = [f"{escape_markdown(picture.title(language))}\n\n{mermaid(picture)}" for picture in pictures]
    return "\n\n".join([title, body, "\n".join(parts), f"## {SOLUTION(language)}", *drawn, worked])


def _html(question: Question, solution: Solution, language: Language, pictures: Sequence[Figure]) -> str:
    body = statement_html(question.paragraphs, question.values, language=language, style=question.style)
    parts = "".join(
        f"<li>{HTML.sentence(part.label, language)} [{_marks(question, i, language)}]</li>" for i, part in enumerate(question.parts)
    )
    worked = solution_html(solution, language=language)
    drawn = "".join(f"{svg(picture, language)}\n" for picture in pictures)
    head = f'<p><code>{escape_html(question.code)}</code></p>\n{body}\n<ol type="a">{parts}</ol>'
    inner = f"{head}\n<h2>{SOLUTION(language)}</h2>\n{drawn}{worked}"
    return html_page(inner, question.title, language)


def _latex(question: Question, solution: Solution, language: Language, pictures: Sequence[Figure]) -> str:
    body = statement_latex(question.paragraphs, question.values, language=language, style=question.style)
    parts = "\n".join(
        f"\\item[{part.letter}] {LATEX.sentence(part.label, language)} [{_marks(question, i, language)}]"
        for i, part in enumerate(question.parts)
    )
    code = f"\\texttt{{{escape_latex(question.code)}}}"
    drawn = "".join(f"{escape_latex(picture.title(language))}\n\n{tikz(picture)}\n\n" for picture in pictures)
    worked = solution_latex(solution, language=language)
    asked = f"{code}\n\n{body}\n\n\\begin{{description}}\\itemsep0pt\n{parts}\n\\end{{description}}"
    inner = f"{asked}\n\n\\section*{{{SOLUTION(language)}}}\n\n{drawn}{worked}"
    return latex_document(inner, question.title, language)
