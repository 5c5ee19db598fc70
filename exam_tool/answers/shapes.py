"""Reads sizes such as ``32x32x16``, ``(N, 10)`` or ``torch.Size([1, 3])``. A product is no size, and a size no product."""

from __future__ import annotations

import re

from flint import fmpq

from exam_tool.expressions.arrays import Shape
from exam_tool.language import Text

from .characters import Typed
from .refusal import Refusal

MAX_AXES, MAX_DIGITS = 10, 12
WRAPPER = re.compile(r"(?:torch\s*\.\s*Size|tf\.TensorShape|TensorShape|Size|shape)\s*\(")
PART = re.compile(rf"[0-9]{{1,{MAX_DIGITS}}}|[Nn]one|[NBnb]|batch|-1")
BATCH = fmpq(-1)  # an axis left open: N, B, None, -1
WANTED = Text("A shape such as 32x32x16 is asked", "这里要的是形状，例如 32x32x16")


def read_shape(typed: Typed) -> tuple[Shape, str]:
    """The axes, with -1 for one left open, and the sign between them.

    Raises:
        Refusal: for a single number, mixed signs, or anything that is no whole number.
    """
    inner = _without_brackets(typed)
    text = inner.text.replace("\\times", "*").replace("\\cdot", "*")
    found = re.findall(r"[xXхХ*]|,", text) if not re.search(r"[Bb]atch", text) else re.findall(r"[*,]|(?<![A-Za-z])[xX](?![A-Za-z])", text)
    kinds = {"," if sign == "," else "x" for sign in found}
    if len(kinds) > 1:
        raise Refusal(
            "syntax",
            Text(f"{WANTED.en}: use one kind of sign between the numbers.", f"{WANTED.zh}：各数之间请只用一种符号。"),
            inner.columns[0],
        )
    if kinds:
        parts = re.split(r"\s*(?:,|[xXхХ*])\s*" if kinds == {","} or "batch" not in text.lower() else r"\s*[*xX]\s*", text.strip())
        if parts[-1] == "" and kinds == {","} and len(parts) == 2:
            parts.pop()  # (10,) is a Python tuple of one
    else:
        parts = text.split()
    if len(parts) == 1 and not typed.text.rstrip().endswith((",)", "]")) and not (typed.text != inner.text):
        raise Refusal(
            "kind", Text(f"{WANTED.en}, this is one number.", f"{WANTED.zh}，而这是一个数。"), inner.columns[0], max(1, len(text))
        )
    if len(parts) > MAX_AXES:
        raise Refusal("too-big", Text(f"A shape has at most {MAX_AXES} axes.", f"形状最多 {MAX_AXES} 个轴。"), inner.columns[0])
    return Shape(_axis(part, inner) for part in parts), "," if kinds == {","} else "x"


def _axis(part: str, typed: Typed) -> fmpq:
    if not PART.fullmatch(part):
        shown = part or " "
        column = typed.columns[max(0, typed.text.find(part))]
        raise Refusal(
            "syntax", Text(f'{WANTED.en}: "{shown}" is not a whole number.', f"{WANTED.zh}：“{shown}”不是整数。"), column, max(1, len(part))
        )
    return fmpq(int(part)) if part.isdigit() else BATCH


def _without_brackets(typed: Typed) -> Typed:
    wrapper = WRAPPER.match(typed.text)
    if wrapper and typed.text.endswith(")"):
        typed = typed.cut(wrapper.end(), len(typed.text) - 1).strip()
    for opening, closing in ("()", "[]", "<>"):
        if typed.text.startswith(opening) and typed.text.endswith(closing) and len(typed.text) > 2:
            return typed.cut(1, len(typed.text) - 1).strip()
    return typed
