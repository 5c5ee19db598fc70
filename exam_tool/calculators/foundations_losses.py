"""Losses on given predictions, each with its gradient: cross-entropies, divergence, squared, absolute and Huber errors.

What a whole network adds behind them is in ``losses`` and ``backprop``.
"""

from __future__ import annotations

from exam_tool.expressions.arrays import elementwise
from exam_tool.expressions.exact import ZERO, Scalar, ln, multiply, sign
from exam_tool.expressions.functions import register

from .foundations import LOG_CALLS, ask_logarithm
from .work import Pair, Work, calculator


def _times_log(a: Scalar, b: Scalar) -> Scalar:
    return ZERO if sign(a) == 0 else multiply(a, ln(b))


register("xln", 2, 2, elementwise(_times_log))  # a*ln(b), and 0 where a is 0, whatever b is

OVER_BATCH: dict[str, Pair] = {
    "mean": ("The loss is the mean over the samples.", "损失对样本取平均。"),
    "sum": ("The loss is the sum over the samples.", "损失对样本求和。"),
}


def _log_mistakes(work: Work, inner: str, log: str) -> None:
    work.mistake("no_minus", f"{log}({inner})", "the minus sign is missing; the loss is never negative.", "漏了负号；损失不会为负。", kind="slip")
    work.mistake("one_minus_p", f"1 - {inner}", "`1 - p` is taken as the loss; cross-entropy takes a logarithm.", "把 `1 - p` 当作损失；交叉熵要取对数。")


@calculator("binary_cross_entropy", ("Binary cross-entropy", "二元交叉熵"), chapter="foundations", example={"y": [1, 0, 1], "p": ["0.9", "0.2", "0.5"]})
def binary_cross_entropy(work: Work) -> None:
    """``-(y*ln(p) + (1 - y)*ln(1 - p))`` of labels 0 or 1, one sample or n of them, with gradients.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), equation 4.90.
    """
    log = LOG_CALLS[ask_logarithm(work)]
    reduction = work.option("reduction", ("loss of several samples", "多个样本的损失"), {
        **OVER_BATCH, "single": ("Each sample has a loss of its own; nothing is averaged.", "每个样本各有自己的损失，不取平均。"),
    }, default="mean")  # fmt: skip
    given = work.option("input", ("what the model outputs", "模型的输出"), {"probability": ("", ""), "logit": ("", "")},
                        default="logit" if work.offered("z") else "probability", convention=False)  # fmt: skip
    name = "p" if given == "probability" else "z"
    work.given("y", ("labels", "标签"), shape=None, is_="integer, >= 0, <= 1")
    work.given(name, ("predicted probabilities", "预测概率") if name == "p" else ("logits", "logit 值"), shape=None, is_="> 0, < 1" if name == "p" else "")
    work.fits(name, " ".join(map(str, work.shape("y"))))
    n = work.length("y") if work.shape("y") else 0
    if name == "z":
        work.step("p", "sigmoid(z)", ("predicted probabilities", "预测概率"), is_="probability")
    work.step("q", "y * p + (1 - y) * (1 - p)", ("probability given to the true label", "真实标签的预测概率"), ("`p` where the label is 1, `1 - p` where it is 0", "标签为 1 取 `p`，为 0 取 `1 - p`"))
    work.mistake("swapped", "y * (1 - p) + (1 - y) * p", "the labels are exchanged; `p` belongs to the label 1.", "标签弄反了；`p` 对应标签 1。")
    reduced = n > 0 and reduction != "single"
    losses = "losses" if reduced else "loss"
    work.step(losses, f"-{log}(q)", ("loss of each sample", "每个样本的损失") if n else ("loss", "损失"))
    _log_mistakes(work, "q", log)
    if n:
        work.mistake("positive_term_only", f"-(y * {log}(p))", "samples with the label 0 are left out; their loss is `-ln(1 - p)`.", "漏掉了标签为 0 的样本；它们的损失为 `-ln(1 - p)`。")
    if reduced:
        work.step("loss", f"{reduction}(losses)", ("loss", "损失"))
        if reduction == "mean":
            work.mistake("no_mean", "sum(losses)", "the losses are added but not divided by their number; a mean is asked for.", "只求了和，没有除以样本数；题目要求取平均。")
    share = f" / {n}" if reduced and reduction == "mean" else ""
    if log == "ln":
        _binary_gradients(work, share, by_logit=name == "z")


def _binary_gradients(work: Work, share: str, *, by_logit: bool) -> None:
    if by_logit:
        work.step("dL_dz", f"(p - y){share}", ("gradient with respect to the logits", "对 logit 的梯度"), ("the derivative of the sigmoid cancels against that of the logarithm", "sigmoid 的导数与对数的导数恰好抵消"))
        work.mistake("reversed", f"(y - p){share}", "the sign is reversed; the gradient is `p - y`.", "符号反了；梯度为 `p - y`。", kind="slip")
        work.mistake("times_sigmoid", f"(p - y) * p * (1 - p){share}", "the factor `p*(1 - p)` is multiplied in once more; with cross-entropy it has cancelled already.", "又多乘了 `p*(1 - p)`；与交叉熵配对时它已抵消。")
        return
    work.step("dL_dp", f"(p - y) / (p * (1 - p)){share}", ("gradient with respect to the probabilities", "对概率的梯度"), ("`-1/p` where the label is 1, `1/(1 - p)` where it is 0", "标签为 1 时为 `-1/p`，为 0 时为 `1/(1 - p)`"))
    work.mistake("reversed", f"(y - p) / (p * (1 - p)){share}", "the sign is reversed; `p - y` stands on top.", "符号反了；分子应为 `p - y`。", kind="slip")
    work.mistake("by_logit", f"(p - y){share}", "the gradient with respect to the logit is given; with respect to the probability it is divided by `p*(1 - p)`.", "写成了对 logit 的梯度；对概率的梯度还要除以 `p*(1 - p)`。")


@calculator("cross_entropy", ("Cross-entropy of several classes", "多分类交叉熵"), chapter="foundations",
            example={"P": [["0.5", "0.3", "0.2"], ["0.1", "0.8", "0.1"]], "Y": [[1, 0, 0], [0, 1, 0]]})  # fmt: skip
def cross_entropy(work: Work) -> None:
    """``-ln`` of the probability of the true class, over n samples (rows) or one, with the gradient by the probabilities.

    Labels are one-hot rows ``Y``, class indices ``labels`` from 1, or distributions (``target=soft distribution``).
    Source: Goodfellow et al., Deep Learning (2016), section 6.2.2.3.
    """
    log = LOG_CALLS[ask_logarithm(work)]
    reduction = work.option("reduction", ("loss of several samples", "多个样本的损失"), OVER_BATCH, default="mean")
    target = work.option("target", ("form of the labels", "标签的形式"), dict.fromkeys(("one-hot", "class index", "soft distribution"), ("", "")),
                         default="class index" if work.offered("labels") else "one-hot", convention=False)  # fmt: skip
    work.given("P", ("predicted probabilities, one row per sample", "预测概率（每行一个样本）"), shape=None,
               is_="probability, > 0" if target == "soft distribution" else "probability", aliases=["p"])  # fmt: skip
    size = " ".join(map(str, work.shape("P")))
    n = work.length("P") if len(work.shape("P")) == 2 else 0
    if target == "class index":
        work.given("labels", ("true classes, from 1", "真实类别（从 1 起）"), shape=str(n) if n else "", is_="integer, >= 1")
        classes = work.shape("P")[-1]
        work.step("Y", f"onehots(labels, {classes})" if n else f"onehot(labels, {classes})", ("labels in one-hot form", "独热形式的标签"), ("a 1 at the true class, 0 elsewhere", "真实类别处为 1，其余为 0"))
    else:
        work.given("Y", ("labels", "标签"), shape=None, is_="one-hot" if target == "one-hot" else "", aliases=["y"])
        work.fits("Y", size)
    rowwise, loss = (", 2" if n else ""), "losses" if n else "loss"
    if target == "soft distribution":
        work.step(loss, f"-sum(Y * {log}(P){rowwise})", ("loss of each sample", "每个样本的损失"))
        work.mistake("no_minus", f"sum(Y * {log}(P){rowwise})", "the minus sign is missing; the loss is never negative.", "漏了负号；损失不会为负。", kind="slip")
    else:
        work.step("p_true", f"sum(P * Y{rowwise})", ("probability of the true class", "真实类别的概率"), ("the label picks it out", "由标签挑出"))
        work.step(loss, f"-{log}(p_true)", ("loss of each sample", "每个样本的损失") if n else ("loss", "损失"))
        _log_mistakes(work, "p_true", log)
        work.mistake("all_classes", f"-sum({log}(P){rowwise})", "the logarithms of all classes are added; only the true class counts.", "把所有类别的对数都加了；只有真实类别计入。")
    if n:
        work.step("loss", f"{reduction}(losses)", ("loss", "损失"))
        if target != "soft distribution":
            work.mistake("log_of_mean", f"-{log}(mean(p_true))", "the probabilities are averaged before the logarithm is taken; average the losses.", "先对概率取了平均再取对数；应对损失取平均。")
    if log == "ln":
        share = f" / {n}" if n and reduction == "mean" else ""
        mean = ("; a mean divides it by the number of samples", "；取平均时再除以样本数") if share else ("", "")
        says = ("the derivative of `-y*ln(p)` is `-y/p`" + mean[0], "`-y*ln(p)` 的导数是 `-y/p`" + mean[1]) if target == "soft distribution" else (
            "only the true class has a slope, `-1/p`" + mean[0], "只有真实类别有梯度，为 `-1/p`" + mean[1])  # fmt: skip
        slope = "Y / P" if target == "soft distribution" else "diag(1 / p_true) @ Y" if n else "Y / p_true"
        work.step("dL_dP", f"-({slope}){share}", ("gradient with respect to the probabilities", "对概率的梯度"), says)
        work.mistake("sign", f"({slope}){share}", "the minus sign is lost; more probability for the true class lowers the loss.", "丢了负号；真实类别概率增大会使损失减小。", kind="slip")
        work.mistake("by_logit", f"(P - Y){share}", "the gradient with respect to the logits of a softmax is given; with respect to the probabilities it is `-y/p`.", "写成了对 softmax 的 logit 的梯度；对概率的梯度是 `-y/p`。")


@calculator("kl_divergence", ("Entropy and KL divergence", "熵与 KL 散度"), chapter="foundations", example={"p": ["1/2", "1/4", "1/4"], "q": ["1/4", "1/4", "1/2"]})
def kl_divergence(work: Work) -> None:
    """``H(p)``, ``H(p, q)`` and ``KL(p || q) = H(p, q) - H(p)``; terms with p = 0 count 0.

    Source: Cover and Thomas, Elements of Information Theory (2006), section 2.3.
    """
    base = ask_logarithm(work)
    log = LOG_CALLS[base]
    work.given("p", ("true distribution", "真实分布"), shape="C", is_="distribution")
    work.given("q", ("other distribution", "另一分布"), shape="C", is_="distribution")
    gaps = any(x == 0 for x in work.structure("p"))
    unit = "" if log == "ln" else f" / ln({base})"

    def against(weights: str, other: str) -> str:
        return f"sum(xln({weights}, {other})){unit}" if gaps else f"sum({weights} * {log}({other}))"

    work.step("H_p", f"-{against('p', 'p')}", ("entropy of p", "p 的熵"))
    work.mistake("no_minus", against("p", "p"), "the minus sign is missing; entropy is never negative.", "漏了负号；熵不会为负。", kind="slip")
    work.step("H_pq", f"-{against('p', 'q')}", ("cross-entropy of p and q", "p 与 q 的交叉熵"))
    work.mistake("turned", f"-sum(xln(q, p)){unit}", "p and q are exchanged; p gives the weights, q stands in the logarithm.", "p 与 q 颠倒了；p 是权重，q 在对数里。")
    work.step("D_KL", "H_pq - H_p", ("KL divergence", "KL 散度"), ("the amount by which the cross-entropy exceeds the entropy", "交叉熵超出熵的部分"))
    work.mistake("reversed", f"sum(xln(q, q)){unit} - sum(xln(q, p)){unit}", "the divergence is taken the other way round; the weights are the probabilities p.", "两个分布颠倒了，求成了反方向的散度；权重应为 p。")
    work.mistake("cross_entropy", "H_pq", "the cross-entropy is left as it is; the entropy of p is subtracted from it.", "直接写了交叉熵；还应减去 p 的熵。")
    work.mistake("sum_instead", "H_pq + H_p", "the entropy is added; subtract it.", "加上了熵；应减去。", kind="slip")


FACTORS: dict[str, tuple[str, str, Pair]] = {
    "1/n": ("mean(squares)", "2 / {n} * ", ("The loss is the mean of the squared errors.", "损失为误差平方的平均。")),
    "1/2": ("sum(squares) / 2", "", ("The loss is half the sum of the squared errors.", "损失为误差平方和的一半。")),
    "1/(2n)": ("mean(squares) / 2", "1 / {n} * ", ("The loss is half the mean of the squared errors.", "损失为误差平方平均的一半。")),
    "1": ("sum(squares)", "2 * ", ("The loss is the sum of the squared errors.", "损失为误差平方和。")),
}


@calculator("mse", ("Mean squared error", "均方误差"), chapter="foundations", example={"y": [1, 2, 4], "y_hat": [2, 0, 3]})
def mse(work: Work) -> None:
    """Squared error of n predictions in its usual scalings, and its gradient. Source: Bishop (2006), section 1.1."""
    factor = work.option("factor", ("factor of the squared error", "平方误差的系数"), {name: says for name, (_, _, says) in FACTORS.items()}, default="1/n")
    n = _pairs(work)
    formula, slope, _ = FACTORS[factor]
    slope = slope.format(n=n)
    work.step("e", "y - y_hat", ("errors", "误差"))
    work.step("squares", "e^2", ("squared errors", "误差的平方"))
    work.step("loss", formula, ("loss", "损失"))
    work.mistake("rmse", "sqrt(mean(squares))", "the root of the mean square is taken; this loss has no root.", "对均方误差开了方；这个损失不开方。")
    work.mistake("abs", "mean(abs(e))", "absolute values are averaged; square the errors.", "对绝对值取了平均；应对误差取平方。")
    if n > 1:
        work.mistake("square_of_mean", "mean(e)^2", "the errors are averaged before squaring; square first.", "先平均再平方了；应先平方。")
    work.step("dL_dy_hat", f"{slope}(y_hat - y)", ("gradient with respect to the predictions", "对预测值的梯度"))
    if factor in ("1/n", "1"):
        work.mistake("forgot_two", f"1 / {n} * (y_hat - y)" if factor == "1/n" else "y_hat - y", "the factor 2 from the square is lost; the derivative of the square brings it.", "丢了系数 2；对平方求导会带出它。")
    work.mistake("gradient_sign", f"{slope}(y - y_hat)", "the sign is reversed; the slope is positive where the prediction is too high.", "符号反了；预测偏高时梯度为正。", kind="slip")


def _pairs(work: Work) -> int:
    work.given("y", ("targets", "目标值"), shape=None)
    work.given("y_hat", ("predictions", "预测值"), shape=None)
    work.fits("y_hat", " ".join(map(str, work.shape("y"))))
    return work.length("y") if work.shape("y") else 1


@calculator("mae", ("Mean absolute error", "平均绝对误差"), chapter="foundations", example={"y": [1, 2, 4], "y_hat": [2, 0, 3]})
def mae(work: Work) -> None:
    """Absolute error of n predictions, and its gradient ``sign(y_hat - y)``. Source: PyTorch documentation, torch.nn.L1Loss."""
    reduction = work.option("reduction", ("loss of several samples", "多个样本的损失"), OVER_BATCH, default="mean")
    n = _pairs(work)
    work.step("e", "y - y_hat", ("errors", "误差"))
    work.step("sizes", "abs(e)", ("absolute errors", "绝对误差"))
    work.step("loss", f"{reduction}(sizes)", ("loss", "损失"))
    work.mistake("no_abs", f"{reduction}(e)", "errors of opposite sign are left to cancel; take absolute values first.", "让正负误差相互抵消了；应先取绝对值。")
    work.mistake("squared", f"{reduction}(e^2)", "the errors are squared; take absolute values.", "对误差取了平方；应取绝对值。")
    share = f" / {n}" if reduction == "mean" and n > 1 else ""
    work.step("dL_dy_hat", f"sign(y_hat - y){share}", ("gradient with respect to the predictions", "对预测值的梯度"), ("an absolute value has the slope `+1` or `-1`, whatever the size of the error", "绝对值的导数只取 `+1` 或 `-1`，与误差大小无关"))
    work.mistake("gradient_sign", f"sign(y - y_hat){share}", "the sign is reversed; the slope is positive where the prediction is too high.", "符号反了；预测偏高时梯度为正。", kind="slip")
    work.mistake("size", f"(y_hat - y){share}", "the size of the error is carried into the gradient; an absolute value has the slope `+1` or `-1`.", "把误差的大小带进了梯度；绝对值的导数只取 `+1` 或 `-1`。")


@calculator("huber_loss", ("Huber loss", "Huber 损失"), chapter="foundations", example={"y": [1, 5], "y_hat": ["3/2", 2], "beta": 1})
def huber_loss(work: Work) -> None:
    """Quadratic for errors below the threshold, linear beyond; of one prediction or entry by entry.

    Source: Huber, Annals of Mathematical Statistics 35 (1964); PyTorch documentation, torch.nn.SmoothL1Loss and HuberLoss.
    """
    smooth = work.option("scale", ("scaling of the loss", "损失的尺度"), {
        "smooth-L1": ("With `e` the absolute error, the loss is `e^2/(2*beta)` for `e < beta` and `e - beta/2` otherwise.", "记 `e` 为误差的绝对值：`e < beta` 时损失为 `e^2/(2*beta)`，否则为 `e - beta/2`。"),
        "classical": ("With `e` the absolute error, the loss is `e^2/2` for `e < beta` and `beta*(e - beta/2)` otherwise.", "记 `e` 为误差的绝对值：`e < beta` 时损失为 `e^2/2`，否则为 `beta*(e - beta/2)`。"),
    }, default="smooth-L1") == "smooth-L1"  # fmt: skip
    _pairs(work)
    work.given("beta", ("threshold", "阈值"), is_="> 0", aliases=["delta"])
    inside, outside = ("e^2 / (2 * beta)", "e - beta / 2") if smooth else ("e^2 / 2", "beta * (e - beta / 2)")
    work.step("e", "abs(y - y_hat)", ("absolute error", "绝对误差"))
    work.step("small", "e < beta", ("1 below the threshold, else 0", "小于阈值为 1，否则为 0"))
    work.step("loss", f"where(small, {inside}, {outside})", ("loss", "损失"))
    work.mistake("wrong_branch", f"where(small, {outside}, {inside})", "the two cases are exchanged; small errors are squared.", "两种情形弄反了；小误差用平方。")
    work.mistake("no_offset", f"where(small, {inside}, {'e' if smooth else 'beta * e'})", "the offset `beta/2` is missing from the linear part; without it the two pieces do not meet.", "线性部分漏了 `beta/2`；这样两段接不上。")
    work.mistake("missing_half", f"where(small, {'e^2 / beta' if smooth else 'e^2'}, {outside})", "the `1/2` is missing from the quadratic part; without it the two pieces do not meet.", "二次部分漏了 `1/2`；这样两段接不上。")
    slope = ("(y_hat - y) / beta", "sign(y_hat - y)") if smooth else ("y_hat - y", "beta * sign(y_hat - y)")
    work.step("dL_dy_hat", f"where(small, {slope[0]}, {slope[1]})", ("gradient with respect to the prediction", "对预测值的梯度"))
    work.mistake("gradient_sign", f"-where(small, {slope[0]}, {slope[1]})", "the sign is reversed; the slope is positive where the prediction is too high.", "符号反了；预测偏高时梯度为正。", kind="slip")
