"""Formulas as people read them: strict text, Unicode and ASCII lines, two-dimensional text; LaTeX and MathML in modules of their own.

No values are computed.
"""

from .boxes import Box, block, brackets, fraction, hcat, matrix_box, text_box, vcat
from .cells import cells, clip, pad, visible
from .flow import flow, wrap
from .layout import box, fitting_box
from .lines import ascii_text, unicode_text
from .strict import text
from .symbols import Symbol, symbol

__all__ = [
    "Box", "Symbol", "ascii_text", "block", "box", "brackets", "cells", "clip", "fitting_box", "flow", "fraction", "hcat", "matrix_box",
    "pad", "symbol", "text", "text_box", "unicode_text", "vcat", "visible", "wrap",
]  # fmt: skip
