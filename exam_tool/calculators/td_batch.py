"""Batch TD and batch Monte Carlo: what both settle at when the same episodes are presented again and again. Single steps are in ``td_learning``."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from exam_tool.language import Text

from .rl import DISCOUNT
from .td_learning import Move, plain, read_moves
from .work import CalculatorError, Pair, Work, calculator

VISITS: dict[str, Pair] = {
    "first visit": ("For Monte Carlo only the first visit in each episode counts.", "蒙特卡洛在每个回合只计首次访问。"),
    "every visit": ("For Monte Carlo every visit counts.", "蒙特卡洛计入每次访问。"),
}


@calculator("batch_td", ("Batch TD and batch Monte Carlo", "批量 TD 与批量蒙特卡洛"), chapter="rl",
            example={"transitions": [[1, 0, 2], [2, 0, 0], [2, 1, 0], [2, 1, 0], [2, 0, 0]], "gamma": 1})  # fmt: skip
def batch_td(work: Work) -> None:
    """What TD(0) and Monte Carlo converge to when the same episodes are presented again and again.

    TD finds the values of the most likely model: ``V = (I - gamma*P_hat)^-1 R_hat``; Monte Carlo the mean of the observed returns.
    Source: Sutton and Barto (2018), section 6.3, example 6.4.
    """
    moves = read_moves(work)
    work.given("gamma", DISCOUNT, is_="probability")
    n = max(max(move.state, move.after) for move in moves)
    counts = [sum(move.state == s for move in moves) for s in range(1, n + 1)]
    if not all(counts):
        raise CalculatorError(Text("Every state must be left at least once.", "每个状态至少要有一次转移。"))
    table = [[sum(move.state == s and move.after == s2 for move in moves) for s2 in range(1, n + 1)] for s in range(1, n + 1)]
    gains = [" + ".join(plain(move.reward) for move in moves if move.state == s) for s in range(1, n + 1)]
    work.step("n_s", _row(counts), ("how often each state was left", "各状态出发的次数"), ("count the transitions by their first state", "按起始状态数出转移次数"))
    work.step("N", "[" + ", ".join(_row(line) for line in table) + "]", ("counts of the moves between states, without the end", "状态之间的转移次数，不含终止"), ("row: state left, column: state reached", "行为出发状态，列为到达状态"))
    work.step("P_hat", "diag(1 / n_s) @ N", ("estimated transition probabilities", "估计的转移概率"), ("each count divided by how often its state was left", "各计数除以该状态的出发次数"))
    if any(moving and moving < left for moving, left in zip(map(sum, table), counts, strict=True)):
        work.mistake("ends_left_out", "diag(1 / max(sum(N, 2), 1)) @ N", "transitions that end the episode are left out of the divisor; they are moves from their state too.", "除数里漏了到达终止的转移；它们也是从该状态出发的。")
    work.mistake("all_counts", f"N / {len(moves)}", "the counts are divided by the number of all transitions; divide each row by the number of moves from its own state.", "除以了全部转移的次数；每行应除以该状态的出发次数。")
    work.step("R_hat", "[" + ", ".join(gains) + "] / n_s", ("estimated expected rewards", "估计的期望奖励"), ("the mean reward on leaving each state", "离开各状态时奖励的平均"))
    work.mistake("sum", f"[{', '.join(gains)}]", "the rewards are added but not divided by their number; take their mean.", "奖励只求了和，没有除以次数；应取平均。")
    work.step("V_TD", f"inv(identity({n}) - gamma * P_hat) @ R_hat", ("values batch TD converges to", "批量 TD 收敛到的价值"), ("the exact values of the estimated process", "所估计的过程的精确价值"))
    work.mistake("p_transposed", f"inv(identity({n}) - gamma * P_hat.T) @ R_hat", "the estimated matrix is transposed; row s holds the moves from s.", "把估计的矩阵转置了；第 s 行才是从 s 出发的转移。")
    work.mistake("no_gamma", f"inv(identity({n}) - P_hat) @ R_hat", "the discount factor is left out; subtract γP, not P.", "漏了折扣因子；应减去 γP，而不是 P。")
    if any(table[a][b] and any(table[b]) for a in range(n) for b in range(n)):  # else one backup from the rewards is exact
        work.mistake("one_step", "R_hat + gamma * P_hat @ R_hat", "only one backup is made; the values solve V = R + γPV.", "只做了一次回溯；价值应满足 V = R + γPV。")
    work.mistake("rewards_only", "R_hat", "the mean rewards are taken; the values of the states that follow belong to it, discounted.", "只取了平均奖励；还应加上折扣后的后继价值。")
    if is_complete(moves):
        _batch_monte_carlo(work, moves, n)


def is_complete(moves: list[Move]) -> bool:
    """Whether the transitions are whole episodes, one after the other."""
    return moves[-1].after == 0 and all(a.after in (0, b.state) for a, b in pairwise(moves))


def _batch_monte_carlo(work: Work, moves: list[Move], n: int) -> None:
    """Returns backwards from each end, and their mean over the visits of each state that count."""
    first = work.option("visit", ("visits that count", "计入的访问"), VISITS, default="every visit") == "first visit"
    work.mistake("monte_carlo", _means(_nested(moves), _counted(moves, n, first=first)), "the mean of the observed returns is taken, as in Monte Carlo; batch TD solves the estimated process.", "取了实际回报的平均，那是蒙特卡洛；批量 TD 求解的是所估计的过程。")
    for t in range(len(moves), 0, -1):
        move = moves[t - 1]
        label = (f"return from transition {t}", f"第 {t} 次转移起的回报")
        if move.after == 0:
            work.step(f"G_{t}", plain(move.reward), label, ("nothing follows the end", "结束之后没有后继"))
            continue
        work.step(f"G_{t}", f"{plain(move.reward)} + gamma * G_{t + 1}", label, ("reward plus discounted later return", "奖励加上折扣后的后续回报"))
        work.mistake("no_gamma", f"{plain(move.reward)} + G_{t + 1}", "the later return is not discounted; multiply it by γ.", "后续回报没有打折扣；应乘 γ。")
        work.mistake("immediate", plain(move.reward), "only the next reward is taken; the return goes on to the end of the episode.", "只取了下一个奖励；回报应算到回合结束。")
    visits = _counted(moves, n, first=first)
    returns = {t: f"G_{t}" for t in range(1, len(moves) + 1)}
    work.step("V_MC", _means(returns, visits), ("values batch Monte Carlo converges to", "批量蒙特卡洛收敛到的价值"), ("the mean of the returns from each state", "从各状态起的回报的平均"))
    work.mistake("as_td", "V_TD", "the values of batch TD are given; Monte Carlo takes the mean of the returns that were observed.", "写成了批量 TD 的价值；蒙特卡洛取实际回报的平均。")
    work.mistake("sum", _means(returns, visits, "1"), "the returns are added but not divided by their number; take their average.", "只求了和，没有除以次数；应取平均。")
    episodes = sum(move.after == 0 for move in moves)
    if any(len(times) != episodes for times in visits):
        work.mistake("per_episode", _means(returns, visits, str(episodes)), "the sums are divided by the number of episodes; divide each by the number of visits to its own state.", "除以了回合数；应除以该状态的访问次数。")


def _counted(moves: list[Move], n: int, *, first: bool) -> list[list[int]]:
    """For each state the numbers of the transitions that leave it, only the first of each episode where that is asked."""
    visits: list[list[int]] = [[] for _ in range(n)]
    seen: set[int] = set()
    for t, move in enumerate(moves, 1):
        if not (first and move.state in seen):
            visits[move.state - 1].append(t)
        seen = seen | {move.state} if move.after else set()
    return visits


def _nested(moves: list[Move]) -> dict[int, str]:
    """The return from each transition written out: ``2 + gamma * (4)``."""
    returns: dict[int, str] = {}
    for t in range(len(moves), 0, -1):
        move = moves[t - 1]
        returns[t] = plain(move.reward) + (f" + gamma * ({returns[t + 1]})" if move.after else "")
    return returns


def _means(returns: Mapping[int, str], visits: list[list[int]], divisor: str = "") -> str:
    """The mean of the returns from each state, or their sum over another divisor."""
    return "[" + ", ".join(f"({' + '.join(returns[t] for t in times)}) / {divisor or len(times)}" for times in visits) + "]"


def _row(items: list[int]) -> str:
    return "[" + ", ".join(map(str, items)) + "]"
