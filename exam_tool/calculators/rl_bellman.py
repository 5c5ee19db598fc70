"""Bellman equations of Markov reward processes: solved exactly, or approached by sweeps. Policies are in ``rl_policies``."""

from __future__ import annotations

from flint import fmpq

from exam_tool.expressions.arrays import Value, as_matrix, as_vector, shape_of
from exam_tool.expressions.exact import ONE, ZERO, Undefined, compare
from exam_tool.expressions.functions import register, total, whole
from exam_tool.language import Text

from .rl import DISCOUNT, TRANSITIONS, mean_reward
from .work import Pair, Work, calculator


def transient(transitions: Value) -> Value:
    """The states (from 1) a chain can leave; a row of zeros or with 1 on the diagonal ends it.

    Raises:
        Undefined: when some row adds up to neither 0 nor 1, or when no state can be left.
    """
    rows = as_matrix(transitions)
    for i, row in enumerate(rows, 1):
        if all(compare(total(row), end) != 0 for end in (ZERO, ONE)):
            raise Undefined(Text(f"Row {i} of the transition matrix does not add up to 1.", f"转移矩阵第 {i} 行之和不为 1。"))
    states = [i for i, row in enumerate(rows) if compare(total(row), ZERO) != 0 and compare(row[i], ONE) != 0]
    if not states:
        raise Undefined(Text("No state can be left.", "没有可以离开的状态。"))
    return tuple(fmpq(i + 1) for i in states)


def part(value: Value, positions: Value) -> Value:
    """The entries of a vector at these positions, or those rows and columns of a matrix."""
    chosen = [whole(position, 1) - 1 for position in as_vector(positions)]
    if any(i >= len(value) for i in chosen):
        raise Undefined(Text("There is no such position.", "没有这样的位置。"))
    if len(shape_of(value)) == 1:
        return tuple(value[i] for i in chosen)
    return tuple(tuple(value[i][j] for j in chosen) for i in chosen)


def spread(values: Value, positions: Value, length: Value) -> Value:
    """A vector of this length with the values at these positions and 0 elsewhere."""
    found: list[Value] = [ZERO] * whole(length, 1)
    for position, value in zip(as_vector(positions), as_vector(values), strict=True):
        place = whole(position, 1) - 1
        if place >= len(found):
            raise Undefined(Text("There is no such position.", "没有这样的位置。"))
        found[place] = value
    return tuple(found)


register("transient", 1, 1, transient)
register("part", 2, 2, part)
register("spread", 3, 3, spread)

START: Pair = ("values at the start", "初始价值")
LEFT: Pair = ("a state is the end if it cannot be left", "无法离开的状态即为终止")
SHOWN = {"R_pi": "R_π", "P_pi": "P_π"}  # symbols in sentences, where they are not those of the names

TERMINAL: dict[str, Pair] = {
    "none": ("", ""),  # nothing to say: every state has its equation
    "absorbing": (
        "A state that cannot be left is the end: its value is 0, and only the other states have an equation.",
        "无法离开的状态即为终止：其价值为 0，只对其余状态列方程。",
    ),
}


def terminal(work: Work) -> bool:
    """Whether absorbing states have the value 0: by choice, and by necessity when nothing is discounted."""
    undiscounted = "terminal" not in work.chosen and work.structure("gamma") == ONE
    choice = work.option("terminal", ("absorbing states", "吸收状态"), TERMINAL, default="absorbing" if undiscounted else "none")
    return choice == "absorbing"


def solve_values(work: Work, n: int, transitions: str, rewards: str, *, ends: bool) -> None:
    """The steps of ``V = (I - gamma*P)^-1 R`` over all states, or over those that are not the end."""
    p, r, size = transitions, rewards, n
    expected, moved = SHOWN.get(rewards, rewards), SHOWN.get(transitions, transitions)
    equation = f"V = {expected} + γ{moved}V"
    if ends:
        work.step("S_tr", f"transient({transitions})", ("states that are not the end", "非终止状态"), LEFT)
        work.step("P_tr", f"part({transitions}, S_tr)", ("transitions among them", "它们之间的转移概率"), ("the rows and columns of these states", "取这些状态的行与列"))
        work.step("R_tr", f"part({rewards}, S_tr)", ("their expected rewards", "它们的期望奖励"), ("the entries of these states", "取这些状态的分量"))
        p, r = "P_tr", "R_tr"
    unit = "identity(len(P_tr))" if ends else f"identity({size})"
    work.step("M", f"{unit} - gamma * {p}", ("matrix of the linear equations", "线性方程组的矩阵"),
              (f"{equation}, with all values on one side", f"由 {equation} 移项得到"))  # fmt: skip
    _matrix_mistakes(work, unit, p, ones="ones(len(P_tr), len(P_tr))" if ends else f"ones({size}, {size})")
    by_hand = n == 2 and not ends
    work.step("det_M", "det(M)", ("determinant", "行列式"), ("product of the diagonal minus product of the other two", "对角元之积减另两元之积") if by_hand else None)
    values, right = ("V_tr", "R_tr") if ends else ("V", expected)
    solved = (f"M{values} = {right} is solved for {values}", f"由 M{values} = {right} 解出 {values}")
    if by_hand:
        work.step("M_inv", "inv(M)", ("inverse of that matrix", "该矩阵的逆矩阵"),
                  ("exchange the diagonal entries, change the sign of the other two, divide by the determinant", "交换对角元，另两元变号，再除以行列式"))  # fmt: skip
        work.step(values, f"M_inv @ {r}", ("state values", "状态价值"), solved)
    else:
        work.step(values, f"inv(M) @ {r}", ("values of these states", "这些状态的价值") if ends else ("state values", "状态价值"), solved)
    work.mistake("one_step", f"{r} + gamma * {p} @ {r}", f"only one backup is made, {expected} + γ{moved}{expected}; the values solve {equation}.",
                 f"只回溯了一步，得到 {expected} + γ{moved}{expected}；价值应解 {equation}。")  # fmt: skip
    work.mistake("gamma_r", f"inv(M) @ (gamma * {r})", f"the reward is discounted too; in {equation} the reward {expected} has no factor γ.",
                 f"连即时奖励也打了折扣；{equation} 中 {expected} 不乘 γ。")  # fmt: skip
    if ends:
        work.step("V", f"spread(V_tr, S_tr, {n})", ("state values, 0 at the end", "状态价值，终止状态为 0"), ("the end gets its 0 back", "补上终止状态的 0"))
        work.step("V_check", "R_tr + gamma * P_tr @ part(V, S_tr)", ("check: right-hand side of the equations", "检验：方程右端"))
    else:
        work.step("V_check", f"{r} + gamma * {p} @ V", ("check: right-hand side of the equations", "检验：方程右端"))


def _matrix_mistakes(work: Work, unit: str, p: str, *, ones: str) -> None:
    work.mistake("p_transposed", f"{unit} - gamma * {p}.T", "P is transposed; row s holds the moves from s, and each row adds up to 1.",
                 "把 P 转置了；第 s 行才是从 s 出发的转移，各行之和为 1。")  # fmt: skip
    work.mistake("plus", f"{unit} + gamma * {p}", "γP is added to the identity; it changes sign on the way to the other side, so subtract it.",
                 "把 γP 加到了单位阵上；移项要变号，应减去 γP。", kind="slip")  # fmt: skip
    work.mistake("no_gamma", f"{unit} - {p}", "the discount factor is left out; subtract γP, not P.", "漏了折扣因子；应减去 γP，而不是 P。")
    work.mistake("ones_minus", f"{ones} - gamma * {p}", "γP is subtracted from a matrix of ones; subtract it from the identity.",
                 "从全 1 矩阵中减去了 γP；应从单位阵中减去。")  # fmt: skip


@calculator("bellman_mrp_solve", ("Bellman equation, solved", "贝尔曼方程求解"), chapter="rl",
            example={"P": [["1/2", "1/2"], ["1/4", "3/4"]], "R": [1, 2], "gamma": "1/2"})  # fmt: skip
def bellman_mrp_solve(work: Work) -> None:
    """Exact values ``V = (I - gamma*P)^-1 R`` of a Markov reward process of n states.

    With ``terminal=absorbing`` (and always for gamma = 1, where I - P is singular) the equations are solved on the states
    that can be left, and the others have the value 0. Source: Sutton and Barto (2018), equation 3.14.
    """
    work.given("gamma", DISCOUNT, is_="probability")
    ends = terminal(work)
    work.given("P", TRANSITIONS, is_="probability" if ends else "stochastic", shape="n n")
    rewards = mean_reward(work, "P")
    solve_values(work, work.length("P"), "P", rewards, ends=ends)


@calculator("iterative_policy_evaluation", ("Iterative policy evaluation", "迭代策略评估"), chapter="rl",
            example={"P": [["1/2", "1/2"], ["1/4", "3/4"]], "R": [1, 2], "gamma": "1/2", "sweeps": 2})  # fmt: skip
def iterative_policy_evaluation(work: Work) -> None:
    """Sweeps ``V_{k+1} = R + gamma*P*V_k`` and their distance to the exact values (largest entry).

    Source: Sutton and Barto (2018), section 4.1.
    """
    work.given("gamma", DISCOUNT, is_="probability")
    ends = terminal(work)
    work.given("P", TRANSITIONS, is_="probability" if ends else "stochastic", shape="n n")
    rewards = mean_reward(work, "P")
    n = work.length("P")
    started = work.optional("V_0", START, shape="n")
    if not started:
        work.given("V_0", START, shape="n", default=f"zeros({n})")
    work.given("sweeps", ("number of sweeps", "迭代轮数"), is_="integer, >= 1, <= 60", default="3")
    update = work.option(
        "update", ("order of the updates", "更新方式"),
        {
            "synchronous": ("Each sweep uses only the values of the sweep before.", "每轮更新只使用上一轮的价值。"),
            "in place": ("Within a sweep new values are used at once, states in order.", "同一轮内按状态顺序更新，新值立即使用。"),
        }, default="synchronous",
    )  # fmt: skip
    if ends:
        work.step("S_tr", "transient(P)", ("states that are not the end", "非终止状态"), LEFT)
        work.step("alive", f"spread(ones(len(S_tr)), S_tr, {n})", ("1 where values are updated, 0 at the end", "需要更新的状态为 1，终止状态为 0"), ("the end keeps the value 0", "终止状态的价值保持为 0"))
    sweep = _in_place if update == "in place" else _synchronous
    for k in range(1, work.count("sweeps") + 1):
        sweep(work, k, n, rewards, ends=ends, from_zero=k == 1 and not started)
    _distance(work, n, rewards, ends=ends)


def _synchronous(work: Work, k: int, n: int, rewards: str, *, ends: bool, from_zero: bool) -> None:
    old, alive = f"V_{k - 1}", "alive * " if ends else ""
    backed = f"{rewards} + gamma * P @ {old}"
    label = (f"values after sweep {k}", f"第 {k} 轮后的价值")
    work.step(f"V_{k}", f"{alive}({backed})" if ends else backed, label, ("reward plus discounted value of the next state", "即时奖励加折扣后的后继价值"))
    work.mistake("no_reward", f"{alive}(gamma * P @ {old})", "the reward is left out of the sweep; add it to the discounted values.", "这一轮漏掉了奖励；应加上即时奖励。")
    if from_zero:  # γP·0 is 0 whatever is done to it, so no other mistake shows
        return
    work.mistake("p_transposed", f"{alive}({rewards} + gamma * P.T @ {old})", "P is transposed; row s holds the moves from s.",
                 "把 P 转置了；第 s 行才是从 s 出发的转移。")  # fmt: skip
    work.mistake("no_gamma", f"{alive}({rewards} + P @ {old})", "the next value is not discounted; multiply it by γ.", "后继价值没有打折扣；应乘 γ。")
    if ends:
        work.mistake("end_updated", backed, "the terminal state is updated too; its value stays 0.", "终止状态也更新了；它的价值始终为 0。")


def _in_place(work: Work, k: int, n: int, rewards: str, *, ends: bool, from_zero: bool) -> None:
    for s in range(1, n + 1):
        seen = "[" + ", ".join(f"V_{k}_{i}" if i < s else f"V_{k - 1}[{i}]" for i in range(1, n + 1)) + "]"
        alive = f"alive[{s}] * " if ends else ""
        backed = f"{rewards}[{s}] + gamma * P[{s}] @ {seen}"
        work.step(f"V_{k}_{s}", f"{alive}({backed})" if ends else backed, (f"state {s} in sweep {k}", f"第 {k} 轮中状态 {s} 的价值"))
        work.mistake("no_reward", f"{alive}(gamma * P[{s}] @ {seen})", "the reward is left out of the update; add it to the discounted values.", "更新时漏掉了奖励；应加上即时奖励。")
    work.step(f"V_{k}", "[" + ", ".join(f"V_{k}_{s}" for s in range(1, n + 1)) + "]", (f"values after sweep {k}", f"第 {k} 轮后的价值"))


def _distance(work: Work, n: int, rewards: str, *, ends: bool) -> None:
    """How far the last sweep is from the exact values; with gamma = 1 there is no bound, and values need not exist."""
    if work.structure("gamma") == ONE and not ends:
        return
    last = work.count("sweeps")
    if ends:
        exact = f"spread(inv(identity(len(S_tr)) - gamma * part(P, S_tr)) @ part({rewards}, S_tr), S_tr, {n})"
    else:
        exact = f"inv(identity({n}) - gamma * P) @ {rewards}"
    work.step("V_exact", exact, ("exact values", "精确价值"), ("V = R + γPV, solved for V", "由 V = R + γPV 解出 V"))
    work.step("error", f"max(abs(V_{last} - V_exact))", ("largest error after the last sweep", "最后一轮后的最大误差"), ("the largest distance of an entry from its exact value", "各分量与精确价值之差的最大绝对值"))
    work.step("bound", f"gamma^{last} * max(abs(V_0 - V_exact))", ("bound on that error", "误差上界"), ("each sweep shrinks the error by γ at least", "每轮误差至少缩小为 γ 倍"))
