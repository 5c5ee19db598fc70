"""Gradients of any formula against autograd, its sizes, its known mistakes, and what it refuses."""

from __future__ import annotations

import random
from typing import Any

import autograd.numpy as np
import pytest
from autograd import grad

from exam_tool.calculators import CalculatorError, calculate
from exam_tool.expressions.reader import read
from exam_tool.language import ExamToolError

from .graphs import Formulas, value
from .oracle import close, drawn, number


def _softmax(z: Any) -> Any:
    powers = np.exp(z)
    return powers / np.sum(powers, axis=-1, keepdims=True)


def _reduced(function: Any) -> Any:
    return lambda a, axis=None: function(a) if axis is None else function(a, axis=int(axis) - 1)


def _extreme(of_all: Any, of_two: Any) -> Any:
    return lambda a, b=None: of_all(a) if b is None else of_two(a, b)


FUNCTIONS: dict[str, Any] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b, "^": lambda a, b: a**b,
    "@": np.dot, "dot": np.dot, "hadamard": lambda a, b: a * b, "outer": np.outer, "transpose": np.transpose, "softmax": _softmax,
    "sum": _reduced(np.sum), "mean": _reduced(np.mean), "max": _extreme(np.max, np.maximum), "min": _extreme(np.min, np.minimum),
    "norm": lambda a, order=2: np.sum(np.abs(a)) if order == 1 else np.sqrt(np.sum(a * a)),
    "relu": lambda a: np.where(a > 0, a, 0.0), "sigmoid": lambda a: 1 / (1 + np.exp(-a)), "tanh": np.tanh, "exp": np.exp, "ln": np.log,
    "sqrt": np.sqrt, "abs": np.abs, "sin": np.sin, "cos": np.cos,
}  # fmt: skip


@pytest.mark.parametrize("block", range(20))
def test_gradients_of_random_formulas_agree_with_autograd(block: int) -> None:
    """Four hundred random formulas on random tenths: the value and the gradient at every input."""
    for seed in range(20 * block, 20 * block + 20):
        source = random.Random(seed)
        made = Formulas(source)
        formula = made.make((), source.choice([1, 2, 3]))
        given = {name: drawn(source, *size) for name, size in made.inputs.items()}
        trace = calculate("computation_graph", f=formula, **given)
        result = trace.plan.steps[len(trace.plan.steps) - 1]
        assert result.name.startswith("df_d")
        names = list(given)
        tree = read(formula)

        def f(*arguments: Any, tree: Any = tree, names: list[str] = names) -> Any:
            return value(tree, dict(zip(names, arguments, strict=True)), FUNCTIONS)

        arguments = [np.array(given[name]) for name in names]
        assert np.allclose(number(trace["f"].value), f(*arguments)), formula
        for i, name in enumerate(names):
            expected = grad(f, i)(*arguments)
            assert np.allclose(number(trace[f"df_d{name}"].value), expected, atol=1e-9), (seed, formula, name)


def test_a_hidden_layer_with_cross_entropy_agrees_with_autograd() -> None:
    """Named nodes, a class picked by its index, a penalty: the gradients of a whole network."""
    source = random.Random(5)
    given = {"W": drawn(source, 3, 2), "x": drawn(source, 2), "b": drawn(source, 3), "V": drawn(source, 2, 3), "lam": 0.1}
    trace = calculate("computation_graph", f="z = W @ x + b; a = tanh(z); p = softmax(V @ a); L = -ln(p[2]) + lam/2*sum(W^2)", **given)

    def loss(W: Any, V: Any) -> Any:
        p = _softmax(np.dot(V, np.tanh(np.dot(W, given["x"]) + given["b"])))
        return -np.log(p[1]) + given["lam"] / 2 * np.sum(W**2)

    close(trace, "dL_dW", grad(loss, 0)(given["W"], given["V"]))
    close(trace, "dL_dV", grad(loss, 1)(given["W"], given["V"]))
    assert {"z", "a", "p", "L", "dL_dz", "dL_da", "dL_dp", "dL_dlam"} <= set(trace.plan.by_name)


def test_a_part_written_twice_is_computed_once_and_its_paths_are_added() -> None:
    """``x*y`` occurs twice: one node, two contributions, one sum."""
    trace = calculate("computation_graph", f="(x*y)^2 + 3*(x*y)", x=2, y=5)
    products = [step for step in trace.plan.steps if step.name == "q_1"]
    assert len(products) == 1
    assert [number(trace[name].value) for name in ("c_q_1_1", "c_q_1_2", "df_dq_1", "df_dx")] == [20, 3, 23, 115]


@pytest.mark.parametrize(
    ("formula", "given", "name", "expected"),
    [
        ("sum(relu(x))", {"x": [0, 1]}, "x", [0, 1]),
        ("max(x)", {"x": [2, 5, 5]}, "x", [0, 1, 0]),
        ("min(A)", {"A": [[3, 1], [1, 1]]}, "A", [[0, 1], [0, 0]]),
        ("max(a, b)", {"a": 4, "b": 4}, "b", 0),
        ("max(a, b)", {"a": 4, "b": 4}, "a", 1),
    ],
)
def test_ties_go_to_the_first(formula: str, given: dict[str, Any], name: str, expected: Any) -> None:
    """ReLU has the slope 0 at 0; equal entries of max and min give the gradient to the first."""
    assert np.array_equal(number(calculate("computation_graph", f=formula, **given)[f"df_d{name}"].value), expected)


@pytest.mark.parametrize(
    ("formula", "given"),
    [
        ("W @ x", {"W": [[1, 2], [3, 4]], "x": [1, 1]}),  # no single number
        ("sum(W @ x)", {"W": [[1, 2]], "x": [1, 1, 1]}),
        ("sum(x + y)", {"x": [1, 2], "y": [1, 2, 3]}),
        ("x", {"x": 1}),
        ("2 + 3", {}),
        ("", {}),
        ("floor(x)", {"x": 1}),
        ("x > 0", {"x": 1}),
        ("z = x + 1; z = 2*x", {"x": 1}),
        ("x[3]", {"x": [1, 2]}),
        ("z = x^2; y^2", {"x": 1, "y": 2}),
        ("sum(T)", {"T": [[[1]]]}),
        ("softmax(x)*1", {"x": 1}),
        ("x +", {"x": 1}),
        ("ln(x)", {"x": -1}),
    ],
)
def test_what_has_no_gradient_is_refused_with_a_sentence(formula: str, given: dict[str, Any]) -> None:
    """Sizes that do not fit, results that are no number, operations it does not know: each a sentence in both languages."""
    with pytest.raises(ExamToolError) as caught:
        calculate("computation_graph", f=formula, **given)
    assert caught.value.message.en
    assert caught.value.message.zh


def test_names_of_inputs_never_collide_with_steps() -> None:
    """Inputs may be called like the nodes and gradients the calculator would make."""
    trace = calculate("computation_graph", f="q_1*L^2 + df_dq_1", q_1=3, L=2, df_dq_1=1)
    assert number(trace["df_dL"].value) == 12


def test_missing_inputs_are_named() -> None:
    """An input the formula uses must be given."""
    with pytest.raises(CalculatorError, match="computation_graph needs b"):
        calculate("computation_graph", f="a*b", a=1)


@pytest.mark.parametrize("seed", range(60))
def test_mistakes_of_random_formulas_keep_the_size(seed: int) -> None:
    """A wrong gradient has the size of the right one, so that it can be written in its place."""
    source = random.Random(1000 + seed)
    made = Formulas(source)
    formula = made.make((), 2)
    trace = calculate("computation_graph", f=formula, **{name: drawn(source, *size) for name, size in made.inputs.items()})
    for step in trace.plan.steps:
        for mistake in step.mistakes:
            wrong = trace.mistaken(step, mistake)[step.name]
            assert np.shape(number(wrong)) == np.shape(number(trace[step.name].value)), (formula, step.name, mistake.id)
