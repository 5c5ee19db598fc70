"""Pooling on numbers: forward, backward, and global average pooling."""

from __future__ import annotations

from exam_tool.language import Text

from . import cnn_maps  # noqa: F401  # the operations that the formulas below call
from .cnn_values import grid, positions, write_map_size
from .cnn_words import WHOLE
from .work import CalculatorError, Pair, Work, calculator

MAX_WINDOWS = 64
MODES: dict[str, Pair] = {
    "max": ("The pooling takes the largest value.", "采用最大池化。"),
    "avg": ("The pooling takes the mean.", "采用平均池化。"),
}
Cell = tuple[int, int]


def ask_mode(work: Work) -> str:
    return work.option("mode", ("kind of pooling", "池化方式"), MODES, default="max", convention=False, spellings={"mean": "avg", "average": "avg"})


def give_window(work: Work) -> tuple[int, int, int, int]:
    """Declares X, window and stride; returns window, stride, and the rows and columns of the output."""
    work.given("X", ("input", "输入"), shape="H W")
    work.given("k", ("window size", "池化窗口边长"), is_=WHOLE)
    work.given("S", ("stride", "步幅"), is_=WHOLE, default="k")
    height, width = work.shape("X")
    k, s = work.count("k"), work.count("S")
    rows, columns = positions(height, k, 0, s), positions(width, k, 0, s)
    if rows * columns > MAX_WINDOWS:
        raise CalculatorError(Text("This map is too large to work through by hand.", "这张特征图太大，不适合手算。"))
    return k, s, rows, columns


def under(i: int, j: int, k: int, s: int) -> list[str]:
    """The entries of X under the window number (i, j), from 0."""
    return [f"X[{i * s + u}, {j * s + v}]" for u in range(1, k + 1) for v in range(1, k + 1)]


@calculator(
    "pooling_forward",
    ("Max and average pooling on numbers", "最大池化与平均池化的数值计算"),
    chapter="cnn",
    rows=("pooling_forward",),
    example={"X": [[1, 3, 2, 0], [2, -4, 5, 1], [0, 1, 7, 2], [6, 2, -1, 3]], "k": 2},
)
def pooling_forward(work: Work) -> None:
    """The largest value or the mean of each k x k window of X, moved by the stride S (k unless given) (Goodfellow et al. 2016, ch. 9.3)."""
    k, s, rows, columns = give_window(work)
    mode = ask_mode(work)
    height, width = work.shape("X")
    stride = "1" if s == 1 else "S"
    write_map_size(work, "H_out", height, k, 0, stride, ("output height", "输出高度"))
    write_map_size(work, "W_out", width, k, 0, stride, ("output width", "输出宽度"))
    for i in range(rows):
        for j in range(columns):
            _write_pooled(work, f"y_{i + 1}_{j + 1}", under(i, j, k, s), mode, (i + 1, j + 1))
    work.step("Y", grid(rows, columns), ("pooled map", "池化结果"), ("the entries in the order of their windows", "按窗口位置排列"))
    if k > 1:
        wrong = {"max": (("min", "min_pool"), ("mean", "mean_pool")), "avg": (("sum", "sum_pool"), ("max", "max_pool"))}[mode]
        for id, function in wrong:
            work.mistake(id, f"{function}(X, k, S)", *WRONG_MEASURES[id])
        if s > 1:
            right = "max_pool" if mode == "max" else "mean_pool"
            work.mistake("stride_one", f"{right}(X, k, 1)", "the window is moved one step at a time; it moves by the stride.", "窗口每次只移动一格；应按步幅移动。")


WRONG_MEASURES: dict[str, Pair] = {
    "min": ("the smallest value is taken; max pooling takes the largest.", "取了最小值；最大池化应取最大值。"),
    "mean": ("the mean is taken; max pooling takes the largest value.", "取了平均值；最大池化应取最大值。"),
    "sum": ("the values are only added up; for a mean, the sum is divided.", "只求了和；取平均还要再做除法。"),
    "max": ("the largest value is taken; average pooling takes the mean.", "取了最大值；平均池化应取平均值。"),
}


def _write_pooled(work: Work, name: str, cells: list[str], mode: str, place: Cell) -> None:
    """One window, with its values written out."""
    listed, added = ", ".join(cells), " + ".join(cells)
    formulas = {"max": f"max({listed})", "min": f"min({listed})", "mean": f"({added}) / {len(cells)}", "sum": added}
    label = (f"value of window ({place[0]}, {place[1]})", f"窗口 ({place[0]}, {place[1]}) 的值")
    if len(cells) == 1:
        work.step(name, cells[0], label)
        return
    if mode == "max":
        work.step(name, formulas["max"], label, ("the largest value of the window", "窗口中的最大值"))
        wrong = ("min", "mean")
    else:
        work.step(name, formulas["mean"], label, ("the sum divided by the number of values", "各值之和除以个数"))
        wrong = ("sum", "max")
    for id in wrong:
        work.mistake(id, formulas[id], *WRONG_MEASURES[id])


@calculator(
    "max_pool_backward",
    ("Gradient through pooling", "池化层的梯度"),
    chapter="cnn",
    rows=("max_pool_backward",),
    example={"X": [[1, 3, 2, 0], [2, -4, 5, 1], [0, 1, 7, 2], [6, 2, -1, 3]], "dY": [[1, -2], [3, 4]], "k": 2},
)
def max_pool_backward(work: Work) -> None:
    """Gradient for the input of a pooling layer from dY = dL/dY: to the winners (max), or shared evenly (avg) (Goodfellow et al. 2016, ch. 9).

    Of equal largest values the first, row by row, wins, as in PyTorch.
    """
    work.given("dY", ("gradient of the loss for the output", "损失对输出的梯度"), shape="m n")
    k, s, rows, columns = give_window(work)
    if work.shape("dY") != (rows, columns):
        raise CalculatorError(Text(f"dY must be {rows} x {columns}, the size of the output.", f"dY 的尺寸应为输出的尺寸 {rows} x {columns}。"))
    mode = ask_mode(work)
    height, width = work.shape("X")
    copied = f"copy_back({height}, {width}, dY, k, S)"
    if mode == "avg":
        work.step("share", "dY / k^2", ("share of each input", "每个输入分得的份额"), ("the mean gives each of the k² inputs the same weight", "平均时 k² 个输入的权重相同"))
        work.mistake("all_get_g", "dY", "every input gets the whole gradient; it is shared among the window.", "每个输入都得到了整个梯度；应在窗口内均分。")
        work.step("dL_dX", f"copy_back({height}, {width}, share, k, S)", ("gradient with respect to the input", "对输入的梯度"))
        return
    names = [(i, j, f"w_{i + 1}_{j + 1}") for i in range(rows) for j in range(columns)]
    for i, j, name in names:
        work.step(
            name, f"winner(X, {i * s + 1}, {j * s + 1}, {k})", (f"winner of window ({i + 1}, {j + 1}): row, column", f"窗口 ({i + 1}, {j + 1}) 中最大值的位置（行，列）"),
            ("only the largest value reached the output", "只有最大值传到了输出"),
        )  # fmt: skip
    places = ", ".join(name for _, _, name in names)
    work.step("dL_dX", f"place({height}, {width}, [{places}], flatten(dY))", ("gradient with respect to the input", "对输入的梯度"), ("each gradient goes to the winner of its window, the others get 0", "梯度只传给窗口中的最大值，其余为 0"))
    if k > 1:
        work.mistake("spread", f"copy_back({height}, {width}, dY, k, S) / k^2", "the gradient is shared among the window as in average pooling; the largest value takes all of it.", "像平均池化那样在窗口内均分了梯度；应全部传给最大值。")
        work.mistake("all_get_g", copied, "every input of the window gets the gradient; only the largest value does.", "窗口内每个输入都得到了梯度；只有最大值才得到。")


@calculator(
    "global_average_pooling",
    ("Global average pooling", "全局平均池化"),
    chapter="cnn",
    rows=("global_average_pooling",),
    example={"X": [[[1, 2], [3, 0]], [[5, -2], [3, 4]]], "classes": 10},
)
def global_average_pooling(work: Work) -> None:
    """The mean of each channel, and the parameters of a dense layer on it and on the flattened map (Lin et al. 2013, arXiv:1312.4400, section 3.2).

    X is H x W x C (or C x H x W), or its channels X_1, X_2, ... are given as matrices.
    """
    if work.offered("X_1"):
        maps: list[str] = []
        while work.offered(f"X_{len(maps) + 1}"):
            maps.append(f"X_{len(maps) + 1}")
            work.given(maps[-1], (f"channel {len(maps)}", f"通道 {len(maps)}"), shape="H W")
        height, width = work.shape("X_1")
    else:
        layout = work.option(
            "layout", ("order of the axes of X", "X 各维的顺序"),
            {"HWC": ("X is written height × width × channels.", "X 按 高 × 宽 × 通道 书写。"), "CHW": ("X is a list of channels, each a matrix.", "X 逐通道书写，每个通道是一个矩阵。")},
            default="HWC",
        )  # fmt: skip
        work.given("X", ("feature map", "特征图"), shape="H W C" if layout == "HWC" else "C H W")
        height, width, count = work.shape("X") if layout == "HWC" else (*work.shape("X")[1:], work.shape("X")[0])
        maps = [f"channel(X, {c})" if layout == "HWC" else f"X[{c}]" for c in range(1, count + 1)]
    _write_means(work, maps, height, width)
    if work.optional("classes", ("units of the dense layer that follows", "其后全连接层的单元数"), is_=WHOLE):
        _write_heads(work, len(maps), height, width)


def _write_means(work: Work, maps: list[str], height: int, width: int) -> None:
    for c, name in enumerate(maps, 1):
        work.step(f"g_{c}", f"sum({name}) / {height * width}", (f"mean of channel {c}", f"通道 {c} 的平均值"), ("the mean over all positions of the channel", "对该通道的所有位置取平均"))
        work.mistake("global_max", f"max({name})", "the largest value is taken; the mean is asked for.", "取了最大值；这里要取平均值。")
        work.mistake("not_divided", f"sum({name})", "the values are added but not divided by their number; a mean is asked for.", "只求了和，没有除以个数；这里要取平均值。")
    means = ", ".join(f"g_{c}" for c in range(1, len(maps) + 1))
    work.step("g", f"[{means}]", ("pooled vector", "池化后的向量"), ("one number is left for each channel", "每个通道只剩一个数"))
    work.mistake("mean_over_channels", f"({' + '.join(maps)}) / {len(maps)}", "the mean is taken over the channels; it is taken over height and width.", "沿通道取了平均；应沿高和宽取平均。")
    work.step("length", str(len(maps)), ("length of the pooled vector", "池化后向量的长度"), is_=WHOLE)
    work.mistake("flattened", str(height * width * len(maps)), "the map is flattened; averaging leaves one number for each channel.", "当成了展平；取平均后每个通道只剩一个数。")


def _write_heads(work: Work, channels: int, height: int, width: int) -> None:
    work.step("fc_pooled", f"{channels}*classes + classes", ("dense parameters after the pooling", "池化后全连接层的参数量"), is_=WHOLE)
    work.mistake("no_bias", f"{channels}*classes", "the biases are left out; each unit has one.", "漏了偏置；每个单元一个。", kind="slip")
    work.step("fc_flat", f"{height}*{width}*{channels}*classes + classes", ("dense parameters after flattening instead", "改为展平时全连接层的参数量"), is_=WHOLE)
    work.mistake("no_bias", f"{height}*{width}*{channels}*classes", "the biases are left out; each unit has one.", "漏了偏置；每个单元一个。", kind="slip")
    work.step("saving", "fc_flat - fc_pooled", ("parameters saved", "节省的参数量"))
