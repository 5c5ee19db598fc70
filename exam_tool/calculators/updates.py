"""Penalties on weights and the gradient step that follows, shared by every calculator that trains by hand."""

from __future__ import annotations

from dataclasses import dataclass

from exam_tool.expressions.printing.symbols import symbol

from .layers import in_step
from .work import Pair, Work

HALF_SPELLINGS = {
    "lambda/2 ||w||^2": "half", "lambda ||w||^2": "full", "lambda/2": "half", "lambda": "full",
    "lambda/2 ||w||^2 (001, 002)": "half", "lambda ||w||^2 -> factor 1-2 eta lambda": "full",
}  # fmt: skip
BIASES: dict[str, Pair] = {
    "no": ("Biases carry no penalty.", "偏置不带惩罚项。"),
    "yes": ("Biases carry the penalty too.", "偏置也带惩罚项。"),
}


@dataclass(frozen=True)
class Penalties:
    """What each weight carries (``none``, ``L1``, ``L2``), whether L2 has the 1/2, and whether biases are penalised."""

    kinds: tuple[str, ...]
    half: bool
    biases: bool

    @property
    def any(self) -> bool:
        return any(kind != "none" for kind in self.kinds)

    def slope(self, kind: str, weight: str) -> str:
        """The penalty differentiated by a weight."""
        if kind == "L1":
            return f"lam*sign({weight})"
        return f"lam*{weight}" if self.half else f"2*lam*{weight}"

    def says(self, kind: str) -> Pair:
        """Why the slope is what it is."""
        if kind == "L1":
            return "the slope of `abs(w)` is the sign of `w`", "`abs(w)` 的导数是 `w` 的符号"
        if self.half:
            return "the 2 from the square cancels the `1/2`", "平方求导的 2 与 `1/2` 抵消"
        return "the derivative of the square brings the factor 2", "平方求导得到系数 2"

    def of_bias(self, kind: str) -> str:
        return kind if self.biases else "none"


def ask_penalties(work: Work, weights: list[str], *, biased: bool) -> Penalties:
    """The penalty on each weight: one for all, or one for each by ``reg_<weight>``; then its strength and conventions."""
    each = [f"reg_{weight}" for weight in weights]
    common = work.offered_text("reg") or "none"
    if any(map(work.offered, each)):
        if work.offered("reg"):
            work.option("reg", ("penalty", "正则化"), _penalties("the other weights", "其余各权重"), default="none", convention=False)
        kinds = tuple(_ask_one(work, weight, common) for weight in weights)
    else:
        chosen = work.option("reg", ("penalty", "正则化"), _penalties("the weights", "各权重"), default="none", convention=False)
        kinds = tuple(chosen for _ in weights)
    strength = ("strength of the penalty", "正则化强度")
    if any(kind != "none" for kind in kinds):
        work.given("lam", strength, is_=">= 0", aliases=["lambda"])
    else:
        work.optional("lam", strength, is_=">= 0", aliases=["lambda"])
    squared = _squares(work, [weight for weight, kind in zip(weights, kinds, strict=True) if kind == "L2"], len(weights))
    half = "L2" in kinds and work.option("l2_half", ("L2 penalty", "L2 惩罚的写法"), squared, default="half", spellings=HALF_SPELLINGS) == "half"
    asks = biased and any(kind != "none" for kind in kinds)
    biases = asks and work.option("bias_penalised", ("penalty on biases", "偏置是否加惩罚"), BIASES, default="no") == "yes"
    return Penalties(kinds, half, biases)


def _ask_one(work: Work, weight: str, default: str) -> str:
    shown = symbol(weight).unicode
    label = (f"penalty on {shown}", f"{shown} 的正则化")
    return work.option(f"reg_{weight}", label, _penalties(f"`{weight}`", f"`{weight}` ", one=not _is_array(work, weight)), default=default, convention=False)


def _squares(work: Work, weights: list[str], layers: int) -> dict[str, Pair]:
    """The two usual scalings of an L2 penalty, said of the weights that carry it."""
    shown = [f"`{weight}`" for weight in weights]
    en, zh = ("the weights", "各权重") if 1 < len(weights) == layers else (" and ".join(shown), "、".join(shown) + " ")
    of, of_zh = ("its square", "其平方") if len(weights) == 1 and not _is_array(work, weights[0]) else ("the sum of squares", "平方和")
    return {
        name: (f"The L2 penalty on {en} is {factor} times {of}.", f"{zh}的 L2 惩罚项为 {factor} 乘以{of_zh}。")
        for name, factor in (("half", "`lam/2`"), ("full", "`lam`"))
    }


def _penalties(en: str, zh: str, *, one: bool = False) -> dict[str, Pair]:
    of, of_zh = ("its absolute value", "其绝对值") if one else ("the sum of absolute values", "绝对值之和")
    return {
        "none": ("", ""),
        "L1": (f"The L1 penalty on {en} is `lam` times {of}.", f"{zh}的 L1 惩罚项为 `lam` 乘以{of_zh}。"),
        "L2": (f"There is an L2 penalty of strength `lam` on {en}.", f"{zh}带有强度为 `lam` 的 L2 惩罚项。"),
    }


def write_update(work: Work, parameter: str, gradient: str, new: str, penalties: Penalties, kind: str, *, base: str, shown: str, number: int = 1, step: bool = True) -> None:
    """Penalty gradient, total gradient and new value of one parameter; the last only with a learning rate.

    Args:
        parameter: the name of its current value.
        new: the name of its new value.
        base: what the other names begin with.
        shown: the symbol of the parameter.
        number: which step of training it is.
    """
    if kind == "none":
        if step:
            _write_step(work, parameter, gradient, new, shown, number)
            _ascent(work, f"{parameter} + eta*{gradient}")
        return
    reg, total = f"{base}_reg_grad", f"{base}_total_grad"
    work.step(reg, penalties.slope(kind, parameter), in_step((f"gradient of the penalty on {shown}", f"{shown} 的惩罚项梯度"), number), penalties.says(kind))
    _penalty_mistakes(work, parameter, gradient, kind)
    work.step(total, f"{gradient} + {reg}", in_step((f"total gradient of {shown}", f"{shown} 的总梯度"), number), ("data gradient plus penalty gradient", "数据梯度加惩罚项梯度"))
    work.mistake("penalty_subtracted", f"{gradient} - {reg}", "the penalty gradient is subtracted; it is added to the gradient, so that the step pulls the weight towards 0.", "减去了惩罚项的梯度；应把它加到梯度上，更新时才会把权重拉向 0。", kind="slip")
    if step:
        _write_step(work, parameter, total, new, shown, number)
        _ascent(work, f"{parameter} + eta*{total}")
        id = "reg_not_scaled" if kind == "L1" else "l2_decay_missing_eta"
        work.mistake(id, f"{parameter} - eta*{gradient} - {reg}", "the learning rate multiplies the data gradient only; it multiplies the penalty gradient too.", "学习率只乘了数据梯度；惩罚项的梯度也要乘学习率。")


def _write_step(work: Work, parameter: str, gradient: str, new: str, shown: str, number: int) -> None:
    label = in_step((f"new {shown}", f"更新后的 {shown}"), number)
    work.step(new, f"{parameter} - eta*{gradient}", label, ("a step against the gradient", "沿梯度的反方向走一步"))


def _ascent(work: Work, formula: str) -> None:
    work.mistake("ascent", formula, "the gradient is added; descent subtracts it.", "加上了梯度；梯度下降应减去梯度。", kind="slip")


def _penalty_mistakes(work: Work, parameter: str, gradient: str, kind: str) -> None:
    if kind == "L2":
        work.mistake("l2_as_l1", f"lam*sign({parameter})", "the L1 slope is used; an L2 penalty has a slope proportional to the weight.", "用了 L1 的导数；L2 惩罚的导数与权重成正比。")
        return
    work.mistake("dropped_sign", f"lam*sign({parameter})^2", "the sign of the weight is lost; the L1 slope is `sign(w)`, so `-1` for a negative weight.", "丢了权重的符号；L1 的导数是 `sign(w)`，权重为负时取 `-1`。")
    work.mistake("l1_as_l2", f"lam*{parameter}", "the L2 slope is used; the L1 slope is the sign of the weight, not its size.", "用了 L2 的导数；L1 的导数只取权重的符号，与大小无关。")
    work.mistake("abs", f"lam*abs({parameter})", "the penalty itself is taken for its gradient; the slope of `abs(w)` is `sign(w)`.", "把惩罚项本身当成了它的梯度；`abs(w)` 的导数是 `sign(w)`。")
    if _is_array(work, parameter):
        work.mistake("sign_of_gradient", f"lam*sign({gradient})", "the sign of the gradient is taken; the L1 slope is the sign of the weight.", "取了梯度的符号；L1 的导数是权重的符号。")


def _is_array(work: Work, parameter: str) -> bool:
    return parameter in work.values and bool(work.shape(parameter))
