"""A practice session as lines of a screen: the question with its steps, or the page that lies over it. It decides nothing."""

from __future__ import annotations

from rich.text import Text as Styled

from exam_tool.language import Language, Text
from exam_tool.question import Question, question
from exam_tool.quiz import words
from exam_tool.quiz.item import Item, marks_text
from exam_tool.quiz.pages import Page, Reason
from exam_tool.quiz.session import Asking, Closed, Finished, Hunting, Reading, Session, Sure

from .question import heading
from .screen import LEAVE, Keys, View, keys_line
from .steps import Table, notice_lines, wrapped, wrong_line
from .terminal_statement import statement_lines

ENTER_MARK, HINT, SOLUTION = Text("Enter mark", "回车 批改"), Text("? hint", "? 提示"), Text("s solution", "s 解答")
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


def view(session: Session, language: Language, width: int, at: int) -> View:
    """The screen of a session at a moment."""
    item = session.item
    if item is None:
        return View((), (), None, (), ())
    match session.phase:
        case Asking() | Sure() | Finished() | Closed():
            return _question_view(session, item, language, width, at)
        case Reading(page, back):
            from .pages import page_lines, page_title

            keys = KEYS_CHOOSE if page_needs_choice(page) else KEYS_EXAMPLE if isinstance(back, Asking) else KEYS_PAGE
            return View(
                page_title(page, language, width),
                page_lines(page, language, width),
                _choice_prefix(page),
                (),
                keys_line(keys, language, width),
            )
        case Hunting(hunt):
            from .pages import hunt_lines, page_title

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
        after += [Styled(""), *wrapped(words.HOW_SURE(language), width, 1)]
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
    return [*wrapped(why(session, item)(language), width, 1, "dim"), Styled("")]


def why(session: Session, item: Item) -> Text:
    """The reason of a choice; with the first question of a session also what the choice was made from."""
    if session.opening is None or item.number != session.offset + 1:
        return item.reason
    if item.purpose == "new":  # nothing due, or nobody was here before: that is the reason
        return session.opening
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


def _result(item: Item, language: Language, width: int) -> list[Styled]:
    """What the question came to."""
    earned, maximum = item.earned, item.maximum
    words_said = Text(f"{marks_text(earned)} of {marks_text(maximum)} marks", f"得 {marks_text(earned)} 分，满分 {marks_text(maximum)} 分")
    helped = Text(" · with help", " · 有提示")(language) if item.assisted else ""
    return [Styled(f" {words_said(language)}{helped}", style="bold")]
