"""``exam-tool grade``: the key of a paper and answer files in; marks, a gradebook, a report and feedback out."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from exam_tool.language import ExamToolError, Language, Text

from .app import Say


def add(app: typer.Typer, say: Say, language: Language) -> None:
    @app.command(
        "grade",
        help=say("Mark answer files against the key of a paper.", "用试卷的答案批改答卷。"),
        epilog=say(
            "Answers: CSV (one row an answer, or one column a question), JSON lines, JSON, YAML, or a folder of one file a"
            " student; - reads standard input. How answers are read and rounded: exam-tool judge --help.",
            "答卷：CSV（每行一个答案，或每题一列）、JSON lines、JSON、YAML，或每人一个文件的文件夹；- 表示标准输入。"
            "答案的读法与取舍规则：exam-tool judge --help。",
        ),
    )
    def grade(
        paper: Annotated[Path, typer.Argument(help=say("Folder of the paper, or its key.json.", "试卷文件夹，或其中的 key.json。"))],
        answers: Annotated[list[str], typer.Argument(help=say("Answer files or folders.", "答卷文件或文件夹。"))],
        out: Annotated[Path, typer.Option("--out", "-o", help=say("Folder for the results.", "结果文件夹。"))] = Path("graded"),
        roster: Annotated[
            Path | None,
            typer.Option("--roster", help=say("CSV of students: id, name, language, email.", "学生名单 CSV：id、name、language、email。")),
        ] = None,
        policy: Annotated[
            str | None,
            typer.Option(
                "--policy",
                help=say(
                    "Instead of the paper's own: course, cambridge, ib, strict.", "代替试卷自己的评分政策：course、cambridge、ib、strict。"
                ),
            ),
        ] = None,
        duplicates: Annotated[
            str,
            typer.Option(
                "--duplicates",
                help=say("Which of repeated answers counts: last, first, best, none.", "重复作答取哪一次：last、first、best、none。"),
            ),
        ] = "last",
        encoding: Annotated[
            str, typer.Option("--encoding", help=say("Encoding of the files: utf-8 or gb18030.", "文件编码：utf-8 或 gb18030。"))
        ] = "utf-8",
        no_feedback: Annotated[bool, typer.Option("--no-feedback", help=say("Write no feedback files.", "不写反馈文件。"))] = False,
        accept_changes: Annotated[
            bool,
            typer.Option(
                "--accept-changes",
                help=say("Mark by the bank as it is now, even where it has changed.", "题库有变动时也按现在的题库评分。"),
            ),
        ] = False,
        bank: Annotated[Path | None, typer.Option("--bank", help=say("A bank of your own.", "自己的题库文件夹。"))] = None,
        force: Annotated[bool, typer.Option("--force", help=say("Overwrite results that are there.", "覆盖已有结果。"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=say("Print the summary for programs.", "以机器可读方式输出摘要。"))] = False,
    ) -> int:
        import time

        from exam_tool.bank import load_bank
        from exam_tool.course import DUPLICATES, grade_answers, sources_of, standard_input
        from exam_tool.files import Source
        from exam_tool.paper import load_key, read_roster
        from exam_tool.render.class_report import fault_line, summary_json, summary_lines
        from exam_tool.render.progress import bar

        if duplicates not in DUPLICATES:
            raise ExamToolError(
                Text(
                    f'--duplicates is last, first, best or none, not "{duplicates}".',
                    f"--duplicates 只能是 last、first、best、none，不能是“{duplicates}”。",
                )
            )
        started = time.perf_counter()
        key = paper / "key.json" if paper.is_dir() else paper
        loaded_key = load_key(Source(str(key), key))
        students = read_roster(Source(str(roster), roster), encoding) if roster else None
        sources = [source for name in answers for source in ([standard_input(sys.stdin.buffer)] if name == "-" else sources_of([name]))]
        with bar(language) as told:
            outcome = grade_answers(
                loaded_key, sources, out, load_bank(bank),
                roster=students, policy=policy, duplicates=duplicates, encoding=encoding, language=language,
                force=force, accept_changes=accept_changes, with_feedback=not no_feedback, progress=told,
            )  # fmt: skip
        for fault in outcome.faults:
            sys.stderr.write(fault_line(fault, language) + "\n")
        if outcome.further_faults:
            sys.stderr.write(say(f"… and {outcome.further_faults} more", f"……另有 {outcome.further_faults} 处") + "\n")
        if as_json:
            print(json.dumps(summary_json(outcome), ensure_ascii=False, indent=2))
        else:
            for line in summary_lines(outcome, language, time.perf_counter() - started):
                print(line)
        return outcome.exit_code
