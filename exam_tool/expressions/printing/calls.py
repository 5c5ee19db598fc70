"""How calls of functions are drawn: with a sign of their own, as an upright word, or as a shape such as cases. One table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from exam_tool.language import Text

from ..tree import Array, Binary, Call, Name, Node, Unary
from .meaning import BRACES, CASES, ENTRY, EQUAL, MEMBER, OVER, PAIR, PART, RANGE, REPLACED, ROWS, SET
from .notation import ATOM, COMPARE, FRACTION, POSTFIX, POWER, PRODUCT, Part, T
from .symbols import is_bare

if TYPE_CHECKING:
    from .setting import Setter

Arguments = tuple[Node, ...]
FENCES = {"floor": "⌊⌋", "ceil": "⌈⌉", "abs": "||"}
INFIX = {"hadamard": "⊙", "outer": "⊗", "dot": "·", "conv1d": "∗", "conv2d": "∗"}
BIG = {"sum": "Σ", "prod": "Π"}
WORDS = {"relu": "ReLU", "gelu": "GELU", "variance": "Var", "len": "dim", "eigenvalues": "eig"}
SAID = {  # words that are not the same in every language
    "neighbours": Text("neighbours", "相邻格"),
    "transient": Text("transient", "非终止"),
    "upper": Text("upper", "上三角"),
    "mask": Text("mask", "掩码"),
    "pad": Text("pad", "填充"),
    "pad_after": Text("pad", "填充"),
    "dilate": Text("dilate", "插零"),
    "upsample": Text("upsample", "上采样"),
    "flatten": Text("flatten", "展平"),
    "reverse": Text("reverse", "倒序"),
    "sort": Text("sort", "排序"),
    "sortby": Text("sort", "排序"),
    "rank": Text("rank", "名次"),
    "interleave": Text("interleave", "交错"),
    "eigenvector": Text("eigenvector", "特征向量"),
    "rot180": Text("rot180", "旋转180°"),
}
IF, OTHERWISE = Text("if", "若"), Text("otherwise", "否则")
BASES = {"log2": "2", "log10": "10"}


def draw_call(setter: Setter[T], function: str, arguments: Arguments) -> Part[T]:
    """A call by its sign, else as a word before its arguments in brackets."""
    special = SPECIAL.get((function, len(arguments))) or SHAPES.get(function)
    if special is not None:
        drawn: Part[T] = special(setter, function, arguments)
        return drawn
    if function.startswith(OVER):
        return _over(setter, function, arguments)
    draw = setter.notation
    if function == "shape" and len(arguments) > 1:
        sizes = [setter.operand(size, FRACTION, first=False) for size in arguments]
        return Part(setter.joined("×", sizes), PRODUCT)
    inner = [setter.value(argument).drawn for argument in arguments]
    return Part(draw.row(_head(setter, function), draw.fence("(", draw.listed(inner), ")")), ATOM)


def _head(setter: Setter[T], function: str) -> T:
    """The name of a function: a letter, a word of mathematics, or one in the language of the reader."""
    draw = setter.notation
    if function == "sigmoid":
        return draw.symbol("sigma")
    if function in BASES:
        return draw.subscript(draw.word("log"), [draw.number(BASES[function])], True)
    return draw.word(SAID[function](setter.language) if function in SAID else WORDS.get(function, function))


# -- functions that are written with a sign of their own ------------------------------------------------------------------


def _fenced(setter: Setter[T], function: str, arguments: Arguments) -> Part[T]:
    pair = FENCES[function]
    return Part(setter.notation.fence(pair[0], setter.value(arguments[0]).drawn, pair[1]), ATOM)


def _between(setter: Setter[T], function: str, arguments: Arguments) -> Part[T]:
    return setter.infix(INFIX[function], arguments[0], arguments[1], PRODUCT, FRACTION, FRACTION)


def _strided(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    """``X ∗₂ K``: a convolution whose kernel moves two pixels at a time."""
    draw = setter.notation
    sign = draw.subscript(draw.sign("∗"), [setter.value(arguments[2]).drawn], True)
    space = draw.operator("", False)
    left, right = (setter.operand(part, FRACTION, first) for part, first in zip(arguments, (True, False), strict=False))
    return Part(draw.row(left, space, sign, space, right), PRODUCT)


def _big(setter: Setter[T], function: str, arguments: Arguments) -> Part[T]:
    return _with_sign(setter, setter.notation.sign(BIG[function]), arguments[0])


def _with_sign(setter: Setter[T], sign: T, body: Node) -> Part[T]:
    draw = setter.notation
    return Part(draw.row(sign, draw.operator("", False), setter.operand(body, PRODUCT, first=False)), PRODUCT)


def _over(setter: Setter[T], function: str, arguments: Arguments) -> Part[T]:
    """``Σⱼ Aᵢⱼ``, ``maxⱼ Qᵢⱼ``: an index under the sign or word; a condition stands there without Iverson's brackets."""
    draw = setter.notation
    word = function.removeprefix(OVER)
    sign = draw.sign(BIG[word]) if word in BIG else _head(setter, word)
    index, body = arguments
    return _with_sign(setter, draw.under(sign, setter.part(index).drawn), body)


def _root(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    part = setter.value(arguments[0])
    return Part(setter.notation.root(part.drawn, part.level == ATOM), POWER)


def _exponential(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    draw = setter.notation
    if is_array(arguments[0]):  # a power of e would be the matrix exponential
        return Part(draw.row(draw.word("exp"), draw.fence("(", setter.value(arguments[0]).drawn, ")")), ATOM)
    return Part(draw.power(draw.symbol("e"), *setter.exponent(arguments[0])), POWER)


def _transpose(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    return Part(setter.notation.transposed(setter.operand(arguments[0], POSTFIX)), POWER)


def _inverse(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    draw = setter.notation
    return Part(draw.power(setter.operand(arguments[0], POSTFIX), draw.row(draw.sign("−"), draw.number("1")), False), POWER)


def _matrix_power(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    return setter.power(arguments[0], arguments[1])


def _factorial(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    return setter.unary("!", arguments[0])


def _identity(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    draw = setter.notation
    return Part(draw.subscript(draw.symbol("I"), [setter.value(arguments[0]).drawn], True), ATOM)


def _ones(setter: Setter[T], _: str, __: Arguments) -> Part[T]:
    """A vector or matrix of ones, of the size that fits."""
    return Part(setter.notation.sign("𝟙"), ATOM)


def _zeros(setter: Setter[T], _: str, __: Arguments) -> Part[T]:
    return Part(setter.notation.number("0"), ATOM)


def _norm(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    drawn = setter.notation.fence("‖", setter.value(arguments[0]).drawn, "‖")
    below = [setter.value(order).drawn for order in arguments[1:]]
    return Part(setter.notation.subscript(drawn, below, True) if below else drawn, ATOM)


# -- shapes that only ``meaning`` makes -----------------------------------------------------------------------------------


def _entry(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    """``Aᵢⱼ``, and for a name that has a subscript already ``Q₁[i, j]``."""
    base, *indices = arguments
    if isinstance(base, Name) and not is_bare(base.name):
        return setter.index(base, tuple(indices))
    drawn = setter.value(base).drawn if isinstance(base, Name) else setter.operand(base, POSTFIX)
    below = setter.notation.row(*[setter.part(index).drawn for index in indices])
    return Part(setter.notation.subscript(drawn, [below], True), POSTFIX)


def _part(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    """A column or window: ``X[:, 2]``, ``X[1:2, 3:4]``."""
    draw = setter.notation
    base, *indices = arguments
    shown = [draw.sign(":") if index == Name(":") else setter.part(index).drawn for index in indices]
    return Part(draw.subscript(setter.operand(base, POSTFIX), shown, isinstance(base, Name) and is_bare(base.name)), POSTFIX)


def _range(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    first, last = (setter.value(argument).drawn for argument in arguments)
    return Part(setter.notation.row(first, setter.notation.sign(":"), last), COMPARE)


def _replaced(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    """``Q[2, 1 ← x]``: the array with one entry replaced."""
    draw = setter.notation
    base, *places, new = arguments
    inner = draw.row(draw.listed([setter.value(place).drawn for place in places]), draw.operator("←", True), setter.value(new).drawn)
    return Part(draw.row(setter.operand(base, POSTFIX), draw.fence("[", inner, "]")), POSTFIX)


def _cases(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    """Value, condition, value, condition, …; a last value without condition is for all that is left."""
    rows: list[tuple[T, str, T | None]] = []
    for value, condition in zip(arguments[::2], arguments[1::2], strict=False):
        rows.append((setter.value(value).drawn, IF(setter.language), setter.part(condition).drawn))
    if len(arguments) % 2:
        rows.append((setter.value(arguments[-1]).drawn, OTHERWISE(setter.language), None))
    return Part(setter.notation.cases(rows), ATOM)


def _set(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    draw = setter.notation
    member, condition = (setter.part(argument).drawn for argument in arguments)
    return Part(draw.fence("{", draw.row(member, draw.operator(":", True), condition), "}"), ATOM)


def _listed_in(left: str, right: str) -> Callable[..., Any]:
    def draw(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
        inner = setter.notation.listed([setter.value(argument).drawn for argument in arguments])
        return Part(setter.notation.fence(left, inner, right), ATOM)

    return draw


def _member(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    return Part(setter.joined(MEMBER, [setter.value(argument).drawn for argument in arguments]), COMPARE)


def _equal(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    return Part(setter.joined("=", [setter.value(argument).drawn for argument in arguments]), COMPARE)


def _rows(setter: Setter[T], _: str, arguments: Arguments) -> Part[T]:
    return Part(setter.notation.column([setter.value(argument).drawn for argument in arguments]), ATOM)


Draw = Callable[..., Any]  # (setter, function, arguments) -> Part; generic callables cannot be held in one table
SPECIAL: dict[tuple[str, int], Draw] = {
    **{(name, 1): _fenced for name in FENCES},
    **{(name, 2): _between for name in INFIX},
    **{(name, 1): _big for name in BIG},
    ("conv2d", 3): _strided,
    ("sqrt", 1): _root,
    ("exp", 1): _exponential,
    ("transpose", 1): _transpose,
    ("inv", 1): _inverse,
    ("matpow", 2): _matrix_power,
    ("factorial", 1): _factorial,
    ("identity", 1): _identity,
    ("norm", 1): _norm,
    ("norm", 2): _norm,
    ("ones", 1): _ones,
    ("ones", 2): _ones,
    ("zeros", 1): _zeros,
    ("zeros", 2): _zeros,
}
SHAPES: dict[str, Draw] = {
    ENTRY: _entry,
    PART: _part,
    RANGE: _range,
    CASES: _cases,
    SET: _set,
    PAIR: _listed_in("(", ")"),
    BRACES: _listed_in("{", "}"),
    REPLACED: _replaced,
    MEMBER: _member,
    EQUAL: _equal,
    ROWS: _rows,
}


def is_array(node: Node) -> bool:
    """Whether the node is an array for certain: a literal one, or a sum or product with one."""
    match node:
        case Array():
            return True
        case Binary("+" | "-" | "*", left, right):
            return is_array(left) or is_array(right)
        case Unary("-", argument) | Call("transpose", (argument,)):
            return is_array(argument)
    return False
