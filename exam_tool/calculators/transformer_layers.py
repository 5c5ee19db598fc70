"""Layers of a Transformer block in numbers: layer normalisation, the feed-forward layer, and the residual connection around them."""

from __future__ import annotations

from exam_tool.expressions.arrays import Value, as_matrix
from exam_tool.expressions.exact import add, divide, sqrt, subtract
from exam_tool.expressions.functions import FUNCTIONS, register

from .work import Pair, Work, calculator

WHOLE = "integer, >= 1"
NO_BIAS: Pair = ("the bias is left out; it is added to the product.", "漏了偏置；乘积之后还要加上偏置。")


def _layernorm(matrix: Value, eps: Value) -> Value:
    """Each row minus its mean, divided by the root of its variance (by n) plus eps."""
    rows = []
    for row in as_matrix(matrix):
        centre, spread = FUNCTIONS["mean"].apply(row), FUNCTIONS["variance"].apply(row)
        bottom = sqrt(add(spread, eps))
        rows.append(tuple(divide(subtract(x, centre), bottom) for x in row))
    return tuple(rows)


register("layernorm", 2, 2, _layernorm)


@calculator(
    "layer_norm",
    ("Layer normalisation", "层归一化"),
    chapter="transformer",
    example={"X": [[1, 5], [2, 8]], "gamma": [2, 1], "beta": [0, 1]},
)
def layer_norm(work: Work) -> None:
    """Each row (token) brought to mean 0 and variance 1, then scaled and shifted feature by feature (Ba et al., arXiv:1607.06450).

    Without X, from n and d_m, only the number of (mean, variance) pairs and of values in each.
    """
    denominator = work.option(
        "denominator",
        ("denominator", "分母"),
        {
            "sqrt_var_eps": ("The denominator is the square root of the variance plus `epsilon`.", "分母为方差与 `epsilon` 之和的平方根。"),
            "std": ("The denominator is the standard deviation.", "分母为标准差。"),
        },
        default="sqrt_var_eps",
    )
    sample = (
        work.option(
            "variance",
            ("variance", "方差"),
            {
                "n": ("The variance divides by the number of values.", "方差除以数值个数。"),
                "n_minus_1": ("The variance divides by the number of values minus 1.", "方差除以数值个数减 1。"),
            },
            default="n",
        )
        == "n_minus_1"
    )
    numeric = work.optional("X", ("input, one row for each token", "输入，每行一个词元"), shape="n d_m")
    work.given("n", ("number of tokens", "词元数"), is_=WHOLE, default="len(X)" if numeric else None)
    work.given("d_m", ("width", "宽度"), is_=WHOLE, default="len(X[1])" if numeric else None)
    work.step(
        "groups", "n", ("number of (mean, variance) pairs", "（均值，方差）的对数"), ("one pair for each token", "每个词元一对"), is_=WHOLE
    )
    work.mistake("per_feature", "d_m", "one pair for each feature is counted, as in batch normalisation; here each token has its own.", "按特征计数，那是批归一化；这里每个词元各有一对。")
    work.step(
        "values_per_group",
        "d_m",
        ("values in each pair", "每对所用的数值个数"),
        ("all features of the token", "该词元的全部特征"),
        is_=WHOLE,
    )
    work.mistake("over_tokens", "n", "the values are taken over the tokens, as in batch normalisation; here they are taken over the features of one token.", "沿词元取值，那是批归一化；这里应沿一个词元的各特征取值。")
    if numeric:
        eps = denominator == "sqrt_var_eps"
        if eps:
            work.given("epsilon", ("epsilon", "epsilon"), is_=">= 0", default="0", aliases=["eps"])
        else:
            work.optional("epsilon", ("epsilon", "epsilon"), is_=">= 0", aliases=["eps"])
        _normalised(work, eps, sample)
        _affine(work)


def _normalised(work: Work, eps: bool, sample: bool) -> None:
    work.step("mu", "mean(X, 2)", ("mean of each row", "每行的均值"), ("averaged over the features of a token", "对一个词元的各特征取平均"))
    biased = "variance(X, 2)"
    unbiased = "variance(X, 2) * d_m / (d_m - 1)"
    work.step("var", unbiased if sample else biased, ("variance of each row", "每行的方差"), ("the mean of the squared deviations", "偏差平方的平均") if not sample else None, is_=">= 0")
    if not sample:
        work.mistake(
            "n_minus_1", unbiased, "the sum is divided by the width minus 1; layer normalisation divides by the width.", "除以了宽度减 1；层归一化除以宽度。"
        )
    work.mistake("not_squared", "mean(abs(X - outer(mu, ones(d_m))), 2)", "the deviations are not squared; their absolute values are averaged.", "偏差没有平方，而是对绝对值求了平均；应先平方再平均。")
    plus = " + epsilon" if eps else ""
    work.step(
        "X_hat",
        _each_row(work, "X", f"(X[{{row}}] - mu[{{row}}]) / sqrt(var[{{row}}]{plus})"),
        ("normalised rows", "归一化后的各行"),
        ("subtract the mean, divide by the standard deviation", "减均值，再除以标准差"),
    )
    work.mistake(
        "column_stats",
        f"(X - outer(ones(n), mean(X, 1))) / outer(ones(n), sqrt(variance(X, 1){plus}))",
        "the columns are normalised, as in batch normalisation; each row is a token.",
        "对列做了归一化，那是批归一化；每一行才是一个词元。",
    )
    not_rooted = _each_row(work, "X", f"(X[{{row}}] - mu[{{row}}]) / (var[{{row}}]{plus})")
    work.mistake("divide_by_var", not_rooted, "the square root of the variance is not taken; divide by the standard deviation.", "方差没有开平方；应除以标准差。")
    work.mistake(
        "not_centred", _each_row(work, "X", f"X[{{row}}] / sqrt(var[{{row}}]{plus})"), "the mean is not subtracted; subtract it first.", "没有减去均值；应先减均值。"
    )


def _each_row(work: Work, matrix: str, formula: str) -> str:
    """A matrix with one formula for each row of a given; ``{row}`` stands for its number."""
    return f"[{', '.join(formula.format(row=row) for row in range(1, work.length(matrix) + 1))}]"


def _affine(work: Work) -> None:
    """Scale and shift, when they are given: numbers, or vectors with an entry for each feature."""
    scales, shifts = (work.optional(name, label, shape=None) for name, label in (("gamma", ("scale", "缩放")), ("beta", ("shift", "平移"))))
    if not (scales or shifts):
        return
    scaled = "X_hat[{row}]"
    if scales:
        scaled = "hadamard(gamma, X_hat[{row}])" if work.shape("gamma") else "gamma * X_hat[{row}]"
    work.step(
        "Y",
        _each_row(work, "X", scaled + " + beta" * shifts),
        ("output", "输出"),
        ("each feature has its own scale and shift", "每个特征各有缩放和平移"),
    )
    work.mistake("no_affine", "X_hat", "scale and shift are left out; they follow the normalisation.", "漏了缩放和平移；归一化之后还要缩放和平移。", kind="slip")
    if scales and shifts:
        work.mistake("no_shift", _each_row(work, "X", scaled), "the shift is left out; it is added after the scale.", "漏了平移；缩放之后还要加上平移。", kind="slip")


@calculator(
    "ffn_forward",
    ("Feed-forward layer in numbers", "逐位置前馈网络"),
    chapter="transformer",
    example={
        "x": [1, -2],
        "W_1": [[1, 2], [2, 1], [0, -1]],
        "b_1": [1, 0, 0],
        "W_2": [[1, 0, 2], [0, 1, 1]],
        "b_2": [1, 2],
        "activation": "relu",
    },
)
def ffn_forward(work: Work) -> None:
    """W_2 phi(W_1 x + b_1) + b_2 for one token x, or for each row of a matrix, with the same weights (arXiv:1706.03762, sec. 3.3)."""
    chosen = work.option(
        "activation",
        ("activation", "激活函数"),
        {"gelu": ("The activation is GELU.", "激活函数为 GELU。"), "relu": ("The activation is ReLU.", "激活函数为 ReLU。")},
        default="gelu",
        convention=False,
    )
    work.given("x", ("token; a matrix holds one in each row", "词元；矩阵的每一行是一个词元"), shape=None, aliases=["X"])
    work.given("W_1", ("weights of the first layer", "第一层权重"), shape="d_ff d_m")
    work.given("b_1", ("biases of the first layer", "第一层偏置"), shape="d_ff", default="zeros(len(W_1))")
    work.given("W_2", ("weights of the second layer", "第二层权重"), shape="d_m d_ff")
    work.given("b_2", ("biases of the second layer", "第二层偏置"), shape="d_m", default="zeros(len(W_2))")
    work.step("d_ff", "len(W_1)", ("inner width", "中间层宽度"), is_=WHOLE)
    if len(work.shape("x")) == 1:
        _token(work, "", "x", chosen)
        return
    for token in range(1, work.length("x") + 1):
        _token(work, f"_{token}", f"x[{token}]", chosen)


def _token(work: Work, suffix: str, x: str, activation: str) -> None:
    en, zh = (f" of token {suffix[1:]}", f"（词元 {suffix[1:]}）") if suffix else ("", "")
    z, a = f"z{suffix}", f"a{suffix}"
    why = ("all tokens use the same weights", "所有词元用同一组权重") if suffix else ("from the model width to the inner width", "从模型宽度到中间宽度")
    work.step(z, f"W_1 @ {x} + b_1", (f"pre-activation{en}", f"净输入{zh}"), why)
    work.mistake("no_bias", f"W_1 @ {x}", *NO_BIAS, kind="slip")
    if suffix:
        work.mistake(
            "mix_tokens",
            "W_1 @ sum(x, 1) + b_1",
            "the tokens are mixed; the layer treats each by itself.",
            "把各词元混在一起了；该层逐个处理词元。",
        )
    work.step(a, f"{activation}({z})", (f"hidden vector{en}", f"隐藏向量{zh}"), ("negative entries become 0", "负的分量变为 0") if activation == "relu" else None)
    work.step(f"y{suffix}", f"W_2 @ {a} + b_2", (f"output{en}", f"输出{zh}"), ("back to the model width", "回到模型宽度"))
    work.mistake("no_activation", f"W_2 @ {z} + b_2", "the activation is left out; it stands between the two layers.", "漏了激活函数；它在两层之间。")
    work.mistake("no_output_bias", f"W_2 @ {a}", *NO_BIAS, kind="slip")


@calculator(
    "residual_layernorm_block",
    ("Residual connection and layer normalisation", "残差加归一化子层"),
    chapter="transformer",
    example={"X": [[1, 2], [0, 4]], "F": [[2, 5], [1, 3]]},
)
def residual_layernorm_block(work: Work) -> None:
    """Post-norm LN(X + F) (arXiv:1706.03762) or pre-norm X + F with F computed from LN(X) (Xiong et al., arXiv:2002.04745).

    ``F`` is the output of the sublayer; LN has no scale and shift and divides by the root of the variance (by n) plus epsilon.
    """
    post = (
        work.option(
            "order",
            ("place of the normalisation", "归一化的位置"),
            {
                "post": ("The sum is normalised (post-norm).", "对相加后的结果做归一化（post-norm）。"),
                "pre": ("The input of the sublayer is normalised (pre-norm).", "对子层的输入做归一化（pre-norm）。"),
            },
            default="post",
            convention=False,
        )
        == "post"
    )
    work.given("X", ("input, one row for each token", "输入，每行一个词元"), shape="n d")
    work.given("F", ("output of the sublayer", "子层的输出"), shape="n d")
    work.given("epsilon", ("epsilon", "epsilon"), is_=">= 0", default="0", aliases=["eps"])
    if not post:
        work.step("normalised", "layernorm(X, epsilon)", ("input of the sublayer", "子层的输入"))
        work.step("output", "X + F", ("output", "输出"), ("the residual connection carries X itself", "残差连接传递 X 本身"))
        work.mistake(
            "normalised_shortcut",
            "normalised + F",
            "the shortcut carries the normalised input; it carries X itself.",
            "残差连接传了归一化后的输入；应传 X 本身。",
        )
        work.mistake("no_residual", "F", "the residual connection is left out; the input is added.", "漏了残差连接；还要加上输入。")
        return
    work.step("S", "X + F", ("sum", "相加结果"), ("the residual connection adds the input", "残差连接把输入加上"))
    work.mistake("no_residual", "F", "the residual connection is left out; the input is added.", "漏了残差连接；还要加上输入。")
    work.step("mu", "mean(S, 2)", ("mean of each row", "每行的均值"), ("averaged over the features of a token", "对一个词元的各特征取平均"))
    work.step("var", "variance(S, 2)", ("variance of each row", "每行的方差"), ("the mean of the squared deviations", "偏差平方的平均"), is_=">= 0")
    work.mistake(
        "n_minus_1",
        "variance(S, 2) * len(S[1]) / (len(S[1]) - 1)",
        "the sum is divided by the width minus 1; layer normalisation divides by the width.",
        "除以了宽度减 1；层归一化除以宽度。",
    )
    normalised = "(S[{row}] - mu[{row}]) / sqrt(var[{row}] + epsilon)"
    work.step("output", _each_row(work, "X", normalised), ("output", "输出"), ("subtract the mean of the row, divide by its standard deviation", "逐行减均值，再除以标准差"))
    work.mistake(
        "norm_before_add",
        "X + layernorm(F, epsilon)",
        "only the branch is normalised; normalise the sum.",
        "只对分支做了归一化；应对相加的结果做。",
    )
    not_rooted = _each_row(work, "X", "(S[{row}] - mu[{row}]) / (var[{row}] + epsilon)")
    work.mistake("divide_by_var", not_rooted, "the square root of the variance is not taken; divide by the standard deviation.", "方差没有开平方；应除以标准差。")
