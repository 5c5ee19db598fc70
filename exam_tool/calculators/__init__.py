"""Every textbook calculation, one module a chapter; ``work`` is the language they are written in."""

from .work import Calculator, CalculatorError, Work, calculate, calculator, find, load

__all__ = ["Calculator", "CalculatorError", "Work", "calculate", "calculator", "find", "load"]
