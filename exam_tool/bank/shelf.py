"""The bank as far as choosing needs it: an outline of every problem, kept in the cache, and single problems read when they are wanted.

Reading a whole bank takes longer than a person should wait for a question. The outline is made anew whenever a file of
the bank has changed; a bank with faults is never kept.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from exam_tool.calculators.work import load_only
from exam_tool.folders import cache_folder

from . import Bank, Problem, load_bank, load_file, packaged_bank, unknown_problem

VERSION = 2


class Outline(NamedTuple):
    """What choosing needs to know of a problem."""

    id: str
    chapter: str
    level: int
    syllabus: tuple[str, ...]
    calculator: str
    marks: Fraction
    asks: int
    is_fact: bool
    file: str = ""
    module: str = ""  # where its calculator is written

    @property
    def skills(self) -> tuple[str, ...]:
        """The skills it practises, the main one first; a problem without syllabus rows is a skill of its own."""
        return self.syllabus or (self.id,)


@dataclass
class Shelf:
    """Outlines in the order of the bank. ``shelf[id]`` is the problem itself, read at its first use."""

    root: Path
    outlines: tuple[Outline, ...]
    bank: Bank | None = None  # where it had to be read as a whole
    loaded: dict[str, Problem] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Outline]:
        return iter(self.outlines)

    def __getitem__(self, name: str) -> Problem:
        """The problem of this id.

        Raises:
            UnknownProblem: when the bank has none, or its file can no longer be read; with the nearest id.
        """
        if self.bank is not None:
            return self.bank[name]
        if name not in self.loaded:
            outline = next((outline for outline in self.outlines if outline.id == name), None)
            if outline is not None:
                load_only(outline.module)
                self.loaded.update({problem.id: problem for problem in load_file(self.root / outline.file)[0]})
        if name not in self.loaded:
            raise unknown_problem(name, [outline.id for outline in self.outlines])
        return self.loaded[name]


def outline(problem: Problem, root: Path | None = None) -> Outline:
    file = os.path.relpath(problem.file, root) if root is not None and problem.file else problem.file
    return Outline(
        problem.id,
        problem.chapter,
        problem.level,
        problem.syllabus,
        problem.calculator.name,
        problem.marks,
        len(problem.ask),
        problem.fact is not None,
        file,
        problem.calculator.write.__module__,
    )


def shelf_of(bank: Bank) -> Shelf:
    """The shelf of a bank that was read already."""
    return Shelf(bank.root, tuple(map(outline, bank)), bank)


def open_shelf(path: str | Path | None = None) -> Shelf:
    """The shelf of a bank folder (the packaged one by default), from the cache if nothing has changed.

    Raises:
        ExamToolError: when the path does not exist.
    """
    root = Path(path) if path is not None else packaged_bank()
    if not root.is_dir():
        return shelf_of(load_bank(root))
    state = state_of(root)
    kept = cache_file(root)
    found = _read(kept, state)
    if found is not None:
        return Shelf(root, found)
    bank = load_bank(root)
    if not bank.faults:
        _keep(kept, state, [outline(problem, root) for problem in bank])
    return shelf_of(bank)


def cache_file(root: Path) -> Path:
    name = blake2b(str(root.resolve()).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return cache_folder() / f"shelf-{name}.json"


def state_of(root: Path) -> str:
    """A fingerprint of the names, sizes and times of all files below a folder, and of this program's own."""
    digest = blake2b(f"{VERSION}".encode(), digest_size=16)
    for entry in sorted(_files(root)):
        digest.update(entry.encode("utf-8", "surrogateescape"))
    digest.update(str(Path(__file__).stat().st_mtime_ns).encode())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[str]:
    folders = [str(root)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(entry.path)
                elif entry.name.endswith((".yaml", ".yml")):
                    found = entry.stat()
                    yield f"{entry.path}\0{found.st_size}\0{found.st_mtime_ns}"


def _read(file: Path, state: str) -> tuple[Outline, ...] | None:
    """The outlines kept for this state; None for any other, or a file that is damaged."""
    try:
        kept: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if kept["state"] != state:
            return None
        numbers = {text: Fraction(text) for text in {row[5] for row in kept["problems"]}}  # few different ones, slow to read
        return tuple(
            Outline(id, chapter, level, tuple(syllabus), calculator, numbers[marks], *rest)
            for id, chapter, level, syllabus, calculator, marks, *rest in kept["problems"]
        )
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return None


def _keep(file: Path, state: str, outlines: Iterable[Outline]) -> None:
    """Writes the cache whole or not at all; where that is not possible, the bank is read again next time."""
    rows = [[o.id, o.chapter, o.level, o.syllabus, o.calculator, str(o.marks), o.asks, o.is_fact, o.file, o.module] for o in outlines]
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".shelf-", dir=file.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as target:
            json.dump({"state": state, "problems": rows}, target, ensure_ascii=False)
        os.replace(name, file)
