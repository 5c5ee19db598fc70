"""Paragraphs of words and boxes, wrapped at a width in cells. Chinese is broken between characters, punctuation is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .boxes import Box, hcat, text_box
from .cells import cell_width, cells

NO_BREAK_BEFORE = set("，。、；：！？）》」』】〕…％’”〉·,.;:!?)]}%")
NO_BREAK_AFTER = set("（《「『【〔“‘〈([{")
CLOSING, OPENING = ({mark for mark in marks if not mark.isascii()} for marks in (NO_BREAK_BEFORE, NO_BREAK_AFTER))  # Chinese ones
HANGING = 2  # cells by which a closing mark may rather hang over than start a line
STICKY = "\u00a0"  # a space at which no line ends


@dataclass(frozen=True, slots=True)
class Atom:
    """What is never torn apart: a word, a Chinese character with its punctuation, or a box."""

    box: Box
    spaced: bool  # a space before it, unless it starts a line


def flow(pieces: Sequence[str | Box], width: int) -> list[str]:
    """The lines of a paragraph; tall boxes stand on the baseline of their line. A box wider than a line overflows."""
    lines: list[str] = []
    row: list[Box] = []
    used = 0
    for atom in _atoms(pieces, width):
        gap = 1 if atom.spaced and row else 0
        if row and used + gap + atom.box.width > width:
            lines += _set(row)
            row, used, gap = [], 0, 0
        if gap:
            row.append(text_box(" "))
        row.append(atom.box)
        used += gap + atom.box.width
    return lines + (_set(row) if row else [])


def _set(row: list[Box]) -> list[str]:
    return [line.rstrip().replace(STICKY, " ") for line in hcat(*row).lines]


def _atoms(pieces: Sequence[str | Box], width: int) -> Iterator[Atom]:
    """The pieces cut at every place where a line may end."""
    parts: list[Box] = []
    spaced = False
    size = 0
    for part, space_before, may_break in _parts(pieces, max(width, 2)):
        glued = bool(parts) and (part.lines[0][:1] in CLOSING or parts[-1].lines[0][-1:] in OPENING)
        most = width + HANGING if glued and part.width <= HANGING else width
        if parts and (space_before or may_break or (size + part.width > most and not part.is_tall)):
            yield Atom(hcat(*parts), spaced)
            parts, size = [], 0
        if not parts:
            spaced = space_before
        parts.append(part)
        size += part.width
    if parts:
        yield Atom(hcat(*parts), spaced)


def _parts(pieces: Sequence[str | Box], width: int) -> Iterator[tuple[Box, bool, bool]]:
    """Each smallest part with whether a space and whether a possible line end precedes it."""
    space, before = False, ""
    for piece in pieces:
        if isinstance(piece, Box):
            yield piece, space, _is_wide(before) and before not in NO_BREAK_AFTER
            space, before = False, "x"
            continue
        for run, gap in _runs(piece, width):
            if run:
                first = run[0]
                may_break = (_is_wide(first) or _is_wide(before)) and first not in NO_BREAK_BEFORE and before not in NO_BREAK_AFTER
                yield text_box(run), space, bool(before) and may_break
                before = run[-1]
                space = False
            space = space or gap


def _runs(text: str, width: int) -> Iterator[tuple[str, bool]]:
    """Words, cut where they are longer than a line, and single wide characters, each with whether a space follows."""
    word = ""
    for character in text:
        if character.isspace() and character != STICKY:
            yield word, True
            word = ""
        elif _is_wide(character):
            if word:
                yield word, False
                word = ""
            yield character, False
        else:
            if cells(word) >= width and cell_width(character):
                yield word, False
                word = ""
            word += character
    if word:
        yield word, False


def _is_wide(character: str) -> bool:
    return bool(character) and cell_width(character[-1]) == 2


def wrap(text: str, width: int) -> list[str]:
    """A paragraph of plain text."""
    return flow([text], width) if cells(text) > width or "\n" in text or STICKY in text else [text]
