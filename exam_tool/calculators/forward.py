"""Forward passes: a neuron, a dense layer, a network with its loss, two linear layers as one, a residual block, products of slopes."""

from __future__ import annotations

from .activations import ACTIVATIONS
from .layers import Style
from .network import Network
from .work import Pair, Work, calculator

TRANSPOSED: dict[bool, Pair] = {  # by whether inputs are rows
    False: ("the weights are transposed; each row of W holds the weights of one unit.", "权重转置了；W 的每一行是一个单元的权重。"),
    True: ("the weights are transposed; each column of W holds the weights of one unit.", "权重转置了；W 的每一列是一个单元的权重。"),
}
FUNCTIONS: dict[str, tuple[str, str, Pair]] = {  # value and slope over {z}, and the sentence that states the choice
    "relu": ("relu({z})", "{z} > 0", ("The activation is ReLU.", "激活函数为 ReLU。")),
    "sigmoid": ("sigmoid({z})", "sigmoid({z})*(1 - sigmoid({z}))", ("The activation is the sigmoid.", "激活函数为 sigmoid。")),
    "tanh": ("tanh({z})", "1 - tanh({z})^2", ("The activation is tanh.", "激活函数为 tanh。")),
    "leaky_relu": (
        "max({z}, alpha*{z})",
        "({z} > 0) + alpha*({z} <= 0)",
        ("The activation is the leaky ReLU with the slope `alpha` below 0.", "激活函数为 leaky ReLU，负半轴斜率为 `alpha`。"),
    ),
    "softplus": ("ln(1 + exp({z}))", "sigmoid({z})", ("The activation is softplus, `ln(1 + exp(z))`.", "激活函数为 softplus，即 `ln(1 + exp(z))`。")),
    "step": ("{z} >= 0", "0*{z}", ("The activation is a step function: 1 for inputs of at least 0, else 0.", "激活函数为阶跃函数：不小于 0 时取 1，否则取 0。")),
    "identity": ("{z}", "1 + 0*{z}", ("There is no activation.", "没有激活函数。")),
}


def ask_function(work: Work, allowed: tuple[str, ...] = tuple(FUNCTIONS)) -> str:
    choices = {name: FUNCTIONS[name][2] for name in allowed}
    chosen = work.option("activation", ("activation", "激活函数"), choices, default="relu", convention=False, spellings={"linear": "identity", "none": "identity"})
    if chosen == "leaky_relu":
        work.given("alpha", ("slope below 0", "负半轴斜率"), is_=">= 0, < 1", default="0.01")
    return chosen


@calculator(
    "neuron_forward",
    ("A single neuron", "单个神经元"),
    chapter="mlp",
    example={"x": [2, 1], "w": ["0.5", -1], "b": "0.2"},
)
def neuron(work: Work) -> None:
    """z = w . x + b and y = f(z) for an input of any length. Source: Goodfellow et al. 2016, section 6.1."""
    work.given("x", ("input", "输入"), shape="d")
    work.given("w", ("weights", "权重"), shape="d")
    biased = work.optional("b", ("bias", "偏置"))
    function = ask_function(work)
    work.step("products", "hadamard(w, x)", ("products of weights and inputs", "权重与输入的乘积"))
    work.mistake("lost_sign", "hadamard(abs(w), x)", "the minus sign of a weight is lost; a negative weight reverses the sign of its input.", "丢了权重的负号；负权重会使输入变号。", kind="slip")
    work.step("z", "sum(products) + b" if biased else "sum(products)", ("weighted input", "加权输入"))
    if biased:
        work.mistake("forgot_bias", "sum(products)", "the bias is left out; it is added to the sum.", "漏了偏置；求和之后要加上偏置。")
    if function != "identity":
        work.step("y", FUNCTIONS[function][0].format(z="z"), ("output", "输出"))
        work.mistake("no_activation", "z", "the activation is left out; it is applied to the weighted input.", "漏了激活函数；应作用在加权输入上。")
    else:
        work.step("y", "z", ("output", "输出"))


@calculator(
    "fully_connected_forward",
    ("A fully connected layer", "全连接层"),
    chapter="mlp",
    example={"x": [1, 2], "W": [[1, 0], ["0.5", -1]], "b": [0, 1]},
)
def fully_connected(work: Work) -> None:
    """y = f(Wx + b) with a column, or f(xW + b) with a row; W has one row (or column) for each unit. Source: Goodfellow et al. 2016, section 6.1."""
    work.given("x", ("input", "输入"), shape="d_in")
    work.given("W", ("weights", "权重"), shape=None)
    choices = {"column": ("The input is a column: `z = W @ x + b`.", "输入写成列向量：`z = W @ x + b`。"), "row": ("The input is a row: `z = x @ W + b`.", "输入写成行向量：`z = x @ W + b`。")}
    spellings = {"column vector Wx (000, 001, 004)": "column", "row batch XW (002 BN notes)": "row"}
    row = work.option("orientation", ("orientation", "样本的排列方向"), choices, default="column", spellings=spellings) == "row"
    work.fits("W", "d_in d_out" if row else "d_out d_in")
    biased = work.optional("b", ("biases", "偏置"), shape="d_out")
    function = ask_function(work)
    rows, columns = work.shape("W")
    work.step("Wx", "x @ W" if row else "W @ x", ("weighted sums", "加权和"), ("one sum for each unit", "每个单元一个加权和"))
    if rows == columns:
        work.mistake("transposed", "W @ x" if row else "x @ W", *TRANSPOSED[row])
    value = "Wx"
    if biased:
        value = "z"
        work.step("z", "Wx + b", ("weighted inputs", "加权输入"))
        work.mistake("forgot_bias", "Wx", "the biases are left out; they are added to the weighted sums.", "漏了偏置；应加到加权和上。")
    if function != "identity":
        work.step("y", FUNCTIONS[function][0].format(z=value), ("output", "输出"))
        work.mistake("no_activation", value, "the activation is left out; it is applied to the weighted input.", "漏了激活函数；应作用在加权输入上。")
        if biased:
            work.mistake("bias_after", f"{FUNCTIONS[function][0].format(z='Wx')} + b", "the bias is added after the activation; it is added before it.", "偏置加在了激活函数之后；应在激活之前相加。")
        value = "y"
    work.step("units", f"len({value})", ("number of outputs", "输出个数"), is_="integer, >= 1")


FORWARD = Style(
    weight=lambda k: f"W_{k}", bias=lambda k: f"b_{k}", before=lambda k: f"z_{k}", after=lambda k: f"h_{k}", output="y_hat",
    back=lambda k: f"dL_dh_{k}", slope=lambda k: f"sigma_prime_{k}", delta=lambda k: f"delta_{k}", delta_out=None,
    weight_gradient=lambda k: f"dL_dW_{k}", bias_gradient=lambda k: f"dL_db_{k}", backward=False,
)  # fmt: skip


@calculator(
    "mlp_forward",
    ("Forward pass and loss of a network", "多层网络的前向传播与损失"),
    chapter="mlp",
    example={"x": [1, 2], "y": [1, 0], "W_1": [[1, -1], [2, 1]], "b_1": [0, 1], "W_2": [[1, -2], [2, 1]], "b_2": [1, 0], "hidden": "relu"},
)
def mlp_forward(work: Work) -> None:
    """z_l = W_l h_(l-1) + b_l and h_l = f(z_l) through any number of layers, then the loss. Source: Goodfellow et al. 2016, algorithm 6.3."""
    network = Network(work, FORWARD)
    network.forward()
    first, last = network.layers[0], network.layers[-1]
    if network.depth > 1 and first.after != first.before:
        work.mistake("linear_hidden", first.before, "the activation of the hidden layer is left out; it is applied to the weighted input.", "漏了隐藏层的激活函数；应作用在加权输入上。", at=first.after)
        if last.activation == "identity":
            formula = last.form(0, w=last.weight, a=last.input) + (f" + {last.bias}" if last.bias and not network.batch else "")
            if not (last.bias and network.batch):
                wrong = ACTIVATIONS[first.activation].value.format(z=formula)
                work.mistake("activation_on_output", wrong, "the output goes through the hidden activation; it is linear here.", "输出又经过了隐藏层的激活函数；此处输出是线性的。", at=last.after)


@calculator(
    "linear_collapse",
    ("Two linear layers as one", "两层线性层的合并"),
    chapter="mlp",
    example={"W1": [[1, 2], [0, 1]], "b1": [1, -1], "W2": [[2, 1], [1, 3]], "b2": [0, 2], "x": [1, -1]},
)
def linear_collapse(work: Work) -> None:
    """W = W2 W1 and b = W2 b1 + b2: layers without activation are one layer. Source: Goodfellow et al. 2016, section 6.1."""
    work.given("W1", ("weights of the first layer", "第一层权重"), shape="h d")
    work.given("W2", ("weights of the second layer", "第二层权重"), shape="o h")
    biased = work.optional("b1", ("biases of the first layer", "第一层偏置"), shape="h")
    if biased:
        work.given("b2", ("biases of the second layer", "第二层偏置"), shape="o")
    (hidden, inputs), (outputs, _) = work.shape("W1"), work.shape("W2")
    work.step("W", "W2 @ W1", ("weights of the single layer", "合并后的权重"), ("the first layer acts first, so it stands on the right", "先作用的第一层写在右边"))
    if inputs == outputs:
        work.mistake("order", "W1 @ W2", "the matrices are multiplied in the wrong order; the first layer stands on the right.", "矩阵相乘的顺序反了；第一层写在右边。")
    if biased:
        work.step("b", "W2 @ b1 + b2", ("biases of the single layer", "合并后的偏置"), ("the second layer also acts on the first biases", "第一层的偏置也要经过第二层"))
        if hidden == outputs:
            work.mistake("bias_sum", "b1 + b2", "the biases are merely added; that of the first layer goes through the second one.", "只把偏置相加了；第一层的偏置要先经过第二层。")
        work.mistake("bias_lost", "b2", "the biases of the first layer are lost; they go through the second layer.", "漏了第一层的偏置；它们也要经过第二层。")
    if work.optional("x", ("input", "输入"), shape="d"):
        work.step("y", "W @ x + b" if biased else "W @ x", ("output", "输出"))


@calculator(
    "residual_forward",
    ("A residual block", "残差块"),
    chapter="mlp",
    example={"x": [1, 2], "F": ["0.2", "-0.1"]},
)
def residual(work: Work) -> None:
    """y = F(x) + x, where F is given as numbers or as a layer f(Wx + b), and the derivative I + dF/dx. Source: He et al., arXiv:1512.03385."""
    work.given("x", ("input", "输入"), shape="n")
    layer = not work.offered("F")
    places = {
        "inside": ("The activation acts before the sum.", "激活函数作用在相加之前。"),
        "after": ("The activation acts after the sum.", "激活函数作用在相加之后。"),
    }
    spellings = {"inside: sigma(Wx+b)+x (000 slide)": "inside", "after the sum: ReLU(F(x)+x)": "after"}
    if layer:
        work.given("W", ("weights of the residual branch", "残差分支的权重"), shape="n n")
        biased = work.optional("b", ("biases of the residual branch", "残差分支的偏置"), shape="n")
        function = ask_function(work)
        inside = work.option("place", ("place of the activation", "激活函数的位置"), places, default="inside", spellings=spellings) == "inside"
        work.step("z", "W @ x + b" if biased else "W @ x", ("weighted inputs", "加权输入"))
        work.step("F", FUNCTIONS[function][0].format(z="z") if inside else "z", ("output of the residual branch", "残差分支的输出"))
    else:
        work.given("F", ("output of the residual branch", "残差分支的输出"), shape="n")
        inside, function = True, "identity"
    work.step("total" if not inside else "y", "F + x", ("sum with the shortcut", "与捷径分支相加"))
    work.mistake("no_shortcut", "F", "the shortcut is left out; it adds the input.", "漏了捷径分支；要加上输入。")
    work.mistake("subtracted", "F - x", "the input is subtracted; the shortcut adds it.", "减去了输入；捷径分支是相加。", kind="slip")
    work.mistake("product", "F*x", "the branch and the input are multiplied; they are added.", "把残差与输入相乘了；应当相加。")
    if not inside:
        work.step("y", FUNCTIONS[function][0].format(z="total"), ("output", "输出"))
    if layer and inside:
        slope = FUNCTIONS[function][1].format(z="z")
        work.step("dF_dx", f"diag({slope}) @ W", ("derivatives of the residual branch", "残差分支的导数"), ("row by row, the slope of the activation times the weights", "逐行用激活函数的导数乘权重"))
        work.step("dy_dx", f"identity({work.length('x')}) + dF_dx", ("derivatives of the output", "输出的导数"), ("the shortcut adds the identity matrix", "捷径分支贡献单位矩阵"))
        work.mistake("derivative_no_identity", "dF_dx", "the identity matrix is left out; the shortcut passes the gradient on unchanged.", "漏了单位矩阵；捷径分支原样传递梯度。")


@calculator(
    "gradient_product_depth",
    ("Gradient through many layers", "深层网络中的梯度连乘"),
    chapter="mlp",
    example={"r": "0.5", "L": 10},
)
def gradient_product(work: Work) -> None:
    """The factor r of one layer, given or as slope times weight, to the power of the depth. Source: Goodfellow et al. 2016, section 8.2.5."""
    if work.offered("r") or not work.offered("w"):
        work.given("r", ("factor of one layer", "每层的因子"))
    else:
        work.given("w", ("weight of a layer", "每层的权重"))
        work.given("slope", ("slope of the activation", "激活函数的导数"), is_=">= 0", default="1/4")
        work.step("r", "slope*w", ("factor of one layer", "每层的因子"), ("the way back through a layer multiplies by both", "反向经过一层要乘这两个数"))
        work.mistake("no_slope", "w", "the slope of the activation is left out; the factor is slope times weight.", "漏了激活函数的导数；每层的因子是导数乘权重。")
    work.given("L", ("number of layers", "层数"), is_="integer, >= 1, <= 1000")
    work.step("product", "r^L", ("product over the layers", "各层因子的乘积"), ("one factor for every layer", "每层一个因子"))
    work.mistake("linear", "r*L", "the factors are added; along the layers they are multiplied.", "把各层因子相加了；应当相乘。")
    work.mistake("off_by_one", "r^(L - 1)", "one layer too few is counted; there is a factor for every layer.", "少算了一层；每层都有一个因子。", kind="slip")
    work.step("verdict", "sign(abs(r) - 1)", ("fate (`-1` vanishes, 0 stays, 1 explodes)", "梯度的情况（`-1` 消失，0 不变，1 爆炸）"), ("powers of a number shrink to 0 when its absolute value is below 1 and grow without bound above 1", "因子的绝对值小于 1 时逐层衰减，大于 1 时逐层放大"))
    work.mistake("reversed", "-sign(abs(r) - 1)", "vanishing and exploding are exchanged; a factor of absolute value below 1 makes the gradient vanish.", "把消失与爆炸弄反了；因子的绝对值小于 1 时梯度消失。")
