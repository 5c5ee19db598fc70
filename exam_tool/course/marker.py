"""From a student's typed answers to a grade for each question: the one place where a class meets ``marking``.

Variants are rebuilt from the key's own numbers, so that a paper of last year earns last year's marks; where the bank has
changed so much that they would differ, the question is not marked and the reason is told.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Any

from exam_tool.bank import Bank, Problem
from exam_tool.files import FileFault, Place
from exam_tool.language import ExamToolError, Text
from exam_tool.marking import Grade, StepGrade, find_policy, grade
from exam_tool.marking.sentences import PLAIN
from exam_tool.marking.verdicts import NEEDS_PERSON, cause_codes
from exam_tool.paper import Item, Paper, Slot, rebuilt, stored_item
from exam_tool.trace import Plan
from exam_tool.variant import Variant

from .intake import Attempt, Entry

Grading = Callable[..., Grade]
MAX_KNOWN = 4096  # grades remembered: on a paper for everybody the same answers come again and again


@dataclass(frozen=True, slots=True)
class Marked:
    """One question of one student. ``grade`` is None where it could not be marked, and ``problem`` says why."""

    slot: Slot
    item: Item
    attempt: Attempt
    variant: Variant | None
    grade: Grade | None
    problem: Text | None = None

    def steps(self) -> Mapping[str, StepGrade]:
        return {step.name: step for step in self.grade.steps} if self.grade else {}

    @property
    def whole(self) -> int | None:
        """The mark that is entered: a whole number, or None for a question that waits for a person altogether."""
        return self.grade.whole if self.grade else None


class Marker:
    """Marks the questions of one paper. ``faults`` collects what has changed in the bank, once for each slot."""

    def __init__(
        self, paper: Paper, bank: Bank, policy: str | None = None, *, accept_changes: bool = False, grading: Grading = grade
    ) -> None:
        self.paper = paper
        self.policy = find_policy(policy or paper.policy)
        self.accept_changes = accept_changes
        self.grading = grading
        self.faults: list[FileFault] = []
        self.problems = [self._problem(bank, slot) for slot in paper.slots]
        self._built: dict[str, Variant | Text] = {}
        self._told: set[int] = set()
        self._known: dict[tuple[Any, ...], Grade] = {}

    def _problem(self, bank: Bank, slot: Slot) -> Problem | None:
        problem = bank.problems.get(slot.problem)
        if problem is None:
            self._fault(
                slot, "missing-problem", Text(f"the bank has no problem {slot.problem} any more.", f"题库中已没有题目 {slot.problem}。")
            )
        elif problem.digest != slot.digest:
            self.faults.append(
                FileFault(
                    Place(slot.problem),
                    "changed-problem",
                    Text(
                        f"Question {slot.number}: {slot.problem} has been edited since the paper was drawn; the key's numbers are used.",
                        f"第 {slot.number} 题：{slot.problem} 在出卷后被修改过；按答案文件中的数值评分。",
                    ),
                    "warning",
                )
            )
        return problem

    def _fault(self, slot: Slot, code: str, why: Text) -> None:
        self.faults.append(
            FileFault(
                Place(slot.problem), code, Text(f"Question {slot.number} is not marked: {why.en}", f"第 {slot.number} 题未评分：{why.zh}")
            )
        )

    def question(self, entry: Entry, position: int, counts_best: bool) -> Marked:
        """The grade of one question: of the attempt that counts, or of the best of several."""
        attempts = entry.slots.get(position) or [{}]
        marked = [self._attempt(entry, position, attempt) for attempt in (attempts if counts_best else attempts[-1:])]
        return max(marked, key=lambda one: one.grade.total if one.grade else Fraction(-1))

    def _attempt(self, entry: Entry, position: int, attempt: Attempt) -> Marked:
        slot, item = self.paper.slots[position], entry.sheet.items[position]
        variant = self.variant(position, item)
        if not isinstance(variant, Variant):
            return Marked(slot, item, attempt, None, None, variant)
        responses = {slot.ask[ask].find: cell.text for ask, cell in sorted(attempt.items())}
        try:
            return Marked(slot, item, attempt, variant, self._grade(variant, responses))
        except Exception as error:  # one student's paper must never stop the others
            why = _accident(error)
            self.faults.append(
                FileFault(_first_place(attempt), "internal", Text(f"{entry.student.id}: {why.en}", f"{entry.student.id}：{why.zh}"))
            )
            return Marked(slot, item, attempt, variant, None, why)

    def _grade(self, variant: Variant, responses: Mapping[str, str]) -> Grade:
        """The grade of these responses; the same ones to the same variant are marked once."""
        key = (variant.code, *responses.items())
        known = self._known.get(key)
        if known is None:
            known = self.grading(variant, responses, policy=self.policy)
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            self._known[key] = known
        return known

    def variant(self, position: int, item: Item) -> Variant | Text:
        """The variant of a slot, or why there is none to mark against. Sheets that share a variant share it here."""
        if self.paper.shared is None and self.paper.slots[position].seed is None:
            return self._build(position, item)
        if item.code not in self._built:
            self._built[item.code] = self._build(position, item)
        return self._built[item.code]

    def _build(self, position: int, item: Item) -> Variant | Text:
        slot, problem = self.paper.slots[position], self.problems[position]
        if problem is None:
            return Text("The bank no longer has this problem.", "题库中已没有这道题。")
        try:
            variant = rebuilt(problem, slot, item)
            now = stored_item(variant)
            why = None if now.answers == dict(item.answers) else _changed(item.answers, now.answers)
            if now.words != item.words:
                why = Text("the bank now asks it in other words.", "题库中的问法已经改变。")
        except (ExamToolError, KeyError) as error:
            told = error.message if isinstance(error, ExamToolError) else Text(f"the step {error} is gone", f"步骤 {error} 已不存在")
            why = Text(f"its numbers can no longer be worked out: {told.en}", f"其数值已无法计算：{told.zh}")
            return self._refused(position, why)
        if why is not None and not self.accept_changes:
            return self._refused(position, why)
        return variant

    def _refused(self, position: int, why: Text) -> Text:
        if position not in self._told:
            self._told.add(position)
            self._fault(self.paper.slots[position], "changed-key", why)
        return why


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> Text:
    step = next(name for name in before if before[name] != now.get(name))
    return Text(
        f"the bank now gives {now.get(step)} for {step}, the key says {before[step]}.",
        f"题库现在给出 {step} = {now.get(step)}，答案文件为 {before[step]}。",
    )


def _accident(error: Exception) -> Text:
    """An unexpected exception as a sentence, with a number by which the same one is known again."""
    frames = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    number = sha256("|".join([type(error).__name__, *frames]).encode()).hexdigest()[:8]
    return Text(
        f"Marking failed by an error of the program (bug {number}). A person must mark this.",
        f"程序出错（缺陷 {number}），未能评分，需人工评阅。",
    )


def _first_place(attempt: Attempt) -> Place:
    return next((cell.place for cell in attempt.values()), Place(""))


def needs_person(step: StepGrade) -> bool:
    return isinstance(step.verdict, NEEDS_PERSON)


def causes(step: StepGrade) -> tuple[str, ...]:
    """What the lost marks of a step are put down to, as codes that are the same for all variants."""
    return cause_codes(step.cause) if step.marks < step.maximum else ()


def cause_text(plan: Plan, code: str) -> Text:
    """The sentence of a known mistake or convention."""
    for step in plan.steps:
        for mistake in step.mistakes:
            if code == f"{plan.calculator}.{step.name}/{mistake.id}":
                return mistake.message
    for option in plan.declared:
        for choice, says in option.choices.items():
            if code == f"{plan.calculator}.{option.name}={choice}":
                return Text(f"another convention: {says.en}", f"另一种约定：{says.zh}")
    return PLAIN.get(code, Text(code, code))
