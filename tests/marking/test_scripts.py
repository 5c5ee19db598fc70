"""Scripts marked by hand from the rules of docs/marking.md: the marks and the verdict of every step, and why."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import Make, step

from exam_tool.marking import grade
from exam_tool.variant import Variant


class Script(NamedTuple):
    """What a student wrote, separated by ``|`` in the order asked, and what it is worth. ``verdicts`` are short: see ``short``."""

    question: str
    policy: str
    answers: str
    marks: str
    verdicts: str
    why: str


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
    shrink = (
        step("out", "floor((H - K)/S) + 1", is_="integer, >= 1")
        + step("flat", "out^2*C", is_="integer, >= 1")
        + step("fc", "flat*10 + 10", is_="integer, >= 1")
    )
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
        "exp": make(
            given="  x: 1", steps=step("y", "exp(x)") + step("d", "2*y"), ask=asks("y d", y="places: 3", d="places: 3")
        ),  # 2.718 5.437
        "kept": make(given="  a: 1\n  b: 3\n  m: 200", steps=step("p", "a/b") + step("r", "m*p"), ask=asks("r"), more="keep: 3"),  # 200/3
        "exact": make(given="  n: 3", steps=step("q", "1/n"), ask=asks("q", q="kind: exact")),
        "size": make(given=conv.format(4), steps=shrink, ask=asks("out flat fc")),  # 4 64 650
        "odd size": make(given=conv.format(1), steps=shrink, ask=asks("out flat fc")),  # 4 16 170
        "ratio": make(given="  a: 5\n  b: 3", steps=step("d", "a - b") + step("r", "6/d"), ask=asks("d r")),  # 2 3
        "chance": make(
            given="  a: 1\n  b: 2\n  c: 8",
            steps=step("m", "a + b", "product method a*b*2") + step("p", "m/c", is_="probability"),
            ask=asks("m p"),
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
        "givens": make(
            given="  a: 16\n  b: 7\n  c: 5", steps=step("p", "a*b") + step("q", "a + c") + step("s", "p*q"), ask=asks("p q s")
        ),  # 112 21 2352
        "twice": make(
            given="  w: 7\n  g: 2\n  h: 3",
            steps=step("u", "w - g", "ascent slip w + g") + step("v", "w - h", "ascent slip w + h"),
            ask=asks("u v"),
        ),  # 5 4
        "word": make(given="  a: 5\n  b: 3", steps=step("d", "a - b") + step("m", "[d, 2*d]"), ask=asks("d m")),  # 2 [2,4]
        "conv": make(
            given="  H: 32\n  K: 3\n  P: 1\n  S: 2\n  C_out: 16", calculator="conv_output", ask=asks("room_h H_out"), chapter="cnn"
        ),  # 31 16
        "dense": make(given="  d_in: 40\n  d_out: 30", calculator="linear_layer_params", ask=asks("weights biases total")),  # 1200 30 1230
        "decay": make(
            given="  w: -0.5\n  grad: 0.2\n  eta: 0.1\n  lam: 0.3",
            calculator="l2_update",
            ask=asks("decay w_new"),
            chapter="regularization",
        ),  # .97 -.505
        "lasso": make(
            given="  w: -0.5\n  grad: 0.2\n  eta: 0.1\n  lam: 0.3",
            calculator="l1_update",
            ask=asks("penalty_grad w_new"),
            chapter="regularization",
        ),  # -.3 -.49
        "return": make(
            given="  rewards: [1, 3, 2]\n  gamma: 1/2", calculator="discounted_return", ask=asks("discounts G"), chapter="rl"
        ),  # [1,.5,.25] 3
        "softmax": make(
            given="  z: ['ln(1)', 'ln(2)', 'ln(5)']", calculator="softmax", ask=asks("total p"), chapter="foundations"
        ),  # 8 [1/8,1/4,5/8]
        "lstm": make(given="  d_x: 4\n  d_h: 3", calculator="lstm_params", ask=asks("gate lstm"), chapter="rnn"),  # 24 96
        "lora": make(
            given="  d_in: 64\n  d_out: 48\n  r: 2", calculator="lora_params", ask=asks("trainable ratio"), chapter="llm"
        ),  # 224 7/96
        "pool": make(
            given="  H: 33\n  W: 29\n  C: 16\n  k: 3\n  S: 2",
            calculator="pooling_output_size",
            ask=asks("H_out W_out shape"),
            chapter="cnn",
        ),  # 16 14
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


def scripts() -> list[Script]:
    """The table beside this file; a semicolon with blanks around it separates its columns."""
    lines = (Path(__file__).parent / "scripts.txt").read_text("utf-8").splitlines()
    return [Script(*line.split(" ; ")) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("script", scripts(), ids=lambda s: f"{s.question}: {s.answers} ({s.policy})")
def test_script(script: Script, questions: dict[str, Variant]) -> None:
    """A script earns what a careful examiner gives it, step by step."""
    variant = questions[script.question]
    names = [ask.find for ask in variant.asked]
    typed = dict(zip(names, script.answers.split("|"), strict=True))
    marked = grade(variant, typed, script.policy)
    found = {part.name: part for part in marked.steps}
    assert " ".join(short(marked.codes[name]) for name in names) == script.verdicts, script.why
    assert [found[name].marks for name in names] == [Fraction(mark) for mark in script.marks.split()], script.why
