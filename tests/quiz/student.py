"""A simulated student with known skills, known mistakes and a memory that fades, who sits real sessions; and what a plan does for them.

``python -m tests.quiz.student`` prints the comparison of the plan with random practice over 30 days.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from exam_tool.bank import Bank, Problem, load_bank
from exam_tool.bank.draws import Stream
from exam_tool.expressions.forms import exact_text
from exam_tool.history.review import Review
from exam_tool.quiz.choose import NAMED, Plan, drawn
from exam_tool.quiz.events import Pressed, Typed
from exam_tool.quiz.item import Item, new_item, value_of
from exam_tool.quiz.learner import Learner
from exam_tool.quiz.outcomes import outcomes
from exam_tool.quiz.pages import Taught
from exam_tool.quiz.session import Asking, Choose, Closed, Finished, Hunting, Limits, Reading, Session, Sure, Turn, advance, start
from exam_tool.trace import Failure
from exam_tool.variant import Variant, code_of, mistakes_of

DAY = 86_400_000
START = 1_800_000_000_000
GONE = 0.15  # chance of making a mistake below which it counts as gone


@dataclass
class Belief:
    """A mistake in a head: how far it was unlearned, and how long that lasts."""

    unlearned: float = 0.0
    lasts: float = 2.0  # days until a tenth of it is gone
    at: float = 0.0

    def held(self, day: float) -> float:
        return float(self.unlearned * 0.9 ** ((day - self.at) / self.lasts))

    def chance(self, day: float) -> float:
        return 0.95 * (1 - self.held(day))

    def corrected(self, day: float, strength: float) -> None:
        held = self.held(day)
        self.unlearned = held + strength * (1 - held)
        self.at = day

    def avoided(self, day: float) -> None:
        """A right answer where the mistake could have come makes the right way last longer, the more the harder it was to recall."""
        held = self.held(day)
        self.lasts *= 1.4 + 3 * (1 - held)
        self.unlearned, self.at = max(held, 0.97), day


@dataclass
class Knowledge:
    """A skill in a head: how long it lasts, and when it was practised last."""

    lasts: float = 0.0
    at: float = 0.0

    def chance(self, day: float) -> float:
        return 0.4 if not self.lasts else 0.4 + 0.58 * float(0.9 ** ((day - self.at) / self.lasts))

    def practised(self, day: float, right: bool) -> None:
        there = self.chance(day)
        self.lasts = max(2.3, self.lasts * (1.3 + 4 * (1 - there) if right else 0.7))
        self.at = day


@dataclass
class Student:
    """Answers questions by what they know at that moment."""

    beliefs: dict[str, Belief]
    seed: int
    skills: dict[str, Knowledge] = field(default_factory=dict)
    asked: int = 0

    def luck(self, name: str) -> float:
        return Stream(f"student/{self.seed}/{self.asked}/{name}").word() / 2**32

    def answers(self, variant: Variant, day: float) -> tuple[dict[str, str], str]:
        """What they write, and the mistake they make, if any."""
        self.asked += 1
        name = variant.problem.calculator.name
        trace = variant.trace
        for step, mistake in mistakes_of(variant):
            code = f"{name}.{code_of(step, mistake)}"
            if code in self.beliefs and self.luck(code) < self.beliefs[code].chance(day):
                values = trace.mistaken(step, mistake)
                shown = [values[ask.find] for ask in variant.asked]
                if not any(isinstance(value, Failure | str | bool) for value in shown):
                    return {ask.find: exact_text(value) for ask, value in zip(variant.asked, shown, strict=True)}, code
        written = {ask.find: value_of(variant, ask.find) for ask in variant.asked}
        if any(self.luck(skill) > self.skill(skill).chance(day) for skill in variant.problem.syllabus[:1]):
            last = variant.asked[-1].find
            written[last] = "123457"  # not known: some number
        return written, ""

    def skill(self, name: str) -> Knowledge:
        return self.skills.setdefault(name, Knowledge())

    def told(self, variant: Variant, made: str, named: Sequence[str], right: bool, day: float) -> None:
        """What feedback does: a named mistake shakes the belief, a passed one settles the right way, practice the skill."""
        for code in named:
            if code in self.beliefs:
                self.beliefs[code].corrected(day, 0.45)
        if made and made not in named:
            self.beliefs[made].corrected(day, 0.2)
        name = variant.problem.calculator.name
        tested = {f"{name}.{code_of(*pair)}" for pair in mistakes_of(variant)}
        for code in tested & set(self.beliefs):
            if right:
                self.beliefs[code].avoided(day)
        for skill in variant.problem.syllabus:
            self.skill(skill).practised(day, right)

    def taught(self, code: str, day: float) -> None:
        if code in self.beliefs:
            self.beliefs[code].corrected(day, 0.7)


@dataclass(frozen=True)
class Result:
    """How it went: after how many questions each mistake was gone for good, and what is left at the end."""

    questions: int
    gone_after: dict[str, int]
    mistakes: int
    left: float  # mean chance of the mistakes on the exam day
    known: float  # mean chance of the skills of the bank on the exam day

    @property
    def cost(self) -> float:
        """Questions until a mistake is gone, on average; one that stays counts as all of them."""
        return (sum(self.gone_after.values()) + (self.mistakes - self.fixed) * self.questions) / self.mistakes

    @property
    def fixed(self) -> int:
        return len(self.gone_after)


def random_practice(problems: tuple[Problem, ...], seed: int) -> Choose:
    """Any problem, any variant: what drilling without a plan does."""

    def choose(session: Session, at: int) -> Item | None:
        stream = Stream(f"random/{seed}/{session.id}/{len(session.done)}")
        while True:
            problem = problems[stream.below(len(problems))]
            variant = drawn(problem, stream.below(10**9))
            if variant is not None:
                return new_item(session.number, variant, "random", NAMED)

    return choose


def practise(bank: Bank, codes: Sequence[str], days: int, count: int, seed: int, choose_for: Callable[[Learner], Choose]) -> Result:
    """So many days of one session each, with the real session, marking and history rows."""
    student = Student({code: Belief() for code in codes}, seed)
    rows: list[Review] = []
    learner = Learner(exam=date.fromtimestamp((START + days * DAY) / 1000))
    last_bad = dict.fromkeys(codes, 0)
    questions = 0
    for day in range(days):
        at = START + day * DAY
        choose = choose_for(learner)
        turn = start(f"day{day}", at, Limits(count), choose, asks_sureness=False, planned=True)
        session, fresh = turn.session, list(turn.kept)
        while not isinstance(session.phase, Closed):
            at += 20_000
            before = len(session.done)
            step = _turn(session, student, at, choose)
            session = step.session
            fresh += step.kept
            if len(session.done) > before:
                questions += 1
                for code, belief in student.beliefs.items():
                    if belief.chance((at - START) / DAY) >= GONE:
                        last_bad[code] = questions
        rows += fresh
        learner = learner.after(outcomes(fresh))
    exam = float(days)
    left = [belief.chance(exam) for belief in student.beliefs.values()]
    skills = {skill for problem in bank for skill in problem.syllabus}
    known = [student.skill(skill).chance(exam) for skill in skills]
    gone = {code: last_bad[code] + 1 for code in codes if student.beliefs[code].chance(exam) < 0.3 and last_bad[code] < questions}
    return Result(questions, gone, len(codes), sum(left) / len(left), sum(known) / len(known))


def _turn(session: Session, student: Student, at: int, choose: Choose) -> Turn:
    """One thing the student does: answers every step once, reads every page, goes on."""
    day = (at - START) / DAY
    match session.phase:
        case Asking() if session.item is not None:
            return _question(session, session.item, student, at, day, choose)
        case Reading(page):
            if isinstance(page, Taught):
                student.taught(page.code, day)
            return advance(session, Pressed("next", at), choose)
        case Finished() | Hunting() | Sure():
            return advance(session, Typed("", at), choose)
        case _:
            return advance(session, Pressed("leave", at), choose)


def _question(session: Session, item: Item, student: Student, at: int, day: float, choose: Choose) -> Turn:
    written, made = student.answers(item.variant, day)
    kept: tuple[Review, ...] = ()
    while isinstance(session.phase, Asking) and session.item is not None and session.item.number == item.number:
        turn = advance(session, Typed(written[session.item.entry.find], at), choose)
        kept += turn.kept
        session = turn.session
        if isinstance(session.phase, Asking) and session.item is not None and session.item.number == item.number:
            entry = session.item.entry
            unread = any(notice.place is not None for notice in session.notices)
            if unread or (not entry.settled and entry.last is not None and not entry.last.right):
                turn = advance(session, Pressed("skip", at), choose)
                kept += turn.kept
                session = turn.session
    done = session.done[-1]
    student.told(item.variant, made, done.mistakes, done.clean, day)
    return Turn(session, kept)


def course(bank: Bank, count: int, seed: int) -> Bank:
    """So many problems of the bank, drawn by hash: what one course of a few weeks asks."""
    lots = sorted((p for p in bank if p.fact is None), key=lambda problem: Stream(f"course/{seed}/{problem.id}").word())[:count]
    return Bank(bank.root, {problem.id: problem for problem in bank if problem in lots})


def injected(bank: Bank, count: int, seed: int) -> list[str]:
    """Mistakes that the bank can tell apart, from as many calculations as possible."""
    found: dict[str, list[str]] = {}
    for problem in bank:
        variant = drawn(problem, 1)
        if variant is None:
            continue
        for step, mistake in mistakes_of(variant):
            code = code_of(step, mistake)
            if mistake.kind != "convention" and code not in problem.hides and not any(code in tie for tie in problem.ties):
                found.setdefault(problem.calculator.name, []).append(f"{problem.calculator.name}.{code}")
    names = sorted(found, key=lambda name: Stream(f"inject/{seed}/{name}").word())[:count]
    return [found[name][Stream(f"inject/{seed}/{name}/which").below(len(found[name]))] for name in names]


def compare(bank: Bank, codes: Sequence[str], days: int, count: int, seed: int) -> tuple[Result, Result]:
    """The plan and random practice, on the same student."""
    problems = tuple(bank)
    planned = practise(bank, codes, days, count, seed, lambda learner: Plan.of(problems, learner, seed))
    by_chance = practise(bank, codes, days, count, seed, lambda learner: random_practice(problems, seed))
    return planned, by_chance


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--days", type=int, default=30)
    arguments.add_argument("--count", type=int, default=10)
    arguments.add_argument("--mistakes", type=int, default=12)
    arguments.add_argument("--seeds", type=int, default=3)
    arguments.add_argument("--problems", type=int, default=50)
    wanted = arguments.parse_args()
    whole = load_bank()
    for seed in range(1, wanted.seeds + 1):
        bank = course(whole, wanted.problems, seed)
        codes = injected(bank, wanted.mistakes, seed)
        for name, result in zip(("plan", "random"), compare(bank, codes, wanted.days, wanted.count, seed), strict=True):
            after = sorted(result.gone_after.values())
            middle = after[len(after) // 2] if after else 0
            print(
                f"seed {seed} {name:<7} {result.questions} questions: {result.fixed} of {result.mistakes} mistakes gone, "
                f"half of them after {middle}, "
                f"on average after {result.cost:.0f}; on the exam day a mistake comes with {100 * result.left:.0f} %, "
                f"a skill is there with {100 * result.known:.0f} %"
            )


if __name__ == "__main__":
    main()
