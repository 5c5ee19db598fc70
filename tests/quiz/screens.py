"""Playing a session on a screen that exists only in memory: keys in, lines of a terminal out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from io import StringIO

import pyte
from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from exam_tool.faces.full import Screen
from exam_tool.faces.player import Playable

KEYS = {
    "Enter": "\r",
    "C-d": "\x04",
    "C-c": "\x03",
    "Tab": "\t",
    "PgUp": "\x1b[5~",
    "PgDn": "\x1b[6~",
    "Esc": "\x1b",
    "Back": "\x7f",
    "Up": "\x1b[A",
}


class Terminal:
    """A terminal of a size, and what stands on it after each group of keys."""

    def __init__(self, width: int = 80, height: int = 24) -> None:
        self.width, self.height = width, height
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.Stream(self.screen)

    def play(self, player: Playable, *groups: str | list[str]) -> list[str]:
        """The screens after each group of keys; a group is a text typed, or a list of texts and names of keys."""
        written = StringIO()
        shots: list[str] = []

        def show() -> None:
            self.stream.feed(written.getvalue())
            written.seek(0)
            written.truncate()
            shots.append("\n".join(line.rstrip() for line in self.screen.display).rstrip())

        with create_pipe_input() as pipe:
            output = Vt100_Output(written, lambda: Size(rows=self.height, columns=self.width), term="xterm-256color")
            with create_app_session(input=pipe, output=output):
                screen = Screen(player, pipe, output)
                asyncio.run(self._run(screen, groups, pipe.send_text, show))
        return shots

    async def _run(
        self, screen: Screen, groups: tuple[str | list[str], ...], send: Callable[[str], None], show: Callable[[], None]
    ) -> None:
        task = asyncio.ensure_future(screen.application.run_async())
        await self._settle(screen)
        show()
        for group in groups:
            for key in [group] if isinstance(group, str) else group:
                send(KEYS.get(key, key))
                await self._settle(screen)
            if task.done():
                break
            show()
        if not task.done():
            screen.application.exit()
        await task

    async def _settle(self, screen: Screen) -> None:
        for _ in range(4):
            await asyncio.sleep(0.005)
