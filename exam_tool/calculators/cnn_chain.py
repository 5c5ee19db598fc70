"""A network as a list of layers: shape, parameters and multiplications layer by layer. How a list is written is read in ``cnn_layers``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from exam_tool.language import Text

from .cnn_layers import Layer, read_layers
from .cnn_words import NATURAL, NO_PLUS_ONE, WHOLE, ask_layer_bias, ask_layout, shape_call
from .work import CalculatorError, Pair, Work, calculator


@dataclass(frozen=True, slots=True)
class Map:
    """What a layer passes on: formulas of height, width and channels."""

    height: str
    width: str
    channels: str


@dataclass(frozen=True, slots=True)
class Flat:
    """A vector passed on: the formula of its length."""

    length: str


Signal = Map | Flat


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer stands: its number, its name in both languages, and the conventions of the whole network."""

    number: int
    layer: Layer
    layout: str
    bias: bool
    square: bool  # height and width are the same in every layer, so one step stands for both

    def name(self, quantity: str) -> str:
        return f"{quantity}_{self.number}"

    def label(self, en: str, zh: str) -> Pair:
        kind = self.layer.title
        return f"layer {self.number} ({kind[0]}): {en}", f"第 {self.number} 层（{kind[1]}）：{zh}"


@calculator(
    "cnn_shape_chain",
    ("Shapes and parameters through a network", "网络逐层的形状与参数量"),
    chapter="cnn",
    rows=("cnn_shape_chain",),
    example={
        "H": 32, "C": 3, "bias": "with",
        "layers": [["conv", 6, 5], ["relu"], ["pool", 2], ["conv", 16, 3, 2, 1], ["flatten"], ["fc", 10]],
    },
)  # fmt: skip
def cnn_shape_chain(work: Work) -> None:
    """Output shape, parameters and multiplications of each layer of a network on an H x W x C image, and their totals.

    ``layers`` is a list: ``[conv, filters, kernel, stride, padding, groups]``, ``[depthwise, kernel, stride, padding]``,
    ``[pool, window, stride, padding]``, ``[gap]``, ``[bn]``, ``[flatten]``, ``[fc, units]`` and activations such as ``[relu]``; what
    is left out at the end takes its usual value. A size may be a name, which becomes a given. Layers without effect on size or
    parameters are not numbered (LeCun et al. 1998, section II; Goodfellow et al. 2016, ch. 9).
    """
    work.given("H", ("input height", "输入高度"), is_=WHOLE)
    work.given("W", ("input width", "输入宽度"), is_=WHOLE, default="H")
    work.given("C", ("input channels", "输入通道数"), is_=WHOLE, default="1", aliases=["C_in"])
    work.given("layers", ("layers of the network", "网络的各层"), shape=None)
    layers = read_layers(work.structure("layers"))
    for name in dict.fromkeys(name for layer in layers for name in layer.names):
        work.given(name, ("a size in the list of layers", "各层中的一个尺寸"), is_=NATURAL)
    square = bool(work.structure("H") == work.structure("W"))
    place = Place(0, Layer("input"), ask_layout(work), ask_layer_bias(work, "with"), square)
    write_layers(work, layers, place)
    write_totals(work)


def write_layers(work: Work, layers: tuple[Layer, ...], start: Place) -> Signal:
    """Writes the steps of all layers and returns what the last one passes on."""
    signal: Signal = Map("H", "H" if start.square else "W", "C")
    number = start.number
    for layer in layers:
        if layer.is_silent:
            continue
        number += 1
        signal = WRITERS[layer.kind](work, replace(start, number=number, layer=layer), signal)
    return signal


def write_totals(work: Work) -> None:
    counts = {kind: [step.name for step in work.steps if step.name.startswith(f"{kind}_")] for kind in ("params", "mults")}
    work.step("total", " + ".join(counts["params"]) or "0", ("all parameters", "参数总数"), is_=NATURAL)
    work.step("total_mults", " + ".join(counts["mults"]) or "0", ("all multiplications", "乘法总次数"), is_=NATURAL)


def require_map(place: Place, signal: Signal) -> Map:
    if isinstance(signal, Flat):
        kind = place.layer.kind
        raise CalculatorError(
            Text(f"Layer {place.number} ({kind}) needs a feature map, but the layer before gives a vector.", f"第 {place.number} 层（{kind}）需要特征图，但前一层给出的是向量。")
        )
    return signal


def output_size(size: str, kernel: str, stride: str, padding: str, rounding: str = "floor") -> str:
    """The formula of one output size, without the parts that do nothing."""
    room = f"{size} - {kernel}" if padding == "0" else f"{size} + 2*{padding} - {kernel}"
    if stride == "1":
        return f"{room} + 1"
    moves = f"{rounding}(({room}) / {stride})"
    if rounding == "ceil" and padding != "0":  # the last window must start inside the input or its first padding
        moves = f"min({moves}, floor(({size} + {padding} - 1) / {stride}))"
    return f"{moves} + 1"


def write_window(work: Work, place: Place, before: Map, channels: str) -> Map:
    """Height and width after a sliding window, and the shape."""
    layer = place.layer
    kernel, stride, padding = layer["kernel"], layer["stride"], layer["padding"]
    sizes: dict[str, str] = {}
    axes = (("H", before.height, "output height and width", "输出高与宽"),) if place.square else (
        ("H", before.height, "output height", "输出高度"), ("W", before.width, "output width", "输出宽度"),
    )  # fmt: skip
    for letter, size, en, zh in axes:
        name = place.name(letter)
        formula = output_size(size, kernel, stride, padding, layer.rounding)
        work.step(name, formula, place.label(en, zh), ("positions = moves + 1", "位置数 = 移动次数 + 1"), is_=WHOLE)
        work.mistake("no_plus_one", formula.removesuffix(" + 1"), *NO_PLUS_ONE)
        if stride != "1":
            work.mistake("stride_ignored", output_size(size, kernel, "1", padding), "the stride is left out.", "没有计入步幅。")
        sizes[letter] = name
    after = Map(sizes["H"], sizes.get("W", sizes["H"]), channels)
    write_shape(work, place, after)
    if channels != before.channels:
        work.mistake("channels_kept", shape_call(place.layout, after.height, after.width, before.channels), "the channels are kept; each filter makes one output channel.", "沿用了输入通道数；每个卷积核产生一个输出通道。")
    return after


def write_shape(work: Work, place: Place, after: Signal) -> None:
    formula = f"shape({after.length})" if isinstance(after, Flat) else shape_call(place.layout, after.height, after.width, after.channels)
    work.step(place.name("shape"), formula, place.label("output shape", "输出形状"))


def write_conv(work: Work, place: Place, signal: Signal) -> Signal:
    before, layer = require_map(place, signal), place.layer
    filters, kernel, groups = layer["filters"], layer["kernel"], layer["groups"]
    after = write_window(work, place, before, filters)
    depth = before.channels if groups == "1" else f"{before.channels}/{groups}"
    weights = f"{kernel}^2*{depth}*{filters}"
    write_params(work, place, weights, filters, ("each filter spans all channels of the map before it", "每个卷积核覆盖前一张特征图的全部通道"))
    area = f"*{after.height}*{after.width}"
    work.mistake("conv_times_map", f"({_with_bias(place, weights, filters)}){area}", "the count is multiplied by the size of the map; all positions share the same weights.", "又乘了特征图的大小；各位置共享同一组权重。")
    work.mistake("forgot_c_in", _with_bias(place, f"{kernel}^2*{filters}", filters), "the input channels are left out; each filter spans all of them.", "漏了输入通道数；每个卷积核覆盖全部输入通道。")
    if before.channels != "C":
        work.mistake("channels_not_updated", _with_bias(place, f"{kernel}^2*C*{filters}", filters), "the channels of the image are used; the layer sees those of the map before it.", "用了图像的通道数；该层看到的是前一张特征图的通道。")
    write_mults(work, place, f"{after.height}*{after.width}*{weights}")
    work.mistake("one_position", weights, "the multiplications of one position are counted; they are done at every position.", "只算了一个位置的乘法；每个位置都要做一遍。")
    return after


def write_depthwise(work: Work, place: Place, signal: Signal) -> Signal:
    before, kernel = require_map(place, signal), place.layer["kernel"]
    after = write_window(work, place, before, before.channels)
    write_params(work, place, f"{kernel}^2*{before.channels}", before.channels, ("each channel has one kernel of its own", "每个通道只有自己的一个卷积核"))
    work.mistake("depthwise_full", _with_bias(place, f"{kernel}^2*{before.channels}^2", before.channels), "it is counted as a full convolution; each channel has one kernel of its own.", "当成了标准卷积；每个通道只有自己的一个卷积核。")
    write_mults(work, place, f"{after.height}*{after.width}*{kernel}^2*{before.channels}")
    return after


def write_pool(work: Work, place: Place, signal: Signal) -> Signal:
    before = require_map(place, signal)
    after = write_window(work, place, before, before.channels)
    work.step(place.name("params"), "0", place.label("parameters", "参数量"), ("pooling has nothing to learn", "池化没有可学习的参数"), is_=NATURAL)
    work.mistake("pool_params", f"{place.layer['kernel']}^2*{before.channels}", "the window is given weights; pooling learns nothing.", "给池化窗口算了权重；池化没有可学习参数。")
    return after


def write_gap(work: Work, place: Place, signal: Signal) -> Signal:
    before = require_map(place, signal)
    after = Flat(before.channels)
    write_shape(work, place, after)
    work.mistake("flattened", f"shape({before.height}*{before.width}*{before.channels})", "the map is flattened; its mean leaves one value for each channel.", "当成了展平；取平均后每个通道只剩一个值。")
    return after


def write_norm(work: Work, place: Place, signal: Signal) -> Signal:
    channels = signal.length if isinstance(signal, Flat) else signal.channels
    work.step(place.name("params"), f"2*{channels}", place.label("parameters", "参数量"), ("a scale and a shift for each channel", "每个通道一个缩放和一个平移"), is_=NATURAL)
    work.mistake("with_statistics", f"4*{channels}", "the running mean and variance are counted too; they are not trained.", "把滑动均值与方差也算上了；它们不参与训练。")
    return signal


def write_flatten(work: Work, place: Place, signal: Signal) -> Signal:
    if isinstance(signal, Flat):
        return signal
    name = place.name("d")
    work.step(name, f"{signal.height}*{signal.width}*{signal.channels}", place.label("length after flattening", "展平后的长度"), ("every value of every channel", "每个通道的每个值"), is_=WHOLE)
    work.mistake("forgot_c", f"{signal.height}*{signal.width}", "the channels are left out; flattening gives H·W·C values.", "漏了通道数；展平后的长度是 H·W·C。")
    return Flat(name)


def write_dense(work: Work, place: Place, signal: Signal) -> Signal:
    flat = write_flatten(work, place, signal)
    assert isinstance(flat, Flat)
    units = place.layer["units"]
    after = Flat(units)
    write_shape(work, place, after)
    write_params(work, place, f"{flat.length}*{units}", units, ("each unit has a weight for each input", "每个单元对每个输入有一个权重"))
    if place.bias:
        work.mistake("bias_sending", f"{flat.length}*{units} + {flat.length}", "the biases are counted on the sending side; there is one for each unit that receives.", "偏置按发送一侧计数；偏置个数等于接收单元数。")
    write_mults(work, place, f"{flat.length}*{units}")
    return after


def _with_bias(place: Place, weights: str, biases: str) -> str:
    return f"{weights} + {biases}" if place.bias else weights


def write_params(work: Work, place: Place, weights: str, biases: str, why: Pair) -> None:
    work.step(place.name("params"), _with_bias(place, weights, biases), place.label("parameters", "参数量"), why, is_=NATURAL)
    if place.bias:
        work.mistake("forgot_bias", weights, "the biases are left out; each filter or unit has one.", "漏了偏置；每个卷积核（或单元）各有一个。", kind="slip")


def write_mults(work: Work, place: Place, formula: str) -> None:
    work.step(place.name("mults"), formula, place.label("multiplications", "乘法次数"), is_=NATURAL)


WRITERS: dict[str, Callable[[Work, Place, Signal], Signal]] = {
    "conv": write_conv,
    "depthwise": write_depthwise,
    "pool": write_pool,
    "gap": write_gap,
    "bn": write_norm,
    "flatten": write_flatten,
    "fc": write_dense,
}
