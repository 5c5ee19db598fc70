"""The learner kept for the next start: the same as the whole history gives, and only for that very history."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from exam_tool.folders import cache_folder
from exam_tool.quiz.learner import Doubt, Learner, Practised, Skill, Slip
from exam_tool.quiz.remembered import remember, remembered
from exam_tool.quiz.schedule import Memory

MARK = (903, 903, "session")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAM_TOOL_HOME", str(tmp_path))


LEARNER = Learner(
    {
        "conv_output": Skill(Memory(3.1, 5.25, 1_800_000_000_000, 1_800_300_000_000), 0.73, 4, (20833,), (1.0, 1 / 3), 5, True),
        "new": Skill(),
    },
    {"conv_output.H_out/ceil": Slip(Memory(0.1, 9.0, 7, 8), 2, 1, 9, "cnn.conv-output-size", ("conv_output",), 1, Fraction(1, 3))},
    {"cnn.conv-output-size": Practised(3, 11, (900, 800))},
    frozenset(("cnn.conv-output-size@1:7", "cnn.conv-output-size@1:8")),
    (Doubt(("conv_output.H_out/ceil", "conv_output.H_out/no_plus_one"), "cnn.conv-output-size"),),
)


def test_what_is_kept_is_the_learner() -> None:
    """Every memory, result and open mistake comes back, to the last bit."""
    remember(MARK, LEARNER)
    assert remembered(MARK, None, 0) == LEARNER


@pytest.mark.parametrize(
    ("mark", "exam", "shift"),
    [((904, 904, "session"), None, 0), ((903, 903, "other"), None, 0), (MARK, date(2027, 1, 20), 0), (MARK, None, 3_600_000)],
)
def test_it_counts_for_that_history_only(mark: tuple[int, int, str], exam: date | None, shift: int) -> None:
    """A row more, another history of the same length, another exam date or time zone: the history is folded anew."""
    remember(MARK, LEARNER)
    assert remembered(mark, exam, shift) is None


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"program": "1", "data": {}})])
def test_a_damaged_file_is_no_learner(text: str) -> None:
    """Then the history is folded anew, and the file replaced."""
    remember(MARK, LEARNER)
    kept = cache_folder() / "learner.json"
    good = kept.read_text(encoding="utf-8")
    kept.write_text(text, encoding="utf-8")
    assert remembered(MARK, None, 0) is None
    kept.write_text(good.replace('"skills": {', '"skills": [', 1), encoding="utf-8")
    assert remembered(MARK, None, 0) is None
