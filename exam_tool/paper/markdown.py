"""Questions and worked solutions in Markdown with LaTeX mathematics; text from outside is escaped, never markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from exam_tool.explain import Solution, SolutionLine
from exam_tool.expressions.arrays import Value
from exam_tool.expressions.forms import DEFAULT_STYLE, NumberStyle
from exam_tool.expressions.printing import latex, symbol, visible
from exam_tool.expressions.tree import Node
from exam_tool.expressions.values import value_latex
from exam_tool.language import Language
from exam_tool.statement import Literal, Math, Paragraph, Piece, ValueOf, parse_sentence, set_apart

MARKUP = re.compile(r"([\\`*_\[\]<>$|~&])")
AT_START = re.compile(r"^(\s*)([#+\-=]|\d+[.)](?=\s|$))")


def escaped(text: str) -> str:
    """Words that show as themselves wherever they stand."""
    found = MARKUP.sub(r"\\\1", visible(text))
    return AT_START.sub(lambda m: f"{m[1]}{m[2][:-1]}\\{m[2][-1]}", found)


def code_span(text: str) -> str:
    """What somebody typed, exactly, on one line: inside a run of backticks longer than any in it."""
    shown = visible(text.replace("\r\n", "\n").replace("\n", " ⏎ "))
    if not shown.strip():
        return ""
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", shown)), default=0))
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def statement(paragraphs: Iterable[Paragraph], values: Mapping[str, Value], style: NumberStyle, language: Language) -> str:
    """The statement with the values put in, a blank line between paragraphs."""
    shown = list(paragraphs)
    drawn = ["".join(_piece(piece, values, style, language) for piece in paragraph) for paragraph in shown]
    return set_apart(shown, drawn, "\n\n", "\\\n")


def sentence(text: str) -> str:
    """A label, reason or message on one line."""
    return "".join(_piece(piece, {}, DEFAULT_STYLE, "en") for piece in parse_sentence(text))


def _piece(piece: Piece, values: Mapping[str, Value], style: NumberStyle, language: Language) -> str:
    match piece:
        case Literal(text):
            return escaped(text)
        case ValueOf(name):
            value = values.get(name)
            if isinstance(value, str):
                return escaped(value)
            return "" if value is None else f"${value_latex(value, style, language)}$"
        case Math(sides):
            return f"${_joined(sides)}$"


def _joined(sides: Sequence[Node]) -> str:
    return " = ".join(map(latex, sides))


def name(step: str) -> str:
    """The symbol of a given or step."""
    return f"${symbol(step).latex}$"


def solution(found: Solution, language: Language) -> str:
    """A worked solution: a step a paragraph, with reason, formula, numbers and value."""
    return "\n\n".join(_step(line, language) for line in found.lines)


def _step(line: SolutionLine, language: Language) -> str:
    letter = f"**{line.letter}** " if line.letter else ""
    said = f"{letter}{sentence(line.label(language))}" + (": " if language == "en" else "：")
    if line.word is not None:  # a word or a truth value stands beside its label
        told = [said + escaped(str(line.word).lower() if isinstance(line.word, bool) else line.word)]
    else:
        sides = "".join(f" {_relation(side.relation)} {latex(side.node)}" for side in line.sides)
        told = [said.rstrip(), f"$${symbol(line.name).latex}{sides}$$"]
    if line.because:
        told.append(f"*{sentence(line.because(language))}*")
    if line.note:
        told.append(f"> {sentence(line.note(language))}")
    return "\n\n".join(told)


def _relation(sign: str) -> str:
    return r"\approx" if sign == "≈" else sign
