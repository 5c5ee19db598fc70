"""Who may know whom: imports go down only, and nothing heavy is imported before it is needed."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "exam_tool"

# From the bottom up; a package may import itself and what stands before it.
LAYERS = [
    "language",
    "folders",
    "cached",
    "expressions",
    "domain",
    "trace",
    "calculators",
    "files",
    "bank",
    "statement",
    "explain",
    "closeness",
    "distractors",
    "variant",
    "figures",
    "question",
    "documents",
    "answers",
    "marking",
    "paper",
    "course",
    "check",
    "history",
    "config",
    "quiz",
    "render",
    "faces",
    "cli",
]
LATE = {("variant", "marking"), ("bank", "variant")}  # conveniences imported inside a method: variant.grade, problem.variant
MODULES = sorted(path.relative_to(ROOT.parent).as_posix() for path in ROOT.rglob("*.py"))


def layer(module: str) -> str:
    parts = module.removeprefix("exam_tool").strip(".").split(".")
    return parts[0]


def imports(path: Path) -> set[str]:
    """The modules of this package that a file imports, wherever in the file."""
    package = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts[:-1])
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names if alias.name.startswith("exam_tool"))
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level > 1 else package
            name = f"{base}.{node.module or ''}".strip(".") if node.level else node.module or ""
            if name == "exam_tool" or (name == package and not node.module):
                found.update(f"{name}.{alias.name}" for alias in node.names)
            elif name.startswith("exam_tool"):
                found.add(name)
    return found


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_down_only(name: str) -> None:
    """A module imports only what stands below it, or in its own package."""
    path = ROOT.parent / name
    here = layer(".".join(path.relative_to(ROOT.parent).with_suffix("").parts))
    if here in ("", "__init__", "__main__"):
        return
    assert here in LAYERS, f"{here} has no place in the layers"
    for imported in imports(path):
        there = layer(imported)
        if there == here or (here, there) in LATE:
            continue
        assert there in LAYERS, f"{name} imports {imported}"
        assert LAYERS.index(there) < LAYERS.index(here), f"{name} imports {imported}, which stands above it"


@pytest.mark.parametrize(
    "name", [name for name in MODULES if not name.startswith(("exam_tool/cli", "exam_tool/render", "exam_tool/faces"))]
)
def test_only_screens_know_rich_and_typer(name: str) -> None:
    """The libraries of the screen are known to the command line, to rendering and to the faces of a session only."""
    tree = ast.parse((ROOT.parent / name).read_text(encoding="utf-8"))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {module.split(".")[0] for module in modules} & {"rich", "typer", "prompt_toolkit"}


def loaded_after(*arguments: str) -> set[str]:
    """The modules in memory after one call of the command line."""
    program = (
        "import sys\nfrom exam_tool.cli import main\n"
        f"try:\n    main({list(arguments)!r})\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write('\\n'.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, input="", check=True)
    return {line.split(".")[0] for line in done.stderr.splitlines()}


@pytest.mark.parametrize("arguments", [["--help"], ["quiz", "--help"], ["grade", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Help needs neither mathematics nor the bank."""
    assert not loaded_after(*arguments) & {"sympy", "numpy", "flint", "yaml", "prompt_toolkit", "scipy"}


@pytest.mark.parametrize("arguments", [["list"], ["show", "cnn.conv-output-size"], ["solve", "cnn.conv-output-size"]])
def test_rational_work_needs_neither_sympy_nor_numpy(arguments: list[str]) -> None:
    """The bank, a question and its solution are exact without a computer algebra system."""
    assert not loaded_after(*arguments) & {"sympy", "numpy"}


FIRST_SCREEN = """
import os, sys
from exam_tool.cli import main
import exam_tool.faces.plain as plain
def shown():
    sys.stdout.flush()
    sys.stderr.write('\\n'.join(sys.modules))
    sys.stderr.flush()
    os._exit(0)
plain.load_marking = shown
main(['quiz', '--plain', '--bank', sys.argv[1]])
"""


def test_the_first_question_is_shown_before_what_comes_after_it_is_loaded(tmp_path: Path) -> None:
    """Marking, worked solutions, documents and closing words wait until it can be read; of the calculators one chapter is there."""
    environment = {**os.environ, "EXAM_TOOL_HOME": str(tmp_path)}
    call = [sys.executable, "-c", FIRST_SCREEN, str(Path(__file__).parent / "quiz" / "bank")]
    for _ in range(2):  # the first time the whole bank is read, and outlined
        done = subprocess.run(call, capture_output=True, text=True, env=environment, check=True)
    loaded = set(done.stderr.split())
    late = ("marking", "answers", "explain", "documents", "paper", "course", "check", "files", "quiz.summary", "quiz.progress", "quiz.mock")
    assert not {name for name in loaded if name.startswith(tuple(f"exam_tool.{part}" for part in late))}
    assert not {name.split(".")[0] for name in loaded} & {"sympy", "numpy", "prompt_toolkit"}
    assert len([name for name in loaded if name.startswith("exam_tool.calculators.")]) < 20
    assert "exam_tool.cli.grade" not in loaded
