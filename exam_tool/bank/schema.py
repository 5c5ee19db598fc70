"""The JSON Schema of a problem file, from the field tables that the reader of problems uses."""

from __future__ import annotations

from typing import Any

from exam_tool.calculators.work import load

from .given import DRAW_FIELDS
from .own_steps import STEP_FIELDS
from .parse import ASK_FIELDS, FIELDS, REQUIRED
from .problem import KINDS, SCHEMES

NUMBER: dict[str, Any] = {"type": ["string", "number", "integer"]}
BOTH: dict[str, Any] = {
    "type": "object",
    "properties": {"en": {"type": "string"}, "zh": {"type": "string"}},
    "required": ["en", "zh"],
    "additionalProperties": False,
}
NUMBERS: dict[str, Any] = {"type": "array"}
FLAG: dict[str, Any] = {"type": "boolean"}
WHOLE: dict[str, Any] = {"type": "integer", "minimum": 0}
WORDS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}


def _object(fields: tuple[str, ...], known: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object with exactly these fields; the ones that ``known`` does not describe may hold anything."""
    return {
        "type": "object",
        "properties": {field: known.get(field, {}) for field in fields},
        "required": list(required),
        "additionalProperties": False,
    }


def problem_schema() -> dict[str, Any]:
    """The schema of one problem; the names of calculators are those installed."""
    draw = _object(
        DRAW_FIELDS,
        {
            "pick": NUMBERS,
            "range": {"type": "array", "minItems": 2, "maxItems": 3},
            "distinct": FLAG,
            "nonzero": FLAG,
            "positive": FLAG,
            "irregular": FLAG,
            "hide": FLAG,
            "denominator": WHOLE,
        },
    )
    ask = _object(
        ASK_FIELDS,
        {
            "find": {"type": "string"},
            "marks": NUMBER,
            "kind": {"enum": list(KINDS)},
            "places": WHOLE,
            "sig": WHOLE,
            "tolerance": NUMBER,
            "units": WORDS,
            "unit": {"type": "string"},
            "label": BOTH,
            "scheme": {"enum": list(SCHEMES)},
            "part": {"type": "string"},
            "choices": {"type": "integer", "minimum": 2, "maximum": 8},
        },
        ("find",),
    )
    mistake = _object(
        ("id", "formula", "kind", "en", "zh"), {"kind": {"enum": ["slip", "method", "convention"]}}, ("id", "formula", "en", "zh")
    )
    step = _object(
        STEP_FIELDS, {"label": BOTH, "because": BOTH, "mistakes": {"type": "array", "items": mistake}}, ("name", "formula", "label")
    )
    example = _object(
        ("given", "options", "answers", "source"),
        {"given": {"type": "object"}, "answers": {"type": "object"}, "source": {"type": "string"}},
        ("given", "answers", "source"),
    )
    known = {
        "id": {"type": "string", "pattern": "^[a-z0-9]+([.-][a-z0-9]+)*$"},
        "version": {"type": "integer", "minimum": 1},
        "title": BOTH,
        "level": {"enum": [1, 2, 3]},
        "syllabus": WORDS,
        "calculator": {"enum": sorted({name for found in load().values() for name in (found.name, *found.rows)})},
        "steps": {"type": "array", "items": step},
        "declare": {"type": "object", "additionalProperties": _object(("label", "is", "shape"), {"label": BOTH})},
        "options": {"type": "object"},
        "given": {"type": "object", "additionalProperties": {"anyOf": [NUMBER, NUMBERS, draw]}},
        "where": {"type": "array", "items": {"type": "string"}},
        "ask": {"type": "array", "minItems": 1, "items": ask},
        "text": BOTH,
        "ties": {"type": "array", "items": WORDS},
        "hides": WORDS,
        "keep": WHOLE,
        "numbers": {"enum": ["decimal", "fraction"]},
        "examples": {"type": "array", "minItems": 1, "items": example},
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "exam-tool problem", **_object(FIELDS, known, REQUIRED)}
