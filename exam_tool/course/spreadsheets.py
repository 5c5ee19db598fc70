"""Cells a spreadsheet has changed behind its user's back: fractions turned into dates, rounded long numbers, errors."""

from __future__ import annotations

import re
from typing import NamedTuple

from exam_tool.language import Text

MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
DATES = re.compile(
    rf"""\d{{1,2}}-(?:{MONTHS})(?:-\d{{2,4}})?        # 3-Feb, 3-Feb-26
    | (?:{MONTHS})-\d{{1,4}}                          # Feb-03
    | \d{{1,2}}月\d{{1,2}}日                           # 2月3日
    | \d{{4}}年\d{{1,2}}月(?:\d{{1,2}}日)?              # 2026年2月3日
    | (?:19|20)\d\d[-/]\d{{1,2}}[-/]\d{{1,2}}(?:[ T]\d{{1,2}}:\d\d(?::\d\d)?)?   # 2026-02-03 00:00:00
    | \d{{1,2}}/\d{{1,2}}/(?:19|20)\d\d               # 2/3/2026
    """,
    re.IGNORECASE | re.VERBOSE,
)
ROUNDED = re.compile(r"-?\d\.\d{1,5}E[+-]\d\d")
ERRORS = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!)|#{2,}", re.IGNORECASE)
MAX_LENGTH = 30

DATE = Text(
    "the spreadsheet changed this cell into a date. Format the column as Text and enter the answer again.",
    "电子表格把这个单元格改成了日期。请把该列设为文本格式后重新填写。",
)
SHORTENED = Text(
    "the spreadsheet shows a long number rounded. Format the column as Text and enter the answer again.",
    "电子表格把长数字取了近似值。请把该列设为文本格式后重新填写。",
)
ERROR = Text("this is an error value of a spreadsheet, not an answer.", "这是电子表格的错误值，不是答案。")


class Damage(NamedTuple):
    """What happened to a cell; not ``sure`` where a person may have typed the same."""

    reason: Text
    sure: bool = True


def damage(text: str) -> Damage | None:
    """What a spreadsheet did to a cell, as far as it shows."""
    plain = text.strip()
    if len(plain) < 3 or len(plain) > MAX_LENGTH or plain.isdigit():
        return None
    if DATES.fullmatch(plain):
        return Damage(DATE)
    if ROUNDED.fullmatch(plain):
        return Damage(SHORTENED, sure=False)
    if ERRORS.fullmatch(plain):
        return Damage(ERROR)
    return None
