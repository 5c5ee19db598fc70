"""Words as vectors and sequences as probabilities: one-hot codes, chain rule, next-word loss, and how many steps run one by one."""

from __future__ import annotations

from .work import Work, calculator

WHOLE = "integer, >= 1"
LOG_BASES = {
    "e": ("Natural logarithms are used.", "使用自然对数。"),
    "2": ("Logarithms have base 2.", "对数以 2 为底。"),
    "10": ("Logarithms have base 10.", "对数以 10 为底。"),
}


def logarithm_option(work: Work) -> str:
    """The function name of the logarithm chosen."""
    base = work.option("log_base", ("base of the logarithm", "对数的底"), LOG_BASES, default="e")
    return {"e": "ln", "2": "log2", "10": "log10"}[base]


@calculator(
    "one_hot_encoding",
    ("One-hot vectors and their distances", "独热编码与向量距离"),
    chapter="rnn",
    example={"N": 4, "token": 1, "token_2": 3},
)
def one_hot_encoding(work: Work) -> None:
    """The one-hot vector of a word of an N-word vocabulary, and distance and inner product of two of them.

    ``position`` counts from 1; ``token`` is a word's number, whose first value is an option.
    """
    base = work.option(
        "index_base",
        ("numbering of words", "词的编号"),
        {"0": ("Words are numbered from 0.", "词从 0 开始编号。"), "1": ("Words are numbered from 1.", "词从 1 开始编号。")},
        default="0",
    )
    work.given("N", ("vocabulary size", "词表大小"), is_=WHOLE, aliases=["vocab_size", "vocab", "dim_vocab"])
    first = _place(work, "", base)
    work.step("dim", "N", ("dimension", "维数"), ("one entry for each word", "每个词一个分量"), is_=WHOLE)
    work.step(
        "vector", f"onehot({first}, N)", ("one-hot vector", "独热向量"), ("a single 1 at the place of the word", "只在该词的位置上为 1")
    )
    work.mistake("index_as_scalar", first, "the number of the word is taken for the vector; put a single 1 at its place.", "把词的编号当成了向量；应只在该位置取 1。")
    second = _place(work, "_2", base)
    if not second:
        return
    work.step("other", f"onehot({second}, N)", ("vector of the other word", "另一个词的向量"), ("a single 1 at the place of that word", "只在那个词的位置上为 1"))
    work.step("inner", "dot(vector, other)", ("inner product", "内积"), ("their ones stand at different places", "两个 1 的位置不同，乘积全为 0"))
    work.mistake(
        "one",
        "1",
        "the inner product is taken as 1, that of a word with itself; for two different words it is 0.",
        "把内积取为 1，那是同一个词与自身的内积；不同的词内积为 0。",
    )
    work.step("distance", "norm(vector - other)", ("distance", "距离"), ("two entries differ by 1", "有两个分量相差 1"))
    work.mistake("distance_two", "norm(vector - other)^2", "the square root is left out; take it of the sum of squares.", "漏了开方；应对平方和开方。", kind="slip")
    work.mistake("distance_one", "1", "only one differing entry is counted; two entries differ.", "只算了一个不同的分量；共有两个。")


def _place(work: Work, suffix: str, base: str) -> str:
    """The formula of a word's place from 1; empty for a second word that is not given."""
    place, token = f"position{suffix}", f"token{suffix}"
    if work.optional(place, ("place of the word, from 1", "词的位置（从 1 数起）"), is_=WHOLE):
        return place
    label = ("number of the word", "词的编号")
    if not suffix:
        work.given(token, label, is_="integer, >= 0")
    elif not work.optional(token, label, is_="integer, >= 0"):
        return ""
    return token if base == "1" else f"{token} + 1"


@calculator(
    "next_token_loss",
    ("Next-word loss", "预测下一个词的损失"),
    chapter="rnn",
    example={"sequence": [1, 3, 2], "probs": [["0.2", "0.3", "0.5"], ["0.1", "0.8", "0.1"]]},
)
def next_token_loss(work: Work) -> None:
    """The mean of -ln of the probability given to each next word: row t of ``probs`` predicts word t + 1 of the sequence.

    Words are numbered from 1.
    """
    log = logarithm_option(work)
    reduction = work.option(
        "reduction",
        ("mean or sum", "平均或求和"),
        {
            "mean": ("The loss is the mean over the predicted words.", "损失对所有预测的词取平均。"),
            "sum": ("The loss is the sum over the predicted words.", "损失对所有预测的词求和。"),
        },
        default="mean",
    )
    work.given("sequence", ("numbers of the words", "词的编号"), is_=WHOLE, shape=None)
    work.given("probs", ("predicted probabilities, one row for each position", "预测概率，每个位置一行"), is_="stochastic", shape="n v")
    count = work.length("probs")
    shifted, unshifted = (", ".join(f"sequence[{t + by}]" for t in range(1, count + 1)) for by in (1, 0))
    work.step(
        "targets", f"[{shifted}]", ("words to be predicted", "要预测的词"), ("the sequence, shifted by one word", "序列向前移一位"), is_=WHOLE
    )
    work.mistake(
        "unshifted", f"[{unshifted}]", "each word is taken as its own target; the target is the next word.", "把当前词当成了目标；目标应是下一个词。"
    )
    picked = ", ".join(f"probs[{t}, targets[{t}]]" for t in range(1, count + 1))
    work.step("p", f"[{picked}]", ("probabilities of the true words", "真实词的概率"), ("in each row, the entry of the word that follows", "取每行中下一个词的那一项"), is_="probability")
    work.step("losses", f"-{log}(p)", ("loss at each position", "每个位置的损失"), ("negative logarithm of the probability of the true word", "真实词概率的负对数"))
    work.mistake("one_minus", "1 - p", "1 − p is taken; take the negative logarithm of p.", "用了 1 − p；应取 p 的负对数。")
    work.step("loss", "mean(losses)" if reduction == "mean" else "sum(losses)", ("loss", "损失"), ("the average over the positions", "对各位置取平均") if reduction == "mean" else ("the sum over the positions", "对各位置求和"))
    if count > 1:
        if reduction == "mean":
            work.mistake("no_mean", "sum(losses)", "the losses are only added; divide by the number of predicted words.", "只把损失相加了；还应除以所预测的词数。")
        work.mistake("last_only", f"losses[{count}]", f"only the last position is counted; take the {reduction} over all positions.", "只算了最后一个位置；应计入所有位置。")


@calculator(
    "sequence_probability",
    ("Probability of a sequence", "序列的概率"),
    chapter="rnn",
    example={"conditionals": ["1/2", "1/4", "2/5"]},
)
def sequence_probability(work: Work) -> None:
    """The product of the conditional probabilities of the words, its logarithm, and the perplexity exp(-log P / T)."""
    log = logarithm_option(work)
    work.given("conditionals", ("probability of each word given those before it", "每个词在前文条件下的概率"), is_="probability", shape="T")
    marginals = work.optional("marginals", ("probability of each word by itself", "每个词单独的概率"), is_="probability", shape="T")
    work.step(
        "P",
        "prod(conditionals)",
        ("probability of the sequence", "序列的概率"),
        ("by the chain rule, the conditional probabilities are multiplied", "由概率的链式法则，各条件概率相乘"),
        is_="probability",
    )
    work.mistake(
        "sum", "sum(conditionals)", "the probabilities are added; multiply them.", "把概率相加了；应相乘。"
    )
    work.mistake(
        "mean", "mean(conditionals)", "the probabilities are averaged; multiply them.", "把概率取了平均；应相乘。"
    )
    if marginals:
        work.mistake(
            "independent",
            "prod(marginals)",
            "the words are taken as independent; use the probabilities given the words before.",
            "把各词当成独立的；应使用以前文为条件的概率。",
        )
    work.step(
        "log_P",
        f"sum({log}(conditionals))",
        ("log-probability", "对数概率"),
        ("the logarithm of a product is a sum", "乘积的对数等于对数之和"),
    )
    work.mistake("mean_log", f"mean({log}(conditionals))", "the logarithms are averaged; add them.", "把对数取了平均；应相加。")


@calculator(
    "serial_steps",
    ("Steps one after the other: recurrence and attention", "串行步数：循环网络与注意力"),
    chapter="rnn",
    example={"n": 5},
)
def serial_steps(work: Work) -> None:
    """How many steps must wait for one another over n tokens, and how many pairs self-attention compares (arXiv:1706.03762, table 1)."""
    work.given("n", ("number of tokens", "词元数"), is_=WHOLE)
    work.step(
        "rnn_serial_steps",
        "n",
        ("serial steps of a recurrent network", "循环网络的串行步数"),
        ("each state waits for the one before", "每个状态都要等前一个"),
        is_=WHOLE,
    )
    work.mistake("off_by_one", "n - 1", "the first token is not counted; it takes a step too.", "没有计入第一个词元；它也需要一步。")
    work.step(
        "attention_serial_steps",
        "1",
        ("serial steps of one self-attention layer", "一层自注意力的串行步数"),
        ("all tokens are treated at once", "所有词元同时计算"),
        is_=WHOLE,
    )
    work.mistake(
        "as_rnn", "n", "the tokens are taken one by one; attention treats all of them at once.", "按逐个词元计算了；注意力同时处理所有词元。"
    )
    work.step(
        "pairs",
        "n^2",
        ("scores of self-attention", "自注意力的分数个数"),
        ("every token is compared with every token, itself included", "每个词元与每个词元（包括自身）比较"),
        is_=WHOLE,
    )
    work.mistake(
        "pairs_linear",
        "n",
        "one score for each token is counted; count one for each pair of tokens.",
        "每个词元只计了一个分数；每一对词元都应计一个。",
    )
    work.mistake("without_self", "n * (n - 1)", "a token's score with itself is left out; it counts too.", "漏了词元与自身的分数；也应计入。")
