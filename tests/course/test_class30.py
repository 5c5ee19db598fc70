"""A class of 30 with every kind of answer file, bad rows included: the gradebook is the one worked out by hand in class30/by_hand.md."""

import json
from pathlib import Path

import pytest

from exam_tool.bank import load_bank
from exam_tool.course import Outcome, grade_class, sources_of
from exam_tool.files import Source
from exam_tool.paper import Selection, build_paper, load_key, read_roster, select, write_papers

HERE = Path(__file__).parent / "class30"

# file:line and code of everything that is wrong, found by reading the files with a pencil
FAULTS = [
    "answers/each/notes.docx unknown-format",
    "answers/each/s28.yaml:1 unknown-student",
    "answers/lines.jsonl:5 not-json",
    "answers/lines.jsonl:6 empty-cell",
    "answers/lines.jsonl:7 not-json",
    "answers/lines.jsonl:8 not-json",
    "answers/long.csv:12 cells",
    "answers/long.csv:16 cells",
    "answers/long.csv:22 unclosed-quote",
    "answers/long.csv:25 repeated",
    "answers/long.csv:27 empty-cell",
    "answers/long.csv:31 unknown-step",
    "answers/long.csv:32 spreadsheet",
    "answers/long.csv:36 unknown-question",
    "answers/long.csv:37 unknown-student",
    "answers/seven.txt:7 unknown-student",
    "answers/wide.csv:1 unknown-column",
    "answers/wide.csv:4 empty-cell",
    "answers/wide.csv:5 encoding",
    "answers/wide.csv:7 repeated",
]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The class, graded once."""
    folder = tmp_path_factory.mktemp("class30")
    bank = load_bank(HERE / "bank")
    assert not bank.faults
    chosen = select(bank, Selection(["mlp.layer", "mlp.ratio", "mlp.vectors"]), 1)
    write_papers(folder / "paper", build_paper(chosen, read_roster(Source("roster.csv", HERE / "roster.csv")), 30), bank)
    key = load_key(Source("key.json", folder / "paper" / "key.json"))
    return grade_class(key, sources_of([HERE / "answers"]), folder / "results", bank)


def test_gradebook_is_the_one_worked_out_by_hand(graded: Outcome) -> None:
    """Every mark of every student, byte for byte."""
    assert (graded.folder / "gradebook.csv").read_text(encoding="utf-8-sig") == (HERE / "gradebook.csv").read_text(encoding="utf-8")


def test_every_bad_row_is_reported_by_file_and_line(graded: Outcome) -> None:
    """All faults and no others, and the exit code says that there are some."""
    assert [f"{fault.place} {fault.code}" for fault in graded.faults] == FAULTS
    assert graded.exit_code == 1


def test_summary_of_the_class(graded: Outcome) -> None:
    """Median, lowest and highest are those worked out by hand; the costly mistakes come first."""
    told = graded.summary
    assert (told.papers, told.questions, told.marks, told.graded, told.missing) == (30, 3, 10, 27, 3)
    assert (told.median, told.lowest, told.highest, told.review, told.unmatched) == (8, 2, 10, 2, 3)
    assert [(loss.code, loss.students, loss.marks) for loss in told.losses] == [
        ("mlp.layer.total/no_bias", 1, 2),
        ("mlp.layer.w/added", 1, 2),
        ("mlp.ratio.r/inverted", 1, 2),
        ("mlp.vectors.s/difference", 1, 2),
    ]


def test_cells_for_a_person_are_listed_with_their_place(graded: Outcome) -> None:
    """The date a spreadsheet made of an answer, and a number in words."""
    rows = (graded.folder / "review.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [(row.split(",")[:5], row.split(",")[-2:]) for row in rows] == [
        (["s06", "1", "b", "total", "3-Feb"], ["answers/long.csv", "32"]),
        (["s06", "3", "b", "n", "eleven"], ["answers/long.csv", "35"]),
    ]


def test_rows_of_strangers_are_put_aside(graded: Outcome) -> None:
    """Nothing is guessed: an unknown id, an id without its zeros, a file of somebody else."""
    rows = (graded.folder / "unmatched.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [row.split(",")[:3] for row in rows] == [
        ["answers/each/s28.yaml", "1", "s01"],
        ["answers/long.csv", "37", "ghost"],
        ["answers/seven.txt", "7", "7"],
    ]
    assert "007" in rows[2]


def test_each_graded_student_gets_a_page_in_the_own_language(graded: Outcome) -> None:
    """27 pages; marks, answers and the worked solution where marks were lost, and nobody else's data."""
    pages = {path.name.rpartition("-")[0]: path.read_text(encoding="utf-8") for path in (graded.folder / "feedback").iterdir()}
    assert len(pages) == graded.feedback_files == 27
    assert "**Marks: 6 / 10**" in pages["s02"]
    assert "Worked solution" in pages["s02"]
    assert "得分" in pages["s24"]
    assert "解答" in pages["s24"]
    assert "Worked solution" not in pages["s01"]
    assert not any("s03" in page for name, page in pages.items() if name != "s03")


def test_report_is_json_that_agrees_with_the_gradebook(graded: Outcome) -> None:
    """The same totals for programs."""
    report = json.loads((graded.folder / "report.json").read_text(encoding="utf-8"))
    totals = {one["student"]: one["total"] for one in report["students"]}
    rows = [row.split(",") for row in (HERE / "gradebook.csv").read_text(encoding="utf-8").splitlines()[1:]]
    assert totals == {row[0]: int(row[7]) if row[7] else None for row in rows}
    assert report["class"]["median"] == 8
    assert report["run"] == graded.run


def test_grading_again_gives_the_same_bytes(graded: Outcome, tmp_path: Path) -> None:
    """The run id says so, and the files."""
    bank = load_bank(HERE / "bank")
    key = load_key(Source("key.json", graded.folder.parent / "paper" / "key.json"))
    again = grade_class(key, sources_of([HERE / "answers"]), tmp_path / "results", bank)
    assert again.run == graded.run
    names = sorted(path.relative_to(graded.folder) for path in graded.folder.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(again.folder) for path in again.folder.rglob("*") if path.is_file())
    assert all((graded.folder / name).read_bytes() == (again.folder / name).read_bytes() for name in names)
