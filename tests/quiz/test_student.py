"""A simulated student for a fortnight: the plan settles more of their mistakes, in fewer questions, than random practice.

The whole comparison over 30 days: ``python -m tests.quiz.student``.
"""

from exam_tool.bank import load_bank

from .student import compare, course, injected


def test_the_plan_settles_mistakes_sooner_than_random_practice() -> None:
    """The same student, the same known mistakes, the same number of questions."""
    bank = course(load_bank(), 24, 1)
    codes = injected(bank, 6, 1)
    planned, by_chance = compare(bank, codes, 12, 8, 1)
    assert planned.questions == by_chance.questions == 96
    assert planned.fixed > by_chance.fixed
    assert planned.left < by_chance.left
