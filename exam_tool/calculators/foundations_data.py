"""Preparing data and judging a fit: standardising, generalisation gap, least squares of one variable."""

from __future__ import annotations

from .work import Work, calculator


@calculator("standardize", ("Standardising features", "特征标准化"), chapter="foundations", example={"X": [[1, 2], [3, 10], [5, 6]]})
def standardize(work: Work) -> None:
    """Zero mean and unit variance of each of d features over n samples. Source: LeCun et al., Efficient BackProp (1998), section 4.3."""
    divisor = work.option("variance", ("divisor of the variance", "方差的除数"), {
        "n": ("The variance is the sum of the squared deviations divided by the number n of samples.", "方差为离差平方和除以样本数 n。"),
        "n-1": ("The variance is the sum of the squared deviations divided by `n - 1`, for n samples.", "方差为离差平方和除以 `n - 1`（n 为样本数）。"),
    }, default="n")  # fmt: skip
    scaled = work.option("step", ("what is done", "处理步骤"), {"centre and scale": ("", ""), "centre only": ("", "")},
                         default="centre and scale", convention=False) == "centre and scale"  # fmt: skip
    work.given("X", ("data, one row per sample", "数据（每行一个样本）"), shape="n d")
    n, d = work.shape("X")
    work.step("mu", "mean(X, 1)", ("mean of each feature", "各特征的均值"))
    work.step("X_c", f"X - outer(ones({n}), mu)", ("centred data", "中心化数据"), ("each entry loses the mean of its column", "每个元素减去所在列的均值"))
    work.mistake("row_wise", f"X - outer(mean(X, 2), ones({d}))", "each sample's own mean is subtracted; take the mean of each feature over the samples.", "减去了每个样本自己的均值；应对每个特征在所有样本上取均值。")
    if not scaled:
        return
    variance = "variance(X, 1)" if divisor == "n" else f"sum(X_c^2, 1) / {n - 1}"
    work.step("sigma", f"sqrt({variance})", ("standard deviation of each feature", "各特征的标准差"))
    work.mistake("divide_by_variance", variance, "the root is left out; the standard deviation is the square root of the variance.", "没有开方；标准差是方差的平方根。")
    work.step("X_new", "X_c @ diag(1 / sigma)", ("standardised data", "标准化数据"), ("each column is divided by its standard deviation", "每一列除以其标准差"))
    work.mistake("no_centre", "X @ diag(1 / sigma)", "the means are not subtracted; centre the data first.", "没有减去均值；应先中心化。")


@calculator("generalization_gap", ("Training error, test error and gap", "训练误差、测试误差与差距"), chapter="foundations",
            example={"train_errors": ["0.02", "0.04"], "test_errors": ["0.2", "0.1"], "E_max": "0.05", "gap_max": "0.05"})  # fmt: skip
def generalization_gap(work: Work) -> None:
    """Mean errors, their difference and, when limits are given, the diagnosis. Source: Goodfellow et al. (2016), section 5.2."""
    work.given("train_errors", ("errors on training samples", "训练样本的误差"), shape="n")
    work.given("test_errors", ("errors on test samples", "测试样本的误差"), shape="m")
    work.step("E_train", "mean(train_errors)", ("mean training error", "平均训练误差"))
    work.step("E_test", "mean(test_errors)", ("mean test error", "平均测试误差"))
    work.step("gap", "E_test - E_train", ("generalisation gap", "泛化差距"))
    work.mistake("reversed", "E_train - E_test", "the sign is reversed; the gap is test error minus training error.", "符号反了；差距为测试误差减训练误差。", kind="slip")
    if work.optional("E_max", ("largest acceptable training error", "可接受的最大训练误差")):
        work.given("gap_max", ("largest acceptable gap", "可接受的最大差距"))
        work.step("diagnosis", "where(E_train > E_max, 1, where(gap > gap_max, 3, 2))", ("diagnosis (1 underfits, 2 fits well, 3 overfits)", "诊断（1 欠拟合，2 拟合良好，3 过拟合）"))
        work.mistake("swap_diagnosis", "where(E_train > E_max, 3, where(gap > gap_max, 1, 2))", "underfitting and overfitting are exchanged; a large gap means overfitting.", "欠拟合与过拟合弄反了；差距大说明过拟合。")


@calculator("linear_regression_fit", ("Least squares of one variable", "一元最小二乘"), chapter="foundations", example={"x": [1, 2, 3, 6], "y": [2, 3, 5, 8]})
def linear_regression_fit(work: Work) -> None:
    """Slope and intercept of the least-squares line, and its mean squared error. Source: Bishop (2006), section 3.1."""
    work.given("x", ("inputs", "输入"), shape="n")
    work.given("y", ("targets", "目标值"), shape="n")
    work.step("x_bar", "mean(x)", ("mean input", "输入的均值"))
    work.step("y_bar", "mean(y)", ("mean target", "目标的均值"))
    work.step("S_xy", "sum((x - x_bar) * (y - y_bar))", ("sum of products of deviations", "离差乘积之和"))
    work.step("S_xx", "sum((x - x_bar)^2)", ("sum of squared deviations", "离差平方和"), is_="> 0")
    work.step("w", "S_xy / S_xx", ("slope", "斜率"))
    work.mistake("no_centering", "sum(x * y) / sum(x^2)", "the means are not subtracted, as for a line through the origin; subtract them first.", "没有减去均值，如同拟合过原点的直线；应先减去均值。")
    work.mistake("inverted", "S_xx / S_xy", "the fraction is upside down; `S_xy` stands on top.", "分子分母颠倒了；分子应为 `S_xy`。", kind="slip")
    work.step("b", "y_bar - w * x_bar", ("intercept", "截距"), ("the line passes through the means", "直线过均值点"))
    work.mistake("b_sign", "y_bar + w * x_bar", "the sign is reversed; `b = y_bar - w*x_bar`.", "符号反了；应为 `b = y_bar - w*x_bar`。", kind="slip")
    work.step("e", "y - (w * x + b)", ("residuals", "残差"))
    work.step("mse", "mean(e^2)", ("mean squared error", "均方误差"))
