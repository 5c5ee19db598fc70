"""``exam-tool history``: what is kept of your practice; export it, import it elsewhere, delete it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exam_tool.language import ExamToolError, Language, Text

from .app import Say

if TYPE_CHECKING:
    from exam_tool.history import History


def add(app: typer.Typer, say: Say, language: Language) -> None:
    group = typer.Typer(
        name="history",
        help=say("What is kept of your practice: where, how much; export, import, delete.", "练习记录：位置与数量；导出、导入、删除。"),
    )

    @group.callback(invoke_without_command=True)
    def first(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            about(language)

    @group.command(
        "export",
        help=say("Write every row: JSON lines, or CSV for a name ending in .csv.", "导出全部记录：JSON 行；文件名以 .csv 结尾则为 CSV。"),
    )
    def export(
        file: Annotated[Path, typer.Argument(help=say("File to write; - for standard output.", "输出文件；- 表示标准输出。"))] = Path("-"),
        force: Annotated[bool, typer.Option("--force", help=say("Replace a file that is there.", "覆盖已有文件。"))] = False,
    ) -> None:
        from exam_tool.files.writing import BOM, write_whole
        from exam_tool.history.exchange import csv_lines, json_lines

        with opened() as history:
            is_csv = file.suffix.lower() == ".csv"
            lines = csv_lines(history.reviews()) if is_csv else json_lines(history.sessions(), history.reviews())
            if str(file) == "-":
                sys.stdout.writelines(lines)
                return
            write_whole(file, (BOM if is_csv else b"") + "".join(lines).encode("utf-8", "backslashreplace"), force=force)
            print(say(f"{history.count()} rows in {file}", f"已将 {history.count()} 行写入 {file}"))

    @group.command(
        "import",
        help=say(
            "Add an exported history to this one; what is there already is not added again.", "导入导出的记录：已有的行不会重复添加。"
        ),
    )
    def import_(
        file: Annotated[Path, typer.Argument(help=say("File to read; - for standard input.", "要读取的文件；- 表示标准输入。"))],
    ) -> None:
        from exam_tool.history.reading import read_export

        found = read_export(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes(), str(file))
        with opened() as history:
            added = history.merge(found.sessions, found.reviews)
        there = len(found.reviews) - added
        print(say(f"{added} rows added; {there} were there already.", f"已添加 {added} 行；{there} 行已存在。"))

    @group.command("delete", help=say("Delete everything, after a copy was made.", "全部删除（先备份）。"))
    def delete(
        yes: Annotated[bool, typer.Option("--yes", help=say("Do not ask.", "不再询问。"))] = False,
        no_copy: Annotated[bool, typer.Option("--no-copy", help=say("Keep no copy.", "不保留备份。"))] = False,
    ) -> None:
        with opened() as history:
            count = history.count()
            if not yes and not agreed(
                Text(f"Delete {count} rows of history? Type yes: ", f"删除 {count} 行练习记录？输入 yes 确认："), language
            ):
                print(say("Nothing was deleted.", "没有删除任何内容。"))
                return
            copy = history.file.with_suffix(".backup.db")
            if not no_copy:
                history.save_copy(copy)
            history.clear()
        kept = Text("no copy was kept", "没有保留备份") if no_copy else Text(f"a copy is in {copy}", f"备份在 {copy}")
        print(Text(f"{count} rows deleted; {kept.en}.", f"已删除 {count} 行；{kept.zh}。")(language))

    @group.command("path", help=say("Where the history is kept.", "记录文件的位置。"))
    def path() -> None:
        from exam_tool.folders import history_file

        print(history_file())

    app.add_typer(group)


def opened() -> "History":
    from exam_tool.folders import history_file
    from exam_tool.history import History

    return History(history_file())


def about(language: Language) -> None:
    with opened() as history:
        sessions = history.sessions()
        said = Text(
            f"{history.file}\n{history.count()} rows, {len(sessions)} sessions. Nothing ever leaves this machine.\n"
            "exam-tool history export FILE writes it out, history import FILE reads it in elsewhere, history delete removes it.",
            f"{history.file}\n共 {history.count()} 行，{len(sessions)} 次练习。记录只保存在本机。\n"
            "exam-tool history export 文件 可导出，在别处用 history import 文件 导入；history delete 可删除。",
        )
    print(said(language))


def agreed(question: Text, language: Language) -> bool:
    """Whether a person at a terminal types yes; without one the answer is an error, never a guess."""
    if not sys.stdin.isatty():
        raise ExamToolError(Text("Add --yes to delete without being asked.", "无法询问；确定要删除请加 --yes。"))
    sys.stderr.write(question(language))
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("yes", "是")
