"""Learning from experience: Monte Carlo, temporal differences, trajectories, policy gradients; dynamic programming in small."""

from __future__ import annotations

from exam_tool.expressions.functions import whole
from exam_tool.language import Text

from .rl import DISCOUNT
from .rl_process import per_action
from .work import CalculatorError, Pair, Work, calculator

RATE: Pair = ("learning rate", "学习率")


def _plain(number: object) -> str:
    """A number of an episode as it stands in a formula."""
    text = str(number)
    return f"({text})" if text.startswith("-") or "/" in text else text


def _episodes(work: Work) -> list[str]:
    """Declares the episodes, one list or one given each; returns their names or formulas."""
    if work.offered("episodes"):
        work.given("episodes", ("episodes: rows of state and reward that follows", "各回合：每行为状态及其后的奖励"), shape=None)
        return [f"episodes[{i}]" for i in range(1, len(work.values["episodes"]) + 1)]
    names: list[str] = []
    while work.offered(f"E_{len(names) + 1}"):
        names.append(f"E_{len(names) + 1}")
        work.given(names[-1], (f"episode {len(names)}: rows of state and reward that follows", f"回合 {len(names)}：每行为状态及其后的奖励"), shape=None)
        work.fits(names[-1], f"k_{len(names)} 2")
    if not names:
        raise CalculatorError(Text("Give the episodes, or E_1, E_2, ...", "请给出 episodes，或 E_1、E_2……"))
    return names


@calculator("monte_carlo_estimate", ("Monte Carlo value estimate", "蒙特卡洛价值估计"), chapter="rl",
            example={"E_1": [[1, 2], [2, 0], [1, 4]], "E_2": [[1, -2], [2, 8]], "s": 1, "gamma": "1/2"})  # fmt: skip
def monte_carlo_estimate(work: Work) -> None:
    """Average of the returns that follow the visits to a state, over episodes of rows (state, reward that follows).

    Source: Sutton and Barto (2018), section 5.1.
    """
    first = work.option("visit", ("visits that count", "计入的访问"), {
        "first visit": ("Only the first visit in each episode counts.", "每个回合只计首次访问。"),
        "every visit": ("Every visit counts.", "每次访问都计入。"),
    }, default="first visit") == "first visit"  # fmt: skip
    work.given("gamma", DISCOUNT, is_="probability")
    work.given("s", ("state", "状态"), is_="integer")
    state = work.structure("s")
    returns: list[str] = []
    rewards: list[str] = []
    for i, name in enumerate(_episodes(work), 1):
        rows = work.values["episodes"][i - 1] if name.startswith("episodes") else work.values[name]
        work.structure("episodes" if name.startswith("episodes") else name)
        visits = [t for t, row in enumerate(rows) if row[0] == state][: 1 if first else None]
        for t in visits:
            powers = ["", "gamma * ", *(f"gamma^{k} * " for k in range(2, len(rows)))]
            terms = [power + _plain(row[1]) for power, row in zip(powers, rows[t:], strict=False)]
            rewards.append(_plain(rows[t][1]))
            returns.append(f"G_{len(returns) + 1}")
            label = (f"return after counted visit {len(returns)}, in episode {i}", f"回合 {i} 中第 {len(returns)} 次计入的访问之后的回报")
            work.step(returns[-1], " + ".join(terms), label, ("all rewards from this visit on", "从这次访问起的全部奖励"))
            if len(terms) > 1:
                work.mistake("undiscounted", " + ".join(_plain(row[1]) for row in rows[t:]), "the rewards are added without discounting; multiply each by its power of γ.", "奖励直接相加，没有折扣；每个奖励要乘相应的 γ 次方。")
    if not returns:
        raise CalculatorError(Text("No episode visits this state.", "没有回合访问过这个状态。"))
    work.step("visits", str(len(returns)), ("visits that count", "计入的访问次数"), ("one for every return above", "上面每个回报对应一次"))
    work.step("V", f"({' + '.join(returns)}) / visits", ("estimate", "估计值"), ("the average of the returns", "取各回报的平均"))
    work.mistake("sum", " + ".join(returns), "the returns are added but not divided by their number; take their average.", "只求了和，没有除以次数；应取平均。")
    work.mistake("immediate", f"({' + '.join(rewards)}) / visits", "only the rewards right after the visits are averaged; average the whole returns.", "只平均了访问后的即时奖励；应平均整个回报。")


@calculator("td_update", ("TD(0) update", "时序差分更新"), chapter="rl", example={"V": [2, 4, 8], "s": 1, "r": 1, "s_next": 2, "alpha": "0.1", "gamma": "0.9"})
def td_update(work: Work) -> None:
    """``V(s) + alpha*(r + gamma*V(s') - V(s))`` on a table of values; terminal states ``end`` count 0.

    Source: Sutton and Barto (2018), equation 6.2.
    """
    work.given("V", ("values of the states", "各状态的价值"), shape="n")
    work.given("s", ("state", "当前状态"), is_="integer, >= 1")
    work.given("r", ("reward", "奖励"))
    work.given("s_next", ("next state", "下一状态"), is_="integer, >= 1")
    work.given("alpha", RATE, is_="> 0, <= 1")
    work.given("gamma", DISCOUNT, is_="probability")
    after = "V[s_next]"
    if work.optional("end", ("terminal states", "终止状态"), is_="integer, >= 1", shape="k"):
        work.step("V_next", "zeroat(V, end)[s_next]", ("value of the next state", "下一状态的价值"), ("the end of the episode counts 0", "终止状态的价值为 0"))
        work.mistake("bootstraps_from_end", "V[s_next]", "a terminal state is given a value; nothing follows the end, so take 0.", "给终止状态用了非零价值；终止之后没有后继，应取 0。")
        after = "V_next"
    work.step("target", f"r + gamma * {after}", ("target", "目标值"), ("reward plus discounted value of the next state", "奖励加折扣后的后继价值"))
    work.mistake("no_gamma", f"r + {after}", "the next value is not discounted; multiply it by γ.", "后继价值没有打折扣；应乘 γ。")
    work.mistake("operator", f"r + gamma + {after}", "γ is added; multiply the next value by it.", "把 γ 加上了；应以 γ 乘后继价值。", kind="slip")
    if after != "V_next":  # where it may be 0, that is the mistake above
        work.mistake("gamma_alone", "r + gamma", "γ stands alone without the next value; multiply that value by it.", "只写了 γ，漏了后继价值；应以 γ 乘后继价值。", kind="slip")
    work.step("delta", "target - V[s]", ("TD error", "TD 误差"), ("target minus current value", "目标值减当前价值"))
    work.mistake("error_sign", "V[s] - target", "the sign is reversed; the error is the target minus the value.", "符号反了；误差为目标值减当前价值。", kind="slip")
    work.step("V_new", "V[s] + alpha * delta", ("new value of the state", "该状态的新价值"), ("the value moves by the share α of the error", "价值移动误差的 α 倍"))
    work.mistake("replace", "target", "the value is replaced by the target; only the share α of the error is added.", "直接换成了目标值；只应加上误差的 α 倍。")


@calculator("trajectory_probability", ("Probability of a trajectory", "轨迹的概率"), chapter="rl",
            example={"trajectory": [1, 2, 2, 1, 1], "mu": ["1/2", "1/2"], "pi": [["1/4", "3/4"], ["1/2", "1/2"]],
                     "P_1": [["1/2", "1/2"], ["1/3", "2/3"]], "P_2": [["1/4", "3/4"], [1, 0]]})  # fmt: skip
def trajectory_probability(work: Work) -> None:
    """``p(s_1) * prod pi(a_t|s_t) * p(s_{t+1}|s_t, a_t)`` of a trajectory ``[s_1, a_1, s_2, a_2, ..., s_T]`` (all from 1).

    Source: Sutton and Barto (2018), section 5.5; Levine et al., CS 285 lecture notes, policy gradients.
    """
    work.given("trajectory", ("states and actions in turn", "交替的状态与动作"), shape="k", is_="integer, >= 1")
    steps = (work.length("trajectory") - 1) // 2
    if work.length("trajectory") % 2 == 0 or steps < 1:
        raise CalculatorError(Text("A trajectory begins and ends with a state.", "轨迹以状态开始，也以状态结束。"))
    work.given("mu", ("probabilities of the first state", "初始状态的概率"), shape="n", is_="distribution", aliases=["p_1"])
    moves = per_action(work, "P", ("transition matrix of each action", "各动作的转移矩阵"), ("transition matrix of action {}", "动作 {} 的转移矩阵"), is_="stochastic")
    work.given("pi", ("policy, one row per state", "策略，每行一个状态"), shape="n m", is_="stochastic")
    at = [whole(entry, 1) for entry in work.structure("trajectory")]
    if max(at[::2]) > work.length("mu") or max(at[1::2]) > len(moves):
        raise CalculatorError(Text("The trajectory has a state or an action that does not exist.", "轨迹中有不存在的状态或动作。"))
    chosen = [f"pi[{at[2 * t]}, {at[2 * t + 1]}]" for t in range(steps)]
    moved = [f"{moves[at[2 * t + 1] - 1]}[{at[2 * t]}, {at[2 * t + 2]}]" for t in range(steps)]
    work.step("start", f"mu[{at[0]}]", ("probability of the first state", "初始状态的概率"))
    work.step("policy_factors", f"[{', '.join(chosen)}]", ("probabilities of the actions", "各动作的概率"), ("row: state, column: action taken there", "行为状态，列为在该状态所取的动作"))
    work.step("dynamics_factors", f"[{', '.join(moved)}]", ("probabilities of the moves", "各转移的概率"), ("from the matrix of the action taken", "取自所取动作的转移矩阵"))
    work.step("probability", "start * prod(policy_factors) * prod(dynamics_factors)", ("probability of the trajectory", "轨迹的概率"), ("the product of all factors", "所有因子的乘积"))
    work.mistake("no_dynamics", "start * prod(policy_factors)", "the probabilities of the moves are left out; they are factors too.", "漏了各转移的概率；它们也是因子。")
    work.mistake("no_policy", "start * prod(dynamics_factors)", "the probabilities of the actions are left out; they are factors too.", "漏了各动作的概率；它们也是因子。")
    work.mistake("no_start", "prod(policy_factors) * prod(dynamics_factors)", "the probability of the first state is left out; it is a factor too.", "漏了初始状态的概率；它也是一个因子。")
    work.mistake("sum", "start + sum(policy_factors) + sum(dynamics_factors)", "the factors are added; multiply them.", "把各因子相加了；应相乘。")
    work.step("log_probability", "ln(probability)", ("logarithm of the probability", "概率的对数"))
    if work.optional("rewards", ("rewards of the moves", "各步奖励"), shape=str(steps)):
        work.given("gamma", DISCOUNT, is_="probability", default="1")
        work.step("G", f"sum(rewards * powers(gamma, {steps}))", ("return of the trajectory", "轨迹的回报"))


@calculator("policy_gradient_step", ("Policy gradient step", "策略梯度更新"), chapter="rl",
            example={"theta": [0, "ln(3)"], "actions": [1], "returns": [4], "alpha": "0.5"})  # fmt: skip
def policy_gradient_step(work: Work) -> None:
    """REINFORCE: ascent along ``sum G * grad ln pi(a)`` for sampled actions (from 1; 0 or 1 for a Bernoulli policy).

    Source: Williams, Machine Learning 8 (1992); Sutton and Barto (2018), section 13.3.
    """
    kind = work.option("policy", ("kind of policy", "策略的形式"), {"softmax": ("", ""), "Bernoulli": ("", "")},
                       default="softmax" if work.offered_shape("theta") else "Bernoulli", convention=False)  # fmt: skip
    average = work.option("average", ("several samples", "多个样本"), {
        "one trajectory": ("The contributions of all sampled actions are added.", "各采样动作的贡献相加。"),
        "mean over N": ("The contributions of the sampled actions are averaged.", "各采样动作的贡献取平均。"),
    }, default="one trajectory")  # fmt: skip
    softmax = kind == "softmax"
    work.given("theta", ("parameters of the policy", "策略参数"), shape="m" if softmax else "")
    work.given("actions", ("sampled actions", "采样的动作"), shape="N", is_="integer, >= 0")
    work.given("returns", ("returns that followed", "相应的回报"), shape="N")
    work.given("alpha", RATE, is_="> 0")
    size, count = (work.length("theta") if softmax else 1), work.length("actions")
    work.step("p", "softmax(theta)" if softmax else "sigmoid(theta)", ("probabilities of the actions", "动作概率") if softmax else ("probability of the action 1", "动作 1 的概率"),
              ("the exponentials of the parameters, divided by their sum", "各参数取指数，再除以总和") if softmax else None)  # fmt: skip
    scores = []
    for i in range(1, count + 1):
        work.step(f"score_{i}", f"onehot(actions[{i}], {size}) - p" if softmax else f"actions[{i}] - p", (f"gradient of ln π for sample {i}", f"样本 {i} 处 ln π 的梯度"), ("1 for the action taken, minus the probabilities", "所取动作为 1，减去各动作概率") if softmax else ("the action minus its probability", "动作减去动作 1 的概率"))
        work.mistake("wrong_score", f"onehot(actions[{i}], {size})" if softmax else f"actions[{i}]", "the probabilities are not subtracted; the gradient of ln π is 1 for the action taken, minus the probabilities.", "没有减去概率；ln π 的梯度是所取动作的独热向量减去各动作概率。")
        work.mistake("sign", f"p - onehot(actions[{i}], {size})" if softmax else f"p - actions[{i}]", "the sign is reversed; subtract the probabilities from the action's 1.", "符号反了；应以所取动作的 1 减去概率。", kind="slip")
        scores.append(f"returns[{i}] * score_{i}")
    total = " + ".join(scores)
    work.step("grad_J", f"({total}) / {count}" if average == "mean over N" else total, ("gradient estimate", "梯度估计"), ("the return weights the gradient of ln π", "以回报对 ln π 的梯度加权"))
    work.mistake("no_returns", " + ".join(f"score_{i}" for i in range(1, count + 1)), "the returns are left out; weight each sample by its return.", "漏了回报；每个样本应以回报加权。")
    if softmax:
        work.mistake("no_score", " + ".join(f"returns[{i}] * p[actions[{i}]] * onehot(actions[{i}], {size})" for i in range(1, count + 1)), "the return is multiplied by the probability; multiply it by the gradient of ln π.", "以概率乘了回报；应以 ln π 的梯度乘回报。")
    work.step("theta_new", "theta + alpha * grad_J", ("new parameters", "新参数"), ("gradient ascent, since the return is to grow", "做梯度上升，使回报增大"))
    work.mistake("descent", "theta - alpha * grad_J", "the step goes down; the return is maximised, so add it.", "做成了梯度下降；要使回报最大，应加上这一步。")
    work.step("p_new", "softmax(theta_new)" if softmax else "sigmoid(theta_new)", ("new probabilities", "新的概率"))


@calculator("fibonacci_dp", ("Fibonacci numbers by a table", "用表计算斐波那契数"), chapter="rl", example={"n": 7})
def fibonacci_dp(work: Work) -> None:
    """``F_0 = 0, F_1 = 1, F_k = F_{k-1} + F_{k-2}`` in a table, for one n or several, and the calls of plain recursion.

    Source: Cormen et al., Introduction to Algorithms (2022), section 14.1 and exercise 14.1-6.
    """
    work.given("n", ("index", "下标"), shape=None, is_="integer, >= 0, <= 60")
    wanted = work.structure("n")
    several = isinstance(wanted, tuple)
    top = max([int(k.p) for k in (wanted if several else (wanted,))] + [1])
    work.step("F_0", "0", ("start", "初值"), ("the first of the two numbers to start from", "两个初值中的第一个"))
    work.mistake("shifted", "1", "the table starts with 1; F₀ is 0.", "表从 1 开始了；应取 F₀ = 0。")
    work.step("F_1", "1", ("start", "初值"), ("the second of the two numbers to start from", "两个初值中的第二个"))
    for k in range(2, top + 2):
        work.step(f"F_{k}", f"F_{k - 1} + F_{k - 2}", (f"entry {k} of the table", f"表的第 {k} 项"), ("the sum of the two entries before", "前两项之和"))
    if several:
        work.step("F", "[" + ", ".join(f"F_{int(k.p)}" for k in wanted) + "]", ("wanted entries", "所求各项"))
        return
    work.step("F", f"F_{int(wanted.p)}", ("wanted entry", "所求的项"))
    work.step("calls", f"2 * F_{int(wanted.p) + 1} - 1", ("calls made by plain recursion", "朴素递归的调用次数"), ("a call counts itself and the calls for the two numbers before it, so calls + 1 follows the rule of the table and starts with 2, 2", "一次调用计 1 次，再加上前两项的调用次数，所以调用次数加 1 满足同样的递推，起始两项都是 2"))
    work.mistake("only_value", "F", "the Fibonacci number itself is given; the calls are twice the next entry of the table, minus 1.", "写成了斐波那契数本身；调用次数应为表中下一项的 2 倍减 1。")
