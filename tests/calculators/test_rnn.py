"""Recurrent networks: counts against sizes of arrays, states against numpy, printed figures."""

from __future__ import annotations

import random

import numpy as np
import pytest

from exam_tool.calculators import calculate
from exam_tool.calculators.work import find
from exam_tool.expressions.arrays import map_entries
from exam_tool.expressions.exact import enclose
from exam_tool.language import ExamToolError

FUNCTIONS = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


def floats(value):
    """An exact value as a numpy array, to compare with numpy only."""
    return np.array(map_entries(lambda x: float(enclose(x).mid()), value))


def test_printed_rnn_count():
    """Each matrix of a network with 4 inputs, 3 states and 2 outputs, and the total, as printed."""
    trace = calculate("rnn_params", d_x=4, d_h=3, d_y=2)
    assert {name: int(trace[name].value.p) for name in ("U", "W", "V", "b", "b_y", "total")} == {
        "U": 12, "W": 9, "V": 6, "b": 3, "b_y": 2, "total": 32,
    }  # fmt: skip


def test_printed_embedding():
    """The second of four words picks the second column."""
    w = [["0.4", "0.12", 1, 2], [0, "-0.38", "0.3", 1], [2, "0.51", "0.1", 0]]
    for token in ({"token": 2}, {"token_one_hot": [0, 1, 0, 0]}, {"token": 1, "index_base": "0"}):
        trace = calculate("embedding_lookup", W=w, **token)
        assert floats(trace["x"].value).tolist() == [0.12, -0.38, 0.51]
        assert trace["params"].value == 12


def test_published_lstm_count():
    """The count of one published layer (4096 inputs, 256 states) with one and with two bias vectors."""
    assert calculate("lstm_params", d_x=4096, d_h=256)["total"].value == 4457472
    assert calculate("lstm_params", d_x=4096, d_h=256, biases="two")["total"].value == 4458496


def test_counts_are_sizes_of_arrays():
    """RNN, LSTM and GRU counts for 200 random sizes under every convention."""
    draw = random.Random(4)
    for _ in range(200):
        x, h, y, two = draw.randint(1, 30), draw.randint(1, 30), draw.randint(1, 9), draw.randint(0, 1)
        recurrence = np.zeros((h, x)).size + np.zeros((h, h)).size + (1 + two) * h
        output = np.zeros((y, h)).size + y
        bias = ("one", "two")[two]
        assert calculate("rnn_params", d_x=x, d_h=h, d_y=y, hidden_bias=bias)["total"].value == recurrence + output
        assert calculate("rnn_params", d_x=x, d_h=h, d_y=y, hidden_bias=bias, output_bias=False)["total"].value == recurrence + output - y
        assert calculate("rnn_params", d_x=x, d_h=h, hidden_bias=bias, output_layer="excluded")["total"].value == recurrence
        for name, sets in (("lstm_params", 4), ("gru_params", 3)):
            assert calculate(name, d_x=x, d_h=h, biases=bias)["total"].value == sets * recurrence
            assert calculate(name, d_x=x, d_h=h, d_y=y, biases=bias, output_layer="included")["total"].value == sets * recurrence + output


def test_sequence_length_changes_no_count():
    """The number of time steps may be told; only the mistake uses it."""
    trace = calculate("lstm_params", d_x=4, d_h=3, T=10)
    step = trace.plan.by_name["total"]
    wrong = {mistake.id: trace.mistaken(step, mistake)["total"] for mistake in step.mistakes}
    assert trace["total"].value == 96
    assert wrong["times_steps"] == 960


@pytest.mark.parametrize("activation", FUNCTIONS)
def test_stacked_states(activation):
    """States of one to three layers over one to three steps agree with a plain numpy loop."""
    draw = np.random.default_rng(5)
    f = FUNCTIONS[activation]
    for _ in range(50):
        layers, times, below = int(draw.integers(1, 4)), int(draw.integers(1, 4)), int(draw.integers(1, 4))
        x = draw.integers(-2, 3, (times, below))
        given, count, width = {"x": x, "activation": activation}, 0, below
        for layer in range(1, layers + 1):
            own = int(draw.integers(1, 4))
            for letter, size in (("U", (own, width)), ("W", (own, own)), ("b", (own,))):
                given[f"{letter}_{layer}"] = draw.integers(-2, 3, size)
                count += given[f"{letter}_{layer}"].size
            width = own
        trace = calculate("deep_rnn", **given)
        assert trace["total"].value == count
        old = [np.zeros(len(given[f"b_{layer}"])) for layer in range(1, layers + 1)]
        for time in range(times):
            signal = x[time]
            for layer in range(1, layers + 1):
                signal = f(given[f"U_{layer}"] @ signal + given[f"W_{layer}"] @ old[layer - 1] + given[f"b_{layer}"])
                old[layer - 1] = signal
                assert np.allclose(floats(trace[f"h_{layer}_{time + 1}"].value), signal)


@pytest.mark.parametrize("merge", ["sum", "concatenate"])
def test_two_way_states(merge):
    """Forward and backward states and outputs agree with numpy, run in both directions, and the count with the arrays."""
    draw = np.random.default_rng(6)
    for _ in range(100):
        times, n, h, y = (int(size) for size in draw.integers(1, 4, 4))
        sizes = {"x": (times, n), "b_y": (y,)}
        for way in "fb":
            sizes |= {f"U_{way}": (h, n), f"W_{way}": (h, h), f"b_{way}": (h,), f"V_{way}": (y, h)}
        given = {name: draw.integers(-2, 3, size) for name, size in sizes.items()}
        trace = calculate("bidirectional_rnn", **given, activation="relu", merge=merge)
        states = {}
        for way, order in (("f", range(times)), ("b", reversed(range(times)))):
            state = np.zeros(h)
            for time in order:
                state = np.maximum(given[f"U_{way}"] @ given["x"][time] + given[f"W_{way}"] @ state + given[f"b_{way}"], 0)
                states[way, time] = state
                assert np.allclose(floats(trace[f"h_{way}_{time + 1}"].value), state)
        for time in range(times):
            output = given["V_f"] @ states["f", time] + given["V_b"] @ states["b", time] + given["b_y"]
            assert np.allclose(floats(trace[f"y_{time + 1}"].value), output)
        assert trace["total"].value == sum(value.size for value in given.values()) - given["x"].size


def test_backward_run_forwards():
    """The named mistake is the whole backward pass run from the left, state by state."""
    example = find("bidirectional_rnn")[0].example
    trace = calculate("bidirectional_rnn", **example)
    u, w, b, x = (np.array(example[name]) for name in ("U_b", "W_b", "b_b", "x"))
    state = np.zeros(2)
    for time in (1, 2, 3):
        state = u @ x[time - 1] + w @ state + b
        if time == 1:
            continue
        step = trace.plan.by_name[f"z_b_{time}"]
        mistake = next(m for m in step.mistakes if m.id == "backward_forwards")
        assert np.allclose(floats(trace.mistaken(step, mistake)[step.name]), state)


def test_counts_without_matrices():
    """Sizes alone give the parameters of stacked and two-way networks."""
    assert calculate("deep_rnn", layers=[3, 2], d_x=4)["total"].value == (12 + 9 + 3) + (6 + 4 + 2)
    assert calculate("bidirectional_rnn", d_x=4, d_h=3)["total"].value == 2 * 24
    assert calculate("bidirectional_rnn", d_x=4, d_h=3, d_y=2)["total"].value == 2 * 24 + 12 + 2


def test_matrices_that_do_not_fit_are_refused():
    """A second layer that does not take the width of the first is refused with its name."""
    with pytest.raises(ExamToolError, match="U_2"):
        calculate("deep_rnn", x=[[1]], U_1=[[1], [2]], W_1=[[1, 0], [0, 1]], U_2=[[1, 2, 3]], W_2=[[1]])
