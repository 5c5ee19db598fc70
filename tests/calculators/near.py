"""Exact values as plain numbers, so that a test can compare them with an outside library; used by several test modules."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb, fmpq

from exam_tool.calculators.work import Calculator, calculate, example_plan
from exam_tool.expressions.exact import enclose
from exam_tool.trace import Failure


def numbers(value: Any) -> Any:
    """A value as a float, or a list of them."""
    if isinstance(value, tuple):
        return [numbers(item) for item in value]
    if isinstance(value, fmpq):
        return int(value.p) / int(value.q)
    ball: arb = enclose(value)
    return float(ball.mid())


def agree(value: Any, expected: Any, tolerance: float = 1e-9) -> bool:
    """Whether a value equals numbers of another library up to rounding in the last places."""
    found, wanted = np.asarray(numbers(value), dtype=float), np.asarray(expected, dtype=float)
    return found.shape == wanted.shape and bool(np.allclose(found, wanted, rtol=tolerance, atol=tolerance))


def run_everything(calculator: Calculator) -> int:
    """Runs each mistake and each choice of an option on the worked example; returns how many there were.

    Raises:
        AssertionError: when a mistake gives the right numbers at its step in every choice, which says it is no mistake.
    """
    plan = example_plan(calculator)
    tried = 0
    for option in plan.declared:
        for choice in option.choices:
            try:
                calculate(calculator.name, **{**calculator.example, option.name: choice})
            except Exception as error:  # other givens may be needed, but only with a message for people
                assert hasattr(error, "message"), f"{calculator.name} {option.name}={choice}: {error!r}"
            tried += 1
    trace = calculate(calculator.name, **calculator.example)
    for step in trace.plan.steps:
        for mistake in step.mistakes:
            values = trace.mistaken(step, mistake)
            assert isinstance(values[step.name], Failure) or values[step.name] is not None
            assert mistake.message.en and mistake.message.zh
            tried += 1
    return tried
