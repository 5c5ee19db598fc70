"""Softmax, losses and activations against PyTorch's own functions and their automatic derivatives."""

from __future__ import annotations

import random
from typing import Any

import pytest

from exam_tool.calculators import calculate

from .near import agree

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.oracle
TRIES = 200


def values(draw: random.Random, *sizes: int, low: int = -300, high: int = 300) -> Any:
    """A double-precision tensor of hundredths, none of them 0."""
    count = 1
    for size in sizes:
        count *= size
    found = [(draw.randint(low, high) or 7) / 100 for _ in range(count)]
    return torch.tensor(found, dtype=torch.float64).reshape(sizes)


def slope(function: Any, at: Any) -> Any:
    """The gradient of the sum of a function's values, by automatic differentiation."""
    at = at.clone().requires_grad_()
    function(at).sum().backward()
    return at.grad.numpy()


def test_softmax_and_its_jacobian() -> None:
    """Probabilities and the whole Jacobian agree with torch.autograd.functional.jacobian."""
    draw = random.Random(1)
    for _ in range(TRIES):
        z = values(draw, draw.randint(2, 6))
        found = calculate("softmax_jacobian", z=z.tolist())
        assert agree(found["p"].value, torch.softmax(z, 0))
        assert agree(found["J"].value, torch.autograd.functional.jacobian(lambda z: torch.softmax(z, 0), z))
        hot = calculate("temperature_softmax", z=z.tolist(), T="0.7")
        assert agree(hot["p"].value, torch.softmax(z / 0.7, 0))


def test_cross_entropies() -> None:
    """Losses and gradients of torch.nn.functional, with mean and sum."""
    draw = random.Random(2)
    functional = torch.nn.functional
    for _ in range(TRIES):
        n, classes, reduction = draw.randint(1, 4), draw.randint(2, 5), draw.choice(["mean", "sum"])
        z, labels = values(draw, n, classes), torch.tensor([draw.randrange(classes) for _ in range(n)])
        hot = functional.one_hot(labels, classes)
        found = calculate("softmax_cross_entropy_gradient", z=z.tolist(), y=hot.tolist(), reduction=reduction)
        assert agree(found["loss"].value, functional.cross_entropy(z, labels, reduction=reduction))
        assert agree(found["dL_dz"].value, slope(lambda z, t=labels, r=reduction: functional.cross_entropy(z, t, reduction=r), z))
        P = torch.softmax(z, 1)
        decimals = [[f"{p:.12f}" for p in row] for row in P.tolist()]
        listed = calculate("cross_entropy", P=decimals, labels=(labels + 1).tolist(), reduction=reduction)
        assert agree(listed["loss"].value, functional.nll_loss(P.log(), labels, reduction=reduction), 1e-8)
        x, y = values(draw, n), torch.tensor([float(draw.randint(0, 1)) for _ in range(n)], dtype=torch.float64)
        binary = calculate("binary_cross_entropy", z=x.tolist(), y=[int(v) for v in y], reduction=reduction)
        assert agree(binary["loss"].value, functional.binary_cross_entropy_with_logits(x, y, reduction=reduction))
        expected = slope(lambda x, y=y, r=reduction: functional.binary_cross_entropy_with_logits(x, y, reduction=r), x)
        assert agree(binary["dL_dz"].value, expected)


def test_regression_losses() -> None:
    """Squared, absolute, smooth-L1 and Huber losses with their gradients."""
    draw = random.Random(3)
    functional = torch.nn.functional
    for _ in range(TRIES):
        n, beta = draw.randint(1, 5), draw.choice([0.5, 1.0, 2.0])
        y, guess = values(draw, n), values(draw, n)
        if bool((y == guess).any()):
            continue
        for name, more, loss in (
            ("mse", {}, lambda g, y=y: functional.mse_loss(g, y)),
            ("mae", {}, lambda g, y=y: functional.l1_loss(g, y)),
            ("huber_loss", {"beta": beta}, lambda g, y=y, b=beta: functional.smooth_l1_loss(g, y, beta=b, reduction="none")),
            (
                "huber_loss",
                {"beta": beta, "scale": "classical"},
                lambda g, y=y, b=beta: functional.huber_loss(g, y, delta=b, reduction="none"),
            ),
        ):
            found = calculate(name, y=y.tolist(), y_hat=guess.tolist(), **more)
            assert agree(found["loss"].value, loss(guess))
            assert agree(found["dL_dy_hat"].value, slope(loss, guess))


def test_activations() -> None:
    """Values and slopes of torch's activations, GELU in both forms included; at 0 ReLU has the slope 0 there too."""
    draw = random.Random(4)
    functional = torch.nn.functional
    cases: list[tuple[str, dict[str, Any], Any]] = [
        ("relu", {}, torch.relu),
        ("leaky_relu", {"alpha": "0.1"}, lambda x: functional.leaky_relu(x, 0.1)),
        ("sigmoid", {}, torch.sigmoid),
        ("tanh", {}, torch.tanh),
        ("softplus", {}, functional.softplus),
        ("gelu", {}, functional.gelu),
        ("gelu", {"form": "tanh approximation"}, lambda x: functional.gelu(x, approximate="tanh")),
    ]
    for _ in range(60):
        x = values(draw, 2, 2)
        for name, more, function in cases:
            found = calculate(name, x=x.tolist(), **more)
            assert agree(found["value"].value, function(x))
            assert agree(found["derivative"].value, slope(function, x))
    zero = torch.tensor(0.0, dtype=torch.float64)
    for name, more, function in cases[:2]:
        assert agree(calculate(name, x=0, **more)["derivative"].value, slope(function, zero))
