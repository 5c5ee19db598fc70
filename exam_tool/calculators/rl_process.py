"""Decision processes: transitions and rewards of each action, policies, and the reward process a policy makes of them."""

from __future__ import annotations

from dataclasses import dataclass

from exam_tool.language import Text

from . import foundations  # noqa: F401  # it registers onehots
from .rl import DISCOUNT
from .rl_bellman import solve_values, terminal
from .work import CalculatorError, Pair, Work, calculator

REWARDS: dict[str, Pair] = {
    "transition": ("Rewards belong to transitions: R[a] has the reward for going from s to s′ in row s, column s′.",
                   "奖励属于转移：R[a] 的第 s 行第 s′ 列是在动作 a 下从 s 到 s′ 的奖励。"),
    "action": ("Row s, column a of R is the expected reward of action a in state s.", "R 的第 s 行第 a 列是在状态 s 采取动作 a 的期望奖励。"),
    "leaving": ("R(s) is received on leaving state s, whatever the action.", "无论何种动作，离开状态 s 时得到奖励 R(s)。"),
    "arrival": ("R(s) is received on arriving in state s.", "到达状态 s 时得到奖励 R(s)。"),
}  # fmt: skip


@dataclass(frozen=True)
class Model:
    """For each action the formula of its transition matrix and of its expected rewards, a vector over states."""

    moves: tuple[str, ...]
    rewards: tuple[str, ...]
    states: int

    def __len__(self) -> int:
        return len(self.moves)


def model(work: Work) -> Model:
    """Declares transitions and rewards: one tensor ``P`` over all actions, or a matrix ``P_1, P_2, ...`` for each."""
    moves = per_action(work, "P", ("transition matrix of each action, row = from", "各动作的转移矩阵，行表示出发状态"),
                       ("transition matrix of action {}", "动作 {} 的转移矩阵"), is_="stochastic")  # fmt: skip
    separate = work.offered("R_1")
    if separate:
        rewards = per_action(work, "R", ("rewards", "奖励"), ("rewards of the transitions of action {}", "动作 {} 的转移奖励"))
    else:
        work.given("R", ("rewards", "奖励"), shape=None)
        rewards = [f"R[{a}]" for a in range(1, len(moves) + 1)]
    by_size = {3: "transition", 2: "action"}
    usual = "transition" if separate else by_size.get(len(work.shape("R")), "leaving")
    reward = work.option("reward", ("to what a reward belongs", "奖励的归属"), REWARDS, default=usual)
    if separate and reward != "transition":
        raise CalculatorError(Text("R_1, R_2, ... are rewards of transitions.", "R_1、R_2……是转移奖励。"))
    if not separate:
        work.fits("R", {"transition": "m n n", "action": "n m"}.get(reward, "n"))
    return Model(tuple(moves), tuple(_expected(work, reward, moves, rewards)), work.sizes["n"])


def per_action(work: Work, name: str, all_actions: Pair, one_action: Pair, is_: str = "") -> list[str]:
    """The formulas of a matrix for each action: entries of one tensor, or givens of their own when the caller has these."""
    if not work.offered(f"{name}_1"):
        work.given(name, all_actions, is_=is_, shape="m n n", aliases=[name.lower()])
        return [f"{name}[{a}]" for a in range(1, work.length(name) + 1)]
    found: list[str] = []
    while work.offered(f"{name}_{len(found) + 1}"):
        a = len(found) + 1
        work.given(f"{name}_{a}", (one_action[0].format(a), one_action[1].format(a)), is_=is_, shape="n n")
        found.append(f"{name}_{a}")
    if work.sizes.setdefault("m", len(found)) != len(found):
        raise CalculatorError(Text(f"{name} is given for {len(found)} actions, not {work.sizes['m']}.", f"{name} 只给了 {len(found)} 个动作，应为 {work.sizes['m']} 个。"))
    return found


def _expected(work: Work, reward: str, moves: list[str], rewards: list[str]) -> list[str]:
    """The expected rewards of each action, with a step for each where something is to be computed."""
    if reward == "leaving":
        return ["R" for _ in moves]
    if reward == "action":
        return [f"column(R, {a})" for a in range(1, len(moves) + 1)]
    for a, (move, paid) in enumerate(zip(moves, rewards, strict=True), 1):
        formula = f"sum({move} * {paid}, 2)" if reward == "transition" else f"{move} @ R"
        work.step(f"r_{a}", formula, (f"expected rewards of action {a}", f"动作 {a} 的期望奖励"))
        if reward == "transition":
            work.mistake("row_sum", f"sum({paid}, 2)", "the rewards are added without their probabilities; weight each by P.",
                         "奖励直接相加，没有乘概率；应以 P 加权。")  # fmt: skip
    return [f"r_{a}" for a in range(1, len(moves) + 1)]


def policy(work: Work, actions: int) -> str:
    """Declares the policy, as probabilities ``pi`` or as one chosen action a state; returns its table's name, or "" without one."""
    if work.optional("pi", ("policy, one row per state", "策略，每行一个状态"), is_="stochastic", shape=f"n {actions}"):
        return "pi"
    if not work.optional("actions", ("chosen action of each state", "各状态选择的动作"), is_="integer, >= 1", shape="n"):
        return ""
    work.step("pi_table", f"onehots(actions, {actions})", ("policy as probabilities", "写成概率形式的策略"))
    return "pi_table"


def induced(work: Work, pi: str, process: Model) -> None:
    """The steps ``P_pi`` and ``R_pi``: transitions and rewards averaged over the policy."""
    several = len(process) > 1
    mixed = " + ".join(f"diag(column({pi}, {a})) @ {move}" for a, move in enumerate(process.moves, 1))
    work.step("P_pi", mixed, ("transitions under the policy", "策略下的转移矩阵"),
              ("row s mixes the actions' rows with the weights π(a|s)", "第 s 行按 π(a|s) 混合各动作的行"))  # fmt: skip
    if several:
        work.mistake("uniform", f"({' + '.join(process.moves)}) / {len(process)}", "all actions are weighted equally; weight them by the policy.",
                     "各动作等权平均；应按策略的概率加权。")  # fmt: skip
    averaged = " + ".join(f"column({pi}, {a}) * {reward}" for a, reward in enumerate(process.rewards, 1))
    work.step("R_pi", averaged, ("expected rewards under the policy", "策略下的期望奖励"), ("the policy weights the rewards of the actions", "按策略的概率对各动作的奖励加权"))
    if several and process.rewards[0] != "R":
        work.mistake("max", f"max({', '.join(process.rewards)})", "the best action's reward is taken; evaluating a policy averages over its actions.",
                     "取了最好动作的奖励；评估策略时应按其概率取平均。")  # fmt: skip


@calculator("policy_induced_mrp", ("Reward process of a policy", "策略诱导的奖励过程"), chapter="rl",
            example={"P": [[["1/2", "1/2"], [0, 1]], [[1, 0], ["1/4", "3/4"]]], "R": [[1, 2], [4, -2]],
                     "pi": [["1/2", "1/2"], ["1/4", "3/4"]], "gamma": "1/2"})  # fmt: skip
def policy_induced_mrp(work: Work) -> None:
    """``P_pi`` (n x n) and ``R_pi`` (n) of a policy over m actions and, when gamma is given, its values.

    Source: Sutton and Barto (2018), section 4.1.
    """
    process = model(work)
    table = policy(work, len(process))
    if not table:
        work.given("pi", ("policy, one row per state", "策略，每行一个状态"), is_="stochastic", shape="n m")
    induced(work, table, process)
    if work.optional("gamma", DISCOUNT, is_="probability"):
        solve_values(work, process.states, "P_pi", "R_pi", ends=terminal(work))
