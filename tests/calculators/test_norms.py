"""Group, instance and RMS normalisation against numpy, and what is refused."""

from __future__ import annotations

import random

import numpy as np
import pytest

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

from .near import agree


def drawn(source: random.Random, *shape: int) -> np.ndarray:
    return np.array([source.choice([i for i in range(-9, 10) if i]) for _ in range(int(np.prod(shape)))]).reshape(shape)


@pytest.mark.parametrize("seed", range(200))
def test_groups_agree_with_numpy(seed: int) -> None:
    """Every kind, with and without a constant in either place, scale and shift by channel."""
    source = random.Random(seed)
    groups, each, positions = source.choice([1, 2, 3]), source.choice([1, 2]), source.choice([2, 3])
    x = drawn(source, groups * each, positions) + np.arange(positions)
    kind = source.choice(["group", "instance", "layer"])
    count = {"group": groups, "instance": len(x), "layer": 1}[kind]
    place, eps = source.choice(["inside", "outside"]), source.choice([0, 0.5])
    gamma, beta = drawn(source, len(x)), drawn(source, len(x))
    grouped = x.reshape(count, -1)
    spread = grouped.var(axis=1, keepdims=True)
    if not spread.all():
        return
    bottom = np.sqrt(spread + eps) if place == "inside" else np.sqrt(spread) + eps
    hat = ((grouped - grouped.mean(axis=1, keepdims=True)) / bottom).reshape(x.shape)
    extra = {"G": groups} if kind == "group" else {}
    trace = calculate("group_norm", X=x, kind=kind, eps=eps, eps_place=place, gamma=gamma, beta=beta, **extra)
    assert agree(trace["X_hat"].value, hat)
    assert agree(trace["Y"].value, gamma[:, None] * hat + beta[:, None])


@pytest.mark.parametrize("seed", range(200))
def test_rms_agrees_with_numpy(seed: int) -> None:
    """One token or several, the constant in either place."""
    source = random.Random(seed)
    x, gamma = drawn(source, 2, 4), drawn(source, 4)
    place, eps = source.choice(["inside", "outside"]), source.choice([0, 0.25])
    square = (x**2).mean(axis=1, keepdims=True)
    y = gamma * x / (np.sqrt(square + eps) if place == "inside" else np.sqrt(square) + eps)
    trace = calculate("rms_norm", x=x, gamma=gamma, eps=eps, eps_place=place)
    assert agree(trace["y_2"].value, y[1])
    assert agree(calculate("rms_norm", x=x[0], gamma=gamma, eps=eps, eps_place=place)["y"].value, y[0])


def test_unbiased_variance_is_a_choice() -> None:
    """The variance of a group may divide by one less than the number of its values."""
    trace = calculate("group_norm", X=[[1, 5], [3, 7]], G=1, variance="n-1")
    assert agree(trace["var_1"].value, np.var([1, 5, 3, 7], ddof=1))


def test_uneven_groups_are_refused() -> None:
    """Channels that do not form groups of equal size are refused."""
    with pytest.raises(ExamToolError, match="3 channels do not form 2 groups"):
        calculate("group_norm", X=[[1, 2], [3, 5], [2, 8]], G=2)
