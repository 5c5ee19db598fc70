"""Losses of a network: squared errors in their usual scalings and cross-entropies, each with its derivative by the output.

It knows which output activation a loss goes with, and when the two derivatives cancel; the network writes everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .layers import in_step
from .work import Pair, Work

LOSSES: dict[str, Pair] = {
    "half_squared": ("The loss is half the squared error, with the factor `1/2`.", "损失为平方误差的一半（带系数 `1/2`）。"),
    "squared": ("The loss is the squared error, without a factor.", "损失为平方误差（不带系数）。"),
    "mean_squared": ("The loss is the mean squared error over the outputs.", "损失为各输出平方误差的平均。"),
    "half_mean_squared": ("The loss is half the mean squared error over the outputs.", "损失为各输出平方误差的平均的一半。"),
    "binary_cross_entropy": (
        "The output goes through the sigmoid, and the loss is the binary cross-entropy with the natural logarithm.",
        "输出经过 sigmoid 函数，损失为二元交叉熵（自然对数）。",
    ),
    "cross_entropy": (
        "The output goes through softmax, and the loss is the cross-entropy with the natural logarithm.",
        "输出经过 softmax 函数，损失为交叉熵（自然对数）。",
    ),
}
SPELLINGS = {
    "1/2 squared error": "half_squared", "half squared error": "half_squared", "squared error": "squared",
    "mean squared error": "mean_squared", "MSE": "mean_squared", "BCE with sigmoid output": "binary_cross_entropy",
    "BCE": "binary_cross_entropy", "CE with softmax output": "cross_entropy", "CE": "cross_entropy",
}  # fmt: skip
OUTPUTS: dict[str, Pair] = {
    "identity": ("The output is linear.", "输出层是线性的。"),
    "sigmoid": ("The output goes through the sigmoid.", "输出经过 sigmoid 函数。"),
    "tanh": ("The output goes through tanh.", "输出经过 tanh 函数。"),
    "relu": ("The output goes through ReLU.", "输出经过 ReLU 函数。"),
    "softmax": ("The output goes through softmax.", "输出经过 softmax 函数。"),
}


@dataclass(frozen=True)
class Loss:
    """A loss on outputs named in ``write``; ``parts`` is the number it is divided by besides the 1/2."""

    kind: str
    output: str
    wide: bool
    parts: int  # outputs when averaging over them, times samples of a batch

    CROSS: ClassVar[tuple[str, ...]] = ("binary_cross_entropy", "cross_entropy")

    @property
    def direct(self) -> bool:
        """Whether the derivative by the weighted input is written at once: linear outputs, and pairs that cancel."""
        return self.output == "identity" or self.kind in self.CROSS

    @property
    def divisor(self) -> int:
        return self.parts * (2 if self.kind.startswith("half") else 1)

    def write(self, work: Work, name: str, out: str, number: int = 1) -> None:
        """The loss of one pass; ``number`` counts the passes."""
        match self.kind:
            case "binary_cross_entropy":
                inner = f"y*ln({out}) + (1 - y)*ln(1 - {out})"
                formula = f"-sum({inner})" if self.wide else f"-({inner})"
            case "cross_entropy":
                formula = f"-sum(y*ln({out}))"
            case _:
                formula = f"sum(({out} - y)^2)" if self.wide else f"({out} - y)^2"
        if self.divisor > 1:
            formula = f"{formula}/{self.divisor}" if self.kind in self.CROSS else f"1/{self.divisor}*{formula}"
        says = ("the squared errors of the outputs are averaged", "对各输出的平方误差取平均") if "mean" in self.kind and self.parts > 1 else None
        work.step(name, formula, in_step(("loss", "损失"), number), says)

    def write_delta(self, work: Work, name: str, out: str, number: int = 1, *, whole: bool = True) -> None:
        """The loss differentiated by the output, or (``whole``) by the weighted input of the last layer."""
        error = f"{out} - y"
        label = ("error signal of the output", "输出层的误差信号") if whole else ("derivative of the loss with respect to the output", "损失对输出的导数")
        cross = self.kind in self.CROSS
        because = ("with cross-entropy the slope of the output function cancels", "与交叉熵配对时，输出函数的导数恰好抵消") if cross else ("the derivative of the squared error", "对平方误差求导")
        right = self._scaled(error)
        work.step(name, right, in_step(label, number), because)
        work.mistake("error_sign", self._scaled(f"y - {out}"), "target minus output is taken; the derivative is output minus target.", "用了目标值减输出；导数应为输出减目标值。", kind="slip")
        if cross:
            work.mistake("extra_slope", f"({self._scaled(error)})*{out}*(1 - {out})", "the slope of the output function is multiplied in again; with cross-entropy it has cancelled.", "又乘了输出函数的导数；与交叉熵配对时它已抵消。")
            if self.kind == "cross_entropy":
                work.mistake("own_logit_only", self._scaled(f"y*({out} - 1)"), "only the logit of the true class is counted; every logit moves its probability, so the other entries are not 0.", "只算了真实类别的 logit；每个 logit 都影响它的概率，其余分量并不为 0。")
        elif self.divisor == 2:
            work.mistake("two_factor", f"2*({error})", "the `1/2` in front of the squared error is left out; it cancels the 2.", "漏了平方误差前的 `1/2`；它与求导得到的 2 抵消。", kind="convention")
        else:
            work.mistake("factor_lost", error, "the factor in front of the error is lost; differentiate the loss as it is written.", "丢了误差前面的系数；应按给出的损失求导。", kind="convention")

    def _scaled(self, error: str) -> str:
        """The error times 2/divisor, or 1/parts for cross-entropy, as one writes it."""
        top, bottom = (1, self.parts) if self.kind in self.CROSS else (2, self.divisor)
        if top == 2 and bottom % 2 == 0:
            top, bottom = 1, bottom // 2
        if bottom == 1:
            return error if top == 1 else f"{top}*({error})"
        return f"({error})/{bottom}" if top == 1 else f"{top}/{bottom}*({error})"


def ask_loss(work: Work, *, hidden: str, activated: bool, units: int | None, batch: int | None) -> Loss:
    """The loss and output activation a caller chose.

    Args:
        activated: whether the output takes the activation of the hidden layers by default.
        units: outputs of the network, None for a single one.
        batch: samples, None when there is one.
    """
    allowed = {name: says for name, says in LOSSES.items() if name != "cross_entropy" or units}
    kind = work.option("loss", ("loss", "损失函数"), allowed, default="half_squared", convention=False, spellings=SPELLINGS)
    fixed = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}.get(kind)
    output = fixed or _ask_output(work, hidden if activated else "identity", softmax=bool(units) and not batch)
    parts = units or 1 if "mean" in kind else 1
    if batch and work.option("reduction", ("losses of a batch", "批内损失的合并"), REDUCTIONS, default="mean") == "mean":
        parts *= batch
    return Loss(kind, output, bool(units) or bool(batch), parts)


def _ask_output(work: Work, default: str, *, softmax: bool) -> str:
    choices = {name: says for name, says in OUTPUTS.items() if name != "softmax" or softmax}
    spellings = {"activated (001)": default, "linear (002 example)": "identity", "linear": "identity"}
    return work.option("output", ("output activation", "输出层激活函数"), choices, default=default, convention=False, spellings=spellings)


REDUCTIONS: dict[str, Pair] = {
    "mean": ("The loss of a batch is the mean over its samples.", "一个批次的损失取各样本的平均。"),
    "sum": ("The loss of a batch is the sum over its samples.", "一个批次的损失取各样本之和。"),
}
