"""Worked solutions: what they say, and golden pages of them in both languages and every format.

To write the golden files anew after a wanted change: UPDATE_GOLDEN=1 python -m pytest tests/test_explain.py
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from exam_tool.calculators.calling import exact_value
from exam_tool.calculators.work import Work
from exam_tool.documents.html import html_page, solution_html
from exam_tool.documents.latex import latex_document, solution_latex
from exam_tool.documents.markdown import solution_markdown
from exam_tool.explain import SOLUTION_STYLE, Digits, Solution, explain, said
from exam_tool.expressions.printing import cells, unicode_text
from exam_tool.language import Text
from exam_tool.render.terminal import solution_lines
from exam_tool.statement import letter
from exam_tool.trace import Trace, run_plan

from .goldens import golden

GOLDEN = Path(__file__).parent / "golden"


def convolution(work: Work) -> None:
    for name, label in {
        "H": ("height", "高度"),
        "K": ("kernel size", "卷积核边长"),
        "P": ("padding", "填充"),
        "S": ("stride", "步幅"),
    }.items():
        work.given(name, label)
    work.option("rounding", ("rounding", "取整"), {"floor": ("Sizes are rounded down.", "尺寸向下取整。")}, default="floor")
    work.step("room_h", "H + 2*P - K", ("room to move", "可移动的距离"), ("padding is added on both sides", "填充加在两侧"))
    work.step("H_out", "floor(room_h / S) + 1", ("output height", "输出高度"), ("positions = moves + 1", "位置数 = 移动次数 + 1"))
    work.step("even", "room_h mod S == 0", ("1 if it comes out even", "除尽为 1"))
    work.step("area", "H_out^2", ("output values", "输出值的个数"))


def neuron(work: Work) -> None:
    for name in ("x", "w_1", "w_2", "y", "eta"):
        work.given(name, (f"the number `{name}`", f"数 `{name}`"))
    work.step("z_1", "w_1*x", ("weighted input", "加权输入"))
    work.step("a_1", "sigmoid(z_1)", ("activation", "激活值"))
    work.step("y_hat", "w_2*a_1", ("output", "输出"))
    rule = "`dL_dw_2 = dL_dy_hat*a_1`"
    work.step("dL_dw_2", "(y_hat - y)*a_1", ("gradient of `w_2`", "`w_2` 的梯度"), (rule, rule))
    work.step("w_2_new", "w_2 - eta*dL_dw_2", ("new weight", "新的权重"))


def graph(work: Work) -> None:
    for name, en, zh in (("A", "adjacency", "邻接矩阵"), ("X", "features", "特征"), ("W", "weights", "权重")):
        work.given(name, (en, zh), shape=None)
    work.step("A_tilde", "A + identity(len(A))", ("with self-loops", "加自环"), ("a node also hears itself", "节点也接收自身的信息"))
    work.step("d", "sum(A_tilde, 2)", ("degrees", "度"))
    work.step("A_hat", "diag(1/sqrt(d)) @ A_tilde @ diag(1/sqrt(d))", ("normalised adjacency", "归一化邻接矩阵"))
    work.step(
        "H", "relu(A_hat @ X @ W)", ("layer output", "层的输出"), ("neighbours averaged, then mixed by W", "先对邻居取平均，再用 W 混合")
    )


def traced(write: Callable[[Work], None], **values: Any) -> Trace:
    work = Work(write.__name__, {name: exact_value(value) for name, value in values.items()}, {})
    write(work)
    return run_plan(work.plan(), work.values)


CONVOLUTION = traced(convolution, H=34, K=5, P=1, S=2)
NEURON = traced(neuron, x="0.5", w_1="0.6", w_2="-0.4", y=1, eta="0.1")
GRAPH = traced(graph, A=[[0, 1, 0], [1, 0, 1], [0, 1, 0]], X=[[1, 0], [0, 1], [1, 1]], W=[[1, "-0.5"], [2, 1]])
SOLUTIONS = {
    "convolution": explain(CONVOLUTION, ["H_out", "even"]),
    "neuron": explain(NEURON, ["y_hat", "w_2_new"], notes={"y_hat": Text("you wrote −0.23 ✓", "你写的是 −0.23 ✓")}),
    "graph": explain(GRAPH, ["A_hat", "H"]),
}


@pytest.mark.parametrize("name", SOLUTIONS)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [80, 40])
def test_terminal_pages(name: str, language: Any, width: int) -> None:
    """Label, formula, numbers, value and reason, aligned in cells, within the width."""
    lines = solution_lines(SOLUTIONS[name], width=width, language=language, with_givens=True)
    assert max(map(cells, lines)) <= width
    golden(GOLDEN / f"solution-{name}-{width}.{language}.txt", "\n".join(lines) + "\n")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_documents(language: Any) -> None:
    """The same solutions in Markdown, HTML and LaTeX; the page loads nothing and runs nothing."""
    parts = list(SOLUTIONS.values())
    title = {"en": "Worked solution <1>", "zh": "解答 <1>"}[language]
    golden(GOLDEN / f"solution.{language}.md", "\n".join(solution_markdown(part, language=language, with_givens=True) for part in parts))
    body = "\n".join(solution_latex(part, language=language, with_givens=True) for part in parts)
    golden(GOLDEN / f"solution.{language}.tex", latex_document(body, title, language))
    page = html_page("\n".join(solution_html(part, language=language, with_givens=True) for part in parts), title, language)
    golden(GOLDEN / f"solution.{language}.html", page)
    assert "<script" not in page
    assert "default-src 'none'" in page
    ElementTree.fromstring(page.split("<body>")[1].join(["<body>", ""]).replace("</html>\n", ""))


def test_ascii_page() -> None:
    """A terminal without Unicode is served in ASCII."""
    lines = solution_lines(SOLUTIONS["graph"], width=80, ascii=True, with_givens=True)
    assert "\n".join(lines).isascii()
    golden(GOLDEN / "solution-graph-ascii.en.txt", "\n".join(lines) + "\n")


def test_only_what_is_asked_is_explained() -> None:
    """Steps and givens that do not lead to an asked step are left out; asked steps carry the letters of the question."""
    found = SOLUTIONS["convolution"]
    assert [(line.letter, line.name) for line in found.lines] == [("", "room_h"), ("a", "H_out"), ("b", "even")]
    assert [given.name for given in found.givens] == ["H", "K", "P", "S"]
    assert [line.name for line in explain(NEURON, ["z_1"]).lines] == ["z_1"]
    assert [given.name for given in explain(NEURON, ["z_1"]).givens] == ["x", "w_1"]
    assert [line.name for line in explain(CONVOLUTION).lines] == ["room_h", "H_out", "even", "area"]


def chain(solution: Solution, name: str) -> str:
    line = next(line for line in solution.lines if line.name == name)
    return " ".join(f"{side.relation} {unicode_text(side.node, as_value=True)}" for side in line.sides)


def test_chains_say_where_rounding_begins() -> None:
    """An equals sign stands only between equal things; irrational values show their exact form, then decimals."""
    found = SOLUTIONS["neuron"]
    assert chain(found, "z_1") == "= w₁·x = 0.6·0.5 = 0.3"
    assert chain(found, "a_1") == "= σ(z₁) = σ(0.3) = 1 / (1 + e^(−0.3)) ≈ 0.574443"
    assert chain(found, "y_hat") == "= w₂·a₁ ≈ −0.4·0.574443 ≈ −0.229777"
    assert chain(SOLUTIONS["convolution"], "even") == "= [room_h mod S = 0] = [31 mod 2 = 0] = 0"


def test_a_pick_is_exact_after_rounded_numbers() -> None:
    """A whole number found from rounded ones is not itself called rounded."""
    work = Work("pick", {"z": exact_value([1, 2])}, {})
    work.given("z", ("z", "z"), shape=None)
    work.step("p", "softmax(z)", ("p", "p"))
    work.step("k", "argmax(p)", ("k", "k"))
    assert chain(explain(run_plan(work.plan(), work.values)), "k") == "= argmax(p) ≈ argmax([0.268941, 0.731059]) = 2"


def test_a_whole_number_out_of_a_power_is_exact() -> None:
    """Where powers of e undo logarithms, these are put in as such: their decimals would not give this number."""
    work = Work("power", {"z": exact_value("ln(9)"), "T": exact_value(2)}, {})
    for name in ("z", "T"):
        work.given(name, (name, name))
    work.step("s", "z / T", ("s", "s"))
    work.step("E", "exp(s)", ("E", "E"))
    found = explain(run_plan(work.plan(), work.values))
    assert [chain(found, name) for name in ("s", "E")] == ["= z / T = ln(9) / 2 ≈ 1.09861", "= e^s = e^(ln(9) / 2) = 3"]


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        (None, ["=  q", "=  104/19"]),
        (Digits(4, None), ["=  q", "=  104/19", "≈  5.4737"]),
        (Digits(None, 3), ["=  q", "=  104/19", "≈  5.47"]),
    ],
)
def test_a_value_ends_in_the_decimals_asked(digits: Digits | None, shown: list[str]) -> None:
    """A fraction is followed by the number that is to be written; one that ends before is not."""

    def copy(work: Work) -> None:
        for name in ("q", "r"):
            work.given(name, ("number", "数"))
            work.step(f"same_{name}", name, ("the same", "同一个数"))

    work = Work("copy", {"q": exact_value("104/19"), "r": exact_value("0.25")}, {})
    copy(work)
    trace = run_plan(work.plan(), work.values)
    told = explain(trace, ["same_q", "same_r"], digits={"same_q": digits, "same_r": Digits(4, None)} if digits else None)
    assert [f"{side.relation}  {unicode_text(side.node)}" for side in told.lines[0].sides] == shown
    assert [side.relation for side in told.lines[1].sides] == ["=", "="]


def test_notes_stand_under_their_step() -> None:
    """A note on a step is printed under it, in the reader's language."""
    lines = solution_lines(SOLUTIONS["neuron"], language="zh")
    assert "     你写的是 −0.23 ✓" in lines


def test_no_step_repeats_itself() -> None:
    """A side equal to the one before is not printed twice."""
    work = Work("copy", {"x": exact_value(3)}, {})
    work.given("x", ("x", "x"))
    work.step("y", "x", ("y", "y"))
    work.step("k", "5", ("k", "k"))
    found = explain(run_plan(work.plan(), work.values))
    assert [chain(found, name) for name in ("y", "k")] == ["= x = 3", "= 5"]
    assert found.style.figures == SOLUTION_STYLE.figures


def test_a_vector_is_not_torn_where_a_line_ends() -> None:
    """A formula too long for a line ends it before a vector that has room on the next one."""
    work = Work("rows", {"A": exact_value([["1/2", "1/3", 5], ["1/2", 2, "1/7"]]), "v": exact_value([3, "1/2", 1])}, {})
    work.given("A", ("A", "A"), shape=None)
    work.given("v", ("v", "v"), shape=None)
    work.step("Y", "[v*A[1] + v, v*A[2] + v]", ("Y", "Y"))
    lines = solution_lines(explain(run_plan(work.plan(), work.values)), width=60)
    assert lines[2:4] == ["       = [[3, 0.5, 1] ⊙ [1/2, 1/3, 5] + [3, 0.5, 1],", "         [3, 0.5, 1] ⊙ [1/2, 2, 1/7] + [3, 0.5, 1]]"]


def test_letters() -> None:
    """Parts are lettered beyond z."""
    assert [letter(i) for i in (0, 25, 26, 51, 52, 701, 702)] == ["a", "z", "aa", "az", "ba", "zz", "aaa"]


def test_words_in_each_language() -> None:
    """Of several accepted names each language shows its own first one; figures stay figures, and a name without Chinese stays as it is."""
    assert said("vocabulary|vocab|词表|词典") == Text("vocabulary", "词表")
    assert said("9|nine|九|9 个") == Text("9", "9")
    assert said("step by step|step-by-step") == Text("step by step", "step by step")
    assert said("false") == Text("false", "错")
    assert said("MSE|均方误差", Text("the loss abbreviated MSE", "英文缩写是 MSE")) == Text("MSE", "MSE")
    assert said("bias|偏置", Text("its bias", "称为偏置")) == Text("bias", "偏置")
