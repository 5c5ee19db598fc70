"""A mock exam as a state machine: answers are kept, nothing is told until the end, the time is counted. No help, no verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from exam_tool.history.review import Act, Review
from exam_tool.language import Text
from exam_tool.marking import Grade, grade, verdict_code
from exam_tool.variant import Variant, code_of, mistakes_of

from .examine import shown_mistakes, tied_mistakes, unread
from .marked import WORDY, NotRead, ask_of

Place = Literal["writing", "overview", "review", "page", "closed"]
MINUTE = 60_000

READ_AGAIN = Text("This cannot be read, so it is not kept yet.", "这个答案无法读取，尚未保存。")
NOT_IN_EXAM = Text("There is no help in an exam.", "考试中没有提示。")
TIME_UP = Text("Time is up; what was written is handed in.", "时间到，已按所写内容交卷。")
FROM_OVERVIEW = Text("e hands in.", "按 e 交卷。")
UNKNOWN = Text("Number of a question, or Enter.", "请输入题号，或按回车。")


@dataclass(frozen=True, slots=True)
class MockEvent:
    """Something done: ``what`` is a command, ``text`` an answer or the number of a question."""

    what: Literal["answer", "next", "before", "goto", "flag", "overview", "hand_in", "leave", "part", "tick", "help"]
    at: int
    text: str = ""


@dataclass(frozen=True)
class Mock:
    """An exam being written. ``answers`` holds for every question what stands there last; ``seen`` the questions shown so far."""

    id: str
    started: int
    minutes: int
    variants: tuple[Variant, ...]
    answers: tuple[Mapping[str, str], ...]
    place: Place = "overview"
    position: int = 0
    part: int = 0
    flags: frozenset[int] = frozenset()
    seen: frozenset[int] = frozenset()
    notice: Text | None = None
    not_read: NotRead | None = None
    since: int = 0
    grades: tuple[Grade, ...] = ()
    timed_out: bool = False
    asked_twice: bool = False  # the person was told that questions are open
    kept: tuple[Review, ...] = field(default=(), compare=False)  # the rows of the last event

    @property
    def variant(self) -> Variant:
        return self.variants[self.position]

    @property
    def find(self) -> str:
        return self.variant.asked[self.part].find

    def left(self, at: int) -> int:
        """Milliseconds until the end."""
        return max(0, self.started + self.minutes * MINUTE - at)

    def answered(self, position: int) -> int:
        return sum(bool(text.strip()) for text in self.answers[position].values())

    @property
    def open_questions(self) -> int:
        """How many questions are not answered in full."""
        return sum(self.answered(i) < len(variant.asked) for i, variant in enumerate(self.variants))

    @property
    def letters(self) -> bool:
        return self.place != "writing" or self.variant.kind(ask_of(self.variant, self.find)) not in WORDY


def hand_in_anyway(count: int) -> Text:
    plural = "question is" if count == 1 else "questions are"
    return Text(f"{count} {plural} not answered in full; e again hands in all the same.", f"还有 {count} 题没有答完；再按一次 e 仍然交卷。")


def new_mock(id: str, at: int, minutes: int, variants: tuple[Variant, ...]) -> Mock:
    return Mock(id, at, minutes, variants, tuple({} for _ in variants), since=at)


def advance(mock: Mock, event: MockEvent) -> Mock:
    """The next state; its ``kept`` rows belong on the disk before it is shown."""
    mock = replace(mock, kept=(), notice=None, not_read=None)
    if event.what == "leave":
        return replace(mock, place="closed")
    if mock.place in ("writing", "overview") and mock.left(event.at) == 0:
        return replace(handed_in(mock, event.at), notice=TIME_UP, timed_out=True)
    match mock.place:
        case "closed":
            return mock
        case "writing":
            return _writing(mock, event)
        case "overview":
            return _overview(mock, event)
        case "review":
            return _review(mock, event)
        case "page":
            return replace(mock, place="review")


def _writing(mock: Mock, event: MockEvent) -> Mock:
    match event.what:
        case "answer" if event.text.strip():
            return _written(mock, event)
        case "answer":
            return _onward(mock, event.at)
        case "next":
            return _at(mock, mock.position + 1, event.at)
        case "before":
            return _at(mock, mock.position - 1, event.at)
        case "goto":
            return _goto(mock, event)
        case "part":
            return replace(mock, part=int(event.text) % len(mock.variant.asked))
        case "flag":
            flags = mock.flags ^ {mock.position}
            return replace(mock, flags=flags, kept=(_row(mock, "flag", event.at, rung=int(mock.position in flags)),))
        case "overview":
            return replace(mock, place="overview")
        case "hand_in":
            return replace(mock, place="overview", notice=FROM_OVERVIEW)
        case "help":
            return replace(mock, notice=NOT_IN_EXAM)
        case "tick" | "leave":
            return mock


def _written(mock: Mock, event: MockEvent) -> Mock:
    """An answer that can be read is kept, the last one counts; any other stays in the editor."""
    why = unread(mock.variant, mock.find, event.text)
    if why is not None:
        return replace(mock, notice=READ_AGAIN, not_read=why)
    row = _row(mock, "wrote", event.at, step=mock.find, response=event.text, took=max(0, event.at - mock.since))
    answers = [dict(given) for given in mock.answers]
    answers[mock.position][mock.find] = event.text
    return replace(_onward(replace(mock, answers=tuple(answers)), event.at, (row,)))


def _onward(mock: Mock, at: int, kept: tuple[Review, ...] = ()) -> Mock:
    """The next step of the question, then the next question, then the overview."""
    if mock.part + 1 < len(mock.variant.asked):
        return replace(mock, part=mock.part + 1, since=at, kept=kept)
    if mock.position + 1 < len(mock.variants):
        return _at(mock, mock.position + 1, at, kept)
    return replace(mock, place="overview", since=at, kept=kept)


def _at(mock: Mock, position: int, at: int, kept: tuple[Review, ...] = ()) -> Mock:
    """At the first unanswered step of a question, which is noted when it is seen for the first time."""
    position %= len(mock.variants)
    asked, answers = mock.variants[position].asked, mock.answers[position]
    part = next((i for i, ask in enumerate(asked) if not answers.get(ask.find, "").strip()), 0)
    moved = replace(mock, position=position, part=part, place="writing", since=at)
    if position not in mock.seen:
        kept += (shown_row(moved, at),)
        moved = replace(moved, seen=moved.seen | {position})
    return replace(moved, kept=kept)


def _goto(mock: Mock, event: MockEvent) -> Mock:
    number = event.text.strip()
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:4]) <= len(mock.variants)):
        return replace(mock, notice=UNKNOWN)
    return _at(mock, int(number) - 1, event.at)


def _overview(mock: Mock, event: MockEvent) -> Mock:
    match event.what:
        case "hand_in" if mock.open_questions and not mock.asked_twice:
            return replace(mock, asked_twice=True, notice=hand_in_anyway(mock.open_questions))
        case "hand_in":
            return handed_in(mock, event.at)
        case "goto" | "answer" if event.text.strip():
            return _goto(mock, event)
        case "answer" | "next" | "goto":
            waiting = [i for i, variant in enumerate(mock.variants) if mock.answered(i) < len(variant.asked)]
            return _at(mock, waiting[0] if waiting else 0, event.at)
        case _:
            return mock


def _review(mock: Mock, event: MockEvent) -> Mock:
    number = event.text.strip()
    if event.what in ("answer", "goto") and number.isascii() and number.isdigit() and 1 <= int(number[:4]) <= len(mock.variants):
        return replace(mock, place="page", position=int(number) - 1)
    if event.what == "answer" and not number:
        return replace(mock, place="closed")
    return replace(mock, notice=UNKNOWN) if event.what == "answer" else mock


def handed_in(mock: Mock, at: int) -> Mock:
    """Every question marked, and the rows that say so."""
    grades = tuple(grade(variant, answers) for variant, answers in zip(mock.variants, mock.answers, strict=True))
    rows: list[Review] = []
    for position, marked in enumerate(grades):
        here = replace(mock, position=position)
        if position not in mock.seen:
            rows.append(shown_row(here, at))
        rows += [
            _row(here, "answer", at, step=step.name, response=step.response, verdict=verdict_code(step.verdict), marks=step.marks,
                 maximum=step.maximum, mistakes=shown_mistakes(step), tied=tied_mistakes(here.variant, step))
            for step in marked.steps if step.response.strip()
        ]  # fmt: skip
        rows.append(_row(here, "done", at, marks=marked.total, maximum=marked.maximum))
    return replace(mock, place="review", grades=grades, kept=tuple(rows), seen=frozenset(range(len(mock.variants))))


def shown_row(mock: Mock, at: int) -> Review:
    variant = mock.variant
    problem = variant.problem
    tests = (f"{problem.calculator.name}.{code_of(*pair)}" for pair in mistakes_of(variant) if code_of(*pair) not in problem.hides)
    return _row(mock, "shown", at, maximum=problem.marks, purpose="mock", chapter=problem.chapter, digest=problem.digest,
                skills=problem.syllabus or (problem.id,), tests=tuple(tests))  # fmt: skip


def _row(mock: Mock, act: Act, at: int, **fields: object) -> Review:
    return Review(mock.id, mock.position + 1, at, act, mock.variant.code, **fields)  # type: ignore[arg-type]  # fields of Review by name


def rewritten(mock: Mock, rows: list[Review], at: int) -> Mock:
    """The exam as its rows left it. The clock stood still in between: a crash costs no time."""
    answers = [dict(given) for given in mock.answers]
    flags: set[int] = set()
    seen: set[int] = set()
    for row in rows:
        position = row.item - 1
        if not 0 <= position < len(mock.variants) or row.code != mock.variants[position].code:
            continue
        match row.act:
            case "wrote":
                answers[position][row.step] = row.response
            case "flag":
                (flags.add if row.rung else flags.discard)(position)
            case "shown":
                seen.add(position)
            case _:
                pass
    spent = rows[-1].at - mock.started if rows else 0
    return replace(mock, answers=tuple(answers), flags=frozenset(flags), seen=frozenset(seen), started=at - spent, since=at)


__all__ = ["Mock", "MockEvent", "advance", "handed_in", "new_mock", "rewritten"]
