"""The history file: rows are added and never changed, versions are migrated, two writers and sudden death lose nothing."""

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

from exam_tool.history import History, HistoryError, Review, SessionRow
from exam_tool.history.exchange import csv_lines, json_lines
from exam_tool.history.migrations import MIGRATIONS, NewerHistory

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
    assert '"response": "=1+1"' in next(iter(json_lines(rows)))
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
