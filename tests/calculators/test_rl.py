"""Returns, Markov chains and Bellman equations against worked figures and numpy's linear algebra."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

from .near import agree, numbers

TRIES = 200

GOLDEN: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("discounted_return", {"rewards": [1, 0, 2], "gamma": 0.5}, {"G": 1.5, "terms": [1, 0, 0.5], "returns": [1.5, 1, 2]}),
    ("bellman_mrp_solve", {"P": [[0, 1], [1, 0]], "R": [1, 2], "gamma": 0.5}, {"V": [8 / 3, 10 / 3]}),
    # Sutton and Barto 2018, exercise 3.8: gamma 0.5 and rewards -1, 2, 6, 3, 2
    ("discounted_return", {"rewards": [-1, 2, 6, 3, 2], "gamma": "1/2"}, {"returns": [2, 6, 8, 4, 2]}),
    # exercise 3.9: the first reward 2, then 7 for ever, gamma 0.9
    ("discounted_return", {"horizon": "constant", "rewards": [2], "r": 7, "gamma": "0.9"}, {"G_tail": 70, "G": 65}),
    # exercise 3.10: always 1
    ("discounted_return", {"horizon": "constant", "r": 1, "gamma": "0.9"}, {"G": 10}),
]


@pytest.mark.parametrize(("row", "givens", "outputs"), GOLDEN)
def test_worked_figures(row: str, givens: dict[str, Any], outputs: dict[str, Any]) -> None:
    """Published figures come out exactly."""
    trace = calculate(row, **givens)
    for name, expected in outputs.items():
        assert agree(trace[name].value, expected, 1e-14), name


def fractions(draw: random.Random, *sizes: int, low: int = -6, high: int = 9, bottom: int = 2) -> Any:
    """Nested lists of halves (or other fractions) as text."""
    if not sizes:
        return str(Fraction(draw.randint(low * bottom, high * bottom), bottom))
    return [fractions(draw, *sizes[1:], low=low, high=high, bottom=bottom) for _ in range(sizes[0])]


def stochastic(draw: random.Random, rows: int, columns: int) -> list[list[str]]:
    """Rows of tenths that add up to 1."""
    found = []
    for _ in range(rows):
        cuts = sorted(draw.randint(0, 10) for _ in range(columns - 1))
        found.append([str(Fraction(b - a, 10)) for a, b in zip([0, *cuts], [*cuts, 10], strict=True)])
    return found


def floats(value: Any) -> Any:
    """The same nested lists as a numpy array."""
    return np.array([floats(item) for item in value]) if isinstance(value, list) else float(Fraction(value))


GAMMAS = ["0", "1/2", "0.9", "1/3", "0.75"]


def test_return_of_any_episode() -> None:
    """The sum and every backward return agree with Horner's rule from numpy, with both conventions for the first power."""
    draw = random.Random(1)
    for _ in range(TRIES):
        n, gamma, first = draw.randint(1, 9), draw.choice([*GAMMAS, "1"]), draw.choice(["0", "1"])
        rewards = fractions(draw, n)
        found = calculate("discounted_return", rewards=rewards, gamma=gamma, first_exponent=first)
        g = float(Fraction(gamma))
        scale = g if first == "1" else 1.0
        expected = [scale * np.polyval(floats(rewards)[t:][::-1], g) for t in range(n)]
        assert agree(found["returns"].value, expected)
        assert agree(found["G"].value, expected[0])


def test_return_of_an_endless_stream() -> None:
    """A constant or periodic stream after any lead-in agrees with adding 4000 rewards."""
    draw = random.Random(2)
    for _ in range(TRIES):
        gamma, lead = draw.choice(GAMMAS), fractions(draw, draw.randint(1, 3)) if draw.random() < 0.5 else []
        first = draw.choice(["0", "1"])
        givens: dict[str, Any] = {"rewards": lead} if lead else {}
        if draw.random() < 0.5:
            cycle = [fractions(draw)]
            givens |= {"horizon": "constant", "r": cycle[0]}
        else:
            cycle = fractions(draw, draw.randint(1, 4))
            givens |= {"horizon": "periodic", "cycle": cycle}
        found = calculate("discounted_return", gamma=gamma, first_exponent=first, **givens)
        stream = np.concatenate([floats(lead) if lead else np.array([]), np.tile(floats(cycle), 4000 // len(cycle))])
        expected = np.sum(stream * float(Fraction(gamma)) ** (np.arange(len(stream)) + int(first)))
        assert agree(found["G"].value, expected)


def test_chain_against_matrix_powers() -> None:
    """Distributions agree with powers of the matrix, by rows or by columns, and a path with the product of its factors."""
    draw = random.Random(3)
    for _ in range(TRIES):
        n, t = draw.randint(2, 5), draw.randint(1, 5)
        P, (mu,) = stochastic(draw, n, n), stochastic(draw, 1, n)
        path = [draw.randint(1, n) for _ in range(draw.randint(1, 4))]
        column = draw.random() < 0.5
        matrix = [list(row) for row in zip(*P, strict=True)] if column else P
        found = calculate("markov_chain_distribution", P=matrix, mu_0=mu, t=t, path=path, stochastic="column" if column else "row")
        assert agree(found[f"mu_{t}"].value, floats(mu) @ np.linalg.matrix_power(floats(P), t))
        expected = floats(mu)[path[0] - 1] * np.prod([floats(P)[a - 1, b - 1] for a, b in pairwise(path)])
        assert agree(found["path_probability"].value, expected)


def mean_rewards(kind: str, P: Any, R: Any) -> Any:
    return {"leaving": lambda: R, "arrival": lambda: P @ R, "transition": lambda: np.einsum("st,st->s", P, R)}[kind]()


def test_bellman_against_numpy() -> None:
    """Values of 2 to 6 states agree with numpy.linalg.solve for rewards on leaving, arrival and transition."""
    draw = random.Random(4)
    for _ in range(TRIES):
        n, gamma, kind = draw.randint(2, 6), draw.choice(GAMMAS), draw.choice(["leaving", "arrival", "transition"])
        P, R = stochastic(draw, n, n), fractions(draw, n, n) if kind == "transition" else fractions(draw, n)
        found = calculate("bellman_mrp_solve", P=P, R=R, gamma=gamma, reward=kind)
        rewards = mean_rewards(kind, floats(P), floats(R))
        matrix = np.eye(n) - float(Fraction(gamma)) * floats(P)
        assert agree(found["V"].value, np.linalg.solve(matrix, rewards))
        assert agree(found["det_M"].value, np.linalg.det(matrix))
        assert agree(found["V_check"].value, numbers(found["V"].value))


def absorbing(draw: random.Random, n: int) -> list[list[str]]:
    """Rows of which each leads on to the last state, where the chain ends."""
    rows = stochastic(draw, n - 1, n - 1)
    halved = [[str(Fraction(x) / 2) for x in row] + ["1/2"] for row in rows]
    return [*halved, ["0"] * (n - 1) + ["1"]]


def test_bellman_with_an_end() -> None:
    """With an absorbing state, gamma = 1 included, the transient block is solved and the end has the value 0."""
    draw = random.Random(5)
    for _ in range(TRIES):
        n, gamma = draw.randint(2, 5), draw.choice([*GAMMAS, "1", "1"])
        P, R = absorbing(draw, n), fractions(draw, n)
        givens = {} if gamma == "1" else {"terminal": "absorbing"}
        found = calculate("bellman_mrp_solve", P=P, R=R, gamma=gamma, **givens)
        inner = floats(P)[:-1, :-1]
        expected = np.linalg.solve(np.eye(n - 1) - float(Fraction(gamma)) * inner, floats(R)[:-1])
        assert agree(found["V"].value, [*expected, 0.0])


def test_sweeps_against_numpy() -> None:
    """Synchronous and in-place sweeps agree with loops over numpy arrays, and the error stays within its bound."""
    draw = random.Random(6)
    for _ in range(TRIES):
        n, gamma, sweeps, update = draw.randint(2, 4), draw.choice(GAMMAS), draw.randint(1, 4), draw.choice(["synchronous", "in place"])
        P, R, start = stochastic(draw, n, n), fractions(draw, n), fractions(draw, n)
        found = calculate("iterative_policy_evaluation", P=P, R=R, gamma=gamma, sweeps=sweeps, update=update, V_0=start)
        p, r, g, v = floats(P), floats(R), float(Fraction(gamma)), floats(start)
        for k in range(1, sweeps + 1):
            if update == "synchronous":
                v = r + g * p @ v
            else:
                for s in range(n):
                    v[s] = r[s] + g * p[s] @ v
            assert agree(found[f"V_{k}"].value, v)
        assert numbers(found["error"].value) <= numbers(found["bound"].value) + 1e-12


def process(draw: random.Random) -> tuple[int, int, Any, Any, str]:
    """States, actions, transitions and rewards of one kind."""
    n, m = draw.randint(2, 4), draw.randint(1, 3)
    kind = draw.choice(["transition", "action", "leaving", "arrival"])
    sizes = {"transition": (m, n, n), "action": (n, m)}.get(kind, (n,))
    return n, m, [stochastic(draw, n, n) for _ in range(m)], fractions(draw, *sizes), kind


def rewards_of(kind: str, P: Any, R: Any) -> Any:
    """Expected reward of action a in state s, as an array [a, s]."""
    m = len(P)
    if kind == "transition":
        return np.einsum("ast,ast->as", P, R)
    if kind == "action":
        return R.T
    return np.tile(R, (m, 1)) if kind == "leaving" else P @ R


def test_policies_against_numpy() -> None:
    """The process of a policy, its values, its action values and the greedy step agree with numpy."""
    draw = random.Random(7)
    for _ in range(TRIES):
        n, m, P, R, kind = process(draw)
        gamma = draw.choice(GAMMAS)
        p, g = floats(P), float(Fraction(gamma))
        r = rewards_of(kind, p, floats(R))
        if draw.random() < 0.5:
            pi = stochastic(draw, n, m)
            table, chosen = floats(pi), {"pi": pi}
        else:
            actions = [draw.randint(1, m) for _ in range(n)]
            table, chosen = np.eye(m)[np.array(actions) - 1], {"actions": actions}
        found = calculate("policy_induced_mrp", P=P, R=R, reward=kind, gamma=gamma, **chosen)
        p_pi, r_pi = np.einsum("sa,ast->st", table, p), np.einsum("sa,as->s", table, r)
        values = np.linalg.solve(np.eye(n) - g * p_pi, r_pi)
        assert agree(found["P_pi"].value, p_pi)
        assert agree(found["R_pi"].value, r_pi)
        assert agree(found["V"].value, values)

        improved = calculate("policy_improvement_step", P=P, R=R, reward=kind, gamma=gamma, **chosen)
        q = (r + g * p @ values).T
        assert agree(improved["Q"].value, q)
        assert agree(improved["V_new"].value, q.max(axis=1))

        V = fractions(draw, n)
        relations = calculate("state_action_values", P=P, R=R, reward=kind, gamma=gamma, V=V, **chosen)
        q = (r + g * p @ floats(V)).T
        assert agree(relations["Q"].value, q)
        assert agree(relations["V_pi"].value, np.sum(table * q, axis=1))
        best = np.asarray(numbers(relations["greedy"].value), dtype=int) - 1
        assert np.allclose(q[np.arange(n), best], q.max(axis=1))


def test_value_iteration_against_numpy() -> None:
    """Any number of sweeps agrees with a loop over numpy arrays, with and without terminal states."""
    draw = random.Random(8)
    for _ in range(TRIES):
        n, _, P, R, kind = process(draw)
        gamma, sweeps = draw.choice([*GAMMAS, "1"]), draw.randint(1, 4)
        start = fractions(draw, n)
        end = {"end": [n]} if draw.random() < 0.5 else {}
        if end:
            start[-1] = "0"
        chosen = {"reward": kind, "sweeps": sweeps, "algorithm": "value iteration", **end}
        found = calculate("policy_improvement_step", P=P, R=R, gamma=gamma, V_0=start, **chosen)
        p, g, v = floats(P), float(Fraction(gamma)), floats(start)
        r = rewards_of(kind, p, floats(R))
        for k in range(1, sweeps + 1):
            v = (r + g * p @ v).max(axis=0)
            if end:
                v[-1] = 0.0
            assert agree(found[f"V_{k}"].value, v)


def test_terminal_states_are_not_bootstrapped() -> None:
    """A value standing in the table for a terminal state does not enter the action values."""
    givens = {"P": [[["1/2", "1/2"], [0, 1]]], "R": [[1], [0]], "gamma": "1/2", "V": [4, 100]}
    assert agree(calculate("state_action_values", **givens, end=[2])["Q_1"].value, [2.0, 0.0])
    assert agree(calculate("state_action_values", **givens)["Q_1"].value, [27.0, 50.0])


@pytest.mark.parametrize(
    ("row", "givens"),
    [
        ("discounted_return", {"rewards": [1, 2], "gamma": 2}),
        ("discounted_return", {"horizon": "constant", "r": 1, "gamma": 1}),
        ("bellman_mrp_solve", {"P": [[1, 1], [0, 1]], "R": [1, 2], "gamma": "1/2"}),
        ("bellman_mrp_solve", {"P": [[0, 1], [1, 0]], "R": [1, 2], "gamma": 1}),
        ("bellman_mrp_solve", {"P": [["1/2", "1/4"], [0, 1]], "R": [1, 2], "gamma": "1/2", "terminal": "absorbing"}),
        ("bellman_mrp_solve", {"P": [[0, 1], [1, 0]], "R": [1, 2, 3], "gamma": "1/2"}),
        ("markov_chain_distribution", {"P": [[0, 1], [1, 0]], "mu_0": [1, 1], "t": 1}),
        ("policy_induced_mrp", {"P": [[[0, 1], [1, 0]]], "R": [1, 2], "pi": [[1, 0], [1, 0]]}),
    ],
)
def test_what_cannot_be_is_refused(row: str, givens: dict[str, Any]) -> None:
    """Values outside their domain are errors with a sentence in both languages."""
    with pytest.raises(ExamToolError) as caught:
        calculate(row, **givens)
    assert caught.value.message.en
    assert caught.value.message.zh


def test_one_matrix_for_each_action() -> None:
    """Transitions and rewards given action by action are the same process as one tensor."""
    draw = random.Random(9)
    for _ in range(20):
        n, m, P, R = 3, 2, [stochastic(draw, 3, 3) for _ in range(2)], fractions(draw, 2, 3, 3)
        pi = stochastic(draw, n, m)
        whole = calculate("policy_induced_mrp", P=P, R=R, pi=pi, gamma="1/2")
        parts = calculate("policy_induced_mrp", P_1=P[0], P_2=P[1], R_1=R[0], R_2=R[1], pi=pi, gamma="1/2")
        assert whole["V"].value == parts["V"].value


def test_sizes_without_limit() -> None:
    """A thousand rewards, or sixty states, are calculated like few."""
    found = calculate("discounted_return", rewards=[1] * 1000, gamma="1/2")
    assert agree(found["G"].value, 2.0)
    n = 60
    P = [[1 if j == (i + 1) % n else 0 for j in range(n)] for i in range(n)]
    turned = [list(row) for row in zip(*P, strict=True)]
    found = calculate("policy_induced_mrp", P=[P, turned], R=[[i, 1] for i in range(n)], actions=[1 + i % 2 for i in range(n)], gamma="1/2")
    table = np.eye(2)[[i % 2 for i in range(n)]]
    p = np.einsum("sa,ast->st", table, np.array([P, turned]))
    r = np.where(np.arange(n) % 2 == 0, np.arange(n), 1)
    assert agree(found["V"].value, np.linalg.solve(np.eye(n) - p / 2, r))
