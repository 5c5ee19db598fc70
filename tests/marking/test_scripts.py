"""Scripts marked by hand from the rules of docs/marking.md: the marks and the verdict of every step, and why."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import pytest
from conftest import Make, step

from exam_tool.marking import grade
from exam_tool.variant import Variant


class Script(NamedTuple):
    """What a student wrote, separated by ``|`` in the order asked, and what it is worth. ``verdicts`` are short: see ``short``."""

    question: str
    answers: str
    marks: str
    verdicts: str
    why: str
    policy: str = "course"


def asks(names: str, marks: int = 2, **schemes: str) -> str:
    lines = []
    for name in names.split():
        more = f", {schemes[name]}" if name in schemes else ""
        lines.append(f"  - {{find: {name}, marks: {marks}{more}}}\n")
    return "".join(lines)


@pytest.fixture(scope="session")
def questions(make: Make, network: Variant) -> dict[str, Variant]:
    """The questions the scripts answer; with the key of each in the order asked."""
    conv = "  H: 10\n  K: 3\n  S: 2\n  C: {}"
    shrink = step("out", "floor((H - K)/S) + 1", is_="integer, >= 1") + step("flat", "out^2*C", is_="integer, >= 1") + step("fc", "flat*10 + 10", is_="integer, >= 1")
    chain = step("u", "w*x + b", "no_bias slip w*x") + step("v", "7*u + c", "no_shift method 7*u")
    ties = step("u", "a*b", "added slip a + b", "one_less method a*b - 1") + step("v", "10*u + c", "minus_ten slip 10*u + c - 10")
    schemes = step("u", "a + b") + step("v", "2*u") + step("t", "v + 1") + step("g", "3*v") + step("k", "c") + step("n", "k + 1")
    return {
        "net": network,
        "net ft": make(
            given="  w: 1/2\n  x: 2\n  b: 1\n  y: 1\n  eta: 1/2",
            steps=step("z", "w*x + b") + step("e", "z - y") + step("w2", "w - eta*e*x"),
            ask=asks("z e w2", w2="scheme: ft"),
        ),  # 2 1 -1/2
        "net parts": make(
            given="  w: 1/2\n  x: 2\n  b: 1\n  y: 1\n  eta: 1/2",
            steps=step("z", "w*x + b") + step("e", "z - y") + step("w2", "w - eta*e*x"),
            ask=asks("z e w2", z="part: a", e="part: a", w2="part: b"),
        ),  # 2 1 -1/2
        "thirds": make(given="  n: 3", steps=step("q", "1/n") + step("t", "3*q") + step("h", "100*t"), ask=asks("q t h")),  # 1/3 1 100
        "rounded": make(given="  a: 2\n  b: 3\n  c: 7", steps=step("p", "a/b") + step("q", "a/c"), ask=asks("p q")),  # 2/3 2/7
        "exp": make(given="  x: 1", steps=step("y", "exp(x)") + step("d", "2*y"), ask=asks("y d", y="places: 3", d="places: 3")),  # 2.718 5.437
        "kept": make(given="  a: 1\n  b: 3\n  m: 200", steps=step("p", "a/b") + step("r", "m*p"), ask=asks("r"), more="keep: 3"),  # 200/3
        "exact": make(given="  n: 3", steps=step("q", "1/n"), ask=asks("q", q="kind: exact")),
        "size": make(given=conv.format(4), steps=shrink, ask=asks("out flat fc")),  # 4 64 650
        "odd size": make(given=conv.format(1), steps=shrink, ask=asks("out flat fc")),  # 4 16 170
        "ratio": make(given="  a: 5\n  b: 3", steps=step("d", "a - b") + step("r", "6/d"), ask=asks("d r")),  # 2 3
        "chance": make(
            given="  a: 1\n  b: 2\n  c: 8", steps=step("m", "a + b", "product method a*b*2") + step("p", "m/c", is_="probability"), ask=asks("m p")
        ),  # 3 3/8
        "chain": make(given="  w: 17\n  x: 23\n  b: 5\n  c: 29", steps=chain, ask=asks("u v")),  # 396 2801
        "hidden step": make(given="  w: 17\n  x: 23\n  b: 5\n  c: 29", steps=chain, ask=asks("v")),  # 2801
        "ties": make(given="  a: 2\n  b: 3\n  c: 0", steps=ties, ask=asks("u v")),
        "sums": make(given="  a: 1\n  b: 2", steps=step("p", "a + 2") + step("q", "b + 2") + step("s", "p*q"), ask=asks("p q s")),  # 3 4 12
        "schemes": make(
            given="  a: 1\n  b: 2\n  c: 7",
            steps=schemes,
            ask=asks("u v t g k n", v="scheme: cao", t="scheme: hence", g="scheme: ag", k="scheme: b"),
        ),  # 3 6 7 18 7 8
        "givens": make(given="  a: 16\n  b: 7\n  c: 5", steps=step("p", "a*b") + step("q", "a + c") + step("s", "p*q"), ask=asks("p q s")),  # 112 21 2352
        "twice": make(
            given="  w: 7\n  g: 2\n  h: 3",
            steps=step("u", "w - g", "ascent slip w + g") + step("v", "w - h", "ascent slip w + h"),
            ask=asks("u v"),
        ),  # 5 4
        "word": make(given="  a: 5\n  b: 3", steps=step("d", "a - b") + step("m", "[d, 2*d]"), ask=asks("d m")),  # 2 [2,4]
        "conv": make(given="  H: 32\n  K: 3\n  P: 1\n  S: 2\n  C_out: 16", calculator="conv_output", ask=asks("room_h H_out"), chapter="cnn"),  # 31 16
        "dense": make(given="  d_in: 40\n  d_out: 30", calculator="linear_layer_params", ask=asks("weights biases total")),  # 1200 30 1230
        "decay": make(given="  w: -0.5\n  grad: 0.2\n  eta: 0.1\n  lam: 0.3", calculator="l2_update", ask=asks("decay w_new"), chapter="regularization"),  # .97 -.505
        "lasso": make(
            given="  w: -0.5\n  grad: 0.2\n  eta: 0.1\n  lam: 0.3", calculator="l1_update", ask=asks("penalty_grad w_new"), chapter="regularization"
        ),  # -.3 -.49
        "return": make(given="  rewards: [1, 3, 2]\n  gamma: 1/2", calculator="discounted_return", ask=asks("discounts G"), chapter="rl"),  # [1,.5,.25] 3
        "softmax": make(given="  z: ['ln(1)', 'ln(2)', 'ln(5)']", calculator="softmax", ask=asks("total p"), chapter="foundations"),  # 8 [1/8,1/4,5/8]
        "lstm": make(given="  d_x: 4\n  d_h: 3", calculator="lstm_params", ask=asks("gate lstm"), chapter="rnn"),  # 24 96
        "lora": make(given="  d_in: 64\n  d_out: 48\n  r: 2", calculator="lora_params", ask=asks("trainable ratio"), chapter="llm"),  # 224 7/96
        "pool": make(given="  H: 33\n  W: 29\n  C: 16\n  k: 3\n  S: 2", calculator="pooling_output_size", ask=asks("H_out W_out shape"), chapter="cnn"),  # 16 14
    }


NAMES = {
    "correct": "C", "follows_through": "F", "implied": "I", "blank": "-", "wrong": "W", "mixed": "X", "method_on_invalid": "V",
    "arithmetic_slip": "S", "imprecise": "P", "not_from_working": "N", "unreadable": "U", "ambiguous": "A", "assumed": "=", "misread": "R",
    "undecided": "?", "review": "!",
}  # fmt: skip


def short(code: str) -> str:
    """C correct, F follows through, I implied, - blank, W wrong, X mixed, V method on invalid, S arithmetic slip, P imprecise,
    N not from working, L:id fortuitous (lucky), M:id known mistake, T two mistakes, U unreadable, A ambiguous, = assumed, R misread."""
    kind, _, rest = code.partition(":")
    if kind in ("mistake", "fortuitous"):
        return f"{'M' if kind == 'mistake' else 'L'}:{rest.rsplit('/')[-1].rsplit('.')[-1]}"
    return "T" if kind == "mistakes" else NAMES[kind]


SCRIPTS = [
    # the acceptance table
    Script("net", "|||||-1/2", "2 2 2 2 2 2", "I I I I I C", "a right end implies the blank steps before it"),
    Script("net", "3|3|2|2|4|-3/2", "0 2 2 2 2 2", "W F F F F F", "everything after the slip is right from it"),
    Script("net", "3|||||-3/2", "0 2 2 2 2 2", "W I I I I F", "blanks are implied through follow-through, too"),
    Script("net", "1|1|0|0|0|1/2", "0 2 2 2 1 1", "M:no_bias F F F F F", "a gradient of zero leaves nothing to do in dw and w2"),
    Script("net", "3|3|2|2|2|-1/2", "0 2 2 2 2 2", "W F F F L:x_dropped C", "dw hits the key by leaving x out"),
    Script("net", "3|3|2|2|2|-1/2", "0 2 2 2 0 2", "W F F F L:x_dropped C", "Cambridge gives nothing for a lucky key", "cambridge"),
    Script("net", "|||||3/2", "0 0 0 0 0 1", "- - - - - M:ascent", "only the slip of the step itself explains it; a mistake implies nothing"),
    # right, blank, policies
    Script("net", "2|2|1|1|2|-0.5", "2 2 2 2 2 2", "C C C C C C", "a terminating decimal is exact"),
    Script("net", "2|2|1|1|2|-0.5", "2 2 2 2 2 2", "C C C C C C", "the key is full marks under any policy", "strict"),
    Script("net", "|||||", "0 0 0 0 0 0", "- - - - - -", "nothing written, nothing earned"),
    Script("net", "|||||-1/2", "0 0 0 0 0 2", "I I I I I C", "strict gives nothing for what is not shown", "strict"),
    Script("net", "3|3|2|2|4|-3/2", "0 0 0 0 0 0", "W F F F F F", "strict does not follow through", "strict"),
    Script("net", "3|3|2|2|4|-3/2", "0 1 1 1 1 1", "W F F F F F", "one part: IB gives the method marks", "ib"),
    Script("net parts", "3|2|-3/2", "0 1 2", "W F F", "the origin lies in part a, so part b follows through in full", "ib"),
    Script("net", "3|3|2|2|4|-3/2", "0 2 2 2 2 2", "W F F F F F", "a scheme that marks no step ft follows through everywhere", "cambridge"),
    Script("net ft", "3|2|-3/2", "0 1 2", "W F F", "only w2 is marked ft; e earns its method mark", "cambridge"),
    Script("net ft", "3|2|-3/2", "0 2 2", "W F F", "the course follows through everywhere"),
    Script("net", "2|2|1|1|2|3/2", "2 2 2 2 2 1", "C C C C C M:ascent", "a class slip keeps the method mark, also when strict", "strict"),
    Script("net", "2|2|1|1|1|0", "2 2 2 2 0 2", "C C C C M:x_dropped F", "a method mistake earns nothing, what follows from it does"),
    # only later values, ties, pairs
    Script("net", "|1|0|0|0|1/2", "0 1 2 2 1 1", "- M:no_bias F F F F", "one cause at a blank step: the wrong step keeps its method mark"),
    Script("net", "|1|0|0|0|1/2", "0 0 2 2 1 1", "- M:no_bias F F F F", "not under Cambridge", "cambridge"),
    Script("chain", "391|2766", "1 2", "M:no_bias F", "a class slip at u, v follows"),
    Script("chain", "|2766", "0 1", "- M:no_bias", "from the end alone: only the slip at the blank u explains it"),
    Script("chain", "|2772", "0 0", "- M:no_shift", "a method mistake of the step itself earns nothing"),
    Script("chain", "|2737", "0 0", "- T", "two mistakes together: both named, nothing earned"),
    Script("hidden step", "2766", "1", "M:no_bias", "a slip at a step nobody asks for counts as one of the asked step"),
    Script("hidden step", "2772", "0", "M:no_shift", "its own method mistake"),
    Script("ties", "5|50", "1 2", "M:added F", "two mistakes give 5: the milder class decides"),
    Script("ties", "|50", "0 0", "- M:minus_ten", "a slip here or two mistakes at the blank: a tie earns nothing"),
    Script("ties", "6|50", "2 1", "C M:minus_ten", "with u right only the slip in v is left"),
    Script("twice", "9|10", "1 1", "M:ascent M:ascent", "a sign slip costs at each step: each mark tests it"),
    # the key that does not follow
    Script("net", "2|2|1|1|1|-1/2", "2 2 2 2 0 2", "C C C C M:x_dropped N", "w2 is the key, but not from dw = 1: awarded and flagged"),
    Script("net", "2|2|1|1|1|-1/2", "2 2 2 2 0 0", "C C C C M:x_dropped N", "nothing for it when strict", "strict"),
    Script("net", "3|2|1|1|2|-1/2", "0 2 2 2 2 2", "W N C C C C", "the key at a heals the script"),
    Script("net", "-2|0|-1|0|0|1/2", "0 2 2 2 1 1", "W F F F F F", "a dead unit: dw and w2 are emptied"),
    # two versions of one value
    Script("sums", "5|7|20", "0 0 2", "W W X", "5 and 4 are multiplied: q was taken from elsewhere"),
    Script("sums", "5|7|35", "0 0 2", "W W F", "both carried"),
    Script("sums", "5|7|12", "0 0 2", "W W N", "neither carried: the key from nowhere"),
    Script("sums", "5|7|36", "0 0 0", "W W W", "nothing of that kind"),
    # typed working
    Script("net", "2|2|1|1|2|w2 = 1/2 - 1/2*2 = -1/2", "2 2 2 2 2 2", "C C C C C C", "working and value are right"),
    Script("net", "2|2|1|1|2|1/2 - 1/2*2 = -1", "2 2 2 2 2 1", "C C C C C S", "the working is right, its value is not"),
    Script("net", "2|2|1|1|2|1/2 + 1/2*2 = 3/2", "2 2 2 2 2 1", "C C C C C M:ascent", "the working shows the known slip"),
    Script("net", "2|2|1|1|2|1/2 + 1/2*2 = -1/2", "2 2 2 2 2 1", "C C C C C M:ascent", "the working shows it although the value is the key"),
    Script("net", "2|2|1|1|2|1/2 - 5*2 = -1/2", "2 2 2 2 2 2", "C C C C C N", "the key after a wrong working is not from working"),
    Script("net", "3|3|2|2|4|1/2 - 1/2*4 = 2", "0 2 2 2 2 1", "W F F F F S", "a right expression on the student's own values, wrongly worked out"),
    Script("conv", "31|H_out = (32 + 2 - 3)/2 + 1 = 16", "2 2", "C C", "16.5 rounded down as the step does"),
    Script("conv", "31|(32 + 2 - 3)/2 + 1 = 17", "2 0", "C M:ceil", "rounded up instead"),
    Script("rounded", "2/3|2/7 = 0.286", "2 2", "C C", "a value with its own rounding is 2/7"),
    # rounding
    Script("thirds", "0.333|0.999|99.9", "2 2 2", "C C C", "decimals stand for themselves plus or minus half their last digit"),
    Script("thirds", "0.333|1|100", "2 2 2", "C C C", "the calculator kept its digits"),
    Script("thirds", "0.3|0.9|90", "1 2 2", "P F F", "too few digits cost one accuracy mark, what follows is right from 0.3"),
    Script("thirds", "0.3|1|100", "1 2 2", "P C C", "an imprecise value is no origin of error"),
    Script("thirds", "0.34|1.02|102", "0 2 2", "W F F", "0.34 is no rounding of 1/3"),
    Script("thirds", "||99.9", "0 0 0", "- - W", "without working shown 99.9 is not 100"),
    Script("rounded", "0.7|0.3", "1 2", "P P", "rounding is charged once a question"),
    Script("rounded", "0.667|0.286", "2 2", "C C", "three figures where nothing is stated"),
    Script("rounded", "0.668|0.286", "0 2", "W C", "0.668 is not 2/3 to three figures"),
    Script("exp", "2.718|5.437", "2 2", "C C", "to the places asked"),
    Script("exp", "2.72|5.437", "1 2", "P C", "two places of three"),
    Script("exp", "2.71|5.42", "0 2", "W F", "cut off instead of rounded, then right from it"),
    Script("exp", "2.718|5.436", "2 2", "C C", "twice the rounded value"),
    Script("kept", "66.6", "2", "C", "0.333 times 200, as the question told to work"),
    Script("kept", "66.7", "2", "C", "worked exactly"),
    Script("kept", "66.2", "0", "W", "no rounding to three decimals leads there"),
    Script("exact", "0.333", "1", "P", "an exact form is asked: right, but rounded"),
    # impossible values
    Script("size", "4.5|81|820", "0 1 2", "W V F", "a size of 4.5 is not carried; going on with it earns the method, its own valid result is carried"),
    Script("size", "4.5|64|650", "0 2 2", "W C C", "the impossible value was not used"),
    Script("odd size", "4.5|20.25|212.5", "0 1 1", "W V V", "impossible all the way"),
    Script("odd size", "4.5|does not fit|170", "0 1 2", "W V C", "that 20.25 values do not fit is a right conclusion"),
    Script("size", "assume out = 5|100|1010", "0 2 2", "= F F", "an assumption replaces the carried value"),
    Script("ratio", "0|undefined", "0 1", "W F", "6/0 is undefined: right from d = 0"),
    Script("ratio", "2|undefined", "2 0", "C W", "6/2 is not"),
    Script("ratio", "3|2", "0 2", "W F", "6/3"),
    Script("chance", "9|9/8", "0 1", "W F", "right from 9, but no probability: the method mark only"),
    # not readable
    Script("net", "abc|2|1|1|2|-1/2", "0 2 2 2 2 2", "U C C C C C", "an unreadable step is never implied and goes to a person"),
    Script("net", "2 or 3|2|1|1|2|-1/2", "0 2 2 2 2 2", "A C C C C C", "two values in one cell"),
    Script("net", "2 = 3|2|1|1|2|-1/2", "0 2 2 2 2 2", "A C C C C C", "a number set equal to another is no working"),
    Script("net", "2 exactly|2|1|1|2|-1/2", "2 2 2 2 2 2", "C C C C C C", "words behind a right answer are ignored"),
    Script("net", "２|2|1|1|2|−1/2", "2 2 2 2 2 2", "C C C C C C", "digits and signs of a Chinese keyboard"),
    Script("word", "2|7", "2 0", "C U", "one number where a list is asked"),
    Script("word", "3|[3, 6]", "0 2", "W F", "a list follows through"),
    # schemes
    Script("schemes", "3|6|7|18|7|8", "2 2 2 2 2 2", "C C C C C C", "all right"),
    Script("schemes", "4|8|9|24|7|8", "0 1 2 2 2 2", "W F F F C C", "cao: no accuracy mark for following through"),
    Script("schemes", "4|8|7|18|7|8", "0 1 0 0 2 2", "W F N N C C", "hence: the key that does not use one's own value; ag: not from one's own values"),
    Script("schemes", "3|6|7|24|7|8", "2 2 2 0 2 2", "C C C W C C", "a shown answer that is missed"),
    Script("schemes", "3|6|7|18||8", "2 2 2 2 2 2", "C C C C I C", "an independent fact can be implied"),
    Script("schemes", "3|6|7|18|9|10", "2 2 2 2 0 2", "C C C C W F", "an independent fact is right or wrong"),
    Script("schemes", "3|6|7||7|8", "2 2 2 0 2 2", "C C C - C C", "a shown answer earns nothing unless it is derived"),
    # misread givens
    Script("givens", "427|66|28182", "1 2 2", "R R R", "61 read for 16: one mark lost, the rest as right"),
    Script("givens", "80|23|1840", "1 2 2", "R R R", "b and c exchanged"),
    Script("givens", "427|21|8967", "0 2 2", "W C F", "one wrong step alone is no misreading"),
    Script("givens", "427|66|28183", "0 0 0", "W W W", "not every answer is right for 61"),
    # real calculators
    Script("conv", "31|15", "2 0", "C M:no_plus_one", "the first position is not counted"),
    Script("conv", "30|15", "0 1", "M:single_padding M:plus_one_inside", "from 30 a slip and a method mistake give 15: the milder class"),
    Script("conv", "30|16", "0 2", "M:single_padding C", "from 30 the key follows just as well"),
    Script("dense", "1200|30|1200", "2 2 1", "C C M:bias=without", "a slip and another convention give it: the milder class"),
    Script("dense", "1200|40|1240", "2 0 2", "C M:bias_per_input F", "biases of the wrong side, then right"),
    Script("dense", "70|30|100", "0 2 2", "M:sum_dims C F", "widths added, then right"),
    Script("decay", "0.94|-0.49", "1 2", "M:half=full F", "the other convention of the penalty, which the question excludes"),
    Script("decay", "1.03|-0.535", "1 2", "M:grow F", "a sign slip"),
    Script("decay", "0.97|-0.465", "2 1", "C M:ascent", "a sign slip at the end"),
    Script("lasso", "0.3|-0.55", "0 2", "M:dropped_sign F", "the sign of w is lost at a step nobody asks for"),
    Script("return", "[1, 1, 1]|6", "0 2", "M:undiscounted F", "no discounting, then right"),
    Script("return", "|6", "0 1", "- M:undiscounted", "the same seen from the end"),
    Script("softmax", "5|[1/5, 2/5, 1]", "0 2", "M:max_normalise F", "normalised by the largest"),
    Script("softmax", "8|[0.125, 0.25, 0.625]", "2 2", "C C", "decimals that end are exact"),
    Script("softmax", "8|[1, 2, 5]", "2 0", "C M:not_normalised", "not a probability, but a known mistake"),
    Script("lora", "3072|1", "0 2", "W F", "the number of all weights, then its share"),
    Script("lora", "224|0.0729", "2 2", "C C", "three figures of 7/96"),
    Script("pool", "15|14|15x14x16", "0 2 2", "M:no_plus_one C F", "a shape follows through"),
]  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: f"{s.question}: {s.answers} ({s.policy})")
def test_script(script: Script, questions: dict[str, Variant]) -> None:
    """A script earns what a careful examiner gives it, step by step."""
    variant = questions[script.question]
    names = [ask.find for ask in variant.asked]
    typed = dict(zip(names, script.answers.split("|"), strict=True))
    marked = grade(variant, typed, script.policy)
    found = {part.name: part for part in marked.steps}
    assert " ".join(short(marked.codes[name]) for name in names) == script.verdicts, script.why
    assert [found[name].marks for name in names] == [Fraction(mark) for mark in script.marks.split()], script.why
