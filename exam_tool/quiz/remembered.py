"""The learner as the last session left them, kept in the cache: a long history need not be folded again at every start.

The history stays the truth. What is kept counts only while the history is the very one it was folded from, and ends in the same row.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import fsrs

from exam_tool.cached import keep, program, recalled
from exam_tool.folders import cache_folder

from . import learner as folding
from .learner import Doubt, Learner, Practised, Skill, Slip
from .schedule import Memory

FORM = 1
Mark = tuple[int, int, str]  # how many rows there are, the number of the last one, and its session


def remembered(mark: Mark, exam: date | None, shift: int) -> Learner | None:
    """The learner folded from a history that ends there; None where that is not what was kept."""
    data = recalled(_file(), _program())
    if data is None or data.get("of") != _of(mark, exam, shift):
        return None
    try:
        return _learner(data, exam, shift)
    except (KeyError, ValueError, TypeError, IndexError):
        return None


def remember(mark: Mark, learner: Learner) -> None:
    """Keeps a learner folded from the whole history."""
    data = {
        "of": _of(mark, learner.exam, learner.shift),
        "skills": learner.skills,
        "slips": {code: slip._replace(lost=str(slip.lost)) for code, slip in learner.slips.items()},  # type: ignore[arg-type]
        "problems": learner.problems,
        "used": sorted(learner.used),
        "doubts": learner.doubts,
    }
    keep(_file(), _program(), data)


def _learner(data: Mapping[str, Any], exam: date | None, shift: int) -> Learner:
    return Learner(
        {name: _skill(*row) for name, row in data["skills"].items()},
        {code: _slip(*row) for code, row in data["slips"].items()},
        {id: Practised(times, last, tuple(took)) for id, (times, last, took) in data["problems"].items()},
        frozenset(data["used"]),
        tuple(Doubt(tuple(codes), problem) for codes, problem in data["doubts"]),
        exam,
        shift,
    )


def _skill(memory: Any, average: float, tries: int, clean: Any, results: Any, last: int, was_mastered: bool) -> Skill:
    return Skill(_memory(memory), average, tries, tuple(clean), tuple(results), last, was_mastered)


def _slip(memory: Any, shown: int, passed: int, last: int, problem: str, skills: Any, taught: int, lost: str) -> Slip:
    return Slip(_memory(memory), shown, passed, last, problem, tuple(skills), taught, Fraction(lost))


def _memory(row: Any) -> Memory | None:
    return None if row is None else Memory(*row)


def _of(mark: Mark, exam: date | None, shift: int) -> list[Any]:
    return [*mark, exam.isoformat() if exam is not None else None, shift]


def _file() -> Path:
    return cache_folder() / "learner.json"


def _program() -> str:
    return program(FORM, folding.__file__, fsrs.__file__)
