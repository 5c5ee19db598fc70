"""A practice session as lines of a screen: the question with its steps, pages, the end. It decides nothing and waits for nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.text import Text as Styled

from exam_tool.answers import pointer
from exam_tool.expressions.printing import cells, clip, pad, symbol, visible, wrap
from exam_tool.language import Language, Text
from exam_tool.question import Part, Question, question
from exam_tool.quiz import words
from exam_tool.quiz.item import Entry, Item, marks_text, value_of
from exam_tool.quiz.pages import Page, Reason
from exam_tool.quiz.session import Asking, Closed, Finished, Hunting, Notice, Reading, Session, Sure

from .pages import hunt_lines, page_lines, page_title
from .question import heading
from .terminal import sentence, statement_lines

NARROW = 60  # below this width a step takes a line for its label and one for its answer
TONES = {"good": "green", "bad": "", "plain": "dim", "help": "cyan"}


@dataclass(frozen=True)
class View:
    """One screen: ``before`` and ``after`` surround the editor, whose line starts with ``prefix``; None where nothing is typed.

    ``later`` are the steps not yet reached: the first to give way where the window is too small, to the line ``instead``.
    """

    head: tuple[Styled, ...]
    before: tuple[Styled, ...]
    prefix: Styled | None
    after: tuple[Styled, ...]
    keys: tuple[Styled, ...]
    later: tuple[Styled, ...] = ()
    instead: Styled = field(default_factory=Styled)


def view(session: Session, language: Language, width: int, at: int) -> View:
    """The screen of a session at a moment."""
    item = session.item
    if item is None:
        return View((), (), None, (), ())
    match session.phase:
        case Asking() | Sure() | Finished() | Closed():
            return _question_view(session, item, language, width, at)
        case Reading(page, back):
            keys = KEYS_CHOOSE if page_needs_choice(page) else KEYS_EXAMPLE if isinstance(back, Asking) else KEYS_PAGE
            return View(
                page_title(page, language, width),
                page_lines(page, language, width),
                _choice_prefix(page),
                (),
                keys_line(keys, language, width),
            )
        case Hunting(hunt):
            keys = KEYS_PAGE if hunt.over else KEYS_HUNT
            return View(
                page_title(hunt, language, width),
                hunt_lines(hunt, language, width),
                None if hunt.over else Styled(" > "),
                (),
                keys_line(keys, language, width),
            )


def _choice_prefix(page: Page) -> Styled | None:
    return Styled(" > ") if page_needs_choice(page) else None


def page_needs_choice(page: Page) -> bool:
    return isinstance(page, Reason) and page.is_open


def _question_view(session: Session, item: Item, language: Language, width: int, at: int) -> View:
    asked = question(item.variant, language)
    head = tuple(heading(asked, language, width, progress(session, language, at)))
    before = [*_why(session, item, language, width), *_statement(asked, item, language, width), Styled("")]
    table = Table.of(asked, item, language, width)
    prefix: Styled | None = None
    after: list[Styled] = []
    later: list[Styled] = []
    for i, (part, entry) in enumerate(zip(asked.parts, item.entries, strict=True)):
        is_here = i == item.current and isinstance(session.phase, Asking | Sure)
        rows = later if prefix is not None else before
        if is_here:
            lines, prefix = table.open_row(part, entry)
            rows += lines
        else:
            rows += table.row(part, entry, item)
        here = item.current if not isinstance(session.phase, Finished) else -1
        notices = [n for n in session.notices if (n.about == entry.find) or (not n.about and i == here)]
        if is_here and entry.last is not None and not entry.is_right:
            after.append(wrong_line(entry, width))
        (after if is_here else rows).extend(notice_lines(notices, language, width))
    if isinstance(session.phase, Sure):
        after += [Styled(""), *_wrapped(words.HOW_SURE(language), width, 1)]
    if isinstance(session.phase, Finished):
        said = [notice for notice in session.notices if not notice.about]
        before += [Styled(""), *_result(item, language, width), *notice_lines(said, language, width)]
    asking = KEYS_ASKING if session.letters else KEYS_ASKING_WORDS
    keys = {Asking: asking, Sure: KEYS_SURE, Finished: KEYS_FINISHED}.get(type(session.phase), KEYS_FINISHED)
    count = len(item.entries) - item.current - 1
    more = Text(f"   + {count} more step{'' if count == 1 else 's'}", f"   后面还有 {count} 步")
    foot = keys_line(keys, language, width)
    return View(head, tuple(before), prefix, tuple(after), foot, tuple(later), Styled(more(language), style="dim"))


def _why(session: Session, item: Item, language: Language, width: int) -> list[Styled]:
    """Why this question, in a line; a question that was asked for by name needs no reason."""
    if item.purpose == "named":
        return []
    return [*_wrapped(why(session, item)(language), width, 1, "dim"), Styled("")]


def why(session: Session, item: Item) -> Text:
    """The reason of a choice; with the first question of a session also what the choice was made from."""
    if session.opening is None or item.number != session.offset + 1:
        return item.reason
    return Text(f"{session.opening.en} First: {item.reason.en}", f"{session.opening.zh}先做：{item.reason.zh}")


def progress(session: Session, language: Language, at: int) -> str:
    """``3 of 8 · 4 min left``."""
    number = session.item.number - session.offset if session.item else len(session.done)
    count = session.limits.count
    said = [
        Text(f"{number} of {count}", f"第 {number} 题，共 {count} 题")(language)
        if count
        else Text(f"question {number}", f"第 {number} 题")(language)
    ]
    if session.limits.minutes is not None:
        left = max(0, session.limits.minutes * 60_000 - (at - session.started))
        said.append(Text(f"{-(-left // 60_000)} min left", f"剩 {-(-left // 60_000)} 分钟")(language))
    return " · ".join(said)


def _statement(asked: Question, item: Item, language: Language, width: int) -> list[Styled]:
    margin = 1 if width >= 40 else 0
    body = statement_lines(asked.paragraphs, asked.values, width=width - 2 * margin, language=language, style=asked.style)
    return [Styled((" " * margin + line).rstrip()) for line in body]


@dataclass(frozen=True)
class Table:
    """The steps in columns: letter, label, symbol, answer, marks; on a narrow screen the answer stands under its label."""

    names: dict[str, str]
    labels: dict[str, str]
    widest: int
    symbols: int
    width: int
    language: Language

    @classmethod
    def of(cls, asked: Question, item: Item, language: Language, width: int) -> Table:
        labels = {part.find: sentence(part.label(language)) for part in asked.parts}
        names = {part.find: "" if item.variant.problem.fact is not None else symbol(part.find).unicode for part in asked.parts}
        symbols = max(map(cells, names.values()))
        widest = max(map(cells, labels.values()))
        return cls(names, labels, widest, symbols, width, language)

    @property
    def wide(self) -> bool:
        return self.width >= NARROW and self.lead <= self.width - 24

    @property
    def lead(self) -> int:
        """Where the answers start."""
        return 6 + self.widest + 2 + self.symbols + 2

    def start(self, part: Part, entry: Entry, bold: bool = False) -> Styled:
        name = self.names[part.find]
        weight = "bold" if bold else ""
        return Styled.assemble(
            (f"   {part.letter}  ", "bold"), (pad(self.labels[part.find], self.widest), weight), "  ", pad(name, self.symbols), "  "
        )

    def open_row(self, part: Part, entry: Entry) -> tuple[list[Styled], Styled]:
        """The lines above the editor, and what stands before it."""
        if self.wide:
            return [], self.start(part, entry, bold=True)
        label = f" {part.letter}  {self.labels[part.find]}  {self.names[part.find]}".rstrip()
        return [Styled(line, style="bold") for line in wrap(label, self.width)], Styled("    > ")

    def row(self, part: Part, entry: Entry, item: Item) -> list[Styled]:
        shown, mark, style = answer_shown(entry, item, self.language)
        if self.wide:
            room = max(6, self.width - self.lead - cells(mark) - 3)
            body = self.start(part, entry)
            if shown or mark:
                body = Styled.assemble(body, pad(clip(shown, room), min(room, 12)), "  ", (mark, style))
            return [_stripped(body)]
        label = f" {part.letter}  {self.labels[part.find]}"
        tail = Styled.assemble(clip(shown, max(6, self.width - 8 - cells(mark))), "  ", (mark, style))
        if cells(label) + 2 + cells(tail.plain) <= self.width:
            return [_stripped(Styled.assemble(label, "  ", tail))]
        lines = [Styled(line) for line in wrap(label, self.width)]
        return [*lines, _stripped(Styled.assemble("    ", tail))] if tail.plain.strip() else lines


def _stripped(line: Styled) -> Styled:
    line.rstrip()
    return line


def answer_shown(entry: Entry, item: Item, language: Language) -> tuple[str, str, str]:
    """What was answered, the mark with its sign, and a colour that says the same again."""
    typed = on_one_line(entry.last.typed) if entry.last else ""
    marks = f"{marks_text(entry.earned)}/{marks_text(entry.maximum)}"
    if entry.filled:
        return value_of(item.variant, entry.find), Text("(given)", "（已给出）")(language), "dim"
    if entry.shown:
        key = value_of(item.variant, entry.find)
        told = Text("", "") if item.variant.problem.fact is not None else Text(" solution", " 已看解答")
        return (f"{typed} → {key}" if typed and typed != key else key), f"✗ {marks}{told(language)}", "red"
    if entry.implied:
        return "", Text(f"✓ {marks} implied", f"✓ {marks} 由后步可知")(language), "green"
    if entry.for_person:
        return typed, Text("· not judged", "· 未评判")(language), ""
    if entry.is_right:
        clean = entry.first is not None and entry.first.right
        helped = Text(" with help", " 有提示")(language) if entry.assisted else ""
        later = "" if clean else Text(" corrected", " 已改正")(language)
        return typed, f"✓ {marks}{later}{helped}", "green"
    if entry.last is not None:
        return typed, f"✗ {marks}", "red"
    return ("", Text(f"– {marks} skipped", f"– {marks} 跳过")(language), "dim") if entry.passed else ("", "", "")


def on_one_line(typed: str) -> str:
    """What was typed, harmless, its lines joined as the rows of a matrix are."""
    return "; ".join(" ".join(visible(line).split()) for line in typed.strip().splitlines() if line.strip())


def wrong_line(entry: Entry, width: int) -> Styled:
    """The last wrong answer to the step being answered, which stays in sight while another is typed."""
    assert entry.last is not None
    typed = on_one_line(entry.last.typed)
    mark = f"✗ {marks_text(entry.last.marks)}/{marks_text(entry.maximum)}"
    margin = 6 if width >= NARROW else 4
    return Styled.assemble(" " * margin, clip(typed, width - margin - cells(mark) - 4), "   ", (mark, "red"))


def notice_lines(notices: Sequence[Notice], language: Language, width: int) -> list[Styled]:
    """The sentences under a step; a bare "correct" is said by the tick of its row."""
    lines: list[Styled] = []
    for notice in notices:
        if notice.tone == "good" and notice.text.en == "Correct.":
            continue
        if notice.place is not None and notice.place.column is not None:
            typed, carets = pointer(notice.place.typed, notice.place.column, notice.place.width)
            lines += [Styled(f"      {typed}"), Styled(f"      {carets}", style="bold")]
        lines += _wrapped(sentence(notice.text(language)), width, 6 if width >= NARROW else 2, TONES[notice.tone])
    return lines


def _wrapped(text: str, width: int, margin: int, style: str = "") -> list[Styled]:
    return [Styled(" " * margin + line, style=style) for line in wrap(text, width - margin - 1)]


def _result(item: Item, language: Language, width: int) -> list[Styled]:
    """What the question came to."""
    earned, maximum = item.earned, item.maximum
    words_said = Text(f"{marks_text(earned)} of {marks_text(maximum)} marks", f"得 {marks_text(earned)} 分，满分 {marks_text(maximum)} 分")
    helped = Text(" · with help", " · 有提示")(language) if item.assisted else ""
    return [Styled(f" {words_said(language)}{helped}", style="bold")]


Keys = tuple[Text, ...]
ENTER_MARK, HINT, SOLUTION = Text("Enter mark", "回车 批改"), Text("? hint", "? 提示"), Text("s solution", "s 解答")
LEAVE = Text("Ctrl-D leave", "Ctrl-D 离开")
KEYS_ASKING: Keys = (ENTER_MARK, HINT, SOLUTION, Text("n skip", "n 跳过"), LEAVE)
KEYS_ASKING_WORDS: Keys = (ENTER_MARK, HINT, Text(":s solution", ":s 解答"), Text(":n skip", ":n 跳过"), LEAVE)
KEYS_SURE: Keys = (
    Text("1 guess", "1 猜的"),
    Text("2 fairly", "2 较有把握"),
    Text("3 sure", "3 确定"),
    Text("Enter no answer", "回车 不回答"),
)
KEYS_FINISHED: Keys = (
    Text("Enter next", "回车 下一题"),
    SOLUTION,
    Text("w why", "w 为什么"),
    Text("a another one", "a 再来同类题"),
    Text("f find the slip", "f 找错"),
    LEAVE,
)
KEYS_PAGE: Keys = (Text("Enter back", "回车 返回"), LEAVE)
KEYS_EXAMPLE: Keys = (Text("Enter go on", "回车 继续"), LEAVE)
KEYS_CHOOSE: Keys = (Text("1 2 3 choose", "1 2 3 选择"), Text("Enter back", "回车 返回"), LEAVE)
KEYS_HUNT: Keys = (Text("number of the wrong line", "输入出错那一行的编号"), Text("Enter back", "回车 返回"), LEAVE)


def keys_line(keys: Keys, language: Language, width: int) -> tuple[Styled, ...]:
    """The keys that do something now; on a narrow screen on two lines."""
    gap = "   " if width >= NARROW else "  "
    lines, line = [], ""
    for key in keys:
        word = key(language)
        if line and cells(line + gap + word) > width - 1:
            lines.append(line)
            line = ""
        line += (gap if line else " ") + word
    return tuple(Styled(line, style="dim") for line in [*lines, line])
