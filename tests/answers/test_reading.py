"""How answers are read: columns of what was typed, echoes, labels, working; and that the fast paths read what the grammar reads."""

import pytest
from flint import fmpq

from exam_tool.answers import Reading, Unreadable, Working, judge, pointer, read_answer, read_back, read_working
from exam_tool.answers.reading import asked_for, plain_list, plain_number, read_fully


@pytest.mark.parametrize(
    ("typed", "kind", "column", "code"),
    [
        ("0.2\u202e7", "decimal", 3, "invisible"),
        ("  1/2pi", "exact", 2, "ambiguous"),
        ("答案：softmx(1)", "exact", 3, "unknown-name"),
        ("２－－－３", "integer", 2, "ambiguous"),
        ("1+(2*3", "integer", 6, "syntax"),
        ("x = 3 + abd", "integer", 8, "unknown-name"),
        ("$2+@$", "integer", 3, "syntax"),
        ("3 MB", "integer", 2, "unit"),
        ("0,27", "decimal", 1, "decimal-comma"),
        ("10⁻³ + 三", "rational", 7, "character"),
        ("[1, 2, -]", "vector", 8, "incomplete"),
        ("[1 - 2]", "vector", 3, "sign-alone"),
        ("ｘ＝2 3", "integer", 2, "ambiguous"),
        ("1)", "integer", 1, "brackets"),
    ],
)
def test_an_error_points_at_the_character_that_was_typed(typed, kind, column, code):
    """The column counts characters of the original text, whatever was taken off or replaced on the way."""
    found = read_answer(typed, kind)
    assert isinstance(found, Unreadable)
    assert (found.column, found.code) == (column, code)


@pytest.mark.parametrize(
    ("typed", "column", "width", "line", "carets"),
    [
        ("1/2pi", 0, 3, "1/2pi", "^^^"),
        ("答案：softmx", 3, 6, "答案：softmx", "      ^^^^^^"),
        ("０．２＋三", 4, 1, "０．２＋三", "        ^^"),
        ("0.2\u202e7", 3, 1, "0.2<U+202E>7", "   ^^^^^^^^"),
        ("1+", 2, 1, "1+", "  ^"),
        ("\x1b[31m", 0, 1, "<U+001B>[31m", "^^^^^^^^"),
    ],
)
def test_the_caret_stands_under_the_character_in_terminal_cells(typed, column, width, line, carets):
    """Wide characters take two cells, and a hidden one as many as its name."""
    assert pointer(typed, column, width) == (line, carets)


def test_a_long_answer_is_cut_around_the_place():
    """At most 80 characters are shown, with the place among them."""
    line, carets = pointer("1+" * 400 + "三", 800)
    assert len(line) <= 80
    assert line[len(carets) - 2 :].startswith("三")


@pytest.mark.parametrize(
    ("typed", "kind", "echo"),
    [
        ("2e^2", "exact", "Read as: 2*e^2 = 14.778..."),
        ("2e2", "integer", "Read as: 2e2 = 200"),
        ("1,234,567", "integer", "Read as: 1234567"),
        ("1.2万", "integer", "Read as: 1.2e4 = 12000"),
        ("1 1/2", "rational", "Read as: 1 + 1/2 = 1.5"),
        ("10⁻³", "rational", "Read as: 10^-3 = 0.001"),
        ("[1 2; 3 4]", "matrix", "Read as: [[1, 2], [3, 4]]"),
        ("32*32*16", "shape", "Read as: 32x32x16"),
        ("1±√2", "set", "Read as: {1 + sqrt(2), 1 - sqrt(2)}"),
        ("0≤x<1", "interval", "Read as: [0, 1)"),
        ("√6/6", "exact", "Read as: sqrt(6)/6 = 0.40825..."),
        ("5!", "integer", "Read as: 5! = 120"),
        ("0.27", "decimal", None),
        ("-3/4", "rational", None),
        ("42", "integer", None),
        ("B", "choice", None),
        ("对", "true_false", None),
    ],
)
def test_what_could_surprise_is_read_back(typed, kind, echo):
    """Expressions, scientific notation, grouped digits and lists are echoed; a plain number is not."""
    reading = read_answer(typed, kind)
    assert isinstance(reading, Reading)
    shown = read_back(reading)
    assert (shown and shown.en) == echo


@pytest.mark.parametrize("typed", ["16", "-3.50", "2/3", " 7 ", "+1", "0.10", "007", "3.", "10/4"])
def test_the_fast_path_reads_a_plain_number_as_the_grammar_does(typed):
    """Value and decimals agree."""
    slow = read_fully(typed, asked_for("exact"))
    assert plain_number(typed) == (slow.value, slow.decimals)


@pytest.mark.parametrize("typed", ["[1,2]", "[ 1 , -2.5, 1/3 ]", "[[1,2],[3,4]]", "[[1, 2] , [3, 4.50]]", "[[1]]", "[5]"])
def test_the_fast_path_reads_a_plain_list_as_the_grammar_does(typed):
    """Values, decimals and layout agree."""
    slow = read_fully(typed, asked_for("matrix"))
    assert plain_list(typed) == (slow.value, slow.decimals, slow.flat)


@pytest.mark.parametrize("typed", [".5", "1e3", "1/0", "", "１", "1_0", "٣", "[1]", "--1", "1 2", "1.2.3", "1/2/3"])
def test_the_fast_path_leaves_everything_else_to_the_grammar(typed):
    """Python's int() would take several of these."""
    assert plain_number(typed) is None


def test_working_keeps_both_sides():
    """``(3+5)/2 = 4`` is an expression and a value; a label in front is dropped, of a chain the ends count."""
    working = read_working("z = (3+5)/2 = 8/2 = 4")
    assert isinstance(working, Working)
    assert working.expression.value == working.value.value == 4
    assert working.agrees
    slip = read_working("(3+5)/2 = 5")
    assert not slip.agrees
    assert (slip.expression.value, slip.value.value) == (4, 5)
    assert read_working("7").value is None
    assert read_working("2/7 = 0.286").agrees
    assert isinstance(read_working("2/7 = x y"), Unreadable)


def test_a_name_the_question_declares_always_wins():
    """e, lambda, sigma, N, E and S are ordinary symbols where a question says so."""
    for name in ("e", "pi", "lambda", "gamma", "beta", "sigma", "E", "N", "Q", "S", "I"):
        judgement = judge(f"2*{name}", key=f"{name}+{name}", kind="expression", symbols=(name,))
        assert judgement.verdict.value == "correct", name
        assert judge(f"3*{name}", key=f"{name}+{name}", kind="expression", symbols=(name,)).verdict.value == "incorrect"


def test_decimals_are_counted_as_typed():
    """1.20e-3 has 5, 26.9% has 3, a bare integer 0, an expression without a decimal none."""
    cases = {"1.20e-3": 5, "26.9%": 3, "12": 0, "-0.50": 2, "1.5×10⁻³": 4, "1.2万": -3, "1/3": None, "√2": None, "0.5*0.25": 2}
    assert {typed: read_answer(typed, "exact").decimals for typed in cases} == cases


def test_readings_have_a_text_and_latex_form():
    """Both come from the tree of what was typed."""
    reading = read_answer("√6/6", "exact")
    assert (reading.text, reading.latex) == ("sqrt(6)/6", r"\frac{\sqrt{6}}{6}")
    assert read_answer("[1,2]", "vector").node is not None
    assert read_answer("0.50", "decimal").text == "0.50"
    assert read_answer("32×32×N", "shape").latex == r"32 \times 32 \times N"


@pytest.mark.parametrize("response", [None, 5, 2.5, b"1", ["1"], object()])
def test_a_response_that_is_no_text_is_no_reason_to_raise(response):
    """A program may hand over anything; what is not text is read as its text."""
    assert judge(response, key="5", kind="integer").verdict.value in ("correct", "incorrect", "unreadable")


def test_values_are_exact():
    """0.1 is one tenth."""
    assert read_answer("0.1", "decimal").value == fmpq(1, 10)
