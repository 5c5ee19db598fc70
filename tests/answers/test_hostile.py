"""No response makes the judge raise, hang or grow, and none of the hostile ones is ever right."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import groupby

import pytest

from exam_tool.answers import Judgement, Key, judge_with, pointer, prepare, read_back
from exam_tool.expressions.printing import visible

from .hostile import KEYS, Attack, attacks

KEY: dict[str, Key] = {kind: prepare(kind=kind, prove=False, **settings) for kind, settings in KEYS.items()}
LINES = [list(group) for _, group in groupby(attacks(), key=lambda attack: attack.place)]
SECONDS = 0.05


def judged(attack: Attack) -> Judgement:
    """The judgement with all that a screen would make of it."""
    judgement = judge_with(KEY[attack.kind], attack.response)
    if judgement.reading is not None:
        assert judgement.reading.text is not None
        assert judgement.reading.latex is not None
        read_back(judgement.reading)
    if judgement.column is not None:
        line, carets = pointer(attack.response, judgement.column, judgement.width)
        assert visible(line) == line
        assert carets.strip(" ^") == ""
    return judgement


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line[0].place}")
def test_a_hostile_response_is_refused_or_wrong_at_once(line):
    """Each line of the file says what must happen; whatever it is takes less than 50 ms of processor time."""
    for attack in line:
        start = time.process_time()
        judgement = judged(attack)
        spent = time.process_time() - start
        if attack.expected == "unread":
            assert judgement.verdict.value == "unreadable", attack
            assert judgement.code == attack.code or not attack.code, attack
        else:
            assert judgement.verdict.value in ("incorrect", "unreadable", "undecided"), attack
        assert judgement.reason.en
        assert judgement.reason.zh
        if spent > SECONDS:  # once more: the first time pays for imports and for what else the machine does
            start = time.process_time()
            judged(attack)
            spent = time.process_time() - start
        assert spent < SECONDS, attack


def test_there_are_enough_hostile_responses():
    """At least 400 lines, and every kind is attacked."""
    assert len(LINES) >= 400
    assert {attack.kind for line in LINES for attack in line} == set(KEYS)


def test_all_hostile_responses_together_need_little_memory():
    """A process that judges all of them grows by less than 100 MB."""
    code = (
        "import resource\n"
        "from tests.answers.test_hostile import LINES, judged\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for line in LINES:\n"
        "    for attack in line:\n"
        "        judged(attack)\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert int(done.stdout) < 100
