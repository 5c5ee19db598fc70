"""Statements and worked solutions as lines of a terminal: one door to both."""

from .terminal_solution import solution_lines
from .terminal_statement import sentence, sentence_pieces, statement_lines, statement_text

__all__ = ["sentence", "sentence_pieces", "solution_lines", "statement_lines", "statement_text"]
