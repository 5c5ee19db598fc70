"""Matrices of a graph: adjacency, degrees, Laplacian, normalised adjacency and the GCN layer. Training such layers is elsewhere."""

from __future__ import annotations

from exam_tool.expressions.arrays import Value, as_matrix
from exam_tool.expressions.exact import ONE, ZERO, Undefined
from exam_tool.expressions.functions import register, whole
from exam_tool.language import Text

from .work import Pair, Work, calculator


def adjacency(nodes: Value, edges: Value, weights: Value = None) -> Value:
    """The symmetric n x n matrix with 1 (or the weight) at both ends of each edge; nodes are numbered from 1."""
    return _filled(nodes, edges, weights, both=True)


def directed_adjacency(nodes: Value, edges: Value, weights: Value = None) -> Value:
    """The n x n matrix with 1 (or the weight) in row i, column j for each edge from i to j."""
    return _filled(nodes, edges, weights, both=False)


def _filled(nodes: Value, edges: Value, weights: Value, *, both: bool) -> Value:
    n = whole(nodes, 1)
    matrix: list[list[Value]] = [[ZERO] * n for _ in range(n)]
    for k, (start, end) in enumerate(edges):
        i, j = whole(start, 1) - 1, whole(end, 1) - 1
        if max(i, j) >= n:
            raise Undefined(Text(f"The edge {i + 1} - {j + 1} needs a node that is not there.", f"边 {i + 1} - {j + 1} 用到了不存在的节点。"))
        matrix[i][j] = ONE if weights is None else weights[k]
        if both:
            matrix[j][i] = matrix[i][j]
    return tuple(map(tuple, matrix))


def upper(matrix: Value) -> Value:
    """The entries on and above the diagonal, the others 0."""
    return tuple(tuple(x if j >= i else ZERO for j, x in enumerate(row)) for i, row in enumerate(as_matrix(matrix)))


register("adjacency", 2, 3, adjacency)
register("arcs", 2, 3, directed_adjacency)
register("upper", 1, 1, upper)

PATH = {"nodes": 3, "edges": [[1, 2], [2, 3]]}

DIRECTED: dict[str, Pair] = {
    "no": ("The graph is undirected.", "图是无向的。"),
    "yes": ("The graph is directed: an edge (i, j) goes from i to j and stands in row i, column j.", "图是有向的：边 (i, j) 从 i 指向 j，位于第 i 行第 j 列。"),
}
DEGREE: dict[str, Pair] = {
    "out": ("The degree of a node is the sum of its row, that is its out-degree.", "节点的度取所在行之和，即出度。"),
    "in": ("The degree of a node is the sum of its column, that is its in-degree.", "节点的度取所在列之和，即入度。"),
}
UNDIRECTED_DEGREE: Pair = ("The degree of a node is the number of its neighbours; a self-loop counts once.", "节点的度是其邻居的个数，自环计一次。")
NUMBERING: dict[str, Pair] = {"1": ("Nodes are numbered from 1.", "节点从 1 开始编号。"), "0": ("Nodes are numbered from 0.", "节点从 0 开始编号。")}


def graph(work: Work) -> int:
    """Declares the graph, as its matrix ``A`` or as ``nodes`` and ``edges`` (then ``A`` is a step); returns the number of nodes."""
    if work.offered("A"):
        undirected = work.offered("directed") and _is_undirected(work)
        work.given("A", ("adjacency matrix", "邻接矩阵"), shape="n n", is_="symmetric" if undirected else "")
        return work.length("A")
    work.given("nodes", ("number of nodes", "节点数"), is_="integer, >= 1")
    work.given("edges", ("edges, one a row", "边（每行一条）"), is_="integer", shape=None)
    if work.length("edges"):
        work.fits("edges", "m 2")
    weighted = work.optional("weights", ("weights of the edges", "各边的权重"), shape="m")
    directed = not _is_undirected(work)
    base = work.option("node_base", ("numbering of the nodes", "节点编号"), NUMBERING, default="1")
    rest = ("edges + 1" if base == "0" else "edges") + (", weights" if weighted else "")
    arcs, both = f"arcs(nodes, {rest})", f"adjacency(nodes, {rest})"
    work.step("A", arcs if directed else both, ("adjacency matrix", "邻接矩阵"),
              ("an edge from i to j stands in row i, column j", "从 i 到 j 的边填在第 i 行第 j 列") if directed
              else ("an edge between i and j stands at (i, j) and at (j, i)", "i 与 j 之间的边填在 (i, j) 和 (j, i) 两处"))  # fmt: skip
    if directed:
        work.mistake("both_directions", both, "each edge is entered in both directions; a directed edge goes one way only.",
                     "每条边按两个方向都填了；有向边只有一个方向。")  # fmt: skip
        work.mistake("turned", f"{arcs}.T", "rows and columns are exchanged; the row is the node where the edge starts.", "行列颠倒了；行对应边的起点。")
    else:
        work.mistake("one_direction", arcs, "only one of the two entries of each edge is filled; an undirected edge stands at (i, j) and at (j, i).",
                     "每条边只填了一处；无向边要同时填 (i, j) 和 (j, i)。")  # fmt: skip
    work.mistake("self_loops", f"{arcs if directed else both} + identity(nodes)",
                 "self-loops are added; `A` has zeros on its diagonal unless the graph itself has loops.",
                 "多加了自环；除非图本身有自环，`A` 的对角线应全为 0。")  # fmt: skip
    return work.count("nodes")


def _is_undirected(work: Work) -> bool:
    return work.option("directed", ("kind of graph", "图的类型"), DIRECTED, default="no") == "no"


def degree_axis(work: Work) -> int:
    """The direction in which degrees are added up: 2 along rows, 1 down columns."""
    choices = dict.fromkeys(DEGREE, UNDIRECTED_DEGREE) if work.used.get("directed") == "no" else DEGREE
    return 2 if work.option("degree", ("degree of a node", "节点的度"), choices, default="out") == "out" else 1


def self_loops(work: Work, n: int, *, forgotten: str = "forgot_self_loops") -> None:
    """The step ``A_hat = A + I``; ``forgotten`` is the name of the mistake that leaves A as it is."""
    work.step("A_hat", f"A + identity({n})", ("adjacency matrix with self-loops", "加自环的邻接矩阵"), ("the self-loops let each node keep its own features", "加自环使每个节点保留自身特征"))
    work.mistake(forgotten, "A", "self-loops are left out; take `A + I`, or a node forgets its own features.", "没有加自环；应取 `A + I`，否则节点会丢失自身特征。")
    work.mistake("two_i", f"A + 2 * identity({n})", "the identity is added twice; every node gets one self-loop.", "单位阵加了两次；每个节点加一个自环即可。", kind="slip")


def looped_degrees(work: Work, axis: int, *, without: str = "d_without_loops") -> None:
    """The steps ``d_hat`` and ``D_hat``, degrees that count the self-loop; ``without`` names the mistake that does not."""
    work.step("d_hat", f"sum(A_hat, {axis})", ("degrees with the self-loop", "含自环的度"), ("neighbours and the node itself", "邻居数加上节点自身") if axis == 2 and work.used.get("directed") == "no" else ("the self-loop counts once", "自环计一次"))
    work.mistake(without, f"sum(A, {axis})", "the degrees are counted without self-loops; they belong to `A + I`.",
                 "度数没有计入自环；应由 `A + I` 计算。")  # fmt: skip
    work.mistake("loop_twice", f"sum(A, {axis}) + 2", "the self-loop counts twice; it adds 1 to the degree.", "自环算了两次；它只使度加 1。")
    work.step("D_hat", "diag(d_hat)", ("degree matrix with self-loops", "含自环的度矩阵"))
    work.mistake("full", "A + diag(d_hat)", "the edges are kept off the diagonal; a degree matrix has zeros there.", "保留了对角线以外的边；度矩阵在对角线以外全为 0。")


@calculator("adjacency_matrix", ("Adjacency matrix", "邻接矩阵"), chapter="graph", example=PATH)
def adjacency_matrix(work: Work) -> None:
    """Adjacency matrix of a graph from its list of edges, whether it is symmetric, and how many edges it has.

    Source: Newman, Networks (2018), section 6.2.
    """
    graph(work)
    directed = work.used.get("directed") == "yes"
    work.step("is_symmetric", "A == A.T", ("whether A is symmetric (1 yes, 0 no)", "A 是否对称（1 是，0 否）"))
    counted = "A" if directed else "upper(A)"
    zero_one = not work.offered("A") and not work.offered("weights")  # then the entries themselves count
    count = "sum({})" if zero_one else "sum(sign(abs({})))"
    work.step("edge_count", count.format(counted), ("number of edges", "边数"),
              ("every edge has one entry", "每条边对应一个元素") if directed
              else ("only the entries on and above the diagonal, so that each edge counts once", "只看对角线及其上方的元素，每条边只数一次"))  # fmt: skip
    if not directed:
        work.mistake("counted_twice", count.format("A"), "each edge is counted twice; an undirected edge has two entries in `A` and counts once.",
                     "每条边数了两次；无向边在 `A` 中占两处，只应计一次。")  # fmt: skip


@calculator("degree_matrix", ("Degree matrix", "度矩阵"), chapter="graph", example=PATH)
def degree_matrix(work: Work) -> None:
    """Degrees and degree matrix ``D`` of a graph and, with self-loops, ``D_hat`` of ``A + I``.

    Source: Kipf and Welling, arXiv:1609.02907, section 2.
    """
    with_loops = work.option(
        "self_loops", ("self-loops", "自环"),
        {
            "with": ("The degree matrix is that of `A + I`.", "度矩阵由 `A + I` 计算。"),
            "without": ("The degree matrix is that of `A`.", "度矩阵由 `A` 计算。"),
        }, default="with",
    )  # fmt: skip
    n = graph(work)
    axis = degree_axis(work)
    plain_degrees(work, axis)
    if with_loops == "with":
        self_loops(work, n)
        looped_degrees(work, axis, without="no_self_loop")


def _counted(work: Work, axis: int) -> Pair:
    if work.used.get("directed") == "no":
        return ("each 1 in the row of a node stands for a neighbour", "节点所在行中的每个 1 对应一个邻居")
    return ("row sums", "各行之和") if axis == 2 else ("column sums", "各列之和")


def plain_degrees(work: Work, axis: int) -> None:
    """The steps ``d`` and ``D``, degrees without self-loops."""
    work.step("d", f"sum(A, {axis})", ("degrees", "各节点的度"), _counted(work, axis))
    work.mistake("loop_added", f"sum(A, {axis}) + 1", "a self-loop is counted at each node; `D` belongs to `A` itself.", "每个节点多算了一个自环；`D` 由 `A` 本身得到。")
    work.step("D", "diag(d)", ("degree matrix", "度矩阵"))
    work.mistake("full", "A + diag(d)", "the edges are kept off the diagonal; a degree matrix has zeros there.", "保留了对角线以外的边；度矩阵在对角线以外全为 0。")


@calculator("self_loop_adjacency", ("Adjacency with self-loops", "加自环的邻接矩阵"), chapter="graph", example=PATH)
def self_loop_adjacency(work: Work) -> None:
    """``A_hat = A + I``. Source: Kipf and Welling, arXiv:1609.02907, section 2."""
    n = graph(work)
    self_loops(work, n, forgotten="times")
    work.mistake("d", "A + diag(sum(A, 2))", "the degrees are added on the diagonal; the identity belongs there.", "对角线上加了度；应加单位阵。")


@calculator("graph_laplacian", ("Graph Laplacian", "图拉普拉斯矩阵"), chapter="graph", example=PATH)
def graph_laplacian(work: Work) -> None:
    """``L = D - A``, or normalised ``I - D^(-1/2) A D^(-1/2)``. Source: Chung, Spectral Graph Theory (1997), section 1.2."""
    normalised = work.option(
        "normalised", ("kind of Laplacian", "拉普拉斯矩阵的类型"),
        {
            "no": ("The Laplacian is `D - A`.", "拉普拉斯矩阵取 `D - A`。"),
            "symmetric": ("The Laplacian is `I - D^(-1/2) @ A @ D^(-1/2)`.", "拉普拉斯矩阵取 `I - D^(-1/2) @ A @ D^(-1/2)`。"),
        }, default="no",
    )  # fmt: skip
    isolated = work.option(
        "isolated", ("nodes without edges", "孤立节点"),
        {
            "zero": ("A node without edges has a row of zeros.", "孤立节点所在的行全为 0。"),
            "one": ("A node without edges keeps the 1 of the identity on the diagonal.", "孤立节点在对角线上保留单位阵的 1。"),
            "none": ("Every node has an edge.", "每个节点都有边相连。"),
        }, default="zero",
    )  # fmt: skip
    n = graph(work)
    plain_degrees(work, degree_axis(work))
    if normalised == "no":
        work.step("L", "D - A", ("Laplacian", "拉普拉斯矩阵"))
        work.mistake("reversed", "A - D", "the sign is reversed; in `D - A` the degrees on the diagonal are positive.", "符号反了；`D - A` 对角线上的度为正。", kind="slip")
        work.mistake("with_loops", f"D + identity({n}) - A", "degrees with self-loops are mixed with `A` without them; both go without.", "混用了含自环的度与不含自环的 `A`；两者都不应含自环。")
        work.mistake("plus", "D + A", "`A` is added; it is subtracted.", "加上了 `A`；应减去。", kind="slip")
        work.step("row_sums", "sum(L, 2)", ("check: row sums", "检验：各行之和"))
        return
    root, inverse = ("1 / sqrt(d)", "1 / d") if isolated == "none" else ("inverse_root(d)", "inverse_root(d)^2")
    work.step("D_inv_root", f"diag({root})", ("degree matrix to the power `-1/2`", "度矩阵的 `-1/2` 次幂"), ("on the diagonal, one over the square root of each degree", "对角线上为度的平方根的倒数"))
    work.mistake("no_root", f"diag({inverse})", "the square root is missing; the diagonal holds `1/sqrt(d)`, not `1/d`.", "漏了开平方；对角线上应为 `1/sqrt(d)`，不是 `1/d`。")
    unit = "D_inv_root @ D @ D_inv_root" if isolated == "zero" else f"identity({n})"
    work.step("L", f"{unit} - D_inv_root @ A @ D_inv_root", ("normalised Laplacian", "归一化拉普拉斯矩阵"))
    work.mistake("plus", f"{unit} + D_inv_root @ A @ D_inv_root", "the normalised adjacency matrix is added; it is subtracted.", "加上了归一化邻接矩阵；应减去。", kind="slip")

