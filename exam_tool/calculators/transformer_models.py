"""Whole-model bookkeeping for Transformers: shapes from words to logits, and image patches."""

from __future__ import annotations

from .work import Pair, Work, calculator

WHOLE = "integer, >= 1"


@calculator(
    "transformer_shape_chain",
    ("Shapes through a Transformer", "Transformer 各步形状"),
    chapter="transformer",
    example={"n": 5, "vocab": 100, "d_m": 8, "h": 2},
)
def transformer_shape_chain(work: Work) -> None:
    """Shapes from one-hot words to logits, with d_m / h wide heads and an inner width of 4 d_m unless given (arXiv:1706.03762)."""
    kind = work.option(
        "kind",
        ("model", "模型"),
        {
            "encoder": ("The model is an encoder.", "模型为编码器。"),
            "decoder_only": ("The model is a decoder only.", "模型只有解码器。"),
            "encoder_decoder": ("The decoder also attends to the encoder.", "解码器还对编码器做注意力。"),
        },
        default="encoder",
        convention=False,
    )
    work.given("n", ("number of tokens", "词元数"), is_=WHOLE)
    work.given("vocab", ("vocabulary size", "词表大小"), is_=WHOLE)
    work.given("d_m", ("model width", "模型宽度"), is_=WHOLE)
    work.given("h", ("number of heads", "头数"), is_=WHOLE, default="1")
    work.given("d_k", ("width of queries and keys", "查询和键的维度"), is_=WHOLE, default="d_m / h")
    work.given("d_v", ("width of values", "值的维度"), is_=WHOLE, default="d_k")
    work.given("d_ff", ("inner width", "中间层宽度"), is_=WHOLE, default="4 * d_m")
    crossed = kind == "encoder_decoder"
    if crossed:
        work.given("n_k", ("encoder tokens", "编码器词元数"), is_=WHOLE, default="n")
    else:
        work.optional("n_k", ("encoder tokens", "编码器词元数"), is_=WHOLE)
    _chain_step(work, "one_hot", "n, vocab", ("one-hot sequence", "独热序列"), ("one row for each token", "每个词元一行"))
    _chain_step(work, "embedding", "n, d_m", ("embedded words", "词嵌入"), ("a vector of the model width for each token", "每个词元一个宽度为模型宽度的向量"))
    work.mistake(
        "flattened",
        "shape(1, n * d_m)",
        "the sequence is flattened; every token keeps a row of its own.",
        "把序列展平了；每个词元各占一行。",
    )
    _chain_step(work, "Q_shape", "n, d_k", ("queries and keys of one head", "一个头的查询与键"), ("the width of a head", "宽度为一个头的宽度"))
    work.mistake("width_kept", "shape(n, d_m)", "the model width is kept; a head is narrower.", "保留了模型宽度；一个头更窄。")
    _chain_step(work, "V_shape", "n, d_v", ("values of one head", "一个头的值"))
    _chain_step(work, "scores", "n, n", ("scores of one head", "一个头的分数矩阵"), ("every token looks at every token", "每个词元看每个词元"))
    work.mistake(
        "scores_dk",
        "shape(d_k, d_k)",
        "features are compared with features; scores compare tokens.",
        "把特征与特征相比；分数比较的是词元。",
    )
    if crossed:
        _chain_step(work, "cross_scores", "n, n_k", ("scores with the encoder", "对编码器的分数矩阵"), ("a column for each encoder token", "每个编码器词元一列"))
        work.mistake(
            "transposed", "shape(n_k, n)", "rows and columns are exchanged; each row belongs to a query.", "行列颠倒；每一行对应一个查询。"
        )
    _chain_step(work, "head_output", "n, d_v", ("output of one head", "一个头的输出"))
    _chain_step(work, "concat", "n, h * d_v", ("heads joined", "各头拼接"), ("side by side, token by token", "逐词元并排拼接"))
    _chain_step(work, "attention_output", "n, d_m", ("after the output weights", "经输出权重之后"))
    _chain_step(work, "ffn_hidden", "n, d_ff", ("inside the feed-forward layer", "前馈层内部"), ("the first layer widens every token", "第一层把每个词元加宽"))
    work.mistake(
        "not_widened",
        "shape(n, d_m)",
        "the model width is kept inside; the first layer widens it.",
        "内部保留了模型宽度；第一层会把它加宽。",
    )
    _chain_step(work, "ffn_output", "n, d_m", ("after the feed-forward layer", "前馈层之后"))
    _chain_step(work, "logits", "n, vocab", ("logits", "logits"), ("one score for each word, at each token", "每个词元对每个词一个分数"))
    work.mistake(
        "hidden_out",
        "shape(n, d_m)",
        "the model width is kept; the projection widens it to the vocabulary.",
        "保留了模型宽度；映射后宽度为词表大小。",
    )


def _chain_step(work: Work, name: str, sizes: str, label: Pair, because: Pair | None = None) -> None:
    work.step(name, f"shape({sizes})", label, because, is_=WHOLE)


@calculator(
    "vit_patches",
    ("Patches of a Vision Transformer", "ViT 图像块序列"),
    chapter="transformer",
    example={"H": 224, "C": 3, "P": 16, "d": 768},
)
def vit_patches(work: Work) -> None:
    """An H x W x C image cut into P x P patches: their number, length, the sequence, and the sizes of two tables (arXiv:2010.11929)."""
    token = (
        work.option(
            "class_token",
            ("class token", "类别词元"),
            {
                "yes": ("A class token is put before the patches.", "在图像块之前加一个类别词元。"),
                "no": ("There is no class token.", "没有类别词元。"),
            },
            default="yes",
            convention=False,
        )
        == "yes"
    )
    work.given("H", ("image height", "图像高度"), is_=WHOLE)
    work.given("W", ("image width", "图像宽度"), is_=WHOLE, default="H")
    work.given("C", ("channels", "通道数"), is_=WHOLE, default="3")
    work.given("P", ("patch side", "图像块边长"), is_=WHOLE)
    work.step("patches_h", "H / P", ("patches from top to bottom", "竖直方向的块数"), is_=WHOLE)
    work.step("patches_w", "W / P", ("patches from left to right", "水平方向的块数"), is_=WHOLE)
    work.step("N", "patches_h * patches_w", ("number of patches", "图像块数"), ("rows times columns", "行数乘列数"), is_=WHOLE)
    work.mistake("one_side", "patches_h", "the patches of one side are counted; multiply rows by columns.", "只算了一条边上的块；应为行数乘列数。")
    work.mistake("sides_added", "patches_h + patches_w", "the patches of two sides are added; multiply rows by columns.", "把两条边上的块数相加了；应为行数乘列数。")
    work.step(
        "patch_length",
        "P^2 * C",
        ("length of a flattened patch", "展平后一个块的长度"),
        ("all its pixels in all channels", "所有像素、所有通道"),
        is_=WHOLE,
    )
    work.mistake("no_channels", "P^2", "the channels are left out; a patch has all of them.", "漏了通道数；一个块包含全部通道。")
    work.step(
        "sequence",
        "N + 1" if token else "N",
        ("length of the sequence", "序列长度"),
        ("one class token is added", "加上一个类别词元") if token else None,
        is_=WHOLE,
    )
    if token:
        work.mistake("no_class_token", "N", "the class token is left out; it stands before the patches.", "没有计入类别词元；它排在各块之前。", kind="slip")
    if work.optional("d", ("model width", "模型宽度"), is_=WHOLE, aliases=["d_m"]):
        work.step(
            "projection",
            "patch_length * d",
            ("weights of the patch projection", "块映射的权重数"),
            ("without biases", "不含偏置"),
            is_=WHOLE,
        )
        work.mistake(
            "times_patches",
            "N * patch_length * d",
            "the weights are counted for every patch; all patches share them.",
            "每个块都算了一份权重；所有块共用。",
        )
        work.step(
            "positions",
            "sequence * d",
            ("entries of the position table", "位置表的元素个数"),
            ("a vector for each place of the sequence", "序列的每个位置一个向量"),
            is_=WHOLE,
        )
        work.mistake(
            "patches_only",
            "N * d" if token else "(N + 1) * d",
            "the row of the class token in the position table is miscounted; besides the patches it has one row of its own.",
            "位置表中类别词元那一行算错了；除图像块外，它也占一行。",
        )
