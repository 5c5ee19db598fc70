"""Numbers asked as a choice: what is offered, how it is shown, what a letter is worth, and that guessing earns nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exam_tool.bank import Bank, Problem, load_bank
from exam_tool.bank.problem import Ask
from exam_tool.check import check_problem
from exam_tool.check.guessing import Guessing, Way, guess_faults, guessing, stated_numbers
from exam_tool.closeness import close
from exam_tool.distractors import written
from exam_tool.documents import statement_markdown
from exam_tool.explain import explain
from exam_tool.expressions.evaluate import evaluate
from exam_tool.expressions.exact import compare
from exam_tool.expressions.reader import read
from exam_tool.files import Source
from exam_tool.marking import grade
from exam_tool.marking.laws import LAWS, key_of
from exam_tool.paper import build_paper, load_key, rebuilt, stored_item
from exam_tool.paper.selection import Chosen
from exam_tool.paper.storage import digest_of, key_lines
from exam_tool.question import question
from exam_tool.quiz.item import value_of
from exam_tool.trace import Failure
from exam_tool.variant import Variant, draw, mistakes_of


@pytest.fixture(scope="module")
def bank() -> Bank:
    return load_bank()


@pytest.fixture(scope="module")
def problems(bank: Bank) -> list[Problem]:
    found = [problem for problem in bank if any(ask.choices for ask in problem.ask)]
    assert len(found) >= 6
    return found


def chosen(variant: Variant) -> Ask:
    return next(ask for ask in variant.asked if ask.choices)


def test_every_choice_offers_the_key_once_among_values_that_differ(problems: list[Problem]) -> None:
    """As many options as asked, lettered from A, no two alike, one of them the key, none written like another."""
    for problem in problems:
        for seed in range(1, 21):
            variant = draw(problem, seed)
            ask = chosen(variant)
            offers = variant.offers[ask.find]
            assert [one.label for one in offers] == list("ABCDEFGH"[: ask.choices])
            key = variant.trace.values[ask.find]
            assert sum(close(ask, one.value, key) for one in offers) == 1
            assert len({one.shown for one in offers}) == len(offers)
            for i, one in enumerate(offers):
                assert not any(close(ask, one.value, other.value) for other in offers[:i])


def test_half_of_the_wrong_options_come_from_known_mistakes(problems: list[Problem]) -> None:
    """Nearby values stand in only where the mistakes would tell the key by its rank."""
    for problem in problems:
        for seed in range(1, 11):
            variant = draw(problem, seed)
            ask = chosen(variant)
            left = [variant.trace.mistaken(*pair)[ask.find] for pair in mistakes_of(variant)]
            letters = {variant.letter(ask, value) for value in left if not isinstance(value, Failure)} - {None}
            assert 2 * len(letters) >= (ask.choices or 0) - 1, variant.code


def test_the_letter_of_a_mistake_names_it(problems: list[Problem]) -> None:
    """The letter that stands for what a mistake leaves is marked as that mistake, alone or among those that leave the same."""
    named = 0
    for problem in problems:
        if len(problem.ask) > 1:
            continue
        for seed in range(1, 11):
            variant = draw(problem, seed)
            ask = chosen(variant)
            for step, mistake in mistakes_of(variant):
                letter = variant.letter(ask, variant.trace.mistaken(step, mistake)[ask.find])
                marked = grade(variant, {ask.find: letter or ""})
                verdict = marked.steps[0].verdict
                code = f"{variant.trace.plan.calculator}.{step.name}/{mistake.id}"
                assert code in (verdict.code, *verdict.also), (variant.code, code)  # type: ignore[union-attr]
                named += "This is the number you get if" in marked.steps[0].message.en
    assert named > 100


def test_the_key_letter_earns_full_marks_in_any_writing(bank: Bank) -> None:
    """``B``, ``b)``, ``(B)``, ``选B``, and the value itself where it is offered."""
    variant = draw(bank["cnn.choice-conv-size"], 1)
    key = key_of(variant)["H_out"]
    shown = next(one.shown for one in variant.offers["H_out"] if one.label == key)
    for typed in (key, key.lower(), f"({key})", f"选{key}", f"{key}.", shown):
        assert grade(variant, {"H_out": typed}).total == 1, typed


@pytest.mark.parametrize(
    ("typed", "verdict"), [("E", "unreadable"), ("A, B", "ambiguous"), ("", "blank"), ("12345", "unreadable"), ("[b]", "")]
)
def test_what_is_no_option_costs_no_mark_by_itself(bank: Bank, typed: str, verdict: str) -> None:
    """A letter that is not offered, two letters, another number: nothing that could be marked."""
    variant = draw(bank["cnn.choice-conv-size"], 1)
    marked = grade(variant, {"H_out": typed})
    assert not verdict or marked.codes["H_out"] == verdict


def test_an_option_follows_through_from_an_earlier_slip(bank: Bank) -> None:
    """With a wrong length written before, the letter of what follows from it is right."""
    problem = bank["cnn.choice-flatten"]
    for seed in range(1, 60):
        variant = draw(problem, seed)
        for step, mistake in mistakes_of(variant):
            values = variant.trace.mistaken(step, mistake)
            letter = variant.letter(problem.ask[1], values["params"])
            if step.name == "d" and letter:
                typed = {"d": str(values["d"]), "params": letter}
                assert grade(variant, typed).codes["params"] == "follows_through"
                return
    pytest.fail("no draw offers what follows from a slip")


def test_the_laws_of_marking_hold(problems: list[Problem]) -> None:
    """Those of every variant: full marks for the key, mistakes recognised, no exception, the same twice."""
    for problem in problems:
        for seed in (1, 2, 3):
            variant = draw(problem, seed)
            for law in LAWS:
                assert law(variant) == [], (variant.code, law.__name__)


def test_the_statement_lists_the_options_after_the_conventions(bank: Bank) -> None:
    """In both languages, as entries of a list that every format prints."""
    variant = draw(bank["cnn.choice-conv-size"], 1)
    for language, heading in (("en", "Choose one."), ("zh", "单选。")):
        asked = question(variant, language)  # type: ignore[arg-type]
        text = statement_markdown(asked.paragraphs, asked.values, language=language, style=asked.style)  # type: ignore[arg-type]
        head, _, options = text.partition(heading)
        assert "rounded down" in head or "向下取整" in head
        assert [line[0] for line in filter(None, (line.lstrip("- *") for line in options.splitlines()))] == list("ABCD")
        assert asked.parts[0].choices == tuple((one.label, one.shown) for one in variant.offers["H_out"])
        assert asked.parts[0].precision is None


def test_several_asked_steps_say_which_one_is_the_choice(bank: Bank) -> None:
    """The heading of the options names the part."""
    words = draw(bank["cnn.choice-flatten"], 1).text
    assert "For (b) choose one." in words.en
    assert "（b）单选。" in words.zh


def test_the_worked_solution_says_the_letter(bank: Bank) -> None:
    """Under the line of the value."""
    variant = draw(bank["rl.choice-return"], 4)
    worked = explain(variant.trace, ("G",), notes=variant.remarks)
    assert worked.lines[-1].note is not None
    assert worked.lines[-1].note.en == f"The answer is {key_of(variant)['G']}."


def test_what_a_quiz_fills_in_is_the_letter(bank: Bank) -> None:
    """A step worked out beforehand holds what a person would have typed."""
    variant = draw(bank["cnn.choice-flatten"], 1)
    assert value_of(variant, "params") == key_of(variant)["params"]
    assert value_of(variant, "d").isdigit()


def test_a_paper_keeps_its_options(problems: list[Problem], tmp_path: Path) -> None:
    """The key holds what was printed: read again, every letter is worth the same, however the bank shuffles now."""
    paper = build_paper([Chosen(problem) for problem in problems], None, 7)
    path = tmp_path / "key.json"
    path.write_text("".join(key_lines(paper, digest_of(iter(())))), encoding="utf-8")
    again = load_key(Source("key.json", path))
    assert again == paper
    for slot, item, problem in zip(again.slots, again.sheets[0].items, problems, strict=True):
        variant = rebuilt(problem, slot, item)
        fresh = draw(problem, item.seed)
        assert variant.offers == fresh.offers
        assert variant.text == fresh.text
        now = stored_item(variant)
        assert (now.answers, now.words, now.choices) == (item.answers, item.words, item.choices)
        ask = chosen(variant)
        assert item.answers[ask.find] == variant.letter(ask, variant.trace.values[ask.find])
    moved = json.loads(path.read_text(encoding="utf-8"))
    item = moved["sheets"][0]["items"][0]
    (find, values), *_ = item["choices"].items()
    values.reverse()
    path.write_text(json.dumps(moved), encoding="utf-8")
    turned = load_key(Source("key.json", path))
    variant = rebuilt(problems[0], turned.slots[0], turned.sheets[0].items[0])
    offers = draw(problems[0], turned.sheets[0].items[0].seed).offers[find]
    assert [one.value for one in variant.offers[find]] == [one.value for one in reversed(offers)]


def test_values_are_written_in_one_style() -> None:
    """Beside a third the half is a fraction too; beside an irrational number everything is rounded alike."""
    exact = [evaluate(read(text)) for text in ("1/2", "1/3")]
    mixed = [evaluate(read(text)) for text in ("1/2", "ln(2)")]
    ask = Ask("x", 1, choices=2)  # type: ignore[arg-type]
    assert written(exact, ask, True) == ["1/2", "1/3"]
    assert written([evaluate(read("0.5")), evaluate(read("0.25"))], ask, True) == ["0.5", "0.25"]
    assert written(mixed, Ask("x", 1, places=3, choices=2), True) == ["0.500", "0.693"]  # type: ignore[arg-type]


def test_the_key_takes_every_rank(bank: Bank) -> None:
    """Over many draws the key is the largest, the smallest and between."""
    problem = bank["cnn.choice-conv-size"]
    ranks = set()
    for seed in range(1, 61):
        variant = draw(problem, seed)
        key = variant.trace.values["H_out"]
        ranks.add(sum(compare(one.value, key) < 0 for one in variant.offers["H_out"]))
    assert ranks == {0, 1, 2, 3}


def test_guessing_is_measured(bank: Bank) -> None:
    """Every way of guessing is counted in as many tries as there were draws, and luck is one in four."""
    found = guessing([draw(bank["cnn.choice-conv-size"], seed) for seed in range(1, 41)])
    assert {"largest", "smallest", "longest", "shortest", "A", "B", "C", "D"} == set(found.ways)
    assert all(way.tries == 40 and way.expected == 0.25 for way in found.ways.values())
    assert found.numbers == 40
    assert found.stated == 0


def test_guessing_of_facts_is_measured(bank: Bank) -> None:
    """Facts with choices by length and position, true or false by its share."""
    choice = next(problem for problem in bank if problem.fact is not None and problem.fact.kind == "choice")
    truth = next(problem for problem in bank if problem.fact is not None and problem.fact.kind == "true_false")
    assert {"longest", "shortest", "A", "B"} <= set(guessing([draw(choice, seed) for seed in range(1, 9)]).ways)
    assert set(guessing([draw(truth, seed) for seed in range(1, 9)]).ways) == {"true", "false"}


def test_a_key_that_guessing_finds_is_a_fault(bank: Bank) -> None:
    """The largest of four in most draws, or a number of the statement."""
    problem = bank["cnn.choice-conv-size"]
    told = Guessing({"largest": Way(18, 25, 25 / 4)}, 0, 25)  # type: ignore[arg-type]
    assert [fault.message.en for fault in guess_faults(problem, told)] == ["Choosing the largest finds the key in 72% of the draws."]
    assert list(guess_faults(problem, Guessing({"largest": Way(8, 25, 25 / 4)}, 0, 25))) == []  # type: ignore[arg-type]
    assert list(guess_faults(problem, Guessing({}, 2, 25)))
    assert list(guess_faults(bank["cnn.conv-params"], Guessing({}, 2, 25))) == []


def test_numbers_of_a_statement_are_found(bank: Bank) -> None:
    """Values of givens and numbers written out."""
    variant = draw(bank["cnn.choice-conv-size"], 1)
    told = stated_numbers(variant)
    assert all(value in told for value in variant.givens.values() if value in (variant.givens[name] for name in "HKPS"))


PROBLEM = """
id: cnn.{slug}
title: {{en: T, zh: T}}
steps:
  - {{name: s, formula: a + b, label: {{en: sum, zh: 和}}, mistakes: [{mistakes}]}}
given:
  a: {{range: [3, 40]}}
  b: {{range: [50, 90]}}
ask:
  - {{find: s, {ask}}}
text: {{en: "Add {{a}} and {{b}}.", zh: "{{a}} 加 {{b}}。"}}
examples:
  - {{given: {{a: 3, b: 50}}, answers: {{s: 53}}, source: "arithmetic"}}
"""
DIFFERENCE = '{id: minus, formula: b - a, en: "it is subtracted; add.", zh: "做了减法；应相加。"}'
MORE = ", ".join(f'{{id: m_{i}, formula: a + b - {10 * i}, en: "{i} tens are lost.", zh: "少了 {i} 个十。"}}' for i in (1, 2, 3))


def written_problem(tmp_path: Path, slug: str, mistakes: str, ask: str) -> Bank:
    folder = tmp_path / "cnn"
    folder.mkdir()
    (folder / f"{slug}.yaml").write_text(PROBLEM.format(slug=slug, mistakes=mistakes, ask=ask), encoding="utf-8")
    return load_bank(tmp_path)


def test_a_problem_with_too_few_mistakes_is_refused(tmp_path: Path) -> None:
    """One known mistake makes no four options."""
    loaded = written_problem(tmp_path, "few", DIFFERENCE, "kind: choice, choices: 4")
    report = check_problem(loaded["cnn.few"], 3)
    assert "too few distinct distractors" in report.faults[0].message.en


def test_mistakes_on_one_side_are_balanced_by_a_nearby_value(tmp_path: Path) -> None:
    """Where every mistake makes the number smaller, a plausible larger one stands beside the key in about half of the draws."""
    loaded = written_problem(tmp_path, "side", f"{DIFFERENCE}, {MORE}", "kind: choice, choices: 4")
    report = check_problem(loaded["cnn.side"], 40)
    assert report.faults == ()
    assert 0.2 < report.guessing.ways["largest"].share < 0.625


def test_choices_need_their_kind(tmp_path: Path) -> None:
    """``choices`` without ``kind: choice`` is a fault at its place."""
    loaded = written_problem(tmp_path, "kind", DIFFERENCE, "choices: 4")
    assert [fault.message.en for fault in loaded.faults] == ["choices are offered where the kind is choice."]
