"""The printed symbol of a name, by one rule for every notation. It does not know what the name stands for.

The rule: parts are separated by ``_``. The first part is the letter (or Greek letter, or word) itself, with trailing
digits as its first subscript; ``hat``, ``bar``, ``tilde`` and ``dot`` are accents, ``prime`` and ``star`` marks,
``inv`` and ``inv_root`` the powers −1 and −1/2, ``new``, ``old``, ``prev`` and ``next`` raised words, and every other
part a subscript. ``dL_dw_2`` is a partial derivative, ``grad_w2`` a gradient, ``w2_reg_grad`` the part of it that comes from
a penalty; the kind of penalty a new weight was found with, as in ``w2_new_L2``, is not shown.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import NamedTuple
from unicodedata import normalize

from .cells import visible
from .tex import GREEK, LATEX_GREEK, latex_escape


class Symbol(NamedTuple):
    """One symbol in the three notations; the last is a MathML element."""

    unicode: str
    latex: str
    mathml: str


ACCENTS = {
    "hat": ("\u0302", r"\hat", "^"), "bar": ("\u0304", r"\bar", "¯"), "tilde": ("\u0303", r"\tilde", "~"), "dot": ("\u0307", r"\dot", "˙"),
}  # fmt: skip
MARKS = {
    "prime": ("′", r"\prime", "<mo>′</mo>"), "star": ("*", "*", "<mo>*</mo>"),
    "inv": ("⁻¹", "-1", "<mo>−</mo><mn>1</mn>"), "inv_root": ("^(−1/2)", "-1/2", "<mo>−</mo><mn>1/2</mn>"),
}  # fmt: skip
LISTS = {"lambdas": "lambda"}  # a list has the letter of its entries: λ₁, λ₂
LETTERS = {*GREEK, *LISTS, "var"}  # what may have a word and a number below it
RAISED = {"new", "old", "prev", "next"}
PENALTIES = {"L1", "L2"}
SUBSCRIPTS = dict(zip("0123456789ijkmnt", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₘₙₜ", strict=True))

PARTIAL = re.compile(r"d(?P<top>[A-Za-z][A-Za-z0-9_]*?)_d(?P<bottom>[A-Za-z][A-Za-z0-9_]*)")
PART_OF_GRADIENT = re.compile(r"(?P<of>[A-Za-z][A-Za-z0-9_]*)_(?P<part>reg|total)_grad")
HEAD = re.compile(r"(?P<letters>[A-Za-z]+?)(?P<digits>[0-9]*)")


@lru_cache(maxsize=4096)
def symbol(name: str) -> Symbol:
    """The symbol of an identifier; any other text is shown as it is, made harmless in each notation."""
    partial = PARTIAL.fullmatch(name)
    if partial and _is_letter(partial["top"]) and _is_letter(partial["bottom"]):
        top, bottom = symbol(partial["top"]), symbol(partial["bottom"])
        return Symbol(
            f"∂{top.unicode}/∂{bottom.unicode}",
            rf"\frac{{\partial {top.latex}}}{{\partial {bottom.latex}}}",
            f"<mfrac><mrow><mo>∂</mo>{top.mathml}</mrow><mrow><mo>∂</mo>{bottom.mathml}</mrow></mfrac>",
        )
    if name.startswith("grad_") and len(name) > 5:
        of = symbol(name[5:])
        return Symbol(f"∇{of.unicode}", rf"\nabla_{{{of.latex}}}", f"<msub><mo>∇</mo>{of.mathml}</msub>")
    gradient = PART_OF_GRADIENT.fullmatch(name)
    if gradient and _is_letter(gradient["of"]):
        of, part = symbol(gradient["of"]), gradient["part"]
        return Symbol(
            f"∇{of.unicode}{'_' if is_bare(gradient['of']) else ','}{part}",
            rf"\nabla_{{{of.latex}}}^{{\text{{{part}}}}}",
            f"<msubsup><mo>∇</mo>{of.mathml}<mtext>{part}</mtext></msubsup>",
        )
    parts = _parts(name)
    head = HEAD.fullmatch(parts[0])
    if head is None or not all(parts) or not name.isascii():
        return _verbatim(name)
    return _assemble(head["letters"], [head["digits"]] * bool(head["digits"]) + parts[1:])


def _parts(name: str) -> list[str]:
    """The name at its underscores; ``inv_root`` is one part."""
    parts = name.split("_")
    both = next((i for i in range(1, len(parts) - 1) if parts[i : i + 2] == ["inv", "root"]), None)
    return parts if both is None else [*parts[:both], "inv_root", *parts[both + 2 :]]


def is_tall(name: str) -> bool:
    """Whether the symbol is a fraction or a power, which needs brackets as the base of a power."""
    return not {"/", "⁻"}.isdisjoint(symbol(name).unicode)


@lru_cache(maxsize=4096)
def is_bare(name: str) -> bool:
    """Whether the symbol has no index or mark of its own, so that an index can be hung on it."""
    return not any(mark in symbol(name).latex for mark in ("_", "^", r"\frac"))


def _is_letter(name: str) -> bool:
    """Whether a name starts with a single letter or a Greek one: ``depth_dense`` is no derivative."""
    head = HEAD.fullmatch(name.split("_")[0])
    return head is not None and (len(head["letters"]) == 1 or head["letters"] in GREEK)


def _assemble(head: str, parts: list[str]) -> Symbol:
    base = _letter(head)
    for part in parts:
        if part in ACCENTS:
            base = _accented(base, part)
    marks = [part for part in parts if part in MARKS]
    raised = [part for part in parts if part in RAISED]
    below = [part for part in parts if part not in ACCENTS and part not in MARKS and part not in RAISED]
    if raised:
        below = [part for part in below if part not in PENALTIES]
    subscripts = [_subscript(part) for part in below]
    shown = "".join(MARKS[mark][0] for mark in marks)
    latex_above = [MARKS[mark][1] for mark in marks] + [rf"\text{{{word}}}" for word in raised]
    mathml_above = [MARKS[mark][2] for mark in marks] + [f"<mtext>{word}</mtext>" for word in raised]
    long = len(head) > 1 and head not in LETTERS and len(below) > 1
    if long and any(map(_is_word, below)):
        return _words([head, *below], raised, shown)
    set_below = _plain if long and not _are_small(below, digits=True) else _below
    return Symbol(
        base.unicode + set_below(below) + shown + _tail(raised, bool(below)),
        base.latex + _scripts("_", ",".join(part.latex for part in subscripts)) + _scripts("^", " ".join(latex_above)),
        _mathml_scripts(base.mathml, "<mo>,</mo>".join(part.mathml for part in subscripts), "".join(mathml_above)),
    )


def _words(words: list[str], raised: list[str], marks: str) -> Symbol:
    """A name of several words, such as ``weights_per_filter``: upright and as it is typed."""
    plain = "_".join([*words, *raised]) + marks
    return Symbol(plain, rf"\text{{{latex_escape(plain)}}}", f"<mtext>{plain}</mtext>")


def _letter(head: str) -> Symbol:
    head = LISTS.get(head, head)
    if head in GREEK:
        return Symbol(GREEK[head], LATEX_GREEK.get(head, "\\" + head), f"<mi>{GREEK[head]}</mi>")
    return Symbol(head, head if len(head) == 1 else rf"\mathrm{{{head}}}", f"<mi>{head}</mi>")


def _subscript(part: str) -> Symbol:
    if part.isdecimal():
        return Symbol(part, part, f"<mn>{part}</mn>")
    if part in GREEK or len(part) == 1:
        return _letter(part)
    return Symbol(part, rf"\text{{{part}}}", f"<mtext>{part}</mtext>")


def _accented(base: Symbol, accent: str) -> Symbol:
    combining, command, over = ACCENTS[accent]
    return Symbol(
        normalize("NFC", base.unicode[0] + combining) + base.unicode[1:],
        f"{command}{{{base.latex}}}",
        f'<mover accent="true">{base.mathml}<mo>{over}</mo></mover>',
    )


def _below(parts: list[str]) -> str:
    """Small digits and letters where Unicode has readable ones for all of it, else an underscore and the plain parts."""
    if _are_small(parts):
        return ",".join("".join(SUBSCRIPTS[c] for c in part) for part in parts)
    if _are_small(parts[:1]) and (parts[0].isdecimal() or not any(part.isdecimal() for part in parts)):
        return _below(parts[:1]) + "," + ",".join(GREEK.get(part, part) for part in parts[1:])
    return _plain(parts)


def _plain(parts: list[str]) -> str:
    return "_" + ",".join(GREEK.get(part, part) for part in parts)


def _are_small(parts: list[str], *, digits: bool = False) -> bool:
    """Numbers alone, or letters alone: beside ``δ_f,2`` stands ``δ_i,2``, as not every letter has a small form."""
    return all(part.isdecimal() for part in parts) or (not digits and all(part in SUBSCRIPTS and not part.isdecimal() for part in parts))


def _is_word(part: str) -> bool:
    return len(part) > 1 and not part.isdecimal() and part not in GREEK


def _tail(raised: list[str], after_subscript: bool) -> str:
    return ("," if after_subscript else "_") + ",".join(raised) if raised else ""


def _scripts(mark: str, inner: str) -> str:
    if not inner:
        return ""
    return f"{mark}{inner}" if len(inner) == 1 else f"{mark}{{{inner}}}"


def _mathml_scripts(base: str, below: str, above: str) -> str:
    below, above = (f"<mrow>{part}</mrow>" if part else "" for part in (below, above))
    if below and above:
        return f"<msubsup>{base}{below}{above}</msubsup>"
    if below:
        return f"<msub>{base}{below}</msub>"
    return f"<msup>{base}{above}</msup>" if above else base


def _verbatim(name: str) -> Symbol:
    shown = visible(name)
    return Symbol(shown, rf"\text{{{latex_escape(shown)}}}", f"<mtext>{escape(shown)}</mtext>")
