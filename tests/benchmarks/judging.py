"""Answers judged per second and core, by kind, as ratios to a string comparison and to sympy's parse and simplify in the same run.

With ``peers`` as a further argument (``python -m tests.benchmarks.judging peers``) the public graders that are installed read
and judge the table of the tests, each in a child process that is ended when it hangs.
"""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator

from exam_tool.answers import judge, prepare
from exam_tool.answers.judge import _judged

from .timing import cpu_seconds, medians

ROUNDS, ROWS = 5, 400
GOALS = {
    "integer": 100_000,
    "decimal": 60_000,
    "rational": 60_000,
    "vector of four": 20_000,
    "2x2 matrix": 20_000,
    "closed form": 10_000,
    "3x3 roots": 2_000,
}


def matrix(entries: list[str], width: int) -> str:
    return "[" + ", ".join("[" + ", ".join(entries[i : i + width]) + "]" for i in range(0, len(entries), width)) + "]"


def answers() -> Iterator[tuple[str, str, str, dict[str, int], list[str]]]:
    """Name, kind, key, settings and distinct responses: a third right in the key's form, a third right in another, a third wrong."""
    rng = random.Random(7)
    number = [str(rng.randint(1, 10**7)) for _ in range(ROWS)]
    yield "integer", "integer", "4457472", {}, ["4457472", "+4457472", *number]
    yield "decimal", "decimal", "1/(1+exp(1))", {"places": 4}, ["0.2689", "0.26894", *(f"{rng.random():.4f}" for _ in range(ROWS))]
    yield (
        "rational",
        "rational",
        "5/7",
        {},
        [f"{5 * k}/{7 * k}" for k in range(1, ROWS // 2)] + [f"{rng.randint(1, 99)}/{rng.randint(1, 99)}" for _ in range(ROWS // 2)],
    )
    four = [matrix([str(rng.randint(-9, 9)) for _ in range(4)], 4)[1:-1] for _ in range(ROWS)]
    yield "vector of four", "vector", "[1, -2, 1/2, 0.25]", {}, ["[1, -2, 1/2, 0.25]", "[1, -2, 0.5, 1/4]", *four]
    two = [matrix([str(rng.randint(-9, 9)) for _ in range(4)], 2) for _ in range(ROWS)]
    yield "2x2 matrix", "matrix", "[[1, 2], [3, 4]]", {}, ["[[1, 2], [3, 4]]", "[[1, 2], [3, 8/2]]", *two]
    forms = ["e^2/(1+e^2)", "exp(2)/(1+exp(2))", "1/(1+e^-2)", "e^2/(1-e^2)", "e/(1+e^2)", "e^2/(1+e)"]
    yield "closed form", "exact", "e^2/(1+e^2)", {}, [f"{form}{' ' * k}" for k in range(ROWS // 6) for form in forms]
    roots = ["1/2", "1/sqrt(6)", "0", "1/sqrt(6)", "1/3", "1/sqrt(6)", "0", "1/sqrt(6)", "1/2"]
    others = [
        matrix([x.replace("1/sqrt(6)", "sqrt(6)/6") for x in roots], 3),
        matrix([x.replace("1/3", "1/4") for x in roots], 3),
        matrix(roots, 3),
    ]
    yield "3x3 roots", "matrix", matrix(roots, 3), {}, [f"{other}{' ' * k}" for k in range(ROWS // 6) for other in others]


def compare_texts(key: str, responses: list[str]) -> None:
    for response in responses:
        _ = response.strip() == key


def judge_all(key: object, responses: list[str]) -> None:
    for response in responses:
        _judged(key, response)  # type: ignore[arg-type]


def simplify_all(key: str, responses: list[str]) -> None:
    """What a marker built on sympy does with each pair; its cache is emptied, since real answers differ."""
    from sympy import Matrix, simplify
    from sympy.core.cache import clear_cache
    from sympy.parsing.sympy_parser import convert_xor, parse_expr, standard_transformations

    rules = (*standard_transformations, convert_xor)
    for response in responses:
        clear_cache()
        a, b = (parse_expr(text, {"e": parse_expr("E")}, transformations=rules) for text in (key, response.strip()))
        if isinstance(a, list):
            a, b = Matrix(a), Matrix(b)
        _ = simplify(a - b)


def rates() -> None:
    """Judgements per second of processor time, with the reading, no answer met before."""
    print(f"{'kind':<16}{'per second':>12}{'goal':>10}{'x text comparison':>20}{'sympy takes x':>18}")
    for name, kind, key, settings, responses in answers():
        prepared = prepare(key, kind, **settings)
        few = responses[:: max(1, len(responses) // 6)][:6]
        runs: dict[str, Callable[[], float]] = {
            "ours": lambda p=prepared, r=responses: cpu_seconds(lambda: judge_all(p, r)) / len(r),
            "text": lambda k=key, r=responses: cpu_seconds(lambda: compare_texts(k, r * 20)) / len(r) / 20,
            "sympy": lambda k=key, r=few: cpu_seconds(lambda: simplify_all(k, r)) / len(r),
        }
        taken = medians(runs, ROUNDS)
        rate, to_text, to_sympy = 1 / taken["ours"], taken["ours"] / taken["text"], taken["sympy"] / taken["ours"]
        print(f"{name:<16}{rate:>12,.0f}{GOALS[name]:>10,}{to_text:>20.0f}{to_sympy:>18.0f}")


PEERS = {
    "text": (
        "import sys, json\n"
        "for line in sys.stdin:\n"
        "    k, r, kind = json.loads(line)\n"
        "    print(json.dumps([True, k.strip() == r.strip()]), flush=True)\n"
    ),
    "math-verify": (
        "import sys, json, logging\nlogging.disable(50)\nfrom math_verify import parse, verify\n"
        "for line in sys.stdin:\n"
        "    k, r, kind = json.loads(line)\n"
        "    a, b = parse(f'${k}$', parsing_timeout=None), parse(f'${r}$', parsing_timeout=None)\n"
        "    print(json.dumps([bool(b), bool(verify(a, b, timeout_seconds=None))]), flush=True)\n"
    ),
    "sympy": (
        "import sys, json\nfrom sympy import Matrix, simplify\n"
        "from sympy.parsing.sympy_parser import *\n"
        "rules = (*standard_transformations, convert_xor, implicit_multiplication_application)\n"
        "for line in sys.stdin:\n"
        "    k, r, kind = json.loads(line)\n"
        "    try:\n"
        "        b = parse_expr(r, transformations=rules)\n"
        "    except BaseException:\n"
        "        print('[false, false]', flush=True); continue\n"
        "    try:\n"
        "        a = parse_expr(k, transformations=rules)\n"
        "        same = simplify(Matrix(a) - Matrix(b)).is_zero_matrix if isinstance(a, list) else simplify(a - b) == 0\n"
        "    except BaseException:\n"
        "        same = False\n"
        "    print(json.dumps([True, bool(same)]), flush=True)\n"
    ),
}
COMPARABLE = ("integer", "rational", "exact", "vector", "matrix", "expression", "set", "interval")


class Peer:
    """A grader in a child process; a row that hangs ends it, and the next row starts another."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.child: subprocess.Popen[str] | None = None

    def ask(self, key: str, response: str, kind: str) -> tuple[bool, bool] | None:
        """Whether it read the response and whether it called it right; None when it hung or died."""
        import selectors

        if self.child is None or self.child.poll() is not None:
            pipe = subprocess.PIPE
            self.child = subprocess.Popen([sys.executable, "-c", self.code], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
        child = self.child
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(json.dumps([key, response, kind]) + "\n")
            child.stdin.flush()
        except BrokenPipeError:
            return None
        with selectors.DefaultSelector() as waiting:
            waiting.register(child.stdout, selectors.EVENT_READ)
            if not waiting.select(20):
                child.kill()
                return None
        line = child.stdout.readline()
        return tuple(json.loads(line)) if line else None

    def close(self) -> None:
        if self.child is not None:
            self.child.kill()
            self.child.communicate()


def compare_peers() -> None:
    """Who reads what, who calls it right, on the rows of the table that have no rounding and no units."""
    from tests.answers.tables import rows

    chosen = [
        row
        for row in rows()
        if row.kind in COMPARABLE and not (set(row.settings) - {"symbols"}) and row.verdict in ("correct", "incorrect")
    ]
    print(f"\n{len(chosen)} answers of the table: {', '.join(COMPARABLE)}")
    print(f"{'grader':<14}{'not read':>10}{'right refused or wrong':>24}{'wrong called right':>20}{'hung or died':>14}")
    ours = [(row, judge(row.response, key=row.key, kind=row.kind, **row.settings).verdict.value) for row in chosen]
    unread = sum(verdict == "unreadable" for _, verdict in ours)
    lost = sum(row.verdict == "correct" != verdict for row, verdict in ours)
    given = sum(row.verdict == "incorrect" and verdict == "correct" for row, verdict in ours)
    print(f"{'exam-tool':<14}{unread:>10}{lost:>24}{given:>20}{0:>14}")
    for name, code in PEERS.items():
        module = {"math-verify": "math_verify", "sympy": "sympy"}.get(name, "json")
        if subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, check=False).returncode:
            print(f"{name:<14}  not installed")
            continue
        peer = Peer(code)
        found = [(row, peer.ask(row.key, row.response, row.kind)) for row in chosen]
        peer.close()
        unread = sum(answer is not None and not answer[0] for _, answer in found)
        lost = sum(row.verdict == "correct" and not (answer and answer[1]) for row, answer in found)
        given = sum(row.verdict == "incorrect" and bool(answer and answer[1]) for row, answer in found)
        print(f"{name:<14}{unread:>10}{lost:>24}{given:>20}{sum(answer is None for _, answer in found):>14}")
        for row, _ in itertools.islice(((r, a) for r, a in found if r.verdict == "incorrect" and a and a[1]), 8):
            print(f"    called right: {row.response!r} for {row.key} ({row.kind})")


def main() -> None:
    rates()


if __name__ == "__main__":
    main()
    if "peers" in sys.argv[1:]:
        compare_peers()
