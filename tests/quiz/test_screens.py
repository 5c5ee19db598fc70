"""The full screen as a person sees it: golden screens in both languages at 80 and 40 columns, editing, resizing, tall questions.

To write the golden files anew after a wanted change: UPDATE_GOLDEN=1 python -m pytest tests/quiz/test_screens.py
"""

from pathlib import Path

import pytest
from rich.text import Text as Styled

from exam_tool.expressions.printing import cells
from exam_tool.faces.brackets import is_open
from exam_tool.faces.exam import ExamPlayer
from exam_tool.faces.player import Player
from exam_tool.faces.viewport import fit
from exam_tool.language import Language
from exam_tool.quiz.mock import new_mock
from exam_tool.render.screen import View
from exam_tool.variant import draw

from ..goldens import golden
from .playing import START, Clock, bank, player
from .screens import Terminal

GOLDEN = Path(__file__).parent.parent / "golden" / "quiz"
CONV, MATRIX, SOFTMAX = "cnn.conv-output-size", "foundations.matrix-product", "foundations.softmax-logarithms"
SIZES = [(80, 24), (40, 24)]

# What is typed, group by group; the screen after each group is kept.
SCRIPTS: dict[str, tuple[list[str], list[list[str]]]] = {
    "steps": (
        [CONV],
        [
            ["33"],  # the live line says how it is read
            ["Enter"],  # wrong: what it is worth, what to do
            ["?"],
            ["w", "Enter"],
            ["1", "Enter"],
            ["Enter", "34", "Enter"],  # right now
            ["3", "+", "Enter"],  # cannot be read: costs nothing
            ["Back", "Back", "8", "Enter", "9", "Enter"],
            ["f"],
            ["1", "Enter"],
            ["1", "Enter"],
        ],
    ),
    "matrix": ([MATRIX], [["1", " ", "2"], ["Enter"], ["3", " ", "4"], ["Enter", "Enter"], ["s", "Enter"]]),
    "fact": (["cnn.pooling-weights"], [["z", "Enter"], ["Back", "a", "Enter"]]),
}  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_golden_screens(script: str, language: Language, width: int, height: int) -> None:
    """Everything a person needs on one screen, aligned by cells, within the width."""
    ids, groups = SCRIPTS[script]
    shots = Terminal(width, height).play(player(ids, language, count=1), *groups)
    shown = "\n".join(f"{'=' * width}\n{shot}" for shot in shots) + "\n"
    assert max(cells(line) for line in shown.split("\n")) <= width
    golden(GOLDEN / f"{script}-{width}.{language}.txt", shown)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_golden_exam(language: Language, width: int, height: int) -> None:
    """Overview, a question, the warning, the review and one solution."""
    variants = tuple(draw(bank()[id], 5) for id in (CONV, MATRIX))
    exam = ExamPlayer(new_mock("m", START, 20, variants), lambda rows: None, Clock(), language)
    groups = [["Enter"], ["5", "1", "Enter"], ["m", "Enter", "o", "Enter"], ["e", "Enter"], ["e", "Enter"], ["1", "Enter"]]
    shown = "\n".join(f"{'=' * width}\n{shot}" for shot in Terminal(width, height).play(exam, *groups)) + "\n"
    assert max(cells(line) for line in shown.split("\n")) <= width
    golden(GOLDEN / f"exam-{width}.{language}.txt", shown)


def test_a_mark_over_the_last_letter_of_a_line_is_drawn_once() -> None:
    """A row that ends with d̂, before and after its answer."""

    class Hatted(Player):
        def view(self, width: int) -> View:
            rows = (Styled("   a  degrees  d\u0302"), Styled("   b  next"))
            return View((), rows, Styled(" > "), (), ())

    hatted = Hatted(player(["cnn.conv-output-size"], "en").session, lambda *_: None, lambda _: None, Clock(), "en")
    for shot in Terminal().play(hatted, "3", ["Back"]):
        assert shot.splitlines()[0] == "   a  degrees  d\u0302"


def test_wide_characters_are_edited_whole() -> None:
    """Two Chinese characters and two backspaces leave nothing behind."""
    shots = Terminal().play(player([CONV], "zh"), ["中", "文"], ["Back"], ["Back"])
    rows = [next(line for line in shot.split("\n") if "room_h" in line) for shot in shots]
    assert rows[1].endswith("中文")
    assert rows[2].endswith("中")
    assert rows[3].endswith("room_h")


def test_answers_can_be_called_back() -> None:
    """The arrow up brings the last answer into the editor again."""
    shots = Terminal().play(player([CONV], "en"), ["12", "Enter"], ["Up"])
    assert next(line for line in shots[-1].split("\n") if "room_h" in line).endswith("12")


def test_tab_goes_to_the_next_step_and_letters_are_commands_only_between_questions() -> None:
    """n typed into an answer line waits for Enter and says what it would do."""
    shots = Terminal().play(player([CONV], "en"), ["Tab"], ["n"])
    assert "leaves this step" in shots[-1]


def test_a_hint_comes_in_the_middle_of_an_answer() -> None:
    """No answer has a question mark in it; what was typed so far stays, and the cursor behind it."""
    shots = Terminal().play(player([CONV], "en"), ["1"], ["?"], ["2"])
    assert "Look at this step" in shots[-1]
    assert next(line for line in shots[-1].split("\n") if "room_h  " in line or line.endswith("12")).endswith("12")


@pytest.mark.parametrize("key", ["C-d", "C-c"])
def test_leaving_by_key(key: str) -> None:
    """At once, and the session knows."""
    made = player([CONV], "en")
    Terminal().play(made, ["12", key])
    assert made.over


def test_a_small_window_keeps_the_step_being_answered() -> None:
    """In six lines the editor is still there; PgUp shows what stands above."""
    terminal = Terminal(40, 10)
    shots = terminal.play(player([CONV], "en"), ["7"], ["PgUp"])
    assert "> 7" in shots[1]
    assert "↑" in shots[1]
    assert "43×43" in shots[2] or "↓" in shots[2] or "image" in shots[2]


def test_fitting_never_overflows() -> None:
    """Whatever the heights, no more lines than there are rows."""
    from rich.text import Text as Styled

    for before in (0, 3, 30):
        for after in (0, 3, 30):
            for rows in (1, 2, 5, 20, 80):
                shown = View((), tuple(Styled(str(i)) for i in range(before)), Styled(""), tuple(Styled(str(i)) for i in range(after)), ())
                fitted = fit(shown, rows)
                assert len(fitted.before) + len(fitted.after) <= max(2, rows)


@pytest.mark.parametrize(
    ("text", "open_"),
    [("[[1,2],", True), ("[[1,2],[3,4]]", False), ("[0, 1)", False), ("1 2;", True), ("1 2", False), ("{-1,", True), ("(1+2", False)],
)
def test_open_brackets_want_another_line(text: str, open_: bool) -> None:
    """A list goes on in the next line; an interval does not."""
    assert is_open(text) is open_
