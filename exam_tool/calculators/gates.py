"""Scalar computation graphs: forward values, local gradients and the gradient at every node, gate by gate.

The graph is a formula, or several ``name = formula`` between semicolons; nested operations become gates of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from exam_tool.expressions.reader import read
from exam_tool.expressions.tree import Binary, Call, Name, Node, Number, Unary
from exam_tool.language import Text

from .work import CalculatorError, Work, calculator

TIES = {
    "avoid": ("", ""),
    "first": ("Where the inputs of a max or min gate tie, the first takes the gradient.", "max 或 min 门的输入相等时，梯度归第一个输入。"),
    "split": ("Where the inputs of a max or min gate tie, they share the gradient.", "max 或 min 门的输入相等时，梯度平分。"),
}
WINNERS = {  # the gradient of max(a, b) by a and by b
    "avoid": ("{a} > {b}", "{b} > {a}"),
    "first": ("{a} >= {b}", "{b} > {a}"),
    "split": ("({a} > {b}) + ({a} == {b})/2", "({b} > {a}) + ({a} == {b})/2"),
}
UNARY_GATES = {  # the local gradient over the input {a} and the gate {g}
    "exp": "{g}",
    "ln": "1/{a}",
    "log": "1/{a}",
    "sqrt": "1/(2*{g})",
    "sigmoid": "{g}*(1 - {g})",
    "tanh": "1 - {g}^2",
    "relu": "{a} > 0",
    "abs": "sign({a})",
    "sin": "cos({a})",
    "cos": "-sin({a})",
}


@dataclass(frozen=True)
class Gate:
    """One operation of the graph on named nodes or numbers."""

    name: str
    kind: str
    inputs: tuple[str, ...]

    @property
    def formula(self) -> str:
        if self.kind in "+-*/^" and len(self.inputs) == 2:
            return f"{self.inputs[0]} {self.kind} {self.inputs[1]}" if self.kind in "+-" else f"{self.inputs[0]}{self.kind}{self.inputs[1]}"
        if self.kind == "negative":
            return f"-{self.inputs[0]}"
        return f"{self.kind}({', '.join(self.inputs)})"


@dataclass
class Graph:
    """Gates in the order in which they are computed, and the leaves they start from."""

    gates: list[Gate] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)

    @property
    def output(self) -> str:
        return self.gates[-1].name

    def consumers(self, node: str) -> list[Gate]:
        return [gate for gate in self.gates if node in gate.inputs]


class Builder:
    """Takes formulas apart into gates."""

    def __init__(self, text: str) -> None:
        self.graph = Graph()
        self.defined: dict[str, str] = {}
        statements = [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]
        self.named = {name for name, _ in map(_statement, statements) if name}
        for number, statement in enumerate(statements, 1):
            name, formula = _statement(statement)
            self._define(name or ("f" if number == len(statements) else self._fresh()), read(formula))
        if not self.graph.gates:
            raise CalculatorError(Text("The graph has no gate.", "计算图中没有门。"))

    def _fresh(self) -> str:
        number = 1
        while f"q_{number}" in self.defined or f"q_{number}" in self.named or f"q_{number}" in self.graph.leaves:
            number += 1
        return f"q_{number}"

    def _define(self, name: str, node: Node) -> None:
        if name in self.defined or name in self.graph.leaves:
            raise CalculatorError(Text(f"{name} is defined twice in the graph.", f"计算图中 {name} 重复定义。"))
        if isinstance(node, Name | Number):
            raise CalculatorError(Text(f"{name} is no gate: it applies no operation.", f"{name} 不是门：它没有任何运算。"))
        self._gate(name, node)

    def _operand(self, node: Node) -> str:
        """The node's name, after making a gate of it where it is an operation."""
        match node:
            case Name(name):
                if name not in self.defined and name not in self.graph.leaves:
                    self.graph.leaves.append(name)
                return name
            case Number(_, text):
                return text
            case Unary("-", Number(_, text)):
                return f"(-{text})"
            case _:
                return self._gate("", node)

    def _gate(self, name: str, node: Node) -> str:
        kind, parts = _taken_apart(node)
        inputs = tuple(self._operand(part) for part in parts)
        name = name or self._fresh()
        self.defined[name] = name
        self.graph.gates.append(Gate(name, kind, inputs))
        return name


def _statement(text: str) -> tuple[str, str]:
    """``p = x + y`` as its name and formula; the name is empty when there is none."""
    left, equals, right = text.partition("=")
    return (left.strip(), right.strip()) if equals and not right.startswith("=") and left.strip().isidentifier() else ("", text)


def _taken_apart(node: Node) -> tuple[str, tuple[Node, ...]]:
    match node:
        case Binary(("+" | "-" | "*" | "/"), left, right):
            return node.operator, (left, right)
        case Binary("^", base, Number() as exponent):
            return "^", (base, exponent)
        case Binary("^", base, Unary("-", Number()) as exponent):
            return "^", (base, exponent)
        case Unary("-", inner):
            return "negative", (inner,)
        case Call(("max" | "min"), arguments) if len(arguments) >= 2:
            first, *rest = arguments
            return node.function, (first, rest[0] if len(rest) == 1 else Call(node.function, tuple(rest)))
        case Call(function, (argument,)) if function in UNARY_GATES:
            return function, (argument,)
        case _:
            raise CalculatorError(
                Text(
                    f"Gates are + - * / ^ (with a number), max, min and {', '.join(UNARY_GATES)}.",
                    f"门可以是 + - * / ^（指数为数）、max、min 以及 {', '.join(UNARY_GATES)}。",
                )
            )


@calculator(
    "computation_graph_gates",
    ("Gradients through a computation graph", "计算图中的梯度"),
    chapter="mlp",
    example={"graph": "p = x + y; q = max(y, z); f = p*q", "x": 1, "y": 2, "z": 0},
)
def computation_graph(work: Work) -> None:
    """Values forward and gradients backward through gates, any number of them; ``upstream`` is the gradient at the output.

    Leaves are the names the graph does not define. Source: Goodfellow et al. 2016, section 6.5; Stanford CS231n, notes on backpropagation.
    """
    text = work.formula("graph", ("computation graph", "计算图"), ("The graph is {}.", "计算图为 {}。"))
    graph = Builder(text).graph
    for leaf in graph.leaves:
        work.given(leaf, (f"input {leaf}", f"输入 {leaf}"))
    work.given("upstream", ("gradient at the output", "输出处的梯度"), default="1")
    tie = "avoid"
    if any(gate.kind in ("max", "min") for gate in graph.gates):
        spellings = {"first operand": "first", "avoid ties": "avoid"}
        tie = work.option("tie_in_max", ("ties in a max gate", "max 门的相等情形"), TIES, default="avoid", spellings=spellings)
    for gate in graph.gates:
        work.step(gate.name, gate.formula, (f"value of {gate.name}", f"{gate.name} 的值"))
    for gate in graph.gates:
        if gate.kind in ("max", "min") and tie == "avoid":
            a, b = gate.inputs
            work.step(f"gap_{gate.name}", f"{a} - {b}", (f"difference of the inputs of {gate.name}; a tie has no gradient", f"{gate.name} 的两个输入之差；相等时没有梯度"), is_="!= 0")
        for node in dict.fromkeys(gate.inputs):
            if node in graph.leaves or any(node == other.name for other in graph.gates):
                _local(work, gate, node, tie)
    for node in [*(gate.name for gate in reversed(graph.gates)), *graph.leaves]:
        _gradient(work, graph, node)


def _local(work: Work, gate: Gate, node: str, tie: str) -> None:
    """The gradient of a gate by one of its inputs, with the slips of its kind."""
    places = [place for place, name in enumerate(gate.inputs) if name == node]
    formula = " + ".join(_by_place(gate, place, tie) for place in places)
    label = (f"local gradient of {gate.name} with respect to {node}", f"{gate.name} 对 {node} 的局部梯度")
    work.step(f"d{gate.name}_d{node}", formula, label, SAYS.get(gate.kind))
    if len(places) > 1:
        return
    if gate.kind == "*":
        work.mistake("mul_not_swapped", node, "the input's own value is taken; the local gradient of a product is the value of the other input.", "用了该输入自己的值；乘法门的局部梯度是另一个输入的值。")
    if gate.kind in ("max", "min"):
        work.mistake("max_both", "1", "the gradient goes to both inputs; only the input that was passed on receives it.", "把梯度传给了两个输入；只有被选中的输入得到梯度。")
    if gate.kind == "+" and len(set(gate.inputs)) == 2:
        work.mistake("add_split", "1/2", "the gradient is split between the inputs; a sum passes it on to each in full.", "把梯度平分给了各输入；加法门把梯度完整地传给每个输入。")
    if gate.kind == "-" and places == [1]:
        work.mistake("minus_lost", "1", "the minus is lost; a difference passes the gradient to its second input with a minus.", "丢了负号；减法门传给第二个输入的梯度带负号。", kind="slip")


SAYS = {
    "+": ("a sum passes the gradient on unchanged", "加法门原样传递梯度"),
    "-": ("a difference passes the gradient on, to its second input with a minus", "减法门传递梯度，传给第二个输入时变号"),
    "negative": ("a minus sign reverses the gradient", "负号使梯度变号"),
    "/": ("the quotient rule", "商的求导法则"),
    "^": ("the power rule", "幂的求导法则"),
    "exp": ("the exponential is its own derivative", "指数函数的导数是它自身"),
    "sigmoid": ("the derivative of the sigmoid follows from its value", "sigmoid 的导数可由其值得到"),
    "tanh": ("the derivative of tanh follows from its value", "tanh 的导数可由其值得到"),
    "*": ("the local gradient of a product is the other input", "乘法门的局部梯度是另一个输入"),
    "max": ("only the larger input has an effect", "只有较大的输入起作用"),
    "min": ("only the smaller input has an effect", "只有较小的输入起作用"),
}


def _by_place(gate: Gate, place: int, tie: str) -> str:
    a, b = gate.inputs[0], gate.inputs[-1]
    match gate.kind:
        case "+":
            return "1"
        case "-":
            return ("1", "-1")[place]
        case "negative":
            return "-1"
        case "*":
            return (b, a)[place]
        case "/":
            return (f"1/{b}", f"-{a}/{b}^2")[place]
        case "^":
            return f"{b}*{a}^({b} - 1)"
        case "max":
            return WINNERS[tie][place].format(a=a, b=b)
        case "min":
            return MIN_WINNERS[tie][place].format(a=a, b=b)
        case kind:
            return UNARY_GATES[kind].format(a=a, g=gate.name)


MIN_WINNERS = {
    "avoid": ("{a} < {b}", "{b} < {a}"),
    "first": ("{a} <= {b}", "{b} < {a}"),
    "split": ("({a} < {b}) + ({a} == {b})/2", "({b} < {a}) + ({a} == {b})/2"),
}


def _gradient(work: Work, graph: Graph, node: str) -> None:
    label = (f"gradient at {node}", f"{node} 处的梯度")
    consumers = graph.consumers(node)
    if node == graph.output:
        if work.offered("upstream"):
            work.step(f"grad_{node}", "upstream", label, ("backpropagation starts at the output", "反向传播从输出开始"))
        else:
            work.step(f"grad_{node}", "1", label, ("backpropagation starts at the output, with 1", "反向传播从输出开始，起始值为 1"))
        return
    terms = [f"grad_{gate.name}*d{gate.name}_d{node}" for gate in consumers]
    if not terms:
        raise CalculatorError(Text(f"{node} does not lead to the output.", f"{node} 没有通向输出。"))
    says = ("upstream gradient times local gradient, added over the branches", "上游梯度乘局部梯度，再对各分支求和") if len(terms) > 1 else ("upstream gradient times local gradient", "上游梯度乘局部梯度")
    work.step(f"grad_{node}", " + ".join(terms), label, says)
    if len(terms) > 1:
        work.mistake("branch_product", "*".join(f"({term})" for term in terms), "the branches are multiplied; their gradients are added.", "把各分支的梯度相乘了；应当相加。")
        work.mistake("one_path", terms[0], "only one branch is followed; the gradients of all branches are added.", "只沿一条分支传回；各分支的梯度要相加。")
        work.mistake("other_path", terms[-1], "only the last branch is followed; the gradients of all branches are added.", "只沿最后一条分支传回；各分支的梯度要相加。")
    elif consumers[0].name != graph.output:
        work.mistake("forgot_upstream", f"d{consumers[0].name}_d{node}", "the local gradient is left as it is; it is multiplied by the upstream gradient.", "只写了局部梯度；还要乘上游传来的梯度。")
