"""Normalised adjacency, the GCN layer built on it, readout of a graph, and renumbering of its nodes."""

from __future__ import annotations

from exam_tool.expressions.arrays import Value, map_entries
from exam_tool.expressions.exact import ONE, ZERO, Scalar, divide, sign, sqrt
from exam_tool.expressions.functions import register

from . import foundations  # noqa: F401  # it registers rowmax
from .graph import PATH, degree_axis, graph, looped_degrees, self_loops
from .work import Pair, Work, calculator


def inverse_root(value: Value) -> Value:
    """``1/sqrt(d)`` entry by entry, and 0 for the degree 0 of a node without edges."""

    def of(d: Scalar) -> Scalar:
        return ZERO if sign(d) == 0 else divide(ONE, sqrt(d))

    return map_entries(of, value)


register("inverse_root", 1, 1, inverse_root)

VARIANTS: dict[str, Pair] = {
    "symmetric": ("Normalise symmetrically: divide by the square roots of both degrees.", "采用对称归一化：除以两端度数的平方根。"),
    "row": ("Normalise by rows: divide each row by its degree.", "采用行归一化：每行除以该节点的度。"),
}


def _root(work: Work) -> None:
    work.step("D_hat_inv_root", "diag(1 / sqrt(d_hat))", ("degree matrix with self-loops to the power `-1/2`", "含自环的度矩阵的 `-1/2` 次幂"), ("on the diagonal, one over the square root of each degree", "对角线上为度的平方根的倒数"))
    work.mistake("product_no_root", "diag(1 / d_hat)", "the square root is missing; each entry is divided by `sqrt(d_i*d_j)`, not by `d_i*d_j`.", "漏了开平方；每个元素应除以 `sqrt(d_i*d_j)`，而不是 `d_i*d_j`。")
    work.mistake("positive_power", "diag(sqrt(d_hat))", "the inverse is forgotten; the power is `-1/2`, not `1/2`.", "忘了取倒数；幂次是 `-1/2`，不是 `1/2`。")


def symmetric_step(work: Work, name: str) -> None:
    """``D_hat^(-1/2) A_hat D_hat^(-1/2)`` under this name."""
    _root(work)
    work.step(name, "D_hat_inv_root @ A_hat @ D_hat_inv_root", ("symmetrically normalised adjacency matrix", "对称归一化邻接矩阵"),
              ("each entry is divided by the square roots of both degrees", "每个元素除以两端度数的平方根"))  # fmt: skip
    work.mistake("column", "A_hat @ diag(1 / d_hat)", "the columns are divided by their degrees; each entry is divided by the square roots of both degrees.",
                 "按列除以了度；每个元素应除以两端度数的平方根。")  # fmt: skip
    work.mistake("one_side", "D_hat_inv_root @ A_hat", "only the rows are divided; the power `-1/2` of the degree matrix stands on both sides.",
                 "只处理了行；左右两侧都要乘度矩阵的 `-1/2` 次幂。")  # fmt: skip
    work.mistake("row", "diag(1 / d_hat) @ A_hat", "each row is divided by its degree; the symmetric form divides by the square roots of both degrees.",
                 "每行除以了自己的度；对称归一化要除以两端度数的平方根。", kind="convention")  # fmt: skip


def row_step(work: Work, name: str) -> None:
    """``D_hat^(-1) A_hat`` under this name."""
    work.step("D_hat_inv", "diag(1 / d_hat)", ("inverse of the degree matrix with self-loops", "含自环的度矩阵的逆"), ("on the diagonal, one over each degree", "对角线上为度的倒数"))
    work.mistake("positive_power", "D_hat", "the inverse is forgotten; divide the rows by the degrees.", "忘了取倒数；各行应除以度。")
    work.step(name, "D_hat_inv @ A_hat", ("row-normalised adjacency matrix", "行归一化邻接矩阵"), ("each row is divided by its degree", "每行除以自己的度"))
    work.mistake("column", "A_hat @ D_hat_inv", "the columns are divided by their degrees; multiplied from the left, the inverse divides the rows.",
                 "按列除以了度；左乘度矩阵的逆才是按行除。")  # fmt: skip
    work.mistake("symmetric", "diag(1 / sqrt(d_hat)) @ A_hat @ diag(1 / sqrt(d_hat))",
                 "the square roots of both degrees are used; row normalisation divides each row by its own degree.",
                 "用了两端度数的平方根；行归一化是每行除以自己的度。", kind="convention")  # fmt: skip


@calculator("gcn_normalized_adjacency", ("Normalised adjacency of a GCN", "GCN 的归一化邻接矩阵"), chapter="graph", example=PATH)
def gcn_normalized_adjacency(work: Work) -> None:
    """``sym = D_hat^(-1/2) A_hat D_hat^(-1/2)`` with ``A_hat = A + I``, or ``row = D_hat^(-1) A_hat``; exact, with roots.

    Source: Kipf and Welling, arXiv:1609.02907, equation 2; the row variant as in Hamilton, Ying and Leskovec, arXiv:1706.02216.
    """
    variant = work.option("variant", ("normalisation", "归一化方式"), VARIANTS, default="symmetric")
    n = graph(work)
    self_loops(work, n)
    looped_degrees(work, degree_axis(work))
    if variant == "symmetric":
        symmetric_step(work, "sym")
        return
    row_step(work, "row")
    work.step("row_sums", "sum(row, 2)", ("check: row sums", "检验：各行之和"))


LAYER_VARIANTS: dict[str, Pair] = {
    "symmetric": ("The propagation matrix is `S = D_hat^(-1/2) @ A_hat @ D_hat^(-1/2)` with `A_hat = A + I` and its degree matrix `D_hat`.", "传播矩阵取 `S = D_hat^(-1/2) @ A_hat @ D_hat^(-1/2)`，其中 `A_hat = A + I`，`D_hat` 为其度矩阵。"),
    "row": ("The propagation matrix is `S = D_hat^(-1) @ A_hat` with `A_hat = A + I` and its degree matrix `D_hat`.", "传播矩阵取 `S = D_hat^(-1) @ A_hat`，其中 `A_hat = A + I`，`D_hat` 为其度矩阵。"),
    "A_hat": ("The propagation matrix is `S = A + I`, not normalised.", "传播矩阵取 `S = A + I`，不归一化。"),
    "A": ("The propagation matrix is `S = A`.", "传播矩阵取 `S = A`。"),
}
ACTIVATIONS: dict[str, Pair] = {
    "relu": ("The activation is ReLU.", "激活函数为 ReLU。"),
    "none": ("There is no activation.", "不使用激活函数。"),
    "softmax": ("The activation is softmax over the row of each node.", "激活函数为 softmax，对每个节点所在的行计算。"),
}
LEFT_OUT: dict[str, Pair] = {
    "relu": ("the activation is left out; ReLU sets negative entries to 0.", "漏了激活函数；ReLU 把负数置为 0。"),
    "softmax": ("the activation is left out; softmax is taken over each row.", "漏了激活函数；还要对每一行取 softmax。"),
}


@calculator("gcn_layer", ("GCN layer", "GCN 层"), chapter="graph", example={**PATH, "H": [[1, 2], [3, -1], [0, 1]], "W": [[1, 0], [-1, 2]], "variant": "row"})
def gcn_layer(work: Work) -> None:
    """One layer ``activation(S @ H @ W)``: H holds n nodes x d_in features, W is d_in x d_out.

    Source: Kipf and Welling, arXiv:1609.02907, equation 2.
    """
    variant = work.option("variant", ("propagation matrix", "传播矩阵"), LAYER_VARIANTS, default="symmetric", convention=False)
    activation = work.option("activation", ("activation", "激活函数"), ACTIVATIONS, default="relu", convention=False)
    n = graph(work)
    axis = degree_axis(work)
    work.given("H", ("node features, one row for each node", "节点特征（每行一个节点）"), shape=f"{n} d")
    work.given("W", ("weights", "权重"), shape="d k")
    if variant == "A":
        work.step("S", "A", ("propagation matrix", "传播矩阵"), ("as stated, without self-loops", "按题意不加自环"))
    else:
        self_loops(work, n)
        if variant == "A_hat":
            work.step("S", "A_hat", ("propagation matrix", "传播矩阵"), ("as stated, without normalisation", "按题意不归一化"))
        else:
            looped_degrees(work, axis)
            (symmetric_step if variant == "symmetric" else row_step)(work, "S")
            work.mistake("no_norm", "A_hat", "the normalisation is skipped; `A + I` is still to be divided, as stated, by the degrees or their roots.",
                         "跳过了归一化；`A + I` 还要按题意除以度或度的平方根。")  # fmt: skip
            work.mistake("plain_adjacency", "A", "`A` itself is used; self-loops and normalisation come first.", "直接用了 `A`；应先加自环再归一化。")
    work.step("SH", "S @ H", ("features gathered from the neighbours", "聚合后的特征"), ("each node adds up the rows of its neighbours, weighted by `S`", "每个节点按 `S` 的权重对邻居的各行求和"))
    features = work.shape("H")[1]
    if features == n:
        work.mistake("h_transposed", "S @ H.T", "the features are transposed; `H` has one row for each node.", "把特征矩阵转置了；`H` 的每行对应一个节点。")
    work.step("Z", "SH @ W", ("values before the activation", "激活前的值"), ("all nodes share the weights", "所有节点共用同一组权重"))
    if features == work.shape("W")[1]:
        if features == n:
            work.mistake("order", "S @ W @ H", "the order is changed; the weights stand on the right: `S @ H @ W`.", "顺序错了；权重在右边：`S @ H @ W`。")
        work.mistake("w_transposed", "SH @ W.T", "the weights are transposed; row i of `W` belongs to input feature i.", "把权重转置了；`W` 的第 i 行对应第 i 个输入特征。")
    work.step("H_out", {"relu": "relu(Z)", "none": "Z", "softmax": "softmax(Z)"}[activation], ("output of the layer", "该层的输出"))
    if activation != "none":
        work.mistake("no_relu" if activation == "relu" else "no_activation", "Z", *LEFT_OUT[activation])
    if activation == "relu":
        work.mistake("abs", "abs(Z)", "the negative signs are dropped; ReLU sets negative entries to 0.", "去掉了负号；ReLU 把负数置为 0。")
    work.step("out_shape", "shape(H_out)", ("output shape", "输出形状"), ("nodes × output features", "节点数 × 输出特征数"))


@calculator("graph_readout", ("Node classes and graph vector", "节点分类与图级汇聚"), chapter="graph",
            example={"H": [[0, "ln(3)"], ["ln(2)", 0], ["ln(4)", "ln(2)"]], "Y": [[0, 1], [1, 0], [1, 0]]})  # fmt: skip
def graph_readout(work: Work) -> None:
    """Softmax of each node's row, cross-entropy when labels are given, and one vector for the graph.

    Source: Kipf and Welling, arXiv:1609.02907, section 3.1; Gilmer et al., arXiv:1704.01212.
    """
    readout = work.option("readout", ("readout", "汇聚方式"), {
        "mean": ("The graph vector is the mean of the node vectors.", "图向量取节点向量的平均。"),
        "sum": ("The graph vector is the sum of the node vectors.", "图向量取节点向量之和。"),
        "max": ("The graph vector holds the maximum of each feature over the nodes.", "图向量取各特征在所有节点上的最大值。"),
    }, default="mean")  # fmt: skip
    work.given("H", ("node vectors, one row for each node", "节点向量（每行一个节点）"), shape="n d")
    work.step("p", "softmax(H)", ("class probabilities of each node", "各节点的类别概率"), ("over the classes, in the row of each node", "在每个节点所在的行内对各类别归一化"))
    work.mistake("over_nodes", "softmax(H.T).T", "the softmax runs over the nodes; it should run over the classes, along each row.", "沿节点方向做了 softmax；应沿类别方向，即按行。")
    if work.optional("Y", ("labels, one-hot rows", "标签（独热行）"), shape="n d", is_="one-hot", aliases=["labels"]):
        work.step("losses", "-ln(sum(p * Y, 2))", ("cross-entropy of each node", "各节点的交叉熵"), ("only the true class counts", "只有真实类别起作用"))
        work.step("loss", "mean(losses)", ("mean loss", "平均损失"))
        work.mistake("no_mean", "sum(losses)", "the losses are only added; divide by the number of nodes.", "只求了和；平均值还要除以节点数。")
    work.step("h_G", "rowmax(H.T)" if readout == "max" else f"{readout}(H, 1)", ("graph vector", "图向量"), ("one entry for each feature; the order of the nodes does not matter", "每个特征对应一个分量，与节点顺序无关"))
    work.mistake("over_features", f"{readout if readout != 'max' else 'mean'}(H, 2)", "the features of each node are put together; put the nodes together, feature by feature.", "把每个节点的各特征合并了；应对每个特征合并各节点。")
    work.mistake("flatten", "flatten(H)", "the rows are strung together; put the nodes together feature by feature, so that their order does not matter.", "把各行首尾相接了；应对每个特征合并各节点，使结果与节点顺序无关。")
    work.step("graph_class", "argmax(h_G)", ("class of the graph", "图的类别"), ("the place of the largest entry", "最大分量的位置"))


@calculator("node_permutation_check", ("Renumbering the nodes", "节点重排"), chapter="graph",
            example={"A": [[0, 1, 0], [1, 0, 1], [0, 1, 0]], "P": [[0, 1, 0], [0, 0, 1], [1, 0, 0]], "H": [[1, 0], [2, 1], [3, 5]]})  # fmt: skip
def node_permutation_check(work: Work) -> None:
    """``A' = P A P^T`` and ``H' = P H``, and that one propagation step gives the same features, renumbered.

    Source: Bronstein et al., arXiv:2104.13478, section 4.1.
    """
    work.given("A", ("adjacency matrix", "邻接矩阵"), shape="n n")
    work.given("P", ("permutation matrix", "置换矩阵"), shape="n n", is_="one-hot")
    work.step("A_new", "P @ A @ P.T", ("renumbered adjacency matrix", "重排后的邻接矩阵"), ("rows and columns both stand for nodes", "行和列都对应节点，都要重排"))
    work.mistake("one_side", "P @ A", "only the rows are renumbered; the columns stand for nodes too.", "只重排了行；列也对应节点，同样要重排。")
    work.mistake("p_transposed", "P.T @ A @ P", "`P` is transposed, which undoes the renumbering; `P` itself stands on the left.", "`P` 转置了，成了反向的重排；左边应为 `P` 本身。")
    if work.optional("H", ("node features", "节点特征"), shape="n d"):
        work.step("H_new", "P @ H", ("renumbered features", "重排后的特征"), ("only the rows stand for nodes", "只有行对应节点"))
        work.mistake("p_transposed", "P.T @ H", "`P` is transposed, which undoes the renumbering; `P` itself stands on the left.", "`P` 转置了，成了反向的重排；左边应为 `P` 本身。")
        work.step("left", "A_new @ H_new", ("sums over the neighbours after renumbering", "重排后各节点的邻居特征之和"), ("a row of the adjacency matrix picks the neighbours", "邻接矩阵的每一行选出该节点的邻居"))
        work.step("right", "P @ (A @ H)", ("sums over the neighbours, renumbered afterwards", "先求邻居特征之和再重排"))
        work.step("equal", "left == right", ("whether they agree (1 yes, 0 no)", "两者是否相同（1 是，0 否）"))
