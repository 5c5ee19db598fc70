"""Derivatives of composed functions given as formulas: the chain rule over several paths, and Jacobian matrices."""

from __future__ import annotations

from exam_tool.expressions.derivative import derivative
from exam_tool.expressions.printing import text
from exam_tool.expressions.reader import read
from exam_tool.expressions.tree import Array, Node, names
from exam_tool.language import Text

from .work import CalculatorError, Work, calculator

CONSTANTS = {"pi", "e"}
HELD = ("the other inputs are held fixed", "其余自变量视为常数")


@calculator(
    "multivariate_chain_rule",
    ("Chain rule over several paths", "多路径链式法则"),
    chapter="mlp",
    example={"inner": "u = x*y; v = x + y", "outer": "z = u^2 + 3*v", "x": 1, "y": 2},
)
def chain_rule(work: Work) -> None:
    """dz/dx = sum over the inner functions of dz/du * du/dx, at a point. Source: Goodfellow et al. 2016, section 6.5.2."""
    inner = dict(_definitions(work.formula("inner", ("inner functions", "内层函数"), ("The inner functions are {}.", "内层函数为 {}。"))))
    ((top, outer),) = _definitions(work.formula("outer", ("outer function", "外层函数"), ("The outer function is {}.", "外层函数为 {}。")))[:1]
    variables = sorted(set().union(*map(names, inner.values())) - CONSTANTS)
    used = [name for name in inner if name in names(outer)]
    if not used:
        raise CalculatorError(Text("The outer function uses no inner one.", "外层函数没有用到内层函数。"))
    for name in [*variables, *sorted(names(outer) - set(inner) - set(variables) - CONSTANTS)]:
        work.given(name, (f"value of {name}", f"{name} 的值"))
    for name, tree in inner.items():
        work.step(name, text(tree), (f"value of {name}", f"{name} 的值"))
    work.step(top, text(outer), (f"value of {top}", f"{top} 的值"))
    for name in used:
        _partial(work, top, outer, name)
    for variable in variables:
        _along_paths(work, inner, outer, used, top, variable)


def _partial(work: Work, function: str, tree: Node, variable: str) -> None:
    """One partial derivative; where it is a mere number, how it came about."""
    slope = derivative(tree, variable)
    label = (f"derivative of {function} with respect to {variable}", f"{function} 对 {variable} 的导数")
    work.step(f"d{function}_d{variable}", text(slope), label, None if names(slope) else HELD)


def _along_paths(work: Work, inner: dict[str, Node], outer: Node, used: list[str], top: str, variable: str) -> None:
    terms = []
    for name in used:
        if variable not in names(inner[name]):
            continue
        partial = f"d{name}_d{variable}"
        _partial(work, name, inner[name], variable)
        terms.append(f"d{top}_d{name}*{partial}")
    direct = f" + {text(derivative(outer, variable))}" if variable in names(outer) else ""
    if not terms:
        return
    label = (f"derivative of {top} with respect to {variable}", f"{top} 对 {variable} 的导数")
    work.step(f"total_{variable}", " + ".join(terms) + direct, label, ("multiply along each path, add over the paths", "沿每条路径相乘，再对各路径求和"))
    if len(terms) > 1:
        work.mistake("one_path", terms[0], "only one path is followed; the contributions of all paths are added.", "只沿一条路径求导；各路径的贡献要相加。")
        work.mistake("other_path", terms[-1], "only the last path is followed; the contributions of all paths are added.", "只沿最后一条路径求导；各路径的贡献要相加。")
    work.mistake("no_inner", " + ".join(term.split("*")[0] for term in terms), "the inner derivatives are left out; each path multiplies the outer by the inner one.", "漏了内层导数；每条路径都是外层导数乘内层导数。")


def _definitions(source: str) -> list[tuple[str, Node]]:
    """``u = x*y; v = x + y`` as names and formulas."""
    found = []
    for part in filter(None, map(str.strip, source.split(";"))):
        name, equals, formula = part.partition("=")
        if not equals or not name.strip().isidentifier():
            raise CalculatorError(Text(f'Write "name = formula", not "{part}".', f"请写成“名称 = 公式”，而不是“{part}”。"))
        found.append((name.strip(), read(formula.strip())))
    if not found:
        raise CalculatorError(Text("There is no function.", "没有函数。"))
    return found


LAYOUTS = {
    "numerator": ("Row `i` of the Jacobian holds the derivatives of `y_i`.", "雅可比矩阵第 `i` 行是 `y_i` 的各个偏导数。"),
    "denominator": ("Column `i` of the Jacobian holds the derivatives of `y_i`.", "雅可比矩阵第 `i` 列是 `y_i` 的各个偏导数。"),
}


@calculator(
    "jacobian_matrix",
    ("Jacobian matrix", "雅可比矩阵"),
    chapter="mlp",
    example={"y": "[x_1^2*x_2, 5*x_1 + x_2^2]", "x_1": 1, "x_2": 2, "g": [1, -1]},
)
def jacobian(work: Work) -> None:
    """J_ij = dy_i/dx_j of a map given as a vector of formulas, at a point, and the gradient J^T g passed back. Source: Goodfellow et al. 2016, section 4.3.1."""
    tree = read(work.formula("y", ("map", "映射"), ("The map is `y = {}`.", "映射为 `y = {}`。")))
    if not isinstance(tree, Array):
        raise CalculatorError(Text("A map is a vector of formulas: [x^2, x*y].", "映射是由公式组成的向量，如 [x^2, x*y]。"))
    variables = sorted(names(tree) - CONSTANTS)
    for name in variables:
        work.given(name, (f"value of {name}", f"{name} 的值"))
    spellings = {"numerator (001)": "numerator", "denominator (transpose)": "denominator"}
    numerator = work.option("layout", ("layout", "排列方式"), LAYOUTS, default="numerator", spellings=spellings) == "numerator"
    rows = [[text(derivative(part, name)) for name in variables] for part in tree.items]
    if not numerator:
        rows = [list(column) for column in zip(*rows, strict=True)]
    entries = "[" + ", ".join(f"[{', '.join(row)}]" for row in rows) + "]"
    work.step("J", entries, ("Jacobian", "雅可比矩阵"), ("one row for each output", "每个输出一行") if numerator else ("one column for each output", "每个输出一列"))
    turned = "[" + ", ".join(f"[{', '.join(column)}]" for column in zip(*rows, strict=True)) + "]"
    work.mistake("transposed", turned, "rows and columns are exchanged; keep to the layout that the question states.", "行与列弄反了；应按题目所说的排列方式。", kind="slip")
    if len(rows) == len(rows[0]) and len(rows) > 1:
        diagonal = ", ".join("[" + ", ".join(entry if i == j else "0" for j, entry in enumerate(row)) + "]" for i, row in enumerate(rows))
        work.mistake("diagonal_only", f"[{diagonal}]", "only the diagonal is kept; the outputs depend on the other inputs too.", "只保留了对角线；输出还依赖其他输入。")
    if work.optional("g", ("gradient at the output", "输出处的梯度"), shape=str(len(tree.items))):
        work.step("grad_x", "J.T @ g" if numerator else "J @ g", ("gradient at the input", "输入处的梯度"), ("passed back through the transposed Jacobian", "经雅可比矩阵的转置传回"))
