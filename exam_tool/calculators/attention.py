"""Scaled dot-product attention in numbers: scores, masks, weights, weighted values. Several heads, shapes and costs are elsewhere.

Source: Vaswani et al., "Attention is all you need", arXiv:1706.03762, sec. 3.2.
"""

from __future__ import annotations

from .attention_masks import MASK_AFTER, MASK_ZERO
from .transformer import orientation_option
from .work import Pair, Work, calculator

WHOLE = "integer, >= 1"
WRONG_AXIS: Pair = (
    "the softmax runs over the queries; the weights of each query over the keys add up to 1.",
    "沿查询方向做了 softmax；每个查询对所有键的权重之和应为 1。",
)
NO_SCALE: Pair = ("the scores are left as they are; divide them by the square root of the width of the keys.", "分数没有缩放；应除以键的维度的平方根。")
KEYS_FIRST: Pair = (
    "keys and queries are exchanged, which transposes the scores; each row belongs to a query.",
    "查询与键用反了，分数矩阵被转置；每一行应对应一个查询。",
)
MODEL_SCALE: Pair = (
    "the square root of the model width is used; divide by that of the width of the keys.",
    "用了模型宽度的平方根；应除以键的维度的平方根。",
)
EACH_PAIR: Pair = ("each query with each key", "每个查询与每个键做点积")
AVERAGED: Pair = ("values averaged with the weights", "按权重对值求和")
ROWS_ADD_UP: Pair = ("each row adds up to 1", "每行之和为 1")


def scale_option(work: Work) -> bool:
    """Whether scores are divided by the root of the width of keys."""
    return (
        work.option(
            "scale",
            ("scaling of the scores", "分数的缩放"),
            {
                "sqrt_dk": ("Scores are divided by the square root of the width of the keys.", "分数除以键的维度的平方根。"),
                "none": ("Scores are not scaled.", "分数不缩放。"),
            },
            default="sqrt_dk",
        )
        == "sqrt_dk"
    )


def mask_option(work: Work) -> bool:
    """Whether a token sees only itself and the tokens before it."""
    return (
        work.option(
            "mask",
            ("mask", "掩码"),
            {
                "none": ("Every token sees every token.", "每个词元都能看到所有词元。"),
                "causal": (
                    "A causal mask is used: a token sees itself and the tokens before it.",
                    "使用因果掩码：每个词元只能看到自己和之前的词元。",
                ),
            },
            default="none",
            convention=False,
        )
        == "causal"
    )


@calculator(
    "scaled_dot_product_attention",
    ("Scaled dot-product attention", "缩放点积注意力"),
    chapter="transformer",
    example={
        "Q": [[1, 2], [0, 1]],
        "K": [[2, 1], [1, -1]],
        "V": [[1, 2], [3, 1]],
    },
)
def scaled_dot_product_attention(work: Work) -> None:
    """softmax(Q K^T / sqrt(d_k)) V with one token in each row of Q, K, V; with columns as tokens, the transposed products.

    Q, K, V are given, or X (rows are tokens) and the projection matrices; a ``mask`` may be causal or a given 0/1 matrix.
    """
    rows = orientation_option(work, weights=work.offered("X"))
    scaled, causal = scale_option(work), mask_option(work)
    projected = work.optional("X", ("input, one row for each token", "输入，每行一个词元"), shape="n d_m")
    has_values = _project(work) if projected else _given_heads(work, rows)
    work.given("d_k", ("width of the keys", "键的维度"), is_=WHOLE, default=_width("K", rows, projected))
    given_width = work.optional("d_m", ("model width", "模型宽度"), is_=WHOLE)
    model = "d_m" if given_width else "len(X[1])" if projected else ""
    given_mask = work.optional("visible", ("mask, 1 where a query sees a key, else 0", "掩码，查询能看到某个键处为 1，否则为 0"), shape="n_q n_k")
    _scores(work, rows or projected, scaled, model)
    masked = _mask(work, causal, given_mask)
    _weights(work, scaled, masked)
    if has_values:
        _weighted(work, rows or projected)


def _width(head: str, rows: bool, projected: bool) -> str:
    if projected:
        return f"len(W_{head}[1])"
    return f"len({head}[1])" if rows else f"len({head})"


def _project(work: Work) -> bool:
    heads = ["Q", "K"]
    for head in heads:
        work.given(f"W_{head}", (f"weights of {head}", f"{head} 的权重"), shape="d_m d_k")
    if work.optional("W_V", ("weights of V", "V 的权重"), shape="d_m d_v"):
        heads.append("V")
    for head, name in zip(heads, (("queries", "查询"), ("keys", "键"), ("values", "值")), strict=False):
        work.step(head, f"X @ W_{head}", name, ("one product for all tokens", "一次乘积得到所有词元"))
    return len(heads) == 3


def _given_heads(work: Work, rows: bool) -> bool:
    work.given("Q", ("queries", "查询"), shape="n_q d_k" if rows else "d_k n_q")
    work.given("K", ("keys", "键"), shape="n_k d_k" if rows else "d_k n_k")
    return work.optional("V", ("values", "值"), shape="n_k d_v" if rows else "d_v n_k")


def _scores(work: Work, rows: bool, scaled: bool, model: str) -> None:
    work.step(
        "scores",
        "Q @ K.T" if rows else "Q.T @ K",
        ("scores, one row for each query", "分数矩阵，每行对应一个查询"),
        EACH_PAIR,
    )
    work.mistake("kq_swapped", "K @ Q.T" if rows else "K.T @ Q", *KEYS_FIRST)
    if not scaled:
        return
    work.step(
        "scaled", "scores / sqrt(d_k)", ("scaled scores", "缩放后的分数"), ("it keeps their variance near 1", "使其方差保持在 1 左右")
    )
    work.mistake("no_scale", "scores", *NO_SCALE, kind="convention")  # as the option does, where this step is not asked
    work.mistake(
        "divide_by_dk",
        "scores / d_k",
        "the scores are divided by the width of the keys itself; divide by its square root.",
        "除以了键的维度本身；应除以它的平方根。",
    )
    work.mistake(
        "dkth_root",
        "scores^(1/d_k)",
        "the `d_k`-th root of the scores is taken; the scores are divided by the square root of `d_k`.",
        "取了分数的 `d_k` 次方根；应除以 `d_k` 的平方根。",
    )
    if model:
        work.mistake("d_model_scale", f"scores / sqrt({model})", *MODEL_SCALE)


def _mask(work: Work, causal: bool, given: bool) -> bool:
    """Declares the mask, if there is one."""
    if causal and not given:
        work.step(
            "visible", "causal(len(scores))", ("mask, 1 where a query sees a key, else 0", "掩码，查询能看到某个键处为 1，否则为 0"), ("a token sees nothing after itself", "词元看不到自己之后的词元")
        )
        work.mistake("upper_allowed", "causal(len(scores)).T", "the future is visible and the past is hidden; it is the other way round.", "看到了后面而屏蔽了前面；应当相反。")
    return causal or given


def _weights(work: Work, scaled: bool, masked: bool) -> None:
    final = "scaled" if scaled else "scores"
    label = ("attention weights", "注意力权重")
    if masked:
        work.step(
            "weights",
            f"masked_softmax({final}, visible)",
            label,
            ("hidden scores count as minus infinity", "被屏蔽的分数视为负无穷"),
            is_="probability",
        )
        work.mistake("mask_after", f"hadamard(softmax({final}), visible)", *MASK_AFTER)
        work.mistake("multiply_01", f"softmax(hadamard({final}, visible))", *MASK_ZERO)
        work.mistake("no_mask", f"softmax({final})", "the mask is forgotten; hidden places get the weight 0.", "忘了掩码；被屏蔽处的权重应为 0。")
        return
    work.step("weights", f"softmax({final})", label, ROWS_ADD_UP, is_="probability")
    work.mistake("column_softmax", f"softmax({final}.T).T", *WRONG_AXIS)
    if scaled:
        work.mistake(
            "scale_after",
            "softmax(scores) / sqrt(d_k)",
            "the scaling comes after the softmax; it comes before.",
            "在 softmax 之后才缩放；应先缩放。",
        )


def _weighted(work: Work, rows: bool) -> None:
    work.step(
        "output",
        "weights @ V" if rows else "V @ weights.T",
        ("output", "输出"),
        AVERAGED,
    )
    work.mistake("weights_transposed", "weights.T @ V" if rows else "V @ weights", "the weights are transposed; each row belongs to a query.", "权重矩阵被转置了；每一行应对应一个查询。")
    sizes = ("shape(len(Q), len(V[1]))", "shape(len(V), len(Q[1]))")
    work.step("output_shape", sizes[0] if rows else sizes[1], ("shape of the output", "输出的形状"), is_=WHOLE)


@calculator(
    "attention_weighted_sum",
    ("Attention-weighted sum of values", "注意力加权求和"),
    chapter="transformer",
    example={"alpha": ["1/2", "3/10", "1/5"], "V": [[1, 2], [0, 4], [3, 1]]},
)
def attention_weighted_sum(work: Work) -> None:
    """o = sum of alpha_j v_j over the values v_j, the rows of V (or the entries of a vector V)."""
    work.given("alpha", ("attention weights", "注意力权重"), is_="distribution", shape="n", aliases=["weights"])
    work.given("V", ("values, one in each row", "值，每行一个"), shape=None, aliases=["v"])
    matrix = len(work.shape("V")) == 2
    each = ("each value times its weight", "每个值乘以其权重")
    rows = range(1, work.length("V") + 1)
    work.step("products", f"[{', '.join(f'alpha[{row}] * V[{row}]' for row in rows)}]" if matrix else "alpha * V", each)
    axis = ", 1" if matrix else ""
    added = " + ".join(f"products[{row}]" for row in rows) if matrix else "sum(products)"
    work.step("o", added, ("output", "输出"), ("the products are added", "把乘积相加"))
    work.mistake("mean", f"mean(V{axis})", "the weights are ignored, which gives the plain mean; each value is multiplied by its weight.", "忽略了权重，成了普通平均；每个值要乘以其权重。")
    work.mistake(
        "argmax",
        "V[argmax(alpha)]",
        "only the value of the largest weight is taken; all of them count.",
        "只取了权重最大的值；所有的值都要计入。",
    )
    work.mistake(
        "divided",
        f"sum(products{axis}) / len(alpha)",
        "the sum is divided once more; the weights already add up to 1.",
        "又除了一次个数；权重之和已经是 1。",
    )
    if matrix:
        work.mistake("concat", "flatten(products)", "the products are put side by side; they are added.", "把乘积拼接了；应相加。")
