"""Attention, gated cells and layers of a Transformer block against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

from exam_tool.calculators import calculate
from exam_tool.expressions.arrays import map_entries
from exam_tool.expressions.exact import enclose

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.oracle


def floats(value):
    """An exact value as a numpy array, to compare with PyTorch only."""
    return np.array(map_entries(lambda x: float(enclose(x).mid()), value))


def doubles(array):
    return torch.tensor(np.asarray(array)).double()


@pytest.mark.parametrize("causal", [True, False])
def test_scaled_dot_product_attention(causal):
    """One head agrees with PyTorch's function on 200 random inputs."""
    draw = np.random.default_rng(41)
    for _ in range(200):
        n, d_k, d_v = (int(k) for k in draw.integers(1, 4, 3))
        q, k, v = draw.integers(-2, 3, (n, d_k)), draw.integers(-2, 3, (n, d_k)), draw.integers(-2, 3, (n, d_v))
        expected = torch.nn.functional.scaled_dot_product_attention(doubles(q)[None], doubles(k)[None], doubles(v)[None], is_causal=causal)[
            0
        ]
        trace = calculate("scaled_dot_product_attention", Q=q, K=k, V=v, mask="causal" if causal else "none")
        assert np.allclose(floats(trace["output"].value), expected.numpy())


def test_multi_head_attention():
    """Two heads agree with PyTorch's layer."""
    draw = np.random.default_rng(42)
    for _ in range(50):
        n, d_k = int(draw.integers(1, 4)), int(draw.integers(1, 3))
        d_m = 2 * d_k
        x, w_o = draw.integers(-1, 2, (n, d_m)), draw.integers(-1, 2, (d_m, d_m))
        w = {letter: draw.integers(-1, 2, (d_m, d_m)) for letter in "QKV"}
        layer = torch.nn.MultiheadAttention(d_m, 2, bias=False, batch_first=True).double()
        with torch.no_grad():
            layer.in_proj_weight.copy_(doubles(np.concatenate([w[letter].T for letter in "QKV"])))
            layer.out_proj.weight.copy_(doubles(w_o.T))
            expected, _ = layer(*[doubles(x)[None]] * 3)
        given = {f"W_{letter}_{head + 1}": w[letter][:, head * d_k : (head + 1) * d_k] for letter in "QKV" for head in range(2)}
        assert np.allclose(floats(calculate("multi_head_attention_values", X=x, W_O=w_o, **given)["output"].value), expected[0].numpy())


def test_gated_cells():
    """LSTM and GRU (reset after the product) steps agree with PyTorch's cells."""
    draw = np.random.default_rng(43)
    for _ in range(200):
        n, h = (int(k) for k in draw.integers(1, 3, 2))
        x, old, memory = draw.integers(-2, 3, n), draw.integers(-2, 3, h), draw.integers(-2, 3, h)
        for kind, letters in ((torch.nn.LSTMCell, "ifco"), (torch.nn.GRUCell, "rzh")):
            sets = {}
            for letter in letters:
                sets |= {
                    f"U_{letter}": draw.integers(-2, 3, (h, n)),
                    f"W_{letter}": draw.integers(-2, 3, (h, h)),
                    f"b_{letter}": draw.integers(-2, 3, h),
                }
            cell = kind(n, h).double()
            with torch.no_grad():
                for name, part in (("weight_ih", "U"), ("weight_hh", "W"), ("bias_ih", "b")):
                    getattr(cell, name).copy_(doubles(np.concatenate([sets[f"{part}_{letter}"] for letter in letters])))
                cell.bias_hh.zero_()
                if kind is torch.nn.LSTMCell:
                    new, kept = cell(doubles(x)[None], (doubles(old)[None], doubles(memory)[None]))
                    trace = calculate("lstm_step", x=x, h_prev=old, c_prev=memory, **sets)
                    assert np.allclose(floats(trace["c_t"].value), kept[0].numpy())
                else:
                    new = cell(doubles(x)[None], doubles(old)[None])
                    trace = calculate("gru_step", x=x, h_prev=old, reset="after", **sets)
            assert np.allclose(floats(trace["h_t"].value), new[0].numpy())


def test_layer_norm_and_losses():
    """Layer normalisation and the next-word loss agree with PyTorch."""
    draw = np.random.default_rng(44)
    for _ in range(200):
        n, d = int(draw.integers(1, 4)), int(draw.integers(2, 5))
        x = draw.integers(-4, 5, (n, d))
        expected = torch.nn.functional.layer_norm(doubles(x), (d,), eps=0.01)
        assert np.allclose(floats(calculate("layer_norm", X=x, eps="0.01")["X_hat"].value), expected.numpy())
        logits = draw.integers(-2, 3, d)
        counts = draw.integers(1, 6, (n, d))
        targets = draw.integers(1, d + 1, n + 1)
        probs = [[f"{c}/{row.sum()}" for c in row] for row in counts]
        loss = torch.nn.functional.nll_loss(doubles(counts / counts.sum(axis=1, keepdims=True)).log(), torch.tensor(targets[1:] - 1))
        assert np.allclose(floats(calculate("next_token_loss", sequence=targets, probs=probs)["loss"].value), float(loss))
        assert np.allclose(floats(calculate("decoding_choice", logits=logits)["p"].value), torch.softmax(doubles(logits), 0).numpy())
