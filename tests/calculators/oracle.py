"""What the oracle tests of calculators share: random exact tenths, and values of a trace as floats."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from exam_tool.expressions.exact import enclose
from exam_tool.trace import Trace


def number(value: Any) -> Any:
    """A value of a trace as floats."""
    if isinstance(value, tuple):
        return np.array([number(item) for item in value])
    return float(enclose(value).mid())


def close(trace: Trace, name: str, expected: Any) -> None:
    """Asserts that a step has this value, and this shape."""
    found = number(trace[name].value)
    assert np.shape(found) == np.shape(expected), name
    assert np.allclose(found, expected, rtol=1e-9, atol=1e-9), name


def drawn(source: random.Random, *shape: int) -> Any:
    """Random tenths, never 0, as an array of floats that print exactly."""
    values = [source.choice([i for i in range(-20, 21) if i]) / 10 for _ in range(int(np.prod(shape)))]
    return np.array(values).reshape(shape) if shape else values[0]
