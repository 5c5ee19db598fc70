"""Embedding tables and the parameter count of a simple recurrent network. States and gated layers are elsewhere."""

from __future__ import annotations

from .work import Pair, Work, calculator

WHOLE = "integer, >= 1"
FORGOT_BIAS: Pair = ("the biases are left out; they are parameters too.", "漏了偏置；偏置也是参数。")
TIMES_STEPS: Pair = (
    "the count is multiplied by the number of time steps; all steps share the weights, so count them once.",
    "参数量乘了时间步数；各时间步共享同一组权重，只计一次。",
)
NOT_SQUARE: Pair = (
    "the recurrent matrix is given the input width; it maps state to state, so it is square.",
    "循环权重矩阵用了输入维数；它把状态映射到状态，是方阵。",
)


@calculator(
    "embedding_lookup",
    ("Embedding table: size and lookup", "嵌入矩阵：尺寸与查表"),
    chapter="rnn",
    example={"N": 3, "d": 3, "token": 2, "W": [["0.4", "0.12", 1], [0, "-0.38", "0.3"], [2, "0.51", "0.1"]]},
)
def embedding_lookup(work: Work) -> None:
    """The embedding matrix of N words of width d, and the vector of one token as a product with its one-hot vector.

    Bengio et al., JMLR 3 (2003); with column vectors the matrix is d x N, with row vectors N x d.
    """
    rows = (
        work.option(
            "orientation",
            ("layout of the embedding matrix", "嵌入矩阵的排列"),
            {
                "columns": ("Each column of the embedding matrix belongs to one word.", "嵌入矩阵的每一列对应一个词。"),
                "rows": ("Each row of the embedding matrix belongs to one word.", "嵌入矩阵的每一行对应一个词。"),
            },
            default="columns",
        )
        == "rows"
    )
    base = work.option(
        "index_base",
        ("numbering of words", "词的编号"),
        {"1": ("Words are numbered from 1.", "词从 1 开始编号。"), "0": ("Words are numbered from 0.", "词从 0 开始编号。")},
        default="1",
    )
    has_matrix = work.optional("W", ("embedding matrix", "嵌入矩阵"), shape="N d" if rows else "d N")
    work.given("N", ("vocabulary size", "词表大小"), is_=WHOLE, default=("len(W)" if rows else "len(W[1])") if has_matrix else None)
    work.given("d", ("embedding width", "嵌入维数"), is_=WHOLE, default=("len(W[1])" if rows else "len(W)") if has_matrix else None)
    work.step(
        "W_shape",
        "shape(N, d)" if rows else "shape(d, N)",
        ("shape of the embedding matrix", "嵌入矩阵的形状"),
        ("one vector of width d for each word", "每个词一个 d 维向量"),
        is_=WHOLE,
    )
    work.step("params", "N * d", ("parameters", "参数量"), ("every entry is trained", "每个元素都可训练"), is_=WHOLE)
    work.mistake(
        "n_times_n", "N^2", "the vocabulary size is taken as the width of the embedding too; its width is d.", "把嵌入向量的维数也取成了词表大小；嵌入向量是 d 维。"
    )
    work.mistake("bias", "N * d + d", "biases are counted; an embedding has none.", "多计了偏置；嵌入层没有偏置。")
    work.mistake("sum", "N + d", "the two sizes are added; each of the N words has d numbers, so multiply.", "把两个尺寸相加了；N 个词各有 d 个数，应相乘。")
    _sequence(work)
    one_hot = (
        "token_one_hot"
        if work.optional("token_one_hot", ("one-hot vector of the word", "该词的独热向量"), is_="one-hot", shape="N")
        else ""
    )
    if not one_hot and work.optional("token", ("number of the word", "词的编号"), is_="integer, >= 0"):
        one_hot = "x_hot"
        work.step(
            one_hot,
            "onehot(token, N)" if base == "1" else "onehot(token + 1, N)",
            ("one-hot vector of the word", "该词的独热向量"),
            ("a single 1 at the place of the word", "只在该词的位置上为 1"),
        )
    if one_hot and has_matrix:
        _lookup(work, one_hot, rows)


def _sequence(work: Work) -> None:
    if not work.optional("n", ("length of the sequence", "序列长度"), is_=WHOLE):
        return
    work.step(
        "X_shape",
        "shape(n, d)",
        ("shape of the embedded sequence", "嵌入后序列的形状"),
        ("one row for each word", "每个词一行"),
        is_=WHOLE,
    )
    work.mistake(
        "vocabulary_wide",
        "shape(n, N)",
        "the shape of the one-hot sequence is given; embedding turns each word into d numbers.",
        "写成了独热序列的形状；嵌入后每个词为 d 维。",
    )
    work.mistake(
        "params_times_n",
        "n * N * d",
        "the table is counted once for each word of the sequence; all of them share it, so count it once.",
        "序列中每个词都计了一个嵌入矩阵；所有词共用一个，只计一次。",
        at="params",
    )


def _lookup(work: Work, one_hot: str, rows: bool) -> None:
    work.step(
        "x",
        f"{one_hot} @ W" if rows else f"W @ {one_hot}",
        ("embedding of the word", "该词的嵌入向量"),
        ("the product picks one row", "乘积取出一行") if rows else ("the product picks one column", "乘积取出一列"),
    )
    position = f"argmax({one_hot})"
    work.mistake(
        "wrong_axis",
        f"column(W, {position})" if rows else f"W[{position}]",
        "a column is taken; with this layout a word is a row." if rows else "a row is taken; with this layout a word is a column.",
        "取了列；按这种排列，一个词是一行。" if rows else "取了行；按这种排列，一个词是一列。",
    )


@calculator(
    "rnn_params",
    ("Parameters of a simple recurrent network", "简单循环网络的参数量"),
    chapter="rnn",
    example={"d_x": 4, "d_h": 3, "d_y": 2},
)
def rnn_params(work: Work) -> None:
    """Matrices U (input), W (recurrent), V (output) and biases of an Elman network (Goodfellow et al. 2016, sec. 10.2)."""
    work.given("d_x", ("input width", "输入维数"), is_=WHOLE)
    work.given("d_h", ("state width", "隐藏状态维数"), is_=WHOLE)
    hidden = work.option(
        "hidden_bias",
        ("biases of the recurrence", "循环层的偏置"),
        {
            "one": ("The recurrent layer has one bias vector.", "循环层有一个偏置向量。"),
            "two": ("The recurrent layer has two bias vectors (PyTorch).", "循环层有两个偏置向量（PyTorch）。"),
        },
        default="one",
    )
    output = work.option(
        "output_layer",
        ("output layer", "输出层"),
        {"included": ("The output layer is included.", "计入输出层。"), "excluded": ("The output layer is not included.", "不计输出层。")},
        default="included",
        convention=False,
    )
    bias = work.option(
        "output_bias",
        ("bias of the output", "输出层的偏置"),
        {"with": ("The output layer has a bias.", "输出层有偏置。"), "without": ("The output layer has no bias.", "输出层没有偏置。")},
        default="with",
        convention=False,
    )
    work.step(
        "U",
        "d_h * d_x",
        ("weights from the input", "输入权重数"),
        ("each state unit sees every input", "每个状态单元连接所有输入"),
        is_=WHOLE,
    )
    work.step(
        "W",
        "d_h * d_h",
        ("recurrent weights", "循环权重数"),
        ("each state unit sees the whole old state", "每个状态单元连接整个旧状态"),
        is_=WHOLE,
    )
    work.mistake("not_square", "d_h * d_x", *NOT_SQUARE)
    parts = ["U", "W"]
    if output == "included":
        work.given("d_y", ("output width", "输出维数"), is_=WHOLE)
        work.step("V", "d_y * d_h", ("weights to the output", "输出权重数"), ("the output is computed from the state", "输出由状态得到"), is_=WHOLE)
        work.mistake(
            "from_input", "d_y * d_x", "the output is connected to the input; it reads the state, so its width counts.", "把输出接到了输入上；输出由状态得到，应取状态的维数。"
        )
        parts.append("V")
    else:
        work.optional("d_y", ("output width", "输出维数"), is_=WHOLE)
    work.step("b", "d_h" if hidden == "one" else "2 * d_h", ("biases of the state", "状态的偏置数"), ("one for each state unit", "每个状态单元一个") if hidden == "one" else ("two for each state unit", "每个状态单元两个"), is_=WHOLE)
    parts.append("b")
    if output == "included" and bias == "with":
        work.step("b_y", "d_y", ("biases of the output", "输出的偏置数"), ("one for each output", "每个输出一个"), is_=WHOLE)
        parts.append("b_y")
    work.step("total", " + ".join(parts), ("parameters in total", "参数总数"), ("counted once, as all time steps share them", "各时间步共享，只计一次"), is_=WHOLE)
    _rnn_total_mistakes(work, parts)


def _rnn_total_mistakes(work: Work, parts: list[str]) -> None:
    total = " + ".join(parts)

    def without(*names: str) -> str:
        return " + ".join(part for part in parts if part not in names)

    work.mistake("forgot_w", without("W"), "the recurrent matrix is left out; it leads from the old state to the new one.", "漏了循环权重矩阵；它由旧状态通向新状态。")
    work.mistake("forgot_biases", without("b", "b_y"), *FORGOT_BIAS, kind="slip")
    if "b_y" in parts:
        work.mistake("forgot_output_bias", without("b_y"), "the bias of the output is left out; it is a parameter too.", "漏了输出层的偏置；它也是参数。", kind="slip")
    if work.optional("T", ("number of time steps", "时间步数"), is_=WHOLE):
        work.mistake("times_steps", f"T * ({total})", *TIMES_STEPS)
