"""The quiz as a program: through a pipe, on a terminal, interrupted, killed, resumed, twice at once. ``KILLS=200`` kills more often."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exam_tool.cli.practice import local_shift
from exam_tool.history import History
from exam_tool.quiz.learner import Learner
from exam_tool.quiz.outcomes import outcomes
from exam_tool.quiz.remembered import remembered

from .playing import BANK

pexpect = pytest.importorskip("pexpect")

CONV = "cnn.conv-output-size"
KILLS = int(os.environ.get("KILLS", "5"))
PROGRAM = [sys.executable, "-m", "exam_tool"]
ROOT = Path(__file__).parent.parent.parent


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EXAM_TOOL", "LC_", "LANG", "COLUMNS", "NO_COLOR"))}
    return {**kept, "EXAM_TOOL_HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **more}


def run(home: Path, *arguments: str, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments, "--bank", str(BANK)], input=given, capture_output=True, text=True, encoding="utf-8", timeout=60,
        env=environment(home, **more), cwd=home,
    )  # fmt: skip


def rows(home: Path) -> list[str]:
    with History(home / "history.db") as history:
        return [f"{row.act} {row.step} {row.response}".strip() for row in history.reviews()]


def test_a_pipe_is_answered_line_by_line(tmp_path: Path) -> None:
    """Nothing is configured, nothing is coloured; the end of the input leaves cleanly, and everything was kept."""
    done = run(tmp_path, "quiz", CONV, "--seed", "4", "--count", "1", given="33\n34\n8\n9\n")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "✗ not right, 0/1" in done.stdout
    assert "2 of 3 marks" in done.stdout
    assert "fixed today" in done.stdout
    assert rows(tmp_path) == ["shown", "answer room_h 33", "answer room_h 34", "answer moves_h 8", "answer H_out 9", "done"]


@pytest.mark.parametrize(("language", "says"), [("en", "still open"), ("zh", "尚未改正")])
def test_the_last_three_lines(tmp_path: Path, language: str, says: str) -> None:
    """In the language of the person."""
    done = run(tmp_path, "quiz", CONV, "--seed", "4", "--count", "1", "--lang", language, given="33\nn\n8\n9\n\n")
    assert says in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("given", ["", "\n\n\n", "?\n?\n?\n", ":q\n", "\x00\x1b[31m\n", "s\ns\n\n\n", "9" * 5000 + "\n", "\ufeff１２\n"])
def test_any_input_ends_cleanly(tmp_path: Path, given: str) -> None:
    """No traceback, exit code 0, no control character comes back."""
    done = run(tmp_path, "quiz", CONV, "--seed", "4", "--count", "1", given=given)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout
    assert "\x00" not in done.stdout


def test_what_was_left_is_resumed(tmp_path: Path) -> None:
    """The same question, the answers still there; it is asked to its end and counts as one question."""
    run(tmp_path, "quiz", CONV, "--count", "1", given="1\nn\n")
    first = rows(tmp_path)
    done = run(tmp_path, "quiz", CONV, "--count", "1", given="n\nn\n\n")
    assert "left in the middle" in done.stdout
    assert rows(tmp_path)[: len(first)] == first
    assert rows(tmp_path).count("shown") == 1
    assert rows(tmp_path)[-1] == "done"
    assert "1 question" in done.stdout


def test_the_next_start_finds_what_the_history_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that was ended leaves the learner in the cache; one left in the middle of a question does not."""
    monkeypatch.setenv("EXAM_TOOL_HOME", str(tmp_path))
    run(tmp_path, "quiz", CONV, "--seed", "4", "--count", "1", given="34\n8\n9\n\n")
    with History(tmp_path / "history.db") as history:
        shift = local_shift()
        assert remembered(history.mark(), None, shift) == Learner(shift=shift).after(outcomes(history.reviews()))
    run(tmp_path, "quiz", CONV, "--count", "1", given="1\nn\n")
    with History(tmp_path / "history.db") as history:
        assert remembered(history.mark(), None, shift) is None


def test_a_broken_history_does_not_stop_practice(tmp_path: Path) -> None:
    """A warning, and at the end the word that nothing was saved."""
    (tmp_path / "history.db").write_bytes(b"no database" * 500)
    done = run(tmp_path, "quiz", CONV, "--seed", "4", "--count", "1", given="34\n8\n9\n\n")
    assert done.returncode == 0
    assert "warning" in done.stderr
    assert "nothing was saved" in done.stdout


def test_unknown_names_are_refused_with_the_nearest(tmp_path: Path) -> None:
    """Exit code 2 and one line."""
    done = run(tmp_path, "quiz", "cnn.conv-output-sice", given="")
    assert done.returncode == 2
    assert CONV in done.stderr


def heed_interrupts() -> None:
    """A shell that runs the tests in the background makes its children deaf to Ctrl-C; a terminal does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def spawn(home: Path, *arguments: str, size: tuple[int, int] = (24, 80), **more: str):  # type: ignore[no-untyped-def]
    child = pexpect.spawn(
        PROGRAM[0], [*PROGRAM[1:], *arguments, "--bank", str(BANK)], env=environment(home, TERM="xterm-256color", **more), cwd=str(home),
        encoding="utf-8", timeout=60, dimensions=size, preexec_fn=heed_interrupts,
    )  # fmt: skip
    child.delaybeforesend = 0.05
    return child


@pytest.mark.parametrize(("language", "mark", "fixed"), [("en", "Enter mark", "fixed today"), ("zh", "回车 批改", "今天改正")])
@pytest.mark.parametrize("width", [80, 40])
def test_a_whole_session_on_a_terminal(tmp_path: Path, language: str, mark: str, fixed: str, width: int) -> None:
    """Keys in, screens out, the terminal as it was, the three lines left on it."""
    child = spawn(tmp_path, "quiz", CONV, "--seed", "4", "--count", "1", "--lang", language, size=(24, width))
    child.expect(mark)
    for answer in ("33", "34", "8", "9"):
        child.send(answer + "\r")
    child.expect("2 of 3 marks" if language == "en" else "得 2 分")
    child.send("\r")
    child.expect(fixed)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert rows(tmp_path)[-1] == "done"


def test_no_color_is_respected(tmp_path: Path) -> None:
    """No colour is sent to the terminal, whatever else is."""
    child = spawn(tmp_path, "quiz", CONV, "--seed", "4", "--count", "1", NO_COLOR="1")
    child.expect("Enter mark")
    child.send("33\r")
    child.expect("Try again")
    said = child.before
    child.send("\x04")
    child.expect(pexpect.EOF)
    assert not re.search(r"\x1b\[[0-9;]*\b(3[0-7]|9[0-7]|38|48)\b[0-9;]*m", said + child.before)


@pytest.mark.parametrize(("keys", "code"), [("\x04", 0), ("\x03", 130)])
def test_leaving_and_interrupting(tmp_path: Path, keys: str, code: int) -> None:
    """Ctrl-D is the end, Ctrl-C says 130; both keep what was answered."""
    child = spawn(tmp_path, "quiz", CONV, "--seed", "4")
    child.expect("Enter mark")
    child.send("34\r")
    child.expect("1/1")
    child.send("12" + keys)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == code
    assert rows(tmp_path) == ["shown", "answer room_h 34"]


def test_a_terminal_without_screen_control_gets_lines(tmp_path: Path) -> None:
    """--plain and TERM=dumb are the same linear face; Ctrl-C keeps what was answered there too."""
    child = spawn(tmp_path, "quiz", CONV, "--seed", "4", "--plain")
    child.expect("room_h = ")
    child.sendline("34")
    child.expect("moves_h = ")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert rows(tmp_path) == ["shown", "answer room_h 34"]


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
def test_killed_at_random_moments(tmp_path: Path) -> None:
    """Every answer whose verdict was shown is in the history; the next start goes on from there, with nothing asked twice."""
    luck = random.Random(7)
    shown = 0
    for _ in range(KILLS):
        before = len(rows(tmp_path)) if (tmp_path / "history.db").exists() else 0
        child = spawn(tmp_path, "quiz", CONV, "rl.return-finite", "--plain", "--count", "50")
        for number in range(luck.randrange(1, 6)):
            child.expect([" = ", " > ", "no answer\\) "])
            shown += number > 0  # the line before was dealt with, or this prompt would not be there
            child.sendline("1" if luck.random() < 0.5 else "n")
        time.sleep(luck.random() * 0.03)
        child.kill(signal.SIGKILL)
        child.wait()
        child.close()
        after = rows(tmp_path)
        assert len(after) >= before
    with History(tmp_path / "history.db") as history:
        assert history.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        found = list(history.reviews())
        assert all(row.step for row in found if row.act in ("answer", "pass"))
        assert sum(row.act in ("answer", "pass") for row in found) >= shown
    assert run(tmp_path, "stats", "--json").returncode == 0


def test_two_terminals_at_once(tmp_path: Path) -> None:
    """Both are played, both are kept, and a question open in one is not offered in the other."""
    one = spawn(tmp_path, "quiz", CONV, "--plain", "--count", "2")
    two = spawn(tmp_path, "quiz", CONV, "--plain", "--count", "2")
    for child in (one, two, one, two):
        child.expect(" = ")
        child.sendline("1")
        child.expect("not right")
    for child in (one, two):
        child.sendeof()
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
    with History(tmp_path / "history.db") as history:
        found = [row for row in history.reviews() if row.act == "answer"]
        assert len(found) == 4
        assert len({row.session for row in found}) == 2


def test_an_exam_is_taken_up_again_after_a_crash(tmp_path: Path) -> None:
    """Killed in the middle: the same questions, the answers there; handed in, it is marked."""
    child = spawn(tmp_path, "mock", "rl=3", "--plain")
    child.expect("hands in > ")
    child.sendline("")
    child.expect("discounted rewards = ")
    child.sendline("1, 1, 1")
    child.expect(" = ")
    child.kill(signal.SIGKILL)
    child.wait()
    child.close()
    done = run(tmp_path, "mock", "rl=3", given="e\ne\n\n")
    assert "Going on with the exam" in done.stderr
    assert "1 of" in done.stdout
    assert "marks lost by cause" in done.stdout
    assert rows(tmp_path)[-1] == "done"


def test_an_exam_can_be_printed(tmp_path: Path) -> None:
    """The same seed, the same questions; the key in a file of its own."""
    for folder in ("one", "two"):
        assert run(tmp_path, "mock", "cnn=3", "--seed", "9", "--out", folder).returncode == 0
    assert (tmp_path / "one" / "paper.md").read_bytes() == (tmp_path / "two" / "paper.md").read_bytes()
    assert (tmp_path / "one" / "key.json").exists()


def test_progress_in_every_form(tmp_path: Path) -> None:
    """Text, JSON and one page that loads nothing; nothing practised yet is said kindly."""
    assert "exam-tool quiz" in run(tmp_path, "stats").stdout
    run(tmp_path, "quiz", CONV, "--seed", "4", "--count", "1", given="33\nn\n8\n9\n\n")
    assert "mistakes still open" in run(tmp_path, "stats").stdout
    found = json.loads(run(tmp_path, "stats", "--json").stdout)
    assert found["questions"] == 1
    assert found["mistakes_open"][0]["code"] == "conv_output.room_h/single_padding"
    assert run(tmp_path, "stats", "--html", "page.html").returncode == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|link|img|iframe)|https?://", page)
    assert run(tmp_path, "stats", "--html", "page.html").returncode == 2
    for width in ("80", "40"):
        shown = run(tmp_path, "stats", "--lang", "zh", COLUMNS=width).stdout
        assert "尚未改正" in shown


def test_history_is_exported_and_deleted(tmp_path: Path) -> None:
    """A copy first; without a terminal it must be told so."""
    run(tmp_path, "quiz", CONV, "--seed", "4", "--count", "1", given="33\n")
    exported = subprocess.run(
        [*PROGRAM, "history", "export"], capture_output=True, text=True, encoding="utf-8", env=environment(tmp_path), check=True
    )
    assert [json.loads(line).get("act") for line in exported.stdout.splitlines()] == [None, "shown", "answer"]
    refused = subprocess.run([*PROGRAM, "history", "delete"], input="", capture_output=True, text=True, env=environment(tmp_path))
    assert refused.returncode == 2
    done = subprocess.run([*PROGRAM, "history", "delete", "--yes"], capture_output=True, text=True, env=environment(tmp_path))
    assert done.returncode == 0
    assert rows(tmp_path) == []
    assert (tmp_path / "history.backup.db").exists()


@pytest.mark.parametrize("answers", ["34", "1/3"])
def test_rational_answers_need_neither_sympy_nor_numpy_nor_a_screen(tmp_path: Path, answers: str) -> None:
    """A quiz through a pipe loads no computer algebra and no editor."""
    program = (
        "import sys\nfrom exam_tool.cli import main\n"
        f"try:\n    main(['quiz', '{CONV}', '--seed', '4', '--bank', {str(BANK)!r}])\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write('\\n'.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=answers + "\n", capture_output=True, text=True, env=environment(tmp_path), check=True
    )
    loaded = {line.split(".")[0] for line in done.stderr.splitlines()}
    assert not loaded & {"sympy", "numpy", "prompt_toolkit", "scipy"}
