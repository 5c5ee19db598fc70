"""The field ``given`` of a problem: fixed values, and how the others are drawn. Drawing itself is in ``draws``."""

from __future__ import annotations

from flint import fmpq

from exam_tool.expressions.evaluate import CONSTANTS, compiled
from exam_tool.expressions.tree import Number, names
from exam_tool.language import Text

from .draws import Array, Distribution, Draw, Formula, Graph, Pick, Range
from .formulas import FormulaReader
from .source import Item, Mapping, Scalar, Sequence

DRAWS = ("pick", "range", "formula", "vector", "matrix", "stochastic", "distribution", "graph")
DRAW_FIELDS = (*DRAWS, "distinct", "nonzero", "denominator", "positive", "edges", "irregular", "hide")


class DrawReader(FormulaReader):
    """Reads the draws of a problem."""

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


def _written_with_point(item: Item) -> bool:
    """Whether some number of a draw is written with a decimal point."""
    match item:
        case Scalar(text):
            return "." in text
        case Sequence(items):
            return any(map(_written_with_point, items))
        case Mapping(entries):
            return any(_written_with_point(value) for _, value in entries.values())
