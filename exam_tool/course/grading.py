"""A whole class graded: the files in, a folder of results out, and what the screen has to say. Deterministic to the byte."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from exam_tool.bank import Bank
from exam_tool.files import FileFault, Source, Staging, csv_line, encoding_named, file_stem, identity
from exam_tool.files.writing import BOM
from exam_tool.language import Language
from exam_tool.marking import grade
from exam_tool.paper import TOOL, Paper, Roster, Student
from exam_tool.paper.storage import compact, digest_of, key_lines

from .feedback import feedback, total_of
from .intake import Duplicates, Entry, Intake
from .marker import Grading, Marked, Marker
from .outputs import (
    FEEDBACK,
    GRADEBOOK,
    MARKS,
    MARKS_HEADER,
    REPORT,
    REVIEW,
    REVIEW_HEADER,
    UNMATCHED,
    UNMATCHED_HEADER,
    gradebook_header,
    gradebook_row,
    json_fault,
    json_student,
    marks_rows,
    review_rows,
    unmatched_row,
)
from .reading import owners, read_source
from .summary import Summary, Tally, loss_rows, median, number

STUDENTS = ".students"  # the part of the report that is written while marking


@dataclass(frozen=True)
class Outcome:
    """What came of it. ``exit_code`` is 1 when anything in the files was wrong or waits for a person to match it."""

    summary: Summary
    faults: tuple[FileFault, ...]
    further_faults: int
    run: str
    folder: Path
    feedback_files: int
    exit_code: int


def grade_class(
    paper: Paper,
    sources: Iterable[Source],
    folder: Path,
    bank: Bank,
    *,
    roster: Roster | None = None,
    policy: str | None = None,
    duplicates: Duplicates = "last",
    encoding: str = "utf-8",
    language: Language = "en",
    force: bool = False,
    accept_changes: bool = False,
    with_feedback: bool = True,
    grading: Grading = grade,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Grades every answer file and writes gradebook.csv, marks.csv, review.csv, unmatched.csv, report.json and feedback/.

    Args:
        policy: instead of the paper's own.
        duplicates: which of repeated answers counts: last, first, best, or none.
        encoding: of the answer files: utf-8 or gb18030.
        language: of the reasons in review.csv and unmatched.csv; feedback is in the student's.
        accept_changes: mark by the bank as it is now even where the key says otherwise.
        progress: is told how many students of how many are done.

    Raises:
        ExamToolError: when nothing can be done at all: an unknown policy or encoding, results that exist already (without
            ``force``), a folder that cannot be written to.
    """
    codec = encoding_named(encoding)
    marker = Marker(paper, bank, policy, accept_changes=accept_changes, grading=grading)
    with Staging(folder, force=force) as staging:
        for name in (GRADEBOOK, MARKS, REVIEW, UNMATCHED, REPORT):
            staging.claim(name)
        with staging.open(UNMATCHED) as file:
            _write(file, BOM.decode("utf-8") + csv_line(UNMATCHED_HEADER))
            intake = Intake(paper, roster, duplicates, lambda row: _write(file, unmatched_row(row, language)))
            fingerprints = _read(sources, codec, intake)
        run = run_id(paper, fingerprints, roster, [marker.policy.name, duplicates, codec, language, str(accept_changes), TOOL])
        results = _Results(paper, staging, marker, intake, language, run, with_feedback)
        results.write(progress)
        summary = results.summary()
        faults = tuple(sorted([*roster_faults(roster), *marker.faults, *intake.faults], key=lambda fault: (fault.place, fault.code)))
        results.close(summary, faults, fingerprints)
        stale = _stale_feedback(folder, results.feedback_names) if force and with_feedback else ()
    for path in stale:
        path.unlink(missing_ok=True)
    wrong = intake.failed or any(fault.severity == "error" for fault in faults)
    return Outcome(summary, faults, intake.further, run, folder, len(results.feedback_names), 1 if wrong else 0)


def roster_faults(roster: Roster | None) -> tuple[FileFault, ...]:
    return roster.faults if roster else ()


def _read(sources: Iterable[Source], codec: str, intake: Intake) -> list[tuple[str, str]]:
    """Reads all files; returns their names with the fingerprints of their bytes."""
    whose = owners(intake.roster)
    found = []
    for source in sources:
        read_source(source, codec, intake, whose)
        found.append((source.name, source.fingerprint))
    return found


def run_id(paper: Paper, fingerprints: Sequence[tuple[str, str]], roster: Roster | None, settings: Sequence[str]) -> str:
    """One id for inputs, key, roster, policy and version: the same id means the same bytes."""
    parts = [digest_of(key_lines(paper, "")), roster.fingerprint if roster else "", *settings]
    parts += [part for pair in fingerprints for part in pair]
    return sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _write(file: BinaryIO, text: str) -> None:
    file.write(text.encode("utf-8", "backslashreplace"))


class _Results:
    """Marks the students one after the other and writes each at once: what stays in memory is a few numbers a student."""

    def __init__(
        self, paper: Paper, staging: Staging, marker: Marker, intake: Intake, language: Language, run: str, with_feedback: bool
    ) -> None:
        self.paper = paper
        self.staging = staging
        self.marker = marker
        self.intake = intake
        self.language = language
        self.run = run
        self.with_feedback = with_feedback
        self.tally = Tally()
        self.missing = 0
        self.review = 0
        self.feedback_names: list[str] = []
        self.students = self._everybody()

    def _everybody(self) -> list[Student]:
        """In the order of the roster or paper; those of an open paper in the order of their ids, whatever the order of rows."""
        listed = list(self.intake.roster)
        known = {identity(student.id) for student in listed}
        others = [entry.student for key, entry in sorted(self.intake.entries.items()) if key not in known]
        return [*listed, *others]

    def write(self, progress: Callable[[int, int], None]) -> None:
        staging = self.staging
        with (
            staging.open(GRADEBOOK) as book,
            staging.open(MARKS) as marks,
            staging.open(REVIEW) as review,
            staging.open(STUDENTS) as told,
        ):
            head = BOM.decode("utf-8")
            _write(book, head + gradebook_header(self.paper))
            _write(marks, head + csv_line(MARKS_HEADER))
            _write(review, head + csv_line(REVIEW_HEADER))
            for done, student in enumerate(self.students, 1):
                entry = self.intake.entries.pop(identity(student.id), None)
                marked = self._marked(entry)
                cells = list(review_rows(entry, marked, self.language)) if entry and marked is not None else []
                _write(book, gradebook_row(self.paper, student, marked, len(cells)))
                _write(told, (",\n" if done > 1 else "") + compact(json_student(student, marked, len(cells))))
                if entry is None or marked is None:
                    self.missing += 1
                    continue
                for row in marks_rows(student, marked):
                    _write(marks, row)
                for row in cells:
                    _write(review, row)
                self._count(entry, marked, len(cells))
                progress(done, len(self.students))

    def _marked(self, entry: Entry | None) -> list[Marked] | None:
        if entry is None or not entry.handed_in:
            return None
        best = self.intake.duplicates == "best"
        return [self.marker.question(entry, position, best) for position in range(len(self.paper.slots))]

    def _count(self, entry: Entry, marked: Sequence[Marked], review: int) -> None:
        total = total_of(marked)
        self.review += review
        self.tally.add(marked, total)
        if self.with_feedback:
            name = f"{FEEDBACK}/{file_stem(entry.student.id)}.md"
            language = entry.student.language or entry.sheet.language
            self.staging.write(name, feedback(self.paper, entry.student, language, marked, total, self.run))
            self.feedback_names.append(name)

    def summary(self) -> Summary:
        totals = self.tally.totals
        low, high = (min(totals), max(totals)) if totals else (None, None)
        return Summary(
            papers=len(self.students),
            questions=len(self.paper.slots),
            marks=self.paper.marks,
            graded=len(totals),
            missing=self.missing,
            review=self.review,
            unmatched=self.intake.strangers,
            median=median(totals),
            lowest=low,
            highest=high,
            losses=self.tally.losses(),
        )

    def close(self, summary: Summary, faults: Sequence[FileFault], fingerprints: Sequence[tuple[str, str]]) -> None:
        """The report: run, inputs, class, faults, then one student a line."""
        head = {
            "format": "exam-tool report 1",
            "run": self.run,
            "tool": TOOL,
            "policy": self.marker.policy.name,
            "duplicates": self.intake.duplicates,
            "inputs": [{"file": name, "sha256": digest} for name, digest in fingerprints],
            "class": class_facts(summary),
            "faults": [json_fault(fault) for fault in faults],
            "further_faults": self.intake.further,
        }
        with self.staging.open(REPORT) as file:
            _write(file, compact(head)[:-1] + ', "students": [\n')
            for piece in self.staging.take(STUDENTS):
                file.write(piece)
            _write(file, "\n]}\n")


def class_facts(summary: Summary) -> dict[str, Any]:
    """The class as programs read it."""
    return {
        "papers": summary.papers,
        "questions": summary.questions,
        "marks": number(summary.marks),
        "graded": summary.graded,
        "missing": summary.missing,
        "review": summary.review,
        "unmatched": summary.unmatched,
        "median": number(summary.median),
        "lowest": summary.lowest,
        "highest": summary.highest,
        "losses": loss_rows(summary.losses),
    }


def _stale_feedback(folder: Path, names: Sequence[str]) -> tuple[Path, ...]:
    """Feedback of an earlier run for students of whom there is none now; it would stand beside marks it does not belong to."""
    there = folder / FEEDBACK
    written = {name.removeprefix(f"{FEEDBACK}/") for name in names}
    if there.is_symlink() or not there.is_dir():
        return ()
    old = (path for path in sorted(there.glob("*-????????.md")) if path.is_file() and not path.is_symlink())
    return tuple(path for path in old if path.name not in written)
