"""The hostile responses, read from their file, and what each is an answer to. No test is here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from exam_tool.answers import KINDS

FILE = Path(__file__).parent / "hostile.txt"
PART = re.compile(r'("(?:[^"\\]|\\.)*")(?: \* (\d+))?(?: \+ )?')

KEYS: dict[str, dict[str, Any]] = {
    "integer": {"key": "16384"},
    "rational": {"key": "5/7"},
    "decimal": {"key": "0.268941421369995", "places": 2},
    "exact": {"key": "sqrt(6)/6"},
    "expression": {"key": "a*(1-a)*w", "symbols": ("a", "w")},
    "shape": {"key": "32x32x16"},
    "vector": {"key": "[1,-2,3]"},
    "matrix": {"key": "[[1,2],[3,4]]"},
    "set": {"key": "{-2,2}"},
    "interval": {"key": "[0,1)"},
    "choice": {"key": "B"},
    "text": {"key": "softmax"},
    "true_false": {"key": "T"},
    "order": {"key": "B,A,C"},
    "match": {"key": "1-B,2-A,3-C"},
}


class Attack(NamedTuple):
    """A response and what must happen to it."""

    place: str
    kind: str
    response: str
    expected: str
    code: str


def attacks() -> Iterator[Attack]:
    """Every hostile response; those for every kind once for each."""
    for number, line in enumerate(FILE.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            continue
        kinds, expected, written = line.split("\t")
        response = "".join(json.loads(text) * int(times or 1) for text, times in PART.findall(written))
        verdict, _, code = expected.partition(" ")
        for kind in KINDS if kinds == "*" else (kinds,):
            yield Attack(f"{FILE.name}:{number}", kind, response, verdict, code)
