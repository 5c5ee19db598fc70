"""Softmax calculators against worked figures, numpy and scipy."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

from .near import agree, numbers

TRIES = 200

GOLDEN: list[tuple[str, dict[str, Any], dict[str, Any], float]] = [
    ("softmax", {"z": [1, 2]}, {"exp": [2.72, 7.39], "p": [0.27, 0.73]}, 0.005),
    ("softmax", {"z": [1, 2]}, {"exp": [2.71828182846, 7.38905609893], "p": [0.26894142137, 0.73105857863]}, 1e-11),
    ("softmax", {"z": ["ln(1)", "ln(2)", "ln(5)"]}, {"p": [1 / 8, 2 / 8, 5 / 8], "winner": 3}, 1e-15),
    ("softmax_cross_entropy_gradient", {"z": ["0", "ln(3)"], "y": [1, 0]}, {"p": [0.25, 0.75], "dL_dz": [-0.75, 0.75]}, 1e-15),
    ("temperature_softmax", {"z": ["ln(1)", "ln(4)", "ln(9)"], "T": 2}, {"p": [1 / 6, 2 / 6, 3 / 6], "sharper": -1}, 1e-15),
    ("top_k_sampling", {"p": ["1/2", "1/4", "1/8", "1/8"], "k": 2}, {"mass": 0.75, "p_new": [2 / 3, 1 / 3, 0, 0]}, 1e-15),
]


@pytest.mark.parametrize(("row", "givens", "outputs", "tolerance"), GOLDEN)
def test_worked_figures(row: str, givens: dict[str, Any], outputs: dict[str, Any], tolerance: float) -> None:
    """Published figures come out to their printed digits."""
    trace = calculate(row, **givens)
    for name, expected in outputs.items():
        assert np.max(np.abs(np.asarray(numbers(trace[name].value)) - np.asarray(expected))) <= tolerance, name


def logits(draw: random.Random, *sizes: int) -> Any:
    """Decimals with two places, as an exam prints them."""
    return np.array([draw.randint(-400, 400) / 100 for _ in range(int(np.prod(sizes)))]).reshape(sizes).tolist()


def test_softmax_against_scipy() -> None:
    """Vectors and matrices, by rows or columns, with or without the shift, agree with scipy.special.softmax."""
    draw = random.Random(1)
    for _ in range(TRIES):
        sizes = (draw.randint(2, 6),) if draw.random() < 0.5 else (draw.randint(1, 4), draw.randint(2, 5))
        z = logits(draw, *sizes)
        axis = draw.choice(["row", "column"]) if len(sizes) == 2 else "row"
        found = calculate("softmax", z=z, axis=axis, stabilise=draw.choice(["plain", "max"]))
        expected = softmax(np.array(z), axis=0 if axis == "column" else -1)
        assert agree(found["p"].value, expected)
        assert agree(found["winner"].value, (np.argmax(expected, axis=0 if axis == "column" else -1) + 1))


def test_jacobian_against_differences() -> None:
    """The Jacobian is diag(p) - p p^T and agrees with central differences of scipy's softmax; its rows add up to 0."""
    draw = random.Random(2)
    for _ in range(TRIES):
        z = logits(draw, draw.randint(2, 5))
        found = calculate("softmax_jacobian", z=z)
        h = 1e-6
        columns = [(softmax(np.array(z) + h * unit) - softmax(np.array(z) - h * unit)) / (2 * h) for unit in np.eye(len(z))]
        assert agree(found["J"].value, np.array(columns).T, 1e-7)
        assert agree(found["row_sums"].value, np.zeros(len(z)))


def test_cross_entropy_gradient_against_scipy_and_autograd() -> None:
    """Loss and gradient of single samples and batches agree with log_softmax and with automatic differentiation."""
    anp = pytest.importorskip("autograd.numpy")
    from autograd import grad
    from autograd.scipy.special import logsumexp

    draw = random.Random(3)
    for _ in range(TRIES):
        n, classes = draw.randint(1, 4), draw.randint(2, 5)
        z, labels = logits(draw, n, classes), [draw.randrange(classes) for _ in range(n)]
        y = np.eye(classes)[labels]
        reduction = draw.choice(["mean", "sum"])
        found = calculate("softmax_cross_entropy_gradient", z=z, y=y.astype(int).tolist(), reduction=reduction)
        losses = -log_softmax(np.array(z), axis=1)[np.arange(n), labels]
        assert agree(found["losses"].value, losses)

        def loss(logits: Any, y: Any = y, scale: float = n if reduction == "mean" else 1) -> Any:
            return -anp.sum(y * (logits - logsumexp(logits, axis=1, keepdims=True))) / scale

        assert agree(found["loss"].value, loss(np.array(z)))
        assert agree(found["dL_dz"].value, grad(loss)(np.array(z)))
        single = calculate("softmax_cross_entropy_gradient", z=z[0], y=y[0].astype(int).tolist())
        assert agree(single["loss"].value, losses[0])


def test_temperature_against_scipy() -> None:
    """Dividing by T before softmax agrees with scipy, and sharpens exactly when T is below 1."""
    draw = random.Random(4)
    for _ in range(TRIES):
        z, T = logits(draw, draw.randint(2, 6)), draw.choice(["1/2", "0.7", "1", "1.5", "2", "3"])
        found = calculate("temperature_softmax", z=z, T=T)
        t = float(Fraction(T))
        assert agree(found["p"].value, softmax(np.array(z) / t))
        if len(set(z)) > 1:
            assert numbers(found["sharper"].value) == (t < 1) - (t > 1)


def test_top_k_against_numpy() -> None:
    """The kept tokens are those of a stable argsort, from probabilities or from logits."""
    draw = random.Random(5)
    for _ in range(TRIES):
        size = draw.randint(2, 8)
        k = draw.randint(1, size)
        if draw.random() < 0.5:
            parts = [draw.randint(1, 9) for _ in range(size)]
            p = np.array(parts) / sum(parts)
            found = calculate("top_k_sampling", p=[f"{part}/{sum(parts)}" for part in parts], k=k)
        else:
            z = logits(draw, size)
            p = softmax(np.array(z))
            found = calculate("top_k_sampling", z=z, k=k)
        order = np.argsort(-p.round(15), kind="stable")[:k]
        kept = np.isin(np.arange(size), order)
        assert agree(found["kept"].value, kept.astype(float))
        assert agree(found["p_new"].value, np.where(kept, p, 0) / p[kept].sum())


@pytest.mark.parametrize(
    ("row", "givens"),
    [
        ("softmax", {"z": 3}),
        ("softmax_cross_entropy_gradient", {"z": [1, 2], "y": [1, 1]}),
        ("softmax_cross_entropy_gradient", {"z": [1, 2], "y": [1, 0, 0]}),
        ("temperature_softmax", {"z": [1, 2], "T": 0}),
        ("top_k_sampling", {"p": ["1/2", "1/4"], "k": 1}),
        ("top_k_sampling", {"p": ["1/2", "1/2"], "k": 3}),
    ],
)
def test_what_cannot_be_is_refused(row: str, givens: dict[str, Any]) -> None:
    """Values outside their domain are errors with a sentence in both languages."""
    with pytest.raises(ExamToolError) as caught:
        calculate(row, **givens)
    assert caught.value.message.en
    assert caught.value.message.zh
