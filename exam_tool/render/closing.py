"""The end of a session as lines: what it came to, what is fixed, what is open, what comes next."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text as Styled

from exam_tool.expressions.printing import pad, wrap
from exam_tool.language import Language, Text
from exam_tool.quiz.item import marks_text
from exam_tool.quiz.names import mistake_words, skill_title
from exam_tool.quiz.summary import NOTHING_FIXED, NOTHING_OPEN, Line, Summary

from .screen import NARROW
from .terminal_statement import sentence

FIXED, OPEN, NEXT = Text("fixed today", "今天改正"), Text("still open", "尚未改正"), Text("next", "接下来")
COLUMN = 15


def closing_lines(found: Summary, language: Language, width: int, exam_marks: int, saved: bool) -> list[Styled]:
    """The three lines of the end, after one that says how it went."""
    if not found.questions:
        return [Styled(line, style="dim") for line in _wrapped(NOTHING_DONE(language), width)]
    lines = [Styled(f" {_result(found)(language)}", style="bold"), Styled("")]
    lines += _entry(FIXED(language), [_fixed(line) for line in found.fixed] or [NOTHING_FIXED], language, width)
    lines += _entry(OPEN(language), [_open(line) for line in found.still_open] or [NOTHING_OPEN], language, width)
    lines += _entry(NEXT(language), [_next(found, exam_marks, saved)], language, width)
    return lines


NOTHING_DONE = Text("Nothing was answered; come back whenever you like.", "这次没有作答；随时可以再来。")


def _result(found: Summary) -> Text:
    marks, full = marks_text(found.earned), marks_text(found.maximum)
    plural = "" if found.questions == 1 else "s"
    return Text(f"{found.questions} question{plural} · {marks} of {full} marks", f"{found.questions} 题 · 得 {marks} 分，满分 {full} 分")


def _fixed(line: Line) -> Text:
    if line.code:
        words = mistake_words(line.code)
        return Text(f"{words.en.rstrip('.')} (gone {line.count} times in a row)", f"{words.zh.rstrip('。')}（连续 {line.count} 次未再犯）")
    title = skill_title(line.skill)
    return Text(f"mastered: {title.en}", f"已掌握：{title.zh}")


def _open(line: Line) -> Text:
    if line.code:
        return mistake_words(line.code)
    title = skill_title(line.skill)
    return Text(f"not right yet: {title.en}", f"还没全对：{title.zh}")


def _next(found: Summary, exam_marks: int, saved: bool) -> Text:
    en, zh = [], []
    if found.due_tomorrow:
        plural = "" if found.due_tomorrow == 1 else "s"
        en.append(f"{found.due_tomorrow} skill{plural} due by tomorrow")
        zh.append(f"明天前有 {found.due_tomorrow} 项到期")
    elif found.next_due is not None:
        en.append(f"next due in {found.next_due} days")
        zh.append(f"{found.next_due} 天后才有到期")
    if found.exam_in is not None:
        en.append(f"exam in {found.exam_in} day{'' if found.exam_in == 1 else 's'}")
        zh.append(f"距考试 {found.exam_in} 天")
    if not found.forecast.is_early:
        low, high = found.forecast.marks(exam_marks)
        en.append(f"expected mark {low}–{high} of {exam_marks}")
        zh.append(f"预计得分 {low}–{high}，满分 {exam_marks}")
    if not saved:
        en.append("nothing was saved")
        zh.append("未能保存")
    return Text(" · ".join(en), " · ".join(zh))


def _entry(name: str, texts: Sequence[Text], language: Language, width: int) -> list[Styled]:
    """A name and its lines; under each other where the screen is narrow."""
    if width < NARROW:
        body = [Styled(f"   {line}") for text in texts for line in _wrapped(sentence(text(language)), width - 3)]
        return [Styled(f" {name}", style="bold"), *body]
    lines: list[Styled] = []
    for text in texts:
        for line in wrap(sentence(text(language)), width - COLUMN - 2):
            head = "" if lines else name
            lines.append(Styled.assemble((pad(f" {head}", COLUMN), "bold"), " ", line))
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(text, max(10, width - 2))
