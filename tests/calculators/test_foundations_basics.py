"""Arrays, activations, losses and data preparation against worked figures, numpy, scipy and autograd."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from scipy import special, stats

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

from .near import agree, numbers

TRIES = 200

GOLDEN: list[tuple[str, dict[str, Any], dict[str, Any], float]] = [
    ("tensor_shape", {"kind": "RGB image", "H": 32, "W": 32, "C": 3}, {"shape": [32, 32, 3]}, 0),
    ("tensor_shape", {"kind": "token sequence", "n": 4, "d_m": 128}, {"shape": [4, 128]}, 0),
    ("dot_product", {"a": [1, 2, 3], "b": [4, 5, 6]}, {"dot": 32}, 0),
    ("hadamard_product", {"a": [1, 2, 3], "b": [4, 5, 6]}, {"product": [4, 10, 18]}, 0),
    ("hadamard_product", {"A": [[1, 2], [3, 4]], "B": [[5, 6], [7, 8]]}, {"product": [[5, 12], [21, 32]]}, 0),
    ("matrix_product", {"A": [[1, 2], [3, 4]], "B": [[5, 6], [7, 8]]}, {"product": [[19, 22], [43, 50]]}, 0),
    ("relu", {"x": -2}, {"value": 0}, 0),
    ("relu", {"x": 3}, {"value": 3}, 0),
    ("relu", {"x": [-2, 0, 3]}, {"value": [0, 0, 3], "derivative": [0, 0, 1]}, 0),
    ("sigmoid", {"x": 0}, {"max_derivative": 0.25, "derivative": 0.25}, 0),
    ("sigmoid", {"x": 0.5}, {"value": 0.622459331202, "derivative": 0.235003712202}, 1e-12),
    ("binary_cross_entropy", {"y": 1, "p": 0.9}, {"loss": 0.105360515658}, 1e-12),
    ("binary_cross_entropy", {"y": 1, "p": 0.6}, {"loss": 0.510825623766}, 1e-12),
]


@pytest.mark.parametrize(("row", "givens", "outputs", "tolerance"), GOLDEN)
def test_worked_figures(row: str, givens: dict[str, Any], outputs: dict[str, Any], tolerance: float) -> None:
    """Published figures come out to their printed digits."""
    trace = calculate(row, **givens)
    for name, expected in outputs.items():
        assert np.max(np.abs(np.asarray(numbers(trace[name].value)) - np.asarray(expected))) <= tolerance, name


def hundredths(draw: random.Random, *sizes: int, low: int = -300, high: int = 300) -> Any:
    """Decimals with two places, never 0, as nested lists (a number for no sizes)."""
    found = np.array([draw.randint(low, high) or 50 for _ in range(int(np.prod(sizes, dtype=int)))]) / 100
    return found.reshape(sizes).tolist()


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda x: anp.maximum(x, 0),
    "leaky_relu": lambda x: anp.where(x > 0, x, 0.1 * x),
    "sigmoid": lambda x: 1 / (1 + anp.exp(-x)),
    "tanh": anp.tanh,
    "softplus": lambda x: anp.log(1 + anp.exp(x)),
}


@pytest.mark.parametrize("row", ACTIVATIONS)
def test_activations_against_autograd(row: str) -> None:
    """Values and derivatives agree with automatic differentiation, on numbers, vectors and matrices."""
    draw = random.Random(row)
    more = {"alpha": "0.1"} if row == "leaky_relu" else {}
    for _ in range(60):
        x = hundredths(draw, *draw.choice([(), (3,), (2, 2)]))
        found = calculate(row, x=x, **more)
        assert agree(found["value"].value, ACTIVATIONS[row](np.array(x)))
        slopes = np.vectorize(grad(ACTIVATIONS[row]))(np.array(x, dtype=float))
        assert agree(found["derivative"].value, slopes)


def test_gelu_against_scipy() -> None:
    """The exact form is x times scipy's normal distribution function; the approximation stays within 0.0005 of it."""
    draw = random.Random(1)
    for _ in range(60):
        x = hundredths(draw)
        exact = calculate("gelu", x=x)
        assert agree(exact["value"].value, x * stats.norm.cdf(x))
        assert agree(exact["derivative"].value, stats.norm.cdf(x) + x * stats.norm.pdf(x))
        near = calculate("gelu", x=x, form="tanh approximation")
        assert abs(numbers(near["value"].value) - numbers(exact["value"].value)) < 5e-4
        h = 1e-5
        inner = [0.5 * t * (1 + np.tanh(np.sqrt(2 / np.pi) * (t + 0.044715 * t**3))) for t in (x - h, x + h)]
        assert agree(near["derivative"].value, (inner[1] - inner[0]) / (2 * h), 1e-6)


def test_arrays_against_numpy() -> None:
    """Products, norms and cosines agree with numpy."""
    draw = random.Random(2)
    for _ in range(TRIES):
        m, k, n = (draw.randint(1, 4) for _ in range(3))
        A, B = hundredths(draw, m, k), hundredths(draw, k, n)
        assert agree(calculate("matrix_product", A=A, B=B)["product"].value, np.array(A) @ np.array(B))
        a, b = hundredths(draw, k), hundredths(draw, k)
        assert agree(calculate("dot_product", a=a, b=b)["dot"].value, np.dot(a, b))
        norms = calculate("vector_norms", w=a)
        assert agree(norms["l1"].value, np.linalg.norm(a, 1))
        assert agree(norms["l2"].value, np.linalg.norm(a))
        assert agree(calculate("vector_norms", w=A)["frobenius_norm"].value, np.linalg.norm(A) ** 2)
        assert agree(calculate("vector_norms", w=A, frobenius="norm")["frobenius_norm"].value, np.linalg.norm(A))
        cosine = np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b)
        assert agree(calculate("cosine_similarity", u=a, v=b)["cos"].value, cosine)
        items = hundredths(draw, 3, k)
        cosines = np.array(items) @ a / np.linalg.norm(a) / np.linalg.norm(items, axis=1)
        found = calculate("cosine_similarity", u=a, items=items)
        assert agree(found["cos"].value, cosines)
        assert np.isclose(cosines[int(numbers(found["nearest"].value)) - 1], cosines.max())


def test_threshold_units_make_logic() -> None:
    """One unit computes AND with threshold 2 and OR with threshold 1, over all inputs at once."""
    table = [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert numbers(calculate("threshold_unit", x=table, w=[1, 1], T=2)["y"].value) == [0, 0, 0, 1]
    assert numbers(calculate("threshold_unit", x=table, w=[1, 1], T=1)["y"].value) == [0, 1, 1, 1]
    assert numbers(calculate("threshold_unit", x=table, w=[1, 1], T=1, boundary=">")["y"].value) == [0, 0, 0, 1]


def test_binary_cross_entropy_against_autograd() -> None:
    """From probabilities or logits, mean or sum: loss and gradients agree with automatic differentiation."""
    draw = random.Random(3)
    for _ in range(TRIES):
        n, reduction = draw.randint(1, 5), draw.choice(["mean", "sum"])
        y = np.array([draw.randint(0, 1) for _ in range(n)])
        scale = n if reduction == "mean" else 1
        p = hundredths(draw, n, low=1, high=99)

        def loss(p: Any, y: Any = y, scale: int = scale) -> Any:
            return -anp.sum(y * anp.log(p) + (1 - y) * anp.log(1 - p)) / scale

        found = calculate("binary_cross_entropy", y=y.tolist(), p=p, reduction=reduction)
        assert agree(found["loss"].value, loss(np.array(p)))
        assert agree(found["dL_dp"].value, grad(loss)(np.array(p)))
        z = hundredths(draw, n)
        found = calculate("binary_cross_entropy", y=y.tolist(), z=z, reduction=reduction)
        assert agree(found["dL_dz"].value, grad(lambda z, loss=loss: loss(1 / (1 + anp.exp(-z))))(np.array(z)))


def distributions(draw: random.Random, rows: int, classes: int, *, zeros: bool = False) -> list[list[str]]:
    parts = [[draw.randint(0 if zeros else 1, 9) for _ in range(classes - 1)] + [draw.randint(1, 9)] for _ in range(rows)]
    return [[f"{part}/{sum(row)}" for part in row] for row in parts]


def floats(rows: list[list[str]]) -> Any:
    return np.array([[int(x.split("/")[0]) / int(x.split("/")[1]) for x in row] for row in rows])


def test_cross_entropy_against_autograd() -> None:
    """One-hot rows, class indices and soft labels; losses and gradients agree with automatic differentiation."""
    draw = random.Random(4)
    for _ in range(TRIES):
        n, classes, reduction = draw.randint(1, 4), draw.randint(2, 5), draw.choice(["mean", "sum"])
        P, labels = distributions(draw, n, classes), [draw.randint(1, classes) for _ in range(n)]
        soft = distributions(draw, n, classes, zeros=True)
        scale = n if reduction == "mean" else 1

        def loss(P: Any, Y: Any, scale: int = scale) -> Any:
            return -anp.sum(Y * anp.log(P)) / scale

        hot = np.eye(classes)[np.array(labels) - 1]
        for givens, Y in (
            ({"Y": hot.astype(int).tolist()}, hot),
            ({"labels": labels}, hot),
            ({"Y": soft, "target": "soft distribution"}, floats(soft)),
        ):
            found = calculate("cross_entropy", P=P, reduction=reduction, **givens)
            assert agree(found["loss"].value, loss(floats(P), Y))
            assert agree(found["dL_dP"].value, grad(loss)(floats(P), Y))


def test_divergence_against_scipy() -> None:
    """Entropy and divergence agree with scipy.stats.entropy, to base e or 2, with zeros in p."""
    draw = random.Random(5)
    for _ in range(TRIES):
        classes = draw.randint(2, 5)
        (p,), (q,) = distributions(draw, 1, classes, zeros=True), distributions(draw, 1, classes)
        base = draw.choice(["e", "2"])
        found = calculate("kl_divergence", p=p, q=q, log_base=base)
        number = None if base == "e" else 2
        (pf,), (qf,) = floats([p]), floats([q])
        assert agree(found["H_p"].value, stats.entropy(pf, base=number))
        assert agree(found["D_KL"].value, stats.entropy(pf, qf, base=number))


def test_regression_losses_against_autograd() -> None:
    """Squared, absolute and Huber losses in every scaling agree with automatic differentiation."""
    draw = random.Random(6)
    scalings: dict[str, Callable[[Any], Any]] = {
        "1/n": lambda e: anp.mean(e**2),
        "1/2": lambda e: anp.sum(e**2) / 2,
        "1/(2n)": lambda e: anp.mean(e**2) / 2,
        "1": lambda e: anp.sum(e**2),
    }
    for _ in range(TRIES):
        n = draw.randint(1, 5)
        y, y_hat = hundredths(draw, n), hundredths(draw, n)
        if any(a == b for a, b in zip(y, y_hat, strict=True)):
            continue
        target, guess = np.array(y), np.array(y_hat)
        factor = draw.choice(list(scalings))
        found = calculate("mse", y=y, y_hat=y_hat, factor=factor)
        assert agree(found["loss"].value, scalings[factor](target - guess))
        assert agree(found["dL_dy_hat"].value, grad(lambda g, t=target, f=factor: scalings[f](t - g))(guess))
        found = calculate("mae", y=y, y_hat=y_hat)
        assert agree(found["loss"].value, np.mean(np.abs(target - guess)))
        assert agree(found["dL_dy_hat"].value, grad(lambda g, t=target: anp.mean(anp.abs(t - g)))(guess))
        beta = draw.choice([0.5, 1.0, 2.0])
        found = calculate("huber_loss", y=y, y_hat=y_hat, beta=beta, scale="classical")
        assert agree(found["loss"].value, special.huber(beta, target - guess))
        smooth = calculate("huber_loss", y=y, y_hat=y_hat, beta=beta)
        assert agree(smooth["loss"].value, special.huber(beta, target - guess) / beta)
        assert agree(found["dL_dy_hat"].value, np.clip(guess - target, -beta, beta))


def test_data_against_numpy_and_scipy() -> None:
    """Standardising agrees with scipy.stats.zscore and the fitted line with scipy.stats.linregress."""
    draw = random.Random(7)
    for _ in range(TRIES):
        n, d = draw.randint(2, 6), draw.randint(1, 3)
        X = hundredths(draw, n, d)
        if np.any(np.std(X, axis=0) == 0):
            continue
        ddof = draw.choice([0, 1])
        found = calculate("standardize", X=X, variance="n-1" if ddof else "n")
        assert agree(found["X_new"].value, stats.zscore(np.array(X), axis=0, ddof=ddof), 1e-7)
        x, y = [row[0] for row in X], hundredths(draw, n)
        line = stats.linregress(x, y)
        fit = calculate("linear_regression_fit", x=x, y=y)
        assert agree(fit["w"].value, line.slope, 1e-7)
        assert agree(fit["b"].value, line.intercept, 1e-7)
        assert agree(fit["mse"].value, np.mean((np.array(y) - line.slope * np.array(x) - line.intercept) ** 2), 1e-7)
        gap = calculate("generalization_gap", train_errors=x, test_errors=y, E_max=0, gap_max=1)
        assert agree(gap["gap"].value, np.mean(y) - np.mean(x))
        assert numbers(gap["diagnosis"].value) == (1 if np.mean(x) > 1e-12 else 3 if np.mean(y) - np.mean(x) > 1 else 2)


@pytest.mark.parametrize(
    ("row", "givens"),
    [
        ("matrix_product", {"A": [[1, 2]], "B": [[1, 2]]}),
        ("hadamard_product", {"A": [1, 2], "B": [1, 2, 3]}),
        ("cosine_similarity", {"u": [0, 0], "v": [1, 2]}),
        ("leaky_relu", {"x": 1, "alpha": 2}),
        ("binary_cross_entropy", {"y": 2, "p": "1/2"}),
        ("cross_entropy", {"P": ["1/2", "1/2"], "Y": [1, 1]}),
        ("kl_divergence", {"p": ["1/2", "1/4"], "q": ["1/2", "1/2"]}),
        ("relu", {"x": 0, "derivative_at_0": "undefined"}),
        ("linear_regression_fit", {"x": [1, 1], "y": [2, 3]}),
    ],
)
def test_what_cannot_be_is_refused(row: str, givens: dict[str, Any]) -> None:
    """Values outside their domain are errors with a sentence in both languages."""
    with pytest.raises(ExamToolError) as caught:
        calculate(row, **givens)
    assert caught.value.message.en
    assert caught.value.message.zh
