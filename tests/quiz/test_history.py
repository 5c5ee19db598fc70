"""The history file: rows are added and never changed, versions are migrated, two writers and sudden death lose nothing."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest

from exam_tool.cli.practice import is_alive
from exam_tool.history import History, HistoryError, Review, SessionRow
from exam_tool.history.exchange import csv_lines, json_lines
from exam_tool.history.migrations import MIGRATIONS, NewerHistory
from exam_tool.history.reading import ForeignFile, read_export

WRITER = """
import sys
from pathlib import Path
from exam_tool.history import History, Review
with History(Path(sys.argv[1])) as history:
    for number in range(int(sys.argv[3])):
        history.add([Review(sys.argv[2], number, number, "answer", "p@1:1", step="a", response=str(number))])
        print(number, flush=True)
"""


def review(number: int = 1, **fields: object) -> Review:
    return Review("s", number, 5, "answer", "p@1:7", **fields)  # type: ignore[arg-type]


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    """Every field, Chinese and line ends included, in the order in which they were added."""
    rows = [
        review(1, response="你好\n\u202e[[1,2],\t[3,4]]", marks=Fraction(1, 3), maximum=Fraction(2), sure="sure", took=5, rung=2),
        Review("s", 2, 6, "shown", "p@1:8", skills=("a", "b"), tests=("c.s/m",), purpose="due", chapter="cnn", digest="d", filled=("x",)),
    ]
    with History(tmp_path / "folder" / "history.db") as history:
        history.add(rows)
    with History(tmp_path / "folder" / "history.db") as history:
        assert list(history.reviews()) == rows
        assert list(history.reviews("other")) == []


def test_rows_cannot_be_changed(tmp_path: Path) -> None:
    """The file itself refuses it."""
    with History(tmp_path / "h.db") as history:
        history.add([review()])
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            history.connection.execute("UPDATE review SET marks = '9'")


def test_wal_and_versions(tmp_path: Path) -> None:
    """The journal allows readers beside a writer; the version is that of the last migration; opening twice migrates once."""
    for _ in range(2):
        with History(tmp_path / "h.db") as history:
            assert history.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
            assert history.connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
            assert history.connection.execute("PRAGMA busy_timeout").fetchone()[0] >= 5000


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    """With a sentence that says what to do."""
    with History(tmp_path / "h.db") as history:
        history.connection.execute("PRAGMA user_version = 99")
    with pytest.raises(NewerHistory, match="newer"):
        History(tmp_path / "h.db")


def test_a_file_that_is_no_history(tmp_path: Path) -> None:
    """Says so and names the file; nothing in it is changed."""
    path = tmp_path / "h.db"
    path.write_bytes(b"something else entirely, not a database" * 100)
    with pytest.raises(HistoryError, match=r"h\.db"):
        History(path)
    assert path.read_bytes().startswith(b"something else")


def test_all_rows_or_none(tmp_path: Path) -> None:
    """A row that cannot be written takes the others with it."""
    with History(tmp_path / "h.db") as history:
        with pytest.raises(Exception, match=r".+"):
            history.add([review(1), Review("s", None, 1, "answer", "p@1:1")])  # type: ignore[arg-type]
        assert history.count() == 0
        history.add([review(1)])
        assert history.count() == 1


def test_a_session_is_taken_over_once(tmp_path: Path) -> None:
    """Of two programs that want to go on with a session one is told yes."""
    with History(tmp_path / "h.db") as one, History(tmp_path / "h.db") as two:
        one.begin(SessionRow("s", "quiz", 1, {"名": "值"}, 100))
        assert [two.take_over("s", 200, 100), one.take_over("s", 300, 100)] == [True, False]
        assert one.sessions("quiz")[0].request == {"名": "值"}


def test_copy_and_clear(tmp_path: Path) -> None:
    """A copy holds everything; after deleting nothing is left."""
    with History(tmp_path / "h.db") as history:
        history.add([review(n) for n in range(9)])
        history.save_copy(tmp_path / "copy.db")
        history.clear()
        assert history.count() == 0
    with History(tmp_path / "copy.db") as copy:
        assert copy.count() == 9


def test_export_is_safe_for_spreadsheets() -> None:
    """A response that looks like a formula is text in the CSV, and exact in the JSON."""
    rows = [review(response="=1+1", mistakes=("c.s/m", "c.t/n"))]
    assert '"response": "=1+1"' in next(iter(json_lines([], rows)))
    assert "'=1+1" in list(csv_lines(rows))[1]
    assert "c.s/m c.t/n" in list(csv_lines(rows))[1]


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    """Two processes add rows to the same file as fast as they can; all are there, each in its order."""
    path = tmp_path / "h.db"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, path, name, "60"], stdout=subprocess.DEVNULL) for name in ("a", "b")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    with History(path) as history:
        for name in ("a", "b"):
            assert [row.response for row in history.reviews(name)] == [str(n) for n in range(60)]


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
def test_killed_at_random_moments_nothing_written_is_lost(tmp_path: Path) -> None:
    """What a program said it had kept is in the file, whole, after kill -9; and the file opens and takes more."""
    path = tmp_path / "h.db"
    for turn in range(8):
        name = f"w{turn}"
        with subprocess.Popen([sys.executable, "-c", WRITER, path, name, "100000"], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(random.Random(turn).random() * 0.05)
            writer.send_signal(signal.SIGKILL)
            said = [int(line) for line in writer.stdout.read().split()]
        with History(path) as history:
            kept = [row.item for row in history.reviews(name)]
            assert kept == list(range(len(kept)))
            assert len(kept) >= (said[-1] + 1 if said else 1)
            assert history.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    """Its rows are all there; what was not known then is empty."""
    old = sqlite3.connect(tmp_path / "h.db")
    for statement in MIGRATIONS[0]:
        old.execute(statement)
    known = [name for name in Review._fields if name != "tied"]
    old.execute(
        f"INSERT INTO review ({', '.join(known)}) VALUES ("
        "'s', 1, 5, 'answer', 'p@1:7', 'a', '3', 'wrong', '1/2', '2', 9, 0, '', '', '', '', '', '', 'c.s/m', '')"
    )
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    with History(tmp_path / "h.db") as history:
        assert list(history.reviews()) == [
            review(1, step="a", response="3", verdict="wrong", marks=Fraction(1, 2), maximum=Fraction(2), took=9, mistakes=("c.s/m",))
        ]


FULL = [
    Review("s", 1, 6, "shown", "p@1:8", skills=("a", "b"), tests=("c.s/m",), purpose="due", chapter="cnn", digest="d", filled=("x",)),
    review(
        1,
        response="=1+1\n\u2028你好\t\u202e",
        marks=Fraction(1, 3),
        maximum=Fraction(2),
        sure="sure",
        took=5,
        rung=2,
        tied=("c.s/m", "c.s/n"),
    ),
    review(1, response="1"),
    review(1, response="1"),
]
SESSIONS = [SessionRow("s", "quiz", 5, {"seed": 3, "named": False}, 4711), SessionRow("m", "mock", 9, {"codes": ["p@1:8"]}, 4711)]


def exported(file: Path) -> bytes:
    with History(file) as history:
        return "".join(json_lines(history.sessions(), history.reviews())).encode()


def imported(file: Path, data: bytes) -> int:
    found = read_export(data, "export.jsonl")
    with History(file) as history:
        return history.merge(found.sessions, found.reviews)


def test_an_export_read_back_is_the_same_history(tmp_path: Path) -> None:
    """Rows, their order, even two that agree, and sessions; nobody here plays those; a second time nothing is added."""
    with History(tmp_path / "old.db") as history:
        for session in SESSIONS:
            history.begin(session)
        history.add(FULL)
    data = exported(tmp_path / "old.db")
    assert imported(tmp_path / "new.db", data) == len(FULL)
    assert imported(tmp_path / "new.db", data) == 0
    assert imported(tmp_path / "old.db", data) == 0
    assert exported(tmp_path / "new.db") == data
    with History(tmp_path / "new.db") as history:
        assert list(history.reviews()) == FULL
        assert history.sessions() == [session._replace(process=0) for session in SESSIONS]
    with History(tmp_path / "old.db") as history:
        assert history.sessions() == SESSIONS
    assert not is_alive(0, 0)


def test_two_histories_are_merged_either_way_round(tmp_path: Path) -> None:
    """What both have stays once, what one has comes to the other; nothing that was there is touched."""
    for name, numbers in (("a", (1, 2, 3)), ("b", (3, 4))):
        with History(tmp_path / f"{name}.db") as history:
            history.add([review(n) for n in numbers])
    a, b = exported(tmp_path / "a.db"), exported(tmp_path / "b.db")
    assert imported(tmp_path / "a.db", b) == 1
    assert imported(tmp_path / "b.db", a) == 2
    for name in ("a", "b"):
        with History(tmp_path / f"{name}.db") as history:
            assert sorted(row.item for row in history.reviews()) == [1, 2, 3, 4]


def test_an_export_of_the_first_version_is_read(tmp_path: Path) -> None:
    """It held rows only: their sessions are made up from them."""
    rows = [{"schema_version": 1, **json.loads(line)} for line in json_lines([], FULL)]
    for row in rows:
        del row["record"], row["tied"]
        row["schema_version"] = 1
    found = read_export("\n".join(map(json.dumps, rows)).encode(), "old.jsonl")
    assert found.reviews == tuple(row._replace(tied=()) for row in FULL)
    assert found.sessions == (SessionRow("s", "quiz", 6, {}, 0),)


GOOD = json.loads(next(iter(json_lines([], FULL[1:]))))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"name,marks\nann,3\n", ":1: this is no line of an exported history"),
        (b"[1, 2]\n", ":1: this is no line"),
        (b"[" * 100_000, ":1: this is no line"),
        (b'{"a": 1}', ":1: this is no line"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (json.dumps({**GOOD, "schema_version": 3}).encode(), "newer exam-tool"),
        (json.dumps({**GOOD, "schema_version": True}).encode(), ":1: this is no line"),
        *(
            (json.dumps(GOOD).encode() + b"\n\n" + json.dumps({**GOOD, name: value}).encode(), f':3: "{name}" is missing or is not')
            for name, value in {
                "act": "cheated", "item": 1.5, "at": -1, "took": 2**70, "marks": "1/0", "maximum": "1e9", "skills": ["a\nb"],
                "response": "\ud800", "session": "", "code": "\x1b[2J", "sure": [], "tied": "ab", "stranger": 1, "rung": True,
            }.items()
        ),
        (json.dumps({name: value for name, value in GOOD.items() if name != "at"}).encode(), '"at" is missing'),
        (b'{"schema_version": 2, "record": "session", "id": "s", "kind": "party", "started": 1, "request": {}}', '"kind" is missing or'),
    ],
)  # fmt: skip
def test_what_is_no_export_is_refused_as_a_whole(data: bytes, said: str) -> None:
    """The line and the field are named; a good line before a bad one is not taken either."""
    with pytest.raises(ForeignFile) as refused:
        read_export(data, "f.jsonl")
    assert said in refused.value.message.en
    assert refused.value.message.zh != refused.value.message.en


def test_import_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Export, import into another home, in both languages; a file that is not there is a sentence."""
    from exam_tool.cli.main import run

    monkeypatch.setenv("EXAM_TOOL_HOME", str(tmp_path / "one"))
    with History(tmp_path / "one" / "history.db") as history:
        history.add(FULL)
    assert run(["history", "export", str(tmp_path / "out.jsonl")], "en", False) == 0
    monkeypatch.setenv("EXAM_TOOL_HOME", str(tmp_path / "two"))
    capsys.readouterr()
    assert run(["history", "import", str(tmp_path / "out.jsonl")], "en", False) == 0
    assert capsys.readouterr().out == "4 rows added; 0 were there already.\n"
    assert run(["history", "import", str(tmp_path / "out.jsonl")], "zh", False) == 0
    assert capsys.readouterr().out == "已添加 0 行；4 行已存在。\n"
    assert run(["history", "import", str(tmp_path / "none.jsonl")], "en", False) == 2
    assert run(["history", "import", str(tmp_path)], "en", False) == 2
    assert "Traceback" not in capsys.readouterr().err
