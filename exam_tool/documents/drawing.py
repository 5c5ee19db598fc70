"""Figures drawn for documents: SVG for HTML, Mermaid for Markdown, TikZ for LaTeX. Deterministic, without any library."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from math import cos, pi, sin

from exam_tool.expressions.printing import symbol
from exam_tool.figures import Figure
from exam_tool.language import Language

STEP_X, STEP_Y, RADIUS, MARGIN = 96, 56, 20, 28
Point = tuple[float, float]


def places(figure: Figure) -> Mapping[str, Point]:
    """Where each node stands, in pixels from the upper left: one layer on a circle, several in columns."""
    if len(figure.layers) == 1:
        (names,) = figure.layers
        size = 30 + 16 * len(names)
        turn = 2 * pi / len(names)
        return {name: (size * (1 + sin(i * turn)), size * (1 - cos(i * turn))) for i, name in enumerate(names)}
    tallest = max(map(len, figure.layers))
    return {
        name: (column * STEP_X, (row + (tallest - len(layer)) / 2) * STEP_Y)
        for column, layer in enumerate(figure.layers)
        for row, name in enumerate(layer)
    }


def svg(figure: Figure, language: Language) -> str:
    """A picture for a page; its title is read aloud in its place."""
    at = places(figure)
    width = max(x for x, _ in at.values()) + 2 * MARGIN
    height = max(y for _, y in at.values()) + 2 * MARGIN
    lines = "".join(_svg_line(at[one], at[other], figure.directed) for one, other in figure.lines)
    nodes = "".join(_svg_node(name, at[name]) for name in figure.nodes)
    title = escape(figure.title(language))
    head = 'viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"'
    arrow = f'<marker id="arrow" {head}><path d="M0 0L8 4L0 8z"/></marker>'
    box = f"0 0 {width:.0f} {height:.0f}"
    return (
        f'<figure><svg role="img" aria-label="{title}" width="{width:.0f}" height="{height:.0f}" viewBox="{box}" '
        f'xmlns="http://www.w3.org/2000/svg"><defs>{arrow}</defs>{lines}{nodes}</svg><figcaption>{title}</figcaption></figure>'
    )


def _svg_line(start: Point, end: Point, directed: bool) -> str:
    (x, y), (u, v) = start, end
    if start == end:
        x, y = x + MARGIN, y + MARGIN - RADIUS
        return f'<path d="M{x - 8:.1f} {y:.1f}c-14 -26 30 -26 16 0" fill="none" stroke="currentColor"/>'
    length = ((u - x) ** 2 + (v - y) ** 2) ** 0.5
    dx, dy = (u - x) / length * RADIUS, (v - y) / length * RADIUS
    head = ' marker-end="url(#arrow)"' if directed else ""
    if directed and _leaps(start, end):
        high = min(y, v) - STEP_Y * 0.7 + MARGIN
        x, y, u, v = x + MARGIN, y - RADIUS + MARGIN, u + MARGIN, v - RADIUS + MARGIN
        return f'<path d="M{x:.1f} {y:.1f}Q{(x + u) / 2:.1f} {high:.1f} {u:.1f} {v:.1f}" fill="none" stroke="currentColor"{head}/>'
    x, y, u, v = x + dx + MARGIN, y + dy + MARGIN, u - dx + MARGIN, v - dy + MARGIN
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{u:.1f}" y2="{v:.1f}" stroke="currentColor"{head}/>'


def _leaps(start: Point, end: Point) -> bool:
    """Whether a line passes a column of nodes on its way, so that it has to be bent around them."""
    return end[0] - start[0] > 1.5 * STEP_X and abs(end[1] - start[1]) < STEP_Y


def _svg_node(name: str, place: Point) -> str:
    x, y = place[0] + MARGIN, place[1] + MARGIN
    shown = escape(label(name))
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}" fill="white" stroke="currentColor"/>'
        f'<text x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle" font-size="14">{shown}</text>'
    )


def label(name: str) -> str:
    """A node's name as it is printed: a number, or the symbol of a step."""
    return name if name.isdigit() else symbol(name).unicode


def mermaid(figure: Figure) -> str:
    """A diagram that Markdown readers with Mermaid draw, and others show as the list of lines that it is."""
    numbers = {name: f"n{i}" for i, name in enumerate(figure.nodes)}
    rows = [f'  {numbers[name]}(("{label(name)}"))' for name in figure.nodes]
    rows += [f"  {numbers[one]} {'-->' if figure.directed else '---'} {numbers[other]}" for one, other in figure.lines]
    return "\n".join(["```mermaid", "flowchart LR", *rows, "```"])


def tikz(figure: Figure) -> str:
    """A TikZ picture; the document loads the package."""
    at = places(figure)
    numbers = {name: f"n{i}" for i, name in enumerate(figure.nodes)}
    rows = [
        rf"\node[circle,draw,minimum size=8mm,inner sep=1pt] ({numbers[name]}) at ({x / 48:.2f},{-y / 48:.2f}) {{${_latex(name)}$}};"
        for name, (x, y) in at.items()
    ]
    arrow = "->" if figure.directed else "-"
    rows += [
        rf"\draw ({numbers[one]}) edge [loop above] ({numbers[one]});"
        if one == other
        else rf"\draw[{arrow}] ({numbers[one]}) {_way(figure, at[one], at[other])} ({numbers[other]});"
        for one, other in figure.lines
    ]
    return "\n".join([r"\begin{center}\begin{tikzpicture}", *rows, r"\end{tikzpicture}\end{center}"])


def _way(figure: Figure, start: Point, end: Point) -> str:
    return "to[bend left=30]" if figure.directed and _leaps(start, end) else "--"


def _latex(name: str) -> str:
    return name if name.isdigit() else symbol(name).latex
