"""Parameter counts of dense layers and of networks made of them. Convolutions, recurrent layers and Transformers count their own."""

from __future__ import annotations

from exam_tool.language import Text

from .work import CalculatorError, Pair, Work, calculator

WHOLE = "integer, >= 1"
BIAS = {
    "with": ("Every layer has biases.", "每一层都有偏置。"),
    "without": ("There are no biases.", "不含偏置。"),
}
FORGOT_BIAS: Pair = ("the biases are left out; each unit of a layer has one.", "漏了偏置；层中每个单元各有一个偏置。")
SENDING_BIAS: Pair = (
    "the biases are counted on the sending side; there is one for each receiving unit.",
    "偏置按发送一侧计数；偏置个数应等于接收一侧的单元数。",
)


def require_layers(work: Work, name: str) -> int:
    """The number of layers between the widths of a list: one less than its length, and at least one."""
    layers = work.length(name) - 1
    if layers < 1:
        raise CalculatorError(Text(f"{name} needs an input width and at least one layer.", f"{name} 至少要有输入宽度和一个层的宽度。"))
    return layers


@calculator(
    "linear_layer_params",
    ("Parameters of a fully connected layer", "全连接层的参数量"),
    chapter="mlp",
    example={"d_in": 4, "d_out": 3},
)
def linear_layer_params(work: Work) -> None:
    """Weights and biases of y = W x + b with x of width d_in and y of width d_out (Goodfellow et al. 2016, ch. 6)."""
    work.given("d_in", ("number of inputs", "输入维数"), is_=WHOLE)
    work.given("d_out", ("number of outputs", "输出维数"), is_=WHOLE)
    bias = work.option(
        "bias",
        ("biases", "偏置"),
        {"with": ("The layer has biases.", "该层有偏置。"), "without": ("The layer has no biases.", "该层没有偏置。")},
        default="with",
        convention=False,
    )
    orientation = work.option(
        "orientation",
        ("how vectors are written", "向量的写法"),
        {
            "columns": ("Inputs are column vectors, multiplied as `W @ x`.", "输入写成列向量，乘法写作 `W @ x`。"),
            "rows": ("Inputs are row vectors, multiplied as `x @ W`.", "输入写成行向量，乘法写作 `x @ W`。"),
        },
        default="columns",
    )
    work.step(
        "W_shape",
        "shape(d_out, d_in)" if orientation == "columns" else "shape(d_in, d_out)",
        ("shape of the weight matrix", "权重矩阵的形状"),
        ("the matrix turns `d_in` numbers into `d_out` numbers", "矩阵把 `d_in` 个数变成 `d_out` 个数"),
        is_=WHOLE,
    )
    work.mistake(
        "square",
        "shape(d_in, d_in)",
        "the matrix is taken to be square; its sides are the two widths.",
        "把矩阵当成了方阵；它的两边分别是两个宽度。",
    )
    work.step(
        "weights", "d_out * d_in", ("number of weights", "权重数"), ("every output is connected to every input", "每个输出与每个输入相连"), is_=WHOLE
    )
    work.mistake(
        "sum_dims",
        "d_in + d_out",
        "the widths are added; every pair of units has a weight, so multiply.",
        "把两个宽度相加了；每一对单元都有一个权重，应相乘。",
    )
    if bias == "without":
        work.step("total", "weights", ("parameters in total", "参数总数"), is_=WHOLE)
        work.mistake(
            "bias_added", "weights + d_out", "biases are counted although the layer has none.", "计入了偏置，而该层没有偏置。", kind="slip"
        )
        return
    work.step("biases", "d_out", ("number of biases", "偏置数"), ("one for each output", "每个输出一个"), is_=WHOLE)
    work.mistake("bias_per_input", "d_in", *SENDING_BIAS)
    work.step("total", "weights + biases", ("parameters in total", "参数总数"), is_=WHOLE)
    work.mistake("forgot_bias", "weights", *FORGOT_BIAS, kind="slip")
    work.mistake(
        "bias_scaled",
        "(d_in + 1) * (d_out + 1)",
        "one is added to both widths; the bias acts like one more input, not one more output.",
        "两个宽度都加了 1；偏置只相当于多一个输入，输出不变。",
    )


@calculator(
    "mlp_total_params",
    ("Parameters of a multilayer perceptron", "多层感知机的参数量"),
    chapter="mlp",
    example={"widths": [3, 5, 2]},
)
def mlp_total_params(work: Work) -> None:
    """Weights, biases and totals, layer by layer, of fully connected layers with widths d_0 (input), ..., d_L (output).

    With batch normalisation every hidden layer is followed by gamma and beta for each unit (Ioffe and Szegedy, arXiv:1502.03167).
    """
    work.given("widths", ("widths of all layers, from the input to the output", "从输入到输出各层的宽度"), is_=WHOLE, shape="L")
    layers = require_layers(work, "widths")
    has_batch = work.optional("input_shape", ("shape of the input batch", "输入批的形状"), is_=WHOLE, shape="2")
    for layer in range(layers + 1):
        work.given(f"d_{layer}", _width_label(layer, layers), is_=WHOLE, default=f"widths[{layer + 1}]")
    biased, normalised = _mlp_options(work, layers)
    with_input = work.used["layer_count"] == "with_input"
    work.step(
        "L",
        "len(widths)" if with_input else "len(widths) - 1",
        ("number of layers", "层数"),
        None if with_input else ("the input layer computes nothing", "输入层不做计算"),
        is_=WHOLE,
    )
    parts: list[str] = []
    for layer in range(1, layers + 1):
        parts.append(_dense(work, layer, biased[layer - 1]))
        if normalised and layer < layers:
            parts.append(_norm(work, layer))
    work.step("per_layer", f"[{', '.join(parts)}]", ("parameters of each layer", "各层参数量"), is_=WHOLE)
    work.step("total", " + ".join(parts), ("parameters in total", "参数总数"), is_=WHOLE)
    _total_mistakes(work, layers, biased)
    if normalised:
        dense = " + ".join(f"layer_{layer}" for layer in range(1, layers + 1))
        work.mistake("no_norm", dense, "the normalisation layers are left out; they have parameters, too.", "漏了归一化层；它们也有参数。")
    rows = "input_shape[1]" if has_batch else "1"
    work.step(
        "output_shape", f"shape({rows}, d_{layers})", ("shape of the output", "输出的形状"), ("one row for each sample", "每个样本一行")
    )


def _width_label(layer: int, layers: int) -> Pair:
    if layer == 0:
        return "width of the input", "输入宽度"
    return ("width of the output", "输出宽度") if layer == layers else (f"width of hidden layer {layer}", f"第 {layer} 个隐藏层的宽度")


def _mlp_options(work: Work, layers: int) -> tuple[list[bool], bool]:
    """Which layers have biases, and whether hidden layers are normalised."""
    excepted = any(work.offered_text(part) not in (None, "as_stated") for part in ("hidden_bias", "output_bias"))
    stated = {"with": ("Layers have biases unless said otherwise.", "除另有说明外，各层都有偏置。") if excepted else BIAS["with"], "without": BIAS["without"]}
    bias = work.option("bias", ("biases", "偏置"), stated, default="with", convention=False)
    special = []
    for part, en, zh in (("hidden_bias", "hidden layers", "隐藏层"), ("output_bias", "output layer", "输出层")):
        choices = {
            "as_stated": ("", ""),
            "with": (f"The {en} {'have' if en.endswith('s') else 'has'} biases.", f"{zh}有偏置。"),
            "without": (f"The {en} {'have' if en.endswith('s') else 'has'} no biases.", f"{zh}没有偏置。"),
        }
        special.append(work.option(part, (f"biases of the {en}", f"{zh}的偏置"), choices, default="as_stated", convention=False))
    hidden, output = (bias if choice == "as_stated" else choice for choice in special)
    work.option(
        "layer_count",
        ("counting layers", "层数的数法"),
        {
            "without_input": ("The input is not counted as a layer.", "输入层不计入层数。"),
            "with_input": ("The input is counted as a layer.", "输入层计入层数。"),
        },
        default="without_input",
    )
    norm = work.option(
        "batchnorm_layers",
        ("batch normalisation", "批归一化"),
        {
            "none": ("There is no batch normalisation.", "没有批归一化。"),
            "hidden": (
                "Every hidden layer is followed by batch normalisation; its trained parameters count.",
                "每个隐藏层之后接批归一化，计入其可训练参数。",
            ),
        },
        default="none",
        convention=False,
    )
    return [hidden == "with"] * (layers - 1) + [output == "with"], norm == "hidden"


def _dense(work: Work, layer: int, bias: bool) -> str:
    before, after = f"d_{layer - 1}", f"d_{layer}"
    weights, biases, total = f"weights_{layer}", f"biases_{layer}", f"layer_{layer}"
    work.step(
        weights,
        f"{before} * {after}",
        (f"weights of layer {layer}", f"第 {layer} 层的权重数"),
        ("each unit has a weight for every unit of the layer before", "每个单元对前一层的每个单元各有一个权重"),
        is_=WHOLE,
    )
    work.mistake(
        "sum_dims",
        f"{before} + {after}",
        "the widths are added; every pair of units has a weight, so multiply.",
        "把宽度相加了；每一对单元都有一个权重，应相乘。",
    )
    if not bias:
        work.step(total, weights, (f"parameters of layer {layer}", f"第 {layer} 层的参数量"), is_=WHOLE)
        return total
    work.step(
        biases,
        after,
        (f"biases of layer {layer}", f"第 {layer} 层的偏置数"),
        ("one for each unit of the layer", "该层每个单元一个"),
        is_=WHOLE,
    )
    work.mistake("bias_per_input", before, *SENDING_BIAS)
    work.step(total, f"{weights} + {biases}", (f"parameters of layer {layer}", f"第 {layer} 层的参数量"), is_=WHOLE)
    work.mistake("forgot_bias", weights, *FORGOT_BIAS, kind="slip")
    return total


def _norm(work: Work, layer: int) -> str:
    name = f"norm_{layer}"
    work.step(
        name,
        f"2 * d_{layer}",
        (f"batch normalisation after layer {layer}", f"第 {layer} 层之后的批归一化"),
        ("one `gamma` and one `beta` for each unit", "每个单元一个 `gamma`、一个 `beta`"),
        is_=WHOLE,
    )
    work.mistake(
        "four",
        f"4 * d_{layer}",
        "the running mean and variance are counted, too; they are not trained.",
        "计入了滑动均值和方差；它们不参与训练。",
    )
    return name


def _total_mistakes(work: Work, layers: int, biased: list[bool]) -> None:
    weights = [f"weights_{layer}" for layer in range(1, layers + 1)]
    if layers > 1:
        work.mistake(
            "product_all",
            "prod(widths)",
            "all widths are multiplied together; multiply neighbours only, then add the layers.",
            "把所有宽度连乘了；只把相邻两层相乘，再把各层相加。",
        )
    if sum(biased) > 1:
        work.mistake("forgot_biases", " + ".join(weights), *FORGOT_BIAS, kind="slip")
        sending = [f"d_{layer - 1}" for layer in range(1, layers + 1) if biased[layer - 1]]
        work.mistake("bias_first_layer", " + ".join([*weights, *sending]), *SENDING_BIAS)
