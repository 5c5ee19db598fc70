"""Styled lines as the fragments prompt_toolkit draws. It knows the few styles used here and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from prompt_toolkit.formatted_text import FormattedText
from rich.text import Text as Styled

from exam_tool.expressions.printing.cells import cell_width

COLOURS = {"green": "ansigreen", "red": "ansired", "cyan": "ansicyan", "yellow": "ansiyellow"}
Lines = Sequence[Styled]


def fragments(lines: Lines) -> FormattedText:
    """The lines, one under the other."""
    found: list[tuple[str, str]] = []
    for i, line in enumerate(lines):
        if i:
            found.append(("", "\n"))
        found += _of_line(line)
        if line.plain and cell_width(line.plain[-1]) == 0:  # prompt_toolkit draws a mark that ends a line once more in a cell of its own
            found.append(("", " "))
    return FormattedText(found)


def _of_line(line: Styled) -> list[tuple[str, str]]:
    text, base = line.plain, str(line.style or "")
    if not line.spans:
        return [(_style(base), text)]
    cuts = sorted({0, len(text), *(place for span in line.spans for place in (span.start, span.end) if 0 <= place <= len(text))})
    pieces = []
    for start, end in pairwise(cuts):
        words = " ".join([base, *(str(span.style) for span in line.spans if span.start <= start and end <= span.end)])
        pieces.append((_style(words), text[start:end]))
    return pieces


def _style(words: str) -> str:
    names = words.split()
    return " ".join(COLOURS.get(name, name) for name in names if name in COLOURS or name in ("bold", "italic", "underline", "dim"))
