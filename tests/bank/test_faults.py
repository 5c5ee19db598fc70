"""Faulty files: each fault is one clear line with its place, and nothing else is affected."""

from pathlib import Path

import pytest

from exam_tool.bank import load_bank
from exam_tool.check import check_problem

SOUND = """\
id: cnn.sample
title: {en: A sample, zh: 例题}
level: 1
syllabus: [conv_output_size]
steps:
  - {name: room, formula: H + 2*P - K, label: {en: room, zh: 可移动距离}}
  - name: out
    formula: floor(room / S) + 1
    label: {en: output, zh: 输出}
    mistakes:
      - {id: no_plus_one, formula: floor(room / S), en: "the first position is not counted.", zh: "没有计入起始位置。"}
given:
  H: {pick: [28, 32]}
  K: {pick: [3, 5]}
  P: {range: [1, 2]}
  S: 2
where:
  - room mod S != 0
ask:
  - {find: room}
  - {find: out, marks: 2}
text:
  en: An image of height {H}, kernel {K}, padding {P}, stride {S}.
  zh: 图像高 {H}，卷积核 {K}，填充 {P}，步幅 {S}。
examples:
  - {given: {H: 32, K: 3, P: 1, S: 2}, answers: {out: 16}, source: a worked example}
"""


def write(folder: Path, text: str, name: str = "sample.yaml") -> Path:
    chapter = folder / "cnn"
    chapter.mkdir(exist_ok=True)
    file = chapter / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def faults_of(folder: Path, seeds: int = 3) -> list[tuple[int, int, str]]:
    bank = load_bank(folder)
    found = [*bank.faults, *(fault for problem in bank for fault in check_problem(problem, seeds).faults)]
    assert all(fault.message.en and fault.message.zh for fault in found)
    return [(fault.mark.line, fault.mark.column, fault.message.en) for fault in found]


def test_a_sound_problem_has_no_fault(tmp_path: Path) -> None:
    """The sample itself passes, so each change below is the only cause of its fault."""
    write(tmp_path, SOUND)
    assert faults_of(tmp_path) == []


CHANGES = [
    ("unknown field", "level: 1", "levle: 1", 3, 1, 'no field "levle"'),
    ("missing field", "title: {en: A sample, zh: 例题}\n", "", 1, 1, 'lacks "title"'),
    ("missing translation", "{en: A sample, zh: 例题}", "{en: A sample}", 2, 8, 'lacks "zh"'),
    ("empty translation", "zh: 例题", 'zh: ""', 2, 23, "empty in zh"),
    ("bad level", "level: 1", "level: 7", 3, 8, "between 1 and 3"),
    ("level no number", "level: 1", "level: easy", 3, 8, "whole number"),
    ("bad id", "id: cnn.sample", "id: CNN Sample", 1, 1, "cannot be an id"),
    ("formula that cannot be read", "formula: H + 2*P - K", "formula: H + 2*P - ", 6, 36, "missing"),
    ("formula with an unknown name", "formula: H + 2*P - K", "formula: H + 2*P - Q", 6, 27, '"Q"'),
    ("formula with an unknown function", "floor(room / S) + 1", "flor(room / S) + 1", 8, 14, '"flor"'),
    ("mistake with an unknown name", "formula: floor(room / S), en", "formula: floor(rom / S), en", 11, 36, '"rom"'),
    ("draw of no kind", "{pick: [28, 32]}", "{pck: [28, 32]}", 13, 7, "pck"),
    ("empty pick", "{pick: [28, 32]}", "{pick: []}", 13, 7, "nothing to pick"),
    ("range of one end", "{range: [1, 2]}", "{range: [1]}", 15, 6, "range is"),
    ("where that cannot be read", "room mod S != 0", "room mod S ! = 0", 18, 18, "missing"),
    ("where with an unknown name", "room mod S != 0", "roam mod S != 0", 18, 5, '"roam"'),
    ("where that never holds", "room mod S != 0", "H > 100", 18, 3, "none of"),
    ("asked step that does not exist", "find: out", "find: uot", 21, 12, '"uot"'),
    ("asked kind that does not exist", "find: out,", "find: out, kind: intger,", 21, 17, "intger"),
    ("marks of nothing", "marks: 2", "marks: 0", 21, 24, "marks"),
    ("nothing asked", "ask:\n  - {find: room}\n  - {find: out, marks: 2}", "ask: []", 19, 1, "Nothing is asked"),
    ("given not named in English", "padding {P}, ", "", 23, 7, "(en) does not name the given P"),
    ("given not named in Chinese", "填充 {P}，", "", 24, 7, "(zh) does not name the given P"),
    ("text that names what is not there", "kernel {K}", "kernel {K} {Z}", 23, 7, '"Z"'),
    ("example that disagrees", "answers: {out: 16}", "answers: {out: 17}", 26, 5, "out = 17"),
    ("example of an unknown step", "answers: {out: 16}", "answers: {oot: 16}", 26, 5, '"oot"'),
    ("two versions of one key", "level: 1", "level: 1\nlevel: 2", 4, 1, "twice"),
    ("both steps and a calculator", "level: 1", "level: 1\ncalculator: conv_output", 1, 1, "either"),
    ("an anchor", "level: 1", "level: &a 1", 3, 8, "Anchors"),
    ("a tag", "level: 1", "level: !!int 1", 3, 8, "Tags"),
    ("not YAML", "level: 1", "level: [1", 4, 9, "not YAML"),
    ("a tab", "level: 1", "\tlevel: 1", 3, 1, "not YAML"),
    ("unknown mistake in hides", "ask:\n", "hides: [out/nothing]\nask:\n", 19, 8, '"out/nothing"'),
]


@pytest.mark.parametrize(("what", "old", "new", "line", "column", "words"), CHANGES, ids=[change[0] for change in CHANGES])
def test_each_fault_has_its_place(tmp_path: Path, what: str, old: str, new: str, line: int, column: int, words: str) -> None:
    """One change to a sound problem gives one fault that names the place and what was found."""
    assert old in SOUND
    write(tmp_path, SOUND.replace(old, new, 1))
    found = faults_of(tmp_path)
    assert any(words in message for *_, message in found), found
    assert (line, column) in [(row, place) for row, place, _ in found], found
    assert len(found) <= 2, found


def test_one_bad_file_hides_no_other(tmp_path: Path) -> None:
    """The problems of sound files stay usable, whatever stands beside them."""
    write(tmp_path, SOUND)
    write(tmp_path, "[[[[", "broken.yaml")
    write(tmp_path, "", "empty.yaml")
    (tmp_path / "cnn" / "latin.yaml").write_bytes(b"id: \xff\xfe")
    bank = load_bank(tmp_path)
    assert list(bank.problems) == ["cnn.sample"]
    assert len(bank.faults) == 3


def test_a_duplicate_id_is_reported_once(tmp_path: Path) -> None:
    """The first file keeps the id; the second is told which file has it."""
    write(tmp_path, SOUND, "a.yaml")
    write(tmp_path, SOUND, "b.yaml")
    bank = load_bank(tmp_path)
    assert len(bank) == 1
    assert [("a.yaml" in fault.message.en, fault.mark.line) for fault in bank.faults] == [(True, 1)]


HOSTILE = {
    "deep flow": "a: " + "[" * 100_000,
    "deep maps": "a: " + "{b: " * 5_000,
    "deep block": "\n".join(" " * i + "a:" for i in range(1200)),
    "nested dashes": "- " * 10_000,
    "alias bomb": "a: &a [1]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
    "merge": "a: {b: 1}\nc:\n  <<: {d: 1}\n",
    "python tag": "a: !!python/object/apply:os.system [echo]\n",
    "two documents": "a: 1\n---\nb: 2\n",
    "huge number": SOUND.replace("S: 2", "S: 1e999999999"),
    "long digits": SOUND.replace("S: 2", "S: " + "9" * 5000),
    "power tower": SOUND.replace("S: 2", "S: 9^9^9^9^9"),
    "code": SOUND.replace("S: 2", "S: __import__('os').getcwd()"),
    "nul": "id: a\x00b\n",
    "huge vector": SOUND.replace("S: 2", "S: {vector: 10^9, range: [1, 2]}"),
    "huge zeros": SOUND.replace("S: 2", "S: sum(zeros(100000, 100000))"),
    "list of keys": "? [a, b]\n: 1\n",
    "scalar": "just text\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_faults(tmp_path: Path, name: str) -> None:
    """Bombs, code and nonsense become faults at once; nothing is executed or expanded."""
    write(tmp_path, HOSTILE[name])
    assert faults_of(tmp_path, 1)
