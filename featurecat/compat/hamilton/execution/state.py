"""Hamilton's ``execution.state``: the inside of parallel runs."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "NodeGroupPurpose": "featurecat.compat.hamilton.execution.grouping",
        "TaskImplementation": "featurecat.compat.hamilton.execution.grouping",
        "TaskSpec": "featurecat.compat.hamilton.execution.grouping",
    },
    later={INTERNAL: ("DictBasedResultCache", "ExecutionState", "GraphState", "ResultCache", "TaskState")},
)
