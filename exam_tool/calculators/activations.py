"""Activation functions as hand work uses them: value, slope in terms of the value, and the slips made with the slope."""

from __future__ import annotations

from dataclasses import dataclass

from exam_tool.language import Text
from exam_tool.trace import MistakeKind

from .work import Pair, Work


@dataclass(frozen=True)
class SlopeMistake:
    """A wrong formula for the slope, over ``{z}`` and ``{a}``."""

    id: str
    formula: str
    says: Text
    kind: MistakeKind = "method"


@dataclass(frozen=True)
class Activation:
    """``value`` over ``{z}``, ``slope`` over ``{z}`` and ``{a}``, with the sentence that goes with each."""

    value: str
    slope: str
    says: Pair
    slope_says: Pair
    mistakes: tuple[SlopeMistake, ...] = ()


ACTIVATIONS = {
    "sigmoid": Activation(
        "sigmoid({z})",
        "{a}*(1 - {a})",
        ("`sigmoid(z) = 1/(1 + exp(-z))`", "`sigmoid(z) = 1/(1 + exp(-z))`"),
        ("the slope of the sigmoid is `a*(1 - a)` with `a = sigmoid(z)`", "sigmoid 的导数为 `a*(1 - a)`，其中 `a = sigmoid(z)`"),
        (
            SlopeMistake(
                "forgot_one_minus_a",
                "{a}",
                Text("the factor `1 - a` is left out; the slope of the sigmoid is `a*(1 - a)`.", "漏了因子 `1 - a`；sigmoid 的导数是 `a*(1 - a)`。"),
            ),
            SlopeMistake(
                "slope_of_z",
                "{z}*(1 - {z})",
                Text("`z` is put where `a` belongs; the slope is `a*(1 - a)` with `a = sigmoid(z)`.", "把 `z` 代入了 `a` 的位置；导数是 `a*(1 - a)`，其中 `a = sigmoid(z)`。"),
            ),
            SlopeMistake(
                "slope_at_a",
                "sigmoid({a})*(1 - sigmoid({a}))",
                Text("the sigmoid is applied to `a` once more; `a*(1 - a)` takes `a` as it is.", "又对 `a` 做了一次 sigmoid；`a*(1 - a)` 直接使用 `a`。"),
            ),
            SlopeMistake(
                "slope_sign",
                "-{a}*(1 - {a})",
                Text("only one minus sign of `exp(-z)` is counted; differentiating brings a second one, and the two cancel.", "只算了 `exp(-z)` 中的一个负号；求导再出一个负号，两负得正。"),
                "slip",
            ),
        ),
    ),
    "tanh": Activation(
        "tanh({z})",
        "1 - {a}^2",
        ("the hyperbolic tangent, between −1 and 1", "双曲正切，值介于 −1 与 1 之间"),
        ("the slope of tanh is `1 - a^2` with `a = tanh(z)`", "tanh 的导数为 `1 - a^2`，其中 `a = tanh(z)`"),
        (
            SlopeMistake(
                "forgot_square",
                "1 - {a}",
                Text("the square is left out; the slope of tanh is `1 - a^2`.", "漏了平方；tanh 的导数是 `1 - a^2`。"),
            ),
            SlopeMistake(
                "slope_of_z",
                "1 - {z}^2",
                Text("`z` is put where `a` belongs; the slope is `1 - a^2` with `a = tanh(z)`.", "把 `z` 代入了 `a` 的位置；导数是 `1 - a^2`，其中 `a = tanh(z)`。"),
            ),
            SlopeMistake(
                "sigmoid_slope",
                "{a}*(1 - {a})",
                Text("the slope of the sigmoid is used; that of tanh is `1 - a^2`.", "用了 sigmoid 的导数；tanh 的导数是 `1 - a^2`。"),
            ),
        ),
    ),
    "relu": Activation(
        "relu({z})",
        "{z} > 0",
        ("negative values become 0", "负值变为 0"),
        ("1 where ReLU is applied to a positive number, else 0 (also at 0)", "ReLU 作用于正数处取 1，否则取 0（在 0 处也取 0）"),
        (
            SlopeMistake(
                "value_as_slope",
                "{a}",
                Text("the value of ReLU is taken for its slope; the slope is 1 or 0.", "把 ReLU 的值当成了导数；它的导数只取 1 或 0。"),
            ),
        ),
    ),
    "softmax": Activation(
        "softmax({z})",
        "{a}*(1 - {a})",
        ("every exponential is divided by the sum of all", "每个指数除以指数之和"),
        ("the diagonal of the Jacobian", "雅可比矩阵的对角线"),
    ),
}  # fmt: skip

FORWARD_RELU: Pair = ("Hidden units use ReLU.", "隐藏单元使用 ReLU。")
HIDDEN: dict[str, Pair] = {
    "sigmoid": ("Hidden units use the sigmoid.", "隐藏单元使用 sigmoid 函数。"),
    "tanh": ("Hidden units use tanh.", "隐藏单元使用 tanh。"),
    "relu": ("Hidden units use ReLU; its slope at 0 is 0.", "隐藏单元使用 ReLU；它在 0 处的导数取 0。"),
    "identity": ("Hidden units are linear.", "隐藏单元是线性的。"),
}
SPELLINGS = {"ReLU": "relu", "linear": "identity", "none": "identity"}


def ask_activation(work: Work, name: str, *, depth: int, default: str = "sigmoid", backward: bool = True) -> str:
    """The activation of the hidden layers; with a single layer there is none to choose. Slopes are told where they matter."""
    if depth == 1 and name == "hidden" and not work.offered(name):
        return "identity"
    choices = HIDDEN if backward else {**HIDDEN, "relu": FORWARD_RELU}
    return work.option(name, ("activation", "激活函数"), choices, default=default, convention=False, spellings=SPELLINGS)
