"""What a mock exam is made of: marks a chapter, time, and the problems drawn for them by a seed. It draws no numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exam_tool.bank import Problem
from exam_tool.bank.draws import Stream
from exam_tool.calculators.work import CHAPTERS
from exam_tool.language import ExamToolError, Text


@dataclass(frozen=True)
class Blueprint:
    """Marks wanted of each chapter, and the minutes for all of them."""

    chapters: Mapping[str, Fraction]
    minutes: int

    @property
    def marks(self) -> Fraction:
        return sum(self.chapters.values(), Fraction(0))


def default_blueprint(problems: Sequence[Problem], marks: int, exam_marks: int, exam_minutes: int) -> Blueprint:
    """The bank's own: each chapter in proportion to the marks it has, at the pace of the real exam."""
    there = available(problems)
    total = sum(there.values(), Fraction(0))
    wanted = min(Fraction(marks), total)
    chapters = {chapter: wanted * has / total for chapter, has in there.items()} if total else {}
    return Blueprint(chapters, minutes_for(wanted, exam_marks, exam_minutes))


def minutes_for(marks: Fraction, exam_marks: int, exam_minutes: int) -> int:
    return max(1, round(marks * exam_minutes / exam_marks))


def available(problems: Sequence[Problem]) -> dict[str, Fraction]:
    """The marks of each chapter, in the order of the course."""
    found: dict[str, Fraction] = {}
    for problem in sorted(problems, key=lambda problem: CHAPTERS.index(problem.chapter)):
        found[problem.chapter] = found.get(problem.chapter, Fraction(0)) + problem.marks
    return found


def read_blueprint(words: Sequence[str], problems: Sequence[Problem]) -> dict[str, Fraction]:
    """``cnn=10`` is ten marks of a chapter; a chapter alone leaves its marks to its share.

    Raises:
        ExamToolError: for anything else, or a chapter the bank does not have.
    """
    there = available(problems)
    wanted: dict[str, Fraction] = {}
    for word in words:
        name, equals, number = word.partition("=")
        if name not in there:
            known = ", ".join(there)
            raise ExamToolError(
                Text(f'"{name}" is not a chapter of this bank. Chapters: {known}.', f"“{name}”不是这个题库的章节。章节：{known}。")
            )
        if equals and not (number.isascii() and number.isdigit() and 0 < int(number[:5]) <= 1000):
            raise ExamToolError(Text(f'"{word}": write CHAPTER=MARKS, such as cnn=10.', f"“{word}”：请写成 章节=分值，例如 cnn=10。"))
        wanted[name] = Fraction(int(number)) if equals else there[name]
    return wanted


def select(blueprint: Blueprint, problems: Sequence[Problem], seed: int) -> tuple[Problem, ...]:
    """The problems of an exam: for each chapter as many as come nearest to its marks, drawn by hash, levels rising.

    What rounding leaves over or short in one chapter is made up for in the next.
    """
    chosen: list[Problem] = []
    owed = Fraction(0)
    for chapter, marks in blueprint.chapters.items():
        lots = sorted(
            (problem for problem in problems if problem.chapter == chapter),
            key=lambda problem: Stream(f"mock/{seed}/{problem.id}").word(),
        )
        owed += marks
        for problem in lots:
            if problem.marks <= owed + problem.marks / 2 and owed > 0:
                chosen.append(problem)
                owed -= problem.marks
    if not chosen and problems:
        chosen = [min(problems, key=lambda problem: Stream(f"mock/{seed}/{problem.id}").word())]
    return tuple(sorted(chosen, key=lambda problem: (CHAPTERS.index(problem.chapter), problem.level, problem.id)))
