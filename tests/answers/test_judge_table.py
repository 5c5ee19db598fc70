"""Every answer of the tables gets its verdict; the rules decide, and where a row disagreed one of the two was mended."""

from __future__ import annotations

from collections import Counter

import pytest

from exam_tool.answers import KINDS, judge

from .tables import rows

ROWS = list(rows())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.place} {row.response[:30]!r}")
def test_each_answer_of_the_table_gets_its_verdict(row):
    """Verdict, and the code of the case where the row names one."""
    judgement = judge(row.response, key=row.key, kind=row.kind, **row.settings)
    assert judgement.verdict.value == row.verdict, judgement.reason.en
    assert judgement.code == row.code or not row.code
    assert judgement.reason.en
    assert judgement.reason.zh


def test_the_tables_cover_every_kind_and_verdict():
    """At least 600 answers, all kinds, and both alphabets."""
    assert len(ROWS) >= 600
    assert {row.kind for row in ROWS} == set(KINDS)
    assert {row.verdict for row in ROWS} == {"correct", "incorrect", "imprecise", "unreadable"}
    assert sum(not row.response.isascii() for row in ROWS) >= 200
    assert min(Counter(row.kind for row in ROWS).values()) >= 15
