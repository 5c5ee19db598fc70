"""Temporal differences over a list of transitions: TD(0), SARSA, expected SARSA, Q-learning. Traces are in ``td_lambda``, batches in ``td_batch``."""

from __future__ import annotations

from dataclasses import dataclass

from exam_tool.expressions.arrays import Value
from exam_tool.expressions.exact import Undefined
from exam_tool.expressions.functions import register, whole
from exam_tool.language import Text

from .rl import DISCOUNT
from .rl_samples import RATE
from .work import CalculatorError, Pair, Work, calculator

MOST_TRANSITIONS = 60
TABLE: Pair = ("values of the states at the start", "各状态的初始价值")


def put(values: Value, *place: Value) -> Value:
    """``put(V, s, x)`` is the vector with x at position s, ``put(Q, s, a, x)`` the matrix with x in row s, column a."""
    *positions, new = place
    i = whole(positions[0], 1)
    if i > len(values):
        raise Undefined(Text(f"There is no state {i}.", f"没有状态 {i}。"))
    inner = new if len(positions) == 1 else put(values[i - 1], *positions[1:], new)
    return (*values[: i - 1], inner, *values[i:])


register("put", 3, 4, put)


@dataclass(frozen=True)
class Move:
    """One observed transition: state, reward, next state (0 when the episode ends there); actions are 0 where none was recorded."""

    state: int
    reward: Value
    after: int
    action: int = 0
    action_after: int = 0


def read_moves(work: Work, *, actions: bool = False) -> list[Move]:
    """Declares ``transitions``: rows (s, r, s'), with actions (s, a, r, s') or (s, a, r, s', a'); s' = 0 is the end of the episode."""
    label = ("rows of state, action, reward, next state (0 = end)", "每行：状态、动作、奖励、下一状态（0 表示结束）") if actions else (
        "rows of state, reward, next state (0 = end)", "每行：状态、奖励、下一状态（0 表示结束）")  # fmt: skip
    work.given("transitions", label, shape=None)
    rows = work.structure("transitions")
    width = work.shape("transitions")
    if len(width) != 2 or width[1] not in ((4, 5) if actions else (3,)) or width[0] > MOST_TRANSITIONS:
        wanted = ("s, a, r, s' or s, a, r, s', a'", "s, a, r, s' 或 s, a, r, s', a'") if actions else ("s, r, s'", "s, r, s'")
        raise CalculatorError(
            Text(
                f"transitions are at most {MOST_TRANSITIONS} rows {wanted[0]}.",
                f"transitions 最多 {MOST_TRANSITIONS} 行，每行为 {wanted[1]}。",
            )
        )
    return [_move(row, actions) for row in rows]


def _move(row: Value, actions: bool) -> Move:
    if actions:
        return Move(whole(row[0], 1), row[2], whole(row[3]), whole(row[1], 1), whole(row[4]) if len(row) > 4 else 0)
    return Move(whole(row[0], 1), row[1], whole(row[2]))


def start_table(work: Work, moves: list[Move]) -> int:
    """Declares the values to start from, 0 when they are left out; returns how many states there are."""
    if work.optional("V_0", TABLE, shape="n", aliases=["V"]):
        return work.length("V_0")
    n = max(max(move.state, move.after) for move in moves)
    work.given("V_0", TABLE, shape="n", default=f"zeros({n})")
    return n


def plain(number: Value) -> str:
    """A number of the list as it stands in a formula."""
    shown = str(number)
    return f"({shown})" if shown.startswith("-") or "/" in shown else shown


def target(work: Work, name: str, move: Move, after: str, label: Pair, *, silent: bool = False) -> None:
    """The step ``r + gamma*next``, or the reward alone at the end of the episode.

    ``silent`` says that the next value is known to be 0, where a mistake in its factor cannot show.
    """
    if move.after == 0:
        work.step(name, plain(move.reward), label, ("nothing follows the end", "结束之后没有后继价值"))
        return
    work.step(name, f"{plain(move.reward)} + gamma * {after}", label, ("reward plus discounted value of the next state", "奖励加折扣后的后继价值"))
    if not silent:
        work.mistake("no_gamma", f"{plain(move.reward)} + {after}", "the next value is not discounted; multiply it by γ.", "后继价值没有打折扣；应乘 γ。")
        work.mistake("operator", f"{plain(move.reward)} + gamma + {after}", "γ is added; multiply the next value by it.", "把 γ 加上了；应以 γ 乘后继价值。", kind="slip")
        work.mistake("gamma_alone", f"{plain(move.reward)} + gamma", "γ stands alone without the next value; multiply that value by it.", "只写了 γ，漏了后继价值；应以 γ 乘后继价值。", kind="slip")
        work.mistake("no_next", plain(move.reward), "only the reward is taken; add the discounted value of the next state.", "只取了奖励；目标值还应加上折扣后的后继价值。")


@calculator("td_prediction", ("TD(0) over several transitions", "多步转移的 TD(0)"), chapter="rl",
            example={"transitions": [[1, 2, 2], [2, -1, 1], [1, 0, 2], [2, 4, 0]], "alpha": "1/2", "gamma": "1/2", "V_0": [2, 4]})  # fmt: skip
def td_prediction(work: Work) -> None:
    """``V(s) <- V(s) + alpha*(r + gamma*V(s') - V(s))`` for each transition in order; a next state 0 is the end.

    Source: Sutton and Barto (2018), section 6.1.
    """
    moves = read_moves(work)
    work.given("gamma", DISCOUNT, is_="probability")
    work.given("alpha", RATE, is_="> 0, <= 1")
    started = work.offered("V_0") or work.offered("V")
    n = start_table(work, moves)
    touched: set[int] = set()
    for t, move in enumerate(moves, 1):
        old = f"V_{t - 1}"
        known = started or move.after in touched
        target(work, f"target_{t}", move, f"{old}[{move.after}]", (f"target of transition {t}", f"第 {t} 次转移的目标值"), silent=not known)
        work.step(f"delta_{t}", f"target_{t} - {old}[{move.state}]", (f"TD error of transition {t}", f"第 {t} 次转移的 TD 误差"), ("target minus current value", "目标值减当前价值"))
        work.mistake("sign", f"{old}[{move.state}] - target_{t}", "the sign is reversed; the error is the target minus the value.", "符号反了；误差为目标值减当前价值。", kind="slip")
        work.step(f"V_{t}", f"put({old}, {move.state}, {old}[{move.state}] + alpha * delta_{t})", (f"values after transition {t}", f"第 {t} 次转移后的价值"), ("only the state that was left moves, by the share α of the error", "只更新离开的状态，移动误差的 α 倍"))
        work.mistake("replace", f"put({old}, {move.state}, target_{t})", "the value is replaced by the target; only the share α of the error is added.", "直接换成了目标值；只应加上误差的 α 倍。")
        if 0 < move.after <= n and move.after != move.state:
            work.mistake("wrong_state", f"put({old}, {move.after}, {old}[{move.after}] + alpha * delta_{t})", "the state that is reached is updated; update the state that was left.", "更新了到达的状态；应更新离开的状态。")
        touched.add(move.state)


@dataclass(frozen=True)
class Policy:
    """What expected SARSA averages over: the name of a table of probabilities ("" for epsilon-greedy), and the number of actions."""

    table: str
    actions: int


METHODS = ("SARSA", "expected SARSA", "Q-learning")
AVERAGED: dict[str, Pair] = {
    "expected SARSA": ("the action values are averaged evenly; weight them by the policy.", "对动作价值等权平均了；应按策略加权。"),
    "Q-learning": ("the action values are averaged evenly; take the largest.", "对动作价值等权平均了；应取最大值。"),
}


@calculator("td_control", ("SARSA and Q-learning", "SARSA 与 Q 学习"), chapter="rl",
            example={"transitions": [[1, 1, 2, 2, 2], [2, 2, -1, 1, 1], [1, 1, 4, 0, 0]], "alpha": "1/2", "gamma": "1/2", "Q_0": [[2, 0], [1, 4]],
                     "epsilon": "1/2"})  # fmt: skip
def td_control(work: Work) -> None:
    """SARSA, expected SARSA or Q-learning on the rows (s, a, r, s', a') of a run; s' = 0 ends the episode. Only SARSA needs a'.

    Expected SARSA averages over an epsilon-greedy policy (of the table before the update) or a fixed policy ``pi``.
    Source: Sutton and Barto (2018), sections 6.4 to 6.6.
    """
    moves = read_moves(work, actions=True)
    usual = "SARSA" if work.shape("transitions")[1] == 5 else "Q-learning"
    method = work.option("method", ("algorithm", "算法"), dict.fromkeys(METHODS, ("", "")), default=usual, convention=False)
    if method == "SARSA" and any(move.after and not move.action_after for move in moves):
        raise CalculatorError(Text("SARSA needs the next action: rows s, a, r, s', a'.", "SARSA 需要下一动作：每行为 s, a, r, s', a'。"))
    work.given("gamma", DISCOUNT, is_="probability")
    work.given("alpha", RATE, is_="> 0, <= 1")
    started = work.offered("Q_0") or work.offered("Q")
    n = max(max(move.state, move.after) for move in moves)
    m = max(max(move.action, move.action_after) for move in moves)
    work.given("Q_0", ("action values at the start, one row per state", "初始动作价值，每行一个状态"), shape="n m", default=None if started else f"zeros({n}, {m})", aliases=["Q"])
    n, m = work.shape("Q_0")
    if method == "expected SARSA" and work.optional("pi", ("policy, one row per state", "策略，每行一个状态"), is_="stochastic", shape=f"{n} {m}"):
        policy = Policy("pi", m)
    else:
        if method == "expected SARSA":
            work.given("epsilon", ("probability of exploring", "探索概率"), is_="probability")
        else:
            work.optional("epsilon", ("probability of exploring", "探索概率"), is_="probability")
        policy = Policy("", m)
    touched: set[int] = set()
    for t, move in enumerate(moves, 1):
        _control_step(work, t, move, method, policy, silent=not started and move.after not in touched)
        touched.add(move.state)


def _control_step(work: Work, t: int, move: Move, method: str, policy: Policy, *, silent: bool) -> None:
    old = f"Q_{t - 1}"
    row, here = f"{old}[{move.after}]", f"{old}[{move.state}, {move.action}]"
    if move.after:
        _next_value(work, t, move, method, policy, row, silent=silent)
    target(work, f"target_{t}", move, f"next_{t}", (f"target of transition {t}", f"第 {t} 次转移的目标值"), silent=silent)
    work.step(f"delta_{t}", f"target_{t} - {here}", (f"TD error of transition {t}", f"第 {t} 次转移的 TD 误差"), ("target minus current value", "目标值减当前价值"))
    work.mistake("sign", f"{here} - target_{t}", "the sign is reversed; the error is the target minus the value.", "符号反了；误差为目标值减当前价值。", kind="slip")
    work.step(f"Q_{t}", f"put({old}, {move.state}, {move.action}, {here} + alpha * delta_{t})", (f"action values after transition {t}", f"第 {t} 次转移后的动作价值"), ("only the entry of this state and action moves, by the share α of the error", "只更新该状态与动作的一项，移动误差的 α 倍"))
    work.mistake("replace", f"put({old}, {move.state}, {move.action}, target_{t})", "the value is replaced by the target; only the share α of the error is added.", "直接换成了目标值；只应加上误差的 α 倍。")


def _next_value(work: Work, t: int, move: Move, method: str, policy: Policy, row: str, *, silent: bool) -> None:
    """The step ``next_t``: the value of the next state as the method sees it, with what the other methods would take."""
    name, label = f"next_{t}", (f"value of the next state, transition {t}", f"第 {t} 次转移的后继价值")
    taken = f"{row[:-1]}, {move.action_after}]" if move.action_after else ""
    if method == "SARSA":
        work.step(name, taken, label, ("the value of the action that is taken next", "取实际执行的下一动作的价值"))
        if not silent:
            work.mistake("max", f"max({row})", "the best action is used, as in Q-learning; SARSA uses the action that is taken next.", "取了最优动作，那是 Q 学习；SARSA 应取实际的下一动作。")
        return
    if method == "Q-learning":
        work.step(name, f"max({row})", label, ("the best action value, whichever action is taken next", "取最大的动作价值，与实际执行的下一动作无关"))
        if taken and not silent:
            work.mistake("taken", taken, "the action that is taken next is used, as in SARSA; Q-learning uses the best one.", "用了实际的下一动作，那是 SARSA；Q 学习应取最优动作。")
    else:
        m, greedy = policy.actions, f"onehot(argmax({row}), {policy.actions})"
        weights = f"{policy.table}[{move.after}]" if policy.table else f"epsilon / {m} * ones({m}) + (1 - epsilon) * {greedy}"
        because = None if policy.table else ("exploring picks any action, the greedy one included", "探索时在全部动作中等概率选择，贪心动作也在内")
        work.step(f"pi_{t}", weights, (f"probabilities of the next actions, transition {t}", f"第 {t} 次转移的后继动作概率"), because)
        if not policy.table and m > 1:
            work.mistake("epsilon_others", f"epsilon / {m - 1} * (1 - {greedy}) + (1 - epsilon) * {greedy}",
                         "exploring is spread over the other actions only; it picks among all of them, the greedy one included.", "探索只分给了其他动作；探索在全部动作中等概率选择，也包括贪心动作。")  # fmt: skip
        work.step(name, f"sum(pi_{t} * {row})", label, ("the average over the policy", "按策略取平均"))
        if not silent:
            work.mistake("max", f"max({row})", "the best action is used, as in Q-learning; expected SARSA averages over the policy.", "取了最优动作，那是 Q 学习；期望 SARSA 应按策略取平均。")
    if not silent:
        work.mistake("mean", f"mean({row})", *AVERAGED[method])


