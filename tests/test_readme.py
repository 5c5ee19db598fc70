"""The README tells the truth: its commands run, its code runs, its files exist."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
ENVIRONMENT = {**os.environ, "EXAM_TOOL_LANG": "en", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def python(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**ENVIRONMENT, "EXAM_TOOL_HOME": str(folder / "home")}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, input="", cwd=folder, env=environment, timeout=120, check=False
    )


def test_the_author_commands_run_one_after_the_other(tmp_path: Path) -> None:
    """Starting a problem, proving it and practising it works as the README says, in any folder."""
    calls = [line for kind, body in BLOCKS if kind == "sh" and "exam-tool new" in body for line in body.splitlines()]
    assert len(calls) == 3
    for call in calls:
        done = python("-m", "exam_tool", *call.split()[1:], folder=tmp_path)
        assert done.returncode == 0, (call, done.stderr)


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`exam-tool ([a-z]+)", README))))
def test_every_command_it_names_exists(command: str, tmp_path: Path) -> None:
    """Each command of the table has help."""
    assert python("-m", "exam_tool", command, "--help", folder=tmp_path).returncode == 0


def test_its_calc_example_runs(tmp_path: Path) -> None:
    """The example of ``calc`` gives the figure of the notes."""
    (call,) = re.findall(r"`exam-tool (calc [^`]+)`", README)
    done = python("-m", "exam_tool", *call.split(), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "= 16" in done.stdout


def test_its_library_example_runs(tmp_path: Path) -> None:
    """The code under "As a library" runs, and its first comment is right."""
    (code,) = [body for kind, body in BLOCKS if kind == "python" and "import exam_tool" in body]
    done = python("-c", code + '\nassert trace["H_out"].value == 16\n', folder=tmp_path)
    assert done.returncode == 0, done.stderr


def test_its_calculator_runs(tmp_path: Path) -> None:
    """The sample calculator can be registered and run."""
    (code,) = [body for kind, body in BLOCKS if kind == "python" and "@calculator" in body]
    proof = 'assert calculate("mean_squared_error", y=[1, 2], p=[0, 4])["mse"].value * 2 == 5'
    done = python("-c", f"from exam_tool.calculators import Work, calculate, calculator\n{code}\n{proof}\n", folder=tmp_path)
    assert done.returncode == 0, done.stderr


def test_its_links_lead_to_files() -> None:
    """Every relative link names a file of the repository."""
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
