"""Steps on a function given as a formula: gradient descent, its first-order estimate, momentum by look-ahead, Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

from exam_tool.expressions.derivative import derivative, minus, plus, times
from exam_tool.expressions.printing import text
from exam_tool.expressions.reader import read
from exam_tool.expressions.tree import Binary, Name, Node, names, substitute
from exam_tool.language import Text

from .work import CalculatorError, Work, calculator

SAYS = ("The function is `f = {}`.", "函数为 `f = {}`。")
CONSTANTS = {"pi", "e"}


@dataclass(frozen=True)
class Objective:
    """A function of one or several variables, whose value and slopes can be written at any named point."""

    tree: Node
    variables: tuple[str, ...]

    def at(self, point: dict[str, str]) -> str:
        return _put(self.tree, point)

    def slope(self, variable: str, point: dict[str, str]) -> str:
        return _put(derivative(self.tree, variable), point)

    def curvature(self, first: str, second: str, point: dict[str, str]) -> str:
        return _put(derivative(derivative(self.tree, first), second), point)


def _put(tree: Node, point: dict[str, str]) -> str:
    return text(substitute(tree, {name: Name(to) if to.isidentifier() else read(to) for name, to in point.items()}))


def ask_objective(work: Work) -> Objective:
    """The formula ``f`` and its variables: those that ``variables`` lists, or all names in alphabetical order.

    With ``variables`` the other names are coefficients, and inputs of their own.
    """
    tree = read(work.formula("f", ("function", "函数"), SAYS))
    found = names(tree) - CONSTANTS
    if not work.offered("variables"):
        return Objective(tree, tuple(sorted(found)))
    listed = work.formula("variables", ("variables", "自变量"), ("", "")).replace(",", " ").split()
    if not listed or not set(listed) <= found:
        shown = ", ".join(sorted(found))
        raise CalculatorError(Text(f"The variables are some of {shown}.", f"自变量应取自 {shown}。"))
    for name in sorted(found - set(listed)):
        work.given(name, (f"coefficient {name}", f"系数 {name}"))
    return Objective(tree, tuple(listed))


def ask_point(work: Work, objective: Objective) -> dict[str, str]:
    """A starting value for every variable: ``x_0`` (or ``x``), ``y_0`` ..."""
    for name in objective.variables:
        work.given(f"{name}_0", (f"start of {name}", f"{name} 的初值"), aliases=[name])
    return {name: f"{name}_0" for name in objective.variables}


def slope_name(objective: Objective, variable: str, step: int) -> str:
    return f"g_{step}" if len(objective.variables) == 1 else f"g_{variable}_{step}"


def _moment(step: int) -> tuple[str, str]:
    return (f"after step {step}", f"第 {step} 步之后") if step else ("at the start", "起点处")


def write_slopes(work: Work, objective: Objective, point: dict[str, str], step: int) -> dict[str, str]:
    """The gradient at a point, one step for each variable; returns their names."""
    found = {}
    for name in objective.variables:
        found[name] = slope_name(objective, name, step)
        where, there = _moment(step)
        single = len(objective.variables) == 1
        label = (f"derivative {where}", f"{there}的导数") if single else (f"derivative with respect to {name} {where}", f"{there}对 {name} 的导数")
        work.step(found[name], objective.slope(name, point), label, ("differentiate first, then put the numbers in", "先求导，再代入数值"))
    return found


def _ask_steps(work: Work, default: str = "1") -> int:
    work.given("steps", ("number of steps", "步数"), is_="integer, >= 1, <= 20", default=default, aliases=["iterations"])
    return work.count("steps")


@calculator(
    "gradient_descent_step",
    ("Gradient descent on a function", "函数上的梯度下降"),
    chapter="optimization",
    example={"f": "x^2 - 4*x + 5", "x_0": 3, "eta": "0.1"},
)
def gradient_descent(work: Work) -> None:
    """x_(t+1) = x_t - eta * f'(x_t) for a function of any number of variables. Source: Goodfellow et al. 2016, section 4.3."""
    objective = ask_objective(work)
    point = ask_point(work, objective)
    work.given("eta", ("learning rate", "学习率"), is_="> 0")
    for step in range(_ask_steps(work)):
        slopes = write_slopes(work, objective, point, step)
        after = {}
        for name in objective.variables:
            old, new, slope = point[name], f"{name}_{step + 1}", slopes[name]
            after[name] = new
            work.step(new, f"{old} - eta*{slope}", (f"{name} after step {step + 1}", f"第 {step + 1} 步之后的 {name}"), ("a step against the gradient", "沿梯度的反方向走一步"))
            work.mistake("ascent", f"{old} + eta*{slope}", "the gradient is added; descent subtracts it.", "沿梯度方向走了一步；梯度下降应减去梯度。", kind="slip")
            work.mistake("no_eta", f"{old} - {slope}", "the learning rate is left out; it scales the gradient.", "漏了学习率；梯度要乘学习率。")
            work.mistake("f_value", f"{old} - eta*({objective.at(point)})", "the value of the function is used; the step takes its derivative.", "用了函数值；更新用的是导数。")
        point = after
        work.step(f"f_{step + 1}", objective.at(point), (f"value after step {step + 1}", f"第 {step + 1} 步之后的函数值"))


@calculator(
    "taylor_decrease",
    ("First-order estimate of a step", "一步下降量的一阶估计"),
    chapter="optimization",
    example={"f": "x^2 - 4*x + 5", "x_0": 3, "eta": "0.1"},
)
def taylor_decrease(work: Work) -> None:
    """f(x - eta f') is about f(x) - eta |f'|^2; the error is of order eta^2. Source: Goodfellow et al. 2016, section 4.3."""
    objective = ask_objective(work)
    start = ask_point(work, objective)
    work.given("eta", ("learning rate", "学习率"), is_="> 0")
    work.step("f_0", objective.at(start), ("value at the start", "起点处的函数值"))
    slopes = write_slopes(work, objective, start, 0)
    squares = " + ".join(f"{slope}^2" for slope in slopes.values())
    inner = squares if len(slopes) == 1 else f"({squares})"
    work.step("predicted", f"f_0 - eta*{inner}", ("first-order estimate", "一阶估计值"), ("the value falls by about the learning rate times the squared slope", "函数值的下降量约为学习率乘以导数的平方"))
    plain = " + ".join(slopes.values())
    work.mistake("no_square", f"f_0 - eta*{plain if len(slopes) == 1 else f'({plain})'}", "the slope is not squared; it enters once as the slope and once more through the step.", "导数没有平方；它一次作为斜率出现，一次出现在步长里。")
    work.mistake("sign", f"f_0 + eta*{inner}", "the value rises; a step against the gradient lowers it.", "算成了上升；沿负梯度方向走，函数值应下降。", kind="slip")
    end = {}
    for name in objective.variables:
        end[name] = f"{name}_1"
        work.step(f"{name}_1", f"{start[name]} - eta*{slopes[name]}", (f"new {name}", f"新的 {name}"))
    work.step("f_1", objective.at(end), ("true value after the step", "一步之后的真实值"))
    work.step("error", "f_1 - predicted", ("error of the estimate", "估计误差"), ("of the order of the squared learning rate", "与学习率的平方同阶"))


VELOCITIES = {
    "m": ("The momentum is `m_k = beta*m_prev + g_k`, with `m_prev` that of the step before and `g_k` the gradient at the look-ahead point, and `eta*m_k` is subtracted.", "动量为 `m_k = beta*m_prev + g_k`，`m_prev` 为前一步的动量，`g_k` 为前瞻点处的梯度；参数减去 `eta*m_k`。"),
    "v": ("The velocity is `v_k = beta*v_prev - eta*g_k`, with `v_prev` that of the step before and `g_k` the gradient at the look-ahead point, and `v_k` is added.", "速度为 `v_k = beta*v_prev - eta*g_k`，`v_prev` 为前一步的速度，`g_k` 为前瞻点处的梯度；参数加上 `v_k`。"),
    "rewritten": ("The points are the look-ahead points themselves: `m_k = beta*m_prev + g_k`, with `m_prev` that of the step before, and `eta*(g_k + beta*m_k)` is subtracted.", "各点就是前瞻点本身：`m_k = beta*m_prev + g_k`，`m_prev` 为前一步的动量；参数减去 `eta*(g_k + beta*m_k)`。"),
}


@calculator(
    "nesterov_momentum",
    ("Nesterov momentum", "Nesterov 动量"),
    chapter="optimization",
    example={"f": "x^2", "x_0": 2, "beta": "1/2", "eta": "0.1", "steps": 2},
)
def nesterov(work: Work) -> None:
    """The gradient is taken at the look-ahead point x - eta*beta*m; the form libraries use keeps those points only. Source: Sutskever et al., ICML 2013; Goodfellow et al. 2016, section 8.3.3."""
    objective = ask_objective(work)
    point = ask_point(work, objective)
    work.given("beta", ("momentum factor", "动量系数"), is_=">= 0, < 1")
    work.given("eta", ("learning rate", "学习率"), is_="> 0")
    form = work.option("velocity", ("form of the momentum", "动量的写法"), VELOCITIES, default="m", spellings={"m form": "m", "v form": "v"})
    single = len(objective.variables) == 1
    letter = "v" if form == "v" else "m"
    memory = {name: f"{letter}_0" if single else f"{letter}_{name}_0" for name in objective.variables}
    moving = any(map(work.offered, memory.values()))
    for start in memory.values():
        work.given(start, ("initial momentum", "初始动量"), default="0")
    for k in range(1, _ask_steps(work) + 1):
        if form == "rewritten":
            point, memory = _rewritten_step(work, objective, point, memory, k)
        else:
            point, memory = _nesterov_step(work, objective, point, memory, k, form, moving=moving or k > 1)


def _nesterov_step(work: Work, objective: Objective, point: dict[str, str], memory: dict[str, str], k: int, form: str, *, moving: bool) -> tuple[dict[str, str], dict[str, str]]:
    single = len(objective.variables) == 1
    ahead, after, moved = {}, {}, {}
    for name, old in memory.items():
        ahead[name] = f"{name}_ahead_{k}"
        push = f"- eta*beta*{old}" if form == "m" else f"+ beta*{old}"
        other = f"+ eta*beta*{old}" if form == "m" else f"- beta*{old}"
        work.step(ahead[name], f"{point[name]} {push}", (f"look-ahead point of step {k}", f"第 {k} 步的前瞻点"), ("where the momentum alone would lead", "仅凭动量会到达的位置"))
        if moving:
            work.mistake("wrong_side", f"{point[name]} {other}", "the look-ahead is taken backwards; it follows the momentum.", "前瞻方向反了；应顺着动量的方向。", kind="slip")
            work.mistake("plain", point[name], "the gradient is taken at the current point; Nesterov takes it at the look-ahead point.", "在当前点求了梯度；Nesterov 在前瞻点求梯度。")
    for name, old in memory.items():
        slope = f"g_{k}" if single else f"g_{name}_{k}"
        work.step(slope, objective.slope(name, ahead), ("gradient at the look-ahead point", "前瞻点处的梯度"), ("differentiate first, then put the look-ahead point in", "先求导，再代入前瞻点"))
        moved[name] = f"{form}_{k}" if single else f"{form}_{name}_{k}"
        work.step(moved[name], f"beta*{old} + {slope}" if form == "m" else f"beta*{old} - eta*{slope}", (f"momentum of step {k}", f"第 {k} 步的动量"))
        after[name] = f"{name}_{k}"
        work.step(after[name], f"{point[name]} - eta*{moved[name]}" if form == "m" else f"{point[name]} + {moved[name]}", (f"point after step {k}", f"第 {k} 步之后的点"))
    return after, moved


def _rewritten_step(work: Work, objective: Objective, point: dict[str, str], memory: dict[str, str], k: int) -> tuple[dict[str, str], dict[str, str]]:
    """The step from one look-ahead point to the next."""
    single = len(objective.variables) == 1
    after, moved = {}, {}
    for name, old in memory.items():
        slope, push = (f"g_{k}", f"d_{k}") if single else (f"g_{name}_{k}", f"d_{name}_{k}")
        moved[name], after[name] = f"m_{k}" if single else f"m_{name}_{k}", f"{name}_{k}"
        work.step(slope, objective.slope(name, point), (f"gradient of step {k}", f"第 {k} 步的梯度"))
        work.step(moved[name], f"beta*{old} + {slope}", (f"momentum of step {k}", f"第 {k} 步的动量"))
        work.step(push, f"{slope} + beta*{moved[name]}", (f"direction of step {k}", f"第 {k} 步的方向"), ("the new momentum is looked ahead once more", "用新的动量再前瞻一次"))
        work.mistake("momentum_only", moved[name], "the momentum itself is the direction, as without look-ahead; it is scaled by `beta` and the gradient is added.", "直接以动量为方向，没有前瞻；动量应乘 `beta` 再加上梯度。")
        work.step(after[name], f"{point[name]} - eta*{push}", (f"point after step {k}", f"第 {k} 步之后的点"))
    return after, moved


@calculator(
    "newton_step",
    ("Step of Newton's method", "牛顿法的一步"),
    chapter="optimization",
    example={"f": "2*x^2 + x*y + y^2 - 4*x", "x_0": 1, "y_0": 2},
)
def newton_step(work: Work) -> None:
    """x - H^(-1) g, with slope and curvature of one variable, or gradient and Hessian of several. Source: Goodfellow et al. 2016, section 4.3.1."""
    objective = ask_objective(work)
    point = ask_point(work, objective)
    for step in range(_ask_steps(work)):
        point = _newton(work, objective, point, step)


def _newton(work: Work, objective: Objective, point: dict[str, str], k: int) -> dict[str, str]:
    slopes = write_slopes(work, objective, point, k)
    if len(objective.variables) == 1:
        (name,) = objective.variables
        return _newton_scalar(work, objective, name, point, slopes[name], k)
    rows = (", ".join(objective.curvature(a, b, point) for b in objective.variables) for a in objective.variables)
    work.step(f"H_{k}", f"[{', '.join(f'[{row}]' for row in rows)}]", ("Hessian", "Hessian 矩阵"), ("all second derivatives", "全部二阶导数"))
    inverse, because = (_inverse_of_two(f"H_{k}"), EXCHANGED) if len(objective.variables) == 2 else (f"inv(H_{k})", None)
    work.step(f"H_inv_{k}", inverse, ("inverse of the Hessian", "Hessian 的逆矩阵"), because)
    old, slope = (f"[{', '.join(part[name] for name in objective.variables)}]" for part in (point, slopes))
    work.step(f"p_{k + 1}", f"{old} - H_inv_{k} @ {slope}", ("new point", "新的点"), ("the stationary point of the quadratic approximation", "二次近似的驻点"))
    work.mistake("gradient_only", f"{old} - {slope}", "the Hessian is left out; Newton's step multiplies the gradient by its inverse.", "漏了 Hessian；牛顿步要用它的逆矩阵乘梯度。")
    work.mistake("multiply", f"{old} - H_{k} @ {slope}", "the gradient is multiplied by the Hessian itself; its inverse is needed.", "用 Hessian 本身乘了梯度；应当用它的逆矩阵。")
    work.mistake("plus", f"{old} + H_inv_{k} @ {slope}", "the step is added; it is subtracted.", "加上了牛顿步；应当减去。", kind="slip")
    return {name: f"p_{k + 1}[{place}]" for place, name in enumerate(objective.variables, 1)}


EXCHANGED = ("the diagonal is exchanged, the other entries change sign, and all are divided by the determinant", "主对角线元素互换，其余元素变号，再除以行列式")


def _inverse_of_two(matrix: str) -> str:
    """The inverse of a matrix of two rows, as it is found by hand."""
    return f"[[{matrix}[2, 2], -{matrix}[1, 2]], [-{matrix}[2, 1], {matrix}[1, 1]]]/det({matrix})"


def _newton_scalar(work: Work, objective: Objective, name: str, point: dict[str, str], slope: str, k: int) -> dict[str, str]:
    old, new = point[name], f"{name}_{k + 1}"
    where, there = _moment(k)
    work.step(f"h_{k}", objective.curvature(name, name, point), (f"second derivative {where}", f"{there}的二阶导数"))
    work.step(new, f"{old} - {slope}/h_{k}", (f"new {name}", f"新的 {name}"), ("the stationary point of the quadratic approximation", "二次近似的驻点"))
    work.mistake("gradient_only", f"{old} - {slope}", "the second derivative is left out; Newton's step divides by it.", "漏了二阶导数；牛顿步要除以它。")
    work.mistake("multiply", f"{old} - h_{k}*{slope}", "the slope is multiplied by the second derivative; it is divided by it.", "把一阶导数乘以了二阶导数；应当相除。")
    work.mistake("plus", f"{old} + {slope}/h_{k}", "the step is added; it is subtracted.", "加上了牛顿步；应当减去。", kind="slip")
    return {name: new}


@calculator(
    "hessian_classification",
    ("Kind of a critical point", "临界点的类型"),
    chapter="optimization",
    example={"f": "2*x^2 + 2*x*y + 2*y^2 - 6*x"},
)
def hessian_classification(work: Work) -> None:
    """Gradient, Hessian and its leading minors at a critical point of two or three variables; eigenvalues for two.

    Without a point the function must be quadratic, and its critical point is solved for. ``kind`` is 1 for a minimum, -1 for a maximum,
    0 for a saddle; a zero eigenvalue leaves it undefined. Source: Goodfellow et al. 2016, section 4.3.1.
    """
    objective = ask_objective(work)
    given = [name for name in objective.variables if work.offered(name) or work.offered(f"{name}_0")]
    if given:
        point = ask_point(work, objective)
        write_slopes(work, objective, point, 0)
    else:
        point = dict.fromkeys(objective.variables, "0")
    rows = (", ".join(objective.curvature(a, b, point) for b in objective.variables) for a in objective.variables)
    work.step("H", f"[{', '.join(f'[{row}]' for row in rows)}]", ("Hessian", "Hessian 矩阵"), ("all second derivatives", "全部二阶导数"), is_="symmetric")
    if not given:
        slopes = ", ".join(text(_tidied(read(objective.slope(name, point)))) for name in objective.variables)
        work.step("g", f"[{slopes}]", ("gradient at the origin", "原点处的梯度"), ("only the linear terms are left there", "在原点只剩一次项"))
        work.step("x_star", "-(inv(H) @ g)", ("critical point", "临界点"), ("there the gradient `H @ x + g` vanishes", "梯度 `H @ x + g` 在此为零"))
    _classify(work, len(objective.variables))


def _tidied(node: Node) -> Node:
    """Sums and products without their zeros: at the origin only the linear terms of a slope are left."""
    match node:
        case Binary("+", left, right):
            return plus(_tidied(left), _tidied(right))
        case Binary("-", left, right):
            return minus(_tidied(left), _tidied(right))
        case Binary("*", left, right):
            return times(_tidied(left), _tidied(right))
        case _:
            return node


def _classify(work: Work, size: int) -> None:
    work.step("D", "det(H)", ("determinant of the Hessian", "Hessian 的行列式"))
    if size == 1:
        work.step("kind", "sign(H[1, 1])", ("kind of the point (`1` minimum, `-1` maximum)", "临界点的类型（`1` 极小，`-1` 极大）"), is_="!= 0")
        return
    if size > 2:
        work.step("D_2", "H[1, 1]*H[2, 2] - H[1, 2]*H[2, 1]", ("second leading minor", "二阶顺序主子式"))
        work.step("kind", "where(D == 0, 0/D, where((D_2 > 0)*(H[1, 1]*D > 0), sign(D), 0))", ("kind of the point (`1` minimum, `-1` maximum, `0` saddle)", "临界点的类型（`1` 极小，`-1` 极大，`0` 鞍点）"))
        return
    work.step("tr", "H[1, 1] + H[2, 2]", ("trace of the Hessian", "Hessian 的迹"))
    work.step("lambda_1", "(tr + sqrt(tr^2 - 4*D))/2", ("larger eigenvalue", "较大的特征值"))
    work.step("lambda_2", "(tr - sqrt(tr^2 - 4*D))/2", ("smaller eigenvalue", "较小的特征值"), is_="!= 0")
    work.step("kind", "where(D > 0, sign(tr), 0)", ("kind of the point (`1` minimum, `-1` maximum, `0` saddle)", "临界点的类型（`1` 极小，`-1` 极大，`0` 鞍点）"), ("the signs of the eigenvalues decide", "由特征值的符号决定"))
    work.mistake("det_only", "sign(D)", "only the determinant is looked at; with `D > 0` the trace tells a minimum from a maximum.", "只看了行列式；`D > 0` 时还要由迹区分极小与极大。")
    work.mistake("swap", "-where(D > 0, sign(tr), 0)", "minimum and maximum are exchanged; two positive eigenvalues mean a minimum.", "把极小与极大弄反了；特征值全为正时是极小。", kind="slip")
    work.step("condition", "max(abs(lambda_1), abs(lambda_2))/min(abs(lambda_1), abs(lambda_2))", ("condition number", "条件数"), is_=">= 1")
