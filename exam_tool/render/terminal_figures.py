"""Figures in a terminal, where a list says more than a tangle of strokes: each node with what it is joined to."""

from __future__ import annotations

from collections.abc import Iterator

from exam_tool.documents.drawing import label
from exam_tool.expressions.printing import cells, pad, wrap
from exam_tool.figures import Figure
from exam_tool.language import Language


def figure_lines(figure: Figure, language: Language, width: int) -> Iterator[str]:
    """A title, then a line a node: its neighbours, or what a step is computed from."""
    yield from wrap(figure.title(language), width)
    sources: dict[str, list[str]] = {name: [] for name in figure.nodes}
    for one, other in figure.lines:
        sources[other].append(label(one))
        if not figure.directed and one != other:
            sources[one].append(label(other))
    widest = max(cells(label(name)) for name in figure.nodes)
    sign = "←" if figure.directed else "—"
    for name, joined in sources.items():
        if joined:
            yield f"   {pad(label(name), widest)} {sign} {', '.join(joined)}"
