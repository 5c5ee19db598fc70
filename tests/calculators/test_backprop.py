"""Backprop by hand against autograd, on random networks of every kind, and the worked examples of textbooks and courses."""

from __future__ import annotations

import random
from typing import Any

import autograd.numpy as np
import pytest
from autograd import grad

from exam_tool.calculators import CalculatorError, calculate
from exam_tool.domain import DomainError

from .oracle import close, drawn, number

HIDDEN = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "identity": lambda z: z,
}
LOSSES = {
    "half_squared": lambda p, y, units: np.sum((p - y) ** 2) / 2,
    "squared": lambda p, y, units: np.sum((p - y) ** 2),
    "mean_squared": lambda p, y, units: np.sum((p - y) ** 2) / units,
    "half_mean_squared": lambda p, y, units: np.sum((p - y) ** 2) / units / 2,
    "binary_cross_entropy": lambda p, y, units: -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)),
    "cross_entropy": lambda p, y, units: -np.sum(y * np.log(p)),
}


def softmax(z: Any) -> Any:
    powers = np.exp(z)
    return powers / np.sum(powers, axis=-1, keepdims=True)


def forward(x: Any, parameters: list[Any], hidden: str, output: str, lie: str) -> Any:
    """An ordinary network on samples as rows; ``parameters`` alternate weights and biases."""
    a = x
    layers = list(zip(parameters[::2], parameters[1::2], strict=True))
    for k, (weight, bias) in enumerate(layers, 1):
        z = a @ (weight if lie == "rows" else weight.T) + bias
        act = output if k == len(layers) else hidden
        a = softmax(z) if act == "softmax" else HIDDEN[act](z)
    return a


def penalty(parameters: list[Any], kinds: list[str], lam: float, half: bool, biases: bool) -> Any:
    total = 0.0
    for k, kind in enumerate(kinds):
        for part in parameters[2 * k : 2 * k + 2] if biases else parameters[2 * k : 2 * k + 1]:
            if kind == "L1":
                total = total + lam * np.sum(np.abs(part))
            if kind == "L2":
                total = total + lam * np.sum(part**2) / (2 if half else 1)
    return total


@pytest.mark.parametrize("seed", range(300))
def test_matrix_backprop_agrees_with_autograd(seed: int) -> None:
    """Every gradient and updated parameter of a random network, in every combination of options, for one to three steps."""
    random_ = random.Random(seed)
    depth = random_.randint(1, 3)
    sizes = [random_.randint(1, 3) for _ in range(depth + 1)]
    lie = random_.choice(["rows", "columns"])
    batch = random_.choice([None, 1, 2, 3])
    hidden = random_.choice(list(HIDDEN))
    loss = random_.choice(list(LOSSES))
    output = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}.get(loss) or random_.choice(
        ["identity", "sigmoid", "tanh", "relu"] + ["softmax"] * (batch is None)
    )
    biased, reduction = random_.random() < 0.6, random_.choice(["mean", "sum"])
    kinds = [random_.choice(["none", "L1", "L2"]) for _ in range(depth)]
    half, penalised = random_.random() < 0.5, random_.random() < 0.5
    eta, lam, steps = 0.1, 0.3, random_.randint(1, 3)

    x = drawn(random_, batch or 1, sizes[0])
    y = drawn(random_, batch or 1, sizes[-1])
    if loss == "binary_cross_entropy":
        y = (y > 0) * 1.0
    if loss == "cross_entropy":
        y = np.eye(sizes[-1])[[random_.randrange(sizes[-1]) for _ in range(batch or 1)]]
    parameters: list[Any] = []
    values: dict[str, Any] = {}
    for k in range(1, depth + 1):
        shape = (sizes[k - 1], sizes[k]) if lie == "rows" else (sizes[k], sizes[k - 1])
        values[f"W_{k}"] = drawn(random_, *shape)
        parameters.append(values[f"W_{k}"])
        if biased:
            values[f"b_{k}"] = drawn(random_, sizes[k])
        parameters.append(values.get(f"b_{k}", np.zeros(sizes[k])))
    arranged = (lambda a: a[0]) if batch is None else (lambda a: a) if lie == "rows" else (lambda a: a.T)
    options: dict[str, Any] = {f"reg_W_{k}": kind for k, kind in enumerate(kinds, 1)}
    if depth > 1:
        options["hidden"] = hidden
    if loss not in ("binary_cross_entropy", "cross_entropy"):
        options["output"] = output
    if set(kinds) != {"none"}:
        values["lam"] = lam
        if biased:
            options["bias_penalised"] = penalised
    if "L2" in kinds:
        options["l2_half"] = "half" if half else "full"
    if batch:
        options["reduction"] = reduction
    orientation = "row" if lie == "rows" else "column"
    trace = calculate(
        "mlp_backprop_matrix", x=arranged(x), y=arranged(y), eta=eta, loss=loss, orientation=orientation, iterations=steps,
        **values, **options,
    )  # fmt: skip

    shared = batch if batch and reduction == "mean" else 1
    for step in range(1, steps + 1):
        suffix = f"_t{step}" if step > 1 else ""

        def data(p: list[Any]) -> Any:
            return LOSSES[loss](forward(x, p, hidden, output, lie), y, sizes[-1]) / shared

        close(trace, "y_hat" + suffix, arranged(forward(x, parameters, hidden, output, lie)))
        close(trace, "L" + suffix, data(parameters))
        gradients = grad(lambda p: data(p))(parameters)
        full = grad(lambda p: data(p) + penalty(p, kinds, lam, half, penalised))(parameters)
        for k in range(1, depth + 1):
            for letter, at in (("W", 2 * k - 2), ("b", 2 * k - 1))[: 1 + biased]:
                close(trace, f"dL_d{letter}_{k}{suffix}", gradients[at])
                close(trace, f"{letter}_{k}_new{suffix}", parameters[at] - eta * full[at])
        parameters = [
            p - eta * g if biased or at % 2 == 0 else p for at, (p, g) in enumerate(zip(parameters, full, strict=True))
        ]


@pytest.mark.parametrize("seed", range(200))
def test_scalar_chain_agrees_with_autograd(seed: int) -> None:
    """Forward values, the gradient of every weight and bias, and the updates of a chain of one to five scalar layers."""
    random_ = random.Random(seed)
    depth = random_.randint(1, 5)
    activation = random_.choice(list(HIDDEN))
    output = random_.choice([activation, "identity"])
    loss = random_.choice(["half_squared", "squared"])
    kind = random_.choice(["none", "L1", "L2"])
    biased = random_.random() < 0.5
    weights, biases = drawn(random_, depth), drawn(random_, depth) if biased else np.zeros(depth)
    x, y, lam, eta = drawn(random_), drawn(random_), 0.2, 0.25
    values = {f"w_{k}": weights[k - 1] for k in range(1, depth + 1)}
    if biased:
        values |= {f"b_{k}": biases[k - 1] for k in range(1, depth + 1)}
    if kind != "none":
        values["lam"] = lam
    trace = calculate("scalar_chain_backprop", x=x, y=y, eta=eta, activation=activation, output=output, loss=loss, reg=kind, **values)

    def data(w: Any, b: Any) -> Any:
        h = x
        for k in range(depth):
            h = HIDDEN[output if k == depth - 1 else activation](w[k] * h + b[k])
        return LOSSES[loss](h, y, 1)

    close(trace, "L", data(weights, biases))
    by_weight, by_bias = grad(data, 0)(weights, biases), grad(data, 1)(weights, biases)
    for k in range(depth):
        pull = {"none": 0, "L1": lam * np.sign(weights[k]), "L2": lam * weights[k]}[kind]
        close(trace, f"dL_dw_{k + 1}", by_weight[k])
        close(trace, f"w_{k + 1}_new", weights[k] - eta * (by_weight[k] + pull))
        if biased:
            close(trace, f"dL_db_{k + 1}", by_bias[k])


@pytest.mark.parametrize("seed", range(200))
def test_fans_and_dot_products_agree_with_autograd(seed: int) -> None:
    """A scalar input fanned out to several units and joined again, alone and in a batch of rows or columns."""
    random_ = random.Random(seed)
    width, middle = random_.randint(2, 3), random_.randint(1, 3)
    batch = random_.choice([None, 2, 3])
    lie = random_.choice(["rows", "columns"])
    hidden, biased = random_.choice(list(HIDDEN)), random_.random() < 0.5
    x, y = drawn(random_, batch or 1, width), drawn(random_, batch or 1)
    weights = [drawn(random_, width), drawn(random_), drawn(random_, middle), drawn(random_, middle)]
    biases = [drawn(random_), drawn(random_), drawn(random_, middle), drawn(random_)] if biased else [0.0] * 4

    def data(p: list[Any]) -> Any:
        (u, v, fan, join), (b1, b2, b3, b4) = p[:4], p[4:]
        first = HIDDEN[hidden](x @ u + b1)
        second = HIDDEN[hidden](v * first + b2)
        third = HIDDEN[hidden](np.outer(second, fan) + b3)
        return np.sum((third @ join + b4 - y) ** 2) / 2

    given = {f"w{k}": weight for k, weight in enumerate(weights, 1)}
    if biased:
        given |= {f"b{k}": bias for k, bias in enumerate(biases, 1)}
    shown = {None: lambda a: a[0], "rows": lambda a: a, "columns": lambda a: a.T}[lie if batch else None]
    more = {"reduction": "sum"} if batch else {}
    orientation = "row" if lie == "rows" else "column"
    trace = calculate("mlp_backprop_l1_l2", x=shown(x), y=shown(y), hidden=hidden, orientation=orientation, **given, **more)
    close(trace, "L", data([*weights, *biases]))
    gradients = grad(data)([*weights, *biases])
    for k in range(4):
        close(trace, f"grad_w{k + 1}", gradients[k])
        if biased:
            close(trace, f"grad_b{k + 1}", gradients[4 + k])


GOLDEN = {
    "z1": 0.5, "a1": 0.622459331202, "y_hat": -0.248983732481, "delta_out": -0.248983732481, "grad_w2": -0.1549822476,
    "sigma_prime": 0.235003712202, "grad_w1": 0.0234048405643, "w2_new_L2": -0.38050177524, "w1_total_grad": 0.123404840564,
    "w1_new_L1": 0.487659515944,
}  # fmt: skip


def test_two_layers_golden() -> None:
    """The two-layer sigmoid network with L2 on one weight and L1 on the other, as the course prints it."""
    trace = calculate(
        "mlp_backprop_l1_l2", x=1.0, y=0.0, w1=0.5, w2=-0.4, eta=0.1, lam=0.1,
        loss="1/2 squared error", hidden="sigmoid", reg_w2="L2", reg_w1="L1",
    )  # fmt: skip
    for name, expected in GOLDEN.items():
        assert number(trace[name].value) == pytest.approx(expected, abs=1e-11), name


def test_relu_has_slope_zero_at_zero() -> None:
    """A unit exactly on the kink passes no gradient."""
    trace = calculate("mlp_backprop_l1_l2", x=1, y=0, w1=1, w2=2, b1=-1, b2=1, hidden="relu")
    assert trace["sigma_prime"].value == 0
    assert trace["grad_w1"].value == 0


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"x": [1, 2], "y": [1], "W_1": [[1, 2, 3]]}, DomainError),  # weight too wide
        ({"x": [1, 2], "y": [1, 2], "W_1": [[1, 2]]}, DomainError),  # target too long
        ({"x": [1, 2], "y": [1], "W_1": 3}, CalculatorError),  # number on a vector
        ({"x": [1, 2], "y": [1], "W_1": [[1, 2]], "loss": "hinge"}, CalculatorError),
        ({"x": 1, "y": 1, "W_1": 1, "loss": "cross_entropy"}, CalculatorError),  # softmax of one number
        ({"x": 1, "y": 1, "W_1": 1, "reg": "L1"}, CalculatorError),  # no strength
        ({"x": 1, "y": 1, "W_1": 1, "reg": "L1", "lam": -1}, DomainError),
        ({"x": 1, "y": 1, "W_1": 1, "eta": 1, "iterations": 0}, DomainError),
    ],
)
def test_what_does_not_fit_is_refused(values: dict[str, Any], error: type[Exception]) -> None:
    """Sizes, options and strengths that make no sense end in a sentence, not in a number."""
    with pytest.raises(error):
        calculate("mlp_backprop_matrix", **values)


MISTAKES: list[tuple[dict[str, Any], str, str, float]] = [
    # givens and options, step, mistake, the number it gives, worked by hand
    ({"x": 1, "y": 1, "w1": 0, "loss": "binary_cross_entropy"}, "delta_out", "extra_slope", -0.125),
    ({"x": 1, "y": 1, "w1": 0, "loss": "binary_cross_entropy"}, "delta_out", "error_sign", 0.5),
    ({"x": 2, "y": 1, "w1": 3}, "delta_out", "two_factor", 10),
    ({"x": 2, "y": 1, "w1": 3, "loss": "squared"}, "delta_out", "factor_lost", 5),
    ({"x": 2, "y": 1, "w1": 3, "loss": "squared"}, "delta_out", "error_sign", -10),
    ({"x": 2, "y": 1, "w1": 0, "w2": 4}, "sigma_prime", "forgot_one_minus_a", 0.5),
    ({"x": 2, "y": 1, "w1": 1, "w2": 4}, "sigma_prime", "slope_of_z", -2),
    ({"x": 2, "y": 1, "w1": 0, "w2": 4}, "sigma_prime", "slope_sign", -0.25),
    ({"x": 2, "y": 1, "w1": 0, "w2": 4}, "dL_da1", "missing_w2", 1),
    ({"x": 2, "y": 1, "w1": 0, "w2": 4, "eta": 1}, "dL_da1", "used_new_w2", 3.5),  # 4 - 1 * 1 * 1/2
    ({"x": 2, "y": 1, "w1": 0, "w2": 4, "eta": 1, "reg_w2": "L2", "lam": "1/2"}, "dL_da1", "used_new_w2", 1.5),
    ({"x": 2, "y": 1, "w1": -3, "reg": "L1", "lam": "1/2"}, "w1_reg_grad", "dropped_sign", 0.5),
    ({"x": 2, "y": 1, "w1": -3, "reg": "L1", "lam": "1/2"}, "w1_reg_grad", "abs", 1.5),
    ({"x": 2, "y": 1, "w1": -3, "reg": "L1", "lam": "1/2"}, "w1_reg_grad", "l1_as_l2", -1.5),
    ({"x": 2, "y": 1, "w1": -3, "reg": "L2", "lam": "1/2"}, "w1_reg_grad", "l2_as_l1", -0.5),
    ({"x": 2, "y": 1, "w1": -3, "reg": "L2", "lam": "1/2"}, "w1_total_grad", "penalty_subtracted", -12.5),
    ({"x": 2, "y": 1, "w1": -3, "reg": "L2", "lam": "1/2", "eta": "1/2"}, "w1_new_L2", "l2_decay_missing_eta", 5.5),
    ({"x": 2, "y": 1, "w1": -3, "eta": "1/2"}, "w1_new", "ascent", -10),
]


@pytest.mark.parametrize(("values", "step", "mistake", "expected"), MISTAKES)
def test_known_mistakes_give_these_numbers(values: dict[str, Any], step: str, mistake: str, expected: float) -> None:
    """The wrong number of each mistake, so that no formula of a mistake is itself mistaken."""
    trace = calculate("mlp_backprop_l1_l2", **values)
    (found,) = [m for m in trace.plan.by_name[step].mistakes if m.id == mistake]
    assert number(found.calculate(trace.values)) == pytest.approx(expected)


def test_squared_error_behind_a_softmax_needs_the_whole_jacobian() -> None:
    """With p = (1/2, 1/2) and e = (-1/2, 1/2) the delta is (-1/4, 1/4); the diagonal alone gives half of it."""
    trace = calculate("mlp_backprop_matrix", x=[1], y=[1, 0], W_1=[[0], [0]], output="softmax")
    assert list(number(trace["delta_1"].value)) == [-0.25, 0.25]
    (diagonal,) = [m for m in trace.plan.by_name["delta_1"].mistakes if m.id == "diagonal_only"]
    assert list(number(diagonal.calculate(trace.values))) == [-0.125, 0.125]


def test_matrix_mistakes() -> None:
    """The transposed weight, the single path and the reversed outer product on a 2-2-2 network."""
    given = {"x": [1, 2], "y": [0, 0], "W_1": [[1, 1], [-2, 2]], "W_2": [[2, -1], [-1, 3]], "hidden": "relu"}
    trace = calculate("mlp_backprop_matrix", **given)
    assert list(number(trace["delta_2"].value)) == [4, 3]
    wrong = {m.id: number(m.calculate(trace.values)).tolist() for step in trace.plan.steps for m in step.mistakes}
    assert wrong["no_transpose"] == [5, 5]  # W_2 (4, 3)
    assert wrong["one_path"] == [8, -4]  # 4 * (2, -1)
    assert wrong["no_hadamard"] == [5, 5]
    assert wrong["outer_reversed"] == [[5, 5], [10, 10]]
