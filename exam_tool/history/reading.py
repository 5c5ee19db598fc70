"""An exported history read back, every field checked before anything of it is used. It opens no database."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from exam_tool.language import ExamToolError, Text

from .exchange import SCHEMA
from .review import ACTS, SURENESS, Review
from .store import SessionRow

KINDS = ("quiz", "mock")
MARKS = re.compile(r"[0-9]{1,9}(/[1-9][0-9]{0,8})?", re.ASCII)
MOST = 2**53  # whole numbers that every program reading JSON agrees on
NOBODY = 0  # the process of a session that none on this machine has played
ASK = Text("Write one with: exam-tool history export FILE.jsonl", "请用 exam-tool history export 文件.jsonl 导出。")


class ForeignFile(ExamToolError):
    """A file that is not an exported history, or no longer one."""


class Exported(NamedTuple):
    """What a file holds: sessions, and rows in the order in which they happened."""

    sessions: tuple[SessionRow, ...]
    reviews: tuple[Review, ...]


def read_export(data: bytes, name: str) -> Exported:
    """The history of a file written by ``exam-tool history export``, this version's or an earlier one's.

    Raises:
        ForeignFile: naming the line and what is wrong with it; then nothing of the file may be used.
    """
    sessions: dict[str, SessionRow] = {}
    reviews: list[Review] = []
    for number, entry in _entries(data, name):
        try:
            if entry.get("record") == "session":
                row = _session(entry)
                sessions[row.id] = row
            else:
                reviews.append(_review(entry))
        except (ValueError, TypeError, KeyError) as error:
            field = error.args[0] if error.args else ""
            raise ForeignFile(
                Text(
                    f'{name}:{number}: "{field}" is missing or is not what an exported history has there; nothing was imported.',
                    f"{name}:{number}：“{field}”缺失或不符合导出记录的格式；没有导入任何内容。",
                )
            ) from None
    return Exported((*sessions.values(), *_unnamed(reviews, sessions)), tuple(reviews))


def _entries(data: bytes, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Every line that is not empty, as an object of a version known here."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ForeignFile(Text(f"{name} is not text in UTF-8. {ASK.en}", f"{name} 不是 UTF-8 文本。{ASK.zh}")) from None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            entry = None
        version = entry.get("schema_version") if isinstance(entry, dict) else None
        if type(version) is not int or version < 1:
            raise ForeignFile(
                Text(
                    f"{name}:{number}: this is no line of an exported history; nothing was imported. {ASK.en}",
                    f"{name}:{number}：这不是导出记录中的一行；没有导入任何内容。{ASK.zh}",
                )
            )
        if version > SCHEMA:
            raise ForeignFile(
                Text(
                    f"{name}:{number} was written by a newer exam-tool; update exam-tool to import it.",
                    f"{name}:{number} 由更新版本的 exam-tool 写成；请更新 exam-tool 后再导入。",
                )
            )
        yield number, entry


def _unnamed(reviews: list[Review], known: Mapping[str, SessionRow]) -> Iterator[SessionRow]:
    """Sessions of which a file of the first version holds the rows only."""
    first: dict[str, Review] = {}
    for review in reviews:
        first.setdefault(review.session, review)
    for name, review in first.items():
        if name not in known:
            yield SessionRow(name, "mock" if review.purpose == "mock" else "quiz", review.at, {}, NOBODY)


def _session(entry: Mapping[str, Any]) -> SessionRow:
    kind, request = entry["kind"], entry["request"]
    if kind not in KINDS:
        raise ValueError("kind")
    if not isinstance(request, dict):
        raise ValueError("request")
    return SessionRow(_word(entry, "id"), kind, _whole(entry, "started"), request, NOBODY)


def _review(entry: Mapping[str, Any]) -> Review:
    """A row from its object. What the first version did not have yet is empty; a name that no version has is a fault."""
    strangers = entry.keys() - {*Review._fields, "schema_version", "record"}
    if strangers:
        raise ValueError(min(strangers))
    found = {name: read(entry, name) for name, read in FIELDS.items() if name in entry or name not in Review._field_defaults}
    return Review(**found)


def _word(entry: Mapping[str, Any], name: str) -> str:
    """Text without control characters: names, codes, words of ours."""
    value = entry[name]
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError(name)
    return value


def _name(entry: Mapping[str, Any], name: str) -> str:
    if not entry[name]:
        raise ValueError(name)
    return _word(entry, name)


def _typed(entry: Mapping[str, Any], name: str) -> str:
    """What a person typed, whatever it is."""
    value = entry[name]
    if not isinstance(value, str) or any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError(name)
    return value


def _whole(entry: Mapping[str, Any], name: str) -> int:
    value = entry[name]
    if type(value) is not int or not 0 <= value <= MOST:
        raise ValueError(name)
    return value


def _marks(entry: Mapping[str, Any], name: str) -> Fraction:
    value = entry[name]
    if not isinstance(value, str) or not MARKS.fullmatch(value):
        raise ValueError(name)
    return Fraction(value)


def _words(entry: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = entry[name]
    if not isinstance(value, list) or not all(isinstance(word, str) and word and word.isprintable() for word in value):
        raise ValueError(name)
    return tuple(value)


def _one_of(*words: str) -> Callable[[Mapping[str, Any], str], str]:
    def read(entry: Mapping[str, Any], name: str) -> str:
        if entry[name] not in words:
            raise ValueError(name)
        return str(entry[name])

    return read


FIELDS: Mapping[str, Callable[[Mapping[str, Any], str], Any]] = {
    "session": _name, "item": _whole, "at": _whole, "act": _one_of(*ACTS), "code": _name, "step": _word, "response": _typed,
    "verdict": _word, "marks": _marks, "maximum": _marks, "took": _whole, "rung": _whole, "sure": _one_of(*SURENESS), "purpose": _word,
    "chapter": _word, "digest": _word, "skills": _words, "tests": _words, "mistakes": _words, "filled": _words, "tied": _words,
}  # fmt: skip
