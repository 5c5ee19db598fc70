"""Expressions with free symbols: different by a witness, equal by proof, or undecided; proofs end with their budget."""

import subprocess
import sys
import time

import pytest

from exam_tool.answers import judge
from exam_tool.answers.symbolic import compare_expressions, coordinate, proved_in_child
from exam_tool.expressions.identity import proved_equal
from exam_tool.expressions.reader import read

EQUAL = [
    ("a*(1-a)*w", "w*a - w*a^2"),
    ("(1-eta*lam)*w - eta*g", "w - eta*(g + lam*w)"),
    ("sigmoid(x)*(1-sigmoid(x))", "exp(-x)/(1+exp(-x))^2"),
    ("sigmoid(x)*(1-sigmoid(x))", "exp(x)/(1+exp(x))^2"),
    ("1 - sigmoid(x)", "sigmoid(-x)"),
    ("tanh(x)", "2*sigmoid(2*x) - 1"),
    ("1 - tanh(x)^2", "4/(exp(x)+exp(-x))^2"),
    ("max(x, 0)", "relu(x)"),
    ("max(a, b)", "b + relu(a-b)"),
    ("max(a, b) + min(a, b)", "a + b"),
    ("abs(x)", "relu(x) + relu(-x)"),
    ("(x^2-1)/(x-1)", "x + 1"),
    ("exp(x+y)", "exp(x)*exp(y)"),
    ("exp(2*x)", "exp(x)^2"),
    ("log2(x)", "ln(x)/ln(2)"),
    ("1/sqrt(x)", "sqrt(x)/x"),
    ("exp(-x^2/2)/sqrt(2*pi)", "1/(sqrt(2*pi)*exp(x^2/2))"),
    ("(p-y)*x", "x*p - x*y"),
    ("exp(a)/(exp(a)+exp(b))", "sigmoid(a-b)"),
    ("exp(a)/(exp(a)+exp(b)+exp(c))", "1/(1+exp(b-a)+exp(c-a))"),
    ("x/(abs(x)+1)", "x/(1+max(x,-x))"),
    ("0.1*x", "x/10"),
]
DIFFERENT = [
    ("a*(1-a)*w", "a*(1+a)*w"),
    ("w - eta*g", "w + eta*g"),
    ("sigmoid(x)", "tanh(x)"),
    ("x^2", "x^3"),
    ("exp(x)", "1 + x + x^2/2 + x^3/6"),
    ("abs(x)", "x"),
    ("ln(x+y)", "ln(x)+ln(y)"),
    ("sqrt(x^2)", "x"),
    ("x + 10^-50", "x"),
]


@pytest.mark.parametrize(("first", "second"), EQUAL)
def test_equal_expressions_are_proved_equal_without_sympy(first, second):
    """The identity of rational functions settles them in well under a hundredth of a second."""
    assert proved_equal(read(first), read(second))
    outcome = compare_expressions(read(first), read(second), prove=False)
    assert (outcome.verdict.value, outcome.method) == ("correct", "identity")


@pytest.mark.parametrize(("first", "second"), DIFFERENT)
def test_different_expressions_have_a_witness(first, second):
    """And no proof of equality is ever found for them."""
    outcome = compare_expressions(read(first), read(second), prove=False)
    assert (outcome.verdict.value, outcome.method) == ("incorrect", "witness")
    assert not proved_equal(read(first), read(second))


def test_sympy_proves_what_the_identity_cannot_in_a_child_process():
    """sin² = 1 - cos² needs a relation between two functions."""
    outcome = compare_expressions(read("sin(x)^2"), read("1 - cos(x)^2"))
    assert (outcome.verdict.value, outcome.method) == ("correct", "sympy")


def test_agreement_without_proof_is_undecided():
    """Never silently right, never wrong."""
    judgement = judge("sin(x)^2", key="1-cos(x)^2 + 0*floor(x)", kind="expression", symbols=("x",))
    assert judgement.verdict.value in ("undecided", "correct")
    outcome = compare_expressions(read("sin(x)^2"), read("1 - cos(x)^2"), prove=False)
    assert outcome.verdict.value == "undecided"
    assert outcome.reason.zh


def test_a_proof_ends_with_its_budget():
    """The child is killed when its time is up, whatever it is doing."""
    start = time.monotonic()
    assert not proved_in_child("sin(x)^2", "1 - cos(x)^2", 0.2)
    assert time.monotonic() - start < 3


def test_points_are_the_same_on_every_machine():
    """Witnesses come from a hash of the name, not from a generator."""
    assert [str(coordinate("x", k)) for k in (0, 1, 6)] == [str(coordinate("x", k)) for k in (0, 1, 6)]
    assert coordinate("x", 0) != coordinate("y", 0)
    assert all(0 < coordinate("x", k) < 3 for k in range(6))


def test_no_numeric_answer_imports_sympy_or_numpy():
    """They take longer to import than a thousand answers to judge."""
    code = (
        "import sys, exam_tool\n"
        "for kind, key, typed in [('integer','5','5'),('decimal','sqrt(2)','1.41'),('exact','sqrt(2)','√2'),('matrix','[[1]]','[1]'),"
        "('set','{1}','1'),('interval','[0,1)','[0,1)'),('shape','2x3','2x3'),('choice','A','a'),('expression','2*x','x+x')]:\n"
        "    assert exam_tool.judge(typed, key=key, kind=kind).verdict.value in ('correct', 'imprecise'), kind\n"
        "assert not {'sympy', 'numpy', 'mpmath', 'rich', 'typer'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_to_sympy_builds_from_the_tree_alone():
    """E, S, N, Q, beta and lambda are plain symbols; nothing is parsed by sympy."""
    sympy = pytest.importorskip("sympy")
    from exam_tool.expressions.symbolic import to_sympy

    for name in ("E", "S", "N", "Q", "I", "beta", "gamma", "zeta"):
        assert to_sympy(read(name)) == sympy.Symbol(name, real=True)
    assert to_sympy(read("e^x")) == sympy.exp(sympy.Symbol("x", real=True))
    assert to_sympy(read("[[1,2],[3,4]]")) == sympy.Matrix([[1, 2], [3, 4]])
    assert to_sympy(read("relu(-2) + 50% + sqrt(8)")) == sympy.Rational(1, 2) + 2 * sympy.sqrt(2)
