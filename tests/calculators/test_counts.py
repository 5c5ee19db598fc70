"""Parameter counts of dense, normalisation, graph and low-rank layers, against printed figures and against sizes of real arrays."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from exam_tool.calculators import calculate
from exam_tool.expressions.arrays import shape_of
from exam_tool.language import ExamToolError

GOLDEN = [
    ("linear_layer_params", {"d_in": 4, "d_out": 3, "bias": True}, {"weights": 12, "biases": 3, "total": 15}),
    ("linear_layer_params", {"d_in": 5, "d_out": 2, "bias": True}, {"total": 12}),
    ("linear_layer_params", {"d_in": 3, "d_out": 2, "bias": True}, {"weights": 6, "total": 8}),
    ("mlp_total_params", {"widths": [3, 5, 2], "bias": True}, {"per_layer": [20, 12], "total": 32, "output_shape": [1, 2], "L": 2}),
    ("mlp_total_params", {"widths": [1, 1000, 1], "hidden_bias": True, "output_bias": False}, {"total": 3000}),
    (
        "mlp_total_params",
        {"widths": [10, 20, 2], "batchnorm_layers": "hidden", "input_shape": [5, 10]},
        {"per_layer": [220, 40, 42], "total": 302, "output_shape": [5, 2]},
    ),
    ("batch_norm_params", {"C": 20}, {"trainable": 40, "buffers": 40, "groups": 20}),
    ("batch_norm_params", {"d": 128, "n": 4, "kind": "layer"}, {"trainable": 256, "groups": 4}),
    ("lora_params", {"n": 1000, "r": 8}, {"full": 1000000, "trainable": 16000, "ratio": "2/125"}),
]


def as_numbers(value):
    """Exact values as nested lists of Python numbers."""
    return [as_numbers(item) for item in value] if isinstance(value, tuple) else float(value)


@pytest.mark.parametrize(("name", "given", "outputs"), GOLDEN)
def test_printed_figures(name, given, outputs):
    """The figures printed in courses come out exactly."""
    trace = calculate(name, **given)
    for step, expected in outputs.items():
        value = trace[step].value
        assert value == expected if not isinstance(expected, list | str) else as_numbers(value) == expected or str(value) == expected


def test_dense_counts_are_sizes_of_arrays():
    """A dense layer has as many parameters as its weight matrix and bias vector have entries, in both orientations."""
    draw = random.Random(1)
    for _ in range(200):
        d_in, d_out = draw.randint(1, 40), draw.randint(1, 40)
        weights, biases = np.zeros((d_out, d_in)), np.zeros(d_out)
        trace = calculate("linear_layer_params", d_in=d_in, d_out=d_out)
        assert as_numbers(trace["W_shape"].value) == list(weights.shape)
        assert trace["total"].value == weights.size + biases.size
        assert as_numbers(calculate("linear_layer_params", d_in=d_in, d_out=d_out, orientation="rows")["W_shape"].value) == [d_in, d_out]
        assert calculate("linear_layer_params", d_in=d_in, d_out=d_out, bias="without")["total"].value == weights.size


def test_networks_of_any_depth():
    """Perceptrons and graph networks of one to six layers have as many parameters as their arrays have entries."""
    draw = random.Random(2)
    for _ in range(200):
        widths = [draw.randint(1, 30) for _ in range(draw.randint(2, 7))]
        pairs = list(pairwise(widths))
        weights, biases = sum(a * b for a, b in pairs), sum(widths[1:])
        assert calculate("mlp_total_params", widths=widths)["total"].value == weights + biases
        assert calculate("mlp_total_params", widths=widths, bias=False)["total"].value == weights
        normalised = calculate("mlp_total_params", widths=widths, batchnorm_layers="hidden")["total"].value
        assert normalised == weights + biases + 2 * sum(widths[1:-1])
        assert calculate("gcn_params", dims=widths, n=9)["total"].value == weights
        assert calculate("gcn_params", dims=widths, bias="with")["total"].value == weights + biases


@pytest.mark.parametrize("order", ["AB", "BA"])
def test_merged_low_rank_update(order):
    """W_1 is W plus the product of the factors, and its sizes give the counts, in either order of the factors."""
    draw = np.random.default_rng(3)
    for _ in range(200):
        d_in, d_out, r = (int(draw.integers(1, 6)) for _ in range(3))
        a, b = ((d_in, r), (r, d_out)) if order == "AB" else ((r, d_in), (d_out, r))
        a, b = (draw.integers(-4, 5, size) for size in (a, b))
        w = draw.integers(-4, 5, (d_in, d_out) if order == "AB" else (d_out, d_in))
        trace = calculate("lora_params", A=a, B=b, W=w, order=order)
        assert as_numbers(trace["W_1"].value) == (w + (a @ b if order == "AB" else b @ a)).tolist()
        assert trace["trainable"].value == a.size + b.size
        assert trace["full"].value == w.size


def test_known_mistakes_are_the_wrong_formulas():
    """The wrong totals that textbooks warn of come out of the named mistakes."""
    trace = calculate("linear_layer_params", d_in=4, d_out=3)
    wrong = {(s.name, m.id): trace.mistaken(s, m)["total"] for s in trace.plan.steps for m in s.mistakes}
    assert wrong["total", "forgot_bias"] == 12
    assert wrong["biases", "bias_per_input"] == 16
    assert wrong["weights", "sum_dims"] == 10
    assert wrong["total", "bias_scaled"] == 20


def test_a_single_width_is_no_network():
    """A list with the input only is refused with a sentence."""
    with pytest.raises(ExamToolError, match="at least one layer"):
        calculate("mlp_total_params", widths=[3])


def test_sizes_that_do_not_fit_are_refused():
    """A low-rank product of another size than the frozen matrix has no merged matrix."""
    with pytest.raises(ExamToolError):
        calculate("lora_params", A=[[1], [2]], B=[[1, 1]], W=[[1, 2, 3], [4, 5, 6]])
    assert shape_of(calculate("lora_params", A=[[1], [2]], B=[[1, 1]], W=[[1, 2], [4, 5]])["W_1"].value) == (2, 2)
