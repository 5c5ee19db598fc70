"""Very long files of single numbers: the same marks as a class gets, in memory that does not grow with the rows."""

import csv
import json
import random
import tracemalloc
from pathlib import Path

import pytest
from flint import fmpq

from exam_tool.answers.decide import bounds
from exam_tool.bank import Bank, load_bank
from exam_tool.course import can_stream, grade_answers, grade_class, grade_stream, sources_of
from exam_tool.course.alone import Single
from exam_tool.course.marker import causes
from exam_tool.expressions.decimals import decimal_text
from exam_tool.files import Source
from exam_tool.language import ExamToolError
from exam_tool.marking import find_policy, grade, verdict_code
from exam_tool.paper import Paper, Selection, Student, build_paper, select
from exam_tool.variant import Variant, draw

PROBLEM = """
id: mlp.{name}
title: {{en: A number, zh: 一个数}}
steps:
  - name: half
    formula: "{half}"
    label: {{en: first, zh: 第一步}}
    mistakes: [{{id: doubled, formula: "2*({half})", kind: slip, en: "doubled.", zh: "多乘了 2。"}}]
  - name: end
    formula: "{end}"
    label: {{en: second, zh: 第二步}}
    is: "{domain}"
    mistakes: [{{id: skipped, formula: "half", en: "the second step is missing.", zh: "漏了第二步。"}}]
given:
  a: {{range: [11, 60]}}
  b: {{range: [3, 9]}}
where: [a mod b != 0]
ask:
  - {{find: end, marks: 1{ask}}}
text: {{en: "{{a}} and {{b}}", zh: "{{a}} 和 {{b}}"}}
examples:
  - {{given: {{a: 2, b: 3}}, answers: {{end: 1}}, source: by hand}}
"""
PROBLEMS = {
    "whole": ("a*b", "half + b", "", "integer, >= 1"),
    "fraction": ("a/b", "half + 1/2", ", kind: rational", ""),
    "places": ("a/b", "half + b", ", kind: decimal, places: 2", ""),
    "figures": ("a/b", "half*b^3 + 1/7", ", kind: decimal, sig: 3", ""),
    "tolerance": ("a/b", "half + b", ", kind: decimal, tolerance: 0.05", ""),
    "root": ("a/b", "sqrt(half + 2)", "", ""),
    "negative": ("a/b", "b - 3*half", ", places: 1", ""),
    "vector": ("a", "[a, half + b]", "", ""),
}


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    folder = tmp_path_factory.mktemp("bank") / "mlp"
    folder.mkdir()
    for name, (half, end, ask, domain) in PROBLEMS.items():
        (folder / f"{name}.yaml").write_text(PROBLEM.format(name=name, half=half, end=end, ask=ask, domain=domain), encoding="utf-8")
    found = load_bank(folder.parent)
    assert not found.faults
    return found


def typed(variant: Variant, dice: random.Random) -> str:
    """Something a student may type: right, nearly right, mistaken, wrong, strange."""
    key = variant.trace.values[variant.asked[0].find]
    left = [
        values[variant.asked[0].find]
        for step in variant.trace.plan.steps
        for m in step.mistakes
        for values in [variant.trace.mistaken(step, m)]
    ]
    if isinstance(key, tuple):
        return dice.choice(["[1, 2]", f"[{key[0]}, {key[1]}]", "7", "[1", "x"])
    value = dice.choice([key, key, *left])
    near = bounds(value)[0] + fmpq(dice.choice([0, 0, 4, 5, 10, 49, 300, -500, 1000]), 1000)
    forms = [str(value), decimal_text(near, dice.randint(0, 5)), decimal_text(value, dice.randint(0, 5)), f"{dice.randint(-999, 999)}"]
    forms += [f"{dice.randint(1, 999)}/{dice.randint(1, 60)}", f"{dice.randint(0, 9)}.{dice.randint(0, 999)}", f" {dice.randint(1, 400)} "]
    strange = [
        "",
        "-",
        "?",
        "x",
        "1e3",
        "3-Feb",
        "12 34",
        "1,234",
        "50%",
        "two",
        "2*3 = 6",
        "1/0",
        "0",
        "-0",
        "+7",
        "007",
        "1.",
        "5 or 6",
        "９",
    ]
    return dice.choice([*forms, *forms, dice.choice(strange)])


@pytest.mark.parametrize("policy", ["course", "strict"])
@pytest.mark.parametrize("name", list(PROBLEMS))
def test_fast_marking_is_marking(name: str, policy: str, bank: Bank) -> None:
    """On thousands of texts the short cut gives the mark, verdict and cause that ``marking.grade`` gives."""
    dice = random.Random(f"{name}/{policy}")
    rules = find_policy(policy)
    for seed in range(6):
        variant = draw(bank[f"mlp.{name}"], seed)
        single = Single(variant, rules)
        for _ in range(150):
            text = typed(variant, dice)
            fast = single.outcome(text)
            slow = grade(variant, {"end": text}, rules)
            step = slow.steps[0]
            told = (step.marks, step.maximum, slow.whole, verdict_code(step.verdict), causes(step))
            assert fast.said == told, (variant.code, text)


def answer_file(path: Path, paper: Paper, bank: Bank, students: list[str], seed: int) -> Path:
    """A long table with every oddity a row can have."""
    dice = random.Random(seed)
    variants = [draw(bank[slot.problem], 1) for slot in paper.slots]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["student", "question", "answer"])
        for student in students:
            for number, variant in enumerate(variants, 1):
                if dice.random() < 0.05:
                    continue
                out.writerow([student, number, typed(variant, dice)])
                if dice.random() < 0.05:
                    out.writerow([student, number, typed(variant, dice)])
            if dice.random() < 0.2:
                file.write(f'{student},99,1\n{student},1\nnobody,1,2\n{student},1,"open\n')
    return path


@pytest.mark.parametrize("duplicates", ["last", "first", "best", "none"])
@pytest.mark.parametrize("shared", [True, False])
def test_a_stream_is_graded_as_a_class(shared: bool, duplicates: str, bank: Bank, tmp_path: Path) -> None:
    """The same gradebook, marks, faults and lists for a person, for one paper for all and for a paper each."""
    students = [f"s{n:02d}" for n in range(40)]
    roster = None if shared else [Student(name) for name in students]
    paper = build_paper(select(bank, Selection([f"mlp.{name}" for name in PROBLEMS]), 1), roster, 1)
    path = answer_file(tmp_path / "answers.csv", paper, bank, students, 7)
    one = grade_class(paper, [Source("answers.csv", path)], tmp_path / "class", bank, duplicates=duplicates, with_feedback=False)  # type: ignore[arg-type]
    other = grade_stream(paper, [Source("answers.csv", path)], tmp_path / "stream", bank, duplicates=duplicates)  # type: ignore[arg-type]
    for name in ("gradebook.csv", "unmatched.csv", "review.csv"):
        assert (one.folder / name).read_text(encoding="utf-8") == (other.folder / name).read_text(encoding="utf-8"), name
    assert one.summary == other.summary
    assert [(fault.place, fault.code) for fault in one.faults] == [(fault.place, fault.code) for fault in other.faults]
    assert one.exit_code == other.exit_code == 1
    assert one.run == other.run


def test_memory_does_not_grow_with_the_rows(bank: Bank, tmp_path: Path) -> None:
    """Ten times the rows of the same students (each answer repeated) need hardly more memory."""
    paper = build_paper(select(bank, Selection(["mlp.whole", "mlp.places"]), 1), None, 1)
    peaks = []
    for times in (1, 10):
        path = tmp_path / f"answers{times}.csv"
        rows = "".join(f"s{n:03d},{q},{n * q}\n" for n in range(300) for q in (1, 2))
        path.write_text("student,question,answer\n" + rows + "s000,1,-\n" * (len(rows) // 10) * (times - 1), encoding="utf-8")
        tracemalloc.start()
        grade_stream(paper, [Source("a.csv", path)], tmp_path / f"out{times}", bank)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 3_000_000


def test_only_single_steps_can_stream(bank: Bank, tmp_path: Path) -> None:
    """A question of several steps needs all its answers together."""
    paper = build_paper(select(load_bank(Path(__file__).parent / "class30" / "bank"), Selection(["mlp.layer"]), 1), None, 1)
    assert not can_stream(paper)
    with pytest.raises(ExamToolError):
        grade_stream(paper, [], tmp_path / "out", bank)


def test_the_way_is_chosen_by_what_is_asked(bank: Bank, tmp_path: Path) -> None:
    """Single numbers in long tables without feedback stream; everything else is graded as a class, with the same gradebook."""
    students = [f"s{n:02d}" for n in range(5)]
    paper = build_paper(select(bank, Selection([f"mlp.{name}" for name in PROBLEMS]), 1), None, 1)
    path = answer_file(tmp_path / "answers.csv", paper, bank, students, 3)
    books = []
    for number, feedback in enumerate((True, False)):
        told: list[tuple[int, int]] = []
        outcome = grade_answers(
            paper,
            sources_of([path]),
            tmp_path / f"out{number}",
            bank,
            with_feedback=feedback,
            progress=lambda done, total, told=told: told.append((done, total)),
        )
        books.append((outcome.folder / "gradebook.csv").read_bytes())
        report = json.loads((outcome.folder / "report.json").read_text(encoding="utf-8"))
        assert ("rows" in report) is not feedback
        assert [one["total"] for one in report["students"]] == [int(row.split(",")[-4]) for row in books[-1].decode().splitlines()[1:]]
        assert told[-1][0] == told[-1][1] > 0
    assert books[0] == books[1]
