"""One row of the history: something a person did with one question. Rows are only ever added; everything else is worked out from them."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NamedTuple, get_args

Act = Literal["shown", "answer", "hint", "solution", "pass", "taught", "slip", "wrote", "flag", "done"]
ACTS: tuple[Act, ...] = get_args(Act)
Sureness = Literal["", "guess", "fairly", "sure"]
SURENESS: tuple[Sureness, ...] = ("", "guess", "fairly", "sure")


class Review(NamedTuple):
    """What happened, when, to which step of which variant.

    ``item`` counts the questions of a session from 1; ``at`` is in milliseconds since 1970 (UTC); ``took`` the milliseconds spent
    on an answer. ``skills`` and ``tests`` stand in the ``shown`` row: the syllabus rows practised, and the known mistakes this
    variant can tell apart. ``wrote`` is an answer in a mock exam, marked
    only when it is handed in. ``mistakes`` are those an answer shows, ``tied`` those of which it shows one without saying which. ``filled``
    are the steps worked out for the person.
    """

    session: str
    item: int
    at: int
    act: Act
    code: str
    step: str = ""
    response: str = ""
    verdict: str = ""
    marks: Fraction = Fraction(0)
    maximum: Fraction = Fraction(0)
    took: int = 0
    rung: int = 0
    sure: Sureness = ""
    purpose: str = ""
    chapter: str = ""
    digest: str = ""
    skills: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()

    @property
    def problem(self) -> str:
        """The id of the problem, without version and seed."""
        return self.code.partition("@")[0]
