"""Variants of convolution: one dimension, groups, and a batch norm folded into the convolution before it."""

from __future__ import annotations

from .cnn_words import FORGOT_BIAS, NATURAL, NO_PLUS_ONE, SINGLE_PADDING, WHOLE, ask_bias
from .work import Work, calculator


@calculator(
    "conv1d_output",
    ("One-dimensional convolution: output length and parameters", "一维卷积：输出长度与参数量"),
    chapter="cnn",
    example={"N": 50, "C_in": 4, "K": 5, "P": 2, "S": 3, "D": 2, "C_out": 8},
)
def conv1d_output(work: Work) -> None:
    """Length and parameters of a 1-D convolution on a sequence of N vectors with C_in entries; dilation D (PyTorch docs, ``Conv1d``)."""
    work.given("N", ("length of the sequence", "序列长度"), is_=WHOLE)
    work.given("C_in", ("input channels", "输入通道数"), is_=WHOLE, default="1")
    work.given("K", ("kernel size", "卷积核长度"), is_=WHOLE)
    work.given("P", ("padding on each side", "每侧填充"), is_=NATURAL, default="0")
    strided = work.optional("S", ("stride", "步幅"), is_=WHOLE)
    work.given("D", ("dilation", "膨胀率"), is_=WHOLE, default="1")
    work.given("C_out", ("number of filters", "卷积核个数"), is_=WHOLE, default="1", aliases=["filters"])
    bias = ask_bias(work, "with")
    work.step("K_eff", "D*(K - 1) + 1", ("extent of the dilated kernel", "膨胀后的卷积核长度"), ("`D - 1` places lie between neighbouring weights", "相邻权重之间隔开 `D - 1` 个位置"), is_=WHOLE)
    work.mistake("dilation_times_kernel", "D*K", "the whole kernel is multiplied by the dilation; only its `K - 1` gaps are.", "把整个卷积核乘以了膨胀率；只有 `K - 1` 个间隔被拉开。")
    work.step("room", "N + 2*P - K_eff", ("room to move", "可移动的距离"), ("padding is added at both ends", "两端都要填充"), is_=NATURAL)
    work.mistake("single_padding", "N + P - K_eff", *SINGLE_PADDING)
    moves = "floor(room / S)" if strided else "room"
    work.step("N_out", f"{moves} + 1", ("output length", "输出长度"), ("positions = moves + 1", "位置数 = 移动次数 + 1"), is_=WHOLE)
    work.mistake("no_plus_one", moves, *NO_PLUS_ONE)
    work.step("weights", "K*C_in*C_out", ("weights", "权重数"), ("each filter spans all input channels", "每个卷积核覆盖全部输入通道"), is_=WHOLE)
    work.mistake("k_squared", "K^2*C_in*C_out", "the kernel size is squared; in one dimension there are `K` weights for each channel.", "把卷积核长度平方了；一维时每个通道只有 `K` 个权重。")
    work.mistake("forgot_c_in", "K*C_out", "the input channels are left out; each filter spans all of them.", "漏了输入通道数；每个卷积核覆盖全部输入通道。")
    work.step("total", "weights + C_out" if bias else "weights", ("parameters", "参数量"), is_=WHOLE)
    if bias:
        work.mistake("forgot_bias", "weights", *FORGOT_BIAS, kind="slip")


@calculator(
    "grouped_conv",
    ("Grouped convolution", "分组卷积"),
    chapter="cnn",
    example={"K": 3, "C_in": 12, "C_out": 20, "G": 4},
)
def grouped_conv(work: Work) -> None:
    """Parameters of a K x K convolution whose channels are split into G groups that do not mix (Krizhevsky et al. 2012; PyTorch docs, ``Conv2d``)."""
    work.given("K", ("kernel size", "卷积核边长"), is_=WHOLE)
    work.given("C_in", ("input channels", "输入通道数"), is_=WHOLE)
    work.given("C_out", ("number of filters", "卷积核个数"), is_=WHOLE, aliases=["filters"])
    work.given("G", ("number of groups", "组数"), is_=WHOLE, aliases=["groups"])
    bias = ask_bias(work, "with")
    plus = " + C_out" if bias else ""
    work.step("depth", "C_in / G", ("channels each filter sees", "每个卷积核看到的通道数"), ("a filter sees the channels of its own group", "卷积核只看到本组的通道"), is_=WHOLE)
    work.mistake("all_channels", "C_in", "each filter is given all channels; it sees only those of its group.", "让每个卷积核看到了全部通道；它只看到本组的通道。")
    work.step("filters_per_group", "C_out / G", ("filters in each group", "每组的卷积核个数"), is_=WHOLE)
    work.step("weights", "K^2*depth*C_out", ("weights", "权重数"), ("`G` groups of `C_out/G` filters make `C_out` filters", "`G` 组、每组 `C_out/G` 个卷积核，共 `C_out` 个"), is_=WHOLE)
    work.mistake("one_group", "K^2*depth*filters_per_group", "one group is counted; there are `G`.", "只数了一组；共有 `G` 组。")
    work.mistake("times_groups", "K^2*C_in*C_out*G", "the weights are multiplied by the number of groups; groups make them fewer.", "把权重数乘以了组数；分组会使权重变少。")
    work.step("total", f"weights{plus}", ("parameters", "参数量"), is_=WHOLE)
    if bias:
        work.mistake("forgot_bias", "weights", *FORGOT_BIAS, kind="slip")
    work.step("full", f"K^2*C_in*C_out{plus}", ("without groups", "不分组时的参数量"), is_=WHOLE)
    work.step("ratio", "total / full", ("grouped : not grouped", "分组与不分组之比"), is_="> 0")
    work.mistake("upside_down", "full / total", "the ratio is taken the other way round; exchange top and bottom.", "比值颠倒了；应交换分子与分母。", kind="slip")


@calculator(
    "batch_norm_folding",
    ("Batch norm folded into a convolution", "把批归一化并入卷积"),
    chapter="cnn",
    example={"w": [2, -1, 4], "b": 1, "mu": 3, "var": 4, "gamma": 2, "beta": -1},
)
def batch_norm_folding(work: Work) -> None:
    """Weights and bias of one filter after its batch norm is folded in: w gamma/sqrt(var + eps) and (b - mu) gamma/sqrt(var + eps) + beta (Jacob et al. 2017, arXiv:1712.05877)."""
    work.given("w", ("weights of the filter", "卷积核的权重"), shape=None)
    work.given("b", ("bias of the filter", "卷积核的偏置"), default="0")
    work.given("mu", ("running mean", "滑动均值"))
    work.given("var", ("running variance", "滑动方差"), is_=">= 0")
    work.given("gamma", ("scale", "缩放参数"))
    work.given("beta", ("shift", "平移参数"))
    work.given("eps", ("epsilon", "防零常数"), is_=">= 0", default="0")
    work.step("scale", "gamma / sqrt(var + eps)", ("factor of the filter", "该卷积核的系数"), ("batch norm divides by the standard deviation and multiplies by `gamma`", "批归一化除以标准差，再乘 `gamma`"))
    work.mistake("no_root", "gamma / (var + eps)", "the variance is used without its root; batch norm divides by the standard deviation.", "方差没有开方；批归一化除以的是标准差。")
    work.step("w_new", "scale*w", ("folded weights", "并入后的权重"))
    work.mistake("gamma_only", "gamma*w", "the standard deviation is left out; the factor divides by it.", "没有除以标准差；系数中要除以它。")
    work.step("b_new", "scale*(b - mu) + beta", ("folded bias", "并入后的偏置"), ("the old bias is centred and scaled like any output", "原偏置与输出一样先减均值再缩放"))
    work.mistake("bias_kept", "b - scale*mu + beta", "the old bias is not scaled; it is multiplied by the factor like any output.", "原偏置没有乘系数；它与输出一样要乘。")
    work.mistake("beta_only", "beta - scale*mu", "the old bias is left out; it is centred and scaled too.", "漏了原偏置；它也要减均值再缩放。", kind="slip")
    work.mistake("plus_mean", "scale*(b + mu) + beta", "the mean is added; it is subtracted.", "加上了均值；应当减去。", kind="slip")
