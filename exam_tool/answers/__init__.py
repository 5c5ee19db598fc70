"""What a person typed: its value, or why it has none; and whether that value is the expected one."""

from .decide import Rounding, Verdict
from .echo import pointer, read_back
from .judge import judge, judge_reading, judge_with, same_value
from .judgement import Judgement
from .key import Key, number_of, prepare
from .reading import KINDS, NotAsked, Reading, Unreadable, Working, read_answer, read_working

__all__ = [
    "KINDS", "Judgement", "Key", "NotAsked", "Reading", "Rounding", "Unreadable", "Verdict", "Working", "judge", "judge_reading",
    "judge_with", "number_of", "pointer", "prepare", "read_answer", "read_back", "read_working", "same_value",
]  # fmt: skip
