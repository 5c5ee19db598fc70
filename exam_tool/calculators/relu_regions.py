"""The piecewise linear function of a one-hidden-layer ReLU network of one input: kinks, slopes, values, number of pieces."""

from __future__ import annotations

from collections.abc import Iterable

from exam_tool.expressions.arrays import Value, as_vector
from exam_tool.expressions.exact import ZERO, absolute, add, compare, divide, multiply, negate, sign

from .work import Work, calculator

Kink = tuple[Value, list[int]]  # where, and the units (from 1) that bend there


@calculator("relu_regions", ("Pieces of a ReLU network", "ReLU 网络的分段线性区域"), chapter="training",
            example={"a": [1, -2, 1], "w": [1, 2, -1], "b": [2, -2, 3], "c": 1, "x": 2})  # fmt: skip
def relu_regions(work: Work) -> None:
    """Where ``f(x) = sum a_i relu(w_i x + b_i) + c`` bends, its slope in every piece from left to right, its values at the bends.

    Units whose kinks coincide bend once; bends that cancel are none. Source: Montúfar et al. (2014), arXiv:1402.1869, section 2;
    Goodfellow et al. (2016), section 6.4.1.
    """
    work.given("a", ("output weights", "输出权重"), is_="!= 0", shape="n")
    work.given("w", ("input weights", "输入权重"), is_="!= 0", shape="n")
    work.given("b", ("biases", "偏置"), shape="n")
    shifted = work.optional("c", ("output bias", "输出偏置"))
    bends = _bends(*(as_vector(work.structure(name)) for name in "awb"))
    work.step("kinks", "-b / w", ("kink of each unit", "各单元的转折点"), ("solve `w*x + b = 0`", "解 `w*x + b = 0`"))
    work.mistake("sign", "b / w", "the minus sign is lost; `w*x + b = 0` gives `w*x = -b`.", "丢了负号；由 `w*x + b = 0` 得 `w*x = -b`。", kind="slip")
    work.mistake("b_only", "-b", "the weight is left out; `-b` is still to be divided by it.", "漏了权重；`-b` 还要除以权重。")
    work.step("changes", "a * abs(w)", ("change of slope as the kink of each unit is crossed to the right", "向右越过各单元转折点时斜率的变化"), ("a unit with a positive weight switches on there, one with a negative weight switches off", "权重为正的单元在此激活，权重为负的单元在此关闭"))
    work.mistake("direction", "a * w", "the sign of the input weight is kept; crossed to the right, every kink changes the slope by `a*abs(w)`.", "保留了输入权重的符号；向右越过转折点时，斜率的变化为 `a*abs(w)`。")
    if bends:
        _pieces(work, bends, shifted)
    _count(work, bends)
    if work.optional("x", ("input", "输入")):
        _value(work, shifted)


def _bends(a: tuple[Value, ...], w: tuple[Value, ...], b: tuple[Value, ...]) -> list[Kink]:
    """The bends from left to right; those at which the changes of slope cancel are left out."""
    found: list[Kink] = []
    for i, (weight, bias) in enumerate(zip(w, b, strict=True), 1):
        place = negate(divide(bias, weight))
        units = next((units for other, units in found if compare(other, place) == 0), None)
        if units is None:
            found.append((place, [i]))
        else:
            units.append(i)
    ordered: list[Kink] = []
    for bend in found:
        position = sum(compare(other, bend[0]) < 0 for other, _ in ordered)
        ordered.insert(position, bend)
    return [(place, units) for place, units in ordered if sign(_jump(a, w, units)) != 0]


def _jump(a: tuple[Value, ...], w: tuple[Value, ...], units: list[int]) -> Value:
    total: Value = ZERO
    for i in units:
        total = add(total, multiply(a[i - 1], absolute(w[i - 1])))
    return total


def _pieces(work: Work, bends: list[Kink], shifted: bool) -> None:
    """Places and changes in order, then the slopes of the pieces and the values between them."""
    count = len(bends)
    work.step("points", _list(f"kinks[{units[0]}]" for _, units in bends), ("bends from left to right", "从左到右的转折点"), ("the kinks in order", "把转折点从小到大排列"))
    work.step("jumps", _list(" + ".join(f"changes[{i}]" for i in units) for _, units in bends), ("changes of slope there", "相应的斜率变化"), ("in the same order", "按同样的顺序"))
    work.step("slope_left", "sum(a * w * (w < 0))", ("slope at the far left", "最左侧的斜率"), ("only units with a negative weight are active there", "那里只有权重为负的单元激活"))
    work.mistake("all_off", "0", "no unit is taken to be active at the far left; those with a negative weight are.", "当成最左侧没有单元激活了；权重为负的单元在那里激活。")
    work.mistake("wrong_side", "sum(a * w * (w > 0))", "the units with a positive weight are taken; they are active at the far right.", "取了权重为正的单元；它们在最右侧激活。")
    work.step("slopes", _list(" + ".join(["slope_left", *(f"jumps[{i}]" for i in range(1, k + 1))]) for k in range(count + 1)), ("slopes of the pieces, left to right", "各段斜率（从左到右）"),
              ("each bend adds its change", "每越过一个转折点加上相应的变化"))  # fmt: skip
    work.mistake("reversed", _list(" - ".join(["slope_left", *(f"jumps[{i}]" for i in range(1, k + 1))]) for k in range(count + 1)), "the changes are subtracted; they add up from left to right.", "减去了变化量；从左到右应逐个相加。", kind="slip")
    inner = f"outer(points, w) + outer(ones({count}), b)"
    constant = " + c" if shifted else ""
    work.step("f_points", f"relu({inner}) @ a{constant}", ("values at the bends", "转折点处的函数值"), ("put each bend into the network", "把各转折点代入网络"))
    work.mistake("no_relu", f"({inner}) @ a{constant}", "the ReLU is left out; it sets negative pre-activations to 0.", "漏了 ReLU；它把负的预激活值置为 0。")
    if shifted:
        work.mistake("no_bias", f"relu({inner}) @ a", "the output bias is left out; it is added to every value.", "漏了输出偏置；每个函数值都要加上它。")


def _count(work: Work, bends: list[Kink]) -> None:
    units, count = work.length("a"), len(bends)
    work.step("regions", f"{count} + 1", ("number of linear pieces", "线性段数"), ("one more than there are bends", "比转折点多一"))
    if count != units:
        work.mistake("per_unit", f"{units} + 1", "every unit is counted as a bend of its own; kinks that coincide count once, and changes that cancel do not count.", "把每个单元都算作一个转折点；重合的只算一个，相互抵消的不算。")
    if count + 1 != 2**units and units <= 30:
        work.mistake("patterns", f"2^{units}", "every pattern of active units is counted; on a line there is only one piece more than there are bends.", "把所有激活组合都算上了；在一条直线上，段数只比转折点数多一。")
    work.mistake("bends", f"{count}", "the bends are counted; there is one piece more.", "数的是转折点；线性段还要多一段。")
    work.step("regions_most", f"{units} + 1", ("most pieces so many units can make", "这么多单元最多产生的段数"))


def _value(work: Work, shifted: bool) -> None:
    constant = " + c" if shifted else ""
    work.step("z", "w * x + b", ("pre-activations", "预激活值"))
    work.step("active", "z > 0", ("active units (1 yes, 0 no)", "激活的单元（1 是，0 否）"))
    work.mistake("all_active", f"ones({work.length('a')})", "all units are taken to be active; those with a negative pre-activation give 0.", "当成所有单元都激活了；预激活值为负的单元输出 0。")
    work.step("f_x", f"sum(a * z * active){constant}", ("value at x", "x 处的函数值"))
    work.step("slope_x", "sum(a * w * active)", ("slope at x", "x 处的斜率"))


def _list(items: Iterable[str]) -> str:
    return "[" + ", ".join(items) + "]"
