"""What a network is made of, as its steps see it: how a course names things, and the formulas of the four kinds of layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .work import Pair

Namer = Callable[[int], str]

# The formulas of a layer, by kind and by how samples lie: forward, gradient of the weight, gradient passed back.
FORMS = {
    ("scalar", "one"): ("{w}*{a}", "{d}*{a}", "{d}*{w}"),
    ("scalar", "rows"): ("{w}*{a}", "{d} @ {a}", "{d}*{w}"),
    ("scalar", "columns"): ("{w}*{a}", "{d} @ {a}", "{d}*{w}"),
    ("fan", "one"): ("{w}*{a}", "{d}*{a}", "{w} @ {d}"),
    ("fan", "rows"): ("outer({a}, {w})", "{a} @ {d}", "{d} @ {w}"),
    ("fan", "columns"): ("outer({w}, {a})", "{d} @ {a}", "{w} @ {d}"),
    ("dot", "one"): ("{w} @ {a}", "{d}*{a}", "{d}*{w}"),
    ("dot", "rows"): ("{a} @ {w}", "{a}.T @ {d}", "outer({d}, {w})"),
    ("dot", "columns"): ("{w} @ {a}", "{a} @ {d}", "outer({w}, {d})"),
    ("matrix", "one"): ("{w} @ {a}", "outer({d}, {a})", "{w}.T @ {d}"),
    ("matrix", "one row"): ("{a} @ {w}", "outer({a}, {d})", "{w} @ {d}"),
    ("matrix", "rows"): ("{a} @ {w}", "{a}.T @ {d}", "{d} @ {w}.T"),
    ("matrix", "columns"): ("{w} @ {a}", "{d} @ {a}.T", "{w}.T @ {d}"),
}  # fmt: skip
REVERSED = {
    "one": "outer({a}, {d})",
    "one row": "outer({d}, {a})",
    "rows": "{d}.T @ {a}",
    "columns": "{a} @ {d}.T",
}


@dataclass(frozen=True)
class Style:
    """How one course writes a network: the name of everything in layer k, and of the mistakes where courses name them."""

    weight: Namer
    bias: Namer
    before: Namer  # the weighted input, z
    after: Namer  # the activation
    output: str | None  # the name of the last activation, when it has one of its own
    back: Namer  # the loss differentiated by the activation
    slope: Namer
    delta: Namer
    delta_out: str | None
    weight_gradient: Namer
    bias_gradient: Namer
    activation: str = "hidden"  # the name of the option
    missing_weight: str = "missing_weight"
    new_weight_used: str = "updated_weight_reused"
    flat_out_is_back: bool = False  # with a linear output, name its delta after the loss derivative
    new: Callable[[str, str], str] = lambda name, penalty: f"{name}_new"
    backward: bool = True  # whether slopes matter


def in_step(label: Pair, number: int) -> Pair:
    """A label of the second or a later step of training, which says so; that of the first is left as it is."""
    if number == 1:
        return label
    en, zh = label
    link = "中" if "的" in zh else "的"  # two 的 in a row read badly
    return f"{en}, step {number}", f"第 {number} 步{link}{' ' if zh[0].isascii() else ''}{zh}"


@dataclass
class Layer:
    """One layer as the steps see it: current names of its parameters, kind, and the names of its values in this pass."""

    number: int
    kind: str
    lie: str  # how samples lie: one, one row, rows, columns
    units: int | None  # None for a single unit without an axis
    activation: str
    weight: str
    bias: str | None
    penalty: str = "none"
    input: str = ""
    before: str = ""
    after: str = ""
    delta: str = ""
    weight_gradient: str = ""
    bias_gradient: str = ""

    def form(self, part: int, **names: str) -> str:
        return FORMS[self.kind, "one" if self.lie == "one row" and self.kind != "matrix" else self.lie][part].format(**names)
