"""Policy iteration of any finite decision process, exactly, until the policy is stable. Gridworlds have their own modules."""

from __future__ import annotations

from exam_tool.expressions.arrays import Value
from exam_tool.expressions.exact import Undefined
from exam_tool.expressions.functions import register, whole
from exam_tool.language import Text

from .gridworld_policies import until_same
from .rl import DISCOUNT
from .rl_policies import action_values
from .rl_process import Model, model
from .work import Work, calculator


def chosen(actions: Value, *tables: Value) -> Value:
    """Row (or entry) s of the table of the action chosen in state s; one table for each action."""
    numbers = [whole(action, 1) for action in actions]
    if max(numbers) > len(tables):
        raise Undefined(Text(f"There is no action {max(numbers)}.", f"没有动作 {max(numbers)}。"))
    return tuple(tables[a - 1][s] for s, a in enumerate(numbers))


register("chosen", 2, None, chosen)


@calculator("policy_iteration", ("Policy iteration", "策略迭代"), chapter="rl",
            example={"P": [[["1/2", "1/2"], [0, 1]], [[1, 0], ["1/4", "3/4"]]], "R": [[1, 2], [4, -2]], "gamma": "1/2", "actions": [2, 2]})  # fmt: skip
def policy_iteration(work: Work) -> None:
    """Exact evaluation and greedy improvement in turn, from ``actions`` (the first action everywhere when left out), for
    ``iterations`` rounds or until the policy is stable; ``V_star`` are then the optimal values, as fractions.

    States ``end`` are terminal and have the value 0. The first of several best actions is taken.
    Source: Sutton and Barto (2018), section 4.3; Howard, Dynamic Programming and Markov Processes (1960).
    """
    process = model(work)
    n = process.states
    work.given("gamma", DISCOUNT, is_="probability")
    if work.optional("end", ("terminal states", "终止状态"), is_="integer, >= 1", shape="k"):
        work.step("alive", f"zeroat(ones({n}), end)", ("1 where the episode goes on, 0 at its end", "回合继续的状态为 1，终止状态为 0"))
    if work.optional("actions", ("action of each state at the start", "各状态的初始动作"), is_="integer, >= 1", shape="n"):
        work.step("a_0", "actions", ("policy at the start", "初始策略"))
    else:
        work.step("a_0", f"ones({n})", ("policy at the start", "初始策略"), ("action 1 in every state", "每个状态都取动作 1"))
    if work.offered("iterations"):
        work.given("iterations", ("number of rounds", "迭代次数"), is_="integer, >= 1, <= 20")
        rounds = work.count("iterations")
        for i in range(1, rounds + 1):
            _improve(work, process, i)
        work.step("stable", f"a_{rounds} == a_{rounds - 1}", ("whether the policy no longer changes (1 yes, 0 no)", "策略是否不再改变（1 是，0 否）"))
        return
    rounds = until_same(work, lambda i: _improve(work, process, i))
    work.step("V_star", f"V_{rounds}", ("optimal values", "最优价值"), ("improving this policy once more changes nothing, so it is optimal", "再改进一次策略也不变，故为最优"))
    work.step("rounds", str(rounds), ("evaluations until the policy repeats", "直到策略重复为止的评估次数"))


def _improve(work: Work, process: Model, i: int) -> None:
    """Round i: transitions and rewards of the present policy, its exact values, and the greedy actions they lead to."""
    n = process.states
    ends = any(step.name == "alive" for step in work.steps)
    moved = f"chosen(a_{i - 1}, {', '.join(process.moves)})"
    paid = f"chosen(a_{i - 1}, {', '.join(process.rewards)})"
    work.step(f"P_{i}_pi", f"diag(alive) @ ({moved})" if ends else moved, (f"transitions under the policy, round {i}", f"第 {i} 轮策略下的转移矩阵"),
              ("row s comes from the matrix of the action chosen in s", "第 s 行取自状态 s 所选动作的矩阵"))  # fmt: skip
    work.step(f"R_{i}_pi", f"alive * ({paid})" if ends else paid, (f"rewards under the policy, round {i}", f"第 {i} 轮策略下的奖励"),
              ("entry s is the reward of the action chosen in s", "第 s 个分量取状态 s 所选动作的奖励"))  # fmt: skip
    work.step(f"V_{i}", f"inv(identity({n}) - gamma * P_{i}_pi) @ R_{i}_pi", (f"values of the policy, round {i}", f"第 {i} 轮策略的价值"),
              ("V = R + γPV, solved for V", "由 V = R + γPV 解出 V"))  # fmt: skip
    work.mistake("one_step", f"R_{i}_pi + gamma * P_{i}_pi @ R_{i}_pi", "only one backup is made; the values solve V = R + γPV.", "只回溯了一步；价值应解 V = R + γPV。")
    work.mistake("p_transposed", f"inv(identity({n}) - gamma * P_{i}_pi.T) @ R_{i}_pi", "P is transposed; row s holds the moves from s.", "把 P 转置了；第 s 行才是从 s 出发的转移。")
    names = action_values(work, process, f"V_{i}", f"Q_{i}", during=(f", round {i}", f"第 {i} 轮"))
    table = f"stack({names}).T"
    work.step(f"Q_{i}", f"diag(alive) @ {table}" if ends else table, (f"action values, round {i}", f"第 {i} 轮的动作价值"), ("one row per state, one column per action", "每行一个状态，每列一个动作"))
    work.step(f"a_{i}", f"argmax(Q_{i})", (f"greedy policy, round {i}", f"第 {i} 轮的贪心策略"), ("the action with the largest value in each state", "每个状态取价值最大的动作"))
    work.mistake("min", f"argmin(Q_{i})", "the smallest action value is chosen; the greedy action has the largest.", "选了最小的动作价值；贪心动作的价值最大。")
