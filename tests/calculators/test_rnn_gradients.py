"""Gradients through time of LSTM and GRU cells against autograd."""

from __future__ import annotations

import random
from typing import Any

import autograd.numpy as anp
import pytest
from autograd import grad

from exam_tool.calculators.work import calculate, find

from .near import agree, run_everything

Weights = dict[str, float]


def sigmoid(z: Any) -> Any:
    return 1 / (1 + anp.exp(-z))


def lstm(weights: Weights, x: list[float], h: Any, c: Any) -> list[Any]:
    states = []
    for value in x:
        f, i, o, a = (weights[f"U_{g}"] * value + weights[f"W_{g}"] * h + weights[f"b_{g}"] for g in "fioc")
        c = sigmoid(f) * c + sigmoid(i) * anp.tanh(a)
        h = sigmoid(o) * anp.tanh(c)
        states.append(h)
    return states


def gru(weights: Weights, x: list[float], h: Any, keeps: bool) -> list[Any]:
    states = []
    for value in x:
        z, r = (sigmoid(weights[f"U_{g}"] * value + weights[f"W_{g}"] * h + weights[f"b_{g}"]) for g in "zr")
        candidate = anp.tanh(weights["U_h"] * value + weights["W_h"] * r * h + weights["b_h"])
        h = z * h + (1 - z) * candidate if keeps else (1 - z) * h + z * candidate
        states.append(h)
    return states


def drawn(source: random.Random, letters: str) -> Weights:
    return {f"{part}_{g}": source.choice([-3, -2, -1, 1, 2, 3]) / 2 for g in letters for part in "UWb"}


def loss(states: list[Any], y: Any, double: bool) -> Any:
    errors = [(h - target) ** 2 for h, target in zip(states, y, strict=True)] if isinstance(y, list) else [(states[-1] - y) ** 2]
    return sum(errors) * (1 if double else 0.5)


@pytest.mark.parametrize("seed", range(200))
def test_gradients_agree_with_autograd(seed: int) -> None:
    """Both cells, one to three steps, targets at the end or everywhere, any start, both losses, both update gates."""
    source = random.Random(seed)
    letters, name = source.choice([("fioc", "lstm_gradients"), ("zrh", "gru_gradients")])
    weights = drawn(source, letters)
    x = [source.choice([-1.0, 0.5, 2.0]) for _ in range(source.randint(1, 3))]
    y: Any = [source.choice([0.0, 1.0]) for _ in x] if source.random() < 0.5 else 1.0
    double, keeps, h = source.random() < 0.5, source.random() < 0.5, source.choice([0.0, 0.5])
    options = {"loss": "squared" if double else "half_squared"}
    if letters == "zrh":
        options["update_gate"] = "keeps_old" if keeps else "takes_new"
    trace = calculate(name, x=x, y=y, h_0=h, **weights, **options)

    def total(weights: Weights) -> Any:
        return loss(lstm(weights, x, h, 0.0) if letters == "fioc" else gru(weights, x, h, keeps), y, double)

    assert agree(trace["L"].value, total(weights))
    for weight, slope in grad(total)(weights).items():
        assert agree(trace[f"grad_{weight}"].value, slope), weight


@pytest.mark.parametrize("name", ["lstm_gradients", "gru_gradients"])
def test_every_option_and_mistake_runs(name: str) -> None:
    """Each option choice and each mistake of the worked example runs."""
    assert run_everything(find(name)[0]) > 20
