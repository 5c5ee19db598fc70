"""The printed rules are the rules: every example in them is judged as it says, and the documentation is that table."""

from pathlib import Path

import pytest

from exam_tool.answers import judge
from exam_tool.answers.rules import RULES, rules_markdown, rules_text

EXAMPLES = [example for rule in RULES for example in rule.examples]
DOCUMENT = Path(__file__).parents[2] / "docs" / "answers.md"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.typed)
def test_every_example_of_the_rules_is_judged_as_it_says(example):
    """The table cannot promise what the judge does not do."""
    judgement = judge(example.typed, key=example.key, kind=example.kind, **dict(example.settings))
    assert judgement.verdict.value == example.verdict, judgement.reason.en


def test_the_documentation_is_the_table():
    """docs/answers.md is printed from the rules; print it again with ``python -m tests.answers.test_rules``."""
    assert DOCUMENT.read_text(encoding="utf-8") == rules_markdown() + "\n"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_help_text_holds_every_rule(language):
    """The text for the terminal has every topic and every example."""
    text = rules_text(language)
    for rule in RULES:
        assert rule.topic(language) in text
        assert rule.says(language) in text
    assert all(example.typed in text for example in EXAMPLES)


if __name__ == "__main__":
    DOCUMENT.write_text(rules_markdown() + "\n", encoding="utf-8")
