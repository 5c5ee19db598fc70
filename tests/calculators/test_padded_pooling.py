"""Pooling with padding: means with and without the zeros, and maxima."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

from .near import agree


@pytest.mark.parametrize(("k", "s", "p"), [(2, 1, 1), (2, 2, 1), (3, 1, 1), (3, 2, 1), (2, 2, 0), (4, 2, 2)])
@pytest.mark.parametrize("seed", range(40))
def test_windows_agree_with_numpy(k: int, s: int, p: int, seed: int) -> None:
    """Padded by numpy: with zeros for counted means, with nothing for the others and for maxima."""
    x = np.random.default_rng(seed).integers(-9, 10, (4, 5)).astype(float)
    for mode, zeros, fill, reduce in _cases():
        padded = np.pad(x, p, constant_values=fill)
        rows, columns = ((size + 2 * p - k) // s + 1 for size in x.shape)
        wanted = [[reduce(padded[i * s : i * s + k, j * s : j * s + k]) for j in range(columns)] for i in range(rows)]
        extra = {"zeros": zeros} if zeros else {}
        assert agree(calculate("padded_pooling", X=x, k=k, S=s, P=p, mode=mode, **extra)["Y"].value, wanted)


def _cases() -> list[tuple[str, str, float, Any]]:
    return [("avg", "counted", 0, np.mean), ("avg", "left_out", np.nan, np.nanmean), ("max", "", -np.inf, np.max)]


def test_too_much_padding_is_refused() -> None:
    """Windows of nothing but padding cannot occur."""
    with pytest.raises(ExamToolError, match="at most half"):
        calculate("padded_pooling", X=[[1, 2], [3, 4]], k=2, P=2)
