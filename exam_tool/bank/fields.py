"""Fields of a file taken one by one: each is what it must be, or a fault at its place. It knows no problems."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from exam_tool.language import Text

from .source import Fault, Item, Mapping, Mark, Scalar, Sequence


@dataclass
class Reader:
    """Takes a file apart field by field and collects every fault instead of stopping at the first."""

    faults: list[Fault] = field(default_factory=list)

    def report(self, mark: Mark, en: str, zh: str, remedy: tuple[str, str] | None = None) -> None:
        self.faults.append(Fault(mark, Text(en, zh), Text(*remedy) if remedy else None))

    def mapping(self, item: Item | None, known: Iterable[str], required: Iterable[str], where: Text, mark: Mark) -> Mapping | None:
        """The item as a mapping with these fields; unknown and missing ones are faults."""
        if not isinstance(item, Mapping):
            self.report(
                item.mark if item else mark,
                f"{where.en} must be a mapping.",
                f"{where.zh}必须是映射。",
                ("Write key: value lines.", "请写成“键: 值”的形式。"),
            )
            return None
        known = list(known)
        for key, (key_mark, _) in item.entries.items():
            if key not in known:
                guess = next(iter(difflib.get_close_matches(key, known, n=1)), None)
                listed = ", ".join(known)
                hint = (f'Did you mean "{guess}"?', f"是否想写“{guess}”？") if guess else (f"Fields: {listed}.", f"可用字段：{listed}。")
                self.report(key_mark, f'{where.en} has no field "{key}".', f"{where.zh}没有字段“{key}”。", hint)
        for key in required:
            if key not in item.entries:
                self.report(item.mark, f'{where.en} lacks "{key}".', f"{where.zh}缺少“{key}”。", (f"Add {key}: …", f"请补上 {key}: …"))
        return item

    def text(self, item: Item | None, where: Text, default: str = "") -> str:
        if item is None:
            return default
        if not isinstance(item, Scalar):
            self.report(item.mark, f"{where.en} must be text.", f"{where.zh}必须是文字。")
            return default
        return item.text

    def whole(self, item: Item | None, where: Text, default: int, least: int = 0, most: int = 10**6) -> int:
        """A whole number in a range; anything else is a fault and gives the default."""
        if item is None:
            return default
        if not isinstance(item, Scalar) or not item.text.lstrip("-").isascii() or not item.text.lstrip("-").isdigit() or len(item.text) > 9:
            self.report(item.mark, f"{where.en} must be a whole number.", f"{where.zh}必须是整数。")
            return default
        if not least <= int(item.text) <= most:
            self.report(item.mark, f"{where.en} must lie between {least} and {most}.", f"{where.zh}必须在 {least} 到 {most} 之间。")
            return default
        return int(item.text)

    def flag(self, item: Item | None, where: Text) -> bool:
        if item is None:
            return False
        if isinstance(item, Scalar) and item.text in ("true", "false"):
            return item.text == "true"
        self.report(item.mark, f"{where.en} must be true or false.", f"{where.zh}必须是 true 或 false。")
        return False

    def list(self, item: Item | None, where: Text) -> tuple[Item, ...]:
        if item is None:
            return ()
        if not isinstance(item, Sequence):
            self.report(
                item.mark,
                f"{where.en} must be a list.",
                f"{where.zh}必须是列表。",
                ("Write [a, b] or lines that begin with -.", "请写成 [a, b]，或以 - 开头的多行。"),
            )
            return ()
        return item.items

    def both(self, item: Item | None, where: Text, mark: Mark) -> Text:
        """A sentence in both languages; a missing translation is a fault."""
        found = self.mapping(item, ("en", "zh"), ("en", "zh"), where, mark)
        if found is None:
            return Text("", "")
        said = Text(self.text(found.get("en"), where).strip(), self.text(found.get("zh"), where).strip())
        for language, words in zip(("en", "zh"), said, strict=True):
            if language in found.entries and not words:
                self.report(found.key_mark(language), f"{where.en} is empty in {language}.", f"{where.zh}的 {language} 文字为空。")
        return said

    def words(self, item: Item | None, where: str) -> tuple[str, ...]:
        return tuple(self.text(part, Text(where, where)) for part in self.list(item, Text(where, where)))
