"""Softmax and what is built on it: its Jacobian, its gradient with cross-entropy, temperature, top-k. Losses are elsewhere."""

from __future__ import annotations

from functools import reduce

from exam_tool.expressions.arrays import ShapeError, Value, as_matrix, as_vector
from exam_tool.expressions.exact import ONE, ZERO, compare, larger
from exam_tool.expressions.functions import FUNCTIONS, register, whole
from exam_tool.language import Text

from .work import Pair, Work, calculator

LOGITS: Pair = ("logits", "logit 值")


def top_mask(value: Value, count: Value) -> Value:
    """1 at the ``count`` largest entries of a vector and 0 elsewhere; of equal entries the first ones are taken."""
    items, kept = as_vector(value), whole(count, 1)
    if kept > len(items):
        raise ShapeError(Text(f"Only {len(items)} entries are there, not {kept}.", f"只有 {len(items)} 个分量，不足 {kept} 个。"))
    mask: list[Value] = [ZERO] * len(items)
    for _ in range(kept):
        best = -1
        for i, item in enumerate(items):
            if mask[i] == ZERO and (best < 0 or compare(item, items[best]) > 0):
                best = i
        mask[best] = ONE
    return tuple(mask)


def row_maxima(matrix: Value) -> Value:
    """The largest entry of each row."""
    return tuple(reduce(larger, row) for row in as_matrix(matrix))


def one_hot_rows(positions: Value, size: Value) -> Value:
    """One row for each position, with a 1 there."""
    return tuple(FUNCTIONS["onehot"].apply(position, size) for position in as_vector(positions))


register("topmask", 2, 2, top_mask)
register("rowmax", 1, 1, row_maxima)
register("onehots", 2, 2, one_hot_rows)


def softmax_steps(work: Work, logits: str, *, rows: int = 0, by_column: bool = False) -> None:
    """The steps ``exp``, ``total`` and ``p`` of a softmax; ``rows`` is 0 for a vector."""
    along = 1 if by_column else 2
    work.step("exp", f"exp({logits})", ("exponential of each logit", "每个 logit 的指数"))
    work.mistake(
        "linear_normalise", logits,
        "the logits themselves are divided by their sum; softmax takes their exponentials first.",
        "直接用 logit 除以它们的和；softmax 要先取指数。",
    )  # fmt: skip
    work.mistake(
        "base_2", f"2^{logits}",
        "powers of 2 are taken; the base of softmax is e.",
        "以 2 为底取幂；softmax 的底是 e。",
    )  # fmt: skip
    if not rows:
        work.step("total", "sum(exp)", ("sum of the exponentials", "指数之和"))
        work.mistake(
            "max_normalise", "max(exp)",
            "the exponentials are divided by the largest of them; divide by their sum.",
            "指数除以了其中最大的一个；应除以指数之和。", at="total",
        )  # fmt: skip
    else:
        work.step(
            "total", f"sum(exp, {along})", ("sum of the exponentials of each column", "每列指数之和") if by_column
            else ("sum of the exponentials of each row", "每行指数之和"),
        )  # fmt: skip
    shared = "exp @ diag(1 / total)" if by_column else "diag(1 / total) @ exp"
    work.step(
        "p", shared if rows else "exp / total", ("probabilities", "概率"),
        ("every exponential is divided by the sum", "每个指数都除以总和"), is_="probability",
    )  # fmt: skip
    work.mistake(
        "not_normalised", "exp",
        "the exponentials are not divided by their sum; probabilities must add up to 1.",
        "指数没有除以它们的和；概率之和必须为 1。",
    )  # fmt: skip
    work.mistake(
        "sigmoid_each", f"sigmoid({logits})",
        "a sigmoid is taken of each logit on its own; softmax divides by the sum over all classes.",
        "对每个 logit 分别取 sigmoid；softmax 要除以所有类别的指数之和。",
    )  # fmt: skip
    if rows:
        work.mistake(
            "whole_matrix", "exp / sum(exp)",
            "one sum over the whole matrix is used; every row (or column) is divided by its own sum.",
            "用了整个矩阵的总和；每一行（或列）应除以各自的和。",
        )  # fmt: skip
    else:
        work.mistake(
            "excluded_self", "exp / (total - exp)",
            "the class itself is left out of the sum; the sum runs over all classes.",
            "求和时漏掉了该类自己；分母要对所有类别求和。",
        )  # fmt: skip


def _shifted(work: Work, rows: int, columns: int, by_column: bool) -> str:
    """The step that subtracts the largest logit, which keeps the exponentials small; returns its name."""
    if not rows:
        largest, spread = "max(z)", "m"
    elif by_column:
        largest = "rowmax(z.T)"
        spread = f"outer(ones({rows}), m)"
    else:
        largest = "rowmax(z)"
        spread = f"outer(m, ones({columns}))"
    work.step("m", largest, ("largest logit", "最大的 logit"))
    work.step(
        "z_shifted", f"z - {spread}", ("logits minus the largest", "减去最大值后的 logit"),
        ("a common shift cancels in the fraction", "各 logit 减去同一个数，分子分母约去公因子，结果不变"),
    )  # fmt: skip
    work.mistake(
        "shift_sign", f"z + {spread}", "the largest logit is added; it is subtracted, so that no exponent is above 0.",
        "加上了最大的 logit；应减去它，使指数都不大于 0。", kind="slip",
    )  # fmt: skip
    return "z_shifted"


@calculator("softmax", ("Softmax", "Softmax 概率"), chapter="foundations", example={"z": ["ln(1)", "ln(2)", "ln(5)"]})
def softmax(work: Work) -> None:
    """Probabilities ``exp(z_i) / sum_j exp(z_j)`` of a vector of logits, or of each row (column) of a matrix.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3 and, for the shift, 4.1.
    """
    work.given("z", LOGITS, shape=None)
    stabilise = work.option(
        "stabilise", ("shift of the logits", "logit 的平移"),
        {
            "plain": ("The exponentials are those of the logits themselves; nothing is subtracted first.", "直接对 logit 取指数，不先做平移。"),
            "max": ("The largest logit is subtracted before the exponentials are taken.", "先减去最大的 logit，再取指数。"),
        }, default="plain",
    )  # fmt: skip
    axis = work.option(
        "axis", ("direction of the softmax", "softmax 的方向"),
        {
            "row": ("Softmax is applied to each row, so that each row adds up to 1.", "softmax 按行进行，每行之和为 1。"),
            "column": ("Softmax is applied to each column, so that each column adds up to 1.", "softmax 按列进行，每列之和为 1。"),
        }, default="row",
    )  # fmt: skip
    shape = work.shape("z")
    if len(shape) not in (1, 2):
        raise ShapeError(Text("z must be a vector or a matrix of logits.", "z 必须是 logit 向量或矩阵。"))
    rows, columns = (0, *shape)[-2:] if len(shape) == 1 else shape
    by_column = rows > 0 and axis == "column"
    logits = _shifted(work, rows, columns, by_column) if stabilise == "max" else "z"
    softmax_steps(work, logits, rows=rows, by_column=by_column)
    work.step("winner", "argmax(p.T)" if by_column else "argmax(p)", ("most probable class", "概率最大的类别"))
    check = "sum(p)" if not rows else "sum(p, 1)" if by_column else "sum(p, 2)"
    work.step("checksum", check, ("check: the probabilities add up to", "检验：概率之和"))


@calculator("softmax_jacobian", ("Jacobian of softmax", "Softmax 的雅可比矩阵"), chapter="foundations", example={"z": ["ln(1)", "ln(2)", "ln(5)"]})
def softmax_jacobian(work: Work) -> None:
    """All derivatives ``dp_i/dz_j = p_i*([i == j] - p_j)``, a C x C matrix.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), equation 4.106.
    """
    work.given("z", LOGITS, shape="C")
    softmax_steps(work, "z")
    work.step(
        "diagonal", "p * (1 - p)", ("derivatives ∂pᵢ/∂zᵢ", "导数 ∂pᵢ/∂zᵢ"),
        ("`p_i*(1 - p_i)` is the derivative of a probability with respect to its own logit", "每个概率对自身 logit 求导得 `p_i*(1 - p_i)`"),
    )  # fmt: skip
    work.mistake("squared", "p^2", "the factor `1 - p` is left out; the derivative with respect to the own logit is `p*(1 - p)`.",
                 "漏了因子 `1 - p`；对自身 logit 的导数是 `p*(1 - p)`。")  # fmt: skip
    work.step(
        "off_diagonal", "diag(p^2) - outer(p, p)", ("derivatives ∂pᵢ/∂zⱼ with j ≠ i", "j ≠ i 时的导数 ∂pᵢ/∂zⱼ"),
        ("away from the diagonal stands `-p_i*p_j`, on it 0 so far", "非对角元为 `-p_i*p_j`，对角线暂填 0"),
    )  # fmt: skip
    work.mistake("sign", "outer(p, p) - diag(p^2)", "the minus sign away from the diagonal is lost; raising another logit lowers `p_i`, so it is `-p_i*p_j`.",
                 "非对角元丢了负号；其他 logit 增大会使 `p_i` 减小，应为 `-p_i*p_j`。", kind="slip")  # fmt: skip
    work.step("J", "diag(diagonal) + off_diagonal", ("Jacobian", "雅可比矩阵"))
    work.mistake("diag_only", "diag(diagonal)", "only the diagonal is filled; each logit changes every probability, so the other entries are not 0.",
                 "只填了对角线；每个 logit 都影响所有概率，非对角元并不为 0。")  # fmt: skip
    work.step("row_sums", "sum(J, 2)", ("check: each row adds up to", "检验：每行之和"))


LOGARITHM: dict[str, Pair] = {
    "e": ("Logarithms are natural.", "对数取自然对数。"),
    "2": ("Logarithms are to base 2.", "对数以 2 为底。"),
    "10": ("Logarithms are to base 10.", "对数以 10 为底。"),
}
LOG_CALLS = {"e": "ln", "2": "log2", "10": "log10"}


def ask_logarithm(work: Work) -> str:
    """The base of the logarithms of a loss."""
    return work.option("log_base", ("base of the logarithm", "对数的底"), LOGARITHM, default="e")


REDUCTIONS: dict[str, Pair] = {
    "single": ("Each sample has a loss of its own; nothing is averaged.", "每个样本各有自己的损失，不取平均。"),
    "mean": ("The loss of the batch is the mean over its samples.", "批次损失取各样本的平均。"),
    "sum": ("The loss of the batch is the sum over its samples.", "批次损失取各样本之和。"),
}


@calculator(
    "softmax_cross_entropy_gradient",
    ("Gradient of cross-entropy through softmax", "交叉熵经 softmax 的梯度"),
    chapter="foundations",
    example={"z": ["ln(1)", "ln(2)", "ln(5)"], "y": [0, 1, 0]},
)
def softmax_cross_entropy_gradient(work: Work) -> None:
    """Loss ``-ln p_true`` and its gradient ``p - y`` by the logits, of one sample or of a batch of n rows.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), equation 4.109.
    """
    work.given("z", LOGITS, shape=None)
    rows = work.length("z") if len(work.shape("z")) == 2 else 0
    work.given("y", ("one-hot label", "独热标签"), shape=f"{rows} {work.shape('z')[1]}" if rows else str(work.length("z")),
               is_="one-hot")  # fmt: skip
    reduction = work.option(
        "reduction", ("loss of a batch", "批次损失"), REDUCTIONS, default="mean" if rows else "single"
    )
    base = ask_logarithm(work)
    log = LOG_CALLS[base]
    softmax_steps(work, "z", rows=rows)
    per_row = ", 2" if rows else ""
    work.step("p_true", f"sum(p * y{per_row})", ("probability of the true class", "真实类别的概率"), is_="probability")
    loss = "losses" if rows else "loss"
    work.step(loss, f"-{log}(p_true)", ("cross-entropy of each sample", "每个样本的交叉熵") if rows else ("cross-entropy", "交叉熵"))
    work.mistake("no_minus", f"{log}(p_true)", "the minus sign is missing; the loss is never negative.", "漏了负号；损失不会为负。", kind="slip")
    work.mistake("one_minus_p", "1 - p_true", "`1 - p` is taken as the loss; cross-entropy takes a logarithm.", "把 `1 - p` 当作损失；交叉熵要取对数。")
    if rows and reduction != "single":
        work.step("loss", f"{reduction}(losses)", ("loss of the batch", "批次损失"))
    share = ("" if base == "e" else f" / ln({base})") + (f" / {rows}" if rows and reduction == "mean" else "")
    work.step(
        "dL_dz", f"(p - y){share}" if share else "p - y", ("gradient with respect to the logits", "对 logit 的梯度"),
        ("the derivative of softmax cancels against that of the logarithm", "softmax 的导数与对数的导数恰好抵消"),
    )  # fmt: skip
    work.mistake("reversed", f"(y - p){share}", "the sign is reversed; the gradient is `p - y`.",
                 "符号反了；梯度为 `p - y`。", kind="slip")  # fmt: skip
    work.mistake("times_sigmoid", f"(p - y) * p * (1 - p){share}",
                 "the factor `p*(1 - p)` is multiplied in once more; with cross-entropy it has cancelled, and `p - y` is left.",
                 "又多乘了 `p*(1 - p)`；与交叉熵配对时它已抵消，只剩 `p - y`。")  # fmt: skip
    work.mistake("minus_inverse", f"-(y / p){share}",
                 "the gradient with respect to the probabilities is given; going on to the logits leaves `p - y`.",
                 "只求到对概率的梯度；继续求到 logit 才得到 `p - y`。")  # fmt: skip
    work.mistake("own_logit_only", f"y * (p - 1){share}",
                 "only the logit of the true class is counted; every logit moves its probability, so the other entries are not 0.",
                 "只算了真实类别的 logit；每个 logit 都影响它的概率，其余分量并不为 0。")  # fmt: skip


@calculator("temperature_softmax", ("Softmax with temperature", "温度 softmax"), chapter="transformer",
            example={"z": ["ln(1)", "ln(4)", "ln(9)"], "T": 2})  # fmt: skip
def temperature_softmax(work: Work) -> None:
    """Probabilities ``exp(z_i/T) / sum_j exp(z_j/T)``: a temperature below 1 sharpens, one above 1 flattens.

    Source: Hinton, Vinyals and Dean, arXiv:1503.02531, equation 1.
    """
    work.given("z", LOGITS, shape="C")
    work.given("T", ("temperature", "温度"), is_="> 0", default="1")
    work.step("z_scaled", "z / T", ("logits divided by the temperature", "除以温度后的 logit"))
    work.mistake("multiply", "z * T", "the logits are multiplied by T; they are divided by it, so a high temperature flattens.",
                 "logit 乘了 T；应除以 T，温度高则分布变平。")  # fmt: skip
    softmax_steps(work, "z_scaled")
    work.mistake("after", "softmax(z) / T", "the probabilities are divided by T; T divides the logits, before the exponentials.",
                 "对概率除以 T；应在取指数之前用 T 去除 logit。")  # fmt: skip
    work.step("p_at_1", "softmax(z)", ("probabilities at temperature 1", "温度为 1 时的概率"))
    work.step("sharper", "sign(max(p) - max(p_at_1))",
              ("comparison with T = 1 (`1` if sharper, `0` if the same, `-1` if flatter)", "与 T = 1 的比较（更尖锐为 `1`，不变为 `0`，更平坦为 `-1`）"))  # fmt: skip


@calculator("top_k_sampling", ("Top-k truncation", "top-k 截断"), chapter="transformer", example={"p": ["1/2", "1/4", "1/8", "1/8"], "k": 2})
def top_k_sampling(work: Work) -> None:
    """Keeps the k most probable tokens and divides by their mass, from probabilities ``p`` or from logits ``z``.

    Of equally probable tokens the first ones are kept. Source: Fan, Lewis and Dauphin, arXiv:1805.04833, section 5.1.
    """
    if not work.optional("p", ("token probabilities", "各词元的概率"), is_="distribution", shape="V"):
        work.given("z", LOGITS, shape="V")
        softmax_steps(work, "z")
    work.given("k", ("number of tokens kept", "保留的词元数"), is_="integer, >= 1")
    work.step("kept", "topmask(p, k)", ("kept tokens (1 kept, 0 cut)", "保留的词元（1 保留，0 截去）"))
    work.mistake("bottom_k", "topmask(-p, k)", "the k least probable tokens are kept; keep the most probable ones.",
                 "保留了概率最小的 k 个词元；应保留概率最大的。")  # fmt: skip
    work.step("mass", "sum(p * kept)", ("mass of the kept tokens", "保留词元的总概率"), is_="> 0, <= 1")
    work.step("p_new", "p * kept / mass", ("probabilities after truncation", "截断后的概率"),
              ("divided by the kept mass, so that they add up to 1 again", "除以保留的总概率，使和重新为 1"), is_="probability")  # fmt: skip
    work.mistake("no_renorm", "p * kept", "the kept probabilities are left as they are; divide by their sum, or they do not add up to 1.",
                 "保留的概率没有重新归一化；要除以它们的和，否则总和小于 1。")  # fmt: skip
    work.mistake("even", "kept / k", "the mass is shared evenly; the kept tokens keep their proportions.",
                 "把概率平均分给保留的词元；它们之间的比例应保持不变。")  # fmt: skip
