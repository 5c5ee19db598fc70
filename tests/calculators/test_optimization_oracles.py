"""Update rules, initial scales and clipping against PyTorch."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from exam_tool.calculators import calculate

from .oracle import close, drawn, number

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.oracle

RULES: list[tuple[str, Any, dict[str, Any], dict[str, Any]]] = [
    ("momentum", torch.optim.SGD, {"momentum": 0.5}, {"beta": 0.5}),
    ("adagrad", torch.optim.Adagrad, {"eps": 0.01}, {"eps": 0.01}),
    ("rmsprop", torch.optim.RMSprop, {"alpha": 0.9, "eps": 0.01}, {"beta": 0.9, "eps": 0.01}),
    ("adam", torch.optim.Adam, {"betas": (0.9, 0.99), "eps": 0.01}, {"beta1": 0.9, "beta2": 0.99, "eps": 0.01}),
]


@pytest.mark.parametrize(("name", "optimiser", "theirs", "ours"), RULES, ids=[rule[0] for rule in RULES])
@pytest.mark.parametrize("seed", range(50))
def test_rules_agree_with_torch(name: str, optimiser: Any, theirs: dict[str, Any], ours: dict[str, Any], seed: int) -> None:
    """Up to four steps with given gradients on one or several coordinates."""
    source = random.Random(seed)
    steps, shape = source.randint(1, 4), source.choice([(), (3,)])
    g, x = drawn(source, steps, *shape), drawn(source, *shape)
    parameter = torch.nn.Parameter(torch.tensor(x, dtype=torch.float64))
    rule = optimiser([parameter], lr=0.1, **theirs)
    trace = calculate(name, x_0=x, g=g, eta=0.1, **ours)
    for k in range(steps):
        parameter.grad = torch.tensor(g[k], dtype=torch.float64)
        rule.step()
        close(trace, f"x_{k + 1}", parameter.detach().numpy() if shape else parameter.item())


@pytest.mark.parametrize("seed", range(50))
def test_first_step_of_adamw_and_clipping_agree_with_torch(seed: int) -> None:
    """AdamW and Adam with an L2 penalty in the gradient, and clipping by norm and by value."""
    source = random.Random(seed)
    g, x = drawn(source, 3), drawn(source, 3)
    for decay, rule in (("decoupled", torch.optim.AdamW), ("coupled", torch.optim.Adam)):
        parameter = torch.nn.Parameter(torch.tensor(x))
        parameter.grad = torch.tensor(g)
        rule([parameter], lr=0.1, weight_decay=0.3, eps=0.01).step()
        trace = calculate("adamw", x=x, g=g, eta=0.1, lam=0.3, eps=0.01, decay=decay)
        close(trace, "x_new", parameter.detach().numpy())
    parameter.grad = torch.tensor(g)
    torch.nn.utils.clip_grad_value_([parameter], 0.7)
    close(calculate("gradient_clipping", g=g, theta=0.7, kind="value"), "clipped", parameter.grad.numpy())
    parameter.grad = torch.tensor(g)
    length = torch.nn.utils.clip_grad_norm_([parameter], 1.5).item()
    trace = calculate("gradient_clipping", g=g, theta=1.5)
    close(trace, "length", length)
    assert number(trace["clipped"].value) == pytest.approx(parameter.grad.numpy(), rel=1e-5)  # theirs adds 1e-6 to the length


@pytest.mark.parametrize(("m", "n"), [(100, 50), (7, 3), (48, 64)])
def test_initial_scales_agree_with_torch(m: int, n: int) -> None:
    """The bounds of torch.nn.init, seen as the largest weight of a large draw of the law it documents."""
    weight = torch.empty(n, m, dtype=torch.float64)
    assert torch.nn.init.calculate_gain("relu") == pytest.approx(math.sqrt(2))
    fan_in, fan_out = torch.nn.init._calculate_fan_in_and_fan_out(weight)
    assert (fan_in, fan_out) == (m, n)
    close(calculate("xavier_init", m=fan_in, n=fan_out), "bound", math.sqrt(6 / (fan_in + fan_out)))
    close(calculate("he_init", m=fan_in), "bound", torch.nn.init.calculate_gain("relu") * math.sqrt(3 / fan_in))
    torch.manual_seed(0)
    large = torch.nn.init.xavier_uniform_(torch.empty(400, 300, dtype=torch.float64))
    assert float(large.abs().max()) == pytest.approx(math.sqrt(6 / 700), rel=1e-3)
