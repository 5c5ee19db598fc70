"""Learning from samples against plain loops, numpy and autograd."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from scipy.special import softmax

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

from .near import agree, numbers

TRIES = 100


@pytest.mark.parametrize(("n", "value"), [([0, 1, 2, 10], [0, 1, 1, 55]), (10, 55), (0, 0), (1, 1)])
def test_fibonacci(n: Any, value: Any) -> None:
    """The golden table, and single entries."""
    assert numbers(calculate("fibonacci_dp", n=n)["F"].value) == value


def test_calls_of_plain_recursion() -> None:
    """The count of calls agrees with counting them."""

    def calls(n: int) -> int:
        return 1 if n < 2 else 1 + calls(n - 1) + calls(n - 2)

    for n in range(12):
        assert numbers(calculate("fibonacci_dp", n=n)["calls"].value) == calls(n)


def test_monte_carlo_against_a_loop() -> None:
    """First-visit and every-visit averages agree with the textbook's backward loop."""
    draw = random.Random(1)
    for _ in range(TRIES):
        episodes = [[[draw.randint(1, 3), draw.randint(-3, 4)] for _ in range(draw.randint(1, 5))] for _ in range(draw.randint(1, 4))]
        gamma, first = draw.choice(["1", "1/2", "0.9"]), draw.random() < 0.5
        found = []
        for episode in episodes:
            total, returns = 0.0, []
            for state, reward in reversed(episode):
                total = reward + float(Fraction(gamma)) * total
                returns.insert(0, (state, total))
            visits = [value for state, value in returns if state == 1]
            found += visits[:1] if first else visits
        givens = {"episodes": episodes} if draw.random() < 0.5 else {f"E_{i}": episode for i, episode in enumerate(episodes, 1)}
        visit = "first visit" if first else "every visit"
        if not found:
            with pytest.raises(ExamToolError):
                calculate("monte_carlo_estimate", s=1, gamma=gamma, visit=visit, **givens)
            continue
        trace = calculate("monte_carlo_estimate", s=1, gamma=gamma, visit=visit, **givens)
        assert agree(trace["V"].value, np.mean(found))
        assert numbers(trace["visits"].value) == len(found)


def test_td_update() -> None:
    """The update agrees with numpy; after the end there is nothing to bootstrap from."""
    draw = random.Random(2)
    for _ in range(TRIES):
        V = [draw.randint(-5, 9) for _ in range(4)]
        s, after, r = draw.randint(1, 4), draw.randint(1, 4), draw.randint(-3, 4)
        end = {"end": [4]} if draw.random() < 0.5 else {}
        found = calculate("td_update", V=V, s=s, r=r, s_next=after, alpha="0.1", gamma="0.9", **end)
        following = 0 if end and after == 4 else V[after - 1]
        assert agree(found["V_new"].value, V[s - 1] + 0.1 * (r + 0.9 * following - V[s - 1]))


def test_trajectory_probability() -> None:
    """Probabilities of all trajectories of two steps add up to 1."""
    givens = {
        "mu": ["1/3", "2/3"],
        "pi": [["1/4", "3/4"], ["1/2", "1/2"]],
        "P_1": [["1/2", "1/2"], ["1/3", "2/3"]],
        "P_2": [["1/4", "3/4"], ["1/5", "4/5"]],
    }
    total = sum(
        Fraction(str(calculate("trajectory_probability", trajectory=[s, a, t, b, u], **givens)["probability"].value))
        for s in (1, 2) for a in (1, 2) for t in (1, 2) for b in (1, 2) for u in (1, 2)
    )  # fmt: skip
    assert total == 1


def test_policy_gradient_against_autograd() -> None:
    """The estimate is the gradient of the weighted log-probabilities, for softmax and Bernoulli policies."""
    draw = random.Random(3)
    for _ in range(TRIES):
        m, count = draw.randint(2, 4), draw.randint(1, 3)
        theta = [draw.randint(-20, 20) / 10 for _ in range(m)]
        actions, returns = [draw.randint(1, m) for _ in range(count)], [draw.randint(-4, 6) for _ in range(count)]
        average = draw.choice(["one trajectory", "mean over N"])
        scale = count if average == "mean over N" else 1

        def objective(theta: Any, actions: Any = tuple(actions), returns: Any = tuple(returns), scale: int = scale) -> Any:
            logs = theta - anp.log(anp.sum(anp.exp(theta)))
            return sum(g * logs[a - 1] for a, g in zip(actions, returns, strict=True)) / scale

        found = calculate("policy_gradient_step", theta=theta, actions=actions, returns=returns, alpha="0.1", average=average)
        slope = grad(objective)(np.array(theta))
        assert agree(found["grad_J"].value, slope)
        assert agree(found["p_new"].value, softmax(np.array(theta) + 0.1 * slope))

    def single(theta: Any) -> Any:
        return 2 * anp.log(1 / (1 + anp.exp(-theta))) - 3 * anp.log(1 - 1 / (1 + anp.exp(-theta)))

    found = calculate("policy_gradient_step", theta="0.4", actions=[1, 0], returns=[2, -3], alpha="0.1")
    assert agree(found["grad_J"].value, grad(single)(0.4))
