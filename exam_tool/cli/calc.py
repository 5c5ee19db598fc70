"""``exam-tool calc``: any calculator on your own numbers, with its steps; ``--list`` names them all."""

import json
import sys
from typing import Annotated, Any

import typer

from exam_tool.language import ExamToolError, Language, Text

from .app import Say


def add(app: typer.Typer, say: Say, language: Language) -> None:
    @app.command(
        "calc",
        help=say(
            "Run a calculator on your own numbers: calc conv_output H=32 K=3 P=1 S=2.",
            "用自己的数运行计算器：calc conv_output H=32 K=3 P=1 S=2。",
        ),
    )
    def calc(
        calculator: Annotated[
            str | None, typer.Argument(help=say("Name of a calculator or syllabus id.", "计算器名或大纲条目 id。"))
        ] = None,
        values: Annotated[
            list[str] | None, typer.Argument(help=say("Givens and options: name=value.", "已知量与选项：名称=值。"), metavar="NAME=VALUE")
        ] = None,
        list_all: Annotated[bool, typer.Option("--list", help=say("List every calculator.", "列出全部计算器。"))] = False,
        find: Annotated[
            list[str] | None,
            typer.Option("--find", help=say("Show only what these steps need.", "只显示这些步骤所需的部分。"), metavar="STEP"),
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=say("Machine-readable output.", "机器可读输出。"))] = False,
    ) -> None:
        if list_all or calculator is None:
            list_calculators(language, as_json)
            return
        from exam_tool.calculators import calculate
        from exam_tool.calculators.catalogue import trace_json

        given = dict(assignment(item) for item in values or [])
        trace = calculate(calculator, **given)
        steps = find or list(trace.plan.by_name)
        for name in steps:
            if name not in trace.plan.by_name:
                raise unknown_step(name, list(trace.plan.by_name))
        if as_json:
            print(json.dumps(trace_json(trace, steps), ensure_ascii=False, indent=2))
            return
        from exam_tool.explain import explain
        from exam_tool.question import solution_style
        from exam_tool.render.console import console
        from exam_tool.render.terminal import solution_lines

        out = console()
        style = solution_style(any("." in str(value) for value in given.values()))
        for line in solution_lines(explain(trace, find or (), style=style), width=out.width, language=language, with_givens=True):
            out.print(line)


def assignment(text: str) -> tuple[str, Any]:
    """``name=value`` taken apart; true and false stay words."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip().isidentifier():
        raise ExamToolError(Text(f'"{text}" is not name=value.', f"“{text}”不是“名称=值”的形式。"))
    word = value.strip()
    return name.strip(), {"true": True, "false": False}.get(word, word)


def unknown_step(name: str, known: list[str]) -> ExamToolError:
    from exam_tool.expressions.evaluate import unknown

    return unknown(Text("step", "步骤"), name, known)


def list_calculators(language: Language, as_json: bool) -> None:
    from exam_tool.calculators.catalogue import catalogue

    entries = catalogue()
    if as_json:
        print(json.dumps({"schema_version": 1, "calculators": entries}, ensure_ascii=False, indent=2))
        return
    from exam_tool.render.console import console

    out = console()
    chapter = ""
    for entry in entries:
        if entry["chapter"] != chapter:
            chapter = entry["chapter"]
            out.print(f"\n{chapter}", style="bold")
        givens = " ".join(given["name"] for given in entry["givens"])
        out.print(f"  {entry['name']:<34}{entry['title'][language]}")
        out.print(f"      {givens}", style="dim")
    sys.stdout.flush()
