"""Computation graphs, linear units and backpropagation through time against autograd, and worked examples of courses."""

from __future__ import annotations

import random
from typing import Any

import autograd.numpy as np
import pytest
from autograd import grad

from exam_tool.calculators import CalculatorError, calculate
from exam_tool.expressions.reader import read
from exam_tool.language import ExamToolError

from ..translation import translated
from .oracle import close, drawn, number

SIGMA = {
    "identity": lambda z: z,
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "relu": lambda z: np.where(z > 0, z, 0.0),
}
FUNCTIONS = {
    "max": np.maximum, "min": np.minimum, "sigmoid": SIGMA["sigmoid"], "tanh": np.tanh, "exp": np.exp, "relu": SIGMA["relu"],
}  # fmt: skip


def random_graph(source: random.Random) -> tuple[str, list[str]]:
    """Statements of a graph in which every leaf and node leads to the output."""
    leaves = ["x", "y", "z", "w"][: source.randint(2, 4)]
    loose, statements = list(leaves), []
    for number_ in range(1, source.randint(2, 4) + 1):
        a = loose.pop(source.randrange(len(loose)))
        b = source.choice([*loose, *leaves, "2"])
        if b in loose:
            loose.remove(b)
        kind = source.choice(["+", "-", "*", "max", "min", "sigmoid", "tanh", "relu", "^", "branch"])
        if kind in "+-*":
            formula = f"{a} {kind} {b}"
        elif kind in ("max", "min"):
            formula = f"{kind}({a}, {b} + {source.choice(leaves)}*0.37)"
        elif kind == "^":
            formula = f"{a}^2 - {b}"
        elif kind == "branch":
            formula = f"({a} + {b})*{a}"
        else:
            formula = f"{kind}({a} - {b}*0.5)"
        statements.append(f"n_{number_} = {formula}")
        loose.append(f"n_{number_}")
    statements.append("f = " + "*".join(loose) if len(loose) > 1 else f"f = {loose[0]}*3")
    return "; ".join(statements), leaves


def autograd_value(graph: str, values: dict[str, Any]) -> Any:
    """The graph evaluated by autograd's numpy."""
    names = dict(values)
    for statement in graph.split("; "):
        name, formula = statement.split(" = ")
        names[name] = translated(read(formula), names, FUNCTIONS, lambda value: int(value.p) / int(value.q))
    return names["f"]


@pytest.mark.parametrize("seed", range(300))
def test_graphs_agree_with_autograd(seed: int) -> None:
    """The value and the gradient at every leaf of random graphs with branches and gates of every kind."""
    source = random.Random(seed)
    graph, leaves = random_graph(source)
    values = {leaf: float(drawn(source)) + source.choice([0.01, 0.03]) for leaf in leaves}
    tie = {"tie_in_max": "split"} if "max" in graph or "min" in graph else {}  # as autograd does
    trace = calculate("computation_graph_gates", graph=graph, **tie, **values)
    close(trace, "f", autograd_value(graph, values))
    gradients = grad(lambda v: autograd_value(graph, v))(values)
    for leaf in leaves:
        close(trace, f"grad_{leaf}", gradients[leaf])


def test_course_graph() -> None:
    """CS231n, the example f = (x + y) z with x = -2, y = 5, z = -4: f = -12 and gradients -4, -4, 3."""
    trace = calculate("computation_graph_gates", graph="q = x + y; f = q*z", x=-2, y=5, z=-4)
    assert [number(trace[name].value) for name in ("q", "f", "grad_x", "grad_y", "grad_z")] == [3, -12, -4, -4, 3]


def test_course_neuron() -> None:
    """CS231n, the two-dimensional sigmoid neuron: output 0.73 and the gradients printed there."""
    graph = "f = sigmoid(w_0*x_0 + w_1*x_1 + w_2)"
    trace = calculate("computation_graph_gates", graph=graph, w_0=2, x_0=-1, w_1=-3, x_1=-2, w_2=-3)
    printed = {"f": 0.73, "grad_w_0": -0.20, "grad_x_0": 0.39, "grad_w_1": -0.39, "grad_x_1": -0.59, "grad_w_2": 0.20}
    for name, expected in printed.items():
        assert number(trace[name].value) == pytest.approx(expected, abs=0.0051), name


def test_ties_of_a_max_gate() -> None:
    """A tie is refused, or goes to the first input, or is split."""
    with pytest.raises(ExamToolError):
        calculate("computation_graph_gates", graph="max(x, y)", x=1, y=1)
    for tie, expected in (("first operand", (1, 0)), ("split", (0.5, 0.5))):
        for gate in ("max", "min"):
            trace = calculate("computation_graph_gates", graph=f"{gate}(x, y)", x=1, y=1, tie_in_max=tie)
            assert (number(trace["grad_x"].value), number(trace["grad_y"].value)) == expected


NO_GRAPHS = ["x", "p = 2; f = p*x", "f = x^y", "f = det(x)", "p = x*y; p = x + y", "p = x + y; f = x*y", "f = x +", ""]


@pytest.mark.parametrize("graph", NO_GRAPHS)
def test_what_is_no_graph_is_refused(graph: str) -> None:
    """A leaf alone, an unknown gate, a name used twice, a node that leads nowhere: a sentence, never an exception of Python."""
    with pytest.raises(ExamToolError):
        calculate("computation_graph_gates", graph=graph, x=1, y=2)


@pytest.mark.parametrize("seed", range(200))
def test_linear_unit_agrees_with_autograd(seed: int) -> None:
    """Gradients and up to three updates of a linear unit with one or several features, for every factor of the loss."""
    source = random.Random(seed)
    n, d = source.randint(1, 5), source.randint(1, 3)
    wide, biased, steps = source.random() < 0.5, source.random() < 0.7, source.randint(1, 3)
    factor = source.choice(["1/n", "1/(2n)", "1", "1/2"])
    x = drawn(source, n, d) if wide else drawn(source, n)
    y, w = drawn(source, n), drawn(source, d) if wide else drawn(source)
    b = drawn(source) if biased else 0.0
    scale = {"1/n": 1 / n, "1/(2n)": 1 / n / 2, "1": 1, "1/2": 0.5}[factor]

    def loss(w: Any, b: Any) -> Any:
        return scale * np.sum(((x @ w if wide else w * x) + b - y) ** 2)

    more = {"b": b} if biased else {}
    trace = calculate("linear_regression_gradient_step", x=x, y=y, w=w, eta=0.1, factor=factor, iterations=steps, **more)
    for step in range(1, steps + 1):
        end = f"_t{step}" if step > 1 else ""
        by_w, by_b = grad(loss, 0)(w, b), grad(loss, 1)(w, b)
        close(trace, "L" + end, loss(w, b))
        close(trace, "grad_w" + end, by_w)
        w = w - 0.1 * by_w
        close(trace, "w_new" + end, w)
        if biased:
            close(trace, "grad_b" + end, by_b)
            b = b - 0.1 * by_b
            close(trace, "b_new" + end, b)


@pytest.mark.parametrize("seed", range(200))
def test_bptt_agrees_with_autograd(seed: int) -> None:
    """States, loss and every gradient of a scalar recurrent network: targets at every step or at the last, full or truncated."""
    source = random.Random(seed)
    steps, f = source.randint(1, 4), source.choice(list(SIGMA))
    every, out, biased = source.random() < 0.5, source.random() < 0.6, source.random() < 0.5
    window = source.choice([None, 1, 2, 3])
    x, y = drawn(source, steps), drawn(source, steps) if every else drawn(source)
    parameters = {"w": drawn(source), "u": drawn(source), "b": drawn(source) if biased else 0.0, "v": drawn(source) if out else 1.0}
    start, first = drawn(source), max(1, steps - window + 1) if window else 1
    half = source.choice([True, False])

    def states(p: dict[str, Any], fixed: dict[str, Any]) -> list[Any]:
        found = [start]
        for t in range(1, steps + 1):
            q = p if t >= first else fixed
            found.append(SIGMA[f](q["w"] * found[-1] + q["u"] * x[t - 1] + q["b"]))
        return found

    def loss(p: dict[str, Any]) -> Any:
        s = states(p, parameters)
        times = [t for t in range(1, steps + 1) if (every and t >= first) or t == steps]
        return sum((p["v"] * s[t] - (y[t - 1] if every else y)) ** 2 for t in times) / (2 if half else 1)

    given = {name: value for name, value in parameters.items() if name in "wu" or (name == "b" and biased) or (name == "v" and out)}
    more = {"truncate": "last", "k": window} if window else {}
    trace = calculate("bptt_gradient", x=x, y=y, S_0=start, f=f, eta=0.1, loss="half_squared" if half else "squared", **given, **more)
    found = states(parameters, parameters)
    for t in range(1, steps + 1):
        close(trace, f"S_{t}", found[t])
    gradients = grad(loss)(parameters)
    for name, value in given.items():
        close(trace, f"grad_{name}", gradients[name])
        close(trace, f"{name}_new", value - 0.1 * gradients[name])

    def last(s0: Any) -> Any:
        s = s0
        for t in range(steps):
            s = SIGMA[f](parameters["w"] * s + parameters["u"] * x[t] + parameters["b"])
        return s

    close(trace, "dS_T_dS_0", grad(last)(start))


def test_product_of_recurrent_factors() -> None:
    """Without inputs only the repeated factor is left: 0.9^10 dies out slowly, 1.1^10 grows (Goodfellow et al. 2016, section 10.7)."""
    assert number(calculate("bptt_gradient", w="0.5", T=10)["dS_T_dS_0"].value) == 0.5**10
    assert calculate("bptt_gradient", w="0.9", T=10)["vanishes"].value == 1
    assert calculate("bptt_gradient", w="1.1", T=10)["vanishes"].value == 0


def test_missing_inputs_are_named() -> None:
    """Neither a sequence nor a number of steps: the error says what is needed."""
    with pytest.raises(CalculatorError, match="T"):
        calculate("bptt_gradient", w=1)
