"""Variational autoencoders: the Gaussian divergence, the loss, sampling a code, and the evidence lower bound."""

from __future__ import annotations

from exam_tool.language import Text

from .work import CalculatorError, Pair, Work, calculator

MEAN: Pair = ("mean of the code", "编码的均值")
SPREADS: dict[str, tuple[str, Pair, str]] = {
    "sigma": ("sigma", ("standard deviation of the code", "编码的标准差"), "sigma^2"),
    "sigma^2": ("var", ("variance of the code", "编码的方差"), "var"),
    "log sigma^2": ("logvar", ("logarithm of the variance", "方差的对数"), "exp(logvar)"),
}


def _spread(work: Work, name: str) -> str:
    """Declares mu and the spread in the parameter the caller has; returns that parameter."""
    guess = next((key for key, (given, _, _) in SPREADS.items() if work.offered(given)), "sigma")
    chosen = work.option(name, ("how the spread is given", "离散程度的给法"), dict.fromkeys(SPREADS, ("", "")), default=guess, convention=False)
    work.given("mu", MEAN, shape="k")
    given, label, _ = SPREADS[chosen]
    work.given(given, label, shape="k", is_="" if given == "logvar" else "> 0")
    return chosen


def divergence_steps(work: Work, parameter: str) -> None:
    """The steps ``v``, ``terms`` and ``D_KL`` of KL(N(mu, sigma^2) || N(0, 1))."""
    given, _, variance = SPREADS[parameter]
    log = "logvar" if given == "logvar" else "ln(v)"
    work.step("v", variance, ("variances", "方差"), ("squared standard deviations", "标准差的平方") if given == "sigma" else None)
    if given == "sigma":
        work.mistake("sigma_not_squared", "sigma", "the standard deviation is used as the variance; the variance is its square.", "把标准差当成了方差；方差是标准差的平方。")
    work.step("terms", f"(mu^2 + v - {log} - 1) / 2", ("contribution of each dimension", "各维的贡献"), ("KL divergence of one Gaussian from the standard normal", "一维高斯到标准正态的 KL 散度"))
    work.mistake("sign", f"(1 + {log} - mu^2 - v) / 2", "the sign is reversed; a KL divergence is never negative.", "符号反了；KL 散度不会为负。", kind="slip")
    work.mistake("no_half", f"mu^2 + v - {log} - 1", "the factor `1/2` is left out; every term has it.", "漏了系数 `1/2`；每一项都要乘。")
    work.mistake("no_one", f"(mu^2 + v - {log}) / 2", "the −1 of each dimension is left out; without it the divergence of equal distributions would not be 0.", "漏了每一维的 −1；少了它，两分布相同时散度不为 0。")
    work.step("D_KL", "sum(terms)", ("KL divergence", "KL 散度"), ("independent dimensions add up", "各维独立，相加即可"))


@calculator("vae_kl_gaussian", ("Divergence from the standard normal", "到标准正态的 KL 散度"), chapter="generative", example={"mu": [1, "-1/2"], "sigma": ["1/2", 2]})
def vae_kl_gaussian(work: Work) -> None:
    """``1/2 * sum(mu^2 + sigma^2 - ln sigma^2 - 1)``. Source: Kingma and Welling, arXiv:1312.6114, appendix B."""
    divergence_steps(work, _spread(work, "parameter"))


@calculator("vae_loss", ("Loss of a variational autoencoder", "变分自编码器的损失"), chapter="generative",
            example={"x": [1, 0], "x_hat": ["0.8", "0.4"], "mu": [1], "sigma": ["1/2"]})  # fmt: skip
def vae_loss(work: Work) -> None:
    """Negative log-likelihood of one decoded sample plus the divergence; the ELBO is its negative.

    Source: Kingma and Welling, arXiv:1312.6114, equation 10 and appendix C.
    """
    gaussian = work.option("decoder", ("decoder", "解码器"), {
        "Bernoulli": ("The decoder gives Bernoulli probabilities of binary entries.", "解码器输出二值分量的伯努利概率。"),
        "Gaussian": ("The decoder gives means of Gaussians with variance 1; the constant ln(2π)/2 of each entry counts.", "解码器输出方差为 1 的高斯均值；计入每个分量的常数 ln(2π)/2。"),
    }, default="Bernoulli", convention=False) == "Gaussian"  # fmt: skip
    work.given("x", ("input", "输入"), shape="d", is_="" if gaussian else "integer, >= 0, <= 1")
    work.given("x_hat", ("decoder output", "解码器输出"), shape="d", is_="" if gaussian else "> 0, < 1")
    if gaussian:
        work.step("nll", f"sum((x - x_hat)^2) / 2 + {work.length('x')} / 2 * ln(2 * pi)", ("negative log-likelihood", "负对数似然"))
        work.mistake("no_half", f"sum((x - x_hat)^2) + {work.length('x')} / 2 * ln(2 * pi)", "the factor `1/2` is left out; every term has it.", "漏了系数 `1/2`；每一项都要乘。")
    else:
        work.step("q", "x * x_hat + (1 - x) * (1 - x_hat)", ("probability of each entry", "各分量取值的概率"), ("`x_hat` where `x` is 1, else `1 - x_hat`", "`x` 为 1 时取 `x_hat`，否则取 `1 - x_hat`"))
        work.mistake("swapped", "x * (1 - x_hat) + (1 - x) * x_hat", "the probabilities of 1 and 0 are exchanged; `x_hat` is that of a 1.", "1 和 0 的概率弄反了；`x_hat` 是取 1 的概率。")
        work.step("nll", "-sum(ln(q))", ("negative log-likelihood", "负对数似然"), ("the logarithms of the probabilities, added up", "各概率的对数相加"))
        work.mistake("plus_ll", "sum(ln(q))", "the log-likelihood itself is taken; the loss has its negative.", "用了对数似然本身；损失中取它的相反数。", kind="slip")
    divergence_steps(work, _spread(work, "parameter"))
    work.mistake("reverse_kl", "sum((1 + mu^2) / v + ln(v) - 1) / 2", "the divergence is taken the other way round; it is that of the encoder from the prior.", "KL 散度的方向反了；应为编码器的分布到先验的散度。")
    work.step("loss", "nll + D_KL", ("loss", "损失"), ("reconstruction and divergence together", "重构项加散度项"))
    work.mistake("minus_kl", "nll - D_KL", "the divergence is subtracted; it is added.", "减去了 KL 散度；应当相加。", kind="slip")
    work.step("elbo", "-loss", ("evidence lower bound", "证据下界 ELBO"), ("minimising the loss maximises the bound", "最小化损失就是最大化下界"))


@calculator("vae_reparameterization", ("Sampling and interpolating codes", "编码的采样与插值"), chapter="generative", example={"mu": [1, 2], "sigma": ["1/2", 3], "eps": [2, -1]})
def vae_reparameterization(work: Work) -> None:
    """``z = mu + sigma*eps`` for given noise and, with ``z_b`` and ``t``, points between two codes.

    Source: Kingma and Welling, arXiv:1312.6114, section 2.4.
    """
    chosen = _spread(work, "given")
    work.given("eps", ("noise", "噪声"), shape="k", aliases=["epsilon"])
    scale = "sigma"
    if chosen != "sigma":
        scale = "s"
        work.step("s", "sqrt(var)" if chosen == "sigma^2" else "exp(logvar / 2)", ("standard deviation", "标准差"))
        if chosen == "log sigma^2":
            work.mistake("no_half", "exp(logvar)", "the variance is used for the standard deviation; the logarithm is halved first.", "把方差当成了标准差；应先把对数除以 2。")
    work.step("z", f"mu + {scale} * eps", ("sampled code", "采样得到的编码"), ("the noise is stretched by the standard deviation and shifted by the mean", "噪声乘以标准差，再加上均值"))
    work.mistake("variance", f"mu + {scale}^2 * eps", "the noise is multiplied by the variance; it is multiplied by the standard deviation.", "用方差乘了噪声；应乘以标准差。")
    work.mistake("fixed", "mu", "the noise is left out, as in a plain autoencoder; here it is scaled and added.", "漏了噪声，那是普通自编码器的编码；这里还要加上缩放后的噪声。")
    if work.optional("z_b", ("other code", "另一个编码"), shape="k"):
        work.given("t", ("position between the codes", "插值位置"), is_=">= 0, <= 1")
        work.step("z_t", "(1 - t) * z + t * z_b", ("code between the two", "两者之间的编码"), ("a weighted mean of both codes", "两个编码的加权平均"))
        work.mistake("turned", "t * z + (1 - t) * z_b", "the weights are exchanged; at `t = 0` the first code counts alone.", "权重用反了；`t = 0` 时只取第一个编码。")


@calculator("elbo_identity", ("Evidence lower bound", "证据下界恒等式"), chapter="generative", example={"log_p": "-3", "D_KL": "1/2"})
def elbo_identity(work: Work) -> None:
    """``ln p(x) = ELBO + KL(q || posterior)``, for whichever of the three is missing. Source: Bishop (2006), equation 9.70."""
    known = [name for name, label in (
        ("log_p", ("log-evidence ln p(x)", "对数证据 ln p(x)")), ("elbo", ("evidence lower bound", "证据下界 ELBO")), ("D_KL", ("divergence from the posterior", "到后验的 KL 散度")),
    ) if work.optional(name, label, is_=">= 0" if name == "D_KL" else "")]  # fmt: skip
    if len(known) != 2:
        raise CalculatorError(Text("Give two of log_p, elbo and D_KL.", "请给出 log_p、elbo、D_KL 中的两个。"))
    missing = next(name for name in ("log_p", "elbo", "D_KL") if name not in known)
    formula, wrong, label = {
        "log_p": ("elbo + D_KL", "elbo - D_KL", ("log-evidence ln p(x)", "对数证据 ln p(x)")),
        "elbo": ("log_p - D_KL", "log_p + D_KL", ("evidence lower bound", "证据下界 ELBO")),
        "D_KL": ("log_p - elbo", "elbo - log_p", ("divergence from the posterior", "到后验的 KL 散度")),
    }[missing]
    work.step(missing, formula, label, ("ln p(x) = ELBO + KL", "ln p(x) = ELBO + KL"), is_=">= 0" if missing == "D_KL" else "")
    work.mistake("minus", wrong, "a sign is wrong; the bound and the divergence add up to the log-evidence.", "符号错了；下界与 KL 散度之和等于对数证据。", kind="slip")
    if work.optional("D_prior", ("divergence from the prior", "到先验的 KL 散度"), is_=">= 0") and missing != "D_KL":
        work.mistake("prior", formula.replace("D_KL", "D_prior"), "the divergence from the prior is used; the identity has that from the posterior.", "用了与先验之间的 KL 散度；恒等式中是与后验之间的散度。")
    work.step("bound_holds", "elbo <= log_p", ("whether ELBO ≤ ln p(x) (1 yes, 0 no)", "ELBO ≤ ln p(x) 是否成立（1 是，0 否）"))
