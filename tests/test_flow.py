"""Two-dimensional text and paragraphs: widths in cells, baselines, Chinese line breaking."""

from __future__ import annotations

from itertools import groupby, pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from exam_tool.expressions.printing import (
    Box,
    block,
    brackets,
    cells,
    clip,
    flow,
    fraction,
    hcat,
    matrix_box,
    pad,
    text_box,
    vcat,
    visible,
    wrap,
)
from exam_tool.expressions.printing.flow import NO_BREAK_AFTER, NO_BREAK_BEFORE

CHINESE = st.text(alphabet="计算卷积层的输出，。（）“”；：！word 12", min_size=0, max_size=120)


def test_cells() -> None:
    """Chinese takes two cells, a combining accent none."""
    assert [cells(text) for text in ("abc", "卷积", "x̃", "Â₁′", "√6·π")] == [3, 4, 1, 3, 4]
    assert pad("卷积", 6, ">") == "  卷积"
    assert clip("卷积层", 5) == "卷积…"


def test_visible() -> None:
    """Control, bidi and invisible characters are named; everything else stays."""
    assert visible("a\x1b[31m\u200b卷\u202e") == "a<U+001B>[31m<U+200B>卷<U+202E>"
    assert visible("a\nb", keep="\n") == "a\nb"


def test_boxes_share_a_baseline() -> None:
    """Side by side, boxes of different height stand on one line."""
    drawn = hcat(text_box("x = "), fraction(text_box("a + b"), text_box("2")), text_box(" + "), brackets(block(["1", "2", "3"], 1)))
    assert drawn.lines == (
        "     a + b    ⎡1⎤",
        "x = ─────── + ⎢2⎥",
        "       2      ⎣3⎦",
    )
    assert drawn.baseline == 1


def test_matrix_columns() -> None:
    """Decimals stand at their point, other entries to the left, in cells."""
    assert matrix_box([["1.5", "1/2"], ["−10", "√6"], ["0.25", "0"]]).lines == (
        "⎡   1.5   1/2 ⎤",
        "⎢ −10     √6  ⎥",
        "⎣   0.25  0   ⎦",
    )
    assert matrix_box([["1", "2"]]).lines == ("[ 1  2 ]",)
    assert matrix_box([["1"], ["2"]], ascii=True).lines == ("[ 1 ]", "[ 2 ]")


def test_flow_with_a_tall_box() -> None:
    """Words continue on the baseline of a matrix; the next line starts below it."""
    matrix = matrix_box([["0", "1"], ["1", "0"]])
    assert flow(["The matrix P = ", matrix, ", of size 2, has determinant minus one."], 34) == [
        "The matrix P = ⎡ 0  1 ⎤, of size",
        "               ⎣ 1  0 ⎦",
        "2, has determinant minus one.",
    ]


def test_chinese_is_broken_between_characters() -> None:
    """A line never starts with a closing mark nor ends with an opening one, and words are not torn."""
    lines = wrap("一个卷积层（步幅为二，填充为一）作用在 image 上，输出的高度是多少？请写出计算过程。", 20)
    assert lines == ["一个卷积层（步幅为", "二，填充为一）作用在", "image 上，输出的高度", "是多少？请写出计算过", "程。"]


@given(CHINESE, st.integers(8, 50))
def test_flow_keeps_width_and_text(text: str, width: int) -> None:
    """Nothing is lost, no line starts with a closing mark, and only an unbreakable run may be wider than asked."""
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    marks = [list(run) for glued, run in groupby(text, (NO_BREAK_BEFORE | NO_BREAK_AFTER).__contains__) if glued]
    assume(all(cells("".join(run)) + 4 <= width for run in marks))  # a longer run of marks must be broken somewhere
    for before, line in pairwise(lines):
        assert line[0] not in NO_BREAK_BEFORE or " " in text
        assert before[-1] not in NO_BREAK_AFTER or " " in text
    if not set(text) & (NO_BREAK_BEFORE | NO_BREAK_AFTER):
        assert all(cells(line) <= width for line in lines)


@given(st.lists(st.lists(st.sampled_from(["1", "−2.5", "1/√6", "卷积"]), min_size=1, max_size=4), min_size=1, max_size=4))
def test_boxes_are_rectangles(rows: list[list[str]]) -> None:
    """Every drawn matrix has lines of one width, whatever its entries."""
    width = min(map(len, rows))
    drawn = vcat(matrix_box([row[:width] for row in rows]), Box(("x",), 0, 1))
    assert {cells(line) for line in drawn.lines} == {drawn.width}
