"""Progress as one self-contained page: no script, nothing loaded from anywhere, readable without colour and in the dark."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

from exam_tool.language import Language, Text
from exam_tool.quiz.item import marks_text
from exam_tool.quiz.names import mistake_words
from exam_tool.quiz.progress import Chapter, Progress
from exam_tool.quiz.words import SURE_WORDS

from .listing import CHAPTER_TITLES
from .stats import NOTHING, calibration, duration, forecast_words, percent, practised
from .terminal_statement import sentence

STYLE = """
:root { color-scheme: light dark; --line: #8884; --ink: light-dark(#1b4f72, #7fb3d5); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } td.n { text-align: right; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
meter { width: 8rem; height: .9rem; } svg rect { fill: var(--ink); } small { opacity: .75; }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
TITLE = Text("Progress", "学习进度")


def stats_page(found: Progress, language: Language, exam_marks: int) -> str:
    """The page, complete."""
    day = datetime.fromtimestamp(found.at / 1000, UTC).date().isoformat()
    body = [f"<h1>{TITLE(language)} <small>{day}</small></h1>"]
    if found.questions:
        body += [_summary(found, language, exam_marks), _chapters(found, language), _weeks(found, language)]
        body += [_slips(found, language), _certainty(found, language)]
    else:
        body.append(f"<p>{escape(NOTHING(language))}</p>")
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{TITLE(language)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n" + "\n".join(body) + "\n</body>\n</html>\n"
    )


def _summary(found: Progress, language: Language, exam_marks: int) -> str:
    done = practised(found)
    said = Text(
        f"{found.due} due now · {done.en} · {found.assisted} with help",
        f"现有 {found.due} 项到期 · {done.zh} · {found.assisted} 题有提示",
    )(language)
    if found.exam_in is not None:
        said += Text(f" · exam in {found.exam_in} days", f" · 距考试 {found.exam_in} 天")(language)
    return f"<p>{escape(said)}</p>\n<p>{escape(forecast_words(found, exam_marks)(language))}</p>"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table from cells that are markup already."""
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "\n".join("<tr>" + "".join(row) + "</tr>" for row in rows)
    return f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _td(text: str, number: bool = False) -> str:
    return f'<td class="n">{escape(text)}</td>' if number else f"<td>{escape(text)}</td>"


def _name(chapter: Chapter, language: Language) -> str:
    title = CHAPTER_TITLES.get(chapter.name)
    return title(language) if title is not None else chapter.name


def _chapters(found: Progress, language: Language) -> str:
    words = (
        Text("chapter", "章节"),
        Text("mastered", "已掌握"),
        Text("due", "到期"),
        Text("recall today", "今天回忆率"),
        Text("on exam day", "考试日"),
        Text("last five", "最近五次"),
        Text("time", "用时"),
    )
    rows = []
    for chapter in found.chapters:
        share = chapter.mastered / chapter.skills if chapter.skills else 0.0
        meter = f'<td><meter value="{share:.3f}"></meter> {chapter.mastered}/{chapter.skills}</td>'
        last = "".join("✓" if each >= 1 else "✗" for each in chapter.last)
        spent = duration(chapter.spent)(language) if chapter.questions else ""
        numbers = (str(chapter.due), percent(chapter.recall_today), percent(chapter.recall_exam))
        rows.append([_td(_name(chapter, language)), meter, *(_td(text, True) for text in numbers), _td(last), _td(spent, True)])
    return f"<h2>{Text('Chapters', '各章')(language)}</h2>\n" + _table([word(language) for word in words], rows)


def _weeks(found: Progress, language: Language) -> str:
    """The heat map: a square a week, darker the more was right, with the numbers inside as text."""
    shown = [chapter for chapter in found.chapters if any(count for count, _ in chapter.weeks)]
    count = len(shown[0].weeks) if shown else 0
    head = [Text("chapter", "章节")(language), *(_week(count - 1 - i)(language) for i in range(count))]
    rows = [[_td(_name(chapter, language)), *(_square(*week) for week in chapter.weeks)] for chapter in shown]
    return f"<h2>{Text('Right by week', '每周正确率')(language)}</h2>\n" + _table(head, rows)


def _week(back: int) -> Text:
    return Text("this week", "本周") if not back else Text(f"−{back}", f"−{back} 周")


def _square(count: int, share: float | None) -> str:
    if share is None:
        return "<td>·</td>"
    return (
        f'<td><svg width="14" height="14" aria-hidden="true"><rect width="14" height="14" fill-opacity="{0.15 + 0.85 * share:.2f}"/></svg> '
        f"{percent(share)} <small>({count})</small></td>"
    )


def _slips(found: Progress, language: Language) -> str:
    title = Text(f"Mistakes still open ({found.fixed} fixed)", f"尚未改正的错误（已改正 {found.fixed} 个）")(language)
    if not found.slips:
        return f"<h2>{title}</h2>\n<p>{Text('None.', '没有。')(language)}</p>"
    head = [Text("mistake", "错误"), Text("shown", "出现"), Text("passed", "通过"), Text("marks lost", "失分")]
    rows = [
        [
            _td(sentence(mistake_words(slip.code)(language))),
            _td(str(slip.shown), True),
            _td(f"{slip.passed}/3", True),
            _td(marks_text(slip.lost.limit_denominator(100)), True),
        ]
        for slip in found.slips
    ]
    return f"<h2>{title}</h2>\n" + _table([word(language) for word in head], rows)


def _certainty(found: Progress, language: Language) -> str:
    asked = [each for each in found.certainty if each.answers]
    if not asked:
        return ""
    head = [Text("how sure", "把握"), Text("right", "正确率"), Text("answers", "次数")]
    rows = [[_td(SURE_WORDS[e.level](language)), _td(percent(e.right / e.answers), True), _td(str(e.answers), True)] for e in asked]
    title = Text("How sure, how right", "把握与正确率")(language)
    return f"<h2>{title}</h2>\n" + _table([word(language) for word in head], rows) + f"\n<p>{escape(calibration(asked)(language))}</p>"
