"""Which mistakes the answers of a variant can tell apart, and the variant that tells those still possible apart best."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from flint import arb, fmpq

from exam_tool.bank.draws import Stream
from exam_tool.expressions.arrays import Value, entries
from exam_tool.language import Text
from exam_tool.trace import Failure
from exam_tool.variant import NoVariant, differs, draw, mistakes_of

if TYPE_CHECKING:
    from exam_tool.bank.problem import Problem
    from exam_tool.variant import Variant

MAX_SEED = 10**9
RIGHT = ""  # the group of what gives the right answers


def local_code(variant: Variant, code: str) -> str:
    """``step/id`` of a global code; a local one as it is."""
    return code.removeprefix(variant.trace.plan.calculator + ".")


def groups(variant: Variant, codes: Collection[str] | None = None) -> list[tuple[str, ...]]:
    """The mistakes that give the same asked answers, group by group; the first group is that of the right answers.

    ``codes`` are ``step/id``, or global ones (``calculator.step/id``); None takes every known mistake. A mistake that leaves a
    step without value stands with all others of its kind that do.
    """
    wanted = None if codes is None else {local_code(variant, code) for code in codes}
    right = [variant.trace.values[ask.find] for ask in variant.asked]
    found: list[tuple[list[str], list[Value]]] = [([RIGHT], right)]
    for step, mistake in mistakes_of(variant):
        code = f"{step.name}/{mistake.id}"
        if wanted is not None and code not in wanted:
            continue
        left = variant.trace.mistaken(step, mistake)
        numbers = [left[ask.find] for ask in variant.asked]
        home = next((names for names, known in found if _alike(variant, known, numbers)), None)
        if home is None:
            found.append(([code], numbers))
        else:
            home.append(code)
    return [tuple(names) for names, _ in found]


def _alike(variant: Variant, a: list[Value], b: list[Value]) -> bool:
    failed = [any(isinstance(value, Failure) for value in numbers) for numbers in (a, b)]
    return failed == [True, True] or (failed == [False, False] and not differs(variant.asked, a, b))


def information(parts: list[tuple[str, ...]]) -> arb:
    """The entropy of the partition, in nats: what one answer is expected to say about which mistake was made."""
    total = sum(map(len, parts))
    shares = [arb(fmpq(len(part), total)) for part in parts]
    return -sum((share * share.log() for share in shares), arb(0))


def burden(values: Mapping[str, Value]) -> int:
    """How unfriendly the numbers are: the digits of everything that is worked out."""
    return sum(len(str(number)) if isinstance(number, fmpq) else 8 for value in values.values() for number in entries(value))


def diagnostic_variant(problem: Problem, codes: Collection[str], n: int = 24, seed: int = 1) -> Variant:
    """Of ``n`` variants the one whose answers say most about which of these mistakes was made; then the friendlier numbers.

    Raises:
        NoVariant: when the problem has none.
    """
    stream = Stream(f"diagnostic/{problem.code}/{seed}")
    best: Variant | None = None
    best_parts: list[int] = []
    best_burden = 0
    for _ in range(max(1, n)):
        try:
            variant = draw(problem, stream.below(MAX_SEED))
        except NoVariant:
            continue
        sizes = sorted(map(len, groups(variant, codes)))
        weight = burden(variant.trace.values)
        if best is None or _tells_more(sizes, best_parts) or (sizes == best_parts and weight < best_burden):
            best, best_parts, best_burden = variant, sizes, weight
    if best is None:
        raise NoVariant(Text(f"{problem.id} has no variant.", f"{problem.id} 没有可用的变体。"), {})
    return best


def _tells_more(sizes: list[int], than: list[int]) -> bool:
    """Whether a partition into groups of these sizes carries more information; decided exactly unless the entropies agree."""
    return sizes != than and bool(information([("",) * size for size in sizes]) > information([("",) * size for size in than]))
