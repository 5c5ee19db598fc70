"""Reads sets of numbers and unions of intervals. It compares nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from exam_tool.expressions.reader import Token
from exam_tool.expressions.tree import Node
from exam_tool.language import Text

from .characters import Typed
from .grammar import parse
from .lexer import tokens
from .refusal import Refusal

MAX_ELEMENTS = 100
LIST_SIGNS = frozenset((",", ";"))
LIST_WORDS = frozenset(("or", "and", "或", "或者", "和", "与"))
EMPTY_WORDS = frozenset(("∅", "空集", "none", "empty"))
UNION_WORDS = frozenset(("∪", "U", "u", "or", "或", "或者", "∪"))
BOTH_WORDS = frozenset(("and", "且", "并且"))
REALS = frozenset(("R", "ℝ", "RR"))


def read_set(typed: Typed, symbols: Mapping[str, str]) -> tuple[Node, ...]:
    """The elements as trees, each plus-minus expanded.

    Raises:
        Refusal: for an element that cannot be read, or two plus-minus signs in one.
    """
    if typed.text in EMPTY_WORDS:
        return ()
    stream = tokens(typed, symbols)[:-1]
    if sum(token.text == "=" for token in stream) == 1:
        stream = _unlabelled(stream)
    bracketed = len(stream) >= 2 and stream[0].text + stream[-1].text in ("{}", "[]", "()") and _spans(stream)
    if bracketed:
        stream = stream[1:-1]
        if not stream:
            return ()
    elements: list[Node] = []
    for piece in _split(stream, LIST_SIGNS, LIST_WORDS):
        elements.extend(_element(_unlabelled(piece), symbols, typed))
        if len(elements) > MAX_ELEMENTS:
            raise Refusal(
                "too-big", Text(f"A set has at most {MAX_ELEMENTS} elements.", f"集合最多 {MAX_ELEMENTS} 个元素。"), typed.columns[0]
            )
    return tuple(elements)


def _spans(stream: list[Token]) -> bool:
    """Whether the first bracket is closed by the last token."""
    depth = 0
    for place, token in enumerate(stream):
        if token.kind == "symbol":
            depth += (token.text in "([{") - (token.text in ")]}")
        if depth == 0:
            return place == len(stream) - 1
    return False


def _split(stream: list[Token], signs: frozenset[str], words: frozenset[str]) -> list[list[Token]]:
    pieces: list[list[Token]] = [[]]
    depth = 0
    for token in stream:
        if token.kind == "symbol":
            depth += (token.text in "([{") - (token.text in ")]}")
        if depth == 0 and ((token.kind == "symbol" and token.text in signs) or (token.kind == "name" and token.text.lower() in words)):
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces


def _unlabelled(piece: list[Token]) -> list[Token]:
    """``x = 2`` as 2: each element may carry its own label."""
    if len(piece) > 2 and piece[0].kind == "name" and piece[1].text in ("=", "∈"):
        return piece[2:]
    return piece


def _element(piece: list[Token], symbols: Mapping[str, str], typed: Typed) -> list[Node]:
    places = [i for i, token in enumerate(piece) if token.text == "±"]
    if not piece:
        raise Refusal("empty-entry", Text("An element is missing.", "缺少一个元素。"), typed.columns[-1])
    if len(places) > 1:
        raise Refusal("ambiguous", Text("One ± in an element at most.", "一个元素里最多只能有一个 ±。"), piece[places[1]].column)
    end = Token("end", "", piece[-1].column + len(piece[-1].text))
    if not places:
        return [parse([*piece, end], symbols, mixed=False)]
    place = places[0]
    return [
        parse(
            [*piece[:place], *([Token("symbol", sign, piece[place].column)] if place or sign == "-" else []), *piece[place + 1 :], end],
            symbols,
            mixed=False,
        )
        for sign in "+-"
    ]


class Piece(NamedTuple):
    """One interval: its ends (None for an infinite one) and whether they belong to it."""

    low: Node | None
    has_low: bool
    high: Node | None
    has_high: bool


def read_intervals(typed: Typed, symbols: Mapping[str, str]) -> tuple[Piece, ...]:
    """A union of intervals, from brackets or from inequalities in one letter.

    Raises:
        Refusal: for anything else, and for an infinite end that is said to belong.
    """
    if typed.text in REALS:
        return (Piece(None, False, None, False),)
    if typed.text in EMPTY_WORDS:
        return ()
    stream = tokens(typed, symbols)[:-1]
    if len(stream) > 2 and stream[0].kind == "name" and stream[1].text in ("∈", "in", "="):
        stream = stream[2:]
    return tuple(_interval(piece, symbols, typed) for piece in _unions(stream))


def _unions(stream: list[Token]) -> list[list[Token]]:
    """Brackets of intervals need not match, so pieces end at union signs and words only."""
    pieces: list[list[Token]] = [[]]
    for token in stream:
        if token.text in UNION_WORDS:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces


def _interval(piece: list[Token], symbols: Mapping[str, str], typed: Typed) -> Piece:
    if not piece:
        raise Refusal("empty-entry", Text("An interval is missing.", "缺少一个区间。"), typed.columns[-1])
    if any(token.text in ("<", ">", "<=", ">=") for token in piece):
        return _both([_inequality(part, symbols) for part in _split(piece, frozenset(), BOTH_WORDS)], piece)
    commas = [i for i, token in enumerate(piece) if token.text in (",", ";") and _outer(piece, i)]
    opening, closing = piece[0], piece[-1]
    if len(commas) != 1 or opening.text not in ("[", "(", "]") or closing.text not in ("]", ")", "["):
        raise Refusal(
            "kind",
            Text("An interval such as [0, 1) or 0 <= x < 1 is asked.", "这里要的是区间，例如 [0, 1) 或 0 <= x < 1。"),
            opening.column,
            max(1, closing.column - opening.column + 1),
        )
    has_low, has_high = opening.text == "[", closing.text == "]"
    low = _end(piece[1 : commas[0]], symbols, -1, has_low, opening)
    high = _end(piece[commas[0] + 1 : -1], symbols, 1, has_high, closing)
    return Piece(low, has_low, high, has_high)


def _both(parts: list[Piece], piece: list[Token]) -> Piece:
    """``x >= 0 and x < 1``: one inequality for each end."""
    if len(parts) == 1:
        return parts[0]
    lows, highs = [part for part in parts if part.high is None], [part for part in parts if part.low is None]
    if len(parts) != 2 or len(lows) != 1 or len(highs) != 1:
        raise Refusal("syntax", Text("Write an inequality as 0 <= x < 1 or x > 2.", "不等式请写成 0 <= x < 1 或 x > 2。"), piece[0].column)
    return Piece(lows[0].low, lows[0].has_low, highs[0].high, highs[0].has_high)


def _outer(piece: list[Token], place: int) -> bool:
    depth = 0
    for token in piece[1:place]:
        depth += (token.text in ("(", "{")) - (token.text in (")", "}"))
    return depth == 0


def _end(cell: list[Token], symbols: Mapping[str, str], side: int, belongs: bool, bracket: Token) -> Node | None:
    sign = -1 if cell and cell[0].text == "-" else 1
    rest = cell[1:] if cell and cell[0].text in ("-", "+") else cell
    if len(rest) == 1 and rest[0].text in ("∞", "oo", "inf", "infinity", "Inf", "infty"):
        if belongs:
            raise Refusal(
                "infinite-end",
                Text("Infinity never belongs to an interval: use a round bracket.", "无穷不属于区间：请用圆括号。"),
                bracket.column,
            )
        if sign != side:
            raise Refusal("infinite-end", Text("This infinity stands at the wrong end.", "无穷写在了错误的一端。"), rest[0].column)
        return None
    if not cell:
        raise Refusal("empty-entry", Text("An end of the interval is missing.", "区间缺少一个端点。"), bracket.column)
    return parse([*cell, Token("end", "", cell[-1].column + len(cell[-1].text))], symbols)


def _inequality(piece: list[Token], symbols: Mapping[str, str]) -> Piece:
    """``0 <= x < 1``, ``x > 2``, ``2 < x``; the letter stands alone on its side."""
    if not piece:
        raise Refusal("empty-entry", Text("An inequality is missing.", "缺少一个不等式。"), 0)
    places = [i for i, token in enumerate(piece) if token.text in ("<", ">", "<=", ">=")]
    parts = [piece[start:stop] for start, stop in zip([0, *[p + 1 for p in places]], [*places, len(piece)], strict=True)]
    signs = [piece[p].text for p in places]
    letter = [
        i for i, part in enumerate(parts) if len(part) == 1 and part[0].kind == "name" and part[0].text not in ("pi", "π", "e", "∞", "oo")
    ]
    one_way = len({sign[0] for sign in signs}) == 1
    if len(letter) != 1 or len(parts) > 3 or not one_way or (len(parts) == 3 and letter != [1]):
        raise Refusal("syntax", Text("Write an inequality as 0 <= x < 1 or x > 2.", "不等式请写成 0 <= x < 1 或 x > 2。"), piece[0].column)
    if signs[0][0] == ">":  # turned round, so that it reads from small to large
        parts, signs, letter = parts[::-1], [sign.replace(">", "<") for sign in signs[::-1]], [len(parts) - 1 - letter[0]]
    low = high = None
    has_low = has_high = False
    if letter[0] > 0:
        has_low = signs[letter[0] - 1] == "<="
        low = _end(parts[0], symbols, -1, has_low, piece[places[0]])
    if letter[0] < len(parts) - 1:
        has_high = signs[letter[0]] == "<="
        high = _end(parts[-1], symbols, 1, has_high, piece[places[-1]])
    return Piece(low, has_low, high, has_high)
