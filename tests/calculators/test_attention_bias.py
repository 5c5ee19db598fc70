"""Attention with masks and positions, and shared keys and values, against numpy."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

from .near import agree, numbers


def reference(q: Any, k: Any, v: Any, bias: Any, seen: Any) -> Any:
    scores = np.where(seen, q @ k.T / np.sqrt(q.shape[1]) + bias, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ v


def rotate(x: Any, base: float, start: int) -> Any:
    """Pairs as complex numbers, multiplied by a unit number of their angle."""
    pairs = x[:, 0::2] + 1j * x[:, 1::2]
    angles = np.outer(np.arange(len(x)) + start, base ** (-2 * np.arange(pairs.shape[1]) / x.shape[1]))
    turned = pairs * np.exp(1j * angles)
    return np.stack([turned.real, turned.imag], axis=2).reshape(x.shape)


@pytest.mark.parametrize("seed", range(200))
def test_attention_agrees_with_numpy(seed: int) -> None:
    """One or two heads, either mask or both, ALiBi or rotation or neither."""
    source = random.Random(seed)
    heads, n, width = source.choice([1, 2]), source.choice([2, 3]), source.choice([2, 4])
    positions, causal = source.choice(["none", "alibi", "rope"]), source.random() < 0.5
    real = source.choice([None, n - 1])
    given: dict[str, Any] = {"positions": positions, "mask": "causal" if causal else "none"}
    if real:
        given["length"] = real
    start, base = source.choice([0, 1]), 100
    if positions == "rope":
        given |= {"base": base, "first": "one" if start else "zero"}
    place = np.arange(n)
    seen = (place[None, :] < (real or n)) & ((place[None, :] <= place[:, None]) | (not causal))
    outputs = []
    for head in range(1, heads + 1):
        q, k, v = (np.array([[source.randint(-2, 3) for _ in range(width)] for _ in range(n)]) for _ in "QKV")
        given |= {f"Q_{head}": q, f"K_{head}": k, f"V_{head}": v}
        bias = -(2.0 ** (-8 * head / heads)) * np.abs(place[:, None] - place[None, :]) if positions == "alibi" else 0
        turned = (rotate(q, base, start), rotate(k, base, start)) if positions == "rope" else (q, k)
        outputs.append(reference(*turned, v, bias, seen))
    trace = calculate("positional_attention", **given)
    assert agree(trace["Z" if heads > 1 else "Z_1"].value, np.concatenate(outputs, axis=1))


def test_slopes_of_eight_heads() -> None:
    """The slopes of arXiv:2108.12409, section 3: 1/2, 1/4, ..., 1/256 for eight heads."""
    trace = calculate("positional_attention", Q=[[1]], K=[[1]], V=[[1]], positions="alibi", h=8)
    assert numbers(trace["slopes"].value) == [2.0**-i for i in range(1, 9)]
    with pytest.raises(ExamToolError, match="power of two"):
        calculate("positional_attention", Q=[[1]], K=[[1]], V=[[1]], positions="alibi", h=6)


def test_rotation_shows_distances_only() -> None:
    """Scores after the rotation do not change when all positions are shifted."""
    given = {"Q": [[1, 2], [3, 1]], "K": [[2, 1], [0, 1]], "V": [[1], [2]], "positions": "rope"}
    zero, one = (calculate("positional_attention", **given, first=first)["S_1"].value for first in ("zero", "one"))
    assert agree(zero, numbers(one))


def test_last_query_stands_beside_the_last_key() -> None:
    """With fewer queries than keys, as while writing with a cache, the queries are the last tokens."""
    trace = calculate("positional_attention", Q=[[1]], K=[[1], [2], [3]], V=[[1], [2], [3]], mask="causal", positions="alibi", slopes=[1])
    assert numbers(trace["visible"].value) == [[1, 1, 1]]
    assert numbers(trace["B_1"].value) == [[-2, -1, 0]]


def test_published_grouped_models() -> None:
    """The attention of Mistral 7B (width 4096, 32 query heads, 8 of keys): 41,943,040 parameters, 131,072 bytes a token in 32 layers."""
    trace = calculate("grouped_query_attention", d_m=4096, h=32, g=8, layers=32, n=1)
    assert trace["params"].value == 2 * 4096 * 4096 + 2 * 4096 * 1024 == 41_943_040
    assert trace["bytes"].value == 131_072
    assert trace["saving"].value == 4


@pytest.mark.parametrize("positions", ["none", "alibi", "rope"])
@pytest.mark.parametrize("masks", [{}, {"mask": "causal"}, {"length": 2}, {"mask": "causal", "length": 2}])
def test_mistakes_of_every_form_run(positions: str, masks: dict[str, Any]) -> None:
    """Every known mistake of every combination gives a value."""
    given = {"Q_1": [[1, 2], [0, 1], [2, 0]], "K_1": [[2, 1], [1, -1], [0, 3]], "V_1": [[1, 2], [3, 1], [0, 4]]}
    trace = calculate("positional_attention", **given, positions=positions, **masks)
    for step in trace.plan.steps:
        for mistake in step.mistakes:
            assert not hasattr(trace.mistaken(step, mistake)[step.name], "message"), f"{step.name}/{mistake.id}"
