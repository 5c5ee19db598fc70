"""Facts of the course as questions: true or false, a choice, a blank to fill, a matching, an order. Many to a file.

A fact is written once, in both languages, with what is right and what is plausibly wrong. How it is asked is drawn from the
seed: the statement or its false twin, the places of the right choice, the order of the items.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from string import ascii_uppercase
from typing import NamedTuple

from exam_tool.calculators.work import CHAPTERS, Calculator, Work
from exam_tool.language import Text

from .draws import Stream
from .fields import Reader
from .parse import ID
from .problem import Ask, Problem
from .source import Item, Mapping
from .source import Sequence as Items

KINDS = ("true_false", "choice", "fill", "match", "order")
FIELDS = ("id", "kind", "syllabus", "title", "fact", "false", "ask", "answer", "wrong", "pairs", "items", "why", "version")
NEEDED = {
    "true_false": ("fact", "false"),
    "choice": ("ask", "answer", "wrong"),
    "fill": ("ask", "answer"),
    "match": ("ask", "pairs"),
    "order": ("ask", "items"),
}
NOTHING = Text("", "")
BLANK = "____"
ENDS = ".?!。？！"
MAX_CHOICES = 4
MAX_PAIRS = 5  # more do not fit on one screen beside what they are matched with

TRUE_OR_FALSE = Text("True or false?", "下面的说法对不对？")
CHOOSE = Text("Choose one.", "单选。")
FILL = Text("Fill in the blank.", "填空。")
MATCH = Text("Match each number with a letter, for example 1-B, 2-A.", "给每个数字配一个字母，例如 1-B, 2-A。")
ORDER = Text("Put the letters in the right order, for example B, A, C.", "把字母排成正确的顺序，例如 B, A, C。")
LABEL = Text("answer", "答案")


class Fact(NamedTuple):
    """One fact. Which fields count depends on ``kind``: see ``NEEDED``; ``answer`` of a blank lists accepted names with |."""

    kind: str
    fact: Text
    false: tuple[Text, ...] = ()
    ask: Text = NOTHING
    answer: Text = NOTHING
    wrong: tuple[Text, ...] = ()
    pairs: tuple[tuple[Text, Text], ...] = ()
    items: tuple[Text, ...] = ()
    why: Text | None = None


class AskedFact(NamedTuple):
    """A fact as it is asked once: the words, the key as it would be typed, the labels offered, and what to say after."""

    words: Text
    key: str
    options: tuple[str, ...]
    because: Text


def ask_fact(fact: Fact, stream: Stream) -> AskedFact:
    """The question a stream of draws makes of a fact."""
    asked = ASKING[fact.kind](fact, stream)
    if fact.why is None:
        return asked
    return AskedFact(asked.words, asked.key, asked.options, _join(_ended(asked.because), fact.why))


def _ended(words: Text) -> Text:
    """What is no sentence yet, such as a choice or a list of pairs, ends like one before another follows."""
    return Text(*(part if part.endswith(tuple(ENDS)) else part + stop for part, stop in zip(words, (".", "。"), strict=True)))


def _join(*parts: Text) -> Text:
    return Text(" ".join(part.en for part in parts if part.en), "".join(part.zh for part in parts if part.zh))


def _escaped(words: Text) -> Text:
    """A fact is plain words and formulas between backticks; braces mean nothing in it."""
    return Text(*(part.replace("{", "{{").replace("}", "}}") for part in words))


def _paragraphs(*parts: Text) -> Text:
    return Text("\n\n".join(part.en for part in parts), "\n\n".join(part.zh for part in parts))


def _true_false(fact: Fact, stream: Stream) -> AskedFact:
    chosen = stream.below(2 * len(fact.false))
    true = chosen >= len(fact.false)
    said = fact.fact if true else fact.false[chosen]
    return AskedFact(_paragraphs(TRUE_OR_FALSE, _escaped(said)), "true" if true else "false", (), fact.fact)


def _choice(fact: Fact, stream: Stream) -> AskedFact:
    others = stream.shuffled(fact.wrong)[: MAX_CHOICES - 1]
    offered = stream.shuffled([fact.answer, *others])
    letter = ascii_uppercase[offered.index(fact.answer)]
    lines = [_labelled(ascii_uppercase[i], words) for i, words in enumerate(offered)]
    said = _paragraphs(CHOOSE, *map(_escaped, (fact.ask, *lines)))
    return AskedFact(said, letter, tuple(ascii_uppercase[: len(offered)]), _completed(fact))


def _fill(fact: Fact, stream: Stream) -> AskedFact:
    accepted = "|".join(dict.fromkeys(f"{fact.answer.en}|{fact.answer.zh}".split("|")))
    return AskedFact(_paragraphs(FILL, _escaped(fact.ask)), accepted, (), _completed(fact))


def _match(fact: Fact, stream: Stream) -> AskedFact:
    pairs = stream.shuffled(fact.pairs)[:MAX_PAIRS]
    rights = stream.shuffled(dict.fromkeys(right for _, right in pairs))
    lefts = [_labelled(str(i), left) for i, (left, _) in enumerate(pairs, 1)]
    offered = [_labelled(ascii_uppercase[i], right) for i, right in enumerate(rights)]
    key = ", ".join(f"{i}-{ascii_uppercase[rights.index(right)]}" for i, (_, right) in enumerate(pairs, 1))
    said = _paragraphs(*map(_escaped, (fact.ask, *lefts, MATCH, *offered)))
    because = Text(
        "; ".join(f"{left.en}: {right.en}" for left, right in pairs), "；".join(f"{left.zh}：{right.zh}" for left, right in pairs)
    )
    return AskedFact(said, key, tuple(ascii_uppercase[: len(rights)]), because)


def _order(fact: Fact, stream: Stream) -> AskedFact:
    shown = stream.shuffled(fact.items)
    if shown == list(fact.items):
        shown.reverse()
    lines = [_labelled(ascii_uppercase[i], words) for i, words in enumerate(shown)]
    key = ", ".join(ascii_uppercase[shown.index(words)] for words in fact.items)
    said = _paragraphs(*map(_escaped, (fact.ask, ORDER, *lines)))
    because = Text(" → ".join(words.en for words in fact.items), " → ".join(words.zh for words in fact.items))
    return AskedFact(said, key, tuple(ascii_uppercase[: len(shown)]), because)


ASKING: dict[str, Callable[[Fact, Stream], AskedFact]] = {
    "true_false": _true_false, "choice": _choice, "fill": _fill, "match": _match, "order": _order,
}  # fmt: skip


def _labelled(label: str, words: Text) -> Text:
    return Text(f"- {label}. {words.en}", f"- {label}. {words.zh}")


def _completed(fact: Fact) -> Text:
    """The sentence with its blank filled by the first accepted answer."""
    right = first_name(fact)
    filled = [asked.replace(BLANK, answer) for asked, answer in zip(fact.ask, right, strict=True)]
    return Text(*filled) if BLANK in fact.ask.en else right


def first_name(fact: Fact) -> Text:
    """The right answer; of the names a blank accepts, the first."""
    return Text(*(answer.partition("|")[0] for answer in fact.answer)) if fact.kind == "fill" else fact.answer


def _no_steps(work: Work) -> None:
    """A fact is known, not calculated."""


FACTS = Calculator("facts", CHAPTERS[0], Text("Facts", "知识点"), _no_steps, {}, {}, "")


class FactReader(Reader):
    """Reads a file of facts; each becomes a problem of its own, and a faulty one hides no other."""

    def problems(self, top: Mapping, file: str, chapter: str) -> list[Problem]:
        self.mapping(top, ("facts",), ("facts",), Text("The file", "文件"), top.mark)
        found = []
        for item in self.list(top.get("facts"), Text("facts", "facts")):
            before = len(self.faults)
            problem = self.problem(item, file, chapter)
            if problem is not None and len(self.faults) == before:
                found.append(problem)
        return found

    def problem(self, item: Item, file: str, chapter: str) -> Problem | None:
        fields = self.mapping(item, FIELDS, ("id", "kind"), Text("A fact", "知识点"), item.mark)
        if fields is None or not {"id", "kind"} <= set(fields.entries):
            return None
        identifier = self.text(fields.get("id"), Text("id", "id"))
        kind = self.text(fields.get("kind"), Text("kind", "kind"))
        if not ID.fullmatch(identifier) or not identifier.startswith(f"{chapter}."):
            remedy = (f"Write {chapter}.name in lower-case letters, digits and -.", f"请写成 {chapter}.名称，只用小写字母、数字和 -。")
            self.report(
                fields.key_mark("id"), f'"{identifier}" cannot be the id of a fact here.', f"“{identifier}”不能作为这里的 id。", remedy
            )
        if kind not in KINDS:
            self.report(
                fields.key_mark("kind"),
                f'"{kind}" is not a kind of fact.',
                f"“{kind}”不是知识点类型。",
                (f"Kinds: {', '.join(KINDS)}.", f"类型：{', '.join(KINDS)}。"),
            )
            return None
        for name in NEEDED[kind]:
            if name not in fields.entries:
                self.report(
                    fields.mark,
                    f'A fact of kind {kind} lacks "{name}".',
                    f"{kind} 类知识点缺少“{name}”。",
                    (f"Add {name}: …", f"请补上 {name}: …"),
                )
                return None
        fact = self.fact(fields, kind)
        self.sound(fields, fact)
        return Problem(
            id=identifier,
            version=self.whole(fields.get("version"), Text("version", "version"), 1, 1),
            title=self.both(fields.get("title"), Text("title", "title"), fields.mark) if fields.get("title") else title_of(fact),
            level=1,
            chapter=chapter,
            syllabus=self.words(fields.get("syllabus"), "syllabus"),
            calculator=FACTS,
            preset={},
            options={},
            draws={},
            hidden=frozenset(),
            where=(),
            ask=(Ask("answer", Fraction(1), kind="text" if kind == "fill" else kind, label=LABEL),),
            text=Text("", ""),
            ties=(),
            hides=frozenset(),
            examples=(),
            decimals=False,
            source=fields,
            file=file,
            fact=fact,
        )  # fmt: skip

    def fact(self, fields: Mapping, kind: str) -> Fact:
        def said(name: str) -> Text:
            return self.both(fields.get(name), Text(name, name), fields.mark) if fields.get(name) else Text("", "")

        return Fact(
            kind,
            said("fact"),
            self.texts(fields.get("false"), "false"),
            said("ask"),
            said("answer"),
            self.texts(fields.get("wrong"), "wrong"),
            tuple(self.pair(item) for item in self.list(fields.get("pairs"), Text("pairs", "pairs"))),
            self.texts(fields.get("items"), "items"),
            said("why") if fields.get("why") else None,
        )

    def texts(self, item: Item | None, name: str) -> tuple[Text, ...]:
        """A list of sentences in both languages; a single one may stand for itself."""
        if isinstance(item, Mapping):
            return (self.both(item, Text(name, name), item.mark),)
        return tuple(self.both(part, Text(name, name), part.mark) for part in self.list(item, Text(name, name)))

    def pair(self, item: Item) -> tuple[Text, Text]:
        if not isinstance(item, Items) or len(item.items) != 2:
            self.report(
                item.mark,
                "A pair is [left, right].",
                "配对写成 [左, 右]。",
                ("Write - [{en: …, zh: …}, {en: …, zh: …}].", "请写成 - [{en: …, zh: …}, {en: …, zh: …}]。"),
            )
            return Text("", ""), Text("", "")
        left, right = (self.both(part, Text("pairs", "pairs"), part.mark) for part in item.items)
        return left, right

    def sound(self, fields: Mapping, fact: Fact) -> None:
        """Nothing is offered twice in either language, and what is wrong is not right."""
        groups: dict[str, Sequence[Text]] = {
            "false": [fact.fact, *fact.false],
            "wrong": [first_name(fact), *fact.wrong],
            "items": fact.items,
            "pairs": [left for left, _ in fact.pairs],
        }
        for name, offered in groups.items():
            for words in ([text.en for text in offered], [text.zh for text in offered]):
                folded = [word.casefold() for word in words if word]
                if name in fields.entries and len(set(folded)) < len(folded):
                    self.report(
                        fields.key_mark(name), f"{name} offers the same twice, or what is right.", f"{name} 中有重复，或与正确答案相同。"
                    )
                    return
        if fact.kind == "fill" and (BLANK not in fact.ask.en or BLANK not in fact.ask.zh):
            self.report(fields.key_mark("ask"), f"A blank is written {BLANK}, in both languages.", f"空格写成 {BLANK}，两种语言都要有。")
        least = {"match": len(fact.pairs), "order": len(fact.items), "choice": len(fact.wrong) + 1}.get(fact.kind, 2)
        if least < 2:
            self.report(fields.mark, "At least two are needed to choose from.", "至少要有两项可选。")


def title_of(fact: Fact) -> Text:
    """What a list shows of a fact that has no title: how it is asked."""
    return {
        "true_false": Text("True or false", "判断题"),
        "choice": Text("Choice", "选择题"),
        "fill": Text("Fill in", "填空题"),
        "match": Text("Matching", "配对题"),
        "order": Text("Ordering", "排序题"),
    }[fact.kind]
