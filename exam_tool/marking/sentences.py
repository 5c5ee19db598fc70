"""What is said to the student about one step, in both languages. The key is never in it, and no cause is named that is not likely."""

from __future__ import annotations

from collections.abc import Mapping

from exam_tool.expressions.printing import symbol, visible
from exam_tool.language import Text

from .verdicts import (
    Ambiguous,
    ArithmeticSlip,
    Assumed,
    Blank,
    Both,
    Cause,
    Correct,
    FollowsThrough,
    Fortuitous,
    Imprecise,
    KnownMistake,
    MethodOnInvalid,
    Misread,
    Mixed,
    Named,
    NoCause,
    NotFromWorking,
    OneOf,
    Review,
    TwoMistakes,
    Undecided,
    Unreadable,
    Verdict,
    Wrong,
)

CORRECT = Text("Correct.", "正确。")
WRONG = Text("This is not the value of this step.", "这一步的值不对。")
NOT_RIGHT = Text("This is not right.", "答案不对。")
BLANK = Text("Nothing was entered.", "没有作答。")
IMPLIED = Text("Not written down, but what follows shows that it was done.", "虽未写出，但后面的答案表明这一步已完成。")
ASSUMED = Text("Assumed; the steps after it are marked with this value.", "这是假设的值；后面的步骤按它评分。")
UNDECIDED = Text(
    "It could not be decided by machine whether this is right; a person will look at it.", "机器无法判断这个答案是否正确，将由人工评阅。"
)
REVIEW = Text("This answer could not be marked by machine; a person will look at it.", "机器未能给这个答案评分，将由人工评阅。")
NOT_FROM_WORKING = Text(
    "This value is right, but it does not follow from what you wrote before it.", "这个值是对的，但它不是由你前面所写的推出来的。"
)
SLIP = Text("The working is right; its value is not. Work the line out once more.", "式子是对的，但算出的值不对。请把这一行重算一遍。")
TRIVIAL = Text(
    " The earlier slip leaves nothing to work out here, so this earns the method mark only.",
    "前面的错误使这一步没有可算的内容，因此只得方法分。",
)
IMPOSSIBLE = Text(" Such a value cannot occur, so this earns the method mark only.", "但这样的值不可能出现，因此只得方法分。")
PLAIN = {
    "slip": Text("there is a slip in the arithmetic.", "计算中有一处失误。"),
    "misread": Text("one of the given numbers is read as another one.", "看错了一个已知数。"),
}
EARLIER_BLANK = Text(" It would have come in at a step left blank: {step}.", "它可能出在没有写出的一步：{step}。")
OTHER_COURSE = Text("This is the number under another convention: {says}", "这是按另一种约定得到的结果：{says}")


def listed(names: tuple[str, ...]) -> Text:
    """Names of steps as they are printed."""
    shown = [visible(symbol(name).unicode) for name in names]
    return Text(" and ".join(shown), "、".join(shown))


def sentence(verdict: Verdict, cause: Cause, messages: Mapping[str, Text], remark: Text | None = None, number: bool = True) -> Text:
    """The sentence for one step.

    ``messages`` has the sentence of every code; ``remark`` is what the judge noticed; ``number`` is False for words and choices.
    """
    match verdict:
        case Correct():
            return CORRECT
        case FollowsThrough(origins, trivial, impossible):
            return _followed(origins, trivial, impossible)
        case MethodOnInvalid(invalid):
            names = listed(invalid)
            return Text(
                f"The method is right, but it goes on with a value of {names.en} that is not possible.",
                f"方法正确，但用了不可能出现的 {names.zh} 值。",
            )
        case Mixed(versions):
            names = listed(versions)
            return Text(f"Right, but two versions of {names.en} are used.", f"结果可以，但 {names.zh} 前后用了两个不同的值。")
        case NotFromWorking():
            return NOT_FROM_WORKING
        case Fortuitous(code):
            return _joined(NOT_FROM_WORKING, _conditional(code, messages))
        case KnownMistake() if verdict.kind == "convention":
            said = messages[verdict.code]
            return Text(OTHER_COURSE.en.format(says=said.en), OTHER_COURSE.zh.format(says=said.zh)) if said.en else WRONG
        case KnownMistake() | TwoMistakes() | Wrong():
            said = caused(cause, verdict, messages)
            return _joined(said if number or said is not WRONG else NOT_RIGHT, remark)
        case ArithmeticSlip():
            return SLIP
        case Imprecise():
            return remark or Text("Right so far, but with too few digits.", "到此正确，但位数不够。")
        case Blank(implied):
            return IMPLIED if implied else BLANK
        case Assumed():
            return ASSUMED
        case Misread(given):
            names = listed(given)
            return Text(
                f"Right for another value of {names.en} than the question gives; compare {names.en} with the question.",
                f"若 {names.zh} 取另一个值，这就是对的；请对照题目看一看 {names.zh}。",
            )
        case Unreadable(reason) | Ambiguous(reason):
            return reason
        case Undecided():
            return UNDECIDED
        case Review():
            return REVIEW


def _followed(origins: tuple[str, ...], trivial: bool, impossible: bool) -> Text:
    if not origins:
        base = Text("Correct from the rounded value before it.", "由前面取近似的值算得正确。")
    else:
        names = listed(origins)
        base = Text(f"Correct; it follows from your {names.en}.", f"正确：由你的 {names.zh} 推得。")
    return _joined(base, IMPOSSIBLE if impossible else TRIVIAL if trivial else None)


def caused(cause: Cause, verdict: Verdict, messages: Mapping[str, Text]) -> Text:
    """Why, where it may be said: "This is the number you get if ..."."""
    match cause:
        case Named(code, at):
            said = _conditional(code, messages)
            if isinstance(verdict, KnownMistake) and verdict.hidden:
                names = listed((at,))
                return _joined(said, Text(EARLIER_BLANK.en.format(step=names.en), EARLIER_BLANK.zh.format(step=names.zh)))
            return said
        case OneOf(codes):
            parts = [_clause(code, messages) for code in codes]
            return Text(
                "This number fits more than one cause: " + " Or: ".join(part.en for part in parts),
                "这个数符合不止一种情况：" + "或者：".join(part.zh for part in parts),
            )
        case Both(first, second):
            parts = [_clause(code, messages) for code in (first, second)]
            return Text(
                "This is the number you get if two things happen: " + " And: ".join(part.en for part in parts),
                "两处同时如下，就会得到这个数：" + "以及：".join(part.zh for part in parts),
            )
        case NoCause():
            return WRONG


def _clause(code: str, messages: Mapping[str, Text]) -> Text:
    said = PLAIN.get(code) or messages.get(code)
    if said is None:
        return WRONG
    return Text(said.en if said.en.endswith(".") else said.en + ".", said.zh if said.zh.endswith("。") else said.zh + "。")


def _conditional(code: str, messages: Mapping[str, Text]) -> Text:
    clause = _clause(code, messages)
    return Text(f"This is the number you get if {clause.en}", f"这样算就会得到这个数：{clause.zh}")


def _joined(first: Text, second: Text | None) -> Text:
    if second is None:
        return first
    return Text(f"{first.en} {second.en.strip()}", first.zh + second.zh)
