"""Formulas as people read them: strict text, Unicode and ASCII lines, LaTeX, MathML, two-dimensional text. No values are computed."""

from .boxes import Box, block, brackets, fraction, hcat, matrix_box, text_box, vcat
from .cells import cells, clip, pad, visible
from .flow import flow, wrap
from .latex import latex
from .layout import box, fitting_box
from .lines import ascii_text, unicode_text
from .mathml import math_element, mathml
from .strict import text
from .symbols import Symbol, symbol
from .tex import latex_escape

__all__ = [
    "Box", "Symbol", "ascii_text", "block", "box", "brackets", "cells", "clip", "fitting_box", "flow", "fraction", "hcat", "latex",
    "latex_escape", "math_element", "mathml", "matrix_box", "pad", "symbol", "text", "text_box", "unicode_text", "vcat", "visible", "wrap",
]  # fmt: skip
