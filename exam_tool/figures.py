"""The pictures a calculation has: the graph its adjacency matrix describes, and the computation graph of a backward pass.

Here is what stands where and what is joined to what; drawing it is for the formats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq

from exam_tool.calculators.work import CalculatorError, find
from exam_tool.expressions.arrays import Value, shape_of
from exam_tool.language import Text
from exam_tool.trace import Step, Trace

MAX_NODES = 14
DERIVATIVE = re.compile(r"d[A-Za-z0-9]+_d|e_[0-9]+$|grad_|gap_|delta|sigma_prime|relu_prime|tanh_prime")
GRAPH = Text("The graph", "图")
FLOW = Text("The computation graph; gradients flow back along the same lines", "计算图（梯度沿同样的连线反向传播）")


@dataclass(frozen=True, slots=True)
class Figure:
    """Named nodes in layers from left to right (one layer: a circle) and the lines between them, as positions of nodes."""

    title: Text
    layers: tuple[tuple[str, ...], ...]
    lines: tuple[tuple[str, str], ...]
    directed: bool

    @property
    def nodes(self) -> tuple[str, ...]:
        return tuple(name for layer in self.layers for name in layer)


def figures(trace: Trace, asked: Sequence[str] = ()) -> tuple[Figure, ...]:
    """The pictures that help to find the steps asked (default: all), small enough to be read."""
    found = (_graph(trace), _flow(trace) if _goes_back(trace, asked) else None)
    return tuple(figure for figure in found if figure is not None and len(figure.nodes) <= MAX_NODES)


def _goes_back(trace: Trace, asked: Sequence[str]) -> bool:
    """Whether a derivative is asked, or on the way: a loss alone needs no picture of the way back."""
    steps = trace.plan.upstream(asked) if asked else trace.plan.steps
    return any(DERIVATIVE.match(step.name) for step in steps)


def _graph(trace: Trace) -> Figure | None:
    """The graph of an adjacency matrix, its nodes numbered as the question numbers them: from 1, or from 0."""
    matrix = trace.values.get("A")
    if _chapter(trace.plan.calculator) != "graph" or matrix is None or not _is_adjacency(matrix):
        return None
    size = range(len(matrix))
    directed = any(matrix[i][j] != matrix[j][i] for i in size for j in size)
    names = [str(i + (trace.plan.options.get("node_base") != "0")) for i in size]
    joined = tuple((names[i], names[j]) for i in size for j in size if matrix[i][j] and (directed or i <= j))
    return Figure(GRAPH, (tuple(names),), joined, directed)


def _chapter(calculator: str) -> str:
    try:
        return find(calculator)[0].chapter
    except CalculatorError:  # a problem with steps of its own
        return ""


def _is_adjacency(matrix: Value) -> bool:
    shape = shape_of(matrix)
    return len(shape) == 2 and shape[0] == shape[1] and all(isinstance(x, fmpq) and x in (0, 1) for row in matrix for x in row)


def _flow(trace: Trace) -> Figure | None:
    """The forward steps of a calculation with gradients, each joined to what it is computed from."""
    if _chapter(trace.plan.calculator) == "rl":  # a TD error is no derivative, and nothing flows back from it
        return None
    steps = trace.plan.steps
    first = next((i for i, step in enumerate(steps) if DERIVATIVE.match(step.name)), None)
    if first is None or first < 2:
        return None
    forward = steps[:first]
    depth = _depths(forward)
    layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name, level in depth.items():
        layers[level].append(name)
    lines = tuple((need, step.name) for step in forward for need in step.needs if need in depth)
    if len(layers) < 3:  # nothing is computed from anything computed
        return None
    return Figure(FLOW, tuple(map(tuple, layers)), lines, True)


def _depths(steps: Sequence[Step]) -> Mapping[str, int]:
    """For every input and step the longest way to it from an input; an input stands just before its first use."""
    depth: dict[str, int] = {}
    for step in steps:
        known = [depth[need] for need in step.needs if need in depth]
        depth[step.name] = max(known, default=0) + 1
    for step in steps:
        for need in step.needs:
            depth.setdefault(need, depth[step.name] - 1)
    return dict(sorted(depth.items(), key=lambda item: item[1]))
