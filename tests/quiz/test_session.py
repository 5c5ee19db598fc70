"""The session: what an answer does, what help costs, what is said and what is kept."""

from fractions import Fraction

import pytest

from exam_tool.quiz.events import Moved, Pressed, Typed, command, event_of
from exam_tool.quiz.session import Asking, Closed, Finished, Hunting, Reading, Sure

from .playing import Play, mistaken

CONV = "cnn.conv-output-size"
MATRIX = "foundations.matrix-product"


@pytest.mark.parametrize(
    ("line", "letters", "key"),
    [
        ("?", True, "hint"), ("？", False, "hint"), ("s", True, "solution"), ("s", False, None), (":s", False, "solution"),
        ("：解答", False, "solution"), (":q", True, "leave"), ("n", True, "skip"), ("16", True, None), ("", True, None),
        (" ? ", True, "hint"),
    ],
)  # fmt: skip
def test_commands_are_read_from_lines(line: str, letters: bool, key: str | None) -> None:
    """A lone letter is a command only where letters are no answers; behind a colon it always is."""
    assert command(line, letters) == key


def test_a_line_can_name_the_step_it_answers() -> None:
    """``b: 16`` goes to b and answers it; ``b:`` goes there; a letter beyond the steps is an answer."""
    assert event_of("b: 16", 1, letters=True, parts=3) == (Moved(1, 1), Typed("16", 1))
    assert event_of("b：", 1, letters=True, parts=3) == (Moved(1, 1),)
    assert event_of("d: 16", 1, letters=True, parts=3) == (Typed("d: 16", 1),)


def test_right_answers_finish_a_question() -> None:
    """Every step right at the first attempt: full marks, clean, one row for each, and the end."""
    play = Play([CONV])
    while isinstance(play.session.phase, Asking):
        play.right()
    assert isinstance(play.session.phase, Finished)
    item = play.session.done[0]
    assert item.clean
    assert item.earned == item.maximum == 3
    assert [row.act for row in play.kept] == ["shown", "answer", "answer", "answer", "done"]


def test_a_wrong_answer_says_why_and_never_the_key() -> None:
    """What it is worth, what it matches, what to do; the key is not in it, and the step stays open."""
    play = Play([CONV])
    key = str(play.variant.trace.values["room_h"])
    wrong = mistaken(play.variant, "room_h/single_padding")["room_h"]
    play.type(wrong)
    assert isinstance(play.session.phase, Asking)
    assert play.find == "room_h"
    assert key not in play.said()
    assert play.session.item is not None
    assert play.session.item.entry.first is not None
    assert not play.session.item.entry.first.right


def test_an_unreadable_answer_costs_nothing() -> None:
    """It is not kept, not counted as a try, and says where the trouble is."""
    play = Play([CONV])
    before = play.session.item
    play.type("3 +")
    assert play.session.item == before
    assert play.session.notices[0].place is not None
    assert [row.act for row in play.kept] == ["shown"]


def test_a_corrected_answer_earns_no_marks_but_settles_the_step() -> None:
    """Marks are those of the first answer."""
    play = Play([CONV])
    play.type("1")
    play.right()
    play.right()
    play.right()
    item = play.session.done[0]
    assert (item.earned, item.clean) == (Fraction(2), False)


def test_going_on_with_a_wrong_value_carries_it() -> None:
    """What follows from one's own value is right and earns its marks."""
    play = Play([CONV])
    wrong = mistaken(play.variant, "room_h/single_padding")
    play.type(wrong["room_h"])
    play.press("skip")
    play.type(wrong["moves_h"])
    play.type(wrong["H_out"])
    assert play.session.done[0].earned == 2


def test_a_later_answer_implies_the_steps_before_it() -> None:
    """The last step alone, right, settles all with full marks."""
    play = Play([CONV])
    play.do(Moved(2, play.clock()))
    play.right()
    assert isinstance(play.session.phase, Finished)
    assert play.session.done[0].earned == 3


def test_steps_can_be_answered_in_any_order() -> None:
    """A move to a settled step and back changes nothing."""
    play = Play([CONV])
    play.right()
    play.do(Moved(0, play.clock()))
    assert play.type("999").item is not None
    assert "settled" in play.said()
    assert play.find == "moves_h"


def test_hints_come_one_at_a_time_with_a_pause() -> None:
    """A second hint at once is refused; after the pause it comes; the value only at the end, and then the step earns nothing."""
    play = Play([CONV])
    play.clock.tick = 1000
    play.press("hint")
    first = play.said()
    play.press("hint")
    assert "moment" in play.said()
    play.clock.tick = 6000
    texts = [first]
    for _ in range(3):
        play.press("hint")
        texts.append(play.said())
    key = str(play.variant.trace.values["room_h"])
    assert all(f"= {key}" not in text for text in texts[:3])
    assert key in texts[3]
    play.right()
    assert play.session.item is not None
    assert play.session.item.entries[0].earned == 0
    assert play.session.item.assisted


def test_help_after_the_first_answer_leaves_its_marks() -> None:
    """A hint taken before an answer keeps the marks but counts as assisted."""
    play = Play([CONV])
    play.press("hint")
    play.right()
    play.right()
    play.right()
    item = play.session.done[0]
    assert (item.earned, item.clean, item.assisted) == (Fraction(3), False, True)


def test_the_solution_wants_a_first_attempt() -> None:
    """Asked for at once it is refused, once; it settles every open step without marks and comes back to the question."""
    play = Play([CONV])
    play.press("solution")
    assert isinstance(play.session.phase, Asking)
    play.press("solution")
    assert isinstance(play.session.phase, Reading)
    play.type("")
    assert isinstance(play.session.phase, Finished)
    assert play.session.done[0].earned == 0


def test_why_asks_for_the_reason_first() -> None:
    """Three reasons to choose from; the choice is answered, whichever it was."""
    play = Play([CONV])
    play.type("1")
    play.press("why")
    phase = play.session.phase
    assert isinstance(phase, Reading)
    play.type("9")
    assert play.session.phase == phase
    play.type("2")
    assert isinstance(play.session.phase, Reading)
    play.type("")
    assert isinstance(play.session.phase, Asking)


def test_find_the_slip() -> None:
    """One line is wrong; two guesses; the right one is said at the end."""
    play = Play([CONV])
    while isinstance(play.session.phase, Asking):
        play.right()
    play.press("slip")
    phase = play.session.phase
    assert isinstance(phase, Hunting)
    wrong = phase.hunt.wrong
    play.type(str((wrong + 1) % len(phase.hunt.task.lines) + 1))
    assert isinstance(play.session.phase, Hunting)
    assert not play.session.phase.hunt.over
    play.type(str(wrong + 1))
    assert isinstance(play.session.phase, Hunting)
    assert play.session.phase.hunt.found
    assert play.kept[-1].act == "slip"
    play.type("")
    assert isinstance(play.session.phase, Finished)


def test_another_like_this() -> None:
    """The same problem with other numbers follows."""
    play = Play([CONV, MATRIX])
    first = play.variant
    while isinstance(play.session.phase, Asking):
        play.right()
    play.press("another")
    assert play.variant.problem.id == first.problem.id
    assert play.variant.code != first.code


def test_how_sure_is_asked_before_the_verdict() -> None:
    """At the last step of about one question in three; the answer is kept with the row."""
    play = Play([CONV], sureness=True)
    while not isinstance(play.session.phase, Finished):
        play.right()
    play.type("")
    while isinstance(play.session.phase, Asking):
        play.right()
    assert isinstance(play.session.phase, Sure)
    assert not any(row.sure for row in play.kept)
    play.type("x")
    assert isinstance(play.session.phase, Sure)
    play.type("3")
    assert [row.sure for row in play.kept if row.sure] == ["sure"]


def test_a_session_ends_by_count_and_by_time() -> None:
    """After so many questions, or when the minutes are over; never in the middle of a question."""
    play = Play([CONV], count=1)
    while isinstance(play.session.phase, Asking):
        play.right()
    assert isinstance(play.type("").phase, Closed)
    late = Play([CONV], count=9, minutes=1)
    late.clock.at += 120_000
    while isinstance(late.session.phase, Asking):
        late.right()
    assert isinstance(late.type("").phase, Closed)


def test_leaving_is_possible_at_any_moment() -> None:
    """From every phase, at once."""
    for keys in ((), ("hint",), ("solution", "solution")):
        play = Play([CONV])
        for key in keys:
            play.press(key)
        assert isinstance(play.press("leave").phase, Closed)


def test_a_fact_is_settled_by_its_first_answer() -> None:
    """A second guess at true or false would be no answer; the reason follows at once."""
    play = Play(["cnn.near-pixels"], count=1)
    right = bool(play.variant.trace.values["answer"])
    play.type("false" if right else "true")
    assert isinstance(play.session.phase, Finished)
    assert play.session.done[0].earned == 0
    assert "windows" in play.said()


@pytest.mark.parametrize(
    "text", ["?" * 5000, "(" * 3000, "1" * 100_000, "\x00\x1b[2J", "[" * 500, "9" * 40 + "^" + "9" * 40, "\u202e1", "a:" * 50]
)
def test_no_input_breaks_a_session(text: str) -> None:
    """Whatever is typed has an answer."""
    play = Play([CONV])
    play.type(text)
    assert isinstance(play.session.phase, Asking | Finished)
    assert event_of(text, 0, letters=True, parts=3)


def test_every_event_in_every_phase() -> None:
    """Any order of keys and answers, drawn by hash, ends in a state that goes on."""
    from exam_tool.bank.draws import Stream

    keys = ["hint", "solution", "why", "another", "slip", "skip", "next", "back", "help"]
    for seed in range(6):
        play = Play([CONV, MATRIX, "rl.return-finite", "cnn.near-pixels"], seed=seed, count=50, sureness=True)
        stream = Stream(f"events/{seed}")
        for _ in range(120):
            choice = stream.below(14)
            if choice < len(keys):
                play.do(Pressed(keys[choice], play.clock()))  # type: ignore[arg-type]
            elif choice < 11 and isinstance(play.session.phase, Asking):
                play.right()
            else:
                play.type(["", "1", "x", "[[1,2],[3,4]]"][stream.below(4)])
            assert not isinstance(play.session.phase, Closed)
