"""How a list of layers is written and read: kinds, the order of their sizes, and what may be left out. It calculates nothing."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
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
SAME_AS = {
    "maxpool": "pool", "avgpool": "pool", "dense": "fc", "linear": "fc", "batchnorm": "bn",
    "sigmoid": "relu", "tanh": "relu", "softmax": "relu", "gelu": "relu", "dropout": "relu", "lrn": "relu",
}  # fmt: skip
SILENT = "relu"  # changes neither sizes nor parameters
FLAGS = {"same": ("conv", "depthwise"), "ceil": ("pool",)}
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
}


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: its kind and, by name, the formula of each of its sizes (a number, or the name of a given)."""

    kind: str
    sizes: tuple[tuple[str, str], ...] = ()
    rounding: str = "floor"

    def __getitem__(self, size: str) -> str:
        return dict(self.sizes)[size]

    @property
    def title(self) -> Pair:
        return TITLES[self.kind]

    @property
    def is_silent(self) -> bool:
        return self.kind == SILENT

    @property
    def names(self) -> list[str]:
        """Names of givens among the sizes."""
        return sorted({name for _, size in self.sizes for name in names(read(size))})


def read_layers(value: Value) -> tuple[Layer, ...]:
    """The layers of a list of lists, or of its text ``[[conv, 6, 5], [pool, 2], [flatten], [fc, 10]]``.

    Raises:
        CalculatorError: for an unknown kind, a missing size or one too many.
    """
    parts = _listed(read(value)) if isinstance(value, str) else value
    if not isinstance(parts, tuple) or not parts:
        raise _wrong("layers is a list such as [[conv, 6, 5], [pool, 2], [fc, 10]].", "layers 应写成列表，例如 [[conv, 6, 5], [pool, 2], [fc, 10]]。")
    return tuple(read_layer(part, number) for number, part in enumerate(parts, 1))


def _listed(node: Node) -> Any:
    match node:
        case Array(items):
            return tuple(_listed(item) for item in items)
        case Number(_, text):
            return text
        case Name(name):
            return name
    raise _wrong("A list of layers holds numbers, names and lists only.", "层的列表中只能有数、名称和列表。")


def read_layer(part: Value, number: int) -> Layer:
    """One layer, from its kind followed by its sizes; ``same`` and ``ceil`` may stand anywhere after the kind."""
    words = [_word(item) for item in (part if isinstance(part, tuple) else (part,))]
    kind = SAME_AS.get(words[0], words[0])
    if kind not in SIZES:
        guess = next(iter(difflib.get_close_matches(words[0], [*SIZES, *SAME_AS], n=1)), None)
        raise _wrong(
            f'Layer {number}: there is no layer "{words[0]}".' + (f' Did you mean "{guess}"?' if guess else "") + f" Known: {', '.join(SIZES)}.",
            f"第 {number} 层：没有“{words[0]}”这种层。" + (f"是否想写“{guess}”？" if guess else "") + f"可用：{', '.join(SIZES)}。",
        )
    flags = [word for word in words[1:] if kind in FLAGS.get(word, ())]
    sizes = [] if kind == SILENT else [word for word in words[1:] if word not in flags]
    return _with_usual_sizes(kind, sizes, flags, number)


def _with_usual_sizes(kind: str, written: list[str], flags: list[str], number: int) -> Layer:
    known = SIZES[kind]
    if len(written) > len(known) or any(usual is None for _, usual in known[len(written) :]):
        order = ", ".join(name for name, _ in known)
        raise _wrong(
            f"Layer {number}: {kind} is followed by: {order or 'nothing'}.",
            f"第 {number} 层：{kind} 之后应写：{order or '（无）'}。",
        )
    sizes: dict[str, str] = {}
    for i, (name, usual) in enumerate(known):
        sizes[name] = written[i] if i < len(written) else sizes.get(str(usual), str(usual))
    if "same" in flags:
        sizes["padding"] = _same_padding(sizes["kernel"], number)
    return Layer(kind, tuple(sizes.items()), "ceil" if "ceil" in flags else "floor")


def _same_padding(kernel: str, number: int) -> str:
    if not kernel.isdecimal():
        return f"(({kernel} - 1)/2)"
    if int(kernel) % 2 == 0:
        raise _wrong(f"Layer {number}: same padding needs an odd kernel.", f"第 {number} 层：保持尺寸的填充要求卷积核边长为奇数。")
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
