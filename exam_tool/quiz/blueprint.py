"""What a mock exam is made of: marks a chapter, time, and the problems drawn for them by a seed. It draws no numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exam_tool.bank import Problem
from exam_tool.bank.draws import Stream
from exam_tool.calculators.work import CHAPTERS
from exam_tool.language import ExamToolError, Text

from .emphasis import CERTAIN, OUT, WEIGHTS, Topic

MOST_CERTAIN = Fraction(3, 5)  # of an exam's marks may go to the topics that must occur


@dataclass(frozen=True)
class Blueprint:
    """Marks wanted of each chapter, the minutes for all of them, topics that must occur, and rows of the syllabus left out."""

    chapters: Mapping[str, Fraction]
    minutes: int
    certain: tuple[Topic, ...] = ()
    out: frozenset[str] = frozenset()

    @property
    def marks(self) -> Fraction:
        return sum(self.chapters.values(), Fraction(0))


def default_blueprint(problems: Sequence[Problem], marks: int, exam_marks: int, exam_minutes: int) -> Blueprint:
    """The courses' own: each chapter by its weight in their exams, with the topics that are certain, at the pace of the real exam."""
    there = available([problem for problem in problems if is_examined(problem, OUT)]) or available(problems)
    wanted = min(Fraction(marks), sum(there.values(), Fraction(0)))
    return Blueprint(_shared(wanted, there), minutes_for(wanted, exam_marks, exam_minutes), CERTAIN, OUT)


def _shared(marks: Fraction, there: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Marks by weight; a chapter that has fewer gives what it has, and the others share the rest."""
    found: dict[str, Fraction] = {}
    open_chapters = list(there)
    while open_chapters:
        left = marks - sum(found.values(), Fraction(0))
        weight = sum(WEIGHTS[chapter] for chapter in open_chapters)
        shares = {chapter: left * WEIGHTS[chapter] / weight for chapter in open_chapters}
        full = [chapter for chapter in open_chapters if shares[chapter] > there[chapter]]
        found |= {chapter: there[chapter] for chapter in full} if full else shares
        open_chapters = [chapter for chapter in open_chapters if chapter not in found]
    return {chapter: found[chapter] for chapter in there}


def is_examined(problem: Problem, out: frozenset[str]) -> bool:
    """Whether the courses ask for what a problem practises: some row of their syllabus that is not left out."""
    return bool(set(problem.syllabus) - out)


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


def _certain(blueprint: Blueprint, lots: Sequence[Problem]) -> list[Problem]:
    """A problem for each topic that must occur, as long as they leave room for others: a short exam has the first ones only."""
    chosen: list[Problem] = []
    for topic in blueprint.certain:
        spent = sum((problem.marks for problem in chosen), Fraction(0))
        fitting = (problem for problem in lots if topic.rows & set(problem.syllabus) and problem.chapter in blueprint.chapters)
        taken = {problem.id for problem in chosen}
        problem = next((problem for problem in fitting if problem.id not in taken), None)
        if problem is not None and spent + problem.marks <= blueprint.marks * MOST_CERTAIN:
            chosen.append(problem)
    return chosen


def select(blueprint: Blueprint, problems: Sequence[Problem], seed: int) -> tuple[Problem, ...]:
    """The problems of an exam: for each chapter as many as come nearest to its marks, drawn by hash, levels rising.

    What rounding leaves over or short in one chapter is made up for in the next.
    """
    lots = sorted(problems, key=lambda problem: Stream(f"mock/{seed}/{problem.id}").word())
    if blueprint.out:
        lots = [problem for problem in lots if is_examined(problem, blueprint.out)] or lots
    chosen = _certain(blueprint, lots)
    taken = {problem.id for problem in chosen}
    paid = available(chosen)
    owed = Fraction(0)
    for chapter, marks in blueprint.chapters.items():
        owed += marks - paid.get(chapter, Fraction(0))
        for problem in lots:
            if problem.chapter == chapter and problem.id not in taken and problem.marks <= owed + problem.marks / 2 and owed > 0:
                chosen.append(problem)
                owed -= problem.marks
    if not chosen and problems:
        chosen = [min(problems, key=lambda problem: Stream(f"mock/{seed}/{problem.id}").word())]
    return tuple(sorted(chosen, key=lambda problem: (CHAPTERS.index(problem.chapter), problem.level, problem.id)))
