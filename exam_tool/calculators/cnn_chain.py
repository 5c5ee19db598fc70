"""A network as a list of layers: shape, parameters and multiplications layer by layer. How a list is written is read in ``cnn_layers``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from exam_tool.expressions.arrays import ShapeError, Value, same
from exam_tool.expressions.functions import register
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

    layer: Layer
    layout: str
    bias: bool
    square: bool  # height and width are the same in every layer, so one step stands for both
    image: str  # the formula of the channels of the image

    @property
    def number(self) -> str:
        return self.layer.number

    @property
    def biased(self) -> bool:
        """Whether this layer has biases: as the network has, unless it is marked ``nobias``."""
        return self.bias and "nobias" not in self.layer.flags

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
    """Output shape, parameters and multiplications of each layer of a network on an H x W x C image (or one of shape ``input``), and their totals.

    ``layers`` is a list: ``[conv, filters, kernel, stride, padding, groups]``, ``[depthwise, kernel, stride, padding]``,
    ``[pool, window, stride, padding]``, ``[gap]``, ``[bn]``, ``[flatten]``, ``[fc, units]``, ``[residual, layers, shortcut]``,
    ``[branches, layers, layers, ...]`` and activations such as ``[relu]``. What is left out at the end takes its usual value; the words
    ``same``, ``nobias`` and ``ceil`` may follow. A size may be a name, which becomes a given. Layers that change neither a size nor
    the parameters are not numbered. Residual blocks: He et al. 2015, arXiv:1512.03385; branches: arXiv:1409.4842.
    """
    layout = ask_layout(work)
    image, square = _give_input(work, layout)
    work.given("layers", ("layers of the network", "网络的各层"), shape=None)
    layers = read_layers(work.structure("layers"))
    for name in dict.fromkeys(name for layer in layers for name in layer.names):
        work.given(name, ("a size in the list of layers", "各层中的一个尺寸"), is_=NATURAL)
    place = Place(Layer("input"), layout, ask_layer_bias(work, "with"), square, image.channels)
    write_layers(work, layers, place, image)
    write_totals(work)


def _give_input(work: Work, layout: str) -> tuple[Map, bool]:
    """Declares the input, as H, W and C or as one shape in the order of the layout, and says whether it is square."""
    if work.offered("input"):
        work.given("input", ("input shape", "输入形状"), is_=WHOLE, shape=None)
        sizes = work.structure("input")
        if len(sizes) != 3:
            raise CalculatorError(Text("input is a height, a width and a number of channels.", "input 由高、宽和通道数组成。"))
        channels, height, width = ("input[1]", "input[2]", "input[3]") if layout == "CHW" else ("input[3]", "input[1]", "input[2]")
        square = bool(sizes[1] == sizes[2]) if layout == "CHW" else bool(sizes[0] == sizes[1])
        return Map(height, height if square else width, channels), square
    return give_image(work)


def give_image(work: Work) -> tuple[Map, bool]:
    """Declares an image by H, W and C, and says whether it is square."""
    work.given("H", ("input height", "输入高度"), is_=WHOLE)
    work.given("W", ("input width", "输入宽度"), is_=WHOLE, default="H")
    work.given("C", ("input channels", "输入通道数"), is_=WHOLE, default="1", aliases=["C_in"])
    square = bool(work.structure("H") == work.structure("W"))
    return Map("H", "H" if square else "W", "C"), square


def write_layers(work: Work, layers: tuple[Layer, ...], place: Place, signal: Signal) -> Signal:
    """Writes the steps of all layers and returns what the last one passes on; a block writes its parts in the same way."""
    for layer in layers:
        if not layer.is_silent:
            signal = WRITERS[layer.kind](work, replace(place, layer=layer), signal)
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
    """Height and width after a sliding window, and the shape. Padding ``same`` at stride 1 keeps both, so nothing is computed."""
    layer = place.layer
    if "same" in layer.flags and layer["stride"] == "1":
        after = Map(before.height, before.width, channels)
    else:
        height = write_size(work, place, "H", before.height)
        after = Map(height, height if place.square else write_size(work, place, "W", before.width), channels)
    write_shape(work, place, after)
    if channels != before.channels:
        work.mistake("channels_kept", shape_call(place.layout, after.height, after.width, before.channels), "the channels are kept; each filter makes one output channel.", "沿用了输入通道数；每个卷积核产生一个输出通道。")
    return after


def write_size(work: Work, place: Place, letter: str, size: str) -> str:
    """One output size, or both where they are the same; returns the name of the step."""
    layer, name = place.layer, place.name(letter)
    kernel, stride, padding = layer["kernel"], layer["stride"], layer["padding"]
    formula = output_size(size, kernel, stride, padding, layer.rounding)
    labels: dict[str, Pair] = {"H": ("output height", "输出高度"), "W": ("output width", "输出宽度")}
    label = ("output height and width", "输出高与宽") if place.square else labels[letter]
    work.step(name, formula, place.label(*label), ("positions = moves + 1", "位置数 = 移动次数 + 1"), is_=WHOLE)
    work.mistake("no_plus_one", formula.removesuffix(" + 1"), *NO_PLUS_ONE)
    if stride != "1":
        work.mistake("stride_ignored", output_size(size, kernel, "1", padding), "the stride is left out; the room to move is divided by it.", "没有计入步幅；可移动的距离要除以步幅。")
    return name


def shape_formula(place: Place, signal: Signal) -> str:
    return f"shape({signal.length})" if isinstance(signal, Flat) else shape_call(place.layout, signal.height, signal.width, signal.channels)


def write_shape(work: Work, place: Place, after: Signal) -> None:
    work.step(place.name("shape"), shape_formula(place, after), place.label("output shape", "输出形状"))


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
    if before.channels != place.image:
        work.mistake("channels_not_updated", _with_bias(place, f"{kernel}^2*{place.image}*{filters}", filters), "the channels of the first input are used; the layer sees those of the map before it.", "用了最初输入的通道数；该层看到的是前一张特征图的通道。")
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
    work.step(name, f"{signal.height}*{signal.width}*{signal.channels}", place.label("length after flattening", "展平后的长度"), ("every value of every channel becomes an input", "每个通道的每个值都成为一个输入"), is_=WHOLE)
    work.mistake("forgot_c", f"{signal.height}*{signal.width}", "the channels are left out; flattening gives H·W·C values.", "漏了通道数；展平后的长度是 H·W·C。")
    return Flat(name)


def write_dense(work: Work, place: Place, signal: Signal) -> Signal:
    flat = write_flatten(work, place, signal)
    assert isinstance(flat, Flat)
    units = place.layer["units"]
    after = Flat(units)
    write_shape(work, place, after)
    write_params(work, place, f"{flat.length}*{units}", units, ("each unit has a weight for each input", "每个单元对每个输入有一个权重"))
    if place.biased:
        work.mistake("bias_sending", f"{flat.length}*{units} + {flat.length}", "the biases are counted on the sending side; there is one for each unit that receives.", "偏置按发送一侧计数；偏置个数等于接收单元数。")
    write_mults(work, place, f"{flat.length}*{units}")
    return after


def write_residual(work: Work, place: Place, signal: Signal) -> Signal:
    """The sum of what the block computes and of its shortcut, which must have one shape."""
    parts = place.layer.parts
    computed = write_layers(work, parts[0], place, signal)
    shortcut = write_layers(work, parts[1], place, signal) if len(parts) == 2 else signal
    name = place.name("shape")
    formula = f"agree({shape_formula(place, computed)}, {shape_formula(place, shortcut)})"
    work.step(name, formula, place.label("output shape", "输出形状"), ("the sum needs two maps of one shape and has no parameters", "相加要求两者形状相同，且没有参数"))
    return computed


def write_branches(work: Work, place: Place, signal: Signal) -> Signal:
    """The maps of parallel branches stacked along the channels; they must have one height and width."""
    ends = [require_map(place, write_layers(work, part, place, signal)) for part in place.layer.parts]
    channels, height = place.name("C"), place.name("H")
    work.step(channels, " + ".join(end.channels for end in ends), place.label("output channels", "输出通道数"), ("the maps of the branches are stacked", "各支路的特征图沿通道拼接"), is_=WHOLE)
    work.mistake("added_maps", f"max({', '.join(end.channels for end in ends)})", "the maps are added; they are stacked along the channels.", "把各支路的特征图相加了；应沿通道拼接。")
    work.step(height, f"agree({', '.join(end.height for end in ends)})", place.label("output height", "输出高度"), ("all branches keep the same size", "各支路的尺寸必须一致"), is_=WHOLE)
    width = height
    if not place.square:
        width = place.name("W")
        work.step(width, f"agree({', '.join(end.width for end in ends)})", place.label("output width", "输出宽度"), is_=WHOLE)
    after = Map(height, width, channels)
    write_shape(work, place, after)
    return after


def agree(*values: Value) -> Value:
    """The common value of its arguments.

    Raises:
        ShapeError: when they differ.
    """
    if not all(same(values[0], value) for value in values[1:]):
        raise ShapeError(Text("The parts of this block have different sizes.", "该模块各部分的尺寸不一致。"))
    return values[0]


register("agree", 1, None, agree)


def _with_bias(place: Place, weights: str, biases: str) -> str:
    return f"{weights} + {biases}" if place.biased else weights


def write_params(work: Work, place: Place, weights: str, biases: str, why: Pair) -> None:
    work.step(place.name("params"), _with_bias(place, weights, biases), place.label("parameters", "参数量"), why, is_=NATURAL)
    if place.biased:
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
    "residual": write_residual,
    "branches": write_branches,
}
