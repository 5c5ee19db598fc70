"""Whole networks as one list of layers: published totals, conventions, mistakes and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

STEM = "[conv, 64, 7, 2, 3, nobias], [bn], [relu], [pool, 3, 2, 1]"
RESNET_18 = f"[{STEM}, [basic, 2, 64], [basic, 2, 128, 2], [basic, 2, 256, 2], [basic, 2, 512, 2], [gap], [fc, 1000]]"
RESNET_50 = f"[{STEM}, [bottleneck, 3, 64], [bottleneck, 4, 128, 2], [bottleneck, 6, 256, 2], [bottleneck, 3, 512, 2], [gap], [fc, 1000]]"
KERAS_50 = RESNET_50.replace(", nobias", "").replace("[bottleneck", "[bottleneck, bias").replace("bias, 3, 64", "3, 64, bias")
BERT = "[[embedding, 30522, 768], [positions, 512], [segments, 2], [ln], [encoder, 12, 12, 3072], [first], [fc, 768], [tanh]]"
GPT_2 = "[[embedding, 50257, 768], [positions, 1024], [encoder, 12, 12, 3072], [ln], [tied]]"
VIT = "[[patches, 16, 768], [class_token], [positions, 197], [encoder, 12, 12, 3072], [ln], [first], [fc, 1000]]"
ALEXNET = (
    "[[conv, 64, 11, 4, 2], [relu], [pool, 3, 2], [conv, 192, 5, 1, 2], [pool, 3, 2], [conv, 384, 3, 1, 1], [conv, 256, 3, 1, 1],"
    "[conv, 256, 3, 1, 1], [pool, 3, 2], [flatten], [fc, 4096], [fc, 4096], [fc, 1000]]"
)
LENET = "[[conv, 6, 5], [avgpool, 2], [conv, 16, 5], [avgpool, 2], [fc, 120], [fc, 84], [fc, 10]]"
TAGGER = "[[embedding, 10000, 100], [{cell}, 128, bi], [fc, 17]]"
IMAGE = {"H": 224, "C": 3}
PUBLISHED: list[tuple[str, dict[str, Any], int]] = [
    ("LeNet-5", {"H": 32, "C": 1, "layers": LENET}, 61_706),
    ("AlexNet", {**IMAGE, "layers": ALEXNET}, 61_100_840),
    ("ResNet-18", {**IMAGE, "layers": RESNET_18}, 11_689_512),
    ("ResNet-50", {**IMAGE, "layers": RESNET_50}, 25_557_032),
    ("ViT-B/16", {**IMAGE, "layers": VIT}, 86_567_656),
    ("BERT-base", {"n": 128, "layers": BERT}, 109_482_240),
    ("GPT-2 small", {"n": 1024, "layers": GPT_2}, 124_439_808),
]


@pytest.mark.parametrize(("given", "total"), [case[1:] for case in PUBLISHED], ids=[case[0] for case in PUBLISHED])
def test_published_totals(given: dict[str, Any], total: int) -> None:
    """Each network has its published number of parameters."""
    assert calculate("network_chain", **given)["total"].value == total


def test_published_operations() -> None:
    """Multiply-accumulates of ResNet-18, ResNet-50 and ViT-B/16 as published with them: 1.81, 4.09 and 17.56 billion."""
    for layers, billions in ((RESNET_18, 1.81), (RESNET_50, 4.09), (VIT, 17.56)):
        trace = calculate("network_chain", **IMAGE, layers=layers)
        assert float(int(trace["total_mults"].value.p)) / 1e9 == pytest.approx(billions, abs=0.01)
    both = calculate("network_chain", **IMAGE, layers=RESNET_18, operations="both")
    assert both["operations"].value == 2 * both["total_mults"].value


def test_statistics_and_biases_make_the_count_of_keras() -> None:
    """ResNet-50 with running statistics and biases of convolutions has 25,636,712 numbers, as the Keras documentation counts."""
    assert calculate("network_chain", **IMAGE, layers=KERAS_50, counted="with_statistics")["total"].value == 25_636_712


@pytest.mark.parametrize(("cell", "sets"), [("rnn", 1), ("lstm", 4), ("gru", 3)])
@pytest.mark.parametrize("vectors", [1, 2])
def test_taggers(cell: str, sets: int, vectors: int) -> None:
    """Embedding, both directions of a recurrent layer with one or two vectors of biases, and a dense layer on each token."""
    trace = calculate("network_chain", n=30, layers=TAGGER.format(cell=cell), biases={1: "one", 2: "two"}[vectors])
    layer = 2 * sets * (100 * 128 + 128 * 128 + vectors * 128)
    assert trace["params_2"].value == layer
    assert list(trace["shape_3"].value) == [30, 17]
    assert trace["total"].value == 10000 * 100 + layer + 256 * 17 + 17


def test_stages_agree_with_residual_blocks() -> None:
    """A stage counts what its blocks written out count, parameters and multiplications."""
    inner = "[conv, 8, 3, {s}, 1, nobias], [bn], [conv, 8, 3, 1, 1, nobias], [bn]"
    written = f"[[residual, [{inner.format(s=2)}], [[conv, 8, 1, 2, nobias], [bn]]], [repeat, 2, [[residual, [{inner.format(s=1)}]]]]]"
    stage, blocks = (calculate("network_chain", H=16, C=4, layers=layers) for layers in ("[[basic, 3, 8, 2]]", written))
    for total in ("total", "total_mults"):
        assert stage[total].value == blocks[total].value
    assert list(stage["shape_1"].value) == list(blocks["shape_2"].value) == [8, 8, 8]


def test_blocks_agree_with_their_layers() -> None:
    """Transformer blocks count what attention, feed-forward layers and normalisations count one by one."""
    written = "[[repeat, 3, [[residual, [[attention, 4]]], [ln], [residual, [[ffn, 64]]], [ln]]]]"
    blocks, layers = (calculate("network_chain", n=9, d=16, layers=text) for text in ("[[encoder, 3, 4, 64]]", written))
    for total in ("total", "total_mults"):
        assert blocks[total].value == layers[total].value


def test_attention_after_both_directions() -> None:
    """The joined states of both directions are the width of what follows."""
    joined, plain = (
        calculate("network_chain", **given)
        for given in (
            {"n": 5, "d": 3, "layers": "[[gru, 8, bi], [encoder, 1, 4, 64]]"},
            {"n": 5, "d": 16, "layers": "[[ln], [encoder, 1, 4, 64]]"},
        )
    )
    for name in ("params_2", "mults_2"):
        assert joined[name].value == plain[name].value


def test_parts_have_numbers_of_their_own() -> None:
    """The parts of layer 2 are 2.1, 2.2, ... through all its branches, and names become givens."""
    layers = "[[conv, F, 3, same], [branches, [[conv, 2, 1]], [[conv, F, 3, same]]], [gap]]"
    trace = calculate("network_chain", H=8, C=3, F=5, layers=layers)
    assert trace["params_2_2"].value == 9 * 5 * 5 + 5
    assert trace["params_2"].value == 5 * 2 + 2 + 230
    assert list(trace["shape_3"].value) == [7]


def test_grouped_attention_and_gates() -> None:
    """Shared keys and values are narrower; a gated feed-forward layer has three matrices; RMS normalisation has scales only."""
    trace = calculate("network_chain", n=5, d=32, layers="[[rms], [attention, 8, 2, nobias], [ffn, 80, gated, nobias]]")
    assert [trace[f"params_{k}"].value for k in (1, 2, 3)] == [32, 2 * 32 * 32 + 2 * 32 * 8, 3 * 32 * 80]


def test_decoder_looks_at_the_memory() -> None:
    """A decoder block has two attentions and three normalisations; its cost depends on the length of what it looks at."""
    near, far = (calculate("network_chain", n=4, m=m, d=8, layers="[[decoder, 2, 2, 32]]") for m in (4, 10))
    assert near["total"].value == far["total"].value == 2 * (2 * (4 * 64 + 32) + 2 * 8 * 32 + 32 + 8 + 3 * 16)
    assert far["total_mults"].value - near["total_mults"].value == 2 * (2 * 6 * 64 + 2 * 4 * 6 * 8)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"n": 4, "layers": "[[lstm, 8]]"}, "needs a sequence of vectors"),
        ({"n": 4, "d": 3, "layers": "[[conv, 8, 3]]"}, "needs a feature map"),
        ({"n": 4, "d": 3, "layers": "[[tied]]"}, "an embedding to share"),
        ({"n": 4, "d": 3, "layers": "[[residual, [[fc, 5]]]]"}, "different sizes"),
        ({"n": 4, "d": 3, "layers": "[[lsmt, 5]]"}, 'Did you mean "lstm"'),
        ({"n": 4, "d": 3, "layers": "[[attention, 2, 4, 5, 6]]"}, "is followed by: heads, groups"),
    ],
)
def test_refusals(given: dict[str, Any], says: str) -> None:
    """A layer in the wrong place, of the wrong size or of an unknown kind is refused by name."""
    with pytest.raises(ExamToolError, match=says):
        calculate("network_chain", **given)


TAUGHT = [{"n": 6, "layers": BERT.replace("[fc, 768]", "[fc, 5]")}, {**IMAGE, "layers": RESNET_50}, {**IMAGE, "layers": VIT}]


@pytest.mark.parametrize("given", [*TAUGHT, {"n": 8, "layers": TAGGER.format(cell="lstm")}])
def test_mistakes_run(given: dict[str, Any]) -> None:
    """Every known mistake gives another number of the same shape."""
    trace = calculate("network_chain", **given)
    for step in trace.plan.steps:
        for mistake in step.mistakes:
            assert trace.mistaken(step, mistake)[step.name] != trace.values[step.name], f"{step.name}/{mistake.id}"
