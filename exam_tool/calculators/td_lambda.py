"""TD(lambda) over one episode: the forward view by lambda-returns and the backward view by eligibility traces."""

from __future__ import annotations

from itertools import pairwise

from exam_tool.language import Text

from .rl import DISCOUNT
from .rl_samples import RATE
from .td_learning import Move, plain, read_moves, start_table
from .work import CalculatorError, Pair, Work, calculator

TRACES: dict[str, Pair] = {
    "accumulating": ("The trace of the state that is visited grows by 1.", "访问某状态时其资格迹加 1。"),
    "replacing": ("The trace of the state that is visited is set to 1.", "访问某状态时其资格迹置为 1。"),
}
UPDATES: dict[str, Pair] = {
    "online": ("Values change after every transition.", "每次转移后立即更新价值。"),
    "offline": ("Values change only at the end of the episode; until then the old ones are used.", "回合结束时才更新价值，此前都用旧值。"),
}


@calculator("td_lambda", ("TD(λ)", "TD(λ)"), chapter="rl",
            example={"transitions": [[1, 2, 2], [2, -1, 1], [1, 4, 0]], "alpha": "1/2", "gamma": "1/2", "lam": "1/2", "V_0": [2, 4]})  # fmt: skip
def td_lambda(work: Work) -> None:
    """One episode of rows (s, r, s'), the last with s' = 0: updates by eligibility traces (backward) or by lambda-returns (forward).

    Offline, both views give the same values (with accumulating traces). Source: Sutton and Barto (2018), sections 12.1 and 12.2;
    Sutton and Barto (1998), chapter 7, for the equivalence.
    """
    moves = read_moves(work)
    work.given("gamma", DISCOUNT, is_="probability")
    work.given("lam", ("decay of the traces", "迹衰减参数"), is_="probability", aliases=["lambda"])
    work.given("alpha", RATE, is_="> 0, <= 1")
    n = start_table(work, moves)
    backward = work.option("view", ("view", "视角"), {"backward": ("", ""), "forward": ("", "")}, default="backward", convention=False) == "backward"
    if any(a.after != b.state for a, b in pairwise(moves)):
        raise CalculatorError(Text("The transitions must follow one another in one episode.", "各转移必须在同一回合内前后相接。"))
    if not backward:
        _forward(work, moves, n)
        return
    online = work.option("updates", ("when values change", "何时更新价值"), UPDATES, default="online") == "online"
    kind = work.option("trace", ("kind of trace", "资格迹的类型"), TRACES, default="accumulating")
    _backward(work, moves, n, online=online, replacing=kind == "replacing")


def _backward(work: Work, moves: list[Move], n: int, *, online: bool, replacing: bool) -> None:
    for t, move in enumerate(moves, 1):
        values = f"V_{t - 1}" if online else "V_0"
        after = f" + gamma * {values}[{move.after}]" if move.after else ""
        work.step(f"delta_{t}", f"{plain(move.reward)}{after} - {values}[{move.state}]", (f"TD error of transition {t}", f"第 {t} 次转移的 TD 误差"), ("reward plus discounted next value, minus the value" if move.after else "nothing follows the end: reward minus the value", "奖励加折扣后的后继价值，再减当前价值" if move.after else "结束之后没有后继，误差为奖励减当前价值"))
        if move.after:
            work.mistake("no_gamma", f"{plain(move.reward)} + {values}[{move.after}] - {values}[{move.state}]", "the next value is not discounted; multiply it by γ.", "后继价值没有打折扣；应乘 γ。")
        _trace(work, t, move, n, replacing=replacing)
        if online:
            work.step(f"V_{t}", f"{values} + alpha * delta_{t} * e_{t}", (f"values after transition {t}", f"第 {t} 次转移后的价值"), ("every state moves in proportion to its trace", "每个状态按其资格迹的大小更新"))
            if t > 1:
                work.mistake("current_only", f"{values} + alpha * delta_{t} * onehot({move.state}, {n})", "only the current state is updated, as in TD(0); update every state that has a trace.", "只更新了当前状态，那是 TD(0)；有资格迹的状态都要更新。")
    if not online:
        work.step("V_new", "V_0 + alpha * (" + " + ".join(f"delta_{t} * e_{t}" for t in range(1, len(moves) + 1)) + ")", ("values after the episode", "回合结束后的价值"), ("the updates of all transitions at once", "各次转移的更新一并加上"))


def _trace(work: Work, t: int, move: Move, n: int, *, replacing: bool) -> None:
    label = (f"traces at transition {t}", f"第 {t} 次转移时的资格迹")
    here = f"onehot({move.state}, {n})"
    if t == 1:
        work.step("e_1", here, label, ("only the first state has been visited", "只访问过第一个状态"))
        return
    faded = f"gamma * lam * e_{t - 1}"
    because = ("the old traces fade by γλ; the current state is set to 1", "旧的资格迹乘 γλ 衰减；当前状态置为 1") if replacing else (
        "the old traces fade by γλ; the current state gains 1", "旧的资格迹乘 γλ 衰减；当前状态加 1")
    work.step(f"e_{t}", f"max({faded}, {here})" if replacing else f"{faded} + {here}", label, because)
    work.mistake("no_lambda", f"max(gamma * e_{t - 1}, {here})" if replacing else f"gamma * e_{t - 1} + {here}", "the traces fade by γ only; they fade by γλ.", "资格迹只乘了 γ；应乘 γλ。")
    work.mistake("no_gamma", f"max(lam * e_{t - 1}, {here})" if replacing else f"lam * e_{t - 1} + {here}", "the traces fade by λ only; they fade by γλ.", "资格迹只乘了 λ；应乘 γλ。")
    work.mistake("forgotten", here, "the old traces are dropped; keep them, multiplied by γλ.", "丢掉了旧的资格迹；应保留并乘 γλ。")


def _forward(work: Work, moves: list[Move], n: int) -> None:
    """Lambda-returns from the last to the first, and all updates at once with the old values."""
    if moves[-1].after != 0:
        raise CalculatorError(Text("The forward view needs the whole episode: the last transition goes to 0.", "前向视角需要完整回合：最后一次转移的下一状态应为 0。"))
    for t in range(len(moves), 0, -1):
        move = moves[t - 1]
        label = (f"λ-return from transition {t}", f"第 {t} 次转移起的 λ-回报")
        if move.after == 0:
            work.step(f"G_{t}", plain(move.reward), label, ("nothing follows the end", "结束之后没有后继"))
            continue
        next_value, later = f"V_0[{move.after}]", f"G_{t + 1}"
        work.step(f"G_{t}", f"{plain(move.reward)} + gamma * ((1 - lam) * {next_value} + lam * {later})", label,
                  ("the next value and the later λ-return, mixed by λ", "后继价值与后面的 λ-回报按 λ 混合"))  # fmt: skip
        work.mistake("exchanged", f"{plain(move.reward)} + gamma * (lam * {next_value} + (1 - lam) * {later})", "λ and 1 − λ are exchanged; λ goes with the later return.", "λ 与 1 − λ 弄反了；λ 应乘后面的回报。")
        work.mistake("no_gamma", f"{plain(move.reward)} + (1 - lam) * {next_value} + lam * {later}", "what follows is not discounted; multiply it by γ.", "后续部分没有打折扣；应乘 γ。")
    errors = [[f"G_{t} - V_0[{s}]" for t, move in enumerate(moves, 1) if move.state == s] for s in range(1, n + 1)]
    changes = "[" + ", ".join(" + ".join(f"({error})" for error in found) if len(found) > 1 else "".join(found) or "0" for found in errors) + "]"
    work.step("V_new", f"V_0 + alpha * {changes}", ("values after the episode", "回合结束后的价值"), ("every visit moves the value towards its λ-return", "每次访问都使价值向其 λ-回报靠近"))
    work.mistake("replace", f"V_0 + {changes}", "α is left out; only that share of each error is added.", "漏了 α；只应加上各误差的 α 倍。")
