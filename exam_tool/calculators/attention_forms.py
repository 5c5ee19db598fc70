"""Other forms of attention in numbers: aligned encoder states, kernel regression, and what a permutation of the tokens does."""

from __future__ import annotations

from .work import Work, calculator


@calculator(
    "alignment_attention",
    ("Attention in sequence-to-sequence models", "Seq2Seq 注意力：对齐分数、权重、上下文"),
    chapter="transformer",
    example={"s": [1, 2], "H": [[1, 0], [0, 1], [1, 1]]},
)
def alignment_attention(work: Work) -> None:
    """Alignment scores of a decoder state s with the encoder states (rows of H), their softmax, and the context vector.

    Dot product (Luong et al., arXiv:1508.04025) or additive scores v^T tanh(W_q s + W_k h) (Bahdanau et al., arXiv:1409.0473).
    """
    additive = (
        work.option(
            "score",
            ("alignment score", "对齐分数"),
            {
                "dot": ("The alignment score is the dot product.", "对齐分数是点积。"),
                "additive": ("The alignment score is `v @ tanh(W_q @ s + W_k @ h)`.", "对齐分数为 `v @ tanh(W_q @ s + W_k @ h)`。"),
            },
            default="dot",
            convention=False,
        )
        == "additive"
    )
    work.given("s", ("decoder state", "解码器状态"), shape="d_s")
    work.given("H", ("encoder states, one in each row", "编码器状态，每行一个"), shape="n d_h", aliases=["h", "h_i"])
    if additive:
        work.given("W_q", ("weights of the decoder state", "解码器状态的权重"), shape="a d_s", default="identity(len(s))")
        work.given("W_k", ("weights of the encoder states", "编码器状态的权重"), shape="a d_h", default="identity(len(H[1]))")
        work.given("v", ("weights of the score", "打分向量"), shape="a", default="ones(len(W_q))")
        work.step(
            "hidden", "tanh(outer(ones(len(H)), W_q @ s) + H @ W_k.T)", ("hidden layer, one row for each state", "隐藏层，每个状态一行")
        )
        work.step("e_t", "hidden @ v", ("alignment scores", "对齐分数"))
    else:
        work.step(
            "e_t",
            "H @ s",
            ("alignment scores", "对齐分数"),
            ("each encoder state with the decoder state", "每个编码器状态与解码器状态做点积"),
        )
    work.step("a_t", "softmax(e_t)", ("weights", "权重"), ("they add up to 1", "其和为 1"), is_="probability")
    work.mistake("not_normalised", "exp(e_t)", "the exponentials are not divided by their sum; the weights add up to 1.", "指数没有除以它们的和；权重之和应为 1。")
    work.mistake("linear", "e_t / sum(e_t)", "the scores are divided by their sum without exponentials; softmax takes these first.", "没有取指数，直接除以分数之和；softmax 要先取指数。")
    work.step("c_t", "a_t @ H", ("context vector", "上下文向量"), ("states averaged with the weights", "按权重对状态求和"))
    work.mistake("no_softmax", "e_t @ H", "the scores themselves are used as weights; softmax turns them into weights.", "直接用分数加权；应先用 softmax 把分数变成权重。")
    work.mistake("sum_states", "sum(H, 1)", "the states are added without weights; each is multiplied by its weight.", "没有加权，直接把状态相加；每个状态要乘以其权重。")


@calculator(
    "attention_pooling",
    ("Attention pooling (kernel regression)", "注意力池化（核回归）"),
    chapter="transformer",
    example={"x": 1, "x_i": [0, 1, 3], "y_i": [2, 4, 1]},
)
def attention_pooling(work: Work) -> None:
    """Nadaraya-Watson regression with a Gaussian kernel: weights softmax(-((x - x_i) w)^2 / 2) (Zhang et al., d2l.ai, ch. 11)."""
    kind = work.option(
        "kind",
        ("pooling", "池化方式"),
        {
            "non_parametric": ("The kernel has no trainable width.", "核函数没有可训练的宽度参数。"),
            "parametric": ("Distances are multiplied by the weight w.", "距离乘以权重 w。"),
            "average": ("All values get the same weight.", "所有值的权重相同。"),
        },
        default="non_parametric",
        convention=False,
    )
    work.given("x", ("query", "查询"))
    work.given("x_i", ("keys", "键"), shape="n")
    work.given("y_i", ("values", "值"), shape="n")
    if kind == "parametric":
        work.given("w", ("weight of the distances", "距离的权重"), default="1")
    else:
        work.optional("w", ("weight of the distances", "距离的权重"))
    if kind == "average":
        work.step("weights", "ones(len(y_i)) / len(y_i)", ("weights", "权重"), is_="probability")
    else:
        distance = "((x - x_i) * w)" if kind == "parametric" else "(x - x_i)"
        work.step("scores", f"-{distance}^2 / 2", ("scores", "分数"), ("near keys score high", "键越近分数越高"))
        work.mistake(
            "plus", f"{distance}^2 / 2", "the sign is lost, so that far keys weigh most; near keys do.", "丢了负号，远处的键权重反而最大；应当近处的最大。", kind="slip"
        )
        work.mistake("no_half", f"-{distance}^2", "the factor 1/2 in the exponent of the Gaussian is left out; it multiplies the squared distance.", "漏了高斯核指数中的 1/2；距离的平方应乘以它。", kind="slip")
        work.mistake("not_squared", f"-abs{distance} / 2", "the distance is not squared; the Gaussian squares it.", "距离没有平方；高斯核要取平方。")
        work.step("weights", "softmax(scores)", ("weights", "权重"), ("they add up to 1", "其和为 1"), is_="probability")
    work.step("prediction", "dot(weights, y_i)", ("prediction", "预测值"), ("values averaged with the weights", "按权重对值求和"))
    work.mistake(
        "nearest", "y_i[argmin(abs(x - x_i))]", "only the nearest key is used; all of them count.", "只用了最近的键；所有键都要计入。"
    )
    if kind != "average":
        work.mistake("plain_mean", "mean(y_i)", "the weights are ignored, which gives the plain mean; each value is multiplied by its weight.", "忽略了权重，成了普通平均；每个值要乘以其权重。")


@calculator(
    "permutation_equivariance_attention",
    ("Self-attention of permuted tokens", "自注意力的置换等变性"),
    chapter="transformer",
    example={"X": [[1, 0], [0, 2]], "P": [[0, 1], [1, 0]]},
)
def permutation_equivariance_attention(work: Work) -> None:
    """Self-attention with Q = K = V = X (unscaled) of X and of the permuted P X: the outputs are permuted alike."""
    work.given("X", ("tokens, one in each row", "词元，每行一个"), shape="n d")
    work.given("P", ("permutation matrix", "置换矩阵"), is_="integer, stochastic", shape="n n")
    work.step("weights", "softmax(X @ X.T)", ("attention weights", "注意力权重"), ("softmax of each row of scores", "对每行分数做 softmax"), is_="probability")
    work.step("Y", "weights @ X", ("output for X", "X 的输出"), ("tokens averaged with the weights", "按权重对词元求和"))
    work.step("X_P", "P @ X", ("permuted tokens", "置换后的词元"), ("`P` puts the rows into another order", "`P` 改变各行的次序"))
    work.mistake("from_right", "X @ P", "the columns are permuted; tokens are rows, so permute these.", "把列置换了；每一行才是一个词元，应置换行。")
    work.step("weights_P", "softmax(X_P @ X_P.T)", ("weights for the permuted tokens", "置换后的权重"), ("softmax of each row of scores", "对每行分数做 softmax"), is_="probability")
    work.step(
        "Y_P",
        "weights_P @ X_P",
        ("output for the permuted tokens", "置换后的输出"),
        ("the rows of `Y`, permuted alike", "即 `Y` 的各行按同样方式置换"),
    )
    work.mistake(
        "invariant", "Y", "the output is left as it was; its rows move with the tokens.", "沿用了原来的输出；输出的各行应随词元一起移动。"
    )
