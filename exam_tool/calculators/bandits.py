"""Bandits: running estimates, greedy, epsilon-greedy and upper-confidence choices, and gradient bandits."""

from __future__ import annotations

from flint import fmpq

from exam_tool.expressions.arrays import Value
from exam_tool.expressions.exact import ZERO, compare, subtract
from exam_tool.expressions.functions import register

from . import td_learning  # noqa: F401  # it registers put
from .rl_samples import RATE
from .work import Pair, Work, calculator

ACTIONS: Pair = ("actions taken, in order", "依次采取的动作")
REWARDS: Pair = ("rewards received", "相应的奖励")
STEPS: dict[str, Pair] = {
    "1/N": ("The estimate of an arm is the average of its rewards.", "臂的估计值为其各次奖励的平均。"),
    "constant": ("Each pull moves the estimate of its arm by the share α of the error.", "每次拉动使该臂的估计值移动误差的 α 倍。"),
}


def best_mask(values: Value) -> Value:
    """1 where an entry equals the largest, so that ties show."""
    top = values[0]
    for value in values:
        if compare(value, top) > 0:
            top = value
    return tuple(fmpq(1) if compare(subtract(value, top), ZERO) == 0 else ZERO for value in values)


register("bestmask", 1, 1, best_mask)


@calculator("bandit_estimates", ("Action values of a bandit", "多臂老虎机的动作价值"), chapter="rl",
            example={"actions": [1, 2, 2, 1], "rewards": [2, 4, -2, 4], "Q_0": [0, 0], "epsilon": "0.1"})  # fmt: skip
def bandit_estimates(work: Work) -> None:
    """Incremental estimates ``Q <- Q + (R - Q)/N`` (or ``alpha*(R - Q)``) after each pull of k arms, from ``Q_0`` (0 when left out).

    With ``epsilon`` the probabilities of the next choice; with ``c`` the upper confidence bounds ``Q + c sqrt(ln t / N)``, where t
    is the number of the next pull. Starting values count until the first pull of an arm only, unless the step is constant.
    Source: Sutton and Barto (2018), sections 2.2 to 2.7.
    """
    step = work.option("step", ("step size", "步长"), STEPS, default="constant" if work.offered("alpha") else "1/N")
    work.given("actions", ACTIONS, is_="integer, >= 1", shape="T")
    work.given("rewards", REWARDS, shape="T")
    taken = [int(action.p) for action in work.structure("actions")]
    started = work.optional("Q_0", ("estimates at the start", "初始估计"), shape="n")
    if not started:
        arms = max(taken) if not work.offered("k") else 0
        if work.offered("k"):
            work.given("k", ("number of arms", "臂的个数"), is_="integer, >= 1, <= 50")
            arms = work.count("k")
        work.given("Q_0", ("estimates at the start", "初始估计"), shape="n", default=f"zeros({arms})")
    arms = work.length("Q_0")
    if step == "constant":
        work.given("alpha", RATE, is_="> 0, <= 1")
    pulls = [0] * arms
    for t, action in enumerate(taken, 1):
        if action <= arms:
            pulls[action - 1] += 1
        _pull(work, t, action, pulls[action - 1] if action <= arms else 1, constant=step == "constant", from_zero=not started)
    last = f"Q_{len(taken)}"
    work.step("N", "[" + ", ".join(map(str, pulls)) + "]", ("pulls of each arm", "各臂的拉动次数"), ("count how often each arm was pulled", "数出每个臂拉动了几次"))
    work.step("greedy", f"bestmask({last})", ("greedy arms (1 yes, 0 no)", "贪心的臂（1 是，0 否）"), ("the arms with the largest estimate", "估计值最大的臂"))
    work.mistake("most_pulled", "bestmask(N)", "the arm pulled most often is taken; greedy means the largest estimate.", "取了拉动次数最多的臂；贪心是指估计值最大。")
    if work.optional("epsilon", ("probability of exploring", "探索概率"), is_="probability"):
        _epsilon_greedy(work, arms)
    if all(pulls) and work.optional("c", ("degree of exploration", "探索程度"), is_="> 0"):
        _bounds(work, last, len(taken) + 1)


def _pull(work: Work, t: int, action: int, count: int, *, constant: bool, from_zero: bool) -> None:
    old = f"Q_{t - 1}"
    here = f"{old}[{action}]"
    first = not constant and count == 1  # of its arm
    why = ("reward minus estimate; the estimates start at 0", "奖励减估计；各估计值从 0 开始") if from_zero and first else ("reward minus estimate", "奖励减估计")
    work.step(f"e_{t}", f"rewards[{t}] - {here}", (f"error of pull {t}", f"第 {t} 次拉动的误差"), why)
    work.mistake("sign", f"{here} - rewards[{t}]", "the sign is reversed; the error is reward minus estimate.", "符号反了；误差为奖励减估计。", kind="slip")
    moved = f"alpha * e_{t}" if constant else f"e_{t} / {count}" if count > 1 else f"e_{t}"
    because = ("at the first pull of an arm the whole error is added, so the estimate becomes the reward", "臂首次拉动时加上全部误差，估计值就等于这次的奖励") if first else (
        "the estimate moves by the share α of the error", "估计值移动误差的 α 倍") if constant else ("the error is divided by the number of pulls of this arm so far", "误差除以该臂迄今的拉动次数")
    work.step(f"Q_{t}", f"put({old}, {action}, {here} + {moved})", (f"estimates after pull {t}", f"第 {t} 次拉动后的估计"), because)
    if not constant and count != t:
        work.mistake("all_pulls", f"put({old}, {action}, {here} + e_{t} / {t})", "the error is divided by the number of all pulls; count only those of this arm.", "除以了总的拉动次数；应除以该臂的拉动次数。")
    if constant or count > 1:
        work.mistake("replace", f"put({old}, {action}, rewards[{t}])", "the estimate is replaced by the last reward; only a share of the error is added.", "估计值直接换成了最近的奖励；只应加上误差的一部分。")


def _epsilon_greedy(work: Work, arms: int) -> None:
    work.step("p", f"epsilon / {arms} * ones({arms}) + (1 - epsilon) * greedy / sum(greedy)", ("probabilities of the next choice", "下次选择的概率"),
              ("exploring picks any arm with equal probability, the greedy one included", "探索时在全部臂中等概率选择，贪心的臂也在内"))  # fmt: skip
    if arms > 2:
        work.mistake("epsilon_each", f"epsilon * (ones({arms}) - greedy) + (1 - epsilon) * greedy / sum(greedy)", "every other arm gets the whole ε; all arms share it.", "其他各臂都取了整个 ε；全部臂应平分它。")
    work.mistake("others_only", f"where(greedy, (1 - epsilon) / sum(greedy), epsilon / max({arms} - sum(greedy), 1))", "exploring is spread over the other arms only; share ε among all arms, the greedy one included.", "探索只分给了其他臂；ε 应由全部臂平分，也包括贪心的臂。")


def _bounds(work: Work, last: str, t: int) -> None:
    work.step("u", f"c * sqrt(ln({t}) / N)", ("bonus of each arm", "各臂的探索加成"), ("the less often an arm was pulled, the larger its bonus", "拉动次数越少，加成越大"))
    work.mistake("no_root", f"c * ln({t}) / N", "the square root is left out; take it of ln(t)/N.", "漏了平方根；应对 ln(t)/N 开方。")
    work.mistake("no_log", f"c * sqrt({t} / N)", "the logarithm is left out; ln(t) stands above N.", "漏了对数；分子应为 ln(t)。")
    work.step("U", f"{last} + u", ("upper confidence bounds", "置信上界"), ("estimate plus bonus", "估计值加探索加成"))
    work.mistake("minus", f"{last} - u", "the bonus is subtracted; uncertain arms are to be tried, so add it.", "减去了探索加成；不确定的臂应多尝试，应加上它。", kind="slip")
    work.step("choice", "argmax(U)", ("arm chosen next", "下次选择的臂"), ("the arm with the largest bound", "置信上界最大的臂"))
    work.mistake("greedy", f"argmax({last})", "the arm with the largest estimate is chosen; choose the one with the largest upper bound.", "选了估计值最大的臂；应选置信上界最大的臂。")


REFERENCE: dict[str, Pair] = {
    "average before": ("The baseline is the average of the rewards before this one; it is 0 at first.", "基线为此前各次奖励的平均，最初为 0。"),
    "average included": ("The baseline is the average of all rewards so far, this one included.", "基线为迄今各次奖励的平均，包括本次。"),
    "none": ("No baseline is subtracted.", "不减基线。"),
}


@calculator("gradient_bandit", ("Gradient bandit", "梯度老虎机"), chapter="rl",
            example={"H_0": [0, "ln(3)"], "actions": [1, 2], "rewards": [4, 2], "alpha": "0.1"})  # fmt: skip
def gradient_bandit(work: Work) -> None:
    """Preferences ``H_a <- H_a + alpha*(R - baseline)*(1[a = A] - pi(a))`` with softmax choices, after each of several pulls.

    Source: Sutton and Barto (2018), equation 2.12.
    """
    reference = work.option("baseline", ("baseline", "基线"), REFERENCE, default="average before")
    work.given("H_0", ("preferences at the start", "初始偏好"), shape="k")
    work.given("actions", ACTIONS, is_="integer, >= 1", shape="T")
    work.given("rewards", REWARDS, shape="T")
    work.given("alpha", RATE, is_="> 0")
    for t in range(1, work.length("actions") + 1):
        _preference(work, t, reference, work.length("H_0"))
    work.step("pi", f"softmax(H_{work.length('actions')})", ("probabilities in the end", "最后的概率"))


def _preference(work: Work, t: int, reference: str, arms: int) -> None:
    old = f"H_{t - 1}"
    work.step(f"pi_{t}", f"softmax({old})", (f"probabilities before pull {t}", f"第 {t} 次拉动前的概率"), ("the exponentials of the preferences, divided by their sum", "各偏好取指数，再除以总和"))
    weight = f"rewards[{t}]"
    if reference != "none" and (t > 1 or reference == "average included"):
        until = t - 1 if reference == "average before" else t
        total = " + ".join(f"rewards[{i}]" for i in range(1, until + 1))
        work.step(f"b_{t}", f"({total}) / {until}" if until > 1 else total, (f"baseline of pull {t}", f"第 {t} 次拉动的基线"), ("the average reward before this pull", "此前各次奖励的平均") if reference == "average before" else ("the average reward, this pull included", "迄今各次奖励的平均，包括本次"))
        weight = f"(rewards[{t}] - b_{t})"
    score = f"(onehot(actions[{t}], {arms}) - pi_{t})"
    work.step(f"H_{t}", f"{old} + alpha * {weight} * {score}", (f"preferences after pull {t}", f"第 {t} 次拉动后的偏好"), ("if the reward beats the baseline, the arm pulled goes up and the others down; else the reverse", "奖励高于基线时所选臂的偏好上升、其余下降，低于基线时相反"))
    work.mistake("chosen_only", f"{old} + alpha * {weight} * onehot(actions[{t}], {arms})", "the probabilities are not subtracted; the factor is 1 for the arm pulled, 0 for the others, minus the probabilities.", "没有减去概率；因子应为所选臂取 1、其余取 0，再减去各臂的概率。")
    work.mistake("sign", f"{old} - alpha * {weight} * {score}", "the step goes down; the expected reward is to grow, so add it.", "方向反了；要使期望奖励增大，应加上这一步。", kind="slip")
    if weight != f"rewards[{t}]":
        work.mistake("no_baseline", f"{old} + alpha * rewards[{t}] * {score}", "the baseline is not subtracted; take the reward minus the baseline.", "没有减去基线；应以奖励减基线。")
