"""What is known of a learner: ratings, forgetting, mastery, mistakes that come back, when drilling stops."""

from datetime import date
from fractions import Fraction

import pytest

from exam_tool.quiz.forecast import forecast
from exam_tool.quiz.learner import Learner
from exam_tool.quiz.outcomes import Outcome, outcomes
from exam_tool.quiz.rating import rating_of
from exam_tool.quiz.schedule import aims, recall, reviewed

from .playing import DAY, START, Play, mistaken

CONV = "cnn.conv-output-size"
SLIP = "conv_output.room_h/single_padding"


def outcome(
    share: str = "1", *, at: int = START, rung: int = 0, solved: bool = False, took: int = 60_000, sure: str = "",
    mistakes: tuple[str, ...] = (), passed: tuple[str, ...] = (), skills: tuple[str, ...] = ("a",), taught: tuple[str, ...] = (),
) -> Outcome:  # fmt: skip
    part = Fraction(share)
    clean = part == 1 and not rung and not solved
    return Outcome(
        "s", 1, at, "p@1:7", "cnn", "due", skills, part, part * 4, Fraction(4), clean, rung, solved, took, mistakes, passed, taught,
        sure, part == 1, True,
    )  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "times", "rating"),
    [
        (outcome(), (), "good"),
        (outcome("1/2"), (), "again"),
        (outcome("3/4"), (), "hard"),
        (outcome(solved=True), (), "again"),
        (outcome(rung=2), (), "hard"),
        (outcome(took=200_000), (60_000, 70_000, 80_000), "hard"),
        (outcome(took=200_000), (60_000, 70_000), "good"),
        (outcome(took=20_000, sure="sure"), (60_000, 70_000, 80_000), "easy"),
        (outcome(took=20_000), (60_000, 70_000, 80_000), "good"),
    ],
)
def test_ratings_are_computed(what: Outcome, times: tuple[int, ...], rating: str) -> None:
    """From marks, help, time and sureness; nobody is asked for a rating."""
    assert rating_of(what, times) == rating


def test_memory_fades_and_lasts_longer_with_every_review() -> None:
    """After a right answer recall is near 1 and falls; the next interval is longer, after a wrong one shorter."""
    first = reviewed(None, "good", START)
    assert recall(first, START) > 0.99
    assert recall(first, START + 10 * DAY) < recall(first, START + DAY) < 1
    second = reviewed(first, "good", first.due)
    assert second.due - second.last > first.due - first.last
    lapse = reviewed(second, "again", second.due)
    assert lapse.due - lapse.last < second.due - second.last


def test_the_nearer_the_exam_the_more_is_asked() -> None:
    """Retention 0.9, in the last week 0.95; never an interval longer than half the days left."""
    exam = date(2027, 1, 15)
    at = START
    assert aims(at, None) == (0.9, 180)
    days = (exam - date(2027, 1, 15)).days
    assert days == 0
    far, near = START, START
    retention, longest = aims(far, date.fromordinal(date(2027, 1, 15).toordinal() + 40))
    assert retention == 0.9
    assert longest <= 21
    retention, longest = aims(near, date.fromordinal(date(2027, 1, 15).toordinal() + 5))
    assert (retention, longest) == (0.95, 2)


def test_mastery_needs_days_and_no_open_mistake() -> None:
    """Nine in ten on average, three clean first attempts on two days, and no mistake still coming."""
    learner = Learner()
    for i in range(12):
        learner = learner.after([outcome(at=START + i * 60_000)])
    assert not learner.mastered("a")  # all on one day
    learner = learner.after([outcome(at=START + DAY)])
    assert learner.mastered("a")
    shown = learner.after([outcome("3/4", at=START + DAY + 1, mistakes=("c.s/m",))])
    for i in range(2):
        shown = shown.after([outcome(at=START + (2 + i) * DAY, passed=("c.s/m",))])
    assert not shown.mastered("a")
    for i in range(6):
        shown = shown.after([outcome(at=START + (5 + i) * DAY, passed=("c.s/m",))])
    assert shown.mastered("a")


def test_a_mistake_is_gone_after_three_variants_in_a_row() -> None:
    """Passing counts only where the variant could have shown it; showing it again starts the count anew."""
    code = "c.s/m"
    learner = Learner().after([outcome("1/2", mistakes=(code,))])
    assert learner.open_slips == [code]
    learner = learner.after([outcome(passed=(code,)), outcome(passed=("c.s/other",)), outcome(passed=(code,))])
    assert learner.slips[code].passed == 2
    again = learner.after([outcome("1/2", mistakes=(code,))])
    assert again.slips[code].passed == 0
    assert again.slips[code].wants_teaching
    assert not learner.after([outcome(passed=(code,))]).open_slips


def test_a_mistake_shown_twice_wants_teaching_once() -> None:
    """Taught, it is tested; only if it comes twice more is it taught again."""
    code = "c.s/m"
    learner = Learner().after([outcome("1/2", mistakes=(code,))] * 2)
    assert learner.slips[code].wants_teaching
    taught = learner.after([outcome(taught=(code,))])
    assert not taught.slips[code].wants_teaching
    assert not taught.after([outcome("1/2", mistakes=(code,))]).slips[code].wants_teaching
    assert taught.after([outcome("1/2", mistakes=(code,))] * 2).slips[code].wants_teaching


def test_drilling_stops_after_ten_tries_that_lead_nowhere() -> None:
    """Ten tries without mastery and without a run of right ones."""
    learner = Learner().after([outcome("1/4", at=START + i * DAY) for i in range(10)])
    assert learner.skills["a"].is_stuck
    right = Learner().after([outcome(at=START + i * 60_000) for i in range(10)])
    assert not right.skills["a"].is_stuck


def test_a_skill_seen_inside_another_question_counts_only_when_nearly_due() -> None:
    """The second skill of a question is not reviewed the same day again."""
    learner = Learner().after([outcome(skills=("a", "b"))])
    again = learner.after([outcome(at=START + 3600_000, skills=("a", "b"))])
    assert again.skills["a"].tries == 2
    assert again.skills["b"].tries == 1
    later = learner.after([outcome(at=START + 20 * DAY, skills=("a", "b"))])
    assert later.skills["b"].tries == 2


def test_outcomes_are_rebuilt_from_rows() -> None:
    """What a session did is what its rows say: marks, mistakes, what was passed, help."""
    play = Play([CONV])
    wrong = mistaken(play.variant, "room_h/single_padding")
    for find in ("room_h", "moves_h", "H_out"):
        play.type(wrong[find])
        if find == "room_h":
            play.press("skip")
    found = list(outcomes(play.kept))
    assert len(found) == 1
    assert found[0].mistakes == (SLIP,)
    assert found[0].share == Fraction(2, 3)
    assert found[0].passed == ()
    clean = Play([CONV])
    for _ in range(3):
        clean.right()
    assert SLIP in next(iter(outcomes(clean.kept))).passed


def test_a_question_barely_begun_says_nothing() -> None:
    """Right so far and then left: no outcome; wrong and then left: a lapse."""
    play = Play([CONV])
    play.right()
    assert list(outcomes(play.kept)) == []
    play.type("1")
    assert [found.share for found in outcomes(play.kept)] == [Fraction(1, 3)]


def test_the_forecast_is_a_range_and_says_when_it_is_too_early() -> None:
    """Nothing practised: too early; all of it clean many times: high and narrow; never beyond the paper."""
    skills = {f"k{i}": 3.0 for i in range(20)}
    assert forecast(skills, Learner(), START).is_early
    rows = [outcome(at=START + day * DAY, skills=(skill,)) for day in range(6) for skill in skills]
    good = forecast(skills, Learner().after(rows), START + 6 * DAY)
    bad = forecast(skills, Learner().after([outcome("1/4", at=row.at, skills=row.skills) for row in rows]), START + 6 * DAY)
    assert not good.is_early
    assert bad.high < good.low < good.high <= 1
    assert good.marks(100)[1] <= 100
