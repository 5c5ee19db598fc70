"""The local rule of every operation on numbers, vectors and matrices: what it passes back to an input, and how people get that wrong.

``back`` multiplies the gradient above (upstream) by the derivative of the operation, in the size of the input. Sources:
Goodfellow et al. 2016, section 6.5; Petersen and Pedersen, The Matrix Cookbook, section 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exam_tool.expressions import exact
from exam_tool.expressions.arrays import Value, entries, map_entries
from exam_tool.expressions.derivative import constant
from exam_tool.expressions.exact import ONE, ZERO
from exam_tool.expressions.functions import register
from exam_tool.expressions.printing import text
from exam_tool.trace import MistakeKind

from .tensor_graph import EACH_ENTRY, OF_TWO, Operation, Size, exponent_of
from .work import Pair


@dataclass(frozen=True, slots=True)
class Slip:
    """A wrong formula in place of the right one, with the sentence that names it."""

    id: str
    formula: str
    says: Pair
    kind: MistakeKind = "method"


@dataclass(frozen=True, slots=True)
class Back:
    """What an operation passes back to one input: the formula, the rule in words, and the known wrong formulas."""

    formula: str
    because: Pair
    slips: tuple[Slip, ...] = ()


NO_LOCAL = ("the derivative of this operation is left out; the gradient from above is multiplied by it.", "漏了这一步运算自身的导数；上游梯度要乘以它。")
NO_UPSTREAM = ("only the derivative of this operation is written; it is multiplied by the gradient from above.", "只写了这一步运算自身的导数；还要乘以上游传来的梯度。")
OWN_VALUE = ("the input's own value is taken; a product passes back the value of the other factor.", "用了该输入自己的值；乘积传回的是另一个因子的值。")
NO_TRANSPOSE = ("the matrix is not transposed on the way back; the gradient goes back through its transpose.", "反向传播时矩阵没有转置；梯度要经过它的转置传回。")
REVERSED = ("the outer product is taken the other way round; the gradient has the layout of the matrix it belongs to.", "外积的次序颠倒了；梯度的排列应与对应矩阵一致。")
SIGN = ("the minus sign is lost; it stays in the derivative.", "丢了负号；求导后负号仍在。")

UNARY = {  # the derivative over the input {a} and the value {v}, and the rule in words
    "exp": ("{v}", ("the exponential is its own derivative", "指数函数的导数是它自身")),
    "ln": ("1/{a}", ("`ln(x)` has the derivative `1/x`", "`ln(x)` 的导数是 `1/x`")),
    "log": ("1/{a}", ("`ln(x)` has the derivative `1/x`", "`ln(x)` 的导数是 `1/x`")),
    "sqrt": ("1/(2*{v})", ("a root has the derivative 1 over twice the root", "平方根的导数是两倍根值的倒数")),
    "relu": ("{a} > 0", ("ReLU lets the gradient through where its input is positive", "ReLU 只在输入为正处让梯度通过")),
    "sigmoid": ("{v}*(1 - {v})", ("the sigmoid has the derivative `s*(1 - s)`", "sigmoid 的导数是 `s*(1 - s)`")),
    "tanh": ("1 - {v}^2", ("tanh has the derivative `1 - t^2`", "tanh 的导数是 `1 - t^2`")),
    "abs": ("sign({a})", ("the absolute value passes the sign of its input", "绝对值传回输入的符号")),
    "sin": ("cos({a})", ("sine has the derivative cosine", "正弦的导数是余弦")),
    "cos": ("-sin({a})", ("cosine has the derivative minus sine", "余弦的导数是负的正弦")),
    "negative": ("-1", ("a minus sign reverses the gradient", "负号使梯度变号")),
}
WRONG_UNARY: dict[str, Slip] = {
    "sigmoid": Slip("value_of_input", "{a}*(1 - {a})", ("the input stands where the output of the sigmoid belongs.", "该写 sigmoid 输出值的地方写成了输入值。")),
    "tanh": Slip("square_dropped", "1 - {v}", ("the output of tanh is not squared; the derivative is `1 - t^2`.", "tanh 的输出没有平方；导数是 `1 - t^2`。"), "slip"),
    "sqrt": Slip("two_dropped", "1/{v}", ("the 2 under the root is lost; the derivative is 1 over twice the root.", "漏了分母中的 2；导数是两倍根值的倒数。"), "slip"),
    "cos": Slip("sign_lost", "sin({a})", SIGN, "slip"),
}  # fmt: skip
TWO_SAYS: dict[str, Pair] = {
    "+": ("a sum passes the gradient on as it is", "加法原样传递梯度"),
    "-": ("a difference passes the gradient to its first part as it is", "减法把梯度原样传给被减数"),
    "*": ("a product passes back the other factor", "乘积传回另一个因子"),
    "hadamard": ("a product passes back the other factor, entry by entry", "逐元素乘积传回另一个因子"),
    "/": ("the quotient rule", "商的求导法则"),
    "^": ("the power rule", "幂的求导法则"),
    "max": ("only the larger one has an effect; on a tie the first", "只有较大者起作用；相等时取第一个"),
    "min": ("only the smaller one has an effect; on a tie the first", "只有较小者起作用；相等时取第一个"),
}

SUBTRAHEND = ("a difference passes the gradient to its second part with a minus", "减法把梯度变号后传给减数")


def back(op: Operation, place: int, upstream: str | None) -> Back:
    """What ``op`` passes back to its input at ``place``; ``upstream`` is None where ``op`` is the result itself."""
    if op.kind in EACH_ENTRY or op.kind == "negative":
        return _each_entry(op, upstream)
    if op.kind in OF_TWO and len(op.inputs) == 2:
        return _of_two(op, place, upstream)
    match op.kind:
        case "@" | "dot" | "outer":
            return _product(op, place, upstream)
        case "transpose":
            return _transpose(op, _above(upstream))
        case "softmax":
            return _softmax(op, _above(upstream))
        case "sum" | "mean":
            return _sum(op, upstream)
        case _:
            return _one_of_all(op, upstream)


def _above(upstream: str | None) -> str:
    return "1" if upstream is None else upstream


def _times(upstream: str | None, local: str, arrays: bool) -> str:
    """The gradient above times a derivative; ``arrays`` says that both have several entries."""
    if upstream is None:
        return local
    if local in ("1", "-1"):
        return upstream if local == "1" else f"-{upstream}"
    return f"hadamard({upstream}, {local})" if arrays else f"{upstream}*{_factor(local)}"


def _factor(local: str) -> str:
    """A derivative as a factor: in brackets where it is more than a name or a call."""
    plain = local.replace("_", "").isalnum() or (local.endswith(")") and local.split("(")[0].isalpha() and local.count("(") == 1)
    return local if plain else f"({local})"


def _size_text(size: Size) -> str:
    return ", ".join(map(str, size))


# -- entry by entry ----------------------------------------------------------------------------------------------------


def _each_entry(op: Operation, upstream: str | None) -> Back:
    local, says = UNARY[op.kind]
    names = {"a": op.inputs[0].text, "v": op.name}
    many = bool(op.size)
    slips = []
    if op.kind == "negative":
        slips.append(Slip("sign_lost", _times(upstream, "1", many), SIGN, "slip"))
    else:
        if wrong := WRONG_UNARY.get(op.kind):
            slips.append(Slip(wrong.id, _times(upstream, wrong.formula.format(**names), many), wrong.says, wrong.kind))
        slips += _factors(upstream, local.format(**names))
    return Back(_times(upstream, local.format(**names), many), says, tuple(slips))


def _factors(upstream: str | None, local: str) -> list[Slip]:
    """One of the two factors of the chain rule left out."""
    if upstream is None or local in ("1", "-1"):
        return []
    return [Slip("no_local", upstream, NO_LOCAL), Slip("no_upstream", local, NO_UPSTREAM)]


def _of_two(op: Operation, place: int, upstream: str | None) -> Back:
    """A number that goes with every entry of an array collects what all of them pass back."""
    here = op.inputs[place]
    local, wrong = _local_of_two(op, place)
    spread = bool(op.size) and not here.size
    local_size = _local_size(op, place)

    def passed(derivative: str) -> str:
        if not spread:
            return _times(upstream, derivative, bool(op.size) and bool(local_size))
        if derivative in ("1", "-1") or not local_size:
            return _times(f"sum({upstream})", derivative, False)
        return f"dot({upstream}, {derivative})" if len(op.size) == 1 else f"sum({_times(upstream, derivative, True)})"

    slips = [Slip(slip.id, passed(slip.formula), slip.says, slip.kind) for slip in wrong]
    if not spread and upstream is not None and local not in ("1", "-1"):
        slips.append(Slip("no_local", upstream, NO_LOCAL))
        if local_size == here.size:
            slips.append(Slip("no_upstream", local, NO_UPSTREAM))
    says = SUBTRAHEND if (op.kind, place) == ("-", 1) else TWO_SAYS[op.kind]
    if spread:
        says = (says[0] + "; a number used for every entry collects them all", says[1] + "；用于各个元素的同一个数要把它们的梯度加起来")
    return Back(passed(local), says, tuple(slips))


def _local_size(op: Operation, place: int) -> Size:
    """Whether the derivative has several entries: that of a product is the other factor."""
    if op.kind in ("+", "-"):
        return ()
    return op.inputs[1 - place].size if op.kind in ("*", "hadamard") else op.inputs[1].size if (op.kind, place) == ("/", 0) else op.size


def _local_of_two(op: Operation, place: int) -> tuple[str, tuple[Slip, ...]]:
    """The derivative of an operation of two by one of them, and wrong ones."""
    a, b = (operand.text for operand in op.inputs)
    match op.kind, place:
        case ("+", _) | ("-", 0):
            return "1", ()
        case "-", _:
            return "-1", (Slip("sign_lost", "1", SIGN, "slip"),)
        case ("*" | "hadamard"), _:
            other, own = (b, a) if place == 0 else (a, b)
            alike = op.inputs[0].size == op.inputs[1].size and own != other
            return other, (Slip("own_value", own, OWN_VALUE),) if alike else ()
        case "/", 0:
            return f"1/{b}", ()
        case "/", _:
            square = ("the denominator is not squared; the quotient rule divides by its square.", "分母没有平方；商的求导法则除以分母的平方。")
            return f"-{a}/{b}^2", (Slip("sign_lost", f"{a}/{b}^2", SIGN, "slip"), Slip("square_dropped", f"-{a}/{b}", square, "slip"))
        case "^", 0:
            return _power_slope(op)
        case "^", _:
            return (op.name if a == "e" else f"{op.name}*ln({a})"), ()
        case _:
            sign = ">" if op.kind == "max" else "<"
            both = ("the gradient goes to both; only the one that is passed on receives it.", "把梯度传给了两者；只有被选中的一个得到梯度。")
            return (f"{a} {sign}= {b}" if place == 0 else f"{b} {sign} {a}"), (Slip("both", "1", both),)


def _power_slope(op: Operation) -> tuple[str, tuple[Slip, ...]]:
    a, b = (operand.text for operand in op.inputs)
    dropped = ("the factor in front is lost; the power rule multiplies by the exponent.", "漏了前面的系数；幂的求导法则要乘以指数。")
    exponent = exponent_of(op.inputs[1])
    if exponent is None:
        return f"{b}*{a}^({b} - 1)", (Slip("exponent_dropped", f"{a}^({b} - 1)", dropped, "slip"),)
    less = exponent - 1
    rest = "1" if not less else a if less == 1 else f"{a}^{text(constant(less)) if less > 0 and less.q == 1 else f'({text(constant(less))})'}"
    front = text(constant(exponent)) if exponent > 0 and exponent.q == 1 else f"({text(constant(exponent))})"
    return f"{front}*{rest}", (Slip("exponent_dropped", rest, dropped, "slip"),) if rest != "1" else ()


# -- products of vectors and matrices ------------------------------------------------------------------------------------


def _product(op: Operation, place: int, upstream: str | None) -> Back:
    a, b = (operand.text for operand in op.inputs)
    sizes = tuple(operand.size for operand in op.inputs)
    if not op.size:
        return _dot(op, place, upstream)
    g = _above(upstream)
    if op.kind == "outer":
        right, wrong = (f"{g} @ {b}", f"{g}.T @ {b}") if place == 0 else (f"{g}.T @ {a}", f"{g} @ {a}")
        slips = (Slip("no_transpose", wrong, NO_TRANSPOSE),) if sizes[0] == sizes[1] else ()
        return Back(right, ("an outer product is passed back through the other vector", "外积经另一个向量传回"), slips)
    match len(sizes[0]), len(sizes[1]), place:
        case 2, 1, 0:
            return _by_matrix(f"outer({g}, {b})", f"outer({b}, {g})", f"outer(ones({op.size[0]}), {b})", sizes[0])
        case 1, 2, 1:
            return _by_matrix(f"outer({a}, {g})", f"outer({g}, {a})", f"outer({a}, ones({op.size[0]}))", sizes[1])
        case 2, 1, 1:
            return _by_vector(f"{a}.T @ {g}", f"{a} @ {g}", f"sum({a}, 1)", sizes[0])
        case 1, 2, 0:
            return _by_vector(f"{b} @ {g}", f"{b}.T @ {g}", f"sum({b}, 2)", sizes[1])
        case _:
            return _matrices(op, place, g)


def _dot(op: Operation, place: int, upstream: str | None) -> Back:
    own, other = op.inputs[place].text, op.inputs[1 - place].text
    slips = [] if own == other else [Slip("own_value", _times(upstream, own, False), OWN_VALUE)]
    if upstream is not None:
        slips.append(Slip("no_upstream", other, NO_UPSTREAM))
    return Back(_times(upstream, other, False), ("a scalar product passes back the other vector", "内积传回另一个向量"), tuple(slips))


def _by_matrix(formula: str, reversed_: str, alone: str, size: Size) -> Back:
    slips = [Slip("reversed", reversed_, REVERSED, "slip")] if size[0] == size[1] else []
    slips.append(Slip("no_upstream", alone, NO_UPSTREAM))
    return Back(formula, ("in a matrix times a vector, the gradient of the matrix is an outer product", "矩阵乘向量时，矩阵的梯度是外积"), tuple(slips))


def _by_vector(formula: str, straight: str, alone: str, size: Size) -> Back:
    slips = [Slip("no_transpose", straight, NO_TRANSPOSE)] if size[0] == size[1] else []
    slips.append(Slip("no_upstream", alone, NO_UPSTREAM))
    return Back(formula, ("the way back goes through the transposed matrix", "经矩阵的转置传回"), tuple(slips))


def _matrices(op: Operation, place: int, g: str) -> Back:
    a, b = (operand.text for operand in op.inputs)
    (m, n), (_, p) = (operand.size for operand in op.inputs)
    ones = f"ones({m}, {p})"
    if place == 0:
        slips = [Slip("no_transpose", f"{g} @ {b}", NO_TRANSPOSE)] if n == p else []
        slips.append(Slip("no_upstream", f"{ones} @ {b}.T", NO_UPSTREAM))
        return Back(f"{g} @ {b}.T", ("the left factor receives the gradient from above times the transpose of the right one", "左因子得到上游梯度乘右因子的转置"), tuple(slips))
    slips = [Slip("no_transpose", f"{a} @ {g}", NO_TRANSPOSE)] if m == n else []
    slips.append(Slip("no_upstream", f"{a}.T @ {ones}", NO_UPSTREAM))
    return Back(f"{a}.T @ {g}", ("the right factor receives the transpose of the left one times the gradient from above", "右因子得到左因子的转置乘上游梯度"), tuple(slips))


def _transpose(op: Operation, g: str) -> Back:
    slips = (Slip("no_transpose", g, NO_TRANSPOSE),) if op.size[0] == op.size[1] else ()
    return Back(f"{g}.T", ("the gradient is transposed back", "把梯度转置回来"), slips)


def _softmax(op: Operation, g: str) -> Back:
    p = op.name
    weighted = f"hadamard({g}, {p})"
    mean = f"dot({g}, {p})" if len(op.size) == 1 else f"outer(sum({weighted}, 2), ones({op.size[1]}))"
    says = ("only the diagonal of the softmax Jacobian is used; the other probabilities change as well.", "只用了 softmax 雅可比矩阵的对角线；其他概率也会随之变化。")
    slips = (Slip("diagonal_only", f"hadamard({weighted}, 1 - {p})", says), Slip("no_local", g, NO_LOCAL))
    return Back(f"hadamard({p}, {g} - {mean})", ("every input of a softmax moves every probability", "softmax 的每个输入都影响所有概率"), slips)


# -- from an array to fewer numbers ----------------------------------------------------------------------------------------


def _sum(op: Operation, upstream: str | None) -> Back:
    size = op.inputs[0].size
    ones = f"ones({_size_text(size)})" if size else "1"
    count, formula = 1, _times(upstream, ones, False)
    for length in size:
        count *= length
    if op.places:
        m, n = size
        count = m if op.places == (1,) else n
        formula = f"outer(ones({m}), {_above(upstream)})" if op.places == (1,) else f"outer({_above(upstream)}, ones({n}))"
    if op.kind == "sum":
        return Back(formula, ("a sum passes the gradient to every entry", "求和把梯度传给每个元素"))
    lost = ("the gradient is not divided by the number of entries; a mean shares it out among them.", "没有除以元素个数；求平均会把梯度平分。")
    slips = [Slip("not_divided", formula, lost, "slip")] if count > 1 else []
    return Back(f"{formula}/{count}", ("a mean shares the gradient out among the entries", "求平均把梯度平分给各元素"), tuple(slips))


def _one_of_all(op: Operation, upstream: str | None) -> Back:
    a, size = op.inputs[0].text, op.inputs[0].size
    match op.kind:
        case "norm" if op.places == (1,):
            slips = [Slip("no_upstream", f"sign({a})", NO_UPSTREAM)] if upstream is not None else []
            return Back(_times(upstream, f"sign({a})", False), ("the sum of absolute values passes back the signs", "绝对值之和传回各元素的符号"), tuple(slips))
        case "norm":
            lost = ("the vector is not divided by its length; the gradient of a norm has length 1.", "没有除以范数；范数的梯度长度为 1。")
            slips = [Slip("not_divided", _times(upstream, a, False), lost)]
            slips += [Slip("no_upstream", f"{a}/{op.name}", NO_UPSTREAM)] if upstream is not None else []
            return Back(f"{_times(upstream, a, False)}/{op.name}", ("a norm passes back the unit vector", "范数传回单位向量"), tuple(slips))
        case "index":
            return Back(_times(upstream, _at(op, upstream), False) if not op.size else _at(op, upstream), ("only the entry that is picked out has an effect", "只有被取出的元素起作用"))
        case _:
            chosen = f"first_{op.kind}({a})" if size else "1"
            everywhere = f"ones({_size_text(size)})" if size else "1"
            both = ("the gradient goes to every entry; only the one that is picked receives it.", "把梯度传给了所有元素；只有被选中的一个得到梯度。")
            slips = [Slip("all_entries", _times(upstream, everywhere, False), both)] if size else []
            slips += [Slip("no_upstream", chosen, NO_UPSTREAM)] if upstream is not None and size else []
            return Back(_times(upstream, chosen, False), ("only the entry that is picked has an effect; on a tie the first", "只有被选中的元素起作用；相等时取第一个"), tuple(slips))


def _at(op: Operation, upstream: str | None) -> str:
    """1 at the entry that is picked; a picked row holds the gradient above."""
    size, places = op.inputs[0].size, op.places
    first = f"onehot({places[0]}, {size[0]})"
    if len(size) == 1:
        return first
    return f"outer({first}, {f'onehot({places[1]}, {size[1]})' if len(places) == 2 else _above(upstream)})"


def _first(better: int) -> Callable[..., Value]:
    """A function that marks the first of the largest (1) or smallest (-1) entries with 1, all others with 0."""

    def apply(value: Value) -> Value:
        items = list(entries(value))
        best = 0
        for i in range(1, len(items)):
            if exact.compare(items[i], items[best]) * better > 0:
                best = i
        marks = iter(ONE if i == best else ZERO for i in range(len(items)))
        return map_entries(lambda _: next(marks), value)

    return apply


register("first_max", 1, 1, _first(1))
register("first_min", 1, 1, _first(-1))
