"""Calculators and traces as plain data, for programs that drive them: names, givens, domains, options, steps, mistakes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from exam_tool.expressions.arrays import Shape, Value
from exam_tool.expressions.decimals import significant_text
from exam_tool.expressions.forms import exact_text
from exam_tool.expressions.printing import text
from exam_tool.language import Text
from exam_tool.trace import Given, Option, Plan, Step, Trace

from .calling import example_plan
from .work import CHAPTERS, Calculator, load

SCHEMA_VERSION = 1


def catalogue() -> list[dict[str, Any]]:
    """Every calculator by chapter, with the steps of its worked example."""
    calculators = sorted(load().values(), key=lambda found: (CHAPTERS.index(found.chapter), found.name))
    return [calculator_json(found) for found in calculators]


def calculator_json(found: Calculator) -> dict[str, Any]:
    plan = example_plan(found)
    return {
        "name": found.name,
        "chapter": found.chapter,
        "title": both(found.title),
        "about": found.doc.strip(),
        "rows": {row: dict(options) for row, options in found.rows.items()},
        "givens": [given_json(given) for given in plan.givens],
        "options": [option_json(option) for option in plan.declared],
        "example": {name: _plain(value) for name, value in found.example.items()},
        "steps": [step_json(step) for step in plan.steps],
    }


def given_json(given: Given) -> dict[str, Any]:
    return {
        "name": given.name,
        "label": both(given.label),
        "domain": given.domain.text,
        "shape": None if given.domain.sizes is None else list(given.domain.sizes),
        "default": text(given.default) if given.default is not None else None,
        "aliases": list(given.aliases),
    }


def option_json(option: Option) -> dict[str, Any]:
    return {
        "name": option.name,
        "label": both(option.label),
        "choices": {choice: both(says) for choice, says in option.choices.items()},
        "default": option.default,
    }


def step_json(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "label": both(step.label),
        "formula": text(step.formula),
        "because": both(step.because) if step.because else None,
        "domain": step.domain.text,
        "mistakes": [
            {"id": mistake.id, "formula": text(mistake.formula), "kind": mistake.kind, "message": both(mistake.message)}
            for mistake in step.mistakes
        ],
    }


def trace_json(trace: Trace, wanted: Iterable[str]) -> dict[str, Any]:
    """Givens, options and every step needed for the wanted ones, each with its exact and its decimal value."""
    plan: Plan = trace.plan
    return {
        "schema_version": SCHEMA_VERSION,
        "calculator": plan.calculator,
        "options": dict(plan.options),
        "givens": {given.name: value_json(trace.values[given.name]) for given in plan.givens if given.name in trace.values},
        "steps": [
            {"name": step.name, "formula": text(step.formula), "value": value_json(trace.values[step.name])}
            for step in plan.upstream(wanted)
        ],
    }


def value_json(value: Value) -> Any:
    """``{"exact": ..., "decimal": ...}`` with nested lists for arrays; a word or truth value as it is."""
    if isinstance(value, str | bool):
        return value
    return {"exact": _entries(value, exact_text), "decimal": _entries(value, lambda number: significant_text(number, 12))}


def _entries(value: Value, show: Any) -> Any:
    if isinstance(value, tuple):
        return [_entries(item, show) for item in value] if not isinstance(value, Shape) else [show(item) for item in value]
    return value if isinstance(value, str | bool) else show(value)


def both(words: Text) -> dict[str, str]:
    return {"en": words.en, "zh": words.zh}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | bool | None) else str(value)
