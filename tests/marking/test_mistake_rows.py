"""The mistakes students are known to make and the conventions of other courses: the numbers they leave are recognised as such."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from conftest import Make

from exam_tool.language import Text
from exam_tool.marking import cause_codes, grade
from exam_tool.marking.verdicts import Grade, KnownMistake
from exam_tool.variant import Variant

ROWS = 52


@dataclass(frozen=True)
class Case:
    """Figures, and what is written when a mistake is made on them or another convention is followed, worked by hand."""

    code: str
    given: dict[str, str]
    written: dict[str, str]
    kind: str = "convention"
    row: int = 0
    what: str = ""
    options: dict[str, str] = field(default_factory=dict)

    @property
    def at(self) -> str:
        """The step where it is made; a convention is seen at the first number."""
        return self.code.split(".")[1].split("/")[0] if "/" in self.code and "=" not in self.code else next(iter(self.written))

    def __str__(self) -> str:
        return f"{self.row}-{self.code}" if self.row else self.code


def cases(name: str) -> list[Case]:
    return [Case(**entry) for entry in yaml.safe_load((Path(__file__).parent / name).read_text("utf-8"))]


MISTAKES, CONVENTIONS = cases("mistakes.yaml"), cases("conventions.yaml")


def variant_of(make: Make, case: Case) -> Variant:
    """The question on the figures of a case, asking with two marks each what is written there."""
    given = "\n".join(f"  {name}: {value}" for name, value in case.given.items())
    ask = "".join(f"  - {{find: {name}, marks: 2}}\n" for name in case.written)
    options = ", ".join(f'{name}: "{value}"' for name, value in case.options.items())
    return make(given=given, ask=ask, calculator=case.code.split(".")[0], more=f"options: {{{options}}}" if options else "")


def named(marked: Grade) -> set[str]:
    """Every mistake and convention that a grade speaks of."""
    found = {code for step in marked.steps for code in cause_codes(step.cause)}
    for step in marked.steps:
        if isinstance(step.verdict, KnownMistake):
            found.update((step.verdict.code, *step.verdict.also))
    return found


def is_stated(variant: Variant, code: str) -> bool:
    """Whether the question says which convention it takes where this is another one."""
    if "=" not in code:
        return True
    name = code.split(".")[1].split("=")[0]
    chosen = next(option for option in variant.trace.plan.declared if option.name == name)
    return bool(chosen.choices[variant.options[name]].en)


def test_every_row_has_a_case() -> None:
    """All the mistakes known from students are here, each with the form or forms it takes."""
    assert {case.row for case in MISTAKES} == set(range(1, ROWS + 1))


@pytest.mark.parametrize("case", MISTAKES + CONVENTIONS, ids=str)
def test_the_number_it_leaves_names_it(make: Make, case: Case) -> None:
    """The step has the verdict and the marks of its kind, what follows from it is right, and the reason is given in both languages."""
    variant = variant_of(make, case)
    marked = grade(variant, case.written)
    verdict = marked[case.at].verdict
    assert isinstance(verdict, KnownMistake), marked.codes
    assert verdict.code == case.code
    assert verdict.kind == case.kind
    assert verdict.stated == is_stated(variant, case.code)
    worth = {"slip": 1, "method": 0, "convention": 1 if verdict.stated else 2}
    assert marked[case.at].marks == worth[case.kind]
    others = {name: step for name, step in marked.codes.items() if name != case.at}
    assert set(others.values()) <= {"correct", "follows_through", *([f"mistake:{case.code}"] if case.kind == "convention" else [])}, others
    said = marked[case.at].message
    reason = sentence(variant, case.code)
    assert reason.en.rstrip(".") in said.en
    assert reason.zh.rstrip("。") in said.zh


@pytest.mark.parametrize("case", [case for case in MISTAKES + CONVENTIONS if len(case.written) > 1], ids=str)
def test_it_is_seen_from_the_end(make: Make, case: Case) -> None:
    """With the last number alone it is still among what may have happened, unless that number is right all the same."""
    variant = variant_of(make, case)
    last = list(case.written)[-1]
    marked = grade(variant, {last: case.written[last]})
    assert marked.codes[last] == "correct" or case.code in named(marked), marked.codes


def sentence(variant: Variant, code: str) -> Text:
    """What is said of a mistake or of another choice of an option."""
    local = code.split(".", 1)[1]
    if "/" in local and "=" not in local:
        step, name = local.split("/")
        return next(mistake.message for mistake in variant.trace.plan.by_name[step].mistakes if mistake.id == name)
    option, choice = local.split("=", 1)
    return next(declared.choices[choice] for declared in variant.trace.plan.declared if declared.name == option)
