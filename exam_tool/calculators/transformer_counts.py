"""Sizes and parameter counts of multi-head attention, feed-forward layers and encoder blocks (arXiv:1706.03762)."""

from __future__ import annotations

from .transformer import FORGOT_BIAS, WHOLE, bias_option
from .work import Pair, Work, calculator

TIMES_HEADS: Pair = (
    "the count is multiplied by the number of heads; the heads share the width `d_m` among them.",
    "参数量乘了头数；各头分摊宽度 `d_m`。",
)


@calculator(
    "multi_head_attention_shapes",
    ("Multi-head attention: sizes and parameters", "多头注意力：维度与参数量"),
    chapter="transformer",
    example={"n": 2, "d_m": 4, "h": 2},
)
def multi_head_attention_shapes(work: Work) -> None:
    """Sizes of h heads over n tokens of width d_m, each head d_m / h wide, and all parameters with the output projection."""
    work.given("n", ("number of tokens", "词元数"), is_=WHOLE)
    work.given("d_m", ("model width", "模型宽度"), is_=WHOLE, aliases=["d_model"])
    work.given("h", ("number of heads", "头数"), is_=WHOLE)
    bias = bias_option(work, "bias", ("The four projections", "四个线性映射"), "without")
    work.step("d_k", "d_m / h", ("width of one head", "每个头的宽度"), ("the heads share the model width", "各头分摊模型宽度"), is_=WHOLE)
    work.mistake("not_divided", "d_m", "each head is given the whole width; the heads share it.", "每个头都用了全部宽度；各头应分摊。")
    work.step("head_shape", "shape(n, d_k)", ("shape of queries, keys, values of one head", "一个头的 Q、K、V 的形状"), is_=WHOLE)
    work.step(
        "scores",
        "shape(n, n)",
        ("shape of the scores of one head", "一个头的分数矩阵的形状"),
        ("every token looks at every token", "每个词元看每个词元"),
        is_=WHOLE,
    )
    work.mistake(
        "scores_dk",
        "shape(d_k, d_k)",
        "features are compared with features; scores compare tokens.",
        "把特征与特征相比；分数比较的是词元。",
    )
    work.step(
        "head_output",
        "shape(n, d_k)",
        ("shape of the output of one head", "一个头输出的形状"),
        ("the weights, `n` by `n`, times the values", "`n` 行 `n` 列的权重矩阵乘以值"),
        is_=WHOLE,
    )
    work.mistake(
        "scores_kept",
        "shape(n, n)",
        "the shape of the scores is kept; the weights still multiply the values.",
        "保留了分数矩阵的形状；权重还要乘以值。",
    )
    work.step(
        "concat",
        "shape(n, h * d_k)",
        ("shape after joining the heads", "各头拼接后的形状"),
        ("side by side, token by token", "逐词元并排拼接"),
        is_=WHOLE,
    )
    work.mistake(
        "sum_heads", "shape(n, d_k)", "the heads are added or averaged; they are joined side by side.", "把各头相加或平均了；应并排拼接。"
    )
    work.mistake(
        "concat_rows",
        "shape(h * n, d_k)",
        "the heads are stacked along the tokens; they are joined along the features.",
        "沿词元方向叠放了；应沿特征方向拼接。",
    )
    work.step(
        "W_O",
        "shape(h * d_k, d_m)",
        ("shape of the output weights", "输出权重的形状"),
        ("from the joined heads back to the model width", "从拼接结果回到模型宽度"),
        is_=WHOLE,
    )
    work.mistake(
        "one_head_wide",
        "shape(d_k, d_m)",
        "the matrix takes one head only; it takes all of them joined.",
        "矩阵只接收一个头；应接收拼接后的全部头。",
    )
    work.step("output", "shape(n, d_m)", ("shape of the output", "输出的形状"), ("as the input", "与输入相同"), is_=WHOLE)
    _multi_head_params(work, bias)


def _multi_head_params(work: Work, bias: bool) -> None:
    extra = " + 3 * d_m" if bias else ""
    work.step(
        "qkv_params",
        f"3 * d_m * h * d_k{extra}",
        ("parameters of all queries, keys and values", "所有头的 Q、K、V 的参数量"),
        ("three matrices for each head" + ", with biases" * bias, "每个头三个矩阵" + "，都有偏置" * bias),
        is_=WHOLE,
    )
    work.mistake("times_h", f"3 * h * d_m^2{extra}", *TIMES_HEADS)
    work.mistake(
        "one_head",
        "3 * d_m * d_k" + " + 3 * d_k" * bias,
        "one head is counted; every head has matrices of its own.",
        "只算了一个头；每个头都有自己的矩阵。",
    )
    if bias:
        work.mistake("forgot_bias", "3 * d_m * h * d_k", *FORGOT_BIAS, kind="slip")
    work.step("output_params", "h * d_k * d_m" + " + d_m" * bias, ("parameters of the output projection", "输出映射的参数量"), ("from the joined heads back to the model width", "从拼接结果回到模型宽度"), is_=WHOLE)
    if bias:
        work.mistake("forgot_bias", "h * d_k * d_m", *FORGOT_BIAS, kind="slip")
    work.step("params", "qkv_params + output_params", ("parameters in total", "参数总数"), is_=WHOLE)
    work.mistake("times_h", "4 * h * d_m^2" + " + 4 * d_m" * bias, *TIMES_HEADS)
    work.mistake("forgot_wo", "qkv_params", "the output projection is left out; it belongs to the attention.", "漏了输出映射；它也属于注意力。")


@calculator(
    "ffn_params",
    ("Parameters of the feed-forward layer", "前馈网络的参数量"),
    chapter="transformer",
    example={"d_m": 4, "d_ff": 16},
)
def ffn_params(work: Work) -> None:
    """Two dense layers applied to each token: d_m to d_ff and back."""
    work.given("d_m", ("model width", "模型宽度"), is_=WHOLE)
    work.given("d_ff", ("inner width", "中间层宽度"), is_=WHOLE, default="4 * d_m")
    bias = bias_option(work, "bias", ("Both layers", "各层"), "with")
    tokens = work.optional("n", ("number of tokens", "词元数"), is_=WHOLE)
    _feed_forward(work, bias)
    parts = "W_1 + b_1 + W_2 + b_2" if bias else "W_1 + W_2"
    work.step("total", parts, ("parameters in total", "参数总数"), ("all tokens share them", "所有词元共用"), is_=WHOLE)
    work.mistake(
        "one_matrix", "d_m * d_ff", "one matrix is counted; there is a way out and a way back.", "只算了一个矩阵；升维和降维各有一个。"
    )
    if bias:
        work.mistake("forgot_biases", "W_1 + W_2", *FORGOT_BIAS, kind="slip")
    if tokens:
        work.mistake(
            "times_tokens",
            f"n * ({parts})",
            "the count is multiplied by the number of tokens; they share the weights.",
            "参数量乘了词元数；各词元共用权重。",
        )


def _feed_forward(work: Work, bias: bool) -> None:
    work.step("W_1", "d_m * d_ff", ("weights of the first layer", "第一层权重数"), ("from the model width to the inner width", "从模型宽度到中间宽度"), is_=WHOLE)
    work.mistake(
        "square", "d_m * d_m", "the layer is taken as square; it widens `d_m` to `d_ff`.", "把该层当成方阵；它把 `d_m` 维扩到 `d_ff` 维。"
    )
    if bias:
        work.step("b_1", "d_ff", ("biases of the first layer", "第一层偏置数"), ("one for each inner unit", "每个中间单元一个"), is_=WHOLE)
        work.mistake(
            "bias_per_input",
            "d_m",
            "the biases are counted on the inputs; there is one for each output.",
            "偏置按输入计数；每个输出一个偏置。",
        )
    work.step("W_2", "d_ff * d_m", ("weights of the second layer", "第二层权重数"), ("back to the model width", "回到模型宽度"), is_=WHOLE)
    if bias:
        work.step("b_2", "d_m", ("biases of the second layer", "第二层偏置数"), ("one for each output", "每个输出一个"), is_=WHOLE)
        work.mistake(
            "bias_per_input",
            "d_ff",
            "the biases are counted on the inputs; there is one for each output.",
            "偏置按输入计数；每个输出一个偏置。",
        )


@calculator(
    "transformer_block_params",
    ("Parameters of Transformer encoder blocks", "Transformer 编码块的参数量"),
    chapter="transformer",
    example={"d_m": 4, "d_ff": 16, "h": 2, "N": 6},
)
def transformer_block_params(work: Work) -> None:
    """Attention, feed-forward layer and two layer normalisations of one encoder block, and of N of them."""
    work.given("d_m", ("model width", "模型宽度"), is_=WHOLE)
    work.given("d_ff", ("inner width", "中间层宽度"), is_=WHOLE, default="4 * d_m")
    heads = work.optional("h", ("number of heads", "头数"), is_=WHOLE)
    work.given("N", ("number of blocks", "块数"), is_=WHOLE, default="1")
    attention_bias = bias_option(work, "attention_bias", ("The attention projections", "注意力的线性映射"), "without")
    ffn_bias = bias_option(work, "ffn_bias", ("The feed-forward layers", "前馈层"), "with")
    biases = " + 4*d_m" * attention_bias
    work.step(
        "attention",
        f"4 * d_m^2{biases}",
        ("parameters of the attention", "注意力的参数量"),
        ("queries, keys, values and the output projection", "Q、K、V 与输出映射"),
        is_=WHOLE,
    )
    work.mistake("forgot_wo", "3 * d_m^2" + " + 3*d_m" * attention_bias, "the output projection is left out; it belongs to the attention.", "漏了输出映射；它也属于注意力。")
    if attention_bias:
        work.mistake("forgot_biases", "4 * d_m^2", *FORGOT_BIAS, kind="slip")
    if heads:
        work.mistake("heads_multiply", f"4 * h * d_m^2{biases}", *TIMES_HEADS)
    work.step(
        "ffn",
        "2 * d_m * d_ff" + " + d_ff + d_m" * ffn_bias,
        ("parameters of the feed-forward layers", "前馈层的参数量"),
        ("from `d_m` to `d_ff` and back", "从 `d_m` 到 `d_ff` 再回来"),
        is_=WHOLE,
    )
    work.mistake("one_matrix", "d_m * d_ff" + " + d_ff" * ffn_bias, "one layer is counted; there are two.", "只算了一层；共有两层。")
    if ffn_bias:
        work.mistake("forgot_biases", "2 * d_m * d_ff", *FORGOT_BIAS, kind="slip")
    work.step(
        "norms",
        "2 * 2 * d_m",
        ("parameters of two layer normalisations", "两个层归一化的参数量"),
        ("a scale and a shift for each feature, twice", "每个特征一个缩放、一个平移，共两次"),
        is_=WHOLE,
    )
    work.mistake(
        "one_norm", "2 * d_m", "one normalisation is counted; each of the two sublayers has one.", "只算了一个归一化；两个子层各有一个。"
    )
    work.step("block", "attention + ffn + norms", ("parameters of one block", "一个块的参数量"), is_=WHOLE)
    work.mistake("no_norm", "attention + ffn", "the layer normalisations are left out; every sublayer has one.", "漏了层归一化；每个子层各有一个。")
    work.step(
        "total", "N * block", ("parameters of all blocks", "所有块的参数量"), ("blocks do not share weights", "各块不共享权重"), is_=WHOLE
    )
