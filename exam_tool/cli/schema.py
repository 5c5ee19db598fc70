"""``exam-tool schema``: the JSON Schema of a problem file, for completion and checks in an editor."""

import json

import typer

from exam_tool.language import Language

from .app import Say


def add(app: typer.Typer, say: Say, language: Language) -> None:
    @app.command("schema", help=say("Print the JSON Schema of a problem file.", "输出题目文件的 JSON Schema。"))
    def schema() -> None:
        from exam_tool.bank.schema import problem_schema

        print(json.dumps(problem_schema(), ensure_ascii=False, indent=2))
