"""A problem as a file describes it: what is drawn, what must hold, what is asked, what is said. It draws and marks nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from flint import fmpq

from exam_tool.bank.draws import Draw
from exam_tool.bank.source import Mapping as Item
from exam_tool.bank.source import Mark, digest
from exam_tool.calculators.work import Calculator
from exam_tool.expressions.arrays import Value
from exam_tool.expressions.evaluate import Compiled
from exam_tool.expressions.tree import Node
from exam_tool.language import Text

KINDS = (
    "integer", "rational", "decimal", "exact", "expression", "shape", "vector", "matrix", "set", "interval",
    "choice", "text", "true_false", "order", "match",
)  # fmt: skip


# method and accuracy; marked for follow-through; correct answer only; from the value before; answer given; an independent fact
SCHEMES = ("ma", "ft", "cao", "hence", "ag", "b")


class Ask(NamedTuple):
    """One asked step: how many marks it is worth and how an answer to it is judged.

    ``kind`` is None when it follows from the value. Neither ``places`` nor ``sig`` means 3 significant figures for
    values that are not rational.
    """

    find: str
    marks: Fraction
    kind: str | None = None
    places: int | None = None
    sig: int | None = None
    tolerance: fmpq | None = None
    units: tuple[str, ...] = ()
    unit: str | None = None
    label: Text | None = None
    scheme: str = "ma"  # one of SCHEMES
    part: str = ""  # the part of the question it belongs to, for boards that follow an error through between parts only
    choices: int | None = None  # how many options are offered, where a number is asked as a choice


class Condition(NamedTuple):
    """One line of ``where``."""

    text: str
    node: Node
    holds: Compiled
    mark: Mark


class Example(NamedTuple):
    """A case worked by somebody else: the oracle of the problem. Answers are as printed there."""

    given: Mapping[str, Value]
    options: Mapping[str, str]
    answers: Mapping[str, str]
    source: str
    mark: Mark


@dataclass(frozen=True)
class Problem:
    """One file of the bank.

    ``options`` maps each option to the choices a draw may take; ``ties`` and ``hides`` name mistakes (``step/id``) that may
    give the same numbers as each other or as the key in what is asked. ``keep`` is the number of decimals the question says
    to keep while working; None asks for exact work.
    """

    id: str
    version: int
    title: Text
    level: int
    chapter: str
    syllabus: tuple[str, ...]
    calculator: Calculator
    preset: Mapping[str, str]
    options: Mapping[str, tuple[str, ...]]
    draws: Mapping[str, Draw]
    hidden: frozenset[str]
    where: tuple[Condition, ...]
    ask: tuple[Ask, ...]
    text: Text
    ties: tuple[frozenset[str], ...]
    hides: frozenset[str]
    examples: tuple[Example, ...]
    decimals: bool
    source: Item = field(repr=False, compare=False)
    file: str = ""
    keep: int | None = None
    fact: Any = None  # a ``facts.Fact`` where the problem is one: it has no steps, and is asked as the seed has it

    @cached_property
    def digest(self) -> str:
        """A fingerprint of the content, whatever the layout of the file: papers and history store it."""
        return digest(self.source)

    @property
    def marks(self) -> Fraction:
        return sum((ask.marks for ask in self.ask), Fraction(0))

    @property
    def code(self) -> str:
        """``id@version``, to which a variant adds its seed."""
        return f"{self.id}@{self.version}"

    def mark(self, *path: str | int) -> Mark:
        """The place of a field in the file, for example ``mark("ask", 0, "find")``; the nearest one that exists."""
        item: Any = self.source
        place: Mark = item.mark
        for part in path:
            if isinstance(part, str) and isinstance(item, Item) and part in item.entries:
                place, item = item.entries[part]
                if path[-1] == part:
                    place = item.mark
            elif isinstance(part, int) and hasattr(item, "items") and part < len(item.items):
                item = item.items[part]
                place = item.mark
            else:
                break
        return place

    def variant(self, seed: int) -> Any:
        """The variant of this seed (see ``exam_tool.variant``)."""
        from exam_tool.variant import draw

        return draw(self, seed)
