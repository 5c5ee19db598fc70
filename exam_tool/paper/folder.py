"""A paper on the disk: one Markdown file a student, the paper as JSON, and the key in a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from exam_tool.bank import Bank
from exam_tool.files import Staging, csv_line, file_stem
from exam_tool.files.writing import BOM

from .model import Paper, Sheet
from .sheets import JSON_END, json_head, json_sheet, markdown_sheet, questions
from .storage import key_lines

KEY, PAPER, TEMPLATE = "key.json", "paper.json", "answers.csv"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written where, for the sentence at the end."""

    folder: Path
    sheets: tuple[str, ...]
    key: str = KEY
    paper: str = PAPER
    template: str = TEMPLATE


def sheet_name(sheet: Sheet) -> str:
    """``papers/<slug>-<hash>.md``, or ``paper.md`` for everybody's."""
    return "paper.md" if sheet.student is None else f"papers/{file_stem(sheet.student.id)}.md"


def write_papers(
    folder: Path, paper: Paper, bank: Bank, *, force: bool = False, progress: Callable[[int, int], None] = lambda done, total: None
) -> Written:
    """Writes all files or none.

    Raises:
        ExamToolError: when one of them exists already (without ``force``), or the folder cannot be written to.
    """
    names = tuple(sheet_name(sheet) for sheet in paper.sheets)
    with Staging(folder, force=force) as staging:
        for name in (PAPER, KEY, TEMPLATE, *names):
            staging.claim(name)
        digest = sha256()
        with staging.open(PAPER) as file:

            def tell(text: str) -> None:
                data = text.encode("utf-8", "backslashreplace")
                digest.update(data)
                file.write(data)

            tell(json_head(paper))
            for done, (name, sheet) in enumerate(zip(names, paper.sheets, strict=True), 1):
                asked = tuple(questions(bank, paper, sheet))
                staging.write(name, markdown_sheet(paper, sheet, asked))
                tell(json_sheet(sheet, asked) + (",\n" if done < len(names) else "\n"))
                progress(done, len(names))
            tell(JSON_END)
        with staging.open(KEY) as file:
            for line in key_lines(paper, digest.hexdigest()):
                file.write(line.encode("utf-8", "backslashreplace"))
        staging.write(TEMPLATE, BOM.decode("utf-8") + template(paper))
    return Written(folder, names)


def template(paper: Paper) -> str:
    """A table to type answers into: a row a student, a column for each asked step."""
    columns = [f"{slot.number}.{part}" for slot in paper.slots for part in slot.letters]
    rows = [csv_line(["student", *columns])]
    rows += [csv_line([student.id, *("" for _ in columns)]) for student in paper.students]
    return "".join(rows)
