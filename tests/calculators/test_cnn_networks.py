"""Whole convolutional networks against their published totals."""

from __future__ import annotations

from typing import Any

import pytest

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError


def basic_block(width: int, stride: int, changes: bool) -> list[Any]:
    """Two 3 x 3 layers and their shortcut (He et al. 2015)."""
    inner = [["conv", width, 3, stride, 1, "nobias"], ["bn"], ["relu"], ["conv", width, 3, 1, 1, "nobias"], ["bn"]]
    return ["residual", inner, *([[["conv", width, 1, stride, "nobias"], ["bn"]]] if changes else [])]


def bottleneck_block(width: int, stride: int, changes: bool) -> list[Any]:
    """1 x 1, 3 x 3 with the stride, 1 x 1 to four times the width, as in PyTorch's networks."""
    convolutions = [["conv", width, 1, "nobias"], ["conv", width, 3, stride, 1, "nobias"], ["conv", 4 * width, 1, "nobias"]]
    inner = [layer for convolution in convolutions for layer in (convolution, ["bn"])]
    return ["residual", inner, *([[["conv", 4 * width, 1, stride, "nobias"], ["bn"]]] if changes else [])]


def resnet(block: Any, depths: list[int], always: bool) -> list[Any]:
    layers: list[Any] = [["conv", 64, 7, 2, 3, "nobias"], ["bn"], ["relu"], ["pool", 3, 2, 1]]
    for stage, depth in enumerate(depths):
        for i in range(depth):
            layers.append(block(64 * 2**stage, 2 if stage and not i else 1, not i and (always or stage > 0)))
    return [*layers, ["gap"], ["fc", 1000]]


ALEXNET = [
    ["conv", 64, 11, 4, 2], ["pool", 3, 2], ["conv", 192, 5, 1, 2], ["pool", 3, 2], ["conv", 384, 3, 1, 1], ["conv", 256, 3, 1, 1],
    ["conv", 256, 3, 1, 1], ["pool", 3, 2], ["fc", 4096], ["fc", 4096], ["fc", 1000],
]  # fmt: skip
VGG16_STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
VGG16 = [
    *(layer for width, depth in VGG16_STAGES for layer in [["conv", width, 3, "same"]] * depth + [["pool", 2]]),
    ["fc", 4096], ["fc", 4096], ["fc", 1000],
]  # fmt: skip
PUBLISHED = [  # parameters and multiplications as the PyTorch documentation of these networks gives them
    ("AlexNet", ALEXNET, 61_100_840, "0.71"),
    ("VGG-16", VGG16, 138_357_544, "15.47"),
    ("ResNet-18", resnet(basic_block, [2, 2, 2, 2], always=False), 11_689_512, "1.81"),
    ("ResNet-50", resnet(bottleneck_block, [3, 4, 6, 3], always=True), 25_557_032, "4.09"),
]


@pytest.mark.parametrize(("layers", "params", "billions"), [case[1:] for case in PUBLISHED], ids=[case[0] for case in PUBLISHED])
def test_published_totals(layers: Any, params: int, billions: str) -> None:
    """Whole networks, residual blocks included, have their published number of parameters and of multiplications."""
    trace = calculate("cnn_shape_chain", H=224, C=3, layers=layers)
    assert trace["total"].value == params
    assert f"{int(trace['total_mults'].value.p) / 10**9:.2f}" == billions


def test_branches_are_stacked() -> None:
    """Module 3a of GoogLeNet on 28 x 28 x 192 gives 256 channels, and branches of different size are refused."""
    module = ["branches", [["conv", 64, 1]], [["conv", 96, 1], ["conv", 128, 3, "same"]], [["conv", 16, 1], ["conv", 32, 5, "same"]]]
    trace = calculate("cnn_shape_chain", H=28, C=192, layers=[[*module, [["pool", 3, 1, 1], ["conv", 32, 1]]]])
    assert list(trace["shape_8"].value) == [28, 28, 256]
    assert trace["total"].value == calculate("inception_concat", **INCEPTION_3A, bias="with")["total"].value
    with pytest.raises(ExamToolError, match="different sizes"):
        calculate("cnn_shape_chain", H=28, C=3, layers=[["branches", [["conv", 4, 1]], [["conv", 4, 3]]]])


INCEPTION_3A = {"C_in": 192, "n_1": 64, "r_3": 96, "n_3": 128, "r_5": 16, "n_5": 32, "n_pool": 32}
