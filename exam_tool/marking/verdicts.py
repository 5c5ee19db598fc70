"""What an examiner can say of one step, and the grade made of it: frozen records. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from exam_tool.expressions.printing import visible
from exam_tool.language import Text
from exam_tool.trace import MistakeKind

from .typed import Answer


@dataclass(frozen=True, slots=True)
class Correct:
    """The key, and it follows from what the student wrote before."""


@dataclass(frozen=True, slots=True)
class FollowsThrough:
    """Right from the student's own earlier values; ``origins`` are the steps where the error came in.

    ``trivial``: the slip has emptied the step; ``impossible``: the right result of it is a value that cannot be.
    """

    origins: tuple[str, ...]
    trivial: bool = False
    impossible: bool = False


@dataclass(frozen=True, slots=True)
class MethodOnInvalid:
    """The right method, carried on with an impossible earlier value."""

    invalid: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mixed:
    """Right from some of the student's own values and from the key in place of others: two versions of ``versions``."""

    versions: tuple[str, ...]
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotFromWorking:
    """The key, which does not follow from the student's own values or typed working."""


@dataclass(frozen=True, slots=True)
class Fortuitous:
    """The key, reached from the student's own values by a known mistake."""

    code: str


@dataclass(frozen=True, slots=True)
class KnownMistake:
    """The number a known mistake leaves; ``also`` names others that leave the same one.

    ``at`` is the step at which it was made: another one than the marked step when it lies at an earlier blank.
    ``stated`` is False for a convention the question did not state.
    """

    code: str
    kind: MistakeKind
    at: str
    also: tuple[str, ...] = ()
    hidden: bool = False
    stated: bool = True


@dataclass(frozen=True, slots=True)
class TwoMistakes:
    """The number two known mistakes at different steps leave together."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class ArithmeticSlip:
    """The typed working is right, the value after it is not its value."""


@dataclass(frozen=True, slots=True)
class Imprecise:
    """A right rounding of an accepted value with too few digits; ``origins`` as in follow-through."""

    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wrong:
    """None of the above."""


@dataclass(frozen=True, slots=True)
class Blank:
    """Nothing typed; ``implied`` when a later answer shows that the step was done, by ``origins`` from a wrong value."""

    implied: bool = False
    origins: tuple[str, ...] = ()
    trivial: bool = False


@dataclass(frozen=True, slots=True)
class Assumed:
    """The student writes ``assume x = 4`` and goes on with it."""


@dataclass(frozen=True, slots=True)
class Misread:
    """Right for a given that was read as another one: ``given`` names it (two names when they were exchanged)."""

    given: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What was typed has no meaning that could be marked; ``column`` counts from 0."""

    reason: Text
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Two different values, or more than one meaning, in one cell."""

    reason: Text
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Undecided:
    """Neither equality nor difference could be proved."""


@dataclass(frozen=True, slots=True)
class Review:
    """Marking itself failed; a person decides."""

    why: str


Verdict = (
    Correct | FollowsThrough | MethodOnInvalid | Mixed | NotFromWorking | Fortuitous | KnownMistake | TwoMistakes | ArithmeticSlip
    | Imprecise | Wrong | Blank | Assumed | Misread | Unreadable | Ambiguous | Undecided | Review
)  # fmt: skip

NEEDS_PERSON = (Unreadable, Ambiguous, Undecided, Review)


def verdict_code(verdict: Verdict) -> str:
    """A name for programs that does not depend on the variant."""
    match verdict:
        case Correct():
            return "correct"
        case FollowsThrough():
            return "follows_through"
        case MethodOnInvalid():
            return "method_on_invalid"
        case Mixed():
            return "mixed"
        case NotFromWorking():
            return "not_from_working"
        case Fortuitous(code):
            return f"fortuitous:{code}"
        case KnownMistake(code):
            return f"mistake:{code}"
        case TwoMistakes(first, second):
            return f"mistakes:{first}+{second}"
        case ArithmeticSlip():
            return "arithmetic_slip"
        case Imprecise():
            return "imprecise"
        case Wrong():
            return "wrong"
        case Blank(implied):
            return "implied" if implied else "blank"
        case Assumed():
            return "assumed"
        case Misread():
            return "misread"
        case Unreadable():
            return "unreadable"
        case Ambiguous():
            return "ambiguous"
        case Undecided():
            return "undecided"
        case Review():
            return "review"


@dataclass(frozen=True, slots=True)
class Named:
    """One cause that is likely enough and clearly ahead."""

    code: str
    at: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """Several causes the numbers cannot tell apart."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Both:
    """Two mistakes at different steps, together."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class NoCause:
    """Nothing that could be said without guessing."""


Cause = Named | OneOf | Both | NoCause


def cause_codes(cause: Cause) -> tuple[str, ...]:
    match cause:
        case Named(code):
            return (code,)
        case OneOf(codes):
            return codes
        case Both(first, second):
            return (first, second)
        case NoCause():
            return ()


class StepGrade(NamedTuple):
    """One asked step: what was typed, how it was read, what it is worth and why.

    ``answer`` is what was read, None where nothing was. ``method`` and ``accuracy`` are the marks earned; ``maximum`` is what
    the step is worth. ``carried`` is the value with which later steps were marked. ``cause`` is what may be said about the
    reason of a wrong number.
    """

    name: str
    response: str
    answer: Answer | None
    verdict: Verdict
    method: Fraction
    accuracy: Fraction
    maximum: Fraction
    carried: Any
    message: Text
    cause: Cause = NoCause()

    @property
    def reading(self) -> str:
        """How the answer was read, in the language of formulas; worked out only when somebody looks."""
        return "" if self.answer is None else visible(self.answer.text)

    @property
    def marks(self) -> Fraction:
        return self.method + self.accuracy

    def to_json(self) -> dict[str, Any]:
        return {
            "step": self.name,
            "response": self.response,
            "reading": self.reading,
            "verdict": verdict_code(self.verdict),
            "detail": detail(self.verdict),
            "marks": str(self.marks),
            "method": str(self.method),
            "accuracy": str(self.accuracy),
            "max": str(self.maximum),
            "cause": list(cause_codes(self.cause)),
            "message": self.message._asdict(),
        }


def detail(verdict: Verdict) -> dict[str, Any]:
    """The fields of a verdict for programs; sentences stay in ``message``."""
    plain = {name: getattr(verdict, name) for name in verdict.__slots__}
    return {
        name: list(value) if type(value) is tuple else value._asdict() if isinstance(value, Text) else value
        for name, value in plain.items()
    }


@dataclass(frozen=True, slots=True)
class Grade:
    """A marked variant. ``total`` is exact; ``whole`` is rounded half up, as it is entered.

    ``first_error`` lists the steps at which the work first went wrong (several, when the ones before the wrong number are
    blank). ``flags`` names the steps a person should look at.
    """

    variant: str
    digest: str
    steps: tuple[StepGrade, ...]
    total: Fraction
    maximum: Fraction
    whole: int
    policy: str
    notes: tuple[Text, ...] = ()
    flags: tuple[str, ...] = ()
    first_error: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> StepGrade:
        return next(step for step in self.steps if step.name == name)

    @property
    def right(self) -> bool:
        return self.total == self.maximum

    @property
    def codes(self) -> Mapping[str, str]:
        """The verdict of every step, as programs and statistics count them."""
        return {step.name: verdict_code(step.verdict) for step in self.steps}

    def to_json(self) -> dict[str, Any]:
        return {
            "variant": self.variant,
            "digest": self.digest,
            "policy": self.policy,
            "total": str(self.total),
            "max": str(self.maximum),
            "whole": self.whole,
            "steps": [step.to_json() for step in self.steps],
            "first_error": list(self.first_error),
            "flags": list(self.flags),
            "notes": [note._asdict() for note in self.notes],
        }
