"""Policy gradients, advantages, PPO and bandits against autograd and plain loops."""

from __future__ import annotations

import random
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from scipy.special import softmax

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

from .near import agree, numbers

TRIES = 80


@pytest.mark.parametrize("baseline", ["none", "mean return", "given"])
def test_reinforce_is_the_gradient_of_weighted_log_probabilities(baseline: str) -> None:
    """For a table of states and for one vector of parameters, with and without the factor gamma^t."""
    draw = random.Random(1)
    for _ in range(TRIES):
        n, m, count = draw.randint(1, 3), draw.randint(2, 3), draw.randint(1, 4)
        theta = np.array([[draw.randint(-15, 15) / 10 for _ in range(m)] for _ in range(n)])
        states, actions = [draw.randint(1, n) for _ in range(count)], [draw.randint(1, m) for _ in range(count)]
        rewards = [draw.randint(-4, 8) for _ in range(count)]
        b = [draw.randint(-2, 4) for _ in range(count)]
        factor = draw.random() < 0.5
        G = np.array([sum(0.9**k * r for k, r in enumerate(rewards[t:])) for t in range(count)])
        weight = G - {"none": 0, "mean return": G.mean(), "given": np.array(b)}[baseline]
        weight = weight * (0.9 ** np.arange(count) if factor else 1)

        def objective(theta: Any, weight: Any = weight, states: Any = tuple(states), actions: Any = tuple(actions)) -> Any:
            logs = theta - anp.log(anp.sum(anp.exp(theta), axis=1, keepdims=True))
            return sum(w * logs[s - 1, a - 1] for w, s, a in zip(weight, states, actions, strict=True))

        slope = grad(objective)(theta)
        givens: dict[str, Any] = {"actions": actions, "rewards": rewards, "gamma": "0.9", "alpha": "0.1", "baseline": baseline}
        givens |= {"theta": theta[0].tolist()} if n == 1 else {"theta": theta.tolist(), "states": states}
        givens |= {"b": b} if baseline == "given" else {}
        found = calculate("reinforce_episode", gamma_power="with" if factor else "without", **givens)
        assert agree(found["grad_J"].value, slope[0] if n == 1 else slope)
        assert agree(found["p_new"].value, softmax(theta + 0.1 * slope, axis=1)[0] if n == 1 else softmax(theta + 0.1 * slope, axis=1))


def test_generalized_advantages() -> None:
    """They are the discounted sums of TD errors; lambda = 1 gives returns minus values, lambda = 0 the errors."""
    draw = random.Random(2)
    for _ in range(TRIES):
        count, lam = draw.randint(1, 5), draw.choice([0, 0.5, 0.95, 1])
        rewards, V = [draw.randint(-4, 8) for _ in range(count)], [draw.randint(-4, 8) for _ in range(count + 1)]
        open_end = draw.random() < 0.5
        ends = np.array([*V[:count], V[count] if open_end else 0], dtype=float)
        delta = np.array(rewards) + 0.9 * ends[1:] - ends[:-1]
        expected = [sum((0.9 * lam) ** k * d for k, d in enumerate(delta[t:])) for t in range(count)]
        found = calculate("generalized_advantage", rewards=rewards, V=V if open_end else V[:count], gamma="0.9", lam=lam)
        assert agree(found["A"].value, expected)
        assert agree(found["targets"].value, np.array(expected) + V[:count])
        if lam == 1:
            G = [sum(0.9**k * r for k, r in enumerate([*rewards[t:], ends[-1]])) for t in range(count)]
            assert agree(found["targets"].value, G)


def test_ppo_objective_and_its_slope() -> None:
    """The clipped objective of numpy; its slope is that of autograd wherever the two terms differ."""
    draw = random.Random(3)
    for _ in range(TRIES):
        n = draw.randint(1, 5)
        old, new = ([draw.randint(1, 19) / 20 for _ in range(n)] for _ in range(2))
        A, epsilon = [draw.choice([-3, -1, 2, 5]) for _ in range(n)], draw.choice([0.1, 0.2])
        rho = np.array(new) / np.array(old)

        def objective(rho: Any, A: Any = tuple(A), epsilon: float = epsilon) -> Any:
            advantage = anp.array(A)
            return anp.sum(anp.minimum(rho * advantage, anp.clip(rho, 1 - epsilon, 1 + epsilon) * advantage))

        found = calculate("ppo_objective", p_new=new, p_old=old, A=A, epsilon=epsilon)
        assert agree(found["J"].value, objective(rho) / n)
        edges = np.isclose(rho, 1 - epsilon) | np.isclose(rho, 1 + epsilon)
        inside = (rho > 1 - epsilon) & (rho < 1 + epsilon)
        expected = np.where(inside, A, grad(objective)(rho))  # autograd halves the slope where both terms are equal
        assert np.allclose(np.array(numbers(found["dL_drho"].value))[~edges], expected[~edges])
        logs = calculate("ppo_objective", log_new=[f"ln({x})" for x in new], log_old=[f"ln({x})" for x in old], A=A, epsilon=epsilon)
        assert agree(logs["J"].value, objective(rho) / n)


def test_bandit_of_the_book() -> None:
    """Sutton and Barto (2018), exercise 2.2: only at steps 4 and 5 was a non-greedy arm certainly pulled."""
    actions, rewards = [1, 2, 2, 2, 3], [-1, 1, -2, 2, 0]
    found = calculate("bandit_estimates", actions=actions, rewards=rewards, k=4)
    before = [numbers(found.values[f"Q_{t}"]) for t in range(5)]
    explored = [t for t, (a, Q) in enumerate(zip(actions, before, strict=True), 1) if Q[a - 1] < max(Q)]
    assert explored == [4, 5]


def test_bandit_estimates_against_numpy() -> None:
    """Averages and constant steps; probabilities of epsilon-greedy; upper bounds."""
    draw = random.Random(4)
    for _ in range(TRIES):
        k, count = draw.randint(2, 4), draw.randint(1, 4)
        actions = [*range(1, k + 1), *(draw.randint(1, k) for _ in range(count))]
        rewards = [draw.randint(-4, 8) for _ in actions]
        start = [draw.randint(0, 5) for _ in range(k)]
        Q = np.array(start, dtype=float)
        for a, r in zip(actions, rewards, strict=True):
            Q[a - 1] += 0.25 * (r - Q[a - 1])
        found = calculate("bandit_estimates", actions=actions, rewards=rewards, alpha="1/4", Q_0=start)
        assert agree(found[f"Q_{len(actions)}"].value, Q)
        found = calculate("bandit_estimates", actions=actions, rewards=rewards, epsilon="0.2", c=2)
        mean = np.array([np.mean([r for a, r in zip(actions, rewards, strict=True) if a == arm]) for arm in range(1, k + 1)])
        assert agree(found[f"Q_{len(actions)}"].value, mean)
        best = np.isclose(mean, mean.max())
        assert agree(found["p"].value, 0.2 / k + 0.8 * best / best.sum())
        pulls = np.bincount(actions, minlength=k + 1)[1:]
        bound = mean + 2 * np.sqrt(np.log(len(actions) + 1) / pulls)
        assert agree(found["U"].value, bound)
        assert numbers(found["choice"].value) == np.argmax(bound) + 1


def test_gradient_bandit_against_autograd() -> None:
    """Each update climbs (R - baseline) ln pi(A)."""
    draw = random.Random(5)
    for _ in range(TRIES):
        k, count = draw.randint(2, 3), draw.randint(1, 4)
        H = np.array([draw.randint(-10, 10) / 10 for _ in range(k)])
        start, actions = H.tolist(), [draw.randint(1, k) for _ in range(count)]
        rewards, kind = [draw.randint(-4, 8) for _ in range(count)], draw.choice(["average before", "average included", "none"])
        for t, (a, r) in enumerate(zip(actions, rewards, strict=True)):
            until = {"average before": rewards[:t], "average included": rewards[: t + 1], "none": []}[kind]
            base = np.mean(until) if until else 0

            def objective(H: Any, a: int = a, gain: float = float(r - base)) -> Any:
                return gain * (H[a - 1] - anp.log(anp.sum(anp.exp(H))))

            H = H + 0.1 * grad(objective)(H)
        found = calculate("gradient_bandit", H_0=start, actions=actions, rewards=rewards, alpha="0.1", baseline=kind)
        assert agree(found[f"H_{count}"].value, H)


def test_ppo_needs_ratios() -> None:
    """Without probabilities, logarithms or ratios there is a sentence that says what to give."""
    with pytest.raises(ExamToolError):
        calculate("ppo_objective", A=[1], epsilon="0.2")
