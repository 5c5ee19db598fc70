"""What a face draws: the parts of one screen, and the line of keys at its foot. What stands in them is for other modules."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.text import Text as Styled

from exam_tool.expressions.printing import cells
from exam_tool.language import Language, Text

NARROW = 60  # below this width a step takes a line for its label and one for its answer
Keys = tuple[Text, ...]
LEAVE = Text("Ctrl-D leave", "Ctrl-D 离开")


@dataclass(frozen=True)
class View:
    """One screen: ``before`` and ``after`` surround the editor, whose line starts with ``prefix``; None where nothing is typed.

    ``later`` are the steps not yet reached: the first to give way where the window is too small, to the line ``instead``.
    """

    head: tuple[Styled, ...]
    before: tuple[Styled, ...]
    prefix: Styled | None
    after: tuple[Styled, ...]
    keys: tuple[Styled, ...]
    later: tuple[Styled, ...] = ()
    instead: Styled = field(default_factory=Styled)


def keys_line(keys: Keys, language: Language, width: int) -> tuple[Styled, ...]:
    """The keys that do something now; on a narrow screen on two lines."""
    gap = "   " if width >= NARROW else "  "
    lines, line = [], ""
    for key in keys:
        word = key(language)
        if line and cells(line + gap + word) > width - 1:
            lines.append(line)
            line = ""
        line += (gap if line else " ") + word
    return tuple(Styled(line, style="dim") for line in [*lines, line])
