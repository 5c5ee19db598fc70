"""Proves the laws every problem must satisfy, over many seeds and all cores, and says how diagnostic each problem is.

It knows the bank, variants and marking; it prints nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

from exam_tool.bank import Bank, Fault, Problem, load_file
from exam_tool.language import ExamToolError, Text
from exam_tool.variant import NoVariant, draw

from .diagnosable import Separation, separation
from .guessing import WAYS, Guessing, guess_faults, guessing, total
from .laws import law_faults
from .structure import structural_faults

__all__ = ["WAYS", "Guessing", "ProblemReport", "check_bank", "check_problem", "total"]

LEAST_ACCEPTANCE = 0.01


@dataclass(frozen=True)
class ProblemReport:
    """What the check found about one problem."""

    id: str
    faults: tuple[Fault, ...]
    seeds: int
    distinct: int
    acceptance: float
    separation: Separation
    notes: tuple[Text, ...] = field(default=())
    guessing: Guessing = field(default=Guessing())


def check_problem(problem: Problem, seeds: int) -> ProblemReport:
    """All laws on one problem; faults are collected, each at its place in the file."""
    faults = structural_faults(problem)
    if faults:
        return ProblemReport(problem.id, tuple(faults), 0, 0, 0.0, Separation((), (), ()))
    variants = []
    for seed in range(1, seeds + 1):
        try:
            variants.append(draw(problem, seed))
        except NoVariant as error:
            mark = problem.mark("where") if problem.where else problem.mark("given")
            remedy = Text("Widen the draws, or declare ties and hides.", "请放宽抽取范围，或声明 ties 与 hides。")
            return ProblemReport(problem.id, (Fault(mark, error.message, remedy),), seed, 0, 0.0, Separation((), (), ()))
        except ExamToolError as error:
            return ProblemReport(problem.id, (Fault(problem.mark(), error.message),), seed, 0, 0.0, Separation((), (), ()))
    acceptance = len(variants) / sum(variant.attempt + 1 for variant in variants)
    if acceptance < LEAST_ACCEPTANCE:
        message = Text(
            f"Only {acceptance:.1%} of the draws are acceptable; 1% is the least.", f"只有 {acceptance:.1%} 的抽取可用；至少应为 1%。"
        )
        faults.append(Fault(problem.mark("given"), message))
    seen: set[str] = set()
    for position, variant in enumerate(variants):
        for law, fault in law_faults(variant, position):
            if law not in seen:  # one line a law is enough: the other seeds say the same
                seen.add(law)
                faults.append(fault)
    distinct = len({repr(sorted(variant.givens.items())) for variant in variants})
    guessed = guessing(variants)
    faults += guess_faults(problem, guessed)
    return ProblemReport(problem.id, tuple(faults), seeds, distinct, acceptance, separation(variants), guessing=guessed)


def check_bank(bank: Bank, seeds: int, jobs: int = 1, only: Sequence[str] = ()) -> Iterator[ProblemReport]:
    """Reports as they are ready, one for each problem; with several jobs each process takes whole problems."""
    chosen = [problem for problem in bank if not only or problem.id in only]
    if jobs <= 1 or len(chosen) <= 1:
        yield from (check_problem(problem, seeds) for problem in chosen)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(_check_file, problem.file, problem.id, seeds) for problem in chosen]
        for done in as_completed(waiting):
            yield done.result()


def _check_file(file: str, name: str, seeds: int) -> ProblemReport:
    """A problem does not travel between processes: each reads the file again."""
    return check_problem(_problems_of(file)[name], seeds)


@lru_cache(maxsize=8)
def _problems_of(file: str) -> dict[str, Problem]:
    return {problem.id: problem for problem in load_file(Path(file))[0]}
