"""Attention that knows positions and masks: padding, causality, ALiBi, rotation; and heads that share keys and values.

Plain attention is in ``attention``, several heads from an input in ``attention_heads``.
"""

from __future__ import annotations

from flint import fmpq

from exam_tool.expressions.arrays import ShapeError, Value, as_matrix, as_vector
from exam_tool.expressions.exact import ONE, ZERO, Scalar, absolute, add, divide, function, multiply, negate, power, subtract
from exam_tool.expressions.functions import register, whole
from exam_tool.language import Text

from .attention import AVERAGED, EACH_PAIR, NO_SCALE, ROWS_ADD_UP, WRONG_AXIS, scale_option
from .attention_masks import MASK_AFTER, MASK_ZERO
from .work import Pair, Work, calculator

WHOLE = "integer, >= 1"
POSITIONS: dict[str, Pair] = {
    "none": ("Positions do not enter the scores.", "分数不含位置信息。"),
    "alibi": ("ALiBi subtracts from every score the slope of the head times the distance of the two tokens.", "ALiBi：每个分数减去该头的斜率乘以两个词元的距离。"),
    "rope": (
        "Queries and keys are rotated: neighbouring entries form pairs, and pair j of a token at position p turns counter-clockwise by `p*base^(-2*(j-1)/d_k)` radians.",
        "对查询和键做旋转：相邻分量成对，位置 p 处的第 j 对逆时针旋转 `p*base^(-2*(j-1)/d_k)` 弧度。",
    ),
}
STARTS: dict[str, Pair] = {
    "zero": ("Positions are counted from 0.", "位置从 0 开始编号。"),
    "one": ("Positions are counted from 1.", "位置从 1 开始编号。"),
}


def _distances(rows: Value, columns: Value) -> Value:
    """The distance of each query from each key; the last query stands beside the last key."""
    n, m = whole(rows, 1), whole(columns, 1)
    return tuple(tuple(absolute(fmpq(i + m - n - j)) for j in range(m)) for i in range(n))


def _seen(rows: Value, columns: Value, real: Value, causal: Value) -> Value:
    """1 where a query may look at a key: not at padding after the real keys, and under causality not ahead."""
    n, m, last = whole(rows, 1), whole(columns, 1), whole(real, 1)
    ahead = whole(causal)
    return tuple(tuple(ONE if j < last and (not ahead or j <= i + m - n) else ZERO for j in range(m)) for i in range(n))


def _rotated(matrix: Value, base: Value, start: Value) -> Value:
    """Each row turned by its position, pair by pair."""
    rows = as_matrix(matrix)
    width = len(rows[0])
    if width % 2:
        raise ShapeError(Text("Rotation needs an even width.", "旋转要求宽度为偶数。"))
    return tuple(_turned(row, add(fmpq(p), start), base) for p, row in enumerate(rows))


def _turned(row: Value, place: Scalar, base: Value) -> Value:
    entries = as_vector(row)
    turned: list[Scalar] = []
    for j in range(0, len(entries), 2):
        angle = place if j == 0 else multiply(place, power(base, fmpq(-j, len(entries))))
        cosine, sine = (function(name)(angle) for name in ("cos", "sin"))
        a, b = entries[j], entries[j + 1]
        turned += [subtract(multiply(a, cosine), multiply(b, sine)), add(multiply(a, sine), multiply(b, cosine))]
    return tuple(turned)


def _slopes(heads: Value) -> Value:
    """2^(-8/h), 2^(-16/h), ..., one for each of h heads (h a power of two)."""
    h = whole(heads, 1)
    if h & (h - 1):
        raise ShapeError(Text("The slopes are given by this rule when the number of heads is a power of two.", "仅当头数为 2 的幂时斜率由此规则给出。"))
    return tuple(power(fmpq(2), divide(negate(fmpq(8 * (i + 1))), fmpq(h))) for i in range(h))


register("distances", 2, 2, _distances)
register("seen", 4, 4, _seen)
register("rotated", 3, 3, _rotated)
register("alibi_slopes", 1, 1, _slopes)


@calculator(
    "positional_attention",
    ("Attention with masks and positions", "带掩码与位置信息的注意力"),
    chapter="transformer",
    example={
        "Q_1": [[1, 2], [0, 1], [2, 0]], "K_1": [[2, 1], [1, -1], [0, 3]], "V_1": [[1, 2], [3, 1], [0, 4]],
        "mask": "causal", "positions": "alibi",
    },
)  # fmt: skip
def positional_attention(work: Work) -> None:
    """Each head: scores, what positions add to them, the mask, weights, weighted values; several heads are joined side by side.

    ``Q_1, K_1, V_1, Q_2, ...`` have a token in each row; with ``length`` keys that are real the ones after them are padding. ALiBi: slopes
    2^(-8i/h) unless given (Press et al., arXiv:2108.12409); rotation: Su et al., arXiv:2104.09864.
    """
    scaled = scale_option(work)
    positions = work.option("positions", ("positions", "位置信息"), POSITIONS, default="none", convention=False)
    causal = _ask_mask(work)
    heads = _give_heads(work)
    if scaled:
        work.given("d_k", ("width of the keys", "键的维度"), is_=WHOLE, default="len(K_1[1])")
    padded = work.optional("length", ("number of real keys, the others are padding", "真实键的个数，其余为填充"), is_=WHOLE)
    if positions == "alibi":
        _give_slopes(work, heads)
    if positions == "rope":
        work.given("base", ("base of the angles", "角度的底数"), is_="> 0", default="10000")
        work.option("first", ("first position", "首个位置"), STARTS, default="zero")
    masked = causal or padded
    if masked:
        _mask(work, causal, padded)
    for head in range(1, heads + 1):
        _head(work, head, scaled, positions, masked)
    if heads > 1:
        outputs = [f"Z_{head}" for head in range(1, heads + 1)]
        work.step("Z", f"concat({', '.join(outputs)})", ("heads joined", "各头拼接"), ("side by side, token by token", "逐词元并排拼接"))
        work.mistake("sum_heads", " + ".join(outputs), "the heads are added; they are joined side by side.", "把各头相加了；应并排拼接。")


def _of_head(work: Work, head: int) -> Pair:
    """How a label names a head; a single one needs no number."""
    return (f" of head {head}", f"头 {head} 的") if work.offered("Q_2") else ("", "")


def _ask_mask(work: Work) -> bool:
    choices: dict[str, Pair] = {
        "none": ("A query sees the keys after it too.", "查询也能看到其后的键。"),
        "causal": ("A causal mask is used: a token sees itself and the tokens before it.", "使用因果掩码：每个词元只能看到自己和之前的词元。"),
    }
    return work.option("mask", ("mask", "掩码"), choices, default="none", convention=False) == "causal"


def _give_heads(work: Work) -> int:
    head = 0
    while head == 0 or work.offered(f"Q_{head + 1}"):
        head += 1
        for letter, (en, zh), shape in (("Q", ("queries", "查询"), "n d_k"), ("K", ("keys", "键"), "m d_k"), ("V", ("values", "值"), "m d_v")):
            aliases = [letter] if head == 1 else []
            work.given(f"{letter}_{head}", (f"{en} of head {head}", f"头 {head} 的{zh}"), shape=shape, aliases=aliases)
    return head


def _give_slopes(work: Work, heads: int) -> None:
    if work.optional("slopes", ("slope of each head; of a single one a number", "各头的斜率；只有一个头时为一个数"), is_="> 0", shape=None):
        work.fits("slopes", "" if _is_one_slope(work, heads) else str(heads))
        return
    work.given("h", ("heads of the model", "模型的头数"), is_=WHOLE, default=str(heads))
    work.step("slopes", "alibi_slopes(h)", ("slope of each head", "各头的斜率"), ("`2^(-8/h)` and its powers", "`2^(-8/h)` 及其各次幂"))
    work.mistake("halves", "reverse(powers(2, h))/2^h", "the slopes are halved from head to head; the factor is `2^(-8/h)`.", "各头斜率依次减半了；公比应为 `2^(-8/h)`。")


def _is_one_slope(work: Work, heads: int) -> bool:
    """Whether the slope of a single head is given as a number."""
    return heads == 1 and work.offered_shape("slopes") == ()


def _mask(work: Work, causal: bool, padded: bool) -> None:
    real = "length" if padded else "len(K_1)"
    work.step("visible", f"seen(len(Q_1), len(K_1), {real}, {int(causal)})", ("mask, 1 where a query may look", "掩码，可见处为 1"), ("no padding" * padded + " and " * (padded and causal) + "no looking ahead" * causal, "不看填充" * padded + "，" * (padded and causal) + "不看后面" * causal))
    if padded:
        work.mistake("no_padding", f"seen(len(Q_1), len(K_1), len(K_1), {int(causal)})", "the padding is visible; no query looks at padded keys.", "看到了填充；任何查询都不能看填充的键。")
    if causal:
        work.mistake("no_causality", f"seen(len(Q_1), len(K_1), {real}, 0)", "keys ahead are visible; a token does not look ahead.", "看到了后面的键；词元不能看后面。")


def _head(work: Work, head: int, scaled: bool, positions: str, masked: bool) -> None:
    en, zh = _of_head(work, head)
    q, k = f"Q_{head}", f"K_{head}"
    if positions == "rope":
        q, k = _rotate(work, head)
    name, product = f"S_{head}", f"{q} @ {k}.T"
    root = "/sqrt(d_k)" * scaled
    label = (f"scaled scores{en}", f"{zh.removesuffix('的')}缩放后的分数") if scaled else (f"scores{en}", f"{zh}分数")
    work.step(name, f"({product}){root}" if scaled else product, label, EACH_PAIR)
    if scaled:
        work.mistake("no_scale", product, *NO_SCALE, kind="convention")
    if positions == "rope":
        work.mistake("not_rotated", f"(Q_{head} @ K_{head}.T){root}", "the scores are taken from the vectors before the rotation; they are turned first.", "用旋转前的向量计算了分数；应先旋转。")
    if positions == "alibi":
        slope = "slopes" if not work.offered("Q_2") and _is_one_slope(work, 1) else f"slopes[{head}]"
        far = f"{slope}*distances(len({q}), len({k}))"
        work.step(f"B_{head}", f"-({far})", (f"bias{en}", f"{zh}偏置"), ("farther keys lose more", "越远的键减得越多"))
        work.mistake("sign", far, "the bias has a plus sign, so that far keys gain; they lose.", "偏置取了正号，越远的键分数反而越高；应越远越低。", kind="slip")
        work.mistake("no_slope", f"-distances(len({q}), len({k}))", "the slope of the head is left out; it multiplies the distance.", "漏了该头的斜率；距离要乘以斜率。")
        work.step(f"A_{head}", f"{name} + B_{head}", (f"scores with the bias{en}", f"{zh.removesuffix('的')}加偏置后的分数"), ("the bias comes after the scaling", "先缩放，再加偏置") if scaled else ("the bias is added to every score", "每个分数加上偏置"))
        if scaled:
            work.mistake("bias_scaled", f"{name} + B_{head}{root}", "the bias is scaled too; it is added after the scaling.", "偏置也被缩放了；应在缩放之后相加。")
        name = f"A_{head}"
    _weights(work, head, name, masked)


def _rotate(work: Work, head: int) -> tuple[str, str]:
    start = "0" if work.used["first"] == "zero" else "1"
    of, of_zh = _of_head(work, head)
    names = []
    for letter, (en, zh) in (("Q", ("queries", "查询")), ("K", ("keys", "键"))):
        name = f"{letter}_rot_{head}"
        work.step(name, f"rotated({letter}_{head}, base, {start})", (f"turned {en}{of}", f"{of_zh}旋转后的{zh}"), ("each pair turns by its angle times the position", "每一对转过的角度等于位置乘以该对的角度"))
        names.append(name)
    return names[0], names[1]


def _weights(work: Work, head: int, scores: str, masked: bool) -> None:
    en, zh = _of_head(work, head)
    name = f"P_{head}"
    if masked:
        work.step(name, f"masked_softmax({scores}, visible)", (f"weights{en}", f"{zh}权重"), ("hidden scores count as minus infinity", "被屏蔽的分数视为负无穷"), is_="probability")
        work.mistake("mask_after", f"hadamard(softmax({scores}), visible)", *MASK_AFTER)
        work.mistake("multiply_01", f"softmax(hadamard({scores}, visible))", *MASK_ZERO)
    else:
        work.step(name, f"softmax({scores})", (f"weights{en}", f"{zh}权重"), ROWS_ADD_UP, is_="probability")
        work.mistake("column_softmax", f"softmax({scores}.T).T", *WRONG_AXIS)
    work.step(f"Z_{head}", f"{name} @ V_{head}", (f"output{en}", f"{zh}输出"), AVERAGED)


@calculator(
    "grouped_query_attention",
    ("Heads that share keys and values", "共享键值的注意力头"),
    chapter="transformer",
    example={"d_m": 64, "h": 8, "g": 2, "layers": 4, "n": 100, "bits": 16},
)
def grouped_query_attention(work: Work) -> None:
    """Parameters of the projections and numbers in the cache when h query heads share g heads of keys and values.

    g = 1 is multi-query attention (Shazeer, arXiv:1911.02150), g = h multi-head attention (Ainslie et al., arXiv:2305.13245).
    """
    work.given("d_m", ("model width", "模型宽度"), is_=WHOLE)
    work.given("h", ("query heads", "查询头数"), is_=WHOLE)
    work.given("g", ("heads of keys and values", "键值头数"), is_=WHOLE, aliases=["groups"])
    biases: dict[str, Pair] = {"without": ("The projections have no biases.", "各线性映射没有偏置。"), "with": ("The projections have biases.", "各线性映射有偏置。")}
    bias = work.option("bias", ("biases", "偏置"), biases, default="without", convention=False) == "with"
    work.step("per_group", "h/g", ("query heads for each head of keys", "每个键值头对应的查询头数"), is_=WHOLE)
    work.step("d_k", "d_m/h", ("width of a head", "每个头的宽度"), ("the query heads share the model width", "查询头分摊模型宽度"), is_=WHOLE)
    work.mistake("by_groups", "d_m/g", "the width is divided by the number of key heads; the query heads share it.", "宽度除以了键值头数；宽度由查询头分摊。")
    work.step("query_params", "d_m*h*d_k" + " + h*d_k" * bias, ("parameters of the queries", "查询的参数量"), is_=WHOLE)
    work.step("key_params", "d_m*g*d_k" + " + g*d_k" * bias, ("parameters of the keys", "键的参数量"), ("only as many heads as there are groups; the values have as many", "键的头数等于组数；值的参数量与之相同"), is_=WHOLE)
    work.mistake("all_heads", "d_m*h*d_k" + " + h*d_k" * bias, "every query head is given keys of its own; the heads of a group share them.", "给每个查询头都算了自己的键；同组的头共用。")
    work.step("params", "query_params + 2*key_params + h*d_k*d_m" + " + d_m" * bias, ("parameters of the attention of a layer", "一层注意力的参数量"), ("queries, keys, values and the output projection", "查询、键、值与输出映射"), is_=WHOLE)
    work.mistake("no_output", "query_params + 2*key_params", "the output projection is left out; it has a matrix of its own.", "漏了输出映射；它也有一个矩阵。")
    work.mistake("keys_only", "query_params + key_params + h*d_k*d_m" + " + d_m" * bias, "the values are left out; they have as many parameters as the keys.", "漏了值；值的参数量与键相同。")
    if work.optional("layers", ("layers", "层数"), is_=WHOLE):
        work.step("per_token", "2*layers*g*d_k", ("numbers cached for one token", "每个词元缓存的数的个数"), ("a key and a value for each group in every layer", "每层每组一个键、一个值"), is_=WHOLE)
        work.mistake("cache_all_heads", "2*layers*h*d_k", "keys and values are cached for every query head; there is one pair for each group.", "给每个查询头都缓存了键和值；每组只有一份。")
        work.mistake("cache_keys", "layers*g*d_k", "only the keys are cached; the values are needed too.", "只缓存了键；值也要缓存。")
        if work.optional("n", ("tokens", "词元数"), is_=WHOLE):
            work.given("bits", ("bits of a number", "每个数的位数"), is_=WHOLE, default="16")
            work.step("bytes", "n*per_token*bits/8", ("bytes of the cache", "缓存的字节数"), ("a byte has 8 bits", "一个字节有 8 位"))
            work.mistake("bits_as_bytes", "n*per_token*bits", "bits are taken for bytes; a byte has 8 bits.", "把位当成了字节；一个字节有 8 位。", kind="slip")
    work.step("saving", "h/g", ("factor by which the cache shrinks", "缓存缩小的倍数"), ("in proportion to the heads of keys", "与键值头数成正比"))
