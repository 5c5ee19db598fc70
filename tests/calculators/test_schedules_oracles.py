"""Schedules and the optimisers that follow them against PyTorch."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from exam_tool.calculators import calculate

from .oracle import close, drawn

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.oracle


def _schedule(source: random.Random, optimiser: Any) -> tuple[Any, dict[str, Any]]:
    from torch.optim import lr_scheduler

    kind = source.choice(["step", "exponential", "linear", "cosine", "constant"])
    match kind:
        case "step":
            return lr_scheduler.StepLR(optimiser, 2, gamma=0.5), {"schedule": kind, "s": 2, "gamma": 0.5}
        case "exponential":
            return lr_scheduler.ExponentialLR(optimiser, 0.8), {"schedule": kind, "gamma": 0.8}
        case "linear":
            return lr_scheduler.LinearLR(optimiser, 1, 0.2, 8), {"schedule": kind, "T": 8, "eta_end": 0.1 * 0.2}
        case "cosine":
            return lr_scheduler.CosineAnnealingLR(optimiser, 8, 0.01), {"schedule": kind, "T": 8, "eta_end": 0.01}
    return lr_scheduler.LambdaLR(optimiser, lambda _: 1.0), {"schedule": "constant"}


RULES: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
    (torch.optim.SGD, {}, {"rule": "sgd"}),
    (torch.optim.SGD, {"momentum": 0.5}, {"rule": "momentum", "beta": 0.5}),
    (torch.optim.SGD, {"momentum": 0.5, "nesterov": True}, {"rule": "nesterov", "beta": 0.5}),
    (torch.optim.Adam, {"betas": (0.9, 0.99), "eps": 0.01}, {"rule": "adam", "beta1": 0.9, "beta2": 0.99, "eps": 0.01}),
]


@pytest.mark.parametrize("rule", RULES, ids=[rule[2]["rule"] for rule in RULES])
@pytest.mark.parametrize("seed", range(60))
def test_optimisers_on_schedules_agree_with_torch(rule: Any, seed: int) -> None:
    """Up to five steps with given gradients, each with the rate its schedule has."""
    source = random.Random(seed)
    optimiser, theirs, ours = rule
    steps, shape = source.randint(2, 5), source.choice([(), (2,)])
    g, x = drawn(source, steps, *shape), drawn(source, *shape)
    parameter = torch.nn.Parameter(torch.tensor(x, dtype=torch.float64))
    update = optimiser([parameter], lr=0.1, **theirs)
    scheduler, given = _schedule(source, update)
    trace = calculate("scheduled_optimizer", x_0=x, g=g, eta=0.1, **given, **ours)
    for k in range(steps):
        parameter.grad = torch.tensor(np.asarray(g[k]), dtype=torch.float64)
        update.step()
        scheduler.step()
        close(trace, f"x_{k + 1}", parameter.detach().numpy() if shape else parameter.item())
