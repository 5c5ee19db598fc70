"""What can be said of a problem before many seeds are tried: its names, its texts, its examples, each at its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from flint import fmpq

from exam_tool.bank import Fault, Problem
from exam_tool.bank.draws import Stream
from exam_tool.bank.facts import ask_fact
from exam_tool.bank.source import Mark
from exam_tool.expressions.arrays import Shape, Value, entries, shape_of
from exam_tool.expressions.evaluate import evaluate, nearest
from exam_tool.expressions.exact import Real, Scalar, absolute, compare, subtract
from exam_tool.expressions.reader import read
from exam_tool.expressions.tree import Node, Number, names, walk
from exam_tool.language import LANGUAGES, ExamToolError, Text
from exam_tool.statement import StatementError, names_used, parse_statement, symbols_used
from exam_tool.trace import Plan, Trace, run_plan
from exam_tool.variant import MAX_TRIES

MAX_RATIO, MAX_MORE = 1.6, 12  # a right answer may be so much longer than the longest wrong one



def structural_faults(problem: Problem) -> list[Fault]:
    """Every fault that shows without judging an answer; empty for a sound problem."""
    if problem.fact is not None:
        return list(fact_faults(problem))
    try:
        plan = sample_plan(problem)
    except ExamToolError as error:
        return [Fault(problem.mark("given"), error.message)]
    return [
        *_option_faults(problem, plan),
        *_name_faults(problem, plan),
        *_text_faults(problem, plan),
        *_example_faults(problem),
    ]


def fact_faults(problem: Problem) -> Iterator[Fault]:
    """The words of a fact can be set, and its right answer cannot be told by its length."""
    fact = problem.fact
    offered = {"wrong": (fact.answer, fact.wrong), "false": (fact.fact, fact.false)}
    for name, (right, others) in offered.items():
        for language in LANGUAGES:
            length, lengths = len(right(language)), [len(other(language)) for other in others]
            if lengths and length > MAX_RATIO * max(lengths) + MAX_MORE:
                yield Fault(
                    problem.mark(name),
                    Text(f"The right answer ({language}) is much longer than the others.", f"正确答案（{language}）明显比其他选项长。"),
                    Text("Make them of like length.", "请让各项长度相近。"),
                )
    asked = ask_fact(fact, Stream(problem.code))
    for language in LANGUAGES:
        try:
            parse_statement(asked.words(language))
        except StatementError as error:
            yield Fault(problem.mark(), error.message)


def sample_plan(problem: Problem) -> Plan:
    """The plan of the first draw that the calculator accepts, conditions aside.

    Raises:
        ExamToolError: why the last of many draws was refused.
    """
    refused: ExamToolError | None = None
    for attempt in range(MAX_TRIES // 10):
        stem = f"{problem.code}:sample/{attempt}/"
        values: dict[str, Value] = {}
        try:
            for name, draw in problem.draws.items():
                values[name] = draw.draw(Stream(stem + name), values)
            options = {**problem.preset, **{name: choices[0] for name, choices in problem.options.items()}}
            return problem.calculator.plan(values, options)[0]
        except ExamToolError as error:
            refused = error
    assert refused is not None
    raise refused


def _unknown(mark: Mark, what: Text, name: str, known: list[str]) -> Fault:
    guess = nearest(name, known)
    listed = ", ".join(known)
    remedy = Text(f'Did you mean "{guess}"? ', f"是否想写“{guess}”？") if guess else Text("", "")
    return Fault(
        mark,
        Text(f'"{name}" is not {what.en}.', f"“{name}”不是{what.zh}。"),
        Text(f"{remedy.en}Known: {listed}.", f"{remedy.zh}可用：{listed}。"),
    )


def _option_faults(problem: Problem, plan: Plan) -> Iterator[Fault]:
    declared = {option.name: option for option in plan.declared}
    for name, choices in problem.options.items():
        mark = problem.mark("options", name)
        if name not in declared:
            yield _unknown(mark, Text("an option of this calculator", "该计算器的选项"), name, list(declared))
            continue
        for choice in choices:
            if choice not in declared[name].choices and not declared[name].formula:
                yield _unknown(mark, Text(f"a choice of {name}", f"{name} 的取值"), choice, list(declared[name].choices))


def _name_faults(problem: Problem, plan: Plan) -> Iterator[Fault]:
    givens = [given.name for given in plan.givens]
    steps = [step.name for step in plan.steps]
    for i, ask in enumerate(problem.ask):
        if ask.find not in steps:
            yield _unknown(problem.mark("ask", i, "find"), Text("a step", "步骤"), ask.find, steps)
    for condition in problem.where:
        for name in sorted(names(condition.node) - {*givens, *steps, "pi", "e"}):
            yield _unknown(condition.mark, Text("a given or a step", "已知量或步骤"), name, [*givens, *steps])
    codes = [f"{step.name}/{mistake.id}" for step in plan.steps for mistake in step.mistakes]
    listed = [("ties", code) for group in problem.ties for code in sorted(group)] + [("hides", code) for code in sorted(problem.hides)]
    for field, code in listed:
        if code not in codes:
            yield _unknown(problem.mark(field), Text("a known mistake", "已知的错误"), code, codes)


def _text_faults(problem: Problem, plan: Plan) -> Iterator[Fault]:
    """Both languages name every given that was drawn, and nothing that does not exist."""
    givens = [given.name for given in plan.givens]
    known = [*givens, *(step.name for step in plan.steps)]
    for language in LANGUAGES:
        mark = problem.mark("text", language)
        try:
            paragraphs = parse_statement(problem.text(language))
        except ExamToolError as error:
            yield Fault(mark, error.message)
            continue
        for name in sorted(names_used(paragraphs) - set(known)):
            yield _unknown(mark, Text("a given or a step", "已知量或步骤"), name, known)
        shown = names_used(paragraphs) | symbols_used(paragraphs)
        for name in problem.draws:
            if name not in shown and name not in problem.hidden:
                yield Fault(
                    mark,
                    Text(f"The statement ({language}) does not name the given {name}.", f"题面（{language}）没有写出已知量 {name}。"),
                    Text(f"Write {{{name}}}, or hide: true at its draw.", f"请写上 {{{name}}}，或在抽取处写 hide: true。"),
                )


def _example_faults(problem: Problem) -> Iterator[Fault]:
    """The worked examples of other people agree with the calculator, to the digits they print."""
    if not problem.examples:
        yield Fault(
            problem.mark("examples"),
            Text("There is no worked example.", "缺少算例。"),
            Text("Add one worked by an outside source.", "请补上一个有外部来源的算例。"),
        )
    for example in problem.examples:
        try:
            trace = example_trace(problem, example.given, example.options)
        except ExamToolError as error:
            yield Fault(example.mark, error.message)
            continue
        for name, answer in example.answers.items():
            if name not in trace.values:
                yield _unknown(example.mark, Text("a step", "步骤"), name, [step.name for step in trace.plan.steps])
            elif not agrees(answer, trace.values[name]):
                yield Fault(
                    example.mark,
                    Text(
                        f"The example gives {name} = {answer}, the calculator does not.", f"算例中 {name} = {answer}，与计算器的结果不符。"
                    ),
                )


def example_trace(problem: Problem, given: Mapping[str, Value], options: Mapping[str, str]) -> Trace:
    """The calculator run on the givens of an example; options it leaves out are those of the problem."""
    chosen = {**problem.preset, **{name: choices[0] for name, choices in problem.options.items()}, **options}
    plan, complete = problem.calculator.plan(given, chosen)
    return run_plan(plan, complete)


def agrees(printed: str, value: Value) -> bool:
    """Whether a printed answer is this value, or its rounding to the digits printed, entry by entry."""
    if isinstance(value, str | bool):
        return printed.strip() == str(value)
    node = read("[" + re.sub(r"[x×,]", ",", printed) + "]" if isinstance(value, Shape) and "[" not in printed else printed)
    found = evaluate(node)
    digits = _digits(node)
    if shape_of(found) != shape_of(value):
        return False
    return all(_rounds(x, y, digits) for x, y in zip(entries(found), entries(value), strict=True))


def _digits(node: Node) -> int | None:
    """The decimals printed: the most of any literal; None when every literal is whole (then the answer is exact)."""
    places = [len(part.text.partition(".")[2]) for part in walk(node) if isinstance(part, Number) and "." in part.text]
    return max(places) if places else None


def _rounds(printed: Scalar, exact: Scalar, places: int | None) -> bool:
    difference = absolute(subtract(printed, exact))
    if places is None:
        return compare(difference, fmpq(0)) == 0
    return isinstance(difference, fmpq | Real) and compare(difference, fmpq(1, 2 * 10**places)) <= 0
