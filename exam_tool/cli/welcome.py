"""``exam-tool`` alone: what it is, and the next sensible step."""

from exam_tool.language import Language, Text

COMMANDS = (
    ("quiz", Text("practise: a question, your answer, what it is worth, what went wrong", "练习：出题、作答、给分、指出错在哪里")),
    ("list", Text("the problems of the bank", "题库中的题目")),
    ("show", Text("one question with its numbers", "查看一道题")),
    ("solve", Text("its worked solution, step by step", "查看逐步解答")),
    ("calc", Text("any calculator on your own numbers", "用自己的数运行计算器")),
    ("paper", Text("a mock exam, or one paper a student, with the key", "生成模拟卷，或每人一卷及答案")),
    ("grade", Text("mark a folder of answer files", "批改一个文件夹的答卷")),
    ("check", Text("prove a bank of your own; new and schema help to write one", "检验自己的题库；new 与 schema 帮助编写")),
)


def welcome(language: Language, version: bool = False) -> None:
    """A short guide, with the first command to type."""
    if version:
        from importlib.metadata import version as installed

        print(f"exam-tool {installed('exam-tool')}")
        return
    print(
        Text("Hand calculations of a deep-learning exam: practise, set and mark them.", "深度学习考试中的手算题：练习、出题、批改。")(
            language
        )
        + "\n"
    )
    for name, about in COMMANDS:
        print(f"  exam-tool {name:<6} {about(language)}")
    print(
        "\n"
        + Text(
            "Start with:  exam-tool quiz        Each command explains itself with --help.",
            "从这里开始：exam-tool quiz        每个命令都可加 --help 查看说明。",
        )(language)
    )
