"""exam-tool: draw, solve and mark hand calculations of a deep-learning exam, exactly.

The public face is small and stable::

    import exam_tool
    trace = exam_tool.calculate("conv_output", H=32, W=32, C_in=3, K=3, P=1, S=2, C_out=16)
    trace["H_out"].value                            # exact
    variant = exam_tool.load_bank()["cnn.conv-output-size"].variant(seed=7)
    grade = variant.grade({"H_out": "16"})          # verdict, marks and sentence of each asked step
    exam_tool.judge("2.667", key="8/3", kind="decimal", places=3)

Each name is imported when it is first used, so that ``import exam_tool`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exam_tool.answers import judge
    from exam_tool.bank import load_bank
    from exam_tool.calculators import calculate
    from exam_tool.language import ExamToolError, Text
    from exam_tool.marking import grade

__all__ = ["ExamToolError", "Text", "calculate", "grade", "judge", "load_bank"]

_HOMES = {
    "ExamToolError": "exam_tool.language",
    "Text": "exam_tool.language",
    "calculate": "exam_tool.calculators",
    "grade": "exam_tool.marking",
    "judge": "exam_tool.answers",
    "load_bank": "exam_tool.bank",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'exam_tool' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
