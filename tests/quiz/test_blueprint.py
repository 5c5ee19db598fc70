"""The default mock exam: weights of the courses, topics that always come, nothing that is not examined."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exam_tool.bank import Problem, load_bank
from exam_tool.calculators.work import CHAPTERS
from exam_tool.quiz.blueprint import Blueprint, available, default_blueprint, is_examined, select
from exam_tool.quiz.emphasis import CERTAIN, OUT, WEIGHTS


@pytest.fixture(scope="module")
def problems() -> list[Problem]:
    return list(load_bank())


def test_weights_are_of_a_hundred_and_name_every_chapter() -> None:
    """So that a weight can be read as a share."""
    assert set(WEIGHTS) == set(CHAPTERS)
    assert sum(WEIGHTS.values()) == 100


def test_every_row_named_is_practised_by_the_bank(problems: list[Problem]) -> None:
    """A topic that no problem practises could never come."""
    rows = {row for problem in problems for row in problem.syllabus}
    assert {row for topic in CERTAIN for row in topic.rows} <= rows
    assert rows >= OUT


@pytest.mark.parametrize("seed", range(1, 21))
def test_a_whole_exam_follows_the_courses(problems: list[Problem], seed: int) -> None:
    """A hundred marks, near the weight of each chapter, every topic that is certain, nothing that is left out, no problem twice."""
    chosen = select(default_blueprint(problems, 100, 100, 120), problems, seed)
    assert abs(sum(problem.marks for problem in chosen) - 100) <= 4
    assert len({problem.id for problem in chosen}) == len(chosen)
    for topic in CERTAIN:
        assert any(topic.rows & set(problem.syllabus) for problem in chosen), topic.name
    assert all(is_examined(problem, OUT) for problem in chosen)
    for chapter, marks in available(chosen).items():
        assert abs(marks - WEIGHTS[chapter]) <= 8, chapter


def test_a_short_exam_has_room_for_more_than_what_is_certain(problems: list[Problem]) -> None:
    """Twenty marks: backpropagation by hand is there, and at most three fifths go to certain topics."""
    chosen = select(default_blueprint(problems, 20, 100, 120), problems, 5)
    assert any("mlp_backprop_l1_l2" in problem.syllabus for problem in chosen)
    assert abs(sum(problem.marks for problem in chosen) - 20) <= 3


def test_a_bank_of_one_chapter_gives_all_to_it(problems: list[Problem]) -> None:
    """Weights are shared among the chapters that are there, and no chapter gives more than it has."""
    few = [problem for problem in problems if problem.chapter == "graph"][:6]
    there = available([problem for problem in few if is_examined(problem, OUT)])
    plan = default_blueprint(few, 1000, 100, 120)
    assert plan.chapters == there


def test_a_chapter_with_few_marks_leaves_the_rest_to_the_others(problems: list[Problem]) -> None:
    """The marks of the whole stay what was asked for."""
    graph = [problem for problem in problems if problem.chapter == "graph"]
    mlp = next(problem for problem in problems if problem.chapter == "mlp" and problem.fact is not None and problem.syllabus)
    plan = default_blueprint([*graph, mlp], 30, 100, 120)
    assert plan.chapters == {"mlp": Fraction(1), "graph": Fraction(29)}


def test_chapters_asked_for_by_name_are_taken_whole(problems: list[Problem]) -> None:
    """A blueprint of one's own has no certain topics, and leaves nothing out."""
    plan = Blueprint({"cnn": Fraction(10)}, 12)
    assert {problem.chapter for problem in select(plan, problems, 1)} == {"cnn"}
