"""Which reader a file goes to, by its ending, and whose file it is, by its name. Folders are taken apart in the order of names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from exam_tool.expressions.printing.cells import visible
from exam_tool.files import Place, Source, file_stem, identity
from exam_tool.language import ExamToolError, Text
from exam_tool.paper import Student

from .documents import read_json, read_json_lines, read_yaml
from .intake import Intake
from .tables import read_table

READERS = {
    ".csv": read_table, ".tsv": read_table, ".txt": read_table,
    ".jsonl": read_json_lines, ".ndjson": read_json_lines, ".json": read_json,
    ".yaml": read_yaml, ".yml": read_yaml,
}  # fmt: skip
MAX_FILES = 100_000


def sources_of(paths: Iterable[str | Path]) -> Iterator[Source]:
    """Every file named, and every file below a folder that is named; files that begin with a point are left out.

    Raises:
        ExamToolError: for a path that does not exist, or a folder of too many files.
    """
    for named in paths:
        path = Path(named)
        if not path.is_dir():
            if not path.exists() and not path.is_symlink():
                raise ExamToolError(Text(f"{named} does not exist.", f"{named} 不存在。"))
            yield Source(str(named), path)
            continue
        files = sorted(file for file in path.rglob("*") if not file.is_dir() or file.is_symlink())
        if len(files) > MAX_FILES:
            raise ExamToolError(Text(f"{path} holds more than {MAX_FILES} files.", f"{path} 中的文件超过 {MAX_FILES} 个。"))
        for file in files:
            if not any(part.startswith(".") for part in file.relative_to(path).parts):
                yield Source(visible(file.relative_to(path.parent if path.name else path).as_posix()), file, personal=True)


def standard_input(stream: BinaryIO) -> Source:
    """What is piped in: JSON lines if it begins with a bracket, else a table."""
    begins = getattr(stream, "peek", lambda n: b"")(1)[:1]
    return Source("-", stream=stream, ending=".jsonl" if begins in (b"{", b"[") else ".csv")


def owners(students: Iterable[Student]) -> Mapping[str, Student]:
    """Whose file has which name: the student's id, or the name of their paper."""
    found = {}
    for student in students:
        found[identity(student.id)] = student
        found[file_stem(student.id)] = student
    return found


def read_source(source: Source, encoding: str, intake: Intake, whose: Mapping[str, Student]) -> None:
    """Puts what a file holds into the intake; a file that cannot be used is reported there and costs no other."""
    reader = READERS.get(source.suffix)
    if reader is None:
        message = Text("This is no answer file: use .csv, .jsonl, .json or .yaml.", "这不是答案文件：请用 .csv、.jsonl、.json 或 .yaml。")
        intake.report(Place(source.name), "unknown-format", message)
        return
    try:
        reader(source, encoding, intake, whose.get(identity(PurePosixPath(source.name).stem)))
    except ExamToolError as error:
        intake.report(Place(source.name), "unreadable-file", error.message)
    except OSError as error:
        intake.report(Place(source.name), "unreadable-file", Text(f"It cannot be read: {error.strerror}.", f"无法读取：{error.strerror}。"))
