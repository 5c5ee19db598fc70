"""What grading a class says on the screen: counts, the middle and the ends, where most marks were lost, what was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exam_tool.course import Outcome
from exam_tool.course.summary import mark_text, number
from exam_tool.expressions.printing import cells, pad, visible
from exam_tool.files import FileFault
from exam_tool.language import Language, Text

from .terminal_statement import sentence

MOST_LOSSES = 5


def fault_line(fault: FileFault, language: Language) -> str:
    """``file:line: error: …``."""
    kind = Text("error", "错误") if fault.severity == "error" else Text("warning", "警告")
    return visible(f"{fault.place}: {kind(language)}: {fault.message(language)}")


def summary_lines(outcome: Outcome, language: Language, seconds: float) -> Iterator[str]:
    summary = outcome.summary
    head = Text(
        f"{summary.papers} papers, {summary.questions} questions, {mark_text(summary.marks)} marks",
        f"{summary.papers} 份试卷，{summary.questions} 题，共 {mark_text(summary.marks)} 分",
    )(language)
    yield f" {head}{seconds:{max(8, 79 - cells(head))}.1f} s"
    yield " " + Text(
        f"graded {summary.graded} · to be looked at {summary.review} cells → review.csv"
        f" · not on the roster {summary.unmatched} → unmatched.csv",
        f"已评 {summary.graded} · 待人工查看 {summary.review} 格 → review.csv · 不在名单 {summary.unmatched} → unmatched.csv",
    )(language)
    if summary.missing:
        yield " " + Text(f"nothing handed in {summary.missing}", f"未交 {summary.missing}")(language)
    if summary.median is not None:
        middle = number(summary.median)
        yield " " + Text(
            f"median {middle} · lowest {summary.lowest} · highest {summary.highest}",
            f"中位数 {middle} · 最低 {summary.lowest} · 最高 {summary.highest}",
        )(language)
    yield from _losses(outcome, language)
    files = Text(
        f"wrote into {outcome.folder}: gradebook.csv, marks.csv, report.json, feedback/ ({outcome.feedback_files} files)",
        f"已写入 {outcome.folder}：gradebook.csv、marks.csv、report.json、feedback/（{outcome.feedback_files} 个文件）",
    )
    yield " " + files(language)


def _losses(outcome: Outcome, language: Language) -> Iterator[str]:
    summary = outcome.summary
    title = Text("most marks lost to   ", "失分最多的原因   ")(language)
    for position, loss in enumerate(summary.losses[:MOST_LOSSES]):
        lost = mark_text(loss.marks)
        unit = "mark" if loss.marks == 1 else "marks"
        told = Text(f"({loss.students} of {summary.graded}, {lost} {unit})", f"（{summary.graded} 人中 {loss.students} 人，{lost} 分）")(
            language
        )
        yield " " + (title if position == 0 else pad("", cells(title))) + sentence(loss.text(language)).rstrip(".。") + "  " + told


def summary_json(outcome: Outcome) -> dict[str, Any]:
    """The same for programs."""
    summary = outcome.summary
    return {
        "schema_version": 1,
        "run": outcome.run,
        "papers": summary.papers,
        "questions": summary.questions,
        "marks": number(summary.marks),
        "graded": summary.graded,
        "missing": summary.missing,
        "review": summary.review,
        "unmatched": summary.unmatched,
        "median": number(summary.median),
        "lowest": summary.lowest,
        "highest": summary.highest,
        "losses": [{"code": loss.code, "students": loss.students, "marks": number(loss.marks)} for loss in summary.losses],
        "faults": [
            {
                "file": fault.place.file,
                "line": fault.place.line,
                "code": fault.code,
                "severity": fault.severity,
                "message": {"en": fault.message.en, "zh": fault.message.zh},
            }
            for fault in outcome.faults
        ],
        "further_faults": outcome.further_faults,
        "exit_code": outcome.exit_code,
    }
