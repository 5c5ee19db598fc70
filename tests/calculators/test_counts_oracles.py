"""Parameter counts and recurrent states against PyTorch's own layers."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from exam_tool.calculators import calculate
from exam_tool.expressions.arrays import map_entries
from exam_tool.expressions.exact import enclose

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.oracle


def size(layer):
    """The number of trained parameters of a layer."""
    return sum(parameter.numel() for parameter in layer.parameters())


def floats(value):
    """An exact value as a numpy array, to compare with PyTorch only."""
    return np.array(map_entries(lambda x: float(enclose(x).mid()), value))


def test_layers_without_state():
    """Dense, normalisation and embedding layers of 200 random sizes have PyTorch's counts."""
    draw = random.Random(11)
    for _ in range(200):
        a, b = draw.randint(1, 40), draw.randint(1, 40)
        assert calculate("linear_layer_params", d_in=a, d_out=b)["total"].value == size(torch.nn.Linear(a, b))
        norm = torch.nn.BatchNorm1d(a)
        trace = calculate("batch_norm_params", C=a, counted="with_statistics")
        assert trace["trainable"].value == size(norm)
        assert trace["total"].value == size(norm) + norm.running_mean.numel() + norm.running_var.numel()
        assert calculate("batch_norm_params", d=a, kind="layer")["total"].value == size(torch.nn.LayerNorm(a))
        assert calculate("embedding_lookup", N=a, d=b)["params"].value == size(torch.nn.Embedding(a, b))
        assert calculate("output_projection", d_m=a, vocab=b)["params"].value == size(torch.nn.Linear(a, b))


def test_perceptrons():
    """Perceptrons of one to five layers, with batch normalisation or without, have PyTorch's counts."""
    draw = random.Random(12)
    for _ in range(200):
        widths = [draw.randint(1, 30) for _ in range(draw.randint(2, 6))]
        bias, norm = draw.random() < 0.5, draw.random() < 0.5
        parts = []
        for i, (a, b) in enumerate(pairwise(widths)):
            parts.append(torch.nn.Linear(a, b, bias=bias))
            if norm and i < len(widths) - 2:
                parts.append(torch.nn.BatchNorm1d(b))
        trace = calculate("mlp_total_params", widths=widths, bias=bias, batchnorm_layers="hidden" if norm else "none")
        assert [int(x.p) for x in trace["per_layer"].value] == [size(part) for part in parts]
        assert trace["total"].value == size(torch.nn.Sequential(*parts))


def test_recurrent_layers():
    """RNN, LSTM and GRU layers, stacked and two-way, have PyTorch's counts when two bias vectors are chosen."""
    draw = random.Random(13)
    for _ in range(200):
        x, h, depth = draw.randint(1, 20), draw.randint(1, 20), draw.randint(1, 4)
        rnn = torch.nn.RNN(x, h)
        assert calculate("rnn_params", d_x=x, d_h=h, hidden_bias="two", output_layer="excluded")["total"].value == size(rnn)
        assert calculate("lstm_params", d_x=x, d_h=h, biases="two")["total"].value == size(torch.nn.LSTM(x, h))
        assert calculate("gru_params", d_x=x, d_h=h, biases="two")["total"].value == size(torch.nn.GRU(x, h))
        stacked = calculate("deep_rnn", d_x=x, layers=[h] * depth, hidden_bias="two")
        assert stacked["total"].value == size(torch.nn.RNN(x, h, num_layers=depth))
        two_way = calculate("bidirectional_rnn", d_x=x, d_h=h, hidden_bias="two")
        assert two_way["recurrent"].value == size(torch.nn.RNN(x, h, bidirectional=True))


def test_transformer_parts():
    """Attention, feed-forward layers and whole encoder blocks have PyTorch's counts."""
    draw = random.Random(14)
    for _ in range(100):
        h, d_ff = draw.randint(1, 4), draw.randint(1, 30)
        d_m = h * draw.randint(1, 6)
        for bias in (True, False):
            attention = torch.nn.MultiheadAttention(d_m, h, bias=bias)
            assert calculate("multi_head_attention_shapes", n=3, d_m=d_m, h=h, bias=bias)["params"].value == size(attention)
        block = torch.nn.TransformerEncoderLayer(d_m, h, d_ff)
        assert calculate("transformer_block_params", d_m=d_m, d_ff=d_ff, h=h, attention_bias=True)["total"].value == size(block)
        ffn = torch.nn.Sequential(torch.nn.Linear(d_m, d_ff), torch.nn.Linear(d_ff, d_m))
        assert calculate("ffn_params", d_m=d_m, d_ff=d_ff)["total"].value == size(ffn)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_stacked_states(activation):
    """States of stacked networks over several steps are PyTorch's."""
    draw = np.random.default_rng(15)
    for _ in range(100):
        n, h, depth, times = (int(k) for k in draw.integers(1, 4, 4))
        network = torch.nn.RNN(n, h, num_layers=depth, nonlinearity=activation).double()
        x = draw.integers(-2, 3, (times, n))
        given = {"x": x, "activation": activation}
        with torch.no_grad():
            for layer in range(depth):
                below = n if layer == 0 else h
                u, w, b = draw.integers(-2, 3, (h, below)), draw.integers(-2, 3, (h, h)), draw.integers(-2, 3, h)
                getattr(network, f"weight_ih_l{layer}").copy_(torch.tensor(u))
                getattr(network, f"weight_hh_l{layer}").copy_(torch.tensor(w))
                getattr(network, f"bias_ih_l{layer}").copy_(torch.tensor(b))
                getattr(network, f"bias_hh_l{layer}").zero_()
                given |= {f"U_{layer + 1}": u, f"W_{layer + 1}": w, f"b_{layer + 1}": b}
            top, _ = network(torch.tensor(x).double())
        trace = calculate("deep_rnn", **given)
        for time in range(times):
            assert np.allclose(floats(trace[f"h_{depth}_{time + 1}"].value), top[time].numpy())


def test_two_way_states():
    """Forward and backward states are those of PyTorch's bidirectional layer."""
    draw = np.random.default_rng(16)
    for _ in range(100):
        n, h, times = (int(k) for k in draw.integers(1, 4, 3))
        network = torch.nn.RNN(n, h, bidirectional=True).double()
        x = draw.integers(-2, 3, (times, n))
        given = {"x": x}
        with torch.no_grad():
            for way, suffix in (("f", ""), ("b", "_reverse")):
                u, w, b = draw.integers(-2, 3, (h, n)), draw.integers(-2, 3, (h, h)), draw.integers(-2, 3, h)
                getattr(network, f"weight_ih_l0{suffix}").copy_(torch.tensor(u))
                getattr(network, f"weight_hh_l0{suffix}").copy_(torch.tensor(w))
                getattr(network, f"bias_ih_l0{suffix}").copy_(torch.tensor(b))
                getattr(network, f"bias_hh_l0{suffix}").zero_()
                given |= {f"U_{way}": u, f"W_{way}": w, f"b_{way}": b}
            both, _ = network(torch.tensor(x).double())
        trace = calculate("bidirectional_rnn", **given)
        for time in range(times):
            states = np.concatenate([floats(trace[f"h_{way}_{time + 1}"].value) for way in "fb"])
            assert np.allclose(states, both[time].numpy())
