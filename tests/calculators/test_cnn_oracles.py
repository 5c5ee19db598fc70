"""Output sizes, parameter counts and values of convolutions against PyTorch's own layers."""

from __future__ import annotations

import random
from typing import Any

import pytest

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.oracle
TRIES = 250


def size(layer: Any) -> int:
    """The number of trained parameters of a layer."""
    return sum(parameter.numel() for parameter in layer.parameters())


def plain(shape: Any) -> tuple[int, ...]:
    return tuple(int(part.p) for part in shape)


def test_convolution_shapes_and_parameters() -> None:
    """Dilated convolutions of random sizes have PyTorch's shape and parameters, and are refused where PyTorch refuses them."""
    draw = random.Random(1)
    for _ in range(TRIES):
        H, W, K = draw.randint(1, 14), draw.randint(1, 14), draw.randint(1, 5)
        P, S, D = draw.randint(0, 3), draw.randint(1, 4), draw.randint(1, 3)
        C_in, C_out, bias = draw.randint(1, 5), draw.randint(1, 5), draw.random() < 0.5
        layer = torch.nn.Conv2d(C_in, C_out, K, padding=P, stride=S, dilation=D, bias=bias)
        try:
            expected = tuple(layer(torch.zeros(1, C_in, H, W)).shape[1:])
        except RuntimeError:
            with pytest.raises(ExamToolError):
                calculate("conv_output", H=H, W=W, K=K, P=P, S=S, D=D, C_in=C_in, C_out=C_out)
            continue
        trace = calculate("conv_output", H=H, W=W, K=K, P=P, S=S, D=D, C_in=C_in, C_out=C_out, layout="CHW", bias=bias)
        assert plain(trace["shape"].value) == expected
        assert plain(trace["filter_shape"].value) == tuple(layer.weight.shape[1:])
        assert trace["total"].value == size(layer)
        assert calculate("conv_params", K=K, C_in=C_in, C_out=C_out, bias=bias)["total"].value == size(layer)


def test_pairs() -> None:
    """Kernels, paddings and strides that differ in the two directions."""
    draw = random.Random(2)
    for _ in range(TRIES):
        K, P, S = ([draw.randint(low, high) for _ in range(2)] for low, high in ((1, 5), (0, 2), (1, 3)))
        H, W = draw.randint(5, 20), draw.randint(5, 20)
        layer = torch.nn.Conv2d(1, 1, tuple(K), padding=tuple(P), stride=tuple(S))
        trace = calculate("conv_output_pairs", H=H, W=W, K=K, P=P, S=S)
        assert plain(trace["shape"].value) == tuple(layer(torch.zeros(1, 1, H, W)).shape[2:])
        assert calculate("conv_params", K=K, C_in=3, C_out=4)["total"].value == size(torch.nn.Conv2d(3, 4, tuple(K)))


def test_pooling_rounded_down_and_up() -> None:
    """Pooling sizes with and without ``ceil_mode``, padding included."""
    draw = random.Random(3)
    for _ in range(TRIES):
        k = draw.randint(1, 5)
        H, W, S, P, up = draw.randint(k, 20), draw.randint(k, 20), draw.randint(1, 6), draw.randint(0, k // 2), draw.random() < 0.5
        expected = torch.nn.MaxPool2d(k, stride=S, padding=P, ceil_mode=up)(torch.zeros(1, 2, H, W)).shape[1:]
        padding = {"P": P} if P else {}
        trace = calculate("pooling_output_size", H=H, W=W, C=2, k=k, S=S, layout="CHW", rounding="ceil" if up else "floor", **padding)
        assert plain(trace["shape"].value) == tuple(expected)


def test_blocks() -> None:
    """Separable, bottleneck, factorised, stacked and Inception blocks have the parameters of the same layers in PyTorch."""
    draw, conv = random.Random(4), torch.nn.Conv2d
    for _ in range(TRIES // 5):
        a, b, k, bias = draw.randint(1, 12), draw.randint(1, 12), draw.randint(2, 5), draw.random() < 0.5
        trace = calculate("depthwise_separable_conv", K=k, C_in=a, C_out=b, bias=bias)
        assert trace["separable"].value == size(conv(a, a, k, groups=a, bias=bias)) + size(conv(a, b, 1, bias=bias))
        trace = calculate("bottleneck_params", C=a, m=b, bias=bias, plain="two")
        assert trace["bottleneck"].value == size(conv(a, b, 1, bias=bias)) + size(conv(b, b, 3, bias=bias)) + size(conv(b, a, 1, bias=bias))
        assert trace["plain"].value == 2 * size(conv(a, a, 3, bias=bias))
        trace = calculate("factorized_conv", n=k, C=a)
        assert trace["factorized"].value == size(conv(a, a, (1, k), bias=False)) + size(conv(a, a, (k, 1), bias=False))
        trace = calculate("stacked_small_kernels", m=b, C=a, bias=bias)
        assert trace["stacked"].value == b * size(conv(a, a, 3, bias=bias))
        assert trace["single"].value == size(conv(a, a, 2 * b + 1, bias=bias))


def test_chains_of_layers() -> None:
    """Random networks have PyTorch's shape after each layer and its number of parameters."""
    draw = random.Random(5)
    for _ in range(TRIES // 5):
        H, C = draw.randint(64, 70), draw.randint(1, 3)
        modules, layers, channels = [], [], C
        for _ in range(draw.randint(1, 3)):
            F, K, S, P = draw.randint(1, 6), draw.randint(1, 4), draw.randint(1, 2), draw.randint(0, 1)
            groups = channels if F % channels == 0 and draw.random() < 0.3 else 1
            modules += [torch.nn.Conv2d(channels, F, K, S, P, groups=groups), torch.nn.BatchNorm2d(F)]
            modules.append(torch.nn.MaxPool2d(2, ceil_mode=True))
            layers += [["conv", F, K, S, P, groups], ["bn"], ["pool", 2, "ceil"]]
            channels = F
        modules += [torch.nn.Flatten(), torch.nn.LazyLinear(7)]
        network = torch.nn.Sequential(*modules).eval()
        signal, shapes = torch.zeros(2, C, H, H), []
        for module in network:
            signal = module(signal)
            if not isinstance(module, torch.nn.BatchNorm2d | torch.nn.Flatten):
                shapes.append(tuple(signal.shape[1:]))
        trace = calculate("cnn_shape_chain", H=H, C=C, layers=[*layers, ["flatten"], ["fc", 7]], layout="CHW")
        assert [plain(line.value) for line in trace if line.step.name.startswith("shape_")] == shapes
        assert trace["total"].value == size(network)


def test_one_by_one_values() -> None:
    """A 1 x 1 convolution on numbers computes what PyTorch computes, pixel by pixel."""
    draw = random.Random(6)
    for _ in range(TRIES // 5):
        h, w, c, d = (draw.randint(1, 3) for _ in range(4))
        X = [[[draw.randint(-3, 3) for _ in range(c)] for _ in range(w)] for _ in range(h)]
        weights = [[draw.randint(-3, 3) for _ in range(d)] for _ in range(c)]
        b = [draw.randint(-3, 3) for _ in range(d)]
        trace = calculate("conv1x1", X=X, W=weights, b=b)
        kernel = torch.tensor(weights).T[:, :, None, None]
        Y = torch.nn.functional.conv2d(torch.tensor(X).permute(2, 0, 1)[None], kernel, torch.tensor(b))[0].permute(1, 2, 0)
        for i in range(h):
            for j in range(w):
                assert list(trace[f"y_{i + 1}_{j + 1}"].value) == Y[i, j].tolist()
