"""How people name an asked step in a file: ``1.a``, ``Q1 a``, ``cnn.conv-output-size.H_out``, ``1`` where one step is asked."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import NamedTuple

from exam_tool.expressions.printing.cells import clip, visible
from exam_tool.files import identity
from exam_tool.language import Text
from exam_tool.paper import Paper


class Reference(NamedTuple):
    """The position of a question in the paper and of an asked step in the question, both from 0."""

    slot: int
    ask: int


class References:
    """Every spelling under which the steps of one paper are known."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.questions: dict[str, int] = {}
        self.whole: dict[str, Reference] = {}
        self.steps: list[dict[str, int]] = []
        times = Counter(slot.problem for slot in paper.slots)
        for i, slot in enumerate(paper.slots):
            named = (slot.problem, f"{slot.problem}@{slot.version}") if times[slot.problem] == 1 else ()
            spellings = (str(slot.number), f"q{slot.number}", f"question {slot.number}", f"第{slot.number}题", *named)
            steps = _step_spellings(slot.letters, tuple(ask.find for ask in slot.ask))
            self.steps.append(steps)
            for question in map(identity, spellings):
                self.questions[question] = i
                if len(slot.ask) == 1:
                    self.whole[question] = Reference(i, 0)
                for step, ask in steps.items():
                    for joint in (".", "/", " ", "_", "-"):
                        self.whole[f"{question}{joint}{step}"] = Reference(i, ask)
                    if question[-1].isdigit() and step.isalpha() and len(step) <= 2:
                        self.whole[question + step] = Reference(i, ask)

    def find(self, text: str) -> Reference | None:
        """The step a column title or key names by itself."""
        return self.whole.get(_plain(text))

    def question(self, text: str) -> int | None:
        """The question a cell names; a variant code counts by its problem."""
        plain = _plain(text)
        found = self.questions.get(plain)
        if found is None and ":" in plain:
            found = self.questions.get(plain.rpartition(":")[0])
        return found

    def step(self, slot: int, text: str) -> int | None:
        """The step of a question a cell names; empty where only one is asked."""
        if not text.strip():
            return 0 if len(self.paper.slots[slot].ask) == 1 else None
        return self.steps[slot].get(_plain(text))

    def unknown_question(self, text: str) -> Text:
        shown = clip(visible(text), 60)
        known = [str(slot.number) for slot in self.paper.slots] + [slot.problem for slot in self.paper.slots]
        guess = next(iter(difflib.get_close_matches(_plain(text)[:100], known, n=1)), None)
        hint = (
            (f' Did you mean "{guess}"?', f"是否想写“{guess}”？")
            if guess
            else (f" Questions: 1 to {len(self.paper.slots)}.", f"题号为 1 到 {len(self.paper.slots)}。")
        )
        return Text(f'The paper has no question "{shown}".{hint[0]}', f"试卷中没有第“{shown}”题。{hint[1]}")

    def unknown_step(self, slot: int, text: str) -> Text:
        shown = clip(visible(text), 60)
        one = self.paper.slots[slot]
        known = ", ".join(f"{part} ({ask.find})" for part, ask in zip(one.letters, one.ask, strict=True))
        if not text.strip():
            return Text(
                f"Question {one.number} has several steps: name one of {known}.", f"第 {one.number} 题有多个步骤，请指明：{known}。"
            )
        return Text(
            f'Question {one.number} has no step "{shown}". Steps: {known}.', f"第 {one.number} 题没有步骤“{shown}”。步骤：{known}。"
        )

    def label(self, reference: Reference) -> str:
        """``2.b``, as it is printed."""
        slot = self.paper.slots[reference.slot]
        return f"{slot.number}.{slot.letters[reference.ask]}"


def _plain(text: str) -> str:
    return identity(text)[:200]


def _step_spellings(letters: tuple[str, ...], names: tuple[str, ...]) -> dict[str, int]:
    """Letters and names without regard to case; a name two steps share only by case is known as it is written alone."""
    found: dict[str, int] = {}
    folded = Counter(identity(name) for name in names)
    for i, name in enumerate(names):
        if folded[identity(name)] == 1:
            found[identity(name)] = i
        else:
            found[name] = i
    return found | {part: i for i, part in enumerate(letters)}
