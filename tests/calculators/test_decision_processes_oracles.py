"""Value iteration, policy iteration and optimal values of gridworlds against QuantEcon's solver of discrete dynamic programmes."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from exam_tool.calculators import calculate

from .near import agree, numbers
from .test_gridworld import WAYS, number, world

markov = pytest.importorskip("quantecon.markov")
pytestmark = pytest.mark.oracle

SEEDS = range(60)


def process(draw: random.Random) -> tuple[dict[str, Any], Any]:
    """A random decision process as givens, and as QuantEcon takes it: rewards of states and actions, chances of what follows each."""
    n, m = draw.randint(2, 5), draw.randint(1, 4)
    weights = np.array([[[draw.choice([0, 0, 1, 2, 5]) for _ in range(n)] for _ in range(n)] for _ in range(m)])
    for row in weights.reshape(-1, n):
        row[draw.randrange(n)] += 1
    rewards = np.array([[draw.randint(-5, 9) for _ in range(m)] for _ in range(n)])
    gamma = draw.choice(["1/2", "0.9", "3/4"])
    chances = [[[f"{x}/{sum(row)}" for x in row] for row in matrix] for matrix in weights.tolist()]
    exact = (weights / weights.sum(axis=2, keepdims=True)).transpose(1, 0, 2)
    return {"P": chances, "R": rewards, "gamma": gamma}, markov.DiscreteDP(rewards.astype(float), exact, number(gamma))


@pytest.mark.parametrize("seed", SEEDS)
def test_value_iteration_agrees(seed: int) -> None:
    """Each sweep is an application of the Bellman operator, and the last greedy policy is greedy for QuantEcon too."""
    draw = random.Random(seed)
    givens, programme = process(draw)
    sweeps = draw.randint(1, 5)
    start = np.array([float(draw.randint(-3, 3)) for _ in range(len(givens["R"]))])
    trace = calculate("policy_improvement_step", algorithm="value iteration", sweeps=sweeps, V_0=start, **givens)
    values = before = start
    for k in range(1, sweeps + 1):
        before, values = values, programme.bellman_operator(values)
        assert agree(trace[f"V_{k}"].value, values)
    greedy = np.array(numbers(trace["greedy"].value), dtype=int) - 1
    assert np.allclose(programme.T_sigma(greedy)(before), values)  # of several best actions either may be named


@pytest.mark.parametrize("seed", SEEDS)
def test_policy_iteration_agrees(seed: int) -> None:
    """Every round evaluates its policy and improves it; the values in the end are optimal by two other algorithms."""
    givens, programme = process(random.Random(seed))
    trace = calculate("policy_iteration", **givens)
    for i in range(1, int(numbers(trace["rounds"].value)) + 1):
        policy = np.array(numbers(trace[f"a_{i - 1}"].value), dtype=int) - 1
        values = programme.evaluate_policy(policy)
        assert agree(trace[f"V_{i}"].value, values)
        improved = np.array(numbers(trace[f"a_{i}"].value), dtype=int) - 1
        assert np.allclose(programme.T_sigma(improved)(values), programme.bellman_operator(values))
    assert agree(trace["V_star"].value, programme.solve(method="policy_iteration").v)
    assert agree(trace["V_star"].value, programme.solve(method="value_iteration", epsilon=1e-9, max_iter=10_000).v, 1e-7)


def programme_of(grid: list[list[Any]], how: dict[str, Any]) -> tuple[list[tuple[int, int]], Any]:
    """A gridworld as a decision process with one more state, without reward, in which every episode ends."""
    noise, living, entering = number(how["noise"]), number(how["living"]), how["exit"] == "on entering"
    cells = [(i, j) for i, row in enumerate(grid) for j, kind in enumerate(row) if kind != "x"]
    place = {cell: s for s, cell in enumerate(cells)}
    end = len(cells)
    rewards, chances = np.zeros((end + 1, 4)), np.zeros((end + 1, 4, end + 1))
    chances[end, :, end] = 1
    for (i, j), s in place.items():
        if grid[i][j] != "o":
            rewards[s], chances[s, :, end] = 0 if entering else grid[i][j], 1
            continue
        for a, meant in enumerate(WAYS):
            sides = "EW" if meant in "NS" else "NS"
            slips = {
                "sideways": [(side, noise / 2) for side in sides],
                "any direction": [(way, noise / 4) for way in WAYS],
                "stay": [("", noise)],
            }
            for way, chance in [(meant, 1 - noise), *slips[how["slip"]]]:
                down, right = WAYS[way] if way else (0, 0)
                t = place.get((i + down, j + right), s)
                row, column = cells[t]
                rewards[s, a] += chance * (grid[row][column] if entering and grid[row][column] != "o" else living)
                chances[s, a, t] += chance
    return cells, markov.DiscreteDP(rewards, chances, number(how["gamma"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_gridworlds_agree(seed: int) -> None:
    """Sweeps and optimal values of random grids with walls, exits, slips and living rewards, under every convention."""
    draw = random.Random(seed)
    grid, how = world(draw)
    sweeps = draw.randint(1, 4)
    cells, programme = programme_of(grid, how)
    values = np.zeros(len(cells) + 1)
    for _ in range(sweeps):
        values = programme.bellman_operator(values)
    swept = numbers(calculate("gridworld_value_iteration", grid=grid, sweeps=sweeps, **how)["V"].value)
    best = numbers(calculate("gridworld_policy_iteration", grid=grid, **how)["V"].value)
    optimal = programme.solve(method="policy_iteration").v
    for s, (i, j) in enumerate(cells):
        assert swept[i][j] == pytest.approx(values[s], abs=1e-9)
        assert best[i][j] == pytest.approx(optimal[s], abs=1e-9)
