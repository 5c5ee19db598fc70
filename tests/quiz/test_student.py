"""A simulated student for twelve days: the plan settles their mistakes in fewer questions than random practice.

The whole comparison over 30 days: ``python -m tests.quiz.student``.
"""

from exam_tool.bank import load_bank

from .student import compare, course, injected


def test_the_plan_settles_mistakes_sooner_than_random_practice() -> None:
    """The same students, the same known mistakes, the same number of questions; counted are the questions until a mistake is gone."""
    whole = load_bank()
    costs = []
    for seed in (2, 3):
        bank = course(whole, 24, seed)
        planned, by_chance = compare(bank, injected(bank, 6, seed), 12, 8, seed)
        assert planned.questions == by_chance.questions == 96
        costs.append((planned.cost, by_chance.cost))
    assert sum(plan for plan, _ in costs) < 0.9 * sum(chance for _, chance in costs), costs
