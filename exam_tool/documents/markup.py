"""What statements and solutions need in every document format, said once: pieces in order, each drawn by the format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from exam_tool.expressions.arrays import Value
from exam_tool.expressions.forms import DEFAULT_STYLE, NumberStyle
from exam_tool.expressions.printing import unicode_text
from exam_tool.expressions.printing.breaking import operands
from exam_tool.expressions.printing.latex import latex
from exam_tool.expressions.tree import Node
from exam_tool.expressions.typeset import value_latex
from exam_tool.expressions.values import TRUTH
from exam_tool.language import Language, Text
from exam_tool.statement import Literal, Math, Paragraph, ValueOf, parse_sentence

GIVEN = Text("Given", "已知")
COLON = Text(": ", "：")
LONGEST_LINE = 96  # characters of a formula on one line of text


@dataclass(frozen=True, slots=True)
class Format:
    """How a document format escapes words and draws formulas and values within a sentence."""

    words: Callable[[str], str]
    formulas: Callable[[Sequence[Node], Language], str]
    value: Callable[[Value, NumberStyle, Language], str]

    def paragraph(
        self, paragraph: Paragraph, values: Mapping[str, Value], style: NumberStyle = DEFAULT_STYLE, language: Language = "en"
    ) -> str:
        """A paragraph with the values put in; a name that has none stays in its brackets."""
        drawn = []
        for piece in paragraph:
            match piece:
                case Literal(text):
                    drawn.append(self.words(text))
                case ValueOf(name):
                    drawn.append(self.value(values[name], style, language) if name in values else self.words(f"{{{name}}}"))
                case Math(sides):
                    drawn.append(self.formulas(sides, language))
        return "".join(drawn)

    def sentence(self, text: Text, language: Language) -> str:
        """A label, reason or message, with its formulas."""
        return self.paragraph(parse_sentence(text(language)), {}, language=language)


def between_dollars(words: Callable[[str], str]) -> Format:
    """A format whose formulas are LaTeX between dollar signs."""

    def formulas(sides: Sequence[Node], language: Language) -> str:
        return f"${' = '.join(latex(side, language=language) for side in sides)}$"

    def shown(value: Value, style: NumberStyle, language: Language) -> str:
        if isinstance(value, bool):
            return TRUTH[value](language)
        return words(value) if isinstance(value, str) else f"${value_latex(value, style, language)}$"

    return Format(words, formulas, shown)


def broken(node: Node) -> list[list[tuple[str, Node]]]:
    """The operands of a formula with the signs before them, on lines of a bearable length; mostly there is one line."""
    first, *rest = operands(node)
    if not rest or len(unicode_text(node)) <= LONGEST_LINE:
        return [[("", node)]]
    lines, used = [[first]], len(unicode_text(first[1]))
    for sign, part in rest:
        size = len(unicode_text(part)) + 3
        if used + size > LONGEST_LINE:
            lines.append([])
            used = 0
        lines[-1].append((sign, part))
        used += size
    return lines
