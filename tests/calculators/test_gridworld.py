"""Gridworlds against published figures, plain loops over cells, and linear programming."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

from .near import agree, numbers

BOOK = "[[o, o, o, 1], [o, x, o, -1], [o, o, o, o]]"
LAKE = "[[o, o, o, o], [o, 0, o, 0], [o, o, o, 0], [0, o, o, 1]]"
WAYS = {"N": (-1, 0), "E": (0, 1), "S": (1, 0), "W": (0, -1)}
TRIES = 60


def rounded(value: Any, places: int) -> list[list[float]]:
    return np.round(np.array(numbers(value)), places).tolist()


def test_utilities_of_the_four_by_three_world() -> None:
    """Russell and Norvig, Artificial Intelligence, figure 17.3: living reward -0.04, no discount."""
    trace = calculate("gridworld_policy_iteration", grid=BOOK, gamma=1, noise="0.2", living="-0.04")
    assert rounded(trace["V"].value, 3) == [[0.812, 0.868, 0.918, 1], [0.762, 0, 0.660, -1], [0.705, 0.655, 0.611, 0.388]]
    assert numbers(trace["greedy"].value) == [[2, 2, 2, 0], [1, 0, 1, 0], [1, 4, 4, 4]]


@pytest.mark.parametrize(
    ("sweeps", "values"),
    [
        (2, [[0, 0, 0.72, 1], [0, 0, 0, -1], [0, 0, 0, 0]]),
        (3, [[0, 0.52, 0.78, 1], [0, 0, 0.43, -1], [0, 0, 0, 0]]),
        (5, [[0.51, 0.72, 0.84, 1], [0.27, 0, 0.55, -1], [0, 0.22, 0.37, 0.13]]),
        (7, [[0.62, 0.74, 0.85, 1], [0.5, 0, 0.57, -1], [0.34, 0.36, 0.45, 0.24]]),
    ],
)
def test_sweeps_of_value_iteration(sweeps: int, values: Any) -> None:
    """Berkeley CS 188, lecture on Markov decision processes: values of the gridworld after k iterations (noise 0.2, discount 0.9)."""
    trace = calculate("gridworld_value_iteration", grid=BOOK, gamma="0.9", noise="0.2", sweeps=sweeps)
    assert rounded(trace["V"].value, 2) == values


def test_small_gridworld_of_the_random_policy() -> None:
    """Sutton and Barto (2018), figure 4.1: values of the equiprobable policy after 2 sweeps (one decimal) and in the limit."""
    grid = "[[0, o, o, o], [o, o, o, o], [o, o, o, o], [o, o, o, 0]]"
    trace = calculate("gridworld_policy_evaluation", grid=grid, gamma=1, living=-1, sweeps=2)
    assert numbers(trace["V"].value) == [[0, -14, -20, -22], [-14, -18, -20, -20], [-20, -20, -18, -14], [-22, -20, -14, 0]]
    assert numbers(trace["V_sweeps"].value) == [[0, -1.75, -2, -2], [-1.75, -2, -2, -2], [-2, -2, -2, -1.75], [-2, -2, -1.75, 0]]


def world(draw: random.Random) -> tuple[list[list[Any]], dict[str, Any]]:
    """A random grid with at least one exit and one free cell, and its numbers."""
    rows, columns = draw.randint(1, 4), draw.randint(2, 4)
    grid: list[list[Any]] = [[draw.choices(["o", "x", draw.randint(-4, 4)], [6, 2, 2])[0] for _ in range(columns)] for _ in range(rows)]
    grid[0][0], grid[-1][-1] = "o", draw.choice([-3, 2, 5])
    givens = {"gamma": draw.choice(["1/2", "0.9"]), "noise": draw.choice(["0", "0.2", "0.3", "1/2"])}
    givens |= {"living": draw.choice(["0", "-1", "0.5"]), "slip": draw.choice(["sideways", "any direction", "stay"])}
    return grid, {**givens, "exit": draw.choice(["own value", "on entering"])}


def number(text: str) -> float:
    top, _, bottom = text.partition("/")
    return float(top) / float(bottom or 1)


def backup(grid: list[list[Any]], how: dict[str, Any], values: dict[Any, float], cell: tuple[int, int], letter: str) -> float:
    """The value of one move by following every way it may slip."""
    noise, living, gamma = number(how["noise"]), number(how["living"]), number(how["gamma"])
    sides = "EW" if letter in "NS" else "NS"
    spread = {"sideways": [(side, noise / 2) for side in sides], "any direction": [(way, noise / 4) for way in WAYS], "stay": [("", noise)]}
    found = 0.0
    for way, chance in [(letter, 1 - noise), *spread[how["slip"]]]:
        i, j = (cell[0] + WAYS[way][0], cell[1] + WAYS[way][1]) if way else cell
        if not (0 <= i < len(grid) and 0 <= j < len(grid[0])) or grid[i][j] == "x":
            i, j = cell
        entered = how["exit"] == "on entering" and grid[i][j] != "o"
        found += chance * (grid[i][j] if entered else living + gamma * values[i, j])
    return found


def swept(grid: list[list[Any]], how: dict[str, Any], sweeps: int) -> dict[Any, float]:
    cells = [(i, j) for i, row in enumerate(grid) for j, kind in enumerate(row) if kind != "x"]
    values = dict.fromkeys(cells, 0.0)
    for _ in range(sweeps):
        kept = {cell: 0.0 if how["exit"] == "on entering" else grid[cell[0]][cell[1]] for cell in cells if grid[cell[0]][cell[1]] != "o"}
        values = {cell: kept[cell] if cell in kept else max(backup(grid, how, values, cell, way) for way in WAYS) for cell in cells}
    return values


def test_value_iteration_against_loops() -> None:
    """Every convention agrees with loops over cells, directions and slips."""
    draw = random.Random(4)
    for _ in range(TRIES):
        grid, how = world(draw)
        sweeps = draw.randint(1, 4)
        found = numbers(calculate("gridworld_value_iteration", grid=grid, sweeps=sweeps, **how)["V"].value)
        for (i, j), value in swept(grid, how, sweeps).items():
            assert found[i][j] == pytest.approx(value, abs=1e-9)


def test_policy_iteration_reaches_the_fixed_point() -> None:
    """The optimal values are those of many sweeps, whatever the slips and exits."""
    draw = random.Random(5)
    for _ in range(25):
        grid, how = world(draw)
        found = numbers(calculate("gridworld_policy_iteration", grid=grid, **how)["V"].value)
        for (i, j), value in swept(grid, how, 400).items():
            assert found[i][j] == pytest.approx(value, abs=1e-8)


def test_evaluation_of_a_given_policy() -> None:
    """A policy given as moves has the values of repeated backups of these moves."""
    draw = random.Random(6)
    for _ in range(25):
        grid, how = world(draw)
        moves = [[draw.randint(1, 4) if kind == "o" else 0 for kind in row] for row in grid]
        found = numbers(calculate("gridworld_policy_evaluation", grid=grid, actions=moves, **how)["V"].value)
        values = {(i, j): 0.0 for i, row in enumerate(grid) for j, kind in enumerate(row) if kind != "x"}
        for _ in range(400):
            values = {
                (i, j): backup(grid, how, values, (i, j), "NESW"[moves[i][j] - 1])
                if grid[i][j] == "o"
                else 0.0 if how["exit"] == "on entering" else grid[i][j]
                for i, j in values
            }  # fmt: skip
        for (i, j), value in values.items():
            assert found[i][j] == pytest.approx(value, abs=1e-8)


def test_names_and_numberings() -> None:
    """Exits may be named, moves numbered otherwise, and one cell asked for."""
    trace = calculate("gridworld_value_iteration", grid="[[o, g], [o, -2*g]]", g=4, gamma="1/2", sweeps=2, order="WSEN", cell=[1, 1])
    assert numbers(trace["V"].value) == [[2, 4], [0, -8]]
    assert numbers(trace["Q_cell"].value) == [0, 0, 2, 0]
    assert numbers(trace["greedy"].value)[0] == [3, 0]


@pytest.mark.parametrize("grid", ["[[o, o]]", "[[1, 2]]", "[[o, 1], [o]]", "7", [["o", 1], ["o"]]])
def test_grids_that_are_none(grid: Any) -> None:
    """A grid without exit or free cell, or with ragged rows, is refused with a sentence."""
    with pytest.raises(ExamToolError):
        calculate("gridworld_value_iteration", grid=grid, gamma="0.9")


def test_policy_iteration_of_any_process_against_linear_programming() -> None:
    """The optimal values solve the linear programme of the decision process (scipy's HiGHS)."""
    draw = random.Random(7)
    for _ in range(40):
        n, m = draw.randint(2, 4), draw.randint(1, 3)
        P = [[[draw.randint(0, 4) for _ in range(n)] for _ in range(n)] for _ in range(m)]
        for matrix in P:
            for row in matrix:
                row[draw.randrange(n)] += 1
        exact = [[[f"{x}/{sum(row)}" for x in row] for row in matrix] for matrix in P]
        R = [[draw.randint(-5, 8) for _ in range(m)] for _ in range(n)]
        gamma = draw.choice(["1/2", "0.9"])
        trace = calculate("policy_iteration", P=exact, R=R, gamma=gamma)
        chances = np.array([[np.array(row) / sum(row) for row in matrix] for matrix in P])
        rows = np.concatenate([number(gamma) * chances[a] - np.eye(n) for a in range(m)])
        limits = np.concatenate([-np.array(R, dtype=float)[:, a] for a in range(m)])
        best = linprog(np.ones(n), A_ub=rows, b_ub=limits, bounds=(None, None))
        assert np.allclose(numbers(trace["V_star"].value), best.x, atol=1e-6)


def test_terminal_states_of_any_process() -> None:
    """A terminal state is worth 0, even without a discount."""
    P = [[[0, 1, 0], [0, 0, 1], [0, 0, 1]], [[0, 0, 1], ["1/2", 0, "1/2"], [0, 0, 1]]]
    trace = calculate("policy_iteration", P=P, R=[[1, 2], [4, 5], [9, 9]], gamma=1, end=[3])
    values = numbers(trace["V_star"].value)
    assert values[2] == 0
    assert values[0] == max(1 + values[1], 2)
    assert values[1] == max(4, 5 + values[0] / 2)


@pytest.mark.oracle
def test_frozen_lake() -> None:
    """The optimal values of gymnasium's slippery FrozenLake, from its own transition table."""
    gymnasium = pytest.importorskip("gymnasium")
    table = gymnasium.make("FrozenLake-v1", is_slippery=True).unwrapped.P
    values = np.zeros(16)

    def move(s: int, a: int) -> float:
        return sum(p * (r + 0.99 * values[t] * (not done)) for p, t, r, done in table[s][a])

    for _ in range(3000):
        values = np.array([max(move(s, a) for a in range(4)) for s in range(16)])
    trace = calculate("gridworld_policy_iteration", grid=LAKE, gamma="0.99", noise="2/3", exit="on entering")
    assert agree(trace["V"].value, values.reshape(4, 4), 1e-7)
