"""CPU time of functions and of whole processes, as medians of interleaved rounds. It knows nothing of the product."""

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence


def process_seconds(command: Sequence[str], **environment: str) -> float:
    """User and system time of one run of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**clean, **environment}, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def medians(runs: dict[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median of each measure over rounds in which all are taken in turn, after one round that is thrown away."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            seconds = run()
            if number:
                taken[name].append(seconds)
    return {name: statistics.median(values) for name, values in taken.items()}


def cpu_seconds(work: Callable[[], object]) -> float:
    """Processor time of one call in this process."""
    start = time.process_time()
    work()
    return time.process_time() - start
