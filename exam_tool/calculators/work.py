"""The language calculators are written in: givens, options, steps and known mistakes, and the registry of all calculators.

A calculator is a function of a ``Work``. It is run once for each structure (number of layers, of time steps, of rows) and
choice of options, and the plan it makes is remembered; values are put in later.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from flint import fmpq

from exam_tool.domain import DomainError, domain, require
from exam_tool.expressions.arrays import ShapeError, Value, shape_of
from exam_tool.expressions.evaluate import compiled, evaluate
from exam_tool.expressions.reader import read
from exam_tool.expressions.tree import names
from exam_tool.language import ExamToolError, Text
from exam_tool.trace import Given, MistakeKind, Option, Plan, Step, make_mistake, make_step

Pair = tuple[str, str]  # a sentence in English and in Chinese

CHAPTERS = (
    "foundations", "mlp", "cnn", "rnn", "transformer", "optimization", "regularization",
    "graph", "llm", "rl", "generative", "adversarial", "training",
)  # fmt: skip


class CalculatorError(ExamToolError):
    """A calculator, given or option that does not exist, or a given that is missing."""


class Work:
    """What a calculator function writes on: it collects givens, options and steps into a plan."""

    def __init__(self, calculator: str, values: Mapping[str, Value], options: Mapping[str, str]) -> None:
        self.calculator = calculator
        self.values = dict(values)
        self.chosen = dict(options)
        self.named = frozenset((*values, *options))  # by the caller; defaults are added to the values later
        self.givens: list[Given] = []
        self.options: list[Option] = []
        self.steps: list[Step] = []
        self.absent: list[str] = []
        self.sizes: dict[str, int] = {}
        self.structural: dict[str, Value] = {}
        self.used: dict[str, str] = {}

    def given(
        self,
        name: str,
        label: Pair,
        *,
        is_: str = "",
        shape: str | None = "",
        default: str | None = None,
        aliases: Iterable[str] = (),
    ) -> None:
        """Declares an input.

        Args:
            label: what it is, in English and Chinese.
            is_: its domain, such as ``"integer, >= 1"`` (see ``exam_tool.domain``); it holds for every entry.
            shape: sizes as numbers or letters shared by the givens: ``""`` a scalar, ``"n"`` a vector, ``"n n"`` a matrix;
                None for any.
            default: a formula over earlier givens, for an input that may be left out.
            aliases: other names under which a caller may give it.
        """
        given = Given(name, Text(*label), domain(is_, shape), read(default) if default is not None else None, tuple(aliases))
        self.givens.append(given)
        for alias in given.aliases:
            if alias in self.values and name not in self.values:
                self.values[name] = self.values.pop(alias)
        if name not in self.values:
            if given.default is None:
                raise CalculatorError(Text(f"{self.calculator} needs {name} ({label[0]}).", f"{self.calculator} 需要 {name}（{label[1]}）。"))
            self.values[name] = evaluate(given.default, self.values)
        require(name, self.values[name], given.domain, self.sizes)

    def optional(self, name: str, label: Pair, *, is_: str = "", shape: str | None = "", aliases: Iterable[str] = ()) -> bool:
        """Declares an input that may be left out, with the steps that need it, and says whether it is there."""
        if not any(key in self.values for key in (name, *aliases)):
            self.absent.append(name)
            return False
        self.given(name, label, is_=is_, shape=shape, aliases=aliases)
        return True

    def option(
        self,
        name: str,
        label: Pair,
        choices: Mapping[str, Pair],
        *,
        default: str,
        convention: bool = True,
        spellings: Mapping[str, str] | None = None,
    ) -> str:
        """Declares a convention and returns the choice made: each choice comes with the sentence that states it.

        Args:
            convention: False when the choice is the task itself (an activation, a loss): another one is then a wrong answer.
            spellings: other ways in which a caller may write a choice, such as ``"1/2 squared error"``.
        """
        option = Option(name, Text(*label), {choice: Text(*says) for choice, says in choices.items()}, default, convention)
        self.options.append(option)
        chosen = self.chosen.get(name, default)
        self.used[name] = (spellings or {}).get(chosen, chosen)
        if self.used[name] not in choices:
            known = ", ".join(choices)
            raise CalculatorError(
                Text(f"{name} is one of {known}, not {self.used[name]}.", f"{name} 只能取 {known} 之一，不能是 {self.used[name]}。")
            )
        return self.used[name]

    def formula(self, name: str, label: Pair, says: Pair) -> str:
        """A formula the calculation is about, such as ``x^2 + 3*x``; ``says`` states it in a question, with ``{}`` for the formula.

        It is an option whose only choice is the one made. A question says it when the formula is drawn; a fixed one its author writes out.
        """
        text = self.offered_text(name)
        if text is None:
            raise CalculatorError(Text(f"{self.calculator} needs {name} ({label[0]}).", f"{self.calculator} 需要 {name}（{label[1]}）。"))
        chosen = self.option(name, label, {text: (says[0].format(text), says[1].format(text))}, default=text, convention=False)
        self.options[-1] = self.options[-1]._replace(formula=True)
        return chosen

    def offered(self, name: str) -> bool:
        """Whether the caller names this given or option: biases, updates and layers nobody gave are not computed."""
        return name in self.named

    def offered_text(self, name: str) -> str | None:
        """The choice the caller made of an option, before it is declared."""
        return self.chosen.get(name)

    def offered_shape(self, name: str) -> tuple[int, ...] | None:
        """The size of a given before it is declared, or None when the caller gave none."""
        return shape_of(self.values[name]) if name in self.values else None

    def shape(self, name: str) -> tuple[int, ...]:
        """The size of a given: it may decide how many steps there are."""
        return shape_of(self.values[name])

    def length(self, name: str) -> int:
        """The number of entries of a vector, or of rows of a matrix."""
        return self.shape(name)[0]

    def count(self, name: str) -> int:
        """The value of a whole-numbered given that decides how many steps there are (it becomes part of the structure)."""
        value = self.structure(name)
        if not isinstance(value, fmpq) or value.q != 1:
            raise DomainError(Text(f"{name} must be a whole number.", f"{name} 必须是整数。"))
        return int(value.p)

    def fits(self, name: str, shape: str) -> None:
        """Requires the size of a given that was declared with ``shape=None`` because an option decides it."""
        require(name, self.values[name], domain("", shape), self.sizes)

    def structure(self, name: str) -> Value:
        """The value of a given on which the steps themselves depend, for example a list of layers."""
        self.structural[name] = self.values[name]
        return self.values[name]

    def step(self, name: str, formula: str, label: Pair, because: Pair | None = None, *, is_: str = "") -> None:
        """The next line of hand work: ``name = formula``, what it is, why, and the domain of a valid value."""
        if any(step.name == name for step in self.steps) or any(given.name == name for given in self.givens):
            raise ValueError(f"{self.calculator}: {name} is defined twice")
        self.steps.append(make_step(name, Text(*label), read(formula), Text(*because) if because else None, domain(is_)))

    def mistake(self, id: str, formula: str, en: str, zh: str, *, kind: MistakeKind = "method", at: str | None = None) -> None:
        """A wrong formula people use in place of the last step's (or that of the step ``at``).

        The sentence completes "this is the number you get if ...": it names the wrong idea and the right one, never the key.
        """
        index = -1 if at is None else next(i for i, step in enumerate(self.steps) if step.name == at)
        step = self.steps[index]
        if any(mistake.id == id for mistake in step.mistakes):
            raise ValueError(f"{self.calculator}.{step.name}: {id} is listed twice")
        mistake = make_mistake(id, read(formula), Text(en, zh), kind)
        self.steps[index] = step._replace(mistakes=(*step.mistakes, mistake))

    def plan(self) -> Plan:
        known = {given.name for given in self.givens} | {step.name for step in self.steps}
        for step in self.steps:
            for formula in (step.formula, *(mistake.formula for mistake in step.mistakes)):
                loose = names(formula) - known - {"pi", "e"}
                if loose:
                    raise ValueError(f"{self.calculator}.{step.name} uses {', '.join(sorted(loose))}, which is neither given nor a step")
        shaped_by = frozenset(self.structural)
        return Plan(self.calculator, dict(self.used), tuple(self.options), tuple(self.givens), tuple(self.steps), shaped_by)


@dataclass(frozen=True)
class Calculator:
    """A textbook calculation. ``rows`` maps each syllabus id it serves to the options that row needs."""

    name: str
    chapter: str
    title: Text
    write: Callable[[Work], None]
    rows: Mapping[str, Mapping[str, str]]
    example: Mapping[str, Any]
    doc: str
    plans: dict[tuple[Any, ...], list[tuple[dict[str, Value], Plan]]] = field(default_factory=dict, compare=False, repr=False)

    def plan(self, givens: Mapping[str, Value], options: Mapping[str, str]) -> tuple[Plan, dict[str, Value]]:
        """The plan for these givens, and the givens completed with their defaults; remembered by structure.

        Raises:
            CalculatorError: for an unknown or missing given or option.
            DomainError: for a value that may not be.
        """
        plan = self.structure(givens, options)
        return plan, self.complete(plan, givens)

    def structure(self, givens: Mapping[str, Value], options: Mapping[str, str]) -> Plan:
        """The plan for givens of this size, remembered; a new one looks at their values too.

        Raises:
            CalculatorError, DomainError: as ``plan``.
        """
        key = (tuple(sorted(options.items())), tuple(sorted((name, _form(value)) for name, value in givens.items())))
        for structural, plan in self.plans.get(key, ()):
            if all(_same_structure(givens.get(name), value) for name, value in structural.items()):
                return plan
        work = Work(self.name, givens, options)
        self.write(work)
        self._refuse_unknown(work, options)
        plan = work.plan()
        structural = {name: givens[name] for name in work.structural if name in givens}
        remembered = self.plans.setdefault(key, [])
        if len(remembered) < 64:
            remembered.append((structural, plan))
        return plan

    def complete(self, plan: Plan, givens: Mapping[str, Value]) -> dict[str, Value]:
        """The givens of a plan with their defaults, checked.

        Raises:
            DomainError: for a value that may not be.
        """
        values = dict(givens)
        sizes: dict[str, int] = {}
        for given in plan.givens:
            for alias in given.aliases:
                if alias in values and given.name not in values:
                    values[given.name] = values.pop(alias)
            if given.name not in values and given.default is not None:
                values[given.name] = compiled(given.default)(values)
            require(given.name, values[given.name], given.domain, sizes)
        return values

    def _refuse_unknown(self, work: Work, options: Mapping[str, str]) -> None:
        known_givens = [given.name for given in work.givens]
        for name in work.values:
            if name not in known_givens:
                raise CalculatorError(unknown_among(Text("given", "已知量"), name, [*known_givens, *work.absent, *(o.name for o in work.options)], self.name))
        for name in options:
            if name not in work.used:
                raise CalculatorError(unknown_among(Text("option", "选项"), name, work.used, self.name))


def _form(value: Value) -> tuple[int, ...]:
    """The size of a given; a list of unequal parts, such as one of layers, counts by its length and is looked at as a whole."""
    try:
        return shape_of(value)
    except ShapeError:
        return (len(value), -1)


def _same_structure(a: Value, b: Value) -> bool:
    return type(a) is type(b) and bool(a == b)


def unknown_among(kind: Text, name: str, known: Iterable[str], where: str) -> Text:
    known = list(known)
    guess = next(iter(difflib.get_close_matches(name, known, n=1)), None)
    listed = ", ".join(known)
    en = f'"{name}" is not a {kind.en} of {where}.' + (f' Did you mean "{guess}"?' if guess else "") + f" Known: {listed}."
    zh = f"“{name}”不是 {where} 的{kind.zh}。" + (f"是否想写“{guess}”？" if guess else "") + f"可用：{listed}。"
    return Text(en, zh)


REGISTRY: dict[str, Calculator] = {}
_ROWS: dict[str, Calculator] = {}


def calculator(
    name: str,
    title: Pair,
    *,
    chapter: str,
    example: Mapping[str, Any],
    rows: Mapping[str, Mapping[str, str]] | Iterable[str] = (),
) -> Callable[[Callable[[Work], None]], Callable[[Work], None]]:
    """Registers a calculator.

    Args:
        rows: the syllabus ids it serves, each with the options that row needs; the name itself is always one.
        example: givens (and options) of a small worked case, as text; it shows in ``calc --list`` and is run by the tests.
    """
    if chapter not in CHAPTERS:
        raise ValueError(f"there is no chapter {chapter}")

    def enter(write: Callable[[Work], None]) -> Callable[[Work], None]:
        served = dict(rows) if isinstance(rows, Mapping) else {row: {} for row in rows}
        made = Calculator(name, chapter, Text(*title), write, served, dict(example), write.__doc__ or "")
        for known in (name, *served):
            if _ROWS.setdefault(known, made) is not made:
                raise ValueError(f"{known} has two calculators")
        REGISTRY[name] = made
        return write

    return enter


def load() -> Mapping[str, Calculator]:
    """Every calculator by name; the modules of this package are imported on the first call."""
    package = import_module("exam_tool.calculators")
    for module in iter_modules(package.__path__):
        import_module(f"exam_tool.calculators.{module.name}")
    return REGISTRY


def load_only(module: str) -> None:
    """Imports one module of this package instead of all, where it is known which one is wanted; what is no module here is passed over."""
    package, _, name = module.rpartition(".")
    if package == __package__ and any(known.name == name for known in iter_modules(import_module(package).__path__)):
        import_module(module)


def find(name: str) -> tuple[Calculator, Mapping[str, str]]:
    """The calculator of this name or syllabus id, with the options that id needs.

    Raises:
        CalculatorError: with the nearest known name.
    """
    if name not in _ROWS:
        load()
    if name not in _ROWS:
        guess = next(iter(difflib.get_close_matches(name, list(_ROWS), n=1)), None)
        raise CalculatorError(
            Text(
                f'There is no calculator "{name}".' + (f' Did you mean "{guess}"?' if guess else "") + " See: exam-tool calc --list",
                f"没有计算器“{name}”。" + (f"是否想写“{guess}”？" if guess else "") + "全部列表：exam-tool calc --list",
            )
        )
    found = _ROWS[name]
    return found, found.rows.get(name, {})
