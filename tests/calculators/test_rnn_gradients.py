"""Gradients through time of LSTM and GRU cells, of one unit and of several, against autograd."""

from __future__ import annotations

import random
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from exam_tool.calculators import calculate
from exam_tool.expressions.arrays import same, shape_of

from .near import agree, numbers

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


def logit(p: Any) -> Any:
    return np.log(p / (1 - p))


def states_of(weights: dict[str, Any], parts: dict[str, Any], h: Any, c: Any, options: dict[str, str]) -> list[Any]:
    """States of a cell with a vector of units; ``parts`` holds for every gate what it reads besides the old state, a row for every step."""
    states = []
    for t in range(len(next(iter(parts.values())))):
        if "f" in parts:
            f, i, o, a = (parts[g][t] + anp.dot(weights[f"W_{g}"], h) for g in "fioc")
            c = sigmoid(f) * c + sigmoid(i) * anp.tanh(a)
            h = sigmoid(o) * anp.tanh(c)
        else:
            z, r = (sigmoid(parts[g][t] + anp.dot(weights[f"W_{g}"], h)) for g in "zr")
            W = weights["W_h"]
            candidate = anp.tanh(parts["h"][t] + (anp.dot(W, r * h) if options["reset"] == "before" else r * anp.dot(W, h)))
            h = z * h + (1 - z) * candidate if options["update_gate"] == "keeps_old" else (1 - z) * h + z * candidate
        states.append(h)
    return states


def vector_loss(states: list[Any], y: Any) -> Any:
    return (
        sum(anp.sum((h - target) ** 2) for h, target in zip(states, y, strict=True)) / 2
        if y.ndim == 2
        else anp.sum((states[-1] - y) ** 2) / 2
    )


def vector_case(seed: int) -> tuple[random.Random, str, str, int, dict[str, Any], dict[str, str]]:
    """A cell, its gates and size, random recurrent weights and a start, and conventions."""
    source = random.Random(seed)
    name, letters = source.choice([("lstm_gradients", "fioc"), ("gru_gradients", "zrh")])
    units = source.randint(1, 3)
    given = {f"W_{g}": halves(source, units, units) for g in letters} | {"h_0": halves(source, units)}
    if name == "lstm_gradients":
        return source, name, letters, units, given | {"c_0": halves(source, units)}, {}
    options = {"reset": source.choice(["before", "after"]), "update_gate": source.choice(["keeps_old", "takes_new"])}
    return source, name, letters, units, given, options


def halves(source: random.Random, *sizes: int) -> Any:
    return np.array([source.choice([-3, -2, -1, 1, 2, 3]) / 2 for _ in range(int(np.prod(sizes)))]).reshape(sizes)


@pytest.mark.parametrize("seed", range(120))
def test_vector_gradients_agree_with_autograd(seed: int) -> None:
    """Loss and gradients of every weight of cells with up to three units, under every convention, targets at the end or everywhere."""
    source, name, letters, units, given, options = vector_case(seed)
    steps, width = source.randint(1, 3), source.randint(1, 3)
    x, y = halves(source, steps, width), halves(source, *([steps, units] if source.random() < 0.5 else [units]))
    given |= {f"{part}_{g}": halves(source, units, *([width] if part == "U" else [])) for g in letters for part in "Ub"}
    trace = calculate(name, x=x, y=y, **given, **options)

    def total(weights: dict[str, Any]) -> Any:
        parts = {g: [anp.dot(weights[f"U_{g}"], row) + weights[f"b_{g}"] for row in x] for g in letters}
        return vector_loss(states_of(weights, parts, given["h_0"], given.get("c_0"), options), y)

    assert agree(trace["L"].value, total(given))
    slopes = grad(total)(given)
    for weight in (f"{part}_{g}" for g in letters for part in "UWb"):
        assert agree(trace[f"grad_{weight}"].value, slopes[weight]), weight


@pytest.mark.parametrize("seed", range(120))
def test_given_gate_values_agree_with_autograd(seed: int) -> None:
    """With values of the gates in place of inputs the gradients are those of a network whose gates come to these values."""
    source, name, letters, units, given, options = vector_case(seed)
    steps = source.randint(1, 3)
    values = {g: np.array([[source.randint(1, 9) / 10 for _ in range(units)] for _ in range(steps)]) for g in letters}
    y = halves(source, units)
    trace = calculate(name, y=y, **given, **options, **{{"c": "c_tilde", "h": "h_tilde"}.get(g, g): values[g] for g in letters})

    before = [given["h_0"], *(np.array(numbers(trace[f"h_{t}"].value)) for t in range(1, steps))]
    parts = {}  # what each gate must read besides the old state to come to its value
    for g in letters:
        old = [given[f"W_{g}"] @ h for h in before]
        if g == "h":
            product = given["W_h"] @ np.transpose(before)
            old = [
                values["r"][t] * product[:, t] if options["reset"] == "after" else given["W_h"] @ (values["r"][t] * h)
                for t, h in enumerate(before)
            ]
        inverse = np.arctanh if g in "ch" else logit
        parts[g] = [inverse(values[g][t]) - old[t] for t in range(steps)]

    def total(weights: dict[str, Any]) -> Any:
        return vector_loss(states_of(weights, parts, given["h_0"], given.get("c_0"), options), y)

    assert agree(trace["L"].value, total(given))
    slopes = grad(total)(given)
    for weight in (f"W_{g}" for g in letters):
        assert agree(trace[f"grad_{weight}"].value, slopes[weight]), weight


@pytest.mark.parametrize(("name", "values"), [("lstm_gradients", "f i o c_tilde"), ("gru_gradients", "z r h_tilde")])
@pytest.mark.parametrize("reset", ["before", "after"])
def test_mistakes_of_vectors_run(name: str, values: str, reset: str) -> None:
    """Each known mistake of a cell of two units has a value of the right size, and another one than the right value."""
    told = {value: [[f"{n}/7", f"{n}/5"], [f"{n}/6", f"{n}/8"], [f"{n}/9", "3/5"]] for n, value in enumerate(values.split(), 1)}
    weights = {f"W_{value[0]}": [[1, 2], [-1, 3]] for value in values.split()}
    options: dict[str, Any] = {"reset": reset} if name == "gru_gradients" else {"c_0": [2, 3]}
    trace = calculate(name, y=[[1, 0], [0, 1], [1, 1]], h_0=[1, "1/2"], x=[[1, 2, 3], [0, 1, 1], [1, 0, 2]], **told, **weights, **options)
    for step in trace.plan.steps:
        for mistake in step.mistakes:
            wrong = trace.mistaken(step, mistake)[step.name]
            assert shape_of(wrong) == shape_of(trace[step.name].value), (step.name, mistake.id)
            assert not same(wrong, trace[step.name].value), (step.name, mistake.id)
