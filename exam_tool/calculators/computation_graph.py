"""Any formula over numbers, vectors and matrices: its values forward and its gradient at every node, by hand-style steps in reverse mode."""

from __future__ import annotations

from exam_tool.expressions.printing import symbol, text
from exam_tool.language import Text

from .tensor_graph import Builder, Operation, TensorGraph, inputs_of, statements
from .tensor_rules import back
from .work import CalculatorError, Work, calculator

KEEPS_ONES = ("+", "-", "negative", "sum", "mean")
ONE_PATH = ("only one of the paths is followed; the contributions of all of them are added.", "只沿一条路径回传；各条路径的贡献要相加。")
OTHER_PATH = ("only the last of the paths is followed; the contributions of all of them are added.", "只沿最后一条路径回传；各条路径的贡献要相加。")


@calculator(
    "computation_graph",
    ("Gradients of any formula with vectors and matrices", "任意公式的梯度（含向量与矩阵）"),
    chapter="mlp",
    example={"f": "sum((W @ x - y)^2)", "W": [[1, 2], [3, 4]], "x": [1, 1], "y": [0, 1]},
)
def computation_graph(work: Work) -> None:
    """Every intermediate value and the gradient of the scalar result by every node and input.

    ``f`` is a formula, or several ``name = formula`` between semicolons of which the last gives the result; its names are the inputs.
    ``@`` is the matrix product, ``*``, ``/`` and ``^`` go entry by entry, a vector has no layout. A gradient has the size of what it
    belongs to. ReLU has the slope 0 at 0; where entries tie, max and min give the gradient to the first. Source: Goodfellow et al. 2016,
    section 6.5; Griewank and Walther 2008, ch. 3.
    """
    source = work.offered_text("f") or ""
    parts = statements(source) if source.strip() else []
    shown = [f"`{f'{name} = ' if name else ''}{text(tree)}`" for name, tree in parts]
    work.formula("f", ("function", "函数"), (f"The function is {', '.join(shown)}.", f"函数为 {'，'.join(shown)}。"))
    names = inputs_of(parts)
    for name in names:
        work.given(name, (f"input {name}", f"输入 {name}"), shape=None)
    graph = Builder(parts, {name: work.shape(name) for name in names}).graph
    for op in graph.operations:
        work.step(op.name, op.formula, (f"value of {_shown(op.name)}", f"{_shown(op.name)} 的值"))
    Reverse(work, graph, {name for name, _ in parts}).write()


def _shown(name: str) -> str:
    return symbol(name).unicode


class Reverse:
    """Writes the gradients, from the result to the inputs."""

    def __init__(self, work: Work, graph: TensorGraph, written: set[str]) -> None:
        self.work = work
        self.graph = graph
        self.unwritten = {op.name: op.formula for op in graph.operations[:-1] if op.name not in written}
        self.taken = {*graph.leaves, *(op.name for op in graph.operations)}
        self.gradients: dict[str, str | None] = {}
        self.plain: set[str] = set()  # nodes whose gradient holds 1, -1 or shares of 1: leaving it out is silent, or another slip

    def write(self) -> None:
        result = self.graph.result.name
        name = self._name(f"d{result}_d{result}")
        self.work.step(name, "1", self._label(result), ("the result is where the gradient starts", "梯度从结果开始"))
        self.gradients[result] = None  # its factor 1 is not written
        self.plain.add(result)
        for node in [*(op.name for op in reversed(self.graph.operations[:-1])), *self.graph.leaves]:
            self._gradient(node)

    def _gradient(self, node: str) -> None:
        """One line where the node is used once, else a line for each path and their sum."""
        uses = self.graph.uses(node)
        if not uses:
            raise CalculatorError(Text(f"{node} does not lead to the result.", f"{node} 没有通向结果。"))
        name = self._name(f"d{self.graph.result.name}_d{node}")
        self.gradients[node] = name
        if len(uses) == 1:
            op, place = uses[0]
            formula = self._line(name, op, place, self._label(node))
            alike = op.kind in ("sum", "mean") or op.inputs[place].size == op.size
            if op.kind in KEEPS_ONES and alike and op.name in self.plain:
                self.plain.add(node)
            if formula == "1":
                self.gradients[node] = None
            return
        paths = []
        for number, (op, place) in enumerate(uses, 1):
            path = self._name(f"c_{node}_{number}")
            through, at = self._said(op.name), self._said(node)
            self._line(path, op, place, (f"part of the gradient at {at} that comes through {through}", f"经 {through} 传到 {at} 的梯度"))
            paths.append(path)
        self.work.step(name, " + ".join(paths), self._label(node), ("the contributions of all paths are added", "各条路径的贡献相加"))
        self.work.mistake("one_path", paths[0], *ONE_PATH)
        self.work.mistake("other_path", paths[-1], *OTHER_PATH)

    def _line(self, name: str, op: Operation, place: int, label: tuple[str, str]) -> str:
        rule = back(op, place, self.gradients[op.name])
        self.work.step(name, rule.formula, label, rule.because)
        for slip in rule.slips:
            if slip.formula != rule.formula and not (slip.id == "no_upstream" and op.name in self.plain):
                self.work.mistake(slip.id, slip.formula, *slip.says, kind=slip.kind)
        return rule.formula

    def _label(self, node: str) -> tuple[str, str]:
        return f"gradient at {self._said(node)}", f"{self._said(node)} 处的梯度"

    def _said(self, node: str) -> str:
        """A node by its symbol; one that only the graph names with its formula, since the question does not know it."""
        return f"`{node} = {self.unwritten[node]}`" if node in self.unwritten else _shown(node)

    def _name(self, wanted: str) -> str:
        """A name nothing else has: an input may be called anything."""
        name = next(name for name in (wanted, *(f"{wanted}_{i}" for i in range(1, 2 + len(self.taken)))) if name not in self.taken)
        self.taken.add(name)
        return name
