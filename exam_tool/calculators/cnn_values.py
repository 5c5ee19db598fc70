"""Convolution on numbers: padding, one channel, several channels, and the gradients."""

from __future__ import annotations

from dataclasses import dataclass

from exam_tool.language import Text

from . import cnn_maps  # noqa: F401  # the operations that the formulas below call
from .cnn_words import NO_PLUS_ONE, WHOLE
from .work import CalculatorError, Pair, Work, calculator

FLIP: dict[str, Pair] = {
    "cross_correlation": ("The kernel is not flipped (cross-correlation).", "卷积核不翻转（互相关）。"),
    "convolution": ("The kernel is rotated by 180 degrees first (convolution as in mathematics).", "先将卷积核旋转 180°（数学意义上的卷积）。"),
}
FLIPPED: Pair = ("the kernel is rotated by 180 degrees; here it is laid on the input as it is.", "把卷积核旋转了 180°；这里应直接与输入对应相乘。")
NOT_FLIPPED: Pair = ("the kernel is not rotated; here it is rotated by 180 degrees first.", "没有旋转卷积核；这里应先旋转 180°。")
MAX_POSITIONS = 64


def ask_flip(work: Work) -> bool:
    """Whether the kernel is rotated first."""
    return work.option("kernel_flip", ("orientation of the kernel", "卷积核的方向"), FLIP, default="cross_correlation") == "convolution"


def write_padding(work: Work, name: str = "X") -> tuple[str, int]:
    """The input as the kernel sees it: a step of its own when it is padded; with the padding as a number."""
    if not work.optional("P", ("padding on each side", "每侧填充"), is_="integer, >= 0"):
        return name, 0
    padding = work.count("P")
    if padding == 0:
        return name, 0
    work.step(f"{name}_pad", f"pad({name}, P)", ("padded input", "填充后的输入"), ("a border of zeros goes around the input", "在输入的四周补零"))
    work.mistake("one_side", f"pad_after({name}, P)", "zeros are put on one side only; they go all around.", "只在一侧补零；四周都要补。")
    return f"{name}_pad", padding


def positions(size: int, kernel: int, padding: int, stride: int) -> int:
    """How often the kernel fits along one side.

    Raises:
        CalculatorError: when it never does.
    """
    room = size + 2 * padding - kernel
    if room < 0:
        raise CalculatorError(Text("The kernel is larger than the padded input.", "卷积核比填充后的输入还大。"))
    return room // stride + 1


def write_map_size(work: Work, name: str, size: int, kernel: int, padding: int, stride: str, label: Pair) -> None:
    """One output size, in the numbers of the maps at hand."""
    room = f"({size} + 2*{padding} - {kernel})" if padding else f"({size} - {kernel})"
    moves = room if stride == "1" else f"floor({room} / {stride})"
    work.step(name, f"{moves} + 1", label, ("positions = moves + 1", "位置数 = 移动次数 + 1"), is_=WHOLE)
    work.mistake("no_plus_one", moves, *NO_PLUS_ONE)


@calculator(
    "conv2d_forward",
    ("Convolution of one channel, on numbers", "单通道卷积的数值计算"),
    chapter="cnn",
    rows=("conv2d_forward",),
    example={"X": [[1, 2, 0, 3], [4, -1, 1, 2], [0, 3, 2, 1]], "K": [[1, 2], [-1, 3]], "b": 1, "P": 1, "S": 2},
)
def conv2d_forward(work: Work) -> None:
    """Output map of one kernel on one channel: each entry is the sum of products under the kernel, plus b (Goodfellow et al. 2016, eq. 9.6).

    X is H x W, K is k x m; with P zeros on every side and stride S. ``activation`` may follow.
    """
    work.given("X", ("input", "输入"), shape="H W")
    work.given("K", ("kernel", "卷积核"), shape="k m")
    plus = " + b" if work.optional("b", ("bias", "偏置")) else ""
    stride = "S" if work.optional("S", ("stride", "步幅"), is_=WHOLE) else "1"
    source, padding = write_padding(work)
    flip = ask_flip(work)
    if flip:
        work.step("K_rot", "rot180(K)", ("rotated kernel", "旋转后的卷积核"), ("a convolution runs through the kernel backwards", "数学卷积从反方向遍历卷积核"))
    (height, width), (k, m) = work.shape("X"), work.shape("K")
    sliding = Sliding(source, "K_rot" if flip else "K", flip, (k, m), work.count("S") if stride == "S" else 1, plus)
    rows, columns = positions(height, k, padding, sliding.stride), positions(width, m, padding, sliding.stride)
    if rows * columns > MAX_POSITIONS:
        raise CalculatorError(Text("This map is too large to work through by hand.", "这张特征图太大，不适合手算。"))
    write_map_size(work, "H_out", height, k, padding, stride, ("output height", "输出高度"))
    write_map_size(work, "W_out", width, m, padding, stride, ("output width", "输出宽度"))
    for i in range(rows):
        for j in range(columns):
            _write_entry(work, sliding, i, j)
    work.step("Y", grid(rows, columns), ("output map", "输出特征图"), ("the entries in the order of their windows", "按窗口位置排列"))
    _write_map_mistakes(work, sliding)
    _write_activation(work)


@dataclass(frozen=True, slots=True)
class Sliding:
    """A kernel on its input: the names of both, the size of the kernel, its stride, and ``+ b`` where there is a bias."""

    source: str
    kernel: str
    flip: bool
    size: tuple[int, int]
    stride: int
    plus: str

    def under(self, i: int, j: int, u: int, v: int) -> str:
        """The input below entry (u, v) of the kernel, counted from 1, at position (i, j), counted from 0."""
        return f"{self.source}[{i * self.stride + u}, {j * self.stride + v}]"


def grid(rows: int, columns: int) -> str:
    """The formula of the matrix of all entries ``y_1_1``, ``y_1_2``, ..."""
    return "[" + ", ".join("[" + ", ".join(f"y_{i}_{j}" for j in range(1, columns + 1)) + "]" for i in range(1, rows + 1)) + "]"


def _write_entry(work: Work, sliding: Sliding, i: int, j: int) -> None:
    """One entry of the output, written out as the sum a person adds up."""
    (k, m), kernel, plus = sliding.size, sliding.kernel, sliding.plus
    cells = [(u, v) for u in range(1, k + 1) for v in range(1, m + 1)]
    inputs = [sliding.under(i, j, u, v) for u, v in cells]
    right = [f"{x}*{kernel}[{u}, {v}]" for x, (u, v) in zip(inputs, cells, strict=True)]
    work.step(
        f"y_{i + 1}_{j + 1}", " + ".join(right) + plus, (f"entry ({i + 1}, {j + 1}) of the output", f"输出的第 ({i + 1}, {j + 1}) 个元素"),
        ("products of matching entries, added up", "对应元素相乘后求和"),
    )  # fmt: skip
    if k * m > 1:
        turned = [f"{x}*{kernel}[{k + 1 - u}, {m + 1 - v}]" for x, (u, v) in zip(inputs, cells, strict=True)]
        work.mistake("flipped", " + ".join(turned) + plus, *(NOT_FLIPPED if sliding.flip else FLIPPED))
        work.mistake("max_not_sum", f"max({', '.join(right)}){plus}", "the largest product is taken; all products are added.", "取了最大的乘积；应把所有乘积相加。")
    if k == m > 1:
        rows = ("[" + ", ".join(inputs[u * m : (u + 1) * m]) + "]" for u in range(k))
        work.mistake("matmul", f"sum([{', '.join(rows)}] @ {kernel}){plus}", "window and kernel are multiplied as matrices; matching entries are multiplied and added.", "把窗口与卷积核做了矩阵乘法；应当对应元素相乘再求和。")
    signless = [f"{x}*abs({kernel}[{u}, {v}])" for x, (u, v) in zip(inputs, cells, strict=True)]
    work.mistake("skipped_negative", " + ".join(signless) + plus, "the minus sign of a weight is lost; it stays in the product.", "丢了权重的负号；相乘时要保留负号。", kind="slip")
    if plus:
        work.mistake("no_bias", " + ".join(right), "the bias is left out; it is added to the sum of the products.", "漏加了偏置；各乘积求和之后要加上偏置。", kind="slip")


def _write_map_mistakes(work: Work, sliding: Sliding) -> None:
    """The same wrong ideas carried through the whole map."""
    source, kernel, stride, plus = sliding.source, sliding.kernel, sliding.stride, sliding.plus
    if sliding.size != (1, 1):
        work.mistake("flipped", f"conv2d({source}, rot180({kernel}), {stride}){plus}", *(NOT_FLIPPED if sliding.flip else FLIPPED))
        work.mistake("max_not_sum", f"max_product({source}, {kernel}, {stride}){plus}", "the largest product of each window is taken; all products are added.", "每个窗口取了最大的乘积；应把所有乘积相加。")
    work.mistake("skipped_negative", f"conv2d({source}, abs({kernel}), {stride}){plus}", "the minus signs of the weights are lost; they stay in the products.", "丢了权重的负号；相乘时要保留负号。", kind="slip")
    if plus:
        work.mistake("no_bias", f"conv2d({source}, {kernel}, {stride})", "the bias is left out; it is added to every entry.", "漏加了偏置；每个元素都要加。", kind="slip")
    if stride > 1:
        work.mistake("stride_ignored", f"conv2d({source}, {kernel}, 1){plus}", "the kernel is moved one pixel at a time; it moves by the stride.", "卷积核每次只移动一格；应按步幅移动。")


def _write_activation(work: Work) -> None:
    choices: dict[str, Pair] = {"none": ("", ""), "relu": ("A ReLU follows.", "之后接 ReLU。")}
    if work.option("activation", ("activation", "激活函数"), choices, default="none", convention=False) == "relu":
        work.step("A", "relu(Y)", ("after the ReLU", "ReLU 之后"), ("negative entries become 0", "负值变为 0"))
        work.mistake("absolute", "abs(Y)", "the signs are dropped; a ReLU sets negative entries to 0.", "去掉了符号；ReLU 把负值变为 0。")


@calculator(
    "zero_padding",
    ("Zero padding", "零填充"),
    chapter="cnn",
    rows=("zero_padding",),
    example={"X": [[1, 2, 3], [4, 5, 6]], "P": 1},
)
def zero_padding(work: Work) -> None:
    """X (H x W) with P zeros on every side, and its new size (Dumoulin and Visin, arXiv:1603.07285, section 1.2)."""
    work.given("X", ("matrix", "矩阵"), shape="H W")
    work.given("P", ("padding on each side", "每侧填充"), is_=WHOLE)
    height, width = work.shape("X")
    work.step("H_new", f"{height} + 2*P", ("new height", "新的高度"), ("rows are added above and below", "上下各加 P 行"), is_=WHOLE)
    work.mistake("one_side", f"{height} + P", "rows are added on one side only; they are added above and below.", "只在一侧加了行；上下都要加。")
    work.step("W_new", f"{width} + 2*P", ("new width", "新的宽度"), ("columns are added left and right", "左右各加 P 列"), is_=WHOLE)
    work.mistake("one_side", f"{width} + P", "columns are added on one side only; they are added left and right.", "只在一侧加了列；左右都要加。")
    work.step("shape", "shape(H_new, W_new)", ("new size: height × width", "新的尺寸（高 × 宽）"))
    work.step("padded", "pad(X, P)", ("padded matrix", "填充后的矩阵"), ("the entries stay together, zeros go around them", "原有元素不动，四周补零"))
    work.mistake("one_side", "pad_after(X, P)", "zeros are put on one side only; they go all around.", "只在一侧补零；四周都要补。")
    work.mistake("inner_zeros", "insert_zeros(X, P)", "zeros are put between the entries; padding goes around them.", "把零插到了元素之间；填充应加在四周。")


@calculator(
    "conv2d_multichannel_forward",
    ("Convolution of several channels, on numbers", "多通道卷积的数值计算"),
    chapter="cnn",
    rows=("conv2d_multichannel_forward",),
    example={
        "X_1": [[1, 2, 0], [3, -1, 1], [2, 0, 1]], "X_2": [[0, 1, 1], [2, 1, 0], [1, -1, 3]],
        "K_1_1": [[1, 0], [2, 1]], "K_1_2": [[-1, 1], [0, 2]], "K_2_1": [[0, 1], [1, 0]], "K_2_2": [[1, 1], [-1, 0]], "b": [1, -2],
    },
)  # fmt: skip
def conv2d_multichannel_forward(work: Work) -> None:
    """Every output map of a convolution: one map for each input channel, their sum, the bias (Goodfellow et al. 2016, eq. 9.7).

    X is H x W x C_in (or C_in x H x W) and K is C_out x C_in x k x m, or the channels X_1, X_2, ... and the slices K_1_1, K_1_2, ...
    (filter, input channel) are matrices of their own; b has C_out entries (or is a number, for one filter); stride 1, padding P.
    """
    maps, kernels = _give_channels(work) if work.offered("X_1") else _give_tensors(work)
    bias = work.optional("b", ("biases", "偏置"), shape=None)
    single = bias and len(kernels) == 1 and work.shape("b") == ()
    if bias and not single:
        work.fits("b", str(len(kernels)))
    if work.optional("P", ("padding on each side", "每侧填充"), is_="integer, >= 0"):
        maps = [f"pad({name}, P)" for name in maps]
    flip = ask_flip(work)
    for j, slices in enumerate(kernels, 1):
        for c, (source, kernel) in enumerate(zip(maps, slices, strict=True), 1):
            right, turned = f"conv2d({source}, {kernel})", f"conv2d({source}, rot180({kernel}))"
            work.step(
                f"Z_{j}_{c}", turned if flip else right, (f"map of input channel {c} under filter {j}", f"第 {j} 个卷积核在输入通道 {c} 上的结果"),
                ("each channel has its own slice of the filter", "每个输入通道用卷积核中对应的切片"),
            )  # fmt: skip
            work.mistake("flipped", right if flip else turned, *(NOT_FLIPPED if flip else FLIPPED))
        _write_channel_sum(work, j, [f"Z_{j}_{c}" for c in range(1, len(maps) + 1)], (" + b" if single else f" + b[{j}]") if bias else "")


def _give_tensors(work: Work) -> tuple[list[str], list[list[str]]]:
    """Declares input and kernels as two arrays; returns the formulas of the input channels and of the slices of each filter."""
    layout = work.option(
        "layout", ("order of the axes of X", "X 各维的顺序"),
        {"HWC": ("X is written height × width × channels.", "X 按 高 × 宽 × 通道 书写。"), "CHW": ("X is a list of channels, each a matrix.", "X 逐通道书写，每个通道是一个矩阵。")},
        default="HWC",
    )  # fmt: skip
    work.given("X", ("input", "输入"), shape="H W c" if layout == "HWC" else "c H W")
    work.given("K", ("kernels, output × input channels", "卷积核（输出通道 × 输入通道）"), shape="d c k l")
    outputs, inputs = work.shape("K")[:2]
    maps = [f"X[{c}]" if layout == "CHW" else f"channel(X, {c})" for c in range(1, inputs + 1)]
    return maps, [[f"K[{j}, {c}]" for c in range(1, inputs + 1)] for j in range(1, outputs + 1)]


def _give_channels(work: Work) -> tuple[list[str], list[list[str]]]:
    """Declares every input channel and every slice of a filter as a matrix of its own; returns their names."""
    maps = [f"X_{c}" for c in _numbered(work, "X_{}")]
    kernels = [[f"K_{j}_{c}" for c in range(1, len(maps) + 1)] for j in _numbered(work, "K_{}_1")]
    for c, name in enumerate(maps, 1):
        work.given(name, (f"input channel {c}", f"输入通道 {c}"), shape="H W")
    for j, slices in enumerate(kernels, 1):
        for c, name in enumerate(slices, 1):
            work.given(name, (f"filter {j}, slice for input channel {c}", f"第 {j} 个卷积核对应输入通道 {c} 的切片"), shape="k l")
    return maps, kernels


def _numbered(work: Work, pattern: str) -> list[int]:
    """1, 2, ... as far as the caller names givens of this pattern."""
    count = 1
    while work.offered(pattern.format(count + 1)):
        count += 1
    return list(range(1, count + 1))


def _write_channel_sum(work: Work, j: int, parts: list[str], plus: str) -> None:
    """One output channel from the maps of the input channels."""
    together = " + ".join(parts)
    work.step(f"Y_{j}", together + plus, (f"output channel {j}", f"输出通道 {j}"), ("a filter adds up over its channels, then comes its bias", "一个卷积核对各通道求和，再加偏置"))
    if len(parts) > 1:
        work.mistake("no_channel_sum", parts[0] + plus, "only one channel is used; a filter adds up over its channels.", "只用了一个通道；一个卷积核要对各通道求和。")
        work.mistake("average", f"({together})/{len(parts)}{plus}", "the channels are averaged; they are added.", "对通道取了平均；应当相加。")
        if plus:
            work.mistake("bias_per_channel", f"{together} + {len(parts)}*{plus.removeprefix(' + ')}", "the bias is added for each input channel; it is added once.", "每个输入通道都加了一次偏置；偏置只加一次。")
    if plus:
        work.mistake("no_bias", together, "the bias is left out; it is added to the sum of the products.", "漏加了偏置；各乘积求和之后要加上偏置。", kind="slip")


@calculator(
    "conv2d_backward",
    ("Gradients of a convolution", "卷积层的梯度"),
    chapter="cnn",
    rows=("conv2d_backward",),
    example={"X": [[1, 2, 0], [3, -1, 1], [2, 0, 1]], "K": [[1, 2], [-1, 3]], "dY": [[1, -1], [2, 1]]},
)
def conv2d_backward(work: Work) -> None:
    """Gradients of a loss for kernel, input and bias of a stride-1 convolution without padding, from dY = dL/dY (Goodfellow et al. 2016, ch. 9.5)."""
    work.given("X", ("input", "输入"), shape="H W")
    work.given("K", ("kernel", "卷积核"), shape="k q")
    work.given("dY", ("gradient of the loss for the output", "损失对输出的梯度"), shape="m n")
    (height, width), (k, q), (m, n) = work.shape("X"), work.shape("K"), work.shape("dY")
    if (m, n) != (height - k + 1, width - q + 1):
        raise CalculatorError(Text(f"dY must be {height - k + 1} x {width - q + 1}, the size of the output.", f"dY 的尺寸应为输出的尺寸 {height - k + 1} x {width - q + 1}。"))
    work.step("dL_dK", "conv2d(X, dY)", ("gradient with respect to the kernel", "对卷积核的梯度"), ("each weight collects the inputs it was multiplied by, times the upstream gradient", "每个权重累加与它相乘过的输入，并以上游梯度加权"))
    work.mistake("gradient_rotated", "rot180(conv2d(X, dY))", "the result is rotated; the gradient is laid out like the kernel.", "把结果旋转了；梯度的排列与卷积核一致。")
    work.mistake("dy_rotated", "conv2d(X, rot180(dY))", "the upstream gradient is rotated; for the gradient of the kernel it is used as it is.", "旋转了上游梯度；求卷积核的梯度时应直接使用。")
    work.step("dY_pad", f"pad(dY, {k - 1}, {q - 1})", ("padded upstream gradient", "填充后的上游梯度"), ("so that the kernel reaches every entry of the input", "使卷积核能覆盖输入的每个元素"))
    work.step("K_rot", "rot180(K)", ("kernel rotated by 180 degrees", "旋转 180° 的卷积核"), ("on the way back each weight leads to where its input came from", "反向传播时，每个权重通向它的输入所在的位置"))
    work.mistake("no_rotation", "K", "the kernel is not rotated; on the way back it is rotated by 180 degrees.", "没有旋转卷积核；反向传播时要旋转 180°。")
    if k == q:
        work.mistake("transposed", "K.T", "the kernel is transposed; it is rotated by 180 degrees.", "把卷积核转置了；应旋转 180°。")
    work.step("dL_dX", "conv2d(dY_pad, K_rot)", ("gradient with respect to the input", "对输入的梯度"), ("the upstream gradient flows back through the rotated kernel", "上游梯度经旋转后的卷积核传回"))
    work.step("dL_db", "sum(dY)", ("gradient with respect to the bias", "对偏置的梯度"), ("the bias was added to every entry of the output", "偏置加在输出的每个元素上"))
    work.mistake("bias_mean", "mean(flatten(dY))", "the mean is taken; the contributions of all entries are added up.", "取了平均；各元素的贡献应相加。")
