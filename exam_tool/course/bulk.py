"""A very long file graded into the same tables as a class, without feedback files: see ``stream`` for how."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

from exam_tool.bank import Bank
from exam_tool.files import FileFault, Source, Staging, csv_line, encoding_named
from exam_tool.files.writing import BOM
from exam_tool.language import ExamToolError, Language, Text
from exam_tool.paper import TOOL, Paper, Roster, Student
from exam_tool.paper.storage import compact

from .alone import Outcome as Worth
from .grading import STUDENTS, Outcome, class_facts, roster_faults, run_id
from .intake import Duplicates, Intake
from .marker import Marker, cause_text
from .outputs import (
    GRADEBOOK,
    MARKS,
    MARKS_HEADER,
    MOST_SHOWN,
    REPORT,
    REVIEW,
    REVIEW_HEADER,
    UNMATCHED,
    UNMATCHED_HEADER,
    gradebook_header,
    json_fault,
    unmatched_row,
)
from .stream import Seat, Stream, can_stream
from .summary import Loss, Summary, mark_text, median

BLOCK = 512  # students whose rows are written at once


def grade_stream(
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
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Grades long CSV files (student,question,answer) of a paper whose questions ask for one step each.

    Marks and verdicts are those of ``grade_class``; memory grows with the number of students, not of rows. ``progress`` is told how
    many bytes of how many have been read.

    Raises:
        ExamToolError: as ``grade_class``, and for a paper with questions of several steps.
    """
    if not can_stream(paper):
        raise ExamToolError(
            Text("Only papers whose questions ask for one step each can be graded as a stream.", "只有每题只问一步的试卷才能流式评分。")
        )
    codec = encoding_named(encoding)
    marker = Marker(paper, bank, policy, accept_changes=accept_changes)
    with Staging(folder, force=force) as staging:
        for name in (GRADEBOOK, MARKS, REVIEW, UNMATCHED, REPORT):
            staging.claim(name)
        fingerprints = []
        with staging.open(UNMATCHED) as file:
            _write(file, BOM.decode("utf-8") + csv_line(UNMATCHED_HEADER))
            intake = Intake(paper, roster, duplicates, lambda row: _write(file, unmatched_row(row, language)))
            stream = Stream(paper, marker, intake)
            with _uncollected():
                listed = list(sources)
                total = sum(source.size for source in listed)
                for source in listed:
                    stream.read(source, codec, lambda: progress(sum(one.passed for one in listed), total))
                    fingerprints.append((source.name, source.fingerprint))
        run = run_id(paper, fingerprints, roster, [marker.policy.name, duplicates, codec, language, str(accept_changes), TOOL])
        writing = _Writing(stream, staging, language)
        summary = writing.write()
        faults = tuple(sorted([*roster_faults(roster), *marker.faults, *intake.faults], key=lambda fault: (fault.place, fault.code)))
        writing.report(run, summary, faults, fingerprints)
    wrong = intake.failed or any(fault.severity == "error" for fault in faults)
    return Outcome(summary, faults, intake.further, run, folder, 0, 1 if wrong else 0)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Rows make no cycles, and looking for them again and again would cost a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _write(file: BinaryIO, text: str) -> None:
    file.write(text.encode("utf-8", "backslashreplace"))


class _Writing:
    """Turns the seats of a stream into tables and counts the class on the way."""

    def __init__(self, stream: Stream, staging: Staging, language: Language) -> None:
        self.stream = stream
        self.paper = stream.paper
        self.staging = staging
        self.language = language
        self.students: dict[str, int] = {}
        self.marks: dict[str, Fraction] = {}
        self.totals: list[int] = []
        self.looked_at = {student for student, _ in stream.review}
        self.missing = 0
        self.told = 0
        self.tails = self._tails()
        self.wholes = [0, 0, 0, *(worth.whole or 0 for worth in stream.outcomes)]
        self.shown = ["0", "0", "0", *("" if worth.whole is None else str(worth.whole) for worth in stream.outcomes)]
        self.costly = {worth.number for worth in stream.outcomes if worth.cause}

    def _tails(self) -> list[list[str]]:
        """The end of a row of marks.csv for every question and outcome: it is the same for all students."""
        worths = self.stream.outcomes
        found = []
        for slot in self.paper.slots:
            head, most = f",{slot.number},a,{slot.ask[0].find},", mark_text(slot.marks)
            fixed = [f"{head}0,{most},blank,\n"] * 2 + [f"{head}0,{most},repeated,\n"]
            found.append([*fixed, *(head + _marks_tail(worth) for worth in worths)])
        return found

    def write(self) -> Summary:
        stream, staging = self.stream, self.staging
        with staging.open(GRADEBOOK) as book, staging.open(MARKS) as marks, staging.open(REVIEW) as review, staging.open(STUDENTS) as told:
            _write(book, BOM.decode("utf-8") + gradebook_header(self.paper))
            _write(marks, BOM.decode("utf-8") + csv_line(MARKS_HEADER))
            _write(review, BOM.decode("utf-8") + csv_line(REVIEW_HEADER))
            pending: list[str] = []
            for student, seat in stream.in_order(stream.intake.roster):
                if seat is None or not any(seat.outcomes):
                    self.missing += 1
                    self._tell(told, compact({"student": student.id, "status": "missing", "total": None, "marks": []}))
                    _write(
                        book, csv_line([*_who(student), *("" for _ in self.paper.slots), "", mark_text(self.paper.marks), "0", "missing"])
                    )
                    continue
                name = csv_line([student.id])[:-1]
                pending += [name + tails[number] for tails, number in zip(self.tails, seat.outcomes, strict=True)]
                cells = self._review_rows(review, student)
                self._student(book, told, student, seat, cells)
                if len(pending) > BLOCK * len(self.paper.slots):
                    _write(marks, "".join(pending))
                    pending.clear()
            _write(marks, "".join(pending))
        return self._summary()

    def _student(self, book: BinaryIO, told: BinaryIO, student: Student, seat: Seat, review: int) -> None:
        """One graded student in the gradebook and in the report; whole marks need neither quotes nor care."""
        wholes, shown = self.wholes, self.shown
        if not self.costly.isdisjoint(seat.outcomes):
            self._count_losses(seat)
        total = sum([wholes[number] for number in seat.outcomes])
        self.totals.append(total)
        marks = ",".join([shown[number] for number in seat.outcomes])
        status = "review" if review else "graded"
        _write(book, f"{csv_line(_who(student))[:-1]},{marks},{total},{mark_text(self.paper.marks)},{review},{status}\n")
        listed = ", ".join([shown[number] or "null" for number in seat.outcomes]) if "" in shown else marks
        self._tell(told, f'{{"student": {compact(student.id)}, "status": "{status}", "total": {total}, "marks": [{listed}]}}')

    def _tell(self, told: BinaryIO, line: str) -> None:
        """A student in the report: as that of a class, but without the steps, which marks.csv has."""
        _write(told, (",\n" if self.told else "") + line)
        self.told += 1

    def _count_losses(self, seat: Seat) -> None:
        lost: set[str] = set()
        for number in seat.outcomes:
            worth = self.stream.outcome(number)
            for code in worth.cause if worth else ():
                assert worth is not None
                self.marks[code] = self.marks.get(code, Fraction(0)) + (worth.maximum - worth.mark) / len(worth.cause)
                lost.add(code)
        for code in lost:
            self.students[code] = self.students.get(code, 0) + 1

    def _review_rows(self, file: BinaryIO, student: Student) -> int:
        """Writes what a person must look at in this student's answers, and counts it."""
        count = 0
        for i, slot in enumerate(self.paper.slots if student.id in self.looked_at else ()):
            found = self.stream.review.get((student.id, i))
            if found is None:
                continue
            count += 1
            where = [found.cell.place.file, str(found.cell.place.line)]
            told = [found.cell.text[:MOST_SHOWN], found.reason(self.language), mark_text(found.outcome.mark), mark_text(slot.marks)]
            _write(file, csv_line([student.id, str(slot.number), "a", slot.ask[0].find, *told, *where]))
        return count

    def _summary(self) -> Summary:
        ordered = sorted(self.marks, key=lambda code: (-self.marks[code], -self.students[code], code))
        plans = [known.single.variant.trace.plan for known in self.stream.known.values() if known.single]
        losses = []
        for code in ordered:
            text = next((said for plan in plans if (said := cause_text(plan, code)).en != code), Text(code, code))
            losses.append(Loss(code, text, self.students[code], self.marks[code]))
        return Summary(
            papers=len(self.totals) + self.missing,
            questions=len(self.paper.slots),
            marks=self.paper.marks,
            graded=len(self.totals),
            missing=self.missing,
            review=len(self.stream.review),
            unmatched=self.stream.intake.strangers,
            median=median(self.totals),
            lowest=min(self.totals, default=None),
            highest=max(self.totals, default=None),
            losses=tuple(losses),
        )

    def report(self, run: str, summary: Summary, faults: Sequence[FileFault], fingerprints: Sequence[tuple[str, str]]) -> None:
        """The report: as that of a class, but of each student only the total (marks.csv has the rest)."""
        intake = self.stream.intake
        head: dict[str, Any] = {
            "format": "exam-tool report 1", "run": run, "tool": TOOL, "policy": self.stream.marker.policy.name,
            "duplicates": intake.duplicates,
            "inputs": [{"file": name, "sha256": digest} for name, digest in fingerprints],
            "class": class_facts(summary), "faults": [json_fault(fault) for fault in faults], "further_faults": intake.further,
            "rows": intake.rows,
        }  # fmt: skip
        with self.staging.open(REPORT) as file:
            _write(file, compact(head)[:-1] + ', "students": [\n')
            for piece in self.staging.take(STUDENTS):
                file.write(piece)
            _write(file, "\n]}\n")


def _who(student: Student) -> list[str]:
    return [student.id, student.name, student.email, student.section]


def _marks_tail(worth: Worth) -> str:
    if worth.whole is None:
        return f",{mark_text(worth.maximum)},review,\n"
    return csv_line([mark_text(worth.mark), mark_text(worth.maximum), worth.verdict, " | ".join(worth.cause)])
