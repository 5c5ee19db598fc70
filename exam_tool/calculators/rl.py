"""Rewards over time and Markov chains: returns, state distributions, expected rewards. Bellman equations are in ``rl_bellman``."""

from __future__ import annotations

from itertools import pairwise

from flint import fmpq

from exam_tool.expressions.arrays import Value
from exam_tool.expressions.functions import register, whole
from exam_tool.language import Text

from .work import CalculatorError, Pair, Work, calculator

WRITTEN_OUT = 8
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
BY_HAND = 100  # rewards up to which every return is a step of its own


def exponents(count: Value) -> Value:
    """``[0, 1, ..., n - 1]``."""
    return tuple(fmpq(k) for k in range(whole(count, 1)))


register("exponents", 1, 1, exponents)

DISCOUNT: Pair = ("discount factor", "折扣因子")
TRANSITIONS: Pair = ("transition matrix, row = from", "转移矩阵，行表示出发状态")


@calculator("discounted_return", ("Discounted return", "折扣回报"), chapter="rl", example={"rewards": [1, 0, 2], "gamma": "1/2"})
def discounted_return(work: Work) -> None:
    """Return ``G = R_1 + gamma*R_2 + gamma^2*R_3 + ...`` of an episode of any length or of an endless stream.

    An endless stream is one reward ``r`` repeated (``horizon=constant``) or a ``cycle`` of rewards (``horizon=periodic``),
    after the ``rewards`` of an optional lead-in. Source: Sutton and Barto (2018), section 3.3.
    """
    horizon = work.option(
        "horizon", ("length of the stream", "奖励序列的长度"),
        {
            "finite": ("", ""),  # the question tells the story of its rewards; a sentence would say it twice
            "constant": ("", ""),
            "periodic": ("", ""),
        }, default="finite", convention=False,
    )  # fmt: skip
    first = work.option(
        "first_exponent", ("power of gamma on the first reward", "首个奖励的折扣次数"),
        {
            "0": ("The first reward is not discounted.", "首个奖励不打折扣。"),
            "1": ("The first reward is discounted once.", "首个奖励就乘一次 γ。"),
        }, default="0",
    )  # fmt: skip
    work.option(
        "index", ("numbering of the rewards", "奖励的编号"),
        {
            "next": ("The reward that follows step 0 is written `R_1`.", "第 0 步之后的奖励记作 `R_1`。"),
            "same": ("The reward that follows step 0 is written `R_0`.", "第 0 步之后的奖励记作 `R_0`。"),
        }, default="next",
    )  # fmt: skip
    if horizon == "finite":
        work.given("rewards", ("rewards in order", "按顺序的奖励"), shape="n")
        work.given("gamma", DISCOUNT, is_="probability")
        _weighted_sum(work, "rewards", work.length("rewards"), "terms", "G", first=int(first))
        if work.length("rewards") <= BY_HAND:
            _backward(work, work.length("rewards"), first=int(first))
        return
    lead = work.length("rewards") if work.optional("rewards", ("rewards before that", "此前的奖励"), shape="n") else 0
    if horizon == "constant":
        work.given("r", ("reward of every step", "每一步的奖励"))
    else:
        work.given("cycle", ("rewards of one period", "一个周期内的奖励"), shape="k")
    work.given("gamma", DISCOUNT, is_=">= 0, < 1")
    stream = "G_tail" if lead or first == "1" else "G"
    _endless(work, "r" if horizon == "constant" else "cycle", stream)
    if lead:
        _weighted_sum(work, "rewards", lead, "terms", "G_lead", first=int(first))
        work.step("tail_now", f"gamma^{lead + int(first)} * G_tail", ("endless part, seen from now", "无限部分折算到现在"),
                  ("it begins only after the first part, so it is discounted", "它在前段之后才开始，所以要折扣"))  # fmt: skip
        work.mistake("tail_undiscounted", "G_tail", "the endless part is not discounted; it begins only after the first rewards, so discount it.",
                     "无限部分没有折算到现在；它在前段奖励之后才开始，应再打折扣。")  # fmt: skip
        work.step("G", "G_lead + tail_now", ("return", "回报"))
    elif first == "1":
        work.step("G", "gamma * G_tail", ("return", "回报"))


def _weighted_sum(work: Work, rewards: str, n: int, terms: str, total: str, *, first: int) -> None:
    """Discounts, discounted terms and their sum, with every known way to get the discounts wrong."""
    powers = discounts(n)
    shift = "gamma * " if first else ""
    work.step("discounts", shift + powers, ("discounts", "折扣系数"), ("the farther the reward, the higher the power of γ", "奖励越远，γ 的次数越高"))
    work.mistake("undiscounted", f"ones({n})", "the rewards are added without discounting; multiply each by its power of γ.",
                 "直接把奖励相加，没有折扣；每个奖励要乘相应的 γ 次方。")  # fmt: skip
    if n > 1:
        work.mistake("linear", f"gamma * exponents({n})",
                     "γ is multiplied by k; the discount is γ raised to the power k.", "把 γ 乘了 k；折扣是 γ 的 k 次方。")  # fmt: skip
        work.mistake("reversed", f"reverse({shift}{powers})", "the powers run backwards; the farther the reward, the higher the power of γ.",
                     "折扣顺序反了；奖励越远，γ 的次数越高。")  # fmt: skip
        work.mistake("power_off", f"{shift}concat(1, gamma^2 * {discounts(n - 1)})",
                     "the powers jump ahead by one after the first reward; they grow by one at each step: 0, 1, 2, ...",
                     "首个奖励之后 γ 的次数多跳了一次；应逐步加一：0、1、2……", kind="slip")  # fmt: skip
    if n > 2:
        work.mistake("same_gamma", f"{shift}concat(1, gamma * ones({n - 1}))",
                     "every later reward is multiplied by γ only once; the power grows with each step.", "后面的奖励都只乘了一个 γ；每晚一步，次数加一。")  # fmt: skip
    work.step(terms, f"{rewards} * discounts", ("discounted rewards", "各项折扣奖励"), ("each reward times its discount", "每个奖励乘以自己的折扣系数"))
    work.step(total, f"sum({terms})", ("return", "回报") if total == "G" else ("return of the first part", "前段的回报"), ("the sum of the discounted rewards", "各项折扣奖励之和"))


def discounts(n: int) -> str:
    """The formula of the first n powers of gamma: written out while they fit on a line."""
    written = [("1", "gamma")[k] if k < 2 else f"gamma^{k}" for k in range(min(n, WRITTEN_OUT))]
    return _vector(*written) if n <= WRITTEN_OUT else f"powers(gamma, {n})"


def _backward(work: Work, n: int, *, first: int) -> None:
    """All returns from the last to the first, by ``G_t = R_{t+1} + gamma*G_{t+1}``."""
    for t in range(n - 1, -1, -1):
        reward = f"rewards[{t + 1}]"
        why = ("reward plus γ times the return that follows", "奖励加上 γ 乘以其后的回报") if not first else ("reward and following return, both times γ", "奖励与其后的回报都乘以 γ")
        label = (f"return from step {t}", f"从第 {t} 步起的回报")
        if t == n - 1:
            work.step(f"G_{t}", f"gamma * {reward}" if first else reward, label, ("nothing follows the last reward", "最后一个奖励之后不再有回报"))
            continue
        later = f"G_{t + 1}"
        work.step(f"G_{t}", f"gamma * ({reward} + {later})" if first else f"{reward} + gamma * {later}", label, why)
        work.mistake("no_gamma", f"{reward} + {later}", "the later return is not discounted; multiply it by γ.", "后续回报没有打折扣；应乘 γ。")
        work.mistake("reward_dropped", f"gamma * {later}", "the reward of this step is left out; add it.", "漏掉了这一步的奖励；应加上它。")
    work.step("returns", _vector(*(f"G_{t}" for t in range(n))), ("all returns, first to last", "全部回报，从先到后"))


def _endless(work: Work, what: str, name: str) -> None:
    """The geometric sum of a constant or periodic stream, called ``name``."""
    if what == "r":
        work.step("one_minus_gamma", "1 - gamma", ("1 minus the discount", "1 减折扣因子"))
        work.step(name, "r / (1 - gamma)", ("return of the endless stream", "无限奖励流的回报"),
                  ("a geometric series, since the powers of γ add up to 1/(1 − γ)", "这是等比级数，γ 的各次幂之和为 1/(1 − γ)"))  # fmt: skip
        work.mistake("one_minus_forgotten", "r / gamma", "the reward is divided by γ; the geometric series gives r/(1 − γ).", "除以了 γ；按等比级数应为 r/(1 − γ)。")
        work.mistake("times", "r * (1 - gamma)", "the reward is multiplied by 1 − γ; divide by it.", "乘了 1 − γ；应除以它。", kind="slip")
        work.mistake("first_missing", "gamma * r / (1 - gamma)", "the first reward is left out; the series starts with γ⁰ = 1.",
                     "漏掉了首个奖励；级数从 γ⁰ = 1 开始。")  # fmt: skip
        return
    k = work.length(what)
    raised = str(k).translate(RAISED) if k > 1 else ""
    work.step("discounts_cycle", discounts(k), ("discounts within a period", "一个周期内的折扣系数"), ("one more factor γ for each step", "每晚一步多乘一个 γ"))
    work.step("G_cycle", f"sum({what} * discounts_cycle)", ("return of one period", "一个周期的回报"), ("each reward times its discount, all added", "每个奖励乘以自己的折扣系数，再求和"))
    work.mistake("undiscounted", f"sum({what})", "the rewards within the period are not discounted; multiply each by its power of γ.", "周期内的奖励没有打折扣；每个奖励要乘相应的 γ 次方。")
    power = f"gamma^{k}" if k > 1 else "gamma"
    work.step("one_minus_gamma_k", f"1 - {power}", ("1 minus the discount of a whole period", "1 减一个周期的折扣"), (f"a whole period later, everything counts γ{raised} times", f"晚一个周期，一切都要乘 γ{raised}"))
    if k > 1:
        work.mistake("per_step", "1 - gamma", "γ is used for the whole period; after k steps the discount is γᵏ.", "整个周期只用了一个 γ；k 步之后的折扣是 γᵏ。")
    work.step(name, f"G_cycle / (1 - {power})", ("return of the endless stream", "无限奖励流的回报"),
              (f"a geometric series, in which each period is worth γ{raised} times the one before it", f"这是等比级数，每个周期的价值是前一个周期的 γ{raised} 倍"))  # fmt: skip
    if k > 1:
        work.mistake("per_step", "G_cycle / (1 - gamma)", "γ is used for the whole period; after a period of k steps the discount is γᵏ.", "整个周期只用了一个 γ；一个周期有 k 步，折扣是 γᵏ。")
    work.mistake("times", f"G_cycle * (1 - {power})", "the return of a period is multiplied by 1 minus the discount of a period; divide by it.", "以 1 减周期折扣乘了一个周期的回报；应除以它。", kind="slip")


def _vector(*items: str) -> str:
    return "[" + ", ".join(items) + "]"


@calculator("markov_chain_distribution", ("Distribution of a Markov chain", "马尔可夫链的状态分布"), chapter="rl",
            example={"P": [["0.9", "0.1"], ["0.5", "0.5"]], "mu_0": [1, 0], "t": 2, "path": [1, 2, 2]})  # fmt: skip
def markov_chain_distribution(work: Work) -> None:
    """Distributions ``mu_1 ... mu_t`` after each step of a chain, and the probability of a path of states (numbered from 1).

    Source: Norris, Markov Chains (1997), theorem 1.1.3.
    """
    kind = work.option(
        "stochastic", ("meaning of the matrix", "矩阵的含义"),
        {
            "row": ("Row i of P holds the probabilities of going from state i; distributions are row vectors.",
                    "P 的第 i 行是从状态 i 出发的转移概率；分布为行向量。"),
            "column": ("Column j of P holds the probabilities of going from state j; distributions are column vectors.",
                       "P 的第 j 列是从状态 j 出发的转移概率；分布为列向量。"),
        }, default="row",
    )  # fmt: skip
    by_row = kind == "row"
    work.given("P", ("transition matrix", "转移矩阵"), is_="stochastic" if by_row else "probability", shape="n n")
    work.given("mu_0", ("distribution at the start", "初始分布"), is_="distribution", shape="n", aliases=["mu"])
    work.given("t", ("number of steps", "步数"), is_="integer, >= 1, <= 60", default="1")
    work.step("sums", f"sum(P, {2 if by_row else 1})", ("row sums", "各行之和") if by_row else ("column sums", "各列之和"), is_=">= 1, <= 1")
    for k in range(1, work.count("t") + 1):
        before = f"mu_{k - 1}"
        right, turned = f"{before} @ P", f"P @ {before}"
        work.step(f"mu_{k}", right if by_row else turned, (f"distribution after step {k}", f"第 {k} 步后的分布"),
                  ("each entry adds up all the ways into its state", "每个分量把进入该状态的所有途径相加"), is_="distribution")  # fmt: skip
        work.mistake("transposed", turned if by_row else right,
                     "P is applied from the wrong side; probability flows from the state before to the state after.",
                     "P 乘反了方向；概率应从前一状态流向后一状态。")  # fmt: skip
        work.mistake("elementwise", f"{before} * diag(P)", "only staying in the same state is counted; add up all ways into each state.",
                     "只算了留在原状态的概率；应把进入每个状态的所有途径相加。")  # fmt: skip
    if work.optional("path", ("states of a path", "一条路径上的状态"), is_="integer, >= 1", shape="k"):
        visited = [whole(state, 1) for state in work.structure("path")]
        if max(visited) > work.length("P"):
            raise CalculatorError(Text(f"There is no state {max(visited)}.", f"没有状态 {max(visited)}。"))
        factors = [f"P[{a}, {b}]" if by_row else f"P[{b}, {a}]" for a, b in pairwise(visited)]
        begun = f"mu_0[{visited[0]}]"
        product = " * ".join([begun, *factors])
        work.step("path_probability", product, ("probability of the path", "路径的概率"),
                  ("probability of the first state times one factor per move", "初始概率乘以每一步的转移概率"), is_="probability")  # fmt: skip
        if factors:
            work.mistake("no_start", " * ".join(factors), "the probability of the first state is left out; it is a factor too.", "漏掉了初始状态的概率；它也是一个因子。")
            work.mistake("added", " + ".join([begun, *factors]), "the probabilities along the path are added; multiply them.",
                         "把路径上的概率相加；应相乘。")  # fmt: skip


@calculator("expected_reward_vector", ("Expected reward of each state", "各状态的期望奖励"), chapter="rl",
            example={"P": [["1/4", "3/4"], ["1/2", "1/2"]], "R": [[4, 8], [2, -2]]})  # fmt: skip
def expected_reward_vector(work: Work) -> None:
    """Expected immediate reward of each of n states, ``R_s = sum_s' P[s, s'] * R(s, s')``.

    Source: Sutton and Barto (2018), equation 3.5.
    """
    work.given("P", TRANSITIONS, is_="stochastic", shape="n n")
    mean_reward(work, "P")


def mean_reward(work: Work, transitions: str) -> str:
    """Declares rewards ``R`` and the convention they follow, writes the step ``R_s`` where one is needed, returns its name."""
    work.given("R", ("rewards", "奖励"), shape=None)
    reward = work.option(
        "reward", ("when a reward is received", "奖励何时得到"),
        {
            "transition": ("Row s, column s′ of R is the reward for going from s to s′.", "R 的第 s 行第 s′ 列是从 s 转移到 s′ 的奖励。"),
            "leaving": ("R(s) is received on leaving state s.", "离开状态 s 时得到奖励 R(s)。"),
            "arrival": ("R(s) is received on arriving in state s.", "到达状态 s 时得到奖励 R(s)。"),
        }, default="transition" if len(work.shape("R")) == 2 else "leaving",
    )  # fmt: skip
    work.fits("R", "n n" if reward == "transition" else "n")
    if reward == "leaving":
        return "R"
    if reward == "arrival":
        work.step("R_s", f"{transitions} @ R", ("expected reward of each state", "各状态的期望奖励"),
                  ("the reward belongs to the state that is reached", "奖励属于到达的状态"))  # fmt: skip
        work.mistake("column", f"{transitions}.T @ R", "P is read by columns; row s holds the moves from s.", "按列读了 P；第 s 行才是从 s 出发的转移。")
        return "R_s"
    work.step("products", f"{transitions} * R", ("probability times reward, entry by entry", "逐元素的概率乘奖励"), ("each reward is weighted by the probability of its move", "每个奖励以其转移的概率加权"))
    work.step("R_s", "sum(products, 2)", ("expected reward of each state", "各状态的期望奖励"), ("add along each row", "按行相加"))
    work.mistake("row_sum", "sum(R, 2)", "the rewards are added without their probabilities; weight each by P.", "奖励直接相加，没有乘概率；应以 P 加权。")
    work.mistake("column", "sum(products, 1)", "the sums run down the columns; row s holds the moves from s, so add along the rows.", "按列求了和；第 s 行才是从 s 出发的转移，应按行求和。")
    work.mistake("mean", "mean(R, 2)", "all next states are taken as equally likely; weight each reward by its probability.",
                 "把各后继状态当作等可能；应按各自的概率加权。")  # fmt: skip
    return "R_s"

