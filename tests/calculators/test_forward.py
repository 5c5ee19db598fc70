"""Forward passes, composed functions and Jacobians against autograd, and the golden figures of the course."""

from __future__ import annotations

import random
from typing import Any

import autograd.numpy as np
import pytest
from autograd import grad
from autograd import jacobian as numeric_jacobian

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

from .oracle import close, drawn, number

FUNCTIONS = {
    "relu": lambda z: np.maximum(z, 0.0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "softplus": lambda z: np.log(1 + np.exp(z)),
    "step": lambda z: 1.0 * (z >= 0),
    "identity": lambda z: z,
}

GOLDEN: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("neuron_forward", {"x": [2, 1], "w": [0.5, -1], "b": 0.2, "activation": "relu"}, {"z": 0.2, "y": 0.2}),
    (
        "fully_connected_forward",
        {"x": [1, 2], "W": [[1, 0], [0.5, -1]], "b": [0, 1], "activation": "relu"},
        {"z": [1, -0.5], "y": [1, 0]},
    ),
    ("residual_forward", {"x": [1, 2], "F": [0.2, -0.1]}, {"y": [1.2, 1.9]}),
    ("residual_forward", {"x": [1, 2], "F": [0, 0]}, {"y": [1, 2]}),
    ("gradient_product_depth", {"r": 0.5, "L": 10}, {"product": 0.0009765625, "verdict": -1}),
    ("gradient_product_depth", {"w": 6, "L": 3}, {"r": 1.5, "product": 3.375, "verdict": 1}),
]


@pytest.mark.parametrize(("name", "given", "expected"), GOLDEN)
def test_golden(name: str, given: dict[str, Any], expected: dict[str, Any]) -> None:
    """The course's own figures, exactly."""
    trace = calculate(name, **given)
    for step, value in expected.items():
        close(trace, step, np.array(value) if isinstance(value, list) else value)


@pytest.mark.parametrize("seed", range(200))
def test_layers_agree_with_numpy(seed: int) -> None:
    """A neuron, a dense layer in both orientations, two linear layers as one, and a residual block with its derivative."""
    source = random.Random(seed)
    name = source.choice(list(FUNCTIONS))
    f, n, m, o = FUNCTIONS[name], source.randint(1, 4), source.randint(1, 3), source.randint(1, 3)
    x, w, b = drawn(source, n), drawn(source, n), drawn(source)
    close(calculate("neuron_forward", x=x, w=w, b=b, activation=name), "y", f(w @ x + b))
    weights, biases = drawn(source, m, n), drawn(source, m)
    close(calculate("fully_connected_forward", x=x, W=weights, b=biases, activation=name), "z", weights @ x + biases)
    trace = calculate("fully_connected_forward", x=x, W=weights.T, activation=name, orientation="row")
    close(trace, "y" if name != "identity" else "Wx", f(weights @ x))
    second, shift = drawn(source, o, m), drawn(source, o)
    trace = calculate("linear_collapse", W1=weights, b1=biases, W2=second, b2=shift, x=x)
    close(trace, "y", second @ (weights @ x + biases) + shift)
    if name == "step":
        return  # autograd has no slope for it
    square, offset = drawn(source, n, n), drawn(source, n)
    trace = calculate("residual_forward", x=x, W=square, b=offset, activation=name)
    close(trace, "y", f(square @ x + offset) + x)
    close(trace, "dy_dx", numeric_jacobian(lambda v: f(square @ v + offset) + v)(x))


def test_network_forward() -> None:
    """Two hidden layers and the mean squared error, worked by hand."""
    trace = calculate(
        "mlp_forward", x=[1, 2], y=[1, 1], hidden="relu", loss="MSE", W_1=[[1, 1], [1, -1]], b_1=[0, 0], W_2=[[2, 1], [0, 1]], b_2=[-1, 1],
        W_3=[[1, 0], [1, 1]], b_3=[0, 0],
    )  # fmt: skip
    steps = {"z_1": [3, -1], "h_1": [3, 0], "h_2": [5, 1], "y_hat": [5, 6]}
    for step, value in steps.items():
        assert list(number(trace[step].value)) == value
    assert number(trace["L"].value) == (16 + 25) / 2


@pytest.mark.parametrize("seed", range(50))
def test_composed_functions_agree_with_autograd(seed: int) -> None:
    """The chain rule over three paths, one of them direct, and a 3 x 2 Jacobian with the gradient passed back."""
    source = random.Random(seed)
    x, y = drawn(source), drawn(source)
    inner = "u = x^2*y; v = sin(x) + 3*y; w = exp(y/2)"
    trace = calculate("multivariate_chain_rule", inner=inner, outer="z = u*v + w^2 + x", x=x, y=y)

    def composed(x: Any, y: Any) -> Any:
        u, v, w = x**2 * y, np.sin(x) + 3 * y, np.exp(y / 2)
        return u * v + w**2 + x

    close(trace, "z", composed(x, y))
    close(trace, "total_x", grad(composed, 0)(x, y))
    close(trace, "total_y", grad(composed, 1)(x, y))

    g = drawn(source, 3)
    for layout in ("numerator", "denominator"):
        trace = calculate("jacobian_matrix", y="[x_1^2*x_2, 5*x_1 + sin(x_2), x_1/x_2]", x_1=x, x_2=y, g=g, layout=layout)
        full = numeric_jacobian(lambda p: np.array([p[0] ** 2 * p[1], 5 * p[0] + np.sin(p[1]), p[0] / p[1]]))(np.array([x, y]))
        close(trace, "J", full if layout == "numerator" else full.T)
        close(trace, "grad_x", full.T @ g)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("jacobian_matrix", {"y": "x_1^2", "x_1": 1}),
        ("multivariate_chain_rule", {"inner": "u = x", "outer": "z = y", "x": 1, "y": 1}),
        ("multivariate_chain_rule", {"inner": "x*y", "outer": "z = u", "x": 1, "y": 1}),
        ("multivariate_chain_rule", {"inner": ";", "outer": "z = u"}),
        ("linear_collapse", {"W1": [[1, 2]], "W2": [[1, 2]]}),
    ],
)
def test_what_does_not_fit_is_refused(name: str, given: dict[str, Any]) -> None:
    """No vector, no path, no name, no function, sizes that do not meet: a sentence each."""
    with pytest.raises(ExamToolError):
        calculate(name, **given)
