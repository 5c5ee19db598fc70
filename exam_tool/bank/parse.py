"""A file's content into a Problem, with every fault at its place. What only shows when numbers are drawn is left to ``check``."""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from fractions import Fraction

from flint import fmpq

from exam_tool.calculators.work import CHAPTERS, Calculator, CalculatorError, find
from exam_tool.language import Text

from .given import DrawReader
from .problem import KINDS, SCHEMES, Ask, Condition, Example, Problem
from .source import Fault, Item, Mapping, Mark, Scalar, Sequence

ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
FIELDS = (
    "id", "version", "title", "level", "syllabus", "calculator", "steps", "declare", "options", "given", "where", "ask",
    "text", "ties", "hides", "numbers", "keep", "examples",
)  # fmt: skip
REQUIRED = ("id", "title", "given", "ask", "text", "examples")
ASK_FIELDS = ("find", "marks", "kind", "places", "sig", "tolerance", "units", "unit", "label", "scheme", "part", "choices")


class ProblemReader(DrawReader):
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
            from .own_steps import own_calculator

            return own_calculator(self, top, identifier, chapter), {}
        name = self.text(top.get("calculator"), Text("calculator", "calculator"))
        try:
            return find(name)
        except CalculatorError as error:
            item = top.get("calculator")
            self.faults.append(Fault(item.mark if item else top.mark, error.message))
            return None, {}

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
