"""Mock exams: the same seed gives the same exam, no verdict before the end, time, flags, and nothing lost in a crash."""

from fractions import Fraction

import pytest

from exam_tool.cli.sitting import exam_paper
from exam_tool.language import ExamToolError
from exam_tool.quiz.blueprint import default_blueprint, read_blueprint, select
from exam_tool.quiz.item import value_of
from exam_tool.quiz.losses import losses
from exam_tool.quiz.mock import Mock, MockEvent, advance, new_mock, rewritten
from exam_tool.quiz.outcomes import outcomes

from .playing import START, bank, mistaken

PROBLEMS = [problem for problem in bank() if problem.fact is None]


def exam(seed: int = 3, minutes: int = 30) -> Mock:
    plan = default_blueprint(PROBLEMS, 100, 100, 120)
    _, variants = exam_paper(PROBLEMS, plan, seed, "en")
    return new_mock("m", START, minutes, tuple(variants))


def do(mock: Mock, what: str, text: str = "", at: int = START + 1000) -> Mock:
    return advance(mock, MockEvent(what, at, text))  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_exam() -> None:
    """Problems and numbers; another seed gives others."""
    codes = [[variant.code for variant in exam(seed).variants] for seed in (3, 3, 4)]
    assert codes[0] == codes[1] != codes[2]


def test_a_blueprint_is_met_as_nearly_as_problems_allow() -> None:
    """Marks a chapter, minutes at the pace of the real exam."""
    wanted = read_blueprint(["cnn=3", "foundations=4"], PROBLEMS)
    assert wanted == {"cnn": Fraction(3), "foundations": Fraction(4)}
    plan = default_blueprint(PROBLEMS, 6, 100, 120)
    assert plan.minutes == 7
    chosen = select(plan, PROBLEMS, 1)
    assert abs(sum(problem.marks for problem in chosen) - 6) <= 2
    with pytest.raises(ExamToolError, match="cnn"):
        read_blueprint(["cnm=3"], PROBLEMS)
    with pytest.raises(ExamToolError, match="CHAPTER=MARKS"):
        read_blueprint(["cnn=many"], PROBLEMS)


def test_nothing_is_told_before_the_end() -> None:
    """Answers are kept without a word on them; help is refused; the last answer counts."""
    mock = do(exam(), "next")
    mock = do(mock, "goto", "1")
    find = mock.find
    mock = do(mock, "answer", "[[0,0],[0,0]]" if mock.variant.kind(mock.variant.asked[0]) == "matrix" else "1")
    assert mock.kept[0].act == "wrote"
    assert mock.kept[0].verdict == ""
    assert mock.notice is None
    mock = do(mock, "goto", "1")
    mock = do(mock, "part", "0")
    mock = do(mock, "answer", value_of(mock.variant, find))
    assert mock.answers[0][find] == value_of(mock.variants[0], find)
    assert do(mock, "help").notice is not None


def test_an_unreadable_answer_is_said_at_once() -> None:
    """It is not kept: on paper nobody could read it either."""
    mock = do(exam(), "goto", "1")
    bad = do(mock, "answer", "((")
    assert bad.not_read is not None
    assert bad.kept == ()
    assert bad.answers == mock.answers


def answered(mock: Mock, wrong: str = "") -> Mock:
    """The whole exam, right but for one known mistake where it can be made."""
    for position, variant in enumerate(mock.variants):
        written = {ask.find: value_of(variant, ask.find) for ask in variant.asked}
        if wrong and variant.problem.id == "cnn.conv-output-size":
            written = mistaken(variant, wrong)
        mock = do(mock, "goto", str(position + 1))
        for part, ask in enumerate(variant.asked):
            mock = do(mock, "part", str(part)) if mock.place == "writing" else mock
            mock = do(mock, "answer", written[ask.find])
    return mock


def test_full_marks_and_rows_for_the_history() -> None:
    """A right exam: full marks, one outcome a question, marked as of a mock exam."""
    mock = answered(exam())
    assert mock.place == "overview"
    mock = do(mock, "hand_in")
    assert mock.place == "review"
    assert all(marked.right for marked in mock.grades)
    assert losses(mock.grades) == []
    shown = exam()
    rows = list(mock.kept)
    assert {row.act for row in rows} == {"answer", "done"}
    assert len([row for row in rows if row.act == "done"]) == len(shown.variants)


def test_the_review_counts_marks_by_cause() -> None:
    """The most expensive cause first, with its questions."""
    mock = do(answered(exam(), wrong="room_h/single_padding"), "hand_in")
    found = losses(mock.grades)
    assert len(found) == 1
    assert found[0].marks == Fraction(1)
    assert "padding" in found[0].cause.en.lower()


def test_handing_in_with_open_questions_asks_once() -> None:
    """e, the warning, e again."""
    mock = do(exam(), "hand_in")
    assert mock.place == "overview"
    assert "not answered" in (mock.notice or ("", ""))[0]
    assert do(mock, "hand_in").place == "review"


def test_time_runs_out() -> None:
    """What was written is handed in; nothing typed after the end counts."""
    mock = do(exam(minutes=10), "goto", "1")
    mock = do(mock, "answer", value_of(mock.variant, mock.find))
    late = do(mock, "answer", "5", at=START + 10 * 60_000)
    assert late.place == "review"
    assert late.timed_out
    assert sum(marked.total for marked in late.grades) > 0


def test_a_crash_loses_nothing_and_costs_no_time() -> None:
    """From the rows alone: answers, flags, and the clock as it stood at the last row."""
    mock = exam()
    rows = []
    for what, text in (("goto", "1"), ("answer", None), ("flag", ""), ("goto", "2"), ("answer", None)):
        if text is None:
            text = value_of(mock.variant, mock.find)
        mock = do(mock, what, text, at=START + 120_000)
        rows += mock.kept
    again = rewritten(new_mock("m", START, 30, mock.variants), rows, START + 9_000_000)
    assert again.answers == mock.answers
    assert again.flags == mock.flags
    assert again.left(START + 9_000_000) == 28 * 60_000


def test_an_exam_left_open_is_no_outcome() -> None:
    """Answers nobody marked say nothing of the learner."""
    mock = do(exam(), "goto", "1")
    rows = list(mock.kept)
    mock = do(mock, "answer", value_of(mock.variant, mock.find))
    assert list(outcomes([*rows, *mock.kept])) == []
