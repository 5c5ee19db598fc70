"""Answers in YAML, JSON and JSON lines: objects that name a student, a question, or both, in any of the usual nestings."""

from __future__ import annotations

from collections.abc import Iterator

from exam_tool.bank.source import FaultError, Item, Mapping, Mark, Scalar, Sequence, read_bytes
from exam_tool.expressions.printing.cells import clip, visible
from exam_tool.files import Place, Source, identity, read_lines
from exam_tool.files.json_text import JsonError, strict_json
from exam_tool.files.lines import is_utf16
from exam_tool.files.records import refused
from exam_tool.language import Text
from exam_tool.paper import Student

from .intake import Intake, Who
from .references import Reference

MAX_DOCUMENT = 5_000_000  # bytes: documents are read as a whole, unlike lines
WHO = {
    "id": ("student", "id", "student_id", "sid", "学号"),
    "email": ("email", "邮箱"),
    "name": ("name", "姓名"),
    "section": ("section", "班级"),
}
QUESTION, STEP, ANSWER, ANSWERS = (
    ("question", "题号"),
    ("step", "part", "node", "步骤"),
    ("answer", "response", "答案"),
    ("answers", "responses", "作答"),
)
VARIANT = ("variant", "code")
PASSED = ("attempt", "submitted_at", "timestamp", "time", "course", "exam", "paper")


def read_json_lines(source: Source, encoding: str, intake: Intake, owner: Student | None = None) -> None:
    """One object a line; a line that is none costs no other."""
    with source.open() as stream:
        if is_utf16(stream.peek(4)[:4]):
            intake.report(
                Place(source.name, 1), "encoding", Text("The file is UTF-16. Save it as UTF-8.", "文件是 UTF-16 编码，请另存为 UTF-8。")
            )
            return
        for line in read_lines(stream, encoding):
            if not isinstance(line, tuple):
                intake.rows += 1
                bad = refused(line)
                intake.report(Place(source.name, bad.line), bad.code, bad.message)
            elif line[1].strip():
                _json(line[1], Place(source.name, line[0]), intake, source, owner)


def read_json(source: Source, encoding: str, intake: Intake, owner: Student | None = None) -> None:
    """One document: an object, or a list of them."""
    text = _decoded(source, encoding, intake)
    if text is not None:
        _json(text, Place(source.name, 1), intake, source, owner)


def read_yaml(source: Source, encoding: str, intake: Intake, owner: Student | None = None) -> None:
    """One document in the safe subset of YAML: every scalar is text."""
    text = _decoded(source, encoding, intake)
    if text is None:
        return
    try:
        item = read_bytes(text.encode("utf-8"), source.name)
    except FaultError as error:
        intake.report(Place(source.name, error.fault.mark.line), "not-yaml", error.fault.message)
        return
    _document(item, intake, source, owner)


def _decoded(source: Source, encoding: str, intake: Intake) -> str | None:
    data = source.read(MAX_DOCUMENT)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = Text(
            "The file is not in the encoding named. Save it as UTF-8, or name its encoding: --encoding gb18030.",
            "文件不符合指定的编码。请另存为 UTF-8，或用 --encoding gb18030 指明编码。",
        )
        intake.report(Place(source.name, line), "encoding", message)
        return None


def _json(text: str, place: Place, intake: Intake, source: Source, owner: Student | None) -> None:
    try:
        item = _item(strict_json(text), Mark(place.file, place.line, 1))
    except JsonError as error:
        intake.rows += 1
        intake.report(Place(place.file, place.line + error.line - 1), "not-json", error.message)
        return
    _document(item, intake, source, owner)


def _item(found: object, mark: Mark) -> Item:
    """A JSON value as the same tree YAML is read into; null is an empty cell."""
    match found:
        case dict():
            return Mapping({str(key): (mark, _item(value, mark)) for key, value in found.items()}, mark)
        case list():
            return Sequence(tuple(_item(value, mark) for value in found), mark)
        case None:
            return Scalar("", mark)
        case bool():
            return Scalar("true" if found else "false", mark)
    return Scalar(str(found), mark)


def _document(item: Item, intake: Intake, source: Source, owner: Student | None) -> None:
    """Every record of a document, one after the other."""
    match item:
        case Sequence(items):
            for part in items:
                _document(part, intake, source, owner)
        case Mapping() if _is_table_of_students(item, intake, owner):
            for key, (mark, answers) in item.entries.items():
                _record(Mapping({"student": (mark, Scalar(key, mark)), "answers": (mark, answers)}, mark), intake, source, owner)
        case Mapping():
            _record(item, intake, source, owner)
        case Scalar():
            message = Text("An object with student and answers is expected.", "这里应是含 student 和 answers 的对象。")
            intake.report(Place(source.name, item.mark.line), "not-a-record", message)


def _is_table_of_students(item: Mapping, intake: Intake, owner: Student | None) -> bool:
    """``s01: {1.a: 16}``: no key is a field or a step, and the values are mappings."""
    fields = {name for names in (*WHO.values(), QUESTION, STEP, ANSWER, ANSWERS) for name in names}
    keys = list(item.entries)
    if owner is not None or not keys or fields & set(keys):
        return False
    known = any(intake.references.find(key) or intake.references.question(key) is not None for key in keys)
    return not known and all(isinstance(value, Mapping) for _, value in item.entries.values())


def _pick(item: Mapping, names: tuple[str, ...]) -> Item | None:
    return next((item.get(name) for name in names if name in item.entries), None)


def _record(item: Mapping, intake: Intake, source: Source, owner: Student | None) -> None:
    place = Place(source.name, item.mark.line)
    found = list(_answers(item, place, intake))
    told = {name: _words(_pick(item, keys)) for name, keys in WHO.items()}
    who = Who(told["id"], told["email"], told["name"], told["section"])
    raw = [text for _, text, _ in found]
    entry = intake.owned(place, who, owner, source.personal, raw)
    if entry is None:
        return
    single = _pick(item, ANSWERS) is None and _pick(item, QUESTION) is not None
    lines: dict[int, list[tuple[Reference, str]]] = {}
    for reference, text, line in found:
        lines.setdefault(line, []).append((reference, text))
    if single or len(lines) == 1:
        intake.put(
            entry, Place(source.name, next(iter(lines), place.line)), [(reference, text) for reference, text, _ in found], whole=not single
        )
    else:  # several lines of one document: the same submission, each answer with its own line
        seen: set[int] = set()
        for line, answers in lines.items():
            fresh = {reference.slot for reference, _ in answers} - seen
            intake.put(entry, Place(source.name, line), answers, whole=bool(fresh))
            seen |= fresh
    for reference, _, _ in found[:1]:
        intake.check_variant(entry, place, reference.slot, _words(_pick(item, VARIANT)))


def _words(item: Item | None) -> str:
    return item.text.strip() if isinstance(item, Scalar) else ""


def _answers(item: Mapping, place: Place, intake: Intake) -> Iterator[tuple[Reference, str, int]]:
    """The steps a record answers; what it names wrongly is reported."""
    question, answers = _pick(item, QUESTION), _pick(item, ANSWERS)
    if question is not None:
        slot = intake.references.question(_words(question))
        step = _pick(item, STEP)
        whole = intake.references.find(_words(question)) if step is None else None
        answer = _pick(item, ANSWER) if answers is None else answers
        if answer is None:
            intake.report(place, "missing-column", Text('There is no "answer".', "缺少“answer”。"))
        elif isinstance(answer, Mapping) and slot is not None:
            yield from _steps(answer, slot, intake)
        elif whole is not None:
            yield whole, _value(answer, intake), answer.mark.line
        elif slot is None:
            intake.report(place, "unknown-question", intake.references.unknown_question(_words(question)))
        else:
            yield from _one(slot, _words(step), answer, place, intake)
        return
    source = answers if isinstance(answers, Mapping) else item if answers is None else None
    if source is None:
        intake.report(place, "not-a-record", Text("answers must name the steps: {1.a: 16}.", "answers 应写成 {1.a: 16}。"))
        return
    fields = {identity(name) for names in (*WHO.values(), VARIANT, PASSED) for name in names} if source is item else set()
    for key, (mark, answer) in source.entries.items():
        if identity(key) in fields:
            continue
        yield from _named(key, answer, Place(place.file, mark.line), intake)


def _named(key: str, answer: Item, place: Place, intake: Intake) -> Iterator[tuple[Reference, str, int]]:
    whole = intake.references.find(key)
    slot = intake.references.question(key)
    if isinstance(answer, Mapping) and slot is not None:
        yield from _steps(answer, slot, intake)
    elif whole is not None:
        yield whole, _value(answer, intake), answer.mark.line
    elif slot is not None:
        intake.report(place, "unknown-step", intake.references.unknown_step(slot, ""))
    else:
        intake.report(place, "unknown-question", intake.references.unknown_question(key))


def _steps(answers: Mapping, slot: int, intake: Intake) -> Iterator[tuple[Reference, str, int]]:
    for key, (mark, answer) in answers.entries.items():
        yield from _one(slot, key, answer, Place(mark.file, mark.line), intake)


def _one(slot: int, step: str, answer: Item, place: Place, intake: Intake) -> Iterator[tuple[Reference, str, int]]:
    ask = intake.references.step(slot, step)
    if ask is None:
        intake.report(place, "unknown-step", intake.references.unknown_step(slot, step))
    else:
        yield Reference(slot, ask), _value(answer, intake), answer.mark.line


def _value(item: Item, intake: Intake) -> str:
    """An answer as text: a list keeps its brackets, everything else is what was written."""
    match item:
        case Scalar(text):
            return text
        case Sequence(items):
            return "[" + ", ".join(_value(part, intake) for part in items) + "]"
        case Mapping(entries, mark):
            shown = clip(visible(", ".join(entries)), 60)
            intake.report(
                Place(mark.file, mark.line),
                "not-an-answer",
                Text(f"An answer cannot be an object ({shown}).", f"答案不能是对象（{shown}）。"),
            )
            return "?"
