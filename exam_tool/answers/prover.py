"""The child process in which sympy tries to prove two formulas equal: two strict formulas in, one word out. Started by ``symbolic``."""

from __future__ import annotations

import sys
from typing import Any

from exam_tool.expressions.reader import read
from exam_tool.expressions.symbolic import to_sympy

MEMORY = 1 << 30


def limit_memory() -> None:
    """Refuses more than a gigabyte, where the system can."""
    try:
        import resource
    except ImportError:  # not on Windows; the time limit of the parent still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def is_zero(difference: Any) -> bool:
    """The rewritings that settled most pairs of this subject, cheap ones first."""
    import sympy

    steps = (
        sympy.expand,
        lambda d: sympy.together(d.rewrite(sympy.exp)).as_numer_denom()[0].expand(),
        sympy.simplify,
        lambda d: sympy.simplify(d.rewrite(sympy.exp)),
        lambda d: sympy.simplify(sympy.expand_log(d, force=False)),
        lambda d: sympy.simplify(sympy.piecewise_fold(d.rewrite(sympy.Piecewise))),
        lambda d: sympy.trigsimp(sympy.expand_trig(d)),
    )
    return any(step(difference) == 0 for step in steps)


def main() -> None:
    limit_memory()
    first, second = sys.stdin.read().splitlines()
    print("equal" if is_zero(to_sympy(read(first)) - to_sympy(read(second))) else "unknown")


if __name__ == "__main__":
    main()
