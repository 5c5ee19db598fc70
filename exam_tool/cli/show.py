"""``exam-tool show``: one question with its numbers."""

import json
from pathlib import Path
from typing import Annotated

import typer

from exam_tool.language import LANGUAGES, Language

from .app import Say


def add(app: typer.Typer, say: Say, language: Language) -> None:
    @app.command("show", help=say("Show one question with its numbers.", "查看一道题。"))
    def show(
        code: Annotated[str, typer.Argument(help=say("Problem id or variant code id@version:seed.", "题目 id 或变体代码 id@版本:种子。"))],
        seed: Annotated[int, typer.Option("--seed", min=0, help=say("Seed, when the code has none.", "代码不含种子时使用的种子。"))] = 1,
        bank: Annotated[Path | None, typer.Option("--bank", help=say("A bank of your own.", "自己的题库文件夹。"))] = None,
        as_json: Annotated[
            bool, typer.Option("--json", help=say("Machine-readable output, without the answers.", "机器可读输出，不含答案。"))
        ] = False,
    ) -> None:
        from exam_tool.bank.shelf import open_shelf
        from exam_tool.question import question
        from exam_tool.variant import find_variant

        variant = find_variant(open_shelf(bank), code, seed)
        if as_json:
            print(json.dumps(variant_json(variant), ensure_ascii=False, indent=2))
            return
        from exam_tool.render.console import console
        from exam_tool.render.question import heading, question_lines

        out = console()
        asked = question(variant, language)
        for line in [*heading(asked, language, out.width, asked.code), *question_lines(asked, language, out.width)]:
            out.print(line)


def variant_json(variant) -> dict[str, object]:  # type: ignore[no-untyped-def]  # nothing heavy at import
    from exam_tool.calculators.catalogue import value_json
    from exam_tool.question import question
    from exam_tool.render.terminal import statement_text

    asked = {language: question(variant, language) for language in LANGUAGES}
    return {
        "schema_version": 1,
        "code": variant.code,
        "options": dict(variant.options),
        "givens": {name: value_json(value) for name, value in variant.givens.items() if name in variant.problem.draws},
        "text": {
            language: statement_text(each.paragraphs, each.values, language=language, style=each.style) for language, each in asked.items()
        },
        "asks": [
            {
                "letter": part.letter,
                "find": part.find,
                "kind": part.kind,
                "marks": str(part.marks),
                "label": {"en": part.label.en, "zh": part.label.zh},
                **({"choices": dict(part.choices)} if part.choices else {}),
            }
            for part in asked["en"].parts
        ],
    }
