"""How much a problem is needed now, and why: the weighing behind the plan. Pure; it draws nothing and picks nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from exam_tool.bank.shelf import Outline
from exam_tool.language import Text

from .learner import Learner, Skill, calculator_of
from .schedule import DAY

Purpose = Literal["named", "another", "again", "retest", "apart", "slip", "due", "stuck", "weak", "new", "growing", "kept", "mock"]

MINUTE = 60_000
REST = 10 * MINUTE  # a mistake is not tried again before other things were thought of
WEAK = 0.6
RETEST, APART, SLIP, DUE, FAILING, NEW, GROWING, KEPT = 5.0, 4.2, 3.0, 2.0, 1.5, 1.2, 0.9, 0.1
ELSEWHERE = -0.3  # another problem of the same calculation than the one that showed a mistake
LEVEL_STEP = 0.25  # what a level away from the one that fits costs
SIDE = 0.5  # what a need counts for in a skill that is only part of the problem
STUCK_REST = 3 * DAY
UNKNOWN = Skill()
APART_WORDS = Text(
    "an earlier answer fits more than one known mistake: this one tells which", "之前有个答案可能出于不止一种错误：这题能分辨是哪一种"
)
NEW_WORDS = Text("new to you", "还没有练过")


class Need(NamedTuple):
    """The weight of one problem, what for, and the sentence that says so; ``code`` names the mistake it is chosen for."""

    weight: float
    purpose: Purpose
    reason: Text
    code: str = ""


NEW_NEEDS = {part: Need(NEW * part, "new", NEW_WORDS) for part in (1.0, SIDE)}  # most problems are new to most people


def need(problem: Outline, learner: Learner, at: int) -> Need:
    """The greatest need this problem meets, less what its level is off."""
    skills = problem.skills
    main = learner.skills.get(skills[0], UNKNOWN)
    slips = [found for code in learner.open_slips if (found := _slip_need(problem, learner, code, at)) is not None]
    best = _skill_need(skills[0], learner, at, 1.0)
    for found in (*slips, *(_skill_need(name, learner, at, SIDE) for name in skills[1:])):
        best = found if found.weight > best.weight else best
    off = abs(problem.level - fitting_level(main))
    return Need(best.weight - LEVEL_STEP * off, best.purpose, best.reason, best.code)


def apart_need(problem: Outline, learner: Learner) -> Need | None:
    """The need to find out which of several mistakes an answer came from, on a problem of that calculation."""
    doubt = learner.doubt_on(problem.calculator)
    if doubt is None:
        return None
    return Need(APART + (0.0 if doubt.problem == problem.id else ELSEWHERE), "apart", APART_WORDS)


def fitting_level(skill: Skill) -> int:
    """The difficulty that teaches most: rising with the running average."""
    return 1 if skill.average < 0.35 else 2 if skill.average < 0.75 else 3


def _slip_need(problem: Outline, learner: Learner, code: str, at: int) -> Need | None:
    """The need to try a mistake again, on the problem that showed it or another one of the same calculation."""
    slip = learner.slips[code]
    if calculator_of(code) != problem.calculator:
        return None
    same = 0.0 if slip.problem == problem.id else ELSEWHERE
    if slip.taught == slip.shown and slip.passed == 0:
        return Need(RETEST + same, "retest", Text("is the mistake from before gone?", "检验之前的错误是否已改正"), code)
    due = slip.memory is not None and slip.memory.due <= at
    if not due and at - slip.last < REST:
        return None
    weight = SLIP + min(slip.shown, 4) * 0.2 + same if due or slip.passed == 0 else GROWING + same
    times = slip.shown
    return Need(
        weight, "slip", Text(f"a mistake seen here {_times(times)} is still open", f"这里有一个出现过 {times} 次的错误尚未改正"), code
    )


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _skill_need(name: str, learner: Learner, at: int, part: float) -> Need:
    skill = learner.skills.get(name)
    if skill is None or skill.memory is None:
        return NEW_NEEDS[part]
    percent = round(100 * learner.recall(name, at))
    if skill.is_stuck:
        rested = at - skill.last >= STUCK_REST
        return Need(
            DUE * part if rested else 0.0,
            "stuck",
            Text("ten tries have not settled it: read the example first, then ask a person", "练了十次仍未掌握：先看例题，再请教别人"),
        )
    if skill.memory.due <= at:
        return Need((DUE + 1 - percent / 100) * part, "due", _due_words(skill, percent, at))
    today = at - skill.last < DAY // 2
    if skill.average < WEAK and skill.results[-1] < 1:
        right = sum(result >= 1 for result in skill.results)
        weight = FAILING + WEAK - skill.average - (0.4 if at - skill.last < REST else 0.0)
        count = len(skill.results)
        return Need(weight * part, "weak", Text(f"{right} of the last {count} right", f"最近 {count} 次对了 {right} 次"))
    if not learner.mastered(name):
        return Need(
            (GROWING + 0.3 * (1 - skill.average) - (0.5 if today else 0.0)) * part, "growing", Text("on the way to mastery", "正在掌握中")
        )
    return Need(KEPT * (2 - percent / 100) * part, "kept", Text("mastered; mixed in to keep it", "已掌握；穿插复习以保持"))


def _due_words(skill: Skill, percent: int, at: int) -> Text:
    days = (at - skill.last) // DAY
    ago = Text(f"{days} days ago" if days > 1 else "yesterday" if days else "today", f"是 {days} 天前" if days else "就在今天")
    return Text(f"last practised {ago.en}, recall about {percent} %", f"上次练习{ago.zh}，回忆率约 {percent}%")


def neighbours(problem: Outline, before: Sequence[Outline]) -> float:
    """What it costs to ask this problem after those of the session so far: the same skill again, the same chapter again."""
    cost = 0.0
    skills = set(problem.skills)
    for distance, earlier in enumerate(reversed(before), 1):
        if earlier.id == problem.id:
            cost += 1.5
        elif distance == 1 and skills & set(earlier.skills):
            cost += 1.2
        elif skills & set(earlier.skills):
            cost += 0.4
        if distance == 1 and earlier.chapter == problem.chapter:
            cost += 0.5
    return cost
