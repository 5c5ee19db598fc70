"""One question in progress: what was typed for each asked step, what it earned, how much help was taken. Frozen; no time, no screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from exam_tool.expressions.forms import exact_text
from exam_tool.language import Text
from exam_tool.variant import Variant

from .marked import Marked, ask_of
from .pages import Page

NOTHING = Fraction(0)
SOLVED = 4  # the rung of help that shows the value


class Entry(NamedTuple):
    """One asked step. ``first`` is the first readable answer, which alone earns marks; ``last`` the latest one.

    ``passed``: left as it is, to go on; ``shown``: its value was seen; ``filled``: worked out beforehand in a faded example;
    ``implied``: a later answer shows that it was done.
    """

    find: str
    maximum: Fraction
    first: Marked | None = None
    last: Marked | None = None
    tries: int = 0
    rung: int = 0
    rung_before: int = 0  # the help taken before the first answer
    hints: int = 0  # pieces of help taken, on this step and those that lead to it
    passed: bool = False
    shown: bool = False
    filled: bool = False
    implied: bool = False

    @property
    def settled(self) -> bool:
        """Whether nothing more is expected here."""
        return self.passed or self.shown or self.filled or self.implied or self.is_right or self.for_person

    @property
    def is_right(self) -> bool:
        return self.last is not None and self.last.right

    @property
    def for_person(self) -> bool:
        return self.last is not None and self.last.for_person

    @property
    def assisted(self) -> bool:
        return self.rung > 0 or (self.shown and self.tries == 0)

    @property
    def rung_is_last(self) -> bool:
        """Whether a hint gave its value away."""
        return self.rung >= SOLVED

    @property
    def counted(self) -> bool:
        """Whether it counts at all: steps filled in, and answers only a person can judge, do not."""
        return not self.filled and not self.for_person

    @property
    def earned(self) -> Fraction:
        """The marks of the first answer; what was solved for the person, or found after it, earns nothing more."""
        if self.implied:
            return self.maximum
        return NOTHING if self.first is None or self.rung_before >= SOLVED else self.first.marks

    @property
    def clean(self) -> bool:
        """Right at the first attempt and without help."""
        return self.implied or (self.first is not None and self.first.right and not self.assisted)


@dataclass(frozen=True, slots=True)
class Item:
    """A variant and its entries, in the order asked; ``current`` is the position being answered."""

    number: int
    variant: Variant
    purpose: str
    reason: Text
    entries: tuple[Entry, ...]
    current: int = 0
    scaffold: Page | None = None  # read before it: a worked example, a mistake explained

    @property
    def entry(self) -> Entry:
        return self.entries[self.current]

    @property
    def finished(self) -> bool:
        return all(entry.settled for entry in self.entries)

    @property
    def answers(self) -> Mapping[str, str]:
        """What marking gets to see: the latest answers, and the values filled in."""
        found = {}
        for entry in self.entries:
            if entry.filled:
                found[entry.find] = value_of(self.variant, entry.find)
            elif entry.last is not None:
                found[entry.find] = entry.last.typed
        return found

    @property
    def earned(self) -> Fraction:
        return sum((entry.earned for entry in self.entries if entry.counted), NOTHING)

    @property
    def maximum(self) -> Fraction:
        return sum((entry.maximum for entry in self.entries if entry.counted), NOTHING)

    @property
    def mistakes(self) -> tuple[str, ...]:
        """Every known mistake shown in this question, once."""
        shown = [code for entry in self.entries if entry.first for code in entry.first.mistakes]
        return tuple(dict.fromkeys(shown))

    @property
    def tied(self) -> tuple[str, ...]:
        """The mistakes of which an answer shows one, without saying which."""
        return tuple(dict.fromkeys(code for entry in self.entries if entry.first for code in entry.first.tied))

    @property
    def assisted(self) -> bool:
        return any(entry.assisted for entry in self.entries)

    @property
    def clean(self) -> bool:
        counted = [entry for entry in self.entries if entry.counted]
        return bool(counted) and all(entry.clean for entry in counted)

    def with_entry(self, entry: Entry) -> Item:
        entries = tuple(entry if old.find == entry.find else old for old in self.entries)
        return replace(self, entries=entries)

    def moved(self, position: int) -> Item:
        return replace(self, current=position % len(self.entries))

    def onward(self) -> Item:
        """At the next step that still wants an answer, looking on from here and then from the top."""
        order = [*range(self.current + 1, len(self.entries)), *range(self.current + 1)]
        return replace(self, current=next((i for i in order if not self.entries[i].settled), self.current))


def marks_text(marks: Fraction) -> str:
    """Marks as people write them: 2, 0.5, 1/3."""
    if marks.denominator == 1:
        return str(marks.numerator)
    hundredths = marks * 100
    return f"{float(marks):.2f}".rstrip("0") if hundredths.denominator == 1 else str(marks)


def value_of(variant: Variant, find: str) -> str:
    """The exact value of an asked step as a person could have typed it."""
    value = variant.trace.values[find]
    if (letter := variant.letter(ask_of(variant, find), value)) is not None:
        return letter
    if isinstance(value, bool):
        return str(value).lower()
    return value.partition("|")[0] if isinstance(value, str) else exact_text(value)


def new_item(number: int, variant: Variant, purpose: str, reason: Text, fade: int = 0, scaffold: Page | None = None) -> Item:
    """The item at its start; ``fade`` leaves so many of the last steps open and fills the ones before (0: all open)."""
    asked = variant.asked
    open_from = max(0, len(asked) - fade) if fade else 0
    entries = tuple(Entry(ask.find, ask.marks, filled=i < open_from) for i, ask in enumerate(asked))
    return Item(number, variant, purpose, reason, entries, min(open_from, len(entries) - 1), scaffold)
