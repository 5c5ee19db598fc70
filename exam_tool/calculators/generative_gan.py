"""Generative adversarial games: the value function, the optimal discriminator, the generator's two gradients."""

from __future__ import annotations

from . import foundations_losses  # noqa: F401  # it registers xln
from .work import Pair, Work, calculator

REAL: Pair = ("outputs of D on real samples", "D 对真实样本的输出")
FAKE: Pair = ("outputs of D on generated samples", "D 对生成样本的输出")


@calculator("gan_value", ("Value of the GAN game", "GAN 的价值函数"), chapter="generative", example={"D_real": ["0.9", "0.6"], "D_fake": ["0.2", "0.4"]})
def gan_value(work: Work) -> None:
    """``V = mean ln D(x) + mean ln(1 - D(G(z)))``: D ascends V, G descends it or its own loss.

    Source: Goodfellow et al., arXiv:1406.2661, equation 1 and section 3.
    """
    saturating = work.option("generator_loss", ("loss of the generator", "生成器的损失"), {
        "saturating": ("The generator minimises the mean of `ln(1 - D)` over its samples.", "生成器最小化生成样本上 `ln(1 - D)` 的均值。"),
        "modified": ("The generator maximises the mean of `ln(D)` over its samples, so its loss is the negative of that.", "生成器最大化生成样本上 `ln(D)` 的均值，损失取其相反数。"),
    }, default="saturating") == "saturating"  # fmt: skip
    work.given("D_real", REAL, shape="m", is_="> 0, < 1")
    work.given("D_fake", FAKE, shape="n", is_="> 0, < 1")
    work.step("real_term", "mean(ln(D_real))", ("term of the real samples", "真实样本项"))
    work.mistake("log_of_mean", "ln(mean(D_real))", "the mean is taken before the logarithm; average the logarithms.", "先平均再取对数了；应对对数取平均。")
    work.step("fake_term", "mean(ln(1 - D_fake))", ("term of the generated samples", "生成样本项"))
    work.mistake("no_one_minus", "mean(ln(D_fake))", "D itself stands in the logarithm; for generated samples it is `1 - D`.", "对数中用了 D；生成样本应使用 `1 - D`。")
    work.step("V", "real_term + fake_term", ("value of the game", "价值 V"))
    work.mistake("sign", "-(real_term + fake_term)", "the sign is reversed; this is the discriminator's loss.", "符号反了；这是判别器的损失。", kind="slip")
    work.mistake("difference", "real_term - fake_term", "the terms are subtracted; add them.", "两项相减了；应相加。", kind="slip")
    work.step("D_loss", "-V", ("loss of the discriminator", "判别器的损失"), ("the discriminator ascends V", "判别器使 V 增大"))
    work.mistake("swapped", "V", "the two players are exchanged; the discriminator maximises V, so its loss is the negative of V.", "双方弄反了；判别器最大化 V，其损失取 V 的相反数。")
    work.step("G_loss", "fake_term" if saturating else "-mean(ln(D_fake))", ("loss of the generator", "生成器的损失"))


@calculator("gan_optimal_discriminator", ("Optimal discriminator", "最优判别器"), chapter="generative", example={"p_data": ["1/2", "1/4", "1/4"], "p_g": ["1/4", "1/4", "1/2"]})
def gan_optimal_discriminator(work: Work) -> None:
    """``D = p_data / (p_data + p_g)`` at each point, and the value of the game there; -ln 4 when the two are equal.

    Source: Goodfellow et al., arXiv:1406.2661, proposition 1 and theorem 1.
    """
    work.given("p_data", ("distribution of the data", "数据分布"), shape="C", is_="distribution")
    work.given("p_g", ("distribution of the generator", "生成分布"), shape="C", is_="distribution")
    work.step("D", "p_data / (p_data + p_g)", ("optimal discriminator", "最优判别器"), is_="probability")
    work.mistake("ratio", "p_data / p_g", "the data's probability is divided by the generator's; divide by the sum of both.", "除以了生成器的概率；应除以两者之和。")
    work.mistake("swapped", "p_g / (p_data + p_g)", "the probability of a generated sample is given; D is that of a real one.", "求成了样本来自生成器的概率；D 是样本为真实的概率。")
    work.mistake("one", "p_data - p_data + 1", "the discriminator is taken as perfect; where both distributions have mass it cannot be sure.", "把判别器当成了完美的；两个分布重叠处它无法确定。")
    work.step("V", "sum(xln(p_data, D)) + sum(xln(p_g, 1 - D))", ("value of the game at D", "判别器取 D 时的价值"))
    work.step("V_equal", "-ln(4)", ("value once both are equal", "两分布相等时的价值"), ("D is then 1/2 everywhere", "此时 D 处处为 1/2"))


@calculator("gan_generator_gradient", ("Two gradients of the generator", "生成器的两种梯度"), chapter="generative", example={"D_fake": "0.1"})
def gan_generator_gradient(work: Work) -> None:
    """Derivatives of ``ln(1 - D)`` and of ``ln D`` by the logit of D, at one value of D or several.

    Source: Goodfellow et al., arXiv:1406.2661, section 3.
    """
    work.given("D_fake", FAKE, shape=None, is_="> 0, < 1")
    work.step("grad_saturating", "-D_fake", ("gradient of `ln(1 - D)`", "`ln(1 - D)` 的梯度"), ("the sigmoid D of a logit has the derivative `D*(1 - D)`", "sigmoid 的输出 D 对 logit 的导数为 `D*(1 - D)`"))
    work.mistake("swapped", "1 - D_fake", "the objectives are exchanged.", "两种目标弄反了。")
    work.mistake("by_output", "-1 / (1 - D_fake)", "the derivative is taken with respect to D; the chain rule goes on to its logit, with the factor `D*(1 - D)`.", "求的是对 D 的导数；应继续对 logit 求导，再乘 `D*(1 - D)`。")
    work.step("grad_modified", "1 - D_fake", ("gradient of `ln(D)`", "`ln(D)` 的梯度"))
    work.mistake("swapped", "-D_fake", "the objectives are exchanged.", "两种目标弄反了。")
    work.mistake("by_output", "1 / D_fake", "the derivative is taken with respect to D; the chain rule goes on to its logit, with the factor `D*(1 - D)`.", "求的是对 D 的导数；应继续对 logit 求导，再乘 `D*(1 - D)`。")
    work.step("modified_larger", "abs(grad_modified) > abs(grad_saturating)", ("whether the modified gradient is larger (1 yes, 0 no)", "改进目标的梯度是否更大（1 是，0 否）"))
