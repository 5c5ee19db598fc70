"""Reads vectors and matrices in every layout people use: rows of brackets, MATLAB, NumPy, LaTeX. It compares nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from exam_tool.expressions.reader import Token
from exam_tool.expressions.tree import Array, Node
from exam_tool.language import Text

from .characters import Typed
from .grammar import parse
from .lexer import tokens
from .refusal import Refusal

MAX_SIDE, MAX_ENTRIES = 64, 1000
WRAPPER = re.compile(r"(?:(?:np|numpy|torch|jnp|tf|sp|sympy)\s*\.\s*)?(?:array|matrix|tensor|Tensor|Matrix|FloatTensor|constant)\s*\(")
KEYWORD = re.compile(r",\s*(?:dtype|device|requires_grad)\s*=\s*[A-Za-z0-9_.'\":]+\s*(?=[,)])")
TRANSPOSED = re.compile(r"(?:\s*\^\s*(?:\{\s*)?(?:T|ᵀ|\\top|\\mathrm\{T\}|\\text\{T\}|\\intercal)(?:\s*\})?|\.T|'|ᵀ){1,4}$")
ONE_TRANSPOSE = re.compile(r"\^\s*(?:\{\s*)?(?:T|ᵀ|\\top|\\mathrm\{T\}|\\text\{T\}|\\intercal)(?:\s*\})?|\.T|'|ᵀ")
PAIRS = {"[": "]", "(": ")", "<": ">"}


class Layout(NamedTuple):
    """The entries row by row as trees, and whether they were typed flat (one row without inner brackets)."""

    rows: tuple[tuple[Node, ...], ...]
    flat: bool

    @property
    def node(self) -> Node:
        return Array(self.rows[0]) if self.flat else Array(tuple(Array(row) for row in self.rows))


def read_rows(typed: Typed, symbols: Mapping[str, str]) -> Layout:
    """The rows of a vector or matrix.

    Raises:
        Refusal: naming row and column of what is missing, ragged or doubtful.
    """
    inner, turned = _without_transpose(_without_wrapper(typed))
    stream = tokens(inner, symbols)
    rows, flat = _split(stream[:-1], stream[-1])
    parsed = tuple(tuple(_entry(cell, i, j, symbols) for j, cell in enumerate(row, 1)) for i, row in enumerate(rows, 1))
    _check_sizes(parsed, inner)
    if turned:
        parsed, flat = tuple(zip(*parsed, strict=True)), False
    return Layout(parsed, flat)


def _without_wrapper(typed: Typed) -> Typed:
    """``np.array([...], dtype=float)`` without the call and its keywords."""
    wrapper = WRAPPER.match(typed.text)
    if wrapper is None or not typed.text.endswith(")"):
        return typed
    text = typed.text
    text = KEYWORD.sub(lambda keyword: " " * len(keyword[0]), text)
    return Typed(text, typed.columns).cut(wrapper.end(), len(text) - 1).strip()


def _without_transpose(typed: Typed) -> tuple[Typed, bool]:
    match = TRANSPOSED.search(typed.text)
    if match is None or match.start() == 0:
        return typed, False
    return typed.cut(0, match.start()).strip(), len(ONE_TRANSPOSE.findall(match[0])) % 2 == 1


def _closing(stream: list[Token], start: int) -> int:
    """The place of the bracket that closes the one at ``start``.

    Raises:
        Refusal: when there is none.
    """
    depth = 0
    for place in range(start, len(stream)):
        token = stream[place]
        if token.kind != "symbol":
            continue
        if token.text in "([{":
            depth += 1
        elif token.text in ")]}":
            depth -= 1
            if depth == 0:
                return place
    raise Refusal("brackets", Text("A bracket is opened and never closed.", "有一个括号没有闭合。"), stream[start].column)


def _split(stream: list[Token], end: Token) -> tuple[list[list[list[Token]]], bool]:
    """Rows of cells of tokens, and whether it was one flat row."""
    if not stream:
        raise Refusal("blank", Text("The list is empty.", "列表是空的。"), end.column)
    inside = stream
    if stream[0].text == "<" and stream[-1].text == ">":
        inside = stream[1:-1]
    elif stream[0].text in ("[", "(") and _closing(stream, 0) == len(stream) - 1 and (stream[0].text == "[" or _is_list(stream[1:-1])):
        if stream[-1].text != PAIRS[stream[0].text]:
            raise Refusal("brackets", Text("The brackets do not match.", "括号不配对。"), stream[-1].column)
        inside = stream[1:-1]
    if not inside:
        raise Refusal("blank", Text("The list is empty.", "列表是空的。"), stream[0].column)
    if inside[0].text == "[" or (inside[0].text == "(" and _is_row(inside)):
        return _nested(inside)
    rows = [_cells(row, i) for i, row in enumerate(_pieces(inside), 1)]
    return rows, len(rows) == 1


def _is_list(inside: list[Token]) -> bool:
    """Whether round brackets hold a list and not one number."""
    depth = 0
    for place, token in enumerate(inside):
        if token.kind == "symbol":
            depth += (token.text in "([{") - (token.text in ")]}")
            if depth == 0 and token.text in (",", ";"):
                return True
        if place and not depth and token.spaced and token.kind == "number" and inside[place - 1].kind == "number":
            return True
    return False


def _is_row(inside: list[Token]) -> bool:
    """Whether the leading round bracket is a row of a tuple of tuples."""
    close = _closing(inside, 0)
    return _is_list(inside[1:close]) and (close == len(inside) - 1 or inside[close + 1].text in (",", ";") or inside[close + 1].spaced > 0)


def _nested(inside: list[Token]) -> tuple[list[list[list[Token]]], bool]:
    rows: list[list[list[Token]]] = []
    place = 0
    while place < len(inside):
        token = inside[place]
        if token.text not in ("[", "("):
            raise Refusal("brackets", Text("Every row needs its own brackets.", "每一行都要有自己的括号。"), token.column)
        close = _closing(inside, place)
        if inside[close].text != PAIRS[token.text]:
            raise Refusal("brackets", Text("The brackets do not match.", "括号不配对。"), inside[close].column)
        content = inside[place + 1 : close]
        if content and content[0].text == "[":
            raise Refusal("brackets", Text("There is one pair of brackets too many.", "多了一层括号。"), content[0].column)
        pieces = _pieces(content)
        if len(pieces) > 1 and (rows or close != len(inside) - 1):
            raise Refusal("ragged", Text("A row holds several rows.", "一行里又分了几行。"), token.column)
        rows.extend(_cells(piece, len(rows) + i) for i, piece in enumerate(pieces, 1))
        place = close + 1
        if place < len(inside) and inside[place].text in (",", ";"):
            place += 1
            if place == len(inside):
                raise Refusal("empty-entry", Text(f"Row {len(rows) + 1} is missing.", f"缺少第 {len(rows) + 1} 行。"), inside[-1].column)
    return rows, False


def _pieces(content: list[Token]) -> list[list[Token]]:
    """Rows separated by ``;`` or by new lines (but a new line behind a comma only wraps the text)."""
    rows: list[list[Token]] = [[]]
    depth = 0
    for token in content:
        fresh = token.spaced == 2 and depth == 0 and bool(rows[-1]) and rows[-1][-1].text != "," and token.text not in (",", ";")
        if fresh:
            rows.append([])
        if token.kind == "symbol":
            depth += (token.text in "([{") - (token.text in ")]}")
            if depth == 0 and token.text == ";":
                rows.append([])
                continue
        rows[-1].append(token)
    return rows


def _cells(row: list[Token], number: int) -> list[list[Token]]:
    """The entries of one row: between commas (or ``&``) if there are any, else between blanks."""
    cells: list[list[Token]] = [[]]
    depth = 0
    by_comma = _has_comma(row)
    for token in row:
        if token.kind == "symbol":
            depth += (token.text in "([{") - (token.text in ")]}")
        if depth == 0 and by_comma and token.kind == "symbol" and token.text in (",", "&"):
            cells.append([])
        elif depth == 0 and not by_comma and token.spaced and cells[-1]:
            cells.append([token])
        else:
            cells[-1].append(token)
    for j, cell in enumerate(cells, 1):
        if not cell:
            column = row[-1].column if row else 0
            raise Refusal("empty-entry", Text(f"Row {number}, column {j} is empty.", f"第 {number} 行第 {j} 列是空的。"), column)
        if not by_comma and len(cells) > 1:
            _check_blanks(cell, number, j)
    return cells


def _has_comma(row: list[Token]) -> bool:
    depth = 0
    for token in row:
        if token.kind == "symbol":
            depth += (token.text in "([{") - (token.text in ")]}")
            if depth == 0 and token.text in (",", "&"):
                return True
    return False


def _check_blanks(cell: list[Token], i: int, j: int) -> None:
    """Refuses ``[1 - 2 3]``: between blanks every entry must hold together by itself."""
    for token in (cell[0] if cell[0].text not in "-+" or len(cell) == 1 else cell[-1], cell[-1]):
        if token.kind == "symbol" and token.text in ("-", "+", "*", "/", "^"):
            remedy = Text("put the sign next to its number", "请把符号紧贴它的数")
            raise Refusal(
                "sign-alone",
                Text(f'Row {i}, column {j}: "{token.text}": {remedy.en}.', f"第 {i} 行第 {j} 列：“{token.text}”：{remedy.zh}。"),
                token.column,
            )


def _entry(cell: list[Token], i: int, j: int, symbols: Mapping[str, str]) -> Node:
    last = cell[-1]
    try:
        return parse([*cell, Token("end", "", last.column + len(last.text))], symbols, mixed=False)
    except Refusal as refusal:
        message = Text(f"Row {i}, column {j}: {refusal.message.en}", f"第 {i} 行第 {j} 列：{refusal.message.zh}")
        raise Refusal(refusal.code, message, refusal.column, refusal.width) from None


def _check_sizes(rows: tuple[tuple[Node, ...], ...], typed: Typed) -> None:
    width = len(rows[0])
    if len(rows) > MAX_SIDE or (width > MAX_SIDE and len(rows) > 1) or len(rows) * width > MAX_ENTRIES:
        raise Refusal(
            "too-big", Text(f"At most {MAX_SIDE} rows and columns are read.", f"最多读取 {MAX_SIDE} 行 {MAX_SIDE} 列。"), typed.columns[0]
        )
    for i, row in enumerate(rows[1:], 2):
        if len(row) != width:
            raise Refusal(
                "ragged",
                Text(f"Row {i} has {_entries(len(row))}, row 1 has {width}.", f"第 {i} 行有 {len(row)} 个数，第 1 行有 {width} 个。"),
                typed.columns[0],
                len(typed.text),
            )


def _entries(count: int) -> str:
    return f"{count} entry" if count == 1 else f"{count} entries"
