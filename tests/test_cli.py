"""The command line run for real, as a process: output, errors, exit codes, languages."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from exam_tool.cli.language import LanguageError, split_language


def run(
    *arguments: str, env: dict[str, str] | None = None, stdin: str = "", folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """One call of the installed program, without a terminal."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "EXAM_TOOL", "COLUMNS"))}
    return subprocess.run(
        [sys.executable, "-m", "exam_tool", *arguments],
        capture_output=True,
        text=True,
        input=stdin,
        env={**clean, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1", **(env or {})},
        cwd=folder,
        timeout=120,
        check=False,
    )


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


COMMANDS = [
    "quiz", "cram", "mock", "stats", "list", "show", "solve", "calc", "paper", "grade", "judge", "check", "new", "schema", "config",
    "history",
]  # fmt: skip


def test_alone_it_says_what_to_do_next() -> None:
    """Without arguments it names every command and the first one to try."""
    done = run()
    assert done.returncode == 0
    assert "exam-tool quiz" in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_command_has_help_in_both_languages(command: str, language: str) -> None:
    """Help exists, in the language asked for."""
    done = run(command, "--help", "--lang", language)
    assert done.returncode == 0
    options = done.stdout.partition("０。２７")[0]  # the examples of the rules of judge hold what Chinese keyboards type
    assert has_chinese(options.partition("How answers")[0]) == (language == "zh")
    assert command in run("--help", "--lang", language).stdout


def test_language_comes_from_flag_then_variable_then_locale() -> None:
    """The flag wins over EXAM_TOOL_LANG, which wins over the locale; English is the fallback."""
    assert has_chinese(run(env={"LANG": "zh_CN.UTF-8"}).stdout)
    assert not has_chinese(run(env={"LANG": "zh_CN.UTF-8", "EXAM_TOOL_LANG": "en"}).stdout)
    assert has_chinese(run("--lang", "zh", env={"EXAM_TOOL_LANG": "en"}).stdout)
    assert not has_chinese(run(env={"LANG": "fr_FR.UTF-8"}).stdout)
    assert split_language(["quiz", "--lang=zh", "cnn"], {}) == (["quiz", "cnn"], "zh")
    assert split_language(["calc", "--", "--lang", "zh"], {}) == (["calc", "--", "--lang", "zh"], "en")
    with pytest.raises(LanguageError):
        split_language(["--lang", "de"], {})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["solv"], "solve"),
        (["show", "cnn.conv-outptu"], "Did you mean"),
        (["show", "a b"], "id@version:seed"),
        (["list", "--bnk", "x"], "--bank"),
        (["list", "nothing-of-the-kind"], "no chapter"),
        (["calc", "softmx", "z=[1,2]"], "softmax"),
        (["calc", "softmax", "z=[1,"], "missing"),
        (["calc", "softmax", "z"], "name=value"),
        (["calc", "softmax"], "needs z"),
        (["calc", "softmax", "z=[1,2]", "--find", "q"], '"q"'),
        (["check", "--bank", "does/not/exist"], "does not exist"),
        (["check", "--seeds", "0"], "--seeds"),
        (["new", "nowhere/x.yaml"], "not a chapter"),
        (["show"], "missing"),
        (["--lang", "de"], "en or zh"),
        (["solve", "cnn.conv-output-size", "--format", "pdf"], "not a format"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_calls_say_what_is_wrong(arguments: list[str], words: str) -> None:
    """A wrong call exits with 2 and one sentence on the error stream, with what to write instead; never a traceback."""
    done = run(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    if "--lang" not in arguments:
        assert has_chinese(run("--lang", "zh", *arguments).stderr)


def test_calc_shows_the_steps_and_exact_values() -> None:
    """Any calculator on one's own numbers, as a solution and as data."""
    done = run("calc", "bellman_mrp_solve", "P=[[0,1],[1,0]]", "R=[1,2]", "gamma=1/2")
    assert done.returncode == 0
    assert "8/3" in done.stdout
    data = json.loads(run("calc", "bellman_mrp_solve", "P=[[0,1],[1,0]]", "R=[1,2]", "gamma=1/2", "--find", "V", "--json").stdout)
    assert data["steps"][-1]["value"]["exact"] == ["8/3", "10/3"]


def test_the_catalogue_names_every_calculator() -> None:
    """``calc --list --json`` tells another program everything it needs to drive them all, and each example runs."""
    data = json.loads(run("calc", "--list", "--json").stdout)
    for entry in data["calculators"]:
        assert entry["steps"], entry["name"]
        for given in entry["givens"]:
            assert {"name", "label", "domain", "shape", "default", "aliases"} <= set(given)
        for option in entry["options"]:
            assert option["default"] in option["choices"]
            assert all(set(says) == {"en", "zh"} for says in option["choices"].values())


def test_list_names_the_syllabus_rows() -> None:
    """``list --json`` shows the syllabus ids each problem practises."""
    problems = json.loads(run("list", "--json").stdout)["problems"]
    assert len({problem["id"] for problem in problems}) == len(problems)
    assert {"conv_output_size", "lstm_params", "bellman_mrp_solve"} <= {row for problem in problems for row in problem["syllabus"]}


def test_show_does_not_give_the_answers_away() -> None:
    """The data of a question holds givens and asks, no value of an asked step."""
    data = json.loads(run("show", "cnn.conv-output-size:7", "--json").stdout)
    assert set(data) == {"schema_version", "code", "options", "givens", "text", "asks"}
    assert not {ask["find"] for ask in data["asks"]} & set(data["givens"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_solve_prints_each_format(language: str) -> None:
    """A worked solution as text, Markdown, HTML and LaTeX, in both languages."""
    for form, start in (("text", " "), ("markdown", "#"), ("html", "<!"), ("latex", "\\")):
        done = run("solve", "cnn.conv-output-size:7", "--format", form, "--lang", language)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(start)
        assert has_chinese(done.stdout) == (language == "zh")


def test_new_problem_passes_the_check(tmp_path: Path) -> None:
    """A fresh problem file is sound, is not overwritten, and its faults are reported with file and line."""
    file = tmp_path / "bank" / "mlp" / "dense-layer.yaml"
    assert run("new", str(file)).returncode == 0
    assert run("new", str(file)).returncode == 2
    assert run("check", "--bank", str(tmp_path / "bank"), "--seeds", "5").returncode == 0
    file.write_text(file.read_text(encoding="utf-8").replace("find: total", "find: totl"), encoding="utf-8")
    done = run("check", "--bank", str(tmp_path / "bank"), "--seeds", "5")
    assert done.returncode == 1
    assert f"{file}:" in done.stderr
    assert 'Did you mean "total"?' in done.stderr
    assert "^^^^" in done.stderr


def test_judge_points_at_the_character_and_holds_the_rules() -> None:
    """One answer is judged as everywhere else; the help of the command is the table of the rules, in both languages."""
    done = run("judge", "０。２７", "--key", "0.268941", "--kind", "decimal", "--places", "2")
    assert (done.returncode, done.stdout.startswith("correct")) == (0, True)
    done = run("judge", "√2 + softmx(1)", "--key", "1", "--lang", "zh")
    assert done.returncode == 1
    assert "^" in done.stdout
    assert json.loads(run("judge", "2/4", "--key", "1/2", "--kind", "rational", "--json").stdout)["verdict"] == "correct"
    for language, words in (("en", "Rounding"), ("zh", "全角")):
        assert words in run("judge", "--help", "--lang", language).stdout
    assert run("judge", "1", "--key", "1/0").returncode == 2


def test_schema_is_json() -> None:
    """The schema is valid JSON and knows the fields of a problem."""
    schema = json.loads(run("schema").stdout)
    assert {"id", "given", "ask", "text"} <= set(schema["properties"])


def test_text_of_a_file_is_never_markup_or_an_escape(tmp_path: Path) -> None:
    """Markup of the screen library is shown as it stands; control characters are a fault of the file."""
    file = tmp_path / "cnn" / "evil.yaml"
    run("new", str(file))
    sound = file.read_text(encoding="utf-8")
    file.write_text(sound.replace("en: Parameters of a dense layer", 'en: "[bold]x[/bold] :smile: [link=a]b"'), encoding="utf-8")
    for command in (["show", "cnn.evil"], ["list"], ["solve", "cnn.evil"]):
        done = run(*command, "--bank", str(tmp_path))
        assert done.returncode == 0, done.stderr
        assert "[bold]x[/bold] :smile: [link=a]b" in done.stdout
    for escape in ("\\e[31m", "\\u202e", "\\x07", "\\u200b"):
        file.write_text(sound.replace("en: Parameters of a dense layer", f'en: "a{escape}b"'), encoding="utf-8")
        done = run("check", "--bank", str(tmp_path))
        assert done.returncode == 1
        assert "invisible character U+" in done.stderr
        assert done.stderr.isprintable() or "\x1b" not in done.stderr


@pytest.mark.parametrize("language", ["en", "zh"])
def test_cram_asks_facts_only(language: str, tmp_path: Path) -> None:
    """A run through a chapter asks fact after fact, and says what is right after each."""
    done = run("cram", "graph", "--plain", "--seed", "3", "--lang", language, env={"EXAM_TOOL_HOME": str(tmp_path)}, stdin="x\n")
    assert done.returncode == 0, done.stderr
    assert "17" in done.stdout.splitlines()[1]
    assert has_chinese(done.stdout) == (language == "zh")
