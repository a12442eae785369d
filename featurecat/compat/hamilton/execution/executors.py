"""Hamilton's ``execution.executors``: where the tasks of parallel graphs run."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        **dict.fromkeys(
            (
                "DefaultExecutionManager",
                "ExecutionManager",
                "MultiProcessingExecutor",
                "MultiThreadingExecutor",
                "SynchronousLocalTaskExecutor",
                "TaskExecutor",
                "TaskFuture",
            ),
            "featurecat.execution.executors",
        ),
        "ExecutionState": "featurecat.compat.hamilton.execution.state",
        "GraphState": "featurecat.compat.hamilton.execution.state",
        "NodeGroupPurpose": "featurecat.compat.hamilton.execution.grouping",
        "TaskImplementation": "featurecat.compat.hamilton.execution.grouping",
        "TaskState": "featurecat.compat.hamilton.execution.state",
        "execute_subdag": "featurecat.compat.hamilton.execution.graph_functions",
        "node": "featurecat.compat.hamilton.node:",
    },
    later={
        INTERNAL: (
            "PoolExecutor",
            "ProcessPoolExecutor",
            "TaskFutureWrappingFunction",
            "TaskFutureWrappingPythonFuture",
            "base_execute_task",
            "new_callable",
            "run_graph_to_completion",
        )
    },
)
