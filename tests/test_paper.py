"""Papers: whose numbers, which questions, what is told and what is not, and marking an old one again."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from flint import fmpq

from exam_tool.bank import Ask, Bank, load_bank
from exam_tool.course import grade_class
from exam_tool.documents.markdown import code_span, escape_markdown
from exam_tool.expressions.arrays import Shape
from exam_tool.files import Source, file_stem
from exam_tool.language import ExamToolError, Text
from exam_tool.paper import (
    Paper,
    Selection,
    Student,
    build_paper,
    load_key,
    rebuilt,
    select,
    variant_seed,
    write_papers,
)
from exam_tool.paper.storage import key_lines
from exam_tool.paper.values import restored, stored
from exam_tool.variant import find_variant

PROBLEM = """
id: {chapter}.{name}
level: {level}
title: {{en: "Layer {name}", zh: "网络层 {name}"}}
steps:
  - {{name: w, formula: "a * b", label: {{en: weights, zh: 权重数}}}}
  - {{name: total, formula: "w + b", label: {{en: parameters, zh: 参数量}}}}
given:
  a: {{range: [11, 99]}}
  b: {{range: [11, 99]}}
ask:
  - {{find: w, marks: 1/2}}
  - {{find: total, marks: 3/2}}
text: {{en: "{{a}} inputs, {{b}} outputs: `w`?", zh: "{{a}} 个输入，{{b}} 个输出：`w`？"}}
examples:
  - {{given: {{a: 2, b: 3}}, answers: {{w: 6, total: 9}}, source: by hand}}
"""
STUDENTS = (Student("s01", "Ada", language="en"), Student("张伟", "张伟", language="zh"), Student("007", "Bo"))


def write_bank(folder: Path, edit: dict[str, tuple[str, str]] | None = None) -> Bank:
    """Four problems in two chapters, at three levels."""
    for chapter, name, level in (("mlp", "one", 1), ("mlp", "two", 2), ("cnn", "three", 2), ("cnn", "four", 3)):
        path = folder / chapter / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = PROBLEM.format(chapter=chapter, name=name, level=level)
        for old, new in [(edit or {}).get(name, ("", ""))]:
            text = text.replace(old, new) if old else text
        path.write_text(text, encoding="utf-8")
    found = load_bank(folder)
    assert not found.faults
    return found


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return write_bank(tmp_path / "bank")


@pytest.fixture
def paper(bank: Bank) -> Paper:
    return build_paper(select(bank, Selection(["mlp.one", "cnn.three"]), 5), STUDENTS, 5, title=Text("Test", "测验"))


# ------------------------------------------------------------------------------------------------------------ drawing


def test_each_student_has_other_numbers_for_the_same_problems(paper: Paper) -> None:
    """Everybody answers the same problems; nobody has a neighbour's variant."""
    codes = [item.code for sheet in paper.sheets for item in sheet.items]
    assert len(set(codes)) == len(codes)
    assert {tuple(code.partition(":")[0] for code in (item.code for item in sheet.items)) for sheet in paper.sheets} == {
        ("mlp.one@1", "cnn.three@1")
    }


def test_a_students_numbers_depend_on_nobody_else(bank: Bank, paper: Paper) -> None:
    """A late student, another order or an added question changes no paper that was handed out."""
    chosen = select(bank, Selection(["mlp.two", "cnn.three", "mlp.one"]), 5)
    other = build_paper(chosen, [Student("new"), *reversed(STUDENTS)], 5)
    before = {sheet.student.id: {item.code for item in sheet.items} for sheet in paper.sheets if sheet.student}
    after = {sheet.student.id: {item.code for item in sheet.items} for sheet in other.sheets if sheet.student}
    assert all(before[name] < after[name] for name in before)


def test_seeds_are_the_same_on_every_machine() -> None:
    """A hash of named parts; pinned, because papers that were handed out rest on it."""
    assert variant_seed(5, "s01", "mlp.one", 1) == 633184918
    assert variant_seed(5, "S01", "mlp.one", 1) == variant_seed(5, "ｓ01", "mlp.one", 1)
    different = {variant_seed(*parts) for parts in [(5, "s01", "mlp.one", 2), (6, "s01", "mlp.one", 1), (51, "s0", "1mlp.one", 1)]}
    assert len(different) == 3


def test_the_same_problem_twice_has_two_variants(bank: Bank) -> None:
    """Each occurrence draws its own numbers."""
    (sheet,) = build_paper(select(bank, Selection(["mlp.one", "mlp.one"]), 1), None, 1).sheets
    assert sheet.items[0].code != sheet.items[1].code


def test_a_code_with_seed_gives_everyone_that_variant(bank: Bank) -> None:
    """Where all are to have the same numbers."""
    paper = build_paper(select(bank, Selection(["mlp.one:7"]), 1), STUDENTS, 1)
    assert {sheet.items[0].code for sheet in paper.sheets} == {"mlp.one@1:7"}


# ---------------------------------------------------------------------------------------------------------- selection


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Selection(["mlp.one"]), 1),
        (Selection(chapters={"mlp": None}), 2),
        (Selection(chapters={"mlp": 1, "cnn": 1}), 2),
        (Selection(levels=frozenset({2})), 2),
        (Selection(levels=frozenset({2, 3}), count=1), 1),
        (Selection(chapters={"cnn": None}, levels=frozenset({3})), 1),
        (Selection(["mlp.one"], chapters={"mlp": 1}), 2),
        (Selection(count=3), 3),
        (Selection(), 4),
    ],
)
def test_problems_are_named_counted_or_chosen_by_level(wanted: Selection, count: int, bank: Bank) -> None:
    """The named ones first, no problem twice unless it is named twice, the same choice for the same seed."""
    chosen = select(bank, wanted, 3)
    assert len(chosen) == count
    assert [one.problem.id for one in chosen] == [one.problem.id for one in select(bank, wanted, 3)]
    assert len({one.problem.id for one in chosen}) == count


@pytest.mark.parametrize(
    "wanted",
    [
        Selection(["mlp.on"]),
        Selection(["mlp.one@2"]),
        Selection(["not a code"]),
        Selection(chapters={"mpl": 1}),
        Selection(chapters={"mlp": 3}),
        Selection(levels=frozenset({1}), count=2),
        Selection(chapters={"rnn": None}),
    ],
)
def test_what_cannot_be_chosen_is_said(wanted: Selection, bank: Bank) -> None:
    """An unknown name, or more problems than there are."""
    with pytest.raises(ExamToolError):
        select(bank, wanted, 1)


def test_a_new_problem_in_the_bank_does_not_reshuffle_the_choice(bank: Bank, tmp_path: Path) -> None:
    """Each problem has its own lot: the others keep their order."""
    before = [one.problem.id for one in select(bank, Selection(chapters={"mlp": 1, "cnn": 1}), 9)]
    (tmp_path / "bank" / "cnn" / "five.yaml").write_text(PROBLEM.format(chapter="cnn", name="five", level=1), encoding="utf-8")
    after = [one.problem.id for one in select(load_bank(tmp_path / "bank"), Selection(chapters={"mlp": 1, "cnn": 1}), 9)]
    assert before[0] == after[0]
    assert after[1] in (before[1], "cnn.five")


# -------------------------------------------------------------------------------------------------------- the files


def test_files_of_a_paper(paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """A sheet for each student under a name that tells nothing but the id, the paper, the key, a table to type answers into."""
    written = write_papers(tmp_path / "out", paper, bank)
    names = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert names == sorted(["answers.csv", "key.json", "paper.json", *(f"papers/{file_stem(s.id)}.md" for s in STUDENTS)])
    assert sorted(written.sheets) == sorted(name for name in names if name.startswith("papers/"))
    header, *rows = (tmp_path / "out" / "answers.csv").read_text(encoding="utf-8-sig").splitlines()
    assert header == "student,1.a,1.b,2.a,2.b"
    assert rows == ["s01,,,,", "张伟,,,,", "007,,,,"]


def test_sheets_speak_the_students_language(paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """By the roster, else the default of the paper."""
    write_papers(tmp_path, paper, bank)
    english = (tmp_path / "papers" / f"{file_stem('s01')}.md").read_text(encoding="utf-8")
    chinese = (tmp_path / "papers" / f"{file_stem('张伟')}.md").read_text(encoding="utf-8")
    default = (tmp_path / "papers" / f"{file_stem('007')}.md").read_text(encoding="utf-8")
    assert english.startswith("# Test\n\ns01 · Ada\n")
    assert "inputs" in english
    assert "(1/2 mark)" in english
    assert "(3/2 marks)" in english
    assert chinese.startswith("# 测验\n\n张伟 · 张伟\n")
    assert "个输入" in chinese
    assert default.startswith("# Test\n")


def test_papers_tell_no_answer(paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """Neither the sheets nor the JSON nor the table hold a value of an asked step."""
    write_papers(tmp_path, paper, bank)
    answers = {answer for sheet in paper.sheets for item in sheet.items for answer in item.answers.values()}
    assert len(answers) == 12
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.name != "key.json":
            text = path.read_text(encoding="utf-8")
            for code in (item.code for sheet in paper.sheets for item in sheet.items):
                text = text.replace(code, "")
            assert not [answer for answer in answers if answer in text], path


def test_the_key_gives_the_paper_back(paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """Reading the key gives what was written, and its numbers give the variants that were drawn."""
    write_papers(tmp_path, paper, bank)
    key = load_key(Source("key.json", tmp_path / "key.json"))
    assert [sheet.items for sheet in key.sheets] == [sheet.items for sheet in paper.sheets]
    assert (key.slots, key.seed, key.policy, key.marks) == (paper.slots, paper.seed, paper.policy, Fraction(4))
    for sheet in key.sheets:
        for slot, item in zip(key.slots, sheet.items, strict=True):
            assert rebuilt(bank[slot.problem], slot, item).trace.values == find_variant(bank, item.code).trace.values


def test_the_same_paper_is_the_same_bytes(paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """No clock and no place in what is written."""
    write_papers(tmp_path / "a", paper, bank)
    write_papers(tmp_path / "b", paper, bank)
    for path in (tmp_path / "a").rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_a_mock_paper_is_one_sheet_for_everybody(bank: Bank, tmp_path: Path) -> None:
    """Without a roster: a place for the name, one file, one sheet in the key."""
    paper = build_paper(select(bank, Selection(count=2), 4), None, 4, language="zh")
    assert paper.shared is paper.sheets[0]
    assert write_papers(tmp_path, paper, bank).sheets == ("paper.md",)
    assert "姓名" in (tmp_path / "paper.md").read_text(encoding="utf-8")
    assert load_key(Source("key.json", tmp_path / "key.json")).shared is not None


def test_nothing_is_overwritten_without_force(paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """Not one file is touched when one of them exists; with force all are replaced."""
    write_papers(tmp_path, paper, bank)
    (tmp_path / "paper.json").unlink()
    (tmp_path / "key.json").write_text("mine")
    with pytest.raises(ExamToolError, match="--force"):
        write_papers(tmp_path, paper, bank)
    assert (tmp_path / "key.json").read_text() == "mine"
    assert not (tmp_path / "paper.json").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    write_papers(tmp_path, paper, bank, force=True)
    assert load_key(Source("key.json", tmp_path / "key.json")) == load_key(Source("key.json", tmp_path / "key.json"))


@pytest.mark.parametrize("policy", ["", "harsh", "Course"])
def test_an_unknown_policy_is_refused(policy: str, bank: Bank) -> None:
    """A paper states its policy; it must be one there is."""
    with pytest.raises(ExamToolError):
        build_paper(select(bank, Selection(["mlp.one"]), 1), None, 1, policy=policy)


# ------------------------------------------------------------------------------------------------------- an old paper


def graded(paper_folder: Path, bank: Bank, out: Path, **how: bool) -> tuple[list[str], dict[str, str], int]:
    """Codes of faults, marks by student, exit code, when everybody hands in the right answers of the key."""
    key = load_key(Source("key.json", paper_folder / "key.json"))
    lines = []
    for sheet in key.sheets:
        assert sheet.student is not None
        answers = {str(slot.number): item.answers for slot, item in zip(key.slots, sheet.items, strict=True)}
        lines.append(json.dumps({"student": sheet.student.id, "answers": answers}))
    answers_file = out.parent / f"{out.name}.jsonl"
    answers_file.write_text("\n".join(lines), encoding="utf-8")
    outcome = grade_class(key, [Source("a.jsonl", answers_file)], out, bank, **how)  # type: ignore[arg-type]
    rows = (out / "gradebook.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    return [fault.code for fault in outcome.faults], {row.split(",")[0]: ",".join(row.split(",")[4:7]) for row in rows}, outcome.exit_code


def test_an_old_paper_earns_the_same_marks(paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """Nothing has changed: full marks, nothing to report."""
    write_papers(tmp_path / "paper", paper, bank)
    assert graded(tmp_path / "paper", bank, tmp_path / "out") == ([], dict.fromkeys(("s01", "张伟", "007"), "2,2,4"), 0)


@pytest.mark.parametrize(
    ("edit", "faults", "marks", "code"),
    [
        (("inputs, {b} outputs", "inputs and {b} outputs"), ["changed-problem"], "2,2,4", 0),  # only the words
        (("range: [11, 99]", "range: [2, 9]"), ["changed-problem"], "2,2,4", 0),  # other draws; the paper has its own numbers
        (("marks: 1/2", "marks: 5"), ["changed-problem"], "2,2,4", 0),  # other marks; the paper states its own
        (('"w + b"', '"w + a"'), ["changed-key", "changed-problem"], ",2,2", 1),  # another calculation
        (("find: total", "find: w"), ["changed-problem"], "2,2,4", 0),  # asks something else now; the paper asks what it asked
        (("zh: 权重数", "zh: 权重"), ["changed-problem"], "2,2,4", 0),  # a label
    ],
)
def test_what_an_edited_problem_means_for_an_old_paper(
    edit: tuple[str, str], faults: list[str], marks: str, code: int, paper: Paper, bank: Bank, tmp_path: Path
) -> None:
    """Last year's marks, or the reason why they cannot be given."""
    write_papers(tmp_path / "paper", paper, bank)
    edited = write_bank(tmp_path / "edited", {"one": edit})
    found, earned, exit_code = graded(tmp_path / "paper", edited, tmp_path / "out")
    assert found == faults
    assert earned == dict.fromkeys(("s01", "张伟", "007"), marks)
    assert exit_code == code


def test_a_problem_that_is_gone_is_not_marked(paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """Its question stays blank for everybody, and the report says so."""
    write_papers(tmp_path / "paper", paper, bank)
    (tmp_path / "bank" / "mlp" / "one.yaml").unlink()
    assert graded(tmp_path / "paper", load_bank(tmp_path / "bank"), tmp_path / "out") == (
        ["missing-problem"],
        dict.fromkeys(("s01", "张伟", "007"), ",2,2"),
        1,
    )


def test_changes_can_be_accepted(paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """After a repaired key everybody is marked by the bank as it is now."""
    write_papers(tmp_path / "paper", paper, bank)
    edited = write_bank(tmp_path / "edited", {"one": ('"w + b"', '"w + a"')})
    found, earned, _ = graded(tmp_path / "paper", edited, tmp_path / "out", accept_changes=True)
    assert found == ["changed-problem"]
    assert set(earned.values()) == {"1,2,3"}  # the old key's w is right, its total is not


# ------------------------------------------------------------------------------------------------------------- pieces


@pytest.mark.parametrize("text", ["1", "1/2", "[1, 2]", "[[1, 1/2], [0, 1]]", "sqrt(2)", "exp(1)/3", "shape(3, 4)", "conv", True])
def test_values_survive_storage(text: str | bool) -> None:
    """Exact values, sizes, words and truth values come back from JSON as they were."""
    from exam_tool.calculators import calling

    value = text if isinstance(text, bool) else calling.exact_value(text)
    again = restored(json.loads(json.dumps(stored(value))))
    assert stored(again) == stored(value)
    assert isinstance(again, Shape) == isinstance(value, Shape)


@pytest.mark.parametrize("found", [{"word": 1}, {"x": "1"}, None, 5, "1 +", "open('x')", json.loads("[" * 25 + "]" * 25)])
def test_other_things_are_no_values(found: object) -> None:
    """A key is read by our own reader, within limits."""
    with pytest.raises(ExamToolError):
        restored(found)


@pytest.mark.parametrize("text", ["a*b_c", "# x", "- x", "1. x", "<b>", "[x](y)", "`x`", "$x$", "a|b", "\\", "&amp;", "~~x~~"])
def test_outside_text_is_no_markup(text: str) -> None:
    """Escaped so that it shows as it is."""
    found = escape_markdown(text)
    plain = "".join(c for i, c in enumerate(found) if c != "\\" or (i and found[i - 1] == "\\"))
    assert plain.replace("\\", "") == text.replace("\\", "")
    assert not found.startswith(("#", "- ", "<", "`", "$"))


@pytest.mark.parametrize("text", ["x", "`", "``", "a`b``c", " x ", "`x`", "a\nb"])
def test_answers_stand_in_code(text: str) -> None:
    """A run of backticks longer than any inside, on one line."""
    found = code_span(text)
    fence = found[: len(found) - len(found.lstrip("`"))]
    assert found.endswith(fence)
    assert "\n" not in found
    assert fence not in found[len(fence) : -len(fence)]


FACTS = """
facts:
  - id: mlp.choice
    kind: choice
    title: {en: A choice, zh: 选择}
    ask: {en: Which of these is a matrix?, zh: 下列哪个是矩阵？}
    answer: {en: weights, zh: 权重}
    wrong: [{en: bias, zh: 偏置}, {en: loss, zh: 损失}, {en: rate, zh: 学习率}]
  - id: mlp.truth
    kind: true_false
    title: {en: A statement, zh: 判断}
    fact: {en: ReLU of -1 is 0., zh: ReLU(-1) 等于 0。}
    false: [{en: ReLU of -1 is -1., zh: ReLU(-1) 等于 -1。}]
"""


def test_facts_are_asked_and_marked_as_they_were_drawn(bank: Bank, tmp_path: Path) -> None:
    """A fact has no numbers: the seed decides how it is asked, and the key keeps the words."""
    file = tmp_path / "bank" / "mlp" / "facts.yaml"
    file.write_text(FACTS, encoding="utf-8")
    facts = load_bank(tmp_path / "bank")
    assert not facts.faults
    write_papers(tmp_path / "paper", build_paper(select(facts, Selection(["mlp.choice", "mlp.truth"]), 1), STUDENTS, 1), facts)
    sheet = (tmp_path / "paper" / "papers" / f"{file_stem('s01')}.md").read_text(encoding="utf-8")
    assert "weights" in sheet
    assert "mathrm" not in sheet
    full = dict.fromkeys(("s01", "张伟", "007"), "1,1,2")
    assert graded(tmp_path / "paper", facts, tmp_path / "out") == ([], full, 0)
    file.write_text(FACTS.replace("ReLU of -1", "ReLU at -1"), encoding="utf-8")
    found, earned, code = graded(tmp_path / "paper", load_bank(tmp_path / "bank"), tmp_path / "again")
    assert found == ["changed-key", "changed-problem"]
    assert earned == dict.fromkeys(full, "1,,1")
    assert code == 1


def test_everything_an_asked_step_says_is_stored(paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """A field added to what is asked, and forgotten in the key, would change the marks of an old paper."""
    asked = Ask("w", Fraction(1, 3), "decimal", 2, 4, fmpq(1, 100), ("MB", "个"), "%", Text("w", "权"), "cao", "i", 4)
    blank = Ask("w", Fraction(1))
    assert all(getattr(asked, name) != getattr(blank, name) for name in Ask._fields if name != "find")
    odd = replace(paper, slots=(replace(paper.slots[0], ask=(asked, asked), keep=3, seed=9), paper.slots[1]))
    (tmp_path / "key.json").write_text("".join(key_lines(odd, "")), encoding="utf-8")
    assert load_key(Source("key.json", tmp_path / "key.json")).slots == odd.slots
