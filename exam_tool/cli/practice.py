"""Starting a session from the command line: which face, which clock, how long, what comes next."""

from __future__ import annotations

import os
import sys
import time
import uuid
from collections.abc import Sequence

from exam_tool.bank import Problem
from exam_tool.language import ExamToolError, Language, Text

COUNT = 8  # questions of a session that says nothing else: about 25 minutes


def now() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def play_quiz(
    problems: Sequence[Problem], *, named: bool, count: int | None, minutes: int | None, seed: int | None, plain: bool, language: Language
) -> None:
    """One session on these problems."""
    from exam_tool.faces.player import Player
    from exam_tool.quiz.choose import InTurn
    from exam_tool.quiz.session import Limits, start

    if not problems:
        raise ExamToolError(Text("No problem fits. See: exam-tool list", "没有符合条件的题目。可查看：exam-tool list"))
    limits = Limits(count or (None if minutes else COUNT), minutes)
    choose = InTurn(tuple(problems), seed if seed is not None else now() % 10**9)
    turn = start(uuid.uuid4().hex, now(), limits, choose)
    player = Player(turn.session, choose, lambda rows: None, now, language)
    play(player, plain)


def play(player, plain: bool) -> None:  # type: ignore[no-untyped-def]  # nothing heavy at import
    """The face that fits: a full screen on a terminal, lines everywhere else."""
    if not plain and full_screen_possible():
        from exam_tool.faces.full import play as play_full

        play_full(player)
        return
    from exam_tool.faces.plain import play as play_plain
    from exam_tool.render.console import console

    out = console()
    play_plain(player, out, line_reader())


def full_screen_possible() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


def line_reader():  # type: ignore[no-untyped-def]
    """Reads a line after a prompt; None at the end of the input. What comes from a pipe is shown as if it had been typed."""

    def read(prompt: str) -> str | None:
        sys.stdout.write(prompt)
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            sys.stdout.write("\n")
            return None
        if not sys.stdin.isatty():
            from exam_tool.expressions.printing.cells import visible

            sys.stdout.write(visible(line.rstrip("\n")) + "\n")
        return line.rstrip("\r\n")

    return read
