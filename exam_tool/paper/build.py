"""Problems, a roster and a seed make a paper: every student's variants, the same whenever they are drawn again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b

from exam_tool.bank import Problem
from exam_tool.distractors import Offers, lettered
from exam_tool.expressions.forms import exact_text
from exam_tool.files import identity
from exam_tool.language import ExamToolError, Language, Text
from exam_tool.marking.policy import find_policy
from exam_tool.trace import run_plan
from exam_tool.variant import Variant, draw

from .model import TOOL, Item, Paper, Sheet, Slot
from .roster import Student
from .selection import Chosen
from .values import restored, stored

TITLE = Text("Exam", "试卷")
SEEDS = 10**9


def build_paper(
    chosen: Sequence[Chosen],
    roster: Iterable[Student] | None,
    seed: int,
    *,
    title: Text = TITLE,
    language: Language = "en",
    policy: str = "course",
) -> Paper:
    """One sheet for each student, or without a roster one sheet for everybody.

    Args:
        language: of students whose roster row names none.

    Raises:
        ExamToolError: for an unknown policy, an empty roster, or a problem that cannot be drawn.
    """
    slots = _slots(chosen)
    students: list[Student | None] = [None] if roster is None else list(roster)
    if not students:
        raise ExamToolError(Text("The roster holds no student.", "名单中没有学生。"))
    problems = [choice.problem for choice in chosen]
    sheets = tuple(_sheet(slots, problems, student, seed, language) for student in students)
    return Paper(title, seed, language, find_policy(policy).name, TOOL, slots, sheets)


def _slots(chosen: Sequence[Chosen]) -> tuple[Slot, ...]:
    return tuple(_slot(number, choice.problem, choice.seed) for number, choice in enumerate(chosen, 1))


def _slot(number: int, problem: Problem, seed: int | None) -> Slot:
    return Slot(number, problem.id, problem.version, problem.digest, problem.title, problem.ask, seed, problem.keep)


def _sheet(slots: Sequence[Slot], problems: Sequence[Problem], student: Student | None, seed: int, language: Language) -> Sheet:
    times: Counter[str] = Counter()
    items = []
    for slot, problem in zip(slots, problems, strict=True):
        times[problem.id] += 1
        own = slot.seed if slot.seed is not None else variant_seed(seed, student.id if student else "", problem.id, times[problem.id])
        items.append(stored_item(draw(problem, own)))
    return Sheet(student, (student.language if student else None) or language, tuple(items))


def variant_seed(seed: int, student: str, problem: str, occurrence: int) -> int:
    """The seed of one student's variant. It depends on nobody else and on no other slot, so that a late student or an added
    question changes no paper that has been handed out."""
    parts = (str(seed), identity(student), problem, str(occurrence))
    text = "/".join(f"{len(part)}:{part}" for part in parts)
    return 1 + int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") % (SEEDS - 1)


def stored_item(variant: Variant) -> Item:
    """The variant in the form a key keeps."""
    givens = {name: stored(value) for name, value in variant.givens.items()}
    answers = {ask.find: _answer(variant, ask.find) for ask in variant.asked}
    choices = {find: [stored(one.value) for one in offers] for find, offers in variant.offers.items()}
    return Item(variant.code, variant.attempt, givens, dict(variant.options), answers, variant.words, choices)


def _answer(variant: Variant, find: str) -> str:
    value = variant.trace.values[find]
    ask = next(ask for ask in variant.asked if ask.find == find)
    if (letter := variant.letter(ask, value)) is not None:
        return letter
    return str(value).lower() if isinstance(value, bool) else value if isinstance(value, str) else exact_text(value)


def rebuilt(problem: Problem, slot: Slot, item: Item) -> Variant:
    """The variant a key describes, from its stored numbers; what is asked is what the paper asked.

    Raises:
        ExamToolError: when the calculator no longer takes these numbers.
    """
    asked = problem if (problem.ask, problem.keep) == (slot.ask, slot.keep) else replace(problem, ask=slot.ask, keep=slot.keep)
    if problem.fact is not None:  # no numbers: how it is asked follows from the seed alone
        return draw(asked, item.seed)
    plan, complete = problem.calculator.plan({name: restored(value) for name, value in item.givens.items()}, dict(item.options))
    variant = Variant(asked, item.seed, item.attempt, run_plan(plan, complete))
    return replace(variant, words=item.words, offers=_offers(asked, item)) if item.choices else variant


def _offers(problem: Problem, item: Item) -> dict[str, Offers]:
    """The options as they were printed: another order, or another value, would turn right letters into wrong ones."""
    asks = {ask.find: ask for ask in problem.ask}
    found = {}
    for find, values in item.choices.items():
        offers = lettered([restored(value) for value in values], asks[find], problem.decimals)
        if offers is None:
            raise ExamToolError(Text(f"the choices of {find} cannot be told apart", f"{find} 的选项无法区分"))
        found[find] = offers
    return found
