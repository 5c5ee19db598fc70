"""The pages of a session as lines: worked solutions, reasons to choose from, solutions with one wrong line."""

from __future__ import annotations

from dataclasses import replace

from rich.text import Text as Styled

from exam_tool.explain import Solution, explain
from exam_tool.expressions.printing import symbol, unicode_text, wrap
from exam_tool.language import Language, Text
from exam_tool.question import question, solution_style, worked
from exam_tool.quiz.pages import Hunt, Page, Reason, Taught, Worked
from exam_tool.trace import Trace
from exam_tool.variant import Variant

from .question import heading
from .terminal import sentence, solution_lines, statement_lines

EXAMPLE = Text("worked example", "例题")
SOLUTION = Text("solution", "解答")
WHY = Text("why?", "为什么？")
HUNT = Text("find the slip", "找出错误")
TAUGHT = Text("a mistake that came back", "又犯了的错误")


def page_title(page: Page | Hunt, language: Language, width: int) -> tuple[Styled, ...]:
    match page:
        case Worked(_, example):
            name = EXAMPLE if example else SOLUTION
        case Reason():
            name = WHY
        case Taught():
            name = TAUGHT
        case Hunt():
            name = HUNT
    return tuple(heading(question(page.variant, language), language, width, name(language)))


def page_lines(page: Page, language: Language, width: int) -> tuple[Styled, ...]:
    match page:
        case Worked(variant, example):
            lines = [*_statement(variant, language, width), Styled("")] if example else []
            return (*lines, *map(Styled, solution_lines(worked(variant), width=width, language=language)))
        case Reason():
            return tuple(_reason_lines(page, language, width))
        case Taught():
            return tuple(_taught_lines(page, language, width))


def _statement(variant: Variant, language: Language, width: int) -> list[Styled]:
    asked = question(variant, language)
    lines = statement_lines(asked.paragraphs, asked.values, width=width - 2, language=language, style=asked.style)
    return [Styled((" " + line).rstrip()) for line in lines]


def _said(text: str, width: int, margin: int = 1, style: str = "") -> list[Styled]:
    return [Styled(" " * margin + line, style=style) for line in wrap(sentence(text), width - margin - 1)]


def _reason_lines(page: Reason, language: Language, width: int) -> list[Styled]:
    """The step, what the number tells, and either three reasons to choose from or the reason itself."""
    label = page.step.label(language)
    lines = _said(Text(f"The step: {label}", f"这一步：{label}")(language), width, style="bold")
    if page.said is not None:
        lines += _said(page.said(language), width)
    lines.append(Styled(""))
    if page.is_open:
        lines += _said(Text("Which reason belongs to this step?", "下面哪一条是这一步的理由？")(language), width)
        for number, choice in enumerate(page.choices, 1):
            lines += _said(f"{number}  {choice(language)}", width, 3)
        return lines
    if page.chosen is not None:
        right = page.chosen == page.right
        lines += _said(
            (Text("✓ Yes.", "✓ 对。") if right else Text("✗ That reason belongs to another step.", "✗ 那是另一步的理由。"))(language), width
        )
    if page.variant.problem.fact is None:
        lines += _said(f"{symbol(page.step.name).unicode} = {unicode_text(page.step.formula, language=language)}", width, 3)
    if page.step.because is not None:
        lines += _said(page.step.because(language), width, 3)
    return lines


def hunt_lines(hunt: Hunt, language: Language, width: int) -> tuple[Styled, ...]:
    """The question, the solution with its lines numbered, and after the end what was wrong in which line."""
    lines = [*_statement(hunt.variant, language, width), Styled("")]
    lines += _said(
        Text(
            "One line of this solution is wrong; what follows goes on from it. Which?",
            "下面的解答有一行是错的，之后各行都接着它算。是哪一行？",
        )(language),
        width,
        style="bold",
    )
    lines += map(Styled, solution_lines(_spoiled(hunt), width=width, language=language))
    lines.append(Styled(""))
    if hunt.over:
        number = hunt.wrong + 1
        said = (
            Text(f"✓ Yes, line {number}.", f"✓ 对，是第 {number} 行。")
            if hunt.found
            else Text(f"✗ It was line {number}.", f"✗ 错在第 {number} 行。")
        )
        step = hunt.variant.trace.plan.by_name[hunt.task.wrong]
        rule = unicode_text(step.formula, language=language)
        lines += _said(said(language), width) + _said(hunt.task.message(language), width, 3)
        lines += _said(Text(f"Right: {rule}", f"正确的是：{rule}")(language), width, 3)
    elif hunt.tries:
        lines += _said(Text("✗ That line is right. One more try.", "✗ 那一行没有错。再试一次。")(language), width)
    return tuple(lines)


def _spoiled(hunt: Hunt) -> Solution:
    """The worked solution with the wrong formula in its line, numbers for letters, and no reasons to give it away."""
    plan, task = hunt.variant.trace.plan, hunt.task
    formulas = {line.name: line.formula for line in task.lines}
    steps = tuple(step._replace(formula=formulas.get(step.name, step.formula)) for step in plan.steps)
    asked = tuple(ask.find for ask in hunt.variant.asked)
    told = explain(Trace(replace(plan, steps=steps), task.values), asked, style=solution_style(hunt.variant.problem.decimals))
    lines = tuple(replace(line, letter=str(number), because=None) for number, line in enumerate(told.lines, 1))
    return replace(told, lines=lines)


def _taught_lines(page: Taught, language: Language, width: int) -> list[Styled]:
    """The mistake and the right way with the same numbers, one under the other, and the reason."""
    times = Text(f"This came {page.times} times now:", f"这个错误已经出现 {page.times} 次：")
    lines = [*_statement(page.variant, language, width), Styled("")]
    lines += _said(times(language), width, style="bold") + _said(page.mistake.message(language), width, 3)
    step, plan = page.step, page.variant.trace.plan
    spoiled = step._replace(formula=page.mistake.formula)
    wrong = Trace(
        replace(plan, steps=tuple(spoiled if s.name == step.name else s for s in plan.steps)),
        {**page.variant.trace.values, step.name: page.wrong},
    )
    for sign, name, trace in (("✗", Text("not so", "不是这样"), wrong), ("✓", Text("but so", "而是这样"), page.variant.trace)):
        told = explain(trace, (step.name,), style=solution_style(page.variant.problem.decimals))
        line = replace(told.lines[-1], letter=sign, label=name)
        lines += [Styled(""), *map(Styled, solution_lines(replace(told, lines=(line,)), width=width, language=language))]
    return lines
