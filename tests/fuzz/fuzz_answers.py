"""A coverage-guided fuzzer for the reader and judge of answers.

    pip install atheris
    python tests/fuzz/fuzz_answers.py [-max_total_time=600] [CORPUS]

Whatever bytes arrive, nothing may raise, take long, or be echoed with a control character. Findings become lines of
``tests/answers/hostile.txt``.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
with atheris.instrument_imports(include=["exam_tool"]):
    from exam_tool.answers import Key, judge_with, pointer, prepare, read_answer, read_back, read_working
    from exam_tool.expressions.printing import visible
    from tests.answers.hostile import KEYS

SECONDS = 0.4  # instrumented code runs several times slower
KEY: list[Key] = [prepare(kind=kind, prove=False, **settings) for kind, settings in KEYS.items()]


def test_one_input(data: bytes) -> None:
    """One kind, chosen by the first byte, and one response."""
    if not data:
        return
    key = KEY[data[0] % len(KEY)]
    response = data[1:].decode("utf-8", "surrogateescape")
    start = time.process_time()
    judgement = judge_with(key, response)
    if judgement.reading is not None:
        assert isinstance(judgement.reading.text, str)
        assert isinstance(judgement.reading.latex, str)
        read_back(judgement.reading)
    if judgement.column is not None:
        line, _ = pointer(response, judgement.column, judgement.width)
        assert visible(line) == line
    if data[0] >= 200:
        read_working(response)
        read_answer(response, key.asked.kind, units=("个", "MB"), unit="%")
    spent = time.process_time() - start
    assert spent < SECONDS, f"{spent:.2f} s"


def seeds(folder: Path) -> None:
    """The tables as a first corpus."""
    from tests.answers.hostile import attacks
    from tests.answers.tables import rows

    folder.mkdir(parents=True, exist_ok=True)
    kinds = list(KEYS)
    texts = {(row.kind, row.response) for row in rows()}
    texts |= {(attack.kind, attack.response) for attack in attacks() if len(attack.response) < 300}
    for number, (kind, text) in enumerate(sorted(texts)):
        first = bytes([kinds.index(kind) + len(kinds) * (number % 16)])
        (folder / f"{number:05}").write_bytes(first + text.encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    if "--seeds" in sys.argv:
        seeds(Path(sys.argv[sys.argv.index("--seeds") + 1]))
    else:
        atheris.Setup(sys.argv, test_one_input)
        atheris.Fuzz()
