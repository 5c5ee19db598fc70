"""Answers from any file, sorted by student and question, with everything that is wrong with them. It reads no file and marks nothing.

What is kept is bounded by the paper: one text for each student and asked step (and further attempts, if the best is to
count), however long the files are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from exam_tool.expressions.printing.cells import clip, visible
from exam_tool.files import FileFault, IdError, Place, checked_id, identity
from exam_tool.files.places import Severity
from exam_tool.files.records import MAX_CELL
from exam_tool.language import ExamToolError, Text
from exam_tool.paper import Paper, Roster, Sheet, Student

from .references import Reference, References
from .spreadsheets import damage

Duplicates = Literal["last", "first", "best", "none"]
DUPLICATES: tuple[Duplicates, ...] = ("last", "first", "best", "none")
MAX_FAULTS = 100_000
MAX_ATTEMPTS = 20
KEPT = 2_001  # characters: one more than an answer may have
NO_ANSWER = "-"


class Cell(NamedTuple):
    """What was typed for one step, untouched, and where."""

    text: str
    place: Place


Attempt = dict[int, Cell]


class Who(NamedTuple):
    """The student as a row names them."""

    id: str
    email: str = ""
    name: str = ""
    section: str = ""


class Unmatched(NamedTuple):
    """A row of somebody who is not on the roster."""

    place: Place
    student: str
    reason: Text
    answers: tuple[str, ...]


@dataclass(slots=True)
class Entry:
    """One student's answers: for each question the attempts in the order of the files."""

    student: Student
    sheet: Sheet
    slots: dict[int, list[Attempt]] = field(default_factory=dict)
    doubts: list[tuple[Reference, Cell, Text]] = field(default_factory=list)
    void: set[tuple[int, int]] = field(default_factory=set)  # answered more than once where none of them counts
    handed_in: bool = False  # anything at all, if only a "-"


class Intake:
    """Where every reader of files puts what it finds.

    Args:
        roster: who may hand in; without one the students of the paper, or, if the paper is the same for all, anybody.
        unmatched: is given each row of an unknown student.
    """

    def __init__(
        self,
        paper: Paper,
        roster: Roster | None,
        duplicates: Duplicates = "last",
        unmatched: Callable[[Unmatched], None] = lambda row: None,
    ) -> None:
        if duplicates not in DUPLICATES:
            known = ", ".join(DUPLICATES)
            raise ExamToolError(
                Text(
                    f'"{duplicates}" is no rule for repeated answers. Rules: {known}.',
                    f"“{duplicates}”不是重复作答的处理方式。可用：{known}。",
                )
            )
        self.paper = paper
        self.references = References(paper)
        self.roster = roster if roster is not None else Roster(paper.students)
        self.open = paper.shared is not None and roster is None
        self.duplicates = duplicates
        self.sheets = {identity(sheet.student.id): sheet for sheet in paper.sheets if sheet.student}
        self.entries: dict[str, Entry] = {}
        self.faults: list[FileFault] = []
        self.further = 0
        self.rows = 0
        self.strangers = 0
        self._unmatched = unmatched

    def report(self, place: Place, code: str, message: Text, severity: Severity = "error") -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(FileFault(place, code, message, severity))
        else:
            self.further += 1

    @property
    def failed(self) -> bool:
        """Whether something was wrong, so that the exit code is 1."""
        return bool(self.further or self.strangers or any(fault.severity == "error" for fault in self.faults))

    def knows(self, id: str) -> bool:
        """Whether a cell surely names a student; of a paper for anybody, whether it could."""
        if self.open:
            try:
                return bool(checked_id(id))
            except IdError:
                return False
        return self.roster.find(id) is not None

    def entry(self, place: Place, who: Who, answers: Iterable[str] = ()) -> Entry | None:
        """The student of a row, or None after the row has been put aside."""
        self.rows += 1
        student = self.roster.find(who.id, who.email, who.name, who.section)
        if student is None and self.open:
            try:
                student = Student(checked_id(who.id))
            except IdError as error:
                self.report(place, "bad-id", error.message)
                return None
        if student is None:
            self.set_aside(place, who, self._stranger(who), answers)
            return None
        key = identity(student.id)
        if key not in self.entries:
            sheet = self.paper.shared or self.sheets.get(key)
            if sheet is None:
                shown = visible(student.id)
                self.set_aside(place, who, Text(f'No paper was drawn for "{shown}".', f"没有为“{shown}”出过试卷。"), answers)
                return None
            self.entries[key] = Entry(student, sheet)
        return self.entries[key]

    def owned(self, place: Place, who: Who, owner: Student | None, personal: bool, answers: Iterable[str]) -> Entry | None:
        """The same for a row of a file whose name tells a student: in a folder of personal files nobody else may be named."""
        if owner is None or (not personal and any(who)):
            return self.entry(place, who, answers)
        if any(who) and self.roster.find(*who) != owner:
            self.rows += 1
            shown = visible(owner.id)
            self.set_aside(place, who, Text(f'The file is that of "{shown}".', f"这个文件属于“{shown}”。"), answers)
            return None
        return self.entry(place, Who(owner.id), answers)

    def set_aside(self, place: Place, who: Who, reason: Text, answers: Iterable[str]) -> None:
        self.strangers += 1
        shown = next((part for part in who if part.strip()), "")
        self.report(place, "unknown-student", reason)
        self._unmatched(Unmatched(place, shown, reason, tuple(answers)))

    def _stranger(self, who: Who) -> Text:
        shown = clip(visible(who.id or who.email or who.name), 60)
        if not shown.strip():
            return Text("This row names no student.", "这一行没有学生编号。")
        near = self.roster.resembling(who.id)
        hint = Text(
            f' "{near.id}" is: did a spreadsheet strip the leading zeros?' if near else "",
            f"名单中有“{near.id}”：是否被电子表格去掉了前导零？" if near else "",
        )
        return Text(f'"{shown}" is not on the roster.{hint.en}', f"“{shown}”不在名单中。{hint.zh}")

    def put(self, entry: Entry, place: Place, found: Iterable[tuple[Reference, str]], *, whole: bool) -> None:
        """Adds answers of one student.

        Args:
            whole: whether they are a submission of their own (a row of a wide table, a document): where one repeats a question, it
                replaces all steps of it, while a single repeated row replaces its own step only.
        """
        by_slot: dict[int, Attempt] = {}
        empty: list[Reference] = []
        for reference, text in found:
            if not text.strip():
                empty.append(reference)
            by_slot.setdefault(reference.slot, {})[reference.ask] = self.checked(entry, place, reference, text)
        self.report_empty(place, empty)
        again = [self._put_slot(entry, slot, attempt, place, whole) for slot, attempt in by_slot.items()]
        if repeated := [found for found in again if found is not None]:
            self.report_again(entry, [reference for reference, _ in repeated], repeated[0][1], place)

    def checked(self, entry: Entry, place: Place, reference: Reference, text: str) -> Cell:
        """The cell to keep of what was typed; one that is too long or that a spreadsheet has damaged is reported."""
        if len(text) > MAX_CELL // 4 and len(text.encode("utf-8", "replace")) > MAX_CELL:
            label = self.references.label(reference)
            self.report(
                place, "long-cell", Text(f"{label}: the cell is longer than {MAX_CELL} bytes.", f"{label}：单元格超过 {MAX_CELL} 字节。")
            )
        entry.handed_in = entry.handed_in or bool(text.strip())
        cell = Cell("" if text.strip() in ("", NO_ANSWER) else text[:KEPT], place)
        if (found := damage(cell.text)) is not None:
            label, (reason, sure) = self.references.label(reference), found
            self.report(place, "spreadsheet", Text(f"{label}: {reason.en}", f"{label}：{reason.zh}"), "error" if sure else "warning")
            entry.doubts.append((reference, cell, reason))
        return cell

    def report_empty(self, place: Place, references: Sequence[Reference]) -> None:
        """Says which cells of a row hold nothing."""
        if references:
            labels = ", ".join(map(self.references.label, references[:12])) + (" …" if len(references) > 12 else "")
            self.report(
                place,
                "empty-cell",
                Text(f'Nothing is written for {labels}. Write "-" where there is no answer.', f"{labels} 为空。没有作答时请写“-”。"),
            )

    def _put_slot(self, entry: Entry, slot: int, attempt: Attempt, place: Place, whole: bool) -> tuple[Reference, Place] | None:
        """Adds the answers to one question; returns the first step that was answered before, and where."""
        attempts = entry.slots.setdefault(slot, [])
        last = attempts[-1] if attempts else {}
        again = next((ask for ask in attempt if ask in last and (last[ask].text or (slot, ask) in entry.void)), None)
        if again is None:
            if attempts:
                attempts[-1].update(attempt)
            else:
                attempts.append(attempt)
            return None
        before = attempts[-1][again].place
        following = attempt if whole else {**attempts[-1], **attempt}
        match self.duplicates:
            case "last":
                attempts[-1] = following
            case "first":
                attempts[-1] = {**attempt, **attempts[-1]} if not whole else attempts[-1]
            case "best" if len(attempts) < MAX_ATTEMPTS:
                attempts.append(following)
            case "best":
                attempts[-1] = following
            case "none":
                entry.void.update((slot, ask) for ask in attempt)
                attempts[-1] = {**attempts[-1], **{ask: Cell("", place) for ask in attempt}}

        return Reference(slot, again), before

    def report_again(self, entry: Entry, references: Sequence[Reference], before: Place, place: Place) -> None:
        """Says that steps were answered before, and which answer counts."""
        labels = ", ".join(map(self.references.label, references[:12])) + (" …" if len(references) > 12 else "")
        shown = visible(entry.student.id)
        where = f"{before.line}" if before.file == place.file else str(before)
        counts = {
            "last": Text("the last one counts", "以最后一次为准"),
            "first": Text("the first one counts", "以第一次为准"),
            "best": Text("the best one counts", "以得分最高的一次为准"),
            "none": Text("none of them counts", "均不计分"),
        }[self.duplicates]
        self.report(
            place,
            "repeated",
            Text(
                f"{labels} of {shown}: there is an answer on line {where} already; {counts.en}.",
                f"{shown} 的 {labels}：第 {where} 行已有作答；{counts.zh}。",
            ),
        )

    def check_variant(self, entry: Entry, place: Place, slot: int, code: str) -> None:
        """A row that says it answers other numbers is marked against the student's own, and a person is told."""
        own = entry.sheet.items[slot].code
        if code.strip() in ("", own, own.rpartition(":")[2]):
            return
        shown = clip(visible(code), 60)
        reason = Text(f'the row says variant "{shown}", the student\'s own is {own}.', f"该行写的变体是“{shown}”，而该生的变体是 {own}。")
        self.report(place, "wrong-variant", Text(f"Question {slot + 1}: {reason.en}", f"第 {slot + 1} 题：{reason.zh}"))
        for ask, cell in (entry.slots[slot][-1] if entry.slots.get(slot) else {}).items():
            entry.doubts.append((Reference(slot, ask), cell, reason))
