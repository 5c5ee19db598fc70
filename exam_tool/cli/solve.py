"""``exam-tool solve``: the worked solution of one question, step by step."""

import json
from pathlib import Path
from typing import Annotated

import typer

from exam_tool.language import ExamToolError, Language, Text

from .app import Say


def add(app: typer.Typer, say: Say, language: Language) -> None:
    @app.command("solve", help=say("Work a question out, step by step.", "逐步解答一道题。"))
    def solve(
        code: Annotated[str, typer.Argument(help=say("Problem id or variant code id@version:seed.", "题目 id 或变体代码 id@版本:种子。"))],
        seed: Annotated[int, typer.Option("--seed", min=0, help=say("Seed, when the code has none.", "代码不含种子时使用的种子。"))] = 1,
        bank: Annotated[Path | None, typer.Option("--bank", help=say("A bank of your own.", "自己的题库文件夹。"))] = None,
        form: Annotated[str, typer.Option("--format", help="text, markdown, html, latex", metavar="FORMAT")] = "text",
        as_json: Annotated[bool, typer.Option("--json", help=say("Machine-readable output.", "机器可读输出。"))] = False,
    ) -> None:
        from exam_tool.bank.shelf import open_shelf
        from exam_tool.figures import figures
        from exam_tool.question import question, worked
        from exam_tool.variant import find_variant

        variant = find_variant(open_shelf(bank), code, seed)
        wanted = [ask.find for ask in variant.asked]
        if as_json:
            from exam_tool.calculators.catalogue import trace_json

            print(json.dumps({"code": variant.code, **trace_json(variant.trace, wanted)}, ensure_ascii=False, indent=2))
            return
        told = worked(variant)
        asked = question(variant, language)
        pictures = figures(variant.trace, [ask.find for ask in variant.asked])
        if form == "text":
            from exam_tool.render.console import console
            from exam_tool.render.question import heading, question_lines
            from exam_tool.render.terminal import solution_lines
            from exam_tool.render.terminal_figures import figure_lines

            out = console()
            lines = [*heading(asked, language, out.width, asked.code), *question_lines(asked, language, out.width), ""]
            for picture in pictures:
                lines += [*figure_lines(picture, language, out.width), ""]
            for line in [*lines, *solution_lines(told, width=out.width, language=language)]:
                out.print(line)
            return
        if form not in ("markdown", "html", "latex"):
            raise ExamToolError(
                Text(f'"{form}" is not a format: text, markdown, html or latex.', f"没有格式“{form}”：可用 text、markdown、html、latex。")
            )
        from exam_tool.documents import solution_document

        print(solution_document(asked, told, form, language, pictures))
