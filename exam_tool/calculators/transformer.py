"""Projections to queries, keys and values, and to the vocabulary: shapes, numbers and parameters. Attention is elsewhere.

Source throughout: Vaswani et al., "Attention is all you need", arXiv:1706.03762.
"""

from __future__ import annotations

from .work import Pair, Work, calculator

WHOLE = "integer, >= 1"
FORGOT_BIAS: Pair = ("the biases are left out; they belong to the layer.", "漏了偏置；偏置也属于该层。")


def bias_option(work: Work, name: str, part: Pair, default: str, verb: str = "have") -> bool:
    """Whether a part of the model has biases."""
    en, zh = part
    choices = {
        "with": (f"{en} {verb} biases.", f"{zh}有偏置。"),
        "without": (f"{en} {verb} no biases.", f"{zh}没有偏置。"),
    }
    return work.option(name, (f"biases: {en[0].lower()}{en[1:]}", f"{zh}的偏置"), choices, default=default, convention=False) == "with"


def orientation_option(work: Work, weights: bool = True) -> bool:
    """Whether tokens are rows; ``weights`` says that the side from which weight matrices multiply is worth stating."""
    rows = ("; weights multiply from the right", "，权重矩阵在右侧相乘") if weights else ("", "")
    columns = ("; weights multiply from the left", "，权重矩阵在左侧相乘") if weights else ("", "")
    return (
        work.option(
            "orientation",
            ("layout of the tokens", "词元的排列"),
            {
                "rows": (f"Each row is a token{rows[0]}.", f"每一行是一个词元{rows[1]}。"),
                "columns": (f"Each column is a token{columns[0]}.", f"每一列是一个词元{columns[1]}。"),
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
            ("from the model width to the width of the head", "从模型宽度到头的宽度"),
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
        f"the weights multiply from the wrong side; they belong on the {'right' if rows else 'left'}.",
        f"权重乘错了一侧；应在{'右' if rows else '左'}侧相乘。",
    )
    transposed = f"X @ W_{head}.T" if rows else f"W_{head}.T @ X"
    work.mistake("transposed", transposed + spread, "the weight matrix is transposed; it multiplies as it is.", "权重矩阵被转置了；应直接相乘。")
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
    work.mistake("two_matrices", "2 * d_m * d_k" + " + 2*d_k" * bias, "the values are left out; they have a matrix too.", "漏了值的映射；它也有一个矩阵。")


@calculator(
    "output_projection",
    ("Projection to the vocabulary", "映射到词表的输出层"),
    chapter="transformer",
    example={"X_do": [[1, 0], [1, 2]], "W_proj": [[1, 0, 2], [0, 1, 1]], "b_proj": [0, 1, "1/2"]},
)
def output_projection(work: Work) -> None:
    """Logits X_do W_proj + b_proj of n tokens over the vocabulary, their softmax, and the parameters of the layer."""
    bias = bias_option(work, "bias", ("The output layer", "输出层"), "with", "has")
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
    work.mistake("one_token", "shape(1, vocab)", "only one token is projected; every token is.", "只映射了一个词元；每个词元都要映射。")
    if numeric:
        _logits(work, bias)
    work.step("params", "d_m * vocab" + " + vocab" * bias, ("parameters of the layer", "该层的参数量"), ("a weight for each feature and word" + ", a bias for each word" * bias, "每个特征对每个词一个权重" + "，每个词一个偏置" * bias), is_=WHOLE)
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
    work.mistake("not_normalised", "exp(logits)", "the exponentials are not divided by their sum; the probabilities of a row add up to 1.", "指数没有除以它们的和；每行概率之和应为 1。")
