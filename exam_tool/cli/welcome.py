"""``exam-tool`` alone: what it is, and the next sensible step for this person."""

from __future__ import annotations

from exam_tool.language import ExamToolError, Language, Text

COMMANDS = (
    ("quiz", Text("practise: a question, your answer, what it is worth, what went wrong", "练习：出题、作答、给分、指出错在哪里")),
    ("mock", Text("a mock exam against the clock, reviewed at the end", "限时模拟考，结束后讲评")),
    ("stats", Text("how far you have come: due, mastered, mistakes still open", "学习进度：到期、掌握、尚未改正的错误")),
    ("list", Text("the problems of the bank", "题库中的题目")),
    ("show", Text("one question with its numbers", "查看一道题")),
    ("solve", Text("its worked solution, step by step", "查看逐步解答")),
    ("calc", Text("any calculator on your own numbers", "用自己的数运行计算器")),
    ("paper", Text("a paper for a class, or one paper a student, with the key", "全班一卷或每人一卷，附答案")),
    ("grade", Text("mark a folder of answer files", "批改一个文件夹的答卷")),
    ("check", Text("prove a bank of your own; new and schema help to write one", "检验自己的题库；new 与 schema 帮助编写")),
    ("config", Text("settings, such as the day of the exam", "设置，例如考试日期")),
    ("history", Text("what is kept of your practice; export, import, delete it", "练习记录；导出、导入、删除")),
)


def welcome(language: Language, version: bool = False) -> None:
    """A short guide, and the first command to type."""
    if version:
        from importlib.metadata import version as installed

        print(f"exam-tool {installed('exam-tool')}")
        return
    said = Text("Hand calculations of a deep-learning exam: practise, set and mark them.", "深度学习考试中的手算题：练习、出题、批改。")
    print(said(language) + "\n")
    for name, about in COMMANDS:
        print(f"  exam-tool {name:<8} {about(language)}")
    print("\n" + Text("Each command explains itself with --help.", "每个命令都可加 --help 查看说明。")(language))
    for step in next_steps():
        print(step(language))


def next_steps() -> list[Text]:
    """What to do now, most urgent first; whatever cannot be read is passed over in silence, since nothing was asked for."""
    try:
        return steps_from_history()
    except ExamToolError:
        return [START]


START = Text("Start with:  exam-tool quiz", "从这里开始：exam-tool quiz")


def steps_from_history() -> list[Text]:
    from exam_tool.folders import history_file

    if not history_file().exists():
        return [START]
    from exam_tool.config import load_settings
    from exam_tool.history import History
    from exam_tool.quiz.outcomes import unfinished

    from .practice import learner_of, now

    settings = load_settings()
    with History(history_file()) as history:
        rows = list(history.reviews())
        exams = [session.id for session in history.sessions("mock")]
        quizzes = [session.id for session in history.sessions("quiz")[-20:]]
    if not rows:
        return [START]
    learner, at = learner_of(rows, settings), now()
    steps = []
    ended = {row.session for row in rows if row.act == "done"}
    if any(row.session in exams[-1:] and row.act == "wrote" and row.session not in ended for row in rows):
        steps.append(Text("An exam is unfinished:  exam-tool mock  goes on with it.", "有一场未完成的模拟考：exam-tool mock 可继续。"))
    if any(any(row.act == "answer" for row in unfinished(rows, session)) for session in quizzes):
        steps.append(Text("A question is half done:  exam-tool quiz  goes on with it.", "有一道题做到一半：exam-tool quiz 可继续。"))
    due, slips = len(learner.due(at)), len(learner.open_slips)
    if due or slips:
        plural = "" if due == 1 else "s"
        steps.append(
            Text(
                f"{due} skill{plural} due, {slips} mistakes still open:  exam-tool quiz",
                f"{due} 项技能到期，{slips} 个错误尚未改正：exam-tool quiz",
            )
        )
    else:
        steps.append(Text("Nothing is due. Something new:  exam-tool quiz", "目前没有到期的内容。学点新的：exam-tool quiz"))
    if settings["exam_date"] is None:
        steps.append(
            Text(
                "When is the exam?  exam-tool config set exam_date 2027-01-15  spaces practice towards it.",
                "考试在哪天？exam-tool config set exam_date 2027-01-15 可据此安排复习间隔。",
            )
        )
    return steps
