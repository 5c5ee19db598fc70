"""Start of the command line, beside a bare Typer application with as many commands and beside what a command must import."""

import sys
import tempfile
from pathlib import Path

from .timing import medians, process_seconds

BARE = """
from typing import Annotated
import typer
app = typer.Typer()
{commands}
app()
"""
COMMAND = """
@app.command()
def command{n}(name: Annotated[str, typer.Argument(help="A name.")] = "", count: Annotated[int, typer.Option(help="A count.")] = 1) -> None:
    "What the command does."
"""
NEEDED = "import typer, rich.console, rich.text, flint, yaml"


def main() -> None:
    """Prints CPU seconds and ratios of whole processes."""
    from exam_tool.cli.app import build

    count = len(build("en").registered_commands)
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE.format(commands="".join(COMMAND.format(n=n) for n in range(count))))
        ours = [sys.executable, "-m", "exam_tool"]
        found = medians(
            {
                "bare typer --help": lambda: process_seconds([sys.executable, str(bare), "--help"]),
                "exam-tool --help": lambda: process_seconds([*ours, "--help"]),
                "import what a command needs": lambda: process_seconds([sys.executable, "-c", NEEDED]),
                "exam-tool show": lambda: process_seconds([*ours, "show", "cnn.conv-output-size"]),
                "exam-tool quiz, left at once": lambda: process_seconds([*ours, "quiz"]),
            },
            rounds=9,
        )
    base, needed = found["bare typer --help"], found["import what a command needs"]
    for name, seconds in found.items():
        print(f"{name:<32}{seconds:7.3f} s   {seconds / base:5.2f} x bare help   {seconds / needed:5.2f} x imports")
