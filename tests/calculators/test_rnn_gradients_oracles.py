"""Gradients through time of simple, LSTM and GRU cells with vectors as states against PyTorch's own cells."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from exam_tool.calculators import calculate

from .oracle import close, drawn, number

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.oracle

ORDER = {"lstm": "ifco", "gru": "rzh"}  # how PyTorch stacks the gates


def weights(source: random.Random, letters: str, units: int, width: int) -> dict[str, Any]:
    sizes = {"U": (units, width), "W": (units, units), "b": (units,)}
    return {f"{part}_{letter}": drawn(source, *size) for letter in letters for part, size in sizes.items()}


def loaded(kind: str, given: dict[str, Any], units: int, width: int) -> Any:
    """PyTorch's cell with these weights; its second bias is 0."""
    cell = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[kind](width, units, dtype=torch.float64)
    with torch.no_grad():
        for part, parameter in (("U", cell.weight_ih_l0), ("W", cell.weight_hh_l0), ("b", cell.bias_ih_l0)):
            parameter.copy_(torch.cat([torch.tensor(given[f"{part}_{letter}"]) for letter in ORDER[kind]]))
        cell.bias_hh_l0.zero_()
    return cell


@pytest.mark.parametrize("kind", ["lstm", "gru"])
@pytest.mark.parametrize("seed", range(60))
def test_vector_cells_agree_with_torch(kind: str, seed: int) -> None:
    """States, loss, gradients of the states at every step and of all weights; PyTorch's GRU resets after the recurrent product."""
    source = random.Random(f"{kind}{seed}")
    steps, units, width = (source.randint(1, 3) for _ in range(3))
    every = source.random() < 0.5
    given = weights(source, ORDER[kind], units, width)
    x, h = drawn(source, steps, width), drawn(source, units)
    y = drawn(source, steps, units) if every else drawn(source, units)
    start: dict[str, Any] = {"h_0": h} | ({"c_0": drawn(source, units)} if kind == "lstm" else {})
    options = {"reset": "after", "update_gate": "keeps_old"} if kind == "gru" else {}
    trace = calculate(f"{kind}_gradients", x=x, y=y, **given, **start, **options)

    cell = loaded(kind, given, units, width)
    state = [torch.tensor(value).reshape(1, units) for value in start.values()]
    states = []
    for t in range(steps):  # one step at a time, so that every state has its gradient
        _, after = cell(torch.tensor(x[t : t + 1]), tuple(state) if kind == "lstm" else state[0])
        state = list(after) if kind == "lstm" else [after]
        for part in state:
            part.retain_grad()
        states.append(state)
    found = torch.cat([h for h, *_ in states]) if every else states[-1][0]
    loss = torch.nn.functional.mse_loss(found.reshape(y.shape), torch.tensor(y), reduction="sum") / 2
    loss.backward()

    close(trace, "L", loss.item())
    for t, (h, *memory) in enumerate(states, 1):
        close(trace, f"h_{t}", h.detach().numpy().reshape(units))
        close(trace, f"dL_dh_{t}", h.grad.numpy().reshape(units))
        for c in memory if t < steps else ():  # PyTorch's gradient of a cell state comes from the next step alone
            close(trace, f"c_{t}", c.detach().numpy().reshape(units))
            along = number(trace[f"dL_dc_{t + 1}"].value) * number(trace[f"f_{t + 1}"].value)
            assert np.allclose(along, c.grad.numpy().reshape(units), rtol=1e-9, atol=1e-9)
    for part, parameter in (("U", cell.weight_ih_l0), ("W", cell.weight_hh_l0), ("b", cell.bias_ih_l0)):
        for letter, gradient in zip(ORDER[kind], parameter.grad.chunk(len(ORDER[kind])), strict=True):
            close(trace, f"grad_{part}_{letter}", gradient.numpy())


@pytest.mark.parametrize("seed", range(60))
def test_simple_vector_network_agrees_with_torch(seed: int) -> None:
    """torch.nn.RNN of several units under a linear or softmax read-out, with the losses of PyTorch: every gradient."""
    source = random.Random(seed)
    steps, units, width, classes = (source.randint(1, 3) for _ in range(4))
    f, loss, every = source.choice(["tanh", "relu"]), source.choice(["half_squared", "cross_entropy"]), source.random() < 0.5
    given = {
        "U": drawn(source, units, width),
        "W": drawn(source, units, units),
        "b": drawn(source, units),
        "V": drawn(source, classes, units),
    }
    x, start, y = drawn(source, steps, width), drawn(source, units), drawn(source, steps, classes)
    if loss == "cross_entropy":
        y = np.eye(classes)[[source.randrange(classes) for _ in range(steps)]]
    y = y if every else y[-1]
    trace = calculate("rnn_gradients", x=x, y=y, S_0=start, f=f, loss=loss, **given)

    cell = torch.nn.RNN(width, units, nonlinearity=f, dtype=torch.float64)
    with torch.no_grad():
        for parameter, name in ((cell.weight_ih_l0, "U"), (cell.weight_hh_l0, "W"), (cell.bias_ih_l0, "b")):
            parameter.copy_(torch.tensor(given[name]))
        cell.bias_hh_l0.zero_()
    out = torch.tensor(given["V"], requires_grad=True)
    state, states = torch.tensor(start).reshape(1, units), []
    for t in range(steps):
        _, state = cell(torch.tensor(x[t : t + 1]), state)
        state.retain_grad()
        states.append(state)
    logits = torch.cat(states if every else states[-1:]) @ out.T
    target = torch.tensor(y).reshape(logits.shape)
    if loss == "cross_entropy":
        total = torch.nn.functional.cross_entropy(logits, target, reduction="sum")
    else:
        total = torch.nn.functional.mse_loss(logits, target, reduction="sum") / 2
    total.backward()
    close(trace, "L", total.item())
    for t, state in enumerate(states, 1):
        close(trace, f"S_{t}", state.detach().numpy().reshape(units))
        close(trace, f"dL_dS_{t}", state.grad.numpy().reshape(units))
    for name, gradient in (("U", cell.weight_ih_l0.grad), ("W", cell.weight_hh_l0.grad), ("b", cell.bias_ih_l0.grad), ("V", out.grad)):
        close(trace, f"grad_{name}", gradient.numpy())
