"""Any network as one list of layers: shapes, parameters and multiplications layer by layer. How lists are read is in ``network_parts``."""

from __future__ import annotations

from collections.abc import Callable

from .cnn_chain import WRITERS as IMAGE_WRITERS
from .cnn_chain import Flat, Map, give_image, write_dense, write_flatten
from .cnn_layers import Layer
from .cnn_words import NATURAL, WHOLE, ask_layout
from .network_parts import (
    BLOCKS,
    CELLS,
    STAGES,
    Network,
    Signal,
    Tokens,
    channels_of,
    read_network,
    require_image,
    require_tokens,
    shape_of_signal,
    vocabulary_of,
    write_shape,
)  # fmt: skip
from .network_stages import write_stage
from .network_tokens import (
    write_attention,
    write_blocks,
    write_cell,
    write_class_token,
    write_embedding,
    write_ffn,
    write_first,
    write_mults,
    write_params,
    write_patches,
    write_positions,
    write_tied,
    write_token_norm,
)  # fmt: skip
from .work import Pair, Work, calculator

STATISTICS: dict[str, Pair] = {
    "trained": ("Only trained parameters are counted.", "只计可训练的参数。"),
    "with_statistics": ("The running means and variances of batch normalisation are counted too.", "批归一化的滑动均值与方差也计入。"),
}
BIASES: dict[str, Pair] = {
    "one": ("Each set of recurrent weights has one vector of biases.", "每组循环权重有一个偏置向量。"),
    "two": ("Each set of recurrent weights has two vectors of biases, as in PyTorch.", "每组循环权重有两个偏置向量（如 PyTorch）。"),
}
BIAS: dict[str, Pair] = {
    "with": ("Layers have biases unless said otherwise.", "除另有说明外，各层都有偏置。"),
    "without": ("There are no biases.", "不含偏置。"),
}
OPERATIONS: dict[str, Pair] = {
    "multiply_adds": ("A multiplication and the addition that follows count as one operation.", "一次乘法连同其后的加法计为一次运算。"),
    "both": ("Multiplications and additions count as operations of their own: two for each pair.", "乘法与加法各计一次运算：每一对计两次。"),
}


@calculator(
    "network_chain",
    ("A whole network, layer by layer", "整个网络的逐层计算"),
    chapter="cnn",
    example={"n": 20, "layers": [["embedding", 1000, 32], ["gru", 16, "bi"], ["encoder", 2, 4, 64], ["mean"], ["fc", 5]]},
)
def network_chain(work: Work) -> None:
    """Output shape, parameters and multiplications of each layer, and their totals. The input is an image (H, W, C), n tokens, n vectors
    of width d, or one vector of width d; a decoder with cross-attention looks at m tokens (n unless given).

    ``layers`` is a list, or its text. Beside the kinds of ``cnn_shape_chain``: ``[embedding, vocabulary, width]``, ``[positions, length]``,
    ``[segments, kinds]``, ``[class_token]``, ``[patches, side, width]``, ``[ln]``, ``[rms]``, ``[rnn, units]``, ``[lstm, units]``, ``[gru, units]``
    (words ``bi``, ``last``, ``nobias``), ``[attention, heads, groups]``, ``[ffn, inner]`` (``gated``), ``[encoder, blocks, heads, inner]``,
    ``[decoder, blocks, heads, inner]``, ``[first]``, ``[mean]``, ``[tied]``, ``[basic, blocks, width, stride]`` and
    ``[bottleneck, blocks, width, stride]`` (``project``), ``[repeat, times, layers]``. A size may be a name, which becomes a given.

    Sources: He et al., arXiv:1512.03385; Vaswani et al., arXiv:1706.03762; Devlin et al., arXiv:1810.04805; Radford et al. 2019 (GPT-2);
    Dosovitskiy et al., arXiv:2010.11929.
    """
    signal, square = _give_input(work)
    layout = ask_layout(work) if isinstance(signal, Map) else "HWC"
    work.given("layers", ("layers of the network", "网络的各层"), shape=None)
    layers = read_network(work.structure("layers"))
    for name in dict.fromkeys(name for layer in layers for name in layer.names):
        work.given(name, ("a size in the list of layers", "各层中的一个尺寸"), is_=WHOLE)
    kinds = set(_kinds(layers))
    if "decoder" in kinds:
        work.given("m", ("tokens the decoder looks at", "解码器所看的词元数"), is_=WHOLE, default="n")
    place = Network(
        Layer("input"), layout, work.option("bias", ("biases", "偏置"), BIAS, default="with") == "with", square, signal.channels if isinstance(signal, Map) else "",
        vocabulary=vocabulary_of(layers),
        two_biases=bool(kinds & set(CELLS)) and work.option("biases", ("biases of recurrent layers", "循环层的偏置"), BIASES, default="one") == "two",
        norm=4 if kinds & {"bn", *STAGES} and work.option("counted", ("what counts", "计数范围"), STATISTICS, default="trained") == "with_statistics" else 2,
    )  # fmt: skip
    write_layers(work, layers, place, signal)
    _write_totals(work, layers)


def _kinds(layers: tuple[Layer, ...]) -> list[str]:
    return [kind for layer in layers for kind in (layer.kind, *(inner for part in layer.parts for inner in _kinds(part)))]


def _give_input(work: Work) -> tuple[Signal, bool]:
    """Declares the input, and says whether it is a square image."""
    if work.offered("n"):
        work.given("n", ("tokens", "词元数"), is_=WHOLE)
        vectors = work.optional("d", ("width of the input", "输入宽度"), is_=WHOLE)
        return Tokens("n", "d" if vectors else ""), False
    if work.offered("d"):
        work.given("d", ("width of the input", "输入宽度"), is_=WHOLE)
        return Flat("d"), False
    return give_image(work)


def write_layers(work: Work, layers: tuple[Layer, ...], place: Network, signal: Signal) -> Signal:
    """Writes the steps of all layers and returns what the last one passes on; a block writes its parts in the same way."""
    for layer in layers:
        if not layer.is_silent:
            signal = WRITERS[layer.kind](work, place.at(layer), signal)
    return signal


def _sum_of(work: Work, layers: tuple[Layer, ...], quantity: str) -> str:
    """The sum of a quantity over these layers, those that have any."""
    known = {step.name for step in work.steps}
    return " + ".join(name for layer in layers if (name := f"{quantity}_{layer.number}") in known) or "0"


def _write_totals(work: Work, layers: tuple[Layer, ...]) -> None:
    work.step("total", _sum_of(work, layers, "params"), ("all parameters", "参数总数"), is_=NATURAL)
    work.step("total_mults", _sum_of(work, layers, "mults"), ("all multiplications", "乘法总次数"), is_=NATURAL)
    both = work.option("operations", ("what counts as an operation", "运算的计法"), OPERATIONS, default="multiply_adds") == "both"
    why = ("a multiplication and an addition for each weight used", "每用一次权重做一次乘法、一次加法") if both else None
    work.step("operations", "2*total_mults" if both else "total_mults", ("operations, without biases", "运算次数（不计偏置）"), why, is_=NATURAL)


def write_image_layer(work: Work, place: Network, signal: Signal) -> Signal:
    return IMAGE_WRITERS[place.layer.kind](work, place, require_image(place, signal))


def write_norm(work: Work, place: Network, signal: Signal) -> Signal:
    """Batch normalisation: a scale and a shift, and where they count the running mean and variance (arXiv:1502.03167)."""
    channels = channels_of(place, signal)
    why = ("a scale and a shift for each channel", "每个通道一个缩放和一个平移")
    with_statistics = ("scale, shift, running mean and running variance of each channel", "每个通道的缩放、平移、滑动均值与滑动方差")
    write_params(work, place, f"{place.norm}*{channels}", why if place.norm == 2 else with_statistics)
    work.mistake("scale_only", channels, "only the scale is counted; each channel also has a shift.", "只算了缩放；每个通道还有一个平移。")
    return signal


def write_fc(work: Work, place: Network, signal: Signal) -> Signal:
    """A dense layer: on a map or vector as a whole, on tokens one by one with the same weights."""
    if not isinstance(signal, Tokens):
        return write_dense(work, place, signal)
    signal = require_tokens(place, signal)
    units = place.layer["units"]
    after = Tokens(signal.length, units)
    write_shape(work, place, after)
    weights = f"{signal.width}*{units}"
    biases = f" + {units}" * place.biased
    write_params(work, place, weights + biases, ("all tokens share one matrix", "所有词元共用一个矩阵"))
    work.mistake("times_tokens", f"{signal.length}*({weights}{biases})", "the count is multiplied by the number of tokens; all tokens share the weights, so count them once.", "又乘了词元数；各词元共用权重，只计一次。")
    if place.biased:
        work.mistake("forgot_bias", weights, "the biases are left out; each unit has one.", "漏了偏置；每个单元各有一个。", kind="slip")
    write_mults(work, place, f"{signal.length}*{weights}")
    return after


def write_flat(work: Work, place: Network, signal: Signal) -> Signal:
    """A map or a sequence as one vector."""
    if not isinstance(signal, Tokens):
        return write_flatten(work, place, signal)
    tokens, name = require_tokens(place, signal), place.name("d")
    work.step(name, f"{tokens.length}*{tokens.width}", place.label("length after flattening", "展平后的长度"), ("every value of every token", "每个词元的每个值"), is_=WHOLE)
    return Flat(name)


def write_mean(work: Work, place: Network, signal: Signal) -> Signal:
    return write_first(work, place, signal) if isinstance(signal, Tokens) else write_image_layer(work, place, signal)


def write_residual(work: Work, place: Network, signal: Signal) -> Signal:
    """The sum of what the block computes and of its shortcut, which must have one shape."""
    parts = place.layer.parts
    computed = write_layers(work, parts[0], place, signal)
    shortcut = write_layers(work, parts[1], place, signal) if len(parts) == 2 else signal
    formula = f"agree({shape_of_signal(place.layout, computed)}, {shape_of_signal(place.layout, shortcut)})"
    work.step(place.name("shape"), formula, place.label("output shape", "输出形状"), ("the sum needs two parts of one shape", "相加要求两者形状相同"))
    _write_parts(work, place)
    return computed


def write_branches(work: Work, place: Network, signal: Signal) -> Signal:
    """The maps of parallel branches stacked along the channels; they must have one height and width."""
    ends = [require_image(place, write_layers(work, part, place, signal)) for part in place.layer.parts]
    channels, height = place.name("C"), place.name("H")
    work.step(channels, " + ".join(end.channels for end in ends), place.label("output channels", "输出通道数"), ("the maps of the branches are stacked", "各支路的特征图沿通道拼接"), is_=WHOLE)
    work.step(height, f"agree({', '.join(end.height for end in ends)})", place.label("output height", "输出高度"), ("all branches keep the same size", "各支路的尺寸必须一致"), is_=WHOLE)
    width = height
    if not place.square:
        width = place.name("W")
        work.step(width, f"agree({', '.join(end.width for end in ends)})", place.label("output width", "输出宽度"), is_=WHOLE)
    after = Map(height, width, channels)
    write_shape(work, place, after)
    _write_parts(work, place)
    return after


def write_repeat(work: Work, place: Network, signal: Signal) -> Signal:
    """Equal layers one after the other, each copy with weights of its own; a copy must pass on the shape it takes."""
    (part,) = place.layer.parts
    times = place.layer["times"]
    after = write_layers(work, part, place, signal)
    before, end = (shape_of_signal(place.layout, end) for end in (signal, after))
    work.step(place.name("shape"), f"agree({before}, {end})", place.label("output shape", "输出形状"), ("every copy passes on the shape it takes", "每份输出与输入形状相同"))
    _write_parts(work, place, times)
    return after


def _write_parts(work: Work, place: Network, times: str = "1") -> None:
    """Parameters and multiplications of a block: the sums over its parts, times the number of copies."""
    layers = tuple(layer for part in place.layer.parts for layer in part)
    params, mults = (_sum_of(work, layers, quantity) for quantity in ("params", "mults"))
    if times == "1":
        write_params(work, place, params, ("the parts together", "各部分之和"))
        write_mults(work, place, mults)
        return
    write_params(work, place, f"{times}*({params})", ("copies do not share weights", "各份不共享权重"))
    work.mistake("one_copy", params, "one copy is counted; each has weights of its own.", "只算了一份；每份都有自己的权重。")
    write_mults(work, place, f"{times}*({mults})")


WRITERS: dict[str, Callable[[Work, Network, Signal], Signal]] = {
    **dict.fromkeys(("conv", "depthwise", "pool"), write_image_layer),
    "gap": write_mean,
    "mean": write_mean,
    "first": write_first,
    "bn": write_norm,
    "flatten": write_flat,
    "fc": write_fc,
    "embedding": write_embedding,
    **dict.fromkeys(("positions", "segments"), write_positions),
    "class_token": write_class_token,
    "patches": write_patches,
    **dict.fromkeys(("ln", "rms"), write_token_norm),
    **dict.fromkeys(CELLS, write_cell),
    "attention": write_attention,
    "ffn": write_ffn,
    **dict.fromkeys(BLOCKS, write_blocks),
    "tied": write_tied,
    **dict.fromkeys(STAGES, write_stage),
    "residual": write_residual,
    "branches": write_branches,
    "repeat": write_repeat,
}
