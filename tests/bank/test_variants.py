"""Draws: the same everywhere, independent by name, unbiased, and refused when they hide or tie mistakes."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import networkx
import pytest
from scipy.stats import chisquare

from exam_tool.bank import load_bank
from exam_tool.bank.draws import Graph, Stream
from exam_tool.expressions.arrays import shape_of
from exam_tool.expressions.evaluate import compiled
from exam_tool.expressions.reader import read
from exam_tool.language import ExamToolError
from exam_tool.variant import draw, find_variant, mistakes_of, parse_code

from .test_faults import SOUND, write


def sample(folder: Path, text: str = SOUND):
    write(folder, text)
    return load_bank(folder)["cnn.sample"]


def test_the_same_seed_gives_the_same_variant_in_another_process(tmp_path: Path) -> None:
    """A variant depends on its code alone, not on hash seeds, machines or what was drawn before."""
    problem = sample(tmp_path)
    here = [str(sorted(draw(problem, seed).givens.items())) for seed in range(10)]
    program = (
        "from exam_tool.bank import load_bank\nfrom exam_tool.variant import draw\n"
        f"p = load_bank({str(tmp_path)!r})['cnn.sample']\n"
        "print('\\n'.join(str(sorted(draw(p, s).givens.items())) for s in reversed(range(10))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:-1][::-1] == here


def test_adding_a_given_shifts_no_other(tmp_path: Path) -> None:
    """Each draw has a stream of its own name."""
    problem = sample(tmp_path)
    longer = (
        SOUND.replace("given:\n", "given:\n  Z: {range: [1, 9]}\n")
        .replace("kernel {K}", "kernel {K} {Z}")
        .replace("卷积核 {K}", "卷积核 {K} {Z}")
    )
    before = [draw(problem, seed).givens for seed in range(20)]
    after = [draw(sample(tmp_path, longer), seed).givens for seed in range(20)]
    assert all(dict(b).items() <= dict(a).items() for a, b in zip(after, before, strict=True))


def test_seeds_and_versions_give_different_draws(tmp_path: Path) -> None:
    """Neighbouring seeds share nothing, and a new version is a new stream."""
    assert Stream("a@1:1/0/x").word() != Stream("a@1:2/0/x").word()
    assert Stream("a@1:1/0/x").word() != Stream("a@2:1/0/x").word()


def test_draws_are_uniform() -> None:
    """Every outcome is equally likely: a chi-square test over many seeds."""
    counts = Counter(Stream(f"uniform:{seed}").below(7) for seed in range(7000))
    assert chisquare([counts[i] for i in range(7)]).pvalue > 0.001


def test_a_pinned_stream_never_changes() -> None:
    """The generator is part of every variant code: these words are for ever."""
    stream = Stream("cnn.sample@1:7/0/H")
    assert [stream.word() for _ in range(3)] == [843638016, 3437250568, 569275979]


def test_draws_that_hide_or_tie_a_mistake_are_refused(tmp_path: Path) -> None:
    """Where a known mistake gives the key, or two give the same number, the draw is not used."""
    twin = SOUND.replace(
        '没有计入起始位置。"}',
        '没有计入起始位置。"}\n      - {id: ceiling, formula: ceil(room / S), en: "it is rounded up.", zh: "向上取整了。"}',
    )
    problem = sample(tmp_path, twin)
    with pytest.raises(ExamToolError, match=r"hides out/ceiling"):
        draw(problem, 1)
    declared = sample(tmp_path, twin.replace("ask:\n", "hides: [out/ceiling]\nask:\n", 1))
    assert len(mistakes_of(draw(declared, 1))) == 2


def test_graphs_are_connected_and_simple() -> None:
    """A drawn graph is simple and connected, with the number of edges asked, irregular if asked."""
    spec = Graph(compiled(read("5")), 4, 6, True)
    for seed in range(100):
        matrix = spec.draw(Stream(f"graph:{seed}"), {})
        assert shape_of(matrix) == (5, 5)
        graph = networkx.Graph([(i, j) for i in range(5) for j in range(i) if matrix[i][j] == 1])
        assert all(matrix[i][j] == matrix[j][i] and matrix[i][i] == 0 for i in range(5) for j in range(5))
        assert networkx.is_connected(graph)
        assert graph.number_of_nodes() == 5
        assert 4 <= graph.number_of_edges() <= 6
        assert len({degree for _, degree in graph.degree}) > 1


def test_codes_are_accepted_where_a_problem_is_named(tmp_path: Path) -> None:
    """id, id@version, id:seed and id@version:seed all name a variant; another version is refused."""
    sample(tmp_path)
    bank = load_bank(tmp_path)
    assert find_variant(bank, "cnn.sample@1:7").code == "cnn.sample@1:7"
    assert find_variant(bank, "cnn.sample:7").code == "cnn.sample@1:7"
    assert find_variant(bank, "cnn.sample", seed=3).code == "cnn.sample@1:3"
    with pytest.raises(ExamToolError, match="version 1"):
        find_variant(bank, "cnn.sample@2:7")
    with pytest.raises(ExamToolError, match=r"cnn\.sample"):
        find_variant(bank, "cnn.smaple")
    for bad in ("", "a b", "a:b", "a@x", "a@1:2:3"):
        with pytest.raises(ExamToolError):
            parse_code(bad)


def test_a_convention_whose_givens_took_their_default_is_stated() -> None:
    """Each form of momentum has an initial momentum of its own, 0 unless it is told: a question names the form all the same."""
    problem = load_bank()["optimization.momentum-two-steps"]
    for variant in (draw(problem, seed) for seed in range(1, 9)):
        letter = variant.options["velocity"]
        assert any(f"{letter}_k" in words.en for words in variant.conventions)
