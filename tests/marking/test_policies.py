"""What a verdict is worth under each policy, and what may be lost only once."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exam_tool.language import ExamToolError
from exam_tool.marking.grading import half_up, whole_marks
from exam_tool.marking.policy import POLICIES, Policy, Tally, find_policy, worth
from exam_tool.marking.verdicts import (
    Correct,
    FollowsThrough,
    Fortuitous,
    Imprecise,
    KnownMistake,
    MethodOnInvalid,
    Mixed,
    NotFromWorking,
    Verdict,
    Wrong,
)

FT, LUCKY, NFW, MIXED = FollowsThrough(("z",)), Fortuitous("c.z/m"), NotFromWorking(), Mixed(("z",), ("z",))
HIDDEN = KnownMistake("c.z/m", "method", "z", hidden=True)
TIED = KnownMistake("c.z/m", "slip", "z", ("c.z/n",), hidden=True)


@pytest.mark.parametrize(
    ("verdict", "course", "cambridge", "ib", "strict"),
    [
        (Correct(), 2, 2, 2, 2),
        (FT, 2, 2, 1, 0),
        (MIXED, 2, 2, 1, 0),
        (FollowsThrough(("z",), trivial=True), 1, 1, 1, 0),
        (FollowsThrough(("z",), impossible=True), 1, 1, 1, 0),
        (MethodOnInvalid(("z",)), 1, 1, 1, 0),
        (NFW, 2, 2, 2, 0),
        (LUCKY, 2, 0, 2, 0),
        (HIDDEN, 1, 0, 0, 0),
        (TIED, 0, 0, 0, 0),
        (KnownMistake("c.a/m", "slip", "a"), 1, 1, 1, 1),
        (KnownMistake("c.a/m", "method", "a"), 0, 0, 0, 0),
        (KnownMistake("c.o=x", "convention", "a"), 1, 1, 1, 1),
        (KnownMistake("c.o=x", "convention", "a", stated=False), 2, 2, 2, 2),
        (Imprecise(), 1, 1, 1, 1),
        (Wrong(), 0, 0, 0, 0),
    ],
    ids=str,
)
def test_presets(verdict: Verdict, course: int, cambridge: int, ib: int, strict: int) -> None:
    """The table of presets, at a step worth one method and one accuracy mark in a question of one part."""
    for name, expected in (("course", course), ("cambridge", cambridge), ("ib", ib), ("strict", strict)):
        tally = Tally(POLICIES[name], False, {"z": "", "a": ""})
        assert sum(tally.award(verdict, worth(Fraction(2), "ma", ""))) == expected, name


@pytest.mark.parametrize(
    ("scheme", "verdict", "expected"),
    [
        ("cao", FT, 1), ("cao", Correct(), 2), ("b", FT, 0), ("b", Correct(), 2), ("b", KnownMistake("c.a/m", "slip", "a"), 0),
        ("ag", FT, 2), ("ag", NFW, 0), ("ag", LUCKY, 0), ("hence", NFW, 0), ("hence", FT, 2), ("hence", Correct(), 2),
    ],
)  # fmt: skip
def test_schemes(scheme: str, verdict: Verdict, expected: int) -> None:
    """Marks of other kinds than method and accuracy."""
    assert sum(Tally(POLICIES["course"], False, {}).award(verdict, worth(Fraction(2), scheme, ""))) == expected


@pytest.mark.parametrize("verdict", [Imprecise(), KnownMistake("c.o=x", "convention", "a")])
def test_charged_once(verdict: Verdict) -> None:
    """Rounding and conventions cost their mark once a question, unless a policy says otherwise."""
    for policy, second in ((Policy("once"), 2), (Policy("each", repeat="each"), 1)):
        tally = Tally(policy, False, {})
        marks = [sum(tally.award(verdict, worth(Fraction(2), "ma", ""))) for _ in range(2)]
        assert marks == [1, second]


def test_a_mistake_costs_at_each_step() -> None:
    """Slips and method mistakes are charged wherever they are made: each mark tests them."""
    tally = Tally(POLICIES["course"], False, {})
    slip = KnownMistake("c.a/m", "slip", "a")
    assert [sum(tally.award(slip, worth(Fraction(2), "ma", ""))) for _ in range(3)] == [1, 1, 1]


@pytest.mark.parametrize(("marks", "whole"), [("0", 0), ("1/2", 1), ("3/2", 2), ("5/4", 1), ("7/4", 2)])
def test_half_up(marks: str, whole: int) -> None:
    """Whole marks are rounded half up, once, at the end."""
    assert half_up(Fraction(marks)) == whole


def test_a_wrong_step_is_never_rounded_to_full_marks() -> None:
    """5 1/2 of 6 is 6 for a coarse rounding, but 5 with a wrong step: a script without one must not be beaten."""
    half = Fraction(11, 2)
    assert whole_marks(half, Fraction(6), {"a": Imprecise()}) == 6
    assert whole_marks(half, Fraction(6), {"a": KnownMistake("c.a/m", "slip", "a")}) == 5


def test_unknown_policy() -> None:
    """A policy that does not exist is an error that lists those that do."""
    with pytest.raises(ExamToolError) as caught:
        find_policy("oxford")
    assert "cambridge" in caught.value.message.en
    assert "cambridge" in caught.value.message.zh
