"""Who sits the paper: the students of a class from a CSV file, and finding the one that is meant. It draws no papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from exam_tool.files import FileFault, IdError, Place, Source, Table, TableError, checked_id, identity
from exam_tool.language import LANGUAGES, ExamToolError, Language, Text

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "student", "student id", "student_id", "sid", "uid", "sis user id", "学号", "编号", "考号", "学生编号"),
    "name": ("name", "student name", "full name", "姓名", "名字"),
    "email": ("email", "e-mail", "email address", "邮箱", "电子邮件", "电子邮箱"),
    "language": ("language", "lang", "语言"),
    "section": ("section", "class", "group", "班级", "分班"),
}
SPOKEN: Mapping[str, Language] = {
    "en": "en", "english": "en", "英文": "en", "英语": "en",
    "zh": "zh", "zh-cn": "zh", "zh_cn": "zh", "cn": "zh", "chinese": "zh", "中文": "zh", "汉语": "zh",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Student:
    """One student. The language is None where the roster does not say."""

    id: str
    name: str = ""
    email: str = ""
    language: Language | None = None
    section: str = ""


@dataclass(frozen=True)
class Roster:
    """The students of a class in the order of the file, and what was wrong with the other rows."""

    students: tuple[Student, ...]
    faults: tuple[FileFault, ...] = ()
    fingerprint: str = ""

    def __iter__(self) -> Iterator[Student]:
        return iter(self.students)

    def __len__(self) -> int:
        return len(self.students)

    @cached_property
    def by_id(self) -> Mapping[str, Student]:
        return {identity(student.id): student for student in self.students}

    @cached_property
    def by_email(self) -> Mapping[str, list[Student]]:
        return _grouped((identity(student.email), student) for student in self.students if student.email)

    @cached_property
    def by_name(self) -> Mapping[str, list[Student]]:
        return _grouped((_plain_name(student.name), student) for student in self.students if student.name)

    def find(self, id: str = "", email: str = "", name: str = "", section: str = "") -> Student | None:
        """The student meant, by id, then email, then name within the section; never a guess among several."""
        if not self.students:
            return None
        if id and (found := self.by_id.get(identity(id))) is not None:
            return found
        for key in (email, id):
            same = self.by_email.get(identity(key), []) if key else []
            if len(same) == 1:
                return same[0]
        for key in (name, id):
            alike = [s for s in self.by_name.get(_plain_name(key), ()) if key and (not section or identity(s.section) == identity(section))]
            if len(alike) == 1:
                return alike[0]
        return None

    def resembling(self, id: str) -> Student | None:
        """A student whose id differs only by leading zeros, which spreadsheets strip. For a hint, not for a match."""
        bare = identity(id).lstrip("0")
        return next((s for s in self.students if bare and identity(s.id).lstrip("0") == bare), None)


def _plain_name(name: str) -> str:
    return " ".join(identity(name).split())


def _grouped(pairs: Iterable[tuple[str, Student]]) -> dict[str, list[Student]]:
    found: dict[str, list[Student]] = {}
    for key, student in pairs:
        found.setdefault(key, []).append(student)
    return found


def column_of(header: Sequence[str], name: str) -> int | None:
    """The position of a column under one of its usual titles."""
    titles = [" ".join(identity(title).split()) for title in header]
    return next((titles.index(title) for title in COLUMNS[name] if title in titles), None)


def read_roster(source: Source, encoding: str = "utf-8-sig") -> Roster:
    """The roster in a CSV file with an ``id`` column and, if wanted, ``name``, ``email``, ``language`` and ``section``.

    Bad rows are reported in ``faults``; of rows with one id none is used.

    Raises:
        ExamToolError: when the file cannot be opened or has no column of ids.
    """
    with source.open() as stream:
        try:
            table = Table(stream, encoding)
        except TableError as error:
            raise ExamToolError(
                Text(f"{source.name}:{error.line}: {error.message.en}", f"{source.name}:{error.line}：{error.message.zh}")
            ) from None
        columns = {name: column_of(table.header, name) for name in COLUMNS}
        if columns["id"] is None:
            raise ExamToolError(
                Text(
                    f'{source.name}:{table.line}: the roster has no column "id". Its first line names the columns: id,name,language,email.',
                    f"{source.name}:{table.line}：名单没有“id”列。第一行应写列名：id,name,language,email。",
                )
            )
        reading = _Reading(source.name, columns, len(table.header))
        for row in table.rows():
            if isinstance(row, tuple):
                reading.add(*row)
            else:
                reading.report(row.line, row.code, row.message)
    return Roster(reading.unique(), tuple(sorted(reading.faults, key=lambda fault: fault.place)), source.fingerprint)


class _Reading:
    def __init__(self, file: str, columns: Mapping[str, int | None], width: int) -> None:
        self.file = file
        self.columns = columns
        self.width = width
        self.rows: dict[str, list[tuple[int, Student]]] = {}
        self.faults: list[FileFault] = []

    def report(self, line: int, code: str, message: Text) -> None:
        self.faults.append(FileFault(Place(self.file, line), code, message))

    def add(self, line: int, cells_of_row: list[str]) -> None:
        if len(cells_of_row) > self.width:
            self.report(
                line,
                "cells",
                Text(f"{len(cells_of_row)} cells, but {self.width} columns.", f"有 {len(cells_of_row)} 个单元格，但只有 {self.width} 列。"),
            )
            return
        cells = {name: cells_of_row[at].strip() if at is not None and at < len(cells_of_row) else "" for name, at in self.columns.items()}
        try:
            identifier = checked_id(cells["id"])
        except IdError as error:
            self.report(line, "bad-id", error.message)
            return
        spoken = cells["language"].lower()
        if spoken and spoken not in SPOKEN:
            self.report(
                line,
                "language",
                Text(
                    f"The language is {' or '.join(LANGUAGES)}; the default is used.",
                    f"语言只能是 {' 或 '.join(LANGUAGES)}；这里改用默认语言。",
                ),
            )
        student = Student(identifier, cells["name"][:200], cells["email"][:200], SPOKEN.get(spoken), cells["section"][:200])
        self.rows.setdefault(identity(identifier), []).append((line, student))

    def unique(self) -> tuple[Student, ...]:
        """The students listed once; the rows of the others are reported, all of them."""
        found = []
        for rows in self.rows.values():
            if len(rows) == 1:
                found.append(rows[0][1])
                continue
            lines = ", ".join(str(line) for line, _ in rows)
            for line, student in rows:
                self.report(
                    line,
                    "duplicate-student",
                    Text(
                        f'"{student.id}" is listed on lines {lines}; none of them is used.',
                        f"“{student.id}”在第 {lines} 行重复出现，均未采用。",
                    ),
                )
        return tuple(found)
