"""The entry point: language, errors and exit codes. A traceback never reaches a person unless ``--debug`` asks for it.

Exit codes: 0 all is well; 1 something is wrong in what was checked or graded; 2 the call is wrong; 70 a bug; 130 Ctrl-C.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from exam_tool.language import ExamToolError, Language, Text

from .language import LanguageError, from_environment, split_language

# When garbage is looked for: a start makes many objects that all stay, and going through them again and again is a tenth of its time.
SELDOM = (200_000, 20, 20)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and ends the process with its exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given in (["--version"], ["-V"]):
        from importlib.metadata import version

        sys.stdout.write(f"exam-tool {version('exam-tool')}\n")
        raise SystemExit(0)
    try:
        rest, language = split_language(given, os.environ)
    except LanguageError as error:
        language = from_environment(os.environ)
        raise SystemExit(complain(error.message, language, 2)) from None
    debug = "--debug" in rest
    rest = [argument for argument in rest if argument != "--debug"]
    raise SystemExit(run(rest, language, debug))


def run(arguments: list[str], language: Language, debug: bool) -> int:
    """The exit code of one call."""
    import gc

    gc.set_threshold(*SELDOM)
    import typer

    from .app import build, translate_help

    translate_help(arguments, language)
    try:
        outcome = build(language, next(iter(arguments), ""))(args=arguments, prog_name="exam-tool", standalone_mode=False)
        if arguments[:1] == ["judge"] and not {"-h", "--help"}.isdisjoint(arguments):
            from .judge import print_rules

            print_rules(language)
        return outcome if isinstance(outcome, int) else 0
    except ExamToolError as error:
        if debug:
            raise
        return complain(error.message, language, 2)
    except typer.Exit as end:
        return int(end.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("\n")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        if debug:
            raise
        return explain_failure(error, language)


def explain_failure(error: Exception, language: Language) -> int:
    """A wrong call in words of ours; anything else is a bug and says how to report it."""
    from .usage import usage_message

    message = usage_message(error)
    if message is not None:
        return complain(message, language, 2)
    if isinstance(error, OSError):
        name = error.filename or ""
        return complain(Text(f"{name}: {error.strerror}.", f"{name}：{error.strerror}。"), language, 2)
    kind = type(error).__name__
    return complain(
        Text(
            f"This is a bug in exam-tool ({kind}). Run the same command with --debug to see where, and report it.",
            f"这是 exam-tool 的缺陷（{kind}）。请加上 --debug 重新运行以查看位置，并报告它。",
        ),
        language,
        70,
    )


def complain(message: Text, language: Language, code: int) -> int:
    """One line on the error stream."""
    from exam_tool.expressions.printing.cells import visible

    start = Text("error: ", "错误：")(language)
    sys.stderr.write(start + visible(message(language), keep="\n") + "\n")
    return code
