"""``exam-tool judge``: one answer against one key, as the quiz and ``grade`` judge it; its help holds the table of the rules."""

import json
from typing import Annotated

import typer

from exam_tool.language import Language, Text

from .app import Say

KINDS = "integer, rational, decimal, exact, expression, shape, vector, matrix, set, interval, choice, text, true_false, order, match"
VERDICTS = {
    "correct": Text("correct", "正确"),
    "incorrect": Text("incorrect", "错误"),
    "imprecise": Text("right so far, too few digits or not exact", "目前正确，但位数不够或不是精确值"),
    "unreadable": Text("cannot be read", "无法读取"),
    "undecided": Text("undecided: a person must look", "无法判定：需人工查看"),
}


def add(app: typer.Typer, say: Say, language: Language) -> None:
    @app.command(
        "judge", help=say("Judge one answer against a key; --help shows the rules.", "用标准答案判一个答案；--help 列出全部规则。")
    )
    def judge(
        response: Annotated[str, typer.Argument(help=say("What was typed.", "所写的答案。"))],
        key: Annotated[str, typer.Option("--key", help=say("The right answer.", "标准答案。"))],
        kind: Annotated[str, typer.Option("--kind", help=KINDS)] = "exact",
        places: Annotated[int | None, typer.Option("--places", help=say("Decimals asked.", "要求的小数位数。"))] = None,
        sig: Annotated[int | None, typer.Option("--sig", help=say("Significant figures asked.", "要求的有效数字位数。"))] = None,
        tolerance: Annotated[
            str | None, typer.Option("--tolerance", help=say("Instead of rounding: how far off is right.", "代替取舍规则：允许的误差。"))
        ] = None,
        symbols: Annotated[
            list[str] | None, typer.Option("--symbol", help=say("A free symbol of an expression.", "表达式中的自由符号。"))
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=say("Machine-readable output.", "机器可读输出。"))] = False,
    ) -> int:
        from exam_tool.answers import judge as judged
        from exam_tool.answers import pointer, read_back

        found = judged(response, key=key, kind=kind, places=places, sig=sig, tolerance=tolerance, symbols=tuple(symbols or ()))
        verdict = str(found.verdict.value)
        read = read_back(found.reading) if found.reading is not None else None
        if as_json:
            told = {
                "schema_version": 1,
                "verdict": verdict,
                "reason": {"en": found.reason.en, "zh": found.reason.zh},
                "read_as": found.reading.text if found.reading is not None else None,
                "latex": found.reading.latex if found.reading is not None else None,
                "column": found.column,
                "entries": [list(entry) if isinstance(entry, tuple) else entry for entry in found.entries],
                "method": found.method,
                "code": found.code,
            }
            print(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            if found.column is not None:
                print("\n".join(f"  {line}" for line in pointer(response, found.column, found.width)))
            print(
                f"{VERDICTS[verdict](language)}: {found.reason(language)}"
                if language == "en"
                else f"{VERDICTS[verdict].zh}：{found.reason.zh}"
            )
            if read is not None:
                print(read(language))
        return 0 if verdict == "correct" else 1


def print_rules(language: Language) -> None:
    """The table of the rules, below the options."""
    from exam_tool.answers.rules import rules_text

    print(Text("How answers are read and judged", "答案的读法与判定规则")(language) + "\n")
    print(rules_text(language))
