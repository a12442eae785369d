"""Hamilton's ``execution.state``: states of tasks, and the inside of parallel runs."""

from __future__ import annotations

from enum import Enum

from featurecat.compat.hamilton._offer import INTERNAL, offer


class TaskState(Enum):
    """How far a task is."""

    QUEUED = "queued"
    UNINITIALIZED = "uninitialized"
    INITIALIZED = "initialized"
    RUNNING = "running"
    SUCCESSFUL = "successful"
    FAILED = "failed"

    @staticmethod
    def is_terminal(task_state: TaskState) -> bool:
        """Whether nothing comes after it."""
        return task_state in (TaskState.SUCCESSFUL, TaskState.FAILED)


__getattr__, __dir__, _offered = offer(
    __name__,
    {
        "NodeGroupPurpose": "featurecat.compat.hamilton.execution.grouping",
        "TaskImplementation": "featurecat.compat.hamilton.execution.grouping",
        "TaskSpec": "featurecat.compat.hamilton.execution.grouping",
    },
    later={INTERNAL: ("DictBasedResultCache", "ExecutionState", "GraphState", "ResultCache")},
    own=["TaskState"],
)
__all__ = list(_offered)
