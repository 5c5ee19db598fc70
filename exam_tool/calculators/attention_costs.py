"""Sizes and costs of attention: cross-attention shapes, numbers of scores and multiplications, variance of dot products."""

from __future__ import annotations

from .work import Work, calculator

WHOLE = "integer, >= 1"


@calculator(
    "cross_attention_shapes",
    ("Shapes in cross-attention", "交叉注意力中的形状"),
    chapter="transformer",
    example={"n_q": 3, "n_k": 5, "d_k": 4, "d_v": 6},
)
def cross_attention_shapes(work: Work) -> None:
    """Queries come from the decoder (n_q tokens), keys and values from the encoder (n_k tokens) (arXiv:1706.03762, sec. 3.2.3)."""
    work.given("n_q", ("decoder tokens", "解码器词元数"), is_=WHOLE)
    work.given("n_k", ("encoder tokens", "编码器词元数"), is_=WHOLE)
    work.given("d_k", ("width of queries and keys", "查询和键的维度"), is_=WHOLE)
    work.given("d_v", ("width of values", "值的维度"), is_=WHOLE, default="d_k")
    work.step("Q_shape", "shape(n_q, d_k)", ("shape of Q", "Q 的形状"), ("queries come from the decoder", "查询来自解码器"), is_=WHOLE)
    work.mistake(
        "swapped_source", "shape(n_k, d_k)", "the sources are exchanged; queries come from the decoder.", "来源弄反了；查询来自解码器。"
    )
    work.step("K_shape", "shape(n_k, d_k)", ("shape of K", "K 的形状"), ("keys come from the encoder", "键来自编码器"), is_=WHOLE)
    work.mistake(
        "swapped_source", "shape(n_q, d_k)", "the sources are exchanged; keys come from the encoder.", "来源弄反了；键来自编码器。"
    )
    work.step("V_shape", "shape(n_k, d_v)", ("shape of V", "V 的形状"), ("values come from the encoder", "值来自编码器"), is_=WHOLE)
    work.mistake(
        "swapped_source", "shape(n_q, d_v)", "the sources are exchanged; values come from the encoder.", "来源弄反了；值来自编码器。"
    )
    work.step(
        "scores", "shape(n_q, n_k)", ("shape of the scores", "分数矩阵的形状"), ("each query with each key", "每个查询与每个键各有一个分数"), is_=WHOLE
    )
    work.mistake("square", "shape(n_q, n_q)", "the scores are taken as square, as in self-attention; here there is a column for each encoder token.", "把分数矩阵当成方阵，那是自注意力；这里每个编码器词元对应一列。")
    work.mistake(
        "transposed", "shape(n_k, n_q)", "rows and columns are exchanged; each row belongs to a query.", "行列颠倒；每一行对应一个查询。"
    )
    work.step(
        "output",
        "shape(n_q, d_v)",
        ("shape of the output", "输出的形状"),
        ("one mixture of values for each query", "每个查询得到值的一个加权和"),
        is_=WHOLE,
    )
    work.mistake(
        "encoder_rows",
        "shape(n_k, d_v)",
        "the output is given a row for each key; it has one for each query.",
        "给每个键都算了一行输出；应每个查询一行。",
    )
    work.mistake(
        "key_width", "shape(n_q, d_k)", "the output is given the width of the keys; it is a mixture of values and has their width.", "输出用了键的维度；输出是值的加权和，维度与值相同。"
    )


@calculator(
    "attention_complexity",
    ("Cost of attention", "注意力的计算量"),
    chapter="transformer",
    example={"n_q": 6, "d_k": 4, "h": 2},
)
def attention_complexity(work: Work) -> None:
    """Numbers of scores and of multiplications of Q K^T for one head, entries of all weight matrices, and growth when n doubles."""
    work.given("n_q", ("number of queries", "查询数"), is_=WHOLE, aliases=["n"])
    work.given("n_k", ("number of keys", "键数"), is_=WHOLE, default="n_q")
    work.given("d_k", ("width of queries and keys", "查询和键的维度"), is_=WHOLE)
    work.given("h", ("number of heads", "头数"), is_=WHOLE, default="1")
    both = (
        work.option(
            "operations",
            ("what counts as an operation", "运算的计法"),
            {
                "multiplications": ("Only multiplications are counted.", "只计乘法。"),
                "both": ("Each multiply-add counts as two operations.", "每次乘加计为两次运算。"),
            },
            default="multiplications",
        )
        == "both"
    )
    work.step(
        "score_entries",
        "n_q * n_k",
        ("scores of one head", "一个头的分数个数"),
        ("each query with each key", "每个查询与每个键各有一个分数"),
        is_=WHOLE,
    )
    work.mistake(
        "linear", "n_q", "one score for each query is counted; there is one for each pair.", "每个查询只算了一个分数；每一对查询与键都有一个分数。"
    )
    work.step(
        "mults",
        "2 * score_entries * d_k" if both else "score_entries * d_k",
        ("operations for the scores of one head", "一个头计算分数的运算量"),
        ("each score is a dot product of width `d_k`", "每个分数是 `d_k` 维的点积"),
        is_=WHOLE,
    )
    work.mistake(
        "linear",
        "2 * n_q * d_k" if both else "n_q * d_k",
        "the cost is taken as linear in the length; it is quadratic.",
        "按与长度成正比计算了；应与长度的平方成正比。",
    )
    work.mistake(
        "width_forgotten",
        "score_entries",
        "one multiplication is counted for each score; each takes `d_k` of them.",
        "每个分数只算了一次乘法；每个需要 `d_k` 次。",
    )
    work.step(
        "memory",
        "h * score_entries",
        ("entries of all weight matrices", "所有权重矩阵的元素个数"),
        ("every head has its own", "每个头各有一个矩阵"),
        is_=WHOLE,
    )
    work.mistake("one_head", "score_entries", "one head is counted; every head has its own matrix.", "只算了一个头；每个头各有一个矩阵。")
    work.step(
        "growth",
        "(2 * n_q) * (2 * n_k) / score_entries",
        ("factor when the length doubles", "长度加倍时的倍数"),
        ("queries and keys both double", "查询数和键数都加倍"),
    )
    work.mistake(
        "doubles", "2", "the numbers are only doubled; queries and keys both double, so they grow with the square of the length.", "只加倍了一次；查询数和键数都加倍，应按长度的平方增长。"
    )


@calculator(
    "attention_score_variance",
    ("Variance of dot products", "点积的方差与缩放"),
    chapter="transformer",
    example={"d_k": 64},
)
def attention_score_variance(work: Work) -> None:
    """Variance of q^T k for independent entries of mean 0 and the given variances (1 by default), and after scaling (arXiv:1706.03762, note 4)."""
    work.given("d_k", ("width of queries and keys", "查询和键的维度"), is_=WHOLE)
    work.given("var_q", ("variance of each entry of q", "q 各分量的方差"), is_="> 0", default="1")
    work.given("var_k", ("variance of each entry of k", "k 各分量的方差"), is_="> 0", default="1")
    work.step(
        "variance",
        "d_k * var_q * var_k",
        ("variance of the dot product", "点积的方差"),
        ("the terms are independent, so their variances add", "各项相互独立，方差相加"),
        is_="> 0",
    )
    work.mistake(
        "std",
        "sqrt(d_k * var_q * var_k)",
        "the standard deviation is given; the variance is its square.",
        "给出的是标准差；方差是它的平方。",
    )
    work.mistake(
        "squared", "d_k^2 * var_q * var_k", "the width is squared; the variances of `d_k` terms add.", "把维度平方了；应把 `d_k` 项的方差相加。"
    )
    work.step("std", "sqrt(variance)", ("standard deviation of the dot product", "点积的标准差"), is_="> 0")
    work.step(
        "scaled_variance",
        "variance / sqrt(d_k)^2",
        ("variance after scaling", "缩放后的方差"),
        ("a factor enters the variance squared", "系数以平方进入方差"),
        is_="> 0",
    )
    work.mistake(
        "divide_dk",
        "variance / d_k^2",
        "the dot product is divided by the width itself; divide by its root.",
        "点积除以了维度本身；应除以它的平方根。",
    )
    work.mistake(
        "factor_not_squared",
        "variance / sqrt(d_k)",
        "the factor is not squared; it enters the variance squared.",
        "系数没有平方；它以平方进入方差。",
    )
