"""The history of a person's practice: rows in one SQLite file, added and never changed."""

from .review import ACTS, SURENESS, Act, Review, Sureness

__all__ = ["ACTS", "SURENESS", "Act", "Review", "Sureness"]
