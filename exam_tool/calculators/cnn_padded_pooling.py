"""Pooling with padding on numbers: means that count the zeros or leave them out, and maxima that never see them."""

from __future__ import annotations

from exam_tool.language import Text

from .cnn_pooling import MAX_WINDOWS, MODES, WRONG_MEASURES
from .cnn_values import positions
from .cnn_words import NATURAL, WHOLE
from .work import CalculatorError, Pair, Work, calculator

ZEROS: dict[str, Pair] = {
    "counted": ("Averages include the zeros of the padding: every sum is divided by the number of cells in the window.", "求平均时计入填充的零：总是除以窗口的格数。"),
    "left_out": ("Averages leave the padding out: every sum is divided by the number of input values in the window.", "求平均时不计填充：除以窗口内输入值的个数。"),
}


@calculator(
    "padded_pooling",
    ("Pooling with padding, on numbers", "带填充的池化"),
    chapter="cnn",
    example={"X": [[1, 3, 2], [2, 4, 5], [6, 1, 8]], "k": 2, "S": 2, "P": 1},
)
def padded_pooling(work: Work) -> None:
    """The mean (or the largest value) of each k x k window of X with P rows and columns of padding on every side, moved by S.

    PyTorch counts the zeros unless told otherwise (count_include_pad), Keras and ONNX leave them out; a maximum never takes padding.
    Sources: PyTorch documentation of AvgPool2d; ONNX operator AveragePool.
    """
    work.given("X", ("input", "输入"), shape="H W")
    work.given("k", ("window size", "池化窗口边长"), is_=WHOLE)
    work.given("S", ("stride", "步幅"), is_=WHOLE, default="k")
    work.given("P", ("padding", "填充"), is_=NATURAL)
    mode = work.option("mode", ("kind of pooling", "池化方式"), MODES, default="avg", convention=False, spellings={"mean": "avg", "average": "avg"})
    counted = mode == "avg" and work.option("zeros", ("padding in means", "平均时的填充"), ZEROS, default="counted") == "counted"
    height, width = work.shape("X")
    k, s, p = work.count("k"), work.count("S"), work.count("P")
    if 2 * p > k:
        raise CalculatorError(Text("The padding is at most half the window.", "填充不得超过窗口的一半。"))
    rows, columns = positions(height, k, p, s), positions(width, k, p, s)
    if rows * columns > MAX_WINDOWS:
        raise CalculatorError(Text("This map is too large to work through by hand.", "这张特征图太大，不适合手算。"))
    for i in range(rows):
        for j in range(columns):
            cells = [f"X[{u}, {v}]" for u in range(i * s - p + 1, i * s - p + k + 1) for v in range(j * s - p + 1, j * s - p + k + 1) if 0 < u <= height and 0 < v <= width]
            _write_window(work, (i + 1, j + 1), cells, k * k, mode, counted)
    grid = ", ".join("[" + ", ".join(f"y_{i}_{j}" for j in range(1, columns + 1)) + "]" for i in range(1, rows + 1))
    work.step("Y", f"[{grid}]", ("pooled map", "池化结果"), ("the entries in the order of their windows", "按窗口位置排列"))


def _write_window(work: Work, place: tuple[int, int], cells: list[str], size: int, mode: str, counted: bool) -> None:
    label = (f"value of window ({place[0]}, {place[1]})", f"窗口 ({place[0]}, {place[1]}) 的值")
    name, total = f"y_{place[0]}_{place[1]}", " + ".join(cells)
    added = f"({total})" if len(cells) > 1 else total
    if mode == "max":
        work.step(name, f"max({', '.join(cells)})" if len(cells) > 1 else total, label, ("the padding never wins", "填充不参与比较"))
        if len(cells) < size:
            work.mistake("zero_wins", f"max({', '.join([*cells, '0'])})", "the padding is taken as zeros that may win; it is left out of the maximum.", "把填充当成可能取到的零；求最大值时不计填充。")
        return
    divisor = size if counted else len(cells)
    why = ("the sum divided by the number of cells in the window", "各值之和除以窗口的格数") if counted else ("the sum divided by the number of input values in the window", "各值之和除以窗口内输入值的个数")
    if divisor == 1:
        work.step(name, total, label, ("the window holds one input value", "窗口内只有一个输入值"))
        return
    work.step(name, f"{added}/{divisor}", label, why)
    work.mistake("sum", total, *WRONG_MEASURES["sum"])
