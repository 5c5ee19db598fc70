"""A paper as two JSON documents: the paper, which tells no answer, and the key, from which everything can be marked again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from hashlib import sha256
from typing import Any, cast
from unicodedata import category

from flint import fmpq

from exam_tool.bank.problem import KINDS, Ask
from exam_tool.expressions.printing.cells import HIDDEN, visible
from exam_tool.files import Source, checked_id
from exam_tool.files.json_text import JsonError, strict_json
from exam_tool.language import ExamToolError, Language, Text

from .model import Item, Paper, Sheet, Slot
from .roster import Student
from .values import Stored

KEY_FORMAT, PAPER_FORMAT = "exam-tool key 1", "exam-tool paper 1"
MAX_KEY = 500_000_000  # bytes


def number_text(value: Fraction | fmpq) -> str:
    return str(value)


def compact(document: object) -> str:
    """JSON on one line, the same bytes for the same content."""
    text = json.dumps(document, ensure_ascii=False, separators=(", ", ": "))
    return text if text.isprintable() else "".join(c if category(c) not in HIDDEN else _escape(c) for c in text)


def _escape(character: str) -> str:
    """An invisible or control character as JSON escapes it, so that no terminal obeys it."""
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def key_lines(paper: Paper, paper_digest: str) -> Iterator[str]:
    """The key, a sheet a line, so that it can be written and compared piece by piece."""
    head = {"format": KEY_FORMAT, **paper_head(paper), "paper": paper_digest, "slots": [_slot(slot, full=True) for slot in paper.slots]}
    yield compact(head)[:-1] + ', "sheets": [\n'
    for i, sheet in enumerate(paper.sheets):
        yield compact({**sheet_head(sheet), "items": [_item(item) for item in sheet.items]}) + (
            ",\n" if i < len(paper.sheets) - 1 else "\n"
        )
    yield "]}\n"


def _item(item: Item) -> dict[str, Any]:
    told = {"code": item.code, "attempt": item.attempt, "givens": item.givens, "options": item.options, "answers": item.answers}
    told |= {"choices": item.choices} if item.choices else {}
    return told if item.words is None else told | {"words": item.words._asdict()}


def paper_head(paper: Paper) -> dict[str, Any]:
    return {
        "tool": paper.tool, "title": paper.title._asdict(), "seed": paper.seed, "language": paper.language, "policy": paper.policy,
        "marks": number_text(paper.marks),
    }  # fmt: skip


def sheet_head(sheet: Sheet) -> dict[str, Any]:
    student = sheet.student
    told = None if student is None else {"id": student.id, "name": student.name, "email": student.email, "section": student.section}
    return {"student": told, "language": sheet.language}


def _slot(slot: Slot, *, full: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"number": slot.number, "problem": slot.problem, "version": slot.version, "digest": slot.digest}
    told |= {"title": slot.title._asdict(), "marks": number_text(slot.marks)}
    if slot.seed is not None:
        told["seed"] = slot.seed
    if slot.keep is not None:
        told["keep"] = slot.keep
    told["ask"] = [{"part": part, **_ask(ask)} for part, ask in zip(slot.letters, slot.ask, strict=True)]
    return told


def _ask(ask: Ask) -> dict[str, Any]:
    told: dict[str, Any] = {"find": ask.find, "marks": number_text(ask.marks)}
    optional: dict[str, Any] = {
        "kind": ask.kind, "places": ask.places, "sig": ask.sig, "tolerance": None if ask.tolerance is None else number_text(ask.tolerance),
        "units": list(ask.units) or None, "unit": ask.unit, "label": ask.label._asdict() if ask.label else None,
        "scheme": ask.scheme if ask.scheme != "ma" else None, "group": ask.part or None,
        "choices": None if ask.choices is None else str(ask.choices),
    }  # fmt: skip
    return told | {name: value for name, value in optional.items() if value is not None}


class KeyFileError(ExamToolError):
    """A key that is not one, or not of a form this version knows."""


def load_key(source: Source) -> Paper:
    """The paper a key describes.

    Raises:
        ExamToolError: for a file that cannot be read, and for anything in it that is not as ``key_lines`` writes it.
    """
    data = source.read(MAX_KEY)
    try:
        document = strict_json(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _no_key(source, Text("it is not UTF-8", "不是 UTF-8 编码")) from None
    except JsonError as error:
        raise _no_key(source, error.message) from None
    if not isinstance(document, dict) or document.get("format") != KEY_FORMAT:
        hint = (
            Text("it is the paper; the key is in another file", "这是试卷本身，答案在另一个文件")
            if _is_paper(document)
            else Text(f'it does not say "format": "{KEY_FORMAT}"', f'缺少 "format": "{KEY_FORMAT}"')
        )
        raise _no_key(source, hint)
    try:
        return _paper(document)
    except ExamToolError as error:
        raise _no_key(source, error.message) from None
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError, IndexError) as error:
        name = visible(str(error))[:60]
        raise _no_key(source, Text(f"a field is missing or of the wrong kind ({name})", f"缺少字段或字段类型不对（{name}）")) from None


def _is_paper(document: object) -> bool:
    return isinstance(document, dict) and document.get("format") == PAPER_FORMAT


def _no_key(source: Source, why: Text) -> KeyFileError:
    return KeyFileError(Text(f"{source.name} is not a key: {why.en.rstrip('.')}.", f"{source.name} 不是答案文件：{why.zh.rstrip('。')}。"))


def _paper(told: Mapping[str, Any]) -> Paper:
    slots = tuple(_read_slot(slot, number) for number, slot in enumerate(told["slots"], 1))
    sheets = tuple(_read_sheet(sheet, slots) for sheet in told["sheets"])
    seen = {sheet.student.id for sheet in sheets if sheet.student}
    if not slots or not sheets or (len(sheets) > 1 and len(seen) < len(sheets)):
        raise ValueError("slots, sheets")
    return Paper(
        _text(told["title"]), _whole(told["seed"]), _language(told["language"]), _word(told["policy"]), _word(told["tool"]), slots, sheets
    )


def _read_slot(told: Mapping[str, Any], number: int) -> Slot:
    if _whole(told["number"]) != number:
        raise ValueError("number")
    ask = tuple(_read_ask(part) for part in told["ask"])
    seed = _whole(told["seed"]) if "seed" in told else None
    keep = _whole(told["keep"]) if "keep" in told else None
    return Slot(number, _word(told["problem"]), _whole(told["version"]), _word(told["digest"]), _text(told["title"]), ask, seed, keep)


def _read_ask(told: Mapping[str, Any]) -> Ask:
    kind = told.get("kind")
    if kind not in (None, *KINDS):
        raise ValueError("kind")
    tolerance = told.get("tolerance")
    return Ask(
        find=_word(told["find"]),
        marks=_fraction(told["marks"]),
        kind=kind,
        places=_whole(told["places"]) if "places" in told else None,
        sig=_whole(told["sig"]) if "sig" in told else None,
        tolerance=None if tolerance is None else fmpq(*_fraction(tolerance).as_integer_ratio()),
        units=tuple(_word(unit) for unit in told.get("units", [])),
        unit=_word(told["unit"]) if "unit" in told else None,
        label=_text(told["label"]) if "label" in told else None,
        scheme=_word(told.get("scheme", "ma")),
        part=_word(told.get("group", "")),
        choices=_whole(told["choices"]) if "choices" in told else None,
    )


def _read_sheet(told: Mapping[str, Any], slots: tuple[Slot, ...]) -> Sheet:
    who = told["student"]
    student = None
    language = _language(told["language"])
    if who is not None:
        student = Student(checked_id(_word(who["id"])), _word(who["name"]), _word(who["email"]), language, _word(who["section"]))
    items = tuple(
        Item(
            _word(item["code"]),
            _whole(item["attempt"]),
            cast("Mapping[str, Stored]", item["givens"]),
            {_word(name): _word(choice) for name, choice in item["options"].items()},
            {_word(name): _word(answer) for name, answer in item["answers"].items()},
            _text(item["words"]) if "words" in item else None,
            {_word(find): list(values) for find, values in item.get("choices", {}).items()},
        )
        for item in told["items"]
    )
    if len(items) != len(slots):
        raise ValueError("items")
    return Sheet(student, language, items)


def _word(found: object) -> str:
    if not isinstance(found, str):
        raise TypeError("text")
    return found


def _whole(found: object) -> int:
    text = _word(found)
    if len(text) > 20:
        raise ValueError("number")
    return int(text)


def _fraction(found: object) -> Fraction:
    text = _word(found)
    if len(text) > 40 or not set(text) <= set("0123456789/-"):
        raise ValueError("fraction")
    return Fraction(text)


def _text(found: Any) -> Text:
    return Text(_word(found["en"]), _word(found["zh"]))


def _language(found: object) -> Language:
    if found == "en" or found == "zh":
        return found
    raise ValueError("language")


def digest_of(lines: Iterator[str]) -> str:
    found = sha256()
    for line in lines:
        found.update(line.encode("utf-8", "backslashreplace"))
    return found.hexdigest()
