"""Principal components, autoencoders, VAEs and GANs against numpy, scipy and autograd."""

from __future__ import annotations

import random
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from scipy import integrate, stats

from exam_tool.calculators import calculate
from exam_tool.language import ExamToolError

from .near import agree, numbers

TRIES = 100


def tenths(draw: random.Random, *sizes: int, low: int = -30, high: int = 30) -> Any:
    return (np.array([draw.randint(low, high) for _ in range(int(np.prod(sizes)))]) / 10).reshape(sizes).tolist()


def test_pca_against_numpy() -> None:
    """Eigenvalues, direction (up to its sign), projections and ratio agree with numpy.linalg.eigh, by either divisor."""
    draw = random.Random(1)
    for _ in range(TRIES):
        n = draw.randint(3, 6)
        X, ddof = tenths(draw, n, 2), draw.choice([0, 1])
        values, vectors = np.linalg.eigh(np.cov(np.array(X).T, ddof=ddof))
        if np.isclose(values[0], values[1]):
            continue
        found = calculate("pca", X=X, denominator="n-1" if ddof else "n")
        assert agree(found["lambdas"].value, values[::-1], 1e-7)
        assert np.isclose(abs(np.dot(numbers(found["u"].value), vectors[:, 1])), 1)
        assert agree(found["ratio"].value, values[1] / values.sum(), 1e-7)
        assert np.isclose(np.var(numbers(found["z"].value), ddof=ddof), values[1])


def test_pca_by_the_matrix_of_products() -> None:
    """Two samples of many features give the same direction as a singular value decomposition."""
    draw = random.Random(2)
    for _ in range(30):
        X = np.array(tenths(draw, 2, 4))
        if np.allclose(X[0], X[1]):
            continue
        found = calculate("pca", X=X.tolist(), trick="gram")
        _, _, rows = np.linalg.svd(X - X.mean(axis=0))
        assert np.isclose(abs(np.dot(numbers(found["u"].value), rows[0])), 1)


def test_autoencoders_against_numpy() -> None:
    """Code, reconstruction and loss of any sizes, tied or not, and the three penalties agree with numpy."""
    draw = random.Random(3)
    for _ in range(TRIES):
        d, k = draw.randint(1, 4), draw.randint(1, 4)
        x, encoder, decoder = tenths(draw, d), tenths(draw, k, d), tenths(draw, d, k)
        tied = draw.random() < 0.5
        givens = {"tied": "yes"} if tied else {"W_d": decoder}
        found = calculate("autoencoder_reconstruction", x=x, W_e=encoder, **givens)
        back = (np.array(encoder).T if tied else np.array(decoder)) @ np.array(encoder) @ x
        assert agree(found["x_tilde"].value, back)
        assert agree(found["loss"].value, np.sum((np.array(x) - back) ** 2))
        error = float(np.sum((np.array(x) - back) ** 2))
        rounded = [f"{value:.6f}" for value in back]
        sparse = calculate("regularized_autoencoder_loss", x=x, x_tilde=rounded, h=tenths(draw, k), lam="0.5")
        assert agree(sparse["reconstruction"].value, error, 1e-4)
        contractive = calculate("regularized_autoencoder_loss", x=x, x_tilde=rounded, J=encoder, lam="0.5")
        assert agree(contractive["penalty"].value, 0.5 * np.linalg.norm(encoder) ** 2)


def test_gaussian_divergence_against_integration() -> None:
    """The closed form agrees with numerical integration of q*ln(q/p), in each parameter of the spread."""
    draw = random.Random(4)
    for _ in range(20):
        mu, sigma = draw.randint(-20, 20) / 10, draw.randint(3, 25) / 10
        q = stats.norm(mu, sigma)
        expected, _ = integrate.quad(lambda t, q=q: q.pdf(t) * (q.logpdf(t) - stats.norm.logpdf(t)), mu - 12 * sigma, mu + 12 * sigma)
        assert agree(calculate("vae_kl_gaussian", mu=[mu], sigma=[sigma])["D_KL"].value, expected, 1e-6)
        assert agree(calculate("vae_kl_gaussian", mu=[mu], var=[f"{sigma}^2"])["D_KL"].value, expected, 1e-6)
        assert agree(calculate("vae_kl_gaussian", mu=[mu], logvar=[f"2*ln({sigma})"])["D_KL"].value, expected, 1e-6)


def test_vae_loss_against_scipy() -> None:
    """Both decoders agree with scipy's log-probabilities; the ELBO is the negative loss."""
    draw = random.Random(5)
    for _ in range(TRIES):
        d, k = draw.randint(1, 4), draw.randint(1, 3)
        mu, sigma = tenths(draw, k), tenths(draw, k, low=3, high=20)
        divergence = 0.5 * np.sum(np.square(mu) + np.square(sigma) - 2 * np.log(sigma) - 1)
        x, x_hat = [draw.randint(0, 1) for _ in range(d)], tenths(draw, d, low=1, high=9)
        found = calculate("vae_loss", x=x, x_hat=x_hat, mu=mu, sigma=sigma)
        assert agree(found["loss"].value, -np.sum(stats.bernoulli.logpmf(x, x_hat)) + divergence)
        assert agree(found["elbo"].value, np.sum(stats.bernoulli.logpmf(x, x_hat)) - divergence)
        real = tenths(draw, d)
        found = calculate("vae_loss", x=real, x_hat=x_hat, mu=mu, sigma=sigma, decoder="Gaussian")
        assert agree(found["loss"].value, -np.sum(stats.norm.logpdf(real, loc=x_hat)) + divergence)


def test_codes_and_bound() -> None:
    """Sampling in each parameter, interpolation, and the three ways to use the identity."""
    assert numbers(calculate("vae_reparameterization", mu=[1, 2], sigma=["1/2", 3], eps=[2, -1])["z"].value) == [2, -1]
    assert numbers(calculate("vae_reparameterization", mu=[1], var=[4], eps=["1/2"])["z"].value) == [2]
    assert numbers(calculate("vae_reparameterization", mu=[1], logvar=["ln(4)"], eps=["1/2"], z_b=[6], t="1/4")["z_t"].value) == [3]
    assert numbers(calculate("elbo_identity", log_p=-3, D_KL="1/2")["elbo"].value) == -3.5
    assert numbers(calculate("elbo_identity", elbo="-3.5", D_KL="1/2")["log_p"].value) == -3
    assert numbers(calculate("elbo_identity", log_p=-3, elbo="-3.5")["D_KL"].value) == 0.5
    with pytest.raises(ExamToolError):
        calculate("elbo_identity", log_p=-4, elbo=-3)


def test_gan_against_numpy_and_autograd() -> None:
    """The value, the optimal discriminator (which no other beats) and both generator gradients."""
    draw = random.Random(6)
    for _ in range(TRIES):
        real, fake = tenths(draw, draw.randint(1, 4), low=1, high=9), tenths(draw, draw.randint(1, 4), low=1, high=9)
        found = calculate("gan_value", D_real=real, D_fake=fake)
        assert agree(found["V"].value, np.mean(np.log(real)) + np.mean(np.log1p(-np.array(fake))))
        assert agree(calculate("gan_value", D_real=real, D_fake=fake, generator_loss="modified")["G_loss"].value, -np.mean(np.log(fake)))
        parts = [[draw.randint(1, 9) for _ in range(3)] for _ in range(2)]
        p, g = (np.array(part) / sum(part) for part in parts)
        data, made = ([f"{a}/{sum(part)}" for a in part] for part in parts)
        best = calculate("gan_optimal_discriminator", p_data=data, p_g=made)

        def value(D: Any, p: Any = p, g: Any = g) -> Any:
            return anp.sum(p * anp.log(D)) + anp.sum(g * anp.log(1 - D))

        assert agree(best["V"].value, value(np.array(numbers(best["D"].value))))
        assert np.allclose(grad(value)(np.array(numbers(best["D"].value))), 0, atol=1e-9)
        a = draw.randint(-20, 20) / 10
        output = 1 / (1 + np.exp(-a))
        slopes = calculate("gan_generator_gradient", D_fake=f"sigmoid({a})")
        assert agree(slopes["grad_saturating"].value, grad(lambda a: anp.log(1 - 1 / (1 + anp.exp(-a))))(a))
        assert agree(slopes["grad_modified"].value, 1 - output)


def test_equal_distributions_cannot_be_told_apart() -> None:
    """Where the generator matches the data, D is 1/2 and the value is -ln 4."""
    found = calculate("gan_optimal_discriminator", p_data=["1/4", "3/4"], p_g=["1/4", "3/4"])
    assert numbers(found["D"].value) == [0.5, 0.5]
    assert agree(found["V"].value, -np.log(4))
    assert agree(found["V_equal"].value, -np.log(4))
