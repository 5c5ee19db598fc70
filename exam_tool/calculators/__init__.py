"""Every textbook calculation, one module a chapter; ``work`` is the language they are written in, ``calling`` runs them on given numbers."""

from .calling import calculate
from .work import Calculator, CalculatorError, Work, calculator, find, load

__all__ = ["Calculator", "CalculatorError", "Work", "calculate", "calculator", "find", "load"]
