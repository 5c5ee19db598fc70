"""The points on which exam boards differ, as named fields, and what a verdict is worth under them. It decides no verdict."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from exam_tool.language import ExamToolError, Text

from .verdicts import (
    Ambiguous,
    ArithmeticSlip,
    Assumed,
    Blank,
    Correct,
    FollowsThrough,
    Fortuitous,
    Imprecise,
    KnownMistake,
    MethodOnInvalid,
    Misread,
    Mixed,
    NotFromWorking,
    Review,
    TwoMistakes,
    Undecided,
    Unreadable,
    Verdict,
    Wrong,
)

NOTHING = Fraction(0)
Marks = tuple[Fraction, Fraction]  # method, accuracy


@dataclass(frozen=True, slots=True)
class Policy:
    """How one board marks.

    Attributes:
        ft: error carried forward: ``full`` everywhere; ``marked``: the accuracy mark only at steps whose scheme is ``ft`` (a
            question that marks none follows through everywhere); ``part``: the accuracy mark only if no origin of the error
            lies in the same part; ``none``.
        fortuitous: the key by a known mistake: ``award`` or ``zero``.
        not_from_working: the key that does not follow: ``award`` (flagged) or ``zero``.
        trivial: a follow-through the slip has emptied: ``method`` or ``full``.
        repeat: rounding and conventions lose their mark ``once`` a question or at ``each`` step.
        precision: significant figures where the question states none.
        implied: whether a right later answer earns the blank steps before it.
        misread: accuracy marks lost for a misread given; None: misreading is not looked for.
        hidden_cause: a wrong answer whose only cause lies in a blank earlier step: ``method`` or ``zero``.
    """

    name: str
    ft: Literal["full", "marked", "part", "none"] = "full"
    fortuitous: Literal["award", "zero"] = "award"
    not_from_working: Literal["award", "zero"] = "award"
    trivial: Literal["method", "full"] = "method"
    repeat: Literal["once", "each"] = "once"
    precision: int = 3
    implied: bool = True
    misread: int | None = 1
    hidden_cause: Literal["method", "zero"] = "method"


POLICIES = {
    policy.name: policy
    for policy in (
        Policy("course"),
        Policy("cambridge", ft="marked", fortuitous="zero", hidden_cause="zero"),
        Policy("ib", ft="part", hidden_cause="zero"),
        Policy("strict", ft="none", fortuitous="zero", not_from_working="zero", implied=False, hidden_cause="zero"),
    )
}


def find_policy(policy: str | Policy) -> Policy:
    """The preset of this name.

    Raises:
        ExamToolError: for a name that is no preset.
    """
    if isinstance(policy, Policy):
        return policy
    if policy not in POLICIES:
        known = ", ".join(POLICIES)
        raise ExamToolError(Text(f'"{policy}" is not a marking policy. Known: {known}.', f"没有评分方案“{policy}”。可用：{known}。"))
    return POLICIES[policy]


@dataclass(frozen=True, slots=True)
class Worth:
    """What one asked step is worth: its method and accuracy marks, by its scheme, and the part it belongs to.

    ``ma`` and ``ft``: half each. ``cao``: the accuracy mark without follow-through. ``hence``: the earlier value must be used.
    ``ag`` (answer given): all for the method. ``b``: an independent fact, all for accuracy and nothing followed through.
    """

    method: Fraction
    accuracy: Fraction
    scheme: str
    part: str
    maximum: Fraction

    @property
    def whole(self) -> Marks:
        return self.method, self.accuracy


@lru_cache(maxsize=256)
def worth(marks: Fraction, scheme: str, part: str) -> Worth:
    match scheme:
        case "ag":
            return Worth(marks, NOTHING, scheme, part, marks)
        case "b":
            return Worth(NOTHING, marks, scheme, part, marks)
        case _:
            return Worth(marks / 2, marks / 2, scheme, part, marks)


def half_up(marks: Fraction) -> int:
    """Marks as they are entered."""
    return (2 * marks.numerator + marks.denominator) // (2 * marks.denominator)


class Tally:
    """The marks of one question under one policy: it remembers what may be lost only once."""

    def __init__(self, policy: Policy, marks_ft: bool, parts: dict[str, str]) -> None:
        self.policy = policy
        self.marks_ft = marks_ft
        self.parts = parts
        self.charged: set[str] = set()

    def once(self, what: str) -> bool:
        """Whether this loss is still to be charged."""
        first = what not in self.charged or self.policy.repeat == "each"
        self.charged.add(what)
        return first

    def award(self, verdict: Verdict, step: Worth) -> Marks:
        """The method and accuracy marks of one step."""
        method = (step.method, NOTHING)
        nothing = (NOTHING, NOTHING)
        match verdict:
            case Correct() | Misread():
                return step.whole
            case FollowsThrough(origins, trivial, impossible):
                return self.followed(step, origins, trivial or impossible)
            case Mixed(_, origins):
                return self.followed(step, origins, False)
            case MethodOnInvalid():
                return nothing if self.policy.ft == "none" else method
            case NotFromWorking():
                return nothing if step.scheme in ("hence", "ag") or self.policy.not_from_working == "zero" else step.whole
            case Fortuitous():
                return nothing if step.scheme in ("hence", "ag") or self.policy.fortuitous == "zero" else step.whole
            case KnownMistake():
                return self.mistaken(verdict, step)
            case ArithmeticSlip():
                return method
            case Imprecise(origins):
                if self.once("precision"):
                    return method
                return self.followed(step, origins, False) if origins else step.whole
            case Blank(implied, origins, trivial):
                if not implied or not self.policy.implied or step.scheme == "ag":
                    return nothing
                return self.followed(step, origins, trivial) if origins else step.whole
            case Wrong() | TwoMistakes() | Assumed() | Unreadable() | Ambiguous() | Undecided() | Review():
                return nothing

    def followed(self, step: Worth, origins: Collection[str], emptied: bool) -> Marks:
        """The marks of a right step after an error: of the accuracy mark only what the policy and the scheme allow."""
        accuracy = step.accuracy
        if self.policy.ft == "none":
            return NOTHING, NOTHING
        if emptied and self.policy.trivial == "method":
            accuracy = NOTHING
        if step.scheme in ("cao", "b"):
            accuracy = NOTHING
        if self.policy.ft == "marked" and self.marks_ft and step.scheme != "ft":
            accuracy = NOTHING
        if self.policy.ft == "part" and any(self.parts.get(origin) == step.part for origin in origins):
            accuracy = NOTHING
        return step.method, accuracy

    def mistaken(self, verdict: KnownMistake, step: Worth) -> Marks:
        if verdict.kind == "convention":
            lost = verdict.stated and self.once("convention")
            return (step.method, NOTHING) if lost else step.whole
        hidden_kept = self.policy.hidden_cause == "method" and not verdict.also
        kept = hidden_kept if verdict.hidden else verdict.kind == "slip"
        return (step.method if kept else NOTHING), NOTHING
