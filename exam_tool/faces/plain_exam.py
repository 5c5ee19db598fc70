"""The linear face of a mock exam: a screen is said when it changes, answers are lines."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console

from exam_tool.language import Text
from exam_tool.question import question
from exam_tool.render.terminal_statement import sentence

from .brackets import is_open
from .exam import ExamPlayer

ReadLine = Callable[[str], str | None]
KEPT = Text("kept", "已保存")


def play(player: ExamPlayer, out: Console, read_line: ReadLine) -> None:
    """Plays an exam to its end, or to the end of the input."""
    said: tuple[object, ...] = ()
    while not player.over:
        view = player.view(out.width)
        mock = player.mock
        state = (mock.place, mock.position, len(mock.grades), mock.notice)
        if state != said:
            lines = view.before if mock.place == "writing" else (*view.before, *view.after, *view.later)
            for shown in (*view.head, *(each for each in lines if each.plain.strip())):
                out.print(shown)
            said = state
        line = read_line(prompt(player))
        if line is None:
            player.line(":leave")
            return
        while is_open(line) and (more := read_line("... ")) is not None:
            line += "\n" + more
        if player.line(line):
            for shown in player.view(out.width).after[-4:]:
                out.print(shown)
        said = said if player.mock.notice is None or player.mock.not_read is not None else ()


def prompt(player: ExamPlayer) -> str:
    """The step to be answered, or what can be done."""
    mock, language = player.mock, player.language
    match mock.place:
        case "writing":
            part = question(mock.variant, language).parts[mock.part]
            return f"{part.letter}  {sentence(part.label(language))} = "
        case "overview":
            return Text("Enter goes on, a number opens a question, e hands in > ", "回车继续，输入题号打开该题，e 交卷 > ")(language)
        case "review":
            return Text("Number of a question for its solution, Enter ends > ", "输入题号看解答，回车结束 > ")(language)
        case "page" | "closed":
            return Text("Enter goes back > ", "按回车返回 > ")(language)
