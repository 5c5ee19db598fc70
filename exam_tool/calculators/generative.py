"""Principal components and autoencoders. Variational ones and adversarial games have modules of their own."""

from __future__ import annotations

from exam_tool.expressions.arrays import ShapeError, Value, as_matrix
from exam_tool.expressions.exact import ONE, TWO, ZERO, add, divide, multiply, negate, sign, sqrt, subtract
from exam_tool.expressions.functions import register
from exam_tool.language import Text

from .work import CalculatorError, Pair, Work, calculator


def eigenvalues(matrix: Value) -> Value:
    """Both eigenvalues of a symmetric 2 x 2 matrix, the larger first, exactly."""
    (a, b), (_, d) = _two(matrix)
    half_sum, half_gap = divide(add(a, d), TWO), divide(subtract(a, d), TWO)
    root = sqrt(add(multiply(half_gap, half_gap), multiply(b, b)))
    return add(half_sum, root), subtract(half_sum, root)


def eigenvector(matrix: Value, value: Value) -> Value:
    """A vector, not of length 1, for this eigenvalue of a symmetric 2 x 2 matrix; its first entry that is not 0 is positive."""
    (a, b), _ = _two(matrix)
    if sign(b) == 0:
        return (ONE, ZERO) if sign(subtract(value, a)) == 0 else (ZERO, ONE)
    found = (b, subtract(value, a))
    return found if sign(b) > 0 else tuple(negate(x) for x in found)


def _two(matrix: Value) -> Value:
    rows = as_matrix(matrix)
    if len(rows) != 2 or len(rows[0]) != 2:
        raise ShapeError(Text("Eigenvalues are worked out for 2 x 2 matrices.", "只对 2×2 矩阵计算特征值。"))
    return rows


register("eigenvalues", 1, 1, eigenvalues)
register("eigenvector", 2, 2, eigenvector)


SCALINGS: dict[str, Pair] = {
    "centred": ("The features are centred and not scaled.", "各特征只做中心化，不缩放。"),
    "standardised": ("The features are centred and divided by their standard deviations.", "各特征中心化后再除以标准差。"),
}
SIGNS: dict[str, Pair] = {
    "positive": ("The first entry of a direction that is not 0 is positive.", "方向的首个非零分量取正。"),
    "negative": ("The first entry of a direction that is not 0 is negative.", "方向的首个非零分量取负。"),
}
SAMPLES: dict[str, Pair] = {
    "rows": ("Each row of the data is a sample.", "数据的每一行是一个样本。"),
    "columns": ("Each column of the data is a sample.", "数据的每一列是一个样本。"),
}


@calculator("pca", ("Principal component analysis", "主成分分析"), chapter="generative", example={"X": [[0, 0], [2, 1], [1, 2], [3, 3]]})
def pca(work: Work) -> None:
    """Mean, covariance, eigenvalues, first direction, projections and explained ratio of data with two features.

    With ``trick=gram`` two samples of any number of features are handled through the n x n matrix of their products.
    Source: Bishop (2006), sections 12.1.1 and 12.1.4.
    """
    divisor = work.option("denominator", ("divisor of the covariance", "协方差的除数"), {
        "n": ("The covariance divides by the number of samples.", "协方差除以样本数。"),
        "n-1": ("The covariance divides by one less than the number of samples.", "协方差除以样本数减 1。"),
    }, default="n")  # fmt: skip
    gram = work.option("trick", ("which eigenvalue problem", "求解哪个特征值问题"), {
        "covariance": ("", ""),
        "gram": ("Eigenvectors are taken of the n × n matrix of products and mapped back.", "对 n×n 内积矩阵求特征向量再映射回去。"),
    }, default="covariance", convention=False) == "gram"  # fmt: skip
    scaled = work.option("scaling", ("preparation of the data", "数据预处理"), SCALINGS, default="centred") == "standardised"
    flip = "-" if work.option("sign", ("sign of a component", "主成分的符号"), SIGNS, default="positive") == "negative" else ""
    columns = work.option("samples", ("samples", "样本的排列"), SAMPLES, default="rows") == "columns"
    work.given("X", ("data", "数据"), shape="d n" if columns else "n d")
    n, d = work.shape("X")[::-1] if columns else work.shape("X")
    data = "X.T" if columns else "X"
    if (n if gram else d) != 2:
        raise CalculatorError(Text("By hand: two features, or two samples with trick=gram.", "手算只支持两个特征，或两个样本（trick=gram）。"))
    share = n if divisor == "n" else n - 1
    work.step("mu", f"mean({data}, 1)", ("mean of each feature", "各特征的均值"), ("over the samples", "对样本求平均"))
    work.step("X_c", f"{data} - outer(ones({n}), mu)", ("centred data", "中心化后的数据"), ("the mean of each feature is subtracted", "每个特征减去自己的均值"))
    work.mistake("no_centre", data, "the means are not subtracted; the data are centred first.", "没有减去均值；应先把数据中心化。")
    data = "X_c"
    if scaled:
        data = "X_s"
        work.step("sigma", f"sqrt(sum(X_c^2, 1) / {share})", ("standard deviation of each feature", "各特征的标准差"))
        work.step("X_s", f"X_c / outer(ones({n}), sigma)", ("standardised data", "标准化后的数据"), ("each feature is divided by its standard deviation", "每个特征除以自己的标准差"))
    work.step("S", f"{data} @ {data}.T / {share}" if gram else f"{data}.T @ {data} / {share}", *((("matrix of products", "内积矩阵"), ("products of the centred samples", "中心化样本两两的内积")) if gram else (("covariance matrix", "协方差矩阵"), (f"the products of the centred features are added and divided by {share}", f"中心化特征两两的乘积求和，再除以 {share}"))))
    work.mistake("not_divided", f"{data} @ {data}.T" if gram else f"{data}.T @ {data}", f"the products are not divided; here the divisor is {share}.", f"乘积之和没有做除法；这里应除以 {share}。")
    work.step("lambdas", "eigenvalues(S)", ("eigenvalues, largest first", "特征值（从大到小）"), ("the solutions λ of det(S − λI) = 0", "方程 det(S − λI) = 0 的解 λ"))
    if gram:
        work.step("v", "eigenvector(S, lambdas[1])", ("eigenvector of the largest eigenvalue", "最大特征值的特征向量"), ("it solves S v = λ v", "满足 S v = λ v"))
        work.step("direction", f"{data}.T @ v", ("direction in the space of the features", "特征空间中的方向"), ("the eigenvector is mapped back", "把特征向量映射回去"))
        if d == n:
            work.mistake("trick_wrong", "v", "the eigenvector of the n × n matrix is used as the direction; it is still to be mapped back to the features.", "直接把 n×n 矩阵的特征向量当作方向；还要映射回特征空间。")
        work.mistake("smallest", f"{data}.T @ eigenvector(S, lambdas[2])", "the smallest eigenvalue is used; the first component belongs to the largest.", "用了最小的特征值；第一主成分对应最大的特征值。")
    else:
        work.step("direction", "eigenvector(S, lambdas[1])", ("eigenvector of the largest eigenvalue", "最大特征值的特征向量"), ("it solves S v = λ v", "满足 S v = λ v"))
        work.mistake("smallest", "eigenvector(S, lambdas[2])", "the smallest eigenvalue is used; the first component belongs to the largest.", "用了最小的特征值；第一主成分对应最大的特征值。")
    work.step("u", f"{flip}direction / norm(direction)", ("first principal direction, of length 1", "单位化的第一主方向"), ("divided by its length", "除以自身的长度"))
    work.mistake("not_unit", f"{flip}direction", "the direction is not scaled to length 1; it is divided by its length.", "方向没有单位化；应除以它的长度。")
    work.step("z", f"{data} @ u", ("projections", "投影"))
    work.step("ratio", "lambdas[1] / sum(lambdas)", ("share of the variance explained", "方差解释率"), ("largest eigenvalue over the sum of all", "最大特征值除以特征值之和"), is_=">= 0, <= 1")
    work.mistake("quotient", "lambdas[1] / lambdas[2]", "the eigenvalue is divided by the other one; it is divided by the sum of both.", "除以了另一个特征值；应除以特征值之和。")


@calculator("autoencoder_reconstruction", ("Reconstruction by an autoencoder", "自编码器的重构"), chapter="generative",
            example={"x": [1, 2], "W_e": [[1, -1]], "W_d": [[1], [2]]})  # fmt: skip
def autoencoder_reconstruction(work: Work) -> None:
    """Code, reconstruction, loss, weights and whether the code is smaller, of a one-layer linear autoencoder.

    Source: Goodfellow et al., Deep Learning (2016), sections 14.1 and 14.2.
    """
    loss = work.option("loss", ("reconstruction loss", "重构损失"), {
        "squared L2": ("The loss is the squared distance of `x` from its reconstruction.", "损失为 `x` 与重构之间距离的平方。"),
        "mean squared": ("The loss is the mean squared difference of `x` and its reconstruction.", "损失为 `x` 与重构的均方误差。"),
        "BCE": ("The output passes a sigmoid, and the loss is binary cross-entropy, added over the entries.", "输出经 sigmoid，损失为各分量二元交叉熵之和。"),
    }, default="squared L2")  # fmt: skip
    tied = work.option("tied", ("decoder weights", "解码器权重"), {
        "no": ("", ""), "yes": ("The decoder uses the transposed encoder weights.", "解码器使用编码器权重的转置。"),
    }, default="no", convention=False) == "yes"  # fmt: skip
    work.given("x", ("input", "输入"), shape="d")
    work.given("W_e", ("encoder weights", "编码器权重"), shape="k d")
    if not tied:
        work.given("W_d", ("decoder weights", "解码器权重"), shape="d k")
    code, size = work.shape("W_e")
    work.step("h", "W_e @ x", ("code", "编码"), ("the encoder multiplies the input by its weights", "编码器用权重乘输入"))
    decoder = "W_e.T" if tied else "W_d"
    work.step("x_tilde", f"sigmoid({decoder} @ h)" if loss == "BCE" else f"{decoder} @ h", ("reconstruction", "重构"), ("the decoder multiplies the code by its weights", "解码器用权重乘编码"))
    if code == size:
        work.mistake("no_decoder", "h", "the code is taken for the reconstruction; it is still to be decoded.", "把编码当成了重构；还要解码。")
    if loss == "BCE":
        work.step("loss", "-sum(x * ln(x_tilde) + (1 - x) * ln(1 - x_tilde))", ("loss", "损失"))
    else:
        work.step("loss", f"{'sum' if loss == 'squared L2' else 'mean'}((x - x_tilde)^2)", ("loss", "损失"))
        work.mistake("absolute", f"{'sum' if loss == 'squared L2' else 'mean'}(abs(x - x_tilde))", "absolute differences are taken; the loss squares them.", "用了差的绝对值；应取平方。")
        if code == size:
            work.mistake("code_error", "sum((x - h)^2)", "the input is compared with the code; it is compared with the reconstruction.", "把输入与编码作了比较；应与重构比较。")
    work.step("undercomplete", f"{code} < {size}", ("whether the code is smaller than the input (1 yes, 0 no)", "编码维数是否小于输入（1 是，0 否）"))
    work.step("weights", f"{code} * {size}" if tied else f"2 * {code} * {size}", ("number of weights", "权重数"))


REGULARIZED: dict[str, Pair] = {"sparse": ("", ""), "denoising": ("", ""), "contractive": ("", "")}


@calculator("regularized_autoencoder_loss", ("Loss of a regularised autoencoder", "正则化自编码器的损失"), chapter="generative",
            example={"x": [1, 2], "x_tilde": [0, "5/2"], "h": [2, -1], "lam": "0.1"})  # fmt: skip
def regularized_autoencoder_loss(work: Work) -> None:
    """Squared reconstruction error plus an L1 penalty on the code, a penalty on the encoder's Jacobian, or with noisy input.

    Source: Goodfellow et al., Deep Learning (2016), sections 14.2.1, 14.5 and 14.7.
    """
    guess = "contractive" if work.offered("J") else "denoising" if work.offered("x_noisy") else "sparse"
    kind = work.option("kind", ("kind of autoencoder", "自编码器的种类"), REGULARIZED, default=guess, convention=False)
    work.given("x", ("clean input", "未加噪的输入"), shape="d")
    work.given("x_tilde", ("reconstruction", "重构"), shape="d")
    why = ("compared with the clean input", "与未加噪的输入比较") if kind == "denoising" else ("squared distance from the input", "与输入之间距离的平方")
    work.step("reconstruction", "sum((x - x_tilde)^2)", ("reconstruction term", "重构项"), why)
    if kind == "denoising":
        work.given("x_noisy", ("noisy input", "加噪输入"), shape="d")
        work.mistake("noisy_target", "sum((x_noisy - x_tilde)^2)", "the reconstruction is compared with the noisy input; the clean one is the target.", "与加噪的输入作了比较；目标是未加噪的输入。")
        work.step("total", "reconstruction", ("total loss", "总损失"), ("there is no penalty", "没有惩罚项"))
        return
    work.given("lam", ("weight of the penalty", "惩罚系数"), is_=">= 0")
    if kind == "sparse":
        work.given("h", ("code", "编码"), shape="k")
        work.step("penalty", "lam * sum(abs(h))", ("penalty", "惩罚项"), ("it keeps most entries of the code near 0", "使编码的多数分量接近 0"))
        work.mistake("no_abs", "lam * sum(h)", "the signs are kept; the penalty takes absolute values.", "保留了符号；惩罚项应取绝对值。")
        work.mistake("squared", "lam * sum(h^2)", "the entries of the code are squared; this penalty takes absolute values.", "对编码的分量取了平方；这里应取绝对值。")
        if work.optional("W", ("weights", "权重"), shape="k d"):
            work.mistake("weights_l1", "lam * sum(abs(W))", "the weights are penalised; the penalty belongs to the code.", "惩罚了权重；应惩罚编码。")
    else:
        work.given("J", ("Jacobian of the encoder", "编码器的雅可比矩阵"), shape="k d")
        work.step("penalty", "lam * sum(J^2)", ("penalty", "惩罚项"), ("squared Frobenius norm", "Frobenius 范数的平方"))
        work.mistake("not_squared", "lam * norm(J)", "the norm is not squared; the penalty takes its square.", "范数没有平方；惩罚项用的是它的平方。")
        if work.optional("J_g", ("Jacobian of the decoder", "解码器的雅可比矩阵"), shape="d k"):
            work.mistake("decoder_jacobian", "lam * sum(J_g^2)", "the Jacobian of the decoder is penalised; the penalty belongs to that of the encoder.", "惩罚了解码器的雅可比矩阵；应惩罚编码器的。")
    work.step("total", "reconstruction + penalty", ("total loss", "总损失"), ("both terms are minimised together", "两项一起最小化"))
    work.mistake("minus", "reconstruction - penalty", "the penalty is subtracted; it is added.", "减去了惩罚项；应当相加。", kind="slip")
