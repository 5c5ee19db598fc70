"""Adversarial steps against numpy, scipy's optimisers and autograd."""

from __future__ import annotations

import random
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import grad
from scipy.optimize import linprog, minimize

from exam_tool.calculators import calculate

from .near import agree, numbers

TRIES = 100


def tenths(draw: random.Random, *sizes: int) -> Any:
    found = np.array([draw.randint(-30, 30) or 5 for _ in range(int(np.prod(sizes, dtype=int)))]) / 10
    return found.reshape(sizes).tolist()


def test_gain_is_the_largest_within_the_box() -> None:
    """A linear programme finds no larger change of the score."""
    draw = random.Random(1)
    for _ in range(TRIES):
        d = draw.randint(1, 5)
        w, x = tenths(draw, d), tenths(draw, d)
        found = calculate("linear_adversarial_gain", w=w, x=x, eps="0.1")
        best = linprog(-np.array(w), bounds=[(-0.1, 0.1)] * d)
        assert agree(found["gain"].value, -best.fun, 1e-7)
        assert agree(found["score_adv"].value, np.dot(w, x) - best.fun, 1e-7)
        down = calculate("linear_adversarial_gain", w=w, x=x, eps="0.1", direction="decrease score")
        assert agree(down["gain"].value, best.fun, 1e-7)


def logistic_loss(x: Any, w: Any, b: float, y: int) -> Any:
    p = 1 / (1 + anp.exp(-(anp.dot(w, x) + b)))
    return -(y * anp.log(p) + (1 - y) * anp.log(1 - p))


def test_gradient_steps_against_autograd() -> None:
    """FGSM (with clipping), its iteration and the plain gradient step follow automatic differentiation."""
    draw = random.Random(2)
    for _ in range(TRIES):
        d, y, b = draw.randint(1, 4), draw.randint(0, 1), draw.randint(-10, 10) / 10
        w, x = np.array(tenths(draw, d)), np.array([draw.randint(0, 10) / 10 for _ in range(d)])
        slope = grad(logistic_loss)
        givens = {"x": x.tolist(), "w": w.tolist(), "b": b, "y": y}
        found = calculate("fgsm", **givens, eps="0.2", clip="[0,1]")
        assert agree(found["dL_dx"].value, slope(x, w, b, y))
        assert agree(found["x_adv"].value, np.clip(x + 0.2 * np.sign(slope(x, w, b, y)), 0, 1))
        step = calculate("gradient_ascent_attack", **givens, eta="0.5")
        assert agree(step["x_adv"].value, x + 0.5 * slope(x, w, b, y))
        assert agree(step["loss_after"].value, logistic_loss(x + 0.5 * slope(x, w, b, y), w, b, y))
        walk = calculate("iterative_fgsm", x_0=x.tolist(), w=w.tolist(), b=b, y=y, alpha="0.1", eps="0.15", T=3)
        at = x
        for t in range(1, 4):
            at = np.clip(at + 0.1 * np.sign(slope(at, w, b, y)), x - 0.15, x + 0.15)
            assert agree(walk[f"x_{t}"].value, at)
        linear = calculate("fgsm", **givens, eps="0.2", model="linear")
        assert agree(linear["dL_dx"].value, grad(lambda x, w=w, b=b, y=y: (y - anp.dot(w, x) - b) ** 2)(x))


def test_targeted_step() -> None:
    """The least likely class is the target, and the step goes down its loss."""
    found = calculate("targeted_attack_step", x=[0, 0], probs=["0.7", "0.1", "0.2"], gradient=[[1, 1], [-2, 3], [4, 5]], eps="0.1")
    assert numbers(found["target_class"].value) == 2
    assert agree(found["x_adv"].value, [0.1, -0.1])
    chosen = {"target_class": 3, "sign": "plain gradient step"}
    given = calculate("targeted_attack_step", x=[0, 0], probs=["0.7", "0.1", "0.2"], gradient=[4, 5], eps="0.1", **chosen)
    assert agree(given["x_adv"].value, [-0.4, -0.5])


def test_smallest_perturbation_against_an_optimiser() -> None:
    """scipy finds no shorter way to the boundary."""
    draw = random.Random(3)
    for _ in range(30):
        d = draw.randint(2, 4)
        w, x, b = np.array(tenths(draw, d)), np.array(tenths(draw, d)), draw.randint(-10, 10) / 10
        found = calculate("minimal_l2_perturbation", x=x.tolist(), w=w.tolist(), b=b)
        best = minimize(lambda r: r @ r, np.zeros(d), constraints={"type": "eq", "fun": lambda r, w=w, x=x, b=b: w @ (x + r) + b})
        assert np.allclose(numbers(found["r"].value), best.x, atol=1e-4)
        assert numbers(found["score_after"].value) == 0
