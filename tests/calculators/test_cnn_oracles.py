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


def tensor(values: Any) -> Any:
    return torch.tensor(values, dtype=torch.float64)


def numbers(value: Any) -> Any:
    """An exact rational array as nested lists of floats, to compare with PyTorch only."""
    return [numbers(item) for item in value] if isinstance(value, tuple) else int(value.p) / int(value.q)


def matrix(draw: random.Random, rows: int, columns: int) -> list[list[int]]:
    return [[draw.randint(-4, 4) for _ in range(columns)] for _ in range(rows)]


def test_convolution_and_its_gradients_on_numbers() -> None:
    """Forward maps with padding, stride and flipped kernels, and all gradients, are PyTorch's."""
    draw, F = random.Random(7), torch.nn.functional
    for _ in range(TRIES):
        h, w, k, m = draw.randint(3, 5), draw.randint(3, 5), draw.randint(1, 3), draw.randint(1, 3)
        X, K, b, flip = matrix(draw, h, w), matrix(draw, k, m), draw.randint(-3, 3), draw.random() < 0.3
        P, S = draw.randint(0, 1), draw.randint(1, 2)
        kernel = tensor(K).flip(0, 1) if flip else tensor(K)
        expected = F.conv2d(tensor(X)[None, None], kernel[None, None], tensor([b]), padding=P, stride=S)[0, 0]
        how = "convolution" if flip else "cross_correlation"
        trace = calculate("conv2d_forward", X=X, K=K, b=b, P=P, S=S, kernel_flip=how, activation="relu")
        assert numbers(trace["Y"].value) == expected.tolist()
        assert numbers(trace["A"].value) == expected.relu().tolist()
        x, v = tensor(X).requires_grad_(), tensor(K).requires_grad_()
        Y = F.conv2d(x[None, None], v[None, None])[0, 0]
        dY = matrix(draw, *Y.shape)
        Y.backward(tensor(dY))
        trace = calculate("conv2d_backward", X=X, K=K, dY=dY)
        assert numbers(trace["dL_dX"].value) == x.grad.tolist()
        assert numbers(trace["dL_dK"].value) == v.grad.tolist()
        assert trace["dL_db"].value == sum(map(sum, dY))


def test_several_channels_on_numbers() -> None:
    """Output maps of several filters on several channels, given as arrays in either order or as single matrices."""
    draw = random.Random(8)
    for _ in range(TRIES // 5):
        c, d, h, w, k = draw.randint(1, 3), draw.randint(1, 2), draw.randint(2, 4), draw.randint(2, 4), draw.randint(1, 2)
        X, K = [matrix(draw, h, w) for _ in range(c)], [[matrix(draw, k, k) for _ in range(c)] for _ in range(d)]
        b, P = [draw.randint(-3, 3) for _ in range(d)], draw.randint(0, 1)
        expected = torch.nn.functional.conv2d(tensor(X)[None], tensor(K), tensor(b), padding=P)[0].tolist()
        single = {f"X_{i + 1}": channel for i, channel in enumerate(X)}
        single |= {f"K_{j + 1}_{i + 1}": part for j, parts in enumerate(K) for i, part in enumerate(parts)}
        for givens in ({"X": X, "K": K, "layout": "CHW"}, {"X": tensor(X).permute(1, 2, 0).tolist(), "K": K}, single):
            trace = calculate("conv2d_multichannel_forward", **givens, b=b, P=P)
            assert [numbers(trace[f"Y_{j + 1}"].value) for j in range(d)] == expected


def test_pooling_and_its_gradient_on_numbers() -> None:
    """Max and average pooling, overlapping ones included, forward and backward; and the mean of each channel."""
    draw, F = random.Random(9), torch.nn.functional
    for _ in range(TRIES):
        k, S, mode = draw.randint(1, 3), draw.randint(1, 3), draw.choice(["max", "avg"])
        h, w = draw.randint(k, 5), draw.randint(k, 5)
        X = [[draw.randint(-40, 40) for _ in range(w)] for _ in range(h)]
        x = tensor(X).requires_grad_()
        Y = (F.max_pool2d if mode == "max" else F.avg_pool2d)(x[None, None], k, stride=S)[0, 0]
        dY = matrix(draw, *Y.shape)
        Y.backward(tensor(dY))
        assert tensor(numbers(calculate("pooling_forward", X=X, k=k, S=S, mode=mode)["Y"].value)).allclose(Y)
        assert tensor(numbers(calculate("max_pool_backward", X=X, dY=dY, k=k, S=S, mode=mode)["dL_dX"].value)).allclose(x.grad)
        maps = [matrix(draw, 2, 3) for _ in range(k)]
        trace = calculate("global_average_pooling", X=maps, layout="CHW", classes=3)
        assert tensor(numbers(trace["g"].value)).allclose(tensor(maps).mean((1, 2)))
        assert trace["fc_flat"].value == size(torch.nn.Linear(6 * k, 3))


def test_variants() -> None:
    """One-dimensional, grouped and transposed convolutions, and a folded batch norm."""
    draw = random.Random(10)
    for _ in range(TRIES):
        N, K, P, S, D = draw.randint(12, 30), draw.randint(1, 4), draw.randint(0, 3), draw.randint(1, 4), draw.randint(1, 3)
        c, d, G = draw.randint(1, 4), draw.randint(1, 4), draw.randint(1, 4)
        layer = torch.nn.Conv1d(c, d, K, padding=P, stride=S, dilation=D)
        trace = calculate("conv1d_output", N=N, C_in=c, K=K, P=P, S=S, D=D, C_out=d)
        assert (trace["N_out"].value, trace["total"].value) == (layer(torch.zeros(1, c, N)).shape[2], size(layer))
        trace = calculate("grouped_conv", K=K, C_in=c * G, C_out=d * G, G=G)
        assert trace["total"].value == size(torch.nn.Conv2d(c * G, d * G, K, groups=G))
        extra = draw.randint(0, max(S, D) - 1)
        back = torch.nn.ConvTranspose1d(1, 1, K, padding=P, stride=S, output_padding=extra, dilation=D)
        trace = calculate("transposed_conv_output", H=N, K=K, P=P, S=S, O=extra, D=D)
        assert trace["H_out"].value == back(torch.zeros(1, 1, N)).shape[2]
    fold = torch.nn.utils.fusion.fuse_conv_bn_weights
    w, b = fold(tensor([[[[2, -1]]]]), tensor([1]), tensor([3]), tensor([4]), 0.0, tensor([2]), tensor([-1]))
    trace = calculate("batch_norm_folding", w=[[2, -1]], b=1, mu=3, var=4, gamma=2, beta=-1)
    assert [numbers(trace["w_new"].value), numbers(trace["b_new"].value)] == [w[0, 0].tolist(), b[0].item()]


def test_receptive_field_is_what_reaches_an_output() -> None:
    """The receptive field is the number of inputs with a gradient at one output of the stack."""
    draw = random.Random(11)
    for _ in range(TRIES // 5):
        k, s, D = ([draw.randint(1, high) for _ in range(3)] for high in (3, 3, 2))
        field = int(calculate("receptive_field", k=k, s=s, D=D)["rf"].value.p)
        layers = [torch.nn.Conv1d(1, 1, a, stride=b, dilation=d) for a, b, d in zip(k, s, D, strict=True)]
        for layer in layers:
            torch.nn.init.ones_(layer.weight)
        x = torch.zeros(1, 1, field, requires_grad=True)
        y = torch.nn.Sequential(*layers)(x)
        assert y.shape[2] == 1
        y.sum().backward()
        seen = x.grad[0, 0].nonzero()
        assert (seen.min(), seen.max()) == (0, field - 1)
