"""The list of problems as lines: chapter, level, id, title, marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text as Styled

from exam_tool.bank import Problem
from exam_tool.expressions.printing.cells import cells, clip, pad
from exam_tool.language import Language, Text

CHAPTER_TITLES = {
    "foundations": Text("foundations", "基础"),
    "mlp": Text("multilayer perceptrons and backpropagation", "多层感知机与反向传播"),
    "cnn": Text("convolutional networks", "卷积网络"),
    "rnn": Text("recurrent networks", "循环网络"),
    "transformer": Text("attention and transformers", "注意力与 Transformer"),
    "optimization": Text("optimisation", "优化"),
    "regularization": Text("regularisation and normalisation", "正则化与归一化"),
    "graph": Text("graph networks", "图网络"),
    "llm": Text("large language models", "大语言模型"),
    "rl": Text("reinforcement learning", "强化学习"),
    "generative": Text("generative models", "生成模型"),
    "adversarial": Text("adversarial examples", "对抗样本"),
    "training": Text("training dynamics", "训练动态"),
}


def listing(problems: Sequence[Problem], language: Language, width: int) -> Iterator[Styled]:
    """One line a problem under the heading of its chapter; on a narrow screen the title goes to a line of its own."""
    longest = max((cells(problem.id) for problem in problems), default=0)
    chapter = ""
    for problem in problems:
        if problem.chapter != chapter:
            chapter = problem.chapter
            yield Styled(f"\n{chapter} · {CHAPTER_TITLES[chapter](language)}", style="bold")
        level = "●" * problem.level + "○" * (3 - problem.level)
        marks = Text(f"{problem.marks} marks", f"{problem.marks} 分")(language)
        if width >= longest + 40:
            room = width - longest - 9 - cells(marks)
            yield Styled(f" {level} {pad(problem.id, longest)}  {pad(clip(problem.title(language), room - 2), room - 2)} {marks}")
        else:
            yield Styled(f" {level} {problem.id} · {marks}")
            yield Styled(f"     {clip(problem.title(language), width - 6)}", style="dim")
    count = len(problems)
    yield Styled(
        "\n"
        + Text(
            f"{count} problems. Next: exam-tool quiz CHAPTER, exam-tool show ID",
            f"共 {count} 题。下一步：exam-tool quiz 章节，exam-tool show ID",
        )(language)
    )
