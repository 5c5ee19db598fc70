"""The bank as far as choosing needs it: an outline of every problem, kept in the cache, and single problems read when they are wanted.

Reading a whole bank takes longer than a person should wait for a question. The outline of a file is made anew whenever the file
has changed; a bank with faults is never kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from exam_tool.cached import keep, program, recalled
from exam_tool.calculators.work import load_only
from exam_tool.folders import cache_folder

from . import Bank, FaultError, Problem, load_bank, load_file, packaged_bank, unknown_problem

FORM = 4  # of what is kept
FEW = 20  # changed files; with more, the whole bank is read


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


class Filed(NamedTuple):
    """The outlines of one file, and the size and time it had when they were made."""

    stamp: str
    outlines: tuple[Outline, ...]


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
            UnknownProblem: when the bank has none; with the nearest id.
            FaultError: when its file can no longer be used.
        """
        if self.bank is not None:
            return self.bank[name]
        if name not in self.loaded:
            outline = next((outline for outline in self.outlines if outline.id == name), None)
            if outline is not None:
                load_only(outline.module)
                problems, faults = load_file(self.root / outline.file)
                self.loaded.update({problem.id: problem for problem in problems})
                if faults and name not in self.loaded:  # it was sound when its outline was made
                    raise FaultError(faults[0])
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
    """The shelf of a bank folder (the packaged one by default); only files that have changed since the last time are read.

    Raises:
        ExamToolError: when the path does not exist.
    """
    root = Path(path) if path is not None else packaged_bank()
    if not root.is_dir():
        return shelf_of(load_bank(root))
    stamps, kept = stamps_of(root), cache_file(root)
    known = _read(kept)
    changed = [file for file, stamp in stamps.items() if file not in known or known[file].stamp != stamp]
    if known and len(changed) <= FEW:
        found = _renewed(root, stamps, known, changed)
        if found is not None:
            if changed or len(known) != len(stamps):
                _keep(kept, found)
            return Shelf(root, tuple(each for file in found.values() for each in file.outlines))
    bank = load_bank(root)
    if not bank.faults:
        _keep(kept, _filed(bank, stamps))
    return shelf_of(bank)


def _renewed(root: Path, stamps: Mapping[str, str], known: Mapping[str, Filed], changed: Iterable[str]) -> dict[str, Filed] | None:
    """What is known of every file, the changed ones read; None where a fault is found, which only the whole bank can tell."""
    fresh: dict[str, Filed] = {}
    for file in changed:
        problems, faults = load_file(root / file)
        if faults:
            return None
        fresh[file] = Filed(stamps[file], tuple(outline(problem, root) for problem in problems))
    found = {file: fresh.get(file) or known[file] for file in stamps}
    ids = [each.id for file in found.values() for each in file.outlines]
    return found if len(set(ids)) == len(ids) else None


def _filed(bank: Bank, stamps: Mapping[str, str]) -> dict[str, Filed]:
    by_file: dict[str, list[Outline]] = {file: [] for file in stamps}
    for problem in bank:
        made = outline(problem, bank.root)
        by_file.setdefault(made.file, []).append(made)
    return {file: Filed(stamps.get(file, ""), tuple(outlines)) for file, outlines in by_file.items()}


def cache_file(root: Path) -> Path:
    name = blake2b(str(root.resolve()).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return cache_folder() / f"shelf-{name}.json"


def stamps_of(root: Path) -> dict[str, str]:
    """Size and time of every file of a bank, in the order of the bank."""
    found: list[tuple[bool, list[str], str, str]] = []
    start, folders = len(str(root)) + 1, [str(root)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.name.endswith((".yaml", ".yml")):
                    about, file = entry.stat(), entry.path[start:]
                    found.append((file.endswith(".yml"), file.split(os.sep), file, f"{about.st_size} {about.st_mtime_ns}"))
    return {file: stamp for _, _, file, stamp in sorted(found)}


def _program() -> str:
    """What must agree besides the files."""
    return program(FORM, __file__)


def _read(cache: Path) -> dict[str, Filed]:
    """What is kept of each file; nothing where this is another program's, or damaged."""
    try:
        files = recalled(cache, _program()) or ()
        numbers = {text: Fraction(text) for text in {row[5] for _, _, rows in files for row in rows}}  # few, and slow to read
        return {
            file: Filed(
                stamp,
                tuple(
                    Outline(id, chapter, level, tuple(syllabus), calculator, numbers[marks], asks, is_fact, file, module)
                    for id, chapter, level, syllabus, calculator, marks, asks, is_fact, module in rows
                ),
            )
            for file, stamp, rows in files
        }
    except (ValueError, KeyError, IndexError, TypeError):
        return {}


def _row(o: Outline) -> list[object]:
    return [o.id, o.chapter, o.level, o.syllabus, o.calculator, str(o.marks), o.asks, o.is_fact, o.module]


def _keep(cache: Path, files: Mapping[str, Filed]) -> None:
    keep(cache, _program(), [[file, kept.stamp, list(map(_row, kept.outlines))] for file, kept in files.items()])
