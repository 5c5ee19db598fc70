"""Are two expressions with free symbols equal? Different by a witness, equal by proof, or undecided: never a guess."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

from flint import fmpq

from exam_tool.expressions.exact import Scalar, Undecided
from exam_tool.expressions.identity import proved_equal
from exam_tool.expressions.printing import text
from exam_tool.expressions.tree import Name, Node, names, substitute
from exam_tool.language import Text

from .arithmetic import value_of
from .decide import CORRECT, Outcome, Verdict, sign_of
from .grammar import CONSTANTS
from .refusal import Refusal

POINTS = 12
SECONDS = 10.0
DIFFERENT = Text("At some values of the symbols this differs from the expected expression.", "取某些值时，它与所要的表达式不相等。")
UNPROVED = Text(
    "Agrees at every point tried, but equality is not proved; a person should look.", "在所有试验点上都相等，但未能证明恒等，需人工确认。"
)
NOWHERE = Text("This expression has no value at any of the points tried.", "在所有试验点上，这个表达式都没有值。")


def compare_expressions(key: Node, given: Node, symbols: Iterable[str] = (), *, prove: bool = True, seconds: float = SECONDS) -> Outcome:
    """The three-valued verdict on two trees; with ``prove`` False no child process is started.

    Names are free symbols, but for ``pi`` and ``e`` unless they are among ``symbols``.
    """
    if key == given:
        return CORRECT
    hidden: dict[str, Node] = {name: Name(f"{name}_symbol") for name in CONSTANTS.intersection(symbols)}
    if hidden:
        key, given = substitute(key, hidden), substitute(given, hidden)
    free = sorted((names(key) | names(given)) - CONSTANTS)
    agreed = 0
    for point in range(POINTS if free else 1):
        match _at(key, given, {name: coordinate(name, point) for name in free}):
            case False:
                return Outcome(Verdict.INCORRECT, DIFFERENT if free else None, "witness")
            case True:
                agreed += 1
            case None:
                continue
    if not agreed:
        return Outcome(Verdict.UNDECIDED, NOWHERE, "none", "undecided")
    if not free:
        return CORRECT
    if proved_equal(key, given):
        return Outcome(Verdict.CORRECT, None, "identity")
    if prove and proved_in_child(text(key), text(given), seconds):
        return Outcome(Verdict.CORRECT, None, "sympy")
    return Outcome(Verdict.UNDECIDED, UNPROVED, "points", "undecided")


def _at(key: Node, given: Node, point: dict[str, Scalar]) -> bool | None:
    """Whether the two agree at a point; None where one of them has no value there, or nothing is proved."""
    try:
        return sign_of(value_of(key, point), value_of(given, point))[0] == 0
    except (Refusal, Undecided):
        return None


def coordinate(name: str, point: int) -> fmpq:
    """A rational in (0, 3), the same on every machine; later points also take negative values.

    The first half of the points is positive, since logarithms and roots have values only there.
    """
    digest = blake2b(f"{name}/{point}".encode(), digest_size=4).digest()
    size = fmpq(1 + int.from_bytes(digest[:2], "big") % 89, 31)
    return -size if point >= POINTS // 2 and digest[2] % 2 else size


@lru_cache(maxsize=512)
def proved_in_child(first: str, second: str, seconds: float = SECONDS) -> bool:
    """Whether sympy proves two strict formulas equal, in a process that is ended when its time or memory is up."""
    import subprocess  # only here: most sessions never prove anything

    command = [sys.executable, "-m", "exam_tool.answers.prover"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "SYMPY_GROUND_TYPES": "python"}
    try:
        done = subprocess.run(
            command,
            input=f"{first}\n{second}\n",
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=seconds,
            env=environment,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError):
        return False
    return done.returncode == 0 and done.stdout.strip() == "equal"
