"""Faults of a bank as a compiler prints them: place, sentence, the line of the file, a caret under the character."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.text import Text as Styled

from exam_tool.bank import Fault
from exam_tool.check import WAYS, Guessing, ProblemReport
from exam_tool.expressions.printing.cells import cells, visible
from exam_tool.language import Language, Text


def fault_lines(fault: Fault, language: Language) -> Iterator[Styled]:
    """``file:line:column: error: ...``, then the line with a caret, then what to write instead."""
    error = Text("error", "错误")(language)
    yield Styled.assemble((f"{visible(str(fault.mark))}: ", "bold"), (f"{error}: ", "bold red"), visible(fault.message(language)))
    source = source_line(fault)
    if source is not None:
        before = cells(visible(source[: fault.mark.column - 1]))
        width = max(1, cells(visible(source[fault.mark.column - 1 : fault.mark.column - 1 + fault.mark.width])))
        yield Styled("    " + visible(source))
        yield Styled("    " + " " * before + "^" * width, style="red")
    if fault.remedy:
        yield Styled("    " + visible(fault.remedy(language)))


def source_line(fault: Fault) -> str | None:
    """The line a fault points at, if the file can still be read and the line is not too long to show."""
    try:
        with Path(fault.mark.file).open(encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                if number == fault.mark.line:
                    stripped = line.rstrip("\n")
                    return stripped if len(stripped) <= 160 else None
    except OSError:
        return None
    return None


def report_line(report: ProblemReport, language: Language) -> Iterator[Styled]:
    """What the draws of one problem tell apart."""
    separation = report.separation
    total = len(separation.separated) + len(set(separation.hidden) | {code for pair in separation.tied for code in pair})
    apart, accepted = len(separation.separated), f"{report.acceptance:.0%}"
    told = Text(
        f"{apart} of {total} mistakes told apart, {accepted} of draws accepted, {report.distinct} of {report.seeds} distinct",
        f"可区分 {apart}/{total} 种错误，抽取接受率 {accepted}，{report.seeds} 个中 {report.distinct} 个不同",
    )
    yield Styled.assemble((report.id, "bold"), "  ", told(language))
    if separation.hidden:
        yield Styled("    " + Text("may hide: ", "可能看不出：")(language) + ", ".join(separation.hidden), style="dim")
    for one, other in separation.tied:
        yield Styled("    " + Text("may agree: ", "可能相同：")(language) + f"{one} = {other}", style="dim")
    yield from guess_lines(report.guessing, language)


def guess_lines(found: Guessing, language: Language) -> Iterator[Styled]:
    """What each way of guessing finds, beside what luck would, and how often a number asked stands in the statement."""
    if found.ways:
        told = Text("guessing finds the key (luck in brackets): ", "靠猜能选对的比例（括号内为纯运气）：")(language)
        shares = [f"{WAYS[name](language)} {way.share:.0%} ({way.expected:.0%})" for name, way in found.ways.items()]
        yield Styled("    " + told + Text(", ", "，")(language).join(shares), style="dim")
    if found.stated:
        share = found.stated / found.numbers
        words = Text(
            f"a number asked stands in the statement in {share:.0%} of {found.numbers} answers",
            f"{found.numbers} 个所求的数中有 {share:.0%} 就写在题面里",
        )
        yield Styled("    " + words(language), style="dim")


def summary_line(reports: Sequence[ProblemReport], faults: Sequence[Fault], seeds: int, language: Language) -> Styled:
    count = len(reports)
    if faults:
        words = Text(
            f"{len(faults)} faults in {count} problems at {seeds} seeds", f"{count} 题、每题 {seeds} 个种子：发现 {len(faults)} 处问题"
        )
        return Styled(words(language), style="bold red")
    words = Text(f"{count} problems hold at {seeds} seeds each", f"{count} 题在各 {seeds} 个种子下全部通过")
    return Styled(words(language), style="bold green")
