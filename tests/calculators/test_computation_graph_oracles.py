"""Gradients of any formula against PyTorch's own functions, random formulas and whole losses."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from exam_tool.calculators import calculate
from exam_tool.expressions.reader import read

from .graphs import Formulas, value
from .oracle import close, drawn

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.oracle


def _reduced(function: Any) -> Any:
    return lambda a, axis=None: function(a) if axis is None else function(a, dim=int(axis) - 1)


def _extreme(of_all: Any, of_two: Any) -> Any:
    return lambda a, b=None: of_all(a) if b is None else of_two(a, torch.as_tensor(b))


FUNCTIONS: dict[str, Any] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b, "^": lambda a, b: a**b,
    "@": torch.matmul, "dot": torch.dot, "hadamard": torch.mul, "outer": torch.outer, "transpose": torch.t,
    "softmax": lambda a: torch.softmax(a, dim=-1), "sum": _reduced(torch.sum), "mean": _reduced(torch.mean),
    "max": _extreme(lambda a: torch.max(a.flatten(), 0).values, torch.maximum),
    "min": _extreme(lambda a: torch.min(a.flatten(), 0).values, torch.minimum),
    "norm": lambda a, order=2: torch.linalg.vector_norm(a, order), "relu": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh,
    "exp": torch.exp, "ln": torch.log, "sqrt": torch.sqrt, "abs": torch.abs, "sin": torch.sin, "cos": torch.cos,
}  # fmt: skip


def tensor(numbers: Any) -> Any:
    return torch.tensor(np.asarray(numbers), dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize("block", range(20))
def test_gradients_of_random_formulas_agree_with_torch(block: int) -> None:
    """Three hundred random formulas, one and the other way of computing them."""
    for seed in range(5000 + 15 * block, 5015 + 15 * block):
        source = random.Random(seed)
        made = Formulas(source)
        formula = made.make((), source.choice([2, 3]))
        given = {name: drawn(source, *size) for name, size in made.inputs.items()}
        trace = calculate("computation_graph", f=formula, **given)
        tensors = {name: tensor(numbers) for name, numbers in given.items()}
        result = value(read(formula), tensors, FUNCTIONS)
        result.backward()
        close(trace, "f", result.item())
        for name, found in tensors.items():
            close(trace, f"df_d{name}", found.grad.numpy())


@pytest.mark.parametrize("seed", range(40))
def test_losses_agree_with_torch(seed: int) -> None:
    """A batch through a hidden layer, with PyTorch's cross-entropy, mean squared error and binary cross-entropy."""
    source = random.Random(seed)
    n, d, k, c = (source.randint(1, 3) for _ in range(4))
    given = {"X": drawn(source, n, d), "W": drawn(source, d, k), "b": drawn(source, k), "V": drawn(source, k, c)}
    head = f"A = tanh(X @ W + outer(ones({n}), b)); Z = A @ V; "
    kind = source.choice(["cross", "squared", "binary"])
    Y = np.eye(c)[[source.randrange(c) for _ in range(n)]] if kind == "cross" else (drawn(source, n, c) > 0) * 1.0
    tail = {
        "cross": f"L = -sum(hadamard(Y, ln(softmax(Z))))/{n}",
        "squared": "L = mean((Z - Y)^2)",
        "binary": "P = sigmoid(Z); L = -mean(Y*ln(P) + (1 - Y)*ln(1 - P))",
    }[kind]
    trace = calculate("computation_graph", f=head + tail, Y=Y, **given)
    X, W, b, V = (tensor(given[name]) for name in "XWbV")
    Z = torch.tanh(torch.nn.functional.linear(X, W.T, b)) @ V
    functional, target = torch.nn.functional, torch.tensor(Y)
    losses = {
        "cross": lambda: functional.cross_entropy(Z, target),
        "squared": lambda: functional.mse_loss(Z, target),
        "binary": lambda: functional.binary_cross_entropy_with_logits(Z, target),
    }
    loss = losses[kind]()
    loss.backward()
    close(trace, "L", loss.item())
    for name, found in zip("XWbV", (X, W, b, V), strict=True):
        close(trace, f"dL_d{name}", found.grad.numpy())
