"""Golden texts: what was looked at once and must not change unseen. ``UPDATE_GOLDEN=1`` writes them anew after a wanted change."""

import os
from pathlib import Path


def golden(path: Path, shown: str) -> None:
    """Compares with the file, or writes it."""
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8", newline="\n")
    assert shown == path.read_text(encoding="utf-8"), f"{path.name} has changed; look at the difference, then update it"
