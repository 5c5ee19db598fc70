"""The full-screen face: one question on one screen, an editor in its row, a live line that says how the answer is read."""

from __future__ import annotations

import os

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import ConditionalContainer, Dimension, HSplit, Layout, VSplit, Window
from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl
from prompt_toolkit.output import ColorDepth, Output

from exam_tool.expressions.printing import cells, wrap
from exam_tool.language import Text
from exam_tool.quiz.examine import live
from exam_tool.quiz.session import Asking, Finished, Sure
from exam_tool.render.practice import View, view

from .fragments import fragments
from .plain import is_open
from .player import Player
from .viewport import Fitted, fit

COMMANDS = {
    "s": Text("Enter shows the solution", "回车：看解答"),
    "n": Text("Enter leaves this step and goes on", "回车：跳过这一步"),
    "h": Text("Enter gives a hint", "回车：看提示"),
    "q": Text("Enter saves and leaves", "回车：保存并离开"),
}
NEXT_ROW = Text("Enter: next row, Enter twice: mark", "回车：下一行；连按两次回车：批改")
NEXT_LINE = Text("A bracket is open; Enter starts a new line.", "括号还没闭合；回车另起一行。")
REFRESH = 10.0  # seconds: the clock of the head line


def play(player: Player, input: Input | None = None, output: Output | None = None) -> bool:
    """Plays a session until it is closed; True when the person pressed Ctrl-C. The terminal is left as it was."""
    screen = Screen(player, input, output)
    screen.application.run()
    return screen.interrupted


class Screen:
    """The widgets, and what they show of the session. The session itself lives in the player."""

    def __init__(self, player: Player, input: Input | None = None, output: Output | None = None) -> None:
        self.player = player
        self.offset = 0  # lines scrolled back
        self.interrupted = False
        self.buffer = Buffer(multiline=True, history=InMemoryHistory(), enable_history_search=False)
        self.application: Application[None] = Application(
            layout=self.layout(),
            key_bindings=self.keys(),
            full_screen=True,
            refresh_interval=REFRESH if player.session.limits.minutes else None,
            color_depth=ColorDepth.DEPTH_1_BIT if os.environ.get("NO_COLOR") else None,
            input=input,
            output=output,
            enable_page_navigation_bindings=False,
        )

    # -- what is shown ---------------------------------------------------------------------------------------------------

    @property
    def size(self) -> tuple[int, int]:
        size = self.application.output.get_size()
        return max(20, size.columns), max(6, size.rows)

    @property
    def view(self) -> View:
        return view(self.player.session, self.player.language, self.size[0], self.player.now())

    def fitted(self) -> Fitted:
        rows = self.size[1]
        shown = self.view
        editor = self.editor_rows() if shown.prefix is not None else 0
        foot = len(shown.keys.plain.split("\n")) + 1
        return fit(shown, rows - len(self.head(shown)) - editor - foot, self.offset)

    def head(self, shown: View) -> tuple[object, ...]:
        return shown.head

    def editor_rows(self) -> int:
        width = max(4, self.size[0] - self.prefix_width() - 1)
        rows = sum(max(1, -(-(cells(line) + 1) // width)) for line in self.buffer.text.split("\n"))
        return min(rows, max(1, self.size[1] // 3))

    def prefix_width(self) -> int:
        prefix = self.view.prefix
        return cells(prefix.plain) if prefix is not None else 0

    def live_line(self) -> FormattedText:
        """How the answer so far is read, or what Enter does."""
        session, text = self.player.session, self.buffer.text
        item = session.item
        said = Text("", "")
        if item is not None and isinstance(session.phase, Asking) and text.strip():
            word = text.strip().lower()
            if session.letters and word in COMMANDS:
                said = COMMANDS[word]
            elif not word.startswith((":", "：")):
                said = live(item.variant, item.entry.find, text)
                if self.wants_row(text):
                    said = Text(f"{said.en} · {NEXT_ROW.en}", f"{said.zh} · {NEXT_ROW.zh}")
                elif is_open(text):
                    said = NEXT_LINE
        line = wrap(said(self.player.language), self.size[0] - 2)
        return FormattedText([("italic", " " + (line[0] if line else ""))])

    def layout(self) -> Layout:
        def lines(pick: str) -> FormattedTextControl:
            return FormattedTextControl(lambda: fragments(getattr(self.fitted(), pick)), focusable=False)

        def height(pick: str) -> Dimension:
            return Dimension.exact(len(getattr(self.fitted(), pick)))

        editing = Condition(lambda: self.view.prefix is not None)
        self.editor = Window(
            BufferControl(self.buffer), wrap_lines=True, height=lambda: Dimension.exact(self.editor_rows()), dont_extend_height=True
        )
        prefix = Window(
            FormattedTextControl(lambda: fragments([self.view.prefix] if self.view.prefix is not None else [])),
            width=lambda: Dimension.exact(self.prefix_width()), dont_extend_width=True,
        )  # fmt: skip
        body = HSplit([
            Window(FormattedTextControl(lambda: fragments(self.view.head)), height=lambda: Dimension.exact(len(self.view.head))),
            Window(lines("before"), height=lambda: height("before")),
            ConditionalContainer(VSplit([prefix, self.editor]), filter=editing),
            Window(lines("after"), height=lambda: height("after")),
            Window(),
            Window(FormattedTextControl(self.live_line), height=1),
            Window(FormattedTextControl(lambda: fragments([self.view.keys])), height=self.keys_height),
        ])  # fmt: skip
        return Layout(body, focused_element=self.editor)

    def keys_height(self) -> Dimension:
        return Dimension.exact(len(self.view.keys.plain.split("\n")))

    # -- what is typed ---------------------------------------------------------------------------------------------------

    def wants_row(self, text: str) -> bool:
        """Whether a matrix is being typed row by row, so that Enter starts the next row."""
        item = self.player.session.item
        if item is None or not isinstance(self.player.session.phase, Asking):
            return False
        ask = next(ask for ask in item.variant.asked if ask.find == item.entry.find)
        bare = text.strip() and not any(sign in text for sign in "[](){};:：\\")
        return item.variant.kind(ask) == "matrix" and bool(bare) and not text.endswith("\n") and any(c in " ,，\n\t" for c in text.strip())

    def enter(self) -> None:
        text = self.buffer.text
        asking = isinstance(self.player.session.phase, Asking)
        if asking and (self.wants_row(text) or (is_open(text) and self.buffer.document.is_cursor_at_the_end)):
            self.buffer.insert_text("\n")
            return
        before = self.player.session
        self.player.line(text.rstrip("\n"))
        after = self.player.session
        self.offset = 0
        unread = any(notice.place is not None for notice in after.notices)
        if not (
            asking
            and unread
            and isinstance(after.phase, Asking)
            and before.item
            and after.item
            and before.item.current == after.item.current
        ):
            if asking and text.strip():
                self.buffer.append_to_history()
            self.buffer.reset()
        if self.player.over:
            self.application.exit()

    def press(self, line: str) -> None:
        """A command by its key; what is being typed stays."""
        self.player.line(line)
        self.offset = 0
        if self.player.over:
            self.application.exit()

    def keys(self) -> KeyBindings:
        keys = KeyBindings()
        empty = Condition(lambda: not self.buffer.text)
        after_question = Condition(lambda: isinstance(self.player.session.phase, Finished))
        choosing = Condition(lambda: isinstance(self.player.session.phase, Sure))

        @keys.add("enter")
        @keys.add("c-j")  # Enter typed before the program was ready arrives as a line feed
        def _enter(event: KeyPressEvent) -> None:
            self.enter()

        @keys.add("escape", "enter")
        def _newline(event: KeyPressEvent) -> None:
            self.buffer.insert_text("\n")

        @keys.add("?", filter=empty)
        @keys.add("？", filter=empty)
        def _hint(event: KeyPressEvent) -> None:
            self.press("?")

        for letter in "swafnq":

            @keys.add(letter, filter=after_question & empty)
            def _command(event: KeyPressEvent, letter: str = letter) -> None:
                self.press(letter)

        for digit in "123":

            @keys.add(digit, filter=choosing & empty)
            def _sure(event: KeyPressEvent, digit: str = digit) -> None:
                self.press(digit)

        @keys.add("c-d")
        def _leave(event: KeyPressEvent) -> None:
            self.press(":leave")

        @keys.add("c-c")
        @keys.add("<sigint>")
        def _interrupt(event: KeyPressEvent) -> None:
            self.interrupted = True
            self.press(":leave")

        @keys.add("tab", filter=Condition(lambda: isinstance(self.player.session.phase, Asking)))
        def _down(event: KeyPressEvent) -> None:
            self.to_step(1)

        @keys.add("s-tab", filter=Condition(lambda: isinstance(self.player.session.phase, Asking)))
        def _up(event: KeyPressEvent) -> None:
            self.to_step(-1)

        @keys.add("pageup")
        def _back(event: KeyPressEvent) -> None:
            self.offset += max(1, self.size[1] // 2)
            self.offset = min(self.offset, self.fitted().hidden)

        @keys.add("pagedown")
        def _forth(event: KeyPressEvent) -> None:
            self.offset = max(0, self.offset - max(1, self.size[1] // 2))

        @keys.add("c-l")
        def _redraw(event: KeyPressEvent) -> None:
            event.app.renderer.clear()

        return keys

    def to_step(self, by: int) -> None:
        self.buffer.reset()
        self.player.move(by)
        self.offset = 0


__all__ = ["Screen", "play"]
