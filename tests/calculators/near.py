"""Exact values as plain numbers, so that a test can compare them with an outside library; used by several test modules."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
from flint import arb, fmpq

from exam_tool.calculators.calling import calculate, example_plan
from exam_tool.calculators.work import Calculator
from exam_tool.expressions.arrays import shape_of
from exam_tool.expressions.exact import enclose
from exam_tool.language import ExamToolError
from exam_tool.trace import Failure

# The few mistakes that are known by the shape of what comes out.
OTHER_SHAPE = {
    "X/concat", "X_pad/one_side", "Y/stride_ignored", "Y/stride_one", "concat/averaged", "concat/concat_rows", "concat/sum_heads",
    "dot/elementwise", "dot/outer", "g/mean_over_channels", "h_G/flatten", "h_G/over_features", "o/concat", "padded/inner_zeros",
    "padded/one_side",
    "possible/only_best", "product/dot_instead", "shape/forgot_batch", "vector/index_as_scalar",
}  # fmt: skip


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

    A choice may need other givens than the example has; then it must say so as an ExamToolError, and nothing else.
    """
    tried = 0
    for option in example_plan(calculator).declared:
        for choice in option.choices:
            with suppress(ExamToolError):
                calculate(calculator.name, **{**calculator.example, option.name: choice})
            tried += 1
    trace = calculate(calculator.name, **calculator.example)
    for step in trace.plan.steps:
        for mistake in step.mistakes:
            found = trace.mistaken(step, mistake)[step.name]
            code = f"{step.name}/{mistake.id}"
            alike = isinstance(found, Failure) or shape_of(found) == shape_of(trace.values[step.name])
            assert alike or code in OTHER_SHAPE, code
            assert all(mistake.message), code
            tried += 1
    return tried
