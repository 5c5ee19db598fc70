"""A mock exam from the command line: drawn or taken up again, sat, kept, reviewed; or written for printing."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from exam_tool.language import ExamToolError, Language, Text

from .practice import begin, full_screen_possible, is_alive, keeper, now, open_history, read_line

if TYPE_CHECKING:
    from exam_tool.bank import Bank, Problem
    from exam_tool.config import Settings
    from exam_tool.faces.exam import ExamPlayer
    from exam_tool.history import History, Review, SessionRow
    from exam_tool.paper import Paper
    from exam_tool.quiz.blueprint import Blueprint
    from exam_tool.quiz.mock import Mock
    from exam_tool.variant import Variant

STALE = 7 * 86_400_000  # an exam left longer ago than this is not offered again
TITLE = Text("Mock exam", "模拟考试")


def exam_paper(problems: Sequence[Problem], plan: Blueprint, seed: int, language: Language) -> tuple[Paper, list[Variant]]:
    """The exam of a seed as a paper and as variants: on the screen and in print the same."""
    from exam_tool.paper import Chosen, build_paper, rebuilt
    from exam_tool.quiz.blueprint import select

    chosen = select(plan, problems, seed)
    paper = build_paper([Chosen(problem) for problem in chosen], None, seed, title=TITLE, language=language)
    items = paper.sheets[0].items
    return paper, [rebuilt(problem, slot, item) for problem, slot, item in zip(chosen, paper.slots, items, strict=True)]


def print_exam(bank: Bank, problems: Sequence[Problem], plan: Blueprint, seed: int | None, out: Path, language: Language) -> None:
    """Writes the exam of a seed, its key apart."""
    from exam_tool.paper import write_papers

    chosen = seed if seed is not None else now() % 10**6
    paper, _ = exam_paper(problems, plan, chosen, language)
    written = write_papers(out, paper, bank)
    said = Text(
        f"{written.folder / written.sheets[0]}: {len(paper.slots)} questions, {paper.marks} marks, {plan.minutes} minutes, seed {chosen}. "
        f"The key is in {written.key}.",
        f"{written.folder / written.sheets[0]}：{len(paper.slots)} 题，{paper.marks} 分，{plan.minutes} 分钟，种子 {chosen}。"
        f"答案在 {written.key}。",
    )
    print(said(language))


def sit(
    bank: Bank,
    problems: Sequence[Problem],
    plan: Blueprint,
    seed: int | None,
    settings: Settings,
    language: Language,
    *,
    plain: bool,
    anew: bool,
) -> int:
    """One exam; the exit code."""
    from exam_tool.faces.exam import ExamPlayer
    from exam_tool.quiz.mock import new_mock

    history = open_history(language)
    try:
        mock = None if anew or seed is not None or history is None else taken_up(bank, history, language)
        if mock is None:
            drawn_seed = seed if seed is not None else unused_seed(problems, plan, history, language)
            _, variants = exam_paper(problems, plan, drawn_seed, language)
            identifier = uuid.uuid4().hex
            codes = [variant.code for variant in variants]
            begin(history, identifier, "mock", {"seed": drawn_seed, "minutes": plan.minutes, "codes": codes})
            mock = new_mock(identifier, now(), plan.minutes, tuple(variants))
        player = ExamPlayer(mock, keeper(history), now, language)
        full = full_screen_possible() and not plain and not settings["plain"]
        interrupted = play_exam(player, full)
        last_words(player, full, language)
        return 130 if interrupted else 0
    finally:
        if history is not None:
            history.close()


def unused_seed(problems: Sequence[Problem], plan: Blueprint, history: History | None, language: Language) -> int:
    """A seed none of whose variants was met before."""
    used = {row.code for row in history.reviews()} if history is not None else set()
    seed = now() % 10**6
    for _ in range(20):
        _, variants = exam_paper(problems, plan, seed, language)
        if not any(variant.code in used for variant in variants):
            break
        seed += 1
    return seed


def taken_up(bank: Bank, history: History, language: Language) -> Mock | None:
    """The exam left unfinished last, if there is one and the bank still has its questions."""
    from exam_tool.quiz.mock import new_mock, rewritten
    from exam_tool.variant import find_variant

    for session in reversed(history.sessions("mock")[-5:]):
        rows = list(history.reviews(session.id))
        last = rows[-1].at if rows else session.started
        if any(row.act == "done" for row in rows) or now() - last > STALE or is_alive(session.process, last) or not written(rows):
            continue
        try:
            variants = tuple(find_variant(bank, code) for code in session.request["codes"])
        except (ExamToolError, KeyError):
            continue
        if not same_problems(rows, variants) or not history.take_over(session.id, os.getpid(), session.process):
            continue
        sys.stderr.write(resumed(session)(language) + "\n")
        return rewritten(new_mock(session.id, session.started, int(session.request["minutes"]), variants), rows, now())
    return None


def written(rows: Sequence[Review]) -> bool:
    return any(row.act == "wrote" for row in rows)


def same_problems(rows: Sequence[Review], variants: Sequence[Variant]) -> bool:
    """Whether the problems are those the exam was drawn from: a changed problem may have other numbers now."""
    digests = {variant.code: variant.problem.digest for variant in variants}
    return all(digests.get(row.code) == row.digest for row in rows if row.act == "shown")


def resumed(session: SessionRow) -> Text:
    seed = session.request.get("seed", "")
    return Text(
        f"Going on with the exam of seed {seed}; the clock stood still meanwhile. --new starts another one.",
        f"继续种子为 {seed} 的考试；离开期间不计时。--new 重新开始。",
    )


def play_exam(player: ExamPlayer, full: bool) -> bool:
    """The face that fits; True when the person pressed Ctrl-C."""
    if full:
        from exam_tool.faces.full import play as play_full

        return play_full(player)
    from exam_tool.faces.plain_exam import play as play_plain
    from exam_tool.render.console import console

    try:
        play_plain(player, console(), read_line)
    except KeyboardInterrupt:
        sys.stdout.write("\n")
        player.line(":leave")
        return True
    return False


def last_words(player: ExamPlayer, full: bool, language: Language) -> None:
    """After a full screen the review once more, where it stays; or how to go on."""
    from exam_tool.render.console import console
    from exam_tool.render.mock import review_lines

    out = console()
    if player.mock.grades:
        for line in review_lines(player.mock, language, out.width) if full else []:
            out.print(line)
        print(Text("Next: exam-tool quiz practises what was lost here.", "下一步：exam-tool quiz 针对失分之处练习。")(language))
    elif any(player.mock.answers):
        print(Text("Kept. exam-tool mock goes on from here.", "已保存。再次运行 exam-tool mock 即可继续。")(language))
