"""Convolution calculators against the worked figures of courses and papers, and against counting by brute force."""

from __future__ import annotations

from typing import Any

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_tool.calculators import Calculator, calculate, load
from exam_tool.language import ExamToolError
from exam_tool.trace import Failure

CNN = [calculator for calculator in load().values() if calculator.chapter == "cnn"]

SLIDE_MAP = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]]
SLIDE_KERNEL = [[1, 0, 2], [0, -1, 1], [2, 1, 0]]
PADDED = [[0, 0, 0, 0, 0], [0, 1, 2, 3, 0], [0, 4, 5, 6, 0], [0, 7, 8, 9, 0], [0, 0, 0, 0, 0]]
GOLDEN: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("conv_output_size", {"H": 3, "K": 3, "P": 0, "S": 1}, {"H_out": 1}),
    ("conv_output_size", {"H": 3, "K": 3, "P": 1, "S": 1}, {"H_out": 3}),
    ("conv_output_size", {"H": 4, "K": 3, "P": 0, "S": 1}, {"H_out": 2}),
    ("conv_output_size", {"H": 32, "W": 32, "K": 3, "P": 1, "S": 1}, {"H_out": 32, "W_out": 32}),
    ("conv_output_size", {"H": 32, "W": 32, "K": 3, "P": 1, "S": 2}, {"H_out": 16, "W_out": 16}),
    ("conv_output_shape", {"H": 32, "W": 32, "C_in": 3, "K": 5, "filters": 6}, {"filter_shape": [5, 5, 3], "C_out": 6, "channels": 6}),
    ("conv_output_shape", {"H": 32, "W": 32, "C_in": 3, "K": 3, "P": 1, "S": 1, "C_out": 16}, {"shape": [32, 32, 16]}),
    ("conv_output_shape", {"H": 32, "W": 32, "C_in": 3, "K": 3, "P": 1, "S": 2, "C_out": 16}, {"shape": [16, 16, 16]}),
    ("conv_params", {"K": 5, "C_in": 3, "C_out": 6, "bias": False}, {"total": 450}),
    ("conv_params", {"K": 5, "C_in": 3, "C_out": 6, "bias": True}, {"total": 456}),
    ("conv_params", {"K": 11, "C_in": 3, "C_out": 96}, {"filter_shape": [11, 11, 3], "weights": 34848, "total": 34944}),
    ("conv_params", {"K": 3, "C_in": 1, "C_out": 32}, {"total": 320}),
    ("conv_params", {"K": 3, "C_in": 32, "C_out": 64}, {"total": 18496}),
    ("same_padding", {"K": 3, "H": 32, "S": 1}, {"P": 1, "H_out": 32}),
    ("pooling_output_size", {"H": 32, "W": 32, "C": 16, "k": 2, "S": 2}, {"shape": [16, 16, 16], "parameters": 0}),
    ("conv1x1_layer", {"H": 28, "C_in": 256, "C_out": 64}, {"shape": [28, 28, 64], "parameters": 16448, "multiplications": 12845056}),
    ("stacked_small_kernels", {"m": 3, "C": 1}, {"stacked": 27, "single": 49}),
    ("stacked_small_kernels", {"m": 2, "C": 1}, {"stacked": 18, "single": 25}),
    ("connection_counts_1d", {"n": 5, "k": 3}, {"local": 15, "shared": 3, "dense": 25}),
    ("conv_vs_fc_params", {"H": 1000, "W": 1000, "C_in": 3, "n_h": 200, "K": 3, "C_out": 1}, {"fc": 600_000_000}),
    ("flatten_to_fc", {"H": 7, "W": 7, "C": 64, "n": 128}, {"d": 3136, "params": 401536}),
    # Szegedy et al. 2014, table 1: the widths of module 3a add up to 256 channels
    ("inception_concat", {"C_in": 192, "n_1": 64, "r_3": 96, "n_3": 128, "r_5": 16, "n_5": 32, "n_pool": 32}, {"C_out": 256}),
    ("bottleneck_params", {"C": 256, "m": 64}, {"reduce": 16384, "middle": 36864, "restore": 16384, "bottleneck": 69632}),
    ("factorized_conv", {"n": 3}, {"full": 9, "factorized": 6, "ratio": "2/3"}),
    ("conv2d_forward", {"X": SLIDE_MAP, "K": SLIDE_KERNEL, "P": 0, "S": 1}, {"Y": [[36, 42], [60, 66]]}),
    ("zero_padding", {"X": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "P": 1}, {"padded": PADDED, "shape": [5, 5]}),
    ("pooling_forward", {"X": [[1, 3], [2, 4]], "k": 2, "mode": "max"}, {"y_1_1": 4, "Y": [[4]]}),
    ("pooling_forward", {"X": [[1, 3], [2, 4]], "k": 2, "mode": "avg"}, {"y_1_1": "5/2"}),
    ("receptive_field", {"k": [3, 3], "s": [1, 1]}, {"rf": 5}),
    ("receptive_field", {"k": [3, 3, 3], "s": [1, 1, 1]}, {"rf": 7}),
    ("auxiliary_loss", {"L_real": 1, "L_aux1": 1, "L_aux2": 2}, {"weighted_1": "3/10", "total": "19/10"}),
    ("correlation_decay", {"k": 2, "x": 3, "t": 5}, {"power": "1/9", "integral": "1/5"}),
    # Dumoulin and Visin, arXiv:1603.07285, figures 4.5 and 4.6: the ways back of two strided convolutions
    ("transposed_conv_output", {"H": 2, "K": 3, "S": 2}, {"H_out": 5}),
    ("transposed_conv_output", {"H": 3, "K": 3, "P": 1, "S": 2, "O": 1}, {"H_out": 6}),
    # TensorFlow documentation, notes on padding: 13 inputs, kernel 6, stride 5 need one zero before and two after
    ("same_output", {"H": 13, "K": 6, "S": 5}, {"H_out": 3, "pad_total": 3, "pad_top": 1, "pad_bottom": 2}),
    ("depthwise_separable_conv", {"K": 3, "C_in": 32, "C_out": 64}, {"depthwise": 288, "pointwise": 2048, "ratio": "73/576"}),
]


@pytest.mark.parametrize(("row", "givens", "outputs"), GOLDEN)
def test_worked_figures(row: str, givens: dict[str, Any], outputs: dict[str, Any]) -> None:
    """Every figure worked in the courses comes out exactly."""
    values = calculate(row, **givens).values
    assert {name: plain(values[name]) for name in outputs} == {name: plain(value) for name, value in outputs.items()}


def plain(value: Any) -> Any:
    """A value as fractions and lists, to compare with what was printed."""
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return fmpq(*map(int, value.split("/"))) if isinstance(value, str) else fmpq(value) if isinstance(value, int) else value


MNIST = [
    ["conv", 32, 3, 1, 1], ["relu"], ["maxpool", 2], ["conv", 64, 3, 1, 1], ["relu"], ["maxpool", 2],
    ["flatten"], ["fc", 128], ["relu"], ["fc", 10],
]  # fmt: skip
LENET = [["conv", 6, 5], ["avgpool", 2], ["conv", 16, 5], ["avgpool", 2], ["conv", 120, 5], ["fc", 84], ["fc", 10]]
CHAINS: list[tuple[dict[str, Any], list[list[int]], list[int], int]] = [
    (
        {"input": [1, 28, 28], "layers": MNIST, "layout": "CHW"},
        [[32, 28, 28], [32, 14, 14], [64, 14, 14], [64, 7, 7], [128], [10]], [320, 18496, 401536, 1290], 421642,
    ),
    (
        {"H": 32, "C": 1, "layers": LENET},
        [[28, 28, 6], [14, 14, 6], [10, 10, 16], [5, 5, 16], [1, 1, 120], [84], [10]], [156, 2416, 48120, 10164, 850], 61706,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("givens", "shapes", "params", "total"), CHAINS)
def test_networks_of_the_courses(givens: dict[str, Any], shapes: list[list[int]], params: list[int], total: int) -> None:
    """A small digit network and LeNet-5 have their known shapes and parameters, layer by layer."""
    trace = calculate("cnn_shape_chain", **givens)
    lines = {line.step.name: line.value for line in trace}
    assert [plain(value) for name, value in lines.items() if name.startswith("shape_")] == plain(shapes)
    assert [value for name, value in lines.items() if name.startswith("params_") and value] == params
    assert lines["total"] == total


def test_names_in_layers_are_givens() -> None:
    """A size written as a name is put in by the caller, and the list may be one piece of text."""
    layers = "[[conv, F, K, 1, 1], [pool, 2], [fc, N]]"
    trace = calculate("cnn_shape_chain", H=8, C=3, layers=layers, F=4, K=3, N=5)
    assert plain(trace["shape_1"].value) == [8, 8, 4]
    assert trace["params_3"].value == 4 * 4 * 4 * 5 + 5


FAULTY: list[Any] = [
    [["conv", 6]], [["cnov", 6, 5]], [["pool", 2, 2, 0, 1]], [["fc", 10], ["conv", 6, 5]], [],
    [["conv", 6, "1/2"]], [["conv", 6, -1]], [["conv", 4, 2, "same"]],
]  # fmt: skip


@pytest.mark.parametrize("layers", FAULTY)
def test_faulty_layers_are_explained(layers: Any) -> None:
    """A missing size, an unknown kind or a layer that does not fit is an error in words."""
    with pytest.raises(ExamToolError):
        calculate("cnn_shape_chain", H=8, C=1, layers=layers)


@given(H=st.integers(1, 40), K=st.integers(1, 8), P=st.integers(0, 4), S=st.integers(1, 5), D=st.integers(1, 3))
@settings(max_examples=300, deadline=None)
def test_output_size_counts_positions(H: int, K: int, P: int, S: int, D: int) -> None:
    """The output size is the number of places at which the dilated kernel fits; where none fits the tool says so."""
    reach = D * (K - 1) + 1
    places = len(range(0, H + 2 * P - reach + 1, S))
    if places == 0:
        with pytest.raises(ExamToolError):
            calculate("conv_output", H=H, K=K, P=P, S=S, D=D)
    else:
        assert calculate("conv_output", H=H, K=K, P=P, S=S, D=D)["H_out"].value == places


def test_a_kernel_that_does_not_fit_is_refused_when_sizes_are_exact() -> None:
    """Under exact sizes a remainder is an error, and an even fit is not."""
    assert calculate("conv_output", H=7, K=3, S=2, rounding="exact")["H_out"].value == 3
    with pytest.raises(ExamToolError):
        calculate("conv_output", H=8, K=3, S=2, rounding="exact")


def test_pairs_follow_the_stated_order() -> None:
    """Strides written (horizontal, vertical) give the sizes of the exchanged pair; total padding counts once."""
    right = calculate("conv_output_pairs", H=31, W=40, K=[3, 6], P=[2, 4], S=[2, 3])
    assert plain(right["shape"].value) == [17, 15]
    turned = calculate("conv_output_pairs", H=31, W=40, K=[3, 6], P=[2, 4], S=[3, 2], stride_order="horizontal_vertical")
    assert plain(turned["shape"].value) == [17, 15]
    total = calculate("conv_output_pairs", H=31, W=40, K=[3, 6], P=[4, 8], S=[2, 3], padding="total")
    assert plain(total["shape"].value) == [17, 15]


@given(n=st.integers(1, 12), half=st.integers(0, 4))
@settings(max_examples=100, deadline=None)
def test_local_connections_at_the_border(n: int, half: int) -> None:
    """Counted exactly, local connections are the pairs of positions no further apart than half the kernel."""
    if half >= n:
        return
    pairs = sum(1 for i in range(n) for j in range(n) if abs(i - j) <= half)
    assert calculate("connection_counts_1d", n=n, k=2 * half + 1, boundary="exact")["local"].value == pairs


def test_one_by_one_convolution_on_numbers() -> None:
    """Each pixel is the same linear map of its channels."""
    trace = calculate("conv1x1", X=[[[1, 2], [0, -1]]], W=[[1, 0, 2], [-1, 3, 1]], b=[1, 0, -2])
    assert plain(trace["y_1_1"].value) == plain([0, 6, 2])
    assert plain(trace["y_1_2"].value) == plain([2, -3, -3])
    assert plain(trace["shape"].value) == [1, 2, 3]
    assert (trace["parameters"].value, trace["multiplications"].value) == (9, 12)


@given(data=st.data(), s=st.integers(1, 2))
@settings(max_examples=100, deadline=None)
def test_convolution_moves_with_its_input(data: st.DataObject, s: int) -> None:
    """Where no value is pushed off the end, shifting and convolving change places exactly."""
    values = data.draw(st.lists(st.integers(-5, 5), min_size=1, max_size=6))
    kernel = data.draw(st.lists(st.integers(-3, 3), min_size=3, max_size=3))
    trace = calculate("translation_equivariance", x=[0, *values, 0, 0, 0, 0], k=kernel, s=s)
    assert set(trace["gap"].value) == {fmpq(0)}


def test_operations_of_a_convolution() -> None:
    """A 1 x 1 reduction before a 5 x 5 layer saves the operations that Inception's authors and courses count."""
    trace = calculate("conv_multiplications", H=28, C_in=192, K=5, P=2, C_out=32, r=16)
    assert (trace["total"].value, trace["reduce"].value, trace["after"].value) == (120422400, 2408448, 10035200)
    twice = calculate("conv_multiplications", H=28, C_in=192, K=5, P=2, C_out=32, count="operations")
    assert twice["total"].value == 2 * 120422400


@pytest.mark.parametrize("calculator", CNN, ids=lambda calculator: calculator.name)
def test_every_mistake_and_choice_runs(calculator: Calculator) -> None:
    """On the worked example every known mistake has a value, and every choice of every option gives a trace."""
    trace = calculate(calculator.name, **calculator.example)
    for step in trace.plan.steps:
        for mistake in step.mistakes:
            assert not isinstance(trace.mistaken(step, mistake)[step.name], Failure), f"{step.name}/{mistake.id}"
    for option in trace.plan.declared:
        for choice in option.choices:
            if choice != "exact":
                calculate(calculator.name, **{**calculator.example, option.name: choice})
