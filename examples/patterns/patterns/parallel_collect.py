"""Parallel: one part of the graph runs once for each item, in threads, and what came of it is collected."""

import sys

from hamilton import driver
from hamilton.execution import executors
from hamilton.htypes import Collect, Parallelizable

POEMS = {
    "autumn": "leaves fall and leaves lie still",
    "harbour": "the ships lie in the harbour",
    "night": "still is the night and still the sea",
}


def poem(chosen: list) -> Parallelizable[str]:
    """Each poem by its name."""
    yield from chosen


def words(poem: str) -> list:
    """The words of one poem."""
    return POEMS[poem].split()


def distinct_words(words: list, shortest: int) -> int:
    """How many different words one poem has; very short ones do not count."""
    return len({word for word in words if len(word) >= shortest})


def richest(distinct_words: Collect[int]) -> int:
    """The number of different words in the richest poem."""
    return max(distinct_words, default=0)


def verdict(richest: int, shortest: int) -> str:
    """What there is to say."""
    return f"at most {richest} words of {shortest} letters or more"


def _run() -> dict:
    """In threads, then one after the other."""
    answers = {}
    for name, executor in {
        "in threads": executors.MultiThreadingExecutor(max_tasks=3),
        "one by one": executors.SynchronousLocalTaskExecutor(),
    }.items():
        dr = (
            driver.Builder()
            .with_modules(sys.modules[__name__])
            .enable_dynamic_execution(allow_experimental_mode=True)
            .with_remote_executor(executor)
            .build()
        )
        answers[name] = dr.execute(["richest", "verdict"], inputs={"chosen": sorted(POEMS), "shortest": 3})
    answers["no item"] = dr.execute(["richest"], inputs={"chosen": [], "shortest": 3})
    return answers
