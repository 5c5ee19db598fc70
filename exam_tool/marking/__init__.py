"""Marking: a variant and what a student wrote make a grade, with the reason of every mark and the likely cause of every error."""

from .grading import grade, sheet_of
from .policy import POLICIES, Policy, find_policy
from .verdicts import Cause, Grade, StepGrade, Verdict, cause_codes, verdict_code

__all__ = [
    "POLICIES",
    "Cause",
    "Grade",
    "Policy",
    "StepGrade",
    "Verdict",
    "cause_codes",
    "find_policy",
    "grade",
    "sheet_of",
    "verdict_code",
]
