"""Every setting: its name, what it may be, its default, what it is for. It reads no file."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from exam_tool.language import ExamToolError, Text

Value = str | int | float | bool | date


class SettingError(ExamToolError):
    """A setting that does not exist, or a value it cannot have."""


class Setting(NamedTuple):
    """One setting. ``read`` makes a value from a text or a TOML value, or raises ValueError."""

    name: str
    default: Value | None
    about: Text
    must: Text
    read: Callable[[Any], Value]


class Origin(NamedTuple):
    """A value and the place it comes from: a file with its line, a variable of the environment, or the default."""

    value: Value | None
    place: Text


@dataclass(frozen=True)
class Settings:
    """All settings with their origins."""

    origins: Mapping[str, Origin]

    def __getitem__(self, name: str) -> Any:
        return self.origins[name].value


def _whole(low: int, high: int) -> Callable[[Any], Value]:
    def read(given: Any) -> Value:
        if isinstance(given, bool) or not isinstance(given, int | str):
            raise ValueError
        value = int(given)
        if not low <= value <= high:
            raise ValueError
        return value

    return read


def _choice(*words: str) -> Callable[[Any], Value]:
    def read(given: Any) -> Value:
        if given not in words:
            raise ValueError
        return str(given)

    return read


def _switch(given: Any) -> Value:
    if isinstance(given, bool):
        return given
    word = str(given).lower()
    if word not in ("true", "false", "yes", "no", "on", "off", "1", "0"):
        raise ValueError
    return word in ("true", "yes", "on", "1")


def _day(given: Any) -> Value:
    if isinstance(given, date):
        return date(given.year, given.month, given.day)
    if not isinstance(given, str):
        raise ValueError
    return date.fromisoformat(given.strip())


def _path(given: Any) -> Value:
    if not isinstance(given, str) or not given.strip() or "\0" in given:
        raise ValueError
    return given


def _text(given: Any) -> Value:
    if not isinstance(given, str) or len(given) > 500:
        raise ValueError
    return given


YES_NO = Text("true or false", "true 或 false")
SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting("lang", None, Text("language of everything that is said", "界面语言"), Text("en or zh", "en 或 zh"), _choice("en", "zh")),
        Setting(
            "exam_date",
            None,
            Text("the day of the exam: practice is spaced towards it", "考试日期：复习间隔据此安排"),
            Text("a day such as 2027-01-15", "日期，例如 2027-01-15"),
            _day,
        ),
        Setting(
            "exam_marks",
            100,
            Text("marks of the real exam, for the forecast and mock exams", "真实考试的满分，用于预估与模拟考"),
            Text("a whole number from 1 to 1000", "1 到 1000 的整数"),
            _whole(1, 1000),
        ),
        Setting(
            "exam_minutes",
            120,
            Text("minutes of the real exam: mock exams keep its pace", "真实考试的时长（分钟）：模拟考按此节奏计时"),
            Text("a whole number from 1 to 1000", "1 到 1000 的整数"),
            _whole(1, 1000),
        ),
        Setting(
            "count",
            8,
            Text("questions of a session", "每次练习的题数"),
            Text("a whole number from 1 to 200", "1 到 200 的整数"),
            _whole(1, 200),
        ),
        Setting(
            "minutes",
            None,
            Text("minutes after which a session ends", "每次练习的时长上限（分钟）"),
            Text("a whole number from 1 to 600", "1 到 600 的整数"),
            _whole(1, 600),
        ),
        Setting(
            "chapters",
            "",
            Text("chapters to practise when none is named, separated by spaces", "未指定时练习的章节，用空格分隔"),
            Text("names of chapters", "章节名"),
            _text,
        ),
        Setting(
            "confidence",
            True,
            Text("ask how sure you are, about one question in three", "约每三题询问一次把握程度"),
            YES_NO,
            _switch,
        ),
        Setting("plain", False, Text("line by line instead of a full screen", "用逐行模式代替全屏"), YES_NO, _switch),
        Setting(
            "bank",
            None,
            Text("a bank of your own instead of the packaged one", "用自己的题库代替自带题库"),
            Text("a folder", "文件夹"),
            _path,
        ),
    )
}


def known_setting(name: str) -> Setting:
    """The setting of this name.

    Raises:
        SettingError: with the nearest name.
    """
    if name in SETTINGS:
        return SETTINGS[name]
    guess = next(iter(difflib.get_close_matches(name, list(SETTINGS), n=1)), None)
    raise SettingError(
        Text(
            f'There is no setting "{name}".' + (f' Did you mean "{guess}"?' if guess else "") + " See: exam-tool config show",
            f"没有设置项“{name}”。" + (f"是否想写“{guess}”？" if guess else "") + "全部设置：exam-tool config show",
        )
    )


def checked(name: str, given: Any, place: Text) -> Value:
    """The value of a setting, or an error that names the place.

    Raises:
        SettingError: for a value the setting cannot have.
    """
    setting = known_setting(name)
    try:
        return setting.read(given)
    except (ValueError, TypeError):
        shown = str(given)[:60]
        raise SettingError(
            Text(
                f'{place.en}: {name} must be {setting.must.en}, not "{shown}".',
                f"{place.zh}：{name} 应为{setting.must.zh}，不能是“{shown}”。",
            )
        ) from None
