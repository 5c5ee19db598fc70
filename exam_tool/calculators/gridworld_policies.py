"""Policies in a gridworld: evaluated by sweeps or exactly, and improved until nothing changes. Layouts are read in ``gridworld``."""

from __future__ import annotations

from collections.abc import Callable

from flint import fmpq

from exam_tool.expressions.arrays import Value
from exam_tool.expressions.exact import ONE, ZERO, Undefined, add
from exam_tool.expressions.functions import register, whole
from exam_tool.language import Text

from .gridworld import World, living_reward, read_world, start_values
from .work import CalculatorError, Pair, Work, calculator

MOST_ROUNDS = 60
CHOSEN: Pair = ("move of each cell, in the grid; 0 at exits and walls", "各格的动作（按网格排列，出口和墙为 0）")
CHOSEN_MARKED: Pair = ("a 1 at the chosen move of each free cell", "每个空格在所选动作处为 1")


def arrivals(weights: Value, go: Value) -> Value:
    """The transition matrix over the cells: the weight of each direction goes to the cell it leads to; 0 leads nowhere."""
    found: list[list[Value]] = [[ZERO] * len(go) for _ in go]
    for s, (row, targets) in enumerate(zip(weights, go, strict=True)):
        for weight, target in zip(row, targets, strict=True):
            if target != ZERO:
                j = whole(target, 1) - 1
                found[s][j] = add(found[s][j], weight)
    return tuple(map(tuple, found))


def from_grid(table: Value, cells: Value) -> Value:
    """The entries of a grid in the order of its cells, walls left out."""
    if [len(row) for row in table] != [len(row) for row in cells]:
        raise Undefined(Text("This table is not as large as the grid.", "这个表与网格的尺寸不同。"))
    return tuple(entry for line, row in zip(table, cells, strict=True) for entry, cell in zip(line, row, strict=True) if cell != ZERO)


def move_rows(actions: Value, free: Value) -> Value:
    """A row for each cell: 1 at its move, all 0 at an exit."""
    found = []
    for action, walks in zip(actions, free, strict=True):
        number = whole(action) if walks != ZERO else 0
        if number > 4 or (walks != ZERO and number == 0):
            raise Undefined(Text("Every free cell needs a move from 1 to 4.", "每个空格都要有 1 到 4 的动作。"))
        found.append(tuple(ONE if d == number else ZERO for d in range(1, 5)))
    return tuple(found)


register("arrivals", 2, 2, arrivals)
register("fromgrid", 2, 2, from_grid)
register("moverows", 2, 2, move_rows)


def _rewards(world: World, living: str, transitions: str) -> str:
    """The formula of the expected reward of each cell; an exit that has its own value brings it as its reward."""
    step = living.removesuffix(" + ")
    if not world.entering:
        return f"exits + {step} * free" if step else "exits"
    return f"{transitions} @ (exits + {step} * free)" if step else f"{transitions} @ exits"


def _paid(world: World) -> Pair:
    if world.entering:
        return ("the reward of the cell that is entered, averaged over the moves", "对各转移取平均的、所进格子的奖励")
    return ("an exit has its own reward, a free cell that of a step", "出口取自己的奖励，空格取每步奖励")


def transitions(work: Work, world: World, pi: str, name: str, label: Pair) -> None:
    """The step of the transition matrix under a policy; the rows of exits are 0."""
    because = ("row s holds the moves from cell s; an exit leads nowhere, so its row is 0", "第 s 行是从格子 s 出发的转移；出口没有后继，该行为 0")
    if world.turns:
        work.step(name, f"arrivals({pi} @ B, go)", label, because)
    elif world.slips:
        work.step(name, f"(1 - noise) * arrivals({pi}, go) + noise * diag(free)", label, because)
        work.mistake("no_slip", f"arrivals({pi}, go)", "the slips are left out; the move meant happens only with 1 minus the slip probability.", "没有考虑打滑；想走的方向只有 1 减打滑概率的可能。")
    else:
        work.step(name, f"arrivals({pi}, go)", label, because)


def exact_values(work: Work, world: World, living: str, end: str) -> None:
    """The steps ``R`` and ``V = (I - gamma*P)^-1 R`` for the transitions ``P`` with this ending of their name."""
    moved = f"P{end}"
    work.step(f"R{end}", _rewards(world, living, moved), ("expected reward of each cell", "各格的期望奖励"), _paid(world))
    work.step(f"V{end}", f"inv(identity({world.cells}) - gamma * {moved}) @ R{end}", ("values of the cells under the policy", "策略下各格的价值"),
              ("V = R + γPV, solved for V", "由 V = R + γPV 解出 V"))  # fmt: skip
    work.mistake("one_step", f"R{end} + gamma * {moved} @ R{end}", "only one backup is made; the values solve V = R + γPV.", "只回溯了一步；价值应解 V = R + γPV。")
    work.mistake("no_gamma", f"inv(identity({world.cells}) - {moved}) @ R{end}", "the discount factor is left out; subtract γP, not P.", "漏了折扣因子；应减去 γP，而不是 P。")


def _policy(work: Work, world: World) -> str:
    """Declares the policy: a move in each cell, or all four alike when none is given; returns the name of its table."""
    if work.optional("actions", CHOSEN, is_="integer, >= 0, <= 4", shape=None):
        work.step("pi", "moverows(fromgrid(actions, cells), free)", ("the policy as a table, one row per cell, one column per move", "策略表，每行一个格子，每列一个动作"), CHOSEN_MARKED)
        return "pi"
    work.step("pi", "outer(free, ones(4)) / 4", ("all four moves alike", "四个动作等概率"))
    return "pi"


@calculator("gridworld_policy_evaluation", ("Evaluating a policy in a gridworld", "网格世界的策略评估"), chapter="rl",
            example={"grid": [["o", "o", 4], ["x", "o", -2]], "gamma": "1/2", "living": -1, "actions": [[2, 2, 0], [0, 1, 0]], "sweeps": 2})  # fmt: skip
def gridworld_policy_evaluation(work: Work) -> None:
    """Values of a policy on a grid: ``sweeps`` synchronous sweeps from 0 (or ``V_0``), and the exact ones; without ``actions`` all moves are alike.

    Source: Sutton and Barto (2018), section 4.1 and figure 4.1.
    """
    world = read_world(work)
    living = living_reward(work)
    pi = _policy(work, world)
    transitions(work, world, pi, "P", ("transitions under the policy", "策略下的转移矩阵"))
    sweeps = work.offered("sweeps")
    if sweeps:
        started = start_values(work, world)
        work.given("sweeps", ("number of sweeps", "迭代轮数"), is_="integer, >= 1, <= 100")
        for k in range(1, work.count("sweeps") + 1):
            _sweep(work, world, k, living, from_zero=k == 1 and not started)
        work.step("V_sweeps", f"ongrid(V_{work.count('sweeps')}, cells)", ("values of the last sweep, in the grid", "最后一轮的价值（按网格排列）"))
    work.step("R", _rewards(world, living, "P"), ("expected reward of each cell", "各格的期望奖励"), _paid(world))
    work.step("V_exact", f"inv(identity({world.cells}) - gamma * P) @ R", ("exact values of the cells", "各格的精确价值"), ("V = R + γPV, solved for V", "由 V = R + γPV 解出 V"))
    work.mistake("one_step", "R + gamma * P @ R", "only one backup is made; the values solve V = R + γPV.", "只回溯了一步；价值应解 V = R + γPV。")
    work.step("V", "ongrid(V_exact, cells)", ("exact values, in the grid", "精确价值（按网格排列）"))


def _sweep(work: Work, world: World, k: int, living: str, *, from_zero: bool) -> None:
    before, step = f"V_{k - 1}", living.removesuffix(" + ")
    reward = _rewards(world, living, "P")
    work.step(f"V_{k}", f"{reward} + gamma * P @ {before}", (f"values after sweep {k}", f"第 {k} 轮后的价值"), ("expected reward plus discounted value of the next cell", "期望奖励加后继格子的折扣价值"))
    if from_zero:
        return
    work.mistake("no_gamma", f"{reward} + P @ {before}", "the next value is not discounted; multiply it by γ.", "后继价值没有打折扣；应乘 γ。")
    if step:
        work.mistake("no_living", f"{_rewards(world, '', 'P')} + gamma * P @ {before}", "the reward of the step is left out; add it to every move.", "漏了每步的奖励；每走一步都应加上它。")


@calculator("gridworld_policy_iteration", ("Policy iteration in a gridworld", "网格世界的策略迭代"), chapter="rl",
            example={"grid": [["o", "o", 4], ["x", "o", -2]], "gamma": "1/2", "living": -1, "actions": [[3, 4, 0], [0, 1, 0]]})  # fmt: skip
def gridworld_policy_iteration(work: Work) -> None:
    """Exact evaluation and greedy improvement in turn, for ``iterations`` rounds or until no move changes; the values are then optimal.

    Without ``actions`` it starts from the policy that is best when the discount is at most 9/10. Exits have no move.
    Source: Sutton and Barto (2018), section 4.3; Howard, Dynamic Programming and Markov Processes (1960).
    """
    world = read_world(work)
    living = living_reward(work)
    given = work.optional("actions", CHOSEN, is_="integer, >= 0, <= 4", shape=None)
    work.step("a_0", "fromgrid(actions, cells)" if given else _start(work, world, living), ("moves at the start, one for each cell", "初始策略下各格的动作"), ("read off the grid row by row", "从网格逐行读出") if given else None)
    if work.offered("iterations"):
        work.given("iterations", ("number of rounds", "迭代次数"), is_="integer, >= 1, <= 20")
        rounds = work.count("iterations")
        for i in range(1, rounds + 1):
            improve(work, world, living, i)
    else:
        rounds = until_same(work, lambda i: improve(work, world, living, i))
    work.step("V", f"ongrid(V_{rounds}, cells)", ("values in the grid, 0 for a wall", "网格中的价值（墙为 0）"))
    work.step("greedy", f"ongrid(a_{rounds}, cells)", ("moves in the grid", "网格中的动作"))
    work.step("stable", f"a_{rounds} == a_{rounds - 1}", ("whether the moves no longer change (1 yes, 0 no)", "策略是否不再改变（1 是，0 否）"))


def improve(work: Work, world: World, living: str, i: int) -> None:
    """Round i: the values of the moves so far, exactly, and the greedy moves they lead to."""
    work.step(f"pi_{i}", f"moverows(a_{i - 1}, free)", (f"policy of round {i} as a table", f"第 {i} 次迭代的策略表"), CHOSEN_MARKED)
    transitions(work, world, f"pi_{i}", f"P_{i}", (f"transitions under it, round {i}", f"第 {i} 次迭代的转移矩阵"))
    exact_values(work, world, living, f"_{i}")
    worth = world.worth(living, f"V_{i}")
    work.step(f"Q_{i}", world.slipped(f"at({worth}, go)", worth), (f"values of the moves, round {i}", f"第 {i} 次迭代各动作的价值"), ("reward of the step plus discounted value of the cell reached", "这一步的奖励加上所到格子的折扣价值"))
    work.step(f"a_{i}", f"free * argmax(Q_{i})", (f"greedy moves, round {i}", f"第 {i} 次迭代的贪心动作"), ("the move with the largest value in each cell", "每格取价值最大的动作"))
    work.mistake("min", f"free * argmin(Q_{i})", "the worst move is chosen; the greedy move has the largest value.", "选了最差的动作；贪心动作取价值最大者。")


def until_same(work: Work, improve_once: Callable[[int], None]) -> int:
    """Rounds until the actions ``a_i`` repeat. The numbers decide how many there are, so all givens are part of the structure.

    Raises:
        CalculatorError: when the policy keeps changing, as it can when values are unbounded.
    """
    values = _numbers(work)
    for i in range(1, MOST_ROUNDS + 1):
        known = len(work.steps)
        improve_once(i)
        for step in work.steps[known:]:
            values[step.name] = step.calculate(values)
        if values[f"a_{i}"] == values[f"a_{i - 1}"]:
            return i
    raise CalculatorError(Text(f"The policy still changes after {MOST_ROUNDS} rounds.", f"{MOST_ROUNDS} 次迭代后策略仍在变化。"))


def _numbers(work: Work) -> dict[str, Value]:
    """The values of all givens and steps so far."""
    for given in work.givens:
        work.structure(given.name)
    values = dict(work.values)
    for step in work.steps:
        values[step.name] = step.calculate(values)
    return values


def _start(work: Work, world: World, living: str) -> str:
    """Moves to start from: the best ones under a discount of at most 9/10, where every policy has values.

    Without a discount a policy that never ends has none, and would stop the first evaluation.
    """
    trial = Work(work.calculator, {**work.values, "gamma": min(work.structure("gamma"), fmpq(9, 10))}, work.chosen)
    trial.givens, trial.steps = list(work.givens), list(work.steps)
    trial.step("a_0", "free", ("moves", "动作"))
    rounds = until_same(trial, lambda i: improve(trial, world, living, i))
    for given in work.givens:
        work.structure(given.name)
    return "[" + ", ".join(str(move) for move in _numbers(trial)[f"a_{rounds}"]) + "]"
