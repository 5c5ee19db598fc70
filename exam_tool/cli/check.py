"""``exam-tool check``: proves the laws of every problem over many seeds, with every fault at its place."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from exam_tool.language import Language

from .app import Say


def add(app: typer.Typer, say: Say, language: Language) -> None:
    @app.command("check", help=say("Prove the bank: every law, every problem, many seeds.", "检验题库：逐题、多种子检验每条规律。"))
    def check(
        what: Annotated[
            list[str] | None, typer.Argument(help=say("Chapters or ids (default: all).", "章节或 id（默认全部）。"), metavar="[CHAPTER|ID]")
        ] = None,
        bank: Annotated[Path | None, typer.Option("--bank", help=say("A bank, or one file of it.", "题库文件夹或其中一个文件。"))] = None,
        seeds: Annotated[int, typer.Option("--seeds", min=1, max=10_000, help=say("Seeds for each problem.", "每题的种子数。"))] = 25,
        jobs: Annotated[
            int, typer.Option("--jobs", min=0, max=256, help=say("Processes; 0 means one a core.", "进程数；0 表示每核一个。"))
        ] = 0,
        details: Annotated[
            bool, typer.Option("--details", help=say("Also list which mistakes each problem tells apart.", "同时列出每题能区分的错误。"))
        ] = False,
        as_json: Annotated[bool, typer.Option("--json", help=say("Machine-readable output.", "机器可读输出。"))] = False,
    ) -> int:
        from exam_tool.bank import load_bank
        from exam_tool.check import check_bank, total
        from exam_tool.render.console import console
        from exam_tool.render.faults import fault_lines, guess_lines, report_line, summary_line
        from exam_tool.render.progress import progress

        from .select import chosen_problems

        loaded = load_bank(bank)
        chosen = chosen_problems(loaded, what or [])
        names = [problem.id for problem in chosen]
        reports = []
        for report in progress(check_bank(loaded, seeds, jobs or os.cpu_count() or 1, names), len(names), language):
            reports.append(report)
        reports.sort(key=lambda report: names.index(report.id) if report.id in names else -1)
        folders = {Path(problem.file).parent.name for problem in chosen} | set(what or [])
        unusable = [fault for fault in loaded.faults if not what or Path(fault.mark.file).parent.name in folders]
        faults = [*unusable, *(fault for report in reports for fault in report.faults)]
        if as_json:
            print(json.dumps(report_json(reports, faults, seeds), ensure_ascii=False, indent=2))
            return 1 if faults else 0
        out = console()
        if details:
            for report in reports:
                for line in report_line(report, language):
                    out.print(line)
        if len(reports) > 1:
            for line in guess_lines(total(report.guessing for report in reports), language):
                out.print(line)
        errors = console(sys.stderr)
        for fault in faults:
            for line in fault_lines(fault, language):
                errors.print(line)
        out.print(summary_line(reports, faults, seeds, language))
        return 1 if faults else 0


def guessing_json(found) -> dict[str, object]:  # type: ignore[no-untyped-def]  # nothing heavy at import
    ways = {name: {"tries": way.tries, "share": round(way.share, 4), "luck": round(way.expected, 4)} for name, way in found.ways.items()}
    return {"ways": ways, "numbers": found.numbers, "stated": found.stated}


def report_json(reports, faults, seeds: int) -> dict[str, object]:  # type: ignore[no-untyped-def]  # nothing heavy at import
    from exam_tool.check import total

    return {
        "schema_version": 1,
        "seeds": seeds,
        "problems": [
            {
                "id": report.id,
                "acceptance": round(report.acceptance, 4),
                "distinct": report.distinct,
                "separates": list(report.separation.separated),
                "hidden": list(report.separation.hidden),
                "tied": [list(pair) for pair in report.separation.tied],
                "guessing": guessing_json(report.guessing),
            }
            for report in reports
        ],
        "guessing": guessing_json(total(report.guessing for report in reports)),
        "faults": [
            {
                "file": fault.mark.file,
                "line": fault.mark.line,
                "column": fault.mark.column,
                "message": {"en": fault.message.en, "zh": fault.message.zh},
                "remedy": {"en": fault.remedy.en, "zh": fault.remedy.zh} if fault.remedy else None,
            }
            for fault in faults
        ],
    }
