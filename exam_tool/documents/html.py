"""Statements and worked solutions in HTML with MathML: self-contained, without scripts; every outside text is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from exam_tool.explain import Solution, SolutionLine
from exam_tool.expressions.arrays import Value
from exam_tool.expressions.forms import DEFAULT_STYLE, NumberStyle, shown_tree
from exam_tool.expressions.printing import visible
from exam_tool.expressions.printing.mathml import math_element, math_inner
from exam_tool.expressions.tree import Name, Node
from exam_tool.expressions.typeset import value_html
from exam_tool.language import Language
from exam_tool.statement import Paragraph, set_apart

from .markup import COLON, GIVEN, Format, broken

STYLE = """
body{max-width:46rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
body{font:1rem/1.55 system-ui,"Noto Sans","Noto Sans CJK SC",sans-serif}
h1{font-size:1.35rem}h3{font-size:1rem;margin:1.3rem 0 .3rem}h3 .letter{display:inline-block;min-width:1.4rem}
.chain{overflow-x:auto;margin:.3rem 0 .3rem 1.4rem}.chain math{font-size:1.05rem}
.chain math>mtable>mtr>mtd{text-align:left;padding:.2em .25em}.chain math>mtable>mtr>mtd:first-child{text-align:right}
.because,.note{margin:.2rem 0 .2rem 1.4rem;color:#555}.note{color:#222;border-left:3px solid #999;padding-left:.6rem}
@media (prefers-color-scheme:dark){body{color:#ddd;background:#181818}.because{color:#aaa}.note{color:#ddd}}
@media print{body{margin:0;max-width:none}.step{break-inside:avoid}}
""".strip()
SIGNS = {"": "", "+": "<mo>+</mo>", "-": "<mo>−</mo>", "@": '<mspace width="0.2em"/>'}
POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # nothing is loaded and no script runs, whatever a name or answer holds


def escape_html(text: str) -> str:
    """Text as text, controls made visible."""
    return escape(visible(text))


def _formulas(sides: Sequence[Node], language: Language) -> str:
    return math_element("<mrow>" + "<mo>=</mo>".join(math_inner(side, language=language) for side in sides) + "</mrow>")


HTML = Format(escape_html, _formulas, value_html)


def statement_html(
    paragraphs: Sequence[Paragraph], values: Mapping[str, Value], *, language: Language = "en", style: NumberStyle = DEFAULT_STYLE
) -> str:
    """One ``<p>`` a paragraph; the entries of a list share one, a line each."""
    drawn = [HTML.paragraph(paragraph, values, style, language) for paragraph in paragraphs]
    inner = set_apart(paragraphs, drawn, "</p>\n<p>", "<br>\n")
    return f"<p>{inner}</p>" if drawn else ""


def solution_html(solution: Solution, *, language: Language = "en", with_givens: bool = False) -> str:
    """One ``<section>`` a step, for a page that has its own frame."""
    parts = [_givens(solution, language)] if with_givens and solution.givens else []
    parts += [f"<p>{HTML.sentence(text, language)}</p>" for text in solution.conventions] if with_givens else []
    parts += [_step(line, language) for line in solution.lines]
    return "\n".join(parts)


def _givens(solution: Solution, language: Language) -> str:
    comma, colon = (", ", ": ") if language == "en" else ("，", "：")
    shown = [_equation(given.name, given.value, solution.style, language) for given in solution.givens]
    return f"<p>{GIVEN(language)}{colon}{comma.join(shown)}</p>"


def _equation(name: str, value: Value, style: NumberStyle, language: Language) -> str:
    if isinstance(value, str | bool):
        return f"{_formulas([Name(name)], language)} = {value_html(value, style, language)}"
    node, exact = shown_tree(value, style)
    return math_element(f"<mrow>{math_inner(Name(name))}<mo>{'=' if exact else '≈'}</mo>{math_inner(node)}</mrow>")


def _step(line: SolutionLine, language: Language) -> str:
    mark = f'<span class="letter">{line.letter}</span>' if line.letter else ""
    heading = f"{mark}{HTML.sentence(line.label, language)}"
    if line.told is not None:
        parts = [f"<h3>{heading}{COLON(language)}{escape_html(line.told(language))}</h3>"]
    else:
        parts = [f"<h3>{heading}</h3>", f'<div class="chain">{_chain(line, language)}</div>']
    for kind, text in (("because", line.because), ("note", line.note)):
        if text is not None:
            parts.append(f'<p class="{kind}">{HTML.sentence(text, language)}</p>')
    return f'<section class="step">{"".join(parts)}</section>'


def _chain(line: SolutionLine, language: Language) -> str:
    """A table of three columns: the subject once, the signs under one another, the sides."""
    rows: list[tuple[str, str]] = []
    for side in line.sides:
        first, *rest = ["".join(_signed(sign, part, language) for sign, part in one) for one in broken(side.node)]
        rows += [(side.relation, f"<mrow>{first}</mrow>"), *(("", f'<mrow><mspace width="1.5em"/>{more}</mrow>') for more in rest)]
    if line.word is not None:
        rows.append(("=", f"<mtext>{value_html(line.word(language), language=language)}</mtext>"))
    subject = math_inner(line.subject)
    body = ""
    for relation, shown in rows:
        body += f"<mtr><mtd>{subject}</mtd><mtd>{relation and f'<mo>{relation}</mo>'}</mtd><mtd>{shown}</mtd></mtr>"
        subject = ""
    table = f'<mtable columnalign="right center left" displaystyle="true">{body}</mtable>'
    return math_element(table)


def _signed(sign: str, part: Node, language: Language) -> str:
    """An operand of a sum behind its sign; what stands alone may be a condition, whose value is meant."""
    return SIGNS[sign] + math_inner(part, as_value=not sign, language=language, after_sign=bool(sign))


def html_page(body: str, title: str, language: Language = "en") -> str:
    """A whole page around a body that is HTML already; the title is plain text."""
    code = "en" if language == "en" else "zh-CN"
    shown = escape_html(title)
    return (
        f'<!doctype html>\n<html lang="{code}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{shown}</title>\n<style>{STYLE}</style>\n'
        f"</head>\n<body>\n<h1>{shown}</h1>\n{body}\n</body>\n</html>\n"
    )
