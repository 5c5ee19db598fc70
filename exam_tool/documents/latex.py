"""Statements and worked solutions in LaTeX, as pieces of a document and as a whole one. Outside text is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exam_tool.explain import Solution, SolutionLine
from exam_tool.expressions.arrays import Value
from exam_tool.expressions.forms import DEFAULT_STYLE, NumberStyle
from exam_tool.expressions.printing import visible
from exam_tool.expressions.printing.latex import latex
from exam_tool.expressions.printing.tex import latex_escape
from exam_tool.expressions.tree import Name, Node
from exam_tool.expressions.typeset import value_latex
from exam_tool.language import Language
from exam_tool.statement import Paragraph, set_apart

from .markup import COLON, GIVEN, between_dollars, broken

RELATIONS = {"=": "=", "≈": r"\approx"}
SIGNS = {"": "", "+": " + ", "-": " - ", "@": r"\,"}


def escape_latex(text: str) -> str:
    """Text that LaTeX prints character for character."""
    return latex_escape(visible(text))


LATEX = between_dollars(escape_latex)


def statement_latex(
    paragraphs: Sequence[Paragraph], values: Mapping[str, Value], *, language: Language = "en", style: NumberStyle = DEFAULT_STYLE
) -> str:
    """The paragraphs, a blank line between them."""
    drawn = [LATEX.paragraph(paragraph, values, style, language) for paragraph in paragraphs]
    return set_apart(paragraphs, drawn, "\n\n", "\\\\\n")


def chain_rows(line: SolutionLine, language: Language) -> list[str]:
    """The rows of an aligned environment: ``name &= formula``, then ``&= numbers``, ``&= value``."""
    rows = []
    for side in line.sides:
        first, *rest = ["".join(_signed(sign, part, language) for sign, part in line) for line in broken(side.node)]
        rows += [f"&{RELATIONS[side.relation]} {first}", *(rf"&\qquad {{}}{more}" for more in rest)]
    if line.word is not None:
        rows.append(f"&= {value_latex(line.word(language), language=language)}")
    return [f"{latex(line.subject)} {rows[0]}", *rows[1:]]


def _signed(sign: str, part: Node, language: Language) -> str:
    """An operand of a sum behind its sign; what stands alone may be a condition, whose value is meant."""
    return f"{SIGNS[sign]}{latex(part, as_value=not sign, language=language, after_sign=bool(sign))}"


def equation(name: str, value: Value, style: NumberStyle, language: Language) -> str:
    """``name = value``, or ``name \\approx value``."""
    shown = value_latex(value, style, language)
    return f"{latex(Name(name))} {shown if shown.startswith(RELATIONS['≈']) else f'= {shown}'}"


def solution_latex(solution: Solution, *, language: Language = "en", with_givens: bool = False) -> str:
    """Label, chain of equalities, reason and note of each step; the chains need the command of ``PREAMBLE``."""
    parts = [_givens(solution, language)] if with_givens and solution.givens else []
    parts += [LATEX.sentence(text, language) for text in solution.conventions] if with_givens else []
    parts += [_step(line, language) for line in solution.lines]
    return "\n\n".join(parts) + "\n"


def _givens(solution: Solution, language: Language) -> str:
    comma, colon = (", ", ": ") if language == "en" else ("，", "：")
    shown = [f"${equation(given.name, given.value, solution.style, language)}$" for given in solution.givens]
    return f"{GIVEN(language)}{colon}{comma.join(shown)}"


def _step(line: SolutionLine, language: Language) -> str:
    mark = f"{line.letter}. " if line.letter else ""
    said = [LATEX.sentence(text, language) for text in (line.because, line.note) if text is not None]
    heading = rf"\medskip\noindent\textbf{{{mark}{LATEX.sentence(line.label, language)}}}"
    if line.told is not None:
        answer = rf"{heading}{COLON(language)}{escape_latex(line.told(language))}\par"
        return "\n".join([answer, *(rf"\noindent {text}\par" for text in said)])
    rows = " \\\\\n".join(chain_rows(line, language))
    return "\n".join([heading, r"\worked{", rows, "}", *(rf"\noindent {text}\par" for text in said)])


PREAMBLE = r"""
\usepackage{iftex}
\ifPDFTeX\usepackage[T1]{fontenc}\fi
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage{amsmath,amssymb,textcomp,tikz}
\sloppy
% a calculation, made smaller where it is wider than the page
\newcommand{\worked}[1]{\[\setbox0\hbox{$\displaystyle\begin{aligned}#1\end{aligned}$}%
\ifdim\wd0>\linewidth\resizebox{\linewidth}{!}{\box0}\else\box0\fi\]}
""".strip()


def latex_document(body: str, title: str, language: Language = "en") -> str:
    """A whole document around a body that is LaTeX already; the title is plain text. Chinese needs XeLaTeX."""
    kind = r"\documentclass[11pt]{article}" if language == "en" else r"\documentclass[11pt]{ctexart}"
    return f"{kind}\n{PREAMBLE}\n\\begin{{document}}\n\\section*{{{escape_latex(title)}}}\n\n{body}\n\\end{{document}}\n"
