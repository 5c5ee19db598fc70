"""The application: every command is added by its own module, with its help in the language of the person."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated

import typer

from exam_tool.language import Language, Text

Say = Callable[[str, str], str]
COMMANDS = (
    "quiz", "cram", "mock", "stats", "list", "show", "solve", "calc", "paper", "grade", "judge", "check", "new", "schema", "config",
    "history",
)  # fmt: skip
MODULES = {"list": "list_"}  # where a module cannot be named after its command


def build(language: Language, command: str = "") -> typer.Typer:
    """The command line with help in one language: with one command alone where that is the one that is called, else with all."""

    def say(en: str, zh: str) -> str:
        return Text(en, zh)(language)

    app = typer.Typer(
        name="exam-tool",
        help=say(
            "Practise and mark the hand calculations of a deep-learning exam: exact, step by step, offline.",
            "练习并批改深度学习考试中的手算题：精确、逐步、离线。",
        ),
        epilog=say(
            "Add --lang zh for Chinese. Exit codes: 0 well, 1 something found wrong, 2 wrong call.",
            "加 --lang en 显示英文。退出码：0 正常，1 发现问题，2 调用有误。",
        ),
        add_completion=True,
        no_args_is_help=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
    )

    @app.callback(invoke_without_command=True)
    def first(
        context: typer.Context,
        lang: Annotated[
            str,
            typer.Option(
                "--lang", help=say("Language: en or zh (default: from the locale).", "语言：en 或 zh（默认取自系统）。"), metavar="en|zh"
            ),
        ] = language,
        version: Annotated[bool, typer.Option("--version", "-V", help=say("Show the version.", "显示版本。"))] = False,
    ) -> None:
        if context.invoked_subcommand is None:
            from .welcome import welcome

            welcome(language, version)

    for name in (command,) if command in COMMANDS else COMMANDS:
        import_module(f".{MODULES.get(name, name)}", __package__).add(app, say, language)
    return app


def translate_help(arguments: Sequence[str], language: Language) -> None:
    """The few words of the help screen that Typer writes itself, where help in Chinese is asked for."""
    if language == "zh" and any(argument in ("-h", "--help") for argument in arguments):
        from typer import rich_utils

        rich_utils.OPTIONS_PANEL_TITLE = "选项"
        rich_utils.COMMANDS_PANEL_TITLE = "命令"
        rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
        rich_utils.DEFAULT_STRING = "[默认：{}]"
        rich_utils.REQUIRED_LONG_STRING = "[必填]"
