"""A sentence in both languages, and the errors that carry one. It does not know which language the reader wants."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Text(NamedTuple):
    """One sentence said in English and in Chinese."""

    en: str
    zh: str

    def __call__(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    def format(self, **values: Any) -> Text:
        return Text(self.en.format(**values), self.zh.format(**values))


class ExamToolError(Exception):
    """Something the person can mend; its message exists in both languages and never needs a traceback."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message
