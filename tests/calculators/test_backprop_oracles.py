"""Backprop and updates against PyTorch: layers, losses, recurrent cells and optimisers nobody here wrote."""

from __future__ import annotations

import random
from typing import Any

import pytest

from exam_tool.calculators import calculate

from .oracle import close, drawn

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.oracle

HIDDEN = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "identity": lambda z: z}


def tensor(value: Any) -> Any:
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize("seed", range(200))
def test_networks_agree_with_torch(seed: int) -> None:
    """Linear layers, PyTorch's own losses and SGD with weight decay, for two steps on a batch of rows."""
    source = random.Random(seed)
    n, sizes = source.randint(1, 3), [source.randint(1, 3) for _ in range(source.randint(2, 4))]
    depth, hidden = len(sizes) - 1, source.choice(list(HIDDEN))
    loss, decay = source.choice(["mean_squared", "binary_cross_entropy", "cross_entropy"]), source.choice([0.0, 0.3])
    x, y = drawn(source, n, sizes[0]), drawn(source, n, sizes[-1])
    if loss == "binary_cross_entropy":
        y = (y > 0) * 1.0
    if loss == "cross_entropy":
        y = torch.eye(sizes[-1], dtype=torch.float64)[[source.randrange(sizes[-1]) for _ in range(n)]].numpy()
    given = {f"W_{k}": drawn(source, sizes[k - 1], sizes[k]) for k in range(1, depth + 1)}
    given |= {f"b_{k}": drawn(source, sizes[k]) for k in range(1, depth + 1)}
    options: dict[str, Any] = {"reg": "L2", "lam": decay, "bias_penalised": True} if decay else {}
    if depth > 1:
        options["hidden"] = hidden
    trace = calculate("mlp_backprop_matrix", x=x, y=y, eta=0.1, loss=loss, orientation="row", iterations=2, **given, **options)

    parameters = {name: tensor(value) for name, value in given.items()}
    optimiser = torch.optim.SGD(parameters.values(), lr=0.1, weight_decay=decay)
    inputs, targets = torch.tensor(x), torch.tensor(y)
    for end in ("", "_t2"):
        optimiser.zero_grad()
        a = inputs
        for k in range(1, depth + 1):
            z = torch.nn.functional.linear(a, parameters[f"W_{k}"].T, parameters[f"b_{k}"])
            a = HIDDEN[hidden](z) if k < depth else z
        match loss:
            case "mean_squared":
                value = torch.nn.functional.mse_loss(a, targets)
            case "binary_cross_entropy":
                value = torch.nn.functional.binary_cross_entropy_with_logits(a, targets, reduction="sum") / n
            case "cross_entropy":
                value = torch.nn.functional.cross_entropy(a, targets)
        value.backward()
        close(trace, "L" + end, value.item())
        for name, parameter in parameters.items():
            close(trace, f"dL_d{name}{end}", parameter.grad.numpy())
        optimiser.step()
        for name, parameter in parameters.items():
            close(trace, f"{name}_new{end}", parameter.detach().numpy())


@pytest.mark.parametrize("seed", range(100))
def test_recurrent_cell_agrees_with_torch(seed: int) -> None:
    """A one-unit torch.nn.RNN under tanh or ReLU, with a linear read-out and the squared error of every step."""
    source = random.Random(seed)
    steps, f = source.randint(2, 4), source.choice(["tanh", "relu"])
    x, y = drawn(source, steps), drawn(source, steps)
    w, u, b, v = (float(drawn(source)) for _ in range(4))
    cell = torch.nn.RNN(1, 1, nonlinearity=f, dtype=torch.float64)
    with torch.no_grad():
        cell.weight_hh_l0.fill_(w)
        cell.weight_ih_l0.fill_(u)
        cell.bias_ih_l0.fill_(b)
        cell.bias_hh_l0.fill_(0)
    out = tensor(v)
    states, _ = cell(torch.tensor(x).reshape(steps, 1))
    (torch.nn.functional.mse_loss(out * states.flatten(), torch.tensor(y), reduction="sum") / 2).backward()
    trace = calculate("bptt_gradient", x=x, y=y, w=w, u=u, b=b, v=v, f=f)
    for name, gradient in (("w", cell.weight_hh_l0.grad), ("u", cell.weight_ih_l0.grad), ("b", cell.bias_ih_l0.grad), ("v", out.grad)):
        close(trace, f"grad_{name}", gradient.item())
