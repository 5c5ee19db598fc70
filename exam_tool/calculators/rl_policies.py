"""Values of actions, greedy improvement and value iteration. The model of a decision process is read in ``rl_process``."""

from __future__ import annotations

from exam_tool.expressions.arrays import Value, as_vector
from exam_tool.expressions.exact import ZERO, Undefined
from exam_tool.expressions.functions import register, whole
from exam_tool.language import Text

from .rl import DISCOUNT
from .rl_bellman import START, solve_values, terminal
from .rl_process import Model, induced, model, policy
from .work import Pair, Work, calculator


def zero_at(values: Value, positions: Value) -> Value:
    """The vector with 0 at these positions."""
    ends = {whole(position, 1) for position in as_vector(positions)}
    if max(ends) > len(values):
        raise Undefined(Text(f"There is no state {max(ends)}.", f"没有状态 {max(ends)}。"))
    return tuple(ZERO if i in ends else value for i, value in enumerate(as_vector(values), 1))


register("zeroat", 2, 2, zero_at)

GREEDY: Pair = ("the action with the largest value", "价值最大的动作")


def action_values(work: Work, process: Model, values: str, name: str = "Q", *, during: Pair = ("", ""), from_zero: bool = False) -> str:
    """Steps ``Q_1, Q_2, ...``, one vector over states for each action, from the values of next states; returns their names.

    ``during`` begins a label with the sweep or round it belongs to; ``from_zero`` says that those values are all 0, where a mistake in their factor cannot show.
    """
    found = []
    for a, (move, reward) in enumerate(zip(process.moves, process.rewards, strict=True), 1):
        step = f"{name}_{a}"
        work.step(step, f"{reward} + gamma * {move} @ {values}", (f"values of action {a} in each state{during[0]}", f"{during[1]}各状态下动作 {a} 的价值"),
                  ("expected reward plus discounted value of the next state", "期望奖励加折扣后的后继价值"))  # fmt: skip
        if not from_zero:
            work.mistake("no_gamma", f"{reward} + {move} @ {values}", "the next value is not discounted; multiply it by γ.", "后继价值没有打折扣；应乘 γ。")
            work.mistake("p_transposed", f"{reward} + gamma * {move}.T @ {values}", "P is transposed; row s holds the moves from s.",
                         "把 P 转置了；第 s 行才是从 s 出发的转移。")  # fmt: skip
        work.mistake("operator", f"{reward} + gamma + {move} @ {values}", "γ is added; multiply the next value by it.", "把 γ 加上了；应以 γ 乘后继价值。",
                     kind="slip")  # fmt: skip
        found.append(step)
    return ", ".join(found)


def _next_values(work: Work, values: str) -> str:
    """The values to bootstrap from: 0 in the terminal states, if some are given."""
    if not work.optional("end", ("terminal states", "终止状态"), is_="integer, >= 1", shape="k"):
        return values
    work.step("V_next", f"zeroat({values}, end)", ("values of next states, 0 at the end", "后继状态的价值（终止状态为 0）"))
    work.mistake("bootstraps_from_end", values, "a terminal state is given a value; nothing follows the end, so take 0.",
                 "给终止状态用了非零价值；终止之后没有后继，应取 0。")  # fmt: skip
    return "V_next"


def _chosen(work: Work, table: str, columns: list[str], name: str) -> None:
    """The value of each state under the policy, from the values of its actions."""
    work.step(name, f"sum({table} * Q, 2)", ("state values under the policy", "策略下的状态价值"), ("the policy weights the action values", "按策略的概率对动作价值加权"))
    if len(columns) > 1:
        work.mistake("max_for_policy", f"max({', '.join(columns)})", "the best action value is taken; a stochastic policy averages over its actions.",
                     "取了最大的动作价值；随机策略应按概率取平均。")  # fmt: skip
        work.mistake("unweighted", "mean(Q, 2)", "the action values are averaged evenly; weight them by the policy.", "对动作价值等权平均；应按策略加权。")


@calculator("state_action_values", ("State values and action values", "状态价值与动作价值"), chapter="rl",
            example={"P": [[["1/2", "1/2"], [0, 1]], [[1, 0], ["1/4", "3/4"]]], "R": [[1, 2], [4, -2]],
                     "pi": [["1/2", "1/2"], ["1/4", "3/4"]], "gamma": "1/2", "V": [4, 8]})  # fmt: skip
def state_action_values(work: Work) -> None:
    """``Q`` (n x m) from ``V`` and the model, or ``V`` from a given ``Q`` and a policy; the greedy action of each state.

    Source: Sutton and Barto (2018), equations 4.4 and 4.6.
    """
    if work.optional("Q", ("action values, one row per state", "动作价值，每行一个状态"), shape="n m"):
        columns = [f"column(Q, {a})" for a in range(1, work.shape("Q")[1] + 1)]
        table = policy(work, len(columns))
    else:
        process = model(work)
        table = policy(work, len(process))
        work.given("gamma", DISCOUNT, is_="probability")
        work.given("V", ("values of next states", "后继状态的价值"), shape="n")
        names = action_values(work, process, _next_values(work, "V"))
        columns = names.split(", ")
        work.step("Q", f"stack({names}).T", ("action values, one row per state", "动作价值，每行一个状态"))
    if table:
        _chosen(work, table, columns, "V_pi")
    work.step("greedy", "argmax(Q)", ("greedy action of each state", "各状态的贪心动作"), GREEDY)
    work.mistake("min", "argmin(Q)", "the smallest action value is chosen; the greedy action has the largest.", "选了最小的动作价值；贪心动作的价值最大。")


@calculator("policy_improvement_step", ("Policy improvement and value iteration", "策略改进与值迭代"), chapter="rl",
            example={"P": [[["1/2", "1/2"], [0, 1]], [[1, 0], ["1/4", "3/4"]]], "R": [[1, 2], [4, -2]], "gamma": "1/2", "V": [4, 8]})  # fmt: skip
def policy_improvement_step(work: Work) -> None:
    """Greedy policy from action values, a model and ``V``, or a policy to be evaluated first; or any number of value iterations.

    The first of several best actions is taken. Source: Sutton and Barto (2018), sections 4.2 and 4.4.
    """
    algorithm = work.option(
        "algorithm", ("algorithm", "算法"),
        {
            "policy improvement": ("", ""),  # the question says which it asks for
            "value iteration": ("", ""),
        }, default="policy improvement", convention=False,
    )  # fmt: skip
    if work.optional("Q", ("action values, one row per state", "动作价值，每行一个状态"), shape="n m"):
        _greedy(work, [f"column(Q, {a})" for a in range(1, work.shape("Q")[1] + 1)])
        return
    process = model(work)
    work.given("gamma", DISCOUNT, is_="probability")
    if algorithm == "value iteration":
        _value_iteration(work, process)
        return
    values = "V"
    if not work.optional("V", ("values of the current policy", "当前策略的价值"), shape="n"):
        table = policy(work, len(process))
        if not table:
            work.given("V", ("values of the current policy", "当前策略的价值"), shape="n")
        induced(work, table, process)
        solve_values(work, process.states, "P_pi", "R_pi", ends=terminal(work))
    names = action_values(work, process, _next_values(work, values))
    work.step("Q", f"stack({names}).T", ("action values, one row per state", "动作价值，每行一个状态"))
    _greedy(work, names.split(", "))


def _greedy(work: Work, columns: list[str]) -> None:
    work.step("greedy", "argmax(Q)", ("greedy action of each state", "各状态的贪心动作"), GREEDY)
    work.mistake("min", "argmin(Q)", "the smallest action value is chosen; the greedy action has the largest.", "选了最小的动作价值；贪心动作的价值最大。")
    _best(work, columns, "V_new", ("value of the greedy action", "贪心动作的价值"))


def _best(work: Work, columns: list[str], name: str, label: Pair) -> None:
    if len(columns) == 1:
        work.step(name, columns[0], label)
        return
    listed = ", ".join(columns)
    work.step(name, f"max({listed})", label, ("the best action value in each state", "每个状态取最大的动作价值"))
    work.mistake("min", f"min({listed})", "the smallest action value is taken; take the largest.", "取了最小的动作价值；应取最大值。")
    work.mistake("average", f"({' + '.join(columns)}) / {len(columns)}", "the action values are averaged; take the largest.",
                 "对动作价值取了平均；应取最大值。")  # fmt: skip
    work.mistake("sum", " + ".join(columns), "the action values are added; take the largest.", "把动作价值相加了；应取最大值。")


def _value_iteration(work: Work, process: Model) -> None:
    started = work.optional("V_0", START, shape="n", aliases=["V"])
    if not started:
        work.given("V_0", START, shape="n", default=f"zeros({process.states})")
    work.given("sweeps", ("number of sweeps", "迭代轮数"), is_="integer, >= 1, <= 40", default="1")
    ends = work.optional("end", ("terminal states", "终止状态"), is_="integer, >= 1", shape="k")
    sweeps = work.count("sweeps")
    for k in range(1, sweeps + 1):
        names = action_values(work, process, f"V_{k - 1}", f"Q_{k}", during=(f", sweep {k}", f"第 {k} 轮"), from_zero=k == 1 and not started).split(", ")
        label = (f"values after sweep {k}", f"第 {k} 轮后的价值")
        _best(work, names, f"V_{k}_all" if ends else f"V_{k}", (f"best action values, sweep {k}", f"第 {k} 轮的最大动作价值") if ends else label)
        if ends:
            work.step(f"V_{k}", f"zeroat(V_{k}_all, end)", label, ("terminal states keep the value 0", "终止状态的价值始终为 0"))
    work.step("Q", f"stack({', '.join(names)}).T", ("action values of the last sweep", "最后一轮的动作价值"))
    work.step("greedy", "argmax(Q)", ("greedy action of each state", "各状态的贪心动作"), GREEDY)
    work.mistake("min", "argmin(Q)", "the smallest action value is chosen; the greedy action has the largest.", "选了最小的动作价值；贪心动作的价值最大。")
    work.step("change", f"max(abs(V_{sweeps} - V_{sweeps - 1}))", ("largest change in the last sweep", "最后一轮的最大变化"), ("the largest difference from the sweep before", "与上一轮之差的最大绝对值"))


