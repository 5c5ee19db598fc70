"""A question left in the middle, put together again from its rows, so that nothing typed before is asked a second time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from exam_tool.bank.shelf import Shelf
from exam_tool.history.review import Review
from exam_tool.language import ExamToolError, Text
from exam_tool.variant import find_variant

from .examine import mark
from .item import Entry, Item, new_item
from .marked import Marked

UNFINISHED = Text("you left it unfinished", "上次没有做完")


def restored(bank: Shelf, rows: Sequence[Review]) -> Item | None:
    """The question of these rows as it was left; None when the bank no longer has it as it was, or nothing is open."""
    shown = next((row for row in rows if row.act == "shown"), None)
    if shown is None:
        return None
    try:
        variant = find_variant(bank, shown.code)
    except ExamToolError:
        return None
    if variant.problem.digest != shown.digest:
        return None
    item = new_item(shown.item, variant, shown.purpose, UNFINISHED)
    item = replace(item, entries=tuple(entry._replace(filled=entry.find in shown.filled) for entry in item.entries))
    for row in rows:
        item = _replayed(item, row)
    return None if item.finished else replace(item, current=next(i for i, entry in enumerate(item.entries) if not entry.settled))


def _replayed(item: Item, row: Review) -> Item:
    entry = next((entry for entry in item.entries if entry.find == row.step), None)
    if entry is None:
        return item
    match row.act:
        case "answer":
            return _answered(item, entry, row)
        case "hint":
            return item.with_entry(entry._replace(rung=max(entry.rung, row.rung), hints=entry.hints + 1))
        case "pass":
            return item.with_entry(entry._replace(passed=True))
        case "solution":
            return replace(item, entries=tuple(e if e.settled else e._replace(shown=True) for e in item.entries))
        case "shown" | "taught" | "slip" | "wrote" | "flag" | "done":
            return item


def _answered(item: Item, entry: Entry, row: Review) -> Item:
    marked = mark(item.variant, {**item.answers, entry.find: row.response}, entry.find)
    if not isinstance(marked, Marked):
        return item
    kept = marked._replace(marks=row.marks, maximum=row.maximum, verdict=row.verdict, mistakes=row.mistakes)  # as it was marked then
    before = entry.rung if entry.first is None else entry.rung_before
    return item.with_entry(entry._replace(first=entry.first or kept, last=kept, tries=entry.tries + 1, passed=False, rung_before=before))
