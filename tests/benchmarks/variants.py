"""Variants per second and core, with key and every check, over every calculation of the bank; medians by kind of problem."""

import statistics

from exam_tool.bank import load_bank
from exam_tool.variant import Variant, draw

from .timing import cpu_seconds

ROUNDS, SEEDS = 3, 40


def is_array(variant: Variant) -> bool:
    return any(isinstance(value, tuple) for value in variant.trace.values.values())


def main() -> None:
    """Prints the median rate of accepted variants and of attempted draws."""
    rates: dict[str, list[tuple[float, float, str]]] = {"scalar": [], "matrix": []}
    for problem in load_bank():
        if problem.fact is not None:
            continue  # facts draw words, not numbers
        draw(problem, 0)
        best = min(cpu_seconds(lambda problem=problem: [draw(problem, seed) for seed in range(SEEDS)]) for _ in range(ROUNDS))
        variants = [draw(problem, seed) for seed in range(SEEDS)]
        tried = sum(variant.attempt + 1 for variant in variants)
        rates["matrix" if is_array(variants[0]) else "scalar"].append((SEEDS / best, tried / best, problem.id))
    for kind, found in rates.items():
        if found:
            accepted, tried = (statistics.median(rate[i] for rate in found) for i in (0, 1))
            slowest = min(found)
            told = f"{kind:<8}{len(found):4} problems   {accepted:9,.0f} variants/s   {tried:9,.0f} draws judged/s"
            print(f"{told}   slowest {slowest[2]} {slowest[0]:,.0f}/s")
