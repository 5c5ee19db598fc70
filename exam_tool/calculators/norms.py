"""Group, instance and RMS normalisation on numbers. Batch and layer normalisation are in ``batch_norm`` and ``transformer_layers``."""

from __future__ import annotations

from exam_tool.language import Text

from .work import CalculatorError, Pair, Work, calculator

WHOLE = "integer, >= 1"
KINDS: dict[str, Pair] = {
    "group": ("Group normalisation: consecutive channels form groups of equal size.", "组归一化：相邻通道组成大小相同的组。"),
    "instance": ("Instance normalisation: every channel is normalised by itself.", "实例归一化：每个通道单独归一化。"),
    "layer": ("All channels of the sample are normalised together.", "样本的所有通道一起归一化。"),
}
VARIANCES: dict[str, Pair] = {
    "n": ("The variance divides by the number of values.", "方差除以数值个数。"),
    "n-1": ("The variance divides by the number of values minus 1.", "方差除以数值个数减 1。"),
}
PLACES: dict[str, Pair] = {
    "inside": ("The small constant `eps` is added under the root.", "小常数 `eps` 加在根号之内。"),
    "outside": ("The small constant `eps` is added to the root.", "小常数 `eps` 加在根号之外。"),
}


def _ask_root(work: Work) -> str:
    """How a spread becomes a denominator: a template over ``{v}``; without ``eps`` there is no constant."""
    if not work.optional("eps", ("small constant", "小常数"), is_=">= 0", aliases=["epsilon"]):
        return "sqrt({v})"
    inside = work.option("eps_place", ("place of the small constant", "小常数的位置"), PLACES, default="inside") == "inside"
    return "sqrt({v} + eps)" if inside else "(sqrt({v}) + eps)"


@calculator(
    "group_norm",
    ("Group and instance normalisation", "组归一化与实例归一化"),
    chapter="regularization",
    example={"X": [[1, 5], [2, 8], [0, 4], [3, 1]], "G": 2, "gamma": [1, 2, 1, 3], "beta": [0, 1, 0, 2]},
)
def group_norm(work: Work) -> None:
    """Mean and variance of each group of channels of one sample, over all its positions; scale and shift are those of the channel.

    ``X`` has a row a channel and a column a position. One group is layer normalisation of the sample, as many groups as channels
    are instance normalisation. Sources: Wu and He, arXiv:1803.08494; Ulyanov et al., arXiv:1607.08022.
    """
    work.given("X", ("feature map of one sample, one row for each channel", "一个样本的特征图，每行一个通道"), shape="C m")
    channels, positions = work.shape("X")
    kind = work.option("kind", ("kind of normalisation", "归一化方式"), KINDS, default="group", convention=False)
    groups = {"instance": channels, "layer": 1}.get(kind, 0)
    if kind == "group":
        work.given("G", ("number of groups", "组数"), is_=WHOLE, aliases=["groups"])
        groups = work.count("G")
    if channels % groups:
        raise CalculatorError(Text(f"{channels} channels do not form {groups} groups of equal size.", f"{channels} 个通道不能均分为 {groups} 组。"))
    sample = work.option("variance", ("variance", "方差"), VARIANCES, default="n") == "n-1"
    root = _ask_root(work)
    size = channels // groups
    for group in range(1, groups + 1):
        _group_statistics(work, group, [size * (group - 1) + i for i in range(1, size + 1)], channels, size * positions, sample)
    _normalised(work, channels, size, root)
    _affine(work, channels)


def _group_statistics(work: Work, group: int, rows: list[int], channels: int, count: int, sample: bool) -> None:
    en, zh = (f" of channel {group}", f"通道 {group} 的") if work.used["kind"] == "instance" else (f" of group {group}", f"第 {group} 组的")
    values = f"X[{rows[0]}]" if len(rows) == 1 else f"concat({', '.join(f'X[{row}]' for row in rows)})"
    mu, var = f"mu_{group}", f"var_{group}"
    work.step(mu, f"mean({values})", ("mean" + en, zh + "均值"), ("over all positions of the channels of the group", "对组内各通道的全部位置求平均") if len(rows) > 1 else ("over all positions of the channel", "对该通道的全部位置求平均"))
    if len(rows) > 1:
        work.mistake("one_channel", f"mean(X[{rows[0]}])", "only one channel is averaged, as in instance normalisation; the group has several.", "只对一个通道求了平均，那是实例归一化；一组有多个通道。")
    if len(rows) < channels:
        of, of_zh = ("channel", "每个通道") if len(rows) == 1 else ("group", "每组")
        work.mistake("whole_sample", "mean(flatten(X))", f"the whole sample is averaged, as in layer normalisation; each {of} has its own mean.", f"对整个样本求了平均，那是层归一化；{of_zh}各有自己的均值。")
    squares = f"sum(({values} - {mu})^2)"
    divisor = count - 1 if sample else count
    work.step(var, f"{squares}/{divisor}", ("variance" + en, zh + "方差"), ("the mean of the squared deviations", "偏差平方的平均") if not sample else None, is_=">= 0")
    work.mistake("not_averaged", squares, f"the squares are only added up; the variance divides their sum by {divisor}.", f"只把平方相加了；方差还要除以 {divisor}。")


def _normalised(work: Work, channels: int, size: int, root: str) -> None:
    def rows(form: str) -> str:
        parts = []
        for row in range(1, channels + 1):
            group = (row - 1) // size + 1
            parts.append(form.format(x=f"X[{row}]", mu=f"mu_{group}", root=root.format(v=f"var_{group}"), v=f"var_{group}"))
        return f"[{', '.join(parts)}]"

    work.step("X_hat", rows("({x} - {mu})/{root}"), ("normalised map", "归一化后的特征图"), ("each value with the mean and the variance of its group", "每个值用所在组的均值与方差") if size > 1 else ("each value with the mean and the variance of its channel", "每个值用所在通道的均值与方差"))
    work.mistake("no_root", rows("({x} - {mu})/{v}"), "the square root of the variance is not taken; the deviations are divided by the root.", "方差没有开平方；偏差应除以方差的平方根。")
    work.mistake("not_centred", rows("{x}/{root}"), "the mean is not subtracted; the deviations from it are divided.", "没有减去均值；应先求与均值的偏差再相除。")


def _affine(work: Work, channels: int) -> None:
    scaled = work.optional("gamma", ("scale of each channel", "各通道的缩放"), shape="C")
    shifted = work.optional("beta", ("shift of each channel", "各通道的平移"), shape="C")
    if not (scaled or shifted):
        return
    parts = [f"{f'gamma[{row}]*' * scaled}X_hat[{row}]{f' + beta[{row}]' * shifted}" for row in range(1, channels + 1)]
    work.step("Y", f"[{', '.join(parts)}]", ("output, scaled and shifted", "缩放与平移后的输出"), ("each channel has its own scale and shift", "每个通道各有自己的缩放与平移"))
    work.mistake("no_affine", "X_hat", "scale and shift are left out; they come after the normalisation.", "漏了缩放与平移；归一化之后还要做这一步。", kind="slip")


@calculator(
    "rms_norm",
    ("RMS normalisation", "RMS 归一化"),
    chapter="transformer",
    example={"x": [1, -2, 4], "gamma": [1, 2, 1]},
)
def rms_norm(work: Work) -> None:
    """Each token divided by its root mean square, without subtracting the mean, times a scale (Zhang and Sennrich, arXiv:1910.07467).

    ``x`` is one token, or a matrix with a token in each row.
    """
    work.given("x", ("token; a matrix holds one in each row", "词元；矩阵的每一行是一个词元"), shape=None, aliases=["X"])
    wide = len(work.shape("x")) == 2
    work.fits("x", "n d" if wide else "d")
    root = _ask_root(work)
    scaled = work.optional("gamma", ("scale of each feature", "各特征的缩放"), shape="d")
    if not wide:
        _rms(work, "", "x", root, scaled)
        return
    for row in range(1, work.length("x") + 1):
        _rms(work, f"_{row}", f"x[{row}]", root, scaled)


def _rms(work: Work, suffix: str, x: str, root: str, scaled: bool) -> None:
    en, zh = (f" of token {suffix[1:]}", f"（词元 {suffix[1:]}）") if suffix else ("", "")
    square, bottom, hat = f"q{suffix}", f"r{suffix}", f"x_hat{suffix}"
    work.step(square, f"mean({x}^2)", (f"mean square{en}", f"平方的均值{zh}"), ("the mean is not subtracted", "不减去均值"), is_=">= 0")
    work.mistake("variance", f"variance({x})", "the mean is subtracted first, as in layer normalisation; here the squares are averaged as they are.", "先减了均值，那是层归一化；这里直接对平方求平均。")
    work.mistake("not_averaged", f"sum({x}^2)", "the squares are only added up; the mean divides by their number.", "只把平方相加了；均值还要除以个数。")
    work.step(bottom, root.format(v=square), (f"root mean square{en}", f"均方根{zh}"), ("the square root of the mean square", "平方的均值再开方"), is_="> 0")
    work.mistake("no_root", square, "the square root is not taken; the token is divided by the root of the mean square.", "漏了开平方；词元应除以均方根。")
    work.step(hat, f"{x}/{bottom}", (f"normalised token{en}", f"归一化后的词元{zh}"))
    work.mistake("centred", f"({x} - mean({x}))/{bottom}", "the mean is subtracted; RMS normalisation only divides.", "减去了均值；RMS 归一化只做除法。")
    if scaled:
        work.step(f"y{suffix}", f"gamma*{hat}", (f"output{en}", f"输出{zh}"), ("each feature has a scale of its own", "每个特征各有自己的缩放"))
        work.mistake("no_scale", hat, "the scale is left out; each feature is multiplied by its own.", "漏了缩放；每个特征还要乘以自己的缩放系数。", kind="slip")
