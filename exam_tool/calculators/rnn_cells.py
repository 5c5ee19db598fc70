"""The forward pass of a simple recurrent network over any number of time steps, and what all cells share."""

from __future__ import annotations

from .work import Pair, Work, calculator

NO_HISTORY: Pair = ("the old state is left out; add the recurrent weights times the old state.", "漏了旧状态；应加上循环权重乘旧状态。")
NO_BIAS: Pair = ("the bias is left out; add it.", "漏了偏置；应加上它。")
STATE_FUNCTIONS = {
    "tanh": ("The state uses tanh.", "状态使用 tanh。"),
    "relu": ("The state uses ReLU.", "状态使用 ReLU。"),
    "sigmoid": ("The state uses the sigmoid.", "状态使用 sigmoid。"),
    "identity": ("The state has no activation function.", "状态不用激活函数。"),
}


def declare_inputs(work: Work) -> list[tuple[str, str]]:
    """Declares ``x`` and returns, for every time step, the suffix of its names and the formula of its input.

    A vector is one step called t; a matrix holds one step in each row, numbered from 1.
    """
    work.given("x", ("input; a matrix holds one time step in each row", "输入；矩阵的每一行是一个时间步"), shape=None, aliases=["x_t"])
    if len(work.shape("x")) == 2:
        return [(str(time), f"x[{time}]") for time in range(1, work.length("x") + 1)]
    return [("t", "x")]


def at_time(suffix: str) -> Pair:
    """What a label says of the time: English puts it at the end, Chinese at the beginning."""
    return ("", "") if suffix == "t" else (f" at time {suffix}", f"时刻 {suffix} 的")


def _function(choice: str, argument: str) -> str:
    return argument if choice in ("identity", "linear") else f"{choice}({argument})"


@calculator(
    "rnn_step",
    ("Forward pass of a simple recurrent network", "简单循环网络的前向计算"),
    chapter="rnn",
    example={
        "x": [[1, 0], [0, 1]],
        "U": [[1, 2], [0, 1]],
        "W": [[1, 1], [-1, 0]],
        "b": [0, 1],
        "V": [[1, -1], [2, 0]],
        "b_y": [1, 0],
    },
)
def rnn_step(work: Work) -> None:
    """S_t = f(U x_t + W S_(t-1) + b) and o_t = g(V S_t + b_y), from S_0 = 0 unless it is given (Goodfellow et al. 2016, sec. 10.2)."""
    hidden = work.option(
        "hidden_activation", ("activation of the state", "状态的激活函数"), STATE_FUNCTIONS, default="tanh", convention=False
    )
    output = work.option(
        "output",
        ("function of the output", "输出函数"),
        {
            "softmax": ("The output is a softmax.", "输出使用 softmax。"),
            "linear": ("The output is linear.", "输出为线性。"),
            "sigmoid": ("The output uses the sigmoid.", "输出使用 sigmoid。"),
        },
        default="softmax",
        convention=False,
    )
    bias = work.option(
        "output_bias",
        ("bias of the output", "输出偏置"),
        {"with": ("The output has a bias.", "输出有偏置。"), "without": ("The output has no bias.", "输出没有偏置。")},
        default="with",
        convention=False,
    )
    steps = declare_inputs(work)
    work.given("U", ("input weights", "输入权重"), shape="d_h d_x")
    work.given("W", ("recurrent weights", "循环权重"), shape="d_h d_h")
    work.given("b", ("biases of the state", "状态的偏置"), shape="d_h", default="zeros(len(W))")
    started = work.optional("S_0", ("initial state", "初始状态"), shape="d_h", aliases=["S_prev", "h_prev"])
    reads_out = work.optional("V", ("output weights", "输出权重"), shape="d_y d_h")
    if reads_out and bias == "with":
        work.given("b_y", ("output biases", "输出偏置"), shape="d_y", default="zeros(len(V))")
    else:
        work.optional("b_y", ("output biases", "输出偏置"), shape="d_y")
    if not started:
        work.given("S_0", ("initial state", "初始状态"), shape="d_h", default="zeros(len(W))")
    before = "S_0"
    for suffix, x in steps:
        _rnn_state(work, suffix, x, before, started or before != "S_0", hidden)
        if reads_out:
            _rnn_output(work, suffix, x, bias == "with", output)
        before = f"S_{suffix}"


def _rnn_state(work: Work, suffix: str, x: str, before: str, history: bool, hidden: str) -> None:
    en, zh = at_time(suffix)
    work.step(f"Ux_{suffix}", f"U @ {x}", (f"input part{en}", f"{zh}输入部分"), ("input weights times input", "输入权重乘输入"))
    work.step(
        f"WS_{suffix}", f"W @ {before}", (f"recurrent part{en}", f"{zh}循环部分"), ("recurrent weights times old state", "循环权重乘旧状态")
    )
    if history:
        work.mistake("transposed", f"W.T @ {before}", "the recurrent matrix is transposed; each row of it makes one entry of the new state.", "把循环权重矩阵转置了；它的每一行对应新状态的一个分量。")
    work.step(f"z_{suffix}", f"Ux_{suffix} + WS_{suffix} + b", (f"pre-activation{en}", f"{zh}净输入"), ("both parts and the biases", "两部分与偏置之和"))
    if history:
        work.mistake("no_history", f"Ux_{suffix} + b", *NO_HISTORY)
    work.mistake("u_w_swapped", f"W @ {x} + U @ {before} + b", "the two matrices are exchanged; U multiplies the input, W the old state.", "两个矩阵用反了；U 乘输入，W 乘旧状态。")
    work.mistake("no_bias", f"Ux_{suffix} + WS_{suffix}", *NO_BIAS, kind="slip")
    work.step(f"S_{suffix}", _function(hidden, f"z_{suffix}"), (f"state{en}", f"{zh}状态"))
    if hidden != "identity":
        work.mistake("no_activation", f"z_{suffix}", "the activation function is left out; apply it to the pre-activation.", "漏了激活函数；应对净输入施加它。", kind="slip")


def _rnn_output(work: Work, suffix: str, x: str, bias: bool, output: str) -> None:
    en, zh = at_time(suffix)
    logits = "logits" if suffix == "t" else f"logits_{suffix}"
    work.step(logits, f"V @ S_{suffix}" + " + b_y" * bias, (f"logits{en}", f"{zh} logits".strip()), ("the output reads the state", "输出由状态得到"))
    work.mistake(
        "output_from_x",
        f"V @ {x}" + " + b_y" * bias,
        "the output is computed from the input; compute it from the state.",
        "用输入计算了输出；应由状态计算。",
    )
    if bias:
        work.mistake("no_output_bias", f"V @ S_{suffix}", *NO_BIAS, kind="slip")
    work.step(f"o_{suffix}", _function(output, logits), (f"output{en}", f"{zh}输出"))
    if output == "softmax":
        work.mistake("not_normalised", f"exp({logits})", "the exponentials are not divided by their sum; divide, so that they add up to 1.", "各指数没有除以它们的和；应相除，使概率之和为 1。")
