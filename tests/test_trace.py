"""Running a calculation: replacing values, formulas and widths, and every reading derived from it."""

import pytest
from flint import fmpq

from exam_tool.calculators import calculate
from exam_tool.calculators.work import Calculator, Work
from exam_tool.expressions.arrays import entries
from exam_tool.expressions.exact import enclose
from exam_tool.expressions.reader import read
from exam_tool.language import ExamToolError, Text
from exam_tool.trace import Failure, run_plan


def chain(work: Work) -> None:
    """A small network of one neuron, for these tests."""
    work.given("x", ("input", "输入"), is_="")
    work.given("w", ("weight", "权重"), default="1/2")
    work.step("z", "w*x", ("pre-activation", "净输入"))
    work.mistake("added", "w + x", "the weight is added.", "把权重加上了。")
    work.step("a", "sigmoid(z)", ("activation", "激活值"), is_="probability")
    work.step("e", "1/(z - 3)", ("a quotient", "一个商"))
    work.step("s", "a + e", ("a sum", "和"))


CHAIN = Calculator("chain", "mlp", Text("chain", "链"), chain, {}, {}, "")


def trace_of(**values: int):
    plan, complete = CHAIN.plan({name: fmpq(value) for name, value in values.items()}, {})
    return run_plan(plan, complete)


def test_a_replaced_value_is_followed_through() -> None:
    """What depends on a replaced step is computed from it; what does not stays."""
    trace = trace_of(x=2)
    changed = trace.replaced({"z": fmpq(4)})
    assert changed["e"] == 1
    assert changed["z"] == 4
    assert trace.values["z"] == 1
    assert trace.replaced({"a": fmpq(0)})["e"] == trace.values["e"]


def test_a_replaced_formula_is_evaluated_where_it_stands() -> None:
    """A formula in place of a step sees the values before it; a given may be replaced too."""
    trace = trace_of(x=2)
    assert trace.replaced({"z": read("w + x")})["z"] == fmpq(5, 2)
    assert trace.replaced({"x": fmpq(8)})["e"] == 1


def test_a_known_mistake_spoils_only_what_follows() -> None:
    """The wrong formula replaces one step; later steps are right again, on the wrong value."""
    trace = trace_of(x=2)
    step = trace.plan.by_name["z"]
    wrong = trace.mistaken(step, step.mistakes[0])
    assert wrong["z"] == fmpq(5, 2)
    assert wrong["e"] == -2


def test_a_step_without_value_fails_softly_in_what_if_runs() -> None:
    """Where a replaced value leaves a later step undefined, that step and what needs it say why."""
    changed = trace_of(x=2).replaced({"z": fmpq(3)})
    assert isinstance(changed["e"], Failure)
    assert changed["s"] == changed["e"]
    assert not isinstance(changed["a"], Failure)


def test_a_run_without_value_names_the_step() -> None:
    """On the person's own numbers the same is an error that names the step."""
    with pytest.raises(ExamToolError, match="e: Division by zero"):
        trace_of(x=6)


def test_widening_contains_every_honest_rounding() -> None:
    """The widened run contains what comes of rounding each step to the working precision."""
    trace = calculate("mlp_backprop_l1_l2", x=1, y=0, w1="0.5", w2="-0.4", eta="0.1", lam="0.1", reg_w1="L1", reg_w2="L2")
    wide = trace.widened(3)
    exact = {step.name: trace.values[step.name] for step in trace.plan.steps}
    for name, value in exact.items():
        for ball, number in zip(entries(wide[name]), entries(value), strict=True):
            assert enclose(ball).overlaps(enclose(number))
    assert enclose(wide["w2_new_L2"]).contains(fmpq(-3805, 10_000))
    assert enclose(wide["w1_new_L1"]).contains(fmpq(4877, 10_000))
    assert not enclose(wide["w2_new_L2"]).contains(fmpq(-37, 100))


def test_what_ends_within_the_places_is_not_widened() -> None:
    """A step whose exact value has few decimals is written exactly by everybody."""
    assert trace_of(x=2).widened(3)["z"] == 1


def test_upstream_is_what_is_needed() -> None:
    """Only the steps that lead to what is asked are part of its solution."""
    plan = trace_of(x=2).plan
    assert [step.name for step in plan.upstream(["a"])] == ["z", "a"]
    assert [step.name for step in plan.downstream["z"]] == ["a", "e", "s"]
    assert plan.parents["s"] == ("a", "e")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "needs H"),
        ({"H": 0, "K": 3}, "H must be"),
        ({"H": "1/2", "K": 3}, "whole number"),
        ({"H": [1, 2], "K": 3}, "must be a number"),
        ({"H": 8, "K": 3, "Kk": 1}, '"Kk"'),
        ({"H": 8, "K": 3, "rounding": "up"}, "rounding"),
        ({"H": 3, "K": 5}, "room_h"),
        ({"H": "8 +", "K": 5}, "missing"),
    ],
)
def test_wrong_input_says_what_is_wrong(values: dict[str, object], words: str) -> None:
    """Unknown names, wrong sizes and values outside a domain are errors that say so, in both languages."""
    with pytest.raises(ExamToolError) as refused:
        calculate("conv_output_size", **values)
    assert words in refused.value.message.en
    assert refused.value.message.zh


def test_an_unknown_calculator_suggests_the_nearest() -> None:
    """A mistyped name gets a suggestion."""
    with pytest.raises(ExamToolError, match="softmax"):
        calculate("softmx", z=[1, 2])
