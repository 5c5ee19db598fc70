"""Answers in CSV: long (a row an answer) or wide (a row a student, a column for each asked step), told apart by the header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exam_tool.expressions.printing.cells import clip, visible
from exam_tool.files import Place, Record, Source, Table, TableError, identity
from exam_tool.language import Text
from exam_tool.paper import Student
from exam_tool.paper.roster import column_of

from .intake import Entry, Intake, Who
from .references import Reference

TITLES = {
    "question": ("question", "q", "item", "problem", "question id", "qid", "题号", "题目", "试题"),
    "step": ("step", "node", "part", "subpart", "小题", "步骤", "小问"),
    "answer": ("answer", "response", "value", "raw_text", "raw text", "submitted_answer", "答案", "作答", "回答"),
    "variant": ("variant", "code", "variant code", "变体"),
}


class Columns(NamedTuple):
    """Where a table has what; ``steps`` are the columns of a wide one."""

    who: dict[str, int | None]
    question: int | None
    step: int | None
    answer: int | None
    variant: int | None
    steps: tuple[tuple[int, Reference], ...]


def read_table(source: Source, encoding: str, intake: Intake, owner: Student | None = None) -> None:
    """Puts every row of a CSV file into the intake; ``owner`` is the student the file's own name tells."""
    with source.open() as stream:
        try:
            table = Table(stream, encoding)
        except TableError as error:
            intake.report(Place(source.name, error.line), error.code, error.message)
            return
        columns = columns_of(table, source.name, intake, owner)
        if columns is None:
            return
        reading = Rows(source, columns, len(table.header), intake, owner)
        for row in table.rows(reading.begins):
            if isinstance(row, tuple):
                reading.add(row)
            else:
                intake.rows += 1
                intake.report(Place(source.name, row.line), row.code, row.message)


def titled(header: Sequence[str], name: str) -> int | None:
    """The position of the column of questions, steps, answers or variants under one of its usual titles."""
    titles = [" ".join(identity(title).split()) for title in header]
    return next((titles.index(title) for title in TITLES[name] if title in titles), None)


def columns_of(table: Table, file: str, intake: Intake, owner: Student | None) -> Columns | None:
    """The columns of the table, or None after saying what it lacks."""
    header, place = table.header, Place(file, table.line)
    who = {name: column_of(header, name) for name in ("id", "email", "name", "section")}
    question, step, answer, variant = (titled(header, name) for name in ("question", "step", "answer", "variant"))
    if owner is None and who["id"] is None and who["email"] is None and who["name"] is None:
        intake.report(place, "missing-column", Text('There is no column "student".', "缺少“student”（学号）列。"))
        return None
    if (question is None) == (answer is None) and question is not None:
        return Columns(who, question, step, answer, variant, ())
    known = {at for at in (*who.values(), variant) if at is not None}
    steps = _wide(header, known, place, intake)
    if not steps:
        lacking = "answer" if question is not None else "question" if answer is not None else "question, answer"
        intake.report(
            place,
            "missing-column",
            Text(
                f"Missing: {lacking}. A table has the columns student,question,step,answer, or student and one for each step (1.a, 1.b).",
                f"缺少列：{lacking}。表格应有 student,question,step,answer 四列，或 student 加每个步骤一列（1.a、1.b）。",
            ),
        )
        return None
    return Columns(who, None, None, None, variant, steps)


def _wide(header: Sequence[str], known: set[int], place: Place, intake: Intake) -> tuple[tuple[int, Reference], ...]:
    """The columns of asked steps; unknown titles are a warning, repeated and missing ones an error."""
    found: dict[Reference, list[int]] = {}
    for at, title in enumerate(header):
        if at not in known and (reference := intake.references.find(title)) is not None:
            found.setdefault(reference, []).append(at)
    taken = known.union(*found.values())
    for title in [title for at, title in enumerate(header) if title and found and at not in taken]:
        shown = clip(visible(title), 60)
        message = Text(f'The column "{shown}" is no step of the paper.', f"列“{shown}”不是试卷中的步骤。")
        intake.report(place, "unknown-column", message, "warning")
    for reference, places in found.items():
        if len(places) > 1:
            label = intake.references.label(reference)
            intake.report(
                place,
                "duplicate-column",
                Text(f"{label} has {len(places)} columns; none of them is used.", f"{label} 有 {len(places)} 列，均未采用。"),
            )
    if found:
        asked = [Reference(i, j) for i, slot in enumerate(intake.paper.slots) for j in range(len(slot.ask))]
        lacking = [intake.references.label(reference) for reference in asked if reference not in found]
        if lacking:
            listed = ", ".join(lacking[:20]) + (" …" if len(lacking) > 20 else "")
            intake.report(place, "missing-column", Text(f"There is no column for {listed}.", f"缺少列：{listed}。"))
    return tuple((places[0], reference) for reference, places in found.items() if len(places) == 1)


class Rows:
    """The rows of one table on their way into the intake."""

    def __init__(self, source: Source, columns: Columns, width: int, intake: Intake, owner: Student | None) -> None:
        self.file = source.name
        self.personal = source.personal
        self.columns = columns
        self.width = width
        self.intake = intake
        self.owner = owner

    def begins(self, cells: list[str]) -> bool:
        """A row surely begins where there are as many cells as columns and the student (else the question) is known."""
        if len(cells) != self.width:
            return False
        at = self.columns.who["id"]
        if at is not None:
            return self.intake.knows(cells[at])
        question = self.columns.question
        return question is not None and self.intake.references.question(cells[question]) is not None

    def add(self, row: Record) -> None:
        """Puts a row into the intake, or reports why not."""
        found = self.student(row)
        if found is None:
            return
        entry, cells = found
        place = Place(self.file, row[0])
        if self.columns.question is None:
            self.intake.put(entry, place, [(reference, cells[at]) for at, reference in self.columns.steps], whole=True)
            return
        if (answer := self.long(place, cells)) is not None:
            self.intake.put(entry, place, [answer], whole=False)
            if self.columns.variant is not None:
                self.intake.check_variant(entry, place, answer[0].slot, cells[self.columns.variant])

    def answer(self, row: Record) -> tuple[Entry, Reference, str] | None:
        """The one answer of a row of a long table, without putting it anywhere."""
        found = self.student(row)
        if found is None:
            return None
        answer = self.long(Place(self.file, row[0]), found[1])
        return None if answer is None else (found[0], *answer)

    def student(self, row: Record) -> tuple[Entry, list[str]] | None:
        """Whose row it is, with as many cells as there are columns; None after it has been reported or when it is empty."""
        place, cells = Place(self.file, row[0]), row[1]
        if len(cells) > self.width and not any(cell.strip() for cell in cells[self.width :]):
            cells = cells[: self.width]
        if len(cells) != self.width:
            self.intake.rows += 1
            self.intake.report(place, "cells", _cell_count(len(cells), self.width))
            return None
        if not any(cell.strip() for cell in cells):
            return None
        answers = [cells[self.columns.answer]] if self.columns.answer is not None else [cells[at] for at, _ in self.columns.steps]
        entry = self.intake.owned(place, self.who(cells), self.owner, self.personal, answers)
        return None if entry is None else (entry, cells)

    def long(self, place: Place, cells: list[str]) -> tuple[Reference, str] | None:
        reference = self.reference(place, cells)
        return None if reference is None or self.columns.answer is None else (reference, cells[self.columns.answer])

    def who(self, cells: list[str]) -> Who:
        at = self.columns.who
        return Who(*(cells[place].strip() if (place := at[name]) is not None else "" for name in ("id", "email", "name", "section")))

    def reference(self, place: Place, cells: list[str]) -> Reference | None:
        """The step of a long row; what it names wrongly is reported."""
        references = self.intake.references
        assert self.columns.question is not None
        question = cells[self.columns.question]
        step = cells[self.columns.step] if self.columns.step is not None else ""
        if not step.strip() and (whole := references.find(question)) is not None:
            return whole
        slot = references.question(question)
        if slot is None:
            self.intake.report(place, "unknown-question", references.unknown_question(question))
            return None
        ask = references.step(slot, step)
        if ask is None:
            self.intake.report(place, "unknown-step", references.unknown_step(slot, step))
            return None
        return Reference(slot, ask)


def _cell_count(found: int, wanted: int) -> Text:
    if found > wanted:
        hint = Text(' An answer with a comma must stand in quotes: "[1,2]".', '含逗号的答案要加引号："[1,2]"。')
    else:
        hint = Text("", "")
    return Text(f"{found} cells, but {wanted} columns.{hint.en}", f"有 {found} 个单元格，但表头有 {wanted} 列。{hint.zh}")
