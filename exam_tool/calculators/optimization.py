"""Gradient steps of every kind: mini-batches, counts of updates, momentum and adaptive rates, initial scales, clipping.

Gradients are given as numbers here; steps on a function given as a formula are in ``descent``.
"""

from __future__ import annotations

from .work import Work, calculator

REDUCTIONS = {
    "mean": ("A step takes the mean of the gradients of its batch.", "每次更新使用批内梯度的平均。"),
    "sum": ("A step takes the sum of the gradients of its batch.", "每次更新使用批内梯度之和。"),
}


@calculator(
    "minibatch_update",
    ("Batch, stochastic and mini-batch updates", "批量、随机与小批量更新"),
    chapter="optimization",
    example={"w": 1, "g": [2, -1, 3, 4], "eta": "0.1"},
)
def minibatch_update(work: Work) -> None:
    """w - eta * mean of per-sample gradients; ``g`` has one number (or row) a sample, taken in order in batches of ``B``.

    B = 1 walks the SGD path; the default is one full batch. The gradients count as given: they are not taken anew after a step.
    Source: Goodfellow et al. 2016, section 8.1.3.
    """
    work.given("w", ("weight", "权重"), shape=None)
    work.given("g", ("gradients of the samples", "各样本的梯度"), shape=None, aliases=["gradients", "per_sample_gradients", "grads"])
    vector = bool(work.shape("w"))
    work.fits("w", "d" if vector else "")
    work.fits("g", "n d" if vector else "n")
    samples = work.length("g")
    work.given("eta", ("learning rate", "学习率"), is_="> 0")
    work.given("B", ("batch size", "批大小"), is_="integer, >= 1", default="len(g)")
    size = min(work.count("B"), samples) if work.offered("B") else samples
    mean = work.option("reduction", ("gradients of a batch", "批内梯度的合并"), REDUCTIONS, default="mean") == "mean"
    starts = range(0, samples, size)
    previous = "w"
    for number, start in enumerate(starts, 1):
        end = f"_{number}" if len(starts) > 1 else ""
        new = f"w_{number}" if len(starts) > 1 else "w_new"
        picked = [f"g[{i + 1}]" for i in range(start, min(start + size, samples))]
        _batch(work, f"g_bar{end}", picked, mean, whole=len(starts) == 1, vector=vector)
        work.step(new, f"{previous} - eta*g_bar{end}", ("new weight", "更新后的权重") if len(starts) == 1 else (f"weight after step {number}", f"第 {number} 次更新后的权重"), ("a step against the gradient", "沿梯度的反方向走一步"))
        work.mistake("ascent", f"{previous} + eta*g_bar{end}", "the step goes up the gradient; descent subtracts it.", "沿梯度方向走了一步；梯度下降应减去梯度。", kind="slip")
        previous = new


def _batch(work: Work, name: str, picked: list[str], mean: bool, *, whole: bool, vector: bool) -> None:
    added = ("sum(g, 1)" if vector else "sum(g)") if whole and len(picked) > 1 else " + ".join(picked)
    count = len(picked)
    formula = added if not mean or count == 1 else f"{added}/{count}" if whole else f"({added})/{count}"
    label = ("mean gradient", "平均梯度") if mean else ("summed gradient", "梯度之和")
    work.step(name, formula, label if count > 1 else ("gradient of the sample", "该样本的梯度"), ("added over the batch, divided by its size", "对批内求和再除以批大小") if mean and count > 1 else None)
    if count > 1:
        work.mistake("last_only", picked[-1], "only the last sample of the batch is used.", "只用了批内最后一个样本。")


@calculator(
    "updates_per_epoch",
    ("Updates per epoch", "每轮的更新次数"),
    chapter="optimization",
    example={"N": 60000, "B": 64, "epochs": 5},
)
def updates_per_epoch(work: Work) -> None:
    """Parameter updates in one epoch and in all. Source: Goodfellow et al. 2016, section 8.1.3."""
    work.given("N", ("training samples", "训练样本数"), is_="integer, >= 1")
    work.given("B", ("batch size", "批大小"), is_="integer, >= 1")
    work.given("epochs", ("epochs", "训练轮数"), is_="integer, >= 1", default="1")
    remainder = work.option(
        "remainder",
        ("samples left over", "除不尽的样本"),
        {
            "ceil": ("A last, smaller batch is used too.", "最后不足一批的样本也更新一次。"),
            "floor": ("A last, smaller batch is dropped.", "最后不足一批的样本舍去。"),
            "exact": ("The batch size divides the number of samples.", "批大小整除样本数。"),
        },
        default="ceil",
        spellings={"ceil (keep last)": "ceil", "floor (drop last)": "floor", "N/B exact (001)": "exact"},
    )
    work.step("bgd", "1", ("updates per epoch, full batch", "批量梯度下降每轮更新次数"), ("all samples make one update", "全部样本只更新一次"))
    work.mistake("bgd_n", "N", "the full batch is counted once a sample; it makes one update an epoch.", "把批量梯度下降按样本计数了；它每轮只更新一次。")
    work.step("sgd", "N", ("updates per epoch, one sample at a time", "随机梯度下降每轮更新次数"), ("every sample makes one update", "每个样本更新一次"))
    right = "N/B" if remainder == "exact" else f"{remainder}(N/B)"
    work.step("per_epoch", right, ("updates per epoch, mini-batch", "小批量每轮更新次数"), ("one update a batch", "每批更新一次"), is_="integer, >= 0")
    work.mistake("inverted", "B/N", "the fraction is upside down; divide the samples by the batch size.", "分子分母颠倒了；应以样本数除以批大小。", kind="slip")
    work.mistake("product", "N*B", "samples and batch size are multiplied; divide the samples by the batch size.", "把样本数与批大小相乘了；应当相除。")
    work.step("total", "per_epoch*epochs", ("updates in all", "总更新次数"))
