"""Update rules against autograd and its optimisers, and small cases worked by hand."""

from __future__ import annotations

import random
from typing import Any

import autograd.numpy as np
import pytest
import scipy.linalg
from autograd import grad, hessian
from autograd.misc import optimizers

from exam_tool.calculators import CalculatorError, calculate
from exam_tool.language import ExamToolError

from .oracle import close, drawn, number

FUNCTIONS: list[tuple[str, Any]] = [
    ("x^2 - 4*x + 5", lambda p: p[0] ** 2 - 4 * p[0] + 5),
    ("x^4/4 - 2*x^2 + x", lambda p: p[0] ** 4 / 4 - 2 * p[0] ** 2 + p[0]),
    ("exp(x/2) + x^2", lambda p: np.exp(p[0] / 2) + p[0] ** 2),
    ("x^2 + 3*y^2 - x*y", lambda p: p[0] ** 2 + 3 * p[1] ** 2 - p[0] * p[1]),
    ("(x - 2)^2*(y + 1)^2 + y^2 + 2*x^2", lambda p: (p[0] - 2) ** 2 * (p[1] + 1) ** 2 + p[1] ** 2 + 2 * p[0] ** 2),
    ("x^2 + y^2 + 2*z^2 + x*z - y", lambda p: p[0] ** 2 + p[1] ** 2 + 2 * p[2] ** 2 + p[0] * p[2] - p[1]),
]


@pytest.mark.parametrize(("formula", "function"), FUNCTIONS)
@pytest.mark.parametrize("seed", range(10))
def test_steps_on_functions_agree_with_autograd(formula: str, function: Any, seed: int) -> None:
    """Two steps of gradient descent, the first-order estimate, look-ahead momentum and a Newton step from random points."""
    source = random.Random(seed)
    names = [name for name in "xyz" if name in formula.replace("exp", "")]
    start = np.array([drawn(source) for _ in names])
    given = {f"{name}_0": value for name, value in zip(names, start, strict=True)}
    slope = grad(function)

    trace = calculate("gradient_descent_step", f=formula, eta=0.1, steps=2, **given)
    point = start
    for k in (1, 2):
        point = point - 0.1 * slope(point)
        for name, value in zip(names, point, strict=True):
            close(trace, f"{name}_{k}", value)
        close(trace, f"f_{k}", function(point))

    trace = calculate("taylor_decrease", f=formula, eta=0.1, **given)
    predicted = function(start) - 0.1 * np.sum(slope(start) ** 2)
    close(trace, "predicted", predicted)
    close(trace, "error", function(start - 0.1 * slope(start)) - predicted)

    for form in "mv":
        trace = calculate("nesterov_momentum", f=formula, eta=0.1, beta=0.5, steps=3, velocity=form, **given)
        point, memory = start, np.zeros(len(names))
        for k in (1, 2, 3):
            memory = 0.5 * memory + slope(point - 0.1 * 0.5 * memory)
            point = point - 0.1 * memory
            for name, value in zip(names, point, strict=True):
                close(trace, f"{name}_{k}", value)

    trace = calculate("newton_step", f=formula, **given)
    step = np.linalg.solve(hessian(function)(start), slope(start))
    close(trace, f"{names[0]}_1" if len(names) == 1 else "p_1", (start - step)[0] if len(names) == 1 else start - step)


@pytest.mark.parametrize("seed", range(200))
def test_rules_with_memory_agree_with_autograd_optimisers(seed: int) -> None:
    """Adam, RMSProp (started at 1 there) and momentum as a moving average, for one or several coordinates and steps."""
    source = random.Random(seed)
    steps, shape = source.randint(1, 4), source.choice([(), (2,)])
    g, x = drawn(source, steps, *shape), drawn(source, *shape)
    flat = np.atleast_1d(x).astype(float)
    gradient = lambda _, i: np.atleast_1d(g[i])  # noqa: E731  # the shape its optimisers ask for

    def run(rule: Any, **how: float) -> Any:
        found = rule(gradient, flat, num_iters=steps, step_size=0.1, **how)
        return found if shape else found[0]

    beta, eps = source.choice([0.5, 0.9]), source.choice([0.01, 0.1])
    trace = calculate("adam", x_0=x, g=g, beta1=0.5, beta2=beta, eta=0.1, eps=eps)
    close(trace, f"x_{steps}", run(optimizers.adam, b1=0.5, b2=beta, eps=eps))
    trace = calculate("rmsprop", x_0=x, g=g, beta=beta, eta=0.1, eps=eps, v_0=np.ones(shape))
    close(trace, f"x_{steps}", run(optimizers.rmsprop, gamma=beta, eps=eps))
    trace = calculate("momentum", x_0=x, g=g, beta=beta, eta=0.1, velocity="ema")
    close(trace, f"x_{steps}", run(optimizers.sgd, mass=beta))


def test_momentum_forms_agree() -> None:
    """The two ways of writing momentum lead to the same points."""
    given = {"x_0": 1, "g": [2, -1, 3], "beta": "1/2", "eta": "0.1"}
    m, v = calculate("momentum", **given), calculate("momentum", velocity="v", **given)
    assert [m[f"x_{k}"].value for k in (1, 2, 3)] == [v[f"x_{k}"].value for k in (1, 2, 3)]
    assert number(m["x_3"].value) == pytest.approx(1 - 0.1 * (2 + 0 + 3))


@pytest.mark.parametrize("seed", range(50))
def test_hessians_agree_with_scipy(seed: int) -> None:
    """Eigenvalues, critical point and kind of random quadratics in two variables."""
    source = random.Random(seed)
    a, b, c, p, q = (drawn(source) for _ in range(5))
    matrix = np.array([[2 * a, b], [b, 2 * c]])
    formula = f"({a})*x^2 + ({b})*x*y + ({c})*y^2 + ({p})*x + ({q})*y"
    trace = calculate("hessian_classification", f=formula)
    low, high = scipy.linalg.eigh(matrix, eigvals_only=True)
    close(trace, "lambda_1", high)
    close(trace, "lambda_2", low)
    close(trace, "x_star", -np.linalg.solve(matrix, [p, q]))
    close(trace, "condition", np.linalg.cond(matrix))
    assert number(trace["kind"].value) == (1 if low > 0 else -1 if high < 0 else 0)


@pytest.mark.parametrize(
    ("f", "given"),
    [("x^3", {}), ("x^2", {}), ("x^2 + y", {"x_0": 1, "y_0": 1, "z_0": 2}), ("floor(x)", {"x_0": 1}), ("x^2 - y^2*x", {})],
)
def test_newton_refuses_what_it_cannot_do(f: str, given: dict[str, Any]) -> None:
    """No point, a stray name, no derivative: a sentence."""
    with pytest.raises(ExamToolError):
        calculate("newton_step", f=f, **given)


CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("updates_per_epoch", {"N": 60000, "B": 64, "epochs": 5}, {"per_epoch": 938, "total": 4690}),
    ("updates_per_epoch", {"N": 60000, "B": 64, "epochs": 5, "remainder": "floor"}, {"per_epoch": 937, "total": 4685}),
    ("minibatch_update", {"w": 1, "g": [2, 4], "eta": 0.5}, {"g_bar": 3, "w_new": -0.5}),
    ("minibatch_update", {"w": 1, "g": [2, 4], "eta": 0.5, "B": 1}, {"w_1": 0, "w_2": -2}),
    ("minibatch_update", {"w": 1, "g": [2, 4, 5], "eta": 0.5, "B": 2, "reduction": "sum"}, {"g_bar_1": 6, "w_1": -2, "w_2": -4.5}),
    ("minibatch_update", {"w": [1, 0], "g": [[2, 4], [4, 8]], "eta": 0.5}, {"g_bar": [3, 6], "w_new": [-0.5, -3]}),
    ("exponential_moving_average", {"g": [2, 4, 1], "beta": 0.9}, {"weight_sum": 10}),
    ("exponential_moving_average", {"g": [4, 8], "beta": 0.5, "bias_correction": "yes"}, {"m_hat_1": 4, "m_2": 5, "m_hat_2": 20 / 3}),
    ("adagrad", {"x_0": 1, "g": [3, 4], "eta": 1}, {"v_2": 25, "rate_2": 0.2, "x_2": -0.8}),
    ("adam", {"x_0": 1, "g": [2], "eta": 0.1}, {"m_1": 0.2, "v_1": 0.004, "m_hat_1": 2, "v_hat_1": 4, "x_1": 0.9}),
    ("adamw", {"x": 2, "g": 3, "eta": 0.1, "lam": 0.5}, {"shrunk": 1.9, "x_new": 1.8}),
    ("adamw", {"x": 2, "m_hat": 3, "v_hat": 9, "eta": 0.1, "lam": 0.5}, {"x_new": 1.8}),
    ("adamw", {"x": 2, "g": 3, "eta": 0.1, "lam": 0.5, "decay": "coupled"}, {"m_hat": 4, "x_new": 1.9}),
    ("delta_bar_delta", {"g": [2, 1, -1, 0, 3], "eta": 1, "u": 2, "d": 0.5}, {"eta_2": 2, "eta_3": 1, "eta_4": 1, "eta_5": 1}),
    ("delta_bar_delta", {"g": [2, 1], "eta": 1, "u": 0.25, "d": 0.5, "increase": "additive"}, {"eta_2": 1.25}),
    ("xavier_init", {"m": 100, "n": 50}, {"variance": 2 / 150, "bound": 0.2}),
    ("he_init", {"m": 50}, {"variance": 0.04, "std": 0.2, "bound": 0.12**0.5}),
    ("he_init", {"m": 48, "scheme": "lecun"}, {"variance": 1 / 48, "bound": 0.25}),
    ("gradient_clipping", {"g": [3, -4], "theta": 2}, {"length": 5, "clipped": [1.2, -1.6]}),
    ("gradient_clipping", {"g": [3, -4], "theta": 10}, {"scale": 1, "clipped": [3, -4]}),
    ("gradient_clipping", {"g": [3, -4], "theta": 2, "kind": "value"}, {"clipped": [2, -2]}),
]


@pytest.mark.parametrize(("name", "given", "expected"), CASES)
def test_small_cases(name: str, given: dict[str, Any], expected: dict[str, Any]) -> None:
    """Cases small enough to work by hand, and the golden figures of the course."""
    trace = calculate(name, **given)
    for step, value in expected.items():
        close(trace, step, np.array(value) if isinstance(value, list) else value)


def test_a_function_needs_its_starting_point() -> None:
    """The missing start is named."""
    with pytest.raises(CalculatorError, match="y_0"):
        calculate("gradient_descent_step", f="x^2 + y", x_0=1, eta=1)


def test_coefficients_are_inputs_when_the_variables_are_listed() -> None:
    """The same function with its coefficients as numbers or as names."""
    written = calculate("newton_step", f="2*x^2 + 3*x*y + y^2", x_0=1, y_0=2)
    named = calculate("newton_step", f="a*x^2 + b*x*y + y^2", variables="x, y", a=2, b=3, x_0=1, y_0=2)
    assert written["p_1"].value == named["p_1"].value
    with pytest.raises(CalculatorError):
        calculate("newton_step", f="a*x^2", variables="z", a=1, x_0=1)
