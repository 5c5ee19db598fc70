"""Writes the steps of training a layered network by hand: forward, loss, backward. Names come from a ``Style``; updates are in ``updates``.

Every layer is one of four kinds, told by the sizes of its input and weight: a scalar product, a fan from one unit to
several, a dot product into one unit, a matrix. A batch adds an axis: samples as rows or as columns. Source of the
equations: Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.5; Nielsen, Neural Networks and Deep Learning, ch. 2.
"""

from __future__ import annotations

from collections.abc import Callable

from exam_tool.expressions.printing.symbols import symbol
from exam_tool.language import Text

from .activations import ACTIVATIONS, ask_activation
from .layers import REVERSED, Layer, Style, in_step
from .losses import Loss, ask_loss
from .work import CalculatorError, Pair, Work

LOCAL_SAYS: Pair = ("multiplied by the slope of the activation, unit by unit", "逐个单元乘以激活函数的导数")


class Network:
    """The layers a caller has given, and the steps of one pass over them."""

    def __init__(self, work: Work, style: Style) -> None:
        self.work = work
        self.style = style
        self.number = 1  # of the pass
        self.depth = self._depth()
        self.batch = len(work.offered_shape("x") or ()) == 2
        rows = self._ask_orientation() if work.offered_shape("x") else False
        self.lie = ("rows" if rows else "columns") if self.batch else ("one row" if rows else "one")
        self._declare_parameters()
        hidden = ask_activation(work, style.activation, depth=self.depth, backward=style.backward)
        self.layers = self._layers(hidden)
        last = self.layers[-1]
        self.loss: Loss = ask_loss(work, hidden=hidden, activated=style.flat_out_is_back, units=last.units, batch=self._samples())
        last.activation = self.loss.output

    def _depth(self) -> int:
        depth = 1
        while self.work.offered(self.style.weight(depth + 1)):
            depth += 1
        return depth

    def _ask_orientation(self) -> bool:
        choices = {
            "column": ("Samples are columns: `z = W @ x + b`.", "样本写成列向量：`z = W @ x + b`。"),
            "row": ("Samples are rows: `z = x @ W + b`.", "样本写成行向量：`z = x @ W + b`。"),
        }
        label = ("orientation", "样本的排列方向")
        chosen = self.work.option("orientation", label, choices, default="column", spellings={"row batch": "row"})
        return chosen == "row"

    def _samples(self) -> int | None:
        """The size of the batch, or None for a single sample."""
        if not self.batch:
            return None
        return self.work.shape("x")[0 if self.lie == "rows" else 1]

    def _declare_parameters(self) -> None:
        work, style = self.work, self.style
        work.given("x", ("input", "输入"), shape=None)
        work.given("y", ("target", "目标值"), shape=None)
        self.biases: dict[int, str] = {}
        for k in range(1, self.depth + 1):
            work.given(style.weight(k), (f"weight of layer {k}", f"第 {k} 层的权重"), shape=None)
            if work.optional(style.bias(k), (f"bias of layer {k}", f"第 {k} 层的偏置"), shape=None):
                self.biases[k] = style.bias(k)

    def _layers(self, hidden: str) -> list[Layer]:
        work, style = self.work, self.style
        shape = work.shape("x")
        wide = len(shape) > 0
        work.fits("x", self._arranged("d_0" if wide else ""))
        layers = []
        for k in range(1, self.depth + 1):
            size = work.shape(style.weight(k))
            kind = {(False, 0): "scalar", (False, 1): "fan", (True, 1): "dot", (True, 2): "matrix"}.get((wide, len(size)))
            if kind is None:
                raise CalculatorError(_unfit(style.weight(k)))
            wide = kind in ("fan", "matrix")
            units = (size[-1] if self.lie in ("rows", "one row") else size[0]) if wide else None
            below, here = f"d_{k - 1}", f"d_{k}"
            across = f"{below} {here}" if self.lie in ("rows", "one row") else f"{here} {below}"
            work.fits(style.weight(k), {"scalar": "", "fan": here, "dot": below, "matrix": across}[kind])
            bias = self.biases.get(k)
            if bias:
                work.fits(bias, here if wide else "")
            layers.append(Layer(k, kind, self.lie, units, hidden, style.weight(k), bias))
        work.fits("y", self._arranged(f"d_{self.depth}" if wide else ""))
        return layers

    def _arranged(self, units: str) -> str:
        """The size of the values of one layer, with the samples of a batch where they lie."""
        if not self.batch:
            return units
        return f"n {units}".strip() if self.lie == "rows" else f"{units} n".strip()

    def name(self, name: str) -> str:
        return name if self.number == 1 else f"{name}_t{self.number}"

    def said(self, en: str, zh: str) -> Pair:
        """A label of this pass."""
        return in_step((en, zh), self.number)

    def _of_layer(self, en: str, zh: str, k: int) -> Pair:
        """A label with the number of its layer, where there are several."""
        return self.said(en, zh) if self.depth == 1 else self.said(f"{en} of layer {k}", f"第 {k} 层的{zh}")

    # Forward

    def forward(self) -> None:
        """The weighted input and the activation of every layer, then the loss."""
        value = "x"
        for layer in self.layers:
            layer.input = value
            self._forward(layer)
            value = layer.after
        self.loss.write(self.work, self.name("L"), value, self.number)

    def _forward(self, layer: Layer) -> None:
        work, style, k = self.work, self.style, layer.number
        last = k == self.depth
        after = self.name(style.output if last and style.output else style.after(k))
        plain = layer.activation == "identity"
        layer.after = after
        layer.before = after if plain else self.name(style.before(k))
        formula = layer.form(0, w=layer.weight, a=layer.input)
        if layer.bias:
            formula += " + " + self._spread(layer)
        what = self._of_layer(*(("output", "输出") if plain else ("weighted input", "加权输入")), k)
        work.step(layer.before, formula, what, ("weights times inputs" + ", plus bias" * bool(layer.bias), "权重乘输入" + "，再加偏置" * bool(layer.bias)))  # fmt: skip
        if layer.bias:
            work.mistake("bias_forgotten", layer.form(0, w=layer.weight, a=layer.input), "the bias is left out; it is added to the weighted sum.", "漏了偏置；加权和之后还要加上偏置。", kind="slip")
        if not plain:
            activation = ACTIVATIONS[layer.activation]
            formula = activation.value.format(z=layer.before)
            if layer.activation == "softmax" and self.lie == "columns":
                formula = f"softmax({layer.before}.T).T"
            work.step(after, formula, self._of_layer("output", "输出", k), activation.says)

    def _spread(self, layer: Layer) -> str:
        """The bias, repeated for every sample of a batch."""
        samples = self._samples()
        if samples is None or layer.units is None:
            return str(layer.bias)
        ones = f"ones({samples})"
        return f"outer({ones}, {layer.bias})" if self.lie == "rows" else f"outer({layer.bias}, {ones})"

    # Backward

    def backward(self, updated: Callable[[Layer], str] | None = None) -> None:
        """The gradients of every layer, from the last to the first.

        Args:
            updated: the formula of a layer's weight after the step, for those who go back through it too early.
        """
        self._output_delta(self.layers[-1])
        self._gradients(self.layers[-1])
        for layer, above in zip(self.layers[-2::-1], self.layers[:0:-1], strict=True):
            self._hidden_delta(layer, above, updated)
            self._gradients(layer)

    def _output_delta(self, layer: Layer) -> None:
        style, k = self.style, layer.number
        layer.delta = self.name(style.delta_out or style.delta(k))
        if layer.activation == "identity" and style.flat_out_is_back:
            layer.delta = self.name(style.back(k))
        if self.loss.direct:
            self.loss.write_delta(self.work, layer.delta, layer.after, self.number)
            return
        back = self.name("dL_dy_hat" if style.output else style.back(k))
        self.loss.write_delta(self.work, back, layer.after, self.number, whole=False)
        if layer.activation == "softmax":
            self._softmax_delta(layer, back)
            return
        slope = self._slope(layer, "sigma_prime_out" if style.output else style.slope(k))
        self._local(layer, back, slope)

    def _softmax_delta(self, layer: Layer, back: str) -> None:
        p = layer.after
        says = ("every logit moves every probability", "每个 logit 都影响所有概率")
        self.work.step(layer.delta, f"{p}*({back} - {back} @ {p})", self.said("error signal of the output", "输出层的误差信号"), says)
        self.work.mistake("diagonal_only", f"{back}*{p}*(1 - {p})", "only the diagonal of the softmax Jacobian is used; the other probabilities change as well.", "只用了 softmax 雅可比矩阵的对角线；其他概率也会随之变化。")

    def _hidden_delta(self, layer: Layer, above: Layer, updated: Callable[[Layer], str] | None) -> None:
        work, style, k = self.work, self.style, layer.number
        plain = layer.activation == "identity"
        layer.delta = self.name(style.delta(k))
        back = layer.delta if plain else self.name(style.back(k))
        label = self.said(f"derivative of the loss with respect to the output of layer {k}", f"损失对第 {k} 层输出的导数")
        work.step(back, above.form(2, w=above.weight, d=above.delta), label, ("passed back through the weights of the next layer", "经后一层的权重传回"))
        self._path_mistakes(layer, above)
        if updated:
            new = f"({updated(above)})"
            work.mistake(style.new_weight_used, above.form(2, w=new, d=above.delta), "the weight of the next layer is already updated; every gradient uses the old weights.", "用了后一层更新后的权重；所有梯度都应当用旧权重计算。")
        if not plain:
            self._local(layer, back, self._slope(layer, style.slope(k)))

    def _path_mistakes(self, layer: Layer, above: Layer) -> None:
        work, d, w = self.work, above.delta, above.weight
        if self.batch:
            return
        if above.kind in ("scalar", "dot"):
            formula = d if above.kind == "scalar" else f"{d}*ones({layer.units})"
            work.mistake(self.style.missing_weight, formula, "the weight is missing from the chain; going back through a layer multiplies by its weight.", "链式法则中漏了权重；反向传播经过一层要乘该层的权重。")
        if above.kind == "matrix":
            if layer.units == above.units:
                work.mistake("no_transpose", above.form(2, w=f"{w}.T", d=d).replace(".T.T", ""), "the weight matrix is not transposed; the way back goes through its transpose.", "没有转置权重矩阵；反向传播时要转置。")
            if above.units and above.units > 1:
                self._single_paths(d, "column({w}, {j})" if above.lie == "one row" else "{w}[{j}]", w, above.units)
        if above.kind == "fan":
            self._single_paths(d, "{w}[{j}]", w, above.units or 1)

    def _single_paths(self, d: str, weights: str, w: str, last: int) -> None:
        """Back through the first or the last unit of the next layer only."""
        for id, j, en, zh in (("one_path", 1, "first", "第一个"), ("other_path", last, "last", "最后一个")):
            if id == "one_path" or last > 1:
                self.work.mistake(id, f"{d}[{j}]*{weights.format(w=w, j=j)}", f"only the path through the {en} unit of the next layer is followed; the contributions of all paths are added.", f"只沿后一层的{zh}单元传回；各条路径的贡献要相加。")

    def _slope(self, layer: Layer, name: str) -> str:
        work, activation = self.work, ACTIVATIONS[layer.activation]
        slope = self.name(name)
        names = {"z": layer.before, "a": layer.after}
        label = self.said(f"slope of the activation of layer {layer.number}", f"第 {layer.number} 层激活函数的导数")
        work.step(slope, activation.slope.format(**names), label, activation.slope_says)
        for mistake in activation.mistakes:
            work.mistake(mistake.id, mistake.formula.format(**names), mistake.says.en, mistake.says.zh, kind=mistake.kind)
        return slope

    def _local(self, layer: Layer, back: str, slope: str) -> None:
        k = layer.number
        self.work.step(layer.delta, f"{back}*{slope}", self.said(f"error signal of layer {k}", f"第 {k} 层的误差信号"), LOCAL_SAYS if layer.units else ("multiplied by the slope of the activation", "乘以激活函数的导数"))
        if layer.activation == "relu" and not layer.units and not self.batch:
            return  # a single live ReLU unit has the slope 1: leaving it out never shows
        self.work.mistake("no_hadamard" if layer.units else "forgot_local", back, "the slope of the activation is left out; the error signal is multiplied by it.", "漏了激活函数的导数；误差信号要乘以它。")

    def _gradients(self, layer: Layer) -> None:
        work, style, k = self.work, self.style, layer.number
        layer.weight_gradient = self.name(style.weight_gradient(k))
        names = {"w": layer.weight, "a": layer.input, "d": layer.delta}
        weight = symbol(style.weight(k)).unicode
        label = self.said(f"gradient of {weight}", f"{weight} 的梯度")
        work.step(layer.weight_gradient, layer.form(1, **names), label, ("error signal times the input of the layer", "误差信号乘以该层的输入"))
        self._gradient_mistakes(layer)
        if layer.bias:
            layer.bias_gradient = self.name(style.bias_gradient(k))
            bias = symbol(style.bias(k)).unicode
            label = self.said(f"gradient of {bias}", f"{bias} 的梯度")
            work.step(layer.bias_gradient, self._bias_gradient(layer), label, ("a bias has the input 1", "偏置的输入恒为 1"))
            if layer.kind == "scalar" and not self.batch:
                work.mistake("times_input", f"{layer.delta}*{layer.input}", "the error signal is multiplied by the input; the input of a bias is 1.", "误差信号又乘了输入；偏置对应的输入是 1。")

    def _bias_gradient(self, layer: Layer) -> str:
        if not self.batch:
            return layer.delta
        if layer.units is None:
            return f"sum({layer.delta})"
        return f"sum({layer.delta}, {1 if self.lie == 'rows' else 2})"

    def _gradient_mistakes(self, layer: Layer) -> None:
        work, d = self.work, layer.delta
        if layer.kind == "scalar" and not self.batch:
            if layer.after != layer.before:
                work.mistake("wrong_input", f"{d}*{layer.after}", "the layer's own output is used; the gradient takes the input of the layer.", "用了该层自己的输出；应乘该层的输入。")
            work.mistake("w_in_own_gradient", f"{d}*{layer.weight}*{layer.input}", "the weight appears in its own gradient; differentiating with respect to a weight leaves only its input.", "权重自己的梯度里又乘了该权重；对权重求导只剩下它的输入。")
        if layer.kind == "matrix":
            work.mistake("outer_reversed", REVERSED[layer.lie].format(a=layer.input, d=d), "the gradient is transposed; it has the same shape as its weight matrix.", "把梯度转置了；梯度的形状应与权重矩阵相同。", kind="slip")


def _unfit(name: str) -> Text:
    return Text(
        f"{name} does not fit its input: a number takes a number or vector, a vector a vector or matrix.",
        f"{name} 与其输入不匹配：输入为数时权重为数或向量，输入为向量时权重为向量或矩阵。",
    )
