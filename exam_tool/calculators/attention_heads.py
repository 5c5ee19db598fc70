"""Several attention heads in numbers, joined and projected (arXiv:1706.03762, sec. 3.2.2)."""

from __future__ import annotations

from .attention import AVERAGED, EACH_PAIR, KEYS_FIRST, MODEL_SCALE, ROWS_ADD_UP, WRONG_AXIS, mask_option, scale_option
from .attention_masks import MASK_AFTER
from .work import Pair, Work, calculator


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
            "沿词元方向拼接了；应沿特征方向拼接。",
        )
        work.mistake(
            "reversed_order",
            f"concat({', '.join(reversed(outputs))})",
            "the heads are joined in the wrong order; head 1 comes first.",
            "各头拼接的次序颠倒了；头 1 在最前。",
            kind="slip",
        )
    work.step("output", "concat @ W_O", ("output", "输出"), ("back to the model width", "回到模型宽度"))
    work.mistake("no_projection", "concat", "the output projection is left out; the joined heads are multiplied by the output weights.", "漏了输出映射；拼接的结果还要乘以输出权重。")
    work.mistake("transposed", "concat @ W_O.T", "the output weights are transposed; they multiply as they are.", "输出权重被转置了；应直接相乘。")


def _computed_heads(work: Work, scaled: bool, causal: bool) -> int:
    head = 0
    while head == 0 or work.optional(f"W_Q_{head + 1}", _of_head("Q", head + 1), shape="d_m d_k"):
        head += 1
        if head == 1:
            work.given("W_Q_1", _of_head("Q", 1), shape="d_m d_k")
        work.given(f"W_K_{head}", _of_head("K", head), shape="d_m d_k")
        if scaled and head == 1:
            work.given("d_k", ("width of the keys", "键的维度"), is_="integer, >= 1", default="len(W_K_1[1])")
        work.given(f"W_V_{head}", _of_head("V", head), shape="d_m d_v")
        _head(work, head, scaled, causal)
    return head


def _of_head(letter: str, head: int) -> Pair:
    return f"weights of {letter} in head {head}", f"头 {head} 的 {letter} 的权重"


def _head(work: Work, head: int, scaled: bool, causal: bool) -> None:
    names = {"Q": ("queries", "查询"), "K": ("keys", "键"), "V": ("values", "值")}
    for letter, (en, zh) in names.items():
        work.step(f"{letter}_{head}", f"X @ W_{letter}_{head}", (f"{en} of head {head}", f"头 {head} 的{zh}"), ("one product for all tokens", "一次乘积得到所有词元"))
    scores, weights = f"scores_{head}", f"weights_{head}"
    product = f"Q_{head} @ K_{head}.T"
    root = " / sqrt(d_k)"
    label = (f"scaled scores of head {head}", f"头 {head} 缩放后的分数") if scaled else (f"scores of head {head}", f"头 {head} 的分数")
    work.step(scores, product + root * scaled, label, EACH_PAIR)
    if scaled:
        work.mistake(
            "d_model_scale",
            f"{product} / sqrt(len(X[1]))",
            *MODEL_SCALE,
        )
    work.mistake(
        "kq_swapped",
        f"K_{head} @ Q_{head}.T" + root * scaled,
        *KEYS_FIRST,
    )
    right = f"masked_softmax({scores}, causal(len(X)))" if causal else f"softmax({scores})"
    work.step(weights, right, (f"weights of head {head}", f"头 {head} 的权重"), ROWS_ADD_UP, is_="probability")
    if causal:
        work.mistake("mask_after", f"hadamard(softmax({scores}), causal(len(X)))", *MASK_AFTER)
    else:
        work.mistake("column_softmax", f"softmax({scores}.T).T", *WRONG_AXIS)
    work.step(f"Z_{head}", f"{weights} @ V_{head}", (f"output of head {head}", f"头 {head} 的输出"), AVERAGED)
