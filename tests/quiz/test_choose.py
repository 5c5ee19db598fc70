"""The plan: what comes next, why, and that it never depends on anything but its input."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from exam_tool.bank.shelf import outline
from exam_tool.history.review import Review
from exam_tool.language import Text
from exam_tool.marking.separating import groups
from exam_tool.quiz.choose import Plan, showing, telling_apart
from exam_tool.quiz.item import new_item
from exam_tool.quiz.learner import Doubt, Learner
from exam_tool.quiz.needs import APART, apart_need, fitting_level
from exam_tool.quiz.outcomes import outcomes
from exam_tool.quiz.pages import Taught, Worked
from exam_tool.quiz.session import Asking, Finished, Hunting, Reading
from exam_tool.quiz.state import shown_row
from exam_tool.variant import draw

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


TIED = ("conv_output.H_out/size_over_stride", "conv_output.moves_h/ceil")
NEVER_APART = ("conv_output.H_out/no_plus_one", "conv_output.H_out/plus_one_inside")


def tied_answer(play: Play) -> None:
    """Only the last step answered, with a number that two mistakes leave."""
    play.press("skip")
    play.press("skip")
    play.type(mistaken(play.variant, "moves_h/ceil")["H_out"])
    finish(play, right=False)


def test_an_answer_that_fits_two_mistakes_is_followed_by_a_variant_that_tells_them_apart() -> None:
    """Neither counts as shown; the next variant gives them different numbers; whatever is answered there settles the doubt."""
    play = Play((CONV, MATRIX, RETURN), count=9, named=False)
    play.session = play.session._replace(item=new_item(1, draw(bank()[CONV], 1), "new", Text("", "")), phase=Asking())
    play.kept = [shown_row(play.session, play.clock())]
    play.session = play.session._replace(reviews=tuple(play.kept))
    tied_answer(play)
    answer = next(row for row in play.kept if row.act == "answer")
    assert answer.mistakes == ()
    assert set(answer.tied) == set(TIED)
    learner = Learner().after(outcomes(play.kept))
    assert not learner.slips
    assert learner.doubts == (Doubt(answer.tied, CONV),)
    purposes = []
    while "apart" not in purposes:
        play.type("")
        assert play.session.item is not None
        purposes.append(play.session.item.purpose)
        asked = play.variant
        finish(play)
        assert len(purposes) < 5
    assert asked.problem.id == CONV
    assert [group for group in groups(asked, TIED) if set(group) & {"H_out/size_over_stride", "moves_h/ceil"}] == [
        ("moves_h/ceil",),
        ("H_out/size_over_stride",),
    ]
    assert Learner().after(outcomes(play.kept)).doubts == ()


def test_mistakes_that_cannot_be_told_apart_do_not_hold_up_the_plan() -> None:
    """The problem is asked as it would be without the doubt; when the tie comes back, the first mistake stands for both."""
    conv = bank()[CONV]
    assert telling_apart(conv, NEVER_APART, "1") is None
    learner = Learner(doubts=(Doubt(NEVER_APART, CONV),))
    plan = Plan.of([conv], learner, 3)
    item = plan(Play((CONV,)).session, START)
    assert item is not None
    assert item.purpose == "new"
    seen = [
        Review("s", number, START + number * DAY, act, f"{CONV}@1:{number}", "H_out", maximum=Fraction(2), tests=NEVER_APART, **said)
        for number in (1, 2, 3)
        for act, said in (("shown", {}), ("answer", {"tied": NEVER_APART}), ("done", {}))
    ]
    after = Learner().after(outcomes(seen))
    assert {code: slip.shown for code, slip in after.slips.items()} == {NEVER_APART[0]: 2}
    assert after.slips[NEVER_APART[0]].wants_teaching


def test_the_test_after_teaching_shows_the_mistake_and_none_like_it() -> None:
    """Its number differs from the right one and from those of mistakes that may leave the same one."""
    for seed in range(5):
        variant = showing(bank()[CONV], SLIP, str(seed))
        assert variant is not None
        assert ("room_h/single_padding",) in groups(variant)
    assert showing(bank()[MATRIX], SLIP, "1") is None


def test_doubts_are_about_calculations_not_problems() -> None:
    """Another problem of the same calculation may settle them; a problem of another one may not."""
    learner = Learner(doubts=(Doubt(TIED, "cnn.another"),))
    conv, matrix = outline(bank()[CONV]), outline(bank()[MATRIX])
    found = apart_need(conv, learner)
    assert found is not None
    assert found.weight < APART
    assert apart_need(matrix, learner) is None
    assert Doubt(("cnn.own-steps.H_out/a", "cnn.own-steps.H_out/b"), "cnn.own-steps").calculator == "cnn.own-steps"


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

    conv = bank()[CONV]
    spoiled = replace(conv, id="cnn.spoiled", draws={})
    play = Play((CONV,))
    plan = Plan.of((spoiled, bank()[MATRIX]), Learner(), 1, True)
    item = plan(play.session, START)
    assert item is not None
    assert item.variant.problem.id == MATRIX
