"""Positions in a Transformer: adding them to embeddings, sinusoidal codes, rotary embeddings."""

from __future__ import annotations

from exam_tool.expressions.arrays import Value, as_vector, misfit
from exam_tool.expressions.functions import register

from .work import Work, calculator


def _interleave(a: Value, b: Value) -> Value:
    """The entries of two vectors in turn: a_1, b_1, a_2, b_2, ..."""
    if len(as_vector(a)) != len(as_vector(b)):
        raise misfit(a, b)
    return tuple(x for pair in zip(a, b, strict=True) for x in pair)


register("interleave", 2, 2, _interleave)


@calculator(
    "embedding_plus_position",
    ("Token embedding plus position", "词嵌入加位置编码"),
    chapter="transformer",
    example={"X_em": [[1, 2], [3, 4]], "X_pos": [[0, 1], ["1/2", -1]]},
)
def embedding_plus_position(work: Work) -> None:
    """X = X_em + X_pos, entry by entry, of n tokens by d_m (arXiv:1706.03762, sec. 3.5)."""
    work.given("X_em", ("embeddings, one row for each token", "词嵌入，每行一个词元"), shape="n d_m")
    work.given("X_pos", ("position codes, one row for each token", "位置编码，每行一个词元"), shape="n d_m")
    work.given("n", ("number of tokens", "词元数"), is_="integer, >= 1", default="len(X_em)")
    work.given("d_m", ("model width", "模型宽度"), is_="integer, >= 1", default="len(X_em[1])")
    work.step(
        "X_shape",
        "shape(n, d_m)",
        ("shape of the sum", "和的形状"),
        ("adding keeps the shape", "相加不改变形状"),
        is_="integer, >= 1",
    )
    work.mistake(
        "concat",
        "shape(n, 2 * d_m)",
        "the codes are put beside the embeddings; they are added.",
        "把位置编码拼接在词嵌入之后；应相加。",
    )
    work.step("X", "X_em + X_pos", ("input of the first block", "第一个块的输入"), ("entry by entry", "逐元素相加"))
    work.mistake("multiplied", "hadamard(X_em, X_pos)", "the codes are multiplied; they are added.", "把位置编码乘了上去；应相加。")
    work.mistake(
        "only_first",
        "X_em + outer(ones(len(X_em)), X_pos[1])",
        "every token gets the first code; each position has its own.",
        "每个词元都加了第一个位置的编码；每个位置各有自己的编码。",
    )


@calculator(
    "sinusoidal_positional_encoding",
    ("Sinusoidal position codes", "正弦余弦位置编码"),
    chapter="transformer",
    example={"i": 2, "d": 4},
)
def sinusoidal_positional_encoding(work: Work) -> None:
    """Sine and cosine of i / base^(2k/d), angles in radians, for the pairs k = 0, ..., d/2 - 1 (arXiv:1706.03762, sec. 3.5)."""
    first = work.option(
        "position_base",
        ("numbering of positions", "位置的编号"),
        {
            "0": ("Positions are numbered from 0.", "位置从 0 开始编号。"),
            "1": ("Positions are numbered from 1; the first one uses the angle 0.", "位置从 1 开始编号，第一个位置的角度为 0。"),
        },
        default="0",
    )
    order = work.option(
        "parity",
        ("order of sine and cosine", "正弦与余弦的排列"),
        {
            "interleaved": ("Sine and cosine alternate, sine first.", "正弦与余弦交替排列，正弦在前。"),
            "halves": ("All sines come first, then all cosines.", "先排全部正弦，再排全部余弦。"),
        },
        default="interleaved",
    )
    work.given("i", ("position", "位置"), is_="integer, >= 0")
    work.given("d", ("width of the code, even", "编码的宽度（偶数）"), is_="integer, >= 2")
    work.given("base", ("base of the frequencies", "频率的底数"), is_="> 0", default="10000")
    place = "i" if first == "0" else "(i - 1)"
    pairs = range(work.count("d") // 2)
    exponents = [f"{2 * k}/d" for k in pairs]
    work.step(
        "angles", _angles(place, exponents), ("angle of each pair", "每一对的角度"), ("a pair shares one frequency", "每一对共用一个频率")
    )
    if len(pairs) > 1:
        work.mistake(
            "exponent_k",
            _angles(place, [f"{k}/d" for k in pairs]),
            "the exponent is taken as `k/d`, where k counts the pairs from 0; it is `2*k/d`.",
            "指数写成了 `k/d`（k 为从 0 起的对的编号）；应为 `2*k/d`。",
        )
        work.mistake(
            "multiplied",
            f"[{', '.join(f'{place} * base^({x})' for x in exponents)}]",
            "the position is multiplied by the power of the base; it is divided by it.",
            "位置乘了底数的幂；应除以它。",
        )
    work.mistake(
        "degrees",
        f"pi / 180 * {_angles(place, exponents)}",
        "the angles are taken in degrees; they are in radians.",
        "角度按度计算了；应按弧度计算。",
    )
    work.step("sines", "sin(angles)", ("sines", "正弦"))
    work.step("cosines", "cos(angles)", ("cosines", "余弦"))
    odd = _angles(place, [f"{2 * k + 1}/d" for k in pairs])
    work.mistake(
        "odd_own_exponent",
        f"cos({odd})",
        "the cosine is given a frequency of its own; it shares that of the sine.",
        "余弦单独用了一个频率；应与同一对中的正弦共用。",
    )
    joined = "interleave" if order == "interleaved" else "concat"
    why = ("sine and cosine of each pair in turn", "各对的正弦与余弦依次交替") if order == "interleaved" else ("all sines, then all cosines", "先全部正弦，再全部余弦")
    work.step("PE", f"{joined}(sines, cosines)", ("position code", "位置编码"), why)
    work.mistake("swapped", f"{joined}(cosines, sines)", "sine and cosine are exchanged; sine comes first.", "正弦与余弦弄反了；正弦在前。", kind="slip")
    _shifted(work, exponents)


def _shifted(work: Work, frequencies: list[str]) -> None:
    """The code of a later position as the same rotation of each pair, whatever the position."""
    if not work.optional("shift", ("shift of the position", "位置的平移量"), is_="integer"):
        return
    work.step(
        "turn",
        _angles("shift", frequencies),
        ("angle by which each pair turns", "每一对转过的角度"),
        ("it does not depend on the position", "与位置无关"),
    )
    work.step("sines_shifted", "sines * cos(turn) + cosines * sin(turn)", ("sines at the shifted position", "平移后位置的正弦"))
    work.mistake(
        "sine_sign",
        "sines * cos(turn) - cosines * sin(turn)",
        "the sign of the sum formula is wrong: that turns backwards.",
        "和角公式的符号错了：这是反向旋转。",
        kind="slip",
    )
    work.step("cosines_shifted", "cosines * cos(turn) - sines * sin(turn)", ("cosines at the shifted position", "平移后位置的余弦"))
    work.mistake(
        "cosine_sign",
        "cosines * cos(turn) + sines * sin(turn)",
        "the sign of the sum formula is wrong: that turns backwards.",
        "和角公式的符号错了：这是反向旋转。",
        kind="slip",
    )


def _angles(place: str, exponents: list[str]) -> str:
    return f"[{', '.join(f'{place} / base^({exponent})' for exponent in exponents)}]"


@calculator(
    "rotary_position_embedding",
    ("Rotary position embedding", "旋转位置编码"),
    chapter="transformer",
    example={"q": [1, 0], "k": [0, 1], "m": 1, "n": 2, "theta": "pi/6"},
)
def rotary_position_embedding(work: Work) -> None:
    """Queries and keys of width 2 turned by the angle position times theta; the score depends on n - m only (Su et al., arXiv:2104.09864)."""
    work.given("q", ("query", "查询"), shape="2")
    work.given("k", ("key", "键"), shape="2")
    work.given("m", ("position of the query", "查询的位置"), is_="integer")
    work.given("n", ("position of the key", "键的位置"), is_="integer")
    work.given("theta", ("angle of one step, in radians", "每步的角度（弧度）"))
    for vector, place, en, zh in (("q", "m", "query", "查询"), ("k", "n", "key", "键")):
        angle = f"{place} * theta"
        work.step(
            f"{vector}_rot",
            _turned(vector, angle),
            (f"turned {en}", f"旋转后的{zh}"),
            ("the angle is the position times `theta`", "旋转角为位置乘以 `theta`"),
        )
        work.mistake(
            "other_way", _turned(vector, f"-{place} * theta"), "the vector is turned the other way; it turns counter-clockwise.", "旋转方向反了；应逆时针旋转。", kind="slip"
        )
        work.mistake(
            "added",
            f"{vector} + [sin({angle}), cos({angle})]",
            "a position code is added; the vector is turned.",
            "加上了位置编码；应旋转向量。",
        )
        work.mistake(
            "same_angle",
            _turned(vector, "theta"),
            "the position is ignored; the angle is the position times `theta`.",
            "忽略了位置；旋转角为位置乘以 `theta`。",
        )
    work.step("score", "dot(q_rot, k_rot)", ("score", "分数"), ("dot product of the turned vectors", "旋转后两个向量的点积"))
    work.mistake("unrotated", "dot(q, k)", "the vectors are not turned; each turns by its own position.", "没有旋转向量；两者各按自己的位置旋转。")
    work.step(
        "relative",
        f"dot(q, {_turned('k', '(n - m) * theta')})",
        ("score from the distance `n - m` alone", "只用距离 `n - m` 算出的分数"),
        ("only the difference of positions matters", "只与位置之差有关"),
    )
    work.mistake(
        "sum_of_positions",
        f"dot(q, {_turned('k', '(n + m) * theta')})",
        "the positions are added; their difference counts.",
        "把位置相加了；应取其差。",
    )


def _turned(vector: str, angle: str) -> str:
    """A vector of width 2 turned counter-clockwise."""
    cosine, sine = f"cos({angle})", f"sin({angle})"
    return f"[{vector}[1]*{cosine} - {vector}[2]*{sine}, {vector}[1]*{sine} + {vector}[2]*{cosine}]"
