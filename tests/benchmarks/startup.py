"""Start of the command line: help beside a bare Typer application with as many commands, the first question of a quiz beside the
imports it needs, single questions beside those too."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from .screens import seconds_until
from .timing import medians, process_seconds

BARE = """
from typing import Annotated
import typer
{imports}
app = typer.Typer()
@app.callback()
def first() -> None: ...
{commands}
app()
"""
COMMAND = """
@app.command()
def command{n}(name: Annotated[str, typer.Argument(help="A name.")] = "", count: Annotated[int, typer.Option(help="A count.")] = 1) -> None:
    "What the command does."
"""
SCREENS = "import rich.console, rich.text, prompt_toolkit.application, prompt_toolkit.layout"
FOREIGN = re.compile(r"^import time:\s+\d+ \|\s+\d+ \|\s+(?!exam_tool\b)(\S+)$", re.MULTILINE)
QUESTION = [sys.executable, "-m", "exam_tool", "quiz"]
PLAIN, FULL = re.compile(rb"\n[a-z]  .* = $"), re.compile(rb"Enter mark")  # what is written last: the prompt, the keys
ROUNDS = 15


def main() -> None:
    """Prints CPU seconds and ratios of whole processes."""
    with tempfile.TemporaryDirectory() as folder:
        help_screens(Path(folder))
        for name in ("a new person", "after 300 questions"):
            first_questions(Path(folder) / name.split()[-1], name)


def help_screens(folder: Path) -> None:
    from exam_tool.cli.app import COMMANDS

    bare = folder / "bare.py"
    bare.write_text(BARE.format(imports="", commands="".join(COMMAND.format(n=n) for n in range(len(COMMANDS)))))
    found = medians(
        {
            "bare typer --help": lambda: process_seconds([sys.executable, str(bare), "--help"]),
            "exam-tool --help": lambda: process_seconds([sys.executable, "-m", "exam_tool", "--help"]),
        },
        ROUNDS,
    )
    for name, seconds in found.items():
        print(f"{name:<44}{seconds:7.3f} s   {seconds / found['bare typer --help']:5.2f} x bare help")


def first_questions(home: Path, who: str) -> None:
    """The first question in both faces, ``show`` and ``solve``, beside the imports that each of them made by then."""
    home.mkdir()
    environment = {**os.environ, "EXAM_TOOL_HOME": str(home), "EXAM_TOOL_LANG": "en", "TERM": "xterm-256color", "COLUMNS": "80"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if who != "a new person":
        practise(home, 300)
        process_seconds([*QUESTION, "--plain"], **environment)  # a session that is ended at once: it leaves the learner in the cache
    kept = {file: file.read_bytes() for file in (home / "history.db", home / "cache" / "learner.json") if file.exists()}
    bare = home / "bare.py"
    bare.write_text(BARE.format(imports=SCREENS, commands=COMMAND.format(n=0)))

    def until(sign: re.Pattern[bytes], command: list[str], terminal: bool, errors: Path | None = None) -> float:
        for file in home.glob("history.db-*"):
            file.unlink()
        for file, content in kept.items():  # a process that is stopped at its first question has written that it was shown
            file.write_bytes(content)
        return seconds_until(sign, command, environment, terminal=terminal, errors=errors)

    runs = {"bare typer, rich, prompt_toolkit": lambda: process_seconds([sys.executable, str(bare), "command0"], **environment)}
    for face, sign, command in (("lines", PLAIN, [*QUESTION, "--plain"]), ("full screen", FULL, QUESTION)):
        terminal = face != "lines"
        until(sign, command, terminal)  # the bank's outline is in the cache from here on
        names = home / f"{face}.txt"
        until(sign, [command[0], "-X", "importtime", *command[1:]], terminal, names)
        imports = home / f"{face}.py"
        imports.write_text(imports_of(names))
        runs[f"its imports, {face}"] = lambda imports=imports: process_seconds([sys.executable, str(imports)], **environment)
        runs[f"first question, {face}"] = lambda sign=sign, command=command, terminal=terminal: until(sign, command, terminal)
    for verb in ("show", "solve"):
        runs[verb] = lambda verb=verb: process_seconds([*QUESTION[:3], verb, "cnn.conv-output-size"], **environment)
    found = medians(runs, ROUNDS)
    print(f"-- {who}")
    for name, seconds in found.items():
        face = name.partition(", ")[2] if name.startswith("first") else "lines"
        print(
            f"{name:<44}{seconds:7.3f} s   {seconds / found[f'its imports, {face}']:5.2f} x imports   "
            f"{seconds / found['bare typer, rich, prompt_toolkit']:5.2f} x bare command"
        )


def imports_of(names: Path) -> str:
    """A program that imports what another one imported, in the same order, but for the product's own modules."""
    found = FOREIGN.findall(names.read_text(errors="replace"))
    return (
        f"import contextlib, importlib\nfor name in {found!r}:\n"
        "    with contextlib.suppress(ImportError):\n        importlib.import_module(name)\n"
    )


def practise(home: Path, count: int) -> None:
    """A history of so many questions on the packaged bank, over thirty days, two of three of them right."""
    from exam_tool.folders import history_file
    from exam_tool.history import History, Review

    def rows() -> Iterator[Review]:
        from exam_tool.bank import load_bank

        problems = [problem for problem in load_bank() if problem.fact is None][: count // 2]
        for number in range(count):
            problem = problems[number % len(problems)]
            at = 1_800_000_000_000 + number * 30 * 86_400_000 // count
            code, maximum, marks = f"{problem.code}:{number}", problem.marks, problem.marks if number % 3 else Fraction(0)
            shared = ("past", number + 1)
            yield Review(*shared, at, "shown", code, maximum=maximum, purpose="new", chapter=problem.chapter, digest=problem.digest,
                         skills=problem.syllabus or (problem.id,))  # fmt: skip
            yield Review(*shared, at + 60_000, "answer", code, problem.ask[0].find, "1", marks=marks, maximum=maximum, took=60_000)
            yield Review(*shared, at + 60_000, "done", code, marks=marks, maximum=maximum)

    with History(history_file({"EXAM_TOOL_HOME": str(home)})) as history:
        history.add(rows())
