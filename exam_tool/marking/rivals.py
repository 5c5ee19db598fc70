"""What other courses would do: the same calculation with another choice of one option. It weighs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exam_tool.calculators.work import CalculatorError
from exam_tool.expressions.arrays import Value
from exam_tool.language import ExamToolError, Text
from exam_tool.trace import Plan

from .form import Choice

if TYPE_CHECKING:
    from .sheet import Sheet


@dataclass
class Convention:
    """Another choice of one option: the whole calculation as that course would do it, started from its givens."""

    code: str
    says: Text
    stated: bool
    plan: Plan
    touched: frozenset[str]  # asked steps before which, or at which, a formula differs
    sheet: Sheet
    givens: dict[str, Value] | None = None

    def from_givens(self) -> dict[str, Value]:
        """The givens to start from; empty, so that nothing follows, where that course could not take them."""
        if self.givens is None:
            variant = self.sheet.variant
            try:
                self.givens = variant.problem.calculator.complete(self.plan, variant.told())
            except ExamToolError:
                self.givens = {}
        return dict(self.givens)


def conventions_of(sheet: Sheet) -> tuple[Convention, ...]:
    """One for each other choice of an option that changes something asked."""
    return tuple(_touching(sheet))


def _touching(sheet: Sheet) -> Iterator[Convention]:
    for choice in sheet.form.choices:
        plan = _plan(sheet, choice)
        touched = frozenset[str]() if plan is None else sheet.form.touched(plan)
        if plan is not None and touched:
            yield Convention(choice.code, choice.says, choice.stated, plan, touched, sheet)


def _plan(sheet: Sheet, choice: Choice) -> Plan | None:
    """The calculation with another choice; None where it needs givens this question has not.

    It is kept with the form unless other numbers of the same size may give it other steps.
    """
    form, variant = sheet.form, sheet.variant
    if choice.code in form.elsewhere:
        return form.elsewhere[choice.code]
    try:
        plan = variant.problem.calculator.structure(variant.told(), {**variant.options, choice.option.name: choice.choice})
    except CalculatorError:
        form.elsewhere[choice.code] = None
        return None
    except ExamToolError:
        return None
    if plan.shaped_by <= form.plan.shaped_by:
        form.elsewhere[choice.code] = plan
    return plan
