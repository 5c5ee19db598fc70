"""Parameter counts of normalisation, graph and low-rank layers, with the merged weights of the last."""

from __future__ import annotations

from .counts import BIAS, FORGOT_BIAS, SENDING_BIAS, WHOLE, require_layers
from .work import Work, calculator


@calculator(
    "batch_norm_params",
    ("Parameters of batch and layer normalisation", "归一化层的参数量"),
    chapter="regularization",
    example={"C": 20, "m": 8},
)
def batch_norm_params(work: Work) -> None:
    """Trained parameters and running statistics of a normalisation layer over C features.

    Batch normalisation: Ioffe and Szegedy, arXiv:1502.03167; layer normalisation: Ba et al., arXiv:1607.06450.
    """
    work.given("C", ("number of features (channels)", "特征（通道）数"), is_=WHOLE, aliases=["d"])
    has_batch = work.optional("m", ("number of samples or tokens", "样本（或词元）数"), is_=WHOLE, aliases=["n"])
    kind = work.option(
        "kind",
        ("normalisation", "归一化方式"),
        {"batch": ("Batch normalisation is used.", "使用批归一化。"), "layer": ("Layer normalisation is used.", "使用层归一化。")},
        default="batch",
        convention=False,
    )
    counted = work.option(
        "counted",
        ("what counts as a parameter", "参数的范围"),
        {
            "trained": ("The total counts trained parameters only.", "总数只计可训练参数。"),
            "with_statistics": ("The total includes the running statistics.", "总数包括滑动统计量。"),
        },
        default="trained",
    )
    work.step(
        "trainable", "2 * C", ("trained parameters", "可训练参数量"), ("one `gamma` and one `beta` for each feature", "每个特征一个 `gamma`、一个 `beta`"), is_=WHOLE
    )
    work.mistake("scale_only", "C", "only the scale is counted; each feature has a shift, too.", "只算了缩放；每个特征还有一个平移。")
    if kind == "batch":
        work.mistake(
            "four",
            "4 * C",
            "the running mean and variance are counted as trained; they are buffers, updated without gradients.",
            "把滑动均值和方差也算作可训练参数；它们是缓冲量，不由梯度更新。",
        )
    if has_batch:
        work.mistake(
            "per_sample",
            "2 * m * C",
            "parameters are multiplied by the batch size; all samples share them.",
            "参数量乘了批大小；所有样本共用同一组参数。",
        )
    if kind == "batch":
        work.step(
            "buffers",
            "2 * C",
            ("running statistics", "滑动统计量"),
            ("a running mean and a running variance for each feature", "每个特征一个滑动均值、一个滑动方差"),
            is_=WHOLE,
        )
        work.mistake(
            "mean_only", "C", "only the running mean is counted; there is a running variance, too.", "只算了滑动均值；还有滑动方差。"
        )
    if kind == "batch" or has_batch:
        groups = ("C", "m") if kind == "batch" else ("m", "C")
        work.step(
            "groups",
            groups[0],
            ("number of (mean, variance) pairs computed", "计算的（均值，方差）对数"),
            ("one for each feature, over the batch", "每个特征一对，沿批次计算")
            if kind == "batch"
            else ("one for each token, over its features", "每个词元一对，沿各特征计算"),
            is_=WHOLE,
        )
        if has_batch:
            work.mistake(
                "other_axis",
                groups[1],
                "batch and layer normalisation are exchanged; the first averages over the batch, the second over the features.",
                "混淆了批归一化与层归一化；前者沿批次求平均，后者沿特征求平均。",
            )
    with_buffers = kind == "batch" and counted == "with_statistics"
    work.step("total", "trainable + buffers" if with_buffers else "trainable", ("parameters in total", "参数总数"), is_=WHOLE)


@calculator(
    "gcn_params",
    ("Parameters of a graph convolutional network", "图卷积网络的参数量"),
    chapter="graph",
    example={"dims": [5, 4, 2], "n": 7},
)
def gcn_params(work: Work) -> None:
    """Parameters of graph convolutions H' = f(A_hat H W): the number of nodes does not enter (Kipf and Welling 2017)."""
    work.given("dims", ("feature widths, from the input to the output", "从输入到输出的特征维数"), is_=WHOLE, shape="L")
    layers = require_layers(work, "dims")
    for layer in range(layers + 1):
        work.given(f"d_{layer}", (f"feature width {layer}", f"第 {layer} 层特征维数"), is_=WHOLE, default=f"dims[{layer + 1}]")
    has_nodes = work.optional("n", ("number of nodes", "节点数"), is_=WHOLE)
    bias = work.option("bias", ("biases", "偏置"), BIAS, default="without", convention=False) == "with"
    for layer in range(1, layers + 1):
        before, after = f"d_{layer - 1}", f"d_{layer}"
        work.step(
            f"layer_{layer}",
            f"{before} * {after}" + f" + {after}" * bias,
            (f"parameters of layer {layer}", f"第 {layer} 层的参数量"),
            ("all nodes share one weight matrix", "所有节点共用一个权重矩阵"),
            is_=WHOLE,
        )
        if bias:
            work.mistake("forgot_bias", f"{before} * {after}", *FORGOT_BIAS, kind="slip")
            work.mistake("bias_per_input", f"{before} * {after} + {before}", *SENDING_BIAS)
        if has_nodes:
            work.mistake(
                "times_nodes",
                f"n * {before} * {after}" + f" + {after}" * bias,
                "the weights are multiplied by the number of nodes; all nodes share them.",
                "权重乘了节点数；所有节点共用同一组权重。",
            )
            work.mistake(
                "adjacency",
                f"{before} * {after} + n^2" + f" + {after}" * bias,
                "the entries of the adjacency matrix are counted; the graph is data, not a parameter.",
                "计入了邻接矩阵的元素；图是数据，不是参数。",
            )
    parts = [f"layer_{layer}" for layer in range(1, layers + 1)]
    work.step(
        "total", " + ".join(parts), ("parameters in total", "参数总数"), ("the number of nodes does not enter", "与节点数无关"), is_=WHOLE
    )
    if layers > 1:
        work.mistake(
            "product_all",
            "prod(dims)",
            "all widths are multiplied together; multiply neighbours only, then add the layers.",
            "把所有宽度连乘了；只把相邻两层相乘，再把各层相加。",
        )


@calculator(
    "lora_params",
    ("Low-rank adaptation: trained parameters and merged weights", "LoRA：可训练参数与合并后的权重"),
    chapter="llm",
    example={"d_in": 6, "d_out": 4, "r": 2},
)
def lora_params(work: Work) -> None:
    """Trained parameters of a rank-r update beside a frozen d_in x d_out matrix, and the merged matrix (Hu et al., arXiv:2106.09685).

    In the order AB (row vectors) A is d_in x r and B is r x d_out; in the order BA of the paper A is r x d_in and B is d_out x r.
    """
    order = work.option(
        "order",
        ("order of the factors", "因子的顺序"),
        {
            "AB": ("The update is `A @ B`; `A` is the factor on the input side.", "更新量为 `A @ B`，`A` 是输入一侧的因子。"),
            "BA": ("The update is `B @ A`; `A` is the factor on the input side.", "更新量为 `B @ A`，`A` 是输入一侧的因子。"),
        },
        default="AB",
    )
    update, left, right = ("A @ B", "A", "B") if order == "AB" else ("B @ A", "B", "A")
    merged = work.optional("A", ("factor A", "因子 A"), shape=None)
    if merged:
        work.given("B", ("factor B", "因子 B"), shape=None)
        work.given("W", ("frozen weights", "冻结的权重"), shape=None)
    rows, columns = ("d_in", "d_out") if order == "AB" else ("d_out", "d_in")
    sizes = {rows: f"len({left})", columns: f"len({right}[1])", "r": f"len({right})"} if merged else {"d_out": "d_in"}
    work.given("d_in", ("input width", "输入维数"), is_=WHOLE, default=sizes.get("d_in"), aliases=["n"])
    work.given("d_out", ("output width", "输出维数"), is_=WHOLE, default=sizes["d_out"])
    work.given("r", ("rank", "秩"), is_=WHOLE, default=sizes.get("r"))
    work.step("full", "d_in * d_out", ("parameters of the full matrix", "完整矩阵的参数量"), is_=WHOLE)
    work.step(
        "A_params", "d_in * r", ("parameters of A", "A 的参数量"), ("A maps `d_in` numbers to r", "A 把 `d_in` 维变为 r 维"), is_=WHOLE
    )
    work.step(
        "B_params", "r * d_out", ("parameters of B", "B 的参数量"), ("B maps r numbers to `d_out`", "B 把 r 维变为 `d_out` 维"), is_=WHOLE
    )
    work.step(
        "trainable", "A_params + B_params", ("trained parameters", "可训练参数量"), ("the full matrix stays frozen", "完整矩阵保持冻结"), is_=WHOLE
    )
    work.mistake(
        "product",
        "d_in * d_out * r",
        "the sizes are multiplied; the two factors are separate matrices, so add them.",
        "把尺寸连乘了；两个因子是两个矩阵，应相加。",
    )
    work.mistake("one_factor", "A_params", "only one factor is counted; both are trained.", "只算了一个因子；两个因子都要训练。")
    work.mistake("plus_full", "full + A_params + B_params", "the frozen matrix is counted too; only the two factors are trained.", "把冻结的矩阵也算了进去；只有两个因子可训练。")
    work.step("ratio", "trainable / full", ("trained share of the full matrix", "可训练参数占完整矩阵的比例"))
    work.mistake(
        "inverted",
        "full / trainable",
        "the fraction is upside down; the trained parameters belong on top.",
        "分数写反了；可训练参数应在分子。",
    )
    if merged:
        _merge(work, update, left, right)


def _merge(work: Work, update: str, left: str, right: str) -> None:
    work.step("Delta_W", update, ("low-rank update", "低秩更新量"), ("a product of two thin matrices", "两个窄矩阵之积"))
    work.mistake(
        "exchanged",
        f"{right} @ {left}",
        "the factors are exchanged; their order decides the size.",
        "两个因子的次序颠倒；次序决定了结果的尺寸。",
    )
    work.step(
        "W_1", "W + Delta_W", ("merged weights", "合并后的权重"), ("the update is added to the frozen weights", "把更新量加到冻结的权重上")
    )
    work.mistake(
        "update_only", "Delta_W", "the frozen weights are left out; the update is added to them.", "漏了冻结的权重；更新量是加在它上面的。"
    )
    work.mistake("subtracted", "W - Delta_W", "the update is subtracted; it is added.", "减去了更新量；应当相加。", kind="slip")
