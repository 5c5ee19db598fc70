"""What a person typed as a value, or why it has none: plain numbers and lists of them at once, everything else through the grammar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from exam_tool.expressions.exact import Scalar
from exam_tool.expressions.reader import ReadError
from exam_tool.expressions.tree import Array, Name, Node
from exam_tool.language import ExamToolError, Text

from .arithmetic import value_of
from .asked import KINDS, LISTS, NUMBERS, Asked, Kind, NotAsked, asked_for, symbol_spellings
from .characters import Typed, normalised
from .choices import Options, labels_of, read_choice, read_match, read_order, read_text, read_truth
from .decide import Verdict
from .digits import decimals_of, rounds_to
from .envelope import could_be_label, sides, ungrouped, unwrapped, without_unit
from .grammar import parse
from .lexer import tokens
from .lists import Layout, read_rows
from .plain import PLAIN_NUMBER, plain_list, plain_number
from .refusal import Refusal
from .sets import Piece, read_intervals, read_set
from .shapes import read_shape

TOO_DEEP = Text("This answer has too many nested brackets. Give the final value.", "括号嵌套过多。请给出最终结果。")
LABELS = frozenset(("unknown-name", "unit", "character", "syntax", "two-values", "incomplete", "kind"))


class Reading(NamedTuple):
    """An answer as it was read.

    ``value`` is a scalar, a ``Shape``, a vector (tuple), a matrix (tuple of rows), a tuple of set elements or of intervals, the
    chosen labels, a word, a truth value, or (for ``expression``) the tree. ``decimals`` counts the decimals as typed, entry by
    entry for lists, None where no decimal was typed; for intervals it holds their ends as trees.
    """

    kind: Kind
    typed: str
    value: Any
    decimals: Any = None
    tree: Node | None = None
    asked: Asked | None = None
    flat: bool = False

    @property
    def node(self) -> Node | None:
        """The tree of what was typed; None for kinds that have none. Plain numbers are read again only when asked."""
        if self.tree is not None or (self.kind not in NUMBERS and self.kind not in LISTS) or self.asked is None:
            return self.tree
        again = read_fully(self.typed, self.asked)
        return again.tree

    @property
    def text(self) -> str:
        """How it was read, in the language of formulas."""
        from .echo import reading_text

        return reading_text(self)

    @property
    def latex(self) -> str:
        from .echo import reading_latex

        return reading_latex(self)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why an answer could not be read, and where: ``column`` and ``width`` count characters of what was typed, from 0."""

    typed: str
    message: Text
    column: int
    width: int
    code: str


@dataclass(frozen=True, slots=True)
class Working:
    """``expression = value`` as a person writes working; ``value`` is None when only one thing was typed."""

    expression: Reading
    value: Reading | None

    @property
    def agrees(self) -> bool:
        """Whether the value is that of the expression, or its rounding."""
        return self.value is None or rounds_to(self.expression.value, self.value.value, self.value.decimals)


def read_answer(
    response: str,
    kind: str,
    *,
    units: Sequence[str] = (),
    unit: str | None = None,
    symbols: Sequence[str] = (),
    options: Options | None = None,
    multi: bool = False,
    lefts: Sequence[str] = (),
) -> Reading | Unreadable:
    """One answer of the given kind as a value, or the reason why it has none. Never raises for what a person typed."""
    return read_asked(response, asked_for(kind, units=units, unit=unit, symbols=symbols, options=options, multi=multi, lefts=lefts))


def read_asked(response: str, asked: Asked) -> Reading | Unreadable:
    """The same for a question already described."""
    if not isinstance(response, str):
        response = "" if response is None else str(response)
    if asked.kind in NUMBERS:
        quick = plain_number(response)
        if quick is not None:
            return Reading(asked.kind, response, quick[0], quick[1], None, asked)
    elif asked.kind in LISTS:
        entries = plain_list(response)
        if entries is not None:
            value, decimals, flat = entries
            return Reading(asked.kind, response, value, decimals, None, asked, flat)
    found: Reading | Unreadable = caught(read_fully, response, asked)
    return found


def caught(read: Any, response: str, asked: Asked) -> Any:
    """The result of reading, or what stopped it as data."""
    try:
        return read(response, asked)
    except Refusal as refusal:
        return Unreadable(response, refusal.message, refusal.column, refusal.width, refusal.code)
    except ReadError as error:
        return Unreadable(response, error.message, error.column, error.width, "syntax")
    except ExamToolError as error:
        return Unreadable(response, error.message, 0, max(1, len(response)), "undefined")
    except RecursionError:  # a second fence behind the limit on brackets
        return Unreadable(response, TOO_DEEP, 0, max(1, len(response)), "too-deep")


def read_fully(response: str, asked: Asked) -> Reading:
    """One answer through the whole grammar.

    Raises:
        Refusal: when it cannot be read.
    """
    kind = asked.kind
    match kind:
        case "choice":
            return Reading(kind, response, read_choice(response, asked.options, asked.multi), None, None, asked)
        case "true_false":
            return Reading(kind, response, read_truth(response), None, None, asked)
        case "text":
            return Reading(kind, response, read_text(response), None, None, asked)
        case "order":
            return Reading(kind, response, read_order(response, labels_of(asked.options)), None, None, asked)
        case "match":
            return Reading(kind, response, read_match(response, asked.lefts, labels_of(asked.options)), None, None, asked)
    typed = unwrapped(normalised(response))
    symbols = asked.symbols or {}
    match kind:
        case "set":
            nodes = read_set(without_unit(typed, asked.units), symbols)
            return Reading(kind, response, _distinct(nodes), tuple(map(decimals_of, nodes)), Array(nodes), asked)
        case "interval":
            pieces = read_intervals(typed, symbols)
            return Reading(kind, response, _interval_values(pieces), pieces, None, asked)
        case "shape":
            shape, sign = read_shape(_labelled(typed)[-1])
            return Reading(kind, response, shape, sign, None, asked)
        case "vector" | "matrix":
            parts = [_list(part, asked, response) for part in _labelled(typed)]
        case _:
            parts = _scalars(typed, asked, response)
    first = parts[0]
    for other in parts[1:]:
        if not _same_or_rounded(first, other):
            raise Refusal(
                "two-values",
                Text(f'"{response.strip()[:60]}": these differ; give one.', f"“{response.strip()[:60]}”：两个值不同，只给一个。"),
                0,
                len(response),
            )
    return first


def read_working(response: str, *, units: Sequence[str] = (), unit: str | None = None, kind: str = "exact") -> Working | Unreadable:
    """A cell that allows working: ``(3+5)/2 = 4``, or only a value. A label in front is dropped; of a chain the first and last count."""
    found: Working | Unreadable = caught(_working, str(response), asked_for(kind, units=units, unit=unit))
    return found


def _working(response: str, asked: Asked) -> Working:
    parts = _scalars(unwrapped(normalised(response)), asked, response)
    return Working(parts[0], parts[-1] if len(parts) > 1 else None)


def _scalars(typed: Typed, asked: Asked, response: str) -> list[Reading]:
    """The values between signs of equality, without a label in front."""
    parts = sides(typed)
    if len(parts) > 1 and could_be_label(parts[0]) and _is_label(parts[0], asked, response):
        parts = parts[1:]
    return [_scalar(part, asked, response) for part in parts]


def _is_label(part: Typed, asked: Asked, response: str) -> bool:
    """A name, or text that is not itself a number; a doubtful expression is no label."""
    try:
        reading = _scalar(part, asked, response)
    except Refusal as refusal:
        return refusal.code in LABELS
    return asked.kind == "expression" and isinstance(reading.value, Name)


def _labelled(typed: Typed) -> list[Typed]:
    parts = sides(typed)
    return parts[1:] if len(parts) > 1 and could_be_label(parts[0]) and parts[0].text[0] not in "[(<" else parts


def _scalar(part: Typed, asked: Asked, response: str) -> Reading:
    bare = ungrouped(without_unit(part, asked.units).strip())
    if not bare.text:
        raise Refusal("blank", Text("Nothing stands here.", "这里没有内容。"), bare.columns[0])
    symbols = asked.symbols or {}
    stream = tokens(bare, symbols)
    if stream[0].text == "[" or (stream[0].text == "{" and any(token.text in (",", ";") for token in stream)):
        raise Refusal("kind", Text("One number is asked, this is a list.", "这里只要一个数，而这是一列数。"), stream[0].column)
    node = parse(stream, symbols, units=asked.units)
    if asked.kind == "expression":
        return Reading(asked.kind, response, node, decimals_of(node), node, asked)
    return Reading(asked.kind, response, value_of(node, width=len(response)), decimals_of(node), node, asked)


def _list(part: Typed, asked: Asked, response: str) -> Reading:
    layout: Layout = read_rows(without_unit(part, asked.units).strip(), asked.symbols or {})
    values = tuple(tuple(value_of(node, width=len(response)) for node in row) for row in layout.rows)
    decimals = tuple(tuple(map(decimals_of, row)) for row in layout.rows)
    if layout.flat:
        return Reading(asked.kind, response, values[0], decimals[0], layout.node, asked, True)
    return Reading(asked.kind, response, values, decimals, layout.node, asked, False)


def _distinct(nodes: tuple[Node, ...]) -> tuple[Scalar, ...]:
    return tuple(map(value_of, nodes))


def _interval_values(pieces: tuple[Piece, ...]) -> tuple[tuple[Scalar | None, bool, Scalar | None, bool], ...]:
    def end(node: Node | None) -> Scalar | None:
        return None if node is None else value_of(node)

    return tuple((end(piece.low), piece.has_low, end(piece.high), piece.has_high) for piece in pieces)


def _same_or_rounded(first: Reading, other: Reading) -> bool:
    if first.kind == "expression":
        from .symbolic import compare_expressions

        return compare_expressions(first.value, other.value, prove=False).verdict is not Verdict.INCORRECT
    if isinstance(first.value, tuple):
        a, b = list(_flattened(first.value)), list(_flattened(other.value))
        places = list(_flattened(other.decimals))
        return len(a) == len(b) and all(map(rounds_to, a, b, places))
    return rounds_to(first.value, other.value, other.decimals)


def _flattened(value: Any) -> Any:
    if isinstance(value, tuple):
        for item in value:
            yield from _flattened(item)
    else:
        yield value


__all__ = [
    "KINDS", "LISTS", "NUMBERS", "PLAIN_NUMBER", "TOO_DEEP", "Asked", "Kind", "NotAsked", "Reading", "Unreadable", "Working",
    "asked_for", "decimals_of", "plain_list", "plain_number", "read_answer", "read_asked", "read_fully", "read_working",
    "rounds_to", "symbol_spellings",
]  # fmt: skip
