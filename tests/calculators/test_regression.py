"""Ridge, soft thresholding and the lasso against numpy, scipy and scikit-learn."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from exam_tool.calculators import calculate

from .near import agree, numbers

TRIES = 60


def data(draw: random.Random) -> tuple[Any, Any, int]:
    n, d = draw.randint(2, 5), draw.randint(1, 3)
    X = np.array([[draw.randint(-4, 5) for _ in range(d)] for _ in range(n)], dtype=float)
    X[0] += 7
    return X, np.array([draw.randint(-5, 9) for _ in range(n)], dtype=float), n


def test_ridge_minimises_its_objective() -> None:
    """The gradient of each objective vanishes at the weights, and the objective is that of numpy."""
    draw = random.Random(1)
    for _ in range(TRIES):
        X, y, n = data(draw)
        for factor, share in {"1": (1.0, 1.0), "1/2": (0.5, 0.5), "1/n": (1 / n, 1.0), "1/(2n)": (0.5 / n, 0.5)}.items():
            found = calculate("ridge_regression", X=X.tolist(), y=y.tolist(), lam="1/2", factor=factor)
            w = np.array(numbers(found["w"].value))
            assert np.allclose(2 * share[0] * X.T @ (X @ w - y) + 2 * share[1] * 0.5 * w, 0)
            assert agree(found["J"].value, share[0] * np.sum((X @ w - y) ** 2) + share[1] * 0.5 * np.sum(w**2))


def test_ridge_with_intercept() -> None:
    """An unpenalised column of ones gives the same weights."""
    draw = random.Random(2)
    for _ in range(TRIES):
        X, y, n = data(draw)
        wide = np.column_stack([np.ones(n), X])
        penalty = np.diag([0.0, *[2.0] * X.shape[1]])
        b, *w = np.linalg.solve(wide.T @ wide + penalty, wide.T @ y)
        found = calculate("ridge_regression", X=X.tolist(), y=y.tolist(), lam=2, intercept="with")
        assert agree(found["w"].value, w, 1e-7)
        assert agree(found["b"].value, b, 1e-7)


def test_soft_thresholding_is_the_minimum() -> None:
    """scipy finds the same minimum of (w - z)^2/2 + t|w|."""
    draw = random.Random(3)
    for _ in range(TRIES):
        z, t = draw.randint(-40, 40) / 10, draw.randint(0, 20) / 10
        best = minimize_scalar(lambda w, z=z, t=t: (w - z) ** 2 / 2 + t * abs(w), bounds=(-5, 5), method="bounded", options={"xatol": 1e-9})
        found = calculate("soft_threshold", z=z, t=t)
        assert numbers(found["w"].value) == pytest.approx(best.x, abs=1e-4)
        assert numbers(found["objective"].value) == pytest.approx(best.fun, abs=1e-6)
        assert numbers(calculate("soft_threshold", z=[z, -z], t=t)["w"].value) == [numbers(found["w"].value), -numbers(found["w"].value)]


def test_orthonormal_lasso_satisfies_its_conditions() -> None:
    """Zero is in the subdifferential of the objective at the weights."""
    draw = random.Random(4)
    X = np.array([[0.6, 0, 0.8], [0.8, 0, -0.6], [0, 1, 0]])
    for _ in range(TRIES):
        y = np.array([draw.randint(-9, 9) for _ in range(3)], dtype=float)
        for factor, size in (("1/2", 1), ("1", 2)):
            w = np.array(numbers(calculate("lasso_orthonormal", X=X.tolist(), y=y.tolist(), lam="3/2", factor=factor)["w"].value))
            slope = size * X.T @ (X @ w - y)
            assert np.allclose(slope[w != 0], -1.5 * np.sign(w[w != 0]))
            assert np.all(np.abs(slope[w == 0]) <= 1.5 + 1e-9)


def test_coordinate_step_is_the_best_for_its_coordinate() -> None:
    """Moving the updated weight either way does not lower the objective."""
    draw = random.Random(5)
    for _ in range(TRIES):
        X, y, n = data(draw)
        w0 = [draw.randint(-2, 2) for _ in range(X.shape[1])]
        j = draw.randint(1, X.shape[1])
        if not X[:, j - 1].any():
            continue
        for factor, share in {"1/2": 0.5, "1": 1, "1/(2n)": 0.5 / n}.items():
            found = calculate("lasso_coordinate_step", X=X.tolist(), y=y.tolist(), lam=3, w_0=w0, j=j, factor=factor)
            w = np.array(numbers(found["w"].value), dtype=float)

            def objective(move: float, w: Any = w, j: int = j, share: float = share, X: Any = X, y: Any = y) -> float:
                moved = w + move * np.eye(len(w))[j - 1]
                return float(share * np.sum((y - X @ moved) ** 2) + 3 * np.sum(np.abs(moved)))

            assert all(objective(0) <= objective(move) + 1e-9 for move in (-0.1, -0.001, 0.001, 0.1))
            assert np.array_equal(np.delete(w, j - 1), np.delete(np.array(w0, dtype=float), j - 1))


@pytest.mark.oracle
def test_scikit_learn() -> None:
    """Ridge with and without intercept, and the lasso after many sweeps, as scikit-learn has them."""
    linear = pytest.importorskip("sklearn.linear_model")
    draw = random.Random(6)
    for _ in range(20):
        X, y, _n = data(draw)
        for word in ("with", "without"):
            model = linear.Ridge(alpha=1.5, fit_intercept=word == "with").fit(X, y)
            found = calculate("ridge_regression", X=X.tolist(), y=y.tolist(), lam="1.5", intercept=word)
            assert agree(found["w"].value, model.coef_, 1e-6)
        if X.shape[1] == 1 or np.linalg.matrix_rank(X) < X.shape[1] or np.linalg.cond(X) > 4:
            continue
        model = linear.Lasso(alpha=0.5, fit_intercept=False, tol=1e-12, max_iter=100_000).fit(X, y)
        found = calculate("lasso_coordinate_step", X=X.tolist(), y=y.tolist(), lam="1/2", factor="1/(2n)", sweeps=20)
        assert np.allclose(numbers(found["w"].value), model.coef_, atol=1e-3)
