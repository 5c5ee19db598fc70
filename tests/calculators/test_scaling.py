"""Compute-optimal sizes, training operations and memory, mixtures of experts: published figures and routing against numpy."""

from __future__ import annotations

import random

import numpy as np
import pytest

from exam_tool.calculators import calculate

from .near import agree, numbers


def test_chinchilla() -> None:
    """The budget of Gopher, 5.76e23, buys about 70 billion parameters and 1.4 trillion tokens (arXiv:2203.15556)."""
    trace = calculate("compute_optimal", C="5.76*10^23", k=4)
    assert numbers(trace["N"].value) == pytest.approx(70e9, rel=0.02)
    assert numbers(trace["D"].value) == pytest.approx(1.4e12, rel=0.02)
    assert agree(trace["N_new"].value, 2 * numbers(trace["N"].value))


def test_operations_of_gpt_3() -> None:
    """175 billion parameters and 300 billion tokens take 3.15e23 operations, 3640 PF-days of 1e15*86400 (arXiv:2005.14165, appendix D)."""
    trace = calculate("training_compute", N="1.746*10^11", D="3*10^11", peak="10^15")
    assert numbers(trace["C"].value) == pytest.approx(3.14e23, rel=0.002)
    assert numbers(trace["days"].value) == pytest.approx(3640, rel=0.002)


def test_memory_of_zero() -> None:
    """7.5 billion parameters need 120 GB, and 1.9 GB on each of 64 devices (arXiv:1910.02054, figure 1)."""
    trace = calculate("training_memory", N="7.5*10^9", devices=64)
    assert numbers(trace["bytes"].value) == 120e9
    assert numbers(trace["each"].value) == 1.875e9


def test_parameters_of_mixtral() -> None:
    """Mixtral 8x7B has 46,702,792,704 parameters, of which a token uses 12.9 billion (arXiv:2401.04088)."""
    attention = calculate("grouped_query_attention", d_m=4096, h=32, g=8)["params"].value
    rest = 32 * (attention + 2 * 4096) + 4096 + 2 * 32000 * 4096
    trace = calculate("moe_params", d_m=4096, d_ff=14336, E=8, k=2, layers=32, rest=rest, expert="gated")
    assert trace["total"].value == 46_702_792_704
    assert numbers(trace["active"].value) == pytest.approx(12.9e9, rel=0.002)


def test_shared_experts_are_always_active() -> None:
    """Shared experts enter both counts."""
    plain, shared = (calculate("moe_params", d_m=4, d_ff=8, E=6, k=2, **extra) for extra in ({}, {"shared": 1}))
    for name in ("total", "active"):
        assert shared[name].value - plain[name].value == 64


@pytest.mark.parametrize("seed", range(200))
def test_routing_agrees_with_numpy(seed: int) -> None:
    """The chosen experts, their weights in all three conventions, and the mixture."""
    source = random.Random(seed)
    logits = np.array(source.sample(range(-3, 5), source.randint(3, 5)))
    k = source.randint(1, len(logits) - 1)
    outputs = np.array([[source.randint(-3, 3) for _ in range(2)] for _ in logits])
    chosen = np.isin(np.arange(len(logits)), np.argsort(-logits)[:k])
    every = np.exp(logits) / np.exp(logits).sum()
    kept = np.where(chosen, every, 0)
    for convention, p in (("topk_softmax", kept / kept.sum()), ("softmax_topk", kept), ("renormalised", kept / kept.sum())):
        trace = calculate("moe_routing", logits=logits, k=k, outputs=outputs, weights=convention)
        assert agree(trace["chosen"].value, chosen.astype(float))
        assert agree(trace["p"].value, p)
        assert agree(trace["y"].value, p @ outputs)


def test_equal_scores_choose_the_first() -> None:
    """Of equal scores the first experts are used, never more than k."""
    assert numbers(calculate("moe_routing", logits=[1, 2, 2, 2], k=2)["chosen"].value) == [0, 1, 1, 0]
