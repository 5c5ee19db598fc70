"""Formulas and exact values of a file, with every fault at its character. What they are for is not known here."""

from __future__ import annotations

from flint import fmpq

from exam_tool.expressions.arrays import Value
from exam_tool.expressions.evaluate import CONSTANTS, Compiled, compiled, evaluate
from exam_tool.expressions.reader import ReadError, read
from exam_tool.expressions.tree import Node, Number, names
from exam_tool.language import ExamToolError, Text

from .fields import Reader
from .source import Fault, Item, Mapping, Mark, Sequence


class FormulaReader(Reader):
    """A reader that also knows formulas; one that cannot be read is a fault, and stands as 1 from there on."""

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
