"""Calling a calculator on a person's own numbers and options: reading them, refusing unknown names, and running the plan. It writes none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpz

from exam_tool.expressions.arrays import Shape, Value, shape_of
from exam_tool.expressions.evaluate import CONSTANTS, evaluate
from exam_tool.expressions.exact import Real
from exam_tool.expressions.reader import read
from exam_tool.expressions.tree import names
from exam_tool.language import Text
from exam_tool.trace import Option, Plan, Trace, run_plan

from .work import Calculator, CalculatorError, Pair, Work, find, unknown_among


def exact_value(value: Any) -> Value:
    """A Python value as an exact one: text is read as a formula, a float as the decimal it prints as.

    Lists become vectors and matrices; text with names in it stays as it is (the name of a layer, say).
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, fmpq | Real | arb | Shape):
        return value
    if isinstance(value, int | fmpz):
        return fmpq(value)
    if isinstance(value, Fraction):
        return fmpq(value.numerator, value.denominator)
    if isinstance(value, float):
        return evaluate(read(repr(float(value))))  # numpy prints the type of its floats too
    if isinstance(value, str):
        node = read(value)
        return value if names(node) - set(CONSTANTS) else evaluate(node)
    if isinstance(value, Mapping):
        return tuple((str(key), exact_value(item)) for key, item in value.items())
    if hasattr(value, "tolist"):
        return exact_value(value.tolist())
    return tuple(exact_value(item) for item in value)


def calculate(calculator: str, /, **values: Any) -> Trace:
    """Runs a calculator on your own numbers.

    Args:
        calculator: its name, or a syllabus id it serves.
        values: givens (numbers, text such as ``"1/3"``, nested lists) and options by name.

    Returns:
        The trace: ``calculate("conv_output", H=32, K=3, P=1, S=2)["H_out"].value`` is 16.

    Raises:
        ExamToolError: for an unknown name, a wrong size, a value outside its domain, or a step without value.
    """
    found, preset = find(calculator)
    probe = example_plan(found, {**preset, **values})
    declared = {option.name: option for option in probe.declared}
    _refuse_strangers(found, probe, values)
    options = {**preset, **{name: option_text(value, declared[name].choices) for name, value in values.items() if name in declared}}
    givens = {name: exact_value(value) for name, value in values.items() if name not in declared}
    plan, complete = found.plan(givens, options)
    return run_plan(plan, complete)


def _refuse_strangers(found: Calculator, plan: Plan, values: Iterable[str]) -> None:
    """Before values are read, so that a mistyped option is not taken for a formula with unknown names."""
    known = [name for given in plan.givens for name in (given.name, *given.aliases)] + [option.name for option in plan.declared]
    for name in values:
        if name not in known:
            raise CalculatorError(unknown_among(Text("given", "已知量"), name, known, found.name))


def option_text(value: Any, choices: Iterable[str] = ()) -> str:
    """A choice as written; ``True`` and ``False`` stand for with and without, or for yes and no where these are the choices."""
    if isinstance(value, bool):
        words = ("yes", "no") if "yes" in choices else ("with", "without")
        return words[0] if value else words[1]
    return str(value)


def option_names(found: Calculator) -> Mapping[str, Option]:
    """The options a calculator declares, read off its worked example."""
    example = dict(found.example)
    return {option.name: option for option in example_plan(found, example).declared}


def example_plan(found: Calculator, example: Mapping[str, Any] | None = None) -> Plan:
    """The plan of the worked example of a calculator."""
    given = found.example if example is None else example
    probe = _Probe(found.name, {}, {})
    probe.example = dict(given)
    found.write(probe)
    return probe.plan()


class _Probe(Work):
    """A Work that takes givens and options from one mapping, as an example and a command line write them."""

    example: dict[str, Any]

    def given(self, name: str, label: Pair, **details: Any) -> None:
        self._take(name, details)
        super().given(name, label, **details)

    def optional(self, name: str, label: Pair, **details: Any) -> bool:
        self._take(name, details)
        return super().optional(name, label, **details)

    def _take(self, name: str, details: Mapping[str, Any]) -> None:
        for key in (name, *details.get("aliases", ())):
            if key in self.example:
                self.values[name] = exact_value(self.example[key])

    def option(self, name: str, label: Pair, choices: Mapping[str, Pair], **details: Any) -> str:
        if name in self.example:
            self.chosen[name] = option_text(self.example[name], choices)
        return super().option(name, label, choices, **details)

    def offered(self, name: str) -> bool:
        return name in self.example

    def offered_text(self, name: str) -> str | None:
        return option_text(self.example[name]) if name in self.example else None

    def offered_shape(self, name: str) -> tuple[int, ...] | None:
        return shape_of(exact_value(self.example[name])) if name in self.example else None
