"""What a person can do in a session, and reading it from a typed line. Which keys mean what is decided here, for every face."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, get_args

Key = Literal["hint", "solution", "why", "another", "slip", "skip", "next", "back", "leave", "help"]
KEYS: tuple[Key, ...] = get_args(Key)


class Typed(NamedTuple):
    """A line typed as an answer; ``at`` in milliseconds since 1970."""

    text: str
    at: int


class Pressed(NamedTuple):
    """A command."""

    key: Key
    at: int


class Moved(NamedTuple):
    """Another asked step is to be answered: a position, counted from 0."""

    position: int
    at: int


Event = Typed | Pressed | Moved

LETTERS: dict[str, Key] = {
    "?": "hint",
    "？": "hint",
    "h": "hint",
    "s": "solution",
    "w": "why",
    "a": "another",
    "f": "slip",
    "n": "skip",
    "q": "leave",
}
WORDS: dict[str, Key] = {
    "hint": "hint",
    "solution": "solution",
    "why": "why",
    "another": "another",
    "find": "slip",
    "skip": "skip",
    "next": "skip",
    "quit": "leave",
    "leave": "leave",
    "exit": "leave",
    "back": "back",
    "help": "help",
    "keys": "help",
    "提示": "hint",
    "解答": "solution",
    "为什么": "why",
    "再来一题": "another",
    "找错": "slip",
    "跳过": "skip",
    "退出": "leave",
    "离开": "leave",
    "帮助": "help",
}
PART = re.compile(r"\s*([a-z])\s*[:：)）]\s*(.*)", re.DOTALL)


def command(line: str, letters: bool) -> Key | None:
    """The command a line is: ``:word`` anywhere; a lone letter only where letters are no answers; ``?`` always."""
    word = line.strip().lower()
    if word.startswith((":", "：")) and len(word) > 1:
        name = word[1:].strip()
        return LETTERS.get(name) or WORDS.get(name)
    if word in ("?", "？"):
        return "hint"
    return (LETTERS.get(word) or WORDS.get(word)) if letters else None


def event_of(line: str, at: int, *, letters: bool, parts: int = 0) -> tuple[Event, ...]:
    """What one typed line does: a command, a move to another step (``b:`` or ``b: 16``), or an answer."""
    key = command(line, letters)
    if key is not None:
        return (Pressed(key, at),)
    found = PART.fullmatch(line)
    if found and ord(found[1]) - ord("a") < parts:
        move = Moved(ord(found[1]) - ord("a"), at)
        return (move, Typed(found[2], at)) if found[2].strip() else (move,)
    return (Typed(line, at),)
