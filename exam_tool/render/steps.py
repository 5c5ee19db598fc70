"""The steps of a question as lines: what was answered, what it earned, what is said of it; in columns where they fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.text import Text as Styled

from exam_tool.expressions.printing import cells, clip, pad, symbol, visible, wrap
from exam_tool.language import Language, Text
from exam_tool.question import Part, Question
from exam_tool.quiz.item import Entry, Item, marks_text, value_of
from exam_tool.quiz.session import Notice

from .screen import NARROW
from .terminal_statement import sentence

TONES = {"good": "green", "bad": "", "plain": "dim", "help": "cyan"}


class Table(NamedTuple):
    """The steps in columns: letter, label, symbol, answer, marks; on a narrow screen the answer stands under its label."""

    names: dict[str, str]
    labels: dict[str, str]
    widest: int
    symbols: int
    width: int
    language: Language

    @classmethod
    def of(cls, asked: Question, item: Item, language: Language, width: int) -> Table:
        labels = {part.find: sentence(part.label(language)) for part in asked.parts}
        names = {part.find: "" if item.variant.problem.fact is not None else symbol(part.find).unicode for part in asked.parts}
        symbols = max(map(cells, names.values()))
        widest = max(map(cells, labels.values()))
        return cls(names, labels, widest, symbols, width, language)

    @property
    def wide(self) -> bool:
        return self.width >= NARROW and self.lead <= self.width - 24

    @property
    def lead(self) -> int:
        """Where the answers start."""
        return 6 + self.widest + 2 + self.symbols + 2

    def start(self, part: Part, entry: Entry, bold: bool = False) -> Styled:
        name = self.names[part.find]
        weight = "bold" if bold else ""
        return Styled.assemble(
            (f"   {part.letter}  ", "bold"), (pad(self.labels[part.find], self.widest), weight), "  ", pad(name, self.symbols), "  "
        )

    def open_row(self, part: Part, entry: Entry) -> tuple[list[Styled], Styled]:
        """The lines above the editor, and what stands before it."""
        if self.wide:
            return [], self.start(part, entry, bold=True)
        label = f" {part.letter}  {self.labels[part.find]}  {self.names[part.find]}".rstrip()
        return [Styled(line, style="bold") for line in wrap(label, self.width)], Styled("    > ")

    def row(self, part: Part, entry: Entry, item: Item) -> list[Styled]:
        shown, mark, style = answer_shown(entry, item, self.language)
        if self.wide:
            room = max(6, self.width - self.lead - cells(mark) - 3)
            body = self.start(part, entry)
            if shown or mark:
                body = Styled.assemble(body, pad(clip(shown, room), min(room, 12)), "  ", (mark, style))
            return [_stripped(body)]
        label = f" {part.letter}  {self.labels[part.find]}"
        tail = Styled.assemble(clip(shown, max(6, self.width - 8 - cells(mark))), "  ", (mark, style))
        if cells(label) + 2 + cells(tail.plain) <= self.width:
            return [_stripped(Styled.assemble(label, "  ", tail))]
        lines = [Styled(line) for line in wrap(label, self.width)]
        return [*lines, _stripped(Styled.assemble("    ", tail))] if tail.plain.strip() else lines


def _stripped(line: Styled) -> Styled:
    line.rstrip()
    return line


def answer_shown(entry: Entry, item: Item, language: Language) -> tuple[str, str, str]:
    """What was answered, the mark with its sign, and a colour that says the same again."""
    typed = on_one_line(entry.last.typed) if entry.last else ""
    marks = f"{marks_text(entry.earned)}/{marks_text(entry.maximum)}"
    if entry.filled:
        return value_of(item.variant, entry.find), Text("(given)", "（已给出）")(language), "dim"
    if entry.shown:
        key = value_of(item.variant, entry.find)
        told = Text("", "") if item.variant.problem.fact is not None else Text(" solution", " 已看解答")
        return (f"{typed} → {key}" if typed and typed != key else key), f"✗ {marks}{told(language)}", "red"
    if entry.implied:
        return "", Text(f"✓ {marks} implied", f"✓ {marks} 由后步可知")(language), "green"
    if entry.for_person:
        return typed, Text("· not judged", "· 未评判")(language), ""
    if entry.is_right:
        clean = entry.first is not None and entry.first.right
        helped = Text(" with help", " 有提示")(language) if entry.assisted else ""
        later = "" if clean else Text(" corrected", " 已改正")(language)
        return typed, f"✓ {marks}{later}{helped}", "green"
    if entry.last is not None:
        return typed, f"✗ {marks}", "red"
    return ("", Text(f"– {marks} skipped", f"– {marks} 跳过")(language), "dim") if entry.passed else ("", "", "")


def on_one_line(typed: str) -> str:
    """What was typed, harmless, its lines joined as the rows of a matrix are."""
    return "; ".join(" ".join(visible(line).split()) for line in typed.strip().splitlines() if line.strip())


def wrong_line(entry: Entry, width: int) -> Styled:
    """The last wrong answer to the step being answered, which stays in sight while another is typed."""
    assert entry.last is not None
    typed = on_one_line(entry.last.typed)
    mark = f"✗ {marks_text(entry.last.marks)}/{marks_text(entry.maximum)}"
    margin = 6 if width >= NARROW else 4
    return Styled.assemble(" " * margin, clip(typed, width - margin - cells(mark) - 4), "   ", (mark, "red"))


def notice_lines(notices: Sequence[Notice], language: Language, width: int) -> list[Styled]:
    """The sentences under a step; a bare "correct" is said by the tick of its row."""
    lines: list[Styled] = []
    for notice in notices:
        if notice.tone == "good" and notice.text.en == "Correct.":
            continue
        if notice.place is not None and notice.place.column is not None:
            from exam_tool.answers import pointer

            typed, carets = pointer(notice.place.typed, notice.place.column, notice.place.width)
            lines += [Styled(f"      {typed}"), Styled(f"      {carets}", style="bold")]
        lines += wrapped(sentence(notice.text(language)), width, 6 if width >= NARROW else 2, TONES[notice.tone])
    return lines


def wrapped(text: str, width: int, margin: int, style: str = "") -> list[Styled]:
    return [Styled(" " * margin + line, style=style) for line in wrap(text, width - margin - 1)]
