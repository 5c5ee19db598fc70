"""Which language a person wants: ``--lang``, then ``EXAM_TOOL_LANG``, then the settings, then the locale, then English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from exam_tool.language import LANGUAGES, ExamToolError, Language, Text

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
LANG_LINE = re.compile(r"""^[ \t]*lang[ \t]*=[ \t]*["'](en|zh)["']""", re.MULTILINE)


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
    """``EXAM_TOOL_LANG``, then the setting ``lang``, then the locale; anything that is not Chinese is English."""
    values = (environment.get("EXAM_TOOL_LANG", ""), language_setting(environment), *(environment.get(name, "") for name in LOCALE))
    value = next((value for value in values if value), "")
    return "zh" if value.lower().startswith("zh") else "en"


def language_setting(environment: Mapping[str, str]) -> str:
    """The setting ``lang`` of the person's file, read without any library; a faulty file is reported by the command itself."""
    from exam_tool.folders import settings_folder

    try:
        text = (settings_folder(environment) / "config.toml").read_text(encoding="utf-8-sig")
    except (OSError, ValueError, RuntimeError):
        return ""
    found = LANG_LINE.search(text)
    return found[1] if found else ""
