"""What a paper is: slots that are the same for everyone, and for each student a sheet with the numbers of their variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version

from exam_tool.bank.problem import Ask
from exam_tool.language import Language, Text
from exam_tool.statement import letter

from .roster import Student
from .values import Stored


def _tool() -> str:
    """This program and its version, as keys and reports store them."""
    try:
        return f"exam-tool {version('exam-tool')}"
    except PackageNotFoundError:  # run from a checkout
        return "exam-tool"


TOOL = _tool()


@dataclass(frozen=True, slots=True)
class Slot:
    """One question of a paper as all students have it: problem, fingerprint of the problem, and what is asked for how many marks.

    ``seed`` is set when everyone has the same variant; ``keep`` is the number of decimals the question says to keep while working.
    """

    number: int
    problem: str
    version: int
    digest: str
    title: Text
    ask: tuple[Ask, ...]
    seed: int | None = None
    keep: int | None = None

    @property
    def marks(self) -> Fraction:
        return sum((ask.marks for ask in self.ask), Fraction(0))

    @property
    def letters(self) -> tuple[str, ...]:
        return tuple(letter(i) for i in range(len(self.ask)))


@dataclass(frozen=True, slots=True)
class Item:
    """One student's variant in one slot: enough to rebuild it without drawing again, and the answers it had when it was set.

    ``words`` is how a fact was asked, or a calculation with choices; None for any other, whose words do not depend on the draw.
    ``choices`` holds the values offered for each step that is asked as a choice, in the order of their letters.
    """

    code: str
    attempt: int
    givens: Mapping[str, Stored]
    options: Mapping[str, str]
    answers: Mapping[str, str]
    words: Text | None = None
    choices: Mapping[str, Sequence[Stored]] = field(default_factory=dict)

    @property
    def seed(self) -> int:
        return int(self.code.rpartition(":")[2])


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper of one student; of everyone where ``student`` is None (a mock exam, or one paper for a whole class)."""

    student: Student | None
    language: Language
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Paper:
    """Slots and sheets, with all that is needed to mark it the same way later. It is written as two files: paper and key."""

    title: Text
    seed: int
    language: Language
    policy: str
    tool: str
    slots: tuple[Slot, ...]
    sheets: tuple[Sheet, ...]

    @cached_property
    def marks(self) -> Fraction:
        return sum((slot.marks for slot in self.slots), Fraction(0))

    @property
    def shared(self) -> Sheet | None:
        """The one sheet that everybody has, if there are no personal ones."""
        return self.sheets[0] if len(self.sheets) == 1 and self.sheets[0].student is None else None

    @cached_property
    def students(self) -> tuple[Student, ...]:
        return tuple(sheet.student for sheet in self.sheets if sheet.student is not None)
