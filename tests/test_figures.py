"""Pictures of graphs and computation graphs: what is joined to what, drawn the same in every format."""

from xml.etree import ElementTree

import networkx
import pytest

from exam_tool.calculators import calculate
from exam_tool.documents.drawing import mermaid, places, svg, tikz
from exam_tool.figures import figures
from exam_tool.render.terminal_figures import figure_lines

GRAPH = figures(calculate("gcn_layer", nodes=4, edges=[[1, 2], [2, 3], [3, 4], [4, 2]], H=[[1], [2], [3], [4]], W=[[1]]))[0]
FLOW = figures(calculate("mlp_backprop_l1_l2", x=1, y=0, w1="1/2", w2=-1, eta=1))[0]


def test_a_graph_has_the_edges_of_its_matrix() -> None:
    """Every edge once, nodes numbered as the rows are."""
    assert set(GRAPH.lines) == {("1", "2"), ("2", "3"), ("3", "4"), ("2", "4")}
    assert not GRAPH.directed


def test_a_computation_graph_runs_forward() -> None:
    """Each step stands to the right of everything it is computed from, and the picture has no cycle."""
    at = places(FLOW)
    assert {"x", "w1", "z1", "a1", "w2", "y_hat", "y", "L"} == set(FLOW.nodes)
    assert all(at[one][0] < at[other][0] for one, other in FLOW.lines)
    assert networkx.is_directed_acyclic_graph(networkx.DiGraph(FLOW.lines))


@pytest.mark.parametrize("figure", [GRAPH, FLOW], ids=["graph", "flow"])
def test_every_format_draws_each_node_and_line(figure) -> None:
    """SVG is well formed; nodes do not lie on each other; Mermaid, TikZ and the terminal name everything."""
    root = ElementTree.fromstring(svg(figure, "zh"))
    kinds = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert kinds.count("circle") == kinds.count("text") == len(figure.nodes)
    assert kinds.count("line") == len(figure.lines)
    spots = list(places(figure).values())
    assert all((a - c) ** 2 + (b - d) ** 2 > 40**2 for i, (a, b) in enumerate(spots) for c, d in spots[:i])
    assert mermaid(figure).count("-->" if figure.directed else "---") == len(figure.lines)
    assert tikz(figure).count(r"\draw") == len(figure.lines)
    assert len(list(figure_lines(figure, "en", 80))) >= len({other for _, other in figure.lines})


def test_a_directed_graph_is_read_from_where_its_edges_start() -> None:
    """Nodes bear the numbers of the question, and each line says where the edges of a node lead."""
    edges = {"nodes": 3, "edges": [[0, 1], [0, 2], [2, 1]], "directed": "yes", "node_base": "0"}
    (figure,) = figures(calculate("adjacency_matrix", **edges))
    assert list(figure_lines(figure, "en", 80))[1:] == ["   0 → 1, 2", "   2 → 1"]


def test_a_calculation_without_a_picture_has_none() -> None:
    """Sizes and counts are not drawn, nor the way back where only the way forward is asked."""
    assert figures(calculate("conv_output_size", H=8, K=3)) == ()
    network = calculate("mlp_backprop_l1_l2", x=1, y=0, w1="1/2", w2=-1, eta=1)
    assert figures(network, ["y_hat", "L"]) == ()
    assert figures(network, ["grad_w1"]) == (FLOW,)
