"""Pieces of one-input ReLU networks against a numerical scan of the function."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np

from exam_tool.calculators import calculate

from .near import agree, numbers


def test_pieces_against_a_scan() -> None:
    """Slopes between and beyond the bends, and values at them, are those of differences of the function."""
    draw = random.Random(1)
    for _ in range(150):
        n = draw.randint(1, 5)
        a, w = ([draw.choice([-3, -2, -1, 1, 2, 3]) for _ in range(n)] for _ in range(2))
        b, c = [draw.randint(-4, 4) for _ in range(n)], draw.randint(-3, 3)

        def f(x: object, a: object = tuple(a), w: object = tuple(w), b: object = tuple(b), c: int = c) -> object:
            return np.maximum(0, np.multiply.outer(x, np.array(w)) + np.array(b)) @ np.array(a) + c

        found = calculate("relu_regions", a=a, w=w, b=b, c=c, x="1/7")
        everywhere = sorted({-y / x for x, y in zip(w, b, strict=True)})
        probes = np.array([everywhere[0] - 1, *(np.add(everywhere[1:], everywhere[:-1]) / 2), everywhere[-1] + 1])
        slopes = (f(probes + 1e-3) - f(probes - 1e-3)) / 2e-3
        bends = [x for x, before, after in zip(everywhere, slopes, slopes[1:], strict=False) if abs(after - before) > 1e-6]
        assert numbers(found["regions"].value) == len(bends) + 1
        assert agree(found["f_x"].value, f(1 / 7))
        if bends:
            assert agree(found["points"].value, bends)
            assert agree(found["f_points"].value, f(np.array(bends)))
            kept = [slopes[0], *(after for before, after in pairwise(slopes) if abs(after - before) > 1e-6)]
            assert agree(found["slopes"].value, kept, 1e-6)


def test_bends_that_cancel() -> None:
    """Two units that bend one way and back at the same place leave no bend, and a straight line is one piece."""
    found = calculate("relu_regions", a=[1, -1], w=[1, -1], b=[0, 0])
    assert numbers(found["regions"].value) == 1
