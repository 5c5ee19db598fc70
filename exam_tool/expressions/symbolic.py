"""Turns a tree into a sympy expression, node by node. sympy is imported by calling this, never by importing the module.

Text never reaches sympy: its own parser evaluates code and reads E, S, N, Q, beta, gamma and lambda as something else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exam_tool.language import ExamToolError, Text

from .tree import Array, Binary, Call, Compare, Name, Node, Number, Unary


class NoSympyForm(ExamToolError):
    """A part of a formula that has no counterpart in sympy, such as an index."""


def to_sympy(node: Node, *, real: bool = True) -> Any:
    """The same formula in sympy; its names become real symbols (complex ones with ``real=False``), but for ``pi`` and ``e``."""
    import sympy

    return _Converter(sympy, real).of(node)


class _Converter:
    def __init__(self, sympy: Any, real: bool) -> None:
        self.sympy = sympy
        self.real = real
        self.functions = _functions(sympy)

    def of(self, node: Node) -> Any:
        sympy = self.sympy
        match node:
            case Number(value):
                return sympy.Rational(int(value.p), int(value.q))
            case Name("pi"):
                return sympy.pi
            case Name("e"):
                return sympy.E
            case Name(name):
                return sympy.Symbol(name, real=True) if self.real else sympy.Symbol(name)
            case Unary("-", argument):
                return -self.of(argument)
            case Unary("+", argument):
                return self.of(argument)
            case Unary("!", argument):
                return sympy.factorial(self.of(argument))
            case Unary("%", argument):
                return self.of(argument) / 100
            case Binary(operator, left, right):
                return self.binary(operator, self.of(left), self.of(right))
            case Compare(operator, left, right):
                holds = {"==": sympy.Eq, "!=": sympy.Ne, "<": sympy.Lt, "<=": sympy.Le, ">": sympy.Gt, ">=": sympy.Ge}[operator]
                return sympy.Piecewise((1, holds(self.of(left), self.of(right))), (0, True))
            case Call(name, arguments) if name in self.functions:
                return self.functions[name](*map(self.of, arguments))
            case Array(items):
                return sympy.Matrix([[self.of(x) for x in item.items] if isinstance(item, Array) else [self.of(item)] for item in items])
        raise NoSympyForm(Text("This formula has no symbolic form.", "这个式子没有符号形式。"))

    def binary(self, operator: str, a: Any, b: Any) -> Any:
        match operator:
            case "+":
                return a + b
            case "-":
                return a - b
            case "*" | "@":
                return a * b
            case "/":
                return a / b
            case "^":
                return a**b
            case "mod":
                return self.sympy.Mod(a, b)
        raise NoSympyForm(Text(f'"{operator}" has no symbolic form.', f"“{operator}”没有符号形式。"))


def _functions(sympy: Any) -> dict[str, Callable[..., Any]]:
    same = (
        "sqrt",
        "exp",
        "ln",
        "log",
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "tanh",
        "floor",
        "sign",
        "factorial",
        "erf",
    )
    return {
        **{name: getattr(sympy, name) for name in same},
        "abs": sympy.Abs,
        "ceil": sympy.ceiling,
        "max": sympy.Max,
        "min": sympy.Min,
        "relu": lambda a: sympy.Max(a, 0),
        "sigmoid": lambda a: 1 / (1 + sympy.exp(-a)),
        "log2": lambda a: sympy.log(a) / sympy.log(2),
        "log10": lambda a: sympy.log(a) / sympy.log(10),
        "transpose": lambda a: a.T,
        "inv": lambda a: a.inv(),
        "det": lambda a: a.det(),
    }
