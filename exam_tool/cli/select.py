"""Which problems a person means: chapters, ids, parts of ids, variant codes; and what is said of faulty files."""

import sys
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from exam_tool.bank import Bank
from exam_tool.calculators.work import CHAPTERS
from exam_tool.expressions.evaluate import nearest
from exam_tool.expressions.printing.cells import visible
from exam_tool.language import ExamToolError, Language, Text


class Listable(Protocol):
    """What is known of a problem wherever it is listed: of the problem itself, and of its outline."""

    @property
    def id(self) -> str: ...
    @property
    def chapter(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def syllabus(self) -> tuple[str, ...]: ...


Listed = TypeVar("Listed", bound=Listable)


def chosen_problems(bank: Iterable[Listed], words: Sequence[str], level: int | None = None) -> list[Listed]:
    """The problems that any of the words names, in the order of the bank; all of them without words.

    Raises:
        ExamToolError: for a word that names nothing, with the nearest chapter or id.
    """
    problems = sorted(bank, key=lambda problem: (CHAPTERS.index(problem.chapter), problem.level, problem.id))
    if level is not None:
        problems = [problem for problem in problems if problem.level == level]
    if not words:
        return problems
    wanted: set[str] = set()
    for word in words:
        name = word.partition("@")[0].partition(":")[0]
        found = {problem.id for problem in problems if _names(problem, name)}
        if not found:
            guess = nearest(name, [*CHAPTERS, *(problem.id for problem in problems)])
            raise ExamToolError(
                Text(
                    f'"{word}" is no chapter, problem or syllabus id.'
                    + (f' Did you mean "{guess}"?' if guess else "")
                    + " See: exam-tool list",
                    f"“{word}”不是章节、题目或大纲条目。" + (f"是否想写“{guess}”？" if guess else "") + "全部题目：exam-tool list",
                )
            )
        wanted |= found
    return [problem for problem in problems if problem.id in wanted]


def _names(problem: Listable, name: str) -> bool:
    if name == problem.id or name == problem.chapter or name in problem.syllabus:
        return True
    return len(name) >= 3 and name in problem.id and name not in CHAPTERS


def warn_of_faults(bank: Bank, language: Language) -> None:
    """One line about faulty files, on the error stream; the others are used all the same."""
    if bank.faults:
        files = sorted({fault.mark.file for fault in bank.faults})
        words = Text(
            f"warning: {len(files)} file(s) cannot be used, the first is {files[0]}. See: exam-tool check --bank {bank.root}",
            f"警告：有 {len(files)} 个文件无法使用，第一个是 {files[0]}。详情：exam-tool check --bank {bank.root}",
        )
        sys.stderr.write(visible(words(language)) + "\n")
