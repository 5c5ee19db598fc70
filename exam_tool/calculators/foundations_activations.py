"""Units and activation functions with their derivatives, entry by entry. Training them is elsewhere."""

from __future__ import annotations

from .work import Pair, Work, calculator

INPUT: Pair = ("input: a number, vector or matrix", "输入：数、向量或矩阵")
VALUE: Pair = ("value", "函数值")
SLOPE: Pair = ("derivative", "导数")


@calculator("threshold_unit", ("Threshold unit", "阈值单元"), chapter="foundations", example={"x": [1, 0, 1], "w": [2, -1, 1], "T": 2})
def threshold_unit(work: Work) -> None:
    """Output 1 when the weighted sum reaches the threshold; ``x`` may be a matrix with one input a row.

    Source: McCulloch and Pitts, Bulletin of Mathematical Biophysics 5 (1943).
    """
    work.given("w", ("weights", "权重"), shape="d")
    work.given("x", ("input, or inputs, one per row", "输入（可每行一个）"), shape=None)
    work.fits("x", "n d" if len(work.shape("x")) == 2 else "d")
    work.given("T", ("threshold", "阈值"))
    reaches = work.option("boundary", ("a sum equal to the threshold", "恰好等于阈值时"), {
        ">=": ("The unit outputs 1 when the sum is at least the threshold, else 0.", "加权和不小于阈值时单元输出 1，否则输出 0。"),
        ">": ("The unit outputs 1 when the sum is above the threshold, else 0.", "加权和大于阈值时单元输出 1，否则输出 0。"),
    }, default=">=")  # fmt: skip
    work.step("s", "x @ w", ("weighted sum", "加权和"))
    work.step("y", f"s {reaches} T", ("output", "输出"))
    work.mistake("ignored_threshold", f"s {reaches} 0", "the sum is compared with 0; compare it with the threshold.", "把加权和与 0 作了比较；应与阈值比较。")
    work.mistake("linear_out", "s", "the weighted sum itself is written; the output is 0 or 1.", "写成了加权和本身；输出只取 0 或 1。")


@calculator("relu", ("ReLU and its derivative", "ReLU 及其导数"), chapter="foundations", example={"x": [-2, "1/2", 3]})
def relu(work: Work) -> None:
    """``max(0, x)`` and its slope. Source: Glorot, Bordes and Bengio, AISTATS 2011."""
    at_zero = work.option("derivative_at_0", ("derivative at 0", "在 0 处的导数"), {
        "0": ("The derivative of ReLU at 0 is taken as 0.", "ReLU 在 0 处的导数取 0。"),
        "1": ("The derivative of ReLU at 0 is taken as 1.", "ReLU 在 0 处的导数取 1。"),
        "undefined": ("ReLU has no derivative at 0.", "ReLU 在 0 处不可导。"),
    }, default="0")  # fmt: skip
    work.given("x", INPUT, shape=None, is_="!= 0" if at_zero == "undefined" else "")
    work.step("value", "relu(x)", VALUE)
    work.mistake("abs", "abs(x)", "negative inputs are made positive; ReLU sets them to 0.", "对负数取了绝对值；ReLU 把它们置为 0。")
    work.mistake("identity", "x", "negative inputs are kept; ReLU sets them to 0.", "保留了负数；ReLU 把它们置为 0。")
    work.step("derivative", "x >= 0" if at_zero == "1" else "x > 0", SLOPE, ("1 for positive inputs, 0 for negative ones", "输入为正取 1，为负取 0"))
    work.mistake("derivative_is_x", "relu(x)", "the value is taken for the derivative; the slope is 1 or 0.", "把函数值当作导数；导数只取 1 或 0。")
    work.mistake("slope_for_negative", "x - x + 1", "the slope 1 is used everywhere; for negative inputs it is 0.", "处处取了斜率 1；输入为负时斜率为 0。")


@calculator("leaky_relu", ("Leaky ReLU and its derivative", "Leaky ReLU 及其导数"), chapter="foundations", example={"x": [-2, 3], "alpha": "0.1"})
def leaky_relu(work: Work) -> None:
    """``max(alpha*x, x)`` and its slope, which at 0 is taken as alpha. Source: Maas, Hannun and Ng, ICML workshop 2013."""
    work.given("x", INPUT, shape=None)
    work.given("alpha", ("slope for negative inputs", "负数部分的斜率"), is_="> 0, < 1")
    work.step("value", "max(alpha * x, x)", VALUE)
    work.mistake("plain_relu", "relu(x)", "negative inputs are set to 0; here they are multiplied by `alpha`.", "把负数置为 0；这里应乘以 `alpha`。")
    work.mistake("negated", "max(-(alpha * x), x)", "the sign for negative inputs is reversed; `alpha` times a negative number is negative.", "负数部分符号反了；`alpha` 乘负数仍为负。", kind="slip")
    work.step("derivative", "where(x > 0, 1, alpha)", SLOPE)
    work.mistake("plain_relu", "x > 0", "the slope for negative inputs is taken as 0; it is `alpha`.", "负数部分的斜率取了 0；应为 `alpha`。")
    work.mistake("negated", "where(x > 0, 1, -alpha)", "the slope for negative inputs is given a minus sign; it is `alpha`.", "给负数部分的斜率加了负号；应为 `alpha`。", kind="slip")


@calculator("sigmoid", ("Sigmoid and its derivative", "Sigmoid 及其导数"), chapter="foundations", example={"x": ["ln(3)", "-ln(4)"]})
def sigmoid(work: Work) -> None:
    """``1 / (1 + exp(-x))``, its derivative ``s*(1 - s)``, and the largest derivative, 1/4 at 0.

    Source: Goodfellow et al., Deep Learning (2016), section 3.10.
    """
    work.given("x", INPUT, shape=None)
    work.step("u", "exp(-x)", ("e to the power `-x`", "e 的 `-x` 次方"))
    work.step("value", "1 / (1 + u)", VALUE, is_="> 0, < 1")
    work.mistake("sign", "1 / (1 + exp(x))", "the minus sign in the exponent is lost; the sigmoid is `1/(1 + exp(-x))`.", "指数中丢了负号；sigmoid 是 `1/(1 + exp(-x))`。", kind="slip")
    work.step("derivative", "value * (1 - value)", SLOPE, ("the derivative follows from the value", "导数可由函数值得到"))
    work.mistake("forgot_one_minus", "value", "the factor `1 - sigma` is left out; the derivative is `sigma*(1 - sigma)`.", "漏了因子 `1 - sigma`；导数是 `sigma*(1 - sigma)`。")
    work.mistake("used_x", "x * (1 - x)", "the product is formed with `x`; it takes the value `sigmoid(x)`.", "乘积里用了 `x`；应代入函数值 `sigmoid(x)`。")
    work.mistake("square", "1 - value^2", "the rule for tanh is used; for the sigmoid it is `sigma*(1 - sigma)`.", "用了 tanh 的求导公式；sigmoid 的导数是 `sigma*(1 - sigma)`。")
    work.mistake("twice", "sigmoid(value) * (1 - sigmoid(value))", "the sigmoid is applied to the value once more; the value itself enters the product.", "对函数值又取了一次 sigmoid；应直接用函数值相乘。")
    work.mistake("minus", "-(value * (1 - value))", "one of two minus signs is lost; differentiating `exp(-x)` brings the second one, and the two cancel.", "漏算了一个负号；对 `exp(-x)` 求导还会出一个负号，两负得正。", kind="slip")
    work.step("max_derivative", "sigmoid(0) * (1 - sigmoid(0))", ("largest possible derivative", "导数的最大值"), ("reached at 0", "在 0 处取得"))


@calculator("tanh", ("tanh and its derivative", "tanh 及其导数"), chapter="foundations", example={"x": ["ln(2)", "-ln(3)"]})
def tanh(work: Work) -> None:
    """``(1 - exp(-2x)) / (1 + exp(-2x))`` and its derivative ``1 - tanh^2``. Source: Goodfellow et al. (2016), section 6.3.2."""
    work.given("x", INPUT, shape=None)
    work.step("u", "exp(-2 * x)", ("e to the power `-2*x`", "e 的 `-2*x` 次方"))
    work.step("value", "(1 - u) / (1 + u)", VALUE, is_="> -1, < 1")
    work.mistake("inverted", "(1 + u) / (1 - u)", "numerator and denominator are exchanged; `1 - exp(-2*x)` stands on top.", "分子分母颠倒了；分子应为 `1 - exp(-2*x)`。", kind="slip")
    work.mistake("sigmoid_value", "sigmoid(x)", "the sigmoid is taken instead of tanh; `tanh(x) = 2*sigmoid(2*x) - 1`.", "求成了 sigmoid；而 `tanh(x) = 2*sigmoid(2*x) - 1`。")
    work.step("derivative", "1 - value^2", SLOPE, ("the derivative follows from the value", "导数可由函数值得到"))
    work.mistake("sigmoid_derivative", "value * (1 - value)", "the rule for the sigmoid is used; for tanh it is 1 − tanh².", "用了 sigmoid 的求导公式；tanh 的导数是 1 − tanh²。")
    work.mistake("no_square", "1 - value", "the square is left out; the derivative is 1 − tanh².", "漏了平方；导数是 1 − tanh²。")


@calculator("softplus", ("Softplus and its derivative", "Softplus 及其导数"), chapter="foundations", example={"x": ["ln(3)", 0]})
def softplus(work: Work) -> None:
    """``ln(1 + exp(x))`` and its derivative, the sigmoid. Source: Dugas et al., NIPS 2000."""
    work.given("x", INPUT, shape=None)
    work.step("value", "ln(1 + exp(x))", VALUE)
    work.mistake("no_one", "x", "the 1 is left out; `ln(1 + exp(x))` is always above `x`.", "漏了 1；`ln(1 + exp(x))` 总大于 `x`。")
    work.mistake("log10", "log10(1 + exp(x))", "the logarithm to base 10 is used; take the natural one.", "用了以 10 为底的对数；应取自然对数。")
    work.step("derivative", "sigmoid(x)", SLOPE, ("the derivative of softplus is the sigmoid", "softplus 的导数就是 sigmoid"))
    work.mistake("derivative", "1 / (1 + exp(x))", "the minus sign in the exponent is lost; the derivative is `1/(1 + exp(-x))`.", "指数中丢了负号；导数是 `1/(1 + exp(-x))`。", kind="slip")


@calculator("gelu", ("GELU", "GELU"), chapter="foundations", example={"x": 1})
def gelu(work: Work) -> None:
    """``x * Phi(x)`` with the normal distribution function, or the tanh approximation, and its derivative.

    Source: Hendrycks and Gimpel, arXiv:1606.08415.
    """
    form = work.option("form", ("form of GELU", "GELU 的形式"), {
        "exact erf": ("GELU is taken exactly, `x*Phi`, with the standard normal distribution function `Phi`.", "GELU 取精确形式 `x*Phi`，其中 `Phi` 为标准正态分布函数。"),
        "tanh approximation": ("GELU is taken in its tanh approximation.", "GELU 取 tanh 近似形式。"),
    }, default="exact erf")  # fmt: skip
    work.given("x", INPUT, shape=None)
    if form == "exact erf":
        work.step("Phi", "(1 + erf(x / sqrt(2))) / 2", ("standard normal distribution function", "标准正态分布函数"))
        work.step("value", "x * Phi", VALUE)
        _gelu_mistakes(work, "Phi")
        work.step("phi", "exp(-x^2 / 2) / sqrt(2 * pi)", ("standard normal density", "标准正态密度"))
        work.step("derivative", "Phi + x * phi", SLOPE, ("the product rule; the derivative of `Phi` is the density", "乘积求导；`Phi` 的导数是密度函数"))
        work.mistake("phi_only", "Phi", "the second term of the product rule is left out; the derivative is `Phi + x*phi`.", "漏了乘积求导的第二项；导数是 `Phi + x*phi`。")
        return
    work.step("u", "sqrt(2 / pi) * (x + 0.044715 * x^3)", ("argument of tanh", "tanh 的自变量"))
    work.step("t", "tanh(u)", ("its tanh", "其 tanh 值"))
    work.step("value", "x / 2 * (1 + t)", VALUE)
    _gelu_mistakes(work, "(1 + t) / 2")
    work.step("derivative", "(1 + t) / 2 + x / 2 * (1 - t^2) * sqrt(2 / pi) * (1 + 3 * 0.044715 * x^2)", SLOPE)


def _gelu_mistakes(work: Work, gate: str) -> None:
    work.mistake("phi_only", gate, "the factor `x` is left out; GELU multiplies by it.", "漏了因子 `x`；GELU 还要乘 `x`。")
    work.mistake("relu", "relu(x)", "ReLU is taken instead; GELU weights `x` smoothly.", "求成了 ReLU；GELU 对 `x` 平滑加权。")
