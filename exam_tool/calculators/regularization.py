"""Weight updates with L1 and L2 penalties, and the penalised loss, for weights of any shape."""

from __future__ import annotations

from exam_tool.expressions.arrays import entries
from exam_tool.expressions.exact import sign

from .updates import BIASES, HALF_SPELLINGS
from .work import Pair, Work, calculator


@calculator(
    "l1_update",
    ("Weight update with an L1 penalty", "带 L1 惩罚的权重更新"),
    chapter="regularization",
    example={"w": "-0.5", "grad": "0.2", "eta": "0.1", "lam": "0.3"},
)
def l1_update(work: Work) -> None:
    """One gradient step on L + lam*sum|w|; ``w`` and ``grad`` are numbers, vectors or matrices of one shape.

    Source: Goodfellow et al. 2016, section 7.1.2.
    """
    _weights_and_rates(work)
    zero = _ask_zero(work)
    if zero == "subgradient":
        work.given("s_0", ("slope of |w| at 0", "|w| 在 0 处的导数"), is_=">= -1, <= 1", default="0")
    slopes = "sign(w)" if zero == "0" else "sign(w) + s_0*(w == 0)" if not work.shape("w") else "where(abs(w) > 0, sign(w), s_0)"
    work.step("s", slopes, ("signs of the weights", "权重的符号"), ("the slope of |w| is the sign of w", "|w| 的导数是 w 的符号"), is_=">= -1, <= 1")
    work.mistake("dropped_sign", "sign(w)^2", "the sign is lost and +1 is taken throughout; for a negative weight it is −1.", "丢了符号，一律取了 +1；权重为负时应取 −1。")
    work.mistake("abs", "abs(w)", "the absolute value is taken for the slope; the slope of |w| is the sign of w, +1 or −1.", "把绝对值当成了导数；|w| 的导数是 w 的符号，即 +1 或 −1。")
    work.mistake("times_w", "w", "the L2 rule is used; the slope of the L1 penalty does not depend on the size of the weight.", "用了 L2 的规则；L1 惩罚项的导数与权重大小无关。")
    if work.shape("w"):
        work.mistake("sign_of_gradient", "sign(grad)", "the sign of the gradient is taken; the penalty has the sign of the weight.", "取了梯度的符号；惩罚项用的是权重的符号。")
    work.step("penalty_grad", "lam*s", ("gradient of the penalty", "惩罚项的梯度"), ("the derivative of the penalty is its strength times the sign", "惩罚项的导数等于强度乘以符号"))
    work.step("total_grad", "grad + penalty_grad", ("total gradient", "总梯度"), ("the gradients of the data loss and of the penalty are added", "数据损失的梯度加上惩罚项的梯度"))
    work.mistake("minus", "grad - penalty_grad", "the penalty gradient is subtracted; it is added, so that the step pulls the weight towards 0.", "减去了惩罚项的梯度；应当相加，更新时才会把权重拉向 0。", kind="slip")
    work.step("w_new", "w - eta*total_grad", _new(work), ("a step against the gradient", "沿梯度的反方向走一步"))
    work.mistake("no_eta", "w - eta*grad - penalty_grad", "the learning rate multiplies the data gradient only; it multiplies the total gradient.", "学习率只乘了数据损失的梯度；它要乘总梯度。")
    work.mistake("ascent", "w + eta*total_grad", "the step goes up the gradient; descent subtracts it.", "沿梯度方向走了一步；梯度下降应减去梯度。", kind="slip")


def _ask_zero(work: Work) -> str:
    """The slope at 0, on which courses differ; nothing is said of it where no weight is 0."""
    if not work.offered("sign_at_zero") and all(sign(weight) for weight in entries(work.structure("w"))):
        return "0"
    return work.option(
        "sign_at_zero",
        ("slope of |w| at 0", "|w| 在 0 处的导数"),
        {"0": ("At 0 the slope of |w| counts as 0.", "|w| 在 0 处的导数取 0。"), "subgradient": ("At 0 the slope of |w| is `s_0`.", "|w| 在 0 处的导数取 `s_0`。")},
        default="0",
        spellings={"subgradient in [-1,1]": "subgradient"},
    )


def _new(work: Work) -> Pair:
    return ("new weights", "更新后的权重") if work.shape("w") else ("new weight", "更新后的权重")


def _weights_and_rates(work: Work) -> None:
    work.given("w", ("weight", "权重"), shape=None)
    work.given("grad", ("gradient of the data loss", "数据损失的梯度"), shape=None)
    work.fits("grad", " ".join(map(str, work.shape("w"))))
    work.given("eta", ("learning rate", "学习率"), is_="> 0")
    work.given("lam", ("strength of the penalty", "正则化强度"), is_=">= 0", aliases=["lambda"])


HALVES = {
    "half": ("The L2 penalty is `lam/2` times the sum of squares.", "L2 惩罚项为 `lam/2` 乘以平方和。"),
    "full": ("The L2 penalty is `lam` times the sum of squares.", "L2 惩罚项为 `lam` 乘以平方和。"),
    "per_sample": ("The L2 penalty is `lam/(2*m)` times the sum of squares, with `m` samples.", "L2 惩罚项为 `lam/(2*m)` 乘以平方和，`m` 为样本数。"),
}
SLOPES = {"half": "lam", "full": "2*lam", "per_sample": "lam/m"}
FACTORS = {"half": "lam/2", "full": "lam", "per_sample": "lam/(2*m)"}


def _ask_half(work: Work) -> str:
    """How the L2 penalty is written; one shared over the samples needs their number."""
    half = work.option("half", ("L2 penalty", "L2 惩罚的写法"), HALVES, default="half", spellings={**HALF_SPELLINGS, "lambda/(2m)": "per_sample"})
    samples: Pair = ("samples", "样本数")
    if half == "per_sample":
        work.given("m", samples, is_="integer, >= 1")
    else:
        work.optional("m", samples, is_="integer, >= 1")
    return half


@calculator(
    "l2_update",
    ("Weight update with an L2 penalty (weight decay)", "带 L2 惩罚的权重更新（权重衰减）"),
    chapter="regularization",
    example={"w": "-0.5", "grad": "0.2", "eta": "0.1", "lam": "0.3"},
)
def l2_update(work: Work) -> None:
    """One gradient step on L + lam/2*sum(w^2), written as decay; any shape. Source: Goodfellow et al. 2016, section 7.1.1."""
    _weights_and_rates(work)
    half = _ask_half(work)
    rate = SLOPES[half]
    work.step("decay", "1 - 2*eta*lam" if half == "full" else f"1 - eta*{rate}", ("decay factor", "衰减系数"), ("the penalty pulls every weight towards 0", "惩罚项把每个权重拉向 0"))
    work.mistake("no_eta", f"1 - {rate}", "the learning rate is missing in the decay; it multiplies the gradient of the penalty too.", "衰减系数里漏了学习率；惩罚项的梯度也要乘学习率。")
    work.mistake("grow", f"1 + eta*{rate}", "the weight grows; the gradient of the penalty is subtracted, so the factor is below 1.", "权重被放大了；惩罚项的梯度应当减去，系数小于 1。", kind="slip")
    work.step("shrunk", "decay*w", ("decayed weight", "衰减后的权重"), ("the old weight times the decay factor", "旧权重乘以衰减系数"))
    work.step("step", "eta*grad", ("gradient step", "梯度更新量"), ("the learning rate times the gradient of the data loss", "学习率乘以数据损失的梯度"))
    work.step("w_new", "shrunk - step", _new(work), ("the gradient step is subtracted from the decayed weight", "衰减后的权重再减去梯度更新量"))
    work.mistake("decay_all", "decay*(w - step)", "the gradient step is decayed as well; only the old weight is decayed.", "梯度更新量也被衰减了；只有旧权重才衰减。")
    work.mistake("sign_rule", "w - eta*(grad + lam*sign(w))", "the L1 rule is used; with L2 the pull is proportional to the weight.", "用了 L1 的规则；L2 惩罚的拉力与权重成正比。")
    work.mistake("ascent", "shrunk + step", "the gradient step is added; descent subtracts it.", "加上了梯度更新量；梯度下降应当减去。", kind="slip")


@calculator(
    "regularized_loss",
    ("Loss with a penalty", "带惩罚项的总损失"),
    chapter="regularization",
    example={"L": "0.5", "W": [[1, -2], ["0.5", 3]], "lam": "0.1"},
)
def regularized_loss(work: Work) -> None:
    """J = L + penalty over one weight array ``W``, or several ``W_1, W_2, ...`` of any shapes, with optional biases ``b``.

    Source: Goodfellow et al. 2016, section 7.1.
    """
    work.given("L", ("data loss", "数据损失"))
    weights = _weight_arrays(work)
    work.given("lam", ("strength of the penalty", "正则化强度"), is_=">= 0", aliases=["lambda"])
    kinds = {"L1": ("The L1 penalty is `lam` times the sum of absolute values.", "L1 惩罚项为 `lam` 乘以绝对值之和。"), "L2": ("There is an L2 penalty.", "采用 L2 惩罚项。")}
    kind = work.option("reg", ("penalty", "惩罚项"), kinds, default="L2", convention=False)
    half = _ask_half(work) if kind == "L2" else "half"
    penalised = list(weights)
    if work.optional("b", ("biases", "偏置"), shape=None) and work.option("bias_penalised", ("penalty on biases", "偏置是否加惩罚"), BIASES, default="no") == "yes":
        penalised.append("b")
    if kind == "L1":
        _absolute_values(work, penalised)
    else:
        _squares(work, penalised, half)
    work.step("J", "L + penalty", ("total loss", "总损失"), ("data loss plus penalty", "数据损失加惩罚项"))
    work.mistake("penalty_subtracted", "L - penalty", "the penalty is subtracted; large weights must cost more, so it is added.", "减去了惩罚项；权重越大代价越高，应当相加。", kind="slip")
    for name in penalised:
        slope = f"lam*sign({name})" if kind == "L1" else f"{SLOPES[half]}*{name}"
        work.step("penalty_grad" if len(penalised) == 1 else f"penalty_grad_{name}", slope, ("gradient of the penalty", "惩罚项的梯度"), ("differentiate the penalty as it is written", "按所给的惩罚项求导"))


def _weight_arrays(work: Work) -> list[str]:
    if work.offered("W") or not work.offered("W_1"):
        work.given("W", ("weights", "权重"), shape=None, aliases=["w"])
        return ["W"]
    names: list[str] = []
    while work.offered(f"W_{len(names) + 1}"):
        names.append(f"W_{len(names) + 1}")
        work.given(names[-1], (f"weights of layer {len(names)}", f"第 {len(names)} 层的权重"), shape=None)
    return names


def _absolute_values(work: Work, names: list[str]) -> None:
    total = " + ".join(f"sum(abs({name}))" for name in names)
    work.step("size", total, ("sum of absolute values", "绝对值之和"), ("each counts without its sign", "逐个取绝对值再相加"), is_=">= 0")
    work.mistake("abs_missing", " + ".join(f"sum({name})" for name in names), "the weights are added with their signs; the penalty adds their absolute values.", "把带符号的权重相加了；应当取绝对值再相加。")
    work.step("penalty", "lam*size", ("penalty", "惩罚项"), ("its strength times the sum", "强度乘以该和"), is_=">= 0")


def _squares(work: Work, names: list[str], half: str) -> None:
    work.step("size", " + ".join(f"sum({name}^2)" for name in names), ("sum of squares", "平方和"), ("each is squared before they are added", "先逐个平方，再相加"), is_=">= 0")
    work.mistake("norm_not_squared", f"sqrt({' + '.join(f'sum({name}^2)' for name in names)})", "the square root is taken; the penalty has the square of the norm.", "多开了一次平方；惩罚项用的是范数的平方。")
    work.mistake("abs_for_square", " + ".join(f"sum(abs({name}))" for name in names), "absolute values are added; L2 adds squares.", "把绝对值相加了；L2 应当把平方相加。")
    work.step("penalty", f"{FACTORS[half]}*size", ("penalty", "惩罚项"), ("as the penalty is stated", "按题中惩罚项的写法"), is_=">= 0")
