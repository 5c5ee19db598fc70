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
    work.step("real_term", "mean(ln(D_real))", ("term of the real samples", "真实样本项"), ("mean logarithm of the outputs", "输出的对数取平均"))
    work.mistake("log_of_mean", "ln(mean(D_real))", "the mean is taken before the logarithm; the logarithms are averaged.", "先平均后取了对数；应先取对数再平均。")
    work.step("fake_term", "mean(ln(1 - D_fake))", ("term of the generated samples", "生成样本项"), ("here D should be small, so `1 - D` counts", "这里 D 应小，所以用 `1 - D`"))
    work.mistake("no_one_minus", "mean(ln(D_fake))", "D itself stands in the logarithm; for generated samples it is `1 - D`.", "对数里用了 D；生成样本应使用 `1 - D`。")
    work.step("V", "real_term + fake_term", ("value of the game", "价值函数的值"), ("both terms added", "两项之和"))
    work.mistake("sign", "-(real_term + fake_term)", "the sign is reversed; that is the loss of the discriminator, while `V` is the sum itself.", "符号反了，那是判别器的损失；`V` 就是两项之和。", kind="slip")
    work.mistake("difference", "real_term - fake_term", "the terms are subtracted; they are added.", "两项相减了；应当相加。", kind="slip")
    work.step("D_loss", "-V", ("loss of the discriminator", "判别器的损失"), ("the discriminator maximises `V`", "判别器最大化 `V`"))
    work.mistake("swapped", "V", "the two players are exchanged; the discriminator maximises `V`, so its loss is `-V`.", "双方弄反了；判别器最大化 `V`，其损失为 `-V`。")
    work.step("G_loss", "fake_term" if saturating else "-mean(ln(D_fake))", ("loss of the generator", "生成器的损失"), ("only this term depends on the generator", "只有这一项与生成器有关") if saturating else ("minus the mean of `ln(D)`", "`ln(D)` 均值的相反数"))


@calculator("gan_optimal_discriminator", ("Optimal discriminator", "最优判别器"), chapter="generative", example={"p_data": ["1/2", "1/4", "1/4"], "p_g": ["1/4", "1/4", "1/2"]})
def gan_optimal_discriminator(work: Work) -> None:
    """``D = p_data / (p_data + p_g)`` at each point, and the value of the game there; -ln 4 when the two are equal.

    Source: Goodfellow et al., arXiv:1406.2661, proposition 1 and theorem 1.
    """
    work.given("p_data", ("distribution of the data", "数据分布"), shape="C", is_="distribution")
    work.given("p_g", ("distribution of the generator", "生成分布"), shape="C", is_="distribution")
    work.step("D", "p_data / (p_data + p_g)", ("optimal discriminator", "最优判别器"), ("the probability that a sample at this point is real", "该点处的样本为真实样本的概率"), is_="probability")
    work.mistake("ratio", "p_data / p_g", "the probability of the data is divided by that of the generator; it is divided by the sum of both.", "除以了生成器的概率；应除以两者之和。")
    work.mistake("swapped", "p_g / (p_data + p_g)", "the probability of a generated sample is given; `D` is that of a real one.", "求成了样本来自生成器的概率；`D` 是样本为真实样本的概率。")
    work.mistake("one", "p_data - p_data + 1", "the discriminator is taken to be perfect; where both distributions have mass it cannot be sure.", "把判别器当成了完美的；在两个分布重叠处它无法确定。")
    work.step("V", "sum(xln(p_data, D)) + sum(xln(p_g, 1 - D))", ("value of the game with it", "此时价值函数的值"), ("the mean of `ln(D)` over the data plus that of `ln(1 - D)` over the generator", "`ln(D)` 对数据的期望加 `ln(1 - D)` 对生成分布的期望"))
    work.step("V_equal", "ln(1/2) + ln(1/2)", ("value once both distributions are equal", "两分布相等时价值函数的值"), ("`D` is then `1/2` everywhere, in both terms", "此时 `D` 处处为 `1/2`，两项都如此"))


@calculator("gan_generator_gradient", ("Two gradients of the generator", "生成器的两种梯度"), chapter="generative", example={"D_fake": "0.1"})
def gan_generator_gradient(work: Work) -> None:
    """Derivatives of ``ln(1 - D)`` and of ``ln D`` by the logit of D, at one value of D or several.

    Source: Goodfellow et al., arXiv:1406.2661, section 3.
    """
    work.given("D_fake", FAKE, shape=None, is_="> 0, < 1")
    work.step("grad_saturating", "-D_fake", ("derivative of `ln(1 - D)`", "`ln(1 - D)` 的导数"), ("the derivative `D*(1 - D)` of the sigmoid cancels `1 - D`", "sigmoid 的导数 `D*(1 - D)` 与 `1 - D` 相约"))
    work.mistake("swapped", "1 - D_fake", "the objectives are exchanged; this one is `ln(1 - D)`.", "两种目标弄反了；这里是 `ln(1 - D)`。")
    work.mistake("by_output", "-1 / (1 - D_fake)", "the derivative is taken with respect to D; the chain rule goes on to its logit, with the factor `D*(1 - D)`.", "求的是对 D 的导数；按链式法则还要对 logit 求导，即再乘 `D*(1 - D)`。")
    work.step("grad_modified", "1 - D_fake", ("derivative of `ln(D)`", "`ln(D)` 的导数"), ("the derivative `D*(1 - D)` of the sigmoid cancels `D`", "sigmoid 的导数 `D*(1 - D)` 与 `D` 相约"))
    work.mistake("swapped", "-D_fake", "the objectives are exchanged; this one is `ln(D)`.", "两种目标弄反了；这里是 `ln(D)`。")
    work.mistake("by_output", "1 / D_fake", "the derivative is taken with respect to D; the chain rule goes on to its logit, with the factor `D*(1 - D)`.", "求的是对 D 的导数；按链式法则还要对 logit 求导，即再乘 `D*(1 - D)`。")
    work.step("modified_larger", "abs(grad_modified) > abs(grad_saturating)", ("whether the second is larger in absolute value (1 yes, 0 no)", "后者的绝对值是否更大（1 是，0 否）"), ("1 when the inequality holds", "不等式成立时为 1"))
