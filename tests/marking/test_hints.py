"""Hints, the slip to be found, the variant that tells mistakes apart, and how well causes are recovered."""

from __future__ import annotations

import pytest
from conftest import Make, step
from flint import fmpq

from exam_tool.bank import load_bank
from exam_tool.language import ExamToolError
from exam_tool.marking.hints import RUNGS, bottom_out, hints, substitute, teach
from exam_tool.marking.recovery import SLIP, measure
from exam_tool.marking.separating import diagnostic_variant, groups, information
from exam_tool.marking.slips import find_the_slip
from exam_tool.variant import Variant, draw


def test_four_rungs_for_the_first_step_that_is_not_right(network: Variant) -> None:
    """Point, teach, substitute with the last operation open, bottom out: only the last shows the value and assists."""
    found = hints(network, {"z": "2", "a": "2", "e": "3"})
    assert tuple(hint.rung for hint in found) == RUNGS
    assert {hint.step for hint in found} == {"e"}
    assert found[1].text == "e = a − y."
    assert found[2].text == "e = 2 − __"
    assert found[3].text == "e = 2 − 1 = 1. Now try another one of this kind."
    assert [hint.assists for hint in found] == [False, False, False, True]
    assert hints(network, {"z": "2", "a": "2", "e": "3"}, "zh")[3].text.endswith("接着换一道同类的题。")


def test_hints_go_to_where_the_cause_lies(make: Make) -> None:
    """A named mistake at a blank step is hinted at there; a right script needs no hint."""
    steps = step("u", "w*x + b", "no_bias slip w*x") + step("v", "7*u + c")
    variant = make(given="  w: 17\n  x: 23\n  b: 5\n  c: 29", steps=steps, ask="  - {find: v, marks: 2}")
    assert hints(variant, {"v": "2766"})[0].step == "u"
    assert hints(variant, {})[0].step == "u"
    assert hints(variant, {"v": "2801"}) == ()


def test_a_formula_that_is_its_value_keeps_its_names(make: Make) -> None:
    """Putting numbers into a mere name would be the answer."""
    variant = make(given="  a: 3", steps=step("p", "a") + step("q", "[p, 2*p]"), ask="  - {find: p, marks: 1}\n  - {find: q, marks: 1}")
    assert hints(variant, {})[2].text == "p = a = __"


def test_a_name_that_stands_for_a_fraction_is_not_cut_open(make: Make) -> None:
    """Its value 7/2 would otherwise be given away as "7 / __"."""
    variant = make(given="  a: 7/2", steps=step("p", "a"), ask="  - {find: p, marks: 1}")
    assert hints(variant, {})[2].text == "p = a = __"


def test_the_value_of_one_unit_is_not_given_away() -> None:
    """A state without activation is its pre-activation, also where that is negative and written without brackets."""
    variant = draw(load_bank()["rnn.bidirectional-rnn-states"], 1)
    assert substitute(variant, variant.trace.plan.by_name["h_b_2"]).en == "h_b,2 = z_b,2 = __"


def test_a_constant_shows_its_value_last() -> None:
    """The derivative 1 of a sum: its formula is its value, so the earlier rungs say why and leave it open."""
    variant = draw(load_bank()["mlp.graph-gates"], 1)
    local = variant.trace.plan.by_name["dq_dx"]
    assert teach(local, variant.trace.values).en == "∂q/∂x: a sum passes the gradient on unchanged."
    assert substitute(variant, local).en == "∂q/∂x = __"
    assert bottom_out(variant, local).en.startswith("∂q/∂x = 1.")


def test_earlier_rungs_are_written_like_the_last() -> None:
    """A dot product has its dot, a given logarithm stays one, and what is rounded says so."""
    variant = draw(load_bank()["adversarial.gradient-step"], 1)
    steps, values = variant.trace.plan.by_name, variant.trace.values
    assert teach(steps["p_adv"], values).en == "p_adv = σ(w · x_adv + b)."
    assert substitute(variant, steps["p"]).en == "p = σ([−2, −3] · [3, −2] + (−ln(4))) = __"
    assert substitute(variant, steps["loss_after"]).en == "loss_after ≈ −ln(0·0.4143 + (1 − 0)·(1 − 0.4143)) = __"


def test_a_condition_that_is_a_value_stands_in_brackets() -> None:
    """A mask is written between Iverson's brackets on every rung, also where its names are kept."""
    variant = draw(load_bank()["transformer.causal-mask-count"], 1)
    mask = variant.trace.plan.by_name["visible"]
    assert teach(mask, variant.trace.values).en.startswith("visible = [j ≤ i]: ")
    assert substitute(variant, mask).zh == "visible = [j ≤ i] = __"


def test_find_the_slip(network: Variant) -> None:
    """One line is wrong and the rest follows from it; the same seed gives the same task."""
    task = find_the_slip(network, 3)
    assert task == find_the_slip(network, 3)
    assert {find_the_slip(network, seed).code for seed in range(20)} > {task.code}
    right = network.trace.values
    line = next(line for line in task.lines if line.name == task.wrong)
    assert line.value != right[task.wrong]
    assert all(line.value == right[line.name] for line in task.lines[: task.lines.index(line)])
    assert task.is_found(task.wrong)
    assert not task.is_found("b")


def test_no_slip_without_known_mistakes(make: Make) -> None:
    """A question without known mistakes says so."""
    variant = make(given="  a: 3", steps=step("p", "2*a"), ask="  - {find: p, marks: 1}")
    with pytest.raises(ExamToolError):
        find_the_slip(variant, 1)


def test_groups_of_mistakes(network: Variant) -> None:
    """Mistakes that leave the same answers stand together; the first group is that of the right answers."""
    assert groups(network) == [("",), ("z/no_bias",), ("dw/x_dropped",), ("w2/ascent",)]
    assert groups(network, {"w2/ascent", f"{network.trace.plan.calculator}.z/no_bias"}) == [("",), ("z/no_bias",), ("w2/ascent",)]


def test_information_grows_with_the_groups() -> None:
    """Four groups of one say more than two of two, and these more than one of four."""
    fine, middle, coarse = (
        information(parts) for parts in ([("a",), ("b",), ("c",), ("d",)], [("a", "b"), ("c", "d")], [("a", "b", "c", "d")])
    )
    assert fine > middle > coarse


def test_diagnostic_variant_separates_what_it_can() -> None:
    """Of many draws the one that tells the tied mistakes apart, or as many of them as any draw does."""
    problem = load_bank()["cnn.conv-output-size"]
    codes = [code for group in groups(draw(problem, 1)) for code in group if code]
    best = diagnostic_variant(problem, codes, 20, 1)
    assert best == diagnostic_variant(problem, codes, 20, 1)
    assert len(groups(best, codes)) >= max(len(groups(draw(problem, seed), codes)) for seed in range(1, 6))


def test_recovery_on_a_sample() -> None:
    """Known mistakes are named, alone or beside what leaves the same number, and slips accuse nobody of a misconception.

    The full measurement prints over the whole bank.
    """
    bank = [problem for problem in load_bank() if problem.fact is None]
    result = measure(bank[::5], 4)
    for view, alone, beside in (("all", 90, 99), ("half", 85, 97), ("end", 80, 95)):
        assert result.share(view, "named", "tied") >= fmpq(alone, 100), view
        assert result.share(view, "named", "tied", "doubtful") >= fmpq(beside, 100), view
    assert result.share("slip", "wrong") <= fmpq(3, 100)
    assert len(list(result.lines("zh"))) == 5
    assert SLIP == "slip"
