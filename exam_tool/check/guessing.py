"""What guessing earns: how often the key is the largest, the longest, in one place, or a number of the statement. It judges no answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from flint import fmpq

from exam_tool.bank import Fault, Problem
from exam_tool.bank.problem import Ask
from exam_tool.closeness import close
from exam_tool.distractors import Offers
from exam_tool.expressions.arrays import Value, entries, is_scalar
from exam_tool.expressions.exact import compare
from exam_tool.expressions.tree import Number, walk
from exam_tool.language import LANGUAGES, Text
from exam_tool.statement import Literal, Math, ValueOf, parse_statement
from exam_tool.variant import Variant

LEAST = 20  # draws below which a share says nothing
OPTION = re.compile(r"^- ([A-Z])\. (.*)$", re.MULTILINE)
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\d)")
WAYS = {
    "largest": Text("the largest", "最大的"),
    "smallest": Text("the smallest", "最小的"),
    "longest": Text("the longest", "最长的"),
    "shortest": Text("the shortest", "最短的"),
    "true": Text("always true", "总选对"),
    "false": Text("always false", "总选错"),
    **{letter: Text(f"always {letter}", f"总选 {letter}") for letter in "ABCDEFGH"},
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way of guessing: how often it found the key, in how many tries, and how often blind luck would have."""

    hits: Fraction = Fraction(0)
    tries: int = 0
    luck: Fraction = Fraction(0)

    def __add__(self, other: Way) -> Way:
        return Way(self.hits + other.hits, self.tries + other.tries, self.luck + other.luck)

    @property
    def share(self) -> float:
        return float(self.hits / self.tries) if self.tries else 0.0

    @property
    def expected(self) -> float:
        return float(self.luck / self.tries) if self.tries else 0.0


@dataclass(frozen=True, slots=True)
class Guessing:
    """What each way of guessing earned, and in how many of the answers that are numbers the key stands in the statement."""

    ways: Mapping[str, Way] = field(default_factory=dict)
    stated: int = 0
    numbers: int = 0

    def __add__(self, other: Guessing) -> Guessing:
        ways = {name: self.ways.get(name, Way()) + other.ways.get(name, Way()) for name in WAYS if name in self.ways or name in other.ways}
        return Guessing(ways, self.stated + other.stated, self.numbers + other.numbers)


def guessing(variants: Sequence[Variant]) -> Guessing:
    """What guessing earns on these variants."""
    ways: dict[str, Way] = {}
    stated = numbers = 0
    for variant in variants:
        for name, hit, luck in _tries(variant):
            ways[name] = ways.get(name, Way()) + Way(hit, 1, luck)
        told = stated_numbers(variant) if variant.problem.fact is None else []
        for ask in variant.asked:
            key = variant.trace.values[ask.find]
            if isinstance(key, fmpq):
                numbers += 1
                stated += any(close(ask, key, number) for number in told)
    return Guessing(ways, stated, numbers)


def _tries(variant: Variant) -> Iterator[tuple[str, Fraction, Fraction]]:
    """Every way of guessing tried on every choice of a variant: its name, what it earns, what luck earns."""
    if variant.problem.fact is not None:
        yield from _fact_tries(variant)
    for ask in variant.asked:
        if offers := variant.offers.get(ask.find):
            yield from _offer_tries(variant, ask, offers)


def _offer_tries(variant: Variant, ask: Ask, offers: Offers) -> Iterator[tuple[str, Fraction, Fraction]]:
    key = variant.trace.values[ask.find]
    luck = Fraction(1, len(offers))
    letter = variant.letter(ask, key)
    if is_scalar(key):
        signs = [compare(one.value, key) for one in offers]
        yield "largest", Fraction(max(signs) <= 0), luck
        yield "smallest", Fraction(min(signs) >= 0), luck
    shown = {one.label: one.shown for one in offers}
    yield from _length_tries(shown, letter or "", luck)
    yield from ((one.label, Fraction(one.label == letter), luck) for one in offers)


def _fact_tries(variant: Variant) -> Iterator[tuple[str, Fraction, Fraction]]:
    key = str(variant.trace.values["answer"])
    if variant.problem.fact.kind == "true_false":
        yield from ((name, Fraction(name == key), Fraction(1, 2)) for name in ("true", "false"))
    if variant.problem.fact.kind != "choice":
        return
    luck = Fraction(1, len(variant.offered))
    for language in LANGUAGES:
        yield from _length_tries(dict(OPTION.findall(variant.text(language))), key, luck)
    yield from ((letter, Fraction(letter == key), luck) for letter in variant.offered)


def _length_tries(shown: Mapping[str, str], key: str, luck: Fraction) -> Iterator[tuple[str, Fraction, Fraction]]:
    """Who picks the longest, or the shortest, picks any of those that are equally so."""
    for name, pick in (("longest", max), ("shortest", min)):
        length = pick(map(len, shown.values()))
        alike = [label for label, words in shown.items() if len(words) == length]
        yield name, Fraction(key in alike, len(alike)), luck


def stated_numbers(variant: Variant) -> list[Value]:
    """Every number the statement tells: values of givens, and those its author wrote out."""
    found: list[Value] = []
    for paragraph in parse_statement(variant.problem.text.en):
        for piece in paragraph:
            match piece:
                case ValueOf(name):
                    found += [number for number in entries(variant.trace.values.get(name, ())) if is_scalar(number)]
                case Math(sides):
                    found += [part.value for side in sides for part in walk(side) if isinstance(part, Number)]
                case Literal(words):
                    found += [fmpq(*Fraction(number).as_integer_ratio()) for number in NUMBER.findall(words)]
    return found


def guess_faults(problem: Problem, found: Guessing) -> Iterator[Fault]:
    """The numbers asked as a choice that a way of guessing finds too often, or that stand in the statement."""
    mark = problem.mark("ask")
    if not any(ask.choices for ask in problem.ask):
        return
    for name, way in found.ways.items():
        if way.tries >= LEAST and way.share > (1 + way.expected) / 2:
            told = WAYS[name]
            yield Fault(
                mark,
                Text(
                    f"Choosing {told.en} finds the key in {way.share:.0%} of the draws.",
                    f"{told.zh}在 {way.share:.0%} 的抽取中就是正确答案。",
                ),
                Text("Widen the draws, or give the steps mistakes on the other side.", "请放宽抽取范围，或给步骤补上另一侧的常见错误。"),
            )
    if found.stated and all(ask.choices for ask in problem.ask):
        yield Fault(
            mark,
            Text(
                f"The key stands in the statement in {found.stated} of {found.numbers} draws.",
                f"在 {found.numbers} 次抽取中有 {found.stated} 次，正确答案就写在题面里。",
            ),
            Text("Exclude these draws by a line of where.", "请用 where 排除这些抽取。"),
        )


def total(reports: Iterable[Guessing]) -> Guessing:
    """What guessing earns over a whole bank."""
    found = Guessing()
    for report in reports:
        found += report
    return found
