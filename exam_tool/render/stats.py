"""Progress as lines of a terminal: bars, sparklines and a heat map that say in words and signs what colour only repeats."""

from __future__ import annotations

from rich.text import Text as Styled

from exam_tool.expressions.printing import cells, clip, pad, wrap
from exam_tool.language import Language, Text
from exam_tool.quiz.item import marks_text
from exam_tool.quiz.names import mistake_words
from exam_tool.quiz.progress import WEEKS, Certainty, Chapter, Progress
from exam_tool.quiz.words import SURE_WORDS

from .listing import CHAPTER_TITLES
from .screen import NARROW
from .terminal_statement import sentence

BARS = " ▁▂▃▄▅▆▇█"
SHADES = "·░▒▓█"
EIGHTHS = " ▏▎▍▌▋▊▉█"
MARKS = {True: "●", False: "○"}
NOTHING = Text("Nothing practised yet. Start with: exam-tool quiz", "还没有练习记录。从这里开始：exam-tool quiz")


def stats_lines(found: Progress, language: Language, width: int, exam_marks: int) -> list[Styled]:
    """The whole page."""
    if not found.questions:
        return [Styled(NOTHING(language))]
    lines = [*_head(found, language, width, exam_marks), Styled("")]
    lines += _chapters(found, language, width)
    lines += _weeks(found, language, width)
    lines += _slips(found, language, width)
    lines += _certainty(found, language, width)
    return lines


def _title(text: Text, language: Language) -> list[Styled]:
    return [Styled(""), Styled(f" {text(language)}", style="bold")]


def _wrapped(text: str, width: int) -> list[Styled]:
    return [Styled(f" {line}") for line in wrap(text, width - 2)]


def practised(found: Progress) -> Text:
    """How many questions, in what time."""
    spent, number = duration(found.spent), found.questions
    return Text(f"{number} question{'' if number == 1 else 's'} in {spent.en}", f"共 {number} 题，用时 {spent.zh}")


def _head(found: Progress, language: Language, width: int, exam_marks: int) -> list[Styled]:
    """Due now, time spent, the exam, the mark to expect: the numbers a person looks for first."""
    done = practised(found)
    en, zh = [f"{found.due} due now", done.en], [f"现有 {found.due} 项到期", done.zh]
    if found.assisted:
        en.append(f"{found.assisted} with help")
        zh.append(f"{found.assisted} 题有提示")
    if found.exam_in is not None:
        en.append(f"exam in {found.exam_in} days")
        zh.append(f"距考试 {found.exam_in} 天")
    lines = _wrapped(" · ".join(Text("\n".join(en), "\n".join(zh))(language).split("\n")), width)
    return [*lines, *_wrapped(forecast_words(found, exam_marks)(language), width)]


def forecast_words(found: Progress, exam_marks: int) -> Text:
    """The range of the mark to expect, with what it rests on; or that it is too early."""
    guess = found.forecast
    if guess.is_early:
        return Text(
            f"Too early to expect a mark: {guess.known} of {guess.total} skills practised.",
            f"现在预估得分还太早：{guess.total} 项技能中只练过 {guess.known} 项。",
        )
    low, high = guess.marks(exam_marks)
    return Text(
        f"Expected mark {low}–{high} of {exam_marks} on a paper over the whole bank (4 times in 5; "
        f"{guess.known} of {guess.total} skills practised).",
        f"若考查整个题库，预计得分 {low}–{high}，满分 {exam_marks}（约八成把握；{guess.total} 项技能练过 {guess.known} 项）。",
    )


def duration(milliseconds: int) -> Text:
    minutes = milliseconds // 60_000
    if minutes < 60:
        return Text(f"{minutes} min", f"{minutes} 分钟")
    return Text(f"{minutes // 60} h {minutes % 60:02} min", f"{minutes // 60} 小时 {minutes % 60:02} 分")


def _chapters(found: Progress, language: Language, width: int) -> list[Styled]:
    """A row a chapter; on a narrow screen two lines."""
    head = [
        Text("chapter", "章节"),
        Text("mastered", "已掌握"),
        Text("due", "到期"),
        Text("recall", "回忆率"),
        Text("exam day", "考试日"),
        Text("last five", "最近五次"),
        Text("time", "用时"),
    ]
    names = [word(language) for word in head]
    rows = [[_name(chapter, language), *_cells_of(chapter, language)] for chapter in found.chapters]
    if width < NARROW + 12:
        lines = []
        for row in rows:
            lines.append(Styled(f" {row[0]}", style="bold"))
            pairs = [f"{name} {cell.strip()}" for name, cell in zip(names[1:], row[1:], strict=True) if cell.strip(" -–")]
            lines += [Styled(f"   {line}") for line in wrap(" · ".join(pairs) or "–", width - 4)]
        return lines
    widths = [max(cells(row[i]) for row in [names, *rows]) for i in range(len(names))]
    widths[0] = min(widths[0], max(12, width - sum(widths[1:]) - 2 * len(widths)))
    table = [Styled(" " + "  ".join(pad(name, w) for name, w in zip(names, widths, strict=True)).rstrip(), style="dim")]
    for row in rows:
        table.append(Styled(" " + "  ".join(pad(clip(cell, w), w) for cell, w in zip(row, widths, strict=True)).rstrip()))
    return table


def _name(chapter: Chapter, language: Language) -> str:
    title = CHAPTER_TITLES.get(chapter.name)
    return title(language) if title is not None and language == "zh" else chapter.name


def _cells_of(chapter: Chapter, language: Language) -> list[str]:
    share = chapter.mastered / chapter.skills if chapter.skills else 0.0
    return [
        f"{bar(share, 8)} {chapter.mastered}/{chapter.skills}",
        str(chapter.due) if chapter.practised else "–",
        percent(chapter.recall_today),
        percent(chapter.recall_exam),
        "".join(MARKS[share >= 1] for share in chapter.last),
        duration(chapter.spent)(language) if chapter.questions else "",
    ]


def percent(share: float | None) -> str:
    return "–" if share is None else f"{round(100 * share)} %"


def bar(share: float, width: int) -> str:
    """A bar of so many cells, to an eighth of a cell."""
    eighths = max(0, min(8 * width, round(share * 8 * width)))
    full, rest = divmod(eighths, 8)
    drawn = "█" * full + (EIGHTHS[rest] if rest else "")
    return drawn + "·" * (width - len(drawn))


def sparkline(shares: list[float | None]) -> str:
    """One sign a value; a gap where there is none."""
    return "".join(" " if share is None else BARS[1 + min(7, int(share * 8))] for share in shares)


def _weeks(found: Progress, language: Language, width: int) -> list[Styled]:
    """Chapters by weeks: how much was right, as a shade, and how many questions, as a number beside it."""
    lines = _title(Text("right by week", "每周正确率"), language)
    shown = [chapter for chapter in found.chapters if any(count for count, _ in chapter.weeks)]
    widest = min(max((cells(_name(chapter, language)) for chapter in shown), default=0), width // 2 - 3)
    fitting = max(1, min(WEEKS, (width - widest - 3) // 5))
    for chapter in shown:
        signs = "  ".join(_shade(count, share) for count, share in chapter.weeks[-fitting:])
        lines.append(Styled(f" {pad(clip(_name(chapter, language), widest), widest)}  {signs}".rstrip()))
    legend = Text(
        "oldest to newest; · nothing, ░ under half, ▒ half, ▓ most, █ all; the number counts questions",
        "从旧到新；· 无，░ 不到一半，▒ 约一半，▓ 大部分，█ 全对；数字为题数",
    )
    days = sparkline([share for _, share in found.days])
    lines += [Styled(f" {line}", style="dim") for line in wrap(legend(language), width - 2)]
    if days.strip():
        lines += _wrapped(Text("right by day, four weeks", "近四周每天正确率")(language), width)
        lines.append(Styled(f"   {days}".rstrip()))
    return lines


def _shade(count: int, share: float | None) -> str:
    if share is None:
        return pad(SHADES[0], 3)
    shade = SHADES[1] if share < 0.5 else SHADES[2] if share < 0.75 else SHADES[3] if share < 0.95 else SHADES[4]
    return pad(f"{shade}{min(count, 99)}", 3)


def _slips(found: Progress, language: Language, width: int) -> list[Styled]:
    lines = _title(Text(f"mistakes still open ({found.fixed} fixed)", f"尚未改正的错误（已改正 {found.fixed} 个）"), language)
    if not found.slips:
        lines.append(Styled(" " + Text("none", "没有")(language)))
    for slip in found.slips:
        tail = Text(
            f"shown {slip.shown}×, passed {slip.passed} of 3, cost {marks_text(slip.lost.limit_denominator(100))} marks",
            f"出现 {slip.shown} 次，已通过 {slip.passed}/3，共失 {marks_text(slip.lost.limit_denominator(100))} 分",
        )
        lines += _wrapped(f"– {sentence(mistake_words(slip.code)(language)).rstrip('.。')} ({tail(language)})", width)
    return lines


def _certainty(found: Progress, language: Language, width: int) -> list[Styled]:
    """The calibration line: of what was called sure, how much was right."""
    asked = [each for each in found.certainty if each.answers]
    if not asked:
        return []
    lines = _title(Text("how sure, how right", "把握与正确率"), language)
    widest = max(cells(SURE_WORDS[each.level](language)) for each in asked)
    for each in asked:
        share = each.right / each.answers
        lines.append(
            Styled(f" {pad(SURE_WORDS[each.level](language), widest)}  {bar(share, 10)} {percent(share)} ({each.right}/{each.answers})")
        )
    return [*lines, *_wrapped(calibration(asked)(language), width)]


def calibration(asked: list[Certainty]) -> Text:
    """One sentence on whether sureness can be trusted; it needs ten answers called sure."""
    sure = next((each for each in asked if each.level == "sure"), None)
    if sure is None or sure.answers < 10:
        return Text("Ten answers called sure are needed before this says much.", "“确定”的回答满十次后，这里才有参考意义。")
    share = sure.right / sure.answers
    if share >= 0.9:
        return Text("When you are sure you are right: trust it.", "你觉得确定时，基本都是对的：可以相信自己。")
    return Text("Sure is too often wrong: check those answers once more.", "“确定”的回答错得偏多：这类答案请再检查一遍。")
