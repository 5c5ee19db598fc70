"""Progress on the error stream: a rate and the time left, once work takes longer than a second and somebody is watching."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from exam_tool.language import Language, Text

Item = TypeVar("Item")


def progress(items: Iterable[Item], total: int | None, language: Language) -> Iterator[Item]:
    """The items as they come, with a bar that counts them."""
    with bar(language) as told:
        for done, item in enumerate(items, 1):
            yield item
            told(done, total or done)


@contextmanager
def bar(language: Language) -> Iterator[Callable[[int, int], None]]:
    """Something to tell how many of how many are done; it is drawn only on a terminal, and only after a second."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
    from rich.text import Text as Styled

    from .console import console

    class Rate(ProgressColumn):
        """Items a second."""

        def render(self, task: Task) -> Styled:
            return Styled(f"{task.speed:,.0f}/s" if task.speed else "")

    shown = Progress(BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn(), console=console(sys.stderr), transient=True)
    task = shown.add_task(Text("working", "进行中")(language), total=None)
    started = time.monotonic()

    def told(done: int, total: int) -> None:
        shown.update(task, completed=done, total=total)
        if not shown.live.is_started and time.monotonic() - started > 1:
            shown.start()

    try:
        yield told
    finally:
        shown.stop()
