"""Which problems a paper has: named ones, so many of a chapter, or those of certain levels. It draws no numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from exam_tool.bank import Bank, Problem
from exam_tool.bank.draws import Stream
from exam_tool.calculators.work import CHAPTERS
from exam_tool.language import ExamToolError, Text
from exam_tool.variant import parse_code


@dataclass(frozen=True)
class Selection:
    """What a teacher asks for.

    Args:
        problems: ids or variant codes, in the order wanted; a code with a seed gives everyone that variant.
        chapters: how many problems of each chapter; None for all of them.
        levels: only these levels (1 to 3) count for chapters; without chapters they choose from the whole bank.
        count: at most so many problems beside the named ones.
    """

    problems: Sequence[str] = ()
    chapters: Mapping[str, int | None] = field(default_factory=dict)
    levels: frozenset[int] = frozenset()
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A problem of the paper, and the seed everyone has, if it is fixed."""

    problem: Problem
    seed: int | None = None


def select(bank: Bank, wanted: Selection, seed: int) -> tuple[Chosen, ...]:
    """The problems of a paper: the named ones, then the drawn ones in the order of chapters and rising level.

    Raises:
        ExamToolError: for an unknown name, or when there are fewer problems than asked for.
    """
    named = [_named(bank, text) for text in wanted.problems]
    taken = {chosen.problem.id for chosen in named}
    drawn: list[Problem] = []
    for chapter, count in wanted.chapters.items():
        if chapter not in CHAPTERS:
            raise ExamToolError(
                Text(
                    f'"{chapter}" is not a chapter. Chapters: {", ".join(CHAPTERS)}.', f"“{chapter}”不是章节。章节：{'、'.join(CHAPTERS)}。"
                )
            )
        there = [p for p in bank if p.chapter == chapter and p.id not in taken and _fits(p, wanted)]
        drawn += _some(there, count, f"paper/{seed}/{chapter}", chapter)
    if not wanted.chapters and (wanted.levels or not named):
        there = [p for p in bank if p.id not in taken and _fits(p, wanted)]
        drawn += _some(there, wanted.count, f"paper/{seed}/all", "")
    elif wanted.count is not None and len(drawn) > wanted.count:
        drawn = _some(drawn, wanted.count, f"paper/{seed}/count", "")
    if not named and not drawn:
        raise ExamToolError(Text("No problem fits. See: exam-tool list", "没有符合条件的题目。可查看：exam-tool list"))
    drawn.sort(key=lambda problem: (CHAPTERS.index(problem.chapter), problem.level, problem.id))
    return (*named, *(Chosen(problem) for problem in drawn))


def _fits(problem: Problem, wanted: Selection) -> bool:
    return not wanted.levels or problem.level in wanted.levels


def _named(bank: Bank, text: str) -> Chosen:
    identifier, version, seed = parse_code(text)
    problem = bank[identifier]
    if version not in (None, problem.version):
        raise ExamToolError(
            Text(
                f"{identifier} is at version {problem.version} here, not {version}.",
                f"此处 {identifier} 的版本是 {problem.version}，不是 {version}。",
            )
        )
    return Chosen(problem, seed)


def _some(there: Iterable[Problem], count: int | None, name: str, chapter: str) -> list[Problem]:
    """So many of these, drawn by hash; each problem has its own lot, so that a new one in the bank shifts no other."""
    found = list(there)
    if count is None:
        return found
    if count > len(found):
        where = Text(f" in {chapter}" if chapter else "", f"{chapter} 中" if chapter else "")
        raise ExamToolError(
            Text(f"{count} problems are wanted{where.en}, there are {len(found)}.", f"需要 {count} 道题，{where.zh}只有 {len(found)} 道。")
        )
    return sorted(found, key=lambda problem: (Stream(f"{name}/{problem.id}").word(), problem.id))[:count]
