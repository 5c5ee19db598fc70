"""What a list of layers of any network may hold, what a layer passes on, and how its steps are named. It counts nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from exam_tool.expressions.arrays import Value
from exam_tool.language import Text

from .cnn_chain import Flat, Map, Place
from .cnn_layers import FLAGS, NESTED, SAME_AS, SIZES, TITLES, Layer, Vocabulary, read_list
from .cnn_words import shape_call
from .work import CalculatorError, Pair, Work

STAGES = ("basic", "bottleneck")
CELLS = {"rnn": 1, "lstm": 4, "gru": 3}  # sets of weights in one cell
BLOCKS = ("encoder", "decoder")
TOKEN_SIZES: dict[str, tuple[tuple[str, str | None], ...]] = {
    "embedding": (("vocabulary", None), ("width", None)),
    "positions": (("length", None),),
    "segments": (("kinds", None),),
    "class_token": (),
    "patches": (("kernel", None), ("width", None)),
    "ln": (),
    "rms": (),
    **dict.fromkeys(CELLS, (("units", None),)),
    "attention": (("heads", None), ("groups", "heads")),
    "ffn": (("inner", None),),
    **dict.fromkeys(BLOCKS, (("blocks", None), ("heads", None), ("inner", None))),
    "first": (),
    "mean": (),
    "tied": (),
    **dict.fromkeys(STAGES, (("blocks", None), ("width", None), ("stride", "1"))),
    "repeat": (("times", None),),
}
TOKEN_TITLES: dict[str, Pair] = {
    "embedding": ("embedding", "嵌入"),
    "positions": ("learned positions", "可学习的位置嵌入"),
    "segments": ("segment embedding", "句段嵌入"),
    "class_token": ("class token", "类别词元"),
    "patches": ("patch embedding", "图像块嵌入"),
    "ln": ("layer normalisation", "层归一化"),
    "rms": ("RMS normalisation", "RMS 归一化"),
    "rnn": ("simple recurrent layer", "简单循环层"),
    "lstm": ("LSTM", "LSTM"),
    "gru": ("GRU", "GRU"),
    "attention": ("self-attention", "自注意力"),
    "ffn": ("feed-forward layers", "前馈层"),
    "encoder": ("Transformer blocks", "Transformer 块"),
    "decoder": ("decoder blocks with cross-attention", "带交叉注意力的解码块"),
    "first": ("first token", "取第一个词元"),
    "mean": ("mean over the tokens", "对词元取平均"),
    "tied": ("output tied to the embedding", "与嵌入共享的输出层"),
    "basic": ("residual blocks", "残差块"),
    "bottleneck": ("bottleneck blocks", "瓶颈残差块"),
    "repeat": ("repeated layers", "重复的层"),
}
NETWORKS = Vocabulary(
    {**SIZES, **TOKEN_SIZES},
    {**NESTED, "repeat": 1},
    {**SAME_AS, "layernorm": "ln", "rmsnorm": "rms", "gpt": "encoder", "sinusoidal": "relu", "vanilla": "rnn"},
    {
        "same": FLAGS["same"],
        "ceil": FLAGS["ceil"],
        "nobias": (*FLAGS["nobias"], *CELLS, "attention", "ffn", *BLOCKS, "patches", "ln"),
        "bias": ("tied", *STAGES),
        "bi": tuple(CELLS),
        "last": tuple(CELLS),
        "gated": ("ffn",),
        "project": STAGES,
    },
    {**TITLES, **TOKEN_TITLES},
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A sequence passed on: formulas of its length and of the width of each token; an empty width stands for token numbers."""

    length: str
    width: str


Signal = Map | Flat | Tokens


@dataclass(frozen=True, slots=True)
class Network(Place):
    """A place with the conventions that sequences need: vectors of biases in a set, statistics counted, the size of the vocabulary."""

    two_biases: bool = False
    norm: int = 2  # numbers that count for each normalised channel
    vocabulary: str = ""

    def at(self, layer: Layer) -> Network:
        return replace(self, layer=layer)

    def label(self, en: str, zh: str) -> Pair:
        kind, number = self.layer.title, self.number.replace("_", ".")
        return f"layer {number} ({kind[0]}): {en}", f"第 {number} 层（{kind[1]}）：{zh}"


def read_network(value: Value) -> tuple[Layer, ...]:
    """The layers of a list or its text; the parts of layer 3 are numbered 3_1, 3_2, ... whatever branch they are in."""
    return numbered(read_list(value, NETWORKS))


def numbered(layers: tuple[Layer, ...], stem: str = "", after: int = 0) -> tuple[Layer, ...]:
    found, last = [], after
    for layer in layers:
        if layer.is_silent:
            found.append(layer)
            continue
        last += 1
        number = f"{stem}{last}"
        parts, inner = [], 0
        for part in layer.parts:
            parts.append(numbered(part, f"{number}_", inner))
            inner += sum(not item.is_silent for item in part)
        found.append(replace(layer, number=number, parts=tuple(parts)))
    return tuple(found)


def vocabulary_of(layers: tuple[Layer, ...]) -> str:
    """The formula of the size of the vocabulary: that of the first embedding."""
    return next((layer["vocabulary"] for layer in layers if layer.kind == "embedding"), "")


def misplaced(place: Network, needs: Pair) -> CalculatorError:
    kind, number = place.layer.kind, place.number.replace("_", ".")
    return CalculatorError(Text(f"Layer {number} ({kind}) needs {needs[0]}.", f"第 {number} 层（{kind}）需要{needs[1]}。"))


def require_tokens(place: Network, signal: Signal) -> Tokens:
    if not isinstance(signal, Tokens) or not signal.width:
        raise misplaced(place, ("a sequence of vectors", "向量序列"))
    return signal


def require_image(place: Network, signal: Signal) -> Map:
    if not isinstance(signal, Map):
        raise misplaced(place, ("a feature map", "特征图"))
    return signal


def channels_of(place: Network, signal: Signal) -> str:
    """What a normalisation has a scale for: channels, or the width of tokens or of a vector."""
    match signal:
        case Map():
            return signal.channels
        case Flat():
            return signal.length
        case Tokens():
            return require_tokens(place, signal).width


def shape_of_signal(layout: str, signal: Signal) -> str:
    match signal:
        case Map():
            return shape_call(layout, signal.height, signal.width, signal.channels)
        case Flat():
            return f"shape({signal.length})"
        case Tokens():
            return f"shape({signal.length}, {signal.width})" if signal.width else f"shape({signal.length})"


def write_shape(work: Work, place: Network, after: Signal, because: Pair | None = None) -> None:
    work.step(place.name("shape"), shape_of_signal(place.layout, after), place.label("output shape", "输出形状"), because)
