"""Attention, positions, layers and sizes of Transformers, and costs of large models, against numpy, scipy and printed figures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import log_softmax, softmax
from scipy.stats import norm

from exam_tool.calculators import calculate
from exam_tool.calculators.work import find
from exam_tool.expressions.arrays import map_entries
from exam_tool.expressions.exact import enclose


def floats(value):
    """An exact value as a numpy array, to compare with numpy only."""
    return np.array(map_entries(lambda x: float(enclose(x).mid()), value))


def whole(trace, *names):
    """Whole-numbered steps as Python numbers."""
    return [int(trace[name].value.p) for name in names]


@pytest.mark.parametrize("scale", ["sqrt_dk", "none"])
@pytest.mark.parametrize("mask", ["none", "causal"])
@pytest.mark.parametrize("rows", [True, False])
def test_attention(scale, mask, rows):
    """Weights and outputs agree with numpy under every convention."""
    draw = np.random.default_rng(31)
    for _ in range(40):
        n, d_k, d_v = (int(k) for k in draw.integers(1, 4, 3))
        m = n if mask == "causal" else int(draw.integers(1, 4))
        q, k, v = draw.integers(-2, 3, (n, d_k)), draw.integers(-2, 3, (m, d_k)), draw.integers(-2, 3, (m, d_v))
        scores = q @ k.T / (math.sqrt(d_k) if scale == "sqrt_dk" else 1)
        if mask == "causal":
            scores = np.where(np.tri(n), scores, -np.inf)
        weights = softmax(scores, axis=1)
        given = {"Q": q, "K": k, "V": v} if rows else {"Q": q.T, "K": k.T, "V": v.T}
        trace = calculate("scaled_dot_product_attention", **given, scale=scale, mask=mask, orientation="rows" if rows else "columns")
        assert np.allclose(floats(trace["weights"].value), weights)
        assert np.allclose(floats(trace["output"].value), weights @ v if rows else (weights @ v).T)


def test_printed_attention_row():
    """The first row of weights of a printed example, from X and constructed projections; and from the printed gap of 2.5."""
    trace = calculate(
        "scaled_dot_product_attention",
        X=[[1, 0, 1, 0], [0, 2, 0, 2]],
        W_Q=[[0, 0, 1, 0], [1, 1, 1, 1], [1, 1, 0, 1], [0, 0, 0, 0]],
        W_K=[[0, 1, 1, 1], [1, 1, 1, 0], [0, 1, 0, 1], [0, 1, 1, 0]],
        d_k=4,
    )
    assert trace["scores"].value == ((5, 10), (10, 20))
    assert np.allclose(floats(trace["weights"].value)[0], [0.0758581800212, 0.924141819979])
    gap = calculate("scaled_dot_product_attention", Q=[[1]], K=[[0], ["5/2"]])
    assert np.allclose(floats(gap["weights"].value), [[0.0758581800212, 0.924141819979]])


def test_printed_sum_and_mask():
    """The weighted sum 2.4, and the causal mask of four tokens."""
    assert calculate("attention_weighted_sum", alpha=["0.5", "0.3", "0.2"], V=[2, 4, 1])["o"].value * 5 == 12
    trace = calculate("causal_mask", n=4)
    assert np.array_equal(floats(trace["visible"].value), np.tri(4))
    assert trace["allowed_counts"].value == (1, 2, 3, 4)
    assert trace["pairs"].value == 10


def test_masked_weights():
    """Masked rows agree with a softmax over scores of minus infinity, in both layouts; padding hides the end for every query."""
    draw = np.random.default_rng(32)
    for _ in range(100):
        n = int(draw.integers(1, 5))
        a = draw.integers(-3, 4, (n, n))
        expected = softmax(np.where(np.tri(n), a, -np.inf), axis=1)
        assert np.allclose(floats(calculate("causal_mask", A=a)["weights"].value), expected)
        assert np.allclose(floats(calculate("causal_mask", A=a.T, orientation="columns")["weights"].value), expected.T)
        real = int(draw.integers(1, n + 1))
        padded = softmax(np.where(np.arange(n) < real, a, -np.inf), axis=1)
        assert np.allclose(floats(calculate("causal_mask", A=a, kind="padding", n_real=real)["weights"].value), padded)


@pytest.mark.parametrize("causal", [True, False])
def test_several_heads(causal):
    """One to three heads, joined and projected, agree with numpy."""
    draw = np.random.default_rng(33)
    for _ in range(40):
        h, n, d_m, d_k, d_v = (int(k) for k in draw.integers(1, 4, 5))
        x = draw.integers(-1, 2, (n, d_m))
        given, outputs = {"X": x, "W_O": draw.integers(-2, 3, (h * d_v, d_m))}, []
        for head in range(1, h + 1):
            w = {letter: draw.integers(-1, 2, (d_m, size)) for letter, size in (("Q", d_k), ("K", d_k), ("V", d_v))}
            given |= {f"W_{letter}_{head}": value for letter, value in w.items()}
            scores = (x @ w["Q"]) @ (x @ w["K"]).T / math.sqrt(d_k)
            outputs.append(softmax(np.where(np.tri(n) if causal else 1, scores, -np.inf), axis=1) @ x @ w["V"])
        trace = calculate("multi_head_attention_values", **given, mask="causal" if causal else "none")
        assert np.allclose(floats(trace["concat"].value), np.concatenate(outputs, axis=1))
        assert np.allclose(floats(trace["output"].value), np.concatenate(outputs, axis=1) @ given["W_O"])


def test_heads_given():
    """Head outputs may be given; averaging them is the known mistake."""
    trace = calculate("multi_head_attention_values", Z_1=[[2], [4]], Z_2=[[6], [0]], W_O=[[1, 2], [3, 4]])
    step = trace.plan.by_name["concat"]
    wrong = {mistake.id: trace.mistaken(step, mistake)["concat"] for mistake in step.mistakes}
    assert trace["output"].value == ((20, 28), (4, 8))
    assert wrong["averaged"] == ((4,), (2,))
    assert wrong["concat_rows"] == ((2,), (4,), (6,), (0,))


def test_aligned_states():
    """Dot-product and additive alignment agree with numpy."""
    draw = np.random.default_rng(34)
    for _ in range(100):
        n, d, a = (int(k) for k in draw.integers(1, 4, 3))
        s, h = draw.integers(-2, 3, d), draw.integers(-2, 3, (n, d))
        weights = softmax(h @ s)
        assert np.allclose(floats(calculate("alignment_attention", s=s, h=h)["c_t"].value), weights @ h)
        w_q, w_k, v = draw.integers(-1, 2, (a, d)), draw.integers(-1, 2, (a, d)), draw.integers(-2, 3, a)
        trace = calculate("alignment_attention", s=s, H=h, W_q=w_q, W_k=w_k, v=v, score="additive")
        assert np.allclose(floats(trace["a_t"].value), softmax([v @ np.tanh(w_q @ s + w_k @ row) for row in h]))


def test_kernel_regression():
    """Attention pooling is Nadaraya-Watson regression with a normal kernel (scipy)."""
    draw = np.random.default_rng(35)
    for _ in range(100):
        n = int(draw.integers(1, 5))
        x, keys, values, w = int(draw.integers(-2, 3)), draw.integers(-3, 4, n), draw.integers(-5, 6, n), int(draw.integers(1, 3))
        kernel = norm.pdf((x - keys) * w)
        trace = calculate("attention_pooling", x=x, x_i=keys, y_i=values, w=w, kind="parametric")
        assert np.allclose(floats(trace["prediction"].value), kernel @ values / kernel.sum())
        assert np.allclose(
            floats(calculate("attention_pooling", x=x, x_i=keys, y_i=values, kind="average")["prediction"].value), values.mean()
        )


def test_permuted_tokens():
    """The output of permuted tokens is the permuted output."""
    draw = np.random.default_rng(36)
    for _ in range(30):
        n = int(draw.integers(2, 4))
        p = np.eye(n, dtype=int)[draw.permutation(n)]
        trace = calculate("permutation_equivariance_attention", X=draw.integers(-1, 2, (n, 2)), P=p)
        assert np.allclose(floats(trace["Y_P"].value), p @ floats(trace["Y"].value))


def test_positions():
    """Sinusoidal codes and rotations agree with numpy; the rotary score depends on the distance only."""
    draw = np.random.default_rng(37)
    for _ in range(50):
        i, d = int(draw.integers(0, 20)), 2 * int(draw.integers(1, 5))
        angles = i / 10000 ** (np.arange(0, d, 2) / d)
        trace = calculate("sinusoidal_positional_encoding", i=i, d=d)
        assert np.allclose(floats(trace["PE"].value), np.stack([np.sin(angles), np.cos(angles)], axis=1).ravel())
        shifted = calculate("sinusoidal_positional_encoding", i=i, d=d, shift=3)
        moved = calculate("sinusoidal_positional_encoding", i=i + 3, d=d)
        assert np.allclose(floats(shifted["sines_shifted"].value), floats(moved["sines"].value))
        assert np.allclose(floats(shifted["cosines_shifted"].value), floats(moved["cosines"].value))
        halves = calculate("sinusoidal_positional_encoding", i=i + 1, d=d, parity="halves", position_base=1)
        assert np.allclose(floats(halves["PE"].value), np.concatenate([np.sin(angles), np.cos(angles)]))
        q, k, (m, n) = draw.integers(-3, 4, 2), draw.integers(-3, 4, 2), draw.integers(0, 6, 2)
        rotary = calculate("rotary_position_embedding", q=q, k=k, m=m, n=n, theta="1/2")
        turned = (q[0] + 1j * q[1]) * np.exp(0.5j * m)
        assert np.allclose(floats(rotary["q_rot"].value), [turned.real, turned.imag])
        assert np.allclose(floats(rotary["score"].value), floats(rotary["relative"].value))


def test_layers():
    """Layer normalisation, the feed-forward layer and both residual orders agree with numpy."""
    draw = np.random.default_rng(38)
    for _ in range(100):
        n, d, inner = int(draw.integers(1, 4)), int(draw.integers(2, 5)), int(draw.integers(1, 4))
        x, f = draw.integers(-4, 5, (n, d)), draw.integers(-4, 5, (n, d))
        gamma, beta = draw.integers(-2, 3, d), draw.integers(-2, 3, d)

        def normal(z):
            return (z - z.mean(axis=1, keepdims=True)) / np.sqrt(z.var(axis=1, keepdims=True) + 0.25)

        trace = calculate("layer_norm", X=x, gamma=gamma, beta=beta, eps="1/4")
        assert np.allclose(floats(trace["Y"].value), normal(x) * gamma + beta)
        assert np.allclose(floats(calculate("residual_layernorm_block", X=x, F=f, eps="1/4")["output"].value), normal(x + f))
        pre = calculate("residual_layernorm_block", X=x, F=f, eps="1/4", order="pre")
        assert np.allclose(floats(pre["normalised"].value), normal(x))
        assert np.array_equal(floats(pre["output"].value), x + f)
        sizes = {"W_1": (inner, d), "b_1": (inner,), "W_2": (d, inner), "b_2": (d,)}
        given = {name: draw.integers(-2, 3, size) for name, size in sizes.items()}
        hidden = x @ given["W_1"].T + given["b_1"]
        for activation, value in (("relu", np.maximum(hidden, 0)), ("gelu", hidden * norm.cdf(hidden))):
            out = calculate("ffn_forward", x=x, **given, activation=activation)
            assert np.allclose([floats(out[f"y_{t}"].value) for t in range(1, n + 1)], value @ given["W_2"].T + given["b_2"])


def test_printed_sizes():
    """Layer-norm groups, image patches and the greedy word, as printed."""
    assert whole(calculate("layer_norm", n=4, d_m=128), "groups", "values_per_group") == [4, 128]
    assert whole(calculate("vit_patches", H=224, W=224, C=3, P=16), "N", "patch_length", "sequence") == [196, 768, 197]
    trace = calculate("decoding_choice", probs={"cat": 0.7, "dog": 0.2, "mouse": 0.1}, u="0.75")
    assert (trace["greedy"].value, trace["sampled"].value, trace["possible"].value) == ("cat", "dog", ("cat", "dog", "mouse"))
    assert calculate("decoding_choice", probs=["1/2", 0, "1/2"])["possible"].value == (1, 3)
    chain = calculate("transformer_shape_chain", n=5, vocab=100, d_m=8, h=2)
    assert [str(x) for x in chain["concat"].value] == ["5", "8"]
    cost = calculate("attention_complexity", n=6, d_k=4, h=2)
    assert whole(cost, "score_entries", "mults", "memory", "growth") == [36, 144, 72, 4]
    assert whole(calculate("attention_score_variance", d_k=64), "variance", "std", "scaled_variance") == [64, 8, 1]


def test_sampling_is_the_inverse_of_the_distribution_function():
    """The sampled word is numpy's searchsorted on the cumulative sums."""
    draw = np.random.default_rng(39)
    for _ in range(100):
        counts = draw.integers(1, 6, 4)
        u = int(draw.integers(0, counts.sum()))
        trace = calculate("decoding_choice", probs=[f"{c}/{counts.sum()}" for c in counts], u=f"{u}/{counts.sum()}")
        assert trace["sampled"].value == np.searchsorted(np.cumsum(counts), u, side="right") + 1


def test_pretraining_loss():
    """BERT's losses agree with numpy."""
    trace = calculate("bert_input_and_loss", **find("bert_input_and_loss")[0].example)
    assert np.allclose(floats(trace["L"].value), -np.log([0.5, 0.2]).mean() - math.log(0.8))
    logits = calculate("decoding_choice", logits=[1, 2, 0])
    assert np.allclose(np.log(floats(logits["p"].value)), log_softmax([1, 2, 0]))


def test_printed_scaling():
    """The published constants and the factors for ten times the scale."""
    for variable, alpha, factor in (("N", 0.076, 0.839459986519), ("D", 0.095, 0.803526122186), ("C", 0.05, 0.891250938134)):
        trace = calculate("scaling_law", multiplier=10, variable=variable)
        assert math.isclose(floats(trace["loss_factor"].value), factor, rel_tol=1e-10)
        assert math.isclose(floats(trace["slope"].value), -alpha)
    assert math.isclose(floats(calculate("scaling_law", N=10**9)["loss"].value), (8.8e13 / 1e9) ** 0.076)


def test_compressed_weights():
    """Codes are numpy's floor of x/s + 1/2 and pruning keeps the largest magnitudes."""
    draw = np.random.default_rng(40)
    for _ in range(100):
        codes = draw.integers(-90, 91, 4)
        trace = calculate("quantization_memory", x=[f"{c}/100" for c in codes], s="1/8", params=1000, bits=4)
        assert np.array_equal(floats(trace["q"].value), np.floor(codes / 12.5 + 0.5))
        assert whole(trace, "bytes_after", "ratio") == [500, 8]
        w = draw.choice(np.arange(1, 40), 6, replace=False) * draw.choice([-1, 1], 6)
        pruned = calculate("pruning_sparsity", w=w, fraction="1/2")
        assert np.array_equal(floats(pruned["kept"].value), np.where(np.abs(w) >= np.sort(np.abs(w))[3], w, 0))
        assert pruned["sparsity"].value * 2 == 1
