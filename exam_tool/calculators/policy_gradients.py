"""Policy gradients beyond one sample: REINFORCE over an episode, advantages (GAE), the clipped PPO objective. Single samples are in ``rl_samples``."""

from __future__ import annotations

from exam_tool.language import Text

from .returns import read_run
from .rl import DISCOUNT
from .rl_samples import RATE
from .work import CalculatorError, Pair, Work, calculator

BASELINES: dict[str, Pair] = {
    "none": ("No baseline is subtracted.", "不减基线。"),
    "mean return": ("The baseline is the mean of the returns from the steps of this episode.", "以该回合各步回报的平均值作基线。"),
    "given": ("", ""),  # the question gives its values
}
FACTORS: dict[str, Pair] = {
    "without": ("The term of step t has no factor γᵗ.", "第 t 步的项不乘 γᵗ。"),
    "with": ("The term of step t has the factor γᵗ.", "第 t 步的项乘 γᵗ。"),
}


@calculator("reinforce_episode", ("REINFORCE over an episode", "一个回合的 REINFORCE"), chapter="rl",
            example={"theta": [["ln(3)", 0], [0, 0]], "states": [1, 2, 1], "actions": [1, 2, 2], "rewards": [2, -4, 8], "gamma": "1/2", "alpha": "0.1",
                     "baseline": "mean return"})  # fmt: skip
def reinforce_episode(work: Work) -> None:
    """Gradient ``sum_t gamma^t (G_t - b_t) grad ln pi(a_t|s_t)`` of a softmax policy with one row of ``theta`` a state (or one vector), and the step up.

    All terms use the same ``theta``. ``b`` holds a baseline for each step. Source: Williams, Machine Learning 8 (1992);
    Sutton and Barto (2018), sections 13.3 and 13.4.
    """
    flat = len(work.offered_shape("theta") or (0, 0)) == 1
    work.given("theta", ("parameters of the policy", "策略参数"), shape="m" if flat else "n m")
    if not flat:
        work.given("states", ("states visited", "经历的状态"), is_="integer, >= 1", shape="T")
    work.given("actions", ("actions taken", "采取的动作"), is_="integer, >= 1", shape="T")
    work.given("rewards", ("reward after each action", "每个动作之后的奖励"), shape="T")
    work.given("gamma", DISCOUNT, is_="probability", default="1")
    baseline = work.option("baseline", ("baseline", "基线"), BASELINES, default="given" if work.offered("b") else "none")
    factor = work.option("gamma_power", ("factor of each step", "每步的系数"), FACTORS, default="without") == "with"
    count, m = work.length("rewards"), work.shape("theta")[-1]
    n = 0 if flat else work.length("theta")
    work.step("p", "softmax(theta)", ("probabilities of the actions", "动作概率") if flat else ("probabilities of the actions, one row per state", "动作概率，每行一个状态"),
              ("the exponentials of the parameters, divided by their sum", "各参数取指数，再除以总和"))  # fmt: skip
    _reward_to_go(work, count)
    advantage = _baseline(work, baseline)
    scores = [_score(work, t, n, m) for t in range(1, count + 1)]
    terms = [(f"gamma^{t} * " if factor and t > 1 else "gamma * " if factor and t == 1 else "") + f"{advantage}[{t + 1}] * {scores[t]}" for t in range(count)]
    work.step("grad_J", " + ".join(terms), ("gradient estimate", "梯度估计"), ("each gradient of ln π is weighted by what followed", "以其后的所得对各步 ln π 的梯度加权"))
    work.mistake("whole_return", " + ".join(term.replace(f"{advantage}[{t + 1}]", f"{advantage}[1]") for t, term in enumerate(terms)), "every step is weighted by the return of the whole episode; weight each action only by what follows it.", "每一步都用了整个回合的回报；每个动作应只用其后的回报加权。")
    work.mistake("rewards_only", " + ".join(f"rewards[{t + 1}] * {scores[t]}" for t in range(count)), "each step is weighted by its own reward only; use the return from that step on.", "每一步只用了当步奖励；应使用从该步起的回报。")
    if work.optional("alpha", RATE, is_="> 0"):
        work.step("theta_new", "theta + alpha * grad_J", ("new parameters", "新参数"), ("gradient ascent, since the return is to grow", "做梯度上升，使回报增大"))
        work.mistake("descent", "theta - alpha * grad_J", "the step goes down; the return is maximised, so add it.", "做成了梯度下降；要使回报最大，应加上这一步。", kind="slip")
        work.step("p_new", "softmax(theta_new)", ("new probabilities", "新的概率"))


def _reward_to_go(work: Work, count: int) -> None:
    parts = []
    for t in range(count, 0, -1):
        later = f" + gamma * G_{t}" if t < count else ""
        work.step(f"G_{t - 1}", f"rewards[{t}]{later}", (f"return from step {t - 1}", f"从第 {t - 1} 步起的回报"), ("reward plus discounted later return", "奖励加上折扣后的后续回报") if later else ("nothing follows the last reward", "最后一个奖励之后不再有回报"))
        parts.append(f"G_{t - 1}")
    work.step("G", "[" + ", ".join(reversed(parts)) + "]", ("returns", "各步回报"))


def _baseline(work: Work, baseline: str) -> str:
    """What weighs each score: the returns, or the advantages over a baseline."""
    if baseline == "none":
        return "G"
    if baseline == "given":
        work.given("b", ("baseline of each step", "每步的基线"), shape="T")
    else:
        work.step("b", f"mean(G) * ones({work.length('rewards')})", ("baseline", "基线"), ("the mean of the returns, the same at every step", "各步回报的平均，每步相同"))
    work.step("A", "G - b", ("returns minus baseline", "回报减基线"))
    work.mistake("no_baseline", "G", "the baseline is not subtracted; take the return minus the baseline.", "没有减去基线；应以回报减基线。")
    work.mistake("baseline_sign", "b - G", "the sign is reversed; subtract the baseline from the return.", "符号反了；应以回报减基线。", kind="slip")
    return "A"


def _score(work: Work, t: int, n: int, m: int) -> str:
    """The step of the gradient of ln pi at step t; with states it fills the row of its state."""
    name, label = f"score_{t - 1}", (f"gradient of ln π at step {t - 1}", f"第 {t - 1} 步 ln π 的梯度")
    because = ("1 for the action taken, minus the probabilities", "所取动作为 1，减去各动作概率")
    chosen = f"onehot(actions[{t}], {m})"
    if n == 0:
        work.step(name, f"{chosen} - p", label, because)
        work.mistake("wrong_score", chosen, "the probabilities are not subtracted; the gradient of ln π is 1 for the action taken, minus the probabilities.", "没有减去概率；ln π 的梯度是所取动作的独热向量减去各动作概率。")
        return name
    row = f"onehot(states[{t}], {n})"
    work.step(name, f"outer({row}, {chosen} - p[states[{t}]])", label, because)
    work.mistake("wrong_score", f"outer({row}, {chosen})", "the probabilities are not subtracted; the gradient of ln π is 1 for the action taken, minus the probabilities.", "没有减去概率；ln π 的梯度是所取动作的独热向量减去各动作概率。")
    return name


@calculator("generalized_advantage", ("Generalised advantage estimation", "广义优势估计"), chapter="rl",
            example={"rewards": [2, -4, 8], "V": [4, 2, 8, 16], "gamma": "1/2", "lam": "1/2"})  # fmt: skip
def generalized_advantage(work: Work) -> None:
    """TD errors ``delta_t`` and ``A_t = delta_t + gamma*lambda*A_{t+1}``, with the targets ``A_t + V_t`` of the critic.

    ``V`` has one value a step, and one more for the state at which the run is cut off. Source: Schulman et al. (2016), arXiv:1506.02438.
    """
    count, open_end = read_run(work)
    work.given("lam", ("weight λ", "权重 λ"), is_="probability", aliases=["lambda"])
    values = f"part(V, [{', '.join(str(t) for t in range(1, count + 1))}])" if open_end else "V"
    for t in range(count):
        after = f" + gamma * V[{t + 2}]" if t + 1 < count or open_end else ""
        work.step(f"delta_{t}", f"rewards[{t + 1}]{after} - V[{t + 1}]", (f"TD error of step {t}", f"第 {t} 步的 TD 误差"), ("reward plus discounted next value, minus the value", "奖励加折扣后的后继价值，再减该状态的价值") if after else ("nothing follows the end, so the error is reward minus value", "结束之后没有后继，误差为奖励减该状态的价值"))
        if after:
            work.mistake("no_gamma", f"rewards[{t + 1}] + V[{t + 2}] - V[{t + 1}]", "the next value is not discounted; multiply it by γ.", "后继价值没有打折扣；应乘 γ。")
        work.mistake("no_value", f"rewards[{t + 1}]{after}", "the value of the state itself is not subtracted; subtract it from the target.", "没有减去该状态自己的价值；应从目标值中减去它。")
    for t in range(count - 1, -1, -1):
        label = (f"advantage of step {t}", f"第 {t} 步的优势")
        if t == count - 1:
            work.step(f"A_{t}", f"delta_{t}", label, ("no error follows the last one", "最后一个误差之后没有误差"))
            continue
        work.step(f"A_{t}", f"delta_{t} + gamma * lam * A_{t + 1}", label, ("each step later brings one more factor γλ", "误差每晚一步多乘一个 γλ"))
        work.mistake("no_lambda", f"delta_{t} + gamma * A_{t + 1}", "the later errors are multiplied by γ only; multiply them by γλ.", "之后的误差只乘了 γ；应乘 γλ。")
        work.mistake("no_gamma", f"delta_{t} + lam * A_{t + 1}", "the later errors are multiplied by λ only; multiply them by γλ.", "之后的误差只乘了 λ；应乘 γλ。")
    work.step("A", "[" + ", ".join(f"A_{t}" for t in range(count)) + "]", ("advantages", "优势"))
    work.step("targets", f"A + {values}", ("targets of the critic", "价值函数的目标"), ("advantage plus value", "优势加价值"))


REDUCTIONS: dict[str, Pair] = {
    "mean": ("The objective is the mean over the samples.", "目标函数对样本取平均。"),
    "sum": ("The objective is the sum over the samples.", "目标函数对样本求和。"),
}


@calculator("ppo_objective", ("Clipped PPO objective", "PPO 截断目标"), chapter="rl",
            example={"p_new": ["0.6", "0.3", "0.1"], "p_old": ["0.4", "0.5", "0.2"], "A": [2, -1, 4], "epsilon": "0.2"})  # fmt: skip
def ppo_objective(work: Work) -> None:
    """``min(r*A, clip(r, 1 - eps, 1 + eps)*A)`` of each sample, its mean, and its slope by the ratio (0 where the clipped one counts).

    The ratio comes from two probabilities, two log-probabilities, or is given. Source: Schulman et al. (2017), arXiv:1707.06347, equation 7.
    """
    reduction = work.option("reduction", ("objective of several samples", "多个样本的目标"), REDUCTIONS, default="mean")
    work.given("A", ("advantages", "优势"), shape="N", aliases=["A_hat"])
    work.given("epsilon", ("clipping range", "截断范围"), is_="> 0, < 1")
    if work.offered("p_new"):
        work.given("p_new", ("probabilities under the new policy", "新策略下的概率"), is_="probability", shape="N")
        work.given("p_old", ("probabilities under the old policy", "旧策略下的概率"), is_="probability, > 0", shape="N")
        work.step("rho", "p_new / p_old", ("ratios", "概率比"), ("new over old", "新策略除以旧策略"))
        work.mistake("upside_down", "p_old / p_new", "the ratio is upside down; divide the new probability by the old one.", "比值颠倒了；应以新策略的概率除以旧策略的概率。")
    elif work.offered("log_new"):
        work.given("log_new", ("log-probabilities under the new policy", "新策略下的对数概率"), is_="<= 0", shape="N")
        work.given("log_old", ("log-probabilities under the old policy", "旧策略下的对数概率"), is_="<= 0", shape="N")
        work.step("rho", "exp(log_new - log_old)", ("ratios", "概率比"), ("a difference of logarithms is a ratio", "对数之差即为比值"))
        work.mistake("upside_down", "exp(log_old - log_new)", "the ratio is upside down; divide the new probability by the old one.", "比值颠倒了；应以新策略的概率除以旧策略的概率。")
    elif work.offered("rho"):
        work.given("rho", ("ratios of new to old probability", "新旧概率之比"), is_=">= 0", shape="N", aliases=["r"])
    else:
        raise CalculatorError(Text("Give p_new and p_old, log_new and log_old, or rho.", "请给出 p_new 与 p_old，或 log_new 与 log_old，或 rho。"))
    work.step("rho_clip", "min(max(rho, 1 - epsilon), 1 + epsilon)", ("clipped ratios", "截断后的概率比"), ("ratios are kept between 1 − ε and 1 + ε", "概率比限制在 1 − ε 与 1 + ε 之间"))
    work.mistake("upper_only", "min(rho, 1 + epsilon)", "the ratio is clipped from above only; keep it between 1 − ε and 1 + ε.", "只截断了上限；比值应限制在 1 − ε 与 1 + ε 之间。")
    work.step("L_free", "rho * A", ("terms without clipping", "未截断的项"))
    work.step("L_clip", "rho_clip * A", ("terms with clipping", "截断后的项"))
    work.step("L", "min(L_free, L_clip)", ("objective of each sample", "每个样本的目标"), ("the smaller of the two, whatever the sign of the advantage", "无论优势正负，都取两者中较小的"))
    work.mistake("always_clipped", "L_clip", "the clipped term is always taken; take the smaller of the two.", "总是取截断项；应取两者中较小的。")
    work.mistake("max", "max(L_free, L_clip)", "the larger of the two is taken; the objective is pessimistic, so take the smaller.", "取了较大的；该目标是悲观估计，应取较小的。")
    work.mistake("never_clipped", "L_free", "nothing is clipped; take the smaller of the two terms.", "没有截断；应取两者中较小的。")
    work.step("J", f"{reduction}(L)", ("objective", "目标函数"), ("it is maximised; a loss is its negative", "该目标要最大化；作损失时取负"))
    work.step("dL_drho", "where(L_free > L_clip, 0, A)", ("derivative of each sample's objective with respect to its ratio", "每个样本的目标对其概率比的导数"), ("the advantage, or 0 where the clipped term is the smaller one and so constant", "等于优势；截断项较小处为常数，导数为 0"))
    work.mistake("not_cut", "A", "the clipped samples keep a derivative too; their objective is constant, so it is 0.", "被截断的样本也算了导数；其目标为常数，导数应为 0。")
