"""``exam-tool quiz``: practise; what is due and weak by itself, or what you name."""

from pathlib import Path
from typing import Annotated

import typer

from exam_tool.language import Language

from .app import Say
from .completion import complete_problems


def add(app: typer.Typer, say: Say, language: Language) -> None:
    @app.command(
        "quiz",
        help=say("Practise: a question, your answer, what it is worth, what to look at.", "练习：出题、作答、给分、指出该看哪里。"),
        epilog=say("How answers are read and rounded: exam-tool judge --help.", "答案的读法与取舍规则：exam-tool judge --help。"),
    )
    def quiz(
        what: Annotated[
            list[str] | None,
            typer.Argument(
                help=say(
                    "Chapters, topics or problem ids; nothing: what is due and weak.", "章节、主题或题目 id；不写则按到期与薄弱选题。"
                ),
                metavar="[CHAPTER|ID]",
                autocompletion=complete_problems,
            ),
        ] = None,
        level: Annotated[
            int | None, typer.Option("--level", min=1, max=3, help=say("Only this difficulty, 1 to 3.", "只做这一难度，1 到 3。"))
        ] = None,
        count: Annotated[int | None, typer.Option("--count", "-n", min=1, help=say("So many questions.", "题数。"))] = None,
        minutes: Annotated[int | None, typer.Option("--minutes", min=1, help=say("End after so many minutes.", "多少分钟后结束。"))] = None,
        seed: Annotated[
            int | None, typer.Option("--seed", min=0, help=say("The same seed asks the same questions.", "相同种子给出相同的题。"))
        ] = None,
        bank: Annotated[Path | None, typer.Option("--bank", help=say("A bank of your own.", "自己的题库文件夹。"))] = None,
        plain: Annotated[
            bool,
            typer.Option(
                "--plain", help=say("Line by line, for screen readers and simple terminals.", "逐行模式，适合读屏软件与简单终端。")
            ),
        ] = False,
    ) -> None:
        from exam_tool.bank.shelf import open_shelf
        from exam_tool.config import load_settings

        from .practice import Wanted, play_quiz
        from .select import chosen_problems, warn_of_faults

        settings = load_settings()
        loaded = open_shelf(bank or settings["bank"])
        if loaded.bank is not None:
            warn_of_faults(loaded.bank, language)
        problems = chosen_problems(loaded, what or settings["chapters"].split(), level)
        wanted = Wanted(bool(what), count, minutes, seed, plain)
        raise typer.Exit(play_quiz(loaded, problems, wanted, settings, language))
