"""``exam-tool config``: show, set and unset settings; ``--origin`` says where each value comes from."""

import json
from datetime import date
from typing import Annotated, Any

import typer

from exam_tool.language import Language

from .app import Say
from .completion import complete_settings


def add(app: typer.Typer, say: Say, language: Language) -> None:
    group = typer.Typer(
        name="config",
        help=say("Settings: the day of the exam, language, length of a session.", "设置：考试日期、语言、每次练习的长度。"),
        no_args_is_help=False,
    )

    @group.callback(invoke_without_command=True)
    def first(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            show_settings(language, False, False)

    @group.command("show", help=say("Show every setting.", "显示全部设置。"))
    def show(
        origin: Annotated[bool, typer.Option("--origin", help=say("Also where each value comes from.", "同时显示每个值的来源。"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=say("Machine-readable output.", "机器可读输出。"))] = False,
    ) -> None:
        show_settings(language, origin, as_json)

    @group.command("get", help=say("Show one value.", "显示一个值。"))
    def get(name: Annotated[str, typer.Argument(metavar="NAME", autocompletion=complete_settings)]) -> None:
        from exam_tool.config import known_setting, load_settings

        known_setting(name)
        print(shown(load_settings()[name]))

    @group.command("set", help=say("Set a value: config set exam_date 2027-01-15", "设置一个值：config set exam_date 2027-01-15"))
    def set_value(
        name: Annotated[str, typer.Argument(metavar="NAME", autocompletion=complete_settings)],
        value: Annotated[str, typer.Argument(metavar="VALUE")],
    ) -> None:
        from exam_tool.config import change
        from exam_tool.config.storage import settings_file

        print(f"{name} = {shown(change(name, value))}   ({settings_file()})")

    @group.command("unset", help=say("Go back to the default.", "恢复默认值。"))
    def unset(name: Annotated[str, typer.Argument(metavar="NAME", autocompletion=complete_settings)]) -> None:
        from exam_tool.config import load_settings, remove

        remove(name)
        print(f"{name} = {shown(load_settings()[name])}")

    @group.command("path", help=say("Where the settings are kept.", "设置文件的位置。"))
    def path() -> None:
        from exam_tool.config.storage import settings_file

        print(settings_file())

    app.add_typer(group)


def shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def show_settings(language: Language, origin: bool, as_json: bool) -> None:
    from exam_tool.config import SETTINGS, load_settings
    from exam_tool.expressions.printing.cells import pad, visible

    settings = load_settings()
    if as_json:
        entries = {name: {"value": plain(found.value), "origin": found.place.en} for name, found in settings.origins.items()}
        print(json.dumps({"schema_version": 1, "settings": entries}, ensure_ascii=False, indent=2))
        return
    for name, found in settings.origins.items():
        about = found.place(language) if origin else SETTINGS[name].about(language)
        print(f"{name:<14} {pad(visible(shown(found.value)), 12)}  {visible(about)}")
