"""What holds of every calculator alike: each known mistake and each choice of an option runs on the worked example."""

import pytest

from exam_tool.calculators.calling import example_plan
from exam_tool.calculators.work import load
from exam_tool.language import LANGUAGES

from .near import run_everything

NAMES = sorted(load())


@pytest.mark.parametrize("name", NAMES)
def test_mistakes_and_options_run_on_the_example(name: str) -> None:
    """A known mistake has a value of the right size there, and a choice of an option runs or says what it lacks."""
    assert run_everything(load()[name]) > 0


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_said_in_both_languages(name: str) -> None:
    """Titles, labels, reasons, conventions and mistakes exist in English and in Chinese, and say where the formula is from."""
    found = load()[name]
    plan = example_plan(found)
    said = [found.title, *(given.label for given in plan.givens), *(step.label for step in plan.steps)]
    said += [step.because for step in plan.steps if step.because]
    said += [mistake.message for step in plan.steps for mistake in step.mistakes]
    assert found.doc
    for words in said:
        for language in LANGUAGES:
            assert words(language).strip(), words
    for option in plan.declared:
        for words in option.choices.values():
            assert bool(words.en) == bool(words.zh), words


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_of_a_mistake_mends_it(name: str) -> None:
    """After what was done comes, behind a semicolon, what is to be done."""
    for step in example_plan(load()[name]).steps:
        for mistake in step.mistakes:
            assert ";" in mistake.message.en, mistake.message.en
            assert "；" in mistake.message.zh, mistake.message.zh
