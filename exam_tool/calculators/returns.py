"""Returns that stop early or are mixed: n-step returns and lambda-returns. Plain, constant and periodic returns are in ``rl``."""

from __future__ import annotations

from .rl import DISCOUNT
from .work import Pair, Work, calculator

REWARDS: Pair = ("rewards R_1, R_2, ... of the episode", "回合的奖励 R_1、R_2……")
VALUES: Pair = ("values of the states S_0, S_1, ...", "状态 S_0、S_1……的价值")
LAST: dict[str, Pair] = {
    "terminal": ("The episode ends after the last reward; nothing is added there.", "最后一个奖励之后回合结束，不再加任何价值。"),
    "bootstrapped": ("After the last reward the value of the last state is added, discounted: the episode was only cut off there.",
                     "最后一个奖励之后加上末状态的折扣价值：回合只是在那里截断。"),
}  # fmt: skip


def read_run(work: Work) -> tuple[int, bool]:
    """Declares rewards, values and how the run ends; returns the number of rewards, and whether the last state has a value.

    There is one value for each state that is left, and one more when the last state is bootstrapped.
    """
    work.given("rewards", REWARDS, shape="T")
    count = work.length("rewards")
    shape = work.offered_shape("V") or (count,)
    open_end = work.option("last", ("end of the run", "序列的结尾"), LAST, default="bootstrapped" if shape[0] == count + 1 else "terminal") == "bootstrapped"
    spare = not open_end and shape[0] == count + 1  # where the episode ends, a value of the last state is not used
    work.given("V", VALUES, shape=str(count + 1 if open_end or spare else count))
    work.given("gamma", DISCOUNT, is_="probability")
    return count, open_end


def _n_step(t: int, n: int, count: int, open_end: bool) -> tuple[str, bool]:
    """The formula of the n-step return from step t, and whether it ends in a value."""
    last = min(t + n, count)
    terms = [_power(k) + f"rewards[{t + k + 1}]" for k in range(last - t)]
    bootstrapped = last < count or open_end
    if bootstrapped:
        terms.append(f"{_power(last - t)}V[{last + 1}]")
    return " + ".join(terms), bootstrapped


def _power(k: int) -> str:
    return "" if k == 0 else "gamma * " if k == 1 else f"gamma^{k} * "


def _reason(n: int, steps: int, bootstrapped: bool) -> Pair:
    if bootstrapped:
        return (f"{steps} discounted rewards, then the discounted value of the state reached" if steps > 1 else "the next reward, then the discounted value of the state reached",
                f"{steps} 个折扣奖励，再加所到状态的折扣价值" if steps > 1 else "下一个奖励，再加所到状态的折扣价值")  # fmt: skip
    if steps < n:
        return (f"the episode ends before {n} rewards, so no value is added", f"不到 {n} 个奖励回合就已结束，不再加价值")
    return ("the episode ends with the last of these rewards, so no value is added", "最后一个奖励之后回合结束，不再加价值")


@calculator("n_step_return", ("n-step return", "n 步回报"), chapter="rl", example={"rewards": [2, 4, -8, 16], "V": [1, 8, 4, 16], "gamma": "1/2", "n": 2})
def n_step_return(work: Work) -> None:
    """``G_{t:t+n} = R_{t+1} + ... + gamma^(n-1) R_{t+n} + gamma^n V(S_{t+n})`` from every step t of an episode, or from step ``t`` alone.

    Past the end of the episode it is the plain return. With ``alpha`` the value of the first state is updated.
    Source: Sutton and Barto (2018), equation 7.1.
    """
    count, open_end = read_run(work)
    work.given("n", ("number of rewards", "步数"), is_="integer, >= 1")
    n = work.count("n")
    starts = range(count)
    if work.offered("t"):
        work.given("t", ("step from which it counts", "起始步"), is_=f"integer, >= 0, <= {count - 1}")
        starts = range(work.count("t"), work.count("t") + 1)
    for t in starts:
        formula, bootstrapped = _n_step(t, n, count, open_end)
        steps = min(n, count - t)
        work.step(f"G_{t}", formula, (f"{n}-step return from step {t}", f"从第 {t} 步起的 {n} 步回报"), _reason(n, steps, bootstrapped))
        tail = f" + {_power(steps)}V[{t + steps + 1}]"
        if bootstrapped:
            work.mistake("no_value", formula.removesuffix(tail), "the value of the state that is reached is left out; add it, discounted.", "漏了所到状态的价值；应加上它的折扣价值。")
            work.mistake("value_undiscounted", formula.removesuffix(tail) + f" + V[{t + steps + 1}]", "the value at the end is not discounted; multiply it by γ once for each reward before it.", "末端价值没有打折扣；它之前有几个奖励，就乘 γ 的几次方。")
            if steps > 1:
                work.mistake("value_power", formula.removesuffix(tail) + f" + {_power(steps - 1)}V[{t + steps + 1}]", "the value is discounted like the last reward; it comes one step later, so multiply by γ once more.", "末端价值用了最后一个奖励的折扣；它再晚一步，应多乘一个 γ。", kind="slip")
    if len(starts) > 1:
        work.step("returns", "[" + ", ".join(f"G_{t}" for t in starts) + "]", ("all n-step returns", "全部 n 步回报"))
    if work.optional("alpha", ("learning rate", "学习率"), is_="> 0, <= 1"):
        t = starts[0]
        work.step("V_new", f"V[{t + 1}] + alpha * (G_{t} - V[{t + 1}])", ("new value of the first state", "起始状态的新价值"))
        work.mistake("replace", f"G_{t}", "the value is replaced by the return; only the share α of the difference is added.", "直接换成了回报；只应加上差值的 α 倍。")


@calculator("lambda_return", ("λ-return", "λ-回报"), chapter="rl", example={"rewards": [2, 4, -8], "V": [1, 8, 4], "gamma": "1/2", "lam": "1/2"})
def lambda_return(work: Work) -> None:
    """``G^lambda = (1 - lambda) sum lambda^(n-1) G_n + lambda^(T-1) G_T`` from the first state of an episode of T rewards, by its n-step returns.

    Source: Sutton and Barto (2018), equation 12.3.
    """
    count, open_end = read_run(work)
    work.given("lam", ("weight λ", "权重 λ"), is_="probability", aliases=["lambda"])
    for n in range(1, count + 1):
        formula, bootstrapped = _n_step(0, n, count, open_end)
        work.step(f"G_{n}", formula, (f"{n}-step return", f"{n} 步回报") if n < count else ("return of the whole episode", "整个回合的回报"), _reason(n, n, bootstrapped))
        if bootstrapped:
            work.mistake("no_value", formula[: formula.rindex(" + ")], "the value of the state that is reached is left out; add it, discounted.", "漏了所到状态的价值；应加上它的折扣价值。")
    work.step("returns", "[" + ", ".join(f"G_{n}" for n in range(1, count + 1)) + "]", ("n-step returns", "各步回报"))
    powers = [("1 - lam", "(1 - lam) * lam")[k] if k < 2 else f"(1 - lam) * lam^{k}" for k in range(count - 1)]
    final = "1" if count == 1 else "lam" if count == 2 else f"lam^{count - 1}"
    work.step("weights", "[" + ", ".join([*powers, final]) + "]", ("weights", "权重"), ("each weight is λ times the one before; the whole return takes all that is left", "每个权重是前一个的 λ 倍；整个回合的回报取剩下的全部权重"))
    if count > 1:
        tail = f"(1 - lam) * {final}"
        work.mistake("tail_weight", "[" + ", ".join([*powers, tail]) + "]", "the last weight has the factor 1 − λ too; the last return takes all that is left, so that the weights add up to 1.", "最后一个权重也乘了 1 − λ；最后的回报应取剩下的全部权重，使权重之和为 1。")
        work.mistake("no_factor", "[" + ", ".join(["1", "lam", *(f"lam^{k}" for k in range(2, count))][:count]) + "]", "the factor 1 − λ is left out; with it the weights add up to 1.", "漏了因子 1 − λ；乘上它权重之和才为 1。")
    work.step("G_lambda", "sum(weights * returns)", ("λ-return", "λ-回报"), ("the weighted sum of the n-step returns", "各步回报的加权和"))
    work.mistake("plain_mean", "mean(returns)", "the returns are averaged evenly; take the weights, which fall with λ.", "对各步回报等权平均了；应按 λ 递减的权重加权。")
