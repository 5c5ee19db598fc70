"""YAML as text with positions: a small, safe subset read from the event stream. It knows nothing of problems.

Every scalar stays the text that was written. Tags, anchors, aliases, merge keys and several documents are refused, and so
is a file that is too large or nested too deeply, before anything is built from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import category

import yaml

from exam_tool.language import ExamToolError, Text

MAX_BYTES, MAX_DEPTH = 5_000_000, 20


class Mark(NamedTuple):
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Fault(NamedTuple):
    """Something wrong in a file: where, what was found, and what to write instead."""

    mark: Mark
    message: Text
    remedy: Text | None = None


class FaultError(ExamToolError):
    """One fault, as an exception."""

    def __init__(self, fault: Fault) -> None:
        remedy = fault.remedy or Text("", "")
        super().__init__(Text(f"{fault.mark}: {fault.message.en} {remedy.en}".strip(), f"{fault.mark}: {fault.message.zh}{remedy.zh}"))
        self.fault = fault


class Scalar(NamedTuple):
    text: str
    mark: Mark


class Sequence(NamedTuple):
    items: tuple[Item, ...]
    mark: Mark

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)


class Mapping(NamedTuple):
    """Keys in the order of the file, each with the place of the key and its value."""

    entries: dict[str, tuple[Mark, Item]]
    mark: Mark

    def get(self, key: str) -> Item | None:
        found = self.entries.get(key)
        return found[1] if found else None

    def key_mark(self, key: str) -> Mark:
        return self.entries[key][0]


Item = Scalar | Sequence | Mapping


def fault(mark: Mark, en: str, zh: str, remedy: tuple[str, str] | None = None) -> FaultError:
    """The exception for one fault, from its sentences."""
    return FaultError(Fault(mark, Text(en, zh), Text(*remedy) if remedy else None))


def read_file(path: Path, name: str | None = None) -> Item:
    """The content of one YAML file.

    Raises:
        FaultError: for a file that cannot be read as this subset of YAML, at the first place that is wrong.
    """
    shown = name or str(path)
    start = Mark(shown, 1, 1)
    if not path.is_file() or path.is_symlink():
        raise fault(start, "This is not a regular file.", "这不是普通文件。")
    if path.stat().st_size > MAX_BYTES:
        raise fault(start, f"The file is larger than {MAX_BYTES} bytes.", f"文件超过 {MAX_BYTES} 字节。")
    return read_bytes(path.read_bytes(), shown)


def read_bytes(data: bytes, name: str) -> Item:
    """The content of YAML in UTF-8; ``name`` is shown in faults."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise fault(
            Mark(name, line, 1), "The file is not UTF-8.", "文件不是 UTF-8 编码。", ("Save it as UTF-8.", "请另存为 UTF-8。")
        ) from None
    _refuse_depth(text, name)
    loader: Any = yaml.CBaseLoader(text) if hasattr(yaml, "CBaseLoader") else yaml.BaseLoader(text)  # the faster one has no types
    try:
        return _Builder(loader, name).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Mark(name, mark.line + 1, mark.column + 1) if mark else Mark(name, 1, 1)
        raise fault(place, f"This is not YAML: {error.problem}.", f"这不是合法的 YAML：{error.problem}。") from None
    except yaml.YAMLError:
        raise fault(
            Mark(name, 1, 1), "This is not YAML: it holds a character that is not allowed.", "这不是合法的 YAML：含有不允许的字符。"
        ) from None
    finally:
        loader.dispose()


def _refuse_depth(text: str, name: str) -> None:
    """Flow brackets and indentation are counted before the parser sees them: it would recurse or crawl."""
    depth = 0
    for number, line in enumerate(text.split("\n"), 1):
        indent = len(line) - len(line.lstrip(" "))
        depth = max(0, depth + line.count("[") + line.count("{") - line.count("]") - line.count("}"))
        if depth > 4 * MAX_DEPTH or indent > 40 * MAX_DEPTH or line.lstrip(" ").startswith("- " * MAX_DEPTH):
            raise fault(Mark(name, number, 1), f"This is nested deeper than {MAX_DEPTH} levels.", f"嵌套超过 {MAX_DEPTH} 层。")


class _Builder:
    def __init__(self, loader: Any, name: str) -> None:
        self.loader = loader
        self.name = name

    def mark(self, event: Any) -> Mark:
        start, end = event.start_mark, event.end_mark
        width = end.column - start.column if end.line == start.line else 1
        return Mark(self.name, start.line + 1, start.column + 1, max(1, width))

    def document(self) -> Item:
        self.loader.get_event()
        if self.loader.check_event(yaml.StreamEndEvent):
            raise fault(Mark(self.name, 1, 1), "The file is empty.", "文件是空的。")
        self.loader.get_event()
        item = self.item(0)
        self.loader.get_event()
        if not self.loader.check_event(yaml.StreamEndEvent):
            raise fault(self.mark(self.loader.peek_event()), "A file holds one document only.", "一个文件只能有一个文档。")
        return item

    def item(self, depth: int) -> Item:
        event = self.loader.get_event()
        mark = self.mark(event)
        if depth > MAX_DEPTH:
            raise fault(mark, f"This is nested deeper than {MAX_DEPTH} levels.", f"嵌套超过 {MAX_DEPTH} 层。")
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise fault(
                mark, "Anchors and aliases are not used here.", "这里不使用锚点和别名。", ("Write the value out.", "请直接写出该值。")
            )
        if event.tag not in (None, "!"):
            raise fault(mark, "Tags are not used here.", "这里不使用标签。", ("Delete the tag.", "请删去标签。"))
        if isinstance(event, yaml.ScalarEvent):
            self.refuse_controls(event.value, mark)
            return Scalar(event.value, mark)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not self.loader.check_event(yaml.SequenceEndEvent):
                items.append(self.item(depth + 1))
            self.loader.get_event()
            return Sequence(tuple(items), mark)
        return self.mapping(mark, depth)

    def refuse_controls(self, text: str, mark: Mark) -> None:
        """Control, invisible and direction-changing characters have no place in a problem, however they were written."""
        if text.isascii() and text.isprintable():
            return
        for character in text:
            if category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") and character not in "\n\t":
                code = f"U+{ord(character):04X}"
                raise fault(
                    mark, f"This text holds the invisible character {code}.", f"这段文字含有不可见字符 {code}。", ("Delete it.", "请删去。")
                )

    def mapping(self, mark: Mark, depth: int) -> Mapping:
        entries: dict[str, tuple[Mark, Item]] = {}
        while not self.loader.check_event(yaml.MappingEndEvent):
            key = self.item(depth + 1)
            if not isinstance(key, Scalar):
                raise fault(key.mark, "A key must be a word.", "键必须是一个词。")
            if key.text == "<<":
                raise fault(key.mark, "Merge keys are not used here.", "这里不使用合并键。")
            if key.text in entries:
                raise fault(
                    key.mark, f'"{key.text}" is written twice.', f"“{key.text}”写了两次。", ("Delete one of them.", "请删去其中一个。")
                )
            entries[key.text] = (key.mark, self.item(depth + 1))
        self.loader.get_event()
        return Mapping(entries, mark)


def digest(item: Item) -> str:
    """A fingerprint of a problem's content that does not depend on how the file is laid out."""
    return blake2b(_canonical(item).encode(), digest_size=12).hexdigest()


def _canonical(item: Item) -> str:
    match item:
        case Scalar(text):
            return f"{len(text)}:{text}"
        case Sequence(items):
            return "[" + ",".join(map(_canonical, items)) + "]"
        case Mapping(entries):
            return "{" + ",".join(f"{len(key)}:{key}={_canonical(value)}" for key, (_, value) in sorted(entries.items())) + "}"
