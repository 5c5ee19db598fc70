"""Worked solutions as lines of a terminal: in columns where they fit, else one side under the other. No colour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from exam_tool.explain import Side, Solution, SolutionLine
from exam_tool.expressions.printing import Box, ascii_text, box, fitting_box, flow, hcat, pad, text_box, unicode_text, visible
from exam_tool.expressions.printing.breaking import operands
from exam_tool.expressions.printing.flow import STICKY
from exam_tool.expressions.tree import Name, Node
from exam_tool.expressions.values import value_box
from exam_tool.language import Language, Text

from .terminal_statement import ASCII_RELATIONS, sentence, sentence_pieces

GIVEN = Text("given: ", "已知：")
COLON = Text(": ", "：")
MARGIN, INDENT, GAP = 3, 2, 2
VECTOR = re.compile(r"\[[^][]*\]")


def _relation(side: Side, ascii: bool) -> str:
    return ASCII_RELATIONS.get(side.relation, side.relation) if ascii else side.relation


def solution_lines(
    solution: Solution,
    *,
    width: int = 80,
    language: Language = "en",
    ascii: bool = False,
    with_givens: bool = False,
) -> list[str]:
    """Label, formula, numbers put in and value of each step in columns where they fit, else one under the other."""
    lines = _given_lines(solution, width, language, ascii) if with_givens else []
    rows = [_row(line, language, ascii) for line in solution.lines]
    widths = [max((row[column].width for row in rows), default=0) for column in range(5)]
    flat = not any(part.is_tall for row in rows for part in row)
    for line, row in zip(solution.lines, rows, strict=True):
        if line.told is not None:
            lines += _heading(line, width, language, ascii) + _below(line, width, language, ascii)
        elif flat and MARGIN + _table_width(widths) <= width:
            lines.append(pad(line.letter, MARGIN) + _table_line(row, widths))
            lines += _below(line, width, language, ascii)
        elif flat and MARGIN + INDENT + _table_width(widths[1:]) <= width:
            lines += _heading(line, width, language, ascii)
            lines += _indented([_table_line(row[1:], widths[1:])]) + _below(line, width, language, ascii)
        else:
            lines += _stacked(line, width, language, ascii)
    return lines


def _table_width(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _table_line(row: Sequence[Box], widths: Sequence[int]) -> str:
    """The columns filled to their widths; those empty in every row take no room. The subject is followed by one space."""
    line = ""
    for i, (part, width) in enumerate(zip(row, widths, strict=True)):
        if width:
            line += pad(part.lines[0], width) + " " * (1 if i == len(row) - 4 else GAP)
    return line.rstrip()


def _row(line: SolutionLine, language: Language, ascii: bool) -> list[Box]:
    """Label, subject, ``= formula``, ``= numbers`` (or nothing), ``= value``."""
    first, *rest = _sides(line, language, ascii)
    middle = _spaced(rest[:-1]) if len(rest) > 1 else text_box("")
    label = text_box(sentence(line.label(language), ascii, language))
    return [label, box(line.subject, ascii=ascii), first, middle, rest[-1] if rest else text_box("")]


def _chain(line: SolutionLine, language: Language, ascii: bool) -> list[Box]:
    """``name = formula``, then each further side with its sign."""
    return [box(line.subject, ascii=ascii), *_sides(line, language, ascii)]


def _sides(line: SolutionLine, language: Language, ascii: bool) -> list[Box]:
    drawn = [box(side.node, ascii=ascii, as_value=True, language=language) for side in line.sides]
    sides = [hcat(text_box(f"{_relation(side, ascii)} "), formula) for side, formula in zip(line.sides, drawn, strict=True)]
    return sides if line.word is None else [*sides, hcat(text_box("= "), text_box(visible(line.word(language))))]


def _spaced(boxes: Sequence[Box]) -> Box:
    return hcat(*[part for drawn in boxes for part in (drawn, text_box(" "))][:-1])


def _below(line: SolutionLine, width: int, language: Language, ascii: bool) -> list[str]:
    """The reason and the note, indented under the step."""
    said = [text(language) for text in (line.because, line.note) if text is not None]
    return _indented([out for text in said for out in flow(sentence_pieces(text, ascii, language), width - MARGIN - INDENT)])


def _stacked(line: SolutionLine, width: int, language: Language, ascii: bool) -> list[str]:
    """The label on a line of its own, the chain on one line if it fits, else aligned at its signs."""
    room = width - MARGIN - INDENT
    whole = _spaced(_chain(line, language, ascii))
    body = [out.rstrip() for out in whole.lines] if whole.width <= room else list(_aligned(line, room, language, ascii))
    return [*_heading(line, width, language, ascii), *_indented(body), *_below(line, width, language, ascii)]


def _heading(line: SolutionLine, width: int, language: Language, ascii: bool) -> list[str]:
    pieces = sentence_pieces(line.label(language), ascii, language)
    if line.told is not None:
        pieces += [COLON(language), visible(line.told(language))]
    lines = flow(pieces, width - MARGIN)
    return [pad(line.letter if i == 0 else "", MARGIN) + text for i, text in enumerate(lines)]


def _indented(lines: Sequence[str]) -> list[str]:
    return [" " * (MARGIN + INDENT) + line for line in lines]


def _aligned(line: SolutionLine, room: int, language: Language, ascii: bool) -> Iterator[str]:
    """One side under the other, the signs in one column; a long subject stands alone above."""
    subject = box(line.subject, ascii=ascii)
    beside = subject.width <= room // 4
    indent = subject.width + 1 if beside else 2
    if not beside:
        yield from subject.lines
    for i, side in enumerate(line.sides):
        head = f"{_relation(side, ascii)} "
        body = _within(side.node, room - indent - len(head), language, ascii)
        lead = pad(subject.lines[0], indent) if i == 0 and beside else " " * indent
        for row, text in enumerate(body.lines):
            before = lead + head if row == body.baseline else " " * (indent + len(head))
            yield (before + text).rstrip()
    if line.word is not None:
        yield " " * indent + "= " + visible(line.word(language))


def _within(node: Node, width: int, language: Language, ascii: bool) -> Box:
    """A formula in a width: flat, else with stacked fractions, else broken between terms, factors or words."""
    drawn = fitting_box(node, width, ascii=ascii, as_value=True, language=language)
    if drawn.width <= width:
        return drawn
    pieces = [piece for part in _broken(node, language, ascii) for piece in (part, " ")]
    if any(isinstance(piece, Box) and piece.width > width for piece in pieces):
        pieces = [_whole_vectors(ascii_text(node, True) if ascii else unicode_text(node, True, language), width)]
    lines = flow(pieces, width)
    first = next((i for i, text in enumerate(lines) if text.strip()), 0)
    tallest = next((piece.baseline for piece in pieces if isinstance(piece, Box)), 0)
    return Box(tuple(pad(text, width) for text in lines), first + (tallest if len(lines) > tallest else 0), width)


def _whole_vectors(line: str, width: int) -> str:
    """A formula whose vectors stay on one line each, where one has room."""
    return VECTOR.sub(lambda found: found[0].replace(" ", STICKY) if len(found[0]) < width else found[0], line)


def _broken(node: Node, language: Language, ascii: bool) -> list[Box]:
    """The operands of the outermost sums or matrix products, each with the sign before it."""
    (_, first), *rest = operands(node)
    signs = {"+": "+ ", "-": "- " if ascii else "− ", "@": ""}
    drawn = [box(first, ascii=ascii, as_value=not rest, language=language)]
    return drawn + [hcat(text_box(signs[sign]), box(part, ascii=ascii, after_sign=True, language=language)) for sign, part in rest]


def _given_lines(solution: Solution, width: int, language: Language, ascii: bool) -> list[str]:
    """The givens with their values and the conventions, as a paragraph of their own."""
    pieces: list[str | Box] = []
    for i, given in enumerate(solution.givens):
        pieces.append((", " if language == "en" else "，") if i else GIVEN(language))
        drawn = value_box(given.value, solution.style, language, ascii)
        sign = " " if drawn.lines[drawn.baseline].startswith(("≈", "~")) else " = "
        pieces.append(hcat(box(Name(given.name), ascii=ascii), text_box(sign), drawn))
    paragraphs = [pieces] if pieces else []
    paragraphs += [sentence_pieces(text(language), ascii, language) for text in solution.conventions]
    lines = [line for paragraph in paragraphs for line in flow(paragraph, width - MARGIN)]
    return [" " * MARGIN + line for line in lines] + [""] * bool(lines)
