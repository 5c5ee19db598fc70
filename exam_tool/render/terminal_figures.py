"""Figures in a terminal, where a list says more than a tangle of strokes: each node with what it is joined to."""

from __future__ import annotations

from collections.abc import Iterator

from exam_tool.documents.drawing import label
from exam_tool.expressions.printing import cells, pad, wrap
from exam_tool.figures import Figure
from exam_tool.language import Language


def figure_lines(figure: Figure, language: Language, width: int) -> Iterator[str]:
    """A title, then a line a node: its neighbours, where its edges lead, or what a step is computed from."""
    yield from wrap(figure.title(language), width)
    is_graph = len(figure.layers) == 1  # its edges are read from where they start, as they are given
    beside: dict[str, list[str]] = {name: [] for name in figure.nodes}
    for one, other in figure.lines:
        if not figure.directed or is_graph:
            beside[one].append(label(other))
        if (not figure.directed and one != other) or (figure.directed and not is_graph):
            beside[other].append(label(one))
    widest = max(cells(label(name)) for name in figure.nodes)
    sign = "—" if not figure.directed else "→" if is_graph else "←"
    for name, joined in beside.items():
        if joined:
            yield f"   {pad(label(name), widest)} {sign} {', '.join(joined)}"
