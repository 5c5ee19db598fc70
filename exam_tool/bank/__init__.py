"""The bank: every problem of a folder, the packaged one by default. A faulty file never hides the others."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Table
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from exam_tool.language import ExamToolError, Text

from .facts import FactReader
from .parse import ProblemReader
from .problem import Ask, Condition, Example, Problem
from .source import Fault, FaultError, Mapping, Mark, read_file

__all__ = ["Ask", "Bank", "Condition", "Example", "Fault", "FaultError", "Mark", "Problem", "UnknownProblem", "load_bank", "packaged_bank"]


class UnknownProblem(ExamToolError):
    """A name that is no problem of the bank."""


@dataclass(frozen=True)
class Bank:
    """Problems by id in the order of chapters and files, and the faults of the files that could not be used."""

    root: Path
    problems: Table[str, Problem]
    faults: tuple[Fault, ...] = field(default=())

    def __getitem__(self, name: str) -> Problem:
        """The problem of this id.

        Raises:
            UnknownProblem: with the nearest id.
        """
        if name not in self.problems:
            raise unknown_problem(name, self.problems)
        return self.problems[name]

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems.values())

    def __len__(self) -> int:
        return len(self.problems)


def unknown_problem(name: str, known: Iterable[str]) -> UnknownProblem:
    """The error for a name no problem has, with the nearest one that exists."""
    import difflib

    guess = next(iter(difflib.get_close_matches(name, list(known), n=1)), None)
    return UnknownProblem(
        Text(
            f'There is no problem "{name}".' + (f' Did you mean "{guess}"?' if guess else "") + " See: exam-tool list",
            f"没有题目“{name}”。" + (f"是否想写“{guess}”？" if guess else "") + "全部题目：exam-tool list",
        )
    )


def packaged_bank() -> Path:
    """The folder of the bank that comes with the product: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "question_bank"
    return inside if inside.is_dir() else package.parent / "question_bank"


def load_bank(path: str | Path | None = None) -> Bank:
    """Every problem below a folder, or the single one of a file; faults are collected, never raised.

    Raises:
        ExamToolError: when the path does not exist.
    """
    root = Path(path) if path is not None else packaged_bank()
    if not root.exists():
        raise ExamToolError(Text(f"{root} does not exist.", f"{root} 不存在。"))
    files = [root] if root.is_file() else sorted(root.rglob("*.yaml")) + sorted(root.rglob("*.yml"))
    with _no_collection():
        return _read(root, files)


@contextmanager
def _no_collection() -> Iterator[None]:
    """A bank is many small objects that all stay: looking for garbage among them would take as long as reading them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(root: Path, files: list[Path]) -> Bank:
    problems: dict[str, Problem] = {}
    faults: list[Fault] = []
    for file in files:
        there, found = load_file(file)
        faults.extend(found)
        for problem in there:
            if problem.id in problems:
                first = problems[problem.id].file
                message = Text(f'The id "{problem.id}" is already used in {first}.', f"id“{problem.id}”已在 {first} 中使用。")
                faults.append(Fault(problem.mark("id"), message, Text("Choose another.", "请另取一个。")))
            else:
                problems[problem.id] = problem
    return Bank(root, problems, tuple(faults))


def load_file(file: Path) -> tuple[list[Problem], list[Fault]]:
    """The problem or the facts of one file, and the faults for which some cannot be used; the folder is the chapter."""
    try:
        item = read_file(file)
    except FaultError as error:
        return [], [error.fault]
    if isinstance(item, Mapping) and "facts" in item.entries:
        facts = FactReader()
        return facts.problems(item, str(file), file.parent.name), facts.faults
    reader = ProblemReader()
    problem = reader.problem(item, str(file), file.parent.name)
    return ([problem] if problem is not None and not reader.faults else []), reader.faults
