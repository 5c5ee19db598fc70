"""The tables a teacher gets: gradebook, marks step by step, cells for a person to look at, rows of strangers. All as safe CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from exam_tool.files import FileFault, csv_line
from exam_tool.language import Language, Text
from exam_tool.marking.verdicts import verdict_code
from exam_tool.paper import Paper, Student
from exam_tool.statement import letter

from .feedback import exact_total, total_of
from .intake import Entry, Unmatched
from .marker import Marked, causes, needs_person
from .references import Reference
from .summary import mark_text, number

GRADEBOOK, MARKS, REVIEW, UNMATCHED, REPORT, FEEDBACK = (
    "gradebook.csv",
    "marks.csv",
    "review.csv",
    "unmatched.csv",
    "report.json",
    "feedback",
)
REVIEW_HEADER = ("student", "question", "part", "step", "answer", "reason", "marks", "max", "file", "line")
UNMATCHED_HEADER = ("file", "line", "student", "reason", "answers")
MARKS_HEADER = ("student", "question", "part", "step", "mark", "max", "verdict", "cause")
MOST_SHOWN = 300  # characters of an answer in a table: the file and line tell where all of it is


def gradebook_header(paper: Paper) -> str:
    return csv_line(
        ["student", "name", "email", "section", *(str(slot.number) for slot in paper.slots), "total", "max", "review", "status"]
    )


def gradebook_row(paper: Paper, student: Student, marked: Sequence[Marked] | None, review: int) -> str:
    """A student's marks; blank, not 0, for one who handed nothing in and for a question nobody has marked yet."""
    who = [student.id, student.name, student.email, student.section]
    if marked is None:
        return csv_line([*who, *("" for _ in paper.slots), "", mark_text(paper.marks), "0", "missing"])
    marks = ["" if one.whole is None else str(one.whole) for one in marked]
    return csv_line([*who, *marks, str(total_of(marked)), mark_text(paper.marks), str(review), "review" if review else "graded"])


def marks_rows(student: Student, marked: Sequence[Marked]) -> Iterator[str]:
    """A row for each asked step of each question."""
    for one in marked:
        steps = one.steps()
        for position, ask in enumerate(one.slot.ask):
            head = [student.id, str(one.slot.number), letter(position), ask.find]
            step = steps.get(ask.find)
            if step is None:
                yield csv_line([*head, "", mark_text(ask.marks), "review", ""])
                continue
            cause = " | ".join(causes(step))
            yield csv_line([*head, mark_text(step.marks), mark_text(step.maximum), verdict_code(step.verdict), cause])


def review_rows(entry: Entry, marked: Sequence[Marked], language: Language) -> Iterator[str]:
    """What a person must look at: cells that cannot be read or decided, that a spreadsheet has damaged, or that were not marked."""
    doubts = {(reference, cell): reason for reference, cell, reason in entry.doubts}
    for i, one in enumerate(marked):
        steps = one.steps()
        for position, ask in enumerate(one.slot.ask):
            step, cell = steps.get(ask.find), one.attempt.get(position)
            reason: Text | None = None
            if step is None:
                reason = one.problem if cell is not None and cell.text else None
            elif needs_person(step):
                reason = step.message
            elif cell is not None and step.marks < step.maximum:
                reason = doubts.get((Reference(i, position), cell))
            if reason is not None and cell is not None:
                answer = cell.text[:MOST_SHOWN]
                marks = mark_text(step.marks) if step else ""
                numbers = [str(one.slot.number), letter(position), ask.find]
                yield csv_line(
                    [
                        entry.student.id,
                        *numbers,
                        answer,
                        reason(language),
                        marks,
                        mark_text(ask.marks),
                        cell.place.file,
                        str(cell.place.line),
                    ]
                )


def unmatched_row(row: Unmatched, language: Language) -> str:
    answers = " | ".join(answer[:MOST_SHOWN] for answer in row.answers)
    return csv_line([row.place.file, str(row.place.line), row.student[:MOST_SHOWN], row.reason(language), answers])


def json_student(student: Student, marked: Sequence[Marked] | None, review: int) -> dict[str, Any]:
    """One student in the report."""
    if marked is None:
        return {"student": student.id, "status": "missing", "total": None, "questions": []}
    return {
        "student": student.id,
        "status": "review" if review else "graded",
        "total": total_of(marked),
        "exact": number(exact_total(marked)),
        "review": review,
        "questions": [_json_question(one) for one in marked],
    }


def _json_question(one: Marked) -> dict[str, Any]:
    told: dict[str, Any] = {"question": one.slot.number, "code": one.item.code, "marks": one.whole, "max": number(one.slot.marks)}
    if one.grade is None:
        return told | {"steps": [], "problem": (one.problem or Text("", ""))._asdict()}
    steps = [
        {
            "step": step.name,
            "answer": step.response,
            "verdict": verdict_code(step.verdict),
            "marks": number(step.marks),
            "max": number(step.maximum),
            "cause": list(causes(step)),
            "message": step.message._asdict(),
        }
        for step in one.grade.steps
    ]
    return told | {"steps": steps, "notes": [note._asdict() for note in one.grade.notes]}


def json_fault(fault: FileFault) -> dict[str, Any]:
    place = {"file": fault.place.file, "line": fault.place.line or None}
    return {**place, "code": fault.code, "severity": fault.severity, "message": fault.message._asdict()}
