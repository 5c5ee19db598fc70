"""Marked six-step answers per second and core: all right, one slip followed through, all wrong, only the end.

For a class on a few variants, and for papers of which every student has his own: then each variant is prepared for one script.
"""

import gc
import random
from collections.abc import Callable

from exam_tool.bank import load_bank
from exam_tool.marking import grade, sheet_of
from exam_tool.marking.laws import key_of
from exam_tool.marking.recovery import as_typed
from exam_tool.variant import Variant, mistakes_of

from .timing import cpu_seconds

SCRIPTS, STEPS, PAPERS = 600, 6, 30
Script = dict[str, str]


def six_step_problems() -> list[str]:
    """Problems that ask for about six steps, one number each for the most part."""
    return [problem.id for problem in load_bank() if STEPS - 1 <= len(problem.ask) <= STEPS + 1]


def right(variant: Variant, rng: random.Random) -> Script:
    """Right answers as a careful student writes them, with blanks here and there, so that few texts are met twice."""
    typed = as_typed(variant, variant.trace.values) or key_of(variant)
    return {name: " " * rng.randrange(4) + text + " " * rng.randrange(40) for name, text in typed.items()}


def slipped(variant: Variant, rng: random.Random) -> Script:
    """A known mistake at one step, the rest right from it."""
    step, mistake = rng.choice(mistakes_of(variant))
    return as_typed(variant, variant.trace.mistaken(step, mistake)) or key_of(variant)


def random_numbers(variant: Variant, rng: random.Random) -> Script:
    return {name: str(rng.randint(-60, 60)) for name in sheet_of(variant).columns}


def only_the_end(variant: Variant, rng: random.Random) -> Script:
    return {list(sheet_of(variant).columns)[-1]: str(rng.randint(-60, 60))}


KINDS: dict[str, Callable[[Variant, random.Random], Script]] = {
    "all right": right,
    "a known mistake, followed through": slipped,
    "random numbers at every step": random_numbers,
    "only the end, and wrong": only_the_end,
}


def rate(variants: list[Variant], write: Callable[[Variant, random.Random], Script], each: int) -> float:
    """Scripts marked per second: ``each`` for every variant, the preparation of the variant included."""
    rng = random.Random(1)
    scripts = [(variant, write(variant, rng)) for variant in variants for _ in range(each)]
    for variant in variants:
        variant.__dict__.pop("sheets", None)
    gc.collect()
    gc.disable()  # as grading a class does
    seconds = cpu_seconds(lambda: [grade(variant, script) for variant, script in scripts])
    gc.enable()
    return len(scripts) / seconds


def main() -> None:
    """Prints rates for a class on a few variants, and for papers of which every student has his own."""
    bank = load_bank()
    names = six_step_problems()
    few = [bank[name].variant(1) for name in names[:4]]
    many = [bank[name].variant(seed) for seed in range(1, PAPERS + 1) for name in names]
    print(f"{'':40}{'a class, 4 variants':>22}{'one script a variant':>24}   scripts/s; {len(names)} problems, {PAPERS} variants each")
    for kind, write in KINDS.items():
        together, apart = rate(few, write, SCRIPTS // 4), rate(many, write, 1)
        print(f"{kind:<40}{together:22,.0f}{apart:24,.0f}")


if __name__ == "__main__":
    main()
