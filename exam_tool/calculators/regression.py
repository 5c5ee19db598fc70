"""Penalised least squares: ridge in closed form, soft thresholding, the lasso for orthonormal inputs and by coordinates."""

from __future__ import annotations

from exam_tool.expressions.arrays import elementwise
from exam_tool.expressions.exact import ZERO, Scalar, absolute, add, compare, sign, subtract
from exam_tool.expressions.functions import register

from . import td_learning  # noqa: F401  # it registers put
from .work import Pair, Work, calculator

PENALTY: Pair = ("strength of the penalty", "惩罚强度")
INPUTS: Pair = ("inputs, one row a sample", "输入（每行一个样本）")


def shrink(z: Scalar, threshold: Scalar) -> Scalar:
    """The number moved towards 0 by the threshold, and 0 within it."""
    if compare(absolute(z), threshold) <= 0:
        return ZERO
    return subtract(z, threshold) if sign(z) > 0 else add(z, threshold)


register("soft", 2, 2, elementwise(shrink))


def _soft_mistakes(work: Work, z: str, threshold: str) -> None:
    work.mistake("hard", f"{z} * (abs({z}) > {threshold})", "what is kept is not shrunk; soft thresholding moves it towards 0, too.", "保留下来的数没有收缩；软阈值也会使它向 0 移动。")
    work.mistake("no_zero", f"{z} - sign({z}) * {threshold}", "small values are moved across 0; within the threshold the result is 0.", "让小的数越过了 0；在阈值以内结果为 0。")
    work.mistake("outwards", f"({z} + sign({z}) * {threshold}) * (abs({z}) > {threshold})", "the values are moved away from 0; move them towards it.", "让数值远离了 0；应向 0 移动。", kind="slip")
    work.mistake("sign_ignored", f"max(0, {z} - {threshold})", "all negative values are set to 0; they move towards 0 from below.", "把负数都变成了 0；负数应从下方向 0 移动。")


@calculator("soft_threshold", ("Soft thresholding", "软阈值"), chapter="foundations", example={"z": [3, -2, "1/2"], "t": 1})
def soft_threshold(work: Work) -> None:
    """``sign(z) max(|z| - t, 0)``, of a number or entry by entry: the minimum of ``(w - z)^2/2 + t|w|``, and that minimum.

    Source: Donoho and Johnstone, Biometrika 81 (1994); Hastie, Tibshirani and Friedman (2009), section 3.4.
    """
    work.given("z", ("values", "数值"), shape=None)
    work.given("t", ("threshold", "阈值"), is_=">= 0", aliases=["lam"])
    work.step("excess", "abs(z) - t", ("size beyond the threshold", "超出阈值的大小"))
    work.step("w", "sign(z) * max(0, excess)", ("thresholded values", "软阈值结果"), ("moved towards 0 by `t`; within `t` of 0 it becomes 0", "向 0 移动 `t`；绝对值不超过 `t` 的变为 0"))
    work.mistake("hard", "z * (excess > 0)", "what is kept is not shrunk; soft thresholding moves it towards 0, too.", "保留下来的数没有收缩；软阈值也会使它向 0 移动。")
    work.mistake("no_zero", "sign(z) * excess", "small values are moved across 0; within the threshold the result is 0.", "让小的数越过了 0；在阈值以内结果为 0。")
    work.mistake("no_sign", "max(0, excess)", "the sign is lost; a negative value stays negative or becomes 0.", "丢了符号；负数收缩后仍为负或为 0。", kind="slip")
    work.step("objective", "(w - z)^2 / 2 + t * abs(w)", ("smallest value", "最小值"), ("put the `w` just found in", "代入求得的 `w`"))


FACTORS: dict[str, tuple[str, Pair]] = {
    "1": ("lam", ("The objective is ‖y − Xw‖² + λ‖w‖².", "目标函数为 ‖y − Xw‖² + λ‖w‖²。")),
    "1/2": ("lam", ("The objective is ‖y − Xw‖²/2 + λ‖w‖²/2.", "目标函数为 ‖y − Xw‖²/2 + λ‖w‖²/2。")),
    "1/n": ("{n} * lam", ("The objective is ‖y − Xw‖²/n + λ‖w‖².", "目标函数为 ‖y − Xw‖²/n + λ‖w‖²。")),
    "1/(2n)": ("{n} * lam", ("The objective is ‖y − Xw‖²/(2n) + λ‖w‖²/2.", "目标函数为 ‖y − Xw‖²/(2n) + λ‖w‖²/2。")),
}


@calculator("ridge_regression", ("Ridge regression", "岭回归"), chapter="foundations", example={"X": [[1, 0], [1, 2], [0, 1]], "y": [1, 5, 3], "lam": 1})
def ridge_regression(work: Work) -> None:
    """``w = (X'X + lam I)^-1 X'y`` on n samples of d features, with residuals and objective; the intercept, if any, is not penalised.

    With an intercept, inputs and targets are centred first and ``b = y_bar - x_bar . w``.
    Source: Hoerl and Kennard, Technometrics 12 (1970); Hastie, Tibshirani and Friedman (2009), equation 3.44.
    """
    factor = work.option("factor", ("factor of the squared error", "平方误差的系数"), {name: says for name, (_, says) in FACTORS.items()}, default="1")
    intercept = work.option("intercept", ("intercept", "截距"), {
        "without": ("There is no intercept.", "没有截距。"),
        "with": ("There is an intercept, which is not penalised.", "有截距，截距不受惩罚。"),
    }, default="without") == "with"  # fmt: skip
    work.given("X", INPUTS, shape="n d")
    work.given("y", ("targets", "目标值"), shape="n")
    work.given("lam", PENALTY, is_=">= 0", aliases=["lambda", "alpha"])
    n, d = work.shape("X")
    x, y = "X", "y"
    if intercept:
        work.step("x_bar", "mean(X, 1)", ("means of the inputs", "输入的均值"))
        work.step("y_bar", "mean(y)", ("mean of the targets", "目标的均值"))
        work.step("X_c", f"X - outer(ones({n}), x_bar)", ("centred inputs", "中心化的输入"))
        work.step("y_c", "y - y_bar", ("centred targets", "中心化的目标"))
        x, y = "X_c", "y_c"
    work.step("G", f"{x}.T @ {x}", ("Gram matrix", "Gram 矩阵"))
    work.step("c", f"{x}.T @ {y}", ("inputs times targets", "输入与目标的乘积"))
    strength = FACTORS[factor][0].format(n=n)
    work.step("M", f"G + {strength} * identity({d})", ("penalised matrix", "加惩罚后的矩阵"), ("the derivative of the penalty adds λ on the diagonal", "惩罚项求导后在对角线上加 λ"))
    work.mistake("no_penalty", "G", "the penalty is left out, as in plain least squares; it adds λ on the diagonal.", "漏了惩罚项，成了普通最小二乘；对角线上要加 λ。")
    if d > 1:
        work.mistake("everywhere", f"G + {strength} * ones({d}, {d})", "λ is added to every entry; it belongs on the diagonal only.", "每个元素都加了 λ；只应加在对角线上。")
    work.mistake("minus", f"G - {strength} * identity({d})", "λ is subtracted; it is added on the diagonal.", "减去了 λ；应在对角线上加 λ。", kind="slip")
    if factor in ("1", "1/n"):
        work.mistake("half", f"G + {strength} / 2 * identity({d})", "the factor 2 is cancelled on one side only; both derivatives carry it.", "系数 2 只约了一边；两项求导都带 2。")
    work.step("w", "inv(M) @ c", ("weights", "权重"), ("the solution of `M @ w = c`", "即 `M @ w = c` 的解"))
    work.mistake("not_inverted", "M @ c", "the right side is multiplied by the matrix; multiply it by the inverse.", "乘上了矩阵本身；应乘它的逆。", kind="slip")
    if intercept:
        work.step("b", "y_bar - x_bar @ w", ("intercept", "截距"))
        work.mistake("mean_only", "y_bar", "the means of the inputs are left out; subtract their weighted sum.", "漏了输入的均值；还应减去它们的加权和。")
    work.step("y_hat", "X @ w + b" if intercept else "X @ w", ("predictions", "预测值"))
    work.step("e", "y - y_hat", ("residuals", "残差"))
    error = {"1": "sum(e^2)", "1/2": "sum(e^2) / 2", "1/n": f"sum(e^2) / {n}", "1/(2n)": f"sum(e^2) / {2 * n}"}[factor]
    work.step("J", f"{error} + lam * sum(w^2){' / 2' if '2' in factor else ''}", ("objective", "目标函数值"))


LASSO: dict[str, tuple[str, Pair]] = {
    "1/2": ("lam", ("The objective is ‖y − Xw‖²/2 + λ‖w‖₁.", "目标函数为 ‖y − Xw‖²/2 + λ‖w‖₁。")),
    "1": ("lam / 2", ("The objective is ‖y − Xw‖² + λ‖w‖₁.", "目标函数为 ‖y − Xw‖² + λ‖w‖₁。")),
    "1/(2n)": ("{n} * lam", ("The objective is ‖y − Xw‖²/(2n) + λ‖w‖₁.", "目标函数为 ‖y − Xw‖²/(2n) + λ‖w‖₁。")),
}


@calculator("lasso_orthonormal", ("Lasso for orthonormal inputs", "正交输入的 lasso"), chapter="foundations",
            example={"X": [[1, 0], [0, "0.6"], [0, "0.8"]], "y": [3, 1, 2], "lam": "1/2"})  # fmt: skip
def lasso_orthonormal(work: Work) -> None:
    """Where ``X'X = I``: least squares, ridge and lasso side by side; the lasso is the least-squares solution soft-thresholded.

    ``w_ls`` may be given instead of ``X`` and ``y``. Source: Tibshirani, J. R. Statist. Soc. B 58 (1996);
    Hastie, Tibshirani and Friedman (2009), table 3.4.
    """
    factor = work.option("factor", ("factor of the squared error", "平方误差的系数"), {name: says for name, (_, says) in LASSO.items() if name != "1/(2n)"}, default="1/2")
    work.given("lam", PENALTY, is_=">= 0", aliases=["lambda", "alpha"])
    if work.offered("w_ls"):
        work.given("w_ls", ("least-squares weights", "最小二乘权重"), shape="d")
    else:
        work.given("X", INPUTS, shape="n d")
        work.given("y", ("targets", "目标值"), shape="n")
        work.step("G", "X.T @ X", ("Gram matrix, the identity", "Gram 矩阵，即单位阵"))
        work.step("w_ls", "X.T @ y", ("least-squares weights", "最小二乘权重"), ("the columns are orthonormal", "各列标准正交"))
    work.step("t", LASSO[factor][0], ("threshold", "阈值"), ("from the derivative of the objective", "由目标函数求导得到"))
    work.step("w", "soft(w_ls, t)", ("lasso weights", "lasso 权重"), ("moved towards 0 by `t`; within `t` of 0 it becomes 0", "向 0 移动 `t`；绝对值不超过 `t` 的变为 0"))
    _soft_mistakes(work, "w_ls", "t")
    work.mistake("ridge", "w_ls / (1 + 2 * t)" if factor == "1/2" else "w_ls / (1 + lam)", "the weights are scaled as by a squared penalty; the absolute value subtracts the same amount from each.", "按平方惩罚作了缩放；绝对值惩罚对每个权重减去同样的量。")
    work.step("zeros", "sum(abs(w_ls) <= t)", ("weights that are 0", "为 0 的权重个数"))


@calculator("lasso_coordinate_step", ("Lasso by coordinates", "坐标下降求 lasso"), chapter="foundations",
            example={"X": [[1, 1], [1, -1], [2, 0]], "y": [4, 1, 5], "lam": 2, "w_0": [0, 0], "sweeps": 1})  # fmt: skip
def lasso_coordinate_step(work: Work) -> None:
    """Coordinate descent: for each weight in turn the residual without it, its correlation ``rho``, and ``soft(rho, threshold) / sum x_j^2``.

    ``j`` asks for one coordinate alone. Source: Friedman, Hastie and Tibshirani, J. Statistical Software 33 (2010), section 2.
    """
    factor = work.option("factor", ("factor of the squared error", "平方误差的系数"), {name: says for name, (_, says) in LASSO.items()}, default="1/2")
    work.given("X", INPUTS, shape="n d")
    work.given("y", ("targets", "目标值"), shape="n")
    work.given("lam", PENALTY, is_=">= 0", aliases=["lambda", "alpha"])
    n, d = work.shape("X")
    work.given("w_0", ("weights at the start", "初始权重"), shape="d", default=f"zeros({d})")
    work.step("t", LASSO[factor][0].format(n=n), ("threshold", "阈值"), ("from the derivative of the objective", "由目标函数求导得到"))
    coordinates = list(range(1, d + 1))
    if work.offered("j"):
        work.given("j", ("coordinate to update", "要更新的坐标"), is_=f"integer, >= 1, <= {d}")
        coordinates = [work.count("j")]
    else:
        work.given("sweeps", ("sweeps over the coordinates", "遍历坐标的轮数"), is_="integer, >= 1, <= 20", default="1")
        coordinates *= work.count("sweeps")
    for k, j in enumerate(coordinates, 1):
        _coordinate(work, k, j, alone=len(coordinates) == 1)
    work.step("w", f"w_{len(coordinates)}", ("final weights", "最终的权重"))


def _coordinate(work: Work, k: int, j: int, *, alone: bool) -> None:
    old, x = f"w_{k - 1}", f"column(X, {j})"
    which = ("", "") if alone else (f", update {k} (weight {j})", f"，第 {k} 次更新（权重 {j}）")
    work.step(f"r_{k}", f"y - X @ {old} + {old}[{j}] * {x}", (f"residuals without this weight{which[0]}", f"不含该权重的残差{which[1]}"), ("its own contribution is put back", "把它自己的贡献加回去"))
    work.step(f"rho_{k}", f"{x} @ r_{k}", (f"product of its input and the residuals{which[0]}", f"该输入与残差的内积{which[1]}"))
    work.step(f"s_{k}", f"sum({x}^2)", (f"sum of squares of its input{which[0]}", f"该输入的平方和{which[1]}"), is_="> 0")
    work.step(f"w_{k}", f"put({old}, {j}, soft(rho_{k}, t) / s_{k})", (f"weights after update {k}", f"第 {k} 次更新后的权重"), (f"only entry {j} changes; threshold first, then divide", f"只改第 {j} 个分量；先取软阈值，再相除"))
    work.mistake("no_division", f"put({old}, {j}, soft(rho_{k}, t))", "the division by the sum of squares is left out; it follows the threshold.", "漏了除以平方和；取软阈值之后还要除。")
    work.mistake("divided_first", f"put({old}, {j}, soft(rho_{k} / s_{k}, t))", "the division comes before the threshold; threshold first.", "先做了除法；应先取软阈值。")
    work.mistake("no_threshold", f"put({old}, {j}, rho_{k} / s_{k})", "the threshold is left out, as in least squares; apply it before the division.", "漏了软阈值，成了最小二乘；应先取软阈值再相除。")
