"""What a person may type beyond the strict language, as hooks of the one parser; every doubtful form is refused with both readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from flint import fmpq

from exam_tool.expressions.reader import JUXTAPOSED_POWER, MAX_DIGITS, MAX_EXPONENT, POWERS, SIGN_POWER, Parser, ReadError, Token, number
from exam_tool.expressions.tree import Binary, Call, Name, Node, Number, Unary, walk
from exam_tool.language import Text

from . import complaints
from .characters import VULGAR
from .lexer import spelled
from .refusal import Refusal, ambiguous

MAX_NODES = 400
CONSTANTS = frozenset(("pi", "e"))

# name as typed -> (name in the expression language, least and most arguments)
FUNCTIONS: dict[str, tuple[str, int, int]] = {
    **{name: (name, 1, 1) for name in ("sqrt", "exp", "ln", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan")},
    **{name: (name, 1, 1) for name in ("sinh", "cosh", "tanh", "sigmoid", "erf", "relu", "abs")},
    **{name: (name, 1, 64) for name in ("max", "min")},
    "log": ("ln", 1, 1), "sigma": ("sigmoid", 1, 1), "log_2": ("log2", 1, 1), "log_10": ("log10", 1, 1),
    "arcsin": ("asin", 1, 1), "arccos": ("acos", 1, 1), "arctan": ("atan", 1, 1), "ReLU": ("relu", 1, 1),
}  # fmt: skip
OPENERS = ("(", "√", "\\sqrt", "frac")  # signs a factor may start with
BARE = frozenset(("sqrt", "ln"))
NO_SYMBOLS: Mapping[str, str] = {}


def parse(stream: list[Token], symbols: Mapping[str, str] = NO_SYMBOLS, *, mixed: bool = True, units: Sequence[str] = ()) -> Node:
    """The tree of one typed expression.

    Raises:
        Refusal: when it has no meaning, or more than one.
    """
    parser = TypedParser(stream, symbols, mixed, units)
    node = parser.whole()
    if len(stream) > MAX_NODES // 2 and sum(1 for _ in walk(node)) > MAX_NODES:
        raise Refusal("too-big", Text("This answer has too many operations. Give the final value.", "运算过多。请给出最终结果。"), 0)
    return node


def joined(stream: Sequence[Token]) -> str:
    """Tokens as text again, for a message."""
    return "".join((" " if token.spaced and i else "") + token.text for i, token in enumerate(stream))


class TypedParser(Parser):
    """The parser with juxtaposition, mixed numbers, roots without brackets and LaTeX fractions."""

    powers: ClassVar[dict[str, tuple[int, int]]] = {operator: POWERS[operator] for operator in "+-*/^"}

    def __init__(self, stream: list[Token], symbols: Mapping[str, str], mixed: bool, units: Sequence[str]) -> None:
        super().__init__(stream)
        self.symbols = symbols
        self.mixed = mixed
        self.units = units

    def ahead(self, distance: int) -> Token:
        """A token further on, or the end."""
        return self.stream[min(self.position + distance, len(self.stream) - 1)]

    def before(self, distance: int) -> Token | None:
        """A token already read, if there are so many."""
        return self.stream[self.position - distance] if self.position >= distance else None

    # -- numbers ------------------------------------------------------------------------------------------------

    def literal(self, token: Token) -> Number:
        try:
            return number(token.text, token.column)
        except ReadError:
            raise Refusal(
                "too-big",
                Text(
                    f"This number has more than {MAX_DIGITS} digits or an exponent beyond {MAX_EXPONENT}. Give the final value.",
                    f"这个数超过 {MAX_DIGITS} 位，或指数超过 {MAX_EXPONENT}。请给出最终结果。",
                ),
                token.column,
                len(token.text),
            ) from None

    def numeral(self, token: Token) -> Node:
        """A literal, or a mixed number such as ``1 1/2`` or ``1½`` that starts with it."""
        whole = self.literal(token)
        if not token.text.isdigit():
            return whole
        following = self.token
        if following.kind == "vulgar":
            self.advance()
            return self.after_mixed(token, Binary("+", whole, vulgar(following)))
        if following.text == "frac" and following.kind == "symbol":
            return self.mixed_latex(token, whole)
        if following.kind == "number" and following.spaced:
            return self.mixed_typed(token, whole)
        return whole

    def mixed_typed(self, token: Token, whole: Number) -> Node:
        top, slash, bottom = self.token, self.ahead(1), self.ahead(2)
        is_fraction = top.text.isdigit() and slash.text == "/" and bottom.text.isdigit()
        before = self.stream[self.position - 2] if self.position > 1 else None
        if not (self.mixed and is_fraction) or (before is not None and before.text in ("/", "^")):
            return whole
        fraction = Binary("/", self.literal(top), self.literal(bottom))
        if not 0 < fraction.left.value < fraction.right.value:  # type: ignore[union-attr]  # both are literals
            return whole
        self.position += 3
        return self.after_mixed(token, Binary("+", whole, fraction))

    def mixed_latex(self, token: Token, whole: Number) -> Node:
        start = self.position
        fraction = self.prefix()
        proper = (
            isinstance(fraction, Binary)
            and isinstance(fraction.left, Number)
            and isinstance(fraction.right, Number)
            and fraction.left.text.isdigit()
            and fraction.right.text.isdigit()
            and 0 < fraction.left.value < fraction.right.value
        )
        if proper and self.mixed:
            return self.after_mixed(token, Binary("+", whole, fraction))
        shown = joined(self.stream[start : self.position])
        raise ambiguous(token.text + shown, f"{token.text} + {shown}", f"{token.text} * {shown}", token.column)

    def after_mixed(self, token: Token, node: Binary) -> Node:
        """A mixed number is a whole: a power, a division or a factor right behind it leaves open what it applies to."""
        following = self.token
        if following.text in ("^", "!", "%", "/") or following.kind in ("name", "number", "vulgar") or following.text in OPENERS:
            raise Refusal(
                "ambiguous",
                Text("Put the mixed number in brackets.", "请给带分数加括号。"),
                token.column,
                max(1, following.column - token.column),
            )
        return node

    # -- operands -----------------------------------------------------------------------------------------------

    def prefix(self) -> Node:
        token = self.advance()
        match token.kind:
            case "number":
                return self.numeral(token)
            case "vulgar":
                return vulgar(token)
            case "name":
                return self.named(token)
            case "symbol":
                return self.opened(token)
        self.position -= 1
        raise complaints.missing(self.token)

    def opened(self, token: Token) -> Node:
        match token.text:
            case "-" | "+":
                return self.signed(token)
            case "(" | "{":
                inner = self.expression(0)
                self.expect(")" if token.text == "(" else "}")
                return inner
            case "√" | "\\sqrt":
                return self.root(token)
            case "frac":
                top = self.argument()
                return Binary("/", top, self.argument())
            case "|":
                raise Refusal("bars", Text("Write abs(x) instead of |x|.", "绝对值请写 abs(x)，不要写 |x|。"), token.column)
        self.position -= 1
        raise complaints.missing(self.token)

    def unexpected(self, wanted: Text) -> ReadError:
        found = super().unexpected(wanted)
        return Refusal("syntax", found.message, found.column, found.width)

    def signed(self, token: Token) -> Node:
        following = self.token
        if following.kind == "symbol" and following.text in ("-", "+"):
            value = joined(self.stream[self.position + 1 : self.position + 2])
            raise ambiguous(f"{token.text}{following.text}{value}", value, f"-{value}", token.column, 2)
        operand = self.expression(SIGN_POWER)
        return operand if token.text == "+" else Unary("-", operand)

    def argument(self) -> Node:
        """What a LaTeX command applies to: a group in braces, or one digit or name."""
        token = self.token
        if token.text == "{":
            self.advance()
            inner = self.expression(0)
            self.expect("}")
            return inner
        if token.kind == "number" and token.text.isdigit():
            first, rest = token.text[0], token.text[1:]
            pieces = [Token("number", first, token.column)] + ([Token("number", rest, token.column + 1)] if rest else [])
            self.stream[self.position : self.position + 1] = pieces
            return self.literal(self.advance())
        if token.kind == "name" and self.constant(token) is not None:
            self.advance()
            return Name(self.constant(token) or "")
        raise complaints.unbraced(token)

    def root(self, token: Token) -> Node:
        """``√2``, ``√(1+x)``, ``\\sqrt{2}`` and ``\\sqrt[3]{2}``."""
        if self.token.text == "[":
            degree = self.ahead(1)
            if degree.text.isdigit() and self.ahead(2).text == "]":
                self.position += 3
                return Binary("^", self.argument(), Binary("/", Number(fmpq(1), "1"), self.literal(degree)))
            raise Refusal("syntax", Text("The degree of a root is a whole number.", "根指数必须是整数。"), degree.column)
        if self.token.text in ("(", "{"):
            return Call("sqrt", (self.opened(self.advance()),))
        return self.bare("sqrt", token)

    def bare(self, function: str, token: Token) -> Node:
        """A root or logarithm of one number, constant or symbol without brackets, when nothing after it leaves doubt."""
        operand = self.advance()
        shown = token.text if token.text == "√" else token.text + " "
        inner: Node
        if operand.kind == "number":
            if token.text == "\\sqrt" and len(operand.text) > 1:  # LaTeX itself would take the first digit only
                raise complaints.unbraced(token)
            inner = self.literal(operand)
        elif operand.kind == "vulgar":
            inner = vulgar(operand)
        elif operand.kind == "name" and self.constant(operand) is not None:
            inner = Name(self.constant(operand) or "")
        else:
            self.position -= 1
            raise complaints.bracketless(function, token)
        following = self.token
        if following.text in ("^", "!", "%", *OPENERS) or following.kind in ("name", "vulgar"):
            tail = joined(self.stream[self.position : -1])[:12]
            raise ambiguous(
                f"{shown}{operand.text}{tail}", f"{function}({operand.text}){tail}", f"{function}({operand.text}{tail})", token.column,
                max(1, following.column - token.column),
            )  # fmt: skip
        return Call(function, (inner,))

    # -- names --------------------------------------------------------------------------------------------------

    def constant(self, token: Token) -> str | None:
        """The symbol or constant that a name stands for; a name the question declares always wins."""
        name = spelled(token.text)
        declared = self.symbols.get(name) or self.symbols.get(name.replace("_", ""))
        return declared or (name if name in CONSTANTS else None)

    def named(self, token: Token) -> Node:
        known = self.constant(token)
        if known is not None:
            return Name(known)
        name = spelled(token.text)
        if name == "log" and self.token.text in ("2", "10") and self.ahead(1).text == "(" and not self.token.spaced:
            name += "_" + self.advance().text
        function = FUNCTIONS.get(name)
        if function is None:
            raise complaints.unknown(token, self.before(2), self.token, self.symbols, self.units)
        if self.token.text == "(":
            return self.called(token, *function)
        if self.token.text == "{" and token.text != name:
            raise complaints.bracketless(function[0], token)
        if name in BARE and self.token.text != "^":
            return self.bare(name, token)
        if name in ("log2", "log10") and self.position > 1 and self.stream[self.position - 2].kind == "number":
            before, base = self.stream[self.position - 2].text, name[3:]
            raise ambiguous(f"{before}{name}", f"{before}*log({base})", f"{before}*{name}(...)", token.column, len(token.text))
        raise complaints.bracketless(token.text if token.text.isascii() else function[0], token)

    def called(self, token: Token, function: str, least: int, most: int) -> Node:
        self.expect("(")
        arguments = self.items(")")
        if not least <= len(arguments) <= most:
            raise complaints.argument_count(token, least, most, len(arguments))
        return Call(function, arguments)

    # -- juxtaposition ------------------------------------------------------------------------------------------

    def juxtaposed(self, left: Node, token: Token) -> bool:
        before = self.stream[self.position - 1]
        if token.kind == "name":
            return before.kind != "name"
        if token.kind == "symbol" and token.text in OPENERS:
            return not (token.text == "(" and self.repeating(before, token))
        return False

    def repeating(self, before: Token, token: Token) -> bool:
        """Refuses ``0.1(6)``, which many read as a repeating decimal."""
        digits, closing = self.ahead(1), self.ahead(2)
        if before.kind == "number" and "." in before.text and not token.spaced and digits.text.isdigit() and closing.text == ")":
            shown = f"{before.text}({digits.text})"
            raise ambiguous(shown, f"{before.text}*{digits.text}", f"{before.text}{digits.text * 3}...", before.column, len(shown))
        return False

    def beside(self, left: Node, start: int, slash: int) -> Node:
        token, place = self.token, self.position
        self.written_exponent(token)
        right = self.expression(JUXTAPOSED_POWER + 1)
        if slash:
            factor = joined(self.stream[place : self.position])
            top, bottom = joined(self.stream[start : slash - 1]), joined(self.stream[slash:place])
            column = self.stream[start].column
            raise ambiguous(
                f"{top}/{bottom}{factor}", f"({top}/{bottom})*{factor}", f"{top}/({bottom}*{factor})", column, max(1, token.column - column)
            )
        return Binary("*", left, right)

    def written_exponent(self, token: Token) -> None:
        """Refuses ``4.54 e-5``, where the blank leaves open whether ``e`` is the constant or a power of ten."""
        before = self.stream[self.position - 1]
        if token.text in ("e", "E") and token.spaced and before.kind == "number" and "e" not in self.symbols:
            sign, digits = self.ahead(1), self.ahead(2)
            if sign.text in ("-", "+") and not sign.spaced and digits.kind == "number" and not digits.spaced:
                tail = f"{sign.text}{digits.text}"
                raise ambiguous(
                    f"{before.text} e{tail}", f"{before.text}e{tail}", f"{before.text}*e {sign.text} {digits.text}", before.column
                )

    def leftover(self) -> ReadError:
        return complaints.leftover(self.before(1), self.token) or self.unexpected(Text("An operator is missing", "缺少运算符"))


def vulgar(token: Token) -> Binary:
    top, bottom = VULGAR[token.text]
    return Binary("/", Number(fmpq(top), str(top)), Number(fmpq(bottom), str(bottom)))
