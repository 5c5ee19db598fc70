"""Takes off what people put around an answer: dollar signs, boxes, quotes, labels, units. What is left is still as they typed it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exam_tool.language import Text

from .characters import Typed, mapped
from .refusal import Refusal

PAIRS = (
    ("$$", "$$"),
    ("$", "$"),
    ("\\(", "\\)"),
    ("\\[", "\\]"),
    ("\\boxed{", "}"),
    ("\\fbox{", "}"),
    ('"', '"'),
    ("``", "``"),
    ("`", "`"),
    ("'", "'"),
)
LEAD = re.compile(
    r"(?:(?:final\s+)?(?:answer|ans|result)(?:\s+is)?(?![A-Za-z0-9_])\s*[:=]?"
    r"|(?:答案|结果|解|答)(?:是|为)?\s*[:=]?"
    r"|(?:approximately|approx\.?|about)(?![A-Za-z0-9_])|(?:约等于|大约|约)|\\approx|[≈~]|=)\s*",
    re.IGNORECASE,
)
LABEL_LENGTH = 40
MAX_SIDES = 8
EQUALS = re.compile(r"\\approx|[=≈]")
BLANK = Text("No answer given.", "没有作答。")

MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
SPREADSHEET_DATE = re.compile(
    rf"[0-9]{{1,2}}-(?:{MONTHS})(?:-[0-9]{{2,4}})?|(?:{MONTHS})-[0-9]{{1,4}}"
    r"|[0-9]{1,2}月[0-9]{1,2}日|(?:19|20)[0-9]{2}[-/][0-9]{1,2}[-/][0-9]{1,2}",
    re.IGNORECASE,
)
GROUPED = re.compile(r"([+-]?)([1-9][0-9]{0,2})(?:(,)|(_)|(')|( ))([0-9]{3}(?:(?:(?(3),)(?(4)_)(?(5)')(?(6) ))[0-9]{3})*)(\.[0-9]*)?")
DECIMAL_COMMA = re.compile(r"([+-]?[0-9]+),([0-9]+)")


def unwrapped(typed: Typed) -> Typed:
    """Without the pairs of signs around it, a leading "answer:", a leading approximately sign and a final stop.

    Raises:
        Refusal: when nothing is left.
    """
    typed = typed.strip()
    for opening, closing in PAIRS * 2:
        if len(typed.text) > len(opening) + len(closing) and typed.text.startswith(opening) and typed.text.endswith(closing):
            inside = typed.text[len(opening) : len(typed.text) - len(closing)]
            if closing == "}" and not _balanced(inside):
                continue
            if opening == closing and opening in inside:
                continue
            typed = typed.cut(len(opening), len(typed.text) - len(closing)).strip()
    if typed.text.startswith("'") and len(typed.text) > 1:
        typed = typed.cut(1).strip()
    lead = LEAD.match(typed.text)
    if lead and lead.end() < len(typed.text):
        typed = typed.cut(lead.end()).strip()
    if len(typed.text) > 1 and typed.text[-1] in ".;。" and typed.text[-2] != ".":
        typed = typed.cut(0, len(typed.text) - 1).strip()
    if not typed.text:
        raise Refusal("blank", BLANK, 0)
    return typed


def _balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0


def sides(typed: Typed) -> list[Typed]:
    """The parts between top-level signs of equality (``=``, ``≈``), each without blanks around it."""
    if "=" not in typed.text and "≈" not in typed.text and "\\approx" not in typed.text:
        return [typed]
    parts: list[Typed] = []
    start = 0
    for match in EQUALS.finditer(typed.text):
        position, before = match.start(), typed.text[start : match.start()]
        if typed.text[max(0, position - 1) : position] in ("<", ">", "!") and match[0] == "=":
            return [typed]
        if sum(map(before.count, "([{")) > sum(map(before.count, ")]}")):
            continue
        parts.append(typed.cut(start, position).strip())
        if len(parts) >= MAX_SIDES:
            raise Refusal(
                "too-big", Text("Too many signs of equality. Give the final value.", "等号过多。请给出最终结果。"), typed.columns[position]
            )
        start = match.end()
    return [*parts, typed.cut(start).strip()]


def could_be_label(part: Typed) -> bool:
    return 0 < len(part.text) <= LABEL_LENGTH and any(character.isalpha() for character in part.text)


def without_unit(typed: Typed, units: Sequence[str]) -> Typed:
    """Without one trailing unit that the question accepts, in the spelling of the question (case counts: MB is not Mb)."""
    text = typed.text
    for unit in sorted(map(_plain, units), key=len, reverse=True):
        long_word = len(unit) >= 4 and unit.isascii()
        tail = text[-len(unit) :]
        if not unit or len(text) <= len(unit) or not (tail == unit or (long_word and tail.lower() == unit.lower())):
            continue
        before = text[: -len(unit)].rstrip()
        if before and not (unit[0].isalpha() and unit[0].isascii() and (before[-1].isalpha() and len(before) == len(text) - len(unit))):
            return typed.cut(0, len(before))
    return typed


def _plain(unit: str) -> str:
    return "".join(mapped(character, 0, unit) for character in unit).strip()


def ungrouped(typed: Typed) -> Typed:
    """A number with thousands separators, when the whole answer is one, without them.

    Raises:
        Refusal: for a decimal comma, and for a fraction that a spreadsheet turned into a date.
    """
    text = typed.text
    if SPREADSHEET_DATE.fullmatch(text):
        raise Refusal(
            "spreadsheet-date",
            Text(
                f'"{text}": the spreadsheet changed a fraction into a date. Format the column as Text.',
                f"“{text}”：电子表格把分数改成了日期。请把该列设为“文本”格式。",
            ),
            typed.columns[0],
            len(text),
        )
    grouped = GROUPED.fullmatch(text)
    if grouped:
        kept = [i for i, character in enumerate(text) if character not in ",_' "]
        return Typed("".join(text[i] for i in kept), [typed.columns[i] for i in kept] + [typed.columns[-1]])
    comma = DECIMAL_COMMA.fullmatch(text)
    if comma:
        raise Refusal(
            "decimal-comma",
            Text(
                f'"{text}": use a point for decimals ({comma[1]}.{comma[2]}), a comma only for thousands.',
                f"“{text}”：小数请用点（{comma[1]}.{comma[2]}），逗号只用于千位分隔。",
            ),
            typed.columns[comma.end(1)],
        )
    return typed
