"""The linear face: everything is said once, in order, and answers are lines. For pipes, simple terminals and screen readers."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.text import Text as Styled

from exam_tool.expressions.printing import symbol
from exam_tool.language import Language, Text
from exam_tool.question import question
from exam_tool.quiz import words
from exam_tool.quiz.item import Item, marks_text
from exam_tool.quiz.session import Asking, Closed, Finished, Hunting, Notice, Reading, Session, Sure
from exam_tool.render.practice import page_needs_choice, progress, why
from exam_tool.render.question import heading, question_lines
from exam_tool.render.terminal_statement import sentence

from .ahead import load_marking
from .brackets import is_open
from .player import Player

ReadLine = Callable[[str], str | None]
KEYS_ONCE = Text(
    "Type an answer and press Enter. Commands: ? hint, s solution, n skip the step, q leave; "
    "b: 16 answers step b. Where letters are answers, put : before a command.",
    "输入答案后按回车。命令：? 提示，s 解答，n 跳过本步，q 离开；b: 16 直接回答 b 步。答案本身是字母时，命令前加冒号。",
)
KEYS_THEN = Text(
    "Enter: next. s solution, w why, a another like this, f find the slip, q leave",
    "回车：下一题。s 解答，w 为什么，a 再来同类题，f 找错，q 离开",
)


def play(player: Player, out: Console, read_line: ReadLine) -> None:
    """Plays a session to its end, or to the end of the input."""
    speaker = Speaker(player.language, out)
    speaker.present(player.session, player.now())
    load_marking()
    while not player.over:
        speaker.present(player.session, player.now())
        line = read_line(speaker.prompt(player.session))
        if line is None:
            player.line(":leave")
            return
        while is_open(line) and (more := read_line("... ")) is not None:
            line += "\n" + more
        before = player.session
        player.line(line)
        speaker.answer(before, player.session)


class Speaker:
    """Says each thing once: it remembers what was said last, and nothing else."""

    def __init__(self, language: Language, out: Console) -> None:
        self.language = language
        self.out = out
        self.width = out.width
        self.said: tuple[object, ...] = ()
        self.introduced = False

    def say(self, text: str, style: str = "", margin: int = 0) -> None:
        from exam_tool.expressions.printing import wrap

        for line in wrap(text, self.width - margin):
            self.out.print(Styled(" " * margin + line, style=style))

    def present(self, session: Session, at: int) -> None:
        """What is new on the screen before a line is read."""
        item = session.item
        phase = session.phase
        match phase:
            case Reading(page):
                from exam_tool.render.pages import page_lines, page_title

                if self.said != ("page", page):
                    self._lines([*page_title(page, self.language, self.width), *page_lines(page, self.language, self.width)])
                self.said = ("page", page)
            case Hunting(hunt):
                from exam_tool.render.pages import hunt_lines, page_title

                if self.said != ("hunt", hunt):
                    self._lines([*page_title(hunt, self.language, self.width), *hunt_lines(hunt, self.language, self.width)])
                self.said = ("hunt", hunt)
            case Asking() if item is not None:
                if self.said[:2] != ("item", item.number):
                    self._question(session, item, at)
                self.said = ("item", item.number)
            case Finished() if item is not None and self.said != ("done", item.number):
                self._result(item)
                self.said = ("done", item.number)
            case Sure() | Finished() | Closed():
                pass

    def prompt(self, session: Session) -> str:
        """What stands before the line to be typed."""
        language, item = self.language, session.item
        match session.phase:
            case Asking() if item is not None:
                part = question(item.variant, language).parts[item.current]
                name = "" if part.is_word else f"  {symbol(part.find).unicode}"
                return f"{part.letter}  {sentence(part.label(language))}{name} = "
            case Sure():
                return words.HOW_SURE(language) + " "
            case Finished():
                return KEYS_THEN(language) + " > "
            case Reading(page) if page_needs_choice(page):
                return Text("1, 2 or 3? ", "选 1、2 或 3：")(language)
            case Hunting(hunt) if not hunt.over:
                return Text("Number of the wrong line: ", "出错那一行的编号：")(language)
            case _:
                return Text("Enter goes on > ", "按回车继续 > ")(language)

    def answer(self, before: Session, after: Session) -> None:
        """What came of a line."""
        old, new = before.item, after.item
        if old is None or new is None or isinstance(after.phase, Closed):
            return
        if isinstance(before.phase, Asking | Sure) and old.number == new.number:
            for was, entry in zip(old.entries, new.entries, strict=True):
                if entry.tries > was.tries and entry.last is not None:
                    self._verdict(entry.last.right, entry.for_person, f"{marks_text(entry.last.marks)}/{marks_text(entry.maximum)}")
                elif entry.implied and not was.implied:
                    letter = chr(ord("a") + new.entries.index(entry))
                    self.say(
                        Text(
                            f"{letter}: implied by this answer, {marks_text(entry.maximum)}/{marks_text(entry.maximum)}",
                            f"{letter}：由这个答案可知已完成，{marks_text(entry.maximum)}/{marks_text(entry.maximum)}",
                        )(self.language),
                        margin=3,
                    )
            for notice in after.notices:
                self._notice(notice, new)
        elif not isinstance(after.phase, Reading | Hunting | Asking):
            for notice in after.notices:
                self._notice(notice, new)

    def _verdict(self, right: bool, for_person: bool, marks: str) -> None:
        if for_person:
            return
        said = Text(f"✓ right, {marks}", f"✓ 正确，{marks}") if right else Text(f"✗ not right, {marks}", f"✗ 不对，{marks}")
        self.say(said(self.language), "green" if right else "red", margin=3)

    def _notice(self, notice: Notice, item: Item) -> None:
        if notice.tone == "good" and notice.text.en == "Correct.":
            return
        if notice.place is not None and notice.place.column is not None:
            from exam_tool.answers import pointer

            typed, carets = pointer(notice.place.typed, notice.place.column, notice.place.width)
            self.say(typed, margin=3)
            self.out.print(Styled("   " + carets))
        self.say(sentence(notice.text(self.language)), margin=3)

    def _question(self, session: Session, item: Item, at: int) -> None:
        asked = question(item.variant, self.language)
        self.out.print()
        self._lines(heading(asked, self.language, self.width, progress(session, self.language, at)))
        self.say(why(session, item)(self.language), "dim", margin=1)
        self._lines(question_lines(asked, self.language, self.width))
        if not self.introduced:
            self.say(KEYS_ONCE(self.language), "dim", margin=1)
            self.introduced = True
        self.out.print()
        for notice in session.notices:
            self._notice(notice, item)

    def _result(self, item: Item) -> None:
        marks = Text(
            f"{marks_text(item.earned)} of {marks_text(item.maximum)} marks",
            f"得 {marks_text(item.earned)} 分，满分 {marks_text(item.maximum)} 分",
        )
        helped = Text(" · with help", " · 有提示")(self.language) if item.assisted else ""
        self.say(marks(self.language) + helped, "bold", margin=1)

    def _lines(self, lines: list[Styled]) -> None:
        for line in lines:
            self.out.print(line)
