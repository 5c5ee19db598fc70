"""RNN, LSTM and GRU cells against numpy loops; words and sequences against printed figures."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exam_tool.calculators import calculate
from exam_tool.expressions.arrays import map_entries
from exam_tool.expressions.exact import enclose


def floats(value):
    """An exact value as a numpy array, to compare with numpy only."""
    return np.array(map_entries(lambda x: float(enclose(x).mid()), value))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def cell(draw, letters, h, n):
    """Random small weights of the sets of a gated cell."""
    given = {}
    for letter in letters:
        given |= {
            f"U_{letter}": draw.integers(-2, 3, (h, n)),
            f"W_{letter}": draw.integers(-2, 3, (h, h)),
            f"b_{letter}": draw.integers(-2, 3, h),
        }
    return given


@pytest.mark.parametrize("activation", ["tanh", "relu", "identity"])
def test_simple_recurrence(activation):
    """States and softmax outputs of one to three steps agree with numpy."""
    f = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0), "identity": lambda z: z}[activation]
    draw = np.random.default_rng(21)
    for _ in range(70):
        times, n, h, y = (int(k) for k in draw.integers(1, 4, 4))
        sizes = {"x": (times, n), "U": (h, n), "W": (h, h), "b": (h,), "V": (y, h), "b_y": (y,), "S_0": (h,)}
        given = {name: draw.integers(-1, 2, size) for name, size in sizes.items()}
        trace = calculate("rnn_step", **given, hidden_activation=activation)
        state = given["S_0"]
        for time in range(1, times + 1):
            state = f(given["U"] @ given["x"][time - 1] + given["W"] @ state + given["b"])
            powers = np.exp(given["V"] @ state + given["b_y"])
            assert np.allclose(floats(trace[f"S_{time}"].value), state)
            assert np.allclose(floats(trace[f"o_{time}"].value), powers / powers.sum())


def test_single_step_of_a_vector():
    """A vector as input is one step, called t."""
    trace = calculate("rnn_step", x_t=[1], U=[[2]], W=[[3]], S_prev=[1], hidden_activation="identity")
    assert trace["S_t"].value == (5,)


def test_lstm_from_weights():
    """Gates, candidate, cell and state over several steps agree with numpy."""
    draw = np.random.default_rng(22)
    for _ in range(200):
        times, n, h = (int(k) for k in draw.integers(1, 3, 3))
        given = cell(draw, "fioc", h, n) | {"x": draw.integers(-2, 3, (times, n))}
        trace = calculate("lstm_step", **given)
        state, memory = np.zeros(h), np.zeros(h)
        for time in range(1, times + 1):
            net = {k: given[f"U_{k}"] @ given["x"][time - 1] + given[f"W_{k}"] @ state + given[f"b_{k}"] for k in "fioc"}
            memory = sigmoid(net["f"]) * memory + sigmoid(net["i"]) * np.tanh(net["c"])
            state = sigmoid(net["o"]) * np.tanh(memory)
            assert np.allclose(floats(trace[f"c_{time}"].value), memory)
            assert np.allclose(floats(trace[f"h_{time}"].value), state)


@pytest.mark.parametrize("update_gate", ["keeps_old", "takes_new"])
@pytest.mark.parametrize("reset", ["before", "after"])
def test_gru_from_weights(update_gate, reset):
    """Both orientations of the update gate and both places of the reset gate agree with numpy."""
    draw = np.random.default_rng(23)
    for _ in range(60):
        n, h = (int(k) for k in draw.integers(1, 3, 2))
        given = cell(draw, "zrh", h, n) | {"x": draw.integers(-2, 3, n), "h_prev": draw.integers(-2, 3, h)}
        x, old = given["x"], given["h_prev"]
        z, r = (sigmoid(given[f"U_{k}"] @ x + given[f"W_{k}"] @ old + given[f"b_{k}"]) for k in "zr")
        recurrent = given["W_h"] @ (r * old) if reset == "before" else r * (given["W_h"] @ old)
        new = np.tanh(given["U_h"] @ x + recurrent + given["b_h"])
        expected = z * old + (1 - z) * new if update_gate == "keeps_old" else (1 - z) * old + z * new
        trace = calculate("gru_step", **given, update_gate=update_gate, reset=reset)
        assert np.allclose(floats(trace["h_t"].value), expected)


def test_cells_from_gate_values():
    """Given gates need no weights."""
    trace = calculate("lstm_step", f="1/2", i="1/4", o="4/5", c_tilde=2, c_prev=1)
    assert trace["c_t"].value == 1
    assert math.isclose(floats(trace["h_t"].value), 0.8 * math.tanh(1))
    assert calculate("gru_step", z="1/4", h_tilde=2, h_prev=1)["h_t"].value * 4 == 7


def test_printed_one_hot():
    """The second of four words, and the distance of two of them, as printed."""
    trace = calculate("one_hot_encoding", vocab_size=4, position=2)
    assert trace["vector"].value == (0, 1, 0, 0)
    assert trace["dim"].value == 4
    pair = calculate("one_hot_encoding", N=5, token=0, token_2=3)
    assert math.isclose(floats(pair["distance"].value), 1.41421356237, abs_tol=1e-9)
    assert pair["inner"].value == 0


def test_next_word_loss():
    """Mean cross-entropy of the shifted sequence agrees with numpy on 200 random tables."""
    draw = np.random.default_rng(24)
    for _ in range(200):
        n, vocab = int(draw.integers(1, 5)), int(draw.integers(2, 5))
        counts = draw.integers(1, 6, (n, vocab))
        probs = [[f"{c}/{row.sum()}" for c in row] for row in counts]
        sequence = draw.integers(1, vocab + 1, n + 1)
        picked = [counts[t, sequence[t + 1] - 1] / counts[t].sum() for t in range(n)]
        trace = calculate("next_token_loss", sequence=sequence, probs=probs)
        assert np.allclose(floats(trace["loss"].value), -np.log(picked).mean())
        assert np.allclose(
            floats(calculate("next_token_loss", sequence=sequence, probs=probs, log_base=2)["loss"].value), -np.log2(picked).mean()
        )


def test_sequences_and_serial_steps():
    """Products, logarithms, and the printed five serial steps."""
    trace = calculate("sequence_probability", conditionals=["1/2", "1/4", "2/5"])
    assert trace["P"].value * 20 == 1
    assert np.allclose(floats(trace["log_P"].value), math.log(0.05))
    steps = calculate("serial_steps", n=5)
    assert (steps["rnn_serial_steps"].value, steps["attention_serial_steps"].value, steps["pairs"].value) == (5, 1, 25)
