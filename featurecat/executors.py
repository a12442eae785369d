"""Where the tasks of parallel blocks run, and how runs are cut into tasks.

Example:
    >>> from featurecat import driver, executors
    >>> threads = executors.MultiThreadingExecutor(max_tasks=4)
    >>> builder = driver.Builder().enable_dynamic_execution(allow_experimental_mode=True)
    >>> builder = builder.with_remote_executor(threads).with_grouping_strategy(executors.GroupNodesByLevel())
"""

from __future__ import annotations

from featurecat.execution.executors import (
    DefaultExecutionManager,
    ExecutionManager,
    MultiProcessingExecutor,
    MultiThreadingExecutor,
    SynchronousLocalTaskExecutor,
    TaskExecutor,
    TaskFuture,
)
from featurecat.plan.grouping import (
    GroupByRepeatableBlocks,
    GroupingStrategy,
    GroupNodesAllAsOne,
    GroupNodesByLevel,
    GroupNodesIndividually,
    NodeGroup,
    TaskPurpose,
)

__all__ = [
    "DefaultExecutionManager",
    "ExecutionManager",
    "GroupByRepeatableBlocks",
    "GroupNodesAllAsOne",
    "GroupNodesByLevel",
    "GroupNodesIndividually",
    "GroupingStrategy",
    "MultiProcessingExecutor",
    "MultiThreadingExecutor",
    "NodeGroup",
    "SynchronousLocalTaskExecutor",
    "TaskExecutor",
    "TaskFuture",
    "TaskPurpose",
]
