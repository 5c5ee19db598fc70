"""A long file of numeric answers graded, beside reading the same file and comparing strings. CPU time of whole processes, and peaks."""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from .timing import medians

ROWS = int(os.environ.get("GRADING_ROWS", "1000000"))
QUESTIONS, ROUNDS = 40, 3

# Reads, compares with the key's own text and writes a result: what a teacher's script does, wrong for every other spelling.
STRINGS = """
import csv, json, sys
key = json.load(open(sys.argv[1], encoding="utf-8"))
answers = {str(slot["number"]): item["answers"][slot["ask"][0]["find"]] for slot, item in zip(key["slots"], key["sheets"][0]["items"])}
with open(sys.argv[2], encoding="utf-8", newline="") as file, open(sys.argv[3], "w", encoding="utf-8", newline="") as out:
    rows, results = csv.reader(file), csv.writer(out)
    next(rows)
    for student, question, answer in rows:
        results.writerow((student, question, 1 if answer == answers[question] else 0))
"""
OURS = """
import sys
from pathlib import Path
from exam_tool.bank import load_bank
from exam_tool.course import grade_stream
from exam_tool.files import Source
from exam_tool.paper import load_key
key, answers, folder, bank = sys.argv[1:]
paper = load_key(Source("key.json", Path(key)))
grade_stream(paper, [Source("answers.csv", Path(answers))], Path(folder), load_bank(bank), force=True)
"""
PROBLEMS = {
    "whole": ("a*b + b", "", "a + b", "w"),
    "decimal": ("a/b + c", ", kind: decimal, places: 3", "b/a + c", "r"),
    "fraction": ("a/b - c", ", kind: rational", "b/a - c", "q"),
}


def main() -> None:
    """Prints CPU seconds, microseconds a row, ratios and peak memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key, rows, small = make(folder)
        runs = {
            "strings": [sys.executable, "-c", STRINGS, str(key), str(rows), str(folder / "strings.csv")],
            "exam-tool": [sys.executable, "-c", OURS, str(key), str(rows), str(folder / "out"), str(folder / "bank")],
            "exam-tool, a tenth": [sys.executable, "-c", OURS, str(key), str(small), str(folder / "out10"), str(folder / "bank")],
        }
        peaks: dict[str, float] = {}

        def run(label: str) -> float:
            seconds, peaks[label] = measured(runs[label])
            return seconds

        found = medians({label: lambda label=label: run(label) for label in runs}, ROUNDS)
        for label, seconds in found.items():
            count = ROWS // 10 if "tenth" in label else ROWS
            ratio = f"{seconds / found['strings']:5.2f} times strings" if count == ROWS else " " * 19
            print(f"{label:20} {seconds:7.2f} s  {seconds / count * 1e6:6.2f} µs a row  {ratio}  peak {peaks[label]:4.0f} MB")


def measured(command: list[str]) -> tuple[float, float]:
    """CPU seconds and peak megabytes of a process."""
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); used = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss)"
    )
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # compiled files, as after installing
    done = subprocess.run([sys.executable, "-c", script, *command], capture_output=True, text=True, check=True, env=clean)
    seconds, kilobytes = done.stdout.split()[-2:]
    return float(seconds), float(kilobytes) / 1024


def lot(*parts: object) -> int:
    """A whole number from a hash: the same file on every machine."""
    return int.from_bytes(hashlib.blake2b("/".join(map(str, parts)).encode(), digest_size=6).digest(), "big")


def make(folder: Path) -> tuple[Path, Path, Path]:
    """A bank, a paper for everybody and its key; half of the answers equal the key's text, a fifth in another form, the rest wrong."""
    from exam_tool.bank import load_bank
    from exam_tool.paper import Selection, build_paper, rebuilt, select, write_papers

    chapter = folder / "bank" / "foundations"
    chapter.mkdir(parents=True)
    ids = []
    for number in range(QUESTIONS):
        kind, (formula, ask, wrong, step) = list(PROBLEMS.items())[number % 3]
        ids.append(f"bench.{kind}-{number}")
        (chapter / f"{kind}-{number}.yaml").write_text(problem(ids[-1], formula, ask, wrong, step), encoding="utf-8")
    bank = load_bank(folder / "bank")
    paper = build_paper(select(bank, Selection(ids), 1), None, 1)
    write_papers(folder / "paper", paper, bank)
    (sheet,) = paper.sheets
    variants = [rebuilt(bank[slot.problem], slot, item) for slot, item in zip(paper.slots, sheet.items, strict=True)]
    values = [variant.trace.values[variant.asked[0].find] for variant in variants]
    keys = [item.answers[slot.ask[0].find] for slot, item in zip(paper.slots, sheet.items, strict=True)]
    rows, small = folder / "answers.csv", folder / "small.csv"
    with rows.open("w", encoding="utf-8", newline="") as file, small.open("w", encoding="utf-8", newline="") as few:
        for out in (file, few):
            out.write("student,question,answer\n")
        for number in range(ROWS):
            student, question = divmod(number, QUESTIONS)
            dice = lot("row", number) % 1000
            if dice < 500:
                text = keys[question]
            elif dice < 700:
                text = written_otherwise(question % 3, keys[question], values[question], dice)
            else:
                text = wrong_answer(question % 3, number, dice)
            line = f"s{student:06d},{question + 1},{text}\n"
            file.write(line)
            if number < ROWS // 10:
                few.write(line)
    return folder / "paper" / "key.json", rows, small


def written_otherwise(kind: int, key: str, value: Any, dice: int) -> str:
    """A right answer in another form: ``28.0``, more decimals, or a fraction not in lowest terms."""
    from exam_tool.expressions.decimals import decimal_text

    if kind == 0:
        return f"{key}.0"
    if kind == 1:
        return decimal_text(value, 4 + dice % 3)
    top, _, bottom = key.partition("/")
    return f"{int(top) * (2 + dice % 8)}/{int(bottom or '1') * (2 + dice % 8)}"


def wrong_answer(kind: int, number: int, dice: int) -> str:
    """A wrong answer, mostly one nobody else gave."""
    drawn = lot("wrong", number)
    return (str(drawn % 9999), f"{drawn % 99999}.{dice}", f"{drawn % 999}/{dice}")[kind]


def problem(id: str, formula: str, ask: str, wrong: str, step: str) -> str:
    return f"""id: {id}
title: {{en: A number, zh: 一个数}}
steps:
  - name: {step}
    formula: "{formula}"
    label: {{en: the number, zh: 这个数}}
    mistakes: [{{id: exchanged, formula: "{wrong}", en: "a and b are exchanged.", zh: "a 与 b 交换了。"}}]
given:
  a: {{range: [11, 99]}}
  b: {{pick: [7, 13, 17, 19, 23]}}
  c: {{range: [1, 9]}}
where: [a mod b != 0, a > b]
ask:
  - {{find: {step}, marks: 1{ask}}}
text: {{en: "With {{a}}, {{b}} and {{c}}.", zh: "已知 {{a}}、{{b}}、{{c}}。"}}
examples:
  - {{given: {{a: 14, b: 7, c: 1}}, answers: {{{step}: 3}}, source: "by hand"}}
"""
