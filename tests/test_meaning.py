"""Functions of calculators as a lecture writes them: sums over an axis, cases, sets, replaced entries; and with numbers put in."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

import exam_tool.calculators  # noqa: F401  # calculators bring functions of their own
from exam_tool.bank import load_bank
from exam_tool.calculators.work import load
from exam_tool.expressions.evaluate import evaluate
from exam_tool.expressions.filling import as_numbers, put_in
from exam_tool.expressions.functions import FUNCTIONS
from exam_tool.expressions.printing import ascii_text, box, unicode_text
from exam_tool.expressions.printing.latex import latex
from exam_tool.expressions.printing.mathml import mathml
from exam_tool.expressions.printing.meaning import ANY_NUMBER, FORMULAS, RULES, written
from exam_tool.expressions.reader import read
from exam_tool.expressions.tree import Call, walk
from exam_tool.variant import draw, mistakes_of

WRITTEN = [
    ("sum(A, 2)", "Σⱼ Aᵢⱼ", r"\sum_{j}\,A_{ij}"),
    ("mean(X_1, 1)", "meanᵢ X₁[i, j]", r"\operatorname{mean}_{i}\,X_1\left[i, j\right]"),
    ("sum(A_hat^2, 1)", "Σᵢ Âᵢⱼ²", r"\sum_{i}\,\hat{A}_{ij}^{2}"),
    ("sum(A, k)", "sum(A, k)", r"\operatorname{sum}\left(A, k\right)"),
    ("rowmax(H.T)", "maxⱼ Hⱼᵢ", r"\max_{j}\,H_{ji}"),
    ("(sum(A, 2) + 1)*b", "(Σⱼ Aᵢⱼ + 1)·b", r"\left(\sum_{j}\,A_{ij} + 1\right) \cdot b"),
    ("sum(A, 2)*b", "(Σⱼ Aᵢⱼ)·b", r"\left(\sum_{j}\,A_{ij}\right) \cdot b"),
    ("Z - outer(ones(3), mu)", "Z − μ", r"Z - \mu"),
    ("outer(ones(3), mu)", "𝟙 μᵀ", r"\mathbf{1}\,\mu^{\top}"),
    ("where(x > 0, 1, where(y > 0, 2, 3))", "{1 if x > 0; 2 if y > 0; 3 otherwise}",
     r"\begin{cases} 1 & \text{if }x > 0 \\ 2 & \text{if }y > 0 \\ 3 & \text{otherwise} \end{cases}"),
    ("masked_softmax(S, M)", "softmax(mask(S, M))", r"\operatorname{softmax}\left(\operatorname{mask}\left(S, M\right)\right)"),
    ("column(R, 1)", "R[:, 1]", "R_{:,1}"),
    ("put(Q, 2, 1, Q[2, 1] + d)", "Q[2, 1 ← Q₂,₁ + d]", r"Q\left[2, 1 \leftarrow Q_{2,1} + d\right]"),
    ("zeroat(V, s)", "V[s ← 0]", r"V\left[s \leftarrow 0\right]"),
    ("causal(len(S)) + 1", "[j ≤ i] + 1", r"\left[j \le i\right] + 1"),
    ("spread(V, S, 3)", "{V if i ∈ S; 0 otherwise}", r"\begin{cases} V & \text{if }i \in S \\ 0 & \text{otherwise} \end{cases}"),
    ("conv2d(X, K, 2)", "X ∗₂ K", r"X\,\ast _{2}\,K"),
    ("winner(X, 1, 3, k)", "argmax(X[1:k, 3:k + 2])", r"\operatorname{argmax}\left(X_{1:k,3:k + 2}\right)"),
    ("identity(len(A)) + A", "I + A", "I + A"),
    ("reverse(powers(beta, 3))", "[β², β, 1]", r"\left[\beta^{2}, \beta, 1\right]"),
    ("shape(2*F)", "2·F", r"2 \cdot F"),
    ("bestepoch(E, T)", "argmin_(t ≤ T) Eₜ", r"\operatorname{argmin}_{t \le T}\,E_{t}"),
    ("arcs(n, E + 1) + A", "[(i, j) ∈ E] + A", r"\left[\left(i, j\right) \in E\right] + A"),
    ("positions(p > 0)", "{i : pᵢ > 0}", r"\left\{i : p_{i} > 0\right\}"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "unicode", "tex"), WRITTEN)
def test_functions_are_written_as_mathematics(source: str, unicode: str, tex: str) -> None:
    """One table serves every notation; MathML stays well formed, ASCII stays ASCII."""
    node = read(source)
    assert (unicode_text(node), latex(node)) == (unicode, tex)
    ElementTree.fromstring(mathml(node))
    assert ascii_text(node).isascii()


def test_words_are_in_the_language_of_the_reader() -> None:
    """The few words within a formula are said in Chinese to a Chinese reader, as text and not as mathematics."""
    node = read("where(x > 0, upper(A), 0)")
    assert unicode_text(node, language="zh") == "{上三角(A) 若 x > 0; 0 否则}"
    assert r"\text{上三角}" in latex(node, language="zh")


def test_cases_are_drawn_behind_one_brace() -> None:
    """In a terminal each case has a line of its own."""
    assert [line.rstrip() for line in box(read("where(x > 0, x, a*x)")).lines] == ["⎧ x    if x > 0", "⎩ a·x  otherwise"]


def values(**given: str) -> dict[str, Any]:
    return {name: evaluate(read(text)) for name, text in given.items()}


FILLED = [
    ("column(A, 2)", "[2, 4]"),
    ("A - outer(ones(2), v)", "[[1, 2], [3, 4]] − [[5, 6], [5, 6]]"),
    ("A/outer(ones(2), sqrt(v + 1))", "[[1, 2], [3, 4]] / √([[5, 6], [5, 6]] + 1)"),
    ("put(v, 2, v[2] + 1)", "[5, 6 + 1]"),
    ("put(A, 2, 1, 7*k)", "[[1, 2], [7·2, 4]]"),
    ("masked_softmax(A, M)", "softmax([[1, −∞], [3, 4]])"),
    ("onehot(k, 3) - p", "[0, 1, 0] − p"),
    ("where(v > 5, v^2, 0*v)", "[0·5, 6²]"),
    ("where(k > 1, v, -v)", "{[5, 6] if 2 > 1; −[5, 6] otherwise}"),
    ("at(2*v, [2, 1])", "(2·[5, 6])[[2, 1]]"),
]


@pytest.mark.parametrize(("source", "shown"), FILLED)
def test_what_only_moves_numbers_is_shown_done(source: str, shown: str) -> None:
    """Columns, masks and repeated rows are written out; what has to be calculated stays to be calculated."""
    load()
    known = values(A="[[1, 2], [3, 4]]", M="[[1, 0], [1, 1]]", v="[5, 6]", k="2")
    assert unicode_text(put_in(read(source), known)) == shown


def test_one_unit_is_calculated_in_numbers() -> None:
    """A layer with one unit needs no brackets around its numbers; one with several keeps them."""
    single = as_numbers(read("[[2]] @ [3] + [1]"))
    assert single is not None
    assert unicode_text(single) == "2·3 + 1"
    assert as_numbers(read("[[2, 1]] @ [3, 4]")) is None


def test_no_formula_of_the_bank_prints_a_call_of_the_program() -> None:
    """Names that only programs use, such as ``zeroat`` or ``masked_softmax``, never reach a student."""
    program = {name for name, _ in [*FORMULAS, *RULES]} | set(ANY_NUMBER)
    told = {"sum", "mean", "variance", "shape", "outer", "identity", "adjacency", "arcs", "reverse", "onehot", "hadamard", "powers"}
    shown = re.compile(rf"\b(?:{'|'.join(sorted(program - told))})\(")
    for problem in load_bank():
        if problem.fact is not None:
            continue
        variant = draw(problem, 2)
        formulas = [step.formula for step in variant.trace.plan.steps] + [mistake.formula for _, mistake in mistakes_of(variant)]
        for formula in formulas:
            assert not shown.search(unicode_text(formula)), (problem.id, unicode_text(formula))


def test_every_rule_belongs_to_a_function() -> None:
    """The table names functions that exist, and none of its results is looked up for ever."""
    load()
    inner = {"rank", "mask", "RoPE", "LayerNorm", "upsample", "dilate", "neighbours"}
    for name, arity in FORMULAS:
        assert name in FUNCTIONS
        for part in walk(written(Call(name, (read("x"),) * arity))):
            assert not isinstance(part, Call) or part.function in {*FUNCTIONS, *inner}
