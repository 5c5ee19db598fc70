"""Printing formulas: strict text reads back, every notation shows the brackets mathematics needs."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_tool.expressions.functions import FUNCTIONS
from exam_tool.expressions.printing import ascii_text, box, symbol, text, unicode_text
from exam_tool.expressions.printing.latex import latex
from exam_tool.expressions.printing.mathml import mathml
from exam_tool.expressions.reader import ReadError, number, read
from exam_tool.expressions.tree import Array, Binary, Call, Compare, Index, Name, Node, Unary

LITERALS = st.from_regex(r"\A(?:[0-9]{1,6}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})(?:[eE][+-]?[0-9]{1,2})?\Z")
NAMES = st.sampled_from(["x", "W_1", "e", "pi", "E", "T", "lambda", "dL_dw_2", "x2", "_", "A_hat", "e1", "or_", "mod2"])
FUNCTION_NAMES = st.sampled_from([*FUNCTIONS, "f"])


def compounds(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Unary, st.sampled_from(["-", "+", "not", "!", "%"]), inner),
        st.builds(Binary, st.sampled_from(["+", "-", "*", "/", "^", "@", "mod", "and", "or"]), inner, inner),
        st.builds(Compare, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), inner, inner),
        st.builds(Call, FUNCTION_NAMES, some),
        inner.map(lambda part: Call("transpose", (part,))),
        st.builds(Index, inner, st.lists(inner, min_size=1, max_size=2).map(tuple)),
        st.builds(Array, some),
    )


TREES = st.recursive(st.one_of(LITERALS.map(number), NAMES.map(Name)), compounds, max_leaves=14)
LEXEMES = st.sampled_from(
    [*"+-*/^@%!()[],<>", "**", "<=", "==", "!=", ".T", "mod", "and", "or", "not", "x", "W_1", "f(", "2", ".5", "1.", "1e3", " "]
)


@settings(max_examples=400)
@given(TREES)
def test_text_reads_back(tree: Node) -> None:
    """Every tree the reader can return is printed as text that reads as the same tree."""
    assert read(text(tree)) == tree


@settings(max_examples=600)
@given(st.lists(LEXEMES, min_size=1, max_size=12).map("".join))
def test_what_was_read_prints_back(source: str) -> None:
    """Whatever the reader accepts, its tree survives printing and reading."""
    try:
        tree = read(source)
    except ReadError:
        return
    assert read(text(tree)) == tree


@pytest.mark.parametrize(
    "source",
    [
        "-" * 118 + "x",
        "+".join(["-long_name_of_a_thing"] * 90),
        "(a+-" * 36 + "b" + ")" * 36,
        "^".join("a" * 110),
        "[" * 38 + "]" * 38,
        "x" * 2000,
    ],
)
def test_text_at_the_limits_of_the_reader(source: str) -> None:
    """Text for looks never outgrows the length, nesting or number of symbols that can be read."""
    tree = read(source)
    assert read(text(tree)) == tree


@settings(max_examples=200)
@given(TREES)
def test_every_notation_draws_every_tree(tree: Node) -> None:
    """MathML is well formed, LaTeX braces match, boxes are rectangles, a line is a line."""
    ElementTree.fromstring(mathml(tree))
    plain = latex(tree).replace(r"\{", "").replace(r"\}", "").replace(r"\leftarrow", "")
    assert plain.count("{") == plain.count("}")
    assert plain.count(r"\left") == plain.count(r"\right")
    assert "\n" not in unicode_text(tree)
    assert ascii_text(tree).isascii()
    for stacked in (False, True):
        drawn = box(tree, stacked=stacked)
        assert 0 <= drawn.baseline < drawn.height


FORMULAS = [
    ("floor(room_h / S) + 1", "floor(room_h/S) + 1", "⌊room_h / S⌋ + 1", r"\left\lfloor \frac{\mathrm{room}_h}{S}\right\rfloor + 1"),
    ("H+2*P-K", "H + 2*P - K", "H + 2·P − K", r"H + 2 \cdot P - K"),
    ("inv(I - gamma*P) @ R", "inv(I - gamma*P) @ R", "(I − γ·P)⁻¹ R", r"\left(I - \gamma \cdot P\right)^{-1}\,R"),
    ("softmax(Q@K.T/sqrt(d_k))", "softmax(Q @ K.T/sqrt(d_k))", "softmax(Q Kᵀ / √dₖ)",
     r"\operatorname{softmax}\left(\frac{Q\,K^{\top}}{\sqrt{d_k}}\right)"),
    ("1/(1+exp(-z))", "1/(1 + exp(-z))", "1 / (1 + e^(−z))", r"\frac{1}{1 + e^{-z}}"),
    ("(z>0)*w", "(z > 0)*w", "[z > 0]·w", r"\left[z > 0\right] \cdot w"),
    ("z>0 and w!=1", "z > 0 and w != 1", "z > 0 ∧ w ≠ 1", r"z > 0 \land w \neq 1"),
    ("a*-b", "a*(-b)", "a·(−b)", r"a \cdot \left(-b\right)"),
    ("a - -b", "a - (-b)", "a − (−b)", r"a - \left(-b\right)"),
    ("-2^2", "-2^2", "−2²", "-2^{2}"),
    ("(-2)^2", "(-2)^2", "(−2)²", r"\left(-2\right)^{2}"),
    ("2^-3", "2^-3", "2⁻³", "2^{-3}"),
    ("a-(b-c)", "a - (b - c)", "a − (b − c)", r"a - \left(b - c\right)"),
    ("1/2*x", "1/2*x", "(1/2)·x", r"\frac{1}{2} \cdot x"),
    ("a/(b*c)", "a/(b*c)", "a / (b·c)", r"\frac{a}{b \cdot c}"),
    ("x - (-1/2)", "x - (-1/2)", "x − (−1/2)", r"x - \left(-\frac{1}{2}\right)"),
    ("sqrt(6)/3", "sqrt(6)/3", "√6/3", r"\frac{\sqrt{6}}{3}"),
    ("sum(p*ln(q))", "sum(p*ln(q))", "Σ p·ln(q)", r"\sum \,p \cdot \ln\left(q\right)"),
    ("sum(p)*q", "sum(p)*q", "(Σ p)·q", r"\left(\sum \,p\right) \cdot q"),
    ("shape(32,32,16)", "shape(32, 32, 16)", "32 × 32 × 16", r"32 \times 32 \times 16"),
    ("dL_dy^2", "dL_dy^2", "(∂L/∂y)²", r"\left(\frac{\partial L}{\partial y}\right)^{2}"),
    ("w_new^2", "w_new^2", "w_new²", r"{w^{\text{new}}}^{2}"),
    ("x[3] + W_1[2,i]", "x[3] + W_1[2, i]", "x₃ + W₁[2, i]", r"x_{3} + W_1\left[2, i\right]"),
    ("norm(w,1)", "norm(w, 1)", "‖w‖₁", r"\left\Vert w\right\Vert _{1}"),
    ("1e-5*x", "1e-5*x", "1·10⁻⁵·x", r"1 \cdot 10^{-5} \cdot x"),
    ("[[1,2],[3,4]]@[x,y]", "[[1, 2], [3, 4]] @ [x, y]", "[[1, 2], [3, 4]] [x, y]",
     r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}\,\begin{bmatrix} x \\ y \end{bmatrix}"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "strict", "unicode", "tex"), FORMULAS)
def test_notations(source: str, strict: str, unicode: str, tex: str) -> None:
    """Strict text, Unicode and LaTeX of formulas of the subject."""
    tree = read(source)
    assert (text(tree), unicode_text(tree), latex(tree)) == (strict, unicode, tex)


SYMBOLS = [
    ("gamma", "γ", r"\gamma"),
    ("lam", "λ", r"\lambda"),
    ("W1", "W₁", "W_1"),
    ("W_12", "W₁₂", "W_{12}"),
    ("H_out", "H_out", r"H_{\text{out}}"),
    ("room_h", "room_h", r"\mathrm{room}_h"),
    ("A_hat", "Â", r"\hat{A}"),
    ("x_tilde", "x̃", r"\tilde{x}"),
    ("sigma_prime", "σ′", r"\sigma^{\prime}"),
    ("dL_dW_1", "∂L/∂W₁", r"\frac{\partial L}{\partial W_1}"),
    ("grad_w2", "∇w₂", r"\nabla_{w_2}"),
    ("w_2_new", "w₂,new", r"w_2^{\text{new}}"),
    ("w2_new_L2", "w₂,new", r"w_2^{\text{new}}"),
    ("w2_reg_grad", "∇w₂,reg", r"\nabla_{w_2}^{\text{reg}}"),
    ("w_total_grad", "∇w_total", r"\nabla_{w}^{\text{total}}"),
    ("per_total_grad", "per_total_grad", r"\text{per\_total\_grad}"),
    ("delta_out", "δ_out", r"\delta_{\text{out}}"),
    ("z_1_2", "z₁,₂", "z_{1,2}"),
    ("x_i_j", "xᵢ,ⱼ", "x_{i,j}"),
    ("delta_i_2", "δ_i,2", r"\delta_{i,2}"),
    ("net_i_t", "net_i,t", r"\mathrm{net}_{i,t}"),
    ("var_run_2", "var_run,2", r"\mathrm{var}_{\text{run},2}"),
    ("lambdas", "λ", r"\lambda"),
    ("D_hat_inv", "D̂⁻¹", r"\hat{D}^{-1}"),
    ("D_inv_root", "D^(−1/2)", "D^{-1/2}"),
    ("depth_dense", "depth_dense", r"\mathrm{depth}_{\text{dense}}"),
    ("y_hat_2", "ŷ₂", r"\hat{y}_2"),
    ("dL_dy_hat", "∂L/∂ŷ", r"\frac{\partial L}{\partial \hat{y}}"),
    ("_x", "_x", r"\text{\_x}"),
    ("a\x1b<", "a<U+001B><", r"\text{a\textless{}U+001B\textgreater{}\textless{}}"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "unicode", "tex"), SYMBOLS)
def test_symbol_of_a_name(name: str, unicode: str, tex: str) -> None:
    """One rule gives the printed symbol of every name, and its MathML is well formed."""
    found = symbol(name)
    assert (found.unicode, found.latex) == (unicode, tex)
    ElementTree.fromstring(f"<math>{found.mathml}</math>")


def test_matrices_are_drawn() -> None:
    """A product of matrices stands on one baseline, a vector to the right as a column."""
    drawn = box(read("[[1/2, 1/sqrt(6), 0], [1/sqrt(6), -1/3, 10], [0, 1, 1/2]].T @ [1.5, -10, 2] + b"))
    assert [line.rstrip() for line in drawn.lines] == [
        "⎡ 1/2   1/√6  0   ⎤ᵀ ⎡   1.5 ⎤",
        "⎢ 1/√6  −1/3  10  ⎥  ⎢ −10   ⎥ + b",
        "⎣ 0     1     1/2 ⎦  ⎣   2   ⎦",
    ]


def test_fractions_are_stacked_on_request() -> None:
    """Only fractions of more than plain numbers and names are stacked, in brackets as tall as they are."""
    drawn = box(read("floor((a+b)/(c+1)) + 1/2"), stacked=True)
    assert [line.rstrip() for line in drawn.lines] == ["⎢ a + b ⎥", "⎢───────⎥ + 1/2", "⎣ c + 1 ⎦"]
    assert box(read("floor((a+b)/(c+1)) + 1/2")).lines == ("⌊(a + b) / (c + 1)⌋ + 1/2",)


def test_ascii_drawing() -> None:
    """A terminal without Unicode gets the same in ASCII."""
    drawn = box(read("[[1/2, sqrt(6)], [0, 1]].T @ A_hat"), ascii=True)
    assert [line.rstrip() for line in drawn.lines] == ["[ 1/2  sqrt(6) ]T A_hat", "[ 0    1       ]"]


def test_long_formulas_are_drawn_once() -> None:
    """Time grows with the length of a formula, not with two to the power of its depth."""
    for operator in ("+", "*", "@", "/", "-", "mod"):
        tree = read(f" {operator} ".join(["-x", *["y"] * 38]))
        assert unicode_text(Binary("+", Name("a"), tree)).count("y") == 38
