"""What is wrong with a call, in both languages: the option or command that does not exist, with the nearest one."""

from __future__ import annotations

from typing import Any

from exam_tool.language import Text


def usage_message(error: Exception) -> Text | None:
    """The sentence for an error of the argument parser; None for any other exception."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "ClickException" not in kinds and "UsageError" not in kinds:
        return None
    details: Any = error
    if "NoSuchOption" in kinds:
        guess = f" {details.possibilities[0]}?" if getattr(details, "possibilities", None) else ""
        return Text(
            f"There is no option {details.option_name}.{' Did you mean' + guess if guess else ''}",
            f"没有选项 {details.option_name}。{'是否想写' + guess if guess else ''}",
        )
    if "MissingParameter" in kinds:
        name = parameter_name(details)
        return Text(f"{name} is missing. See --help.", f"缺少 {name}。请看 --help。")
    if "BadParameter" in kinds:
        name = parameter_name(details)
        return Text(f"{name}: {details.message} See --help.", f"{name} 的值不对：{details.message} 请看 --help。")
    message = details.format_message()
    if message.startswith("No such command"):
        rest = message.removeprefix("No such command").strip()
        name, _, hint = rest.partition(".")
        hint = hint.replace("Did you mean", "").strip(" ?")
        return Text(
            f"There is no command {name}.{' Did you mean ' + hint + '?' if hint else ''} See: exam-tool --help",
            f"没有命令 {name}。{'是否想写 ' + hint + '？' if hint else ''}全部命令：exam-tool --help",
        )
    return Text(f"{message} See --help.", f"调用有误：{message} 请看 --help。")


def parameter_name(details: Any) -> str:
    """The option or argument an error is about, as a person types it."""
    parameter = details.param
    if parameter is None:
        return str(details.param_hint or "")
    options = [name for name in getattr(parameter, "opts", ()) if name.startswith("--")]
    return options[0] if options else str(parameter.metavar or parameter.name or "").upper()
