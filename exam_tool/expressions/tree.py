"""The syntax tree of a formula: frozen nodes in the order and grouping of the author. It holds no values but literals.

Redundant brackets are not kept: a printer puts back exactly those that the tree needs, so printing and reading
again gives the same tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flint import fmpq


@dataclass(frozen=True, slots=True)
class Number:
    """A literal without sign: its exact value, and the digits as they were written (``0.10`` stays ``0.10``)."""

    value: fmpq
    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """A given, a step, a free symbol, or one of the constants ``pi`` and ``e``."""

    name: str


@dataclass(frozen=True, slots=True)
class Unary:
    """``-a``, ``+a``, ``not a``, or a postfix ``a!`` (factorial) and ``a%`` (hundredths)."""

    operator: str
    argument: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """``+ - * / ^ @ mod and or``; ``@`` is the matrix product, ``*`` and ``/`` go entry by entry."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compare:
    """``== != < <= > >=``; its value is 1 or 0 (Iverson's bracket), entry by entry."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the registry applied to its arguments; ``A.T`` is ``transpose(A)``."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """``x[i]`` or ``A[i, j]``, counted from 1 as in mathematics; fewer indices than axes give a row."""

    base: Node
    indices: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """``[a, b]`` is a vector, ``[[a, b], [c, d]]`` a matrix of two rows, deeper nesting a tensor."""

    items: tuple[Node, ...]


Node = Number | Name | Unary | Binary | Compare | Call | Index | Array


def children(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node, from left to right."""
    match node:
        case Number() | Name():
            return ()
        case Unary(_, argument):
            return (argument,)
        case Binary(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Call(_, arguments):
            return arguments
        case Index(base, indices):
            return (base, *indices)
        case Array(items):
            return items


def names(node: Node) -> frozenset[str]:
    """Every name that occurs in the tree."""
    return frozenset(part.name for part in walk(node) if isinstance(part, Name))


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents first."""
    stack = [node]
    while stack:
        part = stack.pop()
        yield part
        stack.extend(reversed(children(part)))


def substitute(node: Node, replacements: dict[str, Node]) -> Node:
    """The same tree with some names replaced by trees."""

    def put(part: Node) -> Node:
        match part:
            case Name(name):
                return replacements.get(name, part)
            case Number():
                return part
            case Unary(operator, argument):
                return Unary(operator, put(argument))
            case Binary(operator, left, right):
                return Binary(operator, put(left), put(right))
            case Compare(operator, left, right):
                return Compare(operator, put(left), put(right))
            case Call(function, arguments):
                return Call(function, tuple(map(put, arguments)))
            case Index(base, indices):
                return Index(put(base), tuple(map(put, indices)))
            case Array(items):
                return Array(tuple(map(put, items)))

    return put(node)
