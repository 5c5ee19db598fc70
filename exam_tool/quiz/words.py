"""What a session says besides verdicts and hints, in both languages."""

from __future__ import annotations

from exam_tool.history.review import Sureness
from exam_tool.language import Text

RESUMED = Text("You left in the middle of this question; your answers are still here.", "上次这道题做到一半；你的答案都还在。")
NOTHING_TYPED = Text("Type an answer; n leaves this step and goes on.", "请输入答案；n 跳过这一步继续。")
SETTLED = Text("This step is settled.", "这一步已经完成。")
TRY_AGAIN = Text(
    "Try again, or ? for a hint (it will count as assisted); n goes on with your value.",
    "再试一次，或按 ? 要提示（将记为有提示）；n 带着你的值继续。",
)
MANY_TRIES = Text(
    "Another way in: ? for a hint, s for the solution, n to go on with your value.", "换个办法：? 看提示，s 看解答，n 带着你的值继续。"
)
WAIT = Text(
    "Give the last hint a moment, or try an answer first. The next one opens after {seconds} seconds.",
    "先消化一下刚才的提示，或先试着作答。{seconds} 秒后可看下一条。",
)
COUNTS_AS_OPEN = Text(
    "The value was shown, so this skill stays open: a (another like this) tries it again at once.",
    "已给出数值，因此这项技能仍未过关：之后可用 a 再做一道同类题。",
)
TRY_FIRST = Text(
    "A first attempt teaches more than any solution, even a wrong one. s again shows it all the same.",
    "先试一次，哪怕答错，也比直接看解答学得多。再按一次 s 就显示解答。",
)
AFTER_THE_QUESTION = Text("That opens once the question is done; s shows the solution now.", "做完这道题后才能用；现在可以按 s 看解答。")
KEYS = Text(
    "Enter marks. ? hint · s solution · n skip the step · b: go to step b · b: 16 answers step b · Ctrl-D leave. "
    "Put : before a letter where letters are answers.",
    "回车批改。? 提示 · s 解答 · n 跳过本步 · b: 转到 b 步 · b: 16 直接答 b 步 · Ctrl-D 离开。答案本身是字母时，命令前加冒号。",
)
KEYS_AFTER = Text(
    "Enter next · s solution · w why · a another like this · f find the slip · Ctrl-D leave",
    "回车 下一题 · s 解答 · w 为什么 · a 再来一道同类题 · f 找错 · Ctrl-D 离开",
)
NO_HINT = Text("A fact has no steps to hint at; :s shows it with its reason.", "知识题没有步骤可提示；:s 显示答案与理由。")
NO_SLIP = Text("This question has no known mistake to hide.", "这道题没有可供查找的典型错误。")

HOW_SURE = Text(
    "How sure are you?  1 guess   2 fairly   3 sure   (Enter: no answer)", "你有多大把握？  1 猜的   2 较有把握   3 确定   （回车：不回答）"
)
SURE_KEYS = Text("1, 2 or 3; Enter alone leaves it open.", "请按 1、2 或 3；直接回车则不回答。")
SURE: dict[str, Sureness] = {
    "1": "guess",
    "2": "fairly",
    "3": "sure",
    "g": "guess",
    "f": "fairly",
    "s": "sure",
    "猜": "guess",
    "较": "fairly",
    "确": "sure",
}
SURE_WORDS: dict[str, Text] = {"guess": Text("guess", "猜的"), "fairly": Text("fairly sure", "较有把握"), "sure": Text("sure", "确定")}
