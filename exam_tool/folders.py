"""Where a person's files live: history, settings, cache. ``EXAM_TOOL_HOME`` puts them all in one folder. It creates nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

APPLICATION = "exam-tool"


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of the history."""
    return _home(environment) or _platform("user_data_dir")


def settings_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of ``config.toml``."""
    return _home(environment) or _platform("user_config_dir")


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of what can be made again at any time."""
    home = _home(environment)
    return home / "cache" if home else _platform("user_cache_dir")


def history_file(environment: Mapping[str, str] = os.environ) -> Path:
    return data_folder(environment) / "history.db"


def _home(environment: Mapping[str, str]) -> Path | None:
    wanted = environment.get("EXAM_TOOL_HOME", "")
    return Path(wanted).expanduser() if wanted else None


def _platform(kind: str) -> Path:
    import platformdirs

    return Path(getattr(platformdirs, kind)(APPLICATION, appauthor=False))
