"""Gradient steps of every kind: mini-batches, counts of updates, momentum and adaptive rates, initial scales, clipping.

Gradients are given as numbers here; steps on a function given as a formula are in ``descent``.
"""

from __future__ import annotations

from .work import Work, calculator

REDUCTIONS = {
    "mean": ("A step takes the mean of the gradients of its batch.", "每次更新使用批内梯度的平均。"),
    "sum": ("A step takes the sum of the gradients of its batch.", "每次更新使用批内梯度之和。"),
}


@calculator(
    "minibatch_update",
    ("Batch, stochastic and mini-batch updates", "批量、随机与小批量更新"),
    chapter="optimization",
    example={"w": 1, "g": [2, -1, 3, 4], "eta": "0.1"},
)
def minibatch_update(work: Work) -> None:
    """w - eta * mean of per-sample gradients; ``g`` has one number (or row) a sample, taken in order in batches of ``B``.

    B = 1 walks the SGD path; the default is one full batch. The gradients count as given: they are not taken anew after a step.
    Source: Goodfellow et al. 2016, section 8.1.3.
    """
    work.given("w", ("weight", "权重"), shape=None)
    work.given("g", ("gradients of the samples", "各样本的梯度"), shape=None, aliases=["gradients", "per_sample_gradients", "grads"])
    vector = bool(work.shape("w"))
    work.fits("w", "d" if vector else "")
    work.fits("g", "n d" if vector else "n")
    samples = work.length("g")
    work.given("eta", ("learning rate", "学习率"), is_="> 0")
    work.given("B", ("batch size", "批大小"), is_="integer, >= 1", default="len(g)")
    size = min(work.count("B"), samples) if work.offered("B") else samples
    mean = work.option("reduction", ("gradients of a batch", "批内梯度的合并"), REDUCTIONS, default="mean") == "mean"
    starts = range(0, samples, size)
    previous = "w"
    for number, start in enumerate(starts, 1):
        end = f"_{number}" if len(starts) > 1 else ""
        new = f"w_{number}" if len(starts) > 1 else "w_new"
        picked = [f"g[{i + 1}]" for i in range(start, min(start + size, samples))]
        _batch(work, f"g_bar{end}", picked, mean, whole=len(starts) == 1, vector=vector)
        work.step(new, f"{previous} - eta*g_bar{end}", ("new weight", "更新后的权重") if len(starts) == 1 else (f"weight after step {number}" if not vector else f"weights after step {number}", f"第 {number} 次更新后的权重"), ("a step against the gradient", "沿梯度的反方向走一步"))
        work.mistake("ascent", f"{previous} + eta*g_bar{end}", "the step goes up the gradient; descent subtracts it.", "沿梯度方向走了一步；梯度下降应减去梯度。", kind="slip")
        previous = new


def _batch(work: Work, name: str, picked: list[str], mean: bool, *, whole: bool, vector: bool) -> None:
    added = ("sum(g, 1)" if vector else "sum(g)") if whole and len(picked) > 1 else " + ".join(picked)
    count = len(picked)
    formula = added if not mean or count == 1 else f"{added}/{count}" if whole else f"({added})/{count}"
    en, zh = ("mean gradient", "平均梯度") if mean else ("summed gradient", "梯度之和")
    label = (en, zh) if whole else (f"{en} of batch {name.removeprefix('g_bar_')}", f"第 {name.removeprefix('g_bar_')} 批的{zh}")
    work.step(name, formula, label if count > 1 else ("gradient of the sample", "该样本的梯度"), ("added over the batch, divided by its size", "对批内求和再除以批大小") if mean and count > 1 else None)
    if count > 1:
        work.mistake("last_only", picked[-1], "only the last sample of the batch is used; all of them count.", "只用了批内最后一个样本；批内所有样本都要计入。")


@calculator(
    "updates_per_epoch",
    ("Updates per epoch", "每轮的更新次数"),
    chapter="optimization",
    example={"N": 64000, "B": 64, "epochs": 5},
)
def updates_per_epoch(work: Work) -> None:
    """Parameter updates in one epoch and in all. Source: Goodfellow et al. 2016, section 8.1.3."""
    work.given("N", ("training samples", "训练样本数"), is_="integer, >= 1")
    work.given("B", ("batch size", "批大小"), is_="integer, >= 1")
    work.given("epochs", ("epochs", "训练轮数"), is_="integer, >= 1", default="1")
    remainder = work.option(
        "remainder",
        ("samples left over", "除不尽的样本"),
        {
            "ceil": ("A last, smaller batch is used too.", "最后不足一批的样本也更新一次。"),
            "floor": ("A last, smaller batch is dropped.", "最后不足一批的样本舍去。"),
            "exact": ("The batch size divides the number of samples.", "批大小整除样本数。"),
        },
        default="ceil",
        spellings={"ceil (keep last)": "ceil", "floor (drop last)": "floor", "N/B exact (001)": "exact"},
    )
    work.step("bgd", "N/N", ("updates per epoch, full batch", "批量梯度下降每轮更新次数"), ("the one batch holds all samples", "一个批次包含全部样本"))
    work.mistake("bgd_n", "N", "the full batch is counted once for every sample; it makes one update an epoch.", "把批量梯度下降按样本计数了；它每轮只更新一次。")
    work.step("sgd", "N", ("updates per epoch, one sample at a time", "随机梯度下降每轮更新次数"), ("every sample makes one update", "每个样本更新一次"))
    right = "N/B" if remainder == "exact" else f"{remainder}(N/B)"
    work.step("per_epoch", right, ("updates per epoch, mini-batch", "小批量每轮更新次数"), ("every batch makes one update", "每批更新一次"), is_="integer, >= 0")
    work.mistake("inverted", "B/N", "the fraction is upside down; the number of samples is divided by the batch size.", "分子分母颠倒了；应以样本数除以批大小。", kind="slip")
    work.mistake("product", "N*B", "the number of samples is multiplied by the batch size; it is divided by it.", "把样本数与批大小相乘了；应当相除。")
    work.step("total", "per_epoch*epochs", ("updates in all", "总更新次数"))


DISTRIBUTIONS = {
    "uniform": ("Weights are drawn uniformly from `[-bound, bound]`.", "权重从区间 `[-bound, bound]` 上均匀抽取。"),
    "normal": ("Weights are drawn from a normal distribution.", "权重从正态分布中抽取。"),
}


@calculator(
    "xavier_init",
    ("Xavier (Glorot) initialisation", "Xavier（Glorot）初始化"),
    chapter="optimization",
    example={"m": 100, "n": 50},
)
def xavier_init(work: Work) -> None:
    """Variance 2/(m + n), and the bound sqrt(6/(m + n)) of the uniform distribution. Source: Glorot and Bengio, AISTATS 2010."""
    work.given("m", ("fan-in", "输入维数"), is_="integer, >= 1", aliases=["fan_in"])
    work.given("n", ("fan-out", "输出维数"), is_="integer, >= 1", aliases=["fan_out"])
    law = work.option("distribution", ("distribution", "分布"), DISTRIBUTIONS, default="uniform", convention=False)
    work.step("variance", "2/(m + n)", ("variance of a weight", "权重的方差"), ("one over the mean of the two fans", "输入与输出维数平均值的倒数"), is_="> 0")
    work.mistake("fan_in_only", "2/m", "only the number of inputs is used; Xavier takes the mean of inputs and outputs.", "只用了输入维数；Xavier 取输入与输出维数的平均。")
    work.step("std", "sqrt(variance)", ("standard deviation", "标准差"), is_="> 0")
    if law == "uniform":
        work.step("bound", "sqrt(6/(m + n))", ("bound of the interval", "区间端点"), ("a uniform distribution on `[-a, a]` has the variance `a^2/3`", "`[-a, a]` 上均匀分布的方差为 `a^2/3`"), is_="> 0")
        work.mistake("sqrt2", "sqrt(2/(m + n))", "the standard deviation is taken for the bound; the bound is `sqrt(3)` times as large.", "把标准差当成了区间端点；端点是标准差的 `sqrt(3)` 倍。")
        work.mistake("fan_in", "sqrt(6/m)", "only the number of inputs is used, as in He initialisation; Xavier adds the number of outputs.", "只用了输入维数，那是 He 初始化的端点；Xavier 还要加上输出维数。")
        work.mistake("no_root", "6/(m + n)", "the square root is not taken; `6/(m + n)` is the square of the bound.", "漏了开平方；`6/(m + n)` 是端点的平方。")


SCHEMES = {
    "he": ("He initialisation: the variance is `2/m`.", "He 初始化：方差为 `2/m`。"),
    "lecun": ("LeCun initialisation: the variance is `1/m`.", "LeCun 初始化：方差为 `1/m`。"),
}


FANS = {
    "in": ("m", ("The variance is divided by the number of inputs.", "方差除以输入维数。")),
    "out": ("n", ("The variance is divided by the number of outputs.", "方差除以输出维数。")),
    "mean": ("((m + n)/2)", ("The variance is divided by the mean of both numbers.", "方差除以输入与输出维数的平均。")),
}


@calculator(
    "he_init",
    ("He and LeCun initialisation", "He 与 LeCun 初始化"),
    chapter="optimization",
    example={"m": 50},
)
def he_init(work: Work) -> None:
    """Variance 2/m for ReLU layers (He) or 1/m (LeCun), with the uniform bound; with a fan-out n also divided by that, or by the mean.

    Source: He et al., arXiv:1502.01852; LeCun et al. 1998.
    """
    work.given("m", ("fan-in", "输入维数"), is_="integer, >= 1", aliases=["fan_in"])
    other = work.optional("n", ("fan-out", "输出维数"), is_="integer, >= 1", aliases=["fan_out"])
    spellings = {"He: var 2/m": "he", "LeCun: var 1/m (what 001 prints under the He name)": "lecun"}
    top = 2 if work.option("scheme", ("scheme", "方案"), SCHEMES, default="he", spellings=spellings) == "he" else 1
    fan = work.option("fan", ("fan", "取哪个维数"), {name: says for name, (_, says) in FANS.items()}, default="in") if other else "in"
    share = FANS[fan][0]
    work.step("variance", f"{top}/{share}", ("variance of a weight", "权重的方差"), ("the 2 makes up for the half of the units that ReLU switches off", "分子的 2 弥补了被 ReLU 关闭的约一半单元") if top == 2 else ("the weighted sum then varies about as much as the inputs", "这样加权和的方差与输入大致相同") if fan == "in" else None, is_="> 0")
    work.mistake("variance_as_std", f"sqrt({top}/{share})", "the standard deviation is given as the variance; the variance is its square.", "把标准差当成了方差；方差是标准差的平方。")
    if other and fan == "in":
        work.mistake("fan_sum", "2/(m + n)", "both fans are used, as in Xavier's variance; only the fan-in counts here.", "用了输入与输出维数之和，那是 Xavier 的方差；这里只用输入维数。")
    work.step("std", "sqrt(variance)", ("standard deviation", "标准差"), is_="> 0")
    work.step("bound", "sqrt(3*variance)", ("bound of the uniform distribution", "均匀分布的端点"), ("a uniform distribution on `[-a, a]` has the variance `a^2/3`", "`[-a, a]` 上均匀分布的方差为 `a^2/3`"), is_="> 0")
    work.mistake("std_as_bound", "std", "the standard deviation is taken for the bound; the bound is `sqrt(3)` times as large.", "把标准差当成了区间端点；端点是标准差的 `sqrt(3)` 倍。")


CLIPPING = {
    "norm": ("A gradient longer than `theta` is scaled to the length `theta`.", "梯度的长度超过 `theta` 时，按比例缩放到长度 `theta`。"),
    "value": ("Every entry is clipped to the interval from `-theta` to `theta`.", "各分量截断到 `-theta` 与 `theta` 之间。"),
}


@calculator(
    "gradient_clipping",
    ("Gradient clipping", "梯度裁剪"),
    chapter="optimization",
    example={"g": [3, -4], "theta": 2},
)
def gradient_clipping(work: Work) -> None:
    """g * min(1, theta/|g|), or each entry clipped. Source: Pascanu et al., arXiv:1211.5063; Goodfellow et al. 2016, section 10.11.1."""
    work.given("g", ("gradient", "梯度"), shape="n")
    work.given("theta", ("threshold", "阈值"), is_="> 0", aliases=["c"])
    kind = work.option("kind", ("kind of clipping", "裁剪方式"), CLIPPING, default="norm", convention=False, spellings={"by norm": "norm", "by value": "value"})
    per_entry = "max(min(g, theta), -theta)"
    if kind == "value":
        work.step("clipped", per_entry, ("clipped gradient", "裁剪后的梯度"), ("every entry on its own", "逐个分量截断"))
        work.mistake("norm_for_value", "g*min(1, theta/norm(g))", "the whole vector is scaled; here every entry is clipped.", "对整个向量做了缩放；这里应逐个分量截断。")
        return
    work.step("length", "norm(g)", ("length of the gradient", "梯度的长度"), ("the square root of the sum of squares", "平方和的平方根"), is_=">= 0")
    work.mistake("l1_norm", "norm(g, 1)", "absolute values are added; the length is the square root of the sum of squares.", "把各分量的绝对值相加了；长度是平方和的平方根。")
    work.step("scale", "min(1, theta/length)", ("scaling factor", "缩放系数"), ("only gradients that are too long are scaled", "只缩放过长的梯度"), is_="> 0, <= 1")
    work.mistake("always_scale", "theta/length", "a gradient that is short enough is stretched; it stays as it is.", "把本来够短的梯度也拉长了；它应保持不变。")
    work.step("clipped", "scale*g", ("clipped gradient", "裁剪后的梯度"))
    work.mistake("per_entry", per_entry, "entries are clipped one by one; clipping by norm keeps the direction.", "逐个分量截断了；按范数裁剪应保持方向。")
