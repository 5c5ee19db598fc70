"""How a list of layers is written and read: kinds, the order of their sizes, and what may be left out. It calculates nothing."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flint import fmpq

from exam_tool.expressions.arrays import Value
from exam_tool.expressions.reader import read
from exam_tool.expressions.tree import Array, Name, Node, Number, names
from exam_tool.language import Text

from .work import CalculatorError, Pair

# For every kind its sizes in order; a size without a usual value (None) must be written.
SIZES: dict[str, tuple[tuple[str, str | None], ...]] = {
    "conv": (("filters", None), ("kernel", None), ("stride", "1"), ("padding", "0"), ("groups", "1")),
    "depthwise": (("kernel", None), ("stride", "1"), ("padding", "0")),
    "pool": (("kernel", None), ("stride", "kernel"), ("padding", "0")),
    "gap": (),
    "bn": (),
    "flatten": (),
    "fc": (("units", None),),
    "relu": (),
}
NESTED = {"residual": 2, "branches": None}  # kinds made of lists of layers, with how many there may be
SAME_AS = {
    "maxpool": "pool", "avgpool": "pool", "dense": "fc", "linear": "fc", "batchnorm": "bn",
    "sigmoid": "relu", "tanh": "relu", "softmax": "relu", "gelu": "relu", "dropout": "relu", "lrn": "relu",
}  # fmt: skip
SILENT = "relu"  # changes neither sizes nor parameters
FLAGS = {"same": ("conv", "depthwise"), "nobias": ("conv", "depthwise", "fc"), "ceil": ("pool",)}
TITLES: dict[str, Pair] = {
    "input": ("input", "输入"),
    "conv": ("convolution", "卷积"),
    "depthwise": ("depthwise convolution", "深度卷积"),
    "pool": ("pooling", "池化"),
    "gap": ("global average pooling", "全局平均池化"),
    "bn": ("batch normalisation", "批归一化"),
    "flatten": ("flatten", "展平"),
    "fc": ("fully connected", "全连接"),
    "relu": ("activation", "激活"),
    "residual": ("residual sum", "残差相加"),
    "branches": ("stacked branches", "支路拼接"),
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The kinds of layers a list may hold: their sizes in order, how many lists of layers they are made of, other words, flags, titles."""

    sizes: Mapping[str, tuple[tuple[str, str | None], ...]]
    nested: Mapping[str, int | None]
    same_as: Mapping[str, str]
    flags: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, Pair]

    @property
    def kinds(self) -> list[str]:
        return list(dict.fromkeys((*self.sizes, *self.nested)))


IMAGES = Vocabulary(SIZES, NESTED, SAME_AS, FLAGS, TITLES)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: its kind and, by name, the formula of each of its sizes (a number, or the name of a given).

    A residual block has one or two ``parts`` (what it computes, and the shortcut), parallel branches have several. ``number`` is
    its place among the layers that change a size or have parameters, counted through all parts; empty for the others.
    """

    kind: str
    sizes: tuple[tuple[str, str], ...] = ()
    flags: frozenset[str] = frozenset()
    parts: tuple[tuple[Layer, ...], ...] = ()
    number: str = ""
    title: Pair = ("", "")

    def __getitem__(self, size: str) -> str:
        return dict(self.sizes)[size]

    @property
    def rounding(self) -> str:
        return "ceil" if "ceil" in self.flags else "floor"

    @property
    def is_silent(self) -> bool:
        return self.kind == SILENT

    @property
    def names(self) -> list[str]:
        """Names of givens among the sizes, those of the parts included."""
        own = {name for _, size in self.sizes for name in names(read(size))}
        return sorted(own.union(*(layer.names for part in self.parts for layer in part)))


def read_layers(value: Value) -> tuple[Layer, ...]:
    """The numbered layers of a list of lists, or of its text ``[[conv, 6, 5], [pool, 2], [flatten], [fc, 10]]``.

    Raises:
        CalculatorError: for an unknown kind, a missing size or one too many.
    """
    return _numbered(read_list(value), 0)[0]


def read_list(value: Value, vocabulary: Vocabulary = IMAGES) -> tuple[Layer, ...]:
    """The layers of a list or of its text, without numbers."""
    parts = _listed(read(value)) if isinstance(value, str) else value
    if not isinstance(parts, tuple) or not parts:
        raise _wrong("layers is a list such as [[conv, 6, 5], [pool, 2], [fc, 10]].", "layers 应写成列表，例如 [[conv, 6, 5], [pool, 2], [fc, 10]]。")
    return tuple(read_layer(part, place, vocabulary) for place, part in enumerate(parts, 1))


def _numbered(layers: tuple[Layer, ...], last: int) -> tuple[tuple[Layer, ...], int]:
    """The layers with their numbers, which go on from ``last``; a block comes after its parts."""
    found = []
    for layer in layers:
        parts = []
        for part in layer.parts:
            inner, last = _numbered(part, last)
            parts.append(inner)
        last += not layer.is_silent
        found.append(replace(layer, parts=tuple(parts), number="" if layer.is_silent else str(last)))
    return tuple(found), last


def _listed(node: Node) -> Any:
    match node:
        case Array(items):
            return tuple(_listed(item) for item in items)
        case Number(_, text):
            return text
        case Name(name):
            return name
    raise _wrong("A list of layers holds numbers, names and lists only.", "层的列表中只能有数、名称和列表。")


def read_layer(part: Value, place: int, vocabulary: Vocabulary = IMAGES) -> Layer:
    """One layer, from its kind followed by its sizes or parts; flags such as ``same`` may stand anywhere after the kind."""
    items = part if isinstance(part, tuple) else (part,)
    kind = _kind(_word(items[0]) if items else "", place, vocabulary)
    blocks = tuple(item for item in items[1:] if isinstance(item, tuple)) if kind in vocabulary.nested else ()
    if kind in vocabulary.nested:
        most = vocabulary.nested[kind]
        if not blocks or (most is not None and len(blocks) > most):
            raise _wrong(f"Layer {place}: {kind} is followed by lists of layers.", f"第 {place} 层：{kind} 之后应写各支路的层列表。")
    words = [_word(item) for item in items[1 : len(items) - len(blocks)]]
    flags = frozenset(word for word in words if kind in vocabulary.flags.get(word, ()))
    sizes = _with_usual_sizes(kind, [] if kind == SILENT else [word for word in words if word not in flags], flags, place, vocabulary)
    return Layer(kind, sizes, flags, tuple(read_list(block, vocabulary) for block in blocks), title=vocabulary.titles[kind])


def _kind(word: str, place: int, vocabulary: Vocabulary) -> str:
    kind = vocabulary.same_as.get(word, word)
    known = vocabulary.kinds
    if kind not in known:
        guess = next(iter(difflib.get_close_matches(word, [*known, *vocabulary.same_as], n=1)), None)
        raise _wrong(
            f'Layer {place}: there is no layer "{word}".' + (f' Did you mean "{guess}"?' if guess else "") + f" Known: {', '.join(known)}.",
            f"第 {place} 层：没有“{word}”这种层。" + (f"是否想写“{guess}”？" if guess else "") + f"可用：{', '.join(known)}。",
        )
    return kind


def _with_usual_sizes(kind: str, written: list[str], flags: frozenset[str], place: int, vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    known = vocabulary.sizes.get(kind, ())
    if len(written) > len(known) or any(usual is None for _, usual in known[len(written) :]):
        order = ", ".join(name for name, _ in known)
        raise _wrong(
            f"Layer {place}: {kind} is followed by: {order or 'nothing'}.",
            f"第 {place} 层：{kind} 之后应写：{order or '（无）'}。",
        )
    sizes: dict[str, str] = {}
    for i, (name, usual) in enumerate(known):
        sizes[name] = written[i] if i < len(written) else sizes.get(str(usual), str(usual))
    if "same" in flags:
        sizes["padding"] = _same_padding(sizes["kernel"], place)
    return tuple(sizes.items())


def _same_padding(kernel: str, place: int) -> str:
    if not kernel.isdecimal():
        return f"(({kernel} - 1)/2)"
    if int(kernel) % 2 == 0:
        raise _wrong(f"Layer {place}: same padding needs an odd kernel.", f"第 {place} 层：保持尺寸的填充要求卷积核边长为奇数。")
    return str((int(kernel) - 1) // 2)


def _word(item: Value) -> str:
    """A size or kind as text; a whole number or a name, nothing else."""
    if isinstance(item, fmpq) and item.q == 1 and item >= 0:
        return str(int(item.p))
    if isinstance(item, str) and (item.isdecimal() or item.isidentifier()) and item.isascii():
        return item
    raise _wrong("A layer is its kind followed by whole numbers or names.", "每一层应写成：种类，后接整数或名称。")


def _wrong(en: str, zh: str) -> CalculatorError:
    return CalculatorError(Text(en, zh))
