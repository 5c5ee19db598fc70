"""Hinge, focal and smoothed losses, perplexity and Jensen-Shannon divergence against numpy, scipy, autograd and torch."""

from __future__ import annotations

import random
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from scipy.spatial.distance import jensenshannon

from exam_tool.calculators import calculate

from .near import agree, numbers

TRIES = 80


def distribution(draw: random.Random, n: int, least: int = 0) -> tuple[list[str], Any]:
    parts = [draw.randint(least, 6) for _ in range(n)]
    parts[draw.randrange(n)] += 1
    return [f"{part}/{sum(parts)}" for part in parts], np.array(parts) / sum(parts)


def test_hinge() -> None:
    """Plain and squared, with their slopes by autograd."""
    draw = random.Random(1)
    for _ in range(TRIES):
        n, power = draw.randint(1, 5), draw.choice([1, 2])
        y, f = [draw.choice([-1, 1]) for _ in range(n)], [draw.randint(-29, 29) / 10 + 0.05 for _ in range(n)]

        def loss(f: Any, y: Any = tuple(y), power: int = power) -> Any:
            return anp.mean(anp.maximum(0, 1 - anp.array(y) * f) ** power)

        found = calculate("hinge_loss", y=y, f=f, power=power)
        assert agree(found["loss"].value, loss(np.array(f)))
        assert agree(found["dL_df"].value, grad(loss)(np.array(f)))


@pytest.mark.parametrize(
    ("z", "y", "margin", "loss"),
    [(["3.2", "5.1", "-1.7"], 1, 1, 2.9), (["1.3", "4.9", "2.0"], 2, 1, 0), (["2.2", "2.5", "-3.1"], 3, 1, 12.9), ([13, -7, 11], 1, 10, 8)],
)
def test_multiclass_hinge_of_the_notes(z: Any, y: int, margin: int, loss: float) -> None:
    """Stanford CS231n, lecture 3 and notes on linear classification: losses of the three images, and of the scores 13, -7, 11."""
    assert numbers(calculate("multiclass_hinge", z=z, y=y, margin=margin)["loss"].value) == pytest.approx(loss)


def test_multiclass_hinge_slopes() -> None:
    """Sum and largest term, slopes by autograd."""
    draw = random.Random(2)
    for _ in range(TRIES):
        n, form = draw.randint(2, 5), draw.choice(["sum", "max"])
        z, y = [draw.randint(-39, 39) / 10 + i / 1000 for i in range(n)], draw.randint(1, n)

        def loss(z: Any, y: int = y, form: str = form, n: int = n) -> Any:
            terms = anp.maximum(0, z - z[y - 1] + 1) * (1 - np.eye(n)[y - 1])
            return anp.sum(terms) if form == "sum" else anp.max(terms)

        found = calculate("multiclass_hinge", z=z, y=y, form=form)
        assert agree(found["loss"].value, loss(np.array(z)))
        if loss(np.array(z)) > 0:
            assert agree(found["dL_dz"].value, grad(loss)(np.array(z)))


def test_focal_loss_against_numpy() -> None:
    """With and without weights; with gamma = 0 it is cross-entropy."""
    draw = random.Random(3)
    for _ in range(TRIES):
        n, gamma = draw.randint(1, 4), draw.choice([0, 1, 2, 0.5])
        y, p = np.array([draw.randint(0, 1) for _ in range(n)]), np.array([draw.randint(1, 19) / 20 for _ in range(n)])
        right = np.where(y == 1, p, 1 - p)
        plain = -((1 - right) ** gamma) * np.log(right)
        assert agree(calculate("focal_loss", y=y.tolist(), p=p.tolist(), gamma=gamma)["loss"].value, plain.mean())
        weighed = np.where(y == 1, 0.25, 0.75) * plain
        found = calculate("focal_loss", y=y.tolist(), p=p.tolist(), gamma=gamma, alpha="0.25", reduction="sum")
        assert agree(found["loss"].value, weighed.sum())


def test_perplexity_does_not_depend_on_the_base() -> None:
    """It is the inverse of the geometric mean of the probabilities."""
    draw = random.Random(4)
    for _ in range(TRIES):
        p = [draw.randint(1, 20) / 20 for _ in range(draw.randint(1, 6))]
        for base in ("e", "2"):
            assert agree(calculate("perplexity", p=p, log_base=base)["perplexity"].value, np.prod(p) ** (-1 / len(p)))


def test_jensen_shannon_against_scipy() -> None:
    """Distance and divergence, also where a probability is 0."""
    draw = random.Random(5)
    for _ in range(TRIES):
        n = draw.randint(2, 4)
        (p, p_), (q, q_) = distribution(draw, n), distribution(draw, n)
        for base in ("e", "2"):
            found = calculate("jensen_shannon", p=p, q=q, log_base=base)
            expected = jensenshannon(p_, q_, base=np.e if base == "e" else 2)
            expected = 0.0 if np.isnan(expected) else expected
            assert agree(found["D_JS"].value, expected**2, 1e-7)


def test_label_smoothing_slope() -> None:
    """``p - q`` is the gradient by the logits, whichever classes share the smoothing."""
    draw = random.Random(6)
    for _ in range(TRIES):
        k, spread = draw.randint(2, 5), draw.choice(["all classes", "other classes"])
        z, y = [draw.randint(-20, 20) / 10 for _ in range(k)], draw.randint(1, k)
        q = np.full(k, 0.1 / k if spread == "all classes" else 0.1 / (k - 1))
        q[y - 1] = 1 - 0.1 + 0.1 / k if spread == "all classes" else 0.9

        def loss(z: Any, q: Any = q) -> Any:
            return -anp.sum(q * (z - anp.log(anp.sum(anp.exp(z)))))

        found = calculate("label_smoothing", z=z, y=y, epsilon="0.1", spread=spread)
        assert agree(found["loss"].value, loss(np.array(z)))
        assert agree(found["dL_dz"].value, grad(loss)(np.array(z)))


@pytest.mark.oracle
def test_torch_losses() -> None:
    """Label smoothing and the multi-class margin loss of PyTorch (which divides by the number of classes)."""
    torch = pytest.importorskip("torch")
    draw = random.Random(7)
    for _ in range(TRIES):
        k = draw.randint(2, 5)
        z, y = [draw.randint(-20, 20) / 10 for _ in range(k)], draw.randint(1, k)
        tensor, label = torch.tensor([z], dtype=torch.float64), torch.tensor([y - 1])
        smooth = torch.nn.functional.cross_entropy(tensor, label, label_smoothing=0.2)
        assert agree(calculate("label_smoothing", z=z, y=y, epsilon="0.2")["loss"].value, float(smooth))
        margin = torch.nn.functional.multi_margin_loss(tensor, label) * k
        assert agree(calculate("multiclass_hinge", z=z, y=y)["loss"].value, float(margin))
