"""Attention masks: which token sees which, and the softmax over what is seen. Hidden scores count as minus infinity."""

from __future__ import annotations

from exam_tool.expressions.arrays import Value, as_matrix, misfit, shape_of
from exam_tool.expressions.exact import ONE, ZERO, Undefined, divide, exp, sign
from exam_tool.expressions.functions import register, total, whole
from exam_tool.language import Text

from .work import Pair, Work, calculator

WHOLE = "integer, >= 1"


MASK_AFTER: Pair = (
    "the mask is applied after the softmax; masked scores are set to minus infinity before it, so that the rows add up to 1.",
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
            convention=False,
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
    work.step("visible", mask + flip, ("visible places", "可见位置"), ("1 where a query sees a key", "查询能看到某个键的位置为 1"))
    if not padding:
        _mask_mistakes(work, flip)
    axis = 2 if rows else 1
    work.step("allowed_counts", f"sum(visible, {axis})", ("tokens each token sees", "每个词元可见的词元数"), ("the ones of each query", "每个查询处 1 的个数"), is_="integer, >= 1")
    work.step("pairs", "sum(allowed_counts)", ("visible pairs", "可见的词元对数"), is_=WHOLE)
    if not padding:
        work.mistake("all_pairs", "n^2", "hidden pairs are counted too; only visible ones count.", "把被屏蔽的词元对也算进去了；只应计可见的。")
        work.mistake("without_self", "n * (n - 1) / 2", "a token's view of itself is left out; it counts too.", "漏了词元看自己的情形；它也要计入。")
    if has_scores:
        _mask_weights(work, rows)


def _mask_mistakes(work: Work, flip: str) -> None:
    other = ".T" if not flip else ""
    work.mistake("upper_allowed", f"causal(n){other}", "the future is visible and the past is hidden; it is the other way round.", "看到了后面而屏蔽了前面；应当相反。")
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
    work.mistake("no_mask", f"softmax(A{flip}){flip}", "the mask is forgotten; hidden places get the weight 0.", "忘了掩码；被屏蔽处的权重应为 0。")
