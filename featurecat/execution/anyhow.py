"""Runs a plan of any kind and returns when it is done: at once, in an event loop, or in tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import RequestError
from featurecat.execution import asynchronous
from featurecat.execution.adapters import Adapters
from featurecat.execution.executors import (
    DefaultExecutionManager,
    MultiThreadingExecutor,
    SynchronousLocalTaskExecutor,
    TaskExecutor,
)
from featurecat.execution.hooks import Hook
from featurecat.execution.schedule import run_task_plan
from featurecat.execution.tasks import Dynamic, Watchers
from featurecat.plan.planner import Plan
from featurecat.plan.tasks import TaskPlan

__all__ = ["run_anyhow"]


def run_anyhow(
    plan: Plan | TaskPlan, values: Mapping[str, Any], hooks: Sequence[Hook] = (), *, workers: int = 1
) -> dict[str, Any]:
    """Run a plan and return when it is done.

    Coroutine functions are waited for in an event loop of their own. The items of a ``Parallelizable`` are computed
    here one after the other, or in threads.

    Args:
        plan: What to run.
        values: Name to value of everything the plan must be given.
        hooks: What watches the run; with several workers they are told of items from several threads.
        workers: How many items are computed at a time.

    Returns:
        Name to value of the outputs, in the order of the request. What is collected is in the order of the items.

    Raises:
        RequestError: When there is less than one worker.
        StepError: When a feature's function raises; the original is its cause.
        FeaturecatError: What steps raise on purpose: alignment, expectations.
    """
    if workers < 1:
        raise RequestError(f"{workers} workers compute nothing", hint="give a number from 1")
    if isinstance(plan, Plan):
        return asynchronous.run_anyhow(plan, values, hooks)
    remote: TaskExecutor = SynchronousLocalTaskExecutor() if workers == 1 else MultiThreadingExecutor(workers)
    return run_task_plan(
        Dynamic(plan),
        values,
        DefaultExecutionManager(remote_executor=remote),
        watchers=Watchers(Adapters(steps=tuple(hooks))),
        origin=None,
        request=(plan.outputs, plan.given, ()),
    )
