"""Normalisation, pooling, attention and gated cells against PyTorch's layers."""

from __future__ import annotations

import random
from typing import Any

import pytest

from exam_tool.calculators import calculate

from .oracle import close, drawn

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.oracle


def tensor(values: Any) -> Any:
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize("seed", range(60))
def test_norms(seed: int) -> None:
    """Group, instance and RMS normalisation with scale and shift."""
    source = random.Random(seed)
    x, gamma, beta = drawn(source, 4, 3), drawn(source, 4), drawn(source, 4)
    functional = torch.nn.functional
    group = functional.group_norm(tensor(x)[None], 2, tensor(gamma), tensor(beta), 0.01)[0]
    close(calculate("group_norm", X=x, G=2, gamma=gamma, beta=beta, eps=0.01), "Y", group.numpy())
    instance = functional.instance_norm(tensor(x)[None], eps=0.01)[0]
    close(calculate("group_norm", X=x, kind="instance", eps=0.01), "X_hat", instance.numpy())
    rms = functional.rms_norm(tensor(gamma), (4,), tensor(beta), 0.01)
    close(calculate("rms_norm", x=gamma, gamma=beta, eps=0.01), "y", rms.numpy())


@pytest.mark.parametrize("seed", range(60))
def test_padded_pooling(seed: int) -> None:
    """AvgPool2d with count_include_pad either way, and MaxPool2d."""
    source = random.Random(seed)
    x, k = drawn(source, 4, 5), source.choice([2, 3])
    for counted in (True, False):
        pooled = torch.nn.functional.avg_pool2d(tensor(x)[None], k, 2, 1, count_include_pad=counted)[0]
        close(calculate("padded_pooling", X=x, k=k, S=2, P=1, zeros="counted" if counted else "left_out"), "Y", pooled.numpy())
    close(
        calculate("padded_pooling", X=x, k=k, S=2, P=1, mode="max"),
        "Y",
        torch.nn.functional.max_pool2d(tensor(x)[None], k, 2, 1)[0].numpy(),
    )


@pytest.mark.parametrize("seed", range(60))
def test_attention_with_bias_and_masks(seed: int) -> None:
    """ALiBi as an added mask, with causality and padding."""
    source = random.Random(seed)
    q, k, v = (drawn(source, 3, 4) for _ in "QKV")
    place = torch.arange(3)
    bias = -0.25 * (place[:, None] - place[None, :]).abs().double()
    hidden = (place[None, :] > place[:, None]) | (place[None, :] >= 2)
    theirs = torch.nn.functional.scaled_dot_product_attention(
        tensor(q), tensor(k), tensor(v), attn_mask=bias.masked_fill(hidden, -torch.inf)
    )
    trace = calculate("positional_attention", Q=q, K=k, V=v, positions="alibi", slopes=["1/4"], mask="causal", length=2)
    close(trace, "Z_1", theirs.numpy())


@pytest.mark.parametrize(("name", "module", "order"), [("lstm_gradients", torch.nn.LSTM, "ifco"), ("gru_gradients", torch.nn.GRU, "rzh")])
@pytest.mark.parametrize("seed", range(40))
def test_gradients_through_time(name: str, module: Any, order: str, seed: int) -> None:
    """The gradients of PyTorch's cells, whose gates stand in an order of their own, over three steps."""
    source = random.Random(seed)
    cell = module(1, 1).double()
    x, weights = drawn(source, 3), {f"{part}_{gate}": drawn(source, 1)[0] for gate in order for part in "UWb"}
    with torch.no_grad():
        for part, parameter in (("U", cell.weight_ih_l0), ("W", cell.weight_hh_l0), ("b", cell.bias_ih_l0)):
            parameter.copy_(tensor([weights[f"{part}_{gate}"] for gate in order]).reshape(parameter.shape))
        cell.bias_hh_l0.zero_()
    states, _ = cell(tensor(x)[:, None, None])
    (0.5 * (states[-1, 0, 0] - 0.5) ** 2).backward()
    trace = calculate(name, x=x, y=0.5, **weights)
    close(trace, "h_3", states[-1, 0, 0].item())
    for part, parameter in (("U", cell.weight_ih_l0), ("W", cell.weight_hh_l0), ("b", cell.bias_ih_l0)):
        for gate, slope in zip(order, parameter.grad.flatten().tolist(), strict=True):
            close(trace, f"grad_{part}_{gate}", slope)
