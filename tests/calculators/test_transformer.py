"""Transformer sizes and counts against numpy arrays, and printed figures."""

from __future__ import annotations

import random

import numpy as np
import pytest

from exam_tool.calculators import calculate
from exam_tool.expressions.arrays import map_entries
from exam_tool.expressions.exact import enclose
from exam_tool.language import ExamToolError


def floats(value):
    """An exact value as a numpy array, to compare with numpy only."""
    return np.array(map_entries(lambda x: float(enclose(x).mid()), value))


def sizes(trace, *names):
    """The values of shape steps as tuples of whole numbers."""
    return [tuple(int(x.p) for x in trace[name].value) for name in names]


def test_printed_heads():
    """Two tokens of width 4 in two heads, as printed."""
    trace = calculate("multi_head_attention_shapes", n=2, d_m=4, h=2)
    assert trace["d_k"].value == 2
    assert sizes(trace, "head_output", "concat", "output") == [(2, 2), (2, 4), (2, 4)]


def test_published_counts():
    """One base encoder block (512, 2048) without attention biases, and a block of width 768 with all biases."""
    assert calculate("transformer_block_params", d_m=512, d_ff=2048)["total"].value == 4 * 512**2 + 2099712 + 2048
    assert calculate("transformer_block_params", d_m=768, attention_bias=True, N=12)["total"].value == 12 * 7087872
    assert calculate("ffn_params", d_m=512)["total"].value == 8 * 512**2 + 5 * 512


def test_shapes_are_those_of_arrays():
    """Every shape of multi-head attention is that of the array numpy makes on the way."""
    draw = random.Random(7)
    for _ in range(200):
        h, d_k, n = draw.randint(1, 6), draw.randint(1, 6), draw.randint(1, 6)
        d_m = h * d_k
        x, w_o = np.ones((n, d_m)), np.ones((h * d_k, d_m))
        q = x @ np.ones((d_m, d_k))
        head = (q @ q.T) @ q
        concat = np.concatenate([head] * h, axis=1)
        trace = calculate("multi_head_attention_shapes", n=n, d_m=d_m, h=h)
        arrays = (q, q @ q.T, head, concat, w_o, concat @ w_o)
        names = ("head_shape", "scores", "head_output", "concat", "W_O", "output")
        assert sizes(trace, *names) == [a.shape for a in arrays]
        assert trace["params"].value == h * 3 * d_m * d_k + w_o.size
        assert calculate("multi_head_attention_shapes", n=n, d_m=d_m, h=h, bias=True)["params"].value == 4 * d_m**2 + 4 * d_m


def test_width_that_heads_cannot_share():
    """A width that is no multiple of the number of heads is refused."""
    with pytest.raises(ExamToolError, match="d_k"):
        calculate("multi_head_attention_shapes", n=2, d_m=10, h=3)


@pytest.mark.parametrize("rows", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_projections(rows, bias):
    """Queries, keys and values agree with numpy in both layouts, with and without biases."""
    draw = np.random.default_rng(8)
    for _ in range(60):
        n, d_m, d_k, d_v = (int(size) for size in draw.integers(1, 5, 4))
        x = draw.integers(-3, 4, (n, d_m))
        given, expected, count = {"X": x if rows else x.T}, {}, 0
        for head, width in (("Q", d_k), ("K", d_k), ("V", d_v)):
            w, b = draw.integers(-3, 4, (d_m, width)), draw.integers(-3, 4, width) * bias
            given[f"W_{head}"] = w if rows else w.T
            if bias:
                given[f"b_{head}"] = b
            expected[head] = x @ w + b
            count += w.size + b.size * bias
        trace = calculate("qkv_projection", **given, orientation="rows" if rows else "columns", bias=bias)
        for head, value in expected.items():
            assert np.array_equal(floats(trace[head].value), value if rows else value.T)
            assert sizes(trace, f"{head}_shape") == [value.shape if rows else value.T.shape]
        assert trace["params"].value == count


def test_logits_and_probabilities():
    """Logits and their softmax agree with numpy on 200 random layers."""
    draw = np.random.default_rng(9)
    for _ in range(200):
        n, d_m, vocab = (int(size) for size in draw.integers(1, 5, 3))
        x, w, b = draw.integers(-2, 3, (n, d_m)), draw.integers(-2, 3, (d_m, vocab)), draw.integers(-2, 3, vocab)
        trace = calculate("output_projection", X_do=x, W_proj=w, b_proj=b)
        logits = x @ w + b
        powers = np.exp(logits)
        assert np.array_equal(floats(trace["logits"].value), logits)
        assert np.allclose(floats(trace["probabilities"].value), powers / powers.sum(axis=1, keepdims=True))
        assert trace["params"].value == w.size + b.size
