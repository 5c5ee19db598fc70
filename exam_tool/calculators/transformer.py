"""Shapes and parameter counts of Transformer parts; projections and logits also with numbers. Attention weights are elsewhere.

Source throughout: Vaswani et al., "Attention is all you need", arXiv:1706.03762.
"""

from __future__ import annotations

from .work import Pair, Work, calculator

WHOLE = "integer, >= 1"
FORGOT_BIAS: Pair = ("the biases are left out.", "漏了偏置。")
TIMES_HEADS: Pair = (
    "the count is multiplied by the number of heads; the heads share the width `d_m` among them.",
    "参数量乘了头数；各头是分摊宽度 `d_m` 的。",
)


def bias_option(work: Work, name: str, part: Pair, default: str) -> bool:
    """Whether a part of the model has biases."""
    en, zh = part
    choices = {
        "with": (f"{en} have biases.", f"{zh}有偏置。"),
        "without": (f"{en} have no biases.", f"{zh}没有偏置。"),
    }
    return work.option(name, (f"biases: {en[0].lower()}{en[1:]}", f"{zh}的偏置"), choices, default=default) == "with"


def orientation_option(work: Work) -> bool:
    """Whether tokens are rows."""
    return (
        work.option(
            "orientation",
            ("layout of the tokens", "词元的排列"),
            {
                "rows": ("Each row is a token; weights multiply from the right.", "每一行是一个词元，权重在右边相乘。"),
                "columns": ("Each column is a token; weights multiply from the left.", "每一列是一个词元，权重在左边相乘。"),
            },
            default="rows",
        )
        == "rows"
    )


@calculator(
    "qkv_projection",
    ("Queries, keys and values", "查询、键与值的线性映射"),
    chapter="transformer",
    example={"X": [[1, 2], [0, 1]], "W_Q": [[1, 0], [2, 1]], "W_K": [[0, 1], [1, 1]], "W_V": [[1, 1], [0, 2]]},
)
def qkv_projection(work: Work) -> None:
    """Q = X W_Q, K = X W_K, V = X W_V with X of n tokens by d_m; shapes and parameters, and the products if X is given."""
    rows = orientation_option(work)
    bias = bias_option(work, "bias", ("The projections", "线性映射"), "without")
    numeric = work.optional("X", ("input", "输入"), shape="n d_m" if rows else "d_m n")
    if numeric:
        for head, width in (("Q", "d_k"), ("K", "d_k"), ("V", "d_v")):
            label = (f"weights of {head}", f"{head} 的权重")
            work.given(f"W_{head}", label, shape=f"d_m {width}" if rows else f"{width} d_m")
            biases = (f"biases of {head}", f"{head} 的偏置")
            if bias:
                size = f"len(W_{head}[1])" if rows else f"len(W_{head})"
                work.given(f"b_{head}", biases, shape=width, default=f"zeros({size})")
            else:
                work.optional(f"b_{head}", biases, shape=width)
    wide, tall = ("len({}[1])", "len({})") if rows else ("len({})", "len({}[1])")
    sizes = (
        {"n": tall.format("X"), "d_m": wide.format("X"), "d_k": wide.format("W_K"), "d_v": wide.format("W_V")}
        if numeric
        else {"d_v": "d_k"}
    )
    work.given("n", ("number of tokens", "词元数"), is_=WHOLE, default=sizes.get("n", "1"))
    work.given("d_m", ("model width", "模型宽度"), is_=WHOLE, default=sizes.get("d_m"))
    work.given("d_k", ("width of queries and keys", "查询和键的维数"), is_=WHOLE, default=sizes.get("d_k"))
    work.given("d_v", ("width of values", "值的维数"), is_=WHOLE, default=sizes["d_v"])
    _projection_shapes(work, rows)
    if numeric:
        for head in "QKV":
            _projection(work, head, rows, bias)
    _projection_params(work, bias)


def _projection_shapes(work: Work, rows: bool) -> None:
    for head, width in (("Q", "d_k"), ("K", "d_k"), ("V", "d_v")):
        work.step(
            f"W_{head}_shape",
            f"shape(d_m, {width})" if rows else f"shape({width}, d_m)",
            (f"shape of the weights of {head}", f"{head} 的权重的形状"),
            is_=WHOLE,
        )
        work.mistake(
            "square",
            "shape(d_m, d_m)",
            "the projection is taken as square; it goes from `d_m` to the width of the head.",
            "把映射当成方阵；它从 `d_m` 维映射到头的宽度。",
        )
    for head, width in (("Q", "d_k"), ("K", "d_k"), ("V", "d_v")):
        work.step(
            f"{head}_shape",
            f"shape(n, {width})" if rows else f"shape({width}, n)",
            (f"shape of {head}", f"{head} 的形状"),
            ("every token keeps a vector of its own", "每个词元各有一个向量"),
            is_=WHOLE,
        )
        work.mistake(
            "width_kept",
            "shape(n, d_m)" if rows else "shape(d_m, n)",
            "the model width is kept; the projection changes the width.",
            "保留了模型宽度；映射改变宽度。",
        )


def _projection(work: Work, head: str, rows: bool, bias: bool) -> None:
    right, wrong = (f"X @ W_{head}", f"W_{head} @ X") if rows else (f"W_{head} @ X", f"X @ W_{head}")
    spread = (f" + outer(ones(n), b_{head})" if rows else f" + outer(b_{head}, ones(n))") if bias else ""
    by_row = ", ".join(f"X[{row}] @ W_{head} + b_{head}" for row in range(1, work.length("X") + 1))
    names = {"Q": ("queries", "查询"), "K": ("keys", "键"), "V": ("values", "值")}
    work.step(head, f"[{by_row}]" if bias and rows else right + spread, names[head], ("one product for all tokens", "一次乘积得到所有词元"))
    work.mistake(
        "left_multiply" if rows else "right_multiply",
        wrong + spread,
        "the weights multiply from the wrong side.",
        "权重乘在了错误的一侧。",
    )
    transposed = f"X @ W_{head}.T" if rows else f"W_{head}.T @ X"
    work.mistake("transposed", transposed + spread, "the weight matrix is transposed.", "权重矩阵被转置了。")
    if bias:
        work.mistake("forgot_bias", right, *FORGOT_BIAS, kind="slip")


def _projection_params(work: Work, bias: bool) -> None:
    biases = " + 2*d_k + d_v" if bias else ""
    work.step(
        "params",
        f"d_m * (2*d_k + d_v){biases}",
        ("parameters of the three projections", "三个线性映射的参数量"),
        ("all tokens share them", "所有词元共用"),
        is_=WHOLE,
    )
    work.mistake(
        "shared",
        "d_m * d_k" + " + d_k" * bias,
        "one matrix is counted; queries, keys and values each have one.",
        "只算了一个矩阵；查询、键、值各有一个。",
    )
    work.mistake(
        "times_tokens",
        f"n * (d_m * (2*d_k + d_v){biases})",
        "the count is multiplied by the number of tokens; they share the weights.",
        "参数量乘了词元数；各词元共用权重。",
    )
    work.mistake("two_matrices", "2 * d_m * d_k" + " + 2*d_k" * bias, "the values are left out.", "漏了值的映射。")


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
        ("weights, `n` by `n`, times values", "`n` 行 `n` 列的权重乘以值"),
        is_=WHOLE,
    )
    work.mistake(
        "scores_kept",
        "shape(n, n)",
        "the shape of the scores is kept; they still multiply the values.",
        "保留了分数的形状；还要再乘值矩阵。",
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
        ("three matrices for each head", "每个头三个矩阵"),
        is_=WHOLE,
    )
    work.mistake("times_h", f"3 * h * d_m^2{extra}", *TIMES_HEADS)
    work.mistake(
        "one_head",
        "3 * d_m * d_k" + " + 3 * d_k" * bias,
        "one head is counted; every head has matrices of its own.",
        "只算了一个头；每个头都有自己的矩阵。",
    )
    work.step("output_params", "h * d_k * d_m" + " + d_m" * bias, ("parameters of the output projection", "输出映射的参数量"), is_=WHOLE)
    work.step("params", "qkv_params + output_params", ("parameters in total", "参数总数"), is_=WHOLE)
    work.mistake("times_h", "4 * h * d_m^2" + " + 4 * d_m" * bias, *TIMES_HEADS)
    work.mistake("forgot_wo", "qkv_params", "the output projection is left out.", "漏了输出映射。")


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
    bias = bias_option(work, "bias", ("Both layers", "两层"), "with")
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
    work.step("W_1", "d_m * d_ff", ("weights of the first layer", "第一层权重数"), is_=WHOLE)
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
    work.step("W_2", "d_ff * d_m", ("weights of the second layer", "第二层权重数"), is_=WHOLE)
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
    work.mistake("forgot_wo", "3 * d_m^2" + " + 3*d_m" * attention_bias, "the output projection is left out.", "漏了输出映射。")
    if heads:
        work.mistake("heads_multiply", f"4 * h * d_m^2{biases}", *TIMES_HEADS)
    work.step(
        "ffn",
        "2 * d_m * d_ff" + " + d_ff + d_m" * ffn_bias,
        ("parameters of the feed-forward layers", "前馈层的参数量"),
        ("`d_m` to `d_ff` and back", "`d_m` 到 `d_ff` 再回来"),
        is_=WHOLE,
    )
    work.mistake("one_matrix", "d_m * d_ff" + " + d_ff" * ffn_bias, "one layer is counted; there are two.", "只算了一层；共有两层。")
    if ffn_bias:
        work.mistake("forgot_biases", "2 * d_m * d_ff", *FORGOT_BIAS, kind="slip")
    work.step(
        "norms",
        "2 * 2 * d_m",
        ("parameters of two layer normalisations", "两个层归一化的参数量"),
        ("gamma and beta for each feature", "每个特征一个 γ、一个 β"),
        is_=WHOLE,
    )
    work.mistake(
        "one_norm", "2 * d_m", "one normalisation is counted; each of the two sublayers has one.", "只算了一个归一化；两个子层各有一个。"
    )
    work.step("block", "attention + ffn + norms", ("parameters of one block", "一个块的参数量"), is_=WHOLE)
    work.mistake("no_norm", "attention + ffn", "the layer normalisations are left out.", "漏了层归一化。")
    work.step(
        "total", "N * block", ("parameters of all blocks", "所有块的参数量"), ("blocks do not share weights", "各块不共享权重"), is_=WHOLE
    )


@calculator(
    "output_projection",
    ("Projection to the vocabulary", "映射到词表的输出层"),
    chapter="transformer",
    example={"X_do": [[1, 0], [1, 2]], "W_proj": [[1, 0, 2], [0, 1, 1]], "b_proj": [0, 1, "1/2"]},
)
def output_projection(work: Work) -> None:
    """Logits X_do W_proj + b_proj of n tokens over the vocabulary, their softmax, and the parameters of the layer."""
    bias = bias_option(work, "bias", ("The outputs", "输出层"), "with")
    numeric = work.optional("X_do", ("output of the decoder, one row for each token", "解码器的输出，每行一个词元"), shape="n d_m")
    if numeric:
        work.given("W_proj", ("output weights", "输出权重"), shape="d_m V")
        biases = ("output biases", "输出偏置")
        if bias:
            work.given("b_proj", biases, shape="V", default="zeros(len(W_proj[1]))")
        else:
            work.optional("b_proj", biases, shape="V")
    work.given("n", ("number of tokens", "词元数"), is_=WHOLE, default="len(X_do)" if numeric else "1")
    work.given("d_m", ("model width", "模型宽度"), is_=WHOLE, default="len(X_do[1])" if numeric else None)
    work.given("vocab", ("vocabulary size", "词表大小"), is_=WHOLE, default="len(W_proj[1])" if numeric else None)
    work.step(
        "logits_shape",
        "shape(n, vocab)",
        ("shape of the logits", "logits 的形状"),
        ("one score for each word, at each token", "每个词元对每个词一个分数"),
        is_=WHOLE,
    )
    work.mistake(
        "hidden_out",
        "shape(n, d_m)",
        "the model width is kept; the projection widens it to the vocabulary.",
        "保留了模型宽度；映射后宽度为词表大小。",
    )
    work.mistake("one_token", "shape(1, vocab)", "one token is projected; each of them is.", "只映射了一个词元；每个词元都要映射。")
    if numeric:
        _logits(work, bias)
    work.step("params", "d_m * vocab" + " + vocab" * bias, ("parameters of the layer", "该层的参数量"), is_=WHOLE)
    if bias:
        work.mistake("no_bias", "d_m * vocab", *FORGOT_BIAS, kind="slip")
        work.mistake(
            "bias_per_input",
            "d_m * vocab + d_m",
            "the biases are counted on the inputs; there is one for each word.",
            "偏置按输入计数；每个词一个偏置。",
        )
    work.mistake(
        "times_tokens",
        "n * (d_m * vocab" + " + vocab" * bias + ")",
        "the count is multiplied by the number of tokens; they share the weights.",
        "参数量乘了词元数；各词元共用权重。",
    )


def _logits(work: Work, bias: bool) -> None:
    product = "X_do @ W_proj"
    by_row = ", ".join(f"X_do[{row}] @ W_proj + b_proj" for row in range(1, work.length("X_do") + 1))
    work.step(
        "logits",
        f"[{by_row}]" if bias else product,
        ("logits", "logits"),
        ("each row gets the same biases", "每一行加同一组偏置") if bias else None,
    )
    if bias:
        work.mistake("no_bias", product, *FORGOT_BIAS, kind="slip")
    work.step(
        "probabilities",
        "softmax(logits)",
        ("probabilities of the next word", "下一个词的概率"),
        ("each row adds up to 1", "每行之和为 1"),
        is_="probability",
    )
    work.mistake(
        "column_softmax",
        "softmax(logits.T).T",
        "the softmax runs over the tokens; it runs over the words of each row.",
        "沿词元方向做了 softmax；应对每一行的各词做。",
    )
    work.mistake("not_normalised", "exp(logits)", "the exponentials are not divided by their sum.", "指数没有除以它们的和。")
