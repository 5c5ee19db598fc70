"""Progress on the error stream: a rate and the time left, once work takes longer than a second and somebody is watching."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from exam_tool.language import Language, Text

Item = TypeVar("Item")


def progress(items: Iterable[Item], total: int | None, language: Language) -> Iterator[Item]:
    """The items as they come; a bar is drawn only on a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
    from rich.text import Text as Styled

    from .console import console

    class Rate(ProgressColumn):
        """Items a second."""

        def render(self, task: Task) -> Styled:
            return Styled(f"{task.speed:,.0f}/s" if task.speed else "")

    with Progress(BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn(), console=console(sys.stderr), transient=True) as bar:
        task = bar.add_task(Text("working", "进行中")(language), total=total)
        for item in items:
            yield item
            bar.advance(task)
