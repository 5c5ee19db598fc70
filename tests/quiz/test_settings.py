"""Settings: what wins over what, where a value comes from, what is said of a wrong one, and that comments survive a change."""

from datetime import date
from pathlib import Path

import pytest

from exam_tool.config import SettingError, change, load_settings, remove
from exam_tool.config.storage import settings_file


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"EXAM_TOOL_HOME": str(tmp_path / "home")}


def test_environment_project_person_default(home: dict[str, str], tmp_path: Path) -> None:
    """In this order; each value says where it comes from."""
    folder = tmp_path / "project" / "inside"
    folder.mkdir(parents=True)
    assert load_settings(home, folder)["count"] == 8
    assert load_settings(home, folder).origins["count"].place.en == "default"
    change("count", "5", home)
    assert load_settings(home, folder)["count"] == 5
    (tmp_path / "project" / "exam-tool.toml").write_text("# ours\ncount = 6\n")
    found = load_settings(home, folder)
    assert found["count"] == 6
    assert found.origins["count"].place.en.endswith("exam-tool.toml:2")
    found = load_settings({**home, "EXAM_TOOL_COUNT": "7"}, folder)
    assert (found["count"], found.origins["count"].place.en) == (7, "variable EXAM_TOOL_COUNT")


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("exam_date", "2027-01-15", date(2027, 1, 15)),
        ("plain", "on", True),
        ("lang", "zh", "zh"),
        ("minutes", "25", 25),
        ("bank", 'a"b\\c', 'a"b\\c'),
    ],
)
def test_a_change_is_read_back(home: dict[str, str], tmp_path: Path, name: str, given: str, value: object) -> None:
    """Whatever the kind of value."""
    assert change(name, given, home) == value
    assert load_settings(home, tmp_path)[name] == value


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [("exam_date", "soon", "a day"), ("count", "0", "from 1 to 200"), ("count", "x", "whole number"), ("plain", "maybe", "true or false"),
     ("exam_dat", "1", "exam_date"), ("lang", "fr", "en or zh")],
)  # fmt: skip
def test_wrong_values_are_refused(home: dict[str, str], name: str, given: str, says: str) -> None:
    """With what it must be, or the nearest name; nothing is written."""
    with pytest.raises(SettingError, match=says):
        change(name, given, home)
    assert not settings_file(home).exists()


def test_comments_and_order_survive(home: dict[str, str], tmp_path: Path) -> None:
    """Only the line of the setting changes."""
    file = settings_file(home)
    file.parent.mkdir(parents=True)
    file.write_text("# mine\ncount = 5  # few\n# end\nplain = true\n")
    change("count", "9", home)
    assert file.read_text() == "# mine\ncount = 9\n# end\nplain = true\n"
    remove("plain", home)
    assert file.read_text() == "# mine\ncount = 9\n# end\n"


@pytest.mark.parametrize("text", ["count = ", "count = 5\ncount = 6\n", "cuont = 5\n", "count = 'x'\n", "\xff"])
def test_a_faulty_file_is_named_and_left(home: dict[str, str], tmp_path: Path, text: str) -> None:
    """The file and the trouble; a change does not overwrite it."""
    file = settings_file(home)
    file.parent.mkdir(parents=True)
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingError, match=r"config\.toml"):
        load_settings(home, tmp_path)
    with pytest.raises(SettingError):
        change("count", "9", home)
    assert file.read_bytes() == text.encode("latin-1")
