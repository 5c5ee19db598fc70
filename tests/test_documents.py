"""Documents of solutions over the bank: LaTeX that any engine can set, HTML that parses. No engine is run here."""

from __future__ import annotations

import re
from unicodedata import east_asian_width
from xml.etree import ElementTree

import pytest

from exam_tool.bank import load_bank
from exam_tool.documents import latex_document, solution_document
from exam_tool.documents.html import solution_html
from exam_tool.documents.latex import solution_latex
from exam_tool.documents.markup import LONGEST_LINE, broken
from exam_tool.explain import SOLUTION_STYLE, Side, Solution, SolutionLine, explain
from exam_tool.expressions.printing import unicode_text
from exam_tool.expressions.printing.tex import latex_escape
from exam_tool.expressions.reader import read
from exam_tool.figures import figures
from exam_tool.language import Language, Text
from exam_tool.question import question, solution_style
from exam_tool.render.terminal import solution_lines
from exam_tool.variant import draw

BANK = load_bank()
SAMPLE = [problem.id for problem in BANK if problem.fact is None][::6] + [problem.id for problem in BANK if problem.fact is not None][::40]
FONTS_HAVE = set("“”‘’–—")  # in the encodings of every TeX font


def document(name: str, form: str, language: Language) -> str:
    problem = BANK[name]
    variant = draw(problem, 4)
    worked = explain(variant.trace, [ask.find for ask in variant.asked], style=solution_style(problem.decimals))
    return solution_document(question(variant, language), worked, form, language, figures(variant.trace))


def well_formed(source: str) -> None:
    """Groups, environments, brackets and dollar signs in pairs."""
    plain = re.sub(r"\\[\\{}$%&#_]", "", source)
    depth = 0
    for sign in plain:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert plain.count("$") % 2 == 0
    assert plain.count(r"\left") - plain.count(r"\leftarrow") == plain.count(r"\right") - plain.count(r"\rightarrow")
    opened: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+\*?)\}", plain):
        if kind == "begin":
            opened.append(name)
        else:
            assert opened.pop() == name
    assert not opened


@pytest.mark.parametrize("language", ["en", "zh"])
def test_latex_can_be_set_by_any_engine(language: Language) -> None:
    """Everything opened is closed, and no sign is left to a font that may lack it: only letters, and Chinese in Chinese."""
    for name in SAMPLE:
        source = document(name, "latex", language)
        well_formed(source)
        for sign in set(source):
            fine = sign.isascii() or sign in FONTS_HAVE or (sign.isalpha() and sign < "\u0180")
            assert fine or (language == "zh" and east_asian_width(sign) in "WF"), (name, sign)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_html_parses(language: Language) -> None:
    """A page is well-formed but for the elements of HTML that have no end."""
    for name in SAMPLE:
        page = document(name, "html", language)
        body = page[page.index("<body>") : page.index("</body>") + len("</body>")].replace("<br>", "<br/>")
        ElementTree.fromstring(body)


ESCAPED = [
    ("gradient of W₂", "gradient of W$_{2}$"),
    ("10⁻⁸ λI", "10$^{-8}$ $\\lambda$I"),
    ("ŷ ≤ x̃", "$\\hat{y}$ $\\le$ $\\tilde{x}$"),
    ("H⁽⁰⁾ 50% a_b", "H$^{(0)}$ 50\\% a\\_b"),
    ("café “x” – 90°", "café “x” – 90\\textdegree{}"),
]


@pytest.mark.parametrize(("words", "tex"), ESCAPED)
def test_signs_in_words_become_mathematics(words: str, tex: str) -> None:
    """Greek letters, raised and lowered figures and relations within a sentence are set in mathematics."""
    assert latex_escape(words) == tex


def test_the_preamble_asks_for_little() -> None:
    """Only packages of a plain TeX distribution; Chinese through ctex."""
    for language, kind in (("en", "article"), ("zh", "ctexart")):
        source = latex_document("x", "T", language)  # type: ignore[arg-type]
        assert rf"\documentclass[11pt]{{{kind}}}" in source
        packages = {name for group in re.findall(r"\\usepackage(?:\[[^]]*\])?\{([^}]*)\}", source) for name in group.split(",")}
        assert packages == {"iftex", "fontenc", "geometry", "amsmath", "amssymb", "textcomp", "tikz"}


def test_long_sums_are_broken_between_terms() -> None:
    """A formula wider than a page stands on several lines, each begun by its sign; a short one stays whole."""
    assert broken(read("a + b")) == [[("", read("a + b"))]]
    lines = broken(read(" + ".join(f"x_pad[{i}, 1]*K[{i}, 1]" for i in range(1, 13))))
    assert len(lines) > 1
    assert all(sum(len(unicode_text(part)) + 3 for _, part in line) <= LONGEST_LINE for line in lines)
    assert all(line[0][0] == "+" for line in lines[1:])


def test_no_sign_follows_another_in_a_broken_sum() -> None:
    """A factor with a minus stays in brackets where its product is drawn by itself; at the beginning it needs none."""
    node = read("-2*3 + " + " + ".join("-2*window[1, 1]" for _ in range(8)))
    line = SolutionLine("y", "", Text("sum", "和"), None, (Side("=", node),), None, None)
    solution = Solution((), (), (line,), SOLUTION_STYLE)
    lines = "".join(solution_lines(solution, width=50)).replace(" ", "")
    assert lines.startswith("sumy=−2·3+(−2)·window")
    assert lines.count("+(−2)·") == 8
    assert solution_latex(solution).count(r" + \left(-2\right)") == 8
    assert re.sub("<[^>]*>", "", solution_html(solution)).count("+(−2)·") == 8
