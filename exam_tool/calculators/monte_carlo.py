"""Monte Carlo prediction of all states, averaged or with a constant step, and importance sampling. One state's average is in ``rl_samples``."""

from __future__ import annotations

from exam_tool.expressions.functions import whole
from exam_tool.language import Text

from .rl import DISCOUNT
from .rl_samples import RATE
from .td_learning import plain
from .work import CalculatorError, Pair, Work, calculator

VISITS: dict[str, Pair] = {
    "first visit": ("Only the first visit to a state in each episode counts.", "每个回合只计对某状态的首次访问。"),
    "every visit": ("Every visit to a state counts.", "对某状态的每次访问都计入。"),
}
STEPS: dict[str, Pair] = {
    "1/N": ("Each value is the average of the returns counted so far.", "价值取迄今计入的各回报的平均。"),
    "constant": ("At each counted visit, in order, the value moves by the share α of return minus value.", "按访问顺序，每次计入的访问使价值移动“回报减价值”的 α 倍。"),
}
Episode = list[tuple[int, str]]  # state, and the reward that follows as it stands in a formula


def read_episodes(work: Work) -> list[Episode]:
    """Declares the episodes, ``episodes`` or ``E_1, E_2, ...``: rows of a state and the reward that follows it."""
    label = ("episodes: rows of state and reward that follows", "各回合：每行为状态及其后的奖励")
    if work.offered("episodes"):
        work.given("episodes", label, shape=None)
        found = [_episode(rows) for rows in work.structure("episodes")]
    else:
        found = []
        while work.offered(f"E_{len(found) + 1}"):
            name = f"E_{len(found) + 1}"
            work.given(name, (f"episode {len(found) + 1}: rows of state and reward that follows", f"回合 {len(found) + 1}：每行为状态及其后的奖励"), shape=None)
            found.append(_episode(work.structure(name)))
    if not found:
        raise CalculatorError(Text("Give the episodes, or E_1, E_2, ...", "请给出 episodes，或 E_1、E_2……"))
    return found


def _episode(rows: object) -> Episode:
    if not isinstance(rows, tuple) or not all(isinstance(row, tuple) and len(row) == 2 for row in rows):
        raise CalculatorError(Text("An episode is rows of a state and a reward.", "回合的每行为一个状态和一个奖励。"))
    return [(whole(row[0], 1), plain(row[1])) for row in rows]


@calculator("mc_prediction", ("Monte Carlo prediction", "蒙特卡洛预测"), chapter="rl",
            example={"E_1": [[1, 2], [2, 0], [1, 4]], "E_2": [[2, -2], [1, 8]], "gamma": "1/2"})  # fmt: skip
def mc_prediction(work: Work) -> None:
    """Values ``V`` of all n states from whole episodes of rows (state, reward that follows), by first or every visit.

    With ``step=constant`` the values move by ``alpha`` from ``V_0`` (0 when left out); else they are averages, 0 where nothing was counted.
    Source: Sutton and Barto (2018), section 5.1 and equation 6.1.
    """
    first = work.option("visit", ("visits that count", "计入的访问"), VISITS, default="first visit") == "first visit"
    step = work.option("step", ("how returns enter", "回报的计入方式"), STEPS, default="constant" if work.offered("alpha") else "1/N")
    work.given("gamma", DISCOUNT, is_="probability")
    episodes = read_episodes(work)
    n = max(state for episode in episodes for state, _ in episode)
    if step == "constant":
        work.given("alpha", RATE, is_="> 0, <= 1")
        started = work.optional("V_0", ("values of the states at the start", "各状态的初始价值"), shape="n", aliases=["V"])
        if not started:
            work.given("V_0", ("values of the states at the start", "各状态的初始价值"), shape="n", default=f"zeros({n})")
        n = work.length("V_0")
    counted = _returns(work, episodes, first)
    if step == "constant":
        _moving(work, counted)
    else:
        _averages(work, counted, n, episodes, first)


def _returns(work: Work, episodes: list[Episode], first: bool) -> list[tuple[int, str]]:
    """The steps of all returns, backwards in each episode; returns the counted visits in order, each a state and its return."""
    counted: list[tuple[int, str]] = []
    for i, episode in enumerate(episodes, 1):
        for t in range(len(episode) - 1, -1, -1):
            reward = episode[t][1]
            later = f"G_{i}_{t + 1}"
            label = (f"return in episode {i} from step {t}", f"回合 {i} 从第 {t} 步起的回报")
            if t == len(episode) - 1:
                work.step(f"G_{i}_{t}", reward, label, ("nothing follows the last reward", "最后一个奖励之后没有回报"))
                continue
            work.step(f"G_{i}_{t}", f"{reward} + gamma * {later}", label, ("reward plus discounted later return", "奖励加上折扣后的后续回报"))
            work.mistake("no_gamma", f"{reward} + {later}", "the later return is not discounted; multiply it by γ.", "后续回报没有打折扣；应乘 γ。")
            work.mistake("immediate", reward, "only the next reward is taken; the return goes on to the end of the episode.", "只取了即时奖励；回报要一直算到回合结束。")
        for t, (state, _) in enumerate(episode):
            if not first or state not in [before for before, _ in episode[:t]]:
                counted.append((state, f"G_{i}_{t}"))
    return counted


def _averages(work: Work, counted: list[tuple[int, str]], n: int, episodes: list[Episode], first: bool) -> None:
    """Counts, sums and averages of each state."""
    of = [[name for state, name in counted if state == s] for s in range(1, n + 1)]
    work.step("N", "[" + ", ".join(str(len(names)) for names in of) + "]", ("visits that count, for each state", "各状态计入的访问次数"), ("go through the episodes and count them state by state", "逐个回合按状态计数"))
    if first and any(len(names) != sum(state == s for episode in episodes for state, _ in episode) for s, names in enumerate(of, 1)):
        visits = [sum(state == s for episode in episodes for state, _ in episode) for s in range(1, n + 1)]
        work.mistake("all_visits", "[" + ", ".join(map(str, visits)) + "]", "every visit is counted; only the first one in an episode counts.", "把每次访问都计数了；每个回合只计首次访问。")
    work.step("sums", "[" + ", ".join(" + ".join(names) or "0" for names in of) + "]", ("sum of the counted returns of each state", "各状态计入的回报之和"))
    work.step("V", "sums / max(N, 1)" if not all(of) else "sums / N", ("estimated values", "估计的价值"), ("the average of the counted returns", "取计入的回报的平均"))
    work.mistake("sum", "sums", "the returns are added but not divided by their number; take their average.", "只求了和，没有除以次数；应取平均。")
    if len(episodes) > 1 and any(len(names) != len(episodes) for names in of):
        work.mistake("by_episodes", f"sums / {len(episodes)}", "the sums are divided by the number of episodes; divide by the counted visits of each state.", "除以了回合数；应除以每个状态计入的访问次数。")


def _moving(work: Work, counted: list[tuple[int, str]]) -> None:
    """One update a counted visit, the values of a visit being those the one before left."""
    for k, (state, name) in enumerate(counted, 1):
        old = f"V_{k - 1}"
        work.step(f"V_{k}", f"put({old}, {state}, {old}[{state}] + alpha * ({name} - {old}[{state}]))", (f"values after visit {k}", f"第 {k} 次计入的访问后的价值"), ("the value moves by the share α towards the return", "价值向回报靠近，移动差值的 α 倍"))
        work.mistake("replace", f"put({old}, {state}, {name})", "the value is replaced by the return; only the share α of the difference is added.", "直接换成了回报；只应加上差值的 α 倍。")
        work.mistake("no_difference", f"put({old}, {state}, {old}[{state}] + alpha * {name})", "the old value is not subtracted; the step is α times (return minus value).", "没有减去旧值；应加上 α 乘“回报减价值”。")
    work.step("V", f"V_{len(counted)}", ("values in the end", "最后的价值"))


@calculator("importance_sampling", ("Importance sampling", "重要性采样"), chapter="rl",
            example={"G": [4, 2, -2], "pi": [["1/2", "1/2"], ["3/4", "1/2"], ["1/4", "1/2"]], "b": [["1/4", "1/2"], ["1/2", "1/2"], ["1/2", "1/2"]]})  # fmt: skip
def importance_sampling(work: Work) -> None:
    """Off-policy estimates from episodes that follow ``b``: row i of ``pi`` and ``b`` holds the probabilities of the actions of episode i.

    ``rho_i`` is the product of their ratios, ``G`` the returns. Source: Sutton and Barto (2018), equations 5.3 to 5.6.
    """
    work.given("G", ("returns of the episodes", "各回合的回报"), shape="N")
    work.given("pi", ("probabilities under the target policy, one row per episode", "目标策略下的动作概率，每行一个回合"), is_="probability", shape="N T")
    work.given("b", ("probabilities under the behaviour policy", "行为策略下的动作概率"), is_="probability, > 0", shape="N T")
    n = work.length("G")
    work.step("ratios", "pi / b", ("ratios of the probabilities", "概率之比"), ("target policy over behaviour policy", "目标策略除以行为策略"))
    work.mistake("upside_down", "b / pi", "the ratio is upside down; divide the target policy's probability by that of the behaviour policy.", "比值颠倒了；应以目标策略的概率除以行为策略的概率。")
    work.step("rho", "[" + ", ".join(f"prod(ratios[{i}])" for i in range(1, n + 1)) + "]", ("importance ratio of each episode", "各回合的重要性比率"), ("the product of the ratios of its actions", "该回合各动作之比的乘积"))
    work.mistake("added", "sum(ratios, 2)", "the ratios of an episode are added; multiply them.", "把一个回合的比值相加了；应相乘。")
    work.step("weighted", "rho * G", ("weighted returns", "加权回报"), ("each return times its importance ratio", "每个回报乘以自己的重要性比率"))
    work.step("V_ordinary", f"sum(weighted) / {n}", ("ordinary importance sampling", "普通重要性采样估计"), ("divided by the number of episodes", "除以回合数"))
    work.mistake("unweighted", "mean(G)", "the returns are averaged unweighted; they come from another policy, so weight each by its ratio.", "回报没有加权；它们来自另一个策略，应各乘重要性比率。")
    work.step("V_weighted", "sum(weighted) / sum(rho)", ("weighted importance sampling", "加权重要性采样估计"), ("divided by the sum of the ratios", "除以重要性比率之和"))
