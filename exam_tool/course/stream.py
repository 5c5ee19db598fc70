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

from exam_tool.files import Place, Record, Source, Table, TableError
from exam_tool.language import Text
from exam_tool.paper import Paper
from exam_tool.variant import Variant

from .alone import Outcome, Single, remembering
from .intake import Cell, Entry, Intake
from .marker import Marker
from .references import Reference
from .tables import Columns, Rows, columns_of

MAX_REVIEW = 100_000
NOTHING = Fraction(0)
UNMARKED = Text("The bank has changed: this question could not be marked.", "题库已改变，这道题无法评分。")
BLANK, VOID = 1, 2  # outcomes that are no text: "-", and an answer that does not count because it was repeated


def can_stream(paper: Paper) -> bool:
    """Whether every question asks for one step only."""
    return all(len(slot.ask) == 1 for slot in paper.slots)


@dataclass(slots=True)
class Seat:
    """One student in the stream: the variants, for each question the number of the outcome (0: none) and of its row."""

    entry: Entry
    singles: list[Single | None]
    outcomes: array[int]
    rows: array[int]


@dataclass(slots=True)
class Review:
    """A cell for a person to look at."""

    cell: Cell
    outcome: Outcome
    reason: Text


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
        self.singles: dict[str, Single | None] = {}
        self.shared: dict[int, list[Single | None]] = {}
        self.by_spelling: dict[str, Seat | None] = {}
        self.judged: Callable[[Single, str], Outcome] = remembering()

    # -- one file ------------------------------------------------------------------------------------------------

    def read(self, source: Source, encoding: str, progress: Callable[[int], None] = lambda rows: None) -> None:
        """Grades every row of a long CSV file.

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

    def _rows(self, source: Source, table: Table, columns: Columns, progress: Callable[[int], None]) -> None:
        """The loop a million rows go through: what is ordinary is done here, the rest by ``_slow``."""
        width, start = len(table.header), self.last_row
        at_student, at_question, at_answer = columns.who["id"] or 0, columns.question or 0, columns.answer or 0
        at_step = columns.step
        plain = columns.variant is None and len([at for at in columns.who.values() if at is not None]) == 1
        rows = Rows(source, columns, width, self.intake, None)
        seats, whole, judged, number = self.by_spelling, self.intake.references.whole, self.judged, self._number
        count = 0
        line = 0
        for row in table.rows(rows.begins):
            if not isinstance(row, tuple):
                self.intake.rows += 1
                self.intake.report(Place(source.name, row.line), row.code, row.message)
                continue
            line, cells = row
            if plain and len(cells) == width:
                seat = seats.get(cells[at_student])
                reference = whole.get(cells[at_question] if at_step is None else f"{cells[at_question]}.{cells[at_step]}")
                if seat is not None and reference is not None:
                    slot = reference[0]
                    text = cells[at_answer]
                    single = seat.singles[slot]
                    if single is not None and text and not seat.outcomes[slot]:
                        outcome = judged(single, text)
                        if outcome.ordinary:
                            seat.outcomes[slot] = outcome.number or number(outcome)
                            seat.rows[slot] = start + line
                            count += 1
                            if not count & 0xFFFF:
                                progress(count)
                            continue
            self._slow(rows, row, start)
        self.intake.rows += count
        self.last_row = start + line
        progress(count)

    def _slow(self, rows: Rows, row: Record, start: int) -> None:
        """A row with anything unusual about it, or the first of a student."""
        found = rows.answer(row)
        if found is None:
            return
        entry, reference, text = found
        place = Place(rows.file, row[0])
        spelt = row[1][rows.columns.who["id"]] if rows.columns.who["id"] is not None else ""
        seat = self._seat(entry)
        if len(self.by_spelling) < 2 * len(self.seats) + 1000:
            self.by_spelling[spelt] = seat
        self._put(seat, reference, text, place, start + row[0])

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
        single = seat.singles[slot]
        if not cell.text:
            return None
        if single is not None:
            return self.judged(single, cell.text)
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
                shared = [self._single(position, entry) for position in range(count)]
                if self.paper.shared is not None:
                    self.shared[id(entry.sheet)] = shared
            self.seats[key] = Seat(entry, shared, array("I", bytes(4 * count)), array("I", bytes(4 * count)))
        return self.seats[key]

    def _single(self, position: int, entry: Entry) -> Single | None:
        """The variant of a student in a question, made once for all who share it; None where it cannot be marked."""
        item = entry.sheet.items[position]
        if item.code not in self.singles:
            variant = self.marker.variant(position, item)
            self.singles[item.code] = Single(variant, self.marker.policy) if isinstance(variant, Variant) else None
        return self.singles[item.code]

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
