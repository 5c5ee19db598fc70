"""The 1 x 1 convolution on numbers: what it computes at each pixel, and its counts."""

from __future__ import annotations

from .cnn_params import write_conv1x1_counts
from .cnn_words import ask_bias
from .work import Work, calculator


@calculator(
    "conv1x1",
    ("1 × 1 convolution on numbers", "1 × 1 卷积的数值计算"),
    chapter="cnn",
    rows=("conv1x1",),
    example={"X": [[[1, 2], [0, -1]]], "W": [[1, 0, 2], [-1, 3, 1]], "b": [1, 0, -2]},
)
def conv1x1(work: Work) -> None:
    """Values, output shape, parameters and multiplications of a 1 x 1 convolution (Lin et al. 2013, arXiv:1312.4400).

    X is H x W x C_in, W is C_in x C_out, b has C_out entries; every pixel x becomes ``x @ W + b``.
    """
    work.given("X", ("input, height × width × channels", "输入（高 × 宽 × 通道）"), shape="h w c")
    work.given("W", ("weights, input × output channels", "权重（输入通道 × 输出通道）"), shape="c d")
    work.given("b", ("biases", "偏置"), shape="d", default="zeros(len(W[1]))")
    bias = ask_bias(work, "with")
    height, width, before = work.shape("X")
    after = work.shape("W")[1]
    plus = " + b" if bias else ""
    for i in range(1, height + 1):
        for j in range(1, width + 1):
            work.step(
                f"y_{i}_{j}", f"X[{i}, {j}] @ W{plus}", (f"output at pixel ({i}, {j})", f"像素 ({i}, {j}) 处的输出"),
                ("the same weights mix the channels of every pixel", "每个像素都用同一组权重混合通道"),
            )  # fmt: skip
            if bias:
                work.mistake("no_bias", f"X[{i}, {j}] @ W", "the bias is left out; each output channel has one.", "漏加了偏置；每个输出通道各有一个。", kind="slip")
            if before == after:
                work.mistake("not_transposed", f"W @ X[{i}, {j}]{plus}", "the weights are used row by row; a column of `W` belongs to an output channel.", "按行使用了权重；`W` 的一列对应一个输出通道。")
    write_conv1x1_counts(work, str(height), str(width), str(before), str(after), bias)
