"""Reads a formula into its tree: the strict core that calculators and problem files use. It evaluates nothing.

A Pratt parser over tokens that remember their column, so that every complaint can point at a character.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import ClassVar, NamedTuple

from flint import fmpq

from exam_tool.language import ExamToolError, Text

from .tree import Array, Binary, Call, Compare, Index, Name, Node, Number, Unary

MAX_LENGTH, MAX_TOKENS, MAX_DEPTH, MAX_DIGITS, MAX_EXPONENT = 2000, 600, 40, 200, 400

TOKEN = re.compile(
    r"(?P<space>[ \t\n]+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+(?![0-9A-Za-z_]))?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<symbol>\*\*|<=|>=|==|!=|\.T\b|[-+*/^@%!()\[\],<>=])"
)

# Binding powers: (left, right); a right power below the left one makes the operator right associative.
POWERS = {
    "or": (1, 2),
    "and": (3, 4),
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), (7, 8)),
    "+": (9, 10), "-": (9, 10),
    "*": (11, 12), "/": (11, 12), "@": (11, 12), "mod": (11, 12),
    "^": (16, 13),
}  # fmt: skip
NOT_POWER, COMPARE_POWER, JUXTAPOSED_POWER, SIGN_POWER, POSTFIX_POWER = 5, 7, 11, 13, 18
POSTFIX = frozenset(("[", "!", "%", ".T"))
SUMS = frozenset("+-")
WORDS = {"or", "and", "not", "mod"}

TOO_DEEP = Text("Too many nested brackets.", "括号嵌套过深。")


class ReadError(ExamToolError):
    """Text that is not a formula: what was found and what to write, with the column (from 0) and its width."""

    def __init__(self, message: Text, column: int, width: int = 1) -> None:
        super().__init__(message)
        self.column = column
        self.width = width


class Token(NamedTuple):
    """A lexeme: ``number``, ``name``, ``symbol`` or ``end``, where it starts, and the blanks before it: 0 none, 1 spaces, 2 a new line."""

    kind: str
    text: str
    column: int
    spaced: int = 0


@lru_cache(maxsize=4096)
def read(text: str) -> Node:
    """The tree of a formula in the strict language.

    Raises:
        ReadError: with the column of the first character that cannot be read.
    """
    return Parser(tokens(text)).whole()


def tokens(text: str) -> list[Token]:
    """The lexemes of a strict formula, ended by one token of kind ``end``."""
    if len(text) > MAX_LENGTH:
        raise ReadError(Text(f"This is longer than {MAX_LENGTH} characters.", f"超过 {MAX_LENGTH} 个字符。"), 0)
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            character = text[position]
            shown = character if character.isprintable() else f"U+{ord(character):04X}"
            raise ReadError(Text(f'"{shown}" has no meaning here.', f"这里的“{shown}”无法识别。"), position)
        kind = str(match.lastgroup)
        if kind == "name" and match[0] in WORDS:
            kind = "symbol"
        if kind != "space":
            found.append(Token(kind, "^" if match[0] == "**" else match[0], position))
        position = match.end()
    if len(found) > MAX_TOKENS:
        raise ReadError(Text(f"More than {MAX_TOKENS} symbols.", f"超过 {MAX_TOKENS} 个符号。"), found[MAX_TOKENS].column)
    return [*found, Token("end", "", len(text))]


def number(text: str, column: int = 0) -> Number:
    """A literal as an exact value; digits and exponent are bounded before any arithmetic."""
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    power = int(exponent) if exponent and len(exponent) <= 5 else 0 if not exponent else MAX_EXPONENT + 1
    if len(whole) + len(fraction) > MAX_DIGITS or abs(power) > MAX_EXPONENT:
        raise ReadError(Text("This number is too large to work with.", "这个数太大，无法处理。"), column, len(text))
    shift = power - len(fraction)
    digits = int(whole + fraction or "0")
    return Number(fmpq(digits * 10**shift) if shift >= 0 else fmpq(digits, 10**-shift), text)


class Parser:
    """Pratt's algorithm over a list of tokens. What a person may type besides is added by a subclass in its hooks."""

    powers: ClassVar[dict[str, tuple[int, int]]] = POWERS

    def __init__(self, stream: list[Token]) -> None:
        self.stream = stream
        self.position = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.stream[self.position]

    def advance(self) -> Token:
        token = self.stream[self.position]
        self.position += 1
        return token

    def accept(self, text: str) -> bool:
        token = self.stream[self.position]
        if token.text == text and token.kind == "symbol":
            self.position += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise self.unexpected(Text(f'"{text}" is missing', f"缺少“{text}”"))

    def unexpected(self, wanted: Text) -> ReadError:
        token = self.token
        if token.kind == "end":
            return ReadError(Text(f"{wanted.en} at the end.", f"末尾{wanted.zh}。"), token.column)
        return ReadError(
            Text(f'{wanted.en} before "{token.text}".', f"“{token.text}”之前{wanted.zh}。"), token.column, len(token.text)
        )

    def whole(self) -> Node:
        """One expression that takes up every token."""
        node = self.expression(0)
        if self.token.kind != "end":
            raise self.leftover()
        return node

    def leftover(self) -> ReadError:
        """Why the tokens after a complete expression cannot belong to it."""
        return self.unexpected(Text("An operator is missing", "缺少运算符"))

    def expression(self, power: int) -> Node:
        """Operators that bind at least as tightly as ``power``, and their operands."""
        self.depth += 1
        if self.depth > MAX_DEPTH * 3:  # one bracket passes through here up to three times
            raise ReadError(TOO_DEEP, self.token.column)
        start, slash = self.position, 0
        left = self.prefix()
        while True:
            token = self.stream[self.position]
            operator = token.text if token.kind == "symbol" else ""
            if operator in POSTFIX:
                if power > POSTFIX_POWER:
                    break
                left = self.postfix(left)
                continue
            binding = self.powers.get(operator)
            if binding is None:
                if power > JUXTAPOSED_POWER or not self.juxtaposed(left, token):
                    break
                left = self.beside(left, start, slash)
                continue
            if binding[0] < power:
                break
            self.position += 1
            if operator == "/":
                slash = self.position
            elif operator in SUMS:
                start, slash = self.position, 0
            right = self.expression(binding[1])
            left = Compare(operator, left, right) if binding[0] == COMPARE_POWER else Binary(operator, left, right)
        self.depth -= 1
        return left

    def juxtaposed(self, left: Node, token: Token) -> bool:
        """Whether this token may stand beside a complete operand and mean multiplication: never, in the strict language."""
        return False

    def beside(self, left: Node, start: int, slash: int) -> Node:
        """The product with the operand that follows; ``start`` is where the term began, ``slash`` the place behind its last ``/``."""
        return Binary("*", left, self.expression(JUXTAPOSED_POWER + 1))

    def postfix(self, left: Node) -> Node:
        operator = self.advance().text
        if operator == "[":
            indices = self.items("]")
            if not indices:
                raise ReadError(Text("An index is missing.", "缺少下标。"), self.token.column)
            return Index(left, indices)
        return Call("transpose", (left,)) if operator == ".T" else Unary(operator, left)

    def prefix(self) -> Node:
        token = self.advance()
        if token.kind == "number":
            return number(token.text, token.column)
        if token.kind == "name":
            return self.named(token)
        if token.text in ("-", "+"):
            return Unary(token.text, self.expression(SIGN_POWER))
        if token.text == "not":
            return Unary("not", self.expression(NOT_POWER))
        if token.text == "(":
            inner = self.expression(0)
            self.expect(")")
            return inner
        if token.text == "[":
            return Array(self.items("]"))
        self.position -= 1
        raise self.unexpected(Text("A number or name is missing", "缺少数或名称"))

    def named(self, token: Token) -> Node:
        """A call when a bracket follows, else a name."""
        return Call(token.text, self.items(")")) if self.accept("(") else Name(token.text)

    def items(self, closing: str) -> tuple[Node, ...]:
        if self.accept(closing):
            return ()
        found = [self.expression(0)]
        while self.accept(","):
            found.append(self.expression(0))
        self.expect(closing)
        return tuple(found)
