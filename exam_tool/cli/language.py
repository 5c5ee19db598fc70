"""Which language a person wants: ``--lang``, then ``EXAM_TOOL_LANG``, then the locale, then English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exam_tool.language import LANGUAGES, ExamToolError, Language, Text


class LanguageError(ExamToolError):
    """A language other than English and Chinese."""


def split_language(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[list[str], Language]:
    """The arguments without ``--lang``, wherever it stood, and the language chosen.

    Raises:
        LanguageError: for a language that does not exist here.
    """
    rest: list[str] = []
    chosen: str | None = None
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        if argument == "--":
            rest.extend([argument, *waiting])
            break
        if argument == "--lang" and waiting:
            chosen = waiting.pop(0)
        elif argument.startswith("--lang="):
            chosen = argument.removeprefix("--lang=")
        else:
            rest.append(argument)
    if chosen is not None:
        for language in LANGUAGES:
            if chosen.lower() == language:
                return rest, language
        raise LanguageError(Text(f'--lang is en or zh, not "{chosen}".', f"--lang 只能是 en 或 zh，不能是“{chosen}”。"))
    return rest, from_environment(environment)


def from_environment(environment: Mapping[str, str]) -> Language:
    """The first of these variables that is set decides; anything that is not Chinese is English."""
    for name in ("EXAM_TOOL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
