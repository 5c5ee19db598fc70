"""Scaled dot-product attention in numbers: scores, masks, weights, one head and several. Shapes and costs are elsewhere.

Source: Vaswani et al., "Attention is all you need", arXiv:1706.03762, sec. 3.2.
"""

from __future__ import annotations

from exam_tool.expressions.arrays import Value, as_matrix, misfit, shape_of
from exam_tool.expressions.exact import ONE, ZERO, Undefined, divide, exp, sign
from exam_tool.expressions.functions import register, total, whole
from exam_tool.language import Text

from .transformer import orientation_option
from .work import Pair, Work, calculator

WHOLE = "integer, >= 1"
WRONG_AXIS: Pair = (
    "the softmax runs over the queries; the weights of each query over the keys add up to 1.",
    "softmax 沿查询方向做了；每个查询对所有键的权重之和应为 1。",
)
NO_SCALE: Pair = ("the scores are not divided by the root of the head size.", "分数没有除以每个头维度的平方根。")
MASK_AFTER: Pair = (
    "the mask is applied after the softmax; masked scores must be gone before it, so that rows add up to 1.",
    "在 softmax 之后才做掩码；应在 softmax 之前屏蔽，使每行之和仍为 1。",
)
MASK_ZERO: Pair = (
    "masked scores are set to 0, and `e^0` is 1; they are set to minus infinity.",
    "把被屏蔽的分数设为 0，而 `e^0` 等于 1；应设为负无穷。",
)


def _causal(size: Value) -> Value:
    """1 where a row may look (at itself and what is before it), else 0."""
    n = whole(size, 1)
    return tuple(tuple(ONE if j <= i else ZERO for j in range(n)) for i in range(n))


def _masked_softmax(scores: Value, visible: Value) -> Value:
    """The softmax of each row over its visible places; hidden ones get 0, as with a score of minus infinity."""
    if shape_of(scores) != shape_of(visible):
        raise misfit(scores, visible)
    return tuple(_masked_row(row, seen) for row, seen in zip(as_matrix(scores), as_matrix(visible), strict=True))


def _masked_row(row: Value, seen: Value) -> Value:
    powers = [exp(score) if sign(place) else ZERO for score, place in zip(row, seen, strict=True)]
    if not any(sign(place) for place in seen):
        raise Undefined(Text("A row that sees nothing has no weights.", "整行都被屏蔽，没有权重。"))
    bottom = total(powers)
    return tuple(divide(power, bottom) for power in powers)


register("causal", 1, 1, _causal)
register("masked_softmax", 2, 2, _masked_softmax)


def scale_option(work: Work) -> bool:
    """Whether scores are divided by the root of the width of keys."""
    return (
        work.option(
            "scale",
            ("scaling of the scores", "分数的缩放"),
            {
                "sqrt_dk": ("Scores are divided by the root of the width of the keys.", "分数除以键的维度的平方根。"),
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
    rows = orientation_option(work)
    scaled, causal = scale_option(work), mask_option(work)
    projected = work.optional("X", ("input, one row for each token", "输入，每行一个词元"), shape="n d_m")
    has_values = _project(work) if projected else _given_heads(work, rows)
    work.given("d_k", ("width of the keys", "键的维度"), is_=WHOLE, default=_width("K", rows, projected))
    given_width = work.optional("d_m", ("model width", "模型宽度"), is_=WHOLE)
    model = "d_m" if given_width else "len(X[1])" if projected else ""
    given_mask = work.optional("visible", ("mask: 1 where a query sees a key, else 0", "掩码：查询可见某键为 1，否则为 0"), shape="n_q n_k")
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
        work.step(head, f"X @ W_{head}", name)
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
        ("each query with each key", "每个查询与每个键做内积"),
    )
    work.mistake(
        "kq_swapped",
        "K @ Q.T" if rows else "K.T @ Q",
        "keys and queries are exchanged: the scores are transposed.",
        "查询与键用反了：分数矩阵被转置。",
    )
    if not scaled:
        return
    work.step(
        "scaled", "scores / sqrt(d_k)", ("scaled scores", "缩放后的分数"), ("it keeps their variance near 1", "使其方差保持在 1 左右")
    )
    work.mistake("no_scale", "scores", *NO_SCALE)
    work.mistake(
        "divide_by_dk",
        "scores / d_k",
        "the scores are divided by the head size itself; divide by its root.",
        "除以了维度本身；应除以它的平方根。",
    )
    if model:
        work.mistake(
            "d_model_scale",
            f"scores / sqrt({model})",
            "the root of the model width is used; the head size counts.",
            "用了模型宽度的平方根；应使用每个头的维度。",
        )


def _mask(work: Work, causal: bool, given: bool) -> bool:
    """Declares the mask, if there is one."""
    if causal and not given:
        work.step(
            "visible", "causal(len(scores))", ("mask: 1 where a token may look", "掩码：可见处为 1"), ("no looking ahead", "不能看后面")
        )
        work.mistake("upper_allowed", "causal(len(scores)).T", "the future is visible and the past is hidden.", "看到了后面而屏蔽了前面。")
    return causal or given


def _weights(work: Work, scaled: bool, masked: bool) -> None:
    final = "scaled" if scaled else "scores"
    label = ("attention weights", "注意力权重")
    because = ("each row adds up to 1", "每行之和为 1")
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
        work.mistake("no_mask", f"softmax({final})", "the mask is forgotten.", "忘了掩码。")
        return
    work.step("weights", f"softmax({final})", label, because, is_="probability")
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
        ("values averaged with the weights", "按权重对值求和"),
    )
    work.mistake("weights_transposed", "weights.T @ V" if rows else "V @ weights", "the weights are transposed.", "权重矩阵被转置了。")
    sizes = ("shape(len(Q), len(V[1]))", "shape(len(V), len(Q[1]))")
    work.step("output_shape", sizes[0] if rows else sizes[1], ("shape of the output", "输出的形状"), is_=WHOLE)


@calculator(
    "causal_mask",
    ("Causal mask and masked softmax", "因果掩码与掩码 softmax"),
    chapter="transformer",
    example={"A": [[1, 2, 0], [0, 1, 2], [2, 0, 1]]},
)
def causal_mask(work: Work) -> None:
    """Which tokens each token sees, the number of visible pairs, and, with scores A, the weights: hidden scores are minus infinity.

    Visible places are written 1 and hidden ones 0; a padding mask gives the number of real tokens, ``n_real``.
    """
    rows = (
        work.option(
            "orientation",
            ("layout of the scores", "分数矩阵的排列"),
            {
                "rows": ("Each row of the scores belongs to a query.", "分数矩阵的每一行对应一个查询。"),
                "columns": ("Each column of the scores belongs to a query.", "分数矩阵的每一列对应一个查询。"),
            },
            default="rows",
        )
        == "rows"
    )
    padding = (
        work.option(
            "kind",
            ("mask", "掩码"),
            {
                "causal": ("A token sees itself and the tokens before it.", "每个词元只能看到自己和之前的词元。"),
                "padding": (
                    "Every token sees the real tokens only, not the padding at the end.",
                    "每个词元只能看到真实词元，看不到末尾的填充。",
                ),
            },
            default="causal",
        )
        == "padding"
    )
    has_scores = work.optional("A", ("scores", "分数"), shape="n n")
    work.given("n", ("number of tokens", "词元数"), is_=WHOLE, default="len(A)" if has_scores else None)
    if padding:
        work.given("n_real", ("number of real tokens", "真实词元数"), is_=WHOLE, default="n")
    else:
        work.optional("n_real", ("number of real tokens", "真实词元数"), is_=WHOLE)
    mask = "outer(ones(n), causal(n)[n_real])" if padding else "causal(n)"
    flip = "" if rows else ".T"
    work.step("visible", mask + flip, ("visible places", "可见位置"), ("1 where a query sees a key", "查询可见某键处为 1"))
    if not padding:
        _mask_mistakes(work, flip)
    axis = 2 if rows else 1
    work.step("allowed_counts", f"sum(visible, {axis})", ("tokens each token sees", "每个词元可见的词元数"), is_="integer, >= 1")
    work.step("pairs", "sum(allowed_counts)", ("visible pairs", "可见的词元对数"), is_=WHOLE)
    if not padding:
        work.mistake("all_pairs", "n^2", "hidden pairs are counted too.", "把被屏蔽的词元对也算进去了。")
        work.mistake("without_self", "n * (n - 1) / 2", "a token's view of itself is left out.", "漏了词元看自己。")
    if has_scores:
        _mask_weights(work, rows)


def _mask_mistakes(work: Work, flip: str) -> None:
    other = ".T" if not flip else ""
    work.mistake("upper_allowed", f"causal(n){other}", "the future is visible and the past is hidden.", "看到了后面而屏蔽了前面。")
    work.mistake(
        "strict", f"causal(n){flip} - identity(n)", "a token is hidden from itself; it sees itself.", "把词元自己也屏蔽了；它能看到自己。"
    )


def _mask_weights(work: Work, rows: bool) -> None:
    flip = "" if rows else ".T"
    work.step(
        "weights",
        "masked_softmax(A, visible)" if rows else "masked_softmax(A.T, visible.T).T",
        ("masked weights", "掩码后的权重"),
        ("hidden scores count as minus infinity", "被屏蔽的分数视为负无穷"),
        is_="probability",
    )
    work.mistake("multiply_01", f"softmax(hadamard(A, visible){flip}){flip}", *MASK_ZERO)
    work.mistake("mask_after", f"hadamard(softmax(A{flip}){flip}, visible)", *MASK_AFTER)
    work.mistake("no_mask", f"softmax(A{flip}){flip}", "the mask is forgotten.", "忘了掩码。")


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
    if matrix:
        work.step("products", "V * outer(alpha, ones(len(V[1])))", ("each value times its weight", "每个值乘以其权重"))
    else:
        work.step("products", "alpha * V", ("each value times its weight", "每个值乘以其权重"))
    axis = ", 1" if matrix else ""
    work.step("o", f"sum(products{axis})", ("output", "输出"), ("the products are added", "把乘积相加"))
    work.mistake("mean", f"mean(V{axis})", "the weights are ignored: that is the plain mean.", "忽略了权重：这是普通平均。")
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


@calculator(
    "multi_head_attention_values",
    ("Multi-head attention in numbers", "多头注意力数值计算"),
    chapter="transformer",
    example={
        "X": [[1, 0], [0, 1]],
        "W_Q_1": [[1], [2]],
        "W_K_1": [[1], [0]],
        "W_V_1": [[2], [1]],
        "W_Q_2": [[0], [1]],
        "W_K_2": [[1], [1]],
        "W_V_2": [[1], [3]],
        "W_O": [[1, 0], [1, 2]],
    },
)
def multi_head_attention_values(work: Work) -> None:
    """Every head, the heads joined side by side, and the output projection; for any number of heads.

    Either X and the projections W_Q_1, W_K_1, W_V_1, ... of each head are given, or the head outputs Z_1, Z_2, ... themselves.
    """
    scaled, causal = scale_option(work), mask_option(work)
    if work.optional("X", ("input, one row for each token", "输入，每行一个词元"), shape="n d_m"):
        heads = _computed_heads(work, scaled, causal)
    else:
        heads = 0
        while heads == 0 or work.optional(f"Z_{heads + 1}", (f"output of head {heads + 1}", f"头 {heads + 1} 的输出"), shape="n d_v"):
            heads += 1
            if heads == 1:
                work.given("Z_1", ("output of head 1", "头 1 的输出"), shape="n d_v")
    work.given("W_O", ("output weights", "输出权重"), shape="w d_o")
    outputs = [f"Z_{head}" for head in range(1, heads + 1)]
    joined = ", ".join(outputs)
    work.step("concat", f"concat({joined})", ("heads joined", "各头拼接"), ("side by side, token by token", "逐词元并排拼接"))
    if heads > 1:
        added = " + ".join(outputs)
        work.mistake(
            "averaged", f"({added}) / {heads}", "the heads are averaged; they are joined side by side.", "把各头取了平均；应并排拼接。"
        )
        work.mistake("sum_heads", added, "the heads are added; they are joined side by side.", "把各头相加了；应并排拼接。")
        work.mistake(
            "concat_rows",
            f"concat({', '.join(f'{z}.T' for z in outputs)}).T",
            "the heads are stacked along the tokens; they are joined along the features.",
            "沿词元方向叠放了；应沿特征方向拼接。",
        )
        work.mistake(
            "reversed_order",
            f"concat({', '.join(reversed(outputs))})",
            "the heads are joined in the wrong order.",
            "各头拼接的次序颠倒了。",
            kind="slip",
        )
    work.step("output", "concat @ W_O", ("output", "输出"), ("back to the model width", "回到模型宽度"))
    work.mistake("no_projection", "concat", "the output projection is left out.", "漏了输出映射。")
    work.mistake("transposed", "concat @ W_O.T", "the output weights are transposed.", "输出权重被转置了。")


def _computed_heads(work: Work, scaled: bool, causal: bool) -> int:
    head = 0
    while head == 0 or work.optional(f"W_Q_{head + 1}", _of_head("Q", head + 1), shape="d_m d_k"):
        head += 1
        if head == 1:
            work.given("W_Q_1", _of_head("Q", 1), shape="d_m d_k")
        work.given(f"W_K_{head}", _of_head("K", head), shape="d_m d_k")
        work.given(f"W_V_{head}", _of_head("V", head), shape="d_m d_v")
        _head(work, head, scaled, causal)
    return head


def _of_head(letter: str, head: int) -> Pair:
    return f"weights of {letter} in head {head}", f"头 {head} 的 {letter} 的权重"


def _head(work: Work, head: int, scaled: bool, causal: bool) -> None:
    names = {"Q": ("queries", "查询"), "K": ("keys", "键"), "V": ("values", "值")}
    for letter, (en, zh) in names.items():
        work.step(f"{letter}_{head}", f"X @ W_{letter}_{head}", (f"{en} of head {head}", f"头 {head} 的{zh}"))
    scores, weights = f"scores_{head}", f"weights_{head}"
    product = f"Q_{head} @ K_{head}.T"
    root = f" / sqrt(len(K_{head}[1]))"
    work.step(scores, product + root * scaled, (f"scores of head {head}", f"头 {head} 的分数"))
    if scaled:
        work.mistake(
            "d_model_scale",
            f"{product} / sqrt(len(X[1]))",
            "the root of the model width is used; the head size counts.",
            "用了模型宽度的平方根；应使用每个头的维度。",
        )
    work.mistake(
        "kq_swapped",
        f"K_{head} @ Q_{head}.T" + root * scaled,
        "keys and queries are exchanged: the scores are transposed.",
        "查询与键用反了：分数矩阵被转置。",
    )
    right = f"masked_softmax({scores}, causal(len(X)))" if causal else f"softmax({scores})"
    work.step(weights, right, (f"weights of head {head}", f"头 {head} 的权重"), is_="probability")
    if causal:
        work.mistake("mask_after", f"hadamard(softmax({scores}), causal(len(X)))", *MASK_AFTER)
    else:
        work.mistake("column_softmax", f"softmax({scores}.T).T", *WRONG_AXIS)
    work.step(f"Z_{head}", f"{weights} @ V_{head}", (f"output of head {head}", f"头 {head} 的输出"))
