"""Batch normalisation and dropout against numpy, and small cases worked by hand."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from exam_tool.calculators import calculate

from .oracle import close, drawn, number


@pytest.mark.parametrize("seed", range(200))
def test_batches_agree_with_numpy(seed: int) -> None:
    """Mean, variance and output of random batches of one or several features, with both divisors."""
    source = random.Random(seed)
    m, wide, ddof = source.randint(2, 5), source.random() < 0.7, source.choice([0, 1])
    shape = (source.randint(1, 3),) if wide else ()
    batch, gamma, beta = drawn(source, m, *shape), drawn(source, *shape), drawn(source, *shape)
    trace = calculate("batch_norm", Z=batch, gamma=gamma, beta=beta, eps=0.01, variance="n-1" if ddof else "n", activation="relu")
    var = batch.var(axis=0, ddof=ddof)
    expected = gamma * (batch - batch.mean(axis=0)) / np.sqrt(var + 0.01) + beta
    close(trace, "mu", batch.mean(axis=0))
    close(trace, "var", var)
    close(trace, "Y", expected)
    close(trace, "h", np.maximum(expected, 0))


def test_friendly_batches() -> None:
    """Batches {1, 1, 5, 5} and {2, 2, 8, 8} have the variances 4 and 9; by n - 1 they have 16/3 and 12."""
    batch = [[1, 2], [1, 8], [5, 2], [5, 8]]
    assert list(number(calculate("batch_norm", Z=batch)["var"].value)) == [4, 9]
    assert number(calculate("batch_norm", Z=batch, variance="n-1")["var"].value) == pytest.approx([16 / 3, 12])


CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("batch_norm_running_stats", {"mu_run": 2, "means": [4], "alpha": 0.25}, {"mu_run_1": 2.5}),
    ("batch_norm_running_stats", {"mu_run": 2, "means": [4], "alpha": 0.25, "alpha_weighs": "old"}, {"mu_run_1": 3.5}),
    (
        "batch_norm_running_stats",
        {"mu_run": 0, "var_run": 1, "means": [2, 6], "variances": [7, 4], "alpha": 0.5, "z": 9.5, "gamma": 2, "beta": 1},
        {"mu_run_2": 3.5, "var_run_2": 4, "z_hat": 3, "y": 7},
    ),
    ("dropout_expectation", {"a": [2, 4], "p": 0.25, "mask": [1, 0]}, {"q": 0.75, "train": [2, 0], "test": [1.5, 3], "active": 1.5}),
    ("dropout_expectation", {"a": 2, "p": 0.25, "p_means": "keep"}, {"q": 0.25, "test": 0.5}),
    ("dropout_expectation", {"a": [3, 6], "p": 0.25, "mask": [1, 0], "variant": "inverted"}, {"train": [4, 0], "test": [3, 6]}),
]


@pytest.mark.parametrize(("name", "given", "expected"), CASES)
def test_small_cases(name: str, given: dict[str, Any], expected: dict[str, Any]) -> None:
    """Cases small enough to work by hand, in every convention."""
    trace = calculate(name, **given)
    for step, value in expected.items():
        close(trace, step, np.array(value) if isinstance(value, list) else value)
