"""Gradient steps of a linear unit under a squared error. The closed-form fit is not here."""

from __future__ import annotations

from .layers import in_step
from .work import Pair, Work, calculator

FACTORS = {
    "1/n": ("The loss is the mean squared error, `1/n` times the sum of the squared errors.", "损失为均方误差，即 `1/n` 乘以误差平方和。"),
    "1/(2n)": ("The loss is half the mean squared error, `1/(2*n)` times the sum of the squared errors.", "损失为均方误差的一半，即 `1/(2*n)` 乘以误差平方和。"),
    "1": ("The loss is the sum of squared errors.", "损失为平方误差之和。"),
    "1/2": ("The loss is half the sum of squared errors.", "损失为平方误差之和的一半。"),
}


@calculator(
    "linear_regression_gradient_step",
    ("Gradient step of a linear unit", "线性单元的梯度更新"),
    chapter="mlp",
    example={"x": [1, 2, 4], "y": [3, 3, 6], "w": 1, "b": 0, "eta": "0.1"},
)
def gradient_step(work: Work) -> None:
    """y_hat = w*x + b on n samples (``x`` a vector), or x @ w + b (``x`` an n x d matrix), and one or more steps of descent.

    Source: Goodfellow et al. 2016, sections 5.1.4 and 4.3; Zhang et al., Dive into Deep Learning, ch. 3.
    """
    work.given("x", ("inputs", "输入"), shape=None)
    wide = len(work.shape("x")) == 2
    work.fits("x", "n d" if wide else "n")
    work.given("y", ("targets", "目标值"), shape="n")
    work.given("w", ("weight", "权重"), shape="d" if wide else "")
    biased = work.optional("b", ("bias", "偏置"))
    work.given("eta", ("learning rate", "学习率"), is_="> 0")
    work.given("iterations", ("number of steps", "更新次数"), is_="integer, >= 1, <= 20", default="1")
    factor = work.option("factor", ("factor of the squared error", "平方误差的系数"), FACTORS, default="1/n")
    w, b = "w", "b" if biased else ""
    for number in range(1, work.count("iterations") + 1):
        w, b = _pass(work, w, b, number, wide, factor)


def _pass(work: Work, w: str, b: str, number: int, wide: bool, factor: str) -> tuple[str, str]:
    """One step of descent; returns the names of the new parameters."""
    n, end = work.length("x"), f"_t{number}" if number > 1 else ""
    shift = f" + {b}" if b else ""
    linear = f"x @ {w}" if wide else f"{w}*x"
    out, error = f"y_hat{end}", f"e{end}"
    work.step(out, linear + shift, in_step(("predictions", "预测值"), number))
    if b:
        work.mistake("bias_forgotten", linear, "the bias is left out; it belongs to the prediction.", "漏了偏置；预测值要加上偏置。", kind="slip")
    work.step(error, f"{out} - y", in_step(("errors", "误差"), number), ("prediction minus target", "预测值减目标值"))
    work.mistake("error_sign", f"y - {out}", "target minus prediction is taken; the error is prediction minus target here.", "用了目标值减预测值；这里误差为预测值减目标值。", kind="slip")
    divisor = {"1/n": n, "1/(2n)": 2 * n, "1": 1, "1/2": 2}[factor]
    work.step(f"L{end}", f"sum({error}^2)/{divisor}" if divisor > 1 else f"sum({error}^2)", in_step(("loss", "损失"), number))
    by_w = f"{error} @ x" if wide else f"sum({error}*x)"
    work.step(f"grad_w{end}", _scaled(divisor, by_w), in_step(("gradient of w", "w 的梯度"), number), _says(factor, n))
    if not wide:
        work.mistake("no_x", _scaled(divisor, f"sum({error})"), "the factor `x` is left out; the derivative of the prediction with respect to `w` is `x`.", "漏了因子 `x`；预测值对 `w` 的导数是 `x`。")
    if b:
        work.step(f"grad_b{end}", _scaled(divisor, f"sum({error})"), in_step(("gradient of b", "b 的梯度"), number), ("the same with the input 1", "同上，只是输入换成 1"))
        renewed = f"x @ ({w} - eta*grad_w{end})" if wide else f"({w} - eta*grad_w{end})*x"
        work.mistake("updated_weight_reused", _scaled(divisor, f"sum({renewed} + {b} - y)"), "the weight is already updated when the gradient of b is taken; both gradients use the old parameters.", "求 b 的梯度时用了更新后的权重；两个梯度都应使用旧参数。")
    new = f"w_new{end}"
    _update(work, w, f"grad_w{end}", new, "w", number)
    if not b:
        return new, ""
    _update(work, b, f"grad_b{end}", f"b_new{end}", "b", number)
    return new, f"b_new{end}"


def _says(factor: str, n: int) -> Pair:
    """Where the factor of the gradient comes from."""
    factor_of = {"1/n": "2/n", "1/(2n)": "1/n", "1": "2", "1/2": ""}[factor]
    en, zh = "the sum of error times input", "对损失求导，得误差乘输入之和"
    if not factor_of:
        return f"by differentiating the loss, {en}", zh
    told = ("", "") if factor == "1" else (f" (n = {n})", f"（n = {n}）")
    return f"by differentiating the loss, {factor_of} times {en}{told[0]}", f"{zh}，再乘 {factor_of}{told[1]}"


def _scaled(divisor: int, total: str) -> str:
    """A sum times 2/divisor, as one writes it."""
    if divisor <= 2:
        return f"2*{total}" if divisor == 1 else total
    return f"2/{divisor}*{total}" if divisor % 2 else f"{total}/{divisor // 2}"


def _update(work: Work, old: str, gradient: str, new: str, shown: str, number: int) -> None:
    work.step(new, f"{old} - eta*{gradient}", in_step((f"new {shown}", f"更新后的 {shown}"), number), ("a step against the gradient", "沿梯度的反方向走一步"))
    work.mistake("sign", f"{old} + eta*{gradient}", "the gradient is added; descent subtracts it.", "加上了梯度；梯度下降应减去梯度。", kind="slip")
