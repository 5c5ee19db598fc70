"""``exam-tool cram``: run through the facts of a chapter, the ones never asked and the shaky ones first."""

from pathlib import Path
from typing import Annotated

import typer

from exam_tool.language import Language

from .app import Say


def add(app: typer.Typer, say: Say, language: Language) -> None:
    @app.command("cram", help=say("Run through the facts of a chapter, one after another.", "逐条过一章的知识点。"))
    def cram(
        what: Annotated[
            list[str] | None, typer.Argument(help=say("Chapters (default: all).", "章节（默认全部）。"), metavar="[CHAPTER]")
        ] = None,
        count: Annotated[int | None, typer.Option("--count", "-n", min=1, help=say("So many questions.", "题数。"))] = None,
        seed: Annotated[
            int | None, typer.Option("--seed", min=0, help=say("The same seed asks the same questions.", "相同种子给出相同的题。"))
        ] = None,
        bank: Annotated[Path | None, typer.Option("--bank", help=say("A bank of your own.", "自己的题库文件夹。"))] = None,
        plain: Annotated[bool, typer.Option("--plain", help=say("Line by line.", "逐行模式。"))] = False,
    ) -> None:
        from exam_tool.bank.shelf import open_shelf
        from exam_tool.config import load_settings

        from .practice import Wanted, play_quiz
        from .select import chosen_problems, warn_of_faults

        settings = load_settings()
        shelf = open_shelf(bank or settings["bank"])
        if shelf.bank is not None:
            warn_of_faults(shelf.bank, language)
        facts = [outline for outline in chosen_problems(shelf, what or []) if outline.is_fact]
        raise typer.Exit(play_quiz(shelf, facts, Wanted(False, count or len(facts), None, seed, plain), settings, language))
