"""``exam-tool list``: the problems of the bank."""

import json
from pathlib import Path
from typing import Annotated

import typer

from exam_tool.language import Language

from .app import Say


def add(app: typer.Typer, say: Say, language: Language) -> None:
    @app.command("list", help=say("List the problems of the bank.", "列出题库中的题目。"))
    def list_problems(
        what: Annotated[
            list[str] | None, typer.Argument(help=say("Chapters or parts of an id.", "章节或 id 的一部分。"), metavar="[CHAPTER|ID]")
        ] = None,
        bank: Annotated[Path | None, typer.Option("--bank", help=say("A bank of your own.", "自己的题库文件夹。"))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=say("Machine-readable output.", "机器可读输出。"))] = False,
    ) -> None:
        from exam_tool.bank import load_bank

        from .select import chosen_problems, warn_of_faults

        loaded = load_bank(bank)
        warn_of_faults(loaded, language)
        problems = chosen_problems(loaded, what or [])
        if as_json:
            print(
                json.dumps({"schema_version": 1, "problems": [problem_json(problem) for problem in problems]}, ensure_ascii=False, indent=2)
            )
            return
        from exam_tool.render.console import console
        from exam_tool.render.listing import listing

        out = console()
        for line in listing(problems, language, out.width):
            out.print(line)


def problem_json(problem) -> dict[str, object]:  # type: ignore[no-untyped-def]  # the bank is not imported for --help
    return {
        "id": problem.id,
        "version": problem.version,
        "chapter": problem.chapter,
        "level": problem.level,
        "title": {"en": problem.title.en, "zh": problem.title.zh},
        "syllabus": list(problem.syllabus),
        "calculator": problem.calculator.name,
        "options": {name: list(choices) for name, choices in problem.options.items()},
        "asks": [{"find": ask.find, "marks": str(ask.marks)} for ask in problem.ask],
        "marks": str(problem.marks),
        "digest": problem.digest,
    }
