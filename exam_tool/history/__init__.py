"""The history of a person's practice: rows in one SQLite file, added and never changed."""

from .review import ACTS, SURENESS, Act, Review, Sureness
from .store import History, HistoryError, SessionRow

__all__ = ["ACTS", "SURENESS", "Act", "History", "HistoryError", "Review", "SessionRow", "Sureness"]
