"""Sizes in recurrent networks: embedding tables and the parameter counts of RNN, LSTM and GRU layers. States are computed elsewhere."""

from __future__ import annotations

from .work import Pair, Work, calculator

WHOLE = "integer, >= 1"
FORGOT_BIAS: Pair = ("the biases are left out.", "漏了偏置。")
TIMES_STEPS: Pair = (
    "the count is multiplied by the number of time steps; all steps share the weights.",
    "参数量乘了时间步数；各时间步共享同一组权重。",
)
NOT_SQUARE: Pair = (
    "the recurrent matrix is given the input width; it maps state to state and is square.",
    "循环权重矩阵用了输入宽度；它把状态映射到状态，是方阵。",
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
                "columns": ("Each column of the embedding matrix is a word.", "嵌入矩阵的每一列是一个词。"),
                "rows": ("Each row of the embedding matrix is a word.", "嵌入矩阵的每一行是一个词。"),
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
        "n_times_n", "N^2", "one-hot width is used for the embedding too; its width is d.", "把嵌入宽度也取成了独热宽度；嵌入宽度是 d。"
    )
    work.mistake("bias", "N * d + d", "a bias is counted; a lookup has none.", "多算了偏置；查表没有偏置。")
    work.mistake("sum", "N + d", "the sizes are added; the table has a number for every pair.", "把两个尺寸相加了；每一对都对应一个数。")
    _sequence(work)
    one_hot = (
        "token_one_hot"
        if work.optional("token_one_hot", ("one-hot vector of the token", "词元的独热向量"), is_="one-hot", shape="N")
        else ""
    )
    if not one_hot and work.optional("token", ("number of the token", "词元编号"), is_="integer, >= 0"):
        one_hot = "x_hot"
        work.step(
            one_hot,
            "onehot(token, N)" if base == "1" else "onehot(token + 1, N)",
            ("one-hot vector of the token", "词元的独热向量"),
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
        ("one row for each token", "每个词元一行"),
        is_=WHOLE,
    )
    work.mistake(
        "vocabulary_wide",
        "shape(n, N)",
        "that is the one-hot sequence; embedding narrows each token to d.",
        "这是独热序列的形状；嵌入后每个词元为 d 维。",
    )
    work.mistake(
        "params_times_n",
        "n * N * d",
        "the table is counted once for each token; all tokens share it.",
        "每个词元都算了一张表；所有词元共用一张。",
        at="params",
    )


def _lookup(work: Work, one_hot: str, rows: bool) -> None:
    work.step(
        "x",
        f"{one_hot} @ W" if rows else f"W @ {one_hot}",
        ("embedding of the token", "词元的嵌入向量"),
        ("the product picks one row", "乘积取出一行") if rows else ("the product picks one column", "乘积取出一列"),
    )
    position = f"argmax({one_hot})"
    work.mistake(
        "wrong_axis",
        f"column(W, {position})" if rows else f"W[{position}]",
        "the matrix is read along its other axis.",
        "取错了方向：行与列颠倒。",
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
            "one": ("The recurrence has one bias vector.", "循环层有一个偏置向量。"),
            "two": ("The recurrence has two bias vectors (PyTorch).", "循环层有两个偏置向量（PyTorch）。"),
        },
        default="one",
    )
    output = work.option(
        "output_layer",
        ("output layer", "输出层"),
        {"included": ("The output layer is included.", "计入输出层。"), "excluded": ("The output layer is not included.", "不计输出层。")},
        default="included",
    )
    bias = work.option(
        "output_bias",
        ("bias of the output", "输出层的偏置"),
        {"with": ("An output layer has a bias.", "输出层有偏置。"), "without": ("An output layer has no bias.", "输出层没有偏置。")},
        default="with",
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
        work.step("V", "d_y * d_h", ("weights to the output", "输出权重数"), ("the output reads the state", "输出由状态得到"), is_=WHOLE)
        work.mistake(
            "from_input", "d_y * d_x", "the output is connected to the input; it reads the state.", "把输出接到了输入上；输出由状态得到。"
        )
        parts.append("V")
    else:
        work.optional("d_y", ("output width", "输出维数"), is_=WHOLE)
    work.step("b", "d_h" if hidden == "one" else "2 * d_h", ("biases of the state", "状态的偏置数"), is_=WHOLE)
    parts.append("b")
    if output == "included" and bias == "with":
        work.step("b_y", "d_y", ("biases of the output", "输出的偏置数"), is_=WHOLE)
        parts.append("b_y")
    work.step("total", " + ".join(parts), ("parameters in total", "参数总数"), ("the time steps share them", "各时间步共享"), is_=WHOLE)
    _rnn_total_mistakes(work, parts)


def _rnn_total_mistakes(work: Work, parts: list[str]) -> None:
    total = " + ".join(parts)

    def without(*names: str) -> str:
        return " + ".join(part for part in parts if part not in names)

    work.mistake("forgot_w", without("W"), "the recurrent matrix is left out.", "漏了循环权重矩阵。")
    work.mistake("forgot_biases", without("b", "b_y"), *FORGOT_BIAS, kind="slip")
    if "b_y" in parts:
        work.mistake("forgot_output_bias", without("b_y"), "the bias of the output is left out.", "漏了输出层的偏置。", kind="slip")
    if work.optional("T", ("number of time steps", "时间步数"), is_=WHOLE):
        work.mistake("times_steps", f"T * ({total})", *TIMES_STEPS)


@calculator(
    "lstm_params",
    ("Parameters of an LSTM", "LSTM 的参数量"),
    chapter="rnn",
    example={"d_x": 4, "d_h": 3, "d_y": 2},
)
def lstm_params(work: Work) -> None:
    """Four sets of weights (three gates and the candidate), each reading input and old state (Hochreiter and Schmidhuber 1997)."""
    _gated(work, 4, "lstm", "LSTM")
    work.mistake(
        "three_sets",
        "3 * gate",
        "three sets are counted; besides three gates there is the candidate, so four.",
        "只算了三组；除三个门外还有候选状态，共四组。",
        at="lstm",
    )
    work.mistake(
        "rnn_count",
        "gate",
        "only one set is counted, as in a simple RNN; an LSTM has four.",
        "只算了一组，那是普通 RNN；LSTM 有四组。",
        at="lstm",
    )


@calculator(
    "gru_params",
    ("Parameters of a GRU", "GRU 的参数量"),
    chapter="rnn",
    example={"d_x": 4, "d_h": 3, "d_y": 2},
)
def gru_params(work: Work) -> None:
    """Three sets of weights (two gates and the candidate), each reading input and old state (Cho et al., arXiv:1406.1078)."""
    _gated(work, 3, "gru", "GRU")
    work.mistake(
        "two_sets",
        "2 * gate",
        "two sets are counted; besides two gates there is the candidate, so three.",
        "只算了两组；除两个门外还有候选状态，共三组。",
        at="gru",
    )
    work.mistake(
        "four_sets", "4 * gate", "four sets are counted, as in an LSTM; a GRU has three.", "算了四组，那是 LSTM；GRU 只有三组。", at="gru"
    )
    work.mistake(
        "rnn_count",
        "gate",
        "only one set is counted, as in a simple RNN; a GRU has three.",
        "只算了一组，那是普通 RNN；GRU 有三组。",
        at="gru",
    )


def _gated(work: Work, sets: int, name: str, kind: str) -> None:
    """One set of weights, as many sets as the cell has, the output layer if it is counted, and the total."""
    work.given("d_x", ("input width", "输入维数"), is_=WHOLE)
    work.given("d_h", ("state width", "隐藏状态维数"), is_=WHOLE)
    output, two = _gated_options(work, name)
    work.step("input_weights", "d_h * d_x", ("weights of one set from the input", "一组中的输入权重数"), is_=WHOLE)
    work.step(
        "recurrent_weights",
        "d_h * d_h",
        ("recurrent weights of one set", "一组中的循环权重数"),
        ("state to state: a square matrix", "状态到状态：方阵"),
        is_=WHOLE,
    )
    work.mistake("not_square", "d_h * d_x", *NOT_SQUARE)
    work.step("biases", "2 * d_h" if two else "d_h", ("biases of one set", "一组中的偏置数"), is_=WHOLE)
    work.mistake(
        "bias_per_input",
        "2 * d_x" if two else "d_x",
        "the biases are counted on the inputs; there is one for each state unit.",
        "偏置按输入计数；每个状态单元一个偏置。",
    )
    work.step("gate", "input_weights + recurrent_weights + biases", ("parameters of one set", "一组的参数量"), is_=WHOLE)
    work.mistake("forgot_biases", "input_weights + recurrent_weights", *FORGOT_BIAS, kind="slip")
    work.mistake("forgot_recurrent", "input_weights + biases", "the recurrent matrix is left out.", "漏了循环权重矩阵。")
    work.step(
        name,
        f"{sets} * gate",
        (f"parameters of the {kind} layer", f"{kind} 层的参数量"),
        (f"{sets - 1} gates and the candidate", f"{sets - 1} 个门加候选状态"),
        is_=WHOLE,
    )
    total = name
    if output:
        work.given("d_y", ("output width", "输出维数"), is_=WHOLE)
        work.step("output_layer", "d_y * d_h + d_y", ("parameters of the output layer", "输出层的参数量"), is_=WHOLE)
        work.mistake("forgot_output_bias", "d_y * d_h", "the bias of the output is left out.", "漏了输出层的偏置。", kind="slip")
        work.mistake(
            "from_input",
            "d_y * d_x + d_y",
            "the output is connected to the input; it reads the state.",
            "把输出接到了输入上；输出由状态得到。",
        )
        total = f"{name} + output_layer"
    else:
        work.optional("d_y", ("output width", "输出维数"), is_=WHOLE)
    work.step("total", total, ("parameters in total", "参数总数"), ("the time steps share them", "各时间步共享"), is_=WHOLE)
    if work.optional("T", ("number of time steps", "时间步数"), is_=WHOLE):
        work.mistake("times_steps", f"T * ({total})", *TIMES_STEPS)


def _gated_options(work: Work, name: str) -> tuple[bool, bool]:
    """Whether the output layer counts, and whether a set has two bias vectors."""
    output = work.option(
        "output_layer",
        ("output layer", "输出层"),
        {"excluded": ("The output layer is not included.", "不计输出层。"), "included": ("The output layer is included.", "计入输出层。")},
        default="excluded",
    )
    libraries = "PyTorch" if name == "lstm" else "PyTorch; Keras with reset_after"
    biases = work.option(
        "biases",
        ("biases of one set", "一组中的偏置"),
        {
            "one": ("Each set of weights has one bias vector.", "每组权重有一个偏置向量。"),
            "two": (
                f"Each set of weights has two bias vectors ({libraries}).",
                f"每组权重有两个偏置向量（{libraries.replace('; ', '；').replace(' with ', ' 的 ')}）。",
            ),
        },
        default="one",
    )
    return output == "included", biases == "two"
