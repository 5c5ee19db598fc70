"""A mock exam as a face plays it: typed lines to events, states to screens, rows to the disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from exam_tool.history.review import Review
from exam_tool.language import Language, Text
from exam_tool.quiz.events import PART
from exam_tool.quiz.examine import live
from exam_tool.quiz.marked import ask_of
from exam_tool.quiz.mock import Mock, MockEvent, advance
from exam_tool.render.mock import mock_view
from exam_tool.render.screen import View

What = Literal["next", "before", "flag", "overview", "hand_in", "leave", "help"]
LETTERS: dict[str, What] = {
    "n": "next",
    "b": "before",
    "m": "flag",
    "o": "overview",
    "e": "hand_in",
    "q": "leave",
    "?": "help",
    "？": "help",
}
WORDS: dict[str, What] = {
    "next": "next",
    "back": "before",
    "flag": "flag",
    "overview": "overview",
    "end": "hand_in",
    "leave": "leave",
    "下一题": "next",
    "上一题": "before",
    "标记": "flag",
    "总览": "overview",
    "交卷": "hand_in",
    "离开": "leave",
}
SAID: dict[What, Text] = {
    "next": Text("Enter: next question", "回车：下一题"),
    "before": Text("Enter: question before", "回车：上一题"),
    "flag": Text("Enter sets or takes away the flag", "回车：标记或取消标记"),
    "overview": Text("Enter: overview", "回车：总览"),
    "hand_in": Text("Enter hands in", "回车：交卷"),
    "leave": Text("Enter saves and leaves; exam-tool mock goes on from here", "回车：保存并离开；exam-tool mock 可继续"),
    "help": Text("There is no help in an exam", "考试中没有提示"),
}


def command(line: str, letters: bool) -> What | None:
    """The command a line is: ``:word`` anywhere, a letter alone where letters are no answers."""
    word = line.strip().lower()
    if word.startswith((":", "：")) and len(word) > 1:
        name = word[1:].strip()
        return LETTERS.get(name) or WORDS.get(name)
    if word in ("?", "？"):
        return "help"
    return (LETTERS.get(word) or WORDS.get(word)) if letters else None


class ExamPlayer:
    """One mock exam being written. ``keep`` puts rows on the disk before the next screen is shown."""

    def __init__(self, mock: Mock, keep: Callable[[Sequence[Review]], None], now: Callable[[], int], language: Language) -> None:
        self.mock = mock
        self.keep = keep
        self.now = now
        self.language = language

    @property
    def over(self) -> bool:
        return self.mock.place == "closed"

    @property
    def ticks(self) -> bool:
        return True

    @property
    def kind(self) -> str:
        if self.mock.place != "writing":
            return ""
        return self.mock.variant.kind(ask_of(self.mock.variant, self.mock.find))

    @property
    def at_once(self) -> str:
        return ""

    def view(self, width: int) -> View:
        if self.mock.place in ("writing", "overview") and self.mock.left(self.now()) == 0:
            self.do(MockEvent("tick", self.now()))
        return mock_view(self.mock, self.language, width, self.now())

    def live(self, text: str) -> Text:
        if self.mock.place != "writing" or not text.strip():
            return Text("", "")
        key = command(text, self.mock.letters)
        return SAID[key] if key is not None else live(self.mock.variant, self.mock.find, text)

    def do(self, event: MockEvent) -> None:
        mock = advance(self.mock, event)
        if mock.kept:
            self.keep(mock.kept)
        self.mock = mock

    def line(self, text: str) -> bool:
        at, writing = self.now(), self.mock.place == "writing"
        key = command(text, self.mock.letters)
        if self.mock.place == "overview" and text.strip().lower() == "e":  # elsewhere it is a number
            key = "hand_in"
        if key is not None:
            self.do(MockEvent(key, at))
            return False
        found = PART.fullmatch(text) if writing else None
        if found and ord(found[1]) - ord("a") < len(self.mock.variant.asked):
            self.do(MockEvent("part", at, str(ord(found[1]) - ord("a"))))
            if not found[2].strip():
                return False
            text = found[2]
        goto = text.strip().lstrip(":：")
        if writing and text.strip().startswith((":", "：")) and goto.isascii() and goto.isdigit():
            self.do(MockEvent("goto", at, goto))
            return False
        self.do(MockEvent("answer", at, text))
        return self.mock.not_read is not None

    def move(self, by: int) -> None:
        if self.mock.place == "writing":
            self.do(MockEvent("part", self.now(), str((self.mock.part + by) % len(self.mock.variant.asked))))


__all__ = ["ExamPlayer"]
