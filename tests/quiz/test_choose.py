"""The plan: what comes next, why, and that it never depends on anything but its input."""

from itertools import pairwise

from exam_tool.quiz.choose import Plan
from exam_tool.quiz.learner import Learner
from exam_tool.quiz.needs import fitting_level
from exam_tool.quiz.outcomes import outcomes
from exam_tool.quiz.pages import Taught, Worked
from exam_tool.quiz.session import Asking, Finished, Hunting, Reading

from .playing import DAY, START, Play, bank, mistaken

CONV, MATRIX, SOFTMAX, RETURN = "cnn.conv-output-size", "foundations.matrix-product", "foundations.softmax-logarithms", "rl.return-finite"
FACTS = ("cnn.near-pixels", "cnn.pooling-weights")
ALL = (CONV, MATRIX, SOFTMAX, RETURN, *FACTS)
SLIP = "conv_output.room_h/single_padding"


def finish(play: Play, right: bool = True) -> None:
    """To the end of the question, reading whatever page lies over it."""
    while not isinstance(play.session.phase, Finished):
        match play.session.phase:
            case Asking() if right:
                play.right()
            case Asking():
                play.press("skip")
            case _:
                play.type("")


def codes(play: Play, count: int) -> list[str]:
    found = []
    for _ in range(count):
        finish(play)
        found.append(play.variant.code)
        play.type("")
        if isinstance(play.session.phase, Hunting):
            play.type("")
            play.type("")
    return found


def test_the_same_seed_gives_the_same_session() -> None:
    """And another seed another one."""
    first, again, other = (codes(Play(ALL, seed=seed, count=9, named=False), 5) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_named_problems_come_once_before_any_comes_twice() -> None:
    """And each time with other numbers."""
    found = codes(Play((CONV, MATRIX, RETURN), count=9), 6)
    problems = [code.partition("@")[0] for code in found]
    assert sorted(problems[:3]) == sorted(problems[3:]) == sorted((CONV, MATRIX, RETURN))
    assert len(set(found)) == 6


def test_neighbours_are_of_different_chapters_where_that_can_be() -> None:
    """Interleaving: no two questions of one skill in a row."""
    found = codes(Play(ALL, count=9, named=False), 6)
    problems = [code.partition("@")[0] for code in found]
    assert all(one != two for one, two in pairwise(problems))


def test_facts_are_a_quarter_at_most_while_there_is_anything_else() -> None:
    """They are many and short, and would crowd out the calculations."""
    found = codes(Play(ALL, count=9, named=False), 4)
    assert sum(code.partition("@")[0] in FACTS for code in found) <= 1


def test_a_due_skill_comes_first_and_says_so() -> None:
    """Of two skills known, the one whose day has come."""
    play = Play((CONV, MATRIX), count=2)
    finish(play)
    practised = play.variant.problem.id
    learner = Learner().after(outcomes(play.kept))
    later = Play((CONV, MATRIX), learner=learner, named=False, at=START + 40 * DAY)
    assert later.variant.problem.id == practised
    assert later.session.item is not None
    assert later.session.item.purpose == "due"
    assert "recall" in later.session.item.reason.en


def test_a_mistake_shown_twice_is_taught_then_tested_again() -> None:
    """The page explains it before the next question; later a variant that can show it is drawn, for that mistake."""
    play = Play((CONV, MATRIX, RETURN), count=30, named=False)
    seen: list[str] = []
    for _ in range(14):
        phase = play.session.phase
        if isinstance(phase, Reading) and isinstance(phase.page, Taught):
            seen.append("taught")
            assert phase.page.code == SLIP
        while not isinstance(play.session.phase, Finished):
            match play.session.phase:
                case Asking() if play.variant.problem.id == CONV and "taught" not in seen:
                    play.type(mistaken(play.variant, "room_h/single_padding")[play.find])
                    if play.find == "room_h" and isinstance(play.session.phase, Asking):
                        play.press("skip")
                case Asking():
                    play.right()
                case _:
                    play.type("")
        assert play.session.item is not None
        if "taught" in seen and play.session.item.purpose in ("retest", "slip"):
            seen.append(play.session.item.purpose)
            assert SLIP in next(row for row in reversed(play.kept) if row.act == "shown").tests
            break
        play.clock.at += 11 * 60_000
        play.type("")
        if isinstance(play.session.phase, Hunting):
            play.type("")
            play.type("")
    assert seen[:2] == ["taught", "retest"]
    assert [row.mistakes for row in play.kept if row.act == "taught"] == [(SLIP,)]


def test_a_value_that_had_to_be_shown_is_tried_again_at_once() -> None:
    """Another variant of the same problem, once."""
    play = Play((CONV, MATRIX, RETURN), count=9)
    play.clock.tick = 6000
    first = play.variant
    while play.session.item is not None and not play.session.item.entry.rung_is_last:
        play.press("hint")
    finish(play)
    play.type("")
    assert play.variant.problem.id == first.problem.id
    assert play.session.item is not None
    assert play.session.item.purpose == "again"
    finish(play)
    play.type("")
    assert play.variant.problem.id != first.problem.id


def test_one_new_skill_a_session_comes_with_an_example() -> None:
    """A worked example of other numbers first, then the question with all but the last step filled in; never for named problems."""
    play = Play((CONV, MATRIX, SOFTMAX, RETURN), count=9, named=False)
    pages = []
    for _ in range(3):
        if isinstance(play.session.phase, Reading):
            assert isinstance(play.session.phase.page, Worked)
            assert play.session.phase.page.variant.code != play.variant.code
            pages.append(play.session.item)
        finish(play)
        play.type("")
    assert len(pages) == 1
    item = pages[0]
    assert item is not None
    assert [entry.filled for entry in item.entries] == [False] or [entry.filled for entry in item.entries][-1] is False


def test_the_level_rises_with_the_average() -> None:
    """Level 1 at first, 3 when it goes well."""
    from exam_tool.quiz.learner import Skill

    assert [fitting_level(Skill(average=average)) for average in (0.0, 0.5, 0.9)] == [1, 2, 3]


def test_a_problem_that_cannot_be_drawn_is_passed_over() -> None:
    """A faulty problem never stops a session."""
    from dataclasses import replace

    conv = bank()[CONV]
    spoiled = replace(conv, id="cnn.spoiled", draws={})
    play = Play((CONV,))
    plan = Plan.of((spoiled, bank()[MATRIX]), Learner(), 1, True)
    item = plan(play.session, START)
    assert item is not None
    assert item.variant.problem.id == MATRIX
