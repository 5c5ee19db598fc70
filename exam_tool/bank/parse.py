"""A file's content into a Problem, with every fault at its place. What only shows when numbers are drawn is left to ``check``."""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from fractions import Fraction
from typing import NamedTuple, get_args

from flint import fmpq

from exam_tool.calculators.work import CHAPTERS, Calculator, CalculatorError, Work, find
from exam_tool.domain import WORDS, domain
from exam_tool.expressions.arrays import Value
from exam_tool.expressions.evaluate import CONSTANTS, Compiled, compiled, evaluate
from exam_tool.expressions.reader import ReadError, read
from exam_tool.expressions.tree import Node, Number, names
from exam_tool.language import ExamToolError, Text
from exam_tool.trace import MistakeKind

from .draws import Array, Distribution, Draw, Formula, Graph, Pick, Range
from .problem import KINDS, SCHEMES, Ask, Condition, Example, Problem
from .source import Fault, Item, Mapping, Mark, Reader, Scalar, Sequence

ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
FIELDS = (
    "id", "version", "title", "level", "syllabus", "calculator", "steps", "declare", "options", "given", "where", "ask",
    "text", "ties", "hides", "numbers", "keep", "examples",
)  # fmt: skip
REQUIRED = ("id", "title", "given", "ask", "text", "examples")
DRAWS = ("pick", "range", "formula", "vector", "matrix", "stochastic", "distribution", "graph")
DRAW_FIELDS = (*DRAWS, "distinct", "nonzero", "denominator", "positive", "edges", "irregular", "hide")
ASK_FIELDS = ("find", "marks", "kind", "places", "sig", "tolerance", "units", "unit", "label", "scheme", "part", "choices")
STEP_FIELDS = ("name", "formula", "label", "because", "is", "mistakes")

MISTAKE_KINDS: tuple[MistakeKind, ...] = get_args(MistakeKind)


class OwnMistake(NamedTuple):
    """A known mistake of a step that the problem states itself."""

    id: str
    formula: str
    en: str
    zh: str
    kind: MistakeKind


class ProblemReader(Reader):
    """Reads one problem; afterwards ``faults`` is empty or the problem must not be used."""

    def problem(self, item: Item, file: str, chapter: str) -> Problem | None:
        top = self.mapping(item, FIELDS, REQUIRED, Text("The problem", "题目"), item.mark)
        if top is None or (self.faults and not {"id", "given", "ask"} <= set(top.entries)):
            return None
        identifier = self.text(top.get("id"), Text("id", "id"))
        if not ID.fullmatch(identifier):
            self.report(
                top.key_mark("id"),
                f'"{identifier}" cannot be an id.',
                f"“{identifier}”不能作为 id。",
                ("Use lower-case letters, digits, - and . only.", "只用小写字母、数字、- 和 .。"),
            )
        if chapter not in CHAPTERS:
            self.report(
                item.mark,
                f'"{chapter}" is not a chapter.',
                f"“{chapter}”不是章节。",
                (f"Put the file into one of: {', '.join(CHAPTERS)}.", f"请把文件放入：{', '.join(CHAPTERS)}。"),
            )
        calculator, preset = self.calculation(top, identifier, chapter)
        draws, hidden, decimals = self.given(top)
        if calculator is None or self.faults:
            return None
        numbers = self.text(top.get("numbers"), Text("numbers", "numbers"), "decimal" if decimals else "fraction")
        if numbers not in ("decimal", "fraction"):
            self.report(top.key_mark("numbers"), "numbers is decimal or fraction.", "numbers 只能是 decimal 或 fraction。")
        return Problem(
            id=identifier,
            version=self.whole(top.get("version"), Text("version", "version"), 1, 1),
            title=self.both(top.get("title"), Text("title", "title"), item.mark),
            level=self.whole(top.get("level"), Text("level", "level"), 1, 1, 3),
            chapter=chapter,
            syllabus=self.words(top.get("syllabus"), "syllabus"),
            calculator=calculator,
            preset=preset,
            options=self.options(top),
            draws=draws,
            hidden=hidden,
            where=self.where(top),
            ask=self.ask(top),
            text=self.both(top.get("text"), Text("text", "text"), item.mark),
            ties=tuple(frozenset(self.words(group, "ties")) for group in self.list(top.get("ties"), Text("ties", "ties"))),
            hides=frozenset(self.words(top.get("hides"), "hides")),
            examples=self.examples(top),
            decimals=numbers == "decimal",
            source=top,
            file=file,
            keep=self.whole(top.get("keep"), Text("keep", "keep"), 3, 0, 12) if top.get("keep") else None,
        )

    def formula(self, item: Item | None, where: str) -> Node:
        """A formula, whose faults point at the character inside the scalar."""
        words = self.text(item, Text(where, where))
        try:
            return read(words)
        except ReadError as error:
            assert item is not None
            mark = item.mark
            inside = Mark(mark.file, mark.line, mark.column + (error.column if mark.width >= len(words) else 0), error.width)
            self.faults.append(Fault(inside, Text(f'"{words}": {error.message.en}', f"“{words}”：{error.message.zh}")))
            return Number(fmpq(1), "1")

    def calculate(self, item: Item | None, where: str) -> Compiled:
        return self.compiled(self.formula(item, where), item)

    def compiled(self, node: Node, item: Item | None) -> Compiled:
        try:
            return compiled(node)
        except ExamToolError as error:
            assert item is not None
            self.faults.append(Fault(item.mark, error.message))
            return compiled(Number(fmpq(1), "1"))

    def value(self, item: Item, where: str) -> Value:
        """An exact value: a scalar is a formula without names, a list a vector or matrix; a word stays a word."""
        if isinstance(item, Sequence):
            return tuple(self.value(part, where) for part in item)
        if isinstance(item, Mapping):
            self.report(item.mark, f"{where} must be a number or a list.", f"{where} 必须是数或列表。")
            return fmpq(0)
        if item.text in ("true", "false"):
            return item.text
        node = self.formula(item, where)
        if names(node) - set(CONSTANTS):
            return item.text
        try:
            return evaluate(node)
        except ExamToolError as error:
            self.faults.append(Fault(item.mark, error.message))
            return fmpq(0)

    def calculation(self, top: Mapping, identifier: str, chapter: str) -> tuple[Calculator | None, Table[str, str]]:
        """The calculator a problem names, or one made of its own steps."""
        if ("calculator" in top.entries) == ("steps" in top.entries):
            self.report(
                top.mark,
                "A problem has either a calculator or steps.",
                "题目要么指定 calculator，要么自带 steps。",
                ("Keep one of the two.", "请只保留其一。"),
            )
            return None, {}
        if "steps" in top.entries:
            return self.own_calculator(top, identifier, chapter), {}
        name = self.text(top.get("calculator"), Text("calculator", "calculator"))
        try:
            return find(name)
        except CalculatorError as error:
            item = top.get("calculator")
            self.faults.append(Fault(item.mark if item else top.mark, error.message))
            return None, {}

    def own_calculator(self, top: Mapping, identifier: str, chapter: str) -> Calculator | None:
        """A calculator from ``steps`` and ``declare``: what a teacher can add without Python."""
        given = top.get("given")
        declared = top.get("declare")
        inputs = []
        for name in given.entries if isinstance(given, Mapping) else ():
            about = declared.get(name) if isinstance(declared, Mapping) else None
            fields = self.mapping(about, ("label", "is", "shape"), (), Text(name, name), top.mark) if about else None
            label = self.both(fields.get("label"), Text("label", "label"), top.mark) if fields and fields.get("label") else Text(name, name)
            shape = self.text(fields.get("shape"), Text("shape", "shape")) if fields and fields.get("shape") else None
            inputs.append((name, label, self.condition(fields.get("is") if fields else None), shape))
        steps = [self.own_step(item, top.mark) for item in self.list(top.get("steps"), Text("steps", "steps"))]
        if self.faults:
            return None
        self.unknown_names(top, [name for name, *_ in inputs])

        def write(work: Work) -> None:
            for name, label, condition, shape in inputs:
                work.given(name, label, is_=condition, shape=shape)
            for (name, formula, label, because, condition), mistakes in steps:
                work.step(name, formula, label, because, is_=condition)
                for mistake in mistakes:
                    work.mistake(mistake.id, mistake.formula, mistake.en, mistake.zh, kind=mistake.kind)

        return None if self.faults else Calculator(identifier, chapter, Text("", ""), write, {}, {}, "")

    def unknown_names(self, top: Mapping, known: list[str]) -> None:
        """Formulas of own steps may use the givens and earlier steps only."""
        known = [*known, *CONSTANTS]
        for item in self.list(top.get("steps"), Text("steps", "steps")):
            if not isinstance(item, Mapping):
                continue
            formulas = [
                item.get("formula"),
                *(m.get("formula") for m in self.list(item.get("mistakes"), Text("mistakes", "mistakes")) if isinstance(m, Mapping)),
            ]
            for formula in formulas:
                if isinstance(formula, Scalar):
                    for loose in sorted(names(read(formula.text)) - set(known)):
                        self.report(
                            formula.mark,
                            f'"{loose}" is neither given nor an earlier step.',
                            f"“{loose}”既不是已知量，也不是前面的步骤。",
                            (f"Known: {', '.join(known)}.", f"可用：{', '.join(known)}。"),
                        )
            known.append(self.text(item.get("name"), Text("name", "name")))

    def condition(self, item: Item | None) -> str:
        words = self.text(item, Text("is", "is"))
        try:
            domain(words)
        except (ValueError, ExamToolError):
            assert item is not None
            self.report(
                item.mark,
                f'"{words}" is not a domain.',
                f"“{words}”不是取值范围。",
                (f"Write words and bounds between commas: {', '.join(WORDS)}, >= 1.", f"请用逗号分隔词与界限：{', '.join(WORDS)}, >= 1。"),
            )
            return ""
        return words

    def own_step(self, item: Item, mark: Mark) -> tuple[tuple[str, str, Text, Text | None, str], list[OwnMistake]]:
        fields = self.mapping(item, STEP_FIELDS, ("name", "formula", "label"), Text("A step", "步骤"), mark)
        if fields is None:
            return ("x", "1", Text("", ""), None, ""), []
        self.calculate(fields.get("formula"), "formula")
        because = self.both(fields.get("because"), Text("because", "because"), fields.mark) if fields.get("because") else None
        step = (
            self.text(fields.get("name"), Text("name", "name")),
            self.text(fields.get("formula"), Text("formula", "formula")),
            self.both(fields.get("label"), Text("label", "label"), fields.mark),
            because,
            self.condition(fields.get("is")),
        )
        return step, [self.own_mistake(part, fields.mark) for part in self.list(fields.get("mistakes"), Text("mistakes", "mistakes"))]

    def own_mistake(self, item: Item, mark: Mark) -> OwnMistake:
        fields = self.mapping(item, ("id", "formula", "kind", "en", "zh"), ("id", "formula", "en", "zh"), Text("A mistake", "错误"), mark)
        if fields is None:
            return OwnMistake("", "1", "", "", "method")
        self.calculate(fields.get("formula"), "formula")
        kind = self.text(fields.get("kind"), Text("kind", "kind"), "method")
        known = next((one for one in MISTAKE_KINDS if one == kind), None)
        if known is None:
            self.report(fields.key_mark("kind"), "kind is slip, method or convention.", "kind 只能是 slip、method 或 convention。")
        id, formula, en, zh = (self.text(fields.get(key), Text(key, key)) for key in ("id", "formula", "en", "zh"))
        return OwnMistake(id, formula, en, zh, known or "method")

    def options(self, top: Mapping) -> Table[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        item = top.get("options")
        if item is None:
            return found
        if not isinstance(item, Mapping):
            self.report(item.mark, "options must be a mapping.", "options 必须是映射。")
            return found
        for name, (mark, choice) in item.entries.items():
            if isinstance(choice, Mapping):
                self.mapping(choice, ("pick",), ("pick",), Text(name, name), mark)
                found[name] = self.words(choice.get("pick"), name)
            else:
                found[name] = (self.text(choice, Text(name, name)),)
        return found

    def given(self, top: Mapping) -> tuple[dict[str, Draw], frozenset[str], bool]:
        item = top.get("given")
        if not isinstance(item, Mapping):
            self.report(
                item.mark if item else top.mark,
                "given must be a mapping.",
                "given 必须是映射。",
                ("Write name: {pick: [...]} lines.", "请写成“名称: {pick: [...]}”的形式。"),
            )
            return {}, frozenset(), False
        draws: dict[str, Draw] = {}
        hidden: set[str] = set()
        decimals = False
        for name, (_, spec) in item.entries.items():
            if isinstance(spec, Mapping):
                if self.flag(spec.get("hide"), Text("hide", "hide")):
                    hidden.add(name)
                draws[name] = self.draw(spec, name)
            else:
                draws[name] = self.fixed(spec, name)
            decimals = decimals or _written_with_point(spec)
        return draws, frozenset(hidden), decimals

    def fixed(self, item: Item, name: str) -> Draw:
        if isinstance(item, Sequence):
            return Pick((self.value(item, name),))
        node = self.formula(item, name)
        return Formula(compiled(node)) if not isinstance(item, Scalar) or names(node) <= set(CONSTANTS) else Pick((item.text,))

    def draw(self, spec: Mapping, name: str) -> Draw:
        self.mapping(spec, DRAW_FIELDS, (), Text(name, name), spec.mark)
        kinds = [kind for kind in DRAWS if kind in spec.entries]
        if "vector" in kinds or "matrix" in kinds:
            return self.array(spec, name)
        if len(kinds) != 1:
            self.report(
                spec.mark,
                f"{name} needs exactly one kind of draw.",
                f"{name} 需要恰好一种抽取方式。",
                (f"Kinds: {', '.join(DRAWS)}.", f"方式：{', '.join(DRAWS)}。"),
            )
            return Pick((fmpq(1),))
        denominator = self.whole(spec.get("denominator"), Text("denominator", "denominator"), 10, 1, 1000)
        positive = self.flag(spec.get("positive"), Text("positive", "positive"))
        match kinds[0]:
            case "pick" | "range":
                return self.simple(spec, name)
            case "formula":
                return Formula(self.calculate(spec.get("formula"), name))
            case "graph":
                edges = [
                    self.whole(part, Text("edges", "edges"), 1, 0, 400) for part in self.list(spec.get("edges"), Text("edges", "edges"))
                ] or [0, 400]
                return Graph(
                    self.calculate(spec.get("graph"), name),
                    edges[0],
                    edges[-1],
                    self.flag(spec.get("irregular"), Text("irregular", "irregular")),
                )
            case kind:
                return Distribution(self.calculate(spec.get(kind), name), denominator, positive, kind == "stochastic")

    def simple(self, spec: Mapping, name: str) -> Pick | Range:
        if "pick" in spec.entries:
            items = tuple(self.value(part, name) for part in self.list(spec.get("pick"), Text("pick", "pick")))
            if not items:
                self.report(spec.key_mark("pick"), "There is nothing to pick from.", "没有可选的值。")
            return Pick(items or (fmpq(1),))
        ends = self.list(spec.get("range"), Text("range", "range"))
        if len(ends) not in (2, 3):
            self.report(spec.mark, "A range is [low, high] or [low, high, step].", "范围写成 [下限, 上限] 或 [下限, 上限, 步长]。")
            return Pick((fmpq(1),))
        low, high, *step = (self.calculate(part, name) for part in ends)
        return Range(low, high, step[0] if step else compiled(Number(fmpq(1), "1")))

    def array(self, spec: Mapping, name: str) -> Draw:
        if ("pick" in spec.entries) == ("range" in spec.entries):
            self.report(spec.mark, f"{name} needs pick or range for its entries.", f"{name} 的分量需要 pick 或 range。")
            return Pick((fmpq(1),))
        sizes = (spec.get("vector"),) if "vector" in spec.entries else self.list(spec.get("matrix"), Text("matrix", "matrix"))
        return Array(
            tuple(self.calculate(size, name) for size in sizes),
            self.simple(spec, name),
            self.flag(spec.get("distinct"), Text("distinct", "distinct")),
            self.flag(spec.get("nonzero"), Text("nonzero", "nonzero")),
        )

    def where(self, top: Mapping) -> tuple[Condition, ...]:
        found = []
        for item in self.list(top.get("where"), Text("where", "where")):
            node = self.formula(item, "where")
            found.append(Condition(self.text(item, Text("where", "where")), node, self.compiled(node, item), item.mark))
        return tuple(found)

    def ask(self, top: Mapping) -> tuple[Ask, ...]:
        items = self.list(top.get("ask"), Text("ask", "ask"))
        if not items:
            self.report(
                top.key_mark("ask"),
                "Nothing is asked.",
                "没有提问。",
                ("Add - {find: STEP, marks: 1}.", "请补上 - {find: 步骤, marks: 1}。"),
            )
        return tuple(self.one_ask(item, top.mark) for item in items)

    def one_ask(self, item: Item, mark: Mark) -> Ask:
        fields = self.mapping(item, ASK_FIELDS, ("find",), Text("ask", "ask"), mark)
        if fields is None:
            return Ask("", Fraction(1))
        kind = self.text(fields.get("kind"), Text("kind", "kind")) or None
        if kind is not None and kind not in KINDS:
            self.report(
                fields.key_mark("kind"),
                f'"{kind}" is not a kind of answer.',
                f"“{kind}”不是答案类型。",
                (f"Kinds: {', '.join(KINDS)}.", f"类型：{', '.join(KINDS)}。"),
            )
        scheme = self.text(fields.get("scheme"), Text("scheme", "scheme"), "ma")
        if scheme not in SCHEMES:
            self.report(
                fields.key_mark("scheme"),
                f'"{scheme}" is not a mark scheme.',
                f"没有评分方式“{scheme}”。",
                (f"One of: {', '.join(SCHEMES)}.", f"可用：{'、'.join(SCHEMES)}。"),
            )
        tolerance = self.value(tolerance_item, "tolerance") if (tolerance_item := fields.get("tolerance")) else None
        return Ask(
            find=self.text(fields.get("find"), Text("find", "find")),
            marks=self.marks(fields.get("marks")),
            kind=kind,
            places=self.whole(fields.get("places"), Text("places", "places"), 0, 0, 12) if fields.get("places") else None,
            sig=self.whole(fields.get("sig"), Text("sig", "sig"), 3, 1, 12) if fields.get("sig") else None,
            tolerance=tolerance,
            units=self.words(fields.get("units"), "units"),
            unit=self.text(fields.get("unit"), Text("unit", "unit")) or None,
            label=self.both(fields.get("label"), Text("label", "label"), fields.mark) if fields.get("label") else None,
            scheme=scheme,
            part=self.text(fields.get("part"), Text("part", "part")),
            choices=self.choices(fields, kind),
        )

    def choices(self, fields: Mapping, kind: str | None) -> int | None:
        """How many options a number is asked with; their kind is ``choice``."""
        item = fields.get("choices")
        if item is None:
            return None
        if kind != "choice":
            self.report(
                fields.key_mark("choices"),
                "choices are offered where the kind is choice.",
                "只有 kind 为 choice 时才有 choices。",
                ("Write kind: choice beside it.", "请同时写上 kind: choice。"),
            )
        return self.whole(item, Text("choices", "choices"), 4, 2, 8)

    def marks(self, item: Item | None) -> Fraction:
        if item is None:
            return Fraction(1)
        value = self.value(item, "marks")
        if not isinstance(value, fmpq) or not 0 < value <= 100:
            self.report(item.mark, "marks must be a number from above 0 to 100.", "marks 必须是大于 0、不超过 100 的数。")
            return Fraction(1)
        return Fraction(int(value.p), int(value.q))

    def examples(self, top: Mapping) -> tuple[Example, ...]:
        found = []
        for item in self.list(top.get("examples"), Text("examples", "examples")):
            fields = self.mapping(
                item, ("given", "options", "answers", "source"), ("given", "answers", "source"), Text("An example", "例子"), top.mark
            )
            given, answers, options = (fields.get(key) if fields else None for key in ("given", "answers", "options"))
            if not isinstance(given, Mapping) or not isinstance(answers, Mapping) or fields is None:
                self.report(item.mark, "An example has given: {...} and answers: {...}.", "例子应包含 given: {...} 和 answers: {...}。")
                continue
            found.append(
                Example(
                    {name: self.value(part, name) for name, (_, part) in given.entries.items()},
                    {name: self.text(part, Text(name, name)) for name, (_, part) in options.entries.items()}
                    if isinstance(options, Mapping)
                    else {},
                    {name: _flat(part) for name, (_, part) in answers.entries.items()},
                    self.text(fields.get("source"), Text("source", "source")),
                    item.mark,
                )
            )
        return tuple(found)


def _flat(item: Item) -> str:
    """A printed answer as text: lists keep their brackets."""
    match item:
        case Scalar(text):
            return text
        case Sequence(items):
            return "[" + ", ".join(map(_flat, items)) + "]"
        case Mapping():
            return ""


def _written_with_point(item: Item) -> bool:
    """Whether some number of a draw is written with a decimal point."""
    match item:
        case Scalar(text):
            return "." in text
        case Sequence(items):
            return any(map(_written_with_point, items))
        case Mapping(entries):
            return any(_written_with_point(value) for _, value in entries.values())
