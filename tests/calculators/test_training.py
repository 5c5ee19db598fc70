"""Simple models of training: small cases, goldens of the course, and laws on random inputs."""

from __future__ import annotations

import random
from typing import Any

import autograd.numpy as np
import pytest
from autograd import grad

from exam_tool.calculators import calculate

from .oracle import close, drawn, number

CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("relu_kink", {"w": 2, "b": -4}, {"kink": 2, "side": 1}),
    ("relu_kink", {"w": 1, "b": -2}, {"kink": 2}),
    ("relu_kink", {"w": 1, "b": -3}, {"kink": 3}),
    ("relu_kink", {"w": -2, "b": 3}, {"kink": 1.5, "side": -1}),
    ("fourier_components", {"k": [1, 5]}, {"order": [1, 5]}),
    ("fourier_components", {"k": [8, 1], "x": 0, "a_0": 2, "cosines": [3, 4]}, {"order": [1, 8], "f": 9}),
    ("relu_merge", {"a": [3, 5], "w": [2, 1], "b": [-4, -2]}, {"c_1": 11, "count": 1}),
    ("relu_merge", {"a": [1, 1], "w": [2, 1], "b": [-4, -3]}, {"kinks": [2, 3], "count": 2}),
    ("gd_stability", {"lam": 4, "eta": 0.6}, {"multiplier": -1.4, "eta_max": 0.5, "behaviour": 2}),
    ("gd_stability", {"lam": 4, "eta": 0.1, "half": "full"}, {"multiplier": 0.2, "eta_max": 0.25, "behaviour": 0}),
    ("flatness_loss_increase", {"lam": [1, 8], "delta": 0.5}, {"rise": [0.125, 1], "flatter": 1}),
    ("flatness_loss_increase", {"H": [[2, 1], [1, 4]], "delta": [1, -1]}, {"rise": 2}),
    ("early_stopping_epoch", {"val_errors": [5, 4, 6, 3]}, {"stop": 4, "best": 4}),
    ("early_stopping_epoch", {"val_errors": [5, 4, 6, 3], "patience": 1}, {"stop": 3, "best": 2}),
    ("early_stopping_epoch", {"val_errors": [5, 4, 4, 4], "patience": 2}, {"stop": 4, "best": 2}),
    ("data_split_sizes", {"n": 1000, "ratios": [0.8, 0.1, 0.1]}, {"n_train": 800, "n_val": 100, "n_test": 100}),
]


@pytest.mark.parametrize(("name", "given", "expected"), CASES)
def test_small_cases(name: str, given: dict[str, Any], expected: dict[str, Any]) -> None:
    """Cases small enough to work by hand, and the golden figures of the course."""
    trace = calculate(name, **given)
    for step, value in expected.items():
        close(trace, step, np.array(value) if isinstance(value, list) else value)


@pytest.mark.parametrize("seed", range(100))
def test_merged_units_compute_the_same_function(seed: int) -> None:
    """The units that are left, each of slope 1, add up to the network before merging, at many points."""
    source = random.Random(seed)
    n = source.randint(1, 5)
    w = [source.choice([-2, -1, 1, 2, 3]) for _ in range(n)]
    kinks = [source.choice([-1, 0, 2]) for _ in range(n)]
    a = drawn(source, n)
    b = [-wi * k for wi, k in zip(w, kinks, strict=True)]
    trace = calculate("relu_merge", a=a, w=w, b=b)
    groups = list(dict.fromkeys((k, np.sign(wi)) for wi, k in zip(w, kinks, strict=True)))
    assert number(trace["count"].value) == len(groups)
    for x in np.linspace(-3, 4, 15):
        before = sum(ai * max(0, wi * x + bi) for ai, wi, bi in zip(a, w, b, strict=True))
        after = sum(number(trace[f"c_{i}"].value) * max(0, side * (x - k)) for i, (k, side) in enumerate(groups, 1))
        assert after == pytest.approx(before, abs=1e-9)


@pytest.mark.parametrize("seed", range(50))
def test_equal_units_agree_with_autograd(seed: int) -> None:
    """Both gradients of two equal hidden units, which come out the same, for each activation."""
    source = random.Random(seed)
    x, y, w, a = (drawn(source) for _ in range(4))
    functions = {"identity": lambda z: z, "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh, "relu": lambda z: np.maximum(z, 0.0)}
    name = source.choice(list(functions))
    trace = calculate("symmetric_init_gradients", x=x, y=y, w=w, a=a, eta=0.1, activation=name)

    def loss(weights: Any, outs: Any) -> Any:
        return (np.sum(outs * functions[name](weights * x)) - y) ** 2 / 2

    by_w, by_a = (grad(loss, i)(np.array([w, w]), np.array([a, a])) for i in (0, 1))
    for place in (0, 1):
        close(trace, "grad_w", by_w[place])
        close(trace, "grad_a", by_a[place])
    close(trace, "w_new", w - 0.1 * by_w[0])


@pytest.mark.parametrize("seed", range(50))
def test_descent_on_a_quadratic_follows_the_closed_form(seed: int) -> None:
    """The multiplier raised to the number of steps is what repeated steps give."""
    source = random.Random(seed)
    lam, eta, theta, t = abs(drawn(source)), abs(drawn(source)), drawn(source), source.randint(1, 6)
    trace = calculate("gd_stability", lam=lam, eta=eta, theta_0=theta, t=t)
    slope = grad(lambda v: lam * v**2 / 2)
    for _ in range(t):
        theta = theta - eta * slope(theta)
    close(trace, "theta_t", theta)
