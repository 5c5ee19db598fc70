"""Settings from their files and from the environment, in order of precedence, and back into the person's file, comments kept."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from exam_tool.folders import settings_folder
from exam_tool.language import ExamToolError, Text

from .settings import SETTINGS, Origin, SettingError, Settings, Value, checked, known_setting

PROJECT = "exam-tool.toml"
PREFIX = "EXAM_TOOL_"
ASSIGNMENT = re.compile(r"^\s*([A-Za-z_]+)\s*=")


def settings_file(environment: Mapping[str, str] = os.environ) -> Path:
    return settings_folder(environment) / "config.toml"


def load_settings(environment: Mapping[str, str] = os.environ, folder: Path | None = None) -> Settings:
    """Every setting: environment, then the nearest ``exam-tool.toml`` upwards, then the person's file, then the default.

    Raises:
        SettingError: for a file that cannot be read, an unknown name, or a value a setting cannot have, with the place.
    """
    origins = {name: Origin(setting.default, Text("default", "默认")) for name, setting in SETTINGS.items()}
    project = _nearest(folder or _here())
    for file in (settings_file(environment), project):
        if file is not None and file.is_file():
            origins.update(_of_file(file))
    for name in SETTINGS:
        variable = PREFIX + name.upper()
        if environment.get(variable):
            place = Text(f"variable {variable}", f"环境变量 {variable}")
            given = environment[variable]
            if name == "lang":
                given = "zh" if given.lower().startswith("zh") else "en"
            origins[name] = Origin(checked(name, given, place), place)
    return Settings(origins)


def _here() -> Path | None:
    try:
        return Path.cwd()
    except OSError:
        return None


def _nearest(folder: Path | None) -> Path | None:
    for place in (folder, *folder.parents) if folder else ():
        if (place / PROJECT).is_file():
            return place / PROJECT
    return None


def _of_file(file: Path) -> dict[str, Origin]:
    import tomllib

    try:
        text = file.read_text(encoding="utf-8-sig")
        found: dict[str, Any] = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(Text(f"{file}: {error}", f"{file}：{error}")) from error
    lines = {match[1]: i for i, line in enumerate(text.splitlines(), 1) if (match := ASSIGNMENT.match(line))}
    origins = {}
    for name, given in found.items():
        place = Text(f"{file}:{lines.get(name, 1)}", f"{file}:{lines.get(name, 1)}")
        try:
            known_setting(name)
        except SettingError as error:
            raise SettingError(Text(f"{place.en}: {error.message.en}", f"{place.zh}：{error.message.zh}")) from None
        origins[name] = Origin(checked(name, given, place), place)
    return origins


def change(name: str, given: str, environment: Mapping[str, str] = os.environ) -> Value:
    """Sets one value in the person's file; everything else in it, comments too, stays as it is.

    Raises:
        SettingError: for an unknown name, a value it cannot have, or a file that cannot be read.
    """
    value = checked(name, given, Text("config set", "config set"))
    _rewrite(name, f"{name} = {_toml(value)}", settings_file(environment))
    return value


def remove(name: str, environment: Mapping[str, str] = os.environ) -> None:
    """Takes one value out of the person's file, so that the default holds again."""
    known_setting(name)
    _rewrite(name, None, settings_file(environment))


def _rewrite(name: str, line: str | None, file: Path) -> None:
    from exam_tool.files.writing import write_whole

    lines: list[str] = []
    if file.is_file():
        _of_file(file)  # a file with faults is not written to: mending it blindly could lose something
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    kept = [old for old in lines if not ((match := ASSIGNMENT.match(old)) and match[1] == name)]
    place = next((i for i, old in enumerate(lines) if (match := ASSIGNMENT.match(old)) and match[1] == name), len(kept))
    if line is not None:
        kept.insert(place, line)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExamToolError(Text(f"{file}: {error.strerror}.", f"{file}：{error.strerror}。")) from error
    write_whole(file, ("\n".join(kept) + "\n" if kept else "").encode(), force=True)


def _toml(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in escaped) + '"'
