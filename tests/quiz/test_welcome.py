"""``exam-tool`` alone knows the next step; names are completed from the cache; the shelf is read once and noticed when it changes."""

import os
import shutil
from pathlib import Path

import pytest

from exam_tool.bank import Fault, FaultError, Problem, UnknownProblem, load_bank, load_file
from exam_tool.bank.shelf import cache_file, open_shelf, outline
from exam_tool.cli.completion import complete_chapters, complete_problems
from exam_tool.cli.welcome import next_steps, welcome

from .playing import BANK
from .test_process import CONV, run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXAM_TOOL_HOME", str(tmp_path))
    return tmp_path


def test_the_next_step(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """At first: start; then what is half done and what is due."""
    assert "exam-tool quiz" in next_steps()[0].en
    run(home, "quiz", CONV, "--seed", "4", given="33\n")
    said = " ".join(step.en for step in next_steps())
    assert "half done" in said
    assert "1 mistakes still open" in said or "1 mistake" in said
    assert "config set exam_date" in said
    welcome("zh")
    assert "做到一半" in capsys.readouterr().out


def test_a_damaged_history_says_nothing(home: Path) -> None:
    """Who types only the name of the program has asked for nothing."""
    (home / "history.db").write_bytes(b"no database" * 99)
    assert next_steps()[0].en.startswith("Start")


def test_names_are_completed(home: Path) -> None:
    """From the beginning of an id, else from inside it; chapters alone for exams."""
    open_shelf(BANK)
    assert complete_problems("cnn.conv") == [CONV]
    assert complete_problems("output-size") == [CONV]
    assert complete_problems("c")[0] == "cnn"
    assert complete_chapters("f") == ["foundations"]
    assert complete_problems("nothing-like-this") == []


def test_the_shelf_is_kept_and_made_anew(home: Path, tmp_path: Path) -> None:
    """The same outlines from the cache as from the bank; a changed file is noticed; a damaged cache does no harm."""
    root = tmp_path / "bank"
    shutil.copytree(BANK, root)
    first = open_shelf(root)
    assert first.bank is not None
    kept = open_shelf(root)
    assert kept.bank is None
    assert kept.outlines == tuple(outline(problem, root) for problem in load_bank(root))
    assert kept[CONV].title.en.startswith("Output size")
    assert kept["cnn.near-pixels"].fact is not None
    with pytest.raises(UnknownProblem):
        kept["cnn.nothing"]
    file = root / "cnn" / "conv-output-size.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("level: 2", "level: 3"), encoding="utf-8")
    os.utime(file, ns=(1, 1))
    changed = open_shelf(root)
    assert next(each for each in changed if each.id == CONV).level == 3
    cache_file(root).write_text("{")
    assert len(open_shelf(root).outlines) == len(first.outlines)


def test_a_bank_with_faults_is_never_kept(home: Path, tmp_path: Path) -> None:
    """Its faults must be said every time."""
    root = tmp_path / "bank"
    shutil.copytree(BANK, root)
    (root / "cnn" / "bad.yaml").write_text("id: [")
    for _ in range(2):
        shelf = open_shelf(root)
        assert shelf.bank is not None
        assert shelf.bank.faults


def whole_bank(*_: object) -> None:
    pytest.fail("the whole bank is read")


@pytest.mark.parametrize("verb", ["show", "solve"])
def test_one_question_reads_one_file(home: Path, verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Once the outline is kept, no other file of the bank is opened; an unknown id still gets its nearest one."""
    from exam_tool.cli.main import run

    opened: list[str] = []

    def load(file: Path) -> tuple[list[Problem], list[Fault]]:
        opened.append(file.name)
        return load_file(file)

    open_shelf(BANK)
    monkeypatch.setattr("exam_tool.bank.shelf.load_bank", whole_bank)
    monkeypatch.setattr("exam_tool.bank.shelf.load_file", load)
    assert run([verb, CONV, "--bank", str(BANK)], "en", False) == 0
    assert run([verb, f"{CONV}@1:7", "--bank", str(BANK)], "en", False) == 0
    assert f"{CONV}@1:7" in capsys.readouterr().out
    assert run([verb, CONV.replace("size", "siez"), "--bank", str(BANK)], "en", False) == 2
    assert f'Did you mean "{CONV}"?' in capsys.readouterr().err
    assert opened == ["conv-output-size.yaml"] * 2


def test_a_changed_file_alone_is_read_again(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was added, changed or deleted is seen; an id used twice is left to the whole bank, which can say where."""
    root = tmp_path / "bank"
    shutil.copytree(BANK, root)
    open_shelf(root)
    file = root / "cnn" / "conv-output-size.yaml"
    text = file.read_text(encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr("exam_tool.bank.shelf.load_bank", whole_bank)
        file.write_text(text.replace("level: 2", "level: 3"), encoding="utf-8")
        (root / "cnn" / "other.yaml").write_text(text.replace(CONV, "cnn.other"), encoding="utf-8")
        for _ in range(2):
            assert {each.id: each.level for each in open_shelf(root) if each.chapter == "cnn" and not each.is_fact} == {
                CONV: 3,
                "cnn.other": 2,
            }
        assert [each.id for each in open_shelf(root)] == [each.id for each in load_bank(root)]
        (root / "cnn" / "other.yaml").unlink()
        assert "cnn.other" not in {each.id for each in open_shelf(root)}
    (root / "cnn" / "again.yaml").write_text(text, encoding="utf-8")
    twice = open_shelf(root)
    assert twice.bank is not None
    assert "already used" in twice.bank.faults[0].message.en


def test_a_file_broken_after_its_outline_was_made_says_so(home: Path, tmp_path: Path) -> None:
    """And not that the problem does not exist."""
    root = tmp_path / "bank"
    shutil.copytree(BANK, root)
    open_shelf(root)
    shelf = open_shelf(root)
    (root / "cnn" / "conv-output-size.yaml").write_text("id: [")
    with pytest.raises(FaultError, match="conv-output-size"):
        shelf[CONV]
