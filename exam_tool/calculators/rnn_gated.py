"""Parameter counts of LSTM and GRU layers, with or without an output layer. Their states are computed in ``rnn_gates``."""

from __future__ import annotations

from .rnn import FORGOT_BIAS, NOT_SQUARE, TIMES_STEPS, WHOLE
from .work import Work, calculator


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
    work.step("input_weights", "d_h * d_x", ("weights of one set from the input", "一组中的输入权重数"), ("each state unit sees every input", "每个状态单元连接所有输入"), is_=WHOLE)
    work.step(
        "recurrent_weights",
        "d_h * d_h",
        ("recurrent weights of one set", "一组中的循环权重数"),
        ("each state unit sees the whole old state", "每个状态单元连接整个旧状态"),
        is_=WHOLE,
    )
    work.mistake("not_square", "d_h * d_x", *NOT_SQUARE)
    work.step("biases", "2 * d_h" if two else "d_h", ("biases of one set", "一组中的偏置数"), ("two for each state unit", "每个状态单元两个") if two else ("one for each state unit", "每个状态单元一个"), is_=WHOLE)
    work.mistake(
        "bias_per_input",
        "2 * d_x" if two else "d_x",
        "the biases are counted on the inputs; count them on the state units.",
        "偏置按输入计了数；应按状态单元计数。",
    )
    work.step("gate", "input_weights + recurrent_weights + biases", ("parameters of one set", "一组的参数量"), ("a gate or the candidate", "一个门或候选状态"), is_=WHOLE)
    work.mistake("forgot_biases", "input_weights + recurrent_weights", *FORGOT_BIAS, kind="slip")
    work.mistake("forgot_recurrent", "input_weights + biases", "the recurrent matrix is left out; it leads from the old state to the new one.", "漏了循环权重矩阵；它由旧状态通向新状态。")
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
        work.step("output_layer", "d_y * d_h + d_y", ("parameters of the output layer", "输出层的参数量"), ("weights from the state, and biases", "来自状态的权重，以及偏置"), is_=WHOLE)
        work.mistake("forgot_output_bias", "d_y * d_h", "the bias of the output is left out; it is a parameter too.", "漏了输出层的偏置；它也是参数。", kind="slip")
        work.mistake(
            "from_input",
            "d_y * d_x + d_y",
            "the output is connected to the input; it reads the state, so its width counts.",
            "把输出接到了输入上；输出由状态得到，应取状态的维数。",
        )
        total = f"{name} + output_layer"
    else:
        work.optional("d_y", ("output width", "输出维数"), is_=WHOLE)
    work.step("total", total, ("parameters in total", "参数总数"), ("counted once, as all time steps share them", "各时间步共享，只计一次"), is_=WHOLE)
    if work.optional("T", ("number of time steps", "时间步数"), is_=WHOLE):
        work.mistake("times_steps", f"T * ({total})", *TIMES_STEPS)


def _gated_options(work: Work, name: str) -> tuple[bool, bool]:
    """Whether the output layer counts, and whether a set has two bias vectors."""
    output = work.option(
        "output_layer",
        ("output layer", "输出层"),
        {"excluded": ("The output layer is not included.", "不计输出层。"), "included": ("The output layer is included.", "计入输出层。")},
        default="excluded",
        convention=False,
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
