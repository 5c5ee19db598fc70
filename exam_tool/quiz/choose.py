"""Which question comes next. Pure: what was practised, when, and a seed decide; the same input gives the same question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from exam_tool.bank import Problem
from exam_tool.bank.draws import Stream
from exam_tool.bank.shelf import Outline, outline
from exam_tool.language import ExamToolError, Text
from exam_tool.variant import Variant, code_of, draw, mistakes_of

from .item import Item, new_item
from .learner import Learner, Skill
from .needs import Need, apart_need, need, neighbours
from .outcomes import outcomes
from .pages import Page, Taught, Worked, taught_page
from .session import Session

SEEDS = 10**9
DRAWS = 8  # variants among which a diagnostic one is looked for
FADED_AT = 2  # questions before the one with a faded example
STRONG = 0.85  # running average from which nobody is made to read examples
JITTER = 0.15
FACT_SHARE, FACT_COST = 0.25, 4.0  # questions on facts are many and short: at most one in four, where there is anything else
NEW_SHARE, NEW_BONUS = 0.35, 1.2  # of a session's questions are on new skills as long as there are any
ENOUGH_TO_FADE = 0.5  # running average from which every step is asked

NAMED = Text("you asked for it", "你指定的题目")
ANOTHER = Text("another like the last one", "与上一题同类")
AGAIN = Text("the value was shown last time: now by yourself", "上一题已给出答案：这次自己做")


@dataclass(frozen=True)
class Plan:
    """What a session chooses from and by. ``learner`` is what was known before it; what happens in it is added each time.

    ``named``: the person named these problems, so each of them comes once before any comes twice, and no example is put before.
    """

    problems: tuple[Outline, ...]
    find: Callable[[str], Problem]
    learner: Learner
    seed: int
    named: bool = False

    @classmethod
    def of(cls, problems: Iterable[Problem], learner: Learner, seed: int, named: bool = False) -> Plan:
        """A plan on problems that are at hand."""
        there = {problem.id: problem for problem in problems}
        return cls(tuple(map(outline, there.values())), there.__getitem__, learner, seed, named)

    def __call__(self, session: Session, at: int) -> Item | None:
        learner = self.learner.after(outcomes(session.reviews))
        number = session.number
        lesson = self.lesson(learner, session)
        ordered = self.order(session, learner, at)
        if isinstance(lesson, Taught):  # what was just explained is tested after something else
            ordered.sort(key=lambda entry: entry[1].code == lesson.code)
        for problem, found in ordered:
            variant = self.drawn(problem, learner, found)
            if variant is None:
                continue
            if lesson is not None:
                return new_item(number, variant, found.purpose, found.reason, scaffold=lesson)
            fade, example = self.support(problem, learner, session, found)
            return new_item(number, variant, found.purpose, found.reason, fade, example)
        return None

    def order(self, session: Session, learner: Learner, at: int) -> list[tuple[Outline, Need]]:
        """The problems, the most needed first; one that was wished for, or whose value had to be shown, before all.

        A problem that may tell two mistakes apart stands there twice: it is passed over the first time where it cannot.
        """
        before = [outline(item.variant.problem) for item in session.done]
        fresh = sum(item.purpose == "new" for item in session.done)
        facts = sum(earlier.is_fact for earlier in before)
        wants_new = fresh < NEW_SHARE * (len(before) + 1)
        weighed = []
        for problem in self.problems:
            many = problem.is_fact and (not before or facts >= FACT_SHARE * (len(before) + 1))  # a session opens with a calculation
            lot = Stream(f"lot/{self.seed}/{len(before)}/{problem.id}").word() / 2**32
            cost = FACT_COST * many + neighbours(problem, before) - JITTER * lot
            for found in self.needs(problem, learner, at):
                weight = found.weight + (NEW_BONUS if wants_new and found.purpose == "new" else 0.0)
                if self.named:
                    weight = 0.2 * weight - 10.0 * sum(earlier.id == problem.id for earlier in before)
                    found = Need(weight, "named", NAMED, found.code)
                weighed.append((weight - cost, problem, found))
        weighed.sort(key=lambda entry: (-entry[0], entry[1].id))
        ordered = [(problem, found) for _, problem, found in weighed]
        first = session.wish or self.solved_last(session)
        if first:
            found = Need(0.0, "another", ANOTHER) if session.wish else Need(0.0, "again", AGAIN)
            ordered = [*((p, found) for p in self.problems if p.id == first), *ordered]
        return ordered

    def needs(self, problem: Outline, learner: Learner, at: int) -> list[Need]:
        apart = apart_need(problem, learner) if learner.doubts and not self.named else None
        return [need(problem, learner, at), *([apart] if apart is not None else [])]

    def solved_last(self, session: Session) -> str:
        """The problem whose value had just to be shown by a hint: another variant of it follows at once, once."""
        last = session.done[-1] if session.done else None
        if last is None or last.purpose == "again" or not any(entry.rung_is_last for entry in last.entries):
            return ""
        return last.variant.problem.id

    def drawn(self, problem: Outline, learner: Learner, found: Need) -> Variant | None:
        """A variant not met before; for a mistake under test, or several of which one was shown, the one that tells most.

        None where there is none.
        """
        try:
            there = self.find(problem.id)
        except ExamToolError:  # its file has changed since the outline was made
            return None
        times = learner.problems[problem.id].times if problem.id in learner.problems else 0
        doubt = learner.doubt_on(problem.calculator)
        if doubt is not None:
            variant = telling_apart(there, doubt.codes, f"{self.seed}/{times}")
            if variant is not None or found.purpose == "apart":
                return variant
        if found.code and found.purpose in ("retest", "slip"):
            return showing(there, found.code, f"{self.seed}/{times}")
        for attempt in range(4):
            variant = drawn(there, variant_seed(self.seed, problem.id, f"{times}/{attempt}"))
            if variant is None or variant.code not in learner.used:
                return variant
        return variant

    def lesson(self, learner: Learner, session: Session) -> Page | None:
        """A mistake shown twice or more in this session's last question, to be explained before anything else is asked."""
        last = session.done[-1] if session.done else None
        for code in (*last.mistakes, *last.tied) if last else ():
            slip = learner.slips.get(code)
            if last is not None and slip is not None and slip.wants_teaching:
                return taught_page(last.variant, code, slip.shown)
        return None

    def support(self, problem: Outline, learner: Learner, session: Session, found: Need) -> tuple[int, Page | None]:
        """How many of the last steps are left open (0: all), and the example read before: for one new or failing skill a session."""
        skill = learner.skills.get(problem.skills[0], Skill())
        faded = len(session.done) == FADED_AT and found.purpose in ("new", "weak")
        if self.named or not (faded or found.purpose == "stuck"):
            return 0, None
        known = [state.average for state in learner.skills.values() if state.tries >= 3]
        if found.purpose != "stuck" and len(known) >= 5 and sum(known) / len(known) >= STRONG:
            return 0, None
        example = drawn(self.find(problem.id), variant_seed(self.seed, problem.id, "example"))
        fade = 1 if skill.tries == 0 or found.purpose == "stuck" else 2 if skill.average < ENOUGH_TO_FADE else 0
        return (fade if problem.asks > fade else 0), (Worked(example, True) if example is not None else None)


def showing(problem: Problem, code: str, seed: str) -> Variant | None:
    """The variant that shows best whether a mistake is still made, itself and none like it; None where it cannot be made."""
    name = problem.calculator.name
    local = code.removeprefix(f"{name}.")
    alike = {other for group in problem.ties if local in group for other in group}
    variant = _diagnostic(problem, [local, *sorted(alike - {local})], f"retest/{seed}")
    return variant if variant is not None and any(code_of(*pair) == local for pair in mistakes_of(variant)) else None


def telling_apart(problem: Problem, codes: Sequence[str], seed: str) -> Variant | None:
    """The variant whose answers say best which of these mistakes is made; None where all of them would look the same."""
    from exam_tool.marking.separating import groups

    variant = _diagnostic(problem, codes, f"apart/{seed}")
    if variant is None:
        return None
    shown = [group for group in groups(variant, codes) if any(group)]
    return variant if len(shown) > 1 else None


def _diagnostic(problem: Problem, codes: Sequence[str], seed: str) -> Variant | None:
    from exam_tool.marking.separating import diagnostic_variant

    try:
        return diagnostic_variant(problem, codes, DRAWS, Stream(seed).below(SEEDS))
    except ExamToolError:
        return None


def variant_seed(seed: int, problem: str, turn: str) -> int:
    """The seed of a practice variant; never one of the small numbers people use to look at a problem."""
    return 1000 + Stream(f"practice/{seed}/{problem}/{turn}").below(SEEDS)


def drawn(problem: Problem, seed: int) -> Variant | None:
    """The variant, or None for a problem that cannot be drawn: a faulty one never stops a session."""
    try:
        return draw(problem, seed)
    except ExamToolError:
        return None
