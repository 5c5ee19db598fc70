"""``exam-tool mock``: an exam against the clock, without help, reviewed at the end by what the marks were lost to."""

from pathlib import Path
from typing import Annotated

import typer

from exam_tool.language import ExamToolError, Language, Text

from .app import Say
from .completion import complete_chapters


def add(app: typer.Typer, say: Say, language: Language) -> None:
    @app.command("mock", help=say("Sit a mock exam: timed, no help, reviewed at the end.", "模拟考：限时、无提示，结束后讲评。"))
    def mock(
        what: Annotated[
            list[str] | None,
            typer.Argument(
                help=say(
                    "Chapters with marks, such as cnn=10; nothing: the mix of the courses' exams.",
                    "章节与分值，如 cnn=10；不写则按课程考试的侧重组卷。",
                ),
                metavar="[CHAPTER[=MARKS]]",
                autocompletion=complete_chapters,
            ),
        ] = None,
        marks: Annotated[int | None, typer.Option("--marks", min=1, max=1000, help=say("Marks in all.", "总分。"))] = None,
        minutes: Annotated[int | None, typer.Option("--minutes", min=1, max=1000, help=say("Minutes.", "时长（分钟）。"))] = None,
        seed: Annotated[
            int | None, typer.Option("--seed", min=0, help=say("The same seed, the same exam.", "相同种子得到相同试卷。"))
        ] = None,
        out: Annotated[
            Path | None,
            typer.Option("--out", "-o", help=say("Write it for printing, with its key, instead.", "改为写出可打印的试卷与答案。")),
        ] = None,
        new: Annotated[
            bool, typer.Option("--new", help=say("Leave an unfinished exam and start anew.", "放弃未完成的考试，重新开始。"))
        ] = False,
        bank: Annotated[Path | None, typer.Option("--bank", help=say("A bank of your own.", "自己的题库文件夹。"))] = None,
        plain: Annotated[bool, typer.Option("--plain", help=say("Line by line.", "逐行模式。"))] = False,
    ) -> None:
        from dataclasses import replace

        from exam_tool.bank import load_bank
        from exam_tool.config import load_settings
        from exam_tool.quiz.blueprint import Blueprint, default_blueprint, minutes_for, read_blueprint

        from .select import chosen_problems, warn_of_faults
        from .sitting import print_exam, sit

        settings = load_settings()
        loaded = load_bank(bank or settings["bank"])
        warn_of_faults(loaded, language)
        problems = chosen_problems(loaded, [])
        if not problems:
            raise ExamToolError(Text("This bank has no problem.", "题库中没有题目。"))
        full, pace = settings["exam_marks"], settings["exam_minutes"]
        if what:
            chapters = read_blueprint(what, problems)
            plan = Blueprint(chapters, minutes_for(sum(chapters.values()), full, pace))  # type: ignore[arg-type]  # the chapters are not empty
        else:
            plan = default_blueprint(problems, marks or full, full, pace)
        plan = replace(plan, minutes=minutes or plan.minutes)
        if out is not None:
            print_exam(loaded, problems, plan, seed, out, language)
            return
        raise typer.Exit(sit(loaded, problems, plan, seed, settings, language, plain=plain, anew=new))
