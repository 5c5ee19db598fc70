"""Learning-rate schedules on known points, and optimisers that follow them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from flint import fmpq

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

from .near import agree

RATES: list[tuple[dict[str, Any], int, float]] = [
    ({"schedule": "constant"}, 7, 0.1),
    ({"schedule": "step", "gamma": "1/2", "s": 10}, 9, 0.1),
    ({"schedule": "step", "gamma": "1/2", "s": 10}, 10, 0.05),
    ({"schedule": "step", "gamma": "1/2", "s": 10}, 39, 0.0125),
    ({"schedule": "exponential", "gamma": "0.9"}, 3, 0.0729),
    ({"schedule": "linear", "T": 10}, 4, 0.06),
    ({"schedule": "linear", "T": 10, "eta_end": "0.02"}, 10, 0.02),
    ({"schedule": "cosine", "T": 100}, 0, 0.1),
    ({"schedule": "cosine", "T": 100}, 50, 0.05),
    ({"schedule": "cosine", "T": 90, "eta_end": "0.01"}, 30, 0.01 + 0.045 * 1.5),
    ({"schedule": "inverse_sqrt"}, 4, 0.05),
    ({"schedule": "inverse_sqrt", "w": 100}, 25, 0.025),
    ({"schedule": "inverse_sqrt", "w": 100}, 400, 0.05),
    ({"schedule": "cosine", "T": 110, "w": 10}, 5, 0.05),
    ({"schedule": "cosine", "T": 110, "w": 10}, 10, 0.1),
    ({"schedule": "cosine", "T": 110, "w": 10}, 60, 0.05),
    ({"schedule": "linear", "T": 110, "w": 10}, 60, 0.05),
]


@pytest.mark.parametrize(("given", "k", "rate"), RATES)
def test_known_rates(given: dict[str, Any], k: int, rate: float) -> None:
    """Each schedule at a step where its rate is known, with and without a warm-up."""
    assert agree(calculate("learning_rate_schedule", eta="0.1", k=[k], **given)[f"eta_{k}"].value, rate)


def test_rate_of_the_transformer() -> None:
    """Warm-up and inverse square root with eta = 1/sqrt(512*4000) is the formula of arXiv:1706.03762, section 5.3."""
    eta, steps = 1 / math.sqrt(512 * 4000), [1, 2000, 4000, 100000]
    trace = calculate("learning_rate_schedule", eta=f"1/sqrt({512 * 4000})", schedule="inverse_sqrt", w=4000, k=steps)
    for k in steps:
        theirs = 512**-0.5 * min(k**-0.5, k * 4000**-1.5)
        assert agree(trace[f"eta_{k}"].value, theirs)
    assert eta == pytest.approx(512**-0.5 * 4000**-0.5)


def test_counting_moves_the_rates_by_one_step() -> None:
    """Counted from 0 the first update has the rate of step 0; counted from 1 that of step 1."""
    given = {"x_0": 1, "g": [1, 1], "eta": 1, "schedule": "linear", "T": 4}
    first, second = (calculate("scheduled_optimizer", **given, counting=counting) for counting in ("from_0", "from_1"))
    assert [first["eta_1"].value, first["eta_2"].value] == [1, fmpq(3, 4)]
    assert [second["eta_1"].value, second["eta_2"].value] == [fmpq(3, 4), fmpq(1, 2)]


def test_forms_of_momentum_differ_when_the_rate_changes() -> None:
    """With the rate inside the velocity old steps keep their rate; at a constant rate both forms agree."""
    given = {"x_0": 0, "g": [1, 1], "eta": 1, "rule": "momentum", "beta": "1/2"}
    falling = {"schedule": "linear", "T": 2}
    ends = {form: calculate("scheduled_optimizer", **given, **falling, velocity=form)["x_2"].value for form in ("m", "v")}
    assert [float(ends[form].p) / float(ends[form].q) for form in ("m", "v")] == [-1.75, -2.0]
    constant = {form: calculate("scheduled_optimizer", **given, schedule="constant", velocity=form)["x_2"].value for form in ("m", "v")}
    assert constant["m"] == constant["v"]


def test_rewritten_nesterov_is_nesterov_at_the_point_ahead() -> None:
    """On f = x^2 the rewritten form, which keeps the point ahead, has the look-ahead points of the classical form."""
    classic = calculate("nesterov_momentum", f="x^2", x_0=1, beta="1/2", eta="0.1", steps=3)
    gradients = [classic[f"g_{k}"].value for k in (1, 2, 3)]
    rewritten = calculate("scheduled_optimizer", x_0=1, g=gradients, eta="0.1", schedule="constant", rule="nesterov", beta="1/2")
    for k in (1, 2):
        assert rewritten[f"x_{k}"].value == classic[f"x_ahead_{k + 1}"].value


@pytest.mark.parametrize("form", ["m", "v", "ema"])
def test_constant_schedule_is_plain_momentum(form: str) -> None:
    """Without a schedule the rules are those of their own calculators, on vectors too."""
    given = {"x_0": [1, 2], "g": [[1, 2], [3, -1], [0.5, 1]], "eta": "0.1", "beta": "0.9", "velocity": form}
    ours = calculate("scheduled_optimizer", **given, schedule="constant", rule="momentum")
    assert ours["x_3"].value == calculate("momentum", **given)["x_3"].value
    plain = {name: given[name] for name in ("x_0", "g", "eta")}
    adam = calculate("scheduled_optimizer", **plain, schedule="constant", rule="adam", eps="0.1")
    assert agree(adam["x_3"].value, np.array([float(str(x)) for x in _floats(calculate("adam", **plain, eps="0.1")["x_3"].value)]))


def _floats(value: Any) -> list[float]:
    from .near import numbers

    return list(numbers(value))


def test_impossible_schedules_are_refused() -> None:
    """A warm-up longer than the schedule, and step 0 of an inverse square root, are refused."""
    with pytest.raises(ExamToolError, match="warm-up must end"):
        calculate("learning_rate_schedule", eta=1, schedule="cosine", T=5, w=5, k=[5])
    with pytest.raises(ExamToolError, match="first step is step 1"):
        calculate("learning_rate_schedule", eta=1, schedule="inverse_sqrt", k=[0])


def test_adagrad_may_start_at_a_tenth() -> None:
    """The start of AdaGrad's sum is a convention; a given start overrides it."""
    given = {"x_0": 1, "g": [3], "eta": 1}
    assert agree(calculate("adagrad", **given, start="tenth")["v_1"].value, 9.1)
    assert agree(calculate("adagrad", **given, v_0=7)["v_1"].value, 16)
    assert agree(calculate("adagrad", **given)["v_1"].value, 9)


@pytest.mark.parametrize("schedule", ["step", "exponential", "linear", "cosine", "inverse_sqrt", "constant"])
@pytest.mark.parametrize("rule", ["sgd", "momentum", "nesterov", "adam"])
@pytest.mark.parametrize("warmup", [0, 2])
def test_mistakes_of_every_schedule_and_rule(schedule: str, rule: str, warmup: int) -> None:
    """Every known mistake of every combination gives a value."""
    needs: dict[str, Any] = {"step": {"gamma": "1/2", "s": 2}, "exponential": {"gamma": "1/2"}, "linear": {"T": 9}, "cosine": {"T": 9}}.get(
        schedule, {}
    )
    needs |= {"w": warmup} if warmup else {}
    needs |= {"beta": "1/2"} if rule in ("momentum", "nesterov") else {}
    trace = calculate("scheduled_optimizer", x_0=1, g=[1, 2, -1, 3], eta="0.5", schedule=schedule, rule=rule, **needs)
    for step in trace.plan.steps:
        for mistake in step.mistakes:
            assert not hasattr(trace.mistaken(step, mistake)[step.name], "message"), f"{step.name}/{mistake.id}"
