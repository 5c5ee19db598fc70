"""What every test has in common: no test reads or writes the history and the settings of the person who runs it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="session")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for history, settings and cache that is gone after the tests; programs started by tests use it too."""
    before = os.environ.get("EXAM_TOOL_HOME")
    home = tmp_path_factory.mktemp("home")
    os.environ["EXAM_TOOL_HOME"] = str(home)
    yield home
    if before is None:
        del os.environ["EXAM_TOOL_HOME"]
    else:
        os.environ["EXAM_TOOL_HOME"] = before
