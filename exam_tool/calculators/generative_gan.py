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
        "saturating": ("The generator minimises the mean of ln(1 - D(G(z))).", "生成器最小化 ln(1 - D(G(z))) 的均值。"),
        "modified": ("The generator maximises the mean of ln D(G(z)), so its loss is the negative of that.", "生成器最大化 ln D(G(z)) 的均值，损失取其相反数。"),
    }, default="saturating") == "saturating"  # fmt: skip
    work.given("D_real", REAL, shape="m", is_="> 0, < 1")
    work.given("D_fake", FAKE, shape="n", is_="> 0, < 1")
    work.step("real_term", "mean(ln(D_real))", ("term of the real samples", "真实样本项"))
    work.mistake("log_of_mean", "ln(mean(D_real))", "the mean is taken before the logarithm; average the logarithms.", "先平均再取对数了；应对对数取平均。")
    work.step("fake_term", "mean(ln(1 - D_fake))", ("term of the generated samples", "生成样本项"))
    work.mistake("no_one_minus", "mean(ln(D_fake))", "D itself stands in the logarithm; for generated samples it is 1 - D.", "对数中用了 D；生成样本应为 1 - D。")
    work.step("V", "real_term + fake_term", ("value of the game", "价值 V"))
    work.mistake("sign", "-(real_term + fake_term)", "the sign is turned round; this is the discriminator's loss.", "符号反了；这是判别器的损失。", kind="slip")
    work.mistake("difference", "real_term - fake_term", "the terms are subtracted; add them.", "两项相减了；应相加。", kind="slip")
    work.step("D_loss", "-V", ("loss of the discriminator", "判别器的损失"), ("the discriminator ascends V", "判别器使 V 增大"))
    work.mistake("swapped", "V", "the players are exchanged; the discriminator maximises V.", "双方弄反了；判别器最大化 V。")
    work.step("G_loss", "fake_term" if saturating else "-mean(ln(D_fake))", ("loss of the generator", "生成器的损失"))


@calculator("gan_optimal_discriminator", ("Optimal discriminator", "最优判别器"), chapter="generative", example={"p_data": ["1/2", "1/4", "1/4"], "p_g": ["1/4", "1/4", "1/2"]})
def gan_optimal_discriminator(work: Work) -> None:
    """``D = p_data / (p_data + p_g)`` at each point, and the value of the game there; -ln 4 when the two are equal.

    Source: Goodfellow et al., arXiv:1406.2661, proposition 1 and theorem 1.
    """
    work.given("p_data", ("distribution of the data", "数据分布"), shape="C", is_="distribution")
    work.given("p_g", ("distribution of the generator", "生成分布"), shape="C", is_="distribution")
    work.step("D", "p_data / (p_data + p_g)", ("optimal discriminator", "最优判别器"), is_="probability")
    work.mistake("ratio", "p_data / p_g", "it is divided by the generator's probability; divide by the sum of both.", "除以了生成概率；应除以两者之和。")
    work.mistake("swapped", "p_g / (p_data + p_g)", "this is the probability of a generated sample; D is that of a real one.", "这是样本为生成的概率；D 是样本为真实的概率。")
    work.mistake("one", "p_data - p_data + 1", "a perfect discriminator is assumed; where both have mass it cannot be sure.", "当作判别器完美了；两分布重叠处无法确定。")
    work.step("V", "sum(xln(p_data, D)) + sum(xln(p_g, 1 - D))", ("value of the game at D", "在 D 处的价值"))
    work.step("V_equal", "-ln(4)", ("value once both are equal", "两分布相等时的价值"), ("D is then 1/2 everywhere", "此时 D 处处为 1/2"))


@calculator("gan_generator_gradient", ("Two gradients of the generator", "生成器的两种梯度"), chapter="generative", example={"D_fake": "0.1"})
def gan_generator_gradient(work: Work) -> None:
    """Derivatives of ``ln(1 - D)`` and of ``ln D`` by the logit of D, at one value of D or several.

    Source: Goodfellow et al., arXiv:1406.2661, section 3.
    """
    work.given("D_fake", FAKE, shape=None, is_="> 0, < 1")
    work.step("grad_saturating", "-D_fake", ("gradient of ln(1 - D)", "ln(1 - D) 的梯度"), ("σ'/(1 - σ) = σ", "σ'/(1 - σ) = σ"))
    work.mistake("swapped", "1 - D_fake", "the objectives are exchanged.", "两种目标弄反了。")
    work.mistake("by_output", "-1 / (1 - D_fake)", "this is the derivative by D; by its logit it is -D.", "这是对 D 的导数；对 logit 的导数是 -D。")
    work.step("grad_modified", "1 - D_fake", ("gradient of ln D", "ln D 的梯度"))
    work.mistake("swapped", "-D_fake", "the objectives are exchanged.", "两种目标弄反了。")
    work.mistake("by_output", "1 / D_fake", "this is the derivative by D; by its logit it is 1 - D.", "这是对 D 的导数；对 logit 的导数是 1 - D。")
    work.step("modified_larger", "abs(grad_modified) > abs(grad_saturating)", ("whether the modified gradient is larger (1 yes, 0 no)", "改进目标的梯度是否更大（1 是，0 否）"))
