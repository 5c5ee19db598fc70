"""``exam-tool paper``: a mock exam, or one paper a student of a roster, and the key in a file of its own."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from exam_tool.language import ExamToolError, Language, Text

from .app import Say


def add(app: typer.Typer, say: Say, language: Language) -> None:
    @app.command(
        "paper", help=say("Set a paper: the same for all, or one for each student, with its key.", "出卷：全班一卷或每人一卷，并附答案。")
    )
    def paper(
        what: Annotated[
            list[str] | None,
            typer.Argument(
                help=say(
                    "Problems (id or id@version:seed) and chapters (cnn, or cnn=3 for three).",
                    "题目（id 或 id@版本:种子）与章节（cnn，或 cnn=3 表示三题）。",
                ),
                metavar="[ID|CHAPTER[=N]]",
            ),
        ] = None,
        out: Annotated[Path, typer.Option("--out", "-o", help=say("Folder to write to.", "输出文件夹。"))] = Path("paper"),
        roster: Annotated[
            Path | None,
            typer.Option("--roster", help=say("CSV of students: id, name, language, email.", "学生名单 CSV：id、name、language、email。")),
        ] = None,
        seed: Annotated[int, typer.Option("--seed", min=0, help=say("Seed of the whole paper.", "整卷的种子。"))] = 1,
        count: Annotated[
            int | None, typer.Option("--count", "-n", min=1, help=say("At most so many drawn problems.", "最多抽取的题数。"))
        ] = None,
        level: Annotated[list[int] | None, typer.Option("--level", min=1, max=3, help=say("Only these levels.", "只取这些难度。"))] = None,
        title: Annotated[str | None, typer.Option("--title", help=say("Title of the paper.", "试卷标题。"))] = None,
        policy: Annotated[str, typer.Option("--policy", help="course, cambridge, ib, strict")] = "course",
        encoding: Annotated[
            str, typer.Option("--encoding", help=say("Encoding of the roster: utf-8 or gb18030.", "名单编码：utf-8 或 gb18030。"))
        ] = "utf-8",
        bank: Annotated[Path | None, typer.Option("--bank", help=say("A bank of your own.", "自己的题库文件夹。"))] = None,
        force: Annotated[bool, typer.Option("--force", help=say("Overwrite a paper that is there.", "覆盖已有试卷。"))] = False,
    ) -> int:
        from exam_tool.bank import load_bank
        from exam_tool.files import Source
        from exam_tool.paper import build_paper, read_roster, select, write_papers
        from exam_tool.render.class_report import fault_line
        from exam_tool.render.progress import bar

        from .select import warn_of_faults

        loaded = load_bank(bank)
        warn_of_faults(loaded, language)
        students = read_roster(Source(str(roster), roster), encoding) if roster else None
        chosen = select(loaded, selection(what or [], level or [], count if what or count else 8), seed)
        names = {"title": Text(title, title)} if title else {}
        made = build_paper(chosen, students.students if students else None, seed, language=language, policy=policy, **names)
        with bar(language) as told:
            written = write_papers(out, made, loaded, force=force, progress=told)
        for fault in students.faults if students else ():
            sys.stderr.write(fault_line(fault, language) + "\n")
        marks = sum((choice.problem.marks for choice in chosen), start=0)
        print(
            say(
                f"{len(written.sheets)} papers of {len(chosen)} questions, {marks} marks, in {out}/",
                f"已在 {out}/ 生成 {len(written.sheets)} 份试卷，每份 {len(chosen)} 题，共 {marks} 分",
            )
        )
        print(
            say(
                f"  hand out   {written.sheets[0] if len(written.sheets) == 1 else 'papers/'}",
                f"  发放      {written.sheets[0] if len(written.sheets) == 1 else 'papers/'}",
            )
        )
        print(say(f"  keep       {written.key} (the key), {written.paper}", f"  保留      {written.key}（答案）、{written.paper}"))
        print(
            say(
                f"  answers    {written.template}, or one file a student; then: exam-tool grade {out} ANSWERS…",
                f"  作答表    {written.template}，或每人一个文件；然后：exam-tool grade {out} 答卷……",
            )
        )
        return 1 if students and students.faults else 0


def selection(what: list[str], levels: list[int], count: int | None):  # type: ignore[no-untyped-def]  # nothing heavy at import
    """Words of the call as a selection: ``cnn=3`` is three problems of a chapter, anything with a point an id."""
    from exam_tool.calculators.work import CHAPTERS
    from exam_tool.paper import Selection

    problems: list[str] = []
    chapters: dict[str, int | None] = {}
    for word in what:
        name, equals, number = word.partition("=")
        if equals and not (number.isascii() and number.isdigit() and 0 < int(number) < 1000):
            raise ExamToolError(Text(f'"{word}": write CHAPTER=N with a number N.', f"“{word}”：请写成 章节=数量。"))
        if equals or name in CHAPTERS:
            chapters[name] = int(number) if equals else None
        else:
            problems.append(word)
    return Selection(tuple(problems), chapters, frozenset(levels), count if chapters or not problems else None)
