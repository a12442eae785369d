"""Hamilton's ``execution.debugging_utils``. Printing of task groups."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "NodeGroup": "featurecat.compat.hamilton.execution.grouping",
        "NodeGroupPurpose": "featurecat.compat.hamilton.execution.grouping",
        "TaskSpec": "featurecat.compat.hamilton.execution.grouping",
    },
    later={INTERNAL: ("group_purpose_icons", "print_node_groups", "print_tasks")},
)
