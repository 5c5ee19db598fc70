"""The grade as other programs get it, and what no script may do to it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_tool.bank import load_bank
from exam_tool.marking import grade, grading
from exam_tool.marking.laws import LAWS, STRANGE
from exam_tool.marking.verdicts import Review
from exam_tool.variant import Variant

NAMES = ("z", "a", "e", "dz", "dw", "w2")


def test_json_is_stable_and_complete(network: Variant) -> None:
    """Keys, verdict codes and marks as text; the same bytes for the same script in another order."""
    typed = {"z": "1", "w2": "1/2"}
    first = grade(network, typed).to_json()
    assert list(first) == ["variant", "digest", "policy", "total", "max", "whole", "steps", "first_error", "flags", "notes"]
    assert first["steps"][0]["verdict"] == f"mistake:{network.trace.plan.calculator}.z/no_bias"
    assert json.dumps(first) == json.dumps(grade(network, dict(reversed(typed.items()))).to_json())
    assert first["policy"] == "course"


def test_variant_grades_itself(network: Variant) -> None:
    """``variant.grade`` is this grade."""
    assert network.grade({"w2": "3/2"}, policy="strict") == grade(network, {"w2": "3/2"}, "strict")


def test_flags_name_what_a_person_should_see(network: Variant) -> None:
    """Unreadable cells, and the key that does not follow."""
    assert grade(network, {"z": "abc", "a": "2", "e": "1", "dz": "1", "dw": "1", "w2": "-1/2"}).flags == ("z", "w2")


@given(
    st.dictionaries(
        st.sampled_from(NAMES), st.one_of(st.text(max_size=30), st.from_regex(r"-?[0-9]{1,3}(/[1-9]|\.[0-9]{1,2})?", fullmatch=True))
    )
)
@settings(max_examples=300, deadline=None)
def test_any_script_is_marked(network: Variant, typed: dict[str, str]) -> None:
    """Nothing raises or is left to a person by a fault of marking; marks stay between nothing and the maximum."""
    for policy in ("course", "cambridge", "ib", "strict"):
        marked = grade(network, typed, policy)
        assert 0 <= marked.total <= marked.maximum
        assert 0 <= marked.whole <= marked.maximum
        assert not any(isinstance(part.verdict, Review) for part in marked.steps)


@given(st.permutations(NAMES), st.integers(0, 5), st.sampled_from(["3", "1", "-2", "5/2", "0"]))
@settings(max_examples=60, deadline=None)
def test_a_right_answer_in_a_blank_never_hurts(network: Variant, order: list[str], kept: int, slip: str) -> None:
    """Filling a blank before a right answer with the right value lowers no total."""
    key = dict(zip(NAMES, ("2", "2", "1", "1", "2", "-1/2"), strict=True))
    before = {name: key[name] for name in order[:kept]} | {"w2": key["w2"]}
    for name in NAMES[:-1]:
        if name not in before:
            assert grade(network, {**before, name: key[name]}).total >= grade(network, before).total


def test_a_fault_of_marking_goes_to_a_person(network: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    """What marking cannot manage costs no mark silently: the verdict is review, and the flag says where."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(grading, "_marked", fail)
    marked = grade(network, {"z": "7"})
    assert marked.codes["z"] == "review"
    assert marked.flags == ("z",)


def test_laws_hold_on_a_sample_of_the_bank() -> None:
    """Every law on one variant of a few problems; ``exam-tool check`` runs them on all."""
    problems = list(load_bank())[::25]
    assert len(problems) >= 4
    assert len(STRANGE) > 30
    for problem in problems:
        variant = problem.variant(5)
        for law in LAWS:
            assert law(variant) == [], law.__name__
