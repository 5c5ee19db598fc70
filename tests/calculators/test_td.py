"""Learning from transitions and episodes against plain loops, and against each other where theory says they agree."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

from .near import agree, numbers

TRIES = 80
PREDICTOR = [[1, 0, 2], [2, 0, 0], *[[2, 1, 0]] * 6, [2, 0, 0]]


def episode(draw: random.Random, states: int = 3) -> list[list[int]]:
    """Transitions that follow one another to the end."""
    path = [draw.randint(1, states) for _ in range(draw.randint(1, 6))]
    return [[s, draw.randint(-4, 6), t] for s, t in zip(path, [*path[1:], 0], strict=True)]


def test_td_prediction_against_a_loop() -> None:
    """Values after every transition agree with a loop, from 0 and from given values."""
    draw = random.Random(1)
    for _ in range(TRIES):
        moves = episode(draw)
        V = np.array([draw.randint(-4, 8) for _ in range(3)], dtype=float)
        found = calculate("td_prediction", transitions=moves, alpha="0.3", gamma="0.8", V_0=V.tolist())
        for t, (s, r, after) in enumerate(moves, 1):
            V[s - 1] += 0.3 * (r + (0.8 * V[after - 1] if after else 0) - V[s - 1])
            assert agree(found[f"V_{t}"].value, V)


def test_random_walk_of_the_book() -> None:
    """Sutton and Barto (2018), example 6.2: after a first episode that ends on the left only the value of A has changed, by 0.05."""
    walk = [[3, 0, 2], [2, 0, 1], [1, 0, 0]]
    found = calculate("td_prediction", transitions=walk, alpha="0.1", gamma=1, V_0=["1/2"] * 5)
    assert numbers(found["V_3"].value) == pytest.approx([0.45, 0.5, 0.5, 0.5, 0.5])


def test_predictor_of_the_book() -> None:
    """Sutton and Barto (2018), example 6.4: batch TD gives V(A) = 3/4, Monte Carlo 0; both give V(B) = 3/4."""
    found = calculate("batch_td", transitions=PREDICTOR, gamma=1)
    assert numbers(found["V_TD"].value) == [0.75, 0.75]
    assert numbers(found["V_MC"].value) == [0, 0.75]


def test_batch_td_is_where_repeated_td_settles() -> None:
    """Small steps over the same batch, again and again, end at the values of the estimated model."""
    draw = random.Random(2)
    for _ in range(6):
        moves = [move for _ in range(6) for move in episode(draw)]
        if {move[0] for move in moves} != {1, 2, 3}:
            continue
        V = np.zeros(3)
        for _ in range(4000):
            step = np.zeros(3)
            for s, r, after in moves:
                step[s - 1] += r + (0.7 * V[after - 1] if after else 0) - V[s - 1]
            V += 0.02 * step
        assert agree(calculate("batch_td", transitions=moves, gamma="0.7")["V_TD"].value, V, 1e-6)


def test_both_views_of_td_lambda_agree() -> None:
    """Offline, eligibility traces and lambda-returns make the same updates; online a loop agrees."""
    draw = random.Random(3)
    for _ in range(TRIES):
        moves, lam = episode(draw), draw.choice([0, 0.3, 0.5, 1])
        V0 = [draw.randint(-4, 8) for _ in range(3)]
        givens: dict[str, Any] = {"transitions": moves, "alpha": "0.2", "gamma": "0.9", "lam": lam, "V_0": V0}
        forward = calculate("td_lambda", view="forward", **givens)["V_new"].value
        backward = calculate("td_lambda", updates="offline", **givens)["V_new"].value
        assert forward == backward
        replacing = draw.random() < 0.5
        V, e = np.array(V0, dtype=float), np.zeros(3)
        for s, r, after in moves:
            delta = r + (0.9 * V[after - 1] if after else 0) - V[s - 1]
            e *= 0.9 * lam
            e[s - 1] = 1 if replacing else e[s - 1] + 1
            V += 0.2 * delta * e
        found = calculate("td_lambda", trace="replacing" if replacing else "accumulating", **givens)
        assert agree(found[f"V_{len(moves)}"].value, V)


def test_lambda_return_of_the_trace_and_of_the_sum() -> None:
    """The weighted sum of n-step returns is the recursive lambda-return."""
    draw = random.Random(4)
    for _ in range(TRIES):
        count = draw.randint(1, 5)
        rewards, V = [draw.randint(-4, 8) for _ in range(count)], [draw.randint(-4, 8) for _ in range(count + 1)]
        open_end = draw.random() < 0.5
        values = [*V[1:count], V[count] if open_end else 0]
        G = values[-1]
        for r, v in zip(reversed(rewards), reversed(values), strict=True):
            G = r + 0.9 * (0.6 * v + 0.4 * G)
        found = calculate("lambda_return", rewards=rewards, V=V if open_end else V[:count], gamma="0.9", lam="0.4")
        assert agree(found["G_lambda"].value, G)
        assert sum(numbers(found["weights"].value)) == pytest.approx(1)


def test_n_step_returns_against_sums() -> None:
    """Every n-step return is its definition, and the plain return past the end."""
    draw = random.Random(5)
    for _ in range(TRIES):
        count, n = draw.randint(1, 6), draw.randint(1, 7)
        rewards, V = [draw.randint(-4, 8) for _ in range(count)], [draw.randint(-4, 8) for _ in range(count)]
        found = calculate("n_step_return", rewards=rewards, V=V, gamma="0.9", n=n)
        for t in range(count):
            expected = sum(0.9**k * r for k, r in enumerate(rewards[t : t + n])) + (0.9**n * V[t + n] if t + n < count else 0)
            assert agree(found[f"G_{t}"].value, expected)


def control_loop(moves: list[list[int]], method: str, epsilon: float, Q: Any) -> Any:
    for s, a, r, after, b in moves:
        row = Q[after - 1] if after else np.zeros(2)
        policy = np.full(2, epsilon / 2)
        policy[int(np.argmax(row))] += 1 - epsilon
        following = {"SARSA": row[b - 1], "Q-learning": row.max(), "expected SARSA": policy @ row}[method] if after else 0
        Q[s - 1, a - 1] += 0.25 * (r + 0.8 * following - Q[s - 1, a - 1])
    return Q


@pytest.mark.parametrize("method", ["SARSA", "expected SARSA", "Q-learning"])
def test_control_against_a_loop(method: str) -> None:
    """Action values after a run agree with a loop; a greedy policy makes expected SARSA into Q-learning."""
    draw = random.Random(6)
    for _ in range(TRIES):
        path = episode(draw)
        actions = [draw.randint(1, 2) for _ in path]
        moves = [[s, a, r, t, b if t else 0] for (s, r, t), a, b in zip(path, actions, [*actions[1:], 0], strict=True)]
        Q = [[draw.randint(-4, 8) for _ in range(2)] for _ in range(3)]
        extra = {"epsilon": "0.2"} if method == "expected SARSA" else {}
        found = calculate("td_control", transitions=moves, alpha="1/4", gamma="0.8", Q_0=Q, method=method, **extra)
        assert agree(found[f"Q_{len(moves)}"].value, control_loop(moves, method, 0.2, np.array(Q, dtype=float)))


def test_monte_carlo_prediction_against_a_loop() -> None:
    """Averages and constant steps, first and every visit."""
    draw = random.Random(7)
    for _ in range(TRIES):
        episodes = [[[draw.randint(1, 3), draw.randint(-4, 6)] for _ in range(draw.randint(1, 5))] for _ in range(draw.randint(1, 3))]
        first, constant = draw.random() < 0.5, draw.random() < 0.5
        n = max(s for rows in episodes for s, _ in rows)
        V, sums, counts = np.zeros(n), np.zeros(n), np.zeros(n)
        for rows in episodes:
            for t, (s, _) in enumerate(rows):
                if first and s in [before for before, _ in rows[:t]]:
                    continue
                G = sum(0.9**k * r for k, (_, r) in enumerate(rows[t:]))
                V[s - 1] += 0.3 * (G - V[s - 1])
                sums[s - 1] += G
                counts[s - 1] += 1
        visit = "first visit" if first else "every visit"
        extra = {"alpha": "0.3"} if constant else {}
        found = calculate("mc_prediction", episodes=episodes, gamma="0.9", visit=visit, **extra)
        assert agree(found["V"].value, V if constant else sums / np.maximum(counts, 1))


def test_importance_sampling() -> None:
    """Both estimates agree with numpy."""
    draw = random.Random(8)
    for _ in range(TRIES):
        n, T = draw.randint(1, 4), draw.randint(1, 3)
        G = [draw.randint(-4, 8) for _ in range(n)]
        pi = [[draw.randint(1, 9) / 10 for _ in range(T)] for _ in range(n)]
        b = [[draw.randint(1, 9) / 10 for _ in range(T)] for _ in range(n)]
        rho = np.prod(np.array(pi) / np.array(b), axis=1)
        found = calculate("importance_sampling", G=G, pi=pi, b=b)
        assert agree(found["V_ordinary"].value, np.mean(rho * G))
        assert agree(found["V_weighted"].value, np.average(G, weights=rho))


@pytest.mark.parametrize(
    ("name", "givens"),
    [
        ("td_prediction", {"transitions": [[1, 2]], "alpha": 1, "gamma": 1}),
        ("td_control", {"transitions": [[1, 1, 2, 2]], "alpha": 1, "gamma": 1, "method": "SARSA"}),
        ("td_lambda", {"transitions": [[1, 2, 2], [1, 0, 0]], "alpha": 1, "gamma": 1, "lam": 1}),
        ("batch_td", {"transitions": [[1, 2, 2]], "gamma": 1}),
        ("mc_prediction", {"gamma": 1}),
    ],
)
def test_what_cannot_be_learnt_from(name: str, givens: dict[str, Any]) -> None:
    """Rows of the wrong length, missing actions, broken episodes: each is a sentence, not a crash."""
    with pytest.raises(ExamToolError):
        calculate(name, **givens)
