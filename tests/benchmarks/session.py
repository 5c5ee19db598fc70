"""The questions after the first: choosing, drawing and showing each, drawn ahead while the person reads, or only when it is asked for."""

import gc
import statistics
import tempfile
import time
from pathlib import Path

from .startup import practise

COUNT = 40


def main() -> None:
    """Prints milliseconds of CPU from Enter to the next screen, for a new person and after 300 questions."""
    from exam_tool.bank.shelf import open_shelf
    from exam_tool.cli.main import SELDOM

    gc.set_threshold(*SELDOM)
    shelf = open_shelf()
    with tempfile.TemporaryDirectory() as folder:
        for questions in (0, 300):
            home = Path(folder) / str(questions)
            practise(home, questions)
            for ahead in (True, False):
                times = sorted(next_questions(shelf, home, ahead))
                how = "drawn ahead" if ahead else "drawn when asked for"
                print(f"after {questions:>3} questions, {how:<22} median {statistics.median(times):5.1f} ms   worst {times[-1]:5.1f} ms")


def next_questions(shelf, home: Path, ahead: bool) -> list[float]:  # type: ignore[no-untyped-def]  # nothing of the product at import
    from exam_tool.cli.practice import learner_of
    from exam_tool.config import load_settings
    from exam_tool.faces.player import Player
    from exam_tool.folders import history_file
    from exam_tool.history import History
    from exam_tool.quiz.choose import Plan
    from exam_tool.quiz.session import Finished, Limits, start

    now = 1_803_000_000_000
    with History(history_file({"EXAM_TOOL_HOME": str(home)})) as history:
        learner = learner_of(list(history.reviews()), load_settings({"EXAM_TOOL_HOME": str(home)}))
    plan = Plan(tuple(shelf), shelf.__getitem__, learner, seed=7)
    player = Player(start("s", now, Limits(COUNT), plan).session, plan, lambda rows: None, lambda: now, "en")
    player.choose.prepare = player.choose.prepare if ahead else lambda session, at: None  # type: ignore[method-assign]
    times = []
    while not player.over:
        while not isinstance(player.session.phase, Finished):
            player.line(":n")
        if ahead:
            time.sleep(0.2)  # nobody reads what came of a question in less
        began = time.process_time()
        player.line("")
        player.view(80)
        times.append((time.process_time() - began) * 1000)
    return times
