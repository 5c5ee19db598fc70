"""Stages of residual networks: several blocks of one width, the first of which may change size and channels (He et al., arXiv:1512.03385)."""

from __future__ import annotations

from .cnn_chain import Map, output_size
from .cnn_words import NATURAL, WHOLE
from .network_parts import Network, Signal, require_image, write_shape
from .network_tokens import write_mults, write_params
from .work import Pair, Work


def write_stage(work: Work, place: Network, signal: Signal) -> Signal:
    """Basic blocks (3 x 3, 3 x 3) or bottlenecks (1 x 1, 3 x 3, 1 x 1 to four times the width), each convolution with its normalisation.

    The shortcut of the first block is projected where size or channels change, or where the layer says ``project``.
    """
    image, layer = require_image(place, signal), place.layer
    width, blocks = layer["width"], layer["blocks"]
    out = width if layer.kind == "basic" else f"(4*{width})"
    projects = "project" in layer.flags or layer["stride"] != "1" or image.channels != out
    after = _stage_map(work, place, image, out)
    first = _write_block(work, place, image.channels, out, projects)
    if blocks == "1":
        write_params(work, place, first, ("a stage of one block", "本段只有一个块"))
    else:
        other = _write_further(work, place, out)
        write_params(work, place, f"{first} + ({blocks} - 1)*{other}", ("the first block and the others", "第一个块加其余各块"))
        work.mistake("one_more", f"{first} + {blocks}*{other}", "one block too many is counted; the first is one of them.", "多算了一个块；第一个块也在其中。")
        if projects:
            work.mistake("all_first", f"{blocks}*{first}", "every block is counted like the first; only the first changes the channels.", "每个块都按第一个块计数；只有第一个块改变通道数。")
    _write_mults(work, place, image, after, projects)
    return after


def _convolutions(kind: str, before: str, width: str) -> str:
    """Weights of the convolutions of one block, which are also its multiplications at one position."""
    return f"9*{before}*{width} + 9*{width}^2" if kind == "basic" else f"{before}*{width} + 9*{width}^2 + 4*{width}^2"


def _norms(place: Network) -> str:
    """Numbers of the normalisations of one block (and biases of its convolutions, where they have some): 2 or 6 widths of channels."""
    each = place.norm + ("bias" in place.layer.flags)
    return f"{each * (2 if place.layer.kind == 'basic' else 6)}*{place.layer['width']}"


def _write_block(work: Work, place: Network, before: str, out: str, projects: bool) -> str:
    layer, name = place.layer, place.name("first")
    weights, norms = _convolutions(layer.kind, before, layer["width"]), _norms(place)
    shortcut = f"{before}*{out} + {place.norm + ('bias' in layer.flags)}*{out}" if projects else ""
    why: Pair = ("convolutions, normalisations, and the projection of the shortcut", "各卷积、归一化，以及捷径上的投影") if projects else ("convolutions and normalisations", "各卷积与归一化")
    work.step(name, " + ".join(filter(None, (weights, norms, shortcut))), place.label("parameters of the first block", "第一个块的参数量"), why, is_=NATURAL)
    if projects:
        work.mistake("no_projection", f"{weights} + {norms}", "the projection of the shortcut is left out; size or channels change here.", "漏了捷径上的投影；此处尺寸或通道数发生变化。")
    work.mistake("no_norms", f"{weights} + {before}*{out}" if projects else weights, "the normalisations are left out; each convolution is followed by one.", "漏了归一化；每个卷积之后都有一个。")
    return name


def _write_further(work: Work, place: Network, out: str) -> str:
    layer, name = place.layer, place.name("next")
    weights, norms = _convolutions(layer.kind, out, layer["width"]), _norms(place)
    work.step(name, f"{weights} + {norms}", place.label("parameters of each further block", "其后每个块的参数量"), ("the shortcut is the identity", "捷径为恒等映射"), is_=NATURAL)
    projection = f"{out}*{out} + {place.norm}*{out}"
    work.mistake("projected", f"{weights} + {norms} + {projection}", "a projection is counted on the shortcut; where nothing changes it is the identity.", "给捷径算了投影；形状不变时捷径为恒等映射。")
    work.mistake("no_norms", weights, "the normalisations are left out; each convolution is followed by one.", "漏了归一化；每个卷积之后都有一个。")
    return name


def _stage_map(work: Work, place: Network, image: Map, out: str) -> Map:
    """The first block takes the stride; the others keep height and width."""
    stride = place.layer["stride"]
    if stride == "1":
        after = Map(image.height, image.width, out)
    else:
        labels: dict[str, Pair] = {"H": ("output height", "输出高度"), "W": ("output width", "输出宽度")}
        for letter, size in (("H", image.height), ("W", image.width))[: 1 if place.square else 2]:
            label = ("output height and width", "输出高与宽") if place.square else labels[letter]
            why = ("only the first block takes the stride", "只有第一个块带步幅")
            work.step(place.name(letter), output_size(size, "3", stride, "1"), place.label(*label), why, is_=WHOLE)
            work.mistake("stride_ignored", size, "the stride is left out; the first block of the stage takes it.", "没有计入步幅；本段的第一个块带步幅。")
        after = Map(place.name("H"), place.name("H" if place.square else "W"), out)
    write_shape(work, place, after)
    return after


def _write_mults(work: Work, place: Network, before: Map, after: Map, projects: bool) -> None:
    """Multiplications; in a bottleneck the 3 x 3 convolution has the stride, as in PyTorch's networks."""
    kind, width, blocks, out = place.layer.kind, place.layer["width"], place.layer["blocks"], after.channels
    inside, outside = f"{before.height}*{before.width}", f"{after.height}*{after.width}"
    if kind == "basic":
        first = f"{outside}*({_convolutions(kind, before.channels, width)})"
    else:
        first = f"{inside}*{before.channels}*{width} + {outside}*13*{width}^2"
    shortcut = f" + {outside}*{before.channels}*{out}" * projects
    rest = f" + ({blocks} - 1)*{outside}*({_convolutions(kind, out, width)})" * (blocks != "1")
    write_mults(work, place, first + shortcut + rest)
