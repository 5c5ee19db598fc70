"""Grading a class: answer files in; marks, feedback and a gradebook out. Marks come from ``marking``, numbers from the key."""

from .bulk import grade_stream
from .choosing import grade_answers
from .grading import Outcome, grade_class
from .intake import DUPLICATES, Duplicates
from .reading import sources_of, standard_input
from .stream import can_stream
from .summary import Loss, Summary, mark_text

__all__ = [
    "DUPLICATES", "Duplicates", "Loss", "Outcome", "Summary", "can_stream", "grade_answers", "grade_class", "grade_stream", "mark_text",
    "sources_of", "standard_input",
]  # fmt: skip
