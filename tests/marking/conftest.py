"""Small problems to mark, made from the YAML a teacher writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exam_tool.bank import Problem, load_file
from exam_tool.bank.draws import Stream
from exam_tool.expressions.arrays import Value
from exam_tool.trace import run_plan
from exam_tool.variant import Variant

Make = Callable[..., Variant]


def as_given(problem: Problem) -> Variant:
    """The variant of fixed givens, also where a mistake is hidden or tied: scripts about ties need such."""
    values: dict[str, Value] = {}
    for name, spec in problem.draws.items():
        values[name] = spec.draw(Stream(name), values)
    fixed = {name: choices[0] for name, choices in problem.options.items()}
    plan, complete = problem.calculator.plan(values, {**problem.preset, **fixed})
    return Variant(problem, 1, 0, run_plan(plan, complete))


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """A variant from the steps of a problem: ``make(given=..., steps=..., ask=...)``, each as YAML text."""
    folder: Path = tmp_path_factory.mktemp("bank") / "mlp"
    folder.mkdir()
    made: dict[str, Variant] = {}

    def build(given: str, ask: str, steps: str = "", calculator: str = "", more: str = "", chapter: str = "mlp") -> Variant:
        source = f"{given}|{ask}|{steps}|{calculator}|{more}"
        if source not in made:
            file = folder / f"p{len(made)}.yaml"
            names = [line.split(":")[0].strip() for line in given.splitlines() if line.strip()]
            text = " ".join("{" + name + "}" for name in names)
            body = f"calculator: {calculator}" if calculator else "steps:\n" + steps
            file.write_text(
                f"id: {chapter}.p{len(made)}\ntitle: {{en: A, zh: 甲}}\n{body}\ngiven:\n{given}\nask:\n{ask}\n"
                f"text: {{en: '{text}', zh: '{text}'}}\n{more}\nexamples: []\n",
                "utf-8",
            )
            problems, faults = load_file(file)
            assert problems, [str(fault) for fault in faults]
            made[source] = as_given(problems[0])
        return made[source]

    return build


def step(name: str, formula: str, *mistakes: str, is_: str = "") -> str:
    """One step as YAML; a mistake is ``"id kind formula"``."""
    lines = [f"  - {{name: {name}, formula: '{formula}', label: {{en: {name}, zh: {name}}}, is: '{is_}'"]
    parts = []
    for mistake in mistakes:
        identifier, kind, wrong = mistake.split(" ", 2)
        parts.append(f"{{id: {identifier}, kind: {kind}, formula: '{wrong}', en: '{identifier} is done.', zh: '犯了 {identifier}。'}}")
    return lines[0] + (f", mistakes: [{', '.join(parts)}]" if parts else "") + "}\n"


@pytest.fixture(scope="session")
def network(make: Make) -> Variant:
    """The network of one weight of the acceptance table."""
    return make(
        given="  w: 1/2\n  x: 2\n  b: 1\n  y: 1\n  eta: 1/2",
        steps=step("z", "w*x + b", "no_bias method w*x")
        + step("a", "relu(z)")
        + step("e", "a - y")
        + step("dz", "e*(z > 0)")
        + step("dw", "dz*x", "x_dropped method dz")
        + step("w2", "w - eta*dw", "ascent slip w + eta*dw"),
        ask="".join(f"  - {{find: {name}, marks: 2}}\n" for name in ("z", "a", "e", "dz", "dw", "w2")),
    )
