"""A mock exam as lines: the overview, a question with what stands there, the review with its causes. Verdicts only after the end."""

from __future__ import annotations

from rich.text import Text as Styled

from exam_tool.expressions.printing import clip, pad, symbol, wrap
from exam_tool.language import Language, Text
from exam_tool.question import question
from exam_tool.quiz.item import marks_text
from exam_tool.quiz.losses import losses
from exam_tool.quiz.mock import Mock
from exam_tool.quiz.pages import Worked
from exam_tool.variant import Variant

from .pages import page_lines, page_title
from .question import heading
from .question import marks_text as marks_word
from .screen import LEAVE, NARROW, Keys, View, keys_line
from .steps import on_one_line
from .terminal_statement import sentence, statement_lines

KEYS_WRITING: Keys = (
    Text("Enter keep", "回车 保存"),
    Text("n next", "n 下一题"),
    Text("b back", "b 上一题"),
    Text("m flag", "m 标记"),
    Text("o overview", "o 总览"),
    LEAVE,
)
KEYS_OVERVIEW: Keys = (
    Text("Enter go on", "回车 继续"),
    Text("3 to question 3", "3 转到第 3 题"),
    Text("e hand in", "e 交卷"),
    LEAVE,
)
KEYS_REVIEW: Keys = (Text("3 solution of question 3", "3 第 3 题的解答"), Text("Enter end", "回车 结束"))
KEYS_PAGE: Keys = (Text("Enter back", "回车 返回"),)


def mock_view(mock: Mock, language: Language, width: int, at: int) -> View:
    """The screen of an exam at a moment."""
    match mock.place:
        case "writing":
            return _writing(mock, language, width, at)
        case "overview":
            body = (*_overview(mock, language, width), *_notice(mock, language, width))
            return View(_head(mock, language, width, at), body, Styled(" > "), (), keys_line(KEYS_OVERVIEW, language, width))
        case "review" | "closed":
            body = (*review_lines(mock, language, width), *_notice(mock, language, width))
            return View(_head(mock, language, width, at), body, Styled(" > "), (), keys_line(KEYS_REVIEW, language, width))
        case "page":
            page = Worked(mock.variant)
            lines = (*answers_lines(mock, mock.position, language, width), Styled(""), *page_lines(page, language, width))
            return View(page_title(page, language, width), lines, None, (), keys_line(KEYS_PAGE, language, width))


def _head(mock: Mock, language: Language, width: int, at: int) -> tuple[Styled, ...]:
    title = Text(f"Mock exam · {_total(mock)} marks", f"模拟考 · 满分 {_total(mock)} 分")(language)
    left = "" if mock.grades else clock(mock, language, at)
    gap = max(1, width - 2 - _cells(title) - _cells(left))
    return (Styled.assemble((f" {title}", "bold"), " " * gap, (left, "dim")), Styled("─" * width, style="dim"))


def _cells(text: str) -> int:
    from exam_tool.expressions.printing import cells

    return cells(text)


def _total(mock: Mock) -> str:
    return marks_text(sum((variant.problem.marks for variant in mock.variants), start=mock.variants[0].problem.marks * 0))


def clock(mock: Mock, language: Language, at: int) -> str:
    """``47 min left``; in the last five minutes with seconds."""
    seconds = -(-mock.left(at) // 1000)
    if seconds > 300:
        return Text(f"{-(-seconds // 60)} min left", f"剩 {-(-seconds // 60)} 分钟")(language)
    return Text(f"{seconds // 60}:{seconds % 60:02} left", f"剩 {seconds // 60}:{seconds % 60:02}")(language)


def _writing(mock: Mock, language: Language, width: int, at: int) -> View:
    asked = question(mock.variant, language)
    flag = Text(" · flagged", " · 已标记")(language) if mock.position in mock.flags else ""
    where = Text(f"{mock.position + 1} of {len(mock.variants)}{flag}", f"第 {mock.position + 1} 题，共 {len(mock.variants)} 题{flag}")
    head = heading(asked, language, width, f"{where(language)} · {clock(mock, language, at)}")
    margin = 1 if width >= 40 else 0
    body = statement_lines(asked.paragraphs, asked.values, width=width - 2 * margin, language=language, style=asked.style)
    before = [Styled((" " * margin + line).rstrip()) for line in body] + [Styled("")]
    after: list[Styled] = []
    prefix = Styled("")
    labels = {part.find: sentence(part.label(language)) for part in asked.parts}
    widest = max(map(_cells, labels.values()))
    symbols = max(_cells(symbol(part.find).unicode) for part in asked.parts)
    wide = width >= NARROW and widest + symbols + 34 <= width
    for i, part in enumerate(asked.parts):
        written = on_one_line(mock.answers[mock.position].get(part.find, ""))
        marks = f"[{marks_word(part, language)}]"
        if wide:
            start = f"   {part.letter}  {pad(labels[part.find], widest)}  {pad(symbol(part.find).unicode, symbols)}  {marks}  "
            line = Styled(start.rstrip() if not written else start + clip(written, max(6, width - _cells(start) - 1)))
        else:
            line = Styled(f" {part.letter}  {clip(labels[part.find], width - 16)}  {marks}  {written}".rstrip())
        if i != mock.part:
            (before if i < mock.part else after).append(line)
            continue
        if wide:
            prefix = Styled(start, style="bold")
        else:
            before.append(Styled(f" {part.letter}  {labels[part.find]}  {marks}", style="bold"))
            prefix = Styled("    > ")
        if written:
            after.append(
                Styled(
                    "      " + Text(f"written: {clip(written, width - 20)}", f"已写：{clip(written, width - 20)}")(language), style="dim"
                )
            )
    after += _notice(mock, language, width)
    return View(tuple(head), tuple(before), prefix, tuple(after), keys_line(KEYS_WRITING, language, width))


def _notice(mock: Mock, language: Language, width: int) -> list[Styled]:
    lines: list[Styled] = []
    if mock.not_read is not None:
        if mock.not_read.column is not None:
            from exam_tool.answers import pointer

            typed, carets = pointer(mock.not_read.typed, mock.not_read.column, mock.not_read.width)
            lines += [Styled(f"      {typed}"), Styled(f"      {carets}", style="bold")]
        lines += [Styled(f"      {line}") for line in wrap(mock.not_read.message(language), width - 7)]
    if mock.notice is not None:
        lines += [Styled(f" {line}", style="dim") for line in wrap(mock.notice(language), width - 2)]
    return lines


def _overview(mock: Mock, language: Language, width: int) -> list[Styled]:
    """Every question with how much of it is answered, in a table a screen reader can follow."""
    lines = []
    for position, variant in enumerate(mock.variants):
        done, asked = mock.answered(position), len(variant.asked)
        state = (
            Text("answered", "已答")
            if done == asked
            else Text(f"{done} of {asked}", f"{asked} 步答了 {done} 步")
            if done
            else Text("open", "未答")
        )
        flag = Text("  flagged", "  已标记")(language) if position in mock.flags else ""
        plural = "" if variant.problem.marks == 1 else "s"
        marks = Text(f"{variant.problem.marks} mark{plural}", f"{variant.problem.marks} 分")(language)
        tail = f"  {marks}  {state(language)}{flag}"
        lines.append(Styled(f" {position + 1:>2}  {clip(_title(variant, language), width - 6 - _cells(tail))}{tail}"))
    return [*lines, Styled("")]


def _title(variant: Variant, language: Language) -> str:
    return f"{variant.problem.chapter} · {variant.problem.title(language)}"


def review_lines(mock: Mock, language: Language, width: int) -> list[Styled]:
    """The marks, then where they went, then every question."""
    if not mock.grades:
        return []
    total = sum((marked.total for marked in mock.grades), start=mock.grades[0].total * 0)
    lines = [
        Styled(
            " " + Text(f"{marks_text(total)} of {_total(mock)} marks", f"得 {marks_text(total)} 分，满分 {_total(mock)} 分")(language),
            style="bold",
        )
    ]
    found = losses(mock.grades)
    if found:
        lines += [Styled(""), Styled(" " + Text("marks lost by cause", "失分原因")(language), style="bold")]
    for loss in found:
        where = ", ".join(map(str, loss.questions))
        tail = Text(f"(question {where})", f"（第 {where} 题）")(language)
        head = f"  {pad('−' + marks_text(loss.marks), 6, '>')}  "
        for i, line in enumerate(wrap(f"{sentence(loss.cause(language)).rstrip('.。')} {tail}", width - 11)):
            lines.append(Styled((head if not i else " " * 10) + line))
    lines += [Styled(""), Styled(" " + Text("questions", "各题得分")(language), style="bold")]
    for number, (variant, marked) in enumerate(zip(mock.variants, mock.grades, strict=True), 1):
        sign = "✓" if marked.right else "✗"
        tail = f"  {sign} {marks_text(marked.total)}/{marks_text(marked.maximum)}"
        lines.append(Styled(f" {number:>2}  {clip(_title(variant, language), width - 6 - _cells(tail))}{tail}"))
    return [*lines, Styled("")]


def answers_lines(mock: Mock, position: int, language: Language, width: int) -> list[Styled]:
    """What was written to each step of a question, with its verdict in words."""
    variant, marked = mock.variants[position], mock.grades[position]
    asked = question(variant, language)
    lines: list[Styled] = []
    for part in asked.parts:
        step = marked[part.find]
        sign = "✓" if step.marks == step.maximum else "✗"
        typed = on_one_line(step.response) or Text("(blank)", "（空）")(language)
        head = f" {part.letter}  {clip(typed, width - 20)}  {sign} {marks_text(step.marks)}/{marks_text(step.maximum)}"
        lines.append(Styled(head))
        if step.message.en != "Correct.":
            lines += [Styled(f"    {line}", style="dim") for line in wrap(sentence(step.message(language)), width - 5)]
    return lines
