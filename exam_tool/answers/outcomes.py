"""From outcomes on single numbers to a judgement on the answer they make up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exam_tool.expressions.exact import Scalar, Undecided, Undefined
from exam_tool.language import Text

from .decide import TOO_CLOSE, Outcome, Target, Verdict, decide
from .judgement import CORRECT_TEXT, INCORRECT_TEXT, Entry, Judgement
from .reading import Reading

UNDECIDED = Outcome(Verdict.UNDECIDED, TOO_CLOSE, "none", "undecided")


SEVERITY = {Verdict.CORRECT: 0, Verdict.IMPRECISE: 1, Verdict.UNDECIDED: 2, Verdict.INCORRECT: 3, Verdict.UNREADABLE: 4}


def outcome_of(goal: Target, value: Scalar, decimals: int | None) -> Outcome:
    """One number against one target; what no enclosure settles is undecided."""
    try:
        return decide(goal, value, decimals)
    except (Undecided, Undefined):
        return UNDECIDED


def concluded(outcome: Outcome, reading: Reading, entries: tuple[Entry, ...] = ()) -> Judgement:
    verdict, reason, method, code = outcome
    if reason is None:
        reason = CORRECT_TEXT if verdict is Verdict.CORRECT else INCORRECT_TEXT
    return Judgement(verdict, reading, reason, None, 1, entries, method, code)


def entrywise(goals: tuple[Target, ...], values: Any, decimals: Any, reading: Reading, places: Sequence[Entry]) -> Judgement:
    """The worst verdict of the entries decides, and every entry that differs is named."""
    worst = Outcome(Verdict.CORRECT, None, "exact")
    differing: list[Entry] = []
    for goal, value, digits, place in zip(goals, values, decimals, places, strict=True):
        outcome = outcome_of(goal, value, digits)
        if outcome.verdict is not Verdict.CORRECT:
            differing.append(place)
        if SEVERITY[outcome.verdict] > SEVERITY[worst.verdict] or (worst.method == "exact" and outcome.verdict is worst.verdict):
            worst = outcome
    if differing:
        shown = ", ".join("(" + ", ".join(map(str, place)) + ")" for place in differing[:6]) + (" ..." if len(differing) > 6 else "")
        tail_en, tail_zh = (f" {worst.reason.en}", worst.reason.zh) if worst.reason else ("", "")
        several = len(differing) > 1
        worst = worst._replace(
            reason=Text(
                f"{'Entries' if several else 'Entry'} {shown} {'differ' if several else 'differs'}.{tail_en}",
                f"第 {shown} 个分量不符。{tail_zh}",
            )
        )
    return concluded(worst, reading, tuple(differing))


def wrong_size(reading: Reading, reason: Text) -> Judgement:
    return Judgement(Verdict.INCORRECT, reading, reason, None, 1, (), "exact", "size")
