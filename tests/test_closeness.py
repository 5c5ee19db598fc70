"""Whether two values would be marked alike, at the edge and next to it; and mistakes followed along what is asked only."""

from __future__ import annotations

import pytest

from exam_tool.bank import load_bank
from exam_tool.closeness import close
from exam_tool.expressions.arrays import same
from exam_tool.expressions.evaluate import evaluate
from exam_tool.expressions.reader import read
from exam_tool.variant import draw, mistakes_of

BANK = load_bank()


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        ("ln(3)", "ln(3) + 0.001", True),  # one unit of the last place exactly: only the exact difference tells
        ("ln(3)", "ln(3) + 0.001 + 10^(-30)", False),
        ("ln(3)", "ln(3) + 0.001 - 10^(-30)", True),
        ("exp(ln(7)/2)", "sqrt(7)", True),
        ("sqrt(2)", "sqrt(2) - 0.002", False),
        ("[ln(2), 1]", "[ln(2), 1.0005]", True),
        ("[ln(2), 1]", "[ln(2), 1.0015]", False),
        ("0.5", "0.501", True),
        ("0.5", "0.5011", False),
    ],
)
def test_one_unit_of_the_last_place_is_close(a: str, b: str, alike: bool) -> None:
    """Values at most one unit apart cannot be told apart, however little they are past it or before it."""
    ask = BANK["rnn.lstm-step"].ask[0]._replace(places=3, sig=None, tolerance=None)
    assert close(ask, evaluate(read(a)), evaluate(read(b))) is alike


@pytest.mark.parametrize("id", ["rnn.lstm-gradients", "rnn.gru-gradients-vector", "cnn.conv-output-size"])
def test_a_mistake_followed_to_what_is_asked_gives_the_same_there(id: str) -> None:
    """Leaving out the steps on which nothing asked depends changes no other value, and leaves no stale one."""
    variant = draw(BANK[id], 5)
    wanted = {step.name for step in variant.trace.plan.upstream(ask.find for ask in variant.asked)}
    for step, mistake in mistakes_of(variant):
        whole, part = variant.trace.mistaken(step, mistake), variant.trace.mistaken(step, mistake, wanted)
        assert all(same(whole[ask.find], part[ask.find]) for ask in variant.asked)
        assert not ({later.name for later in variant.trace.plan.downstream[step.name]} - wanted) & part.keys()
