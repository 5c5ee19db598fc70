"""What a question says about its answer that matters for reading it: the kind, units, symbols, options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from exam_tool.expressions.printing.symbols import symbol
from exam_tool.language import ExamToolError, Text

from .choices import Options
from .lexer import spelled

Kind = Literal[
    "integer", "rational", "decimal", "exact", "expression", "shape", "vector", "matrix", "set", "interval",
    "choice", "text", "true_false", "order", "match",
]  # fmt: skip


KINDS: tuple[Kind, ...] = (
    "integer", "rational", "decimal", "exact", "expression", "shape", "vector", "matrix", "set", "interval",
    "choice", "text", "true_false", "order", "match",
)  # fmt: skip


NUMBERS = frozenset(("integer", "rational", "decimal", "exact"))


LISTS = frozenset(("vector", "matrix"))


class NotAsked(ExamToolError):
    """A question no answer can satisfy: an unknown kind, a key that does not read. The author's fault, not the student's."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question says about its answer that matters for reading it."""

    kind: Kind
    units: tuple[str, ...] = ()
    symbols: Mapping[str, str] | None = None  # spelling -> declared name
    options: Options | None = None
    multi: bool = False
    lefts: tuple[str, ...] = ()


@lru_cache(maxsize=512)
def symbol_spellings(declared: tuple[str, ...]) -> Mapping[str, str]:
    """Every spelling of the declared names that the grammar looks up."""
    found: dict[str, str] = {}
    for name in declared:
        for spelling in (name, name.replace("_", ""), spelled(symbol(name).unicode)):
            found.setdefault(spelling, name)
    return found


def asked_for(
    kind: str,
    *,
    units: Sequence[str] = (),
    unit: str | None = None,
    symbols: Sequence[str] = (),
    options: Options | None = None,
    multi: bool = False,
    lefts: Sequence[str] = (),
) -> Asked:
    """What a question asks, checked.

    Raises:
        NotAsked: for an unknown kind.
    """
    if kind not in KINDS:
        known = " ".join(KINDS)
        raise NotAsked(Text(f'"{kind}" is no kind of answer. Known: {known}.', f"没有“{kind}”这种答案类型。可用：{known}。"))
    accepted = (*units, *((unit,) if unit and unit not in units else ()))
    return Asked(kind, accepted, symbol_spellings(tuple(symbols)) if symbols else None, options, multi, tuple(lefts))
