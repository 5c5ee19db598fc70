"""Backpropagation by hand through networks of any depth and width, with penalties and one or several updates.

Three ways of writing one calculation: a two-layer network with scalar names, a deep scalar chain, and matrices.
"""

from __future__ import annotations

from collections.abc import Callable

from exam_tool.expressions.printing.symbols import symbol

from .layers import Layer, Style
from .network import Network
from .updates import Penalties, ask_penalties, write_update
from .work import Work, calculator

TWO_LAYERS = Style(
    weight=lambda k: f"w{k}", bias=lambda k: f"b{k}", before=lambda k: f"z{k}", after=lambda k: f"a{k}", output="y_hat",
    back=lambda k: f"dL_da{k}", slope=lambda k: "sigma_prime" if k == 1 else f"sigma_prime_{k}",
    delta=lambda k: f"delta{k}", delta_out="delta_out",
    weight_gradient=lambda k: f"grad_w{k}", bias_gradient=lambda k: f"grad_b{k}",
    missing_weight="missing_w2", new_weight_used="used_new_w2",
    new=lambda name, penalty: f"{name}_new" if penalty == "none" else f"{name}_new_{penalty}",
)  # fmt: skip
CHAIN = Style(
    weight=lambda k: f"w_{k}", bias=lambda k: f"b_{k}", before=lambda k: f"z_{k}", after=lambda k: f"h_{k}", output=None,
    back=lambda k: f"dL_dh_{k}", slope=lambda k: f"sigma_prime_{k}", delta=lambda k: f"delta_{k}", delta_out=None,
    weight_gradient=lambda k: f"dL_dw_{k}", bias_gradient=lambda k: f"dL_db_{k}", activation="activation", flat_out_is_back=True,
)  # fmt: skip
MATRICES = Style(
    weight=lambda k: f"W_{k}", bias=lambda k: f"b_{k}", before=lambda k: f"z_{k}", after=lambda k: f"a_{k}", output="y_hat",
    back=lambda k: f"dL_da_{k}", slope=lambda k: f"sigma_prime_{k}", delta=lambda k: f"delta_{k}", delta_out=None,
    weight_gradient=lambda k: f"dL_dW_{k}", bias_gradient=lambda k: f"dL_db_{k}",
)  # fmt: skip


@calculator(
    "mlp_backprop_l1_l2",
    ("Backprop by hand with L1 and L2", "手算反向传播（含 L1 / L2）"),
    chapter="mlp",
    example={"x": 1, "y": 0, "w1": "0.5", "w2": "-0.4", "eta": "0.1", "lam": "0.1", "reg_w1": "L1", "reg_w2": "L2"},
)
def backprop_l1_l2(work: Work) -> None:
    """One or more training steps of a small network, each weight with its own penalty.

    ``x``, ``y`` and the weights ``w1, w2, ...`` are numbers, vectors or matrices; ``b1, b2, ...`` are optional, and so is the
    learning rate ``eta``. Source: Goodfellow et al. 2016, sections 6.5 and 7.1.
    """
    train(work, TWO_LAYERS)


@calculator(
    "scalar_chain_backprop",
    ("Backprop through a chain of scalar layers", "标量链式网络的反向传播"),
    chapter="mlp",
    example={"x": 2, "y": 1, "w_1": "1/2", "b_1": 0, "w_2": -1, "b_2": "1/2", "eta": "0.1", "lam": "0.1", "reg": "L2"},
)
def scalar_chain(work: Work) -> None:
    """h_k = f(w_k h_(k-1) + b_k) with h_0 = x, for any number of layers. Source: Nielsen, ch. 5; Goodfellow et al. 2016, section 6.5."""
    train(work, CHAIN)


@calculator(
    "mlp_backprop_matrix",
    ("Backprop with matrices", "矩阵形式的反向传播"),
    chapter="mlp",
    example={
        "x": [1, 2], "y": [1, 0], "W_1": [[1, 1], [-2, "1/2"]], "b_1": [0, -1], "W_2": [[2, -1], [-1, 3]], "b_2": [1, 1], "eta": "0.1", "hidden": "relu",
        "reg": "L1", "lam": "0.1",
    },
)  # fmt: skip
def backprop_matrix(work: Work) -> None:
    """Layers z_l = W_l a_(l-1) + b_l of any size, for one sample or a batch. Shapes: W_l is d_l x d_(l-1), with samples as rows d_(l-1) x d_l.

    Source: Goodfellow et al. 2016, algorithms 6.3 and 6.4; Nielsen, ch. 2.
    """
    train(work, MATRICES)


def train(work: Work, style: Style) -> None:
    """Forward, backward and, with a learning rate, the updates; as many times as ``iterations`` says."""
    network = Network(work, style)
    penalties = ask_penalties(work, [layer.weight for layer in network.layers], biased=bool(network.biases))
    for layer, kind in zip(network.layers, penalties.kinds, strict=True):
        layer.penalty = kind
    step = work.optional("eta", ("learning rate", "学习率"), is_="> 0")
    passes = _passes(work) if step else 1
    for number in range(1, passes + 1):
        network.number = number
        network.forward()
        network.backward(updated=_updated(penalties) if step else None)
        for layer in reversed(network.layers):
            _update(network, layer, penalties, step=step)


def _passes(work: Work) -> int:
    work.given("iterations", ("number of steps", "更新次数"), is_="integer, >= 1, <= 20", default="1")
    return work.count("iterations")


def _updated(penalties: Penalties) -> Callable[[Layer], str]:
    """The new weight of a layer written out, for the mistake of using it too early."""

    def formula(layer: Layer) -> str:
        gradient = layer.weight_gradient
        if layer.penalty != "none":
            gradient = f"({gradient} + {penalties.slope(layer.penalty, layer.weight)})"
        return f"{layer.weight} - eta*{gradient}"

    return formula


def _update(network: Network, layer: Layer, penalties: Penalties, *, step: bool) -> None:
    style, k = network.style, layer.number
    weight = style.weight(k)
    new = network.name(style.new(weight, layer.penalty))
    base = network.name(weight)
    write_update(network.work, layer.weight, layer.weight_gradient, new, penalties, layer.penalty, base=base, shown=symbol(weight).unicode, number=network.number, step=step)
    layer.weight = new if step else layer.weight
    if layer.bias:
        kind, bias = penalties.of_bias(layer.penalty), style.bias(k)
        new = network.name(style.new(bias, kind))
        write_update(network.work, layer.bias, layer.bias_gradient, new, penalties, kind, base=network.name(bias), shown=symbol(bias).unicode, number=network.number, step=step)
        layer.bias = new if step else layer.bias
