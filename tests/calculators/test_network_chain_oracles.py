"""Whole networks counted layer by layer against the same networks built from PyTorch's modules."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest

from exam_tool.calculators import calculate

from .test_network_chain import ALEXNET, BERT, GPT_2, LENET, RESNET_18, RESNET_50, TAGGER, VIT

torch = pytest.importorskip("torch")
nn = torch.nn
pytestmark = pytest.mark.oracle
IMAGE = {"H": 224, "C": 3}


def size(*modules: Any) -> int:
    """Trained numbers of these modules."""
    return sum(parameter.numel() for module in modules for parameter in module.parameters())


def convolution(before: int, after: int, kernel: int, stride: int = 1) -> Any:
    return nn.Sequential(nn.Conv2d(before, after, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(after))


def residual(width: int, channels: int, stride: int, bottleneck: bool) -> tuple[list[Any], int]:
    """The modules of one block, and the channels it passes on."""
    out = 4 * width if bottleneck else width
    inner = (
        [(channels, width, 1, 1), (width, width, 3, stride), (width, out, 1, 1)]
        if bottleneck
        else [(channels, width, 3, stride), (width, out, 3, 1)]
    )
    modules = [convolution(*layer) for layer in inner]
    return [*modules, *([convolution(channels, out, 1, stride)] if stride > 1 or channels != out else [])], out


def resnet(depths: Iterable[int], bottleneck: bool) -> int:
    modules, channels = [convolution(3, 64, 7, 2)], 64
    for stage, depth in enumerate(depths):
        for i in range(depth):
            block, channels = residual(64 * 2**stage, channels, 2 if stage and not i else 1, bottleneck)
            modules += block
    return size(*modules, nn.Linear(channels, 1000))


def encoder(blocks: int, width: int, heads: int, inner: int) -> Any:
    return nn.TransformerEncoder(nn.TransformerEncoderLayer(width, heads, inner), blocks, enable_nested_tensor=False)


def test_convolutional_networks() -> None:
    """LeNet-5, AlexNet, ResNet-18 and ResNet-50."""
    lenet = [nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5), nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)]
    maps = [nn.Conv2d(*sizes) for sizes in ((3, 64, 11), (64, 192, 5), (192, 384, 3), (384, 256, 3), (256, 256, 3))]
    alexnet = [*maps, nn.Linear(9216, 4096), nn.Linear(4096, 4096), nn.Linear(4096, 1000)]
    cases = [
        ({"H": 32, "C": 1, "layers": LENET}, size(*lenet)),
        ({**IMAGE, "layers": ALEXNET}, size(*alexnet)),
        ({**IMAGE, "layers": RESNET_18}, resnet([2, 2, 2, 2], bottleneck=False)),
        ({**IMAGE, "layers": RESNET_50}, resnet([3, 4, 6, 3], bottleneck=True)),
    ]
    for given, total in cases:
        assert calculate("network_chain", **given)["total"].value == total


def test_transformers() -> None:
    """BERT-base with its pooler, GPT-2 small with its tied output, and ViT-B/16."""
    blocks = encoder(12, 768, 12, 3072)
    norm = nn.LayerNorm(768)
    bert = size(nn.Embedding(30522, 768), nn.Embedding(512, 768), nn.Embedding(2, 768), norm, blocks, nn.Linear(768, 768))
    gpt_2 = size(nn.Embedding(50257, 768), nn.Embedding(1024, 768), blocks, norm)
    vit = size(nn.Conv2d(3, 768, 16, 16), nn.Embedding(1, 768), nn.Embedding(197, 768), blocks, norm, nn.Linear(768, 1000))
    for given, total in (({"n": 9, "layers": BERT}, bert), ({"n": 9, "layers": GPT_2}, gpt_2), ({**IMAGE, "layers": VIT}, vit)):
        assert calculate("network_chain", **given)["total"].value == total


@pytest.mark.parametrize(("cell", "module"), [("rnn", nn.RNN), ("lstm", nn.LSTM), ("gru", nn.GRU)])
def test_taggers(cell: str, module: Any) -> None:
    """Embedding, both directions with two vectors of biases, and a dense layer."""
    total = size(nn.Embedding(10000, 100), module(100, 128, bidirectional=True), nn.Linear(256, 17))
    assert calculate("network_chain", n=7, layers=TAGGER.format(cell=cell), biases="two")["total"].value == total


def test_published_taggers() -> None:
    """The LSTM tagger of a PyTorch tutorial and the character model of a TensorFlow tutorial."""
    lstm = size(nn.Embedding(9, 6), nn.LSTM(6, 6), nn.Linear(6, 3))
    gru = size(nn.Embedding(66, 256), nn.GRU(256, 1024), nn.Linear(1024, 66))
    for layers, total in (("[[embedding, 9, 6], [lstm, 6], [fc, 3]]", lstm), ("[[embedding, 66, 256], [gru, 1024], [fc, 66]]", gru)):
        assert calculate("network_chain", n=5, layers=layers, biases="two")["total"].value == total


@pytest.mark.parametrize("seed", range(200))
def test_random_sequence_networks(seed: int) -> None:
    """Random chains of recurrent layers, Transformer blocks and normalisations, shapes and parameters."""
    source = random.Random(seed)
    width = source.choice([8, 16])
    layers: list[list[Any]] = [["embedding", 50, width]]
    modules, x = [nn.Embedding(50, width)], torch.zeros(1, 6, dtype=torch.long)
    x = modules[0](x)
    for _ in range(source.randint(1, 3)):
        kind = source.choice(["lstm", "gru", "rnn", "encoder", "ln", "fc"])
        if kind == "encoder":
            module: Any = encoder(2, width, 4, 24)
            layers.append([kind, 2, 4, 24])
        elif kind == "ln":
            module = nn.LayerNorm(width)
            layers.append([kind])
        elif kind == "fc":
            module = nn.Linear(width, 8)
            layers.append([kind, 8])
            width = 8
        else:
            both = source.random() < 0.5
            module = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[kind](width, 8, bidirectional=both, batch_first=True)
            layers.append([kind, 8, *["bi"] * both])
            width = 16 if both else 8
        modules.append(module)
        x = module(x)[0] if kind in ("lstm", "gru", "rnn") else module(x)
    recurrent = any(layer[0] in ("lstm", "gru", "rnn") for layer in layers)
    trace = calculate("network_chain", n=6, layers=layers, **({"biases": "two"} if recurrent else {}))
    assert trace["total"].value == size(*modules)
    shapes = [step.name for step in trace.plan.steps if step.name.startswith("shape_")]
    assert list(trace[shapes[-1]].value) == list(x.shape[1:])


@pytest.mark.parametrize("seed", range(100))
def test_random_residual_networks(seed: int) -> None:
    """Random stages of residual blocks: parameters, the size of the map, and statistics where they count."""
    source = random.Random(seed)
    channels, layers, modules = 8, [["conv", 8, 3, 1, 1, "nobias"], ["bn"]], [convolution(3, 8, 3)]
    x = modules[0](torch.zeros(1, 3, 32, 32))
    for _ in range(source.randint(1, 3)):
        kind, depth, width, stride = (
            source.choice(["basic", "bottleneck"]),
            source.randint(1, 3),
            source.choice([4, 8]),
            source.choice([1, 2]),
        )
        layers.append([kind, depth, width, stride])
        for i in range(depth):
            block, channels = residual(width, channels, stride if not i else 1, kind == "bottleneck")
            x = nn.Sequential(*block[: 3 if kind == "bottleneck" else 2])(x)
            modules += block
    trace = calculate("network_chain", H=32, C=3, layers=layers)
    assert trace["total"].value == size(*modules)
    assert list(trace[f"shape_{len(layers)}"].value) == [x.shape[2], x.shape[3], x.shape[1]]
    buffers = sum(buffer.numel() for module in modules for buffer in module.buffers() if buffer.dim())
    assert calculate("network_chain", H=32, C=3, layers=layers, counted="with_statistics")["total"].value == size(*modules) + buffers
