"""What must happen with hostile and broken input: ids, names of files, cells, tables, JSON, YAML, paths, keys. One row a case."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from exam_tool.bank import Bank, load_bank
from exam_tool.course import grade_class, sources_of
from exam_tool.course.intake import Intake
from exam_tool.course.reading import owners, read_source
from exam_tool.files import IdError, Source, checked_id, file_stem, identity, safe_cell
from exam_tool.language import ExamToolError
from exam_tool.paper import Paper, Roster, Selection, Student, build_paper, load_key, read_roster, select, write_papers

HERE = Path(__file__).parent / "class30"
STUDENTS = (Student("s01", "Ada", "ada@class.example"), Student("s02", "Ben"), Student("007", "Bo"), Student("张伟", "张伟"))


@pytest.fixture(scope="module")
def bank() -> Bank:
    return load_bank(HERE / "bank")


@pytest.fixture(scope="module")
def paper(bank: Bank) -> Paper:
    return build_paper(select(bank, Selection(["mlp.layer", "mlp.ratio"]), 1), STUDENTS, 1)


# ---------------------------------------------------------------------------------------------------------------- ids

GOOD_IDS = [
    "s01", "007", "0", "张伟", "李 四", "O'Brien", "anne-marie", "a.b_c", "Ωmega", "Ä1", "学生(2)", "学生（2）", "J·P", "x" * 64,
    "２０２６", "é", "e\u0301",
]  # fmt: skip
BAD_IDS = [
    "", " ", "\u3000", "x" * 65, ".hidden", "trailing.", "..", "../../etc/passwd", "a/b", "a\\b", "C:evil", "nul\x00", "line\nbreak",
    "tab\tinside", "\x1b[31mred", "rtl\u202eevil", "zero\u200bwidth", "bom\ufeff", "c1\x9b2J", "a;b", "a,b", 'a"b', "<b>", "=1+1",
    "a@b.c", "😀", "\ud800", "a|b", "$(id)",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD_IDS)
def test_ids_of_any_script_are_accepted(text: str) -> None:
    """Letters and numbers of any script, space and a few signs."""
    assert checked_id(text) == text


@pytest.mark.parametrize("text", BAD_IDS)
def test_ids_that_could_do_harm_are_refused(text: str) -> None:
    """No controls, no separators, nothing invisible; the message shows what it was."""
    with pytest.raises(IdError) as error:
        checked_id(text)
    assert error.value.message.en.isprintable()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("S01", "s01", True),
        ("Ｓ０１", "s01", True),
        ("STRASSE", "straße", True),
        ("é", "e\u0301", True),
        ("ﬁn", "fin", True),
        (" s01 ", "s01", True),
        ("007", "7", False),
        ("s01", "s10", False),
        ("а", "a", False),  # a Cyrillic letter is another letter
        ("O'Brien", "OBrien", False),
    ],
)
def test_when_two_ids_are_one_student(one: str, other: str, same: bool) -> None:
    """Full-width and case forms agree; leading zeros count; look-alikes of other scripts stay apart."""
    assert (identity(one) == identity(other)) is same


@pytest.mark.parametrize("text", [*GOOD_IDS, *BAD_IDS, "CON", "aux", "nul", "LPT1", "-rf", "~", "a" * 5000])
def test_names_of_files_are_plain(text: str) -> None:
    """An ASCII slug and eight hex digits, whatever the id: no separator, no reserved name, no length that a disk refuses."""
    stem = file_stem(text)
    slug, _, digits = stem.rpartition("-")
    assert len(stem) <= 49
    assert slug
    assert all(c.isascii() and (c.isalnum() or c == "-") for c in stem)
    assert len(digits) == 8
    assert not stem.startswith("-")


def test_ids_that_look_alike_get_different_files() -> None:
    """Case, width and accents cannot make two students share a file."""
    ids = ["s01", "S01", "ｓ01", "s-01", "s 01", "é", "e", "张伟", "章伟"]
    assert len({file_stem(text) for text in ids}) == len(ids)


# -------------------------------------------------------------------------------------------------------------- cells

CELLS = [
    ("=1+1", "'=1+1"),
    ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
    ("+1+1", "'+1+1"),
    ("-1+1", "'-1+1"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("＝1+1", "'＝1+1"),
    ("＋1", "'＋1"),
    ("－1", "'－1"),
    ("＠A1", "'＠A1"),
    (" =1+1", "' =1+1"),
    ("\u00a0=1+1", "'\u00a0=1+1"),
    ("\u200b=1+1", "'<U+200B>=1+1"),
    ("\t=1+1", "'<U+0009>=1+1"),
    ("a\n=1+1", "a / =1+1"),
    ("a\r\nb\rc", "a / b / c"),
    ("-0.38", "-0.38"),
    ("+3", "+3"),
    ("-1e-3", "-1e-3"),
    ("-1/2", "'-1/2"),
    ("-", "'-"),
    ("1,234", "1,234"),
    ("\x1b]0;x\x07", "<U+001B>]0;x<U+0007>"),
    ("\u202egnp.exe", "<U+202E>gnp.exe"),
    ("\x00", "<U+0000>"),
    ("\ud800", "<U+D800>"),
    ("[/bold]", "[/bold]"),
    ("[4, 7]", "[4, 7]"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "shown"), CELLS)
def test_cells_are_safe_in_a_spreadsheet(text: str, shown: str) -> None:
    """Nothing that begins a formula stays one, numbers stay numbers, controls become visible."""
    assert safe_cell(text) == shown


# ------------------------------------------------------------------------------------------------------------- tables

Q = "student,question,step,answer\n"
W = "student,1.a,1.b,2\n"
BIG = "9" * 9000
ALL = {"s01": {"1.a": "24", "1.b": "28", "2.a": "5/8"}}

# name of the file, its bytes or text, "line code" of what is reported, the answers that are kept
TABLES: list[tuple[str, str | bytes, list[str], dict[str, Any]]] = [
    ("empty.csv", "", ["1 empty-file"], {}),
    ("blank.csv", "\n\n\n", ["1 no-header"], {}),
    ("only-bom.csv", b"\xef\xbb\xbf", ["1 empty-file"], {}),
    ("header-only.csv", Q, [], {}),
    ("no-columns.csv", "a,b\n1,2\n", ["1 missing-column"], {}),
    ("no-student.csv", "question,step,answer\n1,a,24\n", ["1 missing-column"], {}),
    ("no-answer.csv", "student,question,step\ns01,1,a\n", ["1 missing-column"], {}),
    ("no-question.csv", "student,answer\ns01,1\n", ["1 missing-column"], {}),
    ("good.csv", Q + "s01,1,a,24\n", [], {"s01": {"1.a": "24"}}),
    ("bom.csv", b"\xef\xbb\xbf" + (Q + "s01,1,a,24\n").encode(), [], {"s01": {"1.a": "24"}}),
    ("crlf.csv", Q.replace("\n", "\r\n") + "s01,1,a,24\r\ns02,1,a,x\r\n", [], {"s01": {"1.a": "24"}, "s02": {"1.a": "x"}}),
    ("cr.csv", (Q + "s01,1,a,24\n").replace("\n", "\r"), [], {"s01": {"1.a": "24"}}),
    ("semicolon.csv", (Q + "s01,1,a,24\n").replace(",", ";"), [], {"s01": {"1.a": "24"}}),
    ("tab.tsv", (Q + "s01,1,a,24\n").replace(",", "\t"), [], {"s01": {"1.a": "24"}}),
    ("chinese.csv", "学号,题号,步骤,答案\n张伟,1,a,24\n", [], {"张伟": {"1.a": "24"}}),
    ("utf16.csv", (Q + "s01,1,a,24\n").encode("utf-16"), ["1 encoding"], {}),
    ("utf16be.csv", "".join(["\ufeff", Q]).encode("utf-16-be"), ["1 encoding"], {}),
    ("utf16-no-bom.csv", Q.encode("utf-16-le"), ["1 encoding"], {}),
    ("gb.csv", Q.encode() + "张伟,1,a,24\n".encode("gb18030") + b"s01,1,a,24\n", ["2 encoding"], {"s01": {"1.a": "24"}}),
    ("latin1.csv", Q.encode() + b"s01,1,a,\xbd\ns02,1,a,24\n", ["2 encoding"], {"s02": {"1.a": "24"}}),
    ("overlong.csv", Q.encode() + b"s01,1,a,\xc0\xafx\ns02,1,a,24\n", ["2 encoding"], {"s02": {"1.a": "24"}}),
    ("surrogate.csv", Q.encode() + b"s01,1,a,\xed\xa0\x80\ns02,1,a,24\n", ["2 encoding"], {"s02": {"1.a": "24"}}),
    ("bad-header.csv", b"student,quest\xffion,answer\ns01,1.a,24\n", ["1 encoding"], {}),
    ("nul.csv", Q + "s01,1,a,2\x004\ns02,1,a,24\n", [], {"s01": {"1.a": "2\x004"}, "s02": {"1.a": "24"}}),
    ("nul-id.csv", Q + "s01\x00,1,a,24\n", ["2 unknown-student"], {}),
    ("binary.csv", bytes(range(256)) * 8, ["1 missing-column"], {}),
    ("png.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", ["1 encoding"], {}),
    ("long-cell.csv", Q + f"s01,1,a,{BIG}\ns02,1,a,24\n", ["2 long-cell"], {"s01": {"1.a": BIG[:2001]}, "s02": {"1.a": "24"}}),
    ("long-row.csv", Q + "s01,1,a," + "9" * 70_000 + "\ns02,1,a,24\n", ["2 long-row"], {"s02": {"1.a": "24"}}),
    ("longer-row.csv", Q + "s01,1,a," + "9" * 900_000 + "\ns02,1,a,24\n", ["2 long-row"], {"s02": {"1.a": "24"}}),
    ("wide-row.csv", Q + "s01" + ",x" * 20_000 + "\ns02,1,a,24\n", ["2 cells"], {"s02": {"1.a": "24"}}),
    ("many-quotes.csv", Q + '"' * 60_001 + "\ns02,1,a,24\n", ["2 unclosed-quote"], {"s02": {"1.a": "24"}}),
    ("trailing-commas.csv", Q + "s01,1,a,24,,,\n", [], {"s01": {"1.a": "24"}}),
    ("short-row.csv", Q + "s01,1,a\ns02,1,a,24\n", ["2 cells"], {"s02": {"1.a": "24"}}),
    ("comma-in-answer.csv", Q + 's01,1,a,[1,2]\ns01,1,b,"[1,2]"\n', ["2 cells"], {"s01": {"1.b": "[1,2]"}}),
    ("unclosed.csv", Q + 's01,1,a,"24\ns02,1,a,24\n', ["2 unclosed-quote"], {"s02": {"1.a": "24"}}),
    ("unclosed-twice.csv", Q + 's01,1,a,"24\ns02,1,a,"25\ns01,1,b,28\n', ["2 unclosed-quote", "3 unclosed-quote"], {"s01": {"1.b": "28"}}),
    ("unclosed-last.csv", Q + 's02,1,a,24\ns01,1,a,"24', ["3 unclosed-quote"], {"s02": {"1.a": "24"}}),
    ("unclosed-then-quoted.csv", Q + 's01,1,a,"24\ns02,1,a,"[1,2]"\n', ["2 unclosed-quote"], {"s02": {"1.a": "[1,2]"}}),
    ("two-lines.csv", Q + 's01,1,a,"[1, 2]\n[3, 4]"\ns02,1,a,24\n', [], {"s01": {"1.a": "[1, 2]\n[3, 4]"}, "s02": {"1.a": "24"}}),
    ("two-lines-of-commas.csv", Q + 's01,1,a,"1,2,3,4\n5,6,7,8"\n', [], {"s01": {"1.a": "1,2,3,4\n5,6,7,8"}}),
    ("doubled-quotes.csv", Q + 's01,1,a,"say ""24"""\n', [], {"s01": {"1.a": 'say "24"'}}),
    ("inner-quote.csv", Q + 's01,1,a,5" wide\n', [], {"s01": {"1.a": '5" wide'}}),
    ("misplaced-quote.csv", Q + 's01,1,a,"24"x\ns02,1,a,24\n', ["2 misplaced-quote"], {"s02": {"1.a": "24"}}),
    ("quoted-header.csv", '"student","question","step","answer"\n"s01","1","a","24"\n', [], {"s01": {"1.a": "24"}}),
    ("unclosed-header.csv", '"student,question\ns01,1,a,24\n', ["1 unclosed-quote"], {}),
    ("formula.csv", Q + "s01,1,a,=cmd|' /C calc'!A0\n", [], {"s01": {"1.a": "=cmd|' /C calc'!A0"}}),
    ("escape.csv", Q + "s01,1,a,\x1b[2J24\n", [], {"s01": {"1.a": "\x1b[2J24"}}),
    ("unknown-student.csv", Q + "nobody,1,a,24\n", ["2 unknown-student"], {}),
    ("empty-student.csv", Q + ",1,a,24\n", ["2 unknown-student"], {}),
    ("evil-student.csv", Q + "../../x,1,a,24\n", ["2 unknown-student"], {}),
    ("markup-student.csv", Q + "[bold]x[/bold],1,a,24\n", ["2 unknown-student"], {}),
    ("stripped-zeros.csv", Q + "7,1,a,24\n", ["2 unknown-student"], {}),
    ("case.csv", Q + "S01,1,A,24\n", [], {"s01": {"1.a": "24"}}),
    ("full-width.csv", Q + "ｓ０１,１,ａ,24\n", [], {"s01": {"1.a": "24"}}),
    ("by-email.csv", Q + "ada@class.example,1,a,24\n", [], {"s01": {"1.a": "24"}}),
    ("by-name.csv", Q + "Ben,1,a,24\n", [], {"s02": {"1.a": "24"}}),
    ("unknown-question.csv", Q + "s01,99,a,24\n", ["2 unknown-question"], {}),
    ("negative-question.csv", Q + "s01,-1,a,24\n", ["2 unknown-question"], {}),
    ("huge-question.csv", Q + "s01," + "9" * 5000 + ",a,24\n", ["2 unknown-question"], {}),
    ("unknown-step.csv", Q + "s01,1,__class__,24\n", ["2 unknown-step"], {}),
    ("no-step.csv", Q + "s01,1,,24\ns01,2,,5/8\n", ["2 unknown-step"], {"s01": {"2.a": "5/8"}}),
    ("by-id.csv", Q + "s01,mlp.layer,total,28\n", [], {"s01": {"1.b": "28"}}),
    ("by-code.csv", Q + "s01,mlp.layer@1:99,total,28\n", [], {"s01": {"1.b": "28"}}),
    ("empty-answer.csv", Q + "s01,1,a,\n", ["2 empty-cell"], {"s01": {"1.a": ""}}),
    ("spaces.csv", Q + "s01,1,a,   \n", ["2 empty-cell"], {"s01": {"1.a": ""}}),
    ("dash.csv", Q + "s01,1,a,-\n", [], {"s01": {"1.a": ""}}),
    ("repeated.csv", Q + "s01,1,a,23\ns01,1,a,24\n", ["3 repeated"], {"s01": {"1.a": "24"}}),
    ("repeated-empty.csv", Q + "s01,1,a,\ns01,1,a,24\n", ["2 empty-cell"], {"s01": {"1.a": "24"}}),
    ("date.csv", Q + "s01,2,,3-Feb\n", ["2 spreadsheet"], {"s01": {"2.a": "3-Feb"}}),
    ("date-zh.csv", Q + "s01,2,,2月3日\n", ["2 spreadsheet"], {"s01": {"2.a": "2月3日"}}),
    ("date-iso.csv", Q + "s01,2,,2026-02-03 00:00:00\n", ["2 spreadsheet"], {"s01": {"2.a": "2026-02-03 00:00:00"}}),
    ("rounded.csv", Q + "s01,1,a,6.17E+04\n", ["2 spreadsheet"], {"s01": {"1.a": "6.17E+04"}}),
    ("excel-error.csv", Q + "s01,1,a,#DIV/0!\n", ["2 spreadsheet"], {"s01": {"1.a": "#DIV/0!"}}),
    ("hashes.csv", Q + "s01,1,a,########\n", ["2 spreadsheet"], {"s01": {"1.a": "########"}}),
    ("wrong-variant.csv", "student,question,step,answer,variant\ns01,1,a,24,mlp.layer@1:5\n", ["2 wrong-variant"], {"s01": {"1.a": "24"}}),
    ("wide.csv", W + "s01,24,28,5/8\n", [], ALL),
    ("wide-missing.csv", "student,1.a,2\ns01,24,5/8\n", ["1 missing-column"], {"s01": {"1.a": "24", "2.a": "5/8"}}),
    ("wide-twice.csv", "student,1.a,1.a,1.b,2\ns01,1,2,28,5/8\n", ["1 duplicate-column"], {"s01": {"1.b": "28", "2.a": "5/8"}}),
    ("wide-alias.csv", "student,1.a,Q1.w,1.b,2\ns01,1,2,28,5/8\n", ["1 duplicate-column"], {"s01": {"1.b": "28", "2.a": "5/8"}}),
    ("wide-unknown.csv", "student,1.a,1.b,2,=cmd\ns01,24,28,5/8,x\n", ["1 unknown-column"], ALL),
    ("wide-empty.csv", W + "s01,24,,\n", ["2 empty-cell"], {"s01": {"1.a": "24", "1.b": "", "2.a": ""}}),
    ("wide-twice-student.csv", W + "s01,1,2,3\ns01,24,28,5/8\n", ["3 repeated"], ALL),
    ("wide-empty-title.csv", "student,1.a,1.b,2,,\ns01,24,28,5/8,,\n", [], ALL),
]  # fmt: skip

J = '{"student": "s01", "answers": {"1.a": "24"}}\n'
DEEP = '{"student": "s01", "answers": ' + "[" * 100_000
DOCUMENTS: list[tuple[str, str | bytes, list[str], dict[str, Any]]] = [
    ("good.jsonl", J, [], {"s01": {"1.a": "24"}}),
    ("numbers.jsonl", '{"student": "s01", "answers": {"1.a": 24, "1.b": 0.50}}', [], {"s01": {"1.a": "24", "1.b": "0.50"}}),
    ("overflow.jsonl", '{"student": "s01", "answers": {"2": 1e400}}', [], {"s01": {"2.a": "1e400"}}),
    ("digits.jsonl", '{"student": "s01", "answers": {"1.a": ' + "7" * 5000 + "}}", [], {"s01": {"1.a": "7" * 2001}}),
    ("id-number.jsonl", '{"student": 007, "answers": {"1.a": 1}}\n' + J, ["1 not-json"], {"s01": {"1.a": "24"}}),
    ("list.jsonl", '{"student": "s01", "answers": {"1.a": [[1, 2], ["x", null]]}}', [], {"s01": {"1.a": "[[1, 2], [x, ]]"}}),
    ("true.jsonl", '{"student": "s01", "answers": {"1.a": true, "1.b": false}}', [], {"s01": {"1.a": "true", "1.b": "false"}}),
    ("null.jsonl", '{"student": "s01", "answers": {"1.a": null}}', ["1 empty-cell"], {"s01": {"1.a": ""}}),
    ("object.jsonl", '{"student": "s01", "answers": {"1.a": {"x": 1}}}', ["1 not-an-answer"], {"s01": {"1.a": "?"}}),
    ("object-step.jsonl", '{"student": "s01", "answers": {"1": {"a": {"x": 1}}}}', ["1 not-an-answer"], {"s01": {"1.a": "?"}}),
    ("nan.jsonl", '{"student": "s01", "answers": {"1.a": NaN}}\n' + J, ["1 not-json"], {"s01": {"1.a": "24"}}),
    ("infinity.jsonl", '{"student": "s01", "answers": {"1.a": -Infinity}}\n' + J, ["1 not-json"], {"s01": {"1.a": "24"}}),
    ("twice.jsonl", '{"student": "s02", "student": "s01", "answers": {"1.a": 1}}\n' + J, ["1 not-json"], {"s01": {"1.a": "24"}}),
    ("deep.jsonl", '{"student": "s01", "answers": ' + "[" * 30_000 + "\n" + J, ["1 not-json"], {"s01": {"1.a": "24"}}),
    ("too-long.jsonl", DEEP + "\n" + J, ["1 long-row"], {"s01": {"1.a": "24"}}),
    ("cut.jsonl", '{"student": "s01", "answers\n' + J, ["1 not-json"], {"s01": {"1.a": "24"}}),
    ("two-on-a-line.jsonl", J.strip() + J + J, ["1 not-json"], {"s01": {"1.a": "24"}}),
    ("scalar.jsonl", '5\n"text"\nnull\n' + J, ["1 not-a-record", "2 not-a-record", "3 not-a-record"], {"s01": {"1.a": "24"}}),
    ("no-student.jsonl", '{"answers": {"1.a": 24}}', ["1 unknown-student"], {}),
    ("student-list.jsonl", '{"student": ["s01"], "answers": {"1.a": 24}}', ["1 unknown-student"], {}),
    ("answers-list.jsonl", '{"student": "s01", "answers": [24]}', ["1 not-a-record"], {}),
    ("unknown.jsonl", '{"student": "s01", "answers": {"9.z": 1, "1.a": 24}}', ["1 unknown-question"], {"s01": {"1.a": "24"}}),
    ("no-answer.jsonl", '{"student": "s01", "question": "1", "step": "a"}', ["1 missing-column"], {}),
    ("surrogate.jsonl", '{"student": "s01", "answers": {"1.a": "\\ud800"}}', [], {"s01": {"1.a": "\ud800"}}),
    ("escape.jsonl", '{"student": "s01", "answers": {"1.a": "\\u001b[2J"}}', [], {"s01": {"1.a": "\x1b[2J"}}),
    ("bytes.jsonl", b'{"student": "s01", "answers": {"1.a": "\xff"}}\n' + J.encode(), ["1 encoding"], {"s01": {"1.a": "24"}}),
    ("utf16.jsonl", J.encode("utf-16"), ["1 encoding"], {}),
    ("backslashes.jsonl", '"' + '\\"' * 30_000 + "\n" + J, ["1 not-json"], {"s01": {"1.a": "24"}}),
    ("empty.json", "", ["1 not-json"], {}),
    ("line-3.json", '{"student": "s01",\n"answers":\n{"1.a": }}', ["3 not-json"], {}),
    ("good.yaml", "student: s01\nanswers: {1.a: 24, 1.b: 0.50, 2: 012}\n", [], {"s01": {"1.a": "24", "1.b": "0.50", "2.a": "012"}}),
    ("text.yaml", "student: s01\nanswers: {1.a: 12:30, 1.b: yes}\n", [], {"s01": {"1.a": "12:30", "1.b": "yes"}}),
    ("date.yaml", "student: s01\nanswers: {2: 2024-01-02}\n", ["2 spreadsheet"], {"s01": {"2.a": "2024-01-02"}}),
    ("tag.yaml", "student: !!python/object/apply:os.system [id]\n", ["1 not-yaml"], {}),
    ("anchor.yaml", "student: &a s01\nanswers: {1.a: *a}\n", ["1 not-yaml"], {}),
    ("bomb.yaml", "a: &a [x,x]\nb: &b [*a,*a]\n", ["1 not-yaml"], {}),
    ("merge.yaml", "student: s01\n<<: {answers: {1.a: 24}}\n", ["2 not-yaml"], {}),
    ("twice.yaml", "student: s01\nanswers:\n  1.a: 1\n  1.a: 2\n", ["4 not-yaml"], {}),
    ("deep.yaml", "[" * 100_000, ["1 not-yaml"], {}),
    ("deep-block.yaml", "\n".join(" " * i + "a:" for i in range(500)), ["21 not-yaml"], {}),
    ("two-documents.yaml", "student: s01\n---\nstudent: s02\n", ["2 not-yaml"], {}),
    ("empty.yaml", "", ["1 not-yaml"], {}),
    ("scalar.yaml", "hello\n", ["1 not-a-record"], {}),
    ("broken.yaml", "student: [s01\nanswers: }\n", ["2 not-yaml"], {}),
    ("tab.yaml", "student: s01\n\tanswers: {}\n", ["2 not-yaml"], {}),
    ("control.yaml", "student: s01\nanswers: {1.a: '\x07'}\n", ["1 not-yaml"], {}),
    ("bytes.yaml", b"student: s01\nanswers: {1.a: \xff}\n", ["2 encoding"], {}),
    ("huge.yaml", "# " + "x" * 5_000_001, [" unreadable-file"], {}),
    ("equals.yaml", "student: s01\nanswers: {1.a: =}\n", [], {"s01": {"1.a": "="}}),
    ("archive.zip", b"PK\x03\x04" + bytes(100), [" unknown-format"], {}),
    ("book.xlsx", b"PK\x03\x04" + bytes(100), [" unknown-format"], {}),
    ("program.exe", b"MZ", [" unknown-format"], {}),
    ("no-ending", "s01", [" unknown-format"], {}),
]  # fmt: skip


def kept(intake: Intake) -> dict[str, Any]:
    """What would be marked, by student and label."""
    found = {}
    for entry in intake.entries.values():
        cells = {}
        for slot, attempts in sorted(entry.slots.items()):
            letters = intake.paper.slots[slot].letters
            cells |= {f"{slot + 1}.{letters[ask]}": cell.text for ask, cell in sorted(attempts[-1].items())}
        if cells:
            found[entry.student.id] = cells
    return found


@pytest.mark.parametrize(("name", "content", "faults", "answers"), [*TABLES, *DOCUMENTS], ids=[case[0] for case in [*TABLES, *DOCUMENTS]])
def test_files(name: str, content: str | bytes, faults: list[str], answers: dict[str, Any], paper: Paper, tmp_path: Path) -> None:
    """Each bad row is reported at its line, everything else is kept as it was typed."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    intake = Intake(paper, None)
    read_source(Source(name, path), "utf-8-sig", intake, owners(STUDENTS))
    assert [f"{fault.place.line or ''} {fault.code}" for fault in intake.faults] == faults
    assert kept(intake) == answers
    assert all(sentence.isprintable() for fault in intake.faults for sentence in fault.message)
    assert intake.failed is any(fault.severity == "error" for fault in intake.faults)


def test_there_are_enough_cases() -> None:
    """The table grows; it never shrinks below what was promised."""
    assert len(TABLES) + len(DOCUMENTS) + len(CELLS) + len(GOOD_IDS) + len(BAD_IDS) >= 200


@pytest.mark.parametrize("count", [10, 5000])
def test_rows_that_all_open_a_quote_cost_little(count: int, paper: Paper, tmp_path: Path) -> None:
    """Looking for the end of a quote is bounded, so that many of them do not add up."""
    path = tmp_path / "quotes.csv"
    path.write_text(Q + 's01,1,a,"x\nfree text without quotes\n' * count, encoding="utf-8")
    intake = Intake(paper, None)
    read_source(Source("quotes.csv", path), "utf-8-sig", intake, {})
    assert all(fault.code in ("unclosed-quote", "cells", "misplaced-quote") for fault in intake.faults)
    assert len(intake.faults) >= count


# -------------------------------------------------------------------------------------------------- encodings, by name


def test_gb18030_is_read_when_it_is_named(paper: Paper, tmp_path: Path) -> None:
    """Never guessed, but offered."""
    path = tmp_path / "gb.csv"
    path.write_bytes("学号,题号,步骤,答案\n张伟,1,a,二十四\n".encode("gb18030"))
    intake = Intake(paper, None)
    read_source(Source("gb.csv", path), "gb18030", intake, {})
    assert kept(intake) == {"张伟": {"1.a": "二十四"}}
    assert not intake.faults


def test_broken_gb18030_costs_its_own_row(paper: Paper, tmp_path: Path) -> None:
    """A byte that is none in gb18030 either."""
    path = tmp_path / "gb.csv"
    path.write_bytes(Q.encode() + b"s01,1,a,\xff\ns02,1,a,24\n")
    intake = Intake(paper, None)
    read_source(Source("gb.csv", path), "gb18030", intake, {})
    assert kept(intake) == {"s02": {"1.a": "24"}}
    assert [fault.code for fault in intake.faults] == ["encoding"]


@pytest.mark.parametrize("name", ["latin-1", "utf-16", "rot13", "idna", "unicode_escape", "../x", ""])
def test_other_encodings_are_not_offered(name: str, paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """A codec that runs code or guesses is no encoding of an answer file."""
    with pytest.raises(ExamToolError):
        grade_class(paper, [], tmp_path / "out", bank, encoding=name)
    assert not (tmp_path / "out").exists()


# --------------------------------------------------------------------------------------------------- paths and folders


def test_links_devices_and_pipes_are_not_read(paper: Paper, tmp_path: Path) -> None:
    """A link out of the folder, a link to nowhere, a pipe nobody writes to: reported, not followed, not waited for."""
    folder = tmp_path / "answers"
    folder.mkdir()
    (folder / "link.csv").symlink_to("/etc/passwd")
    (folder / "lost.csv").symlink_to("nowhere")
    os.mkfifo(folder / "pipe.csv")
    (folder / "device.csv").symlink_to("/dev/zero")
    (folder / ".hidden.csv").write_text("x")
    (folder / "s01.csv").write_text("question,step,answer\n1,a,24\n")
    intake = Intake(paper, None)
    for source in sources_of([folder]):
        read_source(source, "utf-8-sig", intake, owners(STUDENTS))
    assert [(fault.place.file, fault.code) for fault in intake.faults] == [
        (f"answers/{name}.csv", "unreadable-file") for name in ("device", "link", "lost", "pipe")
    ]
    assert kept(intake) == {"s01": {"1.a": "24"}}


def test_names_of_files_are_shown_harmlessly(paper: Paper, tmp_path: Path) -> None:
    """A name with an escape sequence reaches no terminal as one."""
    folder = tmp_path / "answers"
    folder.mkdir()
    (folder / "a\x1b[31m.csv").write_text("x")
    intake = Intake(paper, None)
    for source in sources_of([folder]):
        read_source(source, "utf-8-sig", intake, {})
    assert all(str(fault.place).isprintable() for fault in intake.faults)
    assert intake.faults


def test_a_path_that_does_not_exist_is_said() -> None:
    """One sentence, no traceback."""
    with pytest.raises(ExamToolError, match="does not exist"):
        list(sources_of(["/nowhere/at/all"]))


# --------------------------------------------------------------------------------------- the whole way, and what comes out


EVIL = [
    "=1+1", "+cmd", "@x", "\x1b[2J", "\u202e4 2", "<script>alert(1)</script>", "[x](javascript:1)", "`` ` ``", "\ud800", "9**9**9",
    "a\n\n# b", "$\\input{x}$",
]  # fmt: skip


def test_results_of_hostile_answers_are_harmless(paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """Formulas, escapes, markup and lone surrogates go through marking into every output, and come out as plain text."""
    path = tmp_path / "evil.jsonl"
    for number, text in enumerate(EVIL):
        path.write_text(json.dumps({"student": "s01", "question": "1", "step": "a", "answer": text}), encoding="utf-8")
        outcome = grade_class(paper, [Source("evil.jsonl", path)], tmp_path / f"out{number}", bank)
        for file in outcome.folder.rglob("*"):
            if file.is_file():
                words = file.read_bytes().decode("utf-8-sig")
                assert all(line.isprintable() for line in words.split("\n")), file
                if file.suffix == ".csv":
                    assert not any(cell[:1] in "=@" for line in words.splitlines() for cell in line.replace('"', "").split(",") if cell)
                if file.suffix == ".md":
                    assert "<script>" not in words.replace("`<script>alert(1)</script>`", "")


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_nothing_is_overwritten(kind: str, paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """What is there stays there, byte for byte, and nothing else appears beside it."""
    out = tmp_path / "out"
    out.mkdir()
    target = out / "gradebook.csv"
    if kind == "file":
        target.write_text("precious")
    elif kind == "link":
        (tmp_path / "elsewhere").write_text("precious")
        target.symlink_to(tmp_path / "elsewhere")
    else:
        target.mkdir()
    with pytest.raises(ExamToolError):
        grade_class(paper, [], out, bank)
    assert [path.name for path in out.iterdir()] == ["gradebook.csv"]
    if kind == "link":
        with pytest.raises(ExamToolError):
            grade_class(paper, [], out, bank, force=True)
        assert (tmp_path / "elsewhere").read_text() == "precious"


def test_force_replaces_and_takes_old_feedback_away(paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """Pages of a student who is no longer graded would stand beside marks they do not belong to."""
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(Q + "s01,1,a,24\ns02,1,a,24\n")
    second.write_text(Q + "s02,1,a,24\n")
    grade_class(paper, [Source("first.csv", first)], tmp_path / "out", bank)
    (tmp_path / "out" / "feedback" / "mine.txt").write_text("not yours")
    grade_class(paper, [Source("second.csv", second)], tmp_path / "out", bank, force=True)
    assert sorted(path.name for path in (tmp_path / "out" / "feedback").iterdir()) == ["mine.txt", f"{file_stem('s02')}.md"]


# ---------------------------------------------------------------------------------------------------- rosters and keys

ROSTERS = [
    ("id\ns01\ns02\n", ["s01", "s02"], []),
    ("id,name\ns01,Ada\nS01,Ben\n", [], ["2 duplicate-student", "3 duplicate-student"]),
    ("id,name\ns01,Ada\n../x,Eve\n", ["s01"], ["3 bad-id"]),
    ("id,name\ns01,Ada\n,Eve\n", ["s01"], ["3 bad-id"]),
    ("id,name\ns01,Ada,extra\ns02,Ben\n", ["s02"], ["2 cells"]),
    ("id,language\ns01,fr\ns02,中文\n", ["s01", "s02"], ["2 language"]),
    ('id,name\n"s01,Ada\ns02,Ben\n', ["s02"], ["2 unclosed-quote"]),
    ("学号,姓名,语言\n张伟,张伟,zh\n", ["张伟"], []),
    ("id;name\n007;Bo\n", ["007"], []),
]


@pytest.mark.parametrize(("content", "ids", "faults"), ROSTERS)
def test_rosters(content: str, ids: list[str], faults: list[str], tmp_path: Path) -> None:
    """Bad rows are reported and left out; the others are read."""
    path = tmp_path / "roster.csv"
    path.write_text(content, encoding="utf-8")
    roster = read_roster(Source("roster.csv", path))
    assert [student.id for student in roster] == ids
    assert [f"{fault.place.line} {fault.code}" for fault in roster.faults] == faults


@pytest.mark.parametrize("content", ["", "name\nAda\n", "\x00\x01\n"])
def test_a_file_without_ids_is_no_roster(content: str, tmp_path: Path) -> None:
    """It says which column is missing."""
    path = tmp_path / "roster.csv"
    path.write_text(content)
    with pytest.raises(ExamToolError):
        read_roster(Source("roster.csv", path))


def test_two_students_of_one_name_are_not_guessed_between() -> None:
    """A name finds a student only where it is theirs alone."""
    roster = Roster((Student("a", "Kim"), Student("b", "Kim"), Student("c", "Lee", section="B")))
    assert roster.find("Kim") is None
    assert roster.find("", name="lee", section="B") == roster.students[2]
    assert roster.find("", name="lee", section="A") is None


SPOILT_KEYS = [
    ("not json", lambda key: "{"),
    ("a list", lambda key: "[]"),
    ("no format", lambda key: "{}"),
    ("another format", lambda key: key.replace("exam-tool key 1", "exam-tool key 9")),
    ("no slots", lambda key: json.dumps({**json.loads(key), "slots": []})),
    ("no sheets", lambda key: json.dumps({**json.loads(key), "sheets": []})),
    ("marks that are code", lambda key: key.replace('"marks": "2"', '"marks": "__import__(1)"')),
    ("marks over zero", lambda key: key.replace('"marks": "2"', '"marks": "1/0"')),
    ("huge number", lambda key: key.replace('"seed": 1', '"seed": ' + "9" * 5000)),
    ("a student twice", lambda key: key.replace('"id": "s02"', '"id": "s01"')),
    ("a bad id", lambda key: key.replace('"id": "s01"', '"id": "../x"')),
    ("a key twice", lambda key: key.replace('"seed": 1', '"seed": 1, "seed": 2')),
    ("too deep", lambda key: key.replace('"seed": 1', '"seed": ' + "[" * 5000 + "]" * 5000)),
    ("wrong kinds", lambda key: key.replace('"slots": [', '"slots": [null, ')),
]


@pytest.mark.parametrize(("name", "spoil"), SPOILT_KEYS, ids=[name for name, _ in SPOILT_KEYS])
def test_spoilt_keys(name: str, spoil: Any, paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """A key that is not as it was written is refused in one sentence."""
    write_papers(tmp_path / "paper", paper, bank)
    path = tmp_path / "paper" / "key.json"
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ExamToolError) as error:
        load_key(Source("key.json", path))
    assert error.value.message.en.isprintable()


def test_the_paper_is_not_taken_for_the_key(paper: Paper, bank: Bank, tmp_path: Path) -> None:
    """The message says which file is meant."""
    write_papers(tmp_path / "paper", paper, bank)
    with pytest.raises(ExamToolError, match="the key is in another file"):
        load_key(Source("paper.json", tmp_path / "paper" / "paper.json"))
