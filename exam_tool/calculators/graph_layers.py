"""Normalised adjacency and the GCN layer built on it."""

from __future__ import annotations

from exam_tool.expressions.arrays import Value, map_entries
from exam_tool.expressions.exact import ONE, ZERO, Scalar, divide, sign, sqrt
from exam_tool.expressions.functions import register

from .graph import PATH, degree_axis, graph, looped_degrees, self_loops
from .work import Pair, Work, calculator


def inverse_root(value: Value) -> Value:
    """``1/sqrt(d)`` entry by entry, and 0 for the degree 0 of a node without edges."""

    def of(d: Scalar) -> Scalar:
        return ZERO if sign(d) == 0 else divide(ONE, sqrt(d))

    return map_entries(of, value)


register("inverse_root", 1, 1, inverse_root)

VARIANTS: dict[str, Pair] = {
    "symmetric": ("Normalise symmetrically: divide by the roots of both degrees.", "采用对称归一化：除以两端度数的平方根。"),
    "row": ("Normalise by rows: divide each row by its degree.", "采用行归一化：每行除以该节点的度。"),
}


def _root(work: Work) -> None:
    work.step("D_inv_root", "diag(1 / sqrt(d_hat))", ("inverse root of the degree matrix", "度矩阵的 -1/2 次幂"), ("1/√d on the diagonal", "对角线上为 1/√d"))
    work.mistake("product_no_root", "diag(1 / d_hat)", "the root is missing; divide by √(d_i d_j), not by d_i d_j.", "漏了开方；应除以 √(d_i d_j)，而不是 d_i d_j。")
    work.mistake("positive_power", "diag(sqrt(d_hat))", "the inverse is forgotten; the power is -1/2, not 1/2.", "忘了取倒数；幂次是 -1/2，不是 1/2。")


def symmetric_step(work: Work, name: str) -> None:
    """``D_hat^(-1/2) A_hat D_hat^(-1/2)`` under this name."""
    _root(work)
    work.step(name, "D_inv_root @ A_hat @ D_inv_root", ("normalised adjacency", "归一化邻接矩阵"),
              ("each entry is divided by the roots of both degrees", "每个元素除以两端度数的平方根"))  # fmt: skip
    work.mistake("column", "A_hat @ diag(1 / d_hat)", "the columns are divided by their degrees; divide by the roots of both degrees.",
                 "按列除以了度；应除以两端度数的平方根。")  # fmt: skip
    work.mistake("one_side", "D_inv_root @ A_hat", "only the rows are divided; multiply by the inverse root on both sides.",
                 "只处理了行；左右两侧都要乘度矩阵的 -1/2 次幂。")  # fmt: skip
    work.mistake("row", "diag(1 / d_hat) @ A_hat", "each row is divided by its degree; the symmetric form divides by the roots of both degrees.",
                 "每行除以了自己的度；对称归一化要除以两端度数的平方根。", kind="convention")  # fmt: skip


def row_step(work: Work, name: str) -> None:
    """``D_hat^(-1) A_hat`` under this name."""
    work.step("D_inv", "diag(1 / d_hat)", ("inverse of the degree matrix", "度矩阵的逆"))
    work.mistake("positive_power", "D_hat", "the inverse is forgotten; divide by the degrees.", "忘了取倒数；应除以度。")
    work.step(name, "D_inv @ A_hat", ("normalised adjacency", "归一化邻接矩阵"), ("each row is divided by its degree", "每行除以自己的度"))
    work.mistake("column", "A_hat @ D_inv", "the columns are divided by their degrees; multiply from the left to divide the rows.",
                 "按列除以了度；左乘才是按行。")  # fmt: skip
    work.mistake("symmetric", "diag(1 / sqrt(d_hat)) @ A_hat @ diag(1 / sqrt(d_hat))",
                 "both degrees are used under a root; the row form divides each row by its own degree.",
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
    "symmetric": ("Propagation uses D̂^(-1/2) Â D̂^(-1/2) with Â = A + I.", "传播矩阵取 D̂^(-1/2) Â D̂^(-1/2)，其中 Â = A + I。"),
    "row": ("Propagation uses D̂^(-1) Â with Â = A + I.", "传播矩阵取 D̂^(-1) Â，其中 Â = A + I。"),
    "A_hat": ("Propagation uses A + I, not normalised.", "传播矩阵取 A + I，不归一化。"),
    "A": ("Propagation uses A itself.", "传播矩阵取 A 本身。"),
}
ACTIVATIONS: dict[str, Pair] = {
    "relu": ("The activation is ReLU.", "激活函数为 ReLU。"),
    "none": ("There is no activation.", "不使用激活函数。"),
    "softmax": ("Softmax is taken over each node's row.", "对每个节点所在行取 softmax。"),
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
    work.given("H", ("node features, one row a node", "节点特征（每行一个节点）"), shape=f"{n} d")
    work.given("W", ("weights", "权重"), shape="d k")
    if variant == "A":
        work.step("S", "A", ("propagation matrix", "传播矩阵"))
    else:
        self_loops(work, n)
        if variant == "A_hat":
            work.step("S", "A_hat", ("propagation matrix", "传播矩阵"))
        else:
            looped_degrees(work, axis)
            (symmetric_step if variant == "symmetric" else row_step)(work, "S")
            work.mistake("no_norm", "A_hat", "the normalisation is skipped; A + I is still to be divided by the degrees.",
                         "跳过了归一化；A + I 还要除以度。")  # fmt: skip
            work.mistake("plain_adjacency", "A", "A itself is used; add self-loops and normalise first.", "直接用了 A；应先加自环再归一化。")
    work.step("SH", "S @ H", ("features gathered from the neighbours", "聚合后的特征"), ("each row mixes the rows of its neighbours", "每行是邻居各行的加权和"))
    features = work.shape("H")[1]
    if features == n:
        work.mistake("h_transposed", "S @ H.T", "the features are transposed; H has one row for each node.", "把特征矩阵转置了；H 每行对应一个节点。")
    work.step("Z", "SH @ W", ("before the activation", "激活前的值"))
    if features == work.shape("W")[1]:
        if features == n:
            work.mistake("order", "S @ W @ H", "the order is changed; weights stand on the right: S H W.", "顺序错了；权重在右边：S H W。")
        work.mistake("w_transposed", "SH @ W.T", "the weights are transposed; row i of W belongs to input feature i.", "把权重转置了；W 第 i 行对应第 i 个输入特征。")
    work.step("H_out", {"relu": "relu(Z)", "none": "Z", "softmax": "softmax(Z)"}[activation], ("output of the layer", "该层的输出"))
    if activation != "none":
        work.mistake("no_relu" if activation == "relu" else "no_activation", "Z", "the activation is left out.", "漏了激活函数。")
    if activation == "relu":
        work.mistake("abs", "abs(Z)", "signs are dropped; ReLU sets negative entries to 0.", "去掉了负号；ReLU 把负数置为 0。")
    work.step("out_shape", "shape(H_out)", ("output shape", "输出形状"), ("nodes × output features", "节点数 × 输出特征数"))
