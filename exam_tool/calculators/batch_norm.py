"""Batch normalisation on numbers: the forward pass of a batch, and running statistics with the output at test time."""

from __future__ import annotations

from .work import Pair, Work, calculator

VARIANCES: dict[str, Pair] = {
    "n": ("The variance of the batch divides by the number of samples.", "批内方差除以样本数。"),
    "n-1": ("The variance of the batch divides by one less than the number of samples.", "批内方差除以样本数减 1。"),
}
DENOMINATORS: dict[str, Pair] = {
    "eps": ("The small constant `eps` is added to the variance, under the square root.", "小常数 `eps` 加在方差上，位于根号内。"),
    "std": ("The denominator is the standard deviation, without a small constant.", "分母为标准差，不加小常数。"),
}


@calculator(
    "batch_norm",
    ("Batch normalisation of a batch", "批归一化前向计算"),
    chapter="regularization",
    example={"Z": [[1, 2], [5, 2], [1, 8], [5, 8]], "gamma": [2, 1], "beta": [0, -1]},
)
def batch_norm(work: Work) -> None:
    """Mean and variance of each feature over the batch, normalisation, scale and shift. ``Z`` has a row a sample, or is a vector for one feature.

    Source: Ioffe and Szegedy, arXiv:1502.03167, algorithm 1.
    """
    work.given("Z", ("batch", "批数据"), shape=None, aliases=["z"])
    wide = len(work.shape("Z")) == 2
    work.fits("Z", "m d" if wide else "m")
    for name, label, default in (("gamma", ("scale", "缩放参数"), "1"), ("beta", ("shift", "平移参数"), "0")):
        work.given(name, label, shape=None, default=f"{default} + 0*mean(Z, 1)" if wide else default)
        work.fits(name, "d" if wide else "")
    divisor = work.option("variance", ("variance", "方差"), VARIANCES, default="n", spellings={"divide by m": "n", "divide by m-1": "n-1"})
    spellings = {"sqrt(var+eps)": "eps", "std, no eps (001)": "std"}
    bare = work.option("denominator", ("denominator", "分母"), DENOMINATORS, default="eps", spellings=spellings) == "std"
    constant = _ask_constant(work, bare)
    _statistics(work, wide, divisor)
    _normalise(work, wide, constant)
    relu = {"none": ("", ""), "relu": ("ReLU follows the normalisation.", "归一化之后接 ReLU。")}
    if work.option("activation", ("activation", "激活函数"), relu, default="none", convention=False) == "relu":
        work.step("h", "relu(Y)", ("output after ReLU", "ReLU 之后的输出"))


def _ask_constant(work: Work, bare: bool) -> str:
    """What is added to the variance; a course without the constant leaves out one that is given."""
    small: Pair = ("small constant", "小常数")
    if bare:
        work.optional("eps", small, is_=">= 0")
        return ""
    work.given("eps", small, is_=">= 0", default="0")
    return " + eps"


def _statistics(work: Work, wide: bool, divisor: str) -> None:
    m = work.length("Z")
    axis = ", 1" if wide else ""
    work.step("mu", f"mean(Z{axis})", ("batch mean", "批均值"), ("each feature is averaged over the batch", "每个特征沿批次求平均") if wide else ("averaged over the samples of the batch", "对批内各样本求平均"))
    work.step("deviations", f"Z - outer(ones({m}), mu)" if wide else "Z - mu", ("deviations from the mean", "与均值的偏差"))
    count = m if divisor == "n" else m - 1
    total = "sum(deviations^2, 1)" if wide else "sum(deviations^2)"
    work.step("var", f"{total}/{count}", ("batch variance", "批方差"), ("the mean of the squared deviations", "偏差平方的平均") if divisor == "n" else None, is_=">= 0")
    work.mistake("not_averaged", total, f"the squares are only added up; the variance divides their sum by {count}.", f"只把平方相加了；方差还要除以 {count}。")


def _normalise(work: Work, wide: bool, constant: str) -> None:
    m = work.length("Z")
    ones = f"ones({m})"

    def divided(bottom: str) -> str:
        return f"deviations/outer({ones}, {bottom})" if wide else f"deviations/{bottom}"

    root = f"sqrt(var{constant})"
    work.step("Z_hat", divided(root), ("normalised batch", "归一化后的批数据"), ("the deviations are divided by the square root of the variance", "偏差除以方差的平方根"))
    work.mistake("no_root", divided(f"(var{constant})"), "the square root of the variance is not taken; the deviations are divided by the root.", "方差没有开平方；偏差应除以方差的平方根。")
    if constant and work.offered("eps"):
        work.mistake("sqrt_eps_plus_var", divided("(sqrt(eps) + var)"), "the square root is taken of the constant only; it is taken of variance plus constant.", "只对小常数开了平方；应对方差加小常数之和开平方。")
    if wide:
        d = work.shape("Z")[1]
        rows = f"(Z - outer(mean(Z, 2), ones({d})))/outer(sqrt(variance(Z, 2){constant}), ones({d}))"
        work.mistake("row_stats", rows, "each sample is normalised over its features, as in layer normalisation; here each feature is, over the batch.", "对每个样本沿特征做了归一化，那是层归一化；这里应对每个特征沿批次归一化。")
    affine = f"outer({ones}, gamma)*Z_hat + outer({ones}, beta)" if wide else "gamma*Z_hat + beta"
    work.step("Y", affine, ("output, scaled and shifted", "缩放与平移后的输出"), ("each feature has its own learned `gamma` and `beta`", "每个特征各有可学习的 `gamma` 与 `beta`") if wide else ("scaled by `gamma`, then shifted by `beta`", "先乘 `gamma`，再加 `beta`"))
    if work.offered("gamma") or work.offered("beta"):
        work.mistake("no_affine", "Z_hat", "scale and shift are left out; the normalised values are multiplied by `gamma`, then `beta` is added.", "漏了缩放与平移；归一化后还要乘 `gamma`、加 `beta`。")


WEIGHTS: dict[str, Pair] = {
    "new": ("`alpha` is the weight of the new batch.", "`alpha` 是新批次的权重。"),
    "old": ("`alpha` is the weight of the old value.", "`alpha` 是旧值的权重。"),
}


RUNNING: dict[str, Pair] = {
    "n": ("The running variance takes the variances of the batches as they are.", "滑动方差直接采用各批次的方差。"),
    "n-1": ("The running variance takes those of the batches divided by `m - 1` instead of `m`.", "计入滑动方差的批次方差改为除以 `m - 1` 而不是 `m`。"),
}


@calculator(
    "batch_norm_running_stats",
    ("Running statistics of batch normalisation", "批归一化的滑动统计量"),
    chapter="regularization",
    example={"mu_run": 0, "var_run": 1, "alpha": "0.1", "means": [2, 4], "variances": [4, 9], "z": 3},
)
def running_statistics(work: Work) -> None:
    """mu_run <- (1 - alpha) mu_run + alpha mu_batch over several batches, then the output of one value at test time.

    Source: Ioffe and Szegedy, arXiv:1502.03167, section 3.1; PyTorch documentation of BatchNorm1d.
    """
    work.given("mu_run", ("running mean at the start", "初始滑动均值"), default="0")
    work.given("means", ("means of the batches", "各批次的均值"), shape="n", aliases=["batch_means"])
    work.given("alpha", ("momentum", "滑动系数"), is_="> 0, < 1")
    spread = work.optional("variances", ("variances of the batches", "各批次的方差"), is_=">= 0", shape="n", aliases=["batch_variances"])
    unbiased = ""
    if spread:
        work.given("var_run", ("running variance at the start", "初始滑动方差"), is_=">= 0", default="1")
        if work.optional("m", ("samples of a batch", "每批样本数"), is_="integer, >= 2"):
            unbiased = "*m/(m - 1)" if work.option("running_variance", ("running variance", "滑动方差"), RUNNING, default="n") == "n-1" else ""
    spellings = {"weight of the new batch (001)": "new", "weight of the old value": "old"}
    new = work.option("alpha_weighs", ("meaning of alpha", "alpha 的含义"), WEIGHTS, default="new", spellings=spellings) == "new"
    mean = _run(work, "mu_run", "means", ("running mean", "滑动均值"), new)
    variance = _run(work, "var_run", "variances", ("running variance", "滑动方差"), new, unbiased) if spread else ""
    if spread and work.optional("z", ("value at test time", "测试时的值")):
        eps = " + eps" if work.optional("eps", ("small constant", "小常数"), is_=">= 0") else ""
        work.step("z_hat", f"(z - {mean})/sqrt({variance}{eps})", ("normalised value at test time", "测试时的归一化值"), ("at test time the running statistics take the place of those of a batch", "测试时用滑动统计量代替批统计量"))
        n = work.length("means")
        work.mistake("batch_at_test", f"(z - means[{n}])/sqrt(variances[{n}]{eps})", "the statistics of the last batch are used; at test time the running ones are.", "用了最后一批的统计量；测试时应使用滑动统计量。")
        if work.optional("gamma", ("scale", "缩放参数")):
            work.given("beta", ("shift", "平移参数"), default="0")
            work.step("y", "gamma*z_hat + beta", ("output at test time", "测试时的输出"))
            work.mistake("no_affine", "z_hat", "scale and shift are left out; the normalised value is multiplied by `gamma`, then `beta` is added.", "漏了缩放与平移；归一化后还要乘 `gamma`、加 `beta`。")


def _run(work: Work, start: str, batches: str, label: Pair, new: bool, factor: str = "") -> str:
    """The running value after each batch, taken ``factor`` times; returns the name of the last."""
    previous = start
    for k in range(1, work.length(batches) + 1):
        name = f"{start}_{k}"
        keep, take = ("(1 - alpha)", "alpha") if new else ("alpha", "(1 - alpha)")
        work.step(name, f"{keep}*{previous} + {take}*{batches}[{k}]{factor}", (f"{label[0]} after batch {k}", f"第 {k} 批之后的{label[1]}"), ("the old value and that of the batch, each with its weight", "旧值与该批次的值加权相加"))
        work.mistake("forgot_old", f"{take}*{batches}[{k}]{factor}", "the old running value is left out; it stays with its own weight.", "漏了旧的滑动值；它应按自己的权重保留。")
        previous = name
    return previous


MEANINGS: dict[str, Pair] = {
    "drop": ("`p` is the probability of dropping a unit.", "`p` 是丢弃一个单元的概率。"),
    "keep": ("`p` is the probability of keeping a unit.", "`p` 是保留一个单元的概率。"),
}
VARIANTS: dict[str, Pair] = {
    "classic": ("Nothing is scaled in training; at test time the activations are scaled to make up for it.", "训练时不缩放，测试时相应地缩放激活值。"),
    "inverted": ("Kept activations are scaled up in training; nothing is scaled at test time.", "训练时放大保留的激活值，测试时不缩放。"),
}


@calculator(
    "dropout_expectation",
    ("Dropout: expectation and scaling", "Dropout 的期望与缩放"),
    chapter="regularization",
    example={"a": [2, 4, 6], "p": "1/4", "mask": [1, 0, 1]},
)
def dropout(work: Work) -> None:
    """Expected output in training, and what is scaled when. ``a`` is one activation or a vector. Source: Srivastava et al., JMLR 15 (2014)."""
    work.given("a", ("activations", "激活值"), shape=None)
    work.given("p", ("probability", "概率"), is_="> 0, < 1")
    spellings = {"drop (001, and the heading of 002)": "drop", "keep (explanation of 002)": "keep"}
    drop = work.option("p_means", ("meaning of p", "p 的含义"), MEANINGS, default="drop", spellings=spellings) == "drop"
    spellings = {"classic: scale at test": "classic", "inverted: scale at train": "inverted"}
    classic = work.option("variant", ("variant", "变体"), VARIANTS, default="classic", spellings=spellings) == "classic"
    units = work.length("a") if work.shape("a") else 1
    work.step("q", "1 - p" if drop else "p", ("probability of keeping", "保留概率"), ("what is not dropped is kept", "不被丢弃的就被保留") if drop else ("this is what `p` means here", "这里 `p` 就是保留概率"), is_="probability")
    if work.optional("mask", ("mask", "掩码"), is_="integer, >= 0, <= 1", shape=None):
        work.fits("mask", " ".join(map(str, work.shape("a"))))
        work.step("train", "mask*a" if classic else "mask*a/q", ("output in training", "训练时的输出"), ("dropped units give 0", "被丢弃的单元输出 0") if classic else ("dropped units give 0, the others are divided by the probability of keeping", "被丢弃的单元输出 0，其余除以保留概率"))
        if not classic:
            work.mistake("not_scaled", "mask*a", "kept activations are not scaled; in this variant they are divided by the probability of keeping.", "保留的激活值没有放大；这种做法应除以保留概率。")
    work.step("expected", "q*a" if classic else "a", ("expected output in training", "训练输出的期望"), ("kept with this probability, else 0", "以该概率保留，否则为 0") if classic else ("the scaling makes up for the dropped units", "放大恰好弥补了丢弃"))
    work.step("test", "q*a" if classic else "a", ("output at test time", "测试时的输出"), ("the average output in training", "等于训练时输出的平均"))
    if classic:
        if drop:
            work.mistake("p_confused", "p*a", "the probability of dropping is used; activations are multiplied by that of keeping.", "用了丢弃概率；应乘以保留概率。")
        work.mistake("no_scale", "a", "nothing is scaled; in this variant the test output is multiplied by the probability of keeping.", "没有缩放；这种做法测试时要乘以保留概率。")
        work.mistake("inverse", "a/q", "the output is divided by the probability of keeping; it is multiplied by it.", "除以了保留概率；应当乘以它。")
    else:
        work.mistake("scaled_twice", "q*a", "the test output is scaled although training is scaled already; it stays as it is.", "训练时已经缩放，测试时又缩放了一次；测试时应保持不变。")
    work.step("active", f"{units}*q", ("expected number of active units", "保留单元数的期望"), ("every unit is kept with this probability", "每个单元都以该概率保留"), is_=">= 0")
