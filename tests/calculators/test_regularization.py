"""Updates with penalties and penalised losses against autograd, and the golden figures of the course."""

from __future__ import annotations

import random
from typing import Any

import autograd.numpy as np
import pytest
from autograd import grad

from exam_tool.calculators import calculate
from exam_tool.domain import DomainError

from .oracle import close, drawn, number

GOLDEN: list[tuple[str, dict[str, Any], dict[str, float]]] = [
    ("l1_update", {"w": 0.5, "grad": 0.2, "eta": 0.1, "lam": 0.1}, {"penalty_grad": 0.1, "total_grad": 0.3, "w_new": 0.47}),
    ("l2_update", {"w": 0.5, "grad": 0.2, "eta": 0.1, "lam": 0.1}, {"decay": 0.99, "w_new": 0.475}),
]


@pytest.mark.parametrize(("name", "given", "outputs"), GOLDEN)
def test_golden(name: str, given: dict[str, float], outputs: dict[str, float]) -> None:
    """The course's own figures, exactly."""
    trace = calculate(name, **given)
    for step, expected in outputs.items():
        assert number(trace[step].value) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("seed", range(200))
def test_updates_agree_with_autograd(seed: int) -> None:
    """One step on a linear loss plus penalty, for numbers, vectors and matrices."""
    source = random.Random(seed)
    shape = source.choice([(), (3,), (2, 2)])
    w, g = drawn(source, *shape), drawn(source, *shape)
    eta, lam, half = 0.25, 0.3, source.random() < 0.5
    l1 = grad(lambda v: np.sum(v * g) + lam * np.sum(np.abs(v)))(w)
    l2 = grad(lambda v: np.sum(v * g) + lam * np.sum(v**2) / (2 if half else 1))(w)
    close(calculate("l1_update", w=w, grad=g, eta=eta, lam=lam), "w_new", w - eta * l1)
    close(calculate("l2_update", w=w, grad=g, eta=eta, lam=lam, half="half" if half else "full"), "w_new", w - eta * l2)


@pytest.mark.parametrize("seed", range(200))
def test_penalised_loss_agrees_with_autograd(seed: int) -> None:
    """Total loss and gradient of the penalty over one or two weight arrays, with biases counted or not."""
    source = random.Random(seed)
    arrays = {"W_1": drawn(source, 2, 3), "W_2": drawn(source, 2)} if source.random() < 0.5 else {"W": drawn(source, 3)}
    b, kind, half, counted = drawn(source, 2), source.choice(["L1", "L2"]), source.random() < 0.5, source.random() < 0.5
    penalised = {**arrays, **({"b": b} if counted else {})}

    def penalty(values: dict[str, Any]) -> Any:
        if kind == "L1":
            return 0.3 * sum(np.sum(np.abs(v)) for v in values.values())
        return 0.3 * sum(np.sum(v**2) for v in values.values()) / (2 if half else 1)

    more = {"half": "half" if half else "full"} if kind == "L2" else {}
    trace = calculate("regularized_loss", L=0.7, lam=0.3, b=b, reg=kind, bias_penalised=counted, **arrays, **more)
    close(trace, "J", 0.7 + penalty(penalised))
    slopes = grad(penalty)(penalised)
    for name in penalised:
        close(trace, "penalty_grad" if len(penalised) == 1 else f"penalty_grad_{name}", slopes[name])


def test_sign_at_zero() -> None:
    """A weight of 0 feels no L1 pull, unless another subgradient is chosen."""
    assert number(calculate("l1_update", w=0, grad=1, eta=1, lam=1)["w_new"].value) == -1
    assert number(calculate("l1_update", w=0, grad=1, eta=1, lam=1, sign_at_zero="subgradient", s_0="-1/2")["w_new"].value) == -0.5
    trace = calculate("l1_update", w=[0, 2], grad=[1, 1], eta=1, lam=1, sign_at_zero="subgradient", s_0="1/2")
    assert list(number(trace["w_new"].value)) == [-1.5, 0]


def test_shapes_must_agree() -> None:
    """A gradient of another shape than its weight is refused."""
    with pytest.raises(DomainError):
        calculate("l1_update", w=[1, 2], grad=1, eta=1, lam=1)
