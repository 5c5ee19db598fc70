"""Reads answers that are no mathematics: a choice, true or false, a word, an order, a matching. It compares nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from exam_tool.language import Text

from .characters import normalised
from .envelope import BLANK
from .refusal import Refusal

Options = Sequence[str] | Mapping[str, str]
DEFAULT_OPTIONS = ("A", "B", "C", "D")

HIDDEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\ufe0f"))
CHOSEN = re.compile(
    r"(?:我?选择?(?:项)?|答案?(?:是|为|选)?|(?:the answer is|answer(?: is)?|ans|option|choice|i choose)(?![A-Za-z]))\s*[:=]?\s*",
    re.IGNORECASE,
)
BRACKETED = re.compile(r"[(\[（【]\s*([A-Za-z0-9])\s*[)\]）】]")
OUTER = "()[]{}<>【】「」『』\"'`“”‘’. 。、,;:"
BETWEEN = re.compile(r"\s*(?:[,、;/&+和与及及]|\band\b|以及|\s)\s*", re.IGNORECASE)
STEPS = re.compile(r"\s*(?:->|=>|-+>|[,、;>→⇒➜—–-]|\s)\s*")
TRUE = frozenset(("t", "true", "yes", "y", "right", "correct", "对", "是", "正确", "真", "√", "✓", "✔", "☑", "✅"))
FALSE = frozenset((
    "f", "false", "no", "n", "wrong", "incorrect", "x",
    "错", "否", "错误", "假", "不对", "不是", "不正确", "×", "✗", "✘", "✕", "✖", "☒", "❌",
))  # fmt: skip


def plain(typed: str) -> str:
    """Compatibility forms folded (only words and letters are read so), blanks collapsed; characters nobody can see are refused.

    Raises:
        Refusal: for hidden characters and for a blank answer.
    """
    normalised(typed)
    text = " ".join(unicodedata.normalize("NFKC", typed.translate(HIDDEN)).split())
    if not text:
        raise Refusal("blank", BLANK, 0)
    return text


def labels_of(options: Options | None) -> tuple[str, ...]:
    return tuple(str(label).strip() for label in (options if options is not None else DEFAULT_OPTIONS))


def read_choice(typed: str, options: Options | None, multi: bool) -> tuple[str, ...]:
    """The chosen labels in the order of the options; exactly one unless several may be chosen.

    Raises:
        Refusal: for a letter that is not offered, several where one is asked, or anything else.
    """
    text = plain(typed)
    labels = labels_of(options)
    by_name = {label.casefold(): label for label in labels}
    lead = CHOSEN.match(text)
    for candidate in (text, text[lead.end() :] if lead else text):
        if isinstance(options, Mapping):
            whole = folded(candidate)
            same = [label for label, shown in options.items() if folded(str(shown)) == whole]
            if len(same) == 1:
                return (same[0],)
        parts = [part.strip(OUTER).casefold() for part in BETWEEN.split(BRACKETED.sub(r"\1 ", candidate))]
        chosen = [part for part in parts if part]
        if len(chosen) == 1 and chosen[0] not in by_name and all(letter in by_name for letter in chosen[0]):
            chosen = list(chosen[0])
        if chosen and all(part in by_name for part in chosen):
            found = {by_name[part] for part in chosen}
            if len(found) > 1 and not multi:
                said = Text("One choice is asked for: give one letter.", "只能选一项：请只写一个字母。")
                raise Refusal("two-values", said, 0, len(typed))
            return tuple(label for label in labels if label in found)
    shown = " ".join(labels)
    raise Refusal(
        "kind", Text(f"Choose one of {shown}." if not multi else f"Choose among {shown}.", f"请从 {shown} 中选择。"), 0, len(typed)
    )


def read_truth(typed: str) -> bool:
    """True or false, in letters, words or signs of either language.

    Raises:
        Refusal: for anything else.
    """
    text = plain(typed).casefold()
    lead = CHOSEN.match(text)
    for candidate in (text, text[lead.end() :] if lead else text):
        word = candidate.strip(OUTER)
        if word in TRUE or word in FALSE:
            return word in TRUE
    raise Refusal("kind", Text("Answer true or false (T or F).", "请回答对或错（T 或 F）。"), 0, len(typed))


def folded(text: str) -> str:
    """A word as it is compared: compatibility forms, case, blanks and outer quotes do not count."""
    return " ".join(unicodedata.normalize("NFKC", text.translate(HIDDEN)).casefold().split()).strip("\"'“”‘’「」`").rstrip(".。 ").strip()


def read_text(typed: str) -> str:
    word = folded(plain(typed))
    if not word:
        raise Refusal("blank", BLANK, 0)
    return word


def read_order(typed: str, labels: Sequence[str]) -> tuple[str, ...]:
    """The labels in the order given.

    Raises:
        Refusal: when one is missing, unknown or given twice.
    """
    text = plain(typed)
    lead = CHOSEN.match(text)
    text = (text[lead.end() :] if lead else text).strip(OUTER)
    by_name = {folded(label): label for label in labels}
    parts = [folded(part.strip(OUTER)) for part in STEPS.split(text)]
    parts = [part for part in parts if part]
    if len(parts) == 1 and parts[0] not in by_name and all(len(label) == 1 for label in labels):
        parts = list(parts[0])
    if any(part not in by_name for part in parts):  # labels of several words: only commas and arrows separate
        parts = [folded(part) for part in re.split(r"\s*(?:->|=>|[,、;>→⇒])\s*", text) if part.strip()]
    for part in parts:
        if part not in by_name:
            shown = " ".join(labels)
            raise Refusal("kind", Text(f'"{part}" is not one of {shown}.', f"“{part}”不在 {shown} 之中。"), 0, len(typed))
    found = tuple(by_name[part] for part in parts)
    if len(set(found)) != len(found):
        twice = next(label for label in found if found.count(label) > 1)
        raise Refusal("two-values", Text(f'"{twice}" is given twice.', f"“{twice}”出现了两次。"), 0, len(typed))
    if len(found) != len(labels):
        missing = " ".join(label for label in labels if label not in found)
        raise Refusal("incomplete", Text(f"Missing: {missing}.", f"缺少：{missing}。"), 0, len(typed))
    return found


PAIR_SIGN = re.compile(r"\s*(?:->|=>|-+|[:=→⇒>—–.)])\s*")
PAIR_BREAK = re.compile(r"\s*[,、;]\s*|\s+(?=\S)")


def read_match(typed: str, lefts: Sequence[str], rights: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pairs ``1-B, 2-A``, ``1B 2A``, or only the right labels in the order of the left ones; sorted as the left ones are.

    Raises:
        Refusal: for an unknown label, or one left label given twice.
    """
    text = plain(typed)
    lead = CHOSEN.match(text)
    text = re.sub(r"\s*(->|=>|[:=→⇒>—–-])\s*", r"\1", (text[lead.end() :] if lead else text).strip(OUTER))
    left_names = {folded(label): label for label in lefts}
    right_names = {folded(label): label for label in rights}
    parts = [part for part in PAIR_BREAK.split(text) if part]
    if len(parts) == 1 and len(lefts) > 1 and all(len(label) == 1 for label in rights) and folded(parts[0]).isalpha():
        parts = list(parts[0])
    if len(parts) == len(lefts) and all(folded(part) in right_names for part in parts) and not (set(left_names) & set(right_names)):
        return tuple((left, right_names[folded(part)]) for left, part in zip(lefts, parts, strict=True))
    if len(parts) == 1 and len(lefts) > 1:
        parts = (
            re.findall(r"[0-9]+[A-Za-z]|[A-Za-z][0-9]+", parts[0])
            if re.fullmatch(r"(?:[0-9]+[A-Za-z])+|(?:[A-Za-z][0-9]+)+", parts[0])
            else parts
        )
    found: dict[str, str] = {}
    for part in parts:
        left, right = _pair(part, left_names, right_names, typed)
        if left in found and found[left] != right:
            raise Refusal("two-values", Text(f'"{left}" is matched twice.', f"“{left}”配对了两次。"), 0, len(typed))
        found[left] = right
    return tuple((left, found[left]) for left in lefts if left in found)


def _pair(part: str, lefts: Mapping[str, str], rights: Mapping[str, str], typed: str) -> tuple[str, str]:
    sides = PAIR_SIGN.split(part.strip(OUTER), maxsplit=1)
    longest = max(map(len, lefts), default=0)
    candidates = [sides] if len(sides) == 2 else [[part[:i], part[i:]] for i in range(1, min(len(part), longest + 1))]
    found = [(lefts[folded(a)], rights[folded(b)]) for a, b in candidates if folded(a) in lefts and folded(b) in rights]
    if len(found) == 1:
        return found[0]
    left, right = " ".join(lefts.values()), " ".join(rights.values())
    raise Refusal(
        "kind",
        Text(
            f'"{part}": write pairs such as 1-B, from {left} to {right}.', f"“{part}”：请写成 1-B 这样的配对，左边 {left}，右边 {right}。"
        ),
        0,
        len(typed),
    )
