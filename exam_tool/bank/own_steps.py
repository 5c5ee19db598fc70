"""A calculator from a problem's own ``steps`` and ``declare``: what a teacher can add without Python."""

from __future__ import annotations

from typing import NamedTuple, get_args

from exam_tool.calculators.work import Calculator, Work
from exam_tool.domain import WORDS, domain
from exam_tool.expressions.evaluate import CONSTANTS
from exam_tool.expressions.reader import read
from exam_tool.expressions.tree import names
from exam_tool.language import ExamToolError, Text
from exam_tool.trace import MistakeKind

from .formulas import FormulaReader
from .source import Item, Mapping, Mark, Scalar

STEP_FIELDS = ("name", "formula", "label", "because", "is", "mistakes")
MISTAKE_KINDS: tuple[MistakeKind, ...] = get_args(MistakeKind)


class OwnMistake(NamedTuple):
    """A known mistake of a step that the problem states itself."""

    id: str
    formula: str
    en: str
    zh: str
    kind: MistakeKind


def own_calculator(reader: FormulaReader, top: Mapping, identifier: str, chapter: str) -> Calculator | None:
    """A calculator from ``steps`` and ``declare``: what a teacher can add without Python."""
    given = top.get("given")
    declared = top.get("declare")
    inputs = []
    for name in given.entries if isinstance(given, Mapping) else ():
        about = declared.get(name) if isinstance(declared, Mapping) else None
        fields = reader.mapping(about, ("label", "is", "shape"), (), Text(name, name), top.mark) if about else None
        label = reader.both(fields.get("label"), Text("label", "label"), top.mark) if fields and fields.get("label") else Text(name, name)
        shape = reader.text(fields.get("shape"), Text("shape", "shape")) if fields and fields.get("shape") else None
        inputs.append((name, label, _condition(reader, fields.get("is") if fields else None), shape))
    steps = [_step(reader, item, top.mark) for item in reader.list(top.get("steps"), Text("steps", "steps"))]
    if reader.faults:
        return None
    _unknown_names(reader, top, [name for name, *_ in inputs])

    def write(work: Work) -> None:
        for name, label, condition, shape in inputs:
            work.given(name, label, is_=condition, shape=shape)
        for (name, formula, label, because, condition), mistakes in steps:
            work.step(name, formula, label, because, is_=condition)
            for mistake in mistakes:
                work.mistake(mistake.id, mistake.formula, mistake.en, mistake.zh, kind=mistake.kind)

    return None if reader.faults else Calculator(identifier, chapter, Text("", ""), write, {}, {}, "")


def _unknown_names(reader: FormulaReader, top: Mapping, known: list[str]) -> None:
    """Formulas of own steps may use the givens and earlier steps only."""
    known = [*known, *CONSTANTS]
    for item in reader.list(top.get("steps"), Text("steps", "steps")):
        if not isinstance(item, Mapping):
            continue
        formulas = [
            item.get("formula"),
            *(m.get("formula") for m in reader.list(item.get("mistakes"), Text("mistakes", "mistakes")) if isinstance(m, Mapping)),
        ]
        for formula in formulas:
            if isinstance(formula, Scalar):
                for loose in sorted(names(read(formula.text)) - set(known)):
                    reader.report(
                        formula.mark,
                        f'"{loose}" is neither given nor an earlier step.',
                        f"“{loose}”既不是已知量，也不是前面的步骤。",
                        (f"Known: {', '.join(known)}.", f"可用：{', '.join(known)}。"),
                    )
        known.append(reader.text(item.get("name"), Text("name", "name")))


def _condition(reader: FormulaReader, item: Item | None) -> str:
    words = reader.text(item, Text("is", "is"))
    try:
        domain(words)
    except (ValueError, ExamToolError):
        assert item is not None
        reader.report(
            item.mark,
            f'"{words}" is not a domain.',
            f"“{words}”不是取值范围。",
            (f"Write words and bounds between commas: {', '.join(WORDS)}, >= 1.", f"请用逗号分隔词与界限：{', '.join(WORDS)}, >= 1。"),
        )
        return ""
    return words


def _step(reader: FormulaReader, item: Item, mark: Mark) -> tuple[tuple[str, str, Text, Text | None, str], list[OwnMistake]]:
    fields = reader.mapping(item, STEP_FIELDS, ("name", "formula", "label"), Text("A step", "步骤"), mark)
    if fields is None:
        return ("x", "1", Text("", ""), None, ""), []
    reader.calculate(fields.get("formula"), "formula")
    because = reader.both(fields.get("because"), Text("because", "because"), fields.mark) if fields.get("because") else None
    step = (
        reader.text(fields.get("name"), Text("name", "name")),
        reader.text(fields.get("formula"), Text("formula", "formula")),
        reader.both(fields.get("label"), Text("label", "label"), fields.mark),
        because,
        _condition(reader, fields.get("is")),
    )
    return step, [_mistake(reader, part, fields.mark) for part in reader.list(fields.get("mistakes"), Text("mistakes", "mistakes"))]


def _mistake(reader: FormulaReader, item: Item, mark: Mark) -> OwnMistake:
    fields = reader.mapping(item, ("id", "formula", "kind", "en", "zh"), ("id", "formula", "en", "zh"), Text("A mistake", "错误"), mark)
    if fields is None:
        return OwnMistake("", "1", "", "", "method")
    reader.calculate(fields.get("formula"), "formula")
    kind = reader.text(fields.get("kind"), Text("kind", "kind"), "method")
    known = next((one for one in MISTAKE_KINDS if one == kind), None)
    if known is None:
        reader.report(fields.key_mark("kind"), "kind is slip, method or convention.", "kind 只能是 slip、method 或 convention。")
    id, formula, en, zh = (reader.text(fields.get(key), Text(key, key)) for key in ("id", "formula", "en", "zh"))
    return OwnMistake(id, formula, en, zh, known or "method")
