"""Whole-model bookkeeping for Transformers: shapes from words to logits, image patches, choosing a word, BERT's input and loss."""

from __future__ import annotations

from .rnn_language import logarithm_option
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
    _chain_step(work, "one_hot", "n, vocab", ("one-hot words", "独热词"))
    _chain_step(work, "embedding", "n, d_m", ("embedded words", "词嵌入"))
    work.mistake(
        "flattened",
        "shape(1, n * d_m)",
        "the sequence is flattened; every token keeps a row of its own.",
        "把序列展平了；每个词元各占一行。",
    )
    _chain_step(work, "Q_shape", "n, d_k", ("queries of one head (keys likewise)", "一个头的查询（键相同）"))
    work.mistake("width_kept", "shape(n, d_m)", "the model width is kept; a head is narrower.", "保留了模型宽度；一个头更窄。")
    _chain_step(work, "V_shape", "n, d_v", ("values of one head", "一个头的值"))
    _chain_step(work, "scores", "n, n", ("scores of one head", "一个头的分数"))
    work.mistake(
        "scores_dk",
        "shape(d_k, d_k)",
        "features are compared with features; scores compare tokens.",
        "把特征与特征相比；分数比较的是词元。",
    )
    if crossed:
        _chain_step(work, "cross_scores", "n, n_k", ("scores with the encoder", "对编码器的分数"))
        work.mistake(
            "transposed", "shape(n_k, n)", "rows and columns are exchanged; each row belongs to a query.", "行列颠倒；每一行对应一个查询。"
        )
    _chain_step(work, "head_output", "n, d_v", ("output of one head", "一个头的输出"))
    _chain_step(work, "concat", "n, h * d_v", ("heads joined", "各头拼接"))
    _chain_step(work, "attention_output", "n, d_m", ("after the output weights", "经输出权重之后"))
    _chain_step(work, "ffn_hidden", "n, d_ff", ("inside the feed-forward layer", "前馈层内部"))
    work.mistake(
        "not_widened",
        "shape(n, d_m)",
        "the model width is kept inside; the first layer widens it.",
        "内部保留了模型宽度；第一层会把它加宽。",
    )
    _chain_step(work, "ffn_output", "n, d_m", ("after the feed-forward layer", "前馈层之后"))
    _chain_step(work, "logits", "n, vocab", ("logits", "logits"))
    work.mistake(
        "hidden_out",
        "shape(n, d_m)",
        "the model width is kept; the projection widens it to the vocabulary.",
        "保留了模型宽度；映射后宽度为词表大小。",
    )


def _chain_step(work: Work, name: str, sizes: str, label: Pair) -> None:
    work.step(name, f"shape({sizes})", label, is_=WHOLE)


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
        )
        == "yes"
    )
    work.given("H", ("image height", "图像高度"), is_=WHOLE)
    work.given("W", ("image width", "图像宽度"), is_=WHOLE, default="H")
    work.given("C", ("channels", "通道数"), is_=WHOLE, default="3")
    work.given("P", ("patch side", "图像块边长"), is_=WHOLE)
    work.step("patches_h", "H / P", ("patches from top to bottom", "竖直方向的块数"), is_=WHOLE)
    work.step("patches_w", "W / P", ("patches from left to right", "水平方向的块数"), is_=WHOLE)
    work.step("N", "patches_h * patches_w", ("number of patches", "块数"), is_=WHOLE)
    work.mistake("one_side", "patches_h", "one side is counted; rows times columns.", "只算了一条边；应为行数乘列数。")
    work.mistake("sides_added", "patches_h + patches_w", "the sides are added; rows times columns.", "把两边相加了；应为行数乘列数。")
    work.step(
        "patch_length",
        "P^2 * C",
        ("length of a flattened patch", "展平后一个块的长度"),
        ("all its pixels in all channels", "所有像素、所有通道"),
        is_=WHOLE,
    )
    work.mistake("no_channels", "P^2", "the channels are left out.", "漏了通道数。")
    work.step(
        "sequence",
        "N + 1" if token else "N",
        ("length of the sequence", "序列长度"),
        ("one class token", "一个类别词元") if token else None,
        is_=WHOLE,
    )
    if token:
        work.mistake("no_class_token", "N", "the class token is not counted.", "没有计入类别词元。", kind="slip")
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
            "the class token is treated wrongly in the position table.",
            "位置表中类别词元处理有误。",
        )


@calculator(
    "decoding_choice",
    ("Choosing the next word", "贪婪解码与采样解码"),
    chapter="transformer",
    example={"probs": ["1/2", "3/10", "1/5"], "u": "0.6"},
)
def decoding_choice(work: Work) -> None:
    """The most probable word, and the word sampled with a uniform number u: the first whose cumulative probability exceeds u.

    Probabilities, or logits, by word number from 1; ``probs`` may also map words to probabilities.
    """
    from_logits = work.optional("logits", ("logits", "logits"), shape="n")
    if not from_logits:
        work.given("probs", ("probabilities of the words", "各词的概率"), shape=None)
    count = work.length("logits" if from_logits else "probs")
    named = (
        not from_logits
        and len({len(item) if isinstance(item, tuple) else 0 for item in work.values["probs"]}) == 1
        and isinstance(work.values["probs"][0], tuple)
    )
    if from_logits:
        work.step("p", "softmax(logits)", ("probabilities", "概率"), is_="probability")
    else:
        listed = ", ".join(f"probs[{k}][2]" for k in range(1, count + 1))
        work.step("p", f"[{listed}]" if named else "probs", ("probabilities", "概率"), is_="distribution")
    work.step(
        "greedy", "probs[argmax(p)][1]" if named else "argmax(p)", ("greedy choice", "贪婪选择"), ("the most probable word", "概率最大的词")
    )
    places = ", ".join(str(k) for k in range(1, count + 1))
    if not named:
        work.mistake(
            "expected",
            f"dot(p, [{places}])",
            "the word numbers are averaged; the most probable one is taken.",
            "对词的编号取了平均；应取概率最大的词。",
        )
        work.mistake("least", "argmin(p)", "the least probable word is taken.", "取了概率最小的词。", kind="slip")
    if work.optional("u", ("uniform number", "均匀随机数"), is_="probability"):
        sums = ", ".join(" + ".join(f"p[{j}]" for j in range(1, k + 1)) for k in range(1, count + 1))
        work.step("F", f"[{sums}]", ("cumulative probabilities", "累积概率"), ("add from the first word on", "从第一个词起累加"))
        chosen = "sum(F <= u) + 1"
        work.step(
            "sampled",
            f"probs[{chosen}][1]" if named else chosen,
            ("sampled word", "采样得到的词"),
            ("the first whose cumulative probability exceeds u", "累积概率首个超过 u 的词"),
        )
        if not named:
            work.mistake(
                "sampling_is_argmax",
                "argmax(p)",
                "the most probable word is taken; sampling follows the random number.",
                "取了概率最大的词；采样由随机数决定。",
            )
            work.mistake(
                "one_early",
                "max(sum(F <= u), 1)",
                "the word before is taken: the first sum above u counts.",
                "取早了一个；应取累积和首个超过 u 的词。",
            )
    work.step(
        "possible",
        "sum(p > 0)",
        ("number of words sampling can give", "采样可能得到的词数"),
        ("every word with positive probability", "概率为正的词都可能"),
        is_=WHOLE,
    )
    work.mistake(
        "only_best",
        "1",
        "only the most probable word is counted; sampling can give any of positive probability.",
        "只算了概率最大的词；概率为正的词都可能被采到。",
    )


@calculator(
    "bert_input_and_loss",
    ("BERT: input and pre-training loss", "BERT 输入与预训练损失"),
    chapter="transformer",
    example={
        "E_tok": [[1, 2], [0, 1], [2, 0]],
        "E_seg": [[1, 0], [1, 0], [0, 1]],
        "E_pos": [[0, 1], [1, 1], [2, 1]],
        "p": ["0.9", "0.5", "0.2"],
        "M": [2, 3],
        "q": "0.8",
        "is_next": 1,
    },
)
def bert_input_and_loss(work: Work) -> None:
    """The input as the sum of three embeddings; the loss on masked words plus that of next-sentence prediction (arXiv:1810.04805).

    ``p`` holds the probability of the true word at each position, ``M`` the masked positions from 1, ``q`` the probability
    given to "is the next sentence", ``is_next`` whether it is (1 or 0).
    """
    log = logarithm_option(work)
    mean = (
        work.option(
            "mlm_reduction",
            ("loss of the masked words", "掩码词损失的汇总"),
            {
                "mean": ("The masked-word loss is the mean over the masked positions.", "掩码词损失对被掩码的位置取平均。"),
                "sum": ("The masked-word loss is the sum over the masked positions.", "掩码词损失对被掩码的位置求和。"),
            },
            default="mean",
        )
        == "mean"
    )
    if work.optional("E_tok", ("token embeddings", "词嵌入"), shape="n d"):
        work.given("E_seg", ("segment embeddings", "句段嵌入"), shape="n d")
        work.given("E_pos", ("position embeddings", "位置嵌入"), shape="n d")
        work.step("X", "E_tok + E_seg + E_pos", ("input", "输入"), ("the three are added", "三者相加"))
        work.mistake(
            "concat", "concat(E_tok, E_seg, E_pos)", "the embeddings are put side by side; they are added.", "把嵌入拼接了；应相加。"
        )
        work.mistake("no_segment", "E_tok + E_pos", "the segment embedding is left out.", "漏了句段嵌入。")
    if not work.optional("p", ("probability of the true word at each position", "每个位置真实词的概率"), is_="probability", shape="t"):
        return
    work.given("M", ("masked positions, from 1", "被掩码的位置（从 1 数起）"), is_=WHOLE, shape="m")
    masked = ", ".join(f"-{log}(p[M[{j}]])" for j in range(1, work.length("M") + 1))
    work.step(
        "losses", f"[{masked}]", ("losses at the masked positions", "被掩码位置的损失"), ("only masked words count", "只计被掩码的词")
    )
    pool = "mean" if mean else "sum"
    work.step("L_MLM", f"{pool}(losses)", ("masked-word loss", "掩码词损失"))
    work.mistake(
        "all_positions",
        f"{pool}(-{log}(p))",
        "all positions are counted; only the masked ones are.",
        "计入了所有位置；只应计被掩码的位置。",
    )
    if mean:
        work.mistake(
            "sequence_length",
            "sum(losses) / len(p)",
            "the sum is divided by the length of the sequence; divide by the number of masked words.",
            "除以了序列长度；应除以被掩码的词数。",
        )
    if work.optional("q", ("probability given to “is the next sentence”", "“是下一句”的预测概率"), is_="probability"):
        work.given(
            "is_next", ("whether it is the next sentence (1 or 0)", "是否为下一句（1 或 0）"), is_="integer, >= 0, <= 1", default="1"
        )
        work.step("L_NSP", f"-{log}(where(is_next == 1, q, 1 - q))", ("next-sentence loss", "下一句损失"))
        work.mistake(
            "label_swapped",
            f"-{log}(where(is_next == 1, 1 - q, q))",
            "the probability of the other answer is used.",
            "用了另一个答案的概率。",
        )
        work.step("L", "L_MLM + L_NSP", ("pre-training loss", "预训练损失"), ("both are added", "两者相加"))
        work.mistake("averaged", "(L_MLM + L_NSP) / 2", "the two losses are averaged; they are added.", "把两个损失取了平均；应相加。")
