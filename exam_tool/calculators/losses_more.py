"""Losses beyond the courses: hinge, multi-class hinge, focal loss, label smoothing, perplexity, Jensen-Shannon divergence."""

from __future__ import annotations

from .foundations import LOG_CALLS, ask_logarithm
from .foundations_losses import OVER_BATCH
from .work import Pair, Work, calculator

EACH: dict[str, Pair] = {**OVER_BATCH, "single": ("Each sample has a loss of its own; nothing is averaged.", "每个样本各有自己的损失，不取平均。")}
LOSSES: Pair = ("loss of each sample", "每个样本的损失")


def _reduction(work: Work) -> str:
    return work.option("reduction", ("loss of several samples", "多个样本的损失"), EACH, default="mean")


def _reduce(work: Work, reduction: str, n: int) -> str:
    """The step ``loss`` from ``losses``; returns the factor each sample has in it."""
    if n == 0 or reduction == "single":
        return ""
    work.step("loss", f"{reduction}(losses)", ("loss", "损失"))
    if reduction == "mean" and n > 1:
        work.mistake("no_mean", "sum(losses)", "the losses are added but not divided by their number; take their mean.", "只求了和，没有除以样本数；应取平均。")
    return f" / {n}" if reduction == "mean" and n > 1 else ""


def _several(work: Work, name: str, reduction: str) -> tuple[int, str]:
    """The number of samples (0 for a single number), and the name of the step that holds their losses."""
    n = work.length(name) if work.shape(name) else 0
    return n, "loss" if n == 0 or reduction == "single" else "losses"


@calculator("hinge_loss", ("Hinge loss", "合页损失"), chapter="foundations", example={"y": [1, -1, 1], "f": ["0.5", "-2", "-1"]})
def hinge_loss(work: Work) -> None:
    """``max(0, margin - y*f)`` of scores f and labels 1 or -1, or its square, with the slope by the score.

    Source: Cortes and Vapnik, Machine Learning 20 (1995); Bishop (2006), section 7.1.2.
    """
    reduction = _reduction(work)
    squared = work.option("power", ("power of the loss", "损失的次数"), {
        "1": ("The hinge is not squared.", "合页损失不平方。"),
        "2": ("The hinge is squared.", "合页损失取平方。"),
    }, default="1") == "2"  # fmt: skip
    work.given("y", ("labels, 1 or -1", "标签（1 或 -1）"), shape=None, is_="integer, >= -1, <= 1, != 0")
    work.given("f", ("scores", "得分"), shape=None, aliases=["s", "y_hat"])
    work.fits("f", " ".join(map(str, work.shape("y"))))
    work.given("margin", ("margin", "间隔"), is_="> 0", default="1")
    n, losses = _several(work, "y", reduction)
    work.step("m", "y * f", ("label times score", "标签乘得分"), ("positive where the score has the right sign", "得分符号正确时为正"))
    work.mistake("no_label", "f", "the label is left out; the score is multiplied by it.", "漏了标签；得分要乘以标签。")
    gap = "max(0, margin - m)"
    work.step("h", gap, ("shortfall from the margin", "与间隔的差距"), ("0 where the margin is reached", "达到间隔则为 0"))
    work.mistake("no_clip", "margin - m", "negative values are kept; beyond the margin the shortfall is 0.", "保留了负值；超过间隔后差距为 0。")
    work.mistake("no_margin", gap.replace("margin - m", "-m"), "the margin is left out; a score of the right sign costs, too, while it is below the margin.", "漏了间隔；符号正确但未达到间隔的得分也有损失。")
    says = ("the shortfall is squared", "差距取平方") if squared else ("the shortfall itself", "就是差距本身")
    work.step(losses, "h^2" if squared else "h", ("loss", "损失") if n == 0 else LOSSES, says)
    share = _reduce(work, reduction, n)
    slope = "-2 * y * h" if squared else "-y * (m < margin)"
    work.step("dL_df", f"{slope}{share}", ("gradient with respect to the scores", "对得分的梯度"), ("0 where the margin is reached", "达到间隔处为 0"))
    work.mistake("sign", f"{slope[1:]}{share}", "the sign is reversed; a larger score on the right side lowers the loss.", "符号反了；得分朝正确方向增大时损失减小。", kind="slip")
    if not squared:
        work.mistake("not_zero", f"-y{share}", "samples beyond the margin are given a slope too; there the loss is constant.", "超过间隔的样本也算了导数；那里损失为常数。")


@calculator("multiclass_hinge", ("Multi-class hinge loss", "多分类合页损失"), chapter="foundations", example={"z": ["3.2", "5.1", "-1.7"], "y": 1})
def multiclass_hinge(work: Work) -> None:
    """``sum_(j != y) max(0, z_j - z_y + margin)`` of the scores of one sample, or only the largest term; y counts from 1.

    Source: Weston and Watkins, ESANN (1999), for the sum; Crammer and Singer, JMLR 2 (2001), for the largest term.
    """
    form = work.option("form", ("classes that count", "计入的类别"), {
        "sum": ("The loss is the sum over all wrong classes.", "损失对所有错误类别求和。"),
        "max": ("The loss is that of the worst wrong class alone.", "损失只取违反间隔最多的错误类别。"),
    }, default="sum")  # fmt: skip
    work.given("z", ("scores of the classes", "各类别的得分"), shape="C")
    work.given("y", ("true class, from 1", "真实类别（从 1 起）"), is_="integer, >= 1")
    work.given("margin", ("margin", "间隔"), is_="> 0", default="1")
    n = work.length("z")
    work.step("others", f"1 - onehot(y, {n})", ("1 for the wrong classes, 0 for the true one", "错误类别为 1，真实类别为 0"))
    work.step("h", "others * max(0, z - z[y] + margin)", ("violation by each class", "各类别违反间隔的量"), ("the true class should lead by the margin; what is missing counts", "真实类别应领先一个间隔，不足的部分计入"))
    work.mistake("true_included", "max(0, z - z[y] + margin)", "the true class is counted too and always adds the margin; only wrong classes count.", "把真实类别也计入，总会多出一个间隔；只计错误类别。")
    work.mistake("reversed", "others * max(0, z[y] - z + margin)", "the difference is reversed; a wrong score above the true one costs.", "差的方向反了；错误类别得分高于真实类别才有损失。")
    work.mistake("no_margin", "others * max(0, z - z[y])", "the margin is left out; add it to the difference.", "漏了间隔；差值应加上间隔。")
    work.mistake("no_clip", "others * (z - z[y] + margin)", "negative terms are kept; a class that trails by more than the margin counts 0.", "保留了负的项；落后超过间隔的类别计 0。")
    work.step("loss", "sum(h)" if form == "sum" else "max(h)", ("loss", "损失"))
    counted, says = ("h > 0", ("those with a positive term", "项为正的类别")) if form == "sum" else (
        f"(max(h) > 0) * onehot(argmax(h), {n})", ("the worst class, if its term is positive", "最严重的类别，且其项为正"))  # fmt: skip
    work.step("counted", counted, ("1 for the classes that count, else 0", "计入的类别为 1，否则为 0"), says)
    work.step("dL_dz", f"counted - sum(counted) * onehot(y, {n})", ("gradient with respect to the scores", "对得分的梯度"), ("1 for each class that counts, minus their number for the true class", "计入的类别各为 1，真实类别为其个数的相反数"))
    work.mistake("true_missing", "counted", "the true class is left at 0; its slope is minus the number of classes that count.", "真实类别留成了 0；它的导数是计入类别个数的相反数。")


@calculator("focal_loss", ("Focal loss", "焦点损失"), chapter="foundations", example={"y": [1, 0], "p": ["0.9", "0.25"], "gamma": 2, "alpha": "0.25"})
def focal_loss(work: Work) -> None:
    """``-alpha_t (1 - p_t)^gamma ln p_t`` of labels 0 or 1, where p_t is the probability of the true label; beside plain cross-entropy.

    ``alpha`` weighs the label 1, 1 - alpha the label 0; left out, both weigh 1. Source: Lin et al. (2017), arXiv:1708.02002.
    """
    reduction = _reduction(work)
    work.given("y", ("labels", "标签"), shape=None, is_="integer, >= 0, <= 1")
    work.given("p", ("predicted probabilities of the label 1", "标签 1 的预测概率"), shape=None, is_="> 0, < 1")
    work.fits("p", " ".join(map(str, work.shape("y"))))
    work.given("gamma", ("focusing parameter", "聚焦参数"), is_=">= 0")
    n, losses = _several(work, "y", reduction)
    work.step("p_t", "y * p + (1 - y) * (1 - p)", ("probability of the true label", "真实标签的概率"), ("`p` where the label is 1, `1 - p` where it is 0", "标签为 1 取 `p`，为 0 取 `1 - p`"))
    work.mistake("label_ignored", "p", "`p` is used for every label; where the label is 0 it is `1 - p`.", "不论标签都用了 `p`；标签为 0 时应取 `1 - p`。")
    work.step("ce", "-ln(p_t)", ("cross-entropy", "交叉熵"))
    work.mistake("no_minus", "ln(p_t)", "the minus sign is missing; the loss is never negative.", "漏了负号；损失不会为负。", kind="slip")
    work.step("focus", "(1 - p_t)^gamma", ("focusing factor", "聚焦因子"), ("the easier the sample, the smaller", "样本越容易，因子越小"))
    work.mistake("base", "p_t^gamma", "the power of `p` is taken, which would favour easy samples; take that of `1 - p`.", "对 `p` 取了幂，这会偏向容易的样本；应对 `1 - p` 取幂。")
    work.mistake("times_gamma", "gamma * (1 - p_t)", "`1 - p` is multiplied by γ; it is raised to the power γ.", "把 `1 - p` 乘了 γ；应取 γ 次方。")
    weight = ""
    if work.optional("alpha", ("weight of the label 1", "标签 1 的权重"), is_="probability"):
        work.step("alpha_t", "y * alpha + (1 - y) * (1 - alpha)", ("weight of the true label", "真实标签的权重"), ("`alpha` for the label 1, `1 - alpha` for the label 0", "标签为 1 取 `alpha`，为 0 取 `1 - alpha`"))
        work.mistake("alpha_for_all", "alpha * (y == y)" if n == 0 else f"alpha * ones({n})", "α is the weight of both labels; the label 0 has the weight `1 - alpha`.", "两种标签都用了 α；标签 0 的权重是 `1 - alpha`。")
        weight = "alpha_t * "
    work.step(losses, f"{weight}focus * ce", ("loss", "损失") if n == 0 else LOSSES)
    work.mistake("plain", f"{weight}ce", "the focusing factor is left out; the cross-entropy is multiplied by it.", "漏了聚焦因子；交叉熵还要乘以它。")
    _reduce(work, reduction, n)


@calculator("label_smoothing", ("Label smoothing", "标签平滑"), chapter="foundations", example={"p": ["1/2", "1/4", "1/8", "1/8"], "y": 1, "epsilon": "0.2"})
def label_smoothing(work: Work) -> None:
    """Smoothed targets ``q = (1 - eps) onehot + eps/K``, their cross-entropy with the prediction, and ``p - q``, the slope by the logits.

    The prediction is given as probabilities ``p`` or logits ``z``. Source: Szegedy et al. (2016), arXiv:1512.00567, section 7.
    """
    spread = work.option("spread", ("classes that share ε", "分享 ε 的类别"), {
        "all classes": ("ε is shared by all classes, the true one included.", "ε 平分给所有类别，包括真实类别。"),
        "other classes": ("ε is shared by the other classes only.", "ε 只平分给其他类别。"),
    }, default="all classes")  # fmt: skip
    work.given("y", ("true class, from 1", "真实类别（从 1 起）"), is_="integer, >= 1")
    work.given("epsilon", ("smoothing", "平滑参数"), is_=">= 0, < 1")
    if work.offered("z"):
        work.given("z", ("logits", "logit 值"), shape="K")
        work.step("p", "softmax(z)", ("predicted probabilities", "预测概率"))
        k = work.length("z")
    else:
        work.given("p", ("predicted probabilities", "预测概率"), is_="distribution, > 0", shape="K")
        k = work.length("p")
    hot = f"onehot(y, {k})"
    smooth = f"(1 - epsilon) * {hot} + epsilon / {k}" if spread == "all classes" else f"(1 - epsilon) * {hot} + epsilon / {k - 1} * (1 - {hot})"
    work.step("q", smooth, ("smoothed target", "平滑后的目标"), ("the true class gives ε away, and it is shared equally", "真实类别让出 ε，由各类平分"), is_="distribution")
    work.mistake("none", hot, "the label is used without smoothing; ε moves part of it to other classes.", "用了未平滑的标签；应把 ε 分给各类别。")
    work.mistake("whole_epsilon", f"(1 - epsilon) * {hot} + epsilon * (1 - {hot})", "every other class is given the whole ε; they share it.", "其他各类都取了整个 ε；应由它们平分。")
    work.mistake("true_kept", f"{hot} + epsilon / {k}", "the true class keeps its whole 1; it gives ε away.", "真实类别仍保留 1；它应让出 ε。")
    work.step("loss", "-sum(q * ln(p))", ("loss", "损失"))
    work.mistake("no_minus", "sum(q * ln(p))", "the minus sign is missing; the loss is never negative.", "漏了负号；损失不会为负。", kind="slip")
    work.mistake("true_only", "-q[y] * ln(p[y])", "only the true class is counted; every class has a share of the target now.", "只计了真实类别；平滑后每个类别都有份额。")
    work.step("dL_dz", "p - q", ("gradient with respect to the logits", "对 logit 的梯度"), ("prediction minus target, as with one-hot labels", "与独热标签时一样，为预测减目标"))
    work.mistake("reversed", "q - p", "the sign is reversed; the gradient is prediction minus target.", "符号反了；梯度为预测减目标。", kind="slip")
    work.mistake("hard", f"p - {hot}", "the one-hot label is subtracted; subtract the smoothed target.", "减去了独热标签；应减去平滑后的目标。")


@calculator("perplexity", ("Perplexity", "困惑度"), chapter="foundations", example={"p": ["1/2", "1/4", "1/8", "1/8"], "log_base": "2"})
def perplexity(work: Work) -> None:
    """Perplexity of a text from the probabilities ``p`` a model gives its tokens: the base raised to the mean of their negative logarithms.

    Source: Jelinek et al., J. Acoust. Soc. Am. 62 (1977); Jurafsky and Martin, Speech and Language Processing, section 3.3.
    """
    base = ask_logarithm(work)
    work.given("p", ("probabilities of the tokens", "各词元的概率"), is_="probability, > 0", shape="n", aliases=["probs"])
    log, power = LOG_CALLS[base], "exp({})" if base == "e" else f"{base}^({{}})"
    n = work.length("p")
    work.step("surprisals", f"-{log}(p)", ("surprisal of each token", "每个词元的信息量"))
    work.mistake("no_minus", f"{log}(p)", "the minus sign is missing; a surprisal is never negative.", "漏了负号；信息量不会为负。", kind="slip")
    work.step("H", "mean(surprisals)", ("cross-entropy per token", "平均每个词元的交叉熵"))
    if n > 1:
        work.mistake("sum", "sum(surprisals)", "the surprisals are added but not divided by the number of tokens; take their mean.", "只求了和，没有除以词元数；应取平均。")
        work.mistake("log_of_mean", f"-{log}(mean(p))", "the probabilities are averaged before the logarithm is taken; average the surprisals.", "先对概率取了平均；应对信息量取平均。")
    work.step("perplexity", power.format("H"), ("perplexity", "困惑度"), ("the model is as uncertain as if it chose among that many equally likely tokens", "相当于在这么多个等可能的词元中选择"))
    work.mistake("not_raised", "H", "the cross-entropy itself is taken; perplexity is the base raised to it.", "直接写了交叉熵；困惑度是底数的交叉熵次方。")
    work.mistake("wrong_base", "2^H" if base == "e" else "exp(H)", "the power is taken to another base than the logarithm; use the same base.", "乘方与对数的底不一致；应取同一个底。")


@calculator("jensen_shannon", ("Jensen-Shannon divergence", "JS 散度"), chapter="foundations", example={"p": ["1/2", "1/2", "0"], "q": ["1/4", "1/4", "1/2"], "log_base": "2"})
def jensen_shannon(work: Work) -> None:
    """``(KL(p || m) + KL(q || m))/2`` with the mixture ``m = (p + q)/2``, and its root, the Jensen-Shannon distance; terms with p = 0 count 0.

    Source: Lin, IEEE Trans. Information Theory 37 (1991).
    """
    base = ask_logarithm(work)
    work.given("p", ("first distribution", "第一个分布"), shape="C", is_="distribution")
    work.given("q", ("second distribution", "第二个分布"), shape="C", is_="distribution")
    for name in ("p", "q"):
        work.structure(name)

    def divergence(name: str, other: str) -> str:
        gaps = any(x == 0 for x in work.values[name])
        if gaps:
            return f"sum(xln({name}, {name}) - xln({name}, {other}))" + ("" if base == "e" else f" / ln({base})")
        return f"sum({name} * {LOG_CALLS[base]}({name} / {other}))"

    work.step("m", "(p + q) / 2", ("mixture", "混合分布"))
    work.mistake("sum", "p + q", "the distributions are added but not halved; the mixture is again a distribution.", "两个分布相加后没有除以 2；混合分布各项之和应为 1。")
    work.step("D_p", divergence("p", "m"), ("KL(p‖m)", "KL(p‖m)"))
    work.mistake("against_q", divergence("p", "q"), "p is compared with q; compare it with the mixture.", "把 p 与 q 作了比较；应与混合分布比较。")
    work.step("D_q", divergence("q", "m"), ("KL(q‖m)", "KL(q‖m)"))
    work.step("D_JS", "(D_p + D_q) / 2", ("Jensen-Shannon divergence", "JS 散度"), ("the average of both", "两者的平均"))
    work.mistake("not_halved", "D_p + D_q", "the two divergences are added but not halved; take their average.", "两个散度相加后没有除以 2；应取平均。")
    work.mistake("one_sided", "D_p", "only one of the two divergences is taken; take the average of both.", "只取了其中一个散度；应取两者的平均。")
    work.step("distance", "sqrt(D_JS)", ("Jensen-Shannon distance", "JS 距离"))
