"""``exam-tool stats``: how far you have come, in the terminal or as one page."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exam_tool.language import Language

from .app import Say
from .completion import complete_problems

if TYPE_CHECKING:
    from exam_tool.quiz.progress import Progress


def add(app: typer.Typer, say: Say, language: Language) -> None:
    @app.command(
        "stats",
        help=say(
            "Your progress: due, recall, mastered, mistakes still open, the mark to expect.",
            "学习进度：到期、回忆率、掌握情况、未改正的错误、预计得分。",
        ),
    )
    def stats(
        what: Annotated[
            list[str] | None,
            typer.Argument(
                help=say("Chapters or ids (default: all).", "章节或 id（默认全部）。"),
                metavar="[CHAPTER|ID]",
                autocompletion=complete_problems,
            ),
        ] = None,
        html: Annotated[
            Path | None, typer.Option("--html", help=say("Write one self-contained page instead.", "改为写出一个独立网页。"))
        ] = None,
        force: Annotated[bool, typer.Option("--force", help=say("Replace a page that is there.", "覆盖已有网页。"))] = False,
        bank: Annotated[Path | None, typer.Option("--bank", help=say("A bank of your own.", "自己的题库文件夹。"))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=say("Machine-readable output.", "机器可读输出。"))] = False,
    ) -> None:
        from exam_tool.bank.shelf import open_shelf
        from exam_tool.config import load_settings
        from exam_tool.folders import history_file
        from exam_tool.history import History
        from exam_tool.quiz.learner import Learner
        from exam_tool.quiz.outcomes import outcomes
        from exam_tool.quiz.progress import progress

        from .practice import local_shift, now
        from .select import chosen_problems, warn_of_faults

        settings = load_settings()
        loaded = open_shelf(bank or settings["bank"])
        if loaded.bank is not None:
            warn_of_faults(loaded.bank, language)
        problems = chosen_problems(loaded, what or [])
        with History(history_file()) as history:
            happened = list(outcomes(history.reviews()))
        learner = Learner(exam=settings["exam_date"], shift=local_shift()).after(happened)
        chapters = {problem.chapter for problem in problems}
        found = progress(problems, [outcome for outcome in happened if outcome.chapter in chapters], learner, now())
        if as_json:
            print(json.dumps(progress_json(found), ensure_ascii=False, indent=2))
            return
        if html is not None:
            from exam_tool.files.writing import write_whole
            from exam_tool.render.stats_html import stats_page

            write_whole(html, stats_page(found, language, settings["exam_marks"]).encode(), force=force)
            print(say(f"Written: {html}", f"已写入：{html}"))
            return
        from exam_tool.render.console import console
        from exam_tool.render.stats import stats_lines

        out = console()
        for line in stats_lines(found, language, out.width, settings["exam_marks"]):
            out.print(line)


def progress_json(found: "Progress") -> dict[str, Any]:
    """The numbers of the page; keys never change with the language."""
    guess = found.forecast
    return {
        "schema_version": 1,
        "due": found.due,
        "questions": found.questions,
        "assisted": found.assisted,
        "minutes": found.spent // 60_000,
        "exam_in_days": found.exam_in,
        "expected_share": None if guess.is_early else [round(guess.low, 3), round(guess.high, 3)],
        "skills_practised": guess.known,
        "skills": guess.total,
        "mistakes_fixed": found.fixed,
        "mistakes_open": [{"code": slip.code, "shown": slip.shown, "passed": slip.passed, "lost": str(slip.lost)} for slip in found.slips],
        "certainty": [{"level": each.level, "answers": each.answers, "right": each.right} for each in found.certainty],
        "chapters": [
            {
                "chapter": chapter.name,
                "skills": chapter.skills,
                "practised": chapter.practised,
                "mastered": chapter.mastered,
                "due": chapter.due,
                "recall_today": chapter.recall_today,
                "recall_exam_day": chapter.recall_exam,
                "last": list(chapter.last),
                "questions": chapter.questions,
                "weeks": [{"questions": count, "share": share} for count, share in chapter.weeks],
            }
            for chapter in found.chapters
        ],
    }
