"""Costs of large models: power laws of the loss, memory and rounding of quantised weights, magnitude pruning."""

from __future__ import annotations

from .work import Work, calculator

WHOLE = "integer, >= 1"
PUBLISHED = {"N": ("8.8e13", "0.076"), "D": ("5.4e13", "0.095"), "C": ("3.1e8", "0.050")}


@calculator(
    "scaling_law",
    ("Power law of the loss", "缩放定律"),
    chapter="llm",
    example={"N": 100, "N_c": 1600, "alpha": "1/2", "multiplier": 4, "L_target": 2},
)
def scaling_law(work: Work) -> None:
    """L(N) = (N_c / N)^alpha for parameters N, data D or compute C; the constants default to those of Kaplan et al., arXiv:2001.08361.

    The scale, a ``multiplier`` of it and a target loss may each be given or left out.
    """
    variable = work.option(
        "variable",
        ("what is scaled", "缩放的对象"),
        {
            "N": ("The scale is the number of parameters.", "规模指参数量。"),
            "D": ("The scale is the number of training tokens.", "规模指训练词元数。"),
            "C": ("The scale is the amount of compute, in PF-days.", "规模指计算量（PF-days）。"),
        },
        default="N",
        convention=False,
    )
    constant, exponent = PUBLISHED[variable]
    scale = work.optional("N", ("scale", "规模"), is_="> 0", aliases=["D", "C"])
    work.given("N_c", ("constant of the law", "定律中的常数"), is_="> 0", default=_decimal(constant), aliases=["D_c", "C_c", "constant"])
    work.given("alpha", ("exponent", "指数"), is_="> 0", default=exponent, aliases=["alpha_N", "alpha_D", "alpha_C"])
    if scale:
        work.step("ratio", "N_c / N", ("constant over scale", "常数与规模之比"))
        work.mistake(
            "inverted", "N / N_c", "the fraction is upside down; the loss must fall as the scale grows.", "分数写反了；规模增大时损失应下降。"
        )
        work.step("loss", "ratio^alpha", ("loss", "损失"))
        work.mistake(
            "alpha_times", "alpha * ratio", "the ratio is multiplied by the exponent; it is raised to it.", "把比值乘了指数；应取幂。"
        )
        work.mistake(
            "exponential",
            "exp(-alpha * N)",
            "an exponential is used; the loss follows a power law.",
            "按指数衰减计算了；损失服从幂律。",
        )
    if work.optional("multiplier", ("factor of the scale", "规模的倍数"), is_="> 0", aliases=["multiplier_k"]):
        work.step("loss_factor", "multiplier^(-alpha)", ("factor of the loss", "损失的倍数"), ("the constant cancels", "常数被约去"))
        work.mistake("linear", "1 / multiplier", "the exponent is ignored; the multiple is raised to the power `-alpha`.", "忽略了指数；应取 `-alpha` 次幂。")
        work.mistake(
            "grows", "multiplier^alpha", "the sign of the exponent is lost; the loss falls.", "丢了指数的负号；损失应下降。", kind="slip"
        )
        work.mistake(
            "exponential_factor",
            "exp(-alpha * multiplier)",
            "an exponential is used; the loss follows a power law.",
            "按指数衰减计算了；损失服从幂律。",
        )
    if work.optional("L_target", ("target loss", "目标损失"), is_="> 0"):
        work.step("N_needed", "N_c / L_target^(1/alpha)", ("scale needed", "所需规模"), ("solve the law for the scale", "由定律解出规模"))
        work.mistake(
            "alpha_not_inverted",
            "N_c / L_target^alpha",
            "the exponent is not inverted; take the `1/alpha`-th power.",
            "指数没有取倒数；应取 `1/alpha` 次幂。",
        )
    work.step(
        "slope", "-alpha", ("slope on log-log axes", "双对数坐标下的斜率"), ("the logarithm of a power is a product", "幂的对数是乘积")
    )
    work.mistake("positive", "alpha", "the sign is lost; the loss falls.", "丢了负号；损失应下降。", kind="slip")


def _decimal(text: str) -> str:
    """A number in scientific notation as the formula language writes it."""
    head, _, power = text.partition("e")
    return f"{head} * 10^{power}"


@calculator(
    "quantization_memory",
    ("Quantised weights: memory and rounding", "量化与权重存储"),
    chapter="llm",
    example={"params": 1000000, "bits": 8, "x": ["0.37", "-0.12", "0.8"], "s": "0.1"},
)
def quantization_memory(work: Work) -> None:
    """Bytes before and after, and codes round(x / s) with the values they stand for (Jacob et al., arXiv:1712.05877). Halves round up."""
    zero = (
        work.option(
            "symmetric",
            ("zero point", "零点"),
            {
                "yes": ("The quantisation is symmetric (no zero point).", "采用对称量化（无零点）。"),
                "zero_point": ("A zero point is added to the codes.", "编码要加上零点。"),
            },
            default="yes",
            convention=False,
        )
        == "zero_point"
    )
    if work.optional("params", ("number of weights", "权重数"), is_=WHOLE):
        work.given("bits_before", ("bits of a weight before", "量化前每个权重的位数"), is_=WHOLE, default="32")
        work.given("bits", ("bits of a weight after", "量化后每个权重的位数"), is_=WHOLE)
        for name, bits, en, zh in (("bytes_before", "bits_before", "before", "前"), ("bytes_after", "bits", "after", "后")):
            work.step(name, f"params * {bits} / 8", (f"bytes {en}", f"量化{zh}的字节数"), ("a byte has 8 bits", "一个字节有 8 位"))
            work.mistake(
                "bits_as_bytes",
                f"params * {bits}",
                "the bits are counted as bytes; a byte has 8 bits.",
                "把位当成了字节；一个字节有 8 位。",
                kind="slip",
            )
        work.step("ratio", "bytes_before / bytes_after", ("how many times smaller", "压缩倍数"))
        work.mistake("inverted", "bytes_after / bytes_before", "the fraction is upside down; the bytes before belong on top.", "分数写反了；量化前的字节数应在分子。", kind="slip")
    if work.optional("x", ("weights", "权重"), shape="n"):
        work.given("s", ("scale", "缩放因子"), is_="> 0")
        if zero:
            work.given("z", ("zero point", "零点"), is_="integer", default="0")
        else:
            work.optional("z", ("zero point", "零点"), is_="integer")
        shift, back = (" + z", "(q - z)") if zero else ("", "q")
        work.step(
            "q", f"floor(x / s + 1/2){shift}", ("integer codes", "整数编码"), ("the nearest whole number: add 1/2 and round down", "取最近的整数：加 1/2 后向下取整")
        )
        work.mistake(
            "floor", f"floor(x / s){shift}", "the quotient is rounded down; round to the nearest.", "商向下取整了；应取最近的整数。"
        )
        work.mistake(
            "multiplied", f"floor(x * s + 1/2){shift}", "the weight is multiplied by the scale; it is divided.", "乘了缩放因子；应除以它。"
        )
        work.step("x_hat", f"s * {back}", ("values the codes stand for", "编码所代表的值"), ("a code counts multiples of the scale", "编码是缩放因子的倍数"))
        work.step("error", "x - x_hat", ("rounding errors", "舍入误差"))


@calculator(
    "pruning_sparsity",
    ("Magnitude pruning", "剪枝与稀疏度"),
    chapter="llm",
    example={"w": ["0.5", "-0.1", "0.3", "-0.8"], "fraction": "1/2"},
)
def pruning_sparsity(work: Work) -> None:
    """The weights of smallest magnitude are set to 0 (Han et al., arXiv:1506.02626); ties at the threshold go together."""
    work.given("w", ("weights", "权重"), shape="n")
    work.given("fraction", ("fraction to remove", "要去掉的比例"), is_="> 0, < 1")
    work.step("removed", "fraction * len(w)", ("number of weights to remove", "要去掉的权重个数"), is_=WHOLE)
    work.step(
        "threshold", "sort(abs(w))[removed]", ("largest magnitude removed", "被去掉的权重中最大的绝对值"), ("sort by magnitude", "按绝对值排序")
    )
    work.mistake(
        "signed", "sort(w)[removed]", "the weights are sorted with their signs; the magnitude counts.", "按带符号的值排序了；应看绝对值。"
    )
    work.step("kept", "where(abs(w) > threshold, w, 0)", ("weights after pruning", "剪枝后的权重"), ("larger magnitudes stay as they are", "绝对值更大的保持不变"))
    work.mistake(
        "largest",
        "where(abs(w) < reverse(sort(abs(w)))[removed], w, 0)",
        "the largest magnitudes are removed; the smallest go.",
        "去掉了绝对值最大的权重；应去掉绝对值最小的。",
    )
    work.mistake("sign_lost", "where(abs(w) > threshold, abs(w), 0)", "the signs are lost; weights that stay keep theirs.", "丢了符号；保留下来的权重符号不变。", kind="slip")
    work.step("sparsity", "1 - sum(abs(kept) > 0) / len(w)", ("sparsity", "稀疏度"), ("the share of zeros", "零所占的比例"))
    work.mistake("density", "sum(abs(kept) > 0) / len(w)", "the share of the weights that stay is given; sparsity is the share of zeros.", "写成了保留的权重所占的比例；稀疏度是零所占的比例。")
