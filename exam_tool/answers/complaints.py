"""What is said when an expression cannot be read: the sentence for each case of the grammar. It reads nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exam_tool.expressions.reader import Token
from exam_tool.language import Text

from .lexer import spelled
from .refusal import Refusal, ambiguous

KNOWN = "pi e sqrt exp ln log log2 log10 sin cos tan asin acos atan sinh cosh tanh sigmoid erf relu abs max min"
LIST_WORDS = frozenset(("or", "and", "或", "或者", "和", "与"))
THOUSANDS = frozenset("KkMBG")


def at(token: Token, code: str, en: str, zh: str) -> Refusal:
    """A refusal that points at a token."""
    return Refusal(code, Text(en, zh), token.column, max(1, len(token.text)))


def missing(token: Token) -> Refusal:
    """No operand where one must stand."""
    if token.kind == "end":
        return at(token, "incomplete", "The answer stops too early: a number is missing at the end.", "答案不完整：末尾缺少数。")
    return at(token, "syntax", f'A number is missing before "{token.text}".', f"“{token.text}”之前缺少数。")


def unbraced(token: Token) -> Refusal:
    return at(
        token,
        "syntax",
        "Put the parts of the fraction or root in braces: \\frac{1}{2}, \\sqrt{12}.",
        "分式或根式的各部分请用花括号：\\frac{1}{2}、\\sqrt{12}。",
    )


def bracketless(function: str, token: Token) -> Refusal:
    return at(
        token,
        "function-brackets",
        f"Put the argument of {function} in brackets: {function}(2).",
        f"请给 {function} 的自变量加括号：{function}(2)。",
    )


def argument_count(token: Token, least: int, most: int, found: int) -> Refusal:
    wanted = f"{least}" if least == most else f"{least} - {most}"
    return at(
        token,
        "arguments",
        f"{token.text} takes {wanted} argument{'' if wanted == '1' else 's'}, not {found}.",
        f"{token.text} 需要 {wanted} 个自变量，这里有 {found} 个。",
    )


def unknown(token: Token, before: Token | None, following: Token, symbols: Mapping[str, str], units: Sequence[str]) -> Refusal:
    """An unknown name: a unit the question does not accept when it ends the answer, else a name nobody declared."""
    name = token.text
    behind_number = before is not None and (before.kind == "number" or before.text in (")", "]"))
    if name in THOUSANDS and behind_number:
        return at(token, "unit", f'"{name}" may mean 1000 or 1024: write the number out.', f"“{name}”可能是 1000 或 1024，请写出完整的数。")
    if name in LIST_WORDS:
        return at(token, "two-values", "There are two values: give one.", "有两个值：只给一个。")
    product = factors(name, symbols)
    if product:
        return at(token, "syntax", f'Write the signs: {product} instead of "{name}".', f"请写出运算符：用 {product} 代替“{name}”。")
    if behind_number and following.kind == "end" and not symbols and name.lower() not in KNOWN.split():
        accepted, accepted_zh = (f" ({', '.join(units)})", f"（{'、'.join(units)}）") if units else ("", "")
        return at(token, "unit", f'"{name}" is not a unit this question accepts{accepted}.', f"“{name}”不是本题接受的单位{accepted_zh}。")
    names = " ".join([*dict.fromkeys(symbols.values()), KNOWN])
    return at(token, "unknown-name", f'I do not know "{name}". Known: {names}.', f"无法识别“{name}”。可用：{names}。")


def factors(name: str, symbols: Mapping[str, str]) -> str | None:
    """``a*w`` for ``aw``, where both are symbols of the question; None when the name does not fall apart so."""
    names = sorted(symbols, key=len, reverse=True)
    found: list[str] = []
    rest = spelled(name)
    while rest:
        head = next((symbol for symbol in names if rest.startswith(symbol)), None)
        if head is None:
            return None
        found.append(symbols[head])
        rest = rest[len(head) :]
    return "*".join(found) if len(found) > 1 else None


def leftover(before: Token | None, token: Token) -> Refusal | None:
    """Why a token cannot follow a complete expression; None where nothing more can be said than that a sign is missing."""
    numbers = ("number", "vulgar")
    if before is not None and token.kind in numbers and before.kind in numbers:
        if "." in before.text and "." in token.text and not token.spaced:
            return at(token, "number", "A number has one point at most.", "一个数最多只有一个小数点。")
        shown = f"{before.text} {token.text}"
        joined, product = f"{before.text}{token.text}", f"{before.text}*{token.text}"
        return ambiguous(shown, product, joined, before.column, token.column - before.column + 1)
    if before is not None and token.kind == "name" and before.kind == "name":
        if spelled(token.text) in LIST_WORDS:
            return at(token, "two-values", "There are two values: give one.", "有两个值：只给一个。")
        product = f"{before.text}*{token.text}"
        return at(
            token,
            "syntax",
            f'Write a sign between "{before.text}" and "{token.text}": {product}.',
            f"请在“{before.text}”与“{token.text}”之间写上运算符：{product}。",
        )
    if token.kind != "symbol":
        return None
    if token.text in (",", ";"):
        return at(token, "two-values", "One number is asked for; this is a list.", "这里只要一个数，而这是一列数。")
    if token.text in ("<", ">", "<=", ">=", "=", "==", "!="):
        return at(token, "syntax", f'"{token.text}": a value is asked for, not a relation.', f"“{token.text}”：这里要的是值，不是关系式。")
    if token.text in (")", "]", "}"):
        return at(token, "brackets", f'This "{token.text}" closes nothing.', f"这个“{token.text}”没有对应的左括号。")
    return None
