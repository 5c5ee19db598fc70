"""What may be said about the reason of a wrong number: when one cause is named, when two are, when none."""

from __future__ import annotations

from collections import Counter

import pytest
from conftest import Make, step
from flint import fmpq

from exam_tool.bank.draws import Stream
from exam_tool.expressions.evaluate import evaluate
from exam_tool.expressions.forms import exact_text
from exam_tool.expressions.reader import read
from exam_tool.marking import cause_codes, grade
from exam_tool.marking.noise import MANY, slip, slip_odds
from exam_tool.marking.verdicts import Both, Cause, Named, NoCause, OneOf
from exam_tool.variant import Variant


@pytest.fixture(scope="module")
def chain(make: Make) -> Variant:
    """Two steps with large numbers: 391 and 2766 are what the known mistakes leave."""
    steps = step("u", "w*x + b", "no_bias slip w*x", "doubled method 2*w*x + b") + step("v", "7*u + c", "no_shift method 7*u")
    return make(given="  w: 17\n  x: 23\n  b: 5\n  c: 29", steps=steps, ask="  - {find: u, marks: 2}\n  - {find: v, marks: 2}")


def cause(variant: Variant, name: str, **typed: str) -> Cause:
    return grade(variant, typed)[name].cause


def test_a_likely_cause_is_named(chain: Variant) -> None:
    """A large number that a known mistake leaves exactly is no accident."""
    assert cause(chain, "u", u="787") == Named(f"{chain.trace.plan.calculator}.u/doubled", "u")


def test_a_cause_is_seen_from_the_end(chain: Variant) -> None:
    """The mistake at a blank step shows in the number it leaves later."""
    found = cause(chain, "v", v="5538")
    assert isinstance(found, Named)
    assert found.at == "u"


def test_two_mistakes_together_are_named_only_without_a_single_one(chain: Variant) -> None:
    """7 * 17 * 23 needs both the bias and the shift left out."""
    assert isinstance(cause(chain, "v", v="2737"), Both)


def test_an_unexplained_number_gets_no_cause(chain: Variant) -> None:
    """Nothing is said that would be a guess."""
    assert cause(chain, "u", u="415") == NoCause()


def test_one_small_integer_proves_nothing(make: Make) -> None:
    """15 for 16 may be the mistake or a slip of one: both are named."""
    steps = step("n", "moves + 1", "no_plus_one method moves")
    variant = make(given="  moves: 15", steps=steps, ask="  - {find: n, marks: 2}")
    found = cause(variant, "n", n="15")
    assert isinstance(found, Named | OneOf)
    assert variant.trace.plan.calculator + ".n/no_plus_one" in cause_codes(found)


def test_ties_name_both(make: Make) -> None:
    """Two mistakes that leave one number are both named, and the numbers after it cannot decide."""
    steps = step("p", "a*b*c", "sum_first method (a + b)*c*7", "plus method a*b*c + 29*7") + step("q", "p + 1")
    variant = make(given="  a: 20\n  b: 30\n  c: 58", steps=steps, ask="  - {find: p, marks: 2}\n  - {find: q, marks: 2}")
    values = {name: exact_text(variant.trace.mistaken(*_mistake(variant, "plus"))[name]) for name in ("p", "q")}
    found = cause(variant, "p", **values)
    assert isinstance(found, Named)


def _mistake(variant: Variant, identifier: str) -> tuple:  # type: ignore[type-arg]
    return next((s, m) for s in variant.trace.plan.steps for m in s.mistakes if m.id == identifier)


def test_another_number_decides_a_tie(make: Make) -> None:
    """A mistake at a blank step reaches two answers; one that explains both is preferred to one that explains one."""
    steps = step("u", "a*b", "added method a + b") + step("p", "10*u", "copied method 10*a + 10*b") + step("q", "100*u + 1")
    variant = make(given="  a: 23\n  b: 41", steps=steps, ask="".join(f"  - {{find: {n}, marks: 2}}\n" for n in "upq"))
    assert cause(variant, "p", p="640", q="6401") == Named(f"{variant.trace.plan.calculator}.u/added", "u")
    assert grade(variant, {"p": "640", "q": "94301"}).codes["p"].endswith("p/copied")


@pytest.mark.parametrize(
    ("right", "written", "decimals", "odds"),
    [
        ("1600", "-1600", 0, "1/8"),  # the sign
        ("1600", "160", 0, "1/16"),  # a place
        ("1634", "1636", 0, "1/16 + 3/8/9/4"),  # two units, or the last digit
        ("1638", "1640", 0, "1/16"),  # two units
        ("1634", "1834", 0, "3/8/9/4"),  # a digit
        ("2.05", "1.95", 2, "1/16"),  # ten hundredths
        ("2/7", "3/7", None, "1/16 + 3/8/9"),  # the numerator
        ("2/7", "-2/7", None, "1/8"),
        ("sqrt(2)", "-1.41", 2, "1/8"),
        ("sqrt(2)", "1.43", 2, "1/16 + 3/8/9/3"),
        ("1634", "5000", 0, "1/1000"),
        ("3", "6", 0, "1/7"),  # whole and small: one of seven numbers that might stand there
        ("[5, 1634]", "[5, 1834]", (0, 0), "3/8/9/4/2"),
        ("[5, 1634]", "[2, 1834]", (0, 0), "1/2 * 1/11 * 3/8/9/4"),
    ],
)
def test_typical_slips(right: str, written: str, decimals: object, odds: str) -> None:
    """A sign, a place, a digit, some units: what slips of reckoning leave most, as odds."""
    assert slip_odds(evaluate(read(right)), evaluate(read(written)), decimals) == evaluate(read(odds))


def test_the_odds_are_those_of_the_slips_that_are_made() -> None:
    """Among many slips made of one number each result is about as frequent as its odds say."""
    right, rounds = fmpq(2749), 8000
    made = Counter(slip(right, Stream(f"slip/{turn}")) for turn in range(rounds))
    for written, count in made.items():
        if written != right and slip_odds(right, written, 0) >= fmpq(1, 20):
            assert abs(fmpq(count, rounds) - slip_odds(right, written, 0)) < fmpq(2, 100), written
    assert sum(count for written, count in made.items() if slip_odds(right, written, 0) == fmpq(1, MANY)) == 0


def test_first_error(network: Variant) -> None:
    """With any steps filled in: where the work first went wrong."""
    assert grade(network, {"z": "2", "a": "2", "e": "5"}).first_error == ("e",)
    assert grade(network, {"z": "2", "dw": "77"}).first_error == ("a", "e", "dz", "dw")
    assert grade(network, {"z": "3", "a": "3", "e": "2"}).first_error == ("z",)
    assert grade(network, {"w2": "-1/2"}).first_error == ()


def test_sentences_are_conditional_and_keep_the_key(chain: Variant) -> None:
    """A cause is named as "the number you get if", in both languages, and the right value is not in it."""
    marked = grade(chain, {"u": "787", "v": "5538"})
    for part in marked.steps:
        for said in part.message:
            assert "396" not in said
            assert "2801" not in said
    assert marked["u"].message.en.startswith("This is the number you get if doubled is done.")
    assert marked["u"].message.zh.startswith("这样算就会得到这个数：")
