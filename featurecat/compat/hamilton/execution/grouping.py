"""Hamilton's ``execution.grouping``: how the nodes of parallel graphs are put into tasks."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        **dict.fromkeys(
            (
                "GroupByRepeatableBlocks",
                "GroupNodesAllAsOne",
                "GroupNodesByLevel",
                "GroupNodesIndividually",
                "GroupingStrategy",
            ),
            "featurecat.plan.grouping",
        ),
        "NodeGroupPurpose": "featurecat.plan.grouping:TaskPurpose",
        "TaskSpec": "featurecat.plan.tasks",
        "Node": "featurecat.compat.hamilton.node",
        "NodeType": "featurecat.compat.hamilton.node",
        "get_node_levels": "featurecat.compat.hamilton.execution.graph_functions",
        "graph_functions": "featurecat.compat.hamilton.execution.graph_functions:",
        "lifecycle_base": "featurecat.compat.hamilton.lifecycle.base:",
        "node": "featurecat.compat.hamilton.node:",
        "topologically_sort_nodes": "featurecat.compat.hamilton.execution.graph_functions",
    },
    later={
        INTERNAL: (
            "NodeGroup",
            "TaskImplementation",
            "convert_node_type_to_group_purpose",
            "create_task_plan",
        )
    },
)
