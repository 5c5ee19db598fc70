"""Statements and worked solutions in Markdown with LaTeX formulas between dollar signs. Outside text is never markup."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from exam_tool.explain import Solution, SolutionLine
from exam_tool.expressions.arrays import Value
from exam_tool.expressions.forms import DEFAULT_STYLE, NumberStyle
from exam_tool.expressions.printing import visible
from exam_tool.language import Language
from exam_tool.statement import Paragraph, set_apart

from .latex import chain_rows, equation
from .markup import COLON, GIVEN, between_dollars

SPECIAL = re.compile(r"[\\`*_{}\[\]<>()#+!|~$&-]")
LINE_START = re.compile(r"^(\s*[0-9]+)([.)])(?=\s|$)")


def escape_markdown(text: str) -> str:
    """Text that every Markdown reader shows as it stands: no emphasis, link, list, HTML or formula begins in it."""
    escaped = SPECIAL.sub(r"\\\g<0>", visible(text)).replace(r"\(", "(").replace(r"\)", ")").replace(r"\-", "-")
    escaped = re.sub(r"^(\s*)([-+=])", r"\1\\\2", escaped)
    return LINE_START.sub(r"\1\\\2", escaped)


MARKDOWN = between_dollars(escape_markdown)


def statement_markdown(
    paragraphs: Sequence[Paragraph], values: Mapping[str, Value], *, language: Language = "en", style: NumberStyle = DEFAULT_STYLE
) -> str:
    """The paragraphs, a blank line between them."""
    drawn = [MARKDOWN.paragraph(paragraph, values, style, language) for paragraph in paragraphs]
    return set_apart(paragraphs, drawn, "\n\n", "\\\n")


def solution_markdown(solution: Solution, *, language: Language = "en", with_givens: bool = False) -> str:
    """Each step with its label, its chain of equalities aligned at the signs, its reason and note."""
    parts = [_givens(solution, language)] if with_givens and solution.givens else []
    parts += [MARKDOWN.sentence(text, language) for text in solution.conventions] if with_givens else []
    parts += [_step(line, language) for line in solution.lines]
    return "\n\n".join(parts) + "\n"


def _givens(solution: Solution, language: Language) -> str:
    comma, colon = (", ", ": ") if language == "en" else ("，", "：")
    shown = [f"${equation(given.name, given.value, solution.style, language)}$" for given in solution.givens]
    return f"{GIVEN(language)}{colon}{comma.join(shown)}"


def _step(line: SolutionLine, language: Language) -> str:
    mark = f"{line.letter}. " if line.letter else ""
    said = [MARKDOWN.sentence(text, language) for text in (line.because, line.note) if text is not None]
    if line.told is not None:
        heading = f"**{mark}{MARKDOWN.sentence(line.label, language)}**{COLON(language)}{escape_markdown(line.told(language))}"
        return "\n\n".join([heading, *said])
    rows = " \\\\\n".join(chain_rows(line, language))
    return "\n\n".join(
        [f"**{mark}{MARKDOWN.sentence(line.label, language)}**", f"$$\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n$$", *said]
    )


def code_span(text: str) -> str:
    """What somebody typed, exactly, on one line: inside a run of backticks longer than any in it."""
    shown = visible(text.replace("\r\n", "\n").replace("\n", " ⏎ "))
    if not shown.strip():
        return ""
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", shown)), default=0))
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
