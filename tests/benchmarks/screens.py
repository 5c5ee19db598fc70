"""How much CPU a process has used when a sign appears on its output, through a pipe or on a terminal. It knows nothing of the product."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

ROWS, COLUMNS = 24, 80
CURSOR_ASKED, CURSOR_TOLD = b"\x1b[6n", b"\x1b[1;1R"  # a terminal that is asked where its cursor is must answer


def seconds_until(
    sign: re.Pattern[bytes], command: Sequence[str], environment: Mapping[str, str], *, terminal: bool, errors: Path | None = None
) -> float:
    """User and system time of a process until what it has written matches ``sign``, at which it is killed.

    Raises:
        RuntimeError: when it ends without having written it.
    """
    process, output, kept = (_on_a_terminal if terminal else _on_a_pipe)(command, environment, errors)
    seen = b""
    while not sign.search(seen):
        try:
            data = os.read(output, 65536)
        except OSError:  # how a terminal says that nobody writes to it any more
            data = b""
        if not data:
            break
        if terminal and CURSOR_ASKED in data:
            os.write(output, CURSOR_TOLD)
        seen += data
    os.kill(process, signal.SIGKILL)
    _, _, used = os.wait4(process, 0)
    for end in {output, kept}:
        os.close(end)
    if not sign.search(seen):
        raise RuntimeError(f"{' '.join(command)} never wrote {sign.pattern!r}: {seen[-300:]!r}")
    return used.ru_utime + used.ru_stime


def _on_a_terminal(command: Sequence[str], environment: Mapping[str, str], errors: Path | None) -> tuple[int, int, int]:
    process, output = pty.fork()
    if not process:
        _become(command, environment, errors)
    fcntl.ioctl(output, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    return process, output, output


def _on_a_pipe(command: Sequence[str], environment: Mapping[str, str], errors: Path | None) -> tuple[int, int, int]:
    """Its input is the reading end of a pipe that nobody writes to, so that it waits as it would for a person."""
    output, writing = os.pipe()
    waiting, never = os.pipe()
    process = os.fork()
    if not process:
        os.dup2(waiting, 0)
        os.dup2(writing, 1)
        _become(command, environment, errors)
    os.close(writing)
    os.close(waiting)
    return process, output, never


def _become(command: Sequence[str], environment: Mapping[str, str], errors: Path | None) -> None:
    os.dup2(os.open(errors or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    os.execvpe(command[0], command, environment)
