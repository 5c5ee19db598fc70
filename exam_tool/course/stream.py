"""Very long tables of answers to questions of one step: graded row by row, in memory that grows with the class and not with the file.

A student costs a few bytes a question (which outcome, which row). Everything that is out of the ordinary in a row goes through
the same intake as in ``grading``, so that it is reported in the same words.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from exam_tool.files import Place, Record, Rejected, Source, Stretch, Table, TableError
from exam_tool.language import Text
from exam_tool.paper import Paper
from exam_tool.variant import Variant

from .alone import Outcome, Single
from .intake import Cell, Entry, Intake, Who
from .marker import Marker
from .references import Reference
from .tables import Columns, Rows, columns_of

MAX_REVIEW = 100_000
REMEMBERED = 65_536  # texts with their outcomes
NOTHING = Fraction(0)
UNMARKED = Text("The bank has changed: this question could not be marked.", "题库已改变，这道题无法评分。")
BLANK, VOID = 1, 2  # outcomes that are no text: "-", and an answer that does not count because it was repeated


def can_stream(paper: Paper) -> bool:
    """Whether every question asks for one step only."""
    return all(len(slot.ask) == 1 for slot in paper.slots)


class Known(dict[str, int]):
    """The texts met lately in answer to one variant, with the numbers of their outcomes. ``single`` is None where nothing can be marked."""

    def __init__(self, single: Single | None) -> None:
        super().__init__()
        self.single = single


@dataclass(slots=True)
class Seat:
    """One student in the stream: the variants, for each question the number of the outcome (0: none) and of its row."""

    entry: Entry
    known: list[Known]
    outcomes: array[int]
    rows: array[int]


@dataclass(slots=True)
class Review:
    """A cell for a person to look at."""

    cell: Cell
    outcome: Outcome
    reason: Text


Marks = tuple[list[Known], "array[int]", "array[int]"]  # what the loop needs of a seat


@dataclass
class Stream:
    """The state of a long run. ``outcomes[n - 3]`` is outcome number n."""

    paper: Paper
    marker: Marker
    intake: Intake
    outcomes: list[Outcome] = field(default_factory=list)
    seats: dict[str, Seat] = field(default_factory=dict)
    review: dict[tuple[str, int], Review] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    last_row: int = 0

    def __post_init__(self) -> None:
        self.numbers: dict[tuple[Any, ...], int] = {}
        self.known: dict[str, Known] = {}
        self.shared: dict[int, list[Known]] = {}
        self.by_spelling: dict[str, Marks] = {}
        self.slots: dict[str, int] = {}
        self.learnt = 0

    # -- one file ------------------------------------------------------------------------------------------------

    def read(self, source: Source, encoding: str, progress: Callable[[], None] = lambda: None) -> None:
        """Grades every row of a long CSV file; ``progress`` is called now and then.

        Raises:
            ExamToolError: for a file that cannot be opened.
        """
        with source.open() as stream:
            try:
                table = Table(stream, encoding)
            except TableError as error:
                self.intake.report(Place(source.name, error.line), error.code, error.message)
                return
            columns = columns_of(table, source.name, self.intake, None)
            if columns is None:
                return
            if columns.question is None or columns.answer is None or columns.who["id"] is None:
                message = Text(
                    "A table of the columns student,question,answer is expected here.", "这里需要 student,question,answer 三列的表格。"
                )
                self.intake.report(Place(source.name, table.line), "missing-column", message)
                return
            self.files.append(source.name)
            self.starts.append(self.last_row)
            self._rows(source, table, columns, progress)

    def _rows(self, source: Source, table: Table, columns: Columns, progress: Callable[[], None]) -> None:
        """The rows of one table: what is ordinary by the stretch, the rest one by one."""
        rows = Rows(source, columns, len(table.header), self.intake, None)
        ordinary = columns.variant is None and sum(at is not None for at in columns.who.values()) == 1
        start = self.last_row
        for part in table.stretches(rows.begins):
            if isinstance(part, Rejected):
                self.intake.rows += 1
                self.intake.report(Place(source.name, part.line), part.code, part.message)
                self.last_row = start + part.line
            elif not isinstance(part, Stretch):
                self._slow(rows, part, start)
                self.last_row = start + part[0]
            else:
                if ordinary:
                    self._fast(rows, part, start, table.separator)
                else:
                    for at, line in enumerate(part.lines, part.number):
                        self._slow(rows, (at, line.split(table.separator)), start)
                self.last_row = start + part.number + len(part.lines) - 1
                progress()
        progress()

    def _fast(self, rows: Rows, part: Stretch, start: int, separator: str) -> None:
        """The loop a million rows go through: known student, known question, a number, answered once."""
        width, columns = rows.width, rows.columns
        at_student, at_question, at_answer, at_step = columns.who["id"] or 0, columns.question or 0, columns.answer or 0, columns.step
        seats, slots = self.by_spelling, self.slots
        count = 0
        for at, line in enumerate(part.lines, part.number):
            cells = line.split(separator)
            if len(cells) == width:
                seat = seats.get(cells[at_student])
                slot = slots.get(cells[at_question] if at_step is None else f"{cells[at_question]}\0{cells[at_step]}")
                if seat is None and slot is not None:
                    seat = self._first(rows, at, cells)
                    if seat is None:
                        continue
                if seat is not None and slot is not None:
                    known, outcomes, taken = seat
                    text = cells[at_answer]
                    number = known[slot].get(text) or self._learn(known[slot], text)
                    if number and not outcomes[slot]:
                        outcomes[slot] = number
                        taken[slot] = start + at
                        count += 1
                        continue
            if line:
                self._slow(rows, (at, cells), start)
        self.intake.rows += count

    def _first(self, rows: Rows, at: int, cells: list[str]) -> Marks | None:
        """A seat for a student met for the first time, or under another spelling; None after the row has been put aside."""
        columns = rows.columns
        spelt = cells[columns.who["id"] or 0]
        entry = self.intake.entry(Place(rows.file, at), Who(spelt.strip()), [cells[columns.answer or 0]])
        if entry is None:
            return None
        self.intake.rows -= 1  # the loop counts it
        seat = self._seat(entry)
        found = seat.known, seat.outcomes, seat.rows
        if len(self.by_spelling) < 2 * len(self.seats) + 1000:
            self.by_spelling[spelt] = found
        return found

    def _learn(self, known: Known, text: str) -> int:
        """The number of the outcome of a text not met lately, or 0 where there is anything to say about it."""
        if known.single is None or not text:
            return 0
        outcome = known.single.outcome(text)
        if not outcome.ordinary:
            return 0
        number = outcome.number or self._number(outcome)
        if self.learnt >= REMEMBERED:  # all at once: what is typed often is soon known again
            for other in self.known.values():
                other.clear()
            self.learnt = 0
        known[text] = number
        self.learnt += 1
        return number

    def _slow(self, rows: Rows, row: Record, start: int) -> None:
        """A row with anything unusual about it, or the first of a student or with a new name for a question."""
        found = rows.answer(row)
        if found is None:
            return
        entry, reference, text = found
        columns, cells = rows.columns, row[1]
        seat = self._seat(entry)
        if columns.who["id"] is not None and len(self.by_spelling) < 2 * len(self.seats) + 1000:
            self.by_spelling[cells[columns.who["id"]]] = seat.known, seat.outcomes, seat.rows
        if columns.question is not None and len(self.slots) < 1000 + 100 * len(self.paper.slots):
            name = cells[columns.question] if columns.step is None else f"{cells[columns.question]}\0{cells[columns.step]}"
            self.slots[name] = reference.slot
        self._put(seat, reference, text, Place(rows.file, row[0]), start + row[0])

    def _put(self, seat: Seat, reference: Reference, text: str, place: Place, row: int) -> None:
        slot = reference.slot
        cell = self.intake.checked(seat.entry, place, reference, text)
        if not text.strip():
            self.intake.report_empty(place, [reference])
        seat.entry.doubts.clear()  # the outcome itself says what is in doubt
        outcome = self._outcome(seat, slot, cell)
        number = (outcome.number or self._number(outcome)) if outcome else BLANK
        if seat.outcomes[slot] > BLANK:
            self.intake.report_again(seat.entry, [reference], self.place_of(seat.rows[slot]), place)
            kept = self._counts(seat.outcomes[slot], number)
            if kept is None:
                return
            number = kept
        elif not text.strip():
            return
        seat.outcomes[slot], seat.rows[slot] = number, row
        self.review.pop((seat.entry.student.id, slot), None)
        if outcome is not None and outcome.review is not None and number > VOID and len(self.review) < MAX_REVIEW:
            self.review[seat.entry.student.id, slot] = Review(cell, outcome, outcome.review)

    def _outcome(self, seat: Seat, slot: int, cell: Cell) -> Outcome | None:
        """What a cell is worth; None for no answer."""
        single = seat.known[slot].single
        if not cell.text:
            return None
        if single is not None:
            return single.outcome(cell.text)
        marks = self.paper.slots[slot].marks
        return Outcome(NOTHING, marks, None, "review", (), UNMARKED)

    def _counts(self, before: int, now: int) -> int | None:
        """The outcome of a repeated answer by the rule for repetitions; None to keep the one before."""
        match self.intake.duplicates:
            case "first":
                return None
            case "last":
                return now
            case "none":
                return VOID
            case "best":
                return now if self.mark_of(now) > self.mark_of(before) else None

    # -- students and outcomes -----------------------------------------------------------------------------------

    def _seat(self, entry: Entry) -> Seat:
        key = entry.student.id
        if key not in self.seats:
            count = len(self.paper.slots)
            shared = self.shared.get(id(entry.sheet))
            if shared is None:
                shared = [self._variant(position, entry) for position in range(count)]
                if self.paper.shared is not None:
                    self.shared[id(entry.sheet)] = shared
            self.seats[key] = Seat(entry, shared, array("I", bytes(4 * count)), array("I", bytes(4 * count)))
        return self.seats[key]

    def _variant(self, position: int, entry: Entry) -> Known:
        """The variant of a student in a question, made ready once for all who share it."""
        item = entry.sheet.items[position]
        if item.code not in self.known:
            variant = self.marker.variant(position, item)
            self.known[item.code] = Known(Single(variant, self.marker.policy) if isinstance(variant, Variant) else None)
        return self.known[item.code]

    def _number(self, outcome: Outcome) -> int:
        """Outcomes that say the same share a number, so that their count is bounded by the known mistakes."""
        key = outcome.said
        found = self.numbers.get(key)
        if found is None:
            self.outcomes.append(outcome)
            found = self.numbers[key] = len(self.outcomes) + VOID
        outcome.number = found
        return found

    def outcome(self, number: int) -> Outcome | None:
        return self.outcomes[number - VOID - 1] if number > VOID else None

    def mark_of(self, number: int) -> Any:
        outcome = self.outcome(number)
        return outcome.mark if outcome else 0

    def place_of(self, row: int) -> Place:
        """The file and line of a row by its running number."""
        at = bisect_right(self.starts, row - 1) - 1
        return Place(self.files[at], row - self.starts[at])

    def in_order(self, students: Iterable[Any]) -> Iterator[tuple[Any, Seat | None]]:
        """Every student with their seat, listed ones first, further ones by id."""
        listed = list(students)
        known = {student.id for student in listed}
        for student in listed:
            yield student, self.seats.get(student.id)
        for key in sorted(self.seats):
            if key not in known:
                yield self.seats[key].entry.student, self.seats[key]
