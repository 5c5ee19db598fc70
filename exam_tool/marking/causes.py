"""From a wrong number to its cause: which known mistakes, other conventions or pairs of mistakes leave it, and how likely each is.

Priors: half of all steps are right, a fifth of the errors of reckoning are spread over the steps, and the known mistakes share
a quarter. What is said is decided by the posterior; what is marked is decided by ``examiner`` and the policy.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from flint import fmpq

from exam_tool.language import Text

from .carrying import Carried
from .form import Hypothesis
from .misread import explaining, has_more_readings
from .noise import MANY, slip_odds
from .runs import Runs
from .sheet import Column, Convention
from .typed import Answer
from .verdicts import Both, Cause, KnownMistake, Named, NoCause, OneOf, TwoMistakes, Verdict

NOISE, KNOWN, MISREADING = fmpq(1, 5), fmpq(1, 4), fmpq(1, 20)  # right takes the other half
MATCH = fmpq(9, 10)
CAUTION = fmpq(3, 2)  # for a slip: to be told of a misconception one does not have is worse than to read "or a slip"
LIKELY, AHEAD = fmpq(8, 10), 2
MOST_TIED = 3
SLIP, MISREAD = "slip", "misread"  # the codes under which a plain slip of reckoning and a misread given compete
MILDEST = {"convention": 0, "slip": 1, "method": 2}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cause that leaves the number: a known mistake or another convention, and the step where it comes in."""

    code: str
    kind: str
    at: str
    message: Text
    stated: bool
    source: Hypothesis | Convention


@dataclass
class Candidates:
    """What may explain one wrong number: mistakes at the step itself, at blank steps before it, and pairs."""

    here: list[Candidate] = field(default_factory=list)
    before: list[Candidate] = field(default_factory=list)
    both: list[tuple[Hypothesis, Hypothesis]] = field(default_factory=list)


def candidates_at(carried: Carried, column: Column, answer: Answer, own_only: bool = False) -> Candidates:
    """Every single cause that leaves this number at this step, from the carried values or (unless ``own_only``) from the key.

    Pairs are looked for only if there is none.
    """
    sheet, found = carried.sheet, Candidates()
    untouched = carried.untouched(column)
    gap, runs = carried.gap(column), carried.runs(column)
    from_key = None if untouched or own_only else sheet.runs(column, carried.open_steps)
    inside = {step.name for step in column.segment} | {column.name}
    for mistake in gap.mistakes:
        if runs.leaves(mistake, answer) or (from_key is not None and from_key.leaves(mistake, answer)):
            candidate = Candidate(mistake.code, mistake.kind, mistake.at.name, mistake.message, True, mistake)
            (found.here if mistake.at.name in inside else found.before).append(candidate)
    if own_only:
        return found
    for convention in sheet.conventions:
        if column.name in convention.touched and is_elsewhere(carried, column, convention, answer, untouched):
            found.here.append(Candidate(convention.code, "convention", column.name, convention.says, convention.stated, convention))
    if not found.here and not found.before:
        found.both = runs.pairs_leaving(gap.pairs, answer)
    return found


def is_elsewhere(carried: Carried, column: Column, convention: Convention, answer: Answer, untouched: bool) -> bool:
    """Whether another convention leads to this answer."""
    value = carried.sheet.elsewhere(column, convention, carried.values, carried.answered, untouched)
    return not column.excludes(value, answer.value) and carried.sheet.is_it(column, value, answer)


class Weighing:
    """Settles what explains the wrong numbers of one script, once all its answers are known.

    ``in_order`` names the answers that are right or right from what came before: they speak against a cause that predicts
    something else, but not for one that predicts the same.
    """

    def __init__(self, carried: Carried, answers: dict[str, Answer], in_order: Collection[str]) -> None:
        self.carried = carried
        self.sheet = carried.sheet
        self.answers = answers
        self.in_order = in_order
        self.runs: dict[str, Runs] = {}

    def settle(self, column: Column, found: Candidates) -> tuple[Verdict | None, Cause]:
        """The verdict on a wrong step (None: wrong for no known reason) and the cause that may be named."""
        here, before = self.best(column, found.here), self.best(column, found.before)
        if here or before:
            cause = self.cause(column, [*here, *before])
            ranked = sorted(here, key=lambda candidate: MILDEST[candidate.kind]) + before
            first, others = ranked[0], tuple(dict.fromkeys(candidate.code for candidate in ranked[1:]))
            hidden = bool(before)
            return KnownMistake(first.code, first.kind, first.at, others, hidden, first.stated), cause  # type: ignore[arg-type]
        if found.both:
            cause = self.pair_cause(column, found.both)
            return (TwoMistakes(found.both[0][0].code, found.both[0][1].code) if len(found.both) == 1 else None), cause
        return None, NoCause()

    def best(self, column: Column, found: list[Candidate]) -> list[Candidate]:
        """Those that explain the other numbers they reach as well, when some do."""
        if len(found) < 2:
            return found
        missed = [(self.reached(column, candidate)[1], candidate) for candidate in found]
        least = min(count for count, _ in missed)
        return [candidate for count, candidate in missed if count == least]

    def reached(self, column: Column, candidate: Candidate) -> tuple[int, int]:
        """How many other wrong answers a cause explains as well, and how many answers speak against it."""
        right = wrong = 0
        for name, answer in self.answers.items():
            other = self.sheet.columns[name]
            if name == column.name or not self._reaches(candidate, other):
                continue
            if not self.explains(candidate.source, other, answer):
                wrong += 1
            elif name not in self.in_order:
                right += 1
        return right, wrong

    def explains(self, source: Hypothesis | Convention, other: Column, answer: Answer) -> bool:
        """Whether a cause leads to another answer too, from the values carried."""
        if isinstance(source, Convention):
            return is_elsewhere(self.carried, other, source, answer, False)
        if other.name not in self.runs:
            self.runs[other.name] = Runs(self.sheet, other, self.carried.values, self.carried.open_steps)
        return self.runs[other.name].leaves(source, answer)

    def _reaches(self, candidate: Candidate, other: Column) -> bool:
        if isinstance(candidate.source, Convention):
            return other.name in candidate.source.touched
        return candidate.at != other.name and any(step.name == candidate.at for step in self.carried.gap(other).steps)

    def cause(self, column: Column, found: list[Candidate]) -> Cause:
        """What may be said: one cause that is likely and clearly ahead, else those that share the likelihood, else none."""
        share = KNOWN / max(1, self.sheet.known)
        weights = {} if any(candidate.kind == "slip" for candidate in found) else {SLIP: self.noise(column)}  # a known slip says which
        places: dict[str, str] = {}
        for candidate in found:
            right, wrong = self.reached(column, candidate)
            weights[candidate.code] = share * MATCH * fmpq(MANY) ** right / fmpq(MANY) ** wrong
            places[candidate.code] = candidate.at
        if not column.letters and self.carried.untouched(column) and self.misreading_counts(max(weights.values())):
            weights[MISREAD] = MISREADING * explaining(self.sheet, self.answers, column) * MATCH
        ranked = sorted(weights, key=lambda code: -weights[code])
        total = sum(weights.values())
        first = ranked[0]
        if first not in places and weights[first] >= LIKELY * total:
            return NoCause()
        next_best = max((weights[code] for code in ranked[1:]), default=fmpq(0))
        if first in places and weights[first] >= LIKELY * total and weights[first] >= AHEAD * next_best:
            return Named(first, places[first])
        together = ranked[:2]
        while len(together) < min(MOST_TIED, len(ranked)) and sum(weights[code] for code in together) < LIKELY * total:
            together.append(ranked[len(together)])
        return OneOf(tuple(together)) if sum(weights[code] for code in together) >= LIKELY * total else NoCause()

    def misreading_counts(self, heaviest: fmpq) -> bool:
        """Whether one misread given out of all there are could weigh enough to change what is said."""
        return not has_more_readings(self.sheet, 10 * MISREADING * MATCH / heaviest)

    def pair_cause(self, column: Column, found: list[tuple[Hypothesis, Hypothesis]]) -> Cause:
        """Two mistakes together are rarer than one by one; they are named only if they are still more likely than a slip."""
        share = (KNOWN / max(1, self.sheet.known)) ** 2 * MATCH
        if len(found) > 1 or share < LIKELY * (share + self.noise(column)):
            return NoCause()
        return Both(found[0][0].code, found[0][1].code)

    def noise(self, column: Column) -> fmpq:
        """The weight of a slip of reckoning, in one of the steps that led to this number.

        Whoever slips finds no option with that number: an option was made of the mistake it stands for.
        """
        if column.letters:
            return NOISE / MANY
        blank = sum(step.name in self.sheet.columns for step in self.carried.gap(column).steps)
        place = fmpq(blank + 1, len(self.sheet.columns))
        right = column.key if self.carried.untouched(column) else self.carried.follows(column)
        answer = self.answers[column.name]
        return CAUTION * NOISE * place * slip_odds(right, answer.value, answer.decimals)
