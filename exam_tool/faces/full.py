"""The full-screen face: one question on one screen, an editor in its row, a live line that says how the answer is read."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

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
from rich.text import Text as Styled

from exam_tool.expressions.printing import cells, clip
from exam_tool.language import Text
from exam_tool.render.screen import View

from .ahead import load_marking
from .brackets import is_open
from .fragments import fragments
from .player import Playable
from .viewport import Fitted, fit

NEXT_ROW = Text("Enter: next row, twice: mark", "回车：下一行；连按两次：批改")
NEXT_LINE = Text("A bracket is open; Enter starts a new line.", "括号还没闭合；回车另起一行。")
REFRESH = 5.0  # seconds: the clock of the head line
LETTERS = "abcdefghijklmnopqrstuvwxyz123"
TALL = "[](){};:：；\\"  # signs with which a matrix is written in one go


def play(player: Playable, input: Input | None = None, output: Output | None = None) -> bool:
    """Plays a session until it is closed; True when the person pressed Ctrl-C. The terminal is left as it was."""
    screen = Screen(player, input, output)
    with ended_by_signals(screen.leave):
        screen.application.run()
    return screen.interrupted


@contextmanager
def ended_by_signals(leave: Callable[[], None]) -> Iterator[None]:
    """A closed window or a polite kill ends the session as Ctrl-D does; everything typed before is kept already."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {name: signal.signal(getattr(signal, name), lambda *_: leave()) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


class Screen:
    """The widgets, and what they show of the session. The session itself lives in the player."""

    def __init__(self, player: Playable, input: Input | None = None, output: Output | None = None) -> None:
        self.player = player
        self.offset = 0  # lines scrolled back
        self.made: tuple[tuple[int, int], View] | None = None  # for which drawing at which width, and the view
        self.interrupted = False
        self.buffer = Buffer(multiline=True, history=InMemoryHistory())
        self.application: Application[None] = Application(
            layout=self.layout(),
            key_bindings=self.keys(),
            full_screen=True,
            refresh_interval=REFRESH if player.ticks else None,
            color_depth=ColorDepth.DEPTH_1_BIT if os.environ.get("NO_COLOR") else None,
            input=input,
            output=output,
            enable_page_navigation_bindings=False,
        )
        self.application.after_render += self.first_shown

    def first_shown(self, application: Application[None]) -> None:
        application.after_render -= self.first_shown
        load_marking()

    # -- what is shown ---------------------------------------------------------------------------------------------------

    @property
    def size(self) -> tuple[int, int]:
        size = self.application.output.get_size()
        return max(20, size.columns), max(6, size.rows)

    @property
    def view(self) -> View:
        """The screen as it stands. It is made once for each drawing, though many windows ask for their part of it."""
        drawing = (self.application.render_counter, self.size[0])
        if self.made is None or self.made[0] != drawing:
            self.made = (drawing, self.player.view(self.size[0]))
        return self.made[1]

    def fitted(self) -> Fitted:
        shown = self.view
        editor = self.editor_rows(shown) if shown.prefix is not None else 0
        foot = len(shown.keys) + 1
        return fit(shown, self.size[1] - len(shown.head) - editor - foot, self.offset)

    def editor_rows(self, shown: View) -> int:
        prefix = cells(shown.prefix.plain) if shown.prefix is not None else 0
        width = max(4, self.size[0] - prefix - 1)
        rows = sum(max(1, -(-(cells(line) + 1) // width)) for line in self.buffer.text.split("\n"))
        return min(rows, max(1, self.size[1] // 3))

    def live_line(self) -> FormattedText:
        """How the answer so far is read, or what Enter does."""
        text = self.buffer.text
        said = self.player.live(text)
        if self.wants_row(text):
            said = Text(f"{said.en} · {NEXT_ROW.en}", f"{said.zh} · {NEXT_ROW.zh}")
        elif self.player.kind and is_open(text):
            said = NEXT_LINE
        return FormattedText([("italic", " " + clip(said(self.player.language), self.size[0] - 2))])

    def layout(self) -> Layout:
        def block(lines: Callable[[], Sequence[Styled]]) -> Window:
            return Window(FormattedTextControl(lambda: fragments(lines())), height=lambda: Dimension.exact(len(lines())))

        def prefix() -> Sequence[Styled]:
            return [self.view.prefix or Styled("")]

        self.editor = Window(
            BufferControl(self.buffer),
            wrap_lines=True,
            height=lambda: Dimension.exact(self.editor_rows(self.view)),
            dont_extend_height=True,
        )
        start = Window(
            FormattedTextControl(lambda: fragments(prefix())),
            width=lambda: Dimension.exact(cells(prefix()[0].plain)),
            dont_extend_width=True,
        )
        editing = Condition(lambda: self.view.prefix is not None)
        rows = [
            block(lambda: self.view.head),
            block(lambda: self.fitted().before),
            ConditionalContainer(VSplit([start, self.editor]), filter=editing),
            block(lambda: self.fitted().after),
            Window(),
            Window(FormattedTextControl(self.live_line), height=1),
            block(lambda: self.view.keys),
        ]
        return Layout(HSplit(rows), focused_element=self.editor)

    # -- what is typed ---------------------------------------------------------------------------------------------------

    def wants_row(self, text: str) -> bool:
        """Whether a matrix is being typed row by row, so that Enter starts the next row."""
        if self.player.kind != "matrix" or text.endswith("\n") or any(sign in text for sign in TALL):
            return False
        return any(sign in text.strip() for sign in " ,，\t\n")

    def enter(self) -> None:
        text = self.buffer.text
        asking = bool(self.player.kind)
        if asking and (self.wants_row(text) or (is_open(text) and self.buffer.document.is_cursor_at_the_end)):
            self.buffer.insert_text("\n")
            return
        self.take(text.rstrip("\n"), remember=asking)

    def take(self, line: str, remember: bool = False) -> None:
        """Gives a line to the session; one that could not be read stays in the editor."""
        self.offset = 0
        stays = self.player.line(line)
        self.made = None
        if not stays:
            if remember and line.strip():
                self.buffer.append_to_history()
            self.buffer.reset()
        if self.player.over:
            self.end()

    def ask_for_hint(self) -> None:
        """At any moment: no answer has a question mark in it, and what was typed so far stays."""
        typed = self.buffer.text
        self.take("?")
        self.buffer.text = typed
        self.buffer.cursor_position = len(typed)

    def leave(self) -> None:
        if not self.player.over:
            self.player.line(":leave")
        self.end()

    def end(self) -> None:
        if self.application.is_running and not self.application.future.done():  # type: ignore[union-attr]  # set while it runs
            self.application.exit()

    def keys(self) -> KeyBindings:
        keys = KeyBindings()
        empty = Condition(lambda: not self.buffer.text)
        asking = Condition(lambda: bool(self.player.kind))

        @keys.add("enter")
        @keys.add("c-j")  # Enter typed before the program was ready arrives as a line feed
        def _enter(event: KeyPressEvent) -> None:
            self.enter()

        @keys.add("escape", "enter")
        def _newline(event: KeyPressEvent) -> None:
            self.buffer.insert_text("\n")

        @keys.add("?")
        @keys.add("？")
        def _hint(event: KeyPressEvent) -> None:
            self.ask_for_hint()

        for letter in LETTERS:
            self._at_once(keys, letter, empty)

        @keys.add("c-d")
        def _leave(event: KeyPressEvent) -> None:
            self.leave()

        @keys.add("c-c")
        @keys.add("<sigint>")
        def _interrupt(event: KeyPressEvent) -> None:
            self.interrupted = True
            self.leave()

        @keys.add("tab", filter=asking)
        def _down(event: KeyPressEvent) -> None:
            self.to_step(1)

        @keys.add("s-tab", filter=asking)
        def _up(event: KeyPressEvent) -> None:
            self.to_step(-1)

        @keys.add("pageup")
        def _back(event: KeyPressEvent) -> None:
            self.offset = min(self.offset + max(1, self.size[1] // 2), self.fitted().hidden)

        @keys.add("pagedown")
        def _forth(event: KeyPressEvent) -> None:
            self.offset = max(0, self.offset - max(1, self.size[1] // 2))

        @keys.add("c-l")
        def _redraw(event: KeyPressEvent) -> None:
            event.app.renderer.clear()

        return keys

    def _at_once(self, keys: KeyBindings, letter: str, empty: Condition) -> None:
        """A letter that acts without Enter, where the session says so."""

        @keys.add(letter, filter=Condition(lambda: letter in self.player.at_once) & empty)
        def _command(event: KeyPressEvent) -> None:
            self.take(letter)

    def to_step(self, by: int) -> None:
        self.buffer.reset()
        self.offset = 0
        self.player.move(by)
        self.made = None
