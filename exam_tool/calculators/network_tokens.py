"""Parameters and multiplications of the layers that work on tokens: embeddings, recurrent cells, attention, Transformer blocks."""

from __future__ import annotations

from .cnn_chain import Flat
from .cnn_words import NATURAL, WHOLE
from .network_parts import CELLS, Network, Signal, Tokens, misplaced, require_image, require_tokens, shape_of_signal, write_shape
from .work import Pair, Work

PER_TOKEN: Pair = ("the count is multiplied by the number of tokens; all tokens share the weights, so count them once.", "又乘了词元数；各词元共用权重，只计一次。")
NO_BIASES: Pair = ("the biases are left out; count them as well.", "漏了偏置；偏置也要计入。")


def write_params(work: Work, place: Network, formula: str, why: Pair) -> None:
    work.step(place.name("params"), formula, place.label("parameters", "参数量"), why, is_=NATURAL)


def write_mults(work: Work, place: Network, formula: str) -> None:
    work.step(place.name("mults"), formula, place.label("multiplications", "乘法次数"), is_=NATURAL)


def write_embedding(work: Work, place: Network, signal: Signal) -> Signal:
    if not isinstance(signal, Tokens) or signal.width:
        raise misplaced(place, ("token numbers, so it comes first", "词元编号，因此应放在最前"))
    size, width = place.layer["vocabulary"], place.layer["width"]
    after = Tokens(signal.length, width)
    write_shape(work, place, after)
    write_params(work, place, f"{size}*{width}", ("a row of the table for each token of the vocabulary", "词表中每个词元对应表的一行"))
    work.mistake("only_read", f"{signal.length}*{width}", "only the rows that are read are counted; count one for every token of the vocabulary.", "只算了被读取的行；词表中的每个词元都应计一行。")
    work.mistake("with_bias", f"{size}*{width} + {width}", "biases are added; a look-up has none, so leave them out.", "加了偏置；查表没有偏置，不应计入。")
    return after


def write_positions(work: Work, place: Network, signal: Signal) -> Signal:
    """A table of learned vectors added to the tokens, one for each position or kind of segment: the sum changes no shape."""
    tokens = require_tokens(place, signal)
    positions = place.layer.kind == "positions"
    count = place.layer["length"] if positions else place.layer["kinds"]
    why = ("one vector for each position", "每个位置一个向量") if positions else ("one vector for each kind of segment", "每种句段一个向量")
    write_params(work, place, f"{count}*{tokens.width}", why)
    work.mistake("no_width", count, "one number for each entry is counted; each is a vector of the model width.", "每项只算了一个数；每项都是模型宽度的向量。")
    return signal


def write_class_token(work: Work, place: Network, signal: Signal) -> Signal:
    tokens = require_tokens(place, signal)
    name = place.name("n")
    work.step(name, f"{tokens.length} + 1", place.label("tokens", "词元数"), ("the class token goes in front", "在最前面加一个类别词元"), is_=WHOLE)
    write_params(work, place, tokens.width, ("one learned vector", "一个可学习的向量"))
    return Tokens(name, tokens.width)


def write_patches(work: Work, place: Network, signal: Signal) -> Signal:
    """Patches of an image as tokens: a convolution whose stride is its kernel (Dosovitskiy et al., arXiv:2010.11929)."""
    image, layer, name = require_image(place, signal), place.layer, place.name("n")
    side, width = layer["kernel"], layer["width"]
    count = f"({image.height}/{side})^2" if place.square else f"({image.height}/{side})*({image.width}/{side})"
    work.step(name, count, place.label("patches", "图像块数"), ("patches do not overlap", "图像块互不重叠"), is_=WHOLE)
    work.mistake("one_side", f"{image.height}/{side}", "the patches of one side are counted; they cover height and width.", "只算了一条边上的图像块；图像块铺满高和宽。")
    after = Tokens(name, width)
    write_shape(work, place, after)
    weights = f"{side}^2*{image.channels}*{width}"
    write_params(work, place, weights + f" + {width}" * place.biased, ("one matrix for all patches", "所有图像块共用一个矩阵"))
    work.mistake("forgot_c_in", f"{side}^2*{width}" + f" + {width}" * place.biased, "the channels are left out; a patch has all of them.", "漏了通道数；图像块包含全部通道。")
    if place.biased:
        work.mistake("forgot_bias", weights, *NO_BIASES, kind="slip")
    write_mults(work, place, f"{name}*{weights}")
    return after


def write_token_norm(work: Work, place: Network, signal: Signal) -> Signal:
    """Layer normalisation has a scale and a shift for each feature (arXiv:1607.06450), RMS normalisation a scale only (arXiv:1910.07467)."""
    width = require_tokens(place, signal).width if isinstance(signal, Tokens) else require_vector(place, signal)
    if place.layer.kind == "rms" or not place.biased:
        write_params(work, place, width, ("a scale for each feature", "每个特征一个缩放"))
        work.mistake("with_shift", f"2*{width}", "shifts are counted; this normalisation has scales only.", "计入了平移；这种归一化只有缩放。")
    else:
        write_params(work, place, f"2*{width}", ("a scale and a shift for each feature", "每个特征一个缩放和一个平移"))
        work.mistake("scale_only", width, "only the scale is counted; each feature also has a shift.", "只算了缩放；每个特征还有一个平移。")
    return signal


def require_vector(place: Network, signal: Signal) -> str:
    if isinstance(signal, Flat):
        return signal.length
    raise misplaced(place, ("tokens or a vector", "词元或向量"))


def write_cell(work: Work, place: Network, signal: Signal) -> Signal:
    """Weights of one set from input and state, as many sets as the cell has, twice for both directions."""
    tokens, layer = require_tokens(place, signal), place.layer
    units, sets, both = layer["units"], CELLS[layer.kind], "bi" in layer.flags
    width = f"(2*{units})" if both else units
    after = Flat(width) if "last" in layer.flags else Tokens(tokens.length, width)
    write_shape(work, place, after)
    if both:
        one = shape_of_signal(place.layout, Flat(units) if "last" in layer.flags else Tokens(tokens.length, units))
        work.mistake("one_direction", one, "the state of one direction is counted; those of both are joined, so double the width.", "只算了一个方向的状态；两个方向的状态要拼接，宽度加倍。")
    _write_set(work, place, tokens.width, units)
    directions = 2 if both else 1
    factor = f"{directions * sets}*" if directions * sets > 1 else ""
    why = (f"{sets} set{'s' * (sets > 1)} of weights" + ", in each direction" * both, f"共 {sets} 组权重" + "，两个方向各一份" * both)
    write_params(work, place, f"{factor}{place.name('set')}", why)
    if sets > 1:
        work.mistake("only_gates", f"{directions * (sets - 1)}*{place.name('set')}", "only the gates are counted; the candidate has weights of its own, so count one set more.", "只算了各个门；候选状态也有自己的权重，应再加一组。")
        work.mistake("one_set", f"{directions}*{place.name('set')}", "one set is counted, as in a simple recurrent layer; count one for every gate and one for the candidate.", "只算了一组，那是简单循环层；每个门和候选状态各计一组。")
    if both:
        work.mistake("one_direction", f"{sets}*{place.name('set')}", "one direction is counted; the other has weights of its own, so double the count.", "只算了一个方向；另一个方向有自己的权重，应加倍。")
    work.mistake("times_steps", f"{tokens.length}*{factor}{place.name('set')}", "the count is multiplied by the number of time steps; all steps share the weights, so count them once.", "又乘了时间步数；各时间步共用权重，只计一次。")
    write_mults(work, place, f"{tokens.length}*{factor}({tokens.width}*{units} + {units}^2)")
    return after


def _write_set(work: Work, place: Network, width: str, units: str) -> None:
    biases = (f" + 2*{units}" if place.two_biases else f" + {units}") * place.biased
    weights = f"{width}*{units} + {units}^2"
    work.step(place.name("set"), weights + biases, place.label("one set of weights", "一组权重"), ("from the input, from the state, and biases", "来自输入的、来自状态的，以及偏置") if biases else None, is_=NATURAL)
    work.mistake("no_recurrent", f"{width}*{units}{biases}", "the recurrent matrix is left out; the state feeds back into itself, so add units times units.", "漏了循环权重矩阵；状态会反馈给自身，应加上单元数的平方。")
    if biases:
        work.mistake("forgot_bias", weights, *NO_BIASES, kind="slip")


def attention_weights(width: str, heads: str, groups: str, biased: bool) -> str:
    """Queries, keys, values and output; keys and values are narrower when several heads share them."""
    if groups == heads:
        return f"4*{width}^2" + f" + 4*{width}" * biased
    shared = f"{width}*{groups}/{heads}"
    return f"2*{width}^2 + 2*{width}*{shared}" + f" + 2*{width} + 2*{shared}" * biased


def attention_mults(tokens: Tokens, memory: str, heads: str = "h", groups: str = "h") -> str:
    """Projections of the tokens (keys and values of the memory), the scores, and the weighted values."""
    n, d = tokens.length, tokens.width
    if memory == n and groups == heads:
        return f"4*{n}*{d}^2 + 2*{n}^2*{d}"
    keys = f"2*{memory}*{d}^2" if groups == heads else f"2*{memory}*{d}^2*{groups}/{heads}"
    return f"2*{n}*{d}^2 + {keys} + 2*{n}*{memory}*{d}"


def write_attention(work: Work, place: Network, signal: Signal) -> Signal:
    tokens, layer = require_tokens(place, signal), place.layer
    heads, groups, width = layer["heads"], layer["groups"], tokens.width
    formula = attention_weights(width, heads, groups, place.biased)
    write_params(work, place, formula, ("queries, keys, values and the output projection", "查询、键、值与输出映射"))
    work.mistake("no_output", f"3*{width}^2" + f" + 3*{width}" * place.biased, "the output projection is left out; it has a matrix of its own.", "漏了输出映射；它也有一个矩阵。")
    if groups != heads:
        work.mistake("not_shared", attention_weights(width, heads, heads, place.biased), "every head is given keys and values of its own; the heads of a group share them.", "给每个头都算了自己的键和值；同组的头共用它们。")
    elif heads != "1":
        work.mistake("times_heads", f"4*{heads}*{width}^2" + f" + 4*{width}" * place.biased, "the count is multiplied by the number of heads; they share the width.", "又乘了头数；各头分摊宽度。")
    if place.biased:
        work.mistake("forgot_bias", attention_weights(width, heads, groups, False), *NO_BIASES, kind="slip")
    write_mults(work, place, attention_mults(tokens, tokens.length, heads, groups))
    return signal


def write_ffn(work: Work, place: Network, signal: Signal) -> Signal:
    """Two dense layers on every token; a gated one has a third beside the first (Shazeer, arXiv:2002.05202)."""
    tokens, inner, gated = require_tokens(place, signal), place.layer["inner"], "gated" in place.layer.flags
    d = tokens.width
    weights = f"{3 if gated else 2}*{d}*{inner}"
    biases = f" + {'2*' * gated}{inner} + {d}"
    write_params(work, place, weights + biases * place.biased, ("out to the inner width and back", "升到中间宽度再降回来"))
    if place.biased:
        work.mistake("forgot_bias", weights, *NO_BIASES, kind="slip")
    if gated:
        work.mistake("no_gate", f"2*{d}*{inner}" + f" + {inner} + {d}" * place.biased, "the gate is left out; it is a third matrix.", "漏了门控；它是第三个矩阵。")
    work.mistake("one_layer", f"{d}*{inner}" + f" + {inner}" * place.biased, "one layer is counted; there is a way out and a way back.", "只算了一层；升维和降维各有一层。")
    write_mults(work, place, f"{tokens.length}*{weights}")
    return signal


def write_blocks(work: Work, place: Network, signal: Signal) -> Signal:
    """N equal blocks of attention (twice in a decoder), feed-forward layers and as many layer normalisations (arXiv:1706.03762)."""
    tokens, layer = require_tokens(place, signal), place.layer
    d, inner, heads, blocks = tokens.width, layer["inner"], layer["heads"], layer["blocks"]
    times = 2 if layer.kind == "decoder" else 1
    one = attention_weights(d, heads, heads, place.biased)
    attention, ffn, norms, block = (place.name(part) for part in ("attention", "ffn", "norms", "block"))
    both = "self-attention and cross-attention" if times == 2 else "queries, keys, values and the output projection"
    both_zh = "自注意力与交叉注意力" if times == 2 else "查询、键、值与输出映射"
    work.step(attention, f"2*({one})" if times == 2 else one, place.label("attention of one block", "一个块的注意力参数"), (both, both_zh), is_=WHOLE)
    work.mistake("no_output", f"{times}*(3*{d}^2" + f" + 3*{d}" * place.biased + ")", "the output projection is left out; it has a matrix of its own.", "漏了输出映射；它也有一个矩阵。")
    if times == 2:
        work.mistake("no_cross", one, "the cross-attention is left out; a decoder block has both kinds.", "漏了交叉注意力；解码块中两种注意力都有。")
    work.mistake("times_heads", f"{times}*(4*{heads}*{d}^2" + f" + 4*{d}" * place.biased + ")", "the weights are multiplied by the number of heads; they share the width.", "权重乘了头数；各头分摊宽度。")
    if place.biased:
        work.mistake("forgot_bias", f"{times}*4*{d}^2", *NO_BIASES, kind="slip")
    work.step(ffn, f"2*{d}*{inner}" + f" + {inner} + {d}" * place.biased, place.label("feed-forward layers of one block", "一个块的前馈层参数"), ("out to the inner width and back", "升到中间宽度再降回来"), is_=WHOLE)
    work.mistake("one_layer", f"{d}*{inner}" + f" + {inner}" * place.biased, "one layer is counted; there is a way out and a way back.", "只算了一层；升维和降维各有一层。")
    if place.biased:
        work.mistake("forgot_bias", f"2*{d}*{inner}", *NO_BIASES, kind="slip")
    work.step(norms, f"{times + 1}*2*{d}", place.label("normalisations of one block", "一个块的归一化参数"), ("one for each sublayer, with a scale and a shift for each feature", "每个子层一个，每个特征一个缩放和一个平移"), is_=WHOLE)
    work.mistake("one_norm", f"2*{d}", "one normalisation is counted; every sublayer has one.", "只算了一个归一化；每个子层各有一个。")
    work.step(block, f"{attention} + {ffn} + {norms}", place.label("one block", "一个块的参数"), is_=WHOLE)
    work.mistake("no_norms", f"{attention} + {ffn}", "the normalisations are left out; every sublayer has one.", "漏了归一化；每个子层各有一个。")
    write_params(work, place, f"{blocks}*{block}", ("the blocks do not share weights", "各块不共享权重"))
    if blocks != "1":
        work.mistake("shared_blocks", block, "one block is counted; each has weights of its own.", "只算了一个块；每个块都有自己的权重。")
    own = attention_mults(tokens, tokens.length)
    cross = f" + {attention_mults(tokens, 'm')}" if times == 2 else ""
    write_mults(work, place, f"{blocks}*({own}{cross} + 2*{tokens.length}*{d}*{inner})")
    return signal


def write_first(work: Work, place: Network, signal: Signal) -> Signal:
    tokens = require_tokens(place, signal)
    after = Flat(tokens.width)
    write_shape(work, place, after, ("one vector stands for the sequence", "用一个向量代表整个序列"))
    work.mistake("all_tokens", f"shape({tokens.length}*{tokens.width})", "all tokens are kept, end to end; one vector is left.", "把所有词元首尾相接了；只剩一个向量。")
    return after


def write_tied(work: Work, place: Network, signal: Signal) -> Signal:
    """Scores of the vocabulary by the transposed table of the embedding: nothing new to learn (Press and Wolf, arXiv:1608.05859)."""
    tokens = require_tokens(place, signal)
    if not place.vocabulary:
        raise misplaced(place, ("an embedding to share", "可共享的嵌入层"))
    after = Tokens(tokens.length, place.vocabulary)
    write_shape(work, place, after)
    own = place.vocabulary if "bias" in place.layer.flags else "0"
    write_params(work, place, own, ("the weights are those of the embedding", "权重就是嵌入表"))
    work.mistake("counted_twice", f"{place.vocabulary}*{tokens.width}" + f" + {own}" * (own != "0"), "the shared table is counted again; it is one table.", "把共享的表又算了一次；它们是同一张表。")
    write_mults(work, place, f"{tokens.length}*{tokens.width}*{place.vocabulary}")
    return after
