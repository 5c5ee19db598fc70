"""Questions and worked solutions as documents: Markdown, HTML and LaTeX. Text from outside is escaped, never markup."""

from .html import HTML, escape_html, html_page, solution_html, statement_html
from .latex import LATEX, escape_latex, latex_document, solution_latex, statement_latex
from .markdown import MARKDOWN, code_span, escape_markdown, solution_markdown, statement_markdown
from .solution import FORMATS, solution_document

__all__ = [
    "FORMATS", "HTML", "LATEX", "MARKDOWN", "code_span", "escape_html", "escape_latex", "escape_markdown", "html_page", "latex_document",
    "solution_document", "solution_html", "solution_latex", "solution_markdown", "statement_html", "statement_latex", "statement_markdown",
]  # fmt: skip
