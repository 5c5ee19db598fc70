"""The laws of a variant: what must hold whatever the numbers are. Each fault names the law, the seed and the remedy."""

from __future__ import annotations

from collections.abc import Iterator

from exam_tool.bank import Fault
from exam_tool.expressions.arrays import same
from exam_tool.expressions.evaluate import evaluate
from exam_tool.expressions.forms import NumberStyle, is_written_within, tree_of
from exam_tool.expressions.printing import text
from exam_tool.expressions.reader import MAX_TOKENS, TOKEN, read
from exam_tool.language import ExamToolError, Text
from exam_tool.marking.laws import LAWS
from exam_tool.trace import Failure
from exam_tool.variant import Variant, draw, mistakes_of

# The costly laws look at some of the variants: the first and every so many after it; the others look at all.
SOME, FEW = 5, 25
EVERY: dict[str, int] = {
    "reads_back": SOME,
    "mistakes_are_recognised": SOME,
    "hints_keep_the_value": SOME,
    "right_answers_never_hurt": FEW,
    "marking_is_repeatable": FEW,
    "marks_stay_in_bounds": FEW,
}


def law_faults(variant: Variant, position: int) -> Iterator[tuple[str, Fault]]:
    """Every law that this variant, the one at a position (from 0) among those looked at, breaks."""
    yield from _repeatable(variant)
    yield from _mistakes_run(variant)
    if position % EVERY["reads_back"] == 0:
        yield from _reads_back(variant)
    for law in LAWS:
        if position % EVERY.get(law.__name__, 1) == 0:
            for words in law(variant):
                yield fault(variant, law.__name__, words.en, words.zh)


def fault(variant: Variant, law: str, en: str, zh: str, remedy: tuple[str, str] | None = None) -> tuple[str, Fault]:
    """A broken law as a fault of the file, with the code of the variant that breaks it."""
    message = Text(f"{variant.code}: {en}", f"{variant.code}：{zh}")
    return law, Fault(variant.problem.mark("given"), message, Text(*remedy) if remedy else None)


def _repeatable(variant: Variant) -> Iterator[tuple[str, Fault]]:
    """The same seed gives the same variant."""
    again = draw(variant.problem, variant.seed)
    if not all(same(again.trace.values[name], value) for name, value in variant.trace.values.items()):
        yield fault(variant, "repeatable", "drawn again it differs.", "再次抽取结果不同。")


def _reads_back(variant: Variant) -> Iterator[tuple[str, Fault]]:
    """Every printed value reads back as itself."""
    for name, value in variant.trace.values.items():
        if isinstance(value, str | bool) or not is_written_within(value, MAX_TOKENS):
            continue  # nobody is shown a closed form this long: the solution prints its decimals
        for decimals in (False, True):
            shown = text(tree_of(value, NumberStyle(decimals=decimals)))
            if len(TOKEN.findall(shown)) > MAX_TOKENS:
                continue
            try:
                back = evaluate(read(shown))
            except ExamToolError as error:
                yield fault(
                    variant, "reads back", f"{name} prints as {shown}: {error.message.en}", f"{name} 显示为 {shown}：{error.message.zh}"
                )
                continue
            if not same(back, value):
                yield fault(
                    variant, "reads back", f"{name} prints as {shown}, which is another value.", f"{name} 显示为 {shown}，读回后值不同。"
                )


def _mistakes_run(variant: Variant) -> Iterator[tuple[str, Fault]]:
    """Every known mistake gives a value of the same kind, or fails with a sentence, never with an exception."""
    for step, mistake in mistakes_of(variant):
        value = variant.trace.mistaken(step, mistake)[step.name]
        if isinstance(value, Failure):
            continue
        if isinstance(value, str) != isinstance(variant.trace.values[step.name], str):
            yield fault(
                variant,
                "mistakes run",
                f"{step.name}/{mistake.id} gives another kind of value.",
                f"{step.name}/{mistake.id} 给出另一类值。",
            )
