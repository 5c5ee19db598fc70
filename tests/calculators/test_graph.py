"""Graph matrices and the GCN layer against worked figures, networkx and numpy."""

from __future__ import annotations

import random
from typing import Any

import networkx as nx
import numpy as np
import pytest
from scipy.special import softmax

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

from .near import agree, numbers

TRIES = 200
PATH = {"nodes": 3, "edges": [[1, 2], [2, 3]], "directed": False}
ROOT = 0.408248290464

GOLDEN: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("adjacency_matrix", {}, {"A": [[0, 1, 0], [1, 0, 1], [0, 1, 0]], "is_symmetric": 1, "edge_count": 2}),
    ("degree_matrix", {}, {"D_hat": [[2, 0, 0], [0, 3, 0], [0, 0, 2]], "D": [[1, 0, 0], [0, 2, 0], [0, 0, 1]]}),
    ("self_loop_adjacency", {}, {"A_hat": [[1, 1, 0], [1, 1, 1], [0, 1, 1]]}),
    ("graph_laplacian", {}, {"L": [[1, -1, 0], [-1, 2, -1], [0, -1, 1]]}),
    ("gcn_normalized_adjacency", {}, {"sym": [[0.5, ROOT, 0], [ROOT, 0.333333333333, ROOT], [0, ROOT, 0.5]]}),
    ("gcn_normalized_adjacency", {"variant": "row"}, {"row": [[0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3], [0, 0.5, 0.5]]}),
]


@pytest.mark.parametrize(("row", "more", "outputs"), GOLDEN)
def test_worked_figures(row: str, more: dict[str, Any], outputs: dict[str, Any]) -> None:
    """The matrices of the path of three nodes come out as printed, from the edges and from A."""
    from_edges = calculate(row, **PATH, **more)
    from_matrix = calculate(row, A=[[0, 1, 0], [1, 0, 1], [0, 1, 0]], **more)
    for name, expected in outputs.items():
        assert agree(from_edges[name].value, expected, 1e-12), name
        if name != "A":
            assert agree(from_matrix[name].value, expected, 1e-12), name


def test_square_roots_stay_exact() -> None:
    """The entry of the path graph is exactly 1/sqrt(6), not a decimal near it."""
    value = calculate("gcn_normalized_adjacency", **PATH)["sym"].value[0][1]
    assert value.terms is not None
    assert {int(k): (int(v.p), int(v.q)) for k, v in value.terms.items()} == {6: (1, 6)}


def random_graph(draw: random.Random, *, directed: bool, weighted: bool = False) -> tuple[Any, dict[str, Any]]:
    """A networkx graph (isolated nodes may occur) and the same graph as givens, from its edges or its matrix."""
    n = draw.randint(2, 6)
    graph = nx.gnp_random_graph(n, 0.5, seed=draw.randint(0, 10**6), directed=directed)
    for a, b in graph.edges:
        graph[a][b]["weight"] = draw.randint(1, 5) if weighted else 1
    edges = [[a, b] for a, b in graph.edges]
    if not edges or draw.random() < 0.5:
        return graph, {"A": nx.to_numpy_array(graph).astype(int).tolist()}
    base = draw.choice([0, 1])
    givens: dict[str, Any] = {"nodes": n, "edges": [[a + base, b + base] for a, b in edges], "directed": directed, "node_base": base}
    if weighted:
        givens["weights"] = [graph[a][b]["weight"] for a, b in edges]
    return graph, givens


def test_matrices_against_networkx() -> None:
    """Adjacency, degrees and the Laplacian of undirected graphs agree with networkx, weights included."""
    draw = random.Random(1)
    for _ in range(TRIES):
        graph, givens = random_graph(draw, directed=False, weighted=draw.random() < 0.3)
        degrees = [d for _, d in graph.degree(weight="weight")]
        found = calculate("graph_laplacian", **givens)
        assert agree(found["L"].value, nx.laplacian_matrix(graph).toarray())
        assert agree(found["d"].value, degrees)
        listed = calculate("adjacency_matrix", **givens)
        assert numbers(listed["edge_count"].value) == graph.number_of_edges()
        assert numbers(listed["is_symmetric"].value) == 1
        assert agree(calculate("degree_matrix", **givens)["D_hat"].value, np.diag(np.array(degrees) + 1))


def test_normalised_laplacian_against_networkx() -> None:
    """The normalised Laplacian agrees with networkx, isolated nodes (a row of zeros there) included."""
    draw = random.Random(2)
    for _ in range(TRIES):
        graph, givens = random_graph(draw, directed=False)
        found = calculate("graph_laplacian", **givens, normalised="symmetric")
        assert agree(found["L"].value, nx.normalized_laplacian_matrix(graph).toarray())
        kept = calculate("graph_laplacian", **givens, normalised="symmetric", isolated="one")
        lonely = [float(d == 0) for _, d in graph.degree]
        assert agree(kept["L"].value, nx.normalized_laplacian_matrix(graph).toarray() + np.diag(lonely))


def test_directed_graphs_against_networkx() -> None:
    """Rows are where edges start; degrees go by rows or by columns as chosen."""
    draw = random.Random(3)
    for _ in range(TRIES):
        graph, givens = random_graph(draw, directed=True)
        listed = calculate("adjacency_matrix", **{"directed": True, **givens})
        assert numbers(listed["edge_count"].value) == graph.number_of_edges()
        if "edges" in givens:
            assert agree(listed["A"].value, nx.to_numpy_array(graph))
        assert agree(calculate("degree_matrix", **givens)["d"].value, [d for _, d in graph.out_degree])
        assert agree(calculate("degree_matrix", **givens, degree="in")["d"].value, [d for _, d in graph.in_degree])


def test_normalised_adjacency_against_networkx() -> None:
    """The symmetric form is I minus networkx's normalised Laplacian of the graph with loops; the row form is its walk matrix."""
    draw = random.Random(4)
    for _ in range(TRIES):
        graph, givens = random_graph(draw, directed=False)
        looped = nx.to_numpy_array(graph) + np.eye(len(graph))
        degrees = looped.sum(axis=1)
        laplacian = nx.normalized_laplacian_matrix(nx.from_numpy_array(looped)).toarray()
        symmetric = calculate("gcn_normalized_adjacency", **givens)
        assert agree(symmetric["A_hat"].value, looped)
        assert agree(symmetric["sym"].value, np.eye(len(graph)) - laplacian)
        row = calculate("gcn_normalized_adjacency", **givens, variant="row")
        assert agree(row["row"].value, looped / degrees[:, None])
        assert agree(row["row_sums"].value, np.ones(len(graph)))


def test_layer_against_numpy() -> None:
    """One layer in all four variants and three activations agrees with numpy."""
    draw = random.Random(5)
    for _ in range(TRIES):
        graph, givens = random_graph(draw, directed=False)
        n, d, k = len(graph), draw.randint(1, 3), draw.randint(1, 3)
        H = [[draw.randint(-3, 4) for _ in range(d)] for _ in range(n)]
        W = [[draw.randint(-2, 3) for _ in range(k)] for _ in range(d)]
        variant, activation = draw.choice(["symmetric", "row", "A_hat", "A"]), draw.choice(["relu", "none", "softmax"])
        found = calculate("gcn_layer", **givens, H=H, W=W, variant=variant, activation=activation)
        plain = nx.to_numpy_array(graph)
        looped = plain + np.eye(n)
        degrees = looped.sum(axis=1)
        S = {
            "symmetric": looped / np.sqrt(np.outer(degrees, degrees)), "row": looped / degrees[:, None], "A_hat": looped, "A": plain,
        }[variant]  # fmt: skip
        z = S @ np.array(H) @ np.array(W)
        expected = {"relu": np.maximum(z, 0), "none": z, "softmax": softmax(z, axis=1)}[activation]
        assert agree(found["H_out"].value, expected)
        assert numbers(found["out_shape"].value) == [n, k]


@pytest.mark.parametrize(
    ("row", "givens"),
    [
        ("adjacency_matrix", {"nodes": 2, "edges": [[1, 3]]}),
        ("adjacency_matrix", {"nodes": 2, "edges": [[1, 2, 3]]}),
        ("adjacency_matrix", {"nodes": 2, "edges": [[0, 1]]}),
        ("degree_matrix", {"A": [[0, 1], [0, 0]], "directed": False}),
        ("gcn_layer", {"A": [[0, 1], [1, 0]], "H": [[1, 2]], "W": [[1], [2]]}),
        ("gcn_layer", {"A": [[0, 1], [1, 0]], "H": [[1, 2], [3, 4]], "W": [[1]]}),
        ("graph_laplacian", {"nodes": 3}),
    ],
)
def test_what_cannot_be_is_refused(row: str, givens: dict[str, Any]) -> None:
    """Graphs and sizes that do not fit are errors with a sentence in both languages."""
    with pytest.raises(ExamToolError) as caught:
        calculate(row, **givens)
    assert caught.value.message.en
    assert caught.value.message.zh
