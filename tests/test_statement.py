"""The markup of statements: values, formulas, paragraphs, faults with their column, and every output format."""

from __future__ import annotations

from unicodedata import category
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exam_tool.documents.html import statement_html
from exam_tool.documents.latex import statement_latex
from exam_tool.documents.markdown import escape_markdown, statement_markdown
from exam_tool.expressions.evaluate import evaluate
from exam_tool.expressions.printing import cells
from exam_tool.expressions.reader import read
from exam_tool.render.terminal import sentence, statement_lines, statement_text
from exam_tool.statement import Literal, Math, StatementError, ValueOf, names_used, parse_sentence, parse_statement, symbols_used

VALUES = {"P": evaluate(read("[[0, 1], [0.5, 0.5]]")), "n": evaluate(read("3")), "g": evaluate(read("ln(2)")), "mode": "a_b<i>"}
ENGLISH = parse_statement(
    "The transition matrix is P = {P}, the\ndiscount `gamma = 0.9`. "
    "Find `V = inv(I - gamma*P) @ R`, rounded to {n} decimals.\n\nNo *tricks* & $."
)
CHINESE = parse_statement("转移矩阵为 P = {P}，折扣因子\n为 {g}，求 `V = inv(I - gamma*P) @ R`，保留 {n} 位小数。")


def test_pieces() -> None:
    """Words, values and formulas in order; line ends are spaces, or nothing between Chinese characters and after Chinese punctuation."""
    assert parse_statement("A {H} map,\n  `a = b`.\n\n \nNext ``x`` {{y}}") == (
        (Literal("A "), ValueOf("H"), Literal(" map, "), Math((read("a"), read("b"))), Literal(".")),
        (Literal("Next `x` {y}"),),
    )
    assert parse_statement("卷积\n层 a\nb") == ((Literal("卷积层 a b"),),)
    assert parse_statement("目标值\n`y`\n为 {H}，\n`z`。") == (
        (Literal("目标值 "), Math((read("y"),)), Literal(" 为 "), ValueOf("H"), Literal("，"), Math((read("z"),)), Literal("。")),
    )
    assert parse_statement("") == ()
    assert names_used(ENGLISH) == {"P", "n"}
    assert symbols_used(ENGLISH) == {"gamma", "V", "I", "P", "R"}


@pytest.mark.parametrize(
    ("text", "column", "width"),
    [
        ("a {b", 2, 1),
        ("a }", 2, 1),
        ("x\n\ny `a", 5, 1),
        ("{a b}", 0, 5),
        ("ab `1 +`", 7, 1),
        ("`a = 2 $ 3`", 7, 1),
        ("{}", 0, 2),
        ("`x = `", 5, 1),
    ],
)
def test_faults_point_at_the_character(text: str, column: int, width: int) -> None:
    """Unclosed marks, bad names and bad formulas are errors in both languages, at their place in the whole text."""
    with pytest.raises(StatementError) as caught:
        parse_statement(text)
    assert (caught.value.column, caught.value.width) == (column, width)
    assert all(caught.value.message)


def test_sentences_are_never_refused() -> None:
    """A reason tells no values: brackets are words, and what is no formula between backticks is shown as written."""
    assert parse_sentence("R_{t+1}, `a*b`, `c_{t}`") == (Literal("R_{t+1}, "), Math((read("a*b"),)), Literal(", "), Literal("c_{t}"))
    assert sentence("`dL_dw = 2*x` holds") == "∂L/∂w = 2·x holds"


def test_terminal() -> None:
    """Words flow around a matrix on its baseline; short formulas and equations are not torn apart."""
    assert statement_lines(ENGLISH, VALUES, width=44) == [
        "The transition matrix is P = ⎡ 0    1   ⎤,",
        "                             ⎣ 0.5  0.5 ⎦",
        "the discount γ = 0.9. Find",
        "V = (I − γ·P)⁻¹ R, rounded to 3 decimals.",
        "",
        "No *tricks* & $.",
    ]
    assert statement_lines(CHINESE, VALUES, width=36, language="zh") == [
        "转移矩阵为 P = ⎡ 0    1   ⎤，折扣因",
        "               ⎣ 0.5  0.5 ⎦",
        "子为 ln(2)，求 V = (I − γ·P)⁻¹ R，保",
        "留 3 位小数。",
    ]
    assert statement_lines(ENGLISH, VALUES, width=200, ascii=True)[0].isascii()


def test_documents() -> None:
    """Each format escapes what means something in it and sets formulas in its own way."""
    assert statement_text(CHINESE, VALUES, language="zh") == (
        "转移矩阵为 P = [[0, 1], [0.5, 0.5]]，折扣因子为 ln(2)，求 V = (I − γ·P)⁻¹ R，保留 3 位小数。"
    )
    assert statement_markdown(ENGLISH, VALUES) == (
        r"The transition matrix is P = $\begin{bmatrix} 0 & 1 \\ 0.5 & 0.5 \end{bmatrix}$, the discount $\gamma = 0.9$. "
        r"Find $V = \left(I - \gamma \cdot P\right)^{-1}\,R$, rounded to $3$ decimals."
        "\n\n" + r"No \*tricks\* \& \$."
    )
    assert statement_latex(ENGLISH, VALUES).endswith("\n\n" + r"No *tricks* \& \$.")
    page = ElementTree.fromstring(f"<body>{statement_html(ENGLISH, VALUES)}</body>")
    assert len(page) == 2
    assert "No *tricks* & $." in "".join(page.itertext())
    words = parse_statement("The mode is {mode}.")
    assert statement_html(words, VALUES) == "<p>The mode is a_b&lt;i&gt;.</p>"
    assert statement_markdown(words, VALUES) == r"The mode is a\_b\<i\>."
    assert statement_latex(words, VALUES) == r"The mode is a\_b\textless{}i\textgreater{}."


@pytest.mark.parametrize("start", ["- a", "+ a", "1. a", "2) a", "# a", "> a", "| a |", "===", "--- b", "* a"])
def test_markdown_never_starts_a_block(start: str) -> None:
    """A text that begins like a list, a heading or a table stays a text."""
    assert "\\" in escape_markdown(start)[: len(start.split()[0]) + 1]


@given(st.text(max_size=60))
@example("、·000\x1f\x1f𑶙")
def test_any_text_is_harmless(text: str) -> None:
    """Whatever a person types is shown as text: no control characters, well-formed HTML, lines within the width."""
    said = (parse_sentence(text),)
    lines = statement_lines(said, {}, width=30)
    for shown in (statement_markdown(said, {}), statement_latex(said, {}), *lines):
        assert all(c.isprintable() or c == "\n" or category(c) == "Zs" for c in shown)
    ElementTree.fromstring(f"<body>{statement_html(said, {})}</body>")
    assert all(cells(line) <= 30 for line in lines if not set(line) & set("，。（）“”"))
