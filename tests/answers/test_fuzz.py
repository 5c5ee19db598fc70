"""Random responses, from the grammar and from all of Unicode: nothing raises, and what is read is read alike again."""

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exam_tool.answers import Reading, Unreadable, judge_with, pointer, prepare, read_answer, read_back, read_working
from exam_tool.answers.arithmetic import value_of
from exam_tool.answers.decide import sign_of
from exam_tool.answers.reading import asked_for, plain_list, plain_number, read_fully
from exam_tool.expressions.printing import visible
from exam_tool.expressions.reader import read

from .hostile import KEYS

KEY = {kind: prepare(kind=kind, prove=False, **extra) for kind, extra in KEYS.items()}
KIND = st.sampled_from(sorted(KEYS))
SLOW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])

PIECES = st.sampled_from(
    "0 1 2 3 12 0.5 1.50 .25 2e2 e pi π √ √2 sqrt ln log exp sin max ( ) [ ] { } , ; + - * / ^ ! % = ≈ × ÷ ² ⁻¹ ½ "
    "x ｘ １ ， （ ） \\frac \\sqrt \\pi {2} "
    "\\begin{pmatrix} & \\\\ \\end{pmatrix} 万 个 MB 或 or ± ∪ ∞ < <= ≤ : 。 、 T ^T .T np.array( A B 对 错 -> 1-A 2-B ⏎".replace(
        "⏎", "\n"
    ).split(" ")
)
SOUP = st.lists(PIECES | st.just(" "), max_size=40).map("".join)

NUMBERS = st.integers(min_value=0, max_value=60).map(str) | st.sampled_from(["0.5", "1.25", "pi", "e", "√2", "½", "50%"])
FORMULAS = st.recursive(
    NUMBERS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        st.tuples(st.sampled_from(["sqrt", "exp", "ln", "sigmoid", "tanh", "sin", "abs"]), inner).map(lambda t: f"{t[0]}({t[1]})"),
        inner.map(lambda t: f"-({t})"),
        st.tuples(inner, st.integers(min_value=0, max_value=4)).map(lambda t: f"({t[0]})^{t[1]}"),
        st.tuples(inner, inner).map(lambda t: f"\\frac{{{t[0]}}}{{{t[1]}}}"),
    ),
    max_leaves=8,
)


def check(kind: str, response: str) -> None:
    start = time.process_time()
    judgement = judge_with(KEY[kind], response)
    assert judgement.reason.en
    if judgement.reading is not None:
        assert isinstance(judgement.reading.text, str)
        assert isinstance(judgement.reading.latex, str)
        read_back(judgement.reading)
    if judgement.column is not None:
        assert 0 <= judgement.column <= len(response)
        line, _ = pointer(response, judgement.column, judgement.width)
        assert visible(line) == line
    assert time.process_time() - start < 0.25  # alone far below 50 ms; other work on the machine is not ours


@SLOW
@given(KIND, st.text(max_size=60))
def test_any_unicode_text_is_judged(kind, response):
    """Verdict, reason, echo and caret, without an exception."""
    check(kind, response)


@SLOW
@given(KIND, SOUP)
def test_any_sequence_of_pieces_of_the_language_is_judged(kind, response):
    """Near-misses of the grammar reach deeper than random text."""
    check(kind, response)


@SLOW
@given(st.text(max_size=40) | SOUP)
def test_working_and_units_never_raise(response):
    """The other two doors of the reader."""
    read_working(response, units=("个", "MB"))
    read_answer(response, "decimal", units=("个", "MB", "%"), unit="%")


@SLOW
@given(FORMULAS)
def test_what_was_read_prints_and_reads_as_the_same_number(formula):
    """The echo in the language of formulas is a formula with the same value."""
    first = read_answer(formula, "exact")
    if isinstance(first, Unreadable):
        assert first.code in ("undefined", "too-big", "too-deep"), first
        return
    again = value_of(read(first.text))
    assert sign_of(first.value, again)[0] == 0


FULL = str.maketrans("0123456789+-*/().,", "０１２３４５６７８９＋－＊／（）．，")


@SLOW
@given(FORMULAS)
def test_full_width_typing_reads_the_same(formula):
    """A Chinese keyboard changes the characters, not the answer."""
    plain, wide = read_answer(formula, "exact"), read_answer(formula.translate(FULL), "exact")
    assert type(plain) is type(wide)
    if isinstance(plain, Reading):
        assert plain.node == wide.node


@SLOW
@given(st.from_regex(r"[+-]?[0-9]{1,12}(\.[0-9]{0,8}|/[1-9][0-9]{0,5})?", fullmatch=True))
def test_the_fast_path_agrees_with_the_grammar_on_numbers(typed):
    """Value and decimals."""
    slow = read_fully(typed, asked_for("exact"))
    assert plain_number(typed) == (slow.value, slow.decimals)


@SLOW
@given(
    st.lists(st.lists(st.from_regex(r"-?[0-9]{1,3}(\.[0-9]{1,3}|/[1-9])?", fullmatch=True), min_size=1, max_size=4), min_size=1, max_size=4)
)
def test_the_fast_path_agrees_with_the_grammar_on_lists(rows):
    """Wherever it reads at all."""
    typed = "[" + ", ".join("[" + ", ".join(row) + "]" for row in rows) + "]"
    fast = plain_list(typed)
    ragged = len({len(row) for row in rows}) > 1
    assert (fast is None) == ragged
    if fast is not None:
        slow = read_fully(typed, asked_for("matrix"))
        assert fast == (slow.value, slow.decimals, slow.flat)
