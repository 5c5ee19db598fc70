"""One marked answer, or why it cannot be read; and what is asked. Marking itself is ``examine``, which is loaded after the first screen."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from exam_tool.bank.problem import Ask
from exam_tool.language import Text
from exam_tool.variant import Variant

WORDY = frozenset(("choice", "text", "true_false", "order", "match", "expression"))  # kinds whose answers may be a single letter


class Marked(NamedTuple):
    """One marked answer: what it earns, the known mistakes it shows for certain, and those of which it shows one, it is not known which."""

    find: str
    typed: str
    verdict: str
    marks: Fraction
    maximum: Fraction
    message: Text
    mistakes: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    for_person: bool = False

    @property
    def right(self) -> bool:
        return self.marks == self.maximum


class NotRead(NamedTuple):
    """An answer that has no meaning: it costs nothing and can be mended. ``column`` counts characters from 0."""

    typed: str
    message: Text
    column: int | None = None
    width: int = 1
    unfinished: bool = False


def ask_of(variant: Variant, find: str) -> Ask:
    return next(ask for ask in variant.asked if ask.find == find)
