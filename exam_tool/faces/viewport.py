"""Which lines of a question are on the screen when it is taller than the window: the row being answered always is."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text as Styled

from exam_tool.render.screen import View


@dataclass(frozen=True)
class Fitted:
    """What is shown above and below the editor, and how many lines are hidden above."""

    before: tuple[Styled, ...]
    after: tuple[Styled, ...]
    hidden: int


def fit(shown: View, rows: int, offset: int = 0) -> Fitted:
    """The lines for so many rows: the steps not yet reached give way first, then what else follows the editor, then the
    statement scrolls; ``offset`` lines back."""
    before, after = shown.before, (*shown.after, *shown.later)
    if shown.later and len(before) + len(after) > max(2, rows):
        after = (*shown.after, shown.instead)
    rows = max(2, rows)
    if len(before) + len(after) <= rows:
        return Fitted(before, after, 0)
    kept_after = after[: max(min(len(after), rows // 2), rows - len(before))]
    room = max(1, rows - len(kept_after))
    hidden = max(0, len(before) - room)
    if not hidden:
        return Fitted(before, kept_after, 0)
    start = max(0, hidden - offset)
    window = list(before[start : start + room])
    if start > 0:
        window[0] = Styled(f" ↑ {start + 1}", style="dim")
    if start + room < len(before):
        window[-1] = Styled(f" ↓ {len(before) - start - room + 1}", style="dim")
    return Fitted(tuple(window), kept_after, hidden)
