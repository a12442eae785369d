"""Nodes that are computed once per item."""

import sys
from typing import Any

from hamilton import driver, lifecycle
from hamilton.execution import executors, grouping
from hamilton.htypes import Collect, Parallelizable


def path(count: int) -> Parallelizable[str]:
    for number in range(count):
        yield f"part-{number}"


def number(path: str) -> int:
    return int(path.removeprefix("part-"))


def squared(number: int, offset: int) -> int:
    return number**2 + offset


def total(squared: Collect[int]) -> int:
    return sum(squared)


def summary(total: int, offset: int) -> str:
    return f"{total} with {offset}"


class Tasks(lifecycle.TaskExecutionHook, lifecycle.NodeExecutionHook):
    def __init__(self) -> None:
        self.seen: list = []

    def run_before_task_execution(self, *, task_id: str, purpose: Any, nodes: list, **future_kwargs: Any) -> None:
        self.seen.append(("task", purpose.name, sorted(node.name for node in nodes)))

    def run_after_task_execution(self, *, success: bool, **future_kwargs: Any) -> None:
        self.seen.append(("task ends", success))

    def run_before_node_execution(self, *, node_name: str, node_kwargs: dict, **future_kwargs: Any) -> None:
        self.seen.append(("node", node_name, sorted(node_kwargs)))

    def run_after_node_execution(self, *, node_name: str, success: bool, **future_kwargs: Any) -> None:
        self.seen.append(("node ends", node_name, success))


def _answers() -> dict:
    module = sys.modules[__name__]

    def built(*executor: Any, strategy: Any = None, adapters: tuple = ()) -> driver.Driver:
        builder = driver.Builder().with_modules(module).enable_dynamic_execution(allow_experimental_mode=True)
        builder = builder.with_adapters(*adapters) if adapters else builder
        builder = builder.with_grouping_strategy(strategy) if strategy else builder
        return (builder.with_remote_executor(*executor) if executor else builder).build()

    wanted, inputs = ["summary", "total"], {"count": 5, "offset": 1}
    answers = {
        "default": built().execute(wanted, inputs=inputs),
        "threads": built(executors.MultiThreadingExecutor(max_tasks=3)).execute(wanted, inputs=inputs),
        "here": built(executors.SynchronousLocalTaskExecutor()).execute(wanted, inputs=inputs),
        "by blocks": built(strategy=grouping.GroupByRepeatableBlocks()).execute(wanted, inputs=inputs),
        "none": built().execute(["total"], inputs={"count": 0, "offset": 1}),
    }
    hook = Tasks()
    built(executors.SynchronousLocalTaskExecutor(), adapters=(hook,)).execute(
        ["total"], inputs={"count": 2, "offset": 0}
    )
    answers["nodes seen"] = sorted(entry for entry in map(str, hook.seen) if entry.startswith("('node"))
    for name, call in {
        "without dynamic execution": lambda: (
            driver.Builder().with_modules(module).build().execute(["total"], inputs=inputs)
        ),
        "not asked for": lambda: driver.Builder().enable_dynamic_execution(),
        "too early": lambda: driver.Builder().with_remote_executor(executors.SynchronousLocalTaskExecutor()),
    }.items():
        try:
            call()
        except Exception as error:
            answers[name] = isinstance(error, (ValueError, driver.InvalidExecutorException))
    return answers
