"""What marking must satisfy on every variant, whatever its problem: each law lists its breaches as sentences. Used by the bank check.

A law is a function of a variant; none of them knows the problem it is given.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from exam_tool.bank.draws import Stream
from exam_tool.expressions.forms import exact_text, is_written_within
from exam_tool.language import Text
from exam_tool.trace import Failure
from exam_tool.variant import declared_tie, differs, mistakes_of

from .carrying import is_exactly
from .causes import MISREAD, SLIP
from .grading import grade, sheet_of
from .hints import hints
from .noise import slip
from .policy import POLICIES
from .recovery import as_typed, typed_value
from .separating import local_code
from .typed import Answer
from .verdicts import Fortuitous, Grade, KnownMistake, Review, cause_codes

if TYPE_CHECKING:
    from exam_tool.bank.problem import Ask
    from exam_tool.variant import Variant

Law = Callable[["Variant"], list[Text]]
GUARD = 5
LONGEST_KEY = 300  # characters; nobody types a longer closed form
STRANGE = (
    "", " ", "?", "abc", "1/0", "0", "-1", "1e400", "9^9^9^9", "[1,2", "[[1,2],[3]]", "1 2", "1/2pi", "0,27", "NaN", "inf", "π",
    "√2", "2.5.1", "assume x = 4", "undefined", "[/b][link=x]y[/link]", "\u202e1", "1\x00", "'; drop", "=1+1", "a=b=c", "3 = 4",
    "16 or 17", "１６", "十六", "[]", "{}", "(((((", "32x32x16", "true", "A", "0.1(6)", "1e-9", "exp(1e5)", "-" * 50, "9" * 300,
)  # fmt: skip


def key_of(variant: Variant) -> dict[str, str]:
    """The asked values as a person may type them: exact where that is short, else rounded as asked."""
    return {ask.find: _typed_key(variant, ask) for ask in variant.asked}


def _typed_key(variant: Variant, ask: Ask) -> str:
    value = variant.trace.values[ask.find]
    if (letter := variant.letter(ask, value)) is not None:
        return letter
    if isinstance(value, str | bool):
        return str(value).split("|")[0] if variant.kind(ask) == "text" else str(value)
    text = exact_text(value).replace(" ", "") if is_written_within(value, LONGEST_KEY) else ""
    if not 0 < len(text) <= LONGEST_KEY:
        return typed_value(value, ask.places, ask.sig)
    cell, _ = sheet_of(variant).read(sheet_of(variant).columns[ask.find], text)
    return text if isinstance(cell, Answer) else typed_value(value, ask.places, ask.sig)


def key_earns_full_marks(variant: Variant) -> list[Text]:
    """The key, exact or rounded as asked, earns every mark under every policy, and every verdict is ``correct``."""
    faults = []
    rounded = as_typed(variant, variant.trace.values) or {}
    for typed in (key_of(variant), rounded):
        for policy in POLICIES:
            marked = grade(variant, typed, policy)
            if not marked.right or marked.whole < marked.maximum:
                lost = ", ".join(
                    f"{step.name} = {step.response} ({marked.codes[step.name]})" for step in marked.steps if step.marks != step.maximum
                )
                faults.append(
                    _fault(variant, f"the key does not earn full marks under {policy}: {lost}", f"标准答案在 {policy} 下没有得满分：{lost}")
                )
    return faults


def carrying_the_key_changes_nothing(variant: Variant) -> list[Text]:
    """Putting a right value in place of a step leaves every value after it as it was."""
    faults = []
    for name in sheet_of(variant).columns:
        again = variant.trace.replaced({name: variant.trace.values[name]})
        moved = [other for other, value in again.items() if not is_exactly(value, variant.trace.values[other])]
        if moved:
            faults.append(
                _fault(variant, f"carrying the right {name} changes {', '.join(moved)}", f"代入正确的 {name} 会改变 {'、'.join(moved)}")
            )
    return faults


def mistakes_are_recognised(variant: Variant) -> list[Text]:
    """Each known mistake, made alone and followed through, is found under its own code or a declared tie."""
    faults = []
    for step, mistake in mistakes_of(variant):
        values = variant.trace.mistaken(step, mistake)
        typed = as_typed(variant, values, GUARD)  # so many digits that rounding explains nothing
        if typed is None or not differs(
            variant.asked, [variant.trace.values[a.find] for a in variant.asked], [values[a.find] for a in variant.asked]
        ):
            continue
        code = f"{variant.trace.plan.calculator}.{step.name}/{mistake.id}"
        marked = grade(variant, typed)
        named = set(_codes_in(marked))
        local = f"{step.name}/{mistake.id}"
        if code not in named and not any(declared_tie(variant.problem, local, local_code(variant, other)) for other in named):
            verdicts = ", ".join(marked.codes.values())
            faults.append(_fault(variant, f"{code} is marked as {verdicts}", f"{code} 被判为 {verdicts}"))
    return faults


def _codes_in(marked: Grade) -> Iterator[str]:
    for step in marked.steps:
        match step.verdict:
            case KnownMistake(code, _, _, also):
                yield from (code, *also)
            case Fortuitous(code):
                yield code
            case _:
                yield from (code for code in cause_codes(step.cause) if code not in (SLIP, MISREAD))


def right_answers_never_hurt(variant: Variant) -> list[Text]:
    """Filling a blank with the right value never lowers a mark, when what comes after is right or follows from a later mistake."""
    faults: list[Text] = []
    key = key_of(variant)
    for typed in _scripts(variant):
        names = list(typed)
        for index, name in enumerate(names[:-1]):
            before = {other: typed[other] for other in names[index + 1 :]}
            poorer, richer = grade(variant, before), grade(variant, {**before, name: key[name]})
            comparable = poorer[name].marks < poorer[name].maximum or all(code in ("correct", "implied") for code in poorer.codes.values())
            if comparable and typed[name] == key[name] and richer.total < poorer.total:
                faults.append(
                    _fault(
                        variant,
                        f"answering {name} rightly lowers {poorer.total} to {richer.total}",
                        f"答对 {name} 反而使 {poorer.total} 分降为 {richer.total} 分",
                    )
                )
    return faults


def _scripts(variant: Variant) -> Iterator[dict[str, str]]:
    """The key and every script with one known mistake in it, in the order of the steps."""
    order = list(sheet_of(variant).columns)
    key = key_of(variant)
    yield {name: key[name] for name in order}
    for step, mistake in mistakes_of(variant)[:6]:
        values = variant.trace.mistaken(step, mistake)
        if not any(isinstance(values[name], Failure) for name in order):
            asks = {ask.find: ask for ask in variant.asked}
            yield {
                name: key[name]
                if is_exactly(values[name], variant.trace.values[name])
                else variant.letter(asks[name], values[name]) or typed_value(values[name], asks[name].places, asks[name].sig)
                for name in order
            }


def full_marks_need_a_right_end(variant: Variant) -> list[Text]:
    """A wrong last answer never earns full marks, whatever stands before it."""
    faults: list[Text] = []
    last = list(sheet_of(variant).columns)[-1]
    ask = next(ask for ask in variant.asked if ask.find == last)
    wrong = _wrong_end(variant, ask)
    if wrong is None:
        return []
    typed = {**key_of(variant), last: wrong}
    for policy in POLICIES:
        marked = grade(variant, typed, policy)
        if marked.codes[last] not in ("correct", "imprecise") and marked.whole >= marked.maximum:
            faults.append(
                _fault(variant, f"{last} = {typed[last]} earns full marks under {policy}", f"{last} = {typed[last]} 在 {policy} 下得了满分")
            )
    return faults


def _wrong_end(variant: Variant, ask: Ask) -> str | None:
    """A wrong answer to a step: a slip, or an option that is not the key."""
    key = variant.trace.values[ask.find]
    if ask.find in variant.offers:
        right = variant.letter(ask, key)
        return next(one.label for one in variant.offers[ask.find] if one.label != right)
    wrong = slip(key, Stream(f"end/{variant.code}"))
    return None if wrong is None else typed_value(wrong, ask.places, ask.sig)


def marks_stay_in_bounds(variant: Variant) -> list[Text]:
    """No answer at all raises, and marks are never below zero nor above the maximum."""
    faults: list[Text] = []
    order = list(sheet_of(variant).columns)
    for text in STRANGE:
        for typed in (dict.fromkeys(order, text), {order[0]: text}, {order[-1]: text}):
            for policy in ("course", "ib"):
                faults.extend(_out_of_bounds(variant, typed, grade(variant, typed, policy)))
    return faults


def _out_of_bounds(variant: Variant, typed: Mapping[str, str], marked: Grade) -> Iterator[Text]:
    beyond = [step for step in marked.steps if not Fraction(0) <= step.marks <= step.maximum]
    failed = [step for step in marked.steps if isinstance(step.verdict, Review)]
    if beyond or failed or not 0 <= marked.total <= marked.maximum:
        names = ", ".join(f"{step.name}: {marked.codes[step.name]} {step.marks}" for step in (*beyond, *failed))
        yield _fault(variant, f"{dict(typed)!r:.80} breaks marking: {names}", f"{dict(typed)!r:.80} 使评分出错：{names}")


def marking_is_repeatable(variant: Variant) -> list[Text]:
    """Marking twice, and with the answers in another order, gives the same bytes."""
    faults = []
    for typed in _scripts(variant):
        first = json.dumps(grade(variant, typed).to_json(), sort_keys=True)
        turned = dict(reversed(list(typed.items())))
        if first != json.dumps(grade(variant, turned).to_json(), sort_keys=True):
            faults.append(
                _fault(variant, "marking twice differs, or depends on the order of the answers", "两次评分结果不同，或与作答顺序有关")
            )
    return faults


def hints_keep_the_value(variant: Variant) -> list[Text]:
    """No hint before the last rung shows the value of its step, unless that stands in the question or the formula anyway."""
    faults = []
    names = list(sheet_of(variant).columns)
    key = key_of(variant)
    for index in range(len(names)):
        typed = {name: key[name] for name in names[:index]}
        for hint in hints(variant, typed)[:3]:
            value = exact_text(variant.trace.values[hint.step])
            if hint.text.endswith(f"= {value}"):
                faults.append(
                    _fault(variant, f"the hint {hint.rung} for {hint.step} shows its value", f"{hint.step} 的提示 {hint.rung} 露出了它的值")
                )
    return faults


def _fault(variant: Variant, en: str, zh: str) -> Text:
    return Text(f"{variant.code}: {en}.", f"{variant.code}：{zh}。")


LAWS: tuple[Law, ...] = (
    key_earns_full_marks,
    carrying_the_key_changes_nothing,
    mistakes_are_recognised,
    right_answers_never_hurt,
    full_marks_need_a_right_end,
    marks_stay_in_bounds,
    marking_is_repeatable,
    hints_keep_the_value,
)
