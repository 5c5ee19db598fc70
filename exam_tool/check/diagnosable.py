"""Which known mistakes a problem can tell apart by what it asks. It judges draws, not answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from exam_tool.trace import Failure
from exam_tool.variant import Variant, code_of, differs, mistakes_of


@dataclass(frozen=True, slots=True)
class Separation:
    """Codes (``step/id``) told apart on every draw looked at, those hidden on some, and the pairs that tied on some."""

    separated: tuple[str, ...]
    hidden: tuple[str, ...]
    tied: tuple[tuple[str, str], ...]


def separation(variants: Sequence[Variant]) -> Separation:
    """What the draws at hand can tell apart."""
    codes: dict[str, None] = {}
    hidden: set[str] = set()
    tied: set[tuple[str, str]] = set()
    for variant in variants:
        right = [variant.trace.values[ask.find] for ask in variant.asked]
        wrong = {}
        for step, mistake in mistakes_of(variant):
            code = code_of(step, mistake)
            codes[code] = None
            values = variant.trace.mistaken(step, mistake)
            numbers = [values[ask.find] for ask in variant.asked]
            if any(isinstance(number, Failure) for number in numbers):
                continue
            if differs(variant.asked, right, numbers):
                wrong[code] = numbers
            else:
                hidden.add(code)
        tied.update((a, b) for (a, x), (b, y) in combinations(wrong.items(), 2) if not differs(variant.asked, x, y))
    loose = hidden | {code for pair in tied for code in pair}
    return Separation(tuple(code for code in codes if code not in loose), tuple(sorted(hidden)), tuple(sorted(tied)))
