"""Words out of and into a Transformer: choosing the next one, and the input and pre-training loss of BERT."""

from __future__ import annotations

from flint import fmpq

from exam_tool.expressions.arrays import Value, as_vector
from exam_tool.expressions.exact import sign
from exam_tool.expressions.functions import register, truth

from .rnn_language import logarithm_option
from .work import Work, calculator

WHOLE = "integer, >= 1"


def _positions(conditions: Value) -> Value:
    """The places, from 1, where a condition holds."""
    return tuple(fmpq(k) for k, condition in enumerate(as_vector(conditions), 1) if truth(condition))


register("positions", 1, 1, _positions)


@calculator(
    "decoding_choice",
    ("Choosing the next word", "贪心解码与采样解码"),
    chapter="transformer",
    example={"probs": ["1/2", "3/10", "1/5"], "u": "0.6"},
)
def decoding_choice(work: Work) -> None:
    """The most probable word, and the word sampled with a uniform number u: the first whose cumulative probability exceeds u.

    Probabilities, or logits, by word number from 1; ``probs`` may also map words to probabilities.
    """
    from_logits = work.optional("logits", ("logits", "logits"), shape="n")
    named = len(work.offered_shape("probs") or ()) == 2
    if named:
        work.given("probs", ("words with their probabilities", "各词及其概率"), shape=None)
    elif not from_logits:
        work.given("p", ("probabilities of the words", "各词的概率"), is_="distribution", shape="n", aliases=["probs"])
    count = work.length("logits" if from_logits else "probs" if named else "p")
    if from_logits:
        work.step("p", "softmax(logits)", ("probabilities", "概率"), is_="probability")
    elif named:
        work.step("p", f"[{', '.join(f'probs[{k}][2]' for k in range(1, count + 1))}]", ("probabilities", "概率"), is_="distribution")
    work.step(
        "greedy", "probs[argmax(p)][1]" if named else "argmax(p)", ("greedy choice", "贪心选择"), ("the most probable word", "概率最大的词")
    )
    places = ", ".join(str(k) for k in range(1, count + 1))
    if not named:
        work.mistake(
            "expected",
            f"dot(p, [{places}])",
            "the word numbers are averaged; the most probable one is taken.",
            "对词的编号取了平均；应取概率最大的词。",
        )
        work.mistake("least", "argmin(p)", "the least probable word is taken; the most probable one is.", "取了概率最小的词；应取概率最大的词。", kind="slip")
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
                "the word before is taken; the first cumulative probability above u counts.",
                "取早了一个词；应取累积概率首个超过 u 的词。",
            )
    _possible(work, named)


def _possible(work: Work, named: bool) -> None:
    """Which words sampling can give: names, where the probabilities come with them, else numbers."""
    label, because = ("words that sampling can give", "采样可能得到的词"), ("every word of positive probability", "概率为正的词都可能")
    if named:
        words = [k for k, item in enumerate(work.structure("probs"), 1) if sign(item[1]) > 0]
        work.step("possible", f"[{', '.join(f'probs[{k}][1]' for k in words)}]", label, because)
        return
    work.step("possible", "positions(p > 0)", label, because, is_=WHOLE)
    work.mistake(
        "only_best",
        "[argmax(p)]",
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
        work.mistake("no_segment", "E_tok + E_pos", "the segment embedding is left out; all three are added.", "漏了句段嵌入；三者都要相加。")
    if not work.optional("p", ("probability of the true word at each position", "每个位置真实词的概率"), is_="probability", shape="t"):
        return
    work.given("M", ("masked positions, from 1", "被掩码的位置（从 1 数起）"), is_=WHOLE, shape="m")
    masked = ", ".join(f"-{log}(p[M[{j}]])" for j in range(1, work.length("M") + 1))
    work.step(
        "losses", f"[{masked}]", ("losses at the masked positions", "被掩码位置的损失"), ("only masked words count", "只计被掩码的词")
    )
    pool = "mean" if mean else "sum"
    work.step("L_MLM", f"{pool}(losses)", ("masked-word loss", "掩码词损失"), ("averaged over the masked words", "对被掩码的词取平均") if mean else ("added over the masked words", "对被掩码的词求和"))
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
        work.step("L_NSP", f"-{log}(where(is_next == 1, q, 1 - q))", ("next-sentence loss", "下一句损失"), ("minus the logarithm of the probability of the true label", "真实标签的概率取负对数"))
        work.mistake(
            "label_swapped",
            f"-{log}(where(is_next == 1, 1 - q, q))",
            "the probability of the other label is used; that of the true label counts.",
            "用了另一个标签的概率；应取真实标签的概率。",
        )
        work.step("L", "L_MLM + L_NSP", ("pre-training loss", "预训练损失"), ("the two losses are added", "两个损失相加"))
        work.mistake("averaged", "(L_MLM + L_NSP) / 2", "the two losses are averaged; they are added.", "把两个损失取了平均；应相加。")
