"""Cuts a typed answer into the tokens of the parser: LaTeX, Greek letters, 万 and 亿 included. It gives no meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from exam_tool.expressions.printing.tex import GREEK
from exam_tool.expressions.reader import MAX_DEPTH, MAX_TOKENS, Token
from exam_tool.language import Text

from .characters import CHINESE_NUMERALS, SUBSCRIPTS, VULGAR, Typed
from .refusal import Refusal, ambiguous

LETTERS = {character: name for name, character in GREEK.items() if name not in ("eps", "lam", "ell")} | {
    "ϵ": "epsilon", "ϕ": "phi", "ϑ": "theta", "ℯ": "e", "ℓ": "ell",
}  # fmt: skip

TIMES = r"(?P<times>(?<=[0-9])[ \t]*[xXхХ][ \t]*(?=[0-9]))|"
PATTERN = (
    r"(?P<space>[ \t\n]+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+(?![0-9A-Za-z_.]))?(?P<scale>[ \t]*[万亿])?)"
    r"|(?P<root>(?:sqrt|ln)(?=[0-9.]))"
    rf"|(?P<name>(?:[A-Za-z]+[0-9]*|[{''.join(LETTERS)}][0-9]*)(?:_(?:[A-Za-z0-9]+|\{{[A-Za-z0-9, ]{{1,40}}\}}))*[₀-₉]*)"
    r"|(?P<symbol>\*\*|<=|>=|==|!=|[-+*/^%!()\[\]{},;:<>=&|'√±∪∩∈∞∅ℝᵀ≈~@])"
    rf"|(?P<vulgar>[{''.join(VULGAR)}])"
    r"|(?P<begin>\\begin\s*\{(?:[pbB]?matrix|smallmatrix|array)\}(?:\s*\{[clr|]*\})?)"
    r"|(?P<finish>(?:\\\\\s*)?\\end\s*\{(?:[pbB]?matrix|smallmatrix|array)\})"
    r"|(?P<wrapped>\\(?:mathrm|mathbf|mathit|text|operatorname|rm)\s*\{[ \t]*(?P<inner>[A-Za-z]{1,20})[ \t]*\})"
    r"|(?P<latex>\\(?:[A-Za-z]+(?:_(?:[A-Za-z0-9]+|\{[A-Za-z0-9, ]{1,40}\}))*|.))"
    r"|(?P<word>[\u3400-\u9fff]+)"
    r"|(?P<other>.)"
)
PLAIN, WITHOUT_TIMES = re.compile(TIMES + PATTERN, re.DOTALL), re.compile(PATTERN, re.DOTALL)

BLANK_COMMANDS = frozenset(
    ("left", "right", "big", "Big", "bigl", "bigr", "quad", "qquad", ",", ";", ":", "!", " ", "displaystyle", "limits")
)
COMMANDS = {
    "frac": "frac", "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "sqrt": "\\sqrt", "cdot": "*", "times": "*", "ast": "*", "div": "/",
    "pm": "±", "cup": "∪", "in": "∈", "infty": "∞", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "lt": "<", "gt": ">",
    "leqslant": "<=", "geqslant": ">=", "%": "%", "{": "{", "}": "}", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]",
    "langle": "<", "rangle": ">", "emptyset": "∅", "varnothing": "∅", "approx": "≈", "top": "ᵀ", "\\": ";", "|": "|",
}  # fmt: skip
COMMAND_NAMES = frozenset(
    ["ln", "log", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "max", "min", "mathbb"]
) | frozenset(GREEK) | {"varepsilon", "varphi", "vartheta"}  # fmt: skip
SPELLINGS = {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "lam": "lambda", "eps": "epsilon"}
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
SCALES = {"万": 4, "亿": 8}


def tokens(typed: Typed, symbols: Mapping[str, str] | None = None) -> list[Token]:
    """The lexemes with the columns of what was typed, ended by one of kind ``end``.

    Raises:
        Refusal: for a character without a meaning, and for more tokens or brackets than anybody needs.
    """
    pattern = WITHOUT_TIMES if symbols and "x" in symbols else PLAIN
    found: list[Token] = []
    spaced = depth = 0
    columns = typed.columns
    for match in pattern.finditer(typed.text):
        kind, text, column = match.lastgroup, match[0], columns[match.start()]
        match kind:
            case "space":
                spaced = 2 if "\n" in text else max(spaced, 1)
                continue
            case "symbol":
                if text in OPENING:
                    depth += 1
                elif text in CLOSING:
                    depth -= 1
                found.append(Token("symbol", "^" if text == "**" else text, column, spaced))
            case "number":
                found.append(Token("number", scaled(match, column), column, spaced))
            case "name" | "root" | "vulgar":
                found.append(Token("name" if kind == "root" else str(kind), text, column, spaced))
            case "times":
                if found[-1].text == "0":
                    raise ambiguous(
                        "0x" + typed.text[match.end() : match.end() + 8], "0 * ...", "a hexadecimal number", found[-1].column, 2
                    )
                found.append(Token("symbol", "*", column, spaced))
            case _:
                if not command(match, column, spaced, found):
                    spaced = max(spaced, 1)
                    continue
        spaced = 0
        if depth > MAX_DEPTH:
            raise Refusal(
                "too-deep",
                Text("This answer has too many nested brackets. Give the final value.", "括号嵌套过多。请给出最终结果。"),
                column,
            )
        if len(found) > MAX_TOKENS:
            raise Refusal(
                "too-big", Text("This answer has too many symbols. Give the final value.", "答案中的符号过多。请给出最终结果。"), column
            )
    found.append(Token("end", "", columns[-1], spaced))
    return found


def scaled(match: re.Match[str], column: int) -> str:
    """A numeral; 万 and 亿 become a power of ten, so that the digits stay as typed."""
    text, scale = match["number"], match["scale"]
    if not scale:
        return text
    numeral = text[: -len(scale)]
    if "e" in numeral.lower():
        raise Refusal(
            "number", Text(f'"{text}": write either e or {scale.strip()}.', f"“{text}”：e 与{scale.strip()}只能用一个。"), column, len(text)
        )
    return f"{numeral}e{SCALES[scale.strip()]}"


def command(match: re.Match[str], column: int, spaced: int, found: list[Token]) -> bool:
    """Appends what a LaTeX command stands for; False when it stands for a blank.

    Raises:
        Refusal: for a command or character with no meaning in an answer.
    """
    text = match[0]
    match match.lastgroup:
        case "begin":
            found.append(Token("symbol", "[", column, spaced))
        case "finish":
            found.append(Token("symbol", "]", column, spaced))
        case "wrapped":
            found.append(Token("name", match["inner"], column, spaced))
        case "latex":
            word = text[1:]
            if word in BLANK_COMMANDS:
                return False
            if word in COMMANDS:
                found.append(Token("symbol", COMMANDS[word], column, spaced))
            elif (head := word.partition("_")[0]) in COMMAND_NAMES:
                found.append(Token("name", SPELLINGS.get(head, head) + word[len(head) :], column, spaced))
            else:
                raise Refusal("character", Text(f'"{text}" has no meaning here.', f"这里的“{text}”无法识别。"), column, len(text))
        case _:
            found.append(Token("name", stranger(text, column), column, spaced))
    return True


def stranger(character: str, column: int) -> str:
    """A word or letter of another script, which the parser will say it does not know; anything else is refused here by name."""
    if not CHINESE_NUMERALS.isdisjoint(character):
        raise Refusal(
            "character", Text(f'"{character}": write numbers with the digits 0-9.', f"“{character}”：请用数字 0-9 书写。"), column
        )
    if len(character) == 1 and character.isnumeric():
        name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
        raise Refusal(
            "character",
            Text(f'"{character}" ({name}): write numbers with the digits 0-9.', f"“{character}”不是普通数字，请用 0-9 书写。"),
            column,
        )
    if not character.isalpha():
        raise Refusal("character", Text(f'"{character}" has no meaning here.', f"这里的“{character}”无法识别。"), column)
    return character


def spelled(text: str) -> str:
    """A name as typed, in the one spelling that names are looked up by: Latin letters, digits and single underscores."""
    if text.isascii() and "{" not in text:
        return text
    name = "".join(LETTERS.get(c, c) for c in text if c not in "{} ")
    subscripts = "".join(SUBSCRIPTS.get(c, "") for c in name)
    return name.rstrip("".join(SUBSCRIPTS)) + ("_" + subscripts if subscripts else "")
