"""How well the cause of an error is found again: known mistakes and plain slips are put into variants, marked, and counted.

It measures and prints; it is no part of marking. ``python -m exam_tool.marking.recovery`` runs it over the packaged bank.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from flint import fmpq

from exam_tool.bank import Bank, Problem, load_bank
from exam_tool.bank.draws import Stream
from exam_tool.bank.problem import Ask
from exam_tool.expressions.arrays import Shape, Value
from exam_tool.expressions.decimals import decimal_text, significant_text
from exam_tool.expressions.exact import Real, sign
from exam_tool.expressions.forms import exact_text
from exam_tool.language import ExamToolError, Text
from exam_tool.trace import Failure, terminates
from exam_tool.variant import Variant, declared_tie, draw, mistakes_of

from .carrying import is_exactly
from .causes import MISREAD, SLIP
from .grading import grade, sheet_of
from .noise import slip
from .separating import local_code
from .verdicts import Cause, Grade, Named, OneOf, cause_codes

VIEWS = ("all", "half", "end")
OUTCOMES = ("named", "tied", "doubtful", "missed", "wrong")
TITLES = {
    "all": Text("all steps shown", "全部步骤"),
    "half": Text("half of them", "一半步骤"),
    "end": Text("only the last one", "只有最后一步"),
    "slip": Text("plain slips (naming a misconception is wrong)", "单纯的计算失误（指认错误概念算认错）"),
}
HEADS = Text("named, tied, or a slip, missed, wrongly named", "指认, 并列, 或为失误, 未认出, 认错")


@dataclass
class Recovery:
    """Counts of outcomes for each view, and the cases that went wrong for the author to look at."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: {view: Counter() for view in (*VIEWS, "slip")})
    cases: list[tuple[str, str, str, str]] = field(default_factory=list)  # view, variant, injected, found

    def add(self, view: str, outcome: str, variant: Variant, injected: str, found: str) -> None:
        self.counts[view][outcome] += 1
        if outcome in ("missed", "wrong"):
            self.cases.append((view, variant.code, injected, found))

    def share(self, view: str, *outcomes: str) -> fmpq:
        total = sum(self.counts[view].values())
        return fmpq(sum(self.counts[view][outcome] for outcome in outcomes), total) if total else fmpq(0)

    def lines(self, language: str = "en") -> Iterator[str]:
        """A table for people."""
        heads = HEADS.en if language == "en" else HEADS.zh
        yield f"{'':46}" + "".join(f"{head:>15}" for head in heads.split(", "))
        for view, counted in self.counts.items():
            cells = "".join(f"{percent(self.share(view, outcome)):>9}{counted[outcome]:>6}" for outcome in OUTCOMES)
            yield f"{(TITLES[view].en if language == 'en' else TITLES[view].zh):46}{cells}"


def percent(share: fmpq) -> str:
    return decimal_text(share * 100, 1) + "%"


def as_typed(variant: Variant, values: Mapping[str, Value], guard: int = 0) -> dict[str, str] | None:
    """The asked values as a careful student writes them, with ``guard`` more digits than asked.

    None when one has no value, or a choice does not offer it.
    """
    typed = {}
    for ask in variant.asked:
        value = values[ask.find]
        if isinstance(value, Failure):
            return None
        if ask.find in variant.offers:
            letter = variant.letter(ask, value)
            if letter is None:
                return None
            typed[ask.find] = letter
            continue
        words = isinstance(value, str) and variant.kind(ask) == "text"
        typed[ask.find] = value.split("|")[0] if words else typed_value(value, *_guarded(ask, guard))
    return typed


def _guarded(ask: Ask, guard: int) -> tuple[int | None, int | None]:
    if guard == 0 or ask.places is not None:
        return ask.places if ask.places is None else ask.places + guard, ask.sig
    return None, (ask.sig or 3) + guard


def typed_value(value: Value, places: int | None, sig: int | None) -> str:
    """Whole numbers and fractions exactly, other numbers rounded as asked."""
    if isinstance(value, Shape | str | bool):
        return exact_text(value) if isinstance(value, Shape) else str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(typed_value(item, places, sig) for item in value) + "]"
    if isinstance(value, fmpq) and (places is None or terminates(value, places)):
        return exact_text(value)
    if isinstance(value, Real) and places is None and sig is None and value.terms is not None:
        return exact_text(value)
    if places is not None:
        return decimal_text(value, places)
    return significant_text(value, sig or 3) if sign(value) else "0"


def shown(variant: Variant, view: str, stream: Stream) -> list[str]:
    """The asked steps a view reveals, the last one always among them."""
    names = list(sheet_of(variant).columns)
    if view == "all":
        return names
    if view == "end":
        return names[-1:]
    kept = stream.shuffled(names[:-1])[: max(0, (len(names) + 1) // 2 - 1)]
    return [name for name in names if name in kept or name == names[-1]]


def measure(bank: Bank | Iterable[Problem], rounds: int = 20, seed: int = 1) -> Recovery:
    """Puts mistakes and slips into ``rounds`` variants of every problem and counts what is said of them."""
    found = Recovery()
    for problem in bank:
        for turn in range(rounds):
            stream = Stream(f"recovery/{problem.code}/{seed}/{turn}")
            try:
                variant = draw(problem, stream.below(10**9))
            except ExamToolError:
                break  # a problem without variants is the bank check's business
            inject_mistake(found, variant, stream)
            inject_slip(found, variant, stream)
    return found


def inject_mistake(found: Recovery, variant: Variant, stream: Stream) -> None:
    """One known mistake at one step; everything after it follows."""
    listed = mistakes_of(variant)
    if not listed:
        return
    step, mistake = listed[stream.below(len(listed))]
    typed = as_typed(variant, variant.trace.mistaken(step, mistake))
    if typed is None:
        return
    code = f"{variant.trace.plan.calculator}.{step.name}/{mistake.id}"
    for view in VIEWS:
        marked = grade(variant, {name: typed[name] for name in shown(variant, view, stream)})
        if first_wrong(marked) is None:
            continue  # what is shown hides the mistake
        outcome, said = judged(variant, marked, code)
        found.add(view, outcome, variant, code, said)


def first_wrong(marked: Grade) -> str | None:
    """The first answered step that is neither right nor right from what came before."""
    fine = ("correct", "implied", "blank", "follows_through")
    return next((name for name, code in marked.codes.items() if code not in fine), None)


def judged(variant: Variant, marked: Grade, code: str) -> tuple[str, str]:
    """What the sentences of a grade say of the injected mistake: named; tied with other known mistakes that leave the same numbers;
    doubtful, when a slip or a misread given may have left them as well."""
    said = [step.cause for step in marked.steps if cause_codes(step.cause)]
    codes = [name for cause in said for name in cause_codes(cause)]
    if not said:
        return "missed", " ".join(marked.codes.values())
    if any(isinstance(cause, Named) and (cause.code == code or _tied(variant, code, cause.code)) for cause in said):
        return "named", code
    tied = [cause for cause in said if isinstance(cause, OneOf) and code in cause.codes]
    if tied:
        plain = any({SLIP, MISREAD}.isdisjoint(cause.codes) for cause in tied)
        return ("tied" if plain else "doubtful"), " ".join(codes)
    return "wrong", " ".join(codes)


def _tied(variant: Variant, one: str, other: str) -> bool:
    return declared_tie(variant.problem, local_code(variant, one), local_code(variant, other))


def inject_slip(found: Recovery, variant: Variant, stream: Stream) -> None:
    """One number written wrongly at one asked step; everything after it follows."""
    names = list(sheet_of(variant).columns)
    name = names[stream.below(len(names))]
    slipped = slip(variant.trace.values[name], stream)
    if slipped is None or is_exactly(slipped, variant.trace.values[name]):
        return
    typed = as_typed(variant, variant.trace.replaced({name: slipped}))
    if typed is None:
        return
    marked = grade(variant, typed)
    accused = [code for step in marked.steps for code in accusations(variant, step.cause)]
    found.add("slip", "wrong" if accused else "missed", variant, f"{name} := {typed[name]}", " ".join(accused))
    if not accused:
        found.cases.pop()  # nothing said of a slip is what is wanted


def accusations(variant: Variant, cause: Cause) -> list[str]:
    """The misconceptions a sentence names outright: not a slip, nor what may as well be one."""
    codes = cause_codes(cause)
    if SLIP in codes or codes == (MISREAD,):
        return []
    slips = {known.code for group in sheet_of(variant).form.hypotheses.values() for known in group if known.kind == "slip"}
    return [code for code in codes if code not in slips]


def main() -> None:
    """Measures the packaged bank and prints the table, and with ``-v`` every case that was missed or wrong."""
    arguments = sys.argv[1:]
    rounds = next((int(part) for part in arguments if part.isdigit()), 20)
    result = measure(load_bank(), rounds)
    for line in result.lines():
        sys.stdout.write(line + "\n")
    if "-v" in arguments:
        for case in result.cases:
            sys.stdout.write("  ".join(case) + "\n")


if __name__ == "__main__":
    main()
